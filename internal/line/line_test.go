package line_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

var first = day.MustParse("2026-01-01")

// office is a line that grows by commands through line.Decide.
type office struct {
	l   *line.Line
	now day.Instant
	rnd *rand.ChaCha8
}

func (o *office) do(t *rapid.T, on day.Date, b entry.Body) bool {
	before := *o.l
	log := slices.Clone(o.l.Log)
	es, err := line.Decide(o.l, line.Command{Actor: entry.Actor{Person: "p"}, Happened: day.On(on), Body: b}, entry.Moment{Now: o.now, Rand: o.rnd})
	if !reflect.DeepEqual(before.Log, log) || !reflect.DeepEqual(*o.l, before) {
		t.Fatal("deciding changed the line")
	}
	if err != nil {
		if ps, refused := entry.Problems(err); !refused || len(ps) == 0 || len(es) != 0 {
			t.Fatalf("not a plain refusal: %v", err)
		}
		return false
	}
	for _, e := range es {
		o.l = line.Apply(o.l, e)
	}
	o.now += day.Minute
	return true
}

func newOffice(t *rapid.T) *office {
	o := &office{l: line.Fold(nil), now: (first + 1).Start(), rnd: rand.NewChaCha8([32]byte{rapid.Byte().Draw(t, "seed")})}
	must := func(b entry.Body) {
		if !o.do(t, first, b) {
			t.Fatalf("refused: %+v", b)
		}
	}
	for i := range 4 {
		must(line.PersonKnown{Person: person(i), Name: fmt.Sprint("Person ", i)})
	}
	must(line.TeamCreated{Team: "east", Name: "East"})
	must(line.PostCreated{Post: "t0", Title: "Director", Tier: line.Director})
	return o
}

func person(i int) string { return fmt.Sprint("p", i) }

func TestLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := newOffice(t)
		post := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("t", rapid.IntRange(0, 6).Draw(t, "post")) })
		who := rapid.Custom(func(t *rapid.T) string { return person(rapid.IntRange(0, 3).Draw(t, "person")) })
		var known []func()
		t.Repeat(map[string]func(*rapid.T){
			"record": func(t *rapid.T) {
				on := first + day.Date(rapid.IntRange(0, 60).Draw(t, "day"))
				p := post.Draw(t, "post")
				b := rapid.SampledFrom([]entry.Body{
					line.PostCreated{Post: p, Title: p, Tier: line.Tier(rapid.IntRange(1, 4).Draw(t, "tier")), Team: "east", Above: post.Draw(t, "above"), Function: line.FrontDoor},
					line.PostCreated{Post: p, Title: p, Tier: line.TeamManager, Team: "east", Above: "t0"},
					line.PostMoved{Post: p, Above: post.Draw(t, "to")},
					line.PostHeld{Post: p, Person: who.Draw(t, "holder")}, line.PostHeld{Post: p, Person: who.Draw(t, "holder"), Acting: true},
					line.PostLeft{Post: p}, line.PostLeft{Post: p, Person: who.Draw(t, "leaver")}, line.PostClosed{Post: p, Why: "no money"},
					line.Cover{Post: p, By: post.Draw(t, "by"), To: on + day.Date(rapid.IntRange(-2, 20).Draw(t, "length"))}, line.Cover{Post: p, By: post.Draw(t, "by")},
				}).Draw(t, "body")
				o.do(t, on, b)
			},
			"look": func(t *rapid.T) {
				at, log := o.now, slices.Clone(o.l.Log)
				answers := o.answers()
				o.now += day.Hour
				known = append(known, func() {
					then := &office{l: o.l.KnownAt(at)}
					if !reflect.DeepEqual(then.l.Log, log) || !reflect.DeepEqual(then.answers(), answers) {
						t.Fatalf("what was known at %s has changed", at)
					}
				})
			},
			"": func(t *rapid.T) { o.check(t) },
		})
		for _, same := range known {
			same()
		}
	})
}

func (o *office) answers() (out []line.Answer) {
	for i := range 7 {
		for d := first; d < first+90; d += 5 {
			out = append(out, o.l.Answers(fmt.Sprint("t", i), d))
		}
	}
	return out
}

func (o *office) check(t *rapid.T) {
	l := o.l
	for _, on := range []day.Date{first, first + 7, first + 30, first + 59, first + 61, first + 200} {
		answered := map[string][]string{}
		for i := range 7 {
			id := fmt.Sprint("t", i)
			p, known := l.Post(id, on)
			if !known || p.Created > on {
				continue
			}
			a := l.Answers(id, on)
			if a.Asked != id || (a.How == line.ByNobody) != (a.Person == "") {
				t.Fatalf("%s on %s: %+v", id, on, a)
			}
			h, held := l.Holder(id, on)
			stands := p.Closed == 0 || on < p.Closed
			switch a.How {
			case line.ByHolder:
				if !held || a.Person != h.Person || a.Post != id || !stands {
					t.Fatalf("%s on %s: %+v, holder %+v", id, on, a, h)
				}
			case line.ByCover:
				c, ok := l.Covered(id, on)
				if by, held := l.Holder(c.By, on); !ok || !held || by.Person != a.Person || a.Post != c.By {
					t.Fatalf("%s on %s: %+v, cover %+v", id, on, a, c)
				}
			case line.ByAbove:
				if held && stands {
					t.Fatalf("%s on %s is held by %s and passed up to %s", id, on, h.Person, a.Post)
				}
				if up := l.Answers(p.Above, on); up.Person != a.Person || up.Post != a.Post {
					t.Fatalf("%s on %s passes up to %+v, and the post above is answered by %+v", id, on, a, up)
				}
			case line.ByNobody:
				for n, u := 0, id; u != "" && n < 20; n++ {
					q, _ := l.Post(u, on)
					if _, held := l.Holder(u, on); held && q.Created <= on && (q.Closed == 0 || on < q.Closed) {
						t.Fatalf("%s on %s: nobody, and %s above it is held", id, on, u)
					}
					u = q.Above
				}
			}
			if a.Person != "" {
				answered[a.Person] = append(answered[a.Person], id)
			}
		}
		for i := range 4 {
			got := l.PostsOf(person(i), on)
			slices.Sort(got)
			if !slices.Equal(got, answered[person(i)]) {
				t.Fatalf("%s on %s answers for %v, and PostsOf says %v", person(i), on, answered[person(i)], got)
			}
		}
		o.keys(t, on)
	}
	for i := range 7 {
		hs := l.Holdings(fmt.Sprint("t", i))
		for n, h := range hs {
			if h.To != 0 && h.To < h.From {
				t.Fatalf("t%d is held from after it is left: %+v", i, h)
			}
			if n+1 < len(hs) && (h.To == 0 || h.To >= hs[n+1].From) {
				t.Fatalf("two hold t%d at once: %+v and %+v", i, h, hs[n+1])
			}
		}
	}
}

// keys checks that KeysOf is Resolve the other way round, for every key that
// names posts and teams of the line.
func (o *office) keys(t *rapid.T, on day.Date) {
	all := []line.Key{line.KeyOfManager("east"), line.KeyOfManager(""), line.KeyOfFunction(line.FrontDoor), line.KeyOfFunction(line.Chair)}
	for tier := line.Worker; tier <= line.ChiefExecutive; tier++ {
		all = append(all, line.KeyOfTier(tier, "east"), line.KeyOfTier(tier, ""))
	}
	for i := range 7 {
		if _, ok := o.l.Post(fmt.Sprint("t", i), on); ok {
			all = append(all, line.KeyOf(fmt.Sprint("t", i)))
		}
	}
	for i := range 7 {
		id := fmt.Sprint("t", i)
		if _, ok := o.l.Post(id, on); !ok {
			continue
		}
		keys := o.l.KeysOf([]string{id}, on)
		for _, k := range all {
			if (o.l.Resolve(k, on) == id) != slices.Contains(keys, k) {
				t.Fatalf("on %s %s means %q, and the keys of %s are %v", on, k, o.l.Resolve(k, on), id, keys)
			}
		}
	}
}

// The leaver's last day may be the next one's first, told in either order.
func TestHandingOver(t *testing.T) {
	held := line.PostHeld{Post: "a", Person: "next"}
	for name, told := range map[string][]entry.Body{
		"left first":            {line.PostLeft{Post: "a"}, held},
		"held first":            {held, line.PostLeft{Post: "a"}},
		"held first, by name":   {held, line.PostLeft{Post: "a", Person: "old"}},
		"a leaving told twice":  {line.PostLeft{Post: "a"}, held, line.PostLeft{Post: "a"}},
		"nobody said they left": {held},
	} {
		l := line.Fold([]entry.Entry{at(1, first, line.PostCreated{Post: "a", Title: "A", Tier: line.Director}), at(2, first, line.PostHeld{Post: "a", Person: "old"})})
		for i, b := range told {
			l = line.Apply(l, at(3+i, first+10, b))
		}
		for d, want := range map[day.Date]string{9: "old", 10: "next", 11: "next", 90: "next"} {
			if h, _ := l.Holder("a", first+d); h.Person != want {
				t.Errorf("%s: day %d is %q's, want %q", name, d, h.Person, want)
			}
		}
	}
	l := line.Fold([]entry.Entry{at(1, first, line.PostCreated{Post: "a", Title: "A", Tier: line.Director}), at(2, first, line.PostHeld{Post: "a", Person: "old"}), at(3, first+10, held), at(4, first+10, line.PostLeft{Post: "a", Person: "next"})})
	if h, ok := l.Holder("a", first+11); ok {
		t.Errorf("the next one came and went in a day, and %q holds it still", h.Person)
	}
}

// A move, and a change of hours, count from their day: not before, and not in
// what is asked about the past.
func TestMovedAhead(t *testing.T) {
	l := line.Fold([]entry.Entry{
		at(1, first, line.PostCreated{Post: "a", Title: "A", Tier: line.Director}),
		at(2, first, line.PostCreated{Post: "b", Title: "B", Tier: line.HeadOfService, Above: "a"}),
		at(3, first, line.PostCreated{Post: "c", Title: "C", Tier: line.TeamManager, Above: "a", Team: "east"}),
		at(4, first+20, line.PostMoved{Post: "c", Above: "b", Team: "west"}),
		at(5, first+20, line.HoursSet{Post: "c", PerWeek: 20}),
	})
	for d, want := range map[day.Date]line.Post{19: {Above: "a", Team: "east"}, 20: {Above: "b", Team: "west", Hours: 20}} {
		on := first + d
		p, _ := l.Post("c", on)
		if p.Above != want.Above || p.Team != want.Team || p.Hours != want.Hours {
			t.Errorf("day %d: %+v, want %+v", d, p, want)
		}
		if m, _ := l.Manager(want.Team, on); m != "c" {
			t.Errorf("day %d: the manager of %s is %q", d, want.Team, m)
		}
		if l.Below("c", "b", on) != (want.Above == "b") {
			t.Errorf("day %d: c under b: %v", d, l.Below("c", "b", on))
		}
	}
	// b under c from day 5 would make a ring from day 20.
	_, err := line.Decide(l, line.Command{Actor: entry.Actor{Person: "p"}, Happened: day.On(first + 5), Body: line.PostMoved{Post: "b", Above: "c"}}, entry.Moment{Now: (first + 1).Start(), Rand: rand.NewChaCha8([32]byte{})})
	if ps, _ := entry.Problems(err); len(ps) != 1 || ps[0].Field != "above" {
		t.Errorf("a ring to come is not refused: %v", err)
	}
}

func at(n int, on day.Date, b entry.Body) entry.Entry {
	return entry.Entry{ID: entry.ID(fmt.Sprint(n)), Kind: b.Kind(), Happened: day.On(on), Recorded: first.Start() + day.Instant(n), Body: b}
}

// What is recorded late stands in the order of happening, not of recording.
func TestRecordedLate(t *testing.T) {
	l := line.Fold([]entry.Entry{
		at(1, first, line.PostCreated{Post: "a", Title: "A", Tier: line.Director}),
		at(2, first+20, line.PostHeld{Post: "a", Person: "second"}),
		at(3, first+5, line.PostHeld{Post: "a", Person: "first"}),
		at(4, first+10, line.PostLeft{Post: "a"}),
	})
	for _, c := range []struct {
		day day.Date
		who string
	}{{4, ""}, {5, "first"}, {10, "first"}, {11, ""}, {19, ""}, {20, "second"}, {90, "second"}} {
		if a := l.Answers("a", first+c.day); a.Person != c.who {
			t.Errorf("day %d: %q, want %q", c.day, a.Person, c.who)
		}
	}
}
