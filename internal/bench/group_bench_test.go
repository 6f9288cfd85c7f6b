package bench

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit/pgtest"
)

// together is how many write at once.
const together = 50

// BenchmarkWritersTogether records visits with their receipts, by one writer and
// by 50 at once, each about a child of their own, durably on the disk. The metric
// x-of-one is the rate of the 50 as a multiple of the one's; at least 5 is the
// target. They take turns, so that a disk that grows slower does so for both.
func BenchmarkWritersTogether(b *testing.B) {
	for _, e := range []struct {
		name string
		dsn  func() string
	}{
		{"sqlite", func() string { return "sqlite:" + filepath.Join(b.TempDir(), "onus.db") }},
		{"postgres", func() string { return pgtest.Start(b).Database(b) }}, // which waits for the disk
	} {
		b.Run(e.name, func(b *testing.B) {
			a := openAt(b, e.dsn())
			now := clock{}.Now()
			who := entry.Actor{Person: "p", Post: "w"}
			var ids []string
			for range together {
				done, err := a.Record(ctx, app.Do{Commands: []child.Command{
					{Actor: who, Happened: day.On(now.Date()), Body: child.Known{Given: "Kit", Family: "Lund", Birth: now.Date().AddMonths(-60)}},
					{Actor: who, Happened: day.AtInstant(now), Body: child.Referral{From: "school", What: "Hungry."}}}})
				must(b, err)
				ids = append(ids, done.Child)
			}
			visit := func(id string) error {
				done, err := a.Record(ctx, app.Do{Child: id, Receipts: true, Commands: []child.Command{{Actor: who, Happened: day.AtInstant(now),
					Body: child.Visit{Seen: true, Where: "home", Purpose: "goal 1", Learnt: "Breakfast was made."}}}})
				if err == nil && (len(done.Receipts) != 1 || len(done.Receipts[0]) == 0) {
					b.Error("there is no receipt")
				}
				return err
			}
			var one, all time.Duration
			var ones, alls int
			for b.Loop() {
				start := time.Now()
				for i := range together {
					must(b, visit(ids[(ones+i)%together]))
				}
				one, ones = one+time.Since(start), ones+together
				start = time.Now()
				var todo atomic.Int64
				todo.Store(10 * together)
				var writers sync.WaitGroup
				for _, id := range ids {
					writers.Go(func() {
						for todo.Add(-1) >= 0 {
							if err := visit(id); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				writers.Wait()
				all, alls = all+time.Since(start), alls+10*together
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ones)/one.Seconds(), "writes/s-one")
			b.ReportMetric(float64(alls)/all.Seconds(), "writes/s-50")
			b.ReportMetric(float64(alls)/all.Seconds()/(float64(ones)/one.Seconds()), "x-of-one")
		})
	}
}
