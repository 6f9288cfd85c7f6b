package web

import (
	"cmp"
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/match"
	"onus/internal/web/shell"
)

// knownData is the page that asks whether a child is known already.
type knownData struct {
	entered
	Child, Name, Age string
	Back, BackText   string
	Clock            doorLine
	Waits            bool
	Held             string
	Groups           []alikeGroup
	Other            *alikeLine // the record that this one was said to be the same as
	May              bool
}

type alikeGroup struct {
	Title, Note string
	Best        bool
	Join        bool // whether it can be the same child
	Rows        []alikeLine
}

type alikeLine struct {
	Child, Name, Age, Href, Situation string
	Closed                            string
	Twin                              bool
	Evidence                          []evidenceLine
}

type evidenceLine struct {
	Field, Level, Mark, Why string
}

// marks of how well two values agree: a word and a sign, never a number.
var evidenceMarks = map[match.Level]string{match.Agrees: "✓", match.Close: "≈", match.Differs: "✗", match.Missing: "–"}

func (s *Server) knownForm(w http.ResponseWriter, r *request) error {
	k, err := r.desk.Known(r.ctx(), access.SeeChild, r.PathValue("child"))
	if err != nil {
		return err
	}
	return s.knownPage(w, r, http.StatusOK, k, knownData{entered: notEntered()})
}

func (s *Server) knownPage(w http.ResponseWriter, r *request, code int, k *app.Likeness, d knownData) error {
	p := k.Page
	on := p.At.Date()
	d.Child, d.Name, d.Age = p.Record.Child, p.Identity.Name(), age(p.Identity.Birth, p.Identity.Expected, on)
	d.Held = count(k.Held, "person was", "people were")
	d.Back, d.BackText = "/child/"+d.Child, d.Name
	if k.Row.Child != "" {
		d.Back, d.BackText, d.Waits = "/front-door/"+d.Child, d.Name+": decide", true
		row := k.Row
		row.ChildRow = app.ChildRow{Child: d.Child, Name: d.Name}
		d.Clock = s.doorLine(r, &app.Queue{Line: p.Line, Now: p.At}, row)
	}
	line := func(x app.Alike) alikeLine {
		c := x.Row
		out := alikeLine{Child: c.Child, Name: c.Name, Age: age(c.Birth, c.Expected, on), Href: "/child/" + c.Child, Situation: cmp.Or(c.Situation, "not open"), Twin: x.Twin}
		if x.Waits {
			out.Situation = "waits at the front door"
		}
		if c.Closed != "" {
			out.Twin = false // that would say when the child was born
			out.Closed, out.Situation = "What is recorded is closed to you. Ask "+whoHas(r, c.Closed)+".", ""
		}
		for _, e := range x.Evidence {
			if e.Field == "to begin with" || e.Field == "kind of record" {
				continue // they speak of no paper
			}
			out.Evidence = append(out.Evidence, evidenceLine{title(strings.ReplaceAll(e.Field, "_", " ")), string(e.Level), evidenceMarks[e.Level], e.Why})
		}
		return out
	}
	if o := k.Other; o.Child != "" {
		x := line(app.Alike{Row: o})
		d.Other = &x
	}
	for _, g := range []struct {
		title, note string
		best, join  bool
		rows        []app.Alike
	}{
		{"Probably the same child", "Compare, and then decide. Nothing is joined by itself.", true, true, k.Same},
		{"Look again", "Some things fit and some do not. Twins are always here.", false, true, k.Review},
		{"Family or household", "Alike in what a family shares: the address, the name, the parents. Open them: they may tell you more.", false, false, k.Family},
	} {
		if len(g.rows) == 0 {
			continue
		}
		out := alikeGroup{Title: g.title, Note: g.note, Best: g.best, Join: g.join}
		for _, x := range g.rows {
			out.Rows = append(out.Rows, line(x))
		}
		d.Groups = append(d.Groups, out)
	}
	d.May = r.desk.MayChild(access.RecordChild, p.Access) == nil
	f := s.page(r, "Is this child already known?", "/front-door")
	f.Errors = d.Errors.Any()
	if id := r.URL.Query().Get("done"); id != "" {
		if e, ok := findLog(p, entry.ID(id)); ok {
			kind, _ := app.Registry().Known(e.Kind)
			at := "/child/" + d.Child + "/entry/" + id
			f.Notice = &shell.Notice{Kind: "success", Text: kind.Title + " recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, knownPageOf(f, d))
}

func (s *Server) sayKnown(w http.ResponseWriter, r *request) error {
	k, err := r.desk.Known(r.ctx(), access.RecordChild, r.PathValue("child"))
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d := knownData{entered: enteredIn(r)}
	id, other, why := k.Page.Record.Child, strings.TrimSpace(d.Values["other"]), strings.TrimSpace(d.Values["why"])
	key := r.person() + " " + d.Key
	var done app.Done
	switch d.Values["say"] {
	case "same":
		done, err = r.desk.SameChild(r.ctx(), id, other, why, key)
	case "not":
		done, err = r.desk.NotTheSame(r.ctx(), id, other, why, key)
	case "apart":
		done, err = r.desk.TellApart(r.ctx(), id, other, why, key)
	default:
		err = entry.Refuse("say", "Choose whether it is the same child")
	}
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			field := "say-" + other
			if p.Field == "why" {
				field = "why-" + other
			}
			d.Errors.Add(field, p.Text)
		}
		return s.knownPage(w, r, http.StatusUnprocessableEntity, k, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	to := "/front-door/" + id + "/known?done=" + string(done.Entries[0])
	if d.Values["say"] == "same" && r.desk.MayStill(r.ctx(), access.SeeChild, id) != nil {
		to = "/front-door"
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
