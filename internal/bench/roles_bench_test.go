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
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web"
)

// dearest is how many times what the least restricted role waits for a page the
// most restricted may wait for the same one (issue 3).
const dearest = 1.3

// BenchmarkRoles compares the same list for the most and the least restricted
// role, in one run, request about request, by the median of each.
//
//   - children: "My children" with 100 rows. The most restricted is a worker all
//     of whose children are restricted and closed to the worker, with relations
//     and grants of others; the least is the director, to whose own post as many
//     open records are allocated.
//   - let in: the same page for a worker with 50 restricted children of their own
//     and 50 of others', let in to each: two lists.
//   - search: the same 50 children, half of them restricted, found by an auditor
//     without a sample, to whom all are closed, and by the director.
//
// Each page of this store, in which most records are restricted, must also take
// under 50 ms, as those of the demonstration must.
func BenchmarkRoles(b *testing.B) {
	a := open(b)
	today := clock{}.Now().Date()
	lined(b, a, today)
	let := ""
	add := func(post string, restricted, in bool, n int) {
		says := func(id string, bodies ...entry.Body) app.Done {
			var cmds []child.Command
			for _, x := range bodies {
				cmds = append(cmds, child.Command{Actor: entry.Actor{Person: "p-head", Post: "head"}, Happened: day.On(today - 30), Body: x})
				if _, timed := x.(child.Restricted); timed {
					cmds[len(cmds)-1].Happened = day.AtInstant(clock{}.Now())
				}
				if _, timed := x.(child.LetIn); timed {
					cmds[len(cmds)-1].Happened = day.AtInstant(clock{}.Now())
				}
			}
			done, err := a.Record(ctx, app.Do{Child: id, Commands: cmds})
			must(b, err)
			return done
		}
		id := says("", child.Known{Given: fmt.Sprint("Given", n), Family: "Familyname", Birth: today - 4000 + day.Date(n)}, child.Referral{From: "school"},
			child.Decision{Outcome: child.Assess, For: "r", Team: "east"}, child.Allocation{Post: post, Team: "east"}).Child
		says(id, child.Visit{Seen: true, Where: "home", Purpose: "p"}, child.Note{Text: "n"})
		if restricted {
			says(id, child.Restricted{Category: "other", Why: "w", Owner: "head", ReviewBy: today + 60}, child.RelationDeclared{Person: "p-admin", Relation: "relative"},
				child.LetIn{Person: "p-auditor", For: child.TwoWeeks, Why: "w"}, child.LetIn{Person: "p-chair", For: child.TwoWeeks, Why: "w"})
			says(id, child.LetOut{Person: "p-auditor", Why: "w"})
			if in {
				let = id
				says(id, child.LetIn{Person: "p-w2", For: child.TwoWeeks, Why: "w"})
			}
		}
	}
	for n := range 100 {
		add("w1", true, n%2 == 0, n)
		add("director", false, false, 100+n)
		if n < 50 {
			add("w2", true, true, 200+n)
		}
	}
	s, err := web.New(web.Config{App: a.Front(), Log: slog.New(slog.DiscardHandler), Demo: true})
	must(b, err)
	h := s.Handler()
	ask := func(who, method, path, body string, rows int) time.Duration {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Onus-Person", who)
		if method == "POST" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		start := time.Now()
		h.ServeHTTP(w, r)
		took := time.Since(start)
		if got := strings.Count(w.Body.String(), `href="/child/`); w.Code != 200 || got < rows {
			b.Fatalf("%s %s for %s: %d with %d rows, want %d", method, path, who, w.Code, got, rows)
		}
		return took
	}
	for _, c := range []struct {
		name, most, method, path, body string
		rows                           int
	}{{"children", "p-w1", "GET", "/children", "", 100}, {"let in", "p-w2", "GET", "/children", "", 100}, {"search", "p-auditor", "POST", "/search", "q=familyname", 50}} {
		b.Run(c.name, func(b *testing.B) {
			var most, least []time.Duration
			pair := func() {
				if len(most)%2 == 0 { // in turn: whoever comes second finds the disk as the first left it
					most = append(most, ask(c.most, c.method, c.path, c.body, c.rows))
				}
				least = append(least, ask("p-director", c.method, c.path, c.body, c.rows))
				if len(most) < len(least) {
					most = append(most, ask(c.most, c.method, c.path, c.body, c.rows))
				}
			}
			for b.Loop() {
				pair()
			}
			for len(most) < 100 { // a median of few says little
				pair()
			}
			m, l := median(most), median(least)
			ratio := float64(m) / float64(l)
			b.ReportMetric(float64(m.Microseconds()), "µs/most-restricted")
			b.ReportMetric(float64(l.Microseconds()), "µs/least-restricted")
			b.ReportMetric(ratio, "most/least")
			if ratio > dearest {
				b.Errorf("the most restricted role waits %.2f times as long as the least; at most %.1f is allowed", ratio, dearest)
			}
		})
	}
	for _, p := range [][2]string{{"p-w1", "/children"}, {"p-w1", "/owed"}, {"p-w2", "/owed"}, {"p-manager", "/team/east"}, {"p-head", "/team/east"}, {"p-director", "/team/east"}, {"p-chair", "/children"}, {"p-w2", "/child/" + let},
		{"p-w2", "/child/" + let + "/entries"}, {"p-head", "/child/" + let + "/readers"}, {"p-head", "/child/" + let + "/record/record.let-in"}, {"p-auditor", "/looks"}} {
		b.Run("pages/"+p[0]+strings.ReplaceAll(p[1], let, "restricted"), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				took = append(took, ask(p[0], "GET", p[1], "", 0))
			}
			if m := median(took); m > 50*time.Millisecond {
				b.Errorf("%v, at most 50 ms are allowed", m)
			}
		})
	}
}

func median(ds []time.Duration) time.Duration {
	slices.Sort(ds)
	return ds[len(ds)/2]
}

// lined makes a small line with a person in each post.
func lined(b *testing.B, a *app.App, today day.Date) {
	b.Helper()
	bodies := []entry.Body{line.AuthorityNamed{Name: "Testshire"}, line.TeamCreated{Team: "east", Name: "East"}}
	for _, p := range []line.PostCreated{
		{Post: "director", Title: "Director", Tier: line.Director},
		{Post: "head", Title: "Head of service", Tier: line.HeadOfService, Above: "director"},
		{Post: "chair", Title: "Conference chair", Tier: line.ServiceManager, Above: "head", Function: line.Chair},
		{Post: "auditor", Title: "Auditor", Tier: line.Worker, Above: "head", Function: line.Auditor},
		{Post: "admin", Title: "Administrator", Tier: line.Worker, Above: "head", Function: line.Administrator},
		{Post: "manager", Title: "Team manager", Tier: line.TeamManager, Team: "east", Above: "head", Function: line.FrontDoor},
		{Post: "w1", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "manager"},
		{Post: "w2", Title: "Social worker", Tier: line.Worker, Team: "east", Above: "manager"},
	} {
		bodies = append(bodies, p, line.PersonKnown{Person: "p-" + p.Post, Name: "Person " + p.Post}, line.PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	var cmds []line.Command
	for _, x := range bodies {
		cmds = append(cmds, line.Command{Actor: entry.System, Happened: day.On(today - 400), Body: x})
	}
	_, err := a.RecordLine(ctx, cmds, "")
	must(b, err)
}
