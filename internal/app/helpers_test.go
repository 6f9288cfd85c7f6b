package app_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

var ctx = context.Background()

// house is an App with a line, and what tests of it need.
type house struct {
	*app.App
	clock *testkit.Clock
	known note.Verifiers
	dsn   string
}

// newHouse makes one on a new store, at nine on Monday 12 January 2026.
func newHouse(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := &house{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: e.DSN(t)}
	h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, 1)
	testkit.Line(t, h.App)
	return h
}

// again closes the App and opens another on the same store, as a restart does.
func (h *house) again(t *testing.T, seed uint64) {
	t.Helper()
	if err := h.Store.Close(); err != nil {
		t.Fatal(err)
	}
	h.App, h.known = testkit.NewApp(t, h.dsn, h.clock, seed)
}

// say is a command of now.
func (h *house) say(post string, b entry.Body) child.Command {
	return child.Command{Actor: testkit.Who(post), Happened: day.AtInstant(h.clock.Now()), Body: b, Source: entry.Source{Kind: "page"}}
}

// on is a command about a day, the hour not known.
func (h *house) on(post string, d day.Date, b entry.Body) child.Command {
	c := h.say(post, b)
	c.Happened = day.On(d)
	return c
}

func (h *house) record(t *testing.T, id string, cmds ...child.Command) app.Done {
	t.Helper()
	d, err := h.Record(ctx, app.Do{Child: id, Commands: cmds})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// referred is a new child with a name and a referral of now.
func (h *house) referred(t *testing.T, given, family string) string {
	t.Helper()
	return h.record(t, "", h.say("manager-front", child.Known{Given: given, Family: family, Birth: day.MustParse("2017-05-04")}),
		h.say("manager-front", child.Referral{From: "school", What: "came to school hungry"})).Child
}

func (h *house) verify(t *testing.T) app.Verified {
	t.Helper()
	v, err := h.Verify(ctx, h.known)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h *house) size(t *testing.T) int64 {
	t.Helper()
	var size int64
	if err := h.Store.View(ctx, func(v app.View) error {
		head, err := v.Head(ctx)
		size = head.Size
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return size
}

// export gives the journal as text.
func (h *house) export(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if _, err := h.Export(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// desk is where the holder of a post works.
func (h *house) desk(t *testing.T, post string) *app.Desk {
	t.Helper()
	d, err := h.Desk(ctx, testkit.Reader(post))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
