package bench

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
	"onus/internal/web"
)

// doorItems is how many children wait at the front door, and doorAtMost how long its
// pages may take then (issue 6).
const (
	doorItems  = 10_000
	doorAtMost = 100 * time.Millisecond
)

// doorOf is a front door at which 10,000 children wait, the desk of its manager, and one
// of the children.
func doorOf(b *testing.B) (a *app.App, d *app.Desk, one string) {
	a = open(b)
	today := clock{}.Now().Date()
	lined(b, a, today)
	testkit.LineSays(b, a, day.On(today-40), line.TeamCreated{Team: "front", Name: "Front door"},
		line.PostCreated{Post: "door", Title: "Team manager, front door", Tier: line.TeamManager, Team: "front", Above: "head", Function: line.FrontDoor},
		line.PersonKnown{Person: "p-door", Name: "Ruth"}, line.PostHeld{Post: "door", Person: "p-door"})
	d, err := a.Desk(ctx, app.Reader{Person: "p-door", Fresh: true})
	must(b, err)
	said := []string{"Hungry on three days.", "A bruise on the arm.", "The boys are home alone.", "Rent is not paid.", "A row at night, and the police came."}
	for n := range doorItems / 10 {
		var t app.Telling
		for k := range 10 { // one household of ten is one transaction; the front door sees ten
			t.Children = append(t.Children, app.TellingChild{Known: child.Known{Given: fmt.Sprint("Given", n%97, k), Family: fmt.Sprint("Family", n), Birth: today - day.Date(200+(n*10+k)%5000)}})
		}
		t.From, t.What, t.Happened = "school", said[n%len(said)], day.AtInstant(clock{}.Now()-day.Instant(n)*day.Minute)
		done, err := d.Tell(ctx, t)
		must(b, err)
		one = done[0].Child
	}
	return a, d, one
}

// BenchmarkFrontDoor measures the pages of a front door at which 10,000 children wait:
// the queue, its next page, the queue narrowed, what is known of one child, and who
// that child may be. Each is given as its median; the bar is checked.
func BenchmarkFrontDoor(b *testing.B) {
	a, _, one := doorOf(b)
	s, err := web.New(web.Config{App: a.Front(), Log: slog.New(slog.DiscardHandler), Demo: true})
	must(b, err)
	h := s.Handler()
	ask := func(path string) (time.Duration, string) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Onus-Person", "p-door")
		w := httptest.NewRecorder()
		start := time.Now()
		h.ServeHTTP(w, r)
		took := time.Since(start)
		if w.Code != 200 {
			b.Fatalf("%s: %d", path, w.Code)
		}
		return took, w.Body.String()
	}
	_, body := ask("/front-door")
	if n := strings.Count(body, ">Decide<"); n != 100 {
		b.Fatalf("the page has %d rows", n)
	}
	next := body[strings.Index(body, "/front-door?after="):]
	next = next[:strings.IndexByte(next, '"')]
	ask("/front-door/" + one + "/known") // the first makes the index of people
	for _, path := range []struct{ name, path string }{{"queue", "/front-door"}, {"next", next}, {"red", "/front-door?show=red"}, {"nobody", "/front-door?show=nobody"}, {"decide", "/front-door/" + one}, {"known", "/front-door/" + one + "/known"}} {
		var took []time.Duration
		for range max(b.N, 15) {
			t, _ := ask(path.path)
			took = append(took, t)
		}
		slices.Sort(took)
		median := took[len(took)/2]
		b.ReportMetric(float64(median.Microseconds())/1000, path.name+"-ms")
		if median > doorAtMost {
			b.Errorf("%s takes %s with %d waiting, and may take %s", path.name, median, doorItems, doorAtMost)
		}
	}
}

// BenchmarkRateDoor measures what new rules do to 10,000 that wait: how long all of it
// takes, and how long somebody who records something meanwhile may have to wait for one
// transaction of it. The bar of a write (50 ms at p99 with its receipt) is checked at twice
// that, since a write can wait for one transaction to end.
func BenchmarkRateDoor(b *testing.B) {
	a, _, _ := doorOf(b)
	rules := `triage:
  signs:
  - {id: rent, ask: "Is the rent not paid?", missing: whether the rent is paid, words: ["rent is not paid", "a row at night"]}
  rules:
  - {id: rent, name: The home may be lost, rating: amber, when: rent, why: "Ours.", source: {status: local policy, document: ours, seen: true}, from: 2020-01-01, examples: [{name: words, said: "The rent is not paid", expect: fires}]}
`
	for { // what this program finds at its first start
		if _, more, err := a.RateDoor(ctx, 25); err != nil {
			b.Fatal(err)
		} else if !more {
			break
		}
	}
	layers := append(slices.Clone(a.Pack.Layers), duty.Layer{Name: "own", Files: []duty.Text{{Name: "own.yaml", Text: rules}}})
	_, err := a.Adopt(ctx, entry.Actor{Person: "p-director", Post: "director"}, app.Adoption{Layers: layers, From: clock{}.Now().Date(), Why: "homes are lost"})
	must(b, err)
	var took []time.Duration
	rose, start := 0, time.Now()
	for more := true; more; {
		at := time.Now()
		n, again, err := a.RateDoor(ctx, 25)
		must(b, err)
		took, rose, more = append(took, time.Since(at)), rose+n, again
	}
	b.ReportMetric(time.Since(start).Seconds(), "all-s")
	b.ReportMetric(float64(rose), "rose")
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	b.ReportMetric(float64(p99.Microseconds())/1000, "one-p99-ms")
	if rose < doorItems/3 {
		b.Errorf("%d of %d rose", rose, doorItems)
	}
	if p99 > 2*50*time.Millisecond {
		b.Errorf("a transaction takes %s", p99)
	}
}
