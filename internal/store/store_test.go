package store_test

import (
	"context"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/store"
	"onus/internal/store/storetest"
	"onus/internal/testkit"
)

func TestStores(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		storetest.Run(t, func(t *testing.T) storetest.Open {
			dsn := e.DSN(t)
			return func(t *testing.T) app.Store {
				t.Helper()
				s, err := store.Open(context.Background(), dsn, app.Registry())
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		})
	})
}

func TestAddressesThatCannotBeOpened(t *testing.T) {
	for _, dsn := range []string{"", "mysql://x", "data.db", "sqlite:" + t.TempDir() + "/none/onus.db", "postgres://user:secret-word@127.0.0.1:1/x?connect_timeout=1", "postgres://user:secret-word@%zz"} {
		s, err := store.Open(context.Background(), dsn, app.Registry())
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", dsn)
		} else if strings.Contains(err.Error(), "secret-word") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
