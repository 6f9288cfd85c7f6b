package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// correctable is a form of the entry's own kind, filled with what it says now,
// and the question why it was wrong.
func (s *Server) correctable(r *request) (recordData, *app.ChildPage, child.Event, error) {
	p, _, err := s.load(r, "Correct")
	if err != nil {
		return recordData{}, nil, child.Event{}, err
	}
	ev, ok := p.Record.Event(entry.ID(r.PathValue("entry")))
	if !ok || !correctableKind(ev.Kind) {
		return recordData{}, nil, ev, app.ErrNotFound
	}
	k, _ := app.Registry().Known(ev.Kind)
	base := "/child/" + p.Record.Child
	d := recordData{Name: p.Identity.Name(), Back: base + "/entry/" + string(ev.ID), Action: base + "/correct/" + string(ev.ID),
		Title: "Correct: " + lower(k.Title), Verb: "Correct it", When: "When did it happen?", Timed: ev.When.Timed(), entered: notEntered(), Sure: true,
		Intro: "The first entry stays as it was, for anyone to see. Yours stands from now on."}
	d.Fields = []field{{name: "why", label: "Why was it wrong?", as: "area"},
		{name: "withdrawn", label: "Should the entry not be there at all?", hint: "For example, it belongs to another child.", as: "yesno"}}
	for _, f := range forms[string(ev.Kind)].fields {
		if ownFields(f) {
			continue
		}
		switch f.as {
		case "worker", "team", "referral", "person", "outsider", "entries", "owner", "chair", "entry", "glass", "request", "hold", "type":
			f.as = "text"
		}
		f.name, f.optional = "body-"+f.name, true
		d.Fields = append(d.Fields, f)
	}
	return d, p, ev, nil
}

// correctableKind says whether entries of a kind can be corrected on a page.
func correctableKind(k entry.Kind) bool {
	return app.ActionOf(k) == access.RecordChild && !child.Lasting(k)
}

func (s *Server) correctForm(w http.ResponseWriter, r *request) error {
	d, _, ev, err := s.correctable(r)
	if err != nil {
		return err
	}
	y, m, dom := ev.When.Date.Split()
	d.Values["happened-day"], d.Values["happened-month"], d.Values["happened-year"] = fmt.Sprint(dom), fmt.Sprint(int(m)), fmt.Sprint(y)
	if d.Timed {
		d.Values["happened-time"] = ev.When.At.Clock()
	}
	said, err := bodyMap(ev.Body)
	if err != nil {
		return err
	}
	for k, v := range said {
		switch x := v.(type) {
		case bool:
			d.Values["body-"+k] = map[bool]string{true: "yes", false: "no"}[x]
		case string:
			d.Values["body-"+k] = x
		}
	}
	d.Values["withdrawn"] = "no"
	d.Key = fresh()
	return s.render(w, http.StatusOK, recordPage(s.page(r, d.Title, ""), d))
}

func bodyMap(b entry.Body) (map[string]any, error) {
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	m := map[string]any{}
	return m, json.Unmarshal(raw, &m)
}

func (s *Server) correct(w http.ResponseWriter, r *request) error {
	d, p, ev, err := s.correctable(r)
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d.take(r)
	c := child.Correction{Why: strings.TrimSpace(d.Values["why"]), Withdrawn: d.Values["withdrawn"] == "yes"}
	if d.Values["withdrawn"] == "" {
		d.Errors.Add("withdrawn", "Answer: should the entry not be there at all")
	}
	if c.Why == "" {
		d.Errors.Add("why", "Enter why it was wrong")
	}
	when := d.happened()
	if !c.Withdrawn {
		if when != (day.When{}) && when != ev.When {
			c.When = when
		}
		if c.Body, err = d.corrected(ev.Body); err != nil {
			return err
		}
	}
	cmd := child.Command{Happened: day.AtInstant(r.now), Body: c, Corrects: ev.ID, Source: entry.Source{Kind: "page"}}
	return s.finish(w, r, d, p, cmd)
}

// corrected is the entry's body with what was typed over it. Fields that the
// form does not show stay as they were.
func (d *recordData) corrected(old entry.Body) (json.RawMessage, error) {
	m, err := bodyMap(old)
	if err != nil {
		return nil, err
	}
	for _, f := range d.Fields {
		name, ok := strings.CutPrefix(f.name, "body-")
		if !ok {
			continue
		}
		v := strings.TrimSpace(d.Values[f.name])
		switch {
		case f.as == "yesno":
			m[name] = v == "yes"
		case v == "":
			delete(m, name)
		default:
			m[name] = v
		}
	}
	return json.Marshal(m)
}
