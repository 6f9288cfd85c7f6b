package match_test

import (
	"reflect"
	"testing"

	"onus/internal/match"
	"onus/internal/testkit/families"
)

// One file gives one answer, whichever goroutine is faster.
func TestBatchIsTheSameEachTime(t *testing.T) {
	var people []match.Person
	for _, r := range families.Make(5, 300) {
		people = append(people, r.Person)
	}
	first := match.Batch(people, match.Params{})
	for range 2 {
		if !reflect.DeepEqual(match.Batch(people, match.Params{}), first) {
			t.Fatal("the same file gave two answers")
		}
	}
}

// Whatever is missing, and however little there is, nothing breaks.
func TestBatchOfNothing(t *testing.T) {
	for _, people := range [][]match.Person{nil, {{ID: "a"}}, {{ID: "a"}, {ID: "b"}}, {{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}} {
		if ps := match.Batch(people, match.Params{}); len(ps) != 0 {
			t.Errorf("%d people of whom nothing is known: %v", len(people), ps)
		}
	}
}

// Two people whom somebody has told apart stay apart, alike as they are.
func TestNotTheSameStaysSo(t *testing.T) {
	rs := families.Make(9, 200)
	var people []match.Person
	for _, r := range rs {
		people = append(people, r.Person)
	}
	top := match.Batch(people, match.Params{})[0]
	if top.Class != match.Same {
		t.Fatalf("the surest pair is %v", top.Class)
	}
	for _, not := range [][2]string{{top.L, top.R}, {top.R, top.L}} {
		for _, p := range match.Batch(people, match.Params{NotSame: [][2]string{not}}) {
			if p.L == top.L && p.R == top.R && (p.Class == match.Same || p.Class == match.Review) {
				t.Errorf("who was told apart is %v again", p.Class)
			}
		}
	}
}

// Weights that a file has taught serve a search.
func TestLearn(t *testing.T) {
	rs := families.Make(11, 500)
	var people []match.Person
	for _, r := range rs {
		people = append(people, r.Person)
	}
	w := match.Learn(people)
	x := match.New(match.Params{Weights: w})
	for _, p := range people {
		x.Add(p)
	}
	who := map[string]string{}
	for _, r := range rs {
		who[r.ID] = r.Who
	}
	right, wrong := 0, 0
	for _, p := range people {
		for _, c := range x.Search(p, 5) {
			if c.Class == match.Same {
				if who[c.ID] == who[p.ID] {
					right++
				} else {
					wrong++
				}
			}
		}
	}
	if right < 500 || wrong > right/200 {
		t.Errorf("%d right, %d wrong", right, wrong)
	}
}

// A table says the same as the people it was made of.
func TestTableReadsBack(t *testing.T) {
	rs := families.Make(13, 60)
	rows := families.Table(rs)
	c, err := match.Header(rows[0], nil)
	if err != nil || len(c.Unknown) > 0 || !c.Has("record_id") {
		t.Fatal(err, c)
	}
	var direct, read []match.Person
	for i, r := range rs {
		direct = append(direct, r.Person)
		read = append(read, c.Person(rows[i+1], i+1))
	}
	if a, b := match.Batch(direct, match.Params{}), match.Batch(read, match.Params{}); !reflect.DeepEqual(a, b) {
		t.Errorf("%d pairs of people, %d of their table", len(a), len(b))
	}
}
