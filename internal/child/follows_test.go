package child_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// said is one entry of a story: on which day or at which moment, and what.
type said struct {
	on   string
	body entry.Body
}

func when(t testing.TB, s string) day.When {
	t.Helper()
	w, err := day.ParseWhen(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// story records by Decide, so that it holds only what a person could record,
// and gives the ids of its entries.
func story(t testing.TB, all ...said) (child.Record, []entry.ID) {
	t.Helper()
	r, rnd := child.New("c"), rand.NewChaCha8([32]byte{1})
	var ids []entry.ID
	for i, s := range all {
		now := day.MustParse("2026-12-01").Start() + day.Instant(i)*day.Minute
		es, err := child.Decide(r, child.Command{Actor: entry.Actor{Person: "p"}, Happened: when(t, s.on), Body: s.body}, entry.Moment{Now: now, Rand: rnd})
		if err != nil {
			t.Fatalf("%s %s: %v", s.on, s.body.Kind(), err)
		}
		for _, e := range es {
			r = child.Apply(r, e)
			ids = append(ids, e.ID)
		}
	}
	return r, ids
}

// try says why an entry would be refused: each reason on a line.
func try(t testing.TB, r child.Record, s said) string {
	t.Helper()
	_, err := child.Decide(r, child.Command{Actor: entry.Actor{Person: "p"}, Happened: when(t, s.on), Body: s.body},
		entry.Moment{Now: day.MustParse("2026-12-02").Start(), Rand: rand.NewChaCha8([32]byte{2})})
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		t.Fatal(err)
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.Field+": "+p.Text)
	}
	return strings.Join(out, "\n")
}

// file records what a file says, as it says it.
func file(t testing.TB, r child.Record, s said) child.Record {
	t.Helper()
	es, err := child.Decide(r, child.Command{Actor: entry.System, Happened: when(t, s.on), Body: s.body, Source: entry.Source{Kind: "import"}},
		entry.Moment{Now: day.MustParse("2026-12-01").End(), Rand: rand.NewChaCha8([32]byte{3})})
	if err != nil {
		t.Fatal(err)
	}
	return child.Apply(r, es[0])
}

var (
	born    = said{"2026-01-05", child.Known{Given: "Kit", Birth: day.MustParse("2009-06-10")}}
	intoIt  = said{"2026-03-02", child.CareStarted{Status: "V2", Need: "N1"}}
	foster  = said{"2026-03-02", child.PlacementStarted{Type: "U6", Emergency: true}}
	outOfIt = said{"2026-05-04", child.CareEnded{Code: "E4A"}}
)

// Care opens the work; a move begins the placement anew and not the reviews;
// home and back is a new period of care, with nothing of the old one.
func TestCare(t *testing.T) {
	r, _ := story(t, born, intoIt, foster, said{"2026-03-20", child.Review{Of: "care", Part: "PN1"}}, said{"2026-03-23", child.LegalStatus{Status: "C1"}},
		said{"2026-04-01", child.PlacementStarted{Type: "P1", Unassessed: true}}, outOfIt, said{"2026-06-01", child.CareStarted{Status: "V2"}}, said{"2026-06-10", child.Review{Of: "care"}})
	at := func(on string) child.Status { return r.On(day.MustParse(on).End() - 1) }
	if s := at("2026-03-01"); s.Open || s.LookedAfter {
		t.Errorf("before care: %+v", s)
	}
	if s := at("2026-03-22"); !s.Open || !s.LookedAfter || s.Legal != "V2" || s.Placement != "foster" || s.Approval != "emergency" || s.CareReviews != 1 || s.PlacementRevs != 1 || !s.Unallocated() {
		t.Errorf("in care: %+v", s)
	}
	if s := at("2026-04-02"); s.Legal != "C1" || s.Placement != "parents" || s.PlacementSince.Date != day.MustParse("2026-04-01") || s.Approval != "parents not assessed" ||
		s.CareReviews != 1 || s.PlacementRevs != 0 || s.CareSince.Date != day.MustParse("2026-03-02") {
		t.Errorf("moved: %+v", s)
	}
	if s := at("2026-05-20"); s.LookedAfter || s.Legal != "" || s.Placement != "" || s.CareReviews != 0 || !s.Open {
		t.Errorf("home: %+v", s)
	}
	if s := at("2026-06-11"); !s.LookedAfter || s.CareReviews != 1 || s.CareSince.Date != day.MustParse("2026-06-01") {
		t.Errorf("back: %+v", s)
	}
}

// A move told as its end and its beginning, on one day and in either order, is a move.
func TestMoveInOneDay(t *testing.T) {
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		two := []said{{"2026-04-01", child.PlacementEnded{Code: "CARPL", Planned: true}}, {"2026-04-01", child.PlacementStarted{Type: "U4", Until18: true}}}
		r, _ := story(t, born, intoIt, foster, two[order[0]], two[order[1]])
		if s := r.On(day.MustParse("2026-04-01").End() - 1); s.Placement != "foster" || !s.Until18 {
			t.Errorf("told as %v: %+v", order, s)
		}
	}
}

// A census knows the case and not the care: when it says that the case is
// closed, a child in care stays open, with worker and placement. So does a
// child who is privately fostered, and a care leaver.
func TestClosedByAFileWhileOurs(t *testing.T) {
	start := []said{{"2026-01-05", child.Known{Given: "Jo", Birth: day.MustParse("2009-01-02")}}, {"2026-02-02", child.Referral{From: "school"}},
		{"2026-02-03", child.Decision{Outcome: child.OpenCase, For: "risk", Team: "east"}}, {"2026-02-03", child.Allocation{Post: "w1", Team: "east"}}}
	for _, is := range [][]said{{intoIt, foster}, {{"2026-03-02", child.PrivateFostering{Step: "known"}}}, {{"2026-03-02", child.LeavingCare{Step: "adviser named"}}}} {
		r, _ := story(t, append(append([]said{}, start...), is...)...)
		was := r.On(day.MustParse("2026-03-31").Start())
		r = file(t, r, said{"2026-04-01", child.CaseClosed{Reason: "RC7"}})
		s := r.On(day.MustParse("2026-04-02").Start())
		if !s.Open || s.Post != "w1" || s.Placement != was.Placement || s.LookedAfter != was.LookedAfter || s.Legal != was.Legal || s.Referral != "" || !s.NoWorkerSince.IsZero() {
			t.Errorf("closed by a file: %+v", s)
		}
		if got := try(t, r, said{"2026-04-03", child.CaseClosed{Why: "done"}}); got == "" {
			t.Error("a person could close it")
		}
		// A new referral is of the case again; the care goes on.
		r = file(t, r, said{"2026-05-01", child.Referral{From: "police"}})
		if s := r.On(day.MustParse("2026-05-02").Start()); !s.Undecided || s.Referral == "" || s.Post != "w1" || s.LookedAfter != was.LookedAfter {
			t.Errorf("referred again: %+v", s)
		}
	}
}

func TestStatusOfTheRest(t *testing.T) {
	last := func(all ...said) child.Status {
		r, _ := story(t, all...)
		return r.On(day.MustParse("2026-11-30").End() - 1)
	}
	lost, found := child.MissingStarted{}, child.MissingEnded{How: "came back"}
	if s := last(said{"2026-02-02T08:00", lost}, said{"2026-02-03", child.Referral{From: "police"}}); !s.Missing || s.MissingLately != 1 {
		t.Errorf("a referral found the child: %+v", s)
	}
	if s := last(said{"2026-01-05T10:00", lost}, said{"2026-01-05T20:00", found}, said{"2026-02-10T10:00", lost}, said{"2026-02-11T20:00", found}, said{"2026-04-10T10:00", lost}); s.MissingLately != 2 {
		t.Errorf("%d episodes in 90 days, want 2", s.MissingLately)
	}
	if s := last(said{"2026-02-02", child.LeavingCare{Step: "support ended"}}); s.Open || s.LeavingCare {
		t.Errorf("the end of support opened a case: %+v", s)
	}
	if s := last(said{"2026-02-02", child.LeavingCare{Step: "in touch"}}, said{"2026-03-02", child.LeavingCare{Step: "support ended"}}, said{"2026-03-02", child.CaseClosed{Why: "25"}}); s.Open {
		t.Errorf("all over, and open: %+v", s)
	}
	plans := []said{{"2026-01-05", child.Referral{From: "school"}}, {"2026-01-06", child.CPPlanStarted{Category: "NEG", Previous: 1}}}
	if s := last(plans...); s.EarlierPlans != 1 {
		t.Errorf("%d earlier plans, want 1", s.EarlierPlans)
	}
	if s := last(append(plans, said{"2026-03-06", child.CPPlanEnded{}}, said{"2026-04-06", child.CaseClosed{Why: "w"}}, said{"2026-05-06", child.Referral{From: "school"}},
		said{"2026-06-06", child.CPPlanStarted{Category: "NEG"}})...); s.EarlierPlans != 2 {
		t.Errorf("%d earlier plans, want 2: one elsewhere, one here before the case was closed", s.EarlierPlans)
	}
}

// What is refused, and in which words; every reason at once.
func TestFollows(t *testing.T) {
	home, _ := story(t, born)
	care, ids := story(t, born, said{"2026-02-02", child.Referral{From: "school"}}, intoIt, foster)
	gone, _ := story(t, born, said{"2026-02-02T08:00", child.MissingStarted{}})
	left, _ := story(t, born, intoIt, foster, outOfIt)
	old, _ := story(t, said{"2020-01-01", child.Known{Given: "A", Birth: day.MustParse("2002-01-01")}})
	court, _ := story(t, born, said{"2026-02-02", child.Referral{From: "school"}}, said{"2026-03-02T10:00", child.Court{Step: "applied"}}, said{"2026-03-03T10:00", child.OrderMade{Of: "interim care", Step: "made"}})
	forty, zero := 41, 0
	sd := func(score *int, why string) child.Health {
		return child.Health{Of: "strengths and difficulties", Step: "done", Score: score, NoScore: why}
	}
	for _, x := range []struct {
		name string
		in   child.Record
		do   said
		bad  string // of what is said; empty: taken
	}{
		{"twice into care", care, said{"2026-04-01", child.CareStarted{Status: "V2"}}, "looked after already"},
		{"a grown-up into care", old, said{"2026-04-01", child.CareStarted{Status: "V2"}}, "18 or over"},
		{"out of care, never in", home, said{"2026-04-01", child.CareEnded{Code: "E8"}}, "not looked after"},
		{"out of care before it began", care, said{"2026-02-20", child.CareEnded{Code: "E8"}}, "began on 2 March 2026"},
		{"out of care on the first day", care, said{"2026-03-02", child.CareEnded{Code: "E8"}}, ""},
		{"out of care for a reason that is no code", care, said{"2026-04-01", child.CareEnded{Code: "E99"}}, "reason_ended: There is no such code"},
		{"a placement outside care", home, said{"2026-04-01", child.PlacementStarted{Type: "U6"}}, "not looked after"},
		{"a placement after care", left, said{"2026-06-01", child.PlacementStarted{Type: "U6"}}, "not looked after"},
		{"a placement's end on the last day of care", left, said{"2026-05-04", child.PlacementEnded{Code: "OTHER"}}, ""},
		{"a placement's end later", left, said{"2026-05-05", child.PlacementEnded{Code: "OTHER"}}, "no placement"},
		{"a placement with codes that are none", care, said{"2026-04-01", child.PlacementStarted{Type: "U6", Provider: "PR9"}}, "provider: There is no such code"},
		{"parents as provider of foster care", care, said{"2026-04-01", child.PlacementStarted{Type: "U6", Provider: "PR0"}}, "provider: Parents"},
		{"an initial health assessment at home", home, said{"2026-04-01", child.Health{Of: "initial assessment", Step: "done"}}, "not looked after"},
		{"the dentist at home", home, said{"2026-04-01", child.Health{Of: "dental check", Step: "done"}}, ""},
		{"a score of 0 is a score", care, said{"2026-04-01", sd(&zero, "")}, ""},
		{"a score of 41", care, said{"2026-04-01", sd(&forty, "")}, "score:"},
		{"a score and why there is none", care, said{"2026-04-01", sd(&zero, "SDQ2")}, "no_score"},
		{"a review of care at home", home, said{"2026-04-01", child.Review{Of: "care"}}, "not looked after"},
		{"a review of care with a part that is no code", care, said{"2026-04-01", child.Review{Of: "care", Part: "PN9"}}, "took_part"},
		{"missing twice", gone, said{"2026-02-03T08:00", child.MissingStarted{}}, "missing already"},
		{"found before lost", gone, said{"2026-02-02T07:00", child.MissingEnded{How: "found"}}, "not recorded as missing"},
		{"the case of a missing child", gone, said{"2026-04-01", child.CaseClosed{Why: "w"}}, "The child is missing"},
		{"the case of a child in care", care, said{"2026-04-01", child.CaseClosed{Why: "w"}}, "looked after"},
		{"the case before the court", court, said{"2026-04-01", child.CaseClosed{Why: "w"}}, "before the court"},
		{"a hearing without an application", care, said{"2026-04-01T10:00", child.Court{Step: "case management hearing"}}, "Record first, on that day or before: applied"},
		{"a hearing after one", court, said{"2026-03-19T10:00", child.Court{Step: "case management hearing"}}, ""},
		{"a hearing before it", court, said{"2026-03-01T10:00", child.Court{Step: "case management hearing"}}, "applied"},
		{"an order that ends before it is made", court, said{"2026-04-01T10:00", child.OrderMade{Of: "care", Step: "made", Until: day.MustParse("2026-03-01")}}, "until"},
		{"an order extended", court, said{"2026-04-01T10:00", child.OrderMade{Of: "interim care", Step: "extended"}}, ""},
		{"another order extended", court, said{"2026-04-01T10:00", child.OrderMade{Of: "emergency protection", Step: "extended"}}, "made"},
		{"a meeting fixed for the past", care, said{"2026-04-01", child.MeetingFixed{Of: "conference", On: day.MustParse("2026-03-01")}}, "on:"},
		{"accepted and never proposed", home, said{"2026-04-01", child.Level{Way: "down", Step: "accepted"}}, "proposed"},
		{"stage 1 answered, never received", home, said{"2026-04-01", child.Complaint{Stage: 1, Step: "answered"}}, "received"},
		{"matched before the decision", care, said{"2026-04-01", child.Adoption{Step: "matched"}}, "decided"},
		{"answers an entry that is not there", gone, said{"2026-02-04T08:00", child.MissingEnded{How: "found", Started: "none"}}, "started: There is no such entry"},
		{"answers an entry of another kind", care, said{"2026-04-01T08:00", child.ReferrerTold{Of: "receipt", Referral: ids[2]}}, "It answers: Referral"},
		{"answers an entry that comes later", care, said{"2026-02-01T08:00", child.ReferrerTold{Of: "receipt", Referral: ids[1]}}, "cannot be before what it answers"},
		{"tells the referrer", care, said{"2026-02-03T08:00", child.ReferrerTold{Of: "receipt", Referral: ids[1]}}, ""},
	} {
		if got := try(t, x.in, x.do); x.bad == "" && got != "" || !strings.Contains(got, x.bad) || x.bad != "" && got == "" {
			t.Errorf("%s: %q, want %q", x.name, got, x.bad)
		}
	}
	if got := try(t, home, said{"2026-04-01", child.LegalStatus{Status: "Q1"}}); strings.Count(got, "\n") != 1 {
		t.Errorf("not every reason at once: %q", got)
	}
	// A file is taken as it is: what it says out of order is seen, not lost.
	for _, b := range []entry.Body{child.PlacementEnded{Code: "NEW1"}, child.CareEnded{Code: "E99"}, child.MissingEnded{How: "found"}, child.Court{Step: "ended"}} {
		if s := file(t, child.New("c"), said{"2026-04-01", b}).On(day.MustParse("2026-12-01").Start()); s.Open || s.LookedAfter || s.Court {
			t.Errorf("%s made %+v", b.Kind(), s)
		}
	}
}

// Every value that is said to be possible is taken, and no other: the schema,
// the rules and the check of the kind cannot come apart.
func TestValues(t *testing.T) {
	reg := entry.NewRegistry(child.Kinds())
	n := 0
	for _, known := range reg.Kinds() {
		for name, all := range child.Values(known.Kind) {
			n++
			typ := reflect.TypeOf(known.Zero)
			var at []int
			for _, f := range reflect.VisibleFields(typ) {
				if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
					at = f.Index
				}
			}
			if at == nil {
				t.Errorf("%s has no field %s", known.Kind, name)
				continue
			}
			blames := func(value string) bool {
				v := reflect.New(typ).Elem()
				v.FieldByIndex(at).SetString(value)
				got := try(t, child.New("c"), said{"2026-04-01", v.Interface().(entry.Body)})
				for _, line := range strings.Split(got, "\n") {
					if strings.HasPrefix(line, name+": ") && !strings.Contains(line, "Record first") && !strings.Contains(line, "Parents are") && !strings.Contains(line, "Give a reason") &&
						!strings.Contains(line, "no such plan") && !strings.Contains(line, "has begun") && !strings.Contains(line, "have begun") && !strings.Contains(line, "arrangement") && !strings.Contains(line, "Only stage 3") {
						return true
					}
				}
				return false
			}
			for _, v := range all {
				if blames(v) {
					t.Errorf("%s: %s is said to be possible for %s, and is refused", known.Kind, v, name)
				}
			}
			if !blames("nonsense") {
				t.Errorf("%s: %s can be nonsense", known.Kind, name)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d fields have values", n)
	}
}
