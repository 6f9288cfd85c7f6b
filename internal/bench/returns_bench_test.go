package bench

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/line"
)

// BenchmarkLargestReturns has each return checked as the page does, in the authority of
// BenchmarkLargest. It writes into that store: the runs, and a look for each child. The
// metrics are how long it took, how often it said how far it is, and the memory that the
// process had at most of what it asked the system for.
func BenchmarkLargestReturns(b *testing.B) {
	dir := os.Getenv("ONUS_LARGEST")
	if dir == "" {
		b.Skip("make largest makes an authority of this size")
	}
	a := openAt(b, "sqlite:"+filepath.Join(dir, "onus.db"))
	l, err := a.Line(ctx)
	must(b, err)
	var director string
	for _, p := range l.Posts(a.Clock.Now().Date()) {
		if p.Tier == line.Director {
			director = l.Answers(p.ID, a.Clock.Now().Date()).Person
		}
	}
	for _, kind := range app.ReturnKinds {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				d, err := a.Desk(ctx, app.Reader{Person: director, Fresh: true})
				must(b, err)
				o := app.ReturnOrder{Kind: kind, Authority: l.Authority.Code, Year: app.ReturnYear(kind, a.Clock.Now().Date())}
				if kind == app.ReturnAnnexA {
					o.On = a.Clock.Now().Date()
				}
				_, _, err = d.CheckReturn(ctx, o)
				must(b, err)
				start := time.Now()
				if did, err := a.RunReturn(ctx); !did || err != nil {
					b.Fatal(did, err)
				}
				p, err := d.Return(ctx, kind, app.Cursor{}, 1)
				must(b, err)
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.Logf("%s: %d of %d records, %d children, %d errors, %d could not run, %.1f s, %d MB", kind, p.Last.SoFar, p.Last.Total, p.Last.Children, p.Last.Errors, p.Last.NotRun, time.Since(start).Seconds(), m.Sys>>20)
			}
		})
	}
}
