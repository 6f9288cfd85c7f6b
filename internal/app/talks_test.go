package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/supervision"
	"onus/internal/testkit"
)

// sheet is a talk as the holder of a post sees it.
func (h *house) sheet(t *testing.T, who, of string) *app.Sheet {
	t.Helper()
	s, err := h.stale(t, who).Sheet(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// talks says something of a talk, and fails when it is refused.
func (h *house) talks(t *testing.T, who, of string, b entry.Body) string {
	t.Helper()
	done, err := h.stale(t, who).SayOfTalk(ctx, of, b, "")
	if err != nil {
		t.Fatalf("%s says %s: %v", who, b.Kind(), err)
	}
	return done.Child
}

// talk holds a whole talk with whoever is in a post, today, and signs it.
func (h *house) talk(t *testing.T, holder, post string) string {
	t.Helper()
	on := h.clock.Now().Date()
	id := h.talks(t, holder, post, supervision.Held{On: on, Minutes: 60})
	h.talks(t, holder, id, supervision.Wellbeing{Will: "Nothing is needed."})
	h.talks(t, holder, id, supervision.Load{Said: "It can be done."})
	s := h.sheet(t, holder, id)
	for _, a := range s.Actions {
		if a.Asked {
			h.talks(t, holder, a.Talk, supervision.Answered{Nth: a.Nth, How: supervision.NotYet, Why: "There was no time."})
		}
	}
	for _, n := range s.Needs.Items {
		h.talks(t, holder, id, supervision.Left{About: n.About, ID: n.ID, Why: "There was no time.", On: on + 14})
	}
	h.talks(t, holder, id, supervision.Signed{As: supervision.AsHolder})
	return id
}

// A talk from its preparation to two signatures and what became of its action:
// through the store, an export and a check of everything, on both engines.
func TestATalkFromPreparationToItsActions(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		kid := h.referred(t, "Sam", "Okell")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, kid, h.on("east-1", today, child.Visit{Seen: true, Where: "home", Purpose: "goal 1"}), h.on("east-1", today, child.Visit{Seen: true, Where: "home", Purpose: "goal 1"}))
		refused := func(what, who, of string, b entry.Body, words string) {
			t.Helper()
			_, err := h.stale(t, who).SayOfTalk(ctx, of, b, "")
			ps, is := entry.Problems(err)
			if !is && !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s: %v", what, err)
				return
			}
			text := ""
			for _, p := range ps {
				text += p.Text + "; "
			}
			if !strings.Contains(text, words) {
				t.Errorf("%s: %q does not say %q", what, text, words)
			}
		}

		// The worker prepares: how they are, and what they want to say of Sam.
		s := h.sheet(t, "east-1", "east-1")
		if s.Entry != "" || !s.Taker || s.Holder || s.By.Post != "manager-east" || len(s.Children) != 1 || s.Children[0].Signals[0].ID != "not-alone" || !s.Children[0].Due {
			t.Fatalf("before: %+v", s.Children)
		}
		id := h.talks(t, "east-1", "east-1", supervision.Words{Sealed: "I do not sleep well."})
		if _, err := h.stale(t, "east-1").PrepareChild(ctx, kid, "Nan has only been asked with Mum there.", ""); err != nil {
			t.Fatal(err)
		}
		if again := h.talks(t, "manager-east", "east-1", supervision.Planned{On: today + 1}); again != id {
			t.Fatal("a second talk was opened")
		}

		// Those above, and nobody else, hold and read it; the words are the two's.
		refused("a stranger reads", "east-2", id, supervision.Words{Sealed: "x"}, "")
		if _, err := h.stale(t, "east-2").Sheet(ctx, id); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a stranger reads it: %v", err)
		}
		if s := h.sheet(t, "manager-east", id); len(s.Words) != 1 || s.Words[0].Text != "I do not sleep well." || s.Children[0].Says == nil {
			t.Errorf("the manager does not read what was prepared: %+v", s.Words)
		}
		if s := h.sheet(t, "director", id); len(s.Words) != 0 || !s.Holder {
			t.Errorf("the director reads the words of two: %+v", s.Words)
		}
		if strings.Contains(h.export(t), "sleep") {
			t.Error("the words stand in the journal")
		}
		refused("the worker holds their own", "east-1", id, supervision.Began{}, "Only whoever holds")
		refused("before it began", "manager-east", id, supervision.Wellbeing{Will: "w"}, "has not begun")

		// It is held: the server's times.
		h.clock.Add(24 * day.Hour)
		h.talks(t, "manager-east", id, supervision.Began{})
		h.clock.Add(75 * day.Minute)
		h.talks(t, "manager-east", id, supervision.Ended{})
		refused("signed with nothing said", "manager-east", id, supervision.Signed{As: supervision.AsHolder}, supervision.TodoItems)
		h.talks(t, "manager-east", id, supervision.Wellbeing{Will: "No duty day on Thursday."})
		h.talks(t, "manager-east", id, supervision.Load{Said: "It can be done."})
		said := supervision.Discussed{About: supervision.AboutChild, ID: kid, Changed: "Nothing has changed since the referral.", Asked: "Seeing him at school, before lunch.", Mind: "If nursery said that he eats well every day.",
			Decided: "We see Sam at school on Friday, alone.", Why: "He says more there.", Action: "Visit Sam at school", Post: "east-1", By: today + 4}
		half := said
		half.Mind = ""
		refused("half of it", "manager-east", id, half, "change your mind")
		h.talks(t, "manager-east", id, said)
		said.Why = "He says more there than at home."
		h.talks(t, "manager-east", id, said) // written again, before it is signed
		h.talks(t, "manager-east", id, supervision.Agreed{What: "Ask for agency hours", Post: "manager-east", By: today + 2})
		s = h.sheet(t, "manager-east", id)
		if x := s.Children[0]; x.Said == nil || x.Said.Why != said.Why || x.Said.Talk != id || len(x.Copied) != 0 {
			t.Fatalf("what was said of Sam: %+v", s.Children[0].Said)
		}
		var sams []child.Event
		for _, ev := range got(h.stale(t, "manager-east").Child(ctx, "test", kid, 0)).Record.Events {
			if _, ok := ev.Body.(child.Supervision); ok {
				sams = append(sams, ev)
			}
		}
		if len(sams) != 1 || sams[0].When.Date != today+1 || sams[0].Amended == 0 {
			t.Errorf("one talk is %d entries of the child: %+v", len(sams), sams)
		}
		if owed := got(h.stale(t, "manager-east").RecordsOwed(ctx)); len(owed) != 1 || owed[0].What != app.OwesTalkSignature {
			t.Errorf("the manager owes %+v", owed)
		}
		refused("the worker signs first", "east-1", id, supervision.Signed{As: supervision.AsTaker}, "does not wait")
		h.talks(t, "manager-east", id, supervision.Signed{As: supervision.AsHolder})
		refused("after it is signed", "manager-east", id, said, "Nothing in it changes")

		// It counts for the line, and each owes what was agreed.
		talks := got(h.Line(ctx)).TalksWith("p-east-1")
		if len(talks) != 1 || talks[0].Talk != id || talks[0].Minutes != 75 || talks[0].On != today+1 || talks[0].By != "p-manager-east" {
			t.Errorf("the line: %+v", talks)
		}
		owes := func(who string) (out []string) {
			t.Helper()
			for _, o := range got(h.stale(t, who).RecordsOwed(ctx)) {
				out = append(out, o.What+": "+o.Text)
			}
			return out
		}
		if owed := owes("east-1"); !slices.Equal(owed, []string{"action: Visit Sam at school", "signature: Sign the record of supervision"}) {
			t.Errorf("the worker owes %v", owed)
		}
		if owed := owes("manager-east"); !slices.Equal(owed, []string{"action: Ask for agency hours"}) {
			t.Errorf("the manager owes %v", owed)
		}
		h.talks(t, "east-1", id, supervision.Signed{As: supervision.AsTaker, Disagrees: "I asked for a joint visit."})
		if s := h.sheet(t, "east-1", id); s.State() != supervision.Closed || s.Others[0].Disagrees == "" {
			t.Errorf("%s", s.State())
		}

		// Late, an action climbs: the owner is told first, then each post above.
		h.clock.Set((today + 7).Start() + 9*day.Hour)
		told, err := h.ClimbLine(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, x := range told {
			if x.About == line.Promised {
				to = append(to, x.Post+" to "+x.To)
			}
		}
		slices.Sort(to)
		if !slices.Equal(to, []string{"east-1 to east-1", "manager-east to manager-east"}) {
			t.Errorf("told %v", to)
		}
		h.clock.Set((today + 14).Start() + 9*day.Hour)
		if told, err = h.ClimbLine(ctx, 100); err != nil {
			t.Fatal(err)
		}
		to = nil
		for _, x := range told {
			if x.About == line.Promised {
				to = append(to, x.Post+" to "+x.To)
			}
		}
		slices.Sort(to)
		if !slices.Equal(to, []string{"east-1 to manager-east", "manager-east to service"}) {
			t.Errorf("told then %v", to)
		}
		if owed := owes("service"); !slices.Equal(owed, []string{"action: Ask for agency hours"}) {
			t.Errorf("what came up to the service manager: %v", owed)
		}

		// Nobody gives themselves more time; the owner says that it is done.
		refused("more time for oneself", "east-1", id, supervision.Answered{Nth: 0, How: supervision.NotYet, Why: "w", By: today + 30}, "above the post")
		refused("let go of by oneself", "manager-east", id, supervision.Answered{Nth: 1, How: supervision.NotNeeded, Why: "w"}, "above the post")
		h.talks(t, "east-1", id, supervision.Answered{Nth: 0, How: supervision.Done, Why: "Seen on Friday, alone."})
		h.talks(t, "service", id, supervision.Answered{Nth: 1, How: supervision.NotYet, Why: "The budget waits for the director.", By: today + 30})
		if owed := owes("east-1"); len(owed) != 0 {
			t.Errorf("it was done, and is owed still: %v", owed)
		}

		// The next talk begins with what was agreed; copied words are said to be copied.
		h.clock.Add(day.Hour)
		next := h.talks(t, "manager-east", "east-1", supervision.Began{})
		s = h.sheet(t, "manager-east", next)
		if len(s.Actions) != 2 || s.Actions[0].Text != "Ask for agency hours" || !s.Actions[0].Own || !s.Actions[0].Asked || s.Needs.Actions != 1 || !s.Actions[1].Over() {
			t.Errorf("last time's actions: %+v", s.Actions)
		}
		h.talks(t, "manager-east", next, supervision.Discussed{About: supervision.AboutChild, ID: kid, Changed: "He was seen alone on Friday.", Asked: said.Asked, Mind: "n/a", Decided: said.Decided, Why: "As before."})
		s = h.sheet(t, "manager-east", next)
		if c := s.Children[0].Copied; len(c) != 1 || c[0].Field != "decided" || c[0].Before != said.Decided || c[0].On != today+1 {
			t.Errorf("copied: %+v", c)
		}
		h.clock.Add(day.Minute)
		h.talks(t, "manager-east", id, supervision.Answered{Nth: 1, How: supervision.NotYet, Why: "It waits still."})
		if s = h.sheet(t, "manager-east", next); s.Needs.Actions != 0 {
			t.Error("it was answered, and is asked still")
		}

		// Everything again from the journal, and from an export.
		if v := h.verify(t); v.Talks != 2 {
			t.Errorf("%d talks", v.Talks)
		}
		if err := h.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		h.verify(t)
		past, err := h.stale(t, "east-1").At(ctx, (today + 3).Start())
		for errors.Is(err, app.ErrBeingMade) {
			past, err = h.stale(t, "east-1").At(ctx, (today + 3).Start())
		}
		if err != nil {
			t.Fatal(err)
		}
		if owed := got(past.RecordsOwed(ctx)); len(owed) != 1 {
			t.Errorf("as it was known: %+v", owed)
		}
	})
}

// Supervision at every tier: a team manager's is of the teams, and the director's
// is held by the chief executive.
func TestATalkAtEveryTier(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		kid := h.referred(t, "Mina", "Grey")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}))
		s := h.sheet(t, "service", "manager-east")
		if len(s.Teams) != 1 || s.Teams[0].Team.ID != "east" || s.Teams[0].Unallocated != 1 || !s.Teams[0].Due {
			t.Fatalf("%+v", s.Teams)
		}
		h.clock.Set((today + 60).Start() + 10*day.Hour)
		if s = h.sheet(t, "service", "manager-east"); len(s.Teams[0].Gaps) == 0 {
			t.Error("that supervision was not held below is not shown")
		}
		id := h.talks(t, "service", "manager-east", supervision.Held{On: today + 60, Minutes: 90})
		h.talks(t, "service", id, supervision.Discussed{About: supervision.AboutTeam, ID: "east", Changed: "One child has no worker.", Asked: "A worker from West was asked for.", Mind: "If West lent one.",
			Decided: "Jo gives Mina to the duty worker.", Why: "She is seven.", Action: "Name a worker", Post: "manager-east", By: today + 61})
		if s = h.sheet(t, "service", id); s.Teams[0].Item == nil || len(s.Needs.Items) != 1 {
			t.Errorf("%+v", s.Needs)
		}
		h.talks(t, "service", id, supervision.Wellbeing{Will: "Nothing is needed."})
		h.talks(t, "service", id, supervision.Load{Said: "w"})
		h.talks(t, "service", id, supervision.Signed{As: supervision.AsHolder})
		h.talk(t, "chief-executive", "director")
		for _, who := range []string{"p-manager-east", "p-director"} {
			if talks := got(h.Line(ctx)).TalksWith(who); len(talks) != 1 {
				t.Errorf("%s: %+v", who, talks)
			}
		}
		if s = h.sheet(t, "service", "manager-east"); s.Teams[0].Before == nil || s.Actions[0].Text != "Name a worker" {
			t.Errorf("last time is not shown: %+v", s.Teams[0])
		}
		h.verify(t)
	})
}

// A group talks together; it does not stand for the talk of two, and each signs.
func TestATalkOfAGroup(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		kid := h.referred(t, "Leo", "Farrant")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		if _, err := h.stale(t, "manager-east").OpenGroup(ctx, "east", []string{"p-east-1"}, ""); err == nil {
			t.Error("a group of one")
		}
		if _, err := h.stale(t, "east-1").OpenGroup(ctx, "east", []string{"p-east-1", "p-east-2"}, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("a worker opens it: %v", err)
		}
		id := got(h.stale(t, "manager-east").OpenGroup(ctx, "east", []string{"p-east-1", "p-east-2"}, "")).Child
		h.talks(t, "manager-east", id, supervision.Held{On: today, Minutes: 60})
		if _, err := h.stale(t, "manager-east").SayOfTalk(ctx, id, supervision.Signed{As: supervision.AsHolder}, ""); err == nil {
			t.Error("signed, and nobody was talked about")
		}
		h.talks(t, "manager-east", id, supervision.Discussed{About: supervision.AboutChild, ID: kid, Changed: "a", Asked: "b", Mind: "c", Decided: "d", Why: "e"})
		h.talks(t, "manager-east", id, supervision.Signed{As: supervision.AsHolder})
		h.talks(t, "east-1", id, supervision.Signed{As: supervision.AsTaker})
		if s := h.sheet(t, "east-2", id); s.State() != supervision.Waits || len(s.Missing()) != 1 {
			t.Errorf("%s", s.State())
		}
		h.talks(t, "manager-east", id, supervision.Unsigned{Person: "p-east-2", Why: "She left on Friday."})
		if s := h.sheet(t, "manager-east", id); s.State() != supervision.Closed {
			t.Errorf("%s", s.State())
		}
		if talks := got(h.Line(ctx)).TalksWith("p-east-1"); len(talks) != 0 {
			t.Errorf("it stands for the talk of two: %+v", talks)
		}
		h.verify(t)
	})
}

// What is said of a child is the child's: closed with its record, and gone with it.
func TestWhatIsSaidOfAChildIsGuardedWithIt(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		today := h.clock.Now().Date()
		kid := h.referred(t, "Ines", "Marchetti")
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		id := h.talks(t, "manager-east", "east-1", supervision.Held{On: today, Minutes: 60})
		const secret = "The uncle is in the house."
		h.talks(t, "manager-east", id, supervision.Discussed{About: supervision.AboutChild, ID: kid, Changed: secret, Asked: "b", Mind: "c", Decided: "d", Why: "e", Action: "Ask the uncle", Post: "east-1", By: today + 3})
		if _, err := h.stale(t, "manager-east").Record(ctx, app.Do{Child: kid, Commands: []child.Command{h.say("manager-east", child.Restricted{Category: child.RestrictedFor[0], Why: "w", Owner: "director", ReviewBy: today + 30})}}); err != nil {
			t.Fatal(err)
		}
		s := h.sheet(t, "manager-east", id)
		if x := s.Children[0]; !x.Closed || x.Said != nil || strings.Contains(x.Row.Name, "Ines") || x.Due {
			t.Errorf("the record is closed, and the sheet shows %+v", x)
		}
		if _, err := h.stale(t, "manager-east").SayOfTalk(ctx, id, supervision.Discussed{About: supervision.AboutChild, ID: kid, Changed: "a", Asked: "b", Mind: "c", Decided: "d", Why: "e"}, ""); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("written into a closed record: %v", err)
		}
		h.talks(t, "manager-east", id, supervision.Wellbeing{Will: "w"})
		h.talks(t, "manager-east", id, supervision.Load{Said: "w"})
		h.talks(t, "manager-east", id, supervision.Signed{As: supervision.AsHolder})
		owed := got(h.stale(t, "east-1").RecordsOwed(ctx))
		if len(owed) != 2 || !owed[0].Closed || strings.Contains(owed[0].Text, "uncle") {
			t.Errorf("%+v", owed)
		}
		var talk []string
		for _, x := range h.sheet(t, "director", id).Log {
			talk = append(talk, string(x.Raw))
		}
		if strings.Contains(strings.Join(talk, " "), "uncle") {
			t.Error("what was said of the child stands in the talk")
		}
	})
}

func got[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// A child with a question who is put off in one talk and in the next is owed on the first
// day that somebody named, and that climbs: nothing that the talks say moves it.
func TestAQuestionThatIsPutOffClimbs(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		kid := h.referred(t, "Sam", "Okell")
		today := h.clock.Now().Date()
		h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "hungry", Team: "east"}), h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}))
		h.record(t, kid, h.on("east-1", today, child.Visit{Seen: true, Where: "home", Purpose: "goal 1"}), h.on("east-1", today, child.Visit{Seen: true, Where: "home", Purpose: "goal 1"}))
		id := h.talks(t, "manager-east", "east-1", supervision.Held{On: today, Minutes: 60})
		if _, err := h.stale(t, "manager-east").SayOfTalk(ctx, id, supervision.Left{About: supervision.AboutChild, ID: kid, Why: "No time.", On: today + 120}, ""); err == nil || !strings.Contains(err.Error(), "the last day for it") {
			t.Errorf("left for a third of a year: %v", err)
		}
		// Of another worker's child, and of one that is not there, the same is said, and nothing is recorded.
		other := h.referred(t, "Maya", "Vale")
		for _, x := range []string{other, "01900000-0000-7000-8000-0000000000ff"} {
			size := h.size(t)
			_, err := h.stale(t, "manager-east").SayOfTalk(ctx, id, supervision.Left{About: supervision.AboutChild, ID: x, Why: "No time.", On: today + 7}, "")
			if ps, refused := entry.Problems(err); !refused || ps[0].Text != "Only a child of this talk can be left for another time" || h.size(t) != size {
				t.Errorf("a child of nobody here is left: %v", err)
			}
		}
		h.talks(t, "manager-east", id, supervision.Left{About: supervision.AboutChild, ID: kid, Why: "No time.", On: today + 7})
		left := func() (d *duty.Duty, asks []string) {
			p, err := h.desk(t, "manager-east").Child(ctx, "test", kid, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.Duties {
				if p.Duties[i].Rule.ID == "supervision.left" {
					if d != nil {
						t.Errorf("owed twice: %s", p.Duties[i].Due.On)
					}
					d = &p.Duties[i]
				}
			}
			for _, ev := range p.Record.Events {
				if b, ok := ev.Body.(child.SupervisionLeft); ok {
					asks = b.Asks
				}
			}
			return d, asks
		}
		if d, asks := left(); d == nil || d.Due.On != today+7 || d.State != duty.Open || !slices.Contains(asks, "not-alone") {
			t.Fatalf("%+v, asked %v", d, asks)
		}
		h.talks(t, "manager-east", id, supervision.Left{About: supervision.AboutChild, ID: kid, Why: "Still no time.", On: today + 30})
		h.clock.Add(14 * 24 * day.Hour)
		if d, _ := left(); d.Due.On != today+7 || !d.Late(h.clock.Now()) {
			t.Errorf("put off once more, it is due %s", d.Due.On)
		}
		h.climb(t)
		if d, _ := left(); d == nil {
			t.Error("gone")
		} else if step, ok := d.Climbed(); !ok || step.Post == "manager-east" {
			t.Errorf("it does not climb: %+v", step)
		}
	})
}
