package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// lifeHealth is the health of a child in care: each thing with when last and when next.
func (s *Server) lifeHealth(w http.ResponseWriter, r *request) error {
	d, p, known, may, err := s.life(r, "health")
	if err != nil {
		return err
	}
	d.None = neverInCare(p, d.First)
	if may {
		d.act(p, &d.Actions, "health")
	}
	if d.None == "" {
		d.Rows = s.healthRows(p, known, may)
		d.Owed = s.lifeOwed(p, known, d.Rows, metBy("health"))
		d.entries(p, known, "health", "health.year")
	}
	return s.lifeShow(w, r, p, known, d)
}

// neverInCare is why a page of care has nothing to show.
func neverInCare(p *app.ChildPage, first string) string {
	if why := careOrHistory(p); why != "" {
		return calling(why, first)
	}
	return ""
}

func (s *Server) healthRows(p *app.ChildPage, known day.Instant, may bool) (out []lifeRow) {
	for _, of := range child.HealthOf {
		record := ""
		if may {
			record = actPath(p.Record.Child, "health") + "?of=" + strings.ReplaceAll(of, " ", "+")
		}
		done := func(b entry.Body) bool { h, ok := b.(child.Health); return ok && h.Of == of && h.Step == "done" }
		any := func(b entry.Body) bool { h, ok := b.(child.Health); return ok && h.Of == of }
		x := s.lifeRow(p, known, title(of), child.Health{Of: of, Step: "done"}, done, record)
		last := p.Record.LastStep(p.At.Date(), any)
		if last == nil && (of == "development check" && p.At.Date().Years(p.Identity.Birth) >= 5 || of == "substance misuse") {
			continue // nothing is asked of whoever it does not concern
		}
		if last != nil {
			if h, _ := last.Body.(child.Health); h.Step != "done" {
				x.Said = strings.TrimSpace(title(h.Step) + " on " + last.When.Date.Long() + ". " + x.Said)
			}
		}
		out = append(out, x)
	}
	return out
}

// education is school: where, how often, the plan by terms, and what took the child out of it.
func (s *Server) education(w http.ResponseWriter, r *request) error {
	d, p, known, may, err := s.life(r, "education")
	if err != nil {
		return err
	}
	if d.None = neverInCare(p, d.First); d.None != "" {
		return s.lifeShow(w, r, p, known, d)
	}
	on := p.At.Date()
	if may {
		d.act(p, &d.Actions, "education")
	}
	d.Facts = schoolFacts(p, on)
	d.Rows = s.schoolRows(p, known, may && p.Status.LookedAfter)
	d.Owed = s.lifeOwed(p, known, d.Rows, metBy("education"))
	d.entries(p, known, "education")
	return s.lifeShow(w, r, p, known, d)
}

// stepped is a test of entries about school that are some steps.
func stepped(steps ...string) func(entry.Body) bool {
	return func(b entry.Body) bool { e, ok := b.(child.Education); return ok && slices.Contains(steps, e.Step) }
}

func (s *Server) schoolRows(p *app.ChildPage, known day.Instant, may bool) []lifeRow {
	record := func(step string) string {
		if !may {
			return ""
		}
		return actPath(p.Record.Child, "education") + "?happens=" + strings.ReplaceAll(step, " ", "+")
	}
	return []lifeRow{
		s.lifeRow(p, known, "Personal education plan made", child.Education{Step: "plan complete"}, stepped("plan started", "plan complete"), record("plan complete")),
		s.lifeRow(p, known, "Personal education plan reviewed, each term", child.Education{Step: "plan reviewed"}, stepped("plan reviewed"), record("plan reviewed")),
		s.lifeRow(p, known, "School place found", child.Education{Step: "school place found"}, stepped("school place found"), record("school place found")),
	}
}

func schoolFacts(p *app.ChildPage, on day.Date) []shell.Fact {
	at := shell.Fact{Label: "School", Value: "Nobody has recorded it"}
	there := shell.Fact{Label: "There", Value: "Nobody has recorded it"}
	if ev := p.Record.LastStep(on, stepped("at school", "school place found", "school place lost")); ev != nil {
		b, _ := ev.Body.(child.Education)
		at.Value, at.Detail = cmp.Or(b.School, "A place, not named"), "since "+shortDay(ev.When.Date, on)
		if b.Step == "school place lost" {
			at.Value, at.Detail, at.Bad = "No school place", "since "+shortDay(ev.When.Date, on), true
		}
	}
	if ev := p.Record.LastStep(on, func(b entry.Body) bool { e, ok := b.(child.Education); return ok && e.Attendance != nil }); ev != nil {
		b, _ := ev.Body.(child.Education)
		there.Value, there.Detail, there.Bad = itoa(*b.Attendance)+"%", "said on "+shortDay(ev.When.Date, on), *b.Attendance < 90 // persistently absent, as the Department for Education counts it
	}
	out := shell.Fact{Label: "Suspended this school year", Value: "Not, as far as is recorded"}
	times, days := 0, 0
	for i := range p.Record.Events {
		if b, ok := p.Record.Events[i].Body.(child.Education); ok && b.Step == "suspended" && p.Record.Events[i].When.Date >= schoolYear(on) && p.Record.Events[i].When.Date <= on {
			times, days = times+1, days+b.Days
		}
	}
	if times > 0 {
		out.Value, out.Detail, out.Bad = count(times, "time", "times"), count(days, "school day", "school days"), true
	}
	if ev := p.Record.LastStep(on, stepped("excluded for good")); ev != nil {
		out.Detail = commas(out.Detail, "excluded for good on "+ev.When.Date.Long())
	}
	return []shell.Fact{at, there, out}
}

// schoolYear is the 1 September at or before a day.
func schoolYear(on day.Date) day.Date {
	y, _, _ := on.Split()
	if sep := day.Of(y, 9, 1); sep <= on {
		return sep
	}
	return day.Of(y-1, 9, 1)
}

// leaving is leaving care: the plan, the adviser, who is in touch, where they live and what
// they do.
func (s *Server) leaving(w http.ResponseWriter, r *request) error {
	d, p, known, may, err := s.life(r, "leaving")
	if err != nil {
		return err
	}
	if d.None = neverInCare(p, d.First); d.None != "" {
		return s.lifeShow(w, r, p, known, d)
	}
	if may {
		d.act(p, &d.Actions, "leaving")
		d.act(p, &d.Second, "birthday")
	}
	if !leavingConcerns(p) {
		d.None = "Nothing of leaving care is recorded. It begins at 16, for whoever was looked after for 13 weeks, some of it after 16."
		return s.lifeShow(w, r, p, known, d)
	}
	d.Facts = leavingFacts(p)
	d.Rows = s.leavingRows(p, known, may)
	d.Owed = s.lifeOwed(p, known, d.Rows, metBy("leaving-care"))
	d.entries(p, known, "leaving-care", "leaving-care.year")
	return s.lifeShow(w, r, p, known, d)
}

// leavingAge is from when leaving care is shown although nothing of it is recorded: the year
// before it begins.
const leavingAge = 15

// leavingConcerns says whether leaving care concerns a child by now.
func leavingConcerns(p *app.ChildPage) bool {
	if p.Status.LeavingCare || p.Identity.Birth != 0 && p.At.Date().Years(p.Identity.Birth) >= leavingAge {
		return true
	}
	return p.Record.LastStep(p.At.Date(), func(b entry.Body) bool { _, is := b.(child.LeavingCare); return is }) != nil
}

// left is a test of entries about leaving care that are some steps.
func left(steps ...string) func(entry.Body) bool {
	return func(b entry.Body) bool { e, ok := b.(child.LeavingCare); return ok && slices.Contains(steps, e.Step) }
}

func (s *Server) leavingRows(p *app.ChildPage, known day.Instant, may bool) (out []lifeRow) {
	for _, x := range []struct {
		what, step string
		steps      []string
	}{{"Needs assessed", "needs assessed", []string{"needs assessed"}}, {"Pathway plan made", "pathway plan made", []string{"pathway plan made"}}, {"Pathway plan reviewed", "pathway plan reviewed", []string{"pathway plan reviewed"}},
		{"Seen", "seen", []string{"seen"}}, {"Help offered again, from 21 to 25", "adviser offered", []string{"adviser offered", "adviser declined"}}} {
		record := ""
		if may {
			record = actPath(p.Record.Child, "leaving") + "?happens=" + strings.ReplaceAll(x.step, " ", "+")
		}
		out = append(out, s.lifeRow(p, known, x.what, child.LeavingCare{Step: x.step}, left(x.steps...), record))
	}
	return out
}

func leavingFacts(p *app.ChildPage) []shell.Fact {
	on := p.At.Date()
	newest := func(is func(child.LeavingCare) bool) (child.LeavingCare, *child.Event) {
		ev := p.Record.LastStep(on, func(b entry.Body) bool { e, ok := b.(child.LeavingCare); return ok && is(e) })
		if ev == nil {
			return child.LeavingCare{}, nil
		}
		b, _ := ev.Body.(child.LeavingCare)
		return b, ev
	}
	fact := func(label, none string, ev *child.Event, value string) shell.Fact {
		if ev == nil {
			return shell.Fact{Label: label, Value: none}
		}
		return shell.Fact{Label: label, Value: title(value), Detail: "said on " + shortDay(ev.When.Date, on)}
	}
	adviser, named := newest(func(b child.LeavingCare) bool { return b.Step == "adviser named" })
	touch, touched := newest(func(b child.LeavingCare) bool { return b.InTouch != "" || b.Step == "seen" || b.Step == "in touch" })
	home, lives := newest(func(b child.LeavingCare) bool { return b.Lives != "" })
	does, active := newest(func(b child.LeavingCare) bool { return b.Activity != "" })
	words := touchWords[touch.InTouch]
	if words == "" {
		words = touch.Step
	}
	return []shell.Fact{fact("Personal adviser", "Nobody is named", named, cmp.Or(adviser.Who, "named, not by name")), fact("In touch", "Nobody has recorded it", touched, words),
		fact("Lives", "Nobody has recorded where", lives, homeOf(home.Lives)), fact("In the day", "Nobody has recorded it", active, cmp.Or(activityWords[does.Activity], does.Activity))}
}
