package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// planVisitData is the page on which a visit is planned, or called off.
type planVisitData struct {
	entered
	Child, Name, First, Age string
	Base, Do                string
	Goals                   []visitPurpose
	Planned                 []plannedLine
	Open                    bool
}

// plannedLine is a visit that is planned.
type plannedLine struct {
	ID, Day, For, Ask string
	Late, Unannounced bool
	By                string
	Href              string // where it is recorded
}

// plannedLines are the visits to a child that are planned.
func plannedLines(p *app.ChildPage) (out []plannedLine) {
	today := p.At.Date()
	for _, v := range p.Record.PlannedVisits() {
		x := plannedPurpose(p, v.ID, v.VisitPlanned, today)
		l := plannedLine{ID: string(v.ID), Day: dayWord(v.On, today), For: x.Text, Ask: v.Ask, Late: v.On < today, Unannounced: v.Unannounced, By: p.Line.Name(v.Author)}
		l.Href = "/child/" + p.Record.Child + "/visit?planned=" + string(v.ID)
		out = append(out, l)
	}
	return out
}

func (s *Server) planVisitForm(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan a visit")
	if err != nil {
		return err
	}
	d := planVisitData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.planVisitPage(w, r, http.StatusOK, d, p)
}

func (s *Server) planVisitPage(w http.ResponseWriter, r *request, code int, d planVisitData, p *app.ChildPage) error {
	id := p.Identity
	d.Child, d.Name, d.First, d.Age = p.Record.Child, id.Name(), firstName(id.Name()), age(id.Birth, id.Expected, p.At.Date())
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name, d.First, d.Age = "a record that is closed to you", "the child", ""
	}
	if d.First == "" {
		d.First = "the child"
	}
	d.Base, d.Planned, d.Open = "/child/"+d.Child, plannedLines(p), p.Status.Open
	d.Do = d.Base + "/visit/plan"
	for _, x := range visitPurposes(p) {
		if x.planned == "" {
			d.Goals = append(d.Goals, x)
		}
	}
	f := s.page(r, "Plan a visit to "+d.First, "")
	f.Errors = d.Errors.Any()
	if done := r.URL.Query().Get("done"); done != "" {
		if e, ok := findLog(p, entry.ID(done)); ok {
			k, _ := app.Registry().Known(e.Kind)
			at := d.Base + "/entry/" + done
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, planVisitPageOf(f, d))
}

// planVisit plans a visit, or calls one off.
func (s *Server) planVisit(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan a visit")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d := planVisitData{entered: enteredIn(r)}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	var b entry.Body
	if id, off := strings.CutPrefix(d.Form, "off-"); off {
		b = child.VisitCalledOff{Planned: entry.ID(id), Why: v("why")}
	} else {
		plan := child.VisitPlanned{Ask: v("ask")}
		var err error
		if plan.On, err = day.Parse(v("on")); err != nil {
			d.Errors.Add("on", "Enter the day of the visit")
		}
		switch x, ok := purposeOf(p, v("purpose")); {
		case !ok || x.planned != "":
			d.Errors.Add("purpose", "Say what the visit is for: one goal of the plan, or another purpose and why")
		case x.goal != "":
			plan.Goal = x.goal
		case v("other_purpose") == "":
			d.Errors.Add("other_purpose", "Enter what the visit is for, and why it is for no goal")
		default:
			plan.Other = v("other_purpose")
		}
		switch v("announced") {
		case "yes":
		case "no":
			plan.Unannounced = true
		default:
			d.Errors.Add("announced", "Say whether the family will know that you come")
		}
		b = plan
	}
	place := func(problem string) string {
		switch {
		case strings.HasPrefix(d.Form, "off-"):
			return "why-" + d.Form
		case problem == "goal":
			return "purpose"
		case problem == "on" || problem == "ask" || problem == "other_purpose":
			return problem
		}
		return "plan"
	}
	cmd := child.Command{Happened: day.AtInstant(r.now), Body: b, Source: entry.Source{Kind: "page"}}
	if d.Errors.Any() {
		for _, e := range problemsOf(r.desk.Try(p, cmd)) { // what is past is said with the rest
			if f := place(e.Field); (f == "on" || f == "ask" || f == "plan") && d.Errors.For(f) == "" {
				d.Errors.Add(f, e.Text)
			}
		}
		return s.planVisitPage(w, r, http.StatusUnprocessableEntity, d, p)
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Commands: []child.Command{cmd}, Key: r.person() + " " + d.Key, Now: true})
	if _, refused := entry.Problems(err); refused {
		d.place(err, place)
		return s.planVisitPage(w, r, http.StatusUnprocessableEntity, d, p)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/visit/plan?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

func problemsOf(err error) []entry.Problem {
	ps, _ := entry.Problems(err)
	return ps
}
