package web

import (
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

// The picture shows each person's numbers, says nothing of who is right, and asks about
// the gap.
func TestNumbersAsk(t *testing.T) {
	var views []child.ViewSaid
	say := func(of, name, on string, n int) {
		views = append(views, child.ViewSaid{Event: &child.Event{When: day.On(day.MustParse(on))}, View: child.View{Of: of, Name: name, Goal: "g1", Scale: &n}})
	}
	if scalesOf(views, "Sam") != nil {
		t.Error("a picture of nothing")
	}
	say("child", "", "2026-09-24", 2)
	if s := scalesOf(views, "Sam"); len(s.Lines) != 1 || s.Asks != "" || len(s.Days) != 1 {
		t.Errorf("one number: %+v", s)
	}
	say("parent", "Mum", "2026-09-24", 8)
	say("somebody else", "nursery", "2026-09-24", 4)
	say("parent", "Mum", "2026-11-09", 9)
	say("somebody else", "nursery", "2026-11-09", 3)
	say("somebody else", "nursery", "2026-11-09", 3) // said again that day
	s := scalesOf(views, "Sam")
	if want := "Mum says 9, Sam says 2."; !strings.HasPrefix(s.Asks, "Mum says 9, Sam says 2") {
		t.Errorf("asks %q, want %q", s.Asks, want)
	}
	if len(s.Rows) != 2 || s.Rows[1].Values[0] != "-" || s.Rows[1].Values[2] != "3" {
		t.Errorf("the table: %+v", s.Rows)
	}
	for i, a := range s.Lines {
		for _, b := range s.Lines[i+1:] {
			if max(a.LY, b.LY)-min(a.LY, b.LY) < 15 && max(a.LX, b.LX)-min(a.LX, b.LX) < 100 {
				t.Errorf("labels on each other: %+v, %+v", a, b)
			}
		}
	}
}
