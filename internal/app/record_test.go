package app_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
	"onus/internal/testkit"
)

func refused(t *testing.T, err error) []entry.Problem {
	t.Helper()
	ps, ok := entry.Problems(err)
	if !ok {
		t.Fatalf("not a refusal: %v", err)
	}
	return ps
}

func TestTheSameKeyIsDoneOnce(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		do := app.Do{Key: "k-1", Commands: []child.Command{h.say("manager-front", child.Contact{From: "a neighbour", What: "crying at night"})}}
		first, err := h.Record(ctx, do)
		if err != nil || first.Again || len(first.Entries) != 1 || first.Child == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		size := h.size(t)
		h.clock.Add(day.Hour)
		h.again(t, 2)
		second, err := h.Record(ctx, do)
		if err != nil || !second.Again || second.Child != first.Child || !reflect.DeepEqual(second.Entries, first.Entries) {
			t.Errorf("the second time: %+v, %v; the first: %+v", second, err, first)
		}
		other := do
		other.Commands = []child.Command{h.say("manager-front", child.Contact{From: "a neighbour", What: "something else"})}
		_, err = h.Record(ctx, other)
		if ps := refused(t, err); ps[0].Field != "idempotency_key" {
			t.Errorf("another request with the same key: %+v", ps)
		}
		if got := h.size(t); got != size {
			t.Errorf("the journal grew from %d to %d", size, got)
		}
		h.verify(t)
	})
}

func TestALineKeyIsDoneOnce(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		leave := func(why string) []line.Command {
			return []line.Command{{Actor: testkit.Who("director"), Happened: day.On(h.clock.Now().Date()), Body: line.PostLeft{Post: "east-2", Why: why}}}
		}
		first, err := h.RecordLine(ctx, leave("moved away"), "k-1")
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.RecordLine(ctx, leave("moved away"), "k-1")
		if err != nil || !second.Again || !reflect.DeepEqual(second.Entries, first.Entries) {
			t.Errorf("the second time: %+v, %v", second, err)
		}
		_, err = h.RecordLine(ctx, leave("another reason"), "k-1")
		refused(t, err)
		_, err = h.Record(ctx, app.Do{Key: "k-1", Commands: []child.Command{h.say("manager-front", child.Note{Text: "a note"})}})
		refused(t, err)
		if _, err := h.Record(ctx, app.Do{Key: "k-2", Commands: []child.Command{h.say("manager-front", child.Note{Text: "a note"})}}); err != nil {
			t.Fatal(err)
		}
		_, err = h.RecordLine(ctx, leave("moved away"), "k-2") // the key of something about a child
		refused(t, err)
	})
}

func TestSomethingCameInBetween(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		page, err := h.Look(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen := page.LastSeq
		note := func(text string) app.Do {
			return app.Do{Child: id, Seen: seen, Commands: []child.Command{h.say("manager-front", child.Note{Text: text})}}
		}
		if _, err := h.Record(ctx, note("the first")); err != nil {
			t.Fatal(err)
		}
		size := h.size(t)
		if _, err := h.Record(ctx, note("the second")); !errors.Is(err, app.ErrConflict) {
			t.Errorf("with an old page: %v", err)
		}
		if got := h.size(t); got != size {
			t.Errorf("a conflict wrote %d entries", got-size)
		}
	})
}

func TestARefusalWritesNothing(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		before := h.export(t)
		good := h.say("east-1", child.Note{Text: "this one is good"})
		for name, do := range map[string]app.Do{
			"the second is wrong": {Child: id, Key: "k", Commands: []child.Command{good, h.say("east-1", child.Visit{Seen: false, Alone: true})}},
			"in the future":       {Child: id, Commands: []child.Command{h.on("east-1", h.clock.Now().Date()+1, child.Note{Text: "tomorrow"})}},
			"no such plan":        {Child: id, Commands: []child.Command{h.say("chair", child.CPPlanEnded{})}},
			"nothing":             {Child: id},
			"no body":             {Child: id, Commands: []child.Command{{Actor: testkit.Who("east-1")}}},
			"a new child, wrong":  {Commands: []child.Command{h.say("east-1", child.Note{})}},
			"a NUL byte":          {Child: id, Commands: []child.Command{h.say("east-1", child.Note{Text: "a\x00b"})}},
			"a NUL in a name":     {Commands: []child.Command{h.say("east-1", child.Known{Given: "Io\x00na"})}},
			"text that is none":   {Commands: []child.Command{h.say("east-1", child.Known{Given: "Io\xffna"})}},
		} {
			_, err := h.Record(ctx, do)
			if ps := refused(t, err); len(ps) == 0 || ps[0].Text == "" {
				t.Errorf("%s: %+v", name, ps)
			}
		}
		for _, id := range []string{"0199-none", "a\x00b", "\xff"} {
			if _, err := h.Record(ctx, app.Do{Child: id, Commands: []child.Command{good}}); !errors.Is(err, app.ErrNotFound) {
				t.Errorf("a child that is not there, %q: %v", id, err)
			}
		}
		if h.export(t) != before {
			t.Error("something was written")
		}
		if _, err := h.Record(ctx, app.Do{Child: id, Key: "k", Commands: []child.Command{good}}); err != nil {
			t.Errorf("the key of a refused request is used up: %v", err)
		}
		h.verify(t)
	})
}

func TestAReceiptIsCheckedAlone(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Zoë", "O'Neil-Ångström")
		done := h.record(t, id, h.say("east-1", child.Note{Text: "“quotes”, <angles> & a 👧"}))
		h.record(t, id, h.say("east-1", child.Note{Text: "one after it"}))
		text, err := h.Receipt(ctx, done.Entries[0])
		if err != nil {
			t.Fatal(err)
		}
		check := func(text []byte) error {
			r, err := ledger.ParseReceipt(text)
			if err != nil {
				return err
			}
			_, err = ledger.Verify(r, h.known, testkit.Origin)
			return err
		}
		if err := check(text); err != nil {
			t.Fatal(err)
		}
		r, err := ledger.ParseReceipt(text)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ledger.Verify(r, h.known, testkit.Origin)
		if err != nil || !strings.Contains(string(v.Entry), "“quotes”, <angles> & a 👧") {
			t.Errorf("%s, %v", v.Entry, err)
		}
		for i := range text {
			changed := append([]byte(nil), text...)
			changed[i] ^= 1
			if check(changed) == nil {
				t.Errorf("byte %d of %d can be changed: %q", i, len(text), text[max(0, i-20):min(len(text), i+20)])
			}
		}
		if _, err := h.Receipt(ctx, "0199-none"); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("of an entry that is not there: %v", err)
		}
	})
}

// Receipts asked for with the writing are those asked for afterwards, and are
// given again to whoever asks again with the same key.
func TestReceiptsWithTheWriting(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		do := app.Do{Child: id, Key: "k", Receipts: true, Commands: []child.Command{h.say("east-1", child.Note{Text: "one"}), h.say("east-1", child.Note{Text: "two"})}}
		done, err := h.Record(ctx, do)
		if err != nil || len(done.Receipts) != 2 {
			t.Fatalf("%d receipts, %v", len(done.Receipts), err)
		}
		again, err := h.Record(ctx, do)
		if err != nil || !again.Again || !reflect.DeepEqual(again.Receipts, done.Receipts) {
			t.Errorf("again: %+v, %v", again, err)
		}
		for i, text := range done.Receipts {
			r, err := ledger.ParseReceipt(text)
			if err != nil {
				t.Fatal(err)
			}
			v, err := ledger.Verify(r, h.known, testkit.Origin)
			if err != nil || !strings.Contains(string(v.Entry), string(done.Entries[i])) {
				t.Errorf("receipt %d: %s, %v", i, v.Entry, err)
			}
		}
	})
}

// A day has hours: what is recorded in the morning counts from that moment,
// though its kind stands late in the order of the day.
func TestWhatIsRecordedTodayStandsNow(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Iona", "Marsh")
		today := h.clock.Now().Date()
		h.clock.Add(day.Minute)
		h.record(t, id, h.on("manager-front", today, child.CaseClosed{Why: "moved away"}))
		p, err := h.Look(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if p.Status.Open {
			t.Errorf("closed today, and shown as open: %+v", p.Status)
		}
		for _, d := range p.Open() {
			if d.Rule.ID == undecided {
				t.Error("closed today, and its referral is still to be decided")
			}
		}
		h.verify(t)
		h.clock.Add(24 * day.Hour)
		h.verify(t)
	})
}
