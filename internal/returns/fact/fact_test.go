package fact

import (
	"fmt"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

func TestList(t *testing.T) {
	today := day.Of(2026, 5, 4)
	f := New(0, today)
	if f.AsOf != today {
		t.Errorf("a file that does not say of which day it speaks, speaks of %s", f.AsOf)
	}
	if New(today+1, today).AsOf != today || New(today-1, today).AsOf != today-1 {
		t.Error("a file speaks of no day after the one on which it is read, and else of its own")
	}
	f.Add("a", 1, today, child.Note{Text: "x"})
	if key := f.Add("a", 2, today-1, child.Note{Text: "y"}); key != "a#2" {
		t.Errorf("a key that comes twice is %s", key)
	}
	f.Add("b", 3, 0, child.Note{Text: "no day"})
	f.Add("c", 4, today+1, child.CaseClosed{Reason: "RC1"})
	f.Under = "kept/later"
	f.Add("d", 5, today, child.Note{})
	f.Put(6, "nothing", "")
	f.Put(6, "something", "s")
	f.Keep(7, "name alone", "")
	f.Or("e", 8, 0, child.CINPlanEnded{})
	f.AnyDay("f", 9, today, child.CINPlanEnded{})
	f.AddUnless("g", 10, today, child.CINPlanEnded{}, func(child.Record) bool { return true })
	want := `a 1 2026-05-04 note false false
a#2 2 2026-05-03 note false false
e 8   false false
f 9 2026-05-04 cin-plan.ended true false
g 10 2026-05-04 cin-plan.ended false true
kept 99 2026-05-04 import.kept true false
 3 b without a date that can be read: {"text":"no day"}
 4 c dated 2026-05-05, which is in the future: {"reason":"RC1"}
kept/later 99 2026-05-04 import.kept true false
 5 d Enter the note: {"text":""}
 6 something s
 7 name alone 
`
	got := ""
	for _, x := range f.Facts(99) {
		kind := ""
		if x.Body != nil {
			kind = string(x.Body.Kind())
		}
		got += fmt.Sprintln(x.Key, x.Line, x.When, kind, x.AnyDay, x.Unless != nil)
		if k, ok := x.Body.(child.Kept); ok {
			for _, it := range k.Items {
				got += fmt.Sprintf(" %d %s %s\n", it.Line, it.Path, it.Value)
			}
			if WithoutLines(k).(child.Kept).Items[0].Line != 0 || k.Items[0].Line == 0 {
				t.Error("the lines are taken out of a copy")
			}
		}
	}
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
