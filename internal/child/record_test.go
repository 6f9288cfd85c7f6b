package child_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// life records about one child by commands, with a clock that only goes on.
type life struct {
	rec  child.Record
	now  day.Instant
	rnd  *rand.ChaCha8
	past []past
}

// past is what was said at a moment.
type past struct {
	at       day.Instant
	events   []child.Event
	statuses []child.Status
}

func (l *life) do(t *rapid.T, cmd child.Command) bool {
	before := child.Record{Child: l.rec.Child, Log: slices.Clone(l.rec.Log), Events: slices.Clone(l.rec.Events)}
	es, err := child.Decide(l.rec, cmd, entry.Moment{Now: l.now, Rand: l.rnd})
	if !reflect.DeepEqual(before.Log, l.rec.Log) || !reflect.DeepEqual(before.Events, l.rec.Events) {
		t.Fatal("deciding changed the record")
	}
	if err != nil {
		if ps, refused := entry.Problems(err); !refused || len(ps) == 0 || len(es) != 0 {
			t.Fatalf("not a plain refusal: %v, %d entries", err, len(es))
		}
		return false
	}
	for _, e := range es {
		l.rec = child.Apply(l.rec.Clip(), e)
	}
	return true
}

func bodies(yes bool) []entry.Body {
	return []entry.Body{
		child.Known{Given: "Kit", Birth: day.MustParse("2015-05-05")}, child.Referral{From: "school"}, child.Decision{Outcome: child.Assess, For: "risk", Team: "east"},
		child.Decision{Outcome: child.NoAction, For: "none"}, child.Allocation{Post: "w1", Team: "east"}, child.Allocation{Post: "w2", Team: "east"},
		child.AllocationEnded{Why: "left"}, child.AssessmentStarted{}, child.AssessmentAuthorised{}, child.StrategyDiscussion{Section47: yes}, child.Section47Started{NotNeeded: yes},
		child.Section47Ended{}, child.Conference{}, child.CINPlanStarted{}, child.CINPlanEnded{}, child.CPPlanStarted{Category: "NEG"}, child.CPPlanChanged{Category: "EMO"},
		child.CPPlanEnded{}, child.CoreGroup{}, child.Review{Of: "cp"}, child.Visit{Seen: yes, Alone: true, Where: "home", Purpose: "goal", WhyNot: "out"},
		child.Visit{Seen: true, Alone: yes, Where: "home", Purpose: "goal"}, child.CaseClosed{Why: "done"}, child.Note{Text: "note"}, child.Note{}, child.Allocation{},
	}
}

// beyond are bodies of the rest of the journey, good ones and bad ones.
func beyond(yes bool) []entry.Body {
	way := map[bool]string{true: "up", false: "down"}[yes]
	return []entry.Body{
		child.CareStarted{Status: "V2"}, child.CareStarted{Status: "C1"}, child.CareStarted{}, child.CareEnded{Code: "E8"}, child.LegalStatus{Status: "C2"},
		child.PlacementStarted{Type: "U6", Until18: yes}, child.PlacementStarted{Type: "U3", Temporary: true}, child.PlacementEnded{Code: "OTHER", Planned: yes},
		child.PlacementAgreed{Until18: true, FewerVisits: yes}, child.ConnectedPerson{Step: "approved"}, child.Review{Of: "care"}, child.MissingStarted{}, child.MissingEnded{How: "found"},
		child.ReturnInterview{Step: "offered"}, child.Court{Step: "applied"}, child.Court{Step: "ended"}, child.PreProceedings{Step: "decided"}, child.PreProceedings{Step: "ended"},
		child.OrderMade{Of: "police protection", Step: "made"}, child.OrderMade{Of: "police protection", Step: "ended"}, child.PrivateFostering{Step: "known"}, child.PrivateFostering{Step: "ended"},
		child.LeavingCare{Step: "adviser named"}, child.LeavingCare{Step: "support ended"}, child.ShortBreaks{Step: "began"}, child.ShortBreaks{Step: "ended"}, child.Remand{Step: "began"},
		child.Level{Way: way, Step: "proposed"}, child.Level{Way: way, Step: "accepted"}, child.Transfer{Way: "in", Step: "told"}, child.Transfer{Way: "in", Step: "accepted"},
		child.Adoption{Step: "decided"}, child.Adoption{Step: "placed"}, child.Rated{Rating: "red", Why: "harm"}, child.Referral{From: "police"}, child.CaseClosed{Why: "done"}, child.Allocation{Post: "w1", Team: "east"},
	}
}

func TestRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{rec: child.New("c"), now: day.MustParse("2025-02-01").Start() + 9*day.Hour, rnd: rand.NewChaCha8([32]byte{rapid.Byte().Draw(t, "seed")})}
		when := func() day.When {
			at := l.now - day.Instant(rapid.OneOf(rapid.Just(0), rapid.IntRange(-100, 3000), rapid.IntRange(0, 100_000)).Draw(t, "minutes ago"))*day.Minute
			if rapid.Bool().Draw(t, "day only") {
				return day.On(at.Date())
			}
			return day.AtInstant(at)
		}
		t.Repeat(map[string]func(*rapid.T){
			"record": func(t *rapid.T) {
				yes := rapid.Bool().Draw(t, "yes")
				b := rapid.SampledFrom(rapid.SampledFrom([][]entry.Body{bodies(yes), beyond(yes)}).Draw(t, "bodies")).Draw(t, "body")
				w := when()
				if l.do(t, child.Command{Actor: entry.Actor{Person: "p"}, Happened: w, Body: b}) && w.From() > l.now {
					t.Fatalf("%s in the future was taken", b.Kind())
				}
			},
			"correct": func(t *rapid.T) {
				if len(l.rec.Log) == 0 {
					// In a rapid state machine this leaves out one action, not the test:
					// an empty record has nothing that could be corrected.
					t.Skip("nothing to correct")
				}
				e := rapid.SampledFrom(l.rec.Log).Draw(t, "entry")
				ev, stands := l.rec.Event(e.ID)
				c := child.Correction{Why: "wrong"}
				var want child.Event
				switch rapid.IntRange(0, 2).Draw(t, "how") {
				case 0:
					c.Withdrawn = true
				case 1:
					c.When = when()
					want = child.Event{When: c.When, Body: ev.Body}
				default:
					b := rapid.SampledFrom(bodies(true)).Draw(t, "right")
					c.Body, _ = json.Marshal(b)
					want = child.Event{When: ev.When, Body: b}
				}
				n := len(l.rec.Events)
				if !l.do(t, child.Command{Actor: entry.Actor{Person: "p"}, Happened: day.AtInstant(l.now), Body: c, Corrects: e.ID}) {
					if stands && c.Withdrawn {
						t.Fatalf("%s could not be withdrawn", e.Kind)
					}
					return
				}
				got, ok := l.rec.Event(e.ID)
				switch {
				case !stands:
					t.Fatal("what does not stand was corrected")
				case c.Withdrawn && (ok || len(l.rec.Events) != n-1):
					t.Fatal("withdrawn, and it still stands")
				case c.Withdrawn:
				case !ok || len(l.rec.Events) != n || got.When != want.When || got.Amended != l.now || got.Recorded != e.Recorded:
					t.Fatalf("corrected to %+v, it is %+v", want, got)
				case got.Kind != ev.Kind || got.Body.Kind() != ev.Kind:
					t.Fatalf("a correction made a %s of a %s", got.Body.Kind(), ev.Kind)
				case want.Body.Kind() == ev.Kind && !entry.Same(got.Body, want.Body):
					t.Fatalf("corrected to %+v, it is %+v", want.Body, got.Body)
				}
			},
			"time passes": func(t *rapid.T) {
				l.past = append(l.past, past{l.now, slices.Clone(l.rec.Events), slices.Clone(l.rec.Statuses())})
				l.now += day.Instant(rapid.IntRange(1, 40_000).Draw(t, "minutes")) * day.Minute
			},
			"": func(t *rapid.T) { l.check(t) },
		})
	})
}

func (l *life) check(t *rapid.T) {
	ss := l.rec.Statuses()
	if len(ss) != len(l.rec.Events) {
		t.Fatalf("%d events, %d statuses", len(l.rec.Events), len(ss))
	}
	for i, s := range ss {
		if i > 0 && s.From < ss[i-1].From {
			t.Fatal("events do not stand in order of happening")
		}
		if i > 0 && l.rec.Events[i].When.Date < l.rec.Events[i-1].When.Date {
			t.Fatal("a later day stands before an earlier one")
		}
		if v, ok := l.rec.Events[i].Body.(child.Visit); ok && v.Alone && !v.Seen {
			t.Fatal("seen alone, and not seen")
		}
		if s.LastSeen.Before(s.LastAlone) {
			t.Fatalf("last seen %s, last seen alone later: %s", s.LastSeen, s.LastAlone)
		}
		if s.Unallocated() != (s.Open && s.Post == "") || s.Post != "" && s.Open && !s.NoWorkerSince.IsZero() {
			t.Fatalf("with a worker, and without one: %+v", s)
		}
		if (s.Plan == "") != (s.PlanID == "") || s.Undecided && !s.Open {
			t.Fatalf("the status contradicts itself: %+v", s)
		}
		if s.LookedAfter != !s.CareSince.IsZero() || s.LookedAfter != (s.Legal != "") || s.CareReviews > 0 && !s.LookedAfter || s.PlacementRevs > s.CareReviews ||
			(s.Placement == "") != s.PlacementSince.IsZero() || s.Approval != "" && s.Placement == "" {
			t.Fatalf("care contradicts itself: %+v", s)
		}
		if (s.LookedAfter || s.PrivatelyFostered || s.LeavingCare) && !s.Open {
			t.Fatalf("ours, and not open: %+v", s)
		}
		if s.Missing && s.MissingLately == 0 || s.PrivatelyFostered == s.FosteredSince.IsZero() {
			t.Fatalf("the status contradicts itself: %+v", s)
		}
		if i+1 == len(ss) || ss[i+1].From > s.From {
			if on := l.rec.On(s.From); !reflect.DeepEqual(on, s) {
				t.Fatalf("on %s: %+v, after the event: %+v", s.From, on, s)
			}
			if on := l.rec.On(s.From - 1); i > 0 && on.From >= s.From {
				t.Fatal("a status holds before its event")
			}
		}
	}
	if len(ss) > 0 {
		l.journey(t, ss[len(ss)-1])
	}
	if !reflect.DeepEqual(child.Fold("c", l.rec.Log).Events, l.rec.Events) {
		t.Fatal("the fold differs from the entries applied one by one")
	}
	for _, p := range l.past {
		then := l.rec.KnownAt(p.at)
		if len(then.Events)+len(p.events) > 0 && !reflect.DeepEqual(then.Events, p.events) {
			t.Fatalf("what was known at %s has changed", p.at)
		}
		if len(p.statuses) > 0 && !reflect.DeepEqual(then.Statuses(), p.statuses) {
			t.Fatalf("how things stood at %s has changed", p.at)
		}
	}
	for i := 1; i < len(l.past); i++ {
		a, b := l.rec.KnownAt(l.past[i-1].at).Log, l.rec.KnownAt(l.past[i].at).Log
		if len(a) > len(b) || len(a) > 0 && !reflect.DeepEqual(a, b[:len(a)]) {
			t.Fatal("something known was unknown later")
		}
	}
}

// journey holds that care and missing as pages show them are as the status says.
func (l *life) journey(t *rapid.T, s child.Status) {
	all := l.rec.CarePeriods()
	under := len(all) > 0 && all[len(all)-1].Open()
	if under != s.LookedAfter {
		t.Fatalf("looked after %v, and its periods say %v", s.LookedAfter, under)
	}
	if under {
		c := all[len(all)-1]
		p, lives := c.Now()
		if n := len(c.Grounds); n == 0 || c.Grounds[n-1].Status != s.Legal || lives != (s.Placement != "") || lives && (p.Start.When != s.PlacementSince || child.PlacementGroup(p.Said.Type) != s.Placement) {
			t.Fatalf("care is %+v, and its periods say %+v", s, c)
		}
	}
	for i, c := range all {
		for j, p := range c.Placements {
			if p.End == nil && (i < len(all)-1 || j < len(c.Placements)-1 || !c.Open()) {
				t.Fatal("an earlier placement goes on")
			}
		}
	}
	if _, missing := l.rec.MissingNow(); missing != s.Missing {
		t.Fatalf("missing %v, and its episodes say %v", s.Missing, missing)
	}
}
