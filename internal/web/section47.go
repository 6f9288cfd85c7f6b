package web

import (
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/web/shell"
)

// s47Data is the page of a section 47 enquiry: how it began, what was found, how it ended.
type s47Data struct {
	Child, Name, First, Title, Sub, Known string
	None                                  string
	Facts                                 []shell.Fact
	Talks                                 []s47Talk
	Found                                 []asmEntry
	More                                  []asmEntry
	Outcome                               [][2]string
	Earlier                               []versionLine
	Actions                               []shell.Link
}

type s47Talk struct{ When, Who, Agencies, Why, Href string }

// s47Shown is how many entries stand under what was found before the rest is folded away.
const s47Shown = 20

func s47Path(id string) string { return "/child/" + id + "/section47" }

func (s *Server) section47(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Section 47")
	if err != nil {
		return err
	}
	first := firstName(p.Identity.Name())
	d := s47Data{Child: p.Record.Child, Name: p.Identity.Name(), First: first, Title: "Section 47 enquiry", Known: keep(known)}
	base := "/child/" + d.Child
	may := known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	all := p.Record.Enquiries()
	at := len(all) - 1
	if of := r.URL.Query().Get("of"); of != "" {
		if at = slices.IndexFunc(all, func(q child.Enquiry) bool { return string(q.Start.ID) == of }); at < 0 {
			return app.ErrNotFound
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if i != at {
			href := s47Path(d.Child) + "?of=" + string(all[i].Start.ID)
			if d.Known != "" {
				href += "&" + strings.TrimPrefix(d.Known, "?")
			}
			d.Earlier = append(d.Earlier, versionLine{Text: "Enquiry that began on " + all[i].Start.When.Date.Long(), Href: href, State: shell.State{Text: s47State(all[i])}})
		}
	}
	if may && p.Status.Open {
		d.Actions = append(d.Actions, shell.Link{Text: "Record a strategy discussion", Href: base + "/record/strategy-discussion"})
	}
	if at < 0 {
		d.None = "No section 47 enquiry about " + first + " is recorded."
	} else {
		s.s47Of(p, all[at], known, &d)
		if may && all[at].Open() {
			d.Actions = append([]shell.Link{{Text: "Say how it ended", Href: base + "/record/section47.ended"}}, append(d.Actions, shell.Link{Text: "Record a visit", Href: base + "/visit"})...)
		}
	}
	f := s.childFrame(r, p, d.Title, known, true)
	s.doneNotice(r, p, known, &f)
	return s.render(w, http.StatusOK, s47PageOf(f, d))
}

func s47State(q child.Enquiry) string {
	switch {
	case q.Open():
		return "under way"
	case q.Conference != nil:
		return "a conference was held"
	}
	return "ended"
}

func (s *Server) s47Of(p *app.ChildPage, q child.Enquiry, known day.Instant, d *s47Data) {
	d.Sub = "Of " + d.Name + ". It began on " + q.Start.When.Long() + ", by " + p.Line.Name(q.Start.Author) + "."
	base := "/child/" + d.Child + "/entry/"
	for _, ev := range q.Talks {
		b, _ := ev.Body.(child.StrategyDiscussion)
		x := s47Talk{When: ev.When.Long(), Who: p.Line.Name(ev.Author), Agencies: "Nobody recorded who took part.", Why: b.Why, Href: base + string(ev.ID) + d.Known}
		if len(b.Agencies) > 0 {
			x.Agencies = "With " + strings.Join(b.Agencies, ", ") + "."
		}
		if !b.Section47 {
			x.Agencies += " It began no enquiry."
		}
		d.Talks = append(d.Talks, x)
	}
	for _, b := range p.Record.Found(q) {
		e := asmEntryOf(p, b, known)
		if len(d.Found) < s47Shown {
			d.Found = append(d.Found, e)
		} else {
			d.More = append(d.More, e)
		}
	}
	d.Facts = s.s47Facts(p, q, known)
	row := func(name, text string) {
		if text == "" {
			text = "Nothing is written."
		}
		d.Outcome = append(d.Outcome, [2]string{name, text})
	}
	if q.Ended != nil {
		k, _ := app.Registry().Known(q.Ended.Kind)
		row("Ended", q.Ended.When.Date.Long()+", by "+p.Line.Name(q.Ended.Author)+": "+lower(k.Title))
		if b, ok := q.Ended.Body.(child.Section47Ended); ok {
			row("What was found", b.Outcome)
			row("Why", b.Why)
			row("A conference", b.Conference)
			row("What happens next", b.Next)
		}
	}
	if q.Conference != nil {
		row("Conference", q.Conference.When.Date.Long()+". "+title(summary(q.Conference.Body, p.Line)))
	}
}

// s47Facts are by when the conference must be, and whether the child was seen since.
func (s *Server) s47Facts(p *app.ChildPage, q child.Enquiry, known day.Instant) []shell.Fact {
	on, first := p.At.Date(), firstName(p.Identity.Name())
	due := shell.Fact{Label: "The conference", Value: "Not owed now"}
	for _, x := range p.Duties {
		if !slices.Contains(x.Rule.MetBy.Kind, "conference") || x.Since.Date < q.Start.When.Date-14 || x.Since.Date > q.Start.When.Date+14 {
			continue
		}
		due = shell.Fact{Label: "The conference, at the latest", Value: shortDay(x.Due.On, on), State: leftState(x, s.App.Pack.Calendar(), p.At), Bad: x.State == duty.Open && x.Late(p.At), Links: []shell.Link{{Text: "Why?", Href: dutyHref(p.Record.Child, x.ID()) + keep(known)}}}
	}
	seen := shell.Fact{Label: first + " seen since it began", Value: "Not yet", Bad: q.Open()}
	alone := shell.Fact{Label: "Seen alone since it began", Value: "Not yet", Bad: q.Open()}
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		v, ok := ev.Body.(child.Visit)
		if !ok || ev.When.Date < q.Start.When.Date || !q.Open() && ev.When.Date > q.End().When.Date {
			continue
		}
		if v.Seen {
			seen = shell.Fact{Label: seen.Label, Value: shortDay(ev.When.Date, on), Detail: v.Where}
		}
		if v.Alone {
			alone = shell.Fact{Label: alone.Label, Value: shortDay(ev.When.Date, on), Detail: v.Where}
		}
	}
	state := shell.Fact{Label: "The enquiry", Value: title(s47State(q))}
	return []shell.Fact{state, due, seen, alone}
}
