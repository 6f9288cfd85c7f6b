package bench

import (
	"errors"
	"path/filepath"
	"sync"
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
// target. They take turns, so that a disk that grows slower does so for both, and always with
// new children, so that records are as long for the one as for the 50.
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
			known := func() string { // a child with a record of usual length
				cmds := []child.Command{
					{Actor: who, Happened: day.On(now.Date().Add(-60)), Body: child.Known{Given: "Kit", Family: "Lund", Birth: now.Date().AddMonths(-60)}},
					{Actor: who, Happened: day.On(now.Date().Add(-60)), Body: child.Referral{From: "school", What: "Hungry."}}}
				for i := range 20 {
					cmds = append(cmds, child.Command{Actor: who, Happened: day.On(now.Date().Add(i - 59)), Body: child.Note{Text: "Spoke with the school."}})
				}
				done, err := a.Record(ctx, app.Do{Commands: cmds})
				must(b, err)
				return done.Child
			}
			visits := func(id string) error {
				for range 10 {
					done, err := a.Record(ctx, app.Do{Child: id, Receipts: true, Commands: []child.Command{{Actor: who, Happened: day.AtInstant(now),
						Body: child.Visit{Seen: true, Where: "home", Purpose: "goal 1", Learnt: "Breakfast was made."}}}})
					if err != nil {
						return err
					}
					if len(done.Receipts) != 1 || len(done.Receipts[0]) == 0 {
						return errors.New("there is no receipt")
					}
				}
				return nil
			}
			var one, all time.Duration
			n := 0
			for b.Loop() {
				n++
				var alone, ids []string
				for range 10 {
					alone = append(alone, known())
				}
				for range together {
					ids = append(ids, known())
				}
				start := time.Now()
				for _, id := range alone {
					must(b, visits(id))
				}
				one += time.Since(start)
				start = time.Now()
				var writers sync.WaitGroup
				for _, id := range ids {
					writers.Go(func() {
						if err := visits(id); err != nil {
							b.Error(err)
						}
					})
				}
				writers.Wait()
				all += time.Since(start)
			}
			ones, alls := 100*n, 10*together*n
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ones)/one.Seconds(), "writes/s-one")
			b.ReportMetric(float64(alls)/all.Seconds(), "writes/s-50")
			b.ReportMetric(float64(alls)/all.Seconds()/(float64(ones)/one.Seconds()), "x-of-one")
		})
	}
}
