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

// BenchmarkFrontDoor measures the pages of a front door at which 10,000 children wait:
// the queue, its next page, the queue narrowed, what is known of one child, and who
// that child may be. Each is given as its median; the bar is checked.
func BenchmarkFrontDoor(b *testing.B) {
	a := open(b)
	today := clock{}.Now().Date()
	lined(b, a, today)
	testkit.LineSays(b, a, day.On(today-40), line.TeamCreated{Team: "front", Name: "Front door"},
		line.PostCreated{Post: "door", Title: "Team manager, front door", Tier: line.TeamManager, Team: "front", Above: "head", Function: line.FrontDoor},
		line.PersonKnown{Person: "p-door", Name: "Ruth"}, line.PostHeld{Post: "door", Person: "p-door"})
	d, err := a.Desk(ctx, app.Reader{Person: "p-door", Fresh: true})
	must(b, err)
	said := []string{"Hungry on three days.", "A bruise on the arm.", "The boys are home alone.", "Rent is not paid.", "A row at night, and the police came."}
	one := ""
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
