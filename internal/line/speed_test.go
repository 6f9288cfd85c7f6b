package line

import (
	"fmt"
	"testing"

	"onus/internal/day"
)

// BenchmarkOwings is what the line of a large authority owes on a day: 1,200 posts,
// each talked with monthly for two years.
func BenchmarkOwings(b *testing.B) {
	x := newTalking()
	for i := range 120 {
		m := fmt.Sprintf("m%d", i)
		posts := []string{m}
		x.say("2026-01-05", "system", PostCreated{Post: m, Title: m, Tier: TeamManager, Above: "service"})
		for j := range 9 {
			w := fmt.Sprintf("%s-%d", m, j)
			posts = append(posts, w)
			x.say("2026-01-05", "system", PostCreated{Post: w, Title: w, Tier: Worker, Above: m})
		}
		for _, p := range posts {
			x.say("2026-01-05", "system", PersonKnown{Person: "p-" + p, Name: p})
			x.say("2026-01-05", "system", PostHeld{Post: p, Person: "p-" + p})
			for n := range 24 {
				x.say(day.MustParse("2026-01-20").AddMonths(n).String(), "p-service", SupervisionHeld{Post: p, Person: "p-" + p})
			}
		}
	}
	l, on := Fold(x.es), day.MustParse("2028-01-05")
	t := Terms{Next: func(_ string, d day.Date) day.Date { return d.AddMonths(1) }, Back: func(d day.Date) day.Date { return d }}
	if n := len(l.Talks(on, t)); n < 1200 {
		b.Fatal(n)
	}
	b.Run("owings", func(b *testing.B) {
		for b.Loop() {
			l.Gaps(on)
			l.Talks(on, t)
		}
	})
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			Fold(x.es)
		}
	})
}
