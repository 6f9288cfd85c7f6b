package ssda903

import (
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/fact"
)

// What was done in a year in care fills the columns of OC2, recorded once. What no entry says
// is left empty; help that was received was not only offered.
func TestHealthOfAYearIsMadeFromWhatWasDone(t *testing.T) {
	f := func(key string, on day.Date, b child.Health) fact.Fact {
		return fact.Fact{Key: key, When: day.On(on), Body: b}
	}
	score := 14
	facts := []fact.Fact{
		{Key: "known", When: day.On(day.Of(2024, 5, 1)), Body: child.Known{Given: "A", Birth: day.Of(2012, 1, 1), Sex: "M", IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "A"}}}},
		{Key: "care", When: day.On(day.Of(2024, 5, 1)), Body: child.CareStarted{Status: "V2", Need: "N1"}}, {Key: "home", When: day.On(day.Of(2024, 5, 1)), Body: child.PlacementStarted{Type: "U6"}},
		f("old", day.Of(2025, 3, 1), child.Health{Of: "dental check", Step: "done"}),
		f("1", day.Of(2025, 6, 1), child.Health{Of: "review assessment", Step: "done"}), f("2", day.Of(2025, 6, 1), child.Health{Of: "development check", Step: "done"}),
		f("3", day.Of(2025, 7, 1), child.Health{Of: "strengths and difficulties", Step: "done", Score: &score}), f("4", day.Of(2025, 7, 1), child.Health{Of: "immunisations", Step: "asked for"}),
	}
	oc2 := func(facts []fact.Fact) (out map[Field]string) {
		m := Make(terms(2026))
		m.Add(record(t, "c", facts))
		ret, _ := m.Return()
		rows := ret.This[OC2]
		if rows.Len() != 1 {
			t.Fatalf("%d rows", rows.Len())
		}
		out = map[Field]string{}
		for _, x := range OC2.Fields() {
			out[x] = rows.At(0).Text(x)
		}
		return out
	}
	got := oc2(facts)
	for x, want := range map[Field]string{HealthAssessment: "1", HealthCheck: "1", SDQScore: "14", TeethCheck: "", Immunisations: "", SubstanceMisuse: "", InterventionReceived: "", InterventionOffered: ""} {
		if got[x] != want {
			t.Errorf("%v is %q, want %q", x, got[x], want)
		}
	}
	misuse := func(steps ...string) [3]string {
		all := facts
		for i, step := range steps {
			all = append(all[:len(all):len(all)], f("m"+step, day.Of(2025, 9, 1)+day.Date(i), child.Health{Of: "substance misuse", Step: step}))
		}
		got := oc2(all)
		return [3]string{got[SubstanceMisuse], got[InterventionReceived], got[InterventionOffered]}
	}
	for _, x := range []struct {
		steps []string
		want  [3]string
	}{{[]string{"asked for"}, [3]string{}}, {[]string{"found"}, [3]string{"1", "", ""}}, {[]string{"found", "offered", "declined"}, [3]string{"1", "0", "1"}}, {[]string{"found", "offered", "done"}, [3]string{"1", "1", ""}},
		{[]string{"done", "offered"}, [3]string{"1", "1", ""}}} {
		if got := misuse(x.steps...); got != x.want {
			t.Errorf("%v: %v, want %v", x.steps, got, x.want)
		}
	}
}
