package child_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

var onPlan = []said{{"2026-02-02", child.Known{Given: "Sam", Birth: day.MustParse("2022-01-05")}}, {"2026-02-03T10:00", child.Referral{From: "nursery"}}, {"2026-02-20", child.CPPlanStarted{Category: "NEG"}}}

// What a meeting's entries said before there was anything of how it went is the same text
// still: imports hold texts against each other.
func TestWhatWasHeldReadsAsEver(t *testing.T) {
	for want, b := range map[string]entry.Body{
		`{"agencies":["police"],"section47":true,"why":"w"}`: child.StrategyDiscussion{Agencies: []string{"police"}, Section47: true, Why: "w"},
		`{"section47":false}`:                                child.StrategyDiscussion{},
		`{"plan":"made"}`:                                    child.Conference{Plan: "made"},
		`{"agreed":"Go on."}`:                                child.CoreGroup{Agreed: "Go on."},
		`{"of":"care","took_part":"PN1"}`:                    child.Review{Of: "care", Part: "PN1"},
	} {
		got, err := json.Marshal(b)
		if err != nil || string(got) != want {
			t.Errorf("%s, want %s (%v)", got, want, err)
		}
	}
	// And what is new stands behind it.
	got, _ := json.Marshal(child.Review{Of: "cp", Agreed: "a", Held: child.Held{Reasons: "r"}})
	if !strings.HasPrefix(string(got), `{"of":"cp","agreed":"a",`) {
		t.Errorf("%s", got)
	}
}

// A meeting is folded from all that was said of it: as it is planned now, what came in, when
// that was shown, and the entry that says that it was held.
func TestAMeetingIsFolded(t *testing.T) {
	r, ids := story(t, append(onPlan,
		said{"2026-03-02T09:00", child.MeetingPlanned{Of: child.MeetReviewing, On: day.MustParse("2026-03-20"), Invited: []child.Invited{{Name: "Ann", Agency: "health"}}}})...)
	id := ids[len(ids)-1]
	more := []said{
		{"2026-03-09T09:00", child.MeetingChanged{Meeting: id, Of: child.MeetReviewing, On: day.MustParse("2026-03-24"), Why: "Mum is ill."}},
		{"2026-03-10", child.MeetingReport{Meeting: id, From: "Ann", Agency: "health", Says: "He grows."}},
		{"2026-03-06", child.MeetingShown{Meeting: id, To: "parents"}}, // before it was recorded here
		{"2026-03-24", child.Review{Of: "cp", Held: child.Held{Meeting: id, Words: "Nan does the light."}}},
	}
	for i, s := range more {
		if why := try(t, r, s); why != "" {
			t.Fatalf("%s: %s", s.body.Kind(), why)
		}
		r = again(t, r, s, i)
	}
	m, ok := r.Meeting(id)
	if !ok || m.On != day.MustParse("2026-03-24") || len(m.Changed) != 1 || len(m.Reports) != 1 || len(m.Reports[0].Shown) != 1 || m.Held == nil || m.Waits() {
		t.Fatalf("%+v", m)
	}
	if b, _ := m.Reports[0].Shown[0].Body.(child.MeetingShown); b.Of != "health" { // though it was shown before it was recorded here
		t.Errorf("whose report was shown: %q", b.Of)
	}
	r2 := again(t, r, said{"2026-03-25", child.MeetingShown{Meeting: id, To: "child"}}, 9)
	m2, _ := r2.Meeting(id)
	if b, _ := m2.Reports[0].Shown[1].Body.(child.MeetingShown); b.Of != "health" {
		t.Errorf("whose report was shown: %q", b.Of)
	}
	if w := r.ChildWords(1); len(w) != 1 || w[0].Words != "Nan does the light." {
		t.Errorf("the child's words: %+v", w)
	}
	for name, x := range map[string]struct {
		s    said
		want string
	}{
		"held twice":                   {said{"2026-03-25", child.Review{Of: "cp", Held: child.Held{Meeting: id}}}, "recorded already"},
		"held as another sort":         {said{"2026-03-25", child.CoreGroup{Held: child.Held{Meeting: id}}}, "another sort of meeting"},
		"changed after it":             {said{"2026-03-25T09:00", child.MeetingChanged{Meeting: id, Of: child.MeetReviewing, On: day.MustParse("2026-04-01"), Why: "x"}}, "held already"},
		"called off after it":          {said{"2026-03-25T09:00", child.MeetingCalledOff{Meeting: id, Why: "x"}}, "held already"},
		"no such meeting":              {said{"2026-03-25T09:00", child.MeetingReport{Meeting: "none", From: "Ann", Agency: "health"}}, "No such meeting"},
		"shown before it was planned":  {said{"2026-03-01", child.MeetingShown{Meeting: id, To: "parents"}}, "The meeting was planned on"},
		"for the past":                 {said{"2026-03-25T09:00", child.MeetingPlanned{Of: child.MeetCore, On: day.MustParse("2026-03-01")}}, "The day is past"},
		"of a plan that is not there":  {said{"2026-03-25T09:00", child.MeetingPlanned{Of: child.MeetNeed, On: day.MustParse("2026-12-20")}}, "no child in need plan"},
		"about the child's own record": {said{"2026-03-25T09:00", child.MeetingPlanned{Of: child.MeetCore, On: day.MustParse("2026-12-20"), With: []string{"c"}}}, "own record"},
		"an hour that is none":         {said{"2026-03-25T09:00", child.MeetingPlanned{Of: child.MeetCore, On: day.MustParse("2026-12-20"), At: "25:00"}}, "hours and minutes"},
		"nobody by name":               {said{"2026-03-25", child.CoreGroup{Held: child.Held{There: []child.There{{Agency: "health", Came: child.CameThere}}}}}, "Enter their name"},
		"from nowhere":                 {said{"2026-03-25", child.CoreGroup{Held: child.Held{There: []child.There{{Name: "Ann", Agency: "moon", Came: child.CameThere}}}}}, "Choose where Ann comes from"},
		"a dissent without a why":      {said{"2026-03-25", child.CoreGroup{Held: child.Held{Dissent: []child.Dissent{{Name: "Ann", Agency: "health"}}}}}, "Enter why Ann disagrees"},
	} {
		if why := try(t, r, x.s); !strings.Contains(why, x.want) {
			t.Errorf("%s: %q", name, why)
		}
	}
}

// again records one more entry, a minute after the one before.
func again(t *testing.T, r child.Record, s said, n int) child.Record {
	t.Helper()
	es, err := child.Decide(r, child.Command{Actor: entry.Actor{Person: "p"}, Happened: when(t, s.on), Body: s.body},
		entry.Moment{Now: day.MustParse("2026-12-01").Start() + day.Instant(100+n)*day.Minute, Rand: zeros(n)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		r = child.Apply(r, e)
	}
	return r
}

// zeros is randomness of a test, of another start each time.
type zeros byte

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z) + byte(i)
	}
	return len(p), nil
}

// A disagreement that was written down stays, whatever a correction leaves out or withdraws.
func TestADissentIsNeverLost(t *testing.T) {
	ann, mum := child.Dissent{Name: "Ann", Agency: "health", Why: "The mornings."}, child.Dissent{Name: "Mum", Agency: "family", Why: "It was twice."}
	r, ids := story(t, append(onPlan, said{"2026-03-24", child.Review{Of: "cp", Held: child.Held{Dissent: []child.Dissent{ann, mum}}}})...)
	id := ids[len(ids)-1]
	correct := func(r child.Record, c child.Correction, n int) child.Record {
		es, err := child.Decide(r, child.Command{Actor: entry.Actor{Person: "p"}, Happened: when(t, "2026-11-30"), Body: c, Corrects: id}, entry.Moment{Now: day.MustParse("2026-12-01").Start() + day.Instant(200+n)*day.Minute, Rand: zeros(50 + n)})
		if err != nil {
			t.Fatal(err)
		}
		return child.Apply(r, es[0])
	}
	left, _ := json.Marshal(child.Review{Of: "cp", Held: child.Held{Dissent: []child.Dissent{mum}}})
	r = correct(r, child.Correction{Why: "Ann asked.", Body: entry.Flat(left)}, 0)
	got := r.Dissents(id)
	if len(got) != 2 || got[0].Dissent != ann || got[0].Gone == nil || got[1].Gone != nil {
		t.Fatalf("%+v", got)
	}
	r = correct(r, child.Correction{Why: "On another day.", When: when(t, "2026-03-23")}, 1)
	if got := r.Dissents(id); got[1].Gone != nil {
		t.Errorf("another day takes a disagreement away: %+v", got)
	}
	r = correct(r, child.Correction{Why: "Another child's.", Withdrawn: true}, 2)
	if got := r.Dissents(id); len(got) != 2 || got[0].Gone == nil || got[1].Gone == nil || !reflect.DeepEqual(got[1].Dissent, mum) {
		t.Errorf("%+v", got)
	}
}
