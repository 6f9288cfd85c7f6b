package app_test

import (
	"errors"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

// grown is a closed case of the East team, of a young person who is 22 now.
func grown(t *testing.T, h *house) string {
	t.Helper()
	id := h.record(t, "", h.say("manager-front", child.Known{Given: "Iona", Family: "Marsh", Birth: day.MustParse("2004-01-10"), IDs: []child.Identifier{{System: "nhs", Value: "77"}}}),
		h.on("manager-front", day.MustParse("2015-03-02"), child.Referral{From: "school"})).Child
	h.record(t, id, h.on("manager-front", day.MustParse("2015-03-03"), child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}),
		h.on("manager-east", day.MustParse("2015-03-04"), child.Allocation{Post: "east-1", Team: "east"}),
		h.on("east-1", day.MustParse("2015-03-05"), child.AssessmentStarted{}),
		h.on("manager-east", day.MustParse("2015-04-05"), child.AssessmentAuthorised{}),
		h.on("manager-east", day.MustParse("2015-05-05"), child.CaseClosed{Why: "helped"}))
	h.clock.Set(testkit.Instant("2029-02-01T09:00:00Z")) // what was recorded is the last contact
	return id
}

func (h *house) by(t *testing.T, post, id string, b entry.Body) (app.Done, error) {
	t.Helper()
	return h.desk(t, post).Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say(post, b)}})
}

var over = child.DisposalProposed{What: child.WholeRecord, Ground: child.TimeOver, Why: "nobody has asked for it"}

func (h *house) propose(t *testing.T, post, id string, b child.DisposalProposed) entry.ID {
	t.Helper()
	done, err := h.by(t, post, id, b)
	if err != nil {
		t.Fatal(err)
	}
	return done.Entries[0]
}

func TestDisposalTakesTwoPeople(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := grown(t, h)
		receipt, err := h.Receipt(ctx, h.entriesOf(t, id)[0])
		if err != nil {
			t.Fatal(err)
		}
		free, held, err := h.Over(ctx)
		if err != nil || len(free) != 1 || free[0].Child != id || free[0].Type != "need" || len(held) != 0 {
			t.Fatalf("free %+v, held %+v, %v", free, held, err)
		}
		list, err := h.desk(t, "manager-east").Disposals(ctx, app.Cursor{}, 10)
		if err != nil || len(list.Rows) != 1 || list.Rows[0].May != nil || list.Rows[0].Proposal != nil || !list.Rows[0].Standing.Free(h.clock.Now().Date()) {
			t.Fatalf("the list: %+v, %v", list, err)
		}
		if list, err = h.desk(t, "manager-front").Disposals(ctx, app.Cursor{}, 10); err != nil || len(list.Rows) != 0 {
			t.Errorf("another team's list: %+v, %v", list, err)
		}
		// Who may not.
		if _, err := h.by(t, "east-1", id, over); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a worker proposed: %v", err)
		}
		stale, err := h.Desk(ctx, app.Reader{Person: "p-manager-east"})
		if err != nil {
			t.Fatal(err)
		}
		var denied *app.Denied
		if _, err := stale.Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("manager-east", over)}}); !errors.As(err, &denied) || !denied.Afresh {
			t.Errorf("proposed without a fresh sign-in: %v", err)
		}
		proposal := h.propose(t, "manager-east", id, over)
		if _, err := h.by(t, "service", id, over); err == nil {
			t.Error("proposed twice")
		}
		if _, err := h.desk(t, "manager-east").Dispose(ctx, id, proposal, "k"); !strings.Contains(text(err), "Somebody else") {
			t.Errorf("agreed with themselves: %v", err)
		}
		if _, err := h.desk(t, "east-1").Dispose(ctx, id, proposal, "k"); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a worker agreed: %v", err)
		}
		if stale, err = h.Desk(ctx, app.Reader{Person: "p-service"}); err != nil {
			t.Fatal(err)
		}
		if _, err := stale.Dispose(ctx, id, proposal, "k"); !errors.As(err, &denied) || !denied.Afresh {
			t.Errorf("agreed without a fresh sign-in: %v", err)
		}
		// Closed to them: they cannot destroy what they may not see.
		if _, err := h.by(t, "service", id, child.Restricted{Category: "adoption", Why: "x", Owner: "head", ReviewBy: h.clock.Now().Date() + 9}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "service").Dispose(ctx, id, proposal, "k"); !errors.As(err, &denied) || !denied.Restricted {
			t.Errorf("agreed to what is closed to them: %v", err)
		}
		if _, err := h.by(t, "head", id, child.Unrestricted{Why: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "service").Dispose(ctx, id, "0199-none", "k"); err == nil {
			t.Error("agreed to nothing")
		}
		// A hold that came in between.
		done, err := h.by(t, "manager-east", id, child.HoldSet{By: "the police", Why: "they asked"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "service").Dispose(ctx, id, proposal, "k"); !strings.Contains(text(err), "legal hold") {
			t.Errorf("under a hold: %v", err)
		}
		if _, held, err := h.Over(ctx); err != nil || len(held) != 1 || held[0].Held[0] != "a legal hold" {
			t.Errorf("held: %+v, %v", held, err)
		}
		if _, err := h.by(t, "east-1", id, child.HoldEnded{Hold: done.Entries[0], Why: "x"}); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a worker ended the hold: %v", err)
		}
		if _, err := h.by(t, "service", id, child.HoldEnded{Hold: done.Entries[0], Why: "they have it"}); err != nil {
			t.Fatal(err)
		}
		h.verify(t)
		got, err := h.desk(t, "service").Dispose(ctx, id, proposal, "k")
		if err != nil || got.Child != "" || len(got.Entries) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if again, err := h.desk(t, "service").Dispose(ctx, id, proposal, "k"); err != nil || !again.Again || again.Entries[0] != got.Entries[0] {
			t.Errorf("again: %+v, %v", again, err)
		}
		if v := h.verify(t); v.Children != 0 || v.Erased == 0 {
			t.Errorf("%+v", v)
		}
		h.holds(t, receipt)
		if free, _, err := h.Over(ctx); err != nil || len(free) != 0 {
			t.Errorf("still in the list: %+v, %v", free, err)
		}
		if own, err := h.desk(t, "service").Own(ctx, got.Entries[0]); err != nil {
			t.Error(err)
		} else if b := own.Body.(child.RecordDisposed); b.Child != id || b.Proposed != "p-manager-east" || b.Agreed != "p-service" || b.Type != "need" || b.Ground != child.TimeOver || !strings.Contains(b.Source, "3 years") {
			t.Errorf("the tombstone: %+v", b)
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (h *house) entriesOf(t *testing.T, id string) (ids []entry.ID) {
	t.Helper()
	p, err := h.Look(ctx, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Record.Log {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestNothingIsDisposedOfBeforeItsTime(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := grown(t, h)
		now := h.clock.Now()
		h.clock.Set(testkit.Instant("2028-12-01T09:00:00Z"))
		proposeIs := func(want string, b child.DisposalProposed) {
			t.Helper()
			if _, err := h.by(t, "manager-east", id, b); !strings.Contains(text(err), want) {
				t.Errorf("%+v: %v, want %q", b, err, want)
			}
			page, err := h.desk(t, "manager-east").ChildFor(ctx, access.Dispose, "test", id)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.desk(t, "manager-east").Try(page, h.say("manager-east", b)); !strings.Contains(text(err), want) {
				t.Errorf("tried %+v: %v, want %q", b, err, want)
			}
		}
		proposeIs("not over", over)
		h.clock.Set(now)
		if _, err := h.by(t, "manager-east", id, child.KeptAs{Type: "protection", Why: "x"}); text(err) == "" {
			t.Error("a type that only entries can give was given")
		}
		if _, err := h.by(t, "manager-east", id, child.KeptAs{Type: "adoption", Why: "x"}); !strings.Contains(text(err), "order") {
			t.Errorf("adopted on no day: %v", err)
		}
		done, err := h.by(t, "manager-east", id, child.KeptAs{Type: "looked-after", Why: "the paper file"})
		if err != nil {
			t.Fatal(err)
		}
		proposeIs("not over", over) // until 2079
		if err := h.correct(t, "manager-east", id, done.Entries[0], child.Correction{Why: "another child", Withdrawn: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.by(t, "manager-east", id, child.SARReceived{By: "the adult who was the child", Who: "Iona Marsh"}); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(4 * 365 * 24 * day.Hour) // the request is the last contact
		proposeIs("still owed", over)
		// An order opens what time has not, but neither a hold nor an open case.
		order := child.DisposalProposed{What: child.WholeRecord, Ground: child.Ordered, Why: "it was ordered"}
		proposeIs("who ordered it", order)
		order.Source = "Family Court, order 12"
		hold, err := h.by(t, "manager-east", id, child.HoldSet{By: "an inquiry", Why: "they asked"})
		if err != nil {
			t.Fatal(err)
		}
		proposeIs("legal hold", order)
		if err := h.correct(t, "manager-east", id, hold.Entries[0], child.Correction{Why: "x", Withdrawn: true}); text(err) == "" {
			t.Error("a hold was corrected away")
		}
		if _, err := h.by(t, "service", id, child.HoldEnded{Hold: hold.Entries[0], Why: "they have it"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.by(t, "manager-east", id, child.Referral{From: "police"}); err != nil {
			t.Fatal(err)
		}
		proposeIs("open", order)
		h.verify(t)
	})
}

func (h *house) correct(t *testing.T, post, id string, of entry.ID, c child.Correction) error {
	t.Helper()
	cmd := h.say(post, c)
	cmd.Corrects = of
	_, err := h.desk(t, post).Record(ctx, app.Do{Child: id, Commands: []child.Command{cmd}})
	return err
}

// One entry goes with everything that holds its words.
func TestOneEntryIsErasedWithWhatQuotesIt(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := grown(t, h)
		note, err := h.by(t, "manager-east", id, child.Note{Text: "of another child: " + secret})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.correct(t, "manager-east", id, note.Entries[0], child.Correction{Why: "a word", Body: entry.Flat(`{"text":"Really: ` + secret + `"}`)}); err != nil {
			t.Fatal(err)
		}
		red := h.redact(t, "manager-east", id, note.Entries[0], secret)
		for _, b := range []entry.Body{child.Disputed{Entry: note.Entries[0], By: "the mother", What: "not: " + secret}, child.RedactionRefused{Proposal: red, Why: secret}} {
			if _, err := h.by(t, "service", id, b); err != nil {
				t.Fatal(err)
			}
		}
		b := child.DisposalProposed{What: child.OneEntry, Entry: note.Entries[0], Ground: child.Ordered, Source: "UK GDPR article 17", Why: "it is about another child"}
		for what, wrong := range map[string]child.DisposalProposed{
			"time over":   {What: child.OneEntry, Entry: note.Entries[0], Ground: child.TimeOver, Why: "x"},
			"no entry":    {What: child.OneEntry, Ground: child.Ordered, Source: "x", Why: "x"},
			"none such":   {What: child.OneEntry, Entry: "0199-none", Ground: child.Ordered, Source: "x", Why: "x"},
			"a redaction": {What: child.OneEntry, Entry: red, Ground: child.Ordered, Source: "x", Why: "x"},
		} {
			if _, err := h.by(t, "manager-east", id, wrong); text(err) == "" {
				t.Errorf("%s was taken", what)
			}
		}
		proposal := h.propose(t, "manager-east", id, b)
		if done, err := h.desk(t, "service").Dispose(ctx, id, proposal, ""); err != nil || done.Child != id {
			t.Fatalf("%+v, %v", done, err)
		}
		if strings.Contains(h.export(t), secret) {
			t.Error("its words still stand in the journal")
		}
		if v := h.verify(t); v.Erased != 5 || v.Children != 1 {
			t.Errorf("%+v", v)
		}
		p, err := h.desk(t, "manager-east").Child(ctx, "test", id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "manager-east").Receipt(ctx, p, note.Entries[0]); !errors.Is(err, app.ErrErased) {
			t.Errorf("its receipt: %v", err)
		}
		if _, waits := p.Record.Proposal(); waits {
			t.Error("the proposal still waits")
		}
		if _, err := h.desk(t, "service").Dispose(ctx, id, proposal, ""); text(err) == "" {
			t.Error("disposed of twice")
		}
	})
}

func (h *house) redact(t *testing.T, post, id string, of entry.ID, words string) entry.ID {
	t.Helper()
	done, err := h.by(t, post, id, child.RedactionProposed{Entry: of, Passage: words, Ground: child.LeftOutFor[0], Why: "it is about him"})
	if err != nil {
		t.Fatal(err)
	}
	return done.Entries[0]
}

func TestADisposalIsRefused(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := grown(t, h)
		proposal := h.propose(t, "manager-east", id, over)
		if _, err := h.by(t, "service", id, child.DisposalRefused{Proposal: proposal, Why: "her sister will ask"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "service").Dispose(ctx, id, proposal, ""); text(err) == "" {
			t.Error("disposed of what was refused")
		}
		h.propose(t, "service", id, over)
		list, err := h.desk(t, "manager-east").Disposals(ctx, app.Cursor{}, 10)
		if err != nil || len(list.Rows) != 1 || list.Rows[0].Proposal == nil || list.Rows[0].Proposal.Author != "p-service" {
			t.Errorf("%+v, %v", list, err)
		}
		h.verify(t)
	})
}
