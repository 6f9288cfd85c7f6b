package duty_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// longLife is the journal of a child with two years of work: n decoded
// entries, of every common kind, in the order of recording.
func longLife(n int) ([]entry.Entry, day.Instant) {
	start := day.MustParse("2024-09-02")
	var es []entry.Entry
	add := func(on day.Date, b entry.Body) {
		es = append(es, entry.Entry{ID: entry.ID(fmt.Sprintf("e-%03d", len(es))), Kind: b.Kind(), Subject: entry.OfChild("c"), Happened: day.On(on),
			Recorded: on.End() + day.Instant(len(es)), Author: "p", Post: "w1", Body: b})
	}
	add(start, child.Known{Given: "Kit", Family: "Lund", Birth: start.AddMonths(-70)})
	add(start, child.Referral{From: "school", What: "Hungry."})
	add(start+1, child.Decision{Outcome: child.Assess, For: "Risk.", Team: "east-1"})
	add(start+2, child.Allocation{Post: "w1", Team: "east-1"})
	add(start+2, child.AssessmentStarted{})
	add(start+9, child.StrategyDiscussion{Section47: true})
	add(start+28, child.Conference{Plan: "made"})
	add(start+28, child.CPPlanStarted{Category: "NEG"})
	add(start+50, child.AssessmentAuthorised{})
	on := start + 50
	for i := 0; len(es) < n; i++ {
		on += day.Date(3 + i%2)
		switch i % 6 {
		case 0, 2, 4:
			add(on, child.Visit{Seen: i%9 != 0, Alone: i%4 == 0 && i%9 != 0, Where: "home", Purpose: "goal 1", WhyNot: "out"})
		case 1:
			add(on, child.CoreGroup{})
		case 3:
			add(on, child.Supervision{Decided: "Go on."})
		default:
			if i%24 == 5 {
				add(on, child.Review{Of: "cp"})
			} else {
				add(on, child.Note{Text: "A note."})
			}
		}
	}
	return es, on.End() + day.Hour
}

// BenchmarkChild200 is the fold of 200 entries and every duty of every rule of
// England: looked at one after the other, as a write and a pass over an
// authority do, and kept, as a child's page does.
func BenchmarkChild200(b *testing.B) {
	p := england(b)
	es, now := longLife(200)
	for name, duties := range map[string]func(child.Record) int{
		"each": func(rec child.Record) (n int) {
			for range p.Each(rec, now) {
				n++
			}
			return n
		},
		"kept": func(rec child.Record) int { return len(p.Duties(rec, now)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := duties(child.Fold("c", es)); n < 50 {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(b.N), "µs/child")
		})
	}
}

// BenchmarkAuthority is every duty of 12,000 open children from scratch, on both
// cores: their records are of every length up to 200 entries.
func BenchmarkAuthority(b *testing.B) {
	p := england(b)
	var lives [][]entry.Entry
	var now day.Instant
	for n := 10; n <= 200; n += 10 {
		es, at := longLife(n)
		lives, now = append(lives, es), max(now, at)
	}
	const children = 12_000
	b.ReportAllocs()
	for b.Loop() {
		var wg sync.WaitGroup
		cores := runtime.GOMAXPROCS(0)
		found := make([]int, cores)
		for c := range cores {
			wg.Go(func() {
				for i := c; i < children; i += cores {
					for range p.Each(child.Fold("c", lives[i%len(lives)]), now) {
						found[c]++
					}
				}
			})
		}
		wg.Wait()
		if found[0] < children/4 {
			b.Fatal(found)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/authority")
}

// The bounds are generous: about twice what it takes today. A map for each
// event or a piece of memory for each duty breaks them.
func TestAllocations(t *testing.T) {
	p := england(t)
	es, now := longLife(200)
	rec := child.Fold("c", es)
	if n := testing.AllocsPerRun(20, func() { child.Fold("c", es) }); n > 10 {
		t.Errorf("the fold of %d entries allocates %.0f times", len(es), n)
	}
	if n := testing.AllocsPerRun(20, func() { p.Duties(rec, now) }); n > 60 {
		t.Errorf("%d duties allocate %.0f times", len(p.Duties(rec, now)), n)
	}
}
