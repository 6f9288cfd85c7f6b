package duty_test

import (
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Newly qualified, somebody is owed a talk every week for six weeks, every two weeks
// to six months, and then every month like everybody else.
func TestTheNewlyQualifiedAreTalkedWithMoreOften(t *testing.T) {
	p := withOnus(t)
	var es []entry.Entry
	say := func(on string, b entry.Body) {
		d := day.MustParse(on)
		es = append(es, entry.Entry{Kind: b.Kind(), Author: "p-manager", Happened: day.On(d), Recorded: d.Start() + 12*day.Hour, Body: b})
	}
	say("2025-12-01", line.PostCreated{Post: "manager", Title: "Manager", Tier: line.TeamManager})
	say("2025-12-01", line.PostCreated{Post: "w", Title: "Worker", Tier: line.Worker, Above: "manager"})
	for _, who := range []string{"manager", "w"} {
		say("2025-12-01", line.PersonKnown{Person: "p-" + who, Name: who})
	}
	say("2025-12-01", line.PostHeld{Post: "manager", Person: "p-manager"})
	say("2026-01-05", line.PostHeld{Post: "w", Person: "p-w"})
	say("2026-01-05", line.PersonNewlyQualified{Person: "p-w", Since: day.MustParse("2026-01-05")})
	due := func(on string) string {
		t.Helper()
		for _, o := range p.Owings(line.Fold(es), day.MustParse(on)) {
			if o.About == line.Supervision && o.Post.ID == "w" {
				return o.Due.String()
			}
		}
		t.Fatal("nothing is owed")
		return ""
	}
	for _, x := range []struct{ held, asked, due string }{
		{"", "2026-01-06", "2026-01-12"},
		{"2026-01-12", "2026-01-13", "2026-01-19"}, // every week
		{"2026-02-15", "2026-02-16", "2026-02-22"}, // the last day of the six weeks
		{"2026-02-16", "2026-02-17", "2026-03-02"}, // the first day after them: two weeks
		{"2026-07-04", "2026-07-04", "2026-07-18"}, // the last day of the six months
		{"2026-07-05", "2026-07-06", "2026-08-05"}, // every month
	} {
		if x.held != "" {
			say(x.held, line.SupervisionHeld{Post: "w", Person: "p-w"})
		}
		if got := due(x.asked); got != x.due {
			t.Errorf("held on %q: due on %s, not %s", x.held, got, x.due)
		}
	}
	say("2026-07-06", line.PersonNewlyQualified{Person: "p-w"}) // it was a mistake
	if got := due("2026-07-06"); got != "2026-08-05" {
		t.Error(got)
	}
}

func withOnus(t *testing.T) *duty.Pack {
	t.Helper()
	return england(t)
}

// Each signal of drift is shown by the record that has it, and by no other.
func TestSignalsOfDrift(t *testing.T) {
	p := withOnus(t)
	born := child.Known{Given: "Sam", Birth: day.MustParse("2020-01-01")}
	visit := func(alone bool) child.Visit {
		return child.Visit{Seen: true, Alone: alone, Where: "home", Purpose: "goal 1"}
	}
	decided := func(x string) child.Supervision { return child.Supervision{Decided: x} }
	const again = "Go on as planned, and see the child alone at the next visit to the home."
	for name, x := range map[string]struct {
		given []any // day, body, ...
		want  string
	}{
		"nothing":              {[]any{"2026-01-05", born}, ""},
		"two visits not alone": {[]any{"2026-01-05", born, "2026-02-02", visit(true), "2026-02-09", visit(false), "2026-02-16", visit(false)}, "not-alone"},
		"alone at the last":    {[]any{"2026-01-05", born, "2026-02-02", visit(false), "2026-02-09", visit(false), "2026-02-16", visit(true)}, ""},
		"not born yet":         {[]any{"2026-01-05", child.Known{Family: "Thorne", Expected: day.MustParse("2026-08-01")}, "2026-02-09", visit(false), "2026-02-16", visit(false)}, ""},
		"three workers": {[]any{"2026-01-05", born, "2026-01-06", child.Allocation{Post: "a", Team: "t"}, "2026-02-06", child.Allocation{Post: "b", Team: "t"}, "2026-02-26",
			child.Allocation{Post: "c", Team: "t"}}, "workers"},
		"three workers, the first long ago": {[]any{"2024-01-05", born, "2024-01-06", child.Allocation{Post: "a", Team: "t"}, "2024-02-06", child.Allocation{Post: "b", Team: "t"}, "2026-01-26",
			child.Allocation{Post: "c", Team: "t"}}, ""},
		"the same decision":      {[]any{"2026-01-05", born, "2026-01-20", decided(again), "2026-02-20", decided(again)}, "same-again"},
		"another decision":       {[]any{"2026-01-05", born, "2026-01-20", decided(again), "2026-02-20", decided("The grandmother is asked to a family group conference in March instead.")}, ""},
		"few words are the same": {[]any{"2026-01-05", born, "2026-01-20", decided("Go on."), "2026-02-20", decided("Go on.")}, ""},
	} {
		rec := folded(t, x.given...)
		now := day.MustParse("2026-03-02").Start() + 10*day.Hour
		var got []string
		for _, s := range p.Signals(rec, nil, now) {
			got = append(got, s.ID)
			if s.Facts == "" || s.Says == "" || s.Asks == "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %q, not %q", name, got, x.want)
		}
	}
}

// What a plan shows: the same help again, a day that is moved, numbers that do not rise,
// what is only said, and what is better just before reviews. One thing less, and nothing is
// asked.
func TestSignalsOfDriftInAPlan(t *testing.T) {
	p := withOnus(t)
	begin := []any{"2026-01-05", child.Known{Given: "Sam", Birth: day.MustParse("2020-01-01")}, "2026-01-06", child.Referral{From: "school"}}
	version := func(id int, start, help string) []any {
		on := day.MustParse("2026-01-10") + day.Date(28*id)
		sent := entry.ID("e-" + strings.Repeat("x", 4+4*id)) // folded names entries by their place
		return []any{on.String(), child.PlanSent{Of: "cin", Goals: []child.Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there.", Start: day.MustParse(start), Help: []child.Help{{What: help, Who: "Ruth"}}}}},
			on.Add(1).String(), child.PlanApproved{Plan: sent}}
	}
	plans := func(more ...[]any) (out []any) {
		out = append(out, begin...)
		for _, x := range more {
			out = append(out, x...)
		}
		return out
	}
	num := func(on, who string, n int) []any {
		return []any{on, child.View{Of: "somebody else", Name: who, Goal: "g1", Scale: &n}}
	}
	review := func(on string) []any { return []any{on, child.Review{Of: "cin"}} }
	moved := func(on, state string, how ...string) []any {
		return []any{on, child.GoalMoved{Goal: "g1", State: state, Evidence: how}}
	}
	visit := func(on string, how ...string) []any {
		return []any{on, child.Visit{Goal: "g1", Seen: true, Alone: true, Where: "home", Purpose: "Evenings", Evidence: how}}
	}
	one := version(0, "2026-02-01", "Ruth comes at five")
	for name, x := range map[string]struct {
		given []any
		want  string
	}{
		"one plan":                         {plans(one), ""},
		"the same help in two":             {plans(one, version(1, "2026-02-01", "Ruth comes at five")), ""},
		"the same help in three":           {plans(one, version(1, "2026-02-01", "Ruth comes at five"), version(2, "2026-02-01", "Ruth comes at five")), "help-again"},
		"other help in the third":          {plans(one, version(1, "2026-02-01", "Ruth comes at five"), version(2, "2026-02-01", "Bev stays the night")), ""},
		"the day moved once":               {plans(one, version(1, "2026-03-01", "Bev stays the night")), ""},
		"the day moved twice":              {plans(one, version(1, "2026-03-01", "Bev stays the night"), version(2, "2026-04-01", "The club has a place")), "day-moved"},
		"the day brought forward":          {plans(one, version(1, "2026-03-01", "Bev stays the night"), version(2, "2026-02-15", "The club has a place")), ""},
		"numbers flat over two reviews":    {plans(one, num("2026-01-20", "Mum", 4), review("2026-02-01"), review("2026-03-20"), num("2026-03-20", "Mum", 4)), "numbers-flat"},
		"one number rose":                  {plans(one, num("2026-01-20", "Mum", 4), num("2026-01-20", "Nan", 4), review("2026-02-01"), review("2026-03-20"), num("2026-03-20", "Mum", 4), num("2026-03-20", "Nan", 5)), ""},
		"one review":                       {plans(one, num("2026-01-20", "Mum", 4), review("2026-02-01"), num("2026-03-20", "Mum", 4)), ""},
		"nobody gave a number since":       {plans(one, num("2026-01-20", "Mum", 4), review("2026-02-01"), review("2026-03-20")), ""},
		"said three times":                 {plans(one, visit("2026-02-02", "said"), moved("2026-02-09", "doing", "said"), visit("2026-02-16", "said")), "only-said"},
		"seen at the last":                 {plans(one, visit("2026-02-02", "said"), moved("2026-02-09", "doing", "said"), visit("2026-02-16", "said", "seen")), ""},
		"said twice":                       {plans(one, visit("2026-02-09", "said"), visit("2026-02-16", "said")), ""},
		"better before two reviews":        {plans(one, moved("2026-02-02", "done", "seen"), review("2026-02-09"), moved("2026-02-20", "stuck"), moved("2026-04-02", "done", "seen"), review("2026-04-09"), moved("2026-04-20", "stuck")), "before-reviews"},
		"better before one":                {plans(one, moved("2026-02-02", "done", "seen"), review("2026-02-09"), moved("2026-02-20", "stuck"), moved("2026-04-02", "done", "seen"), review("2026-04-09")), ""},
		"better long before the reviews":   {plans(one, moved("2026-01-12", "done", "seen"), review("2026-02-09"), moved("2026-02-20", "stuck"), moved("2026-03-02", "done", "seen"), review("2026-04-09"), moved("2026-04-20", "stuck")), ""},
		"a plan of a case that was closed": {append(plans(one, version(1, "2026-02-01", "Ruth comes at five"), version(2, "2026-02-01", "Ruth comes at five")), "2026-04-01", child.CaseClosed{Why: "It holds."}, "2026-04-20", child.Referral{From: "school"}), ""},
	} {
		rec := folded(t, x.given...)
		now := day.MustParse("2026-05-02").Start() + 10*day.Hour
		var got []string
		for _, s := range p.Signals(rec, nil, now) {
			got = append(got, s.ID)
			if s.Facts == "" || !strings.Contains(s.Facts, "Evenings") {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %q, not %q", name, got, x.want)
		}
	}
}

// Of a plan that runs for long, only the longest time that has passed is asked about;
// what is late is named.
func TestALongPlanAndWhatIsLate(t *testing.T) {
	p := withOnus(t)
	rec := folded(t, "2025-01-02", child.Known{Given: "Sam", Birth: day.MustParse("2020-01-01")}, "2025-01-03", child.Referral{From: "school"},
		"2025-01-04", child.Allocation{Post: "w", Team: "t"}, "2025-02-03", child.CPPlanStarted{Category: "NEG"})
	at := func(on string) (ids, facts string) {
		now := day.MustParse(on).Start() + 10*day.Hour
		for _, s := range p.Signals(rec, p.Duties(rec, now), now) {
			ids, facts = ids+s.ID+" ", facts+s.Facts+" "
		}
		return ids, facts
	}
	if ids, _ := at("2025-11-02"); strings.Contains(ids, "plan") {
		t.Error(ids)
	}
	if ids, facts := at("2025-11-03"); !strings.Contains(ids, "plan-9") || !strings.Contains(ids, "not-seen") || !strings.Contains(facts, "was due") {
		t.Error(ids, facts)
	}
	if ids, _ := at("2026-05-03"); !strings.Contains(ids, "plan-15") || strings.Contains(ids, "plan-9") {
		t.Error(ids)
	}
}

// folded folds bodies, each on its day.
func folded(t *testing.T, given ...any) child.Record {
	t.Helper()
	var es []entry.Entry
	for i := 0; i < len(given); i += 2 {
		d := day.MustParse(given[i].(string))
		b := given[i+1].(entry.Body)
		es = append(es, entry.Entry{ID: entry.ID("e-" + strings.Repeat("x", i)), Kind: b.Kind(), Subject: entry.OfChild("c"), Happened: day.On(d), Recorded: d.Start() + 12*day.Hour, Body: b})
	}
	return child.Fold("c", es)
}
