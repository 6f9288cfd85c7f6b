package app_test

import (
	"errors"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// A decision by several posts, replaced by another: through the store, an export
// and a check of everything. Those who signed are told; nothing is un-picked.
func TestADecisionFromProposalToReplacement(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		testkit.LineSays(t, h.App, day.On(today), line.DelegationGiven{Post: "head", What: "agency staff", Limit: 20_000})
		l, err := h.Line(ctx)
		if err != nil {
			t.Fatal(err)
		}
		delegation := l.Delegations()[0].ID
		b := decision.Proposed{About: decision.AboutTeam, AboutID: "east", What: "No agency staff in East this quarter", Reasons: "The budget is spent.", Delegation: delegation, Amount: 9_000,
			Options: []decision.Option{{What: "Agency staff"}, {What: "Nothing", Against: "visits will be missed"}}, Signers: []string{"head", "director"},
			Conditions: []decision.Condition{{What: "Advertise both posts", Post: "service", By: today + 20}}, ReviewBy: today + 60}
		for what, change := range map[string]func(*decision.Proposed){
			"beyond the delegation": func(b *decision.Proposed) { b.Amount = 21_000 },
			"another's delegation":  func(b *decision.Proposed) { b.Signers = []string{"director"} },
			"no such team":          func(b *decision.Proposed) { b.AboutID = "north" },
			"no such signer":        func(b *decision.Proposed) { b.Signers = []string{"head", "nobody"} },
			"it replaces nothing":   func(b *decision.Proposed) { b.Replaces, b.WhyReplaced = "x", "w" },
			"one option":            func(b *decision.Proposed) { b.Options = b.Options[:1] },
		} {
			bad := b
			change(&bad)
			if _, err := h.desk(t, "head").ProposeDecision(ctx, bad, ""); err == nil {
				t.Errorf("%s: it was taken", what)
			} else if _, ok := entry.Problems(err); !ok {
				t.Errorf("%s: %v", what, err)
			}
		}
		done, err := h.desk(t, "head").ProposeDecision(ctx, b, "k")
		if err != nil || len(done.Receipts) == 0 {
			t.Fatal(err)
		}
		if again, err := h.desk(t, "head").ProposeDecision(ctx, b, "k"); err != nil || !again.Again || again.Child != done.Child {
			t.Errorf("%+v, %v", again, err)
		}
		id := done.Child
		owes := func(post, what string, want int) {
			t.Helper()
			list, err := h.stale(t, post).RecordsOwed(ctx)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, o := range list {
				if o.What == what {
					n++
				}
			}
			if n != want {
				t.Errorf("%s owes %d of %s, want %d: %+v", post, n, what, want, list)
			}
		}
		owes("director", app.OwesSignature, 1)
		owes("service", app.OwesCondition, 0)
		say := func(post string, b entry.Body) error {
			_, err := h.stale(t, post).SayOfDecision(ctx, id, b, "")
			return err
		}
		if err := say("head", decision.Signed{Post: "head"}); err != nil {
			t.Fatal(err)
		}
		if err := say("manager-east", decision.Dissented{Why: "31 children have no room"}); err != nil {
			t.Fatal(err)
		}
		if err := say("manager-east", decision.Signed{Post: "director"}); err == nil {
			t.Error("somebody signs for the director")
		}
		before := h.clock.Now()
		h.clock.Add(day.Hour)
		if err := say("director", decision.Signed{Post: "director"}); err != nil {
			t.Fatal(err)
		}
		owes("director", app.OwesSignature, 0)
		owes("service", app.OwesCondition, 1)
		owes("head", app.OwesReview, 1)
		if was, err := h.stale(t, "east-1").Decision(ctx, id, before); err != nil || was.State() != decision.Waiting || len(was.Dissent) != 1 {
			t.Errorf("as known then: %v", err)
		}
		if err := say("service", decision.Fulfilled{Condition: 0, What: "both are in the paper"}); err != nil {
			t.Fatal(err)
		}
		owes("service", app.OwesCondition, 0)
		next := b
		next.Delegation, next.What, next.Replaces, next.WhyReplaced, next.Signers, next.Conditions = "", "Agency staff after all", id, "a child was hurt", []string{"director"}, nil
		done, err = h.desk(t, "director").ProposeDecision(ctx, next, "")
		if err != nil {
			t.Fatal(err)
		}
		if p, err := h.stale(t, "head").Decision(ctx, id, 0); err != nil || p.State() != decision.Stands {
			t.Errorf("it ends before the other stands: %v", err)
		}
		first := id
		id = done.Child
		if err := say("director", decision.Signed{Post: "director"}); err != nil {
			t.Fatal(err)
		}
		p, err := h.stale(t, "head").Decision(ctx, first, 0)
		if err != nil || p.State() != decision.Succeeded || p.By != id || p.Why != "a child was hurt" {
			t.Errorf("%v %v %v", p.State(), p.By, err)
		}
		owes("head", app.WasReplaced, 1)
		h.clock.Add(40 * 24 * day.Hour)
		owes("head", app.WasReplaced, 0)
		if v := h.verify(t); v.Decisions != 2 {
			t.Errorf("%+v", v)
		}
		text := h.export(t)
		h2 := &house{clock: h.clock, dsn: e.DSN(t)}
		h2.App, h2.known = testkit.NewApp(t, h2.dsn, h2.clock, 9)
		if _, _, err := h2.ImportJournal(ctx, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if v := h2.verify(t); v.Decisions != 2 {
			t.Errorf("%+v", v)
		}
	})
}

// A decision about a child is seen by who may see the child, and each look is logged.
func TestADecisionAboutAChildIsOfItsRecord(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		kid := h.referred(t, "Iona", "Marsh")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.record(t, kid, h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		b := decision.Proposed{About: decision.AboutChild, AboutID: kid, What: "She stays with her aunt", Reasons: "She asked for it", Options: []decision.Option{{What: "The aunt"}, {What: "Foster care"}}, Signers: []string{"manager-east"}, ReviewBy: today + 30}
		done, err := h.desk(t, "east-1").ProposeDecision(ctx, b, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.desk(t, "east-2").ProposeDecision(ctx, b, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a colleague proposes: %v", err)
		}
		if _, err := h.stale(t, "east-2").Decision(ctx, done.Child, 0); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a colleague reads it: %v", err)
		}
		if p, err := h.stale(t, "manager-east").Decision(ctx, done.Child, 0); err != nil || len(p.Sign) != 1 {
			t.Errorf("%v", err)
		}
		if list, err := h.stale(t, "head").Decisions(ctx, app.Cursor{}, 50); err != nil || len(list.Rows) != 0 {
			t.Errorf("it is in everybody's list: %+v, %v", list.Rows, err)
		}
		// A list is seen without the record being opened: it says nothing of the child.
		if owed, err := h.stale(t, "manager-east").RecordsOwed(ctx); err != nil || len(owed) != 1 || owed[0].Text != "a decision about a child" {
			t.Errorf("%+v, %v", owed, err)
		}
		if _, err := h.stale(t, "manager-east").SayOfDecision(ctx, done.Child, decision.Signed{Post: "manager-east"}, ""); err != nil {
			t.Fatal(err)
		}
		// Nobody ends a decision about a child whom they may not see, nor by one that is
		// about something else.
		over := b
		over.About, over.AboutID, over.Replaces, over.WhyReplaced, over.Signers = decision.AboutAuthority, "", done.Child, "no", []string{"east-2"}
		if _, err := h.desk(t, "east-2").ProposeDecision(ctx, over, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a colleague ends it: %v", err)
		}
		if _, err := h.desk(t, "manager-east").ProposeDecision(ctx, over, ""); err == nil || !strings.Contains(err.Error(), "same child") {
			t.Errorf("it is ended by one about something else: %v", err)
		}
		_, looks, err := h.stale(t, "manager-east").Readers(ctx, kid, 100)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, x := range looks {
			if x.What == "A decision" {
				seen[x.Person] = true
			}
		}
		if !seen["p-manager-east"] || !seen["p-east-2"] {
			t.Errorf("looks: %v", seen)
		}
		h.verify(t)
	})
}
