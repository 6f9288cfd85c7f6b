package match_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"onus/internal/match"
	"onus/internal/testkit/families"
)

// BenchmarkMillion searches among a million records. Its families have few
// names, so that more people share a name than in England: it is harder than
// life. Run it alone:
//
//	go test -bench Million -run '^$' ./internal/match
func BenchmarkMillion(b *testing.B) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	x := match.New(match.Params{})
	var queries []match.Person
	var building time.Duration
	for part := uint64(0); x.Len() < 1_000_000; part++ {
		rs := families.Make(1000+part, 8000)
		start := time.Now()
		for i, r := range rs {
			if i%500 == 7 {
				queries = append(queries, r.Person) // not held
				continue
			}
			r.ID = string(rune('a'+part%26)) + string(rune('a'+part/26)) + r.ID
			x.Add(r.Person)
		}
		building += time.Since(start)
	}
	used := heap() - before
	b.Logf("%d records held in %.2f GB, built in %.0f s", x.Len(), float64(used)/1e9, building.Seconds())
	var took []time.Duration
	for b.Loop() {
		for _, q := range queries {
			q.ID = ""
			start := time.Now()
			x.Search(q, 10)
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	at := func(p float64) float64 { return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000 }
	b.Logf("%d searches: p50 %.1f, p95 %.1f, p99 %.1f, longest %.1f ms", len(took), at(.5), at(.95), at(.99), at(1))
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
	b.ReportMetric(float64(used)/1e9, "GB")
}
