package bench

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/line"
	"onus/internal/web"
)

// The bars of a page at the size of the largest authority (issue 8).
const (
	largestTime = 100 * time.Millisecond // at the server, the median
	largestPage = 150_000                // bytes
)

// BenchmarkLargest asks for the pages of people at every tier, and of the child with the
// longest of many records, in an authority of 12,000 open children and five years. make
// largest makes one, which takes a while, and runs this on it; ONUS_LARGEST is its folder.
func BenchmarkLargest(b *testing.B) {
	dir := os.Getenv("ONUS_LARGEST")
	if dir == "" {
		b.Skip("make largest makes an authority of this size and runs this")
	}
	a := openAt(b, "sqlite:"+filepath.Join(dir, "onus.db"))
	l, err := a.Line(ctx)
	must(b, err)
	today := a.Clock.Now().Date()
	var rows []app.ChildRow
	must(b, a.Store.View(ctx, func(v app.View) (err error) {
		rows, err = v.Children(ctx, app.ChildQuery{OpenOnly: true, Limit: 100_000})
		return err
	}))
	posts, teams := map[string]int{}, map[string]int{}
	for _, c := range rows {
		posts[c.Post]++
		teams[c.Team]++
	}
	delete(posts, "")
	delete(teams, "")
	most := func(of map[string]int) (id string) {
		for x, n := range of {
			if n > of[id] || n == of[id] && x < id {
				id = x
			}
		}
		return id
	}
	who := func(post string) string { return l.Answers(post, today).Person }
	worker, team := most(posts), most(teams)
	b.Logf("%d open children; %d with one worker, %d in one team", len(rows), posts[worker], teams[team])
	type asks struct{ as, person, path string }
	var all []asks
	add := func(as, person string, paths ...string) {
		if person == "" {
			b.Logf("nobody is %s", as)
		}
		for _, p := range paths {
			all = append(all, asks{as, person, p})
		}
	}
	add("the worker with most children", who(worker), "/owed", "/today", "/children", "/concerns", "/decisions", "/line", "/rules", "/recording", "/looks", "/supervision/"+worker, "/post/"+worker+"/hours")
	manager := l.Resolve(line.KeyOfManager(team), today)
	add("manager of the largest team", who(manager), "/owed", "/today", "/team/"+team, "/team/"+team+"/visits?list=risk", "/team/"+team+"/visits?list=purpose", "/team/"+team+"/visits?list=said", "/team/"+team+"/ahead", "/unallocated", "/disposals",
		"/supervision/"+worker, "/post/"+worker+"/move", "/returns", "/returns/cin")
	for _, p := range l.Up(manager, today) {
		if p.ID != manager {
			add(p.Title, who(p.ID), "/owed", "/team", "/ahead", "/unallocated", "/concerns", "/line")
		}
	}
	if front, ok := l.ByFunction(line.FrontDoor, today); ok {
		add("the front door", who(front), "/front-door", "/owed")
	}
	long, entries := "", 0
	for _, c := range rows {
		if c.Team != team || c.Rank > 3 {
			continue
		}
		d, err := a.Desk(ctx, app.Reader{Person: who(manager), Fresh: true})
		must(b, err)
		if p, err := d.Child(ctx, "bench", c.Child, 0); err == nil && len(p.Record.Log) > entries {
			long, entries = c.Child, len(p.Record.Log)
		}
	}
	b.Logf("the longest record of that team has %d entries", entries)
	for _, x := range []string{"", "/duties", "/entries", "/plan", "/brief", "/family", "/story", "/letters", "/assessment", "/section47", "/meetings", "/meeting/plan", "/meeting/core-group/hold", "/record", "/visit", "/visit/plan", "/plan/write", "/close", "/allocate", "/readers"} {
		add("manager of the largest team", who(manager), "/child/"+long+x)
	}
	s, err := web.New(web.Config{App: a.Front(), Log: slog.New(slog.DiscardHandler), Demo: true})
	must(b, err)
	h := s.Handler()
	for _, x := range all {
		if x.person == "" {
			continue
		}
		name := strings.ReplaceAll(x.as, " ", "-") + strings.NewReplacer("?", ":", long, "CHILD", worker, "POST", team, "TEAM").Replace(x.path)
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			size := 0
			ask := func() {
				r := httptest.NewRequest("GET", x.path, nil)
				r.Header.Set("Onus-Person", x.person)
				w := httptest.NewRecorder()
				start := time.Now()
				h.ServeHTTP(w, r)
				took = append(took, time.Since(start))
				size = w.Body.Len()
				if w.Code >= 400 && w.Code != 403 {
					b.Fatalf("%d: %.200s", w.Code, w.Body)
				}
			}
			ask()
			first := took[0]
			for b.Loop() {
				ask()
			}
			m := slices.Sorted(slices.Values(took))[len(took)/2]
			b.ReportMetric(float64(m.Microseconds())/1000, "ms")
			b.ReportMetric(float64(first.Microseconds())/1000, "ms-first")
			b.ReportMetric(float64(size)/1000, "kB")
			if m > largestTime || size > largestPage {
				b.Errorf("%v and %d bytes; at most %v and %d are allowed", m, size, largestTime, largestPage)
			}
		})
	}
}
