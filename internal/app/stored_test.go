package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// watched lets the watch do a round on each day from one to another, at eight.
func (h *house) watched(t *testing.T, to string) (steps []app.Told, line []line.OwedClimbed) {
	t.Helper()
	for until := testkit.Instant(to + "T08:00:00Z"); h.clock.Now() < until; {
		h.clock.Set(min(until, h.clock.Now()+24*day.Hour))
		steps = append(steps, h.climb(t)...)
		for {
			told, err := h.ClimbLine(ctx, 3)
			if err != nil {
				t.Fatal(err)
			}
			line = append(line, told...)
			if len(told) < 3 {
				break
			}
		}
	}
	return steps, line
}

// The stored referrals. A team leader at the front door parks referrals, and nobody
// talks with him about his work. What he does not decide goes around him on the
// second day. His own supervision climbs too. Nothing that he can press stops either.
func TestTheStoredReferrals(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		baby := h.referred(t, "Maya", "Lister") // Monday 12 January, at nine
		others := []string{h.referred(t, "Iona", "Marsh"), h.referred(t, "Tom", "Bell")}
		gwen := h.desk(t, "manager-front")

		// On the second day whoever is above him knows, not he once more.
		h.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
		same(t, "day 2", steps(h.climb(t), undecided), "service manager service p-service", "service manager service p-service", "service manager service p-service")

		// He tries whatever there is.
		p, err := h.Look(ctx, baby, 0)
		if err != nil {
			t.Fatal(err)
		}
		owed := ""
		for _, d := range p.Open() {
			if d.Rule.ID == undecided {
				owed = d.ID()
			}
		}
		if owed == "" {
			t.Fatal("nothing is owed")
		}
		referral := p.Record.Events[1].ID
		on := h.clock.Now().Date()
		now := day.AtInstant(h.clock.Now())
		for name, do := range map[string]child.Command{
			"stands it down":             {Body: child.DutyStoodDown{Duty: owed, Why: "no time"}, Happened: now},
			"says there was no referral": {Body: child.Correction{Why: "sent by mistake", Withdrawn: true}, Corrects: referral, Happened: now},
			"says it came later":         {Body: child.Correction{Why: "it came today", When: now}, Corrects: referral, Happened: now},
			"unsays that it climbed":     {Body: child.Correction{Why: "x", Withdrawn: true}, Corrects: lastOf(p.Record, "duty.climbed"), Happened: now},
			"says that the rules met it": {Body: child.DutyClimbed{Duty: owed}, Happened: now},
		} {
			do.Source = entry.Source{Kind: "page"}
			if done, err := gwen.Record(ctx, app.Do{Child: baby, Commands: []child.Command{do}}); err == nil {
				t.Errorf("he %s: %+v", name, done)
			}
		}
		for name, b := range map[string]entry.Body{
			"moves his post beside the line": line.PostMoved{Post: "manager-front", Above: "manager-east"},
			"closes his post":                line.PostClosed{Post: "manager-front", Why: "w"},
			"leaves it on paper":             line.PostLeft{Post: "manager-front", Person: "p-manager-front"},
			"takes it again":                 line.PostHeld{Post: "manager-front", Person: "p-manager-front"},
			"empties the post above":         line.PostLeft{Post: "service", Person: "p-service"},
			"closes the post above":          line.PostClosed{Post: "service", Why: "w"},
			"gives his manager's post away":  line.Cover{Post: "service", By: "manager-east"},
			"supervises himself":             line.SupervisionHeld{Post: "manager-front", Person: "p-manager-front"},
			"says that the line was told":    line.OwedClimbed{About: line.Supervision, Post: "manager-front", To: "service"},
		} {
			_, err := gwen.RecordLine(ctx, []line.Command{{Happened: day.On(on), Body: b, Source: entry.Source{Kind: "page"}}}, "")
			if _, refused := entry.Problems(err); !refused && !errors.Is(err, app.ErrForbidden) {
				t.Errorf("he %s: %v", name, err)
			}
		}
		// What he may press does not help him: a note, reading, cover for himself.
		for _, b := range []entry.Body{child.Note{Text: "Put with the others."}, child.Contact{From: "health visitor", What: "asks what was decided"}} {
			if _, err := h.says(t, "manager-front", baby, b); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := gwen.RecordLine(ctx, []line.Command{{Happened: day.On(on), Body: line.Cover{Post: "manager-front", By: "manager-east", Why: "a day off"}, Source: entry.Source{Kind: "page"}}}, ""); err != nil {
			t.Fatal(err)
		}

		told, owings := h.watched(t, "2026-04-13")
		same(t, "it went up to the director for each child", steps(told, undecided), slices.Repeat([]string{"service manager service p-service"}, 3)[0], "service manager service p-service", "service manager service p-service",
			"head of service head p-head", "head of service head p-head", "head of service head p-head", "director director p-director", "director director p-director", "director director p-director")
		var his []string
		for _, x := range owings {
			if x.About == line.Supervision && x.Post == "manager-front" {
				his = append(his, x.To)
			}
		}
		same(t, "his supervision went up", his, "service", "head", "director", "chief-executive")
		for _, id := range append(others, baby) {
			open := false
			p, err := h.Look(ctx, id, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range p.Open() {
				open = open || d.Rule.ID == undecided && d.Late(h.clock.Now())
			}
			if !open {
				t.Error("a referral is not owed any more")
			}
		}

		// Whoever looks back sees both, as they were known on a day in March.
		c, err := h.ContextOf(ctx, baby, owed, testkit.Instant("2026-03-02T12:00:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		talk := app.Talk{}
		for _, x := range c.Talks {
			if x.With == "p-manager-front" {
				talk = x
			}
		}
		if !talk.Late || talk.Last != 0 || talk.Owner != "service" || len(talk.Told) != 3 {
			t.Errorf("his supervision as it was known: %+v", talk)
		}

		missed, err := h.Missed(ctx, "manager-front", testkit.Instant("2026-01-12").Date(), testkit.Instant("2026-02-12").Date(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var stored []string
		for _, m := range missed {
			if strings.HasPrefix(m.Duty, undecided) && m.State == "open, late" && !slices.Contains(stored, m.Child) {
				stored = append(stored, m.Child)
			}
		}
		if len(stored) != 3 {
			t.Errorf("looking back on his post, %d stored referrals are found: %+v", len(stored), missed)
		}

		// A talk ends it; a decision ends the other. Nothing is told again.
		h.clock.Set(testkit.Instant("2026-04-14T10:00:00Z"))
		h.talk(t, "service", "manager-front")
		if _, err := h.says(t, "service", baby, child.Decision{Outcome: child.Assess, For: "a bruise on a baby who cannot roll", Team: "east"}); err != nil {
			t.Fatal(err)
		}
		told, owings = h.watched(t, "2026-04-20")
		for _, x := range told {
			if x.Child == baby && x.Body.Rule == undecided {
				t.Errorf("told after it was decided: %+v", x)
			}
		}
		for _, x := range owings {
			if x.Post == "manager-front" {
				t.Errorf("told after the talk: %+v", x)
			}
		}
		h.verify(t)
	})
}

// lastOf is the last entry of a kind.
func lastOf(rec child.Record, kind entry.Kind) (id entry.ID) {
	for _, e := range rec.Log {
		if e.Kind == kind {
			id = e.ID
		}
	}
	return id
}

// Whoever owes what is late cannot end it; somebody above can, where no law asks for
// it; and a correction of what else was wrong goes through.
func TestWhoEndsWhatIsLate(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id := h.referred(t, "Sam", "Okell")
		h.record(t, id, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
		h.clock.Add(day.Hour)
		h.record(t, id, h.on("manager-east", h.clock.Now().Date(), child.Allocation{Post: "east-1", Team: "east"}))
		h.clock.Set(testkit.Instant("2026-06-01T10:00:00Z"))
		p, err := h.Look(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		local, law := "", ""
		for _, d := range p.Open() {
			if !d.Late(h.clock.Now()) || p.Line.Resolve(d.Owner, h.clock.Now().Date()) != "east-1" {
				continue
			}
			if strings.HasPrefix(d.Rule.Source.Status, "statutory") {
				law = d.ID()
			} else {
				local = d.ID()
			}
		}
		if local == "" {
			t.Fatalf("nothing of the worker's is late: %v", p.Open())
		}
		refused := func(who, text string, b entry.Body) {
			t.Helper()
			_, err := h.says(t, who, id, b)
			if ps, _ := entry.Problems(err); len(ps) == 0 || !strings.Contains(ps[0].Text, text) {
				t.Errorf("%s: %v", who, err)
			}
		}
		refused("east-1", "Somebody above", child.DutyStoodDown{Duty: local, Why: "w"})
		refused("manager-east", "no such duty", child.DutyStoodDown{Duty: "referral.decision:nothing", Why: "w"})
		if law != "" {
			refused("director", "The law asks for this", child.DutyStoodDown{Duty: law, Why: "w"})
		}
		if _, err := h.says(t, "manager-east", id, child.DutyStoodDown{Duty: local, Why: "the family moved away"}); err != nil {
			t.Error(err)
		}
		refused("manager-east", "not open", child.DutyStoodDown{Duty: local, Why: "w"})
		note := h.record(t, id, h.say("east-1", child.Note{Text: "Sma is well"})).Entries[0]
		if _, err := h.desk(t, "east-1").Record(ctx, app.Do{Child: id, Commands: []child.Command{{Body: child.Correction{Why: "a slip", Body: entry.Flat(`{"text":"Sam is well"}`)}, Corrects: note, Happened: day.AtInstant(h.clock.Now()), Source: entry.Source{Kind: "page"}}}}); err != nil {
			t.Errorf("a slip of the pen: %v", err)
		}
	})
}
