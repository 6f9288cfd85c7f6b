package web_test

import (
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/testkit/kit"
)

// Managers read on every page that Onus's own checks fail; workers do not, and
// whoever asks from outside hears what kind of thing it is and nothing else.
func TestAlarm(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	const alarm = "Onus's own checks have failed since "
	shows := func(as, path string) bool {
		t.Helper()
		a := w.ask(w.person(as), "GET", path, "")
		if a.Code != 200 {
			t.Fatalf("%s for %s: %d", path, as, a.Code)
		}
		return strings.Contains(strings.ReplaceAll(a.body, "&#39;", "'"), alarm)
	}
	check := func() {
		t.Helper()
		if _, err := w.CheckItself(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for { // all that is due is taken
		_, n, err := w.ClimbDue(t.Context(), 25)
		if err != nil {
			t.Fatal(err)
		}
		if n < 25 {
			break
		}
	}
	if _, err := w.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	check()
	if shows("the manager", "/owed") {
		t.Error("it rings though nothing is wrong")
	}
	at := w.Clock.Now()
	if err := w.Store.Update(t.Context(), func(tx app.Tx) error {
		_, err := tx.PutOut(t.Context(), app.Out{ID: "o", Matter: "duty:x", Step: "1", Who: "post:head", Channel: app.OutMail, Made: at - 2*day.Hour, State: app.OutWaiting, Problem: "the <b>mail</b> server does not answer"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	check()
	for _, path := range []string{"/owed", "/children", "/line", "/rules", "/looks"} {
		if !shows("the manager", path) {
			t.Errorf("the manager does not read it on %s", path)
		}
		if shows("the worker", path) {
			t.Errorf("the worker reads it on %s", path)
		}
	}
	if a := w.ask(w.person("the manager"), "GET", "/owed", ""); strings.Contains(a.body, "<b>mail</b>") || !strings.Contains(a.body, "1 mail has not left for more than an hour") {
		t.Error("the finding is not shown as it is")
	}
	a := w.ask(w.person("nobody"), "GET", "/readyz", "")
	if a.Code != 200 || !strings.Contains(a.body, "Onus's own checks have failed since ") || !strings.Contains(a.body, ": mail\n") || strings.Contains(a.body, "hour") {
		t.Errorf("readyz: %d %s", a.Code, a.body)
	}
	w.Clock.Add(11 * day.Minute)
	if !shows("the manager", "/owed") {
		t.Error("a watchdog that sleeps is silent")
	}
}
