package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/testkit"
)

// What recording takes is added up over processes and months, shows nothing of what was
// sent seldom, and loses nothing when it cannot be written.
func TestWhatRecordingTakes(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		takes := func(form string, minutes float64, times int) {
			for range times {
				h.TookForm(form, time.Duration(minutes*float64(time.Minute)))
			}
		}
		takes("/visit", 2.5, 9)
		takes("/visit", 80, 1)
		takes("/visit", 200, 30) // nobody writes for three hours: they were called away
		takes("/visit", -1, 3)
		takes("/seldom", 9, 4)
		takes("/note", 0.1, 4)
		if err := h.KeepFormTimes(ctx); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(31 * 24 * day.Hour)
		takes("/note", 0.1, 6)
		b, err := h.desk(t, "east-1").Burden(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Forms) != 2 || b.Hidden != 1 || len(b.Months) != 2 || b.Months[0].Month >= b.Months[1].Month || b.Months[0].Times != 18 || b.Months[1].Times != 6 {
			t.Fatalf("%+v", b)
		}
		want := app.FormBurden{Form: "/visit", Times: 10, Half: 3 * time.Minute, Tenth: time.Hour, Hours: b.Forms[0].Hours}
		if b.Forms[0] != want || b.Forms[0].Hours < 1.6 || b.Forms[0].Hours > 1.7 {
			t.Errorf("%+v", b.Forms[0])
		}
		if n := b.Forms[1]; n.Times != 10 || n.Half != 30*time.Second || n.Tenth != 0 {
			t.Errorf("%+v", n)
		}
		h.clock.Add(155 * 24 * day.Hour)
		if b, err = h.desk(t, "east-1").Burden(ctx); err != nil || len(b.Forms) != 1 || len(b.Months) != 1 {
			t.Errorf("half a year later: %+v, %v", b, err)
		}
	})
}

// fullDisk is a store that cannot be written.
type fullDisk struct {
	app.Store
	err error
}

func (f fullDisk) Update(context.Context, func(app.Tx) error) error { return f.err }

// What cannot be written is counted with the next.
func TestWhatRecordingTakesIsKeptWhenItCannotBeWritten(t *testing.T) {
	h := newHouse(t, testkit.Engine{Name: "sqlite", DSN: testkit.SQLite})
	for range 5 {
		h.TookForm("/note", time.Minute)
	}
	broken := errors.New("the disk is full")
	whole := h.Store
	h.Store = fullDisk{whole, broken}
	if err := h.KeepFormTimes(ctx); !errors.Is(err, broken) {
		t.Fatalf("%v", err)
	}
	h.Store = whole
	if b, err := h.desk(t, "east-1").Burden(ctx); err != nil || len(b.Forms) != 1 || b.Forms[0].Times != 5 {
		t.Errorf("%+v, %v", b, err)
	}
}
