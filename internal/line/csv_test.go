package line

import (
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// A line from a file: the first time all of it, the second time nothing, and
// after a change in the file only what changed.
func TestALineFromAFile(t *testing.T) {
	const file = "post,title,tier,team,team_name,above,function,hours,person,name,from\n" +
		"east-1,Social worker,social worker,east,East,manager-east,,37,p-1,Dana W,2026-01-05\n" +
		"manager-east,Team manager,Team manager,east,,director,,37,p-2,\"Pell, Jo\",2026-01-05\n" +
		"director,Director,director,,,,,37,p-3,Helen C,2026-01-05\n"
	on := day.MustParse("2026-03-02")
	l := Fold(nil)
	read := func(text string) int {
		t.Helper()
		cmds, err := l.FromCSV(strings.NewReader(text), on)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cmds {
			c.Actor = entry.System
			es, err := Decide(l, c, entry.Moment{Now: on.Start() + 9*day.Hour, Rand: strings.NewReader(strings.Repeat("0123456789abcdef", 2))})
			if err != nil {
				t.Fatalf("%d, %+v: %v", i, c.Body, err)
			}
			for _, e := range es {
				l = Apply(l, e)
			}
		}
		return len(cmds)
	}
	if n := read(file); n != 13 {
		t.Errorf("%d entries", n)
	}
	if a := l.Answers("east-1", on); a.Person != "p-1" || l.Name("p-2") != "Pell, Jo" {
		t.Errorf("%+v", a)
	}
	if n := read(file); n != 0 {
		t.Errorf("the same file again: %d entries", n)
	}
	if n := read(strings.Replace(file, "p-1,Dana W,2026-01-05", "p-9,Ann B,2026-03-01", 1)); n != 2 {
		t.Errorf("one new holder: %d entries", n)
	}
	for what, text := range map[string]string{
		"not a table":        "",
		"an unknown column":  "post,title,tier,shoe\n",
		"no column of posts": "title,tier\n",
		"an unknown tier":    "post,title,tier\na,A,emperor\n",
		"a ring":             "post,title,tier,above\na,A,director,b\nb,B,director,a\n",
		"a post twice":       "post,title,tier\na,A,director\na,A,director\n",
		"another title":      "post,title,tier\ndirector,Another,director\n",
		"a day that is none": "post,title,tier,from\na,A,director,soon\n",
		"hours in words":     "post,title,tier,hours\na,A,director,many\n",
		"nobody's name":      "post,title,tier,person\na,A,director,p-77\n",
		"a broken quote":     "post,title,tier\na,\"A,director\n",
		"no such function":   "post,title,tier,function\na,A,director,piper\n",
	} {
		if _, err := l.FromCSV(strings.NewReader(text), on); err == nil {
			t.Errorf("%s was read", what)
		} else if ps, ok := entry.Problems(err); !ok || !strings.HasPrefix(ps[0].Field, "line ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
