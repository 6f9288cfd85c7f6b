package duty_test

import (
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/rulepacks"
)

// england is the pack that comes with Onus; loading it runs every worked example.
func england(t testing.TB) *duty.Pack {
	t.Helper()
	p, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEngland(t *testing.T) {
	if n := len(england(t).Rules); n < 20 {
		t.Errorf("%d rules, at least 20 are promised", n)
	}
}
