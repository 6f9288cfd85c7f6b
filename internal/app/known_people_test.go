package app_test

import (
	"slices"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/match"
	"onus/internal/testkit"
)

// katie is a child whom we know: referred in spring, with no further action.
func (h *house) katie(t *testing.T) string {
	t.Helper()
	id := h.record(t, "", h.say("manager-front", child.Known{Given: "Katie", Family: "Aldous", Birth: day.MustParse("2016-03-04"), Address: "6 Quarry Hill, Marlowe MA3 4QH"}),
		h.say("manager-front", child.Referral{From: "school", What: "Late.", Intake: child.Intake{Household: []child.Member{{Name: "Jenny Aldous", Relation: "mother"}}}})).Child
	h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.NoAction, For: "The school helps."}))
	h.clock.Add(40 * 24 * day.Hour)
	return id
}

func likeness(t *testing.T, h *house, id string) *app.Likeness {
	t.Helper()
	k, err := h.desk(t, "front-1").Known(ctx, access.SeeChild, id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func childrenIn(xs []app.Alike) (out []string) {
	for _, x := range xs {
		out = append(out, x.Row.Child)
	}
	return out
}

// Whoever is told of somebody whom we know sees it, with reasons; nothing is joined by
// itself; what is joined goes on by the clock that it had; and it can be undone.
func TestAChildIsKnownAlready(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		katie := h.katie(t)
		h.referred(t, "Zelda", "Quist") // somebody else
		x := app.TellingChild{Known: child.Known{Given: "Katy", Family: "Aldous", Birth: day.MustParse("2016-04-03"), Address: "6 Quarry Hill, Marlowe MA3 4QH"}}
		came := h.clock.Now()
		fresh := h.told(t, "front-2", app.Telling{What: "She is often hungry.", Children: []app.TellingChild{x}})
		k := likeness(t, h, fresh)
		near := slices.Concat(childrenIn(k.Same), childrenIn(k.Review))
		if !slices.Equal(near, []string{katie}) || k.Held != 3 {
			t.Fatalf("%+v", k)
		}
		best := slices.Concat(k.Same, k.Review)[0]
		if !slices.ContainsFunc(best.Evidence, func(v match.Evidence) bool { return v.Level == "close" && v.Why != "" }) {
			t.Errorf("nothing says that day and month are swapped: %+v", best.Evidence)
		}
		h.clock.Add(day.Hour)
		_, err := h.desk(t, "front-1").SameChild(ctx, fresh, katie, "", "k1")
		if ps := refused(t, err); ps[0].Field != "why" {
			t.Errorf("%+v", ps)
		}
		if _, err := h.desk(t, "front-1").SameChild(ctx, fresh, katie, "I spoke to the school.", "k2"); err != nil {
			t.Fatal(err)
		}
		row := h.queue(t, "manager-front").Rows[0]
		if len(h.queue(t, "manager-front").Rows) != 2 || row.Child != katie && h.queue(t, "manager-front").Rows[1].Child != katie {
			t.Errorf("%q", ratings(h.queue(t, "manager-front")))
		}
		if row.Child != katie {
			row = h.queue(t, "manager-front").Rows[1]
		}
		if row.Came != came || !strings.Contains(row.Known, "1 referral before") {
			t.Errorf("the clock was counted anew, or what we hold is lost: %+v", row)
		}
		if k := likeness(t, h, fresh); k.Other.Child != katie {
			t.Errorf("%+v", k.Other)
		}
		if again := likeness(t, h, katie); slices.Contains(slices.Concat(childrenIn(again.Same), childrenIn(again.Review)), fresh) {
			t.Error("the record that was joined is offered still")
		}
		h.verify(t)
		h.clock.Add(day.Hour)
		if _, err := h.desk(t, "front-1").TellApart(ctx, fresh, katie, "Another school, another mother.", "k3"); err != nil {
			t.Fatal(err)
		}
		q := h.queue(t, "manager-front")
		if len(q.Rows) != 2 || slices.ContainsFunc(q.Rows, func(f app.DoorRow) bool { return f.Child == katie }) {
			t.Fatalf("%q", ratings(q))
		}
		i := slices.IndexFunc(q.Rows, func(f app.DoorRow) bool { return f.Child == fresh })
		if i < 0 || q.Rows[i].Came != came {
			t.Errorf("it does not wait from when it came: %+v", q.Rows)
		}
		if k := likeness(t, h, fresh); len(k.Same)+len(k.Review) != 0 {
			t.Errorf("who was told apart is offered again: %+v", k)
		}
		h.verify(t)
		h.again(t, 9)
		h.verify(t)
	})
}

// "Not the same" is kept for good, and what is closed shows whom to ask and no more.
func TestNotTheSameIsKeptForGood(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	katie := h.katie(t)
	twin := app.TellingChild{Known: child.Known{Given: "Kelsey", Family: "Aldous", Birth: day.MustParse("2016-03-04"), Address: "6 Quarry Hill, Marlowe MA3 4QH"}}
	fresh := h.told(t, "front-2", app.Telling{What: "Out at night.", Children: []app.TellingChild{twin}})
	k := likeness(t, h, fresh)
	if len(k.Same) != 0 {
		t.Errorf("a twin is called the same: %+v", k.Same)
	}
	all := slices.Concat(childrenIn(k.Review), childrenIn(k.Family))
	if !slices.Contains(all, katie) {
		t.Fatalf("%+v", k)
	}
	if _, err := h.desk(t, "front-1").NotTheSame(ctx, fresh, katie, "They are twins.", "n1"); err != nil {
		t.Fatal(err)
	}
	if k := likeness(t, h, fresh); slices.Contains(slices.Concat(childrenIn(k.Same), childrenIn(k.Review)), katie) {
		t.Error("it is offered again")
	}
	waits := h.told(t, "front-1", app.Telling{What: "Late again.", Children: []app.TellingChild{{ID: katie}}})
	if k := likeness(t, h, waits); slices.Contains(slices.Concat(childrenIn(k.Same), childrenIn(k.Review)), fresh) {
		t.Error("from the other record it is offered again")
	}
	h.record(t, katie, h.say("service", child.Restricted{Category: child.RestrictedFor[0], Why: "w", Owner: "service", ReviewBy: h.clock.Now().Date() + 30}))
	other := h.told(t, "front-2", app.Telling{What: "Hungry.", Children: []app.TellingChild{{Known: child.Known{Given: "Katie", Family: "Aldous", Birth: day.MustParse("2016-03-04"), Address: "6 Quarry Hill, Marlowe MA3 4QH"}}}})
	for _, x := range slices.Concat(likeness(t, h, other).Same, likeness(t, h, other).Review) {
		if x.Row.Child == katie && (x.Row.Closed == "" || x.Evidence != nil || strings.Contains(x.Row.Name, "Katie")) {
			t.Errorf("of a restricted record it says %+v", x)
		}
	}
	if _, err := h.desk(t, "east-1").Known(ctx, access.SeeChild, fresh); err == nil {
		t.Error("a worker of another team looks through everybody")
	}
}

// A search finds a name that is spelt in another way, or with its parts changed over.
func TestASearchHearsHowANameSounds(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	id := h.record(t, "", h.say("manager-front", child.Known{Given: "Mohammed", Family: "Rashid", Birth: day.MustParse("2014-05-06")}), h.say("manager-front", child.Referral{From: "school"})).Child
	for range 12 {
		h.referred(t, "Zelda", "Quist")
	}
	for _, words := range []string{"Muhammad Rashid", "Rashid Mohamed", "Mohamad Rasheed", "Mohamet 2014-05-06"} {
		l, err := h.desk(t, "front-1").Search(ctx, words, 50)
		if err != nil || len(l.Rows) != 0 || len(l.Alike) != 1 || l.Alike[0].Child != id {
			t.Errorf("%s: %+v, %v", words, l, err)
		}
	}
	if l, err := h.desk(t, "front-1").Search(ctx, "Rashid", 50); err != nil || len(l.Rows) != 1 || len(l.Alike) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
}
