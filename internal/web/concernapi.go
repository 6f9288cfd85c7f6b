package web

import (
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
)

type apiConcern struct {
	ID           string             `json:"id"`
	Number       int                `json:"number"`
	Title        string             `json:"title"`
	Raised       day.Instant        `json:"raised"`
	State        concern.State      `json:"state"`
	AnswerBy     day.Date           `json:"answer_by,omitzero"`
	InConfidence bool               `json:"in_confidence"`
	Mine         bool               `json:"mine"`
	RaisedBy     string             `json:"raised_by,omitempty"`
	Text         string             `json:"text,omitempty"`
	Attached     []concern.Attached `json:"attached,omitempty"`
	Steps        []concern.Step     `json:"steps,omitempty"`
	Told         []apiTold          `json:"told,omitempty"`
	Opened       []concern.Opening  `json:"opened,omitempty"`
	Answers      []concern.Answer   `json:"answers,omitempty"`
	Receipt      string             `json:"receipt,omitempty"`
}

type apiTold struct {
	Post         string      `json:"post"`
	Person       string      `json:"person,omitempty"`
	At           day.Instant `json:"at"`
	By           day.Date    `json:"by"`
	Why          string      `json:"why"`
	Acknowledged day.Instant `json:"acknowledged,omitzero"`
}

func apiConcernRow(c app.ConcernRow, mine bool) apiConcern {
	return apiConcern{ID: c.ID, Number: c.Number, Title: c.Title, Raised: c.Raised, State: c.State, AnswerBy: c.By, InConfidence: c.Confidential, Mine: mine}
}

func (s *Server) apiConcerns(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Concerns(r.ctx(), after, limit)
	if err != nil {
		return err
	}
	owed, err := r.desk.ConcernsOwed(r.ctx())
	if err != nil {
		return err
	}
	out := struct {
		Mine     []apiConcern     `json:"mine"`
		Told     []apiConcern     `json:"told"`
		Promises []app.PromiseRow `json:"promises"`
		Next     string           `json:"next,omitempty"`
	}{Mine: []apiConcern{}, Told: []apiConcern{}, Promises: append([]app.PromiseRow{}, owed.Promises...)}
	for _, c := range l.Mine {
		out.Mine = append(out.Mine, apiConcernRow(c, true))
	}
	for _, c := range l.Told {
		out.Told = append(out.Told, apiConcernRow(c, false))
	}
	out.Next = s.cursorText(l.Next)
	return s.answer(w, out)
}

func (s *Server) apiConcern(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Concern(r.ctx(), r.PathValue("concern"), known)
	if err != nil {
		return err
	}
	x := apiConcern{ID: p.ID, Number: p.Raised.Number, Title: p.Title(), Raised: p.At, State: p.State(), AnswerBy: p.By(), InConfidence: p.Raised.Sealed != "", Mine: p.Mine, RaisedBy: p.Raiser,
		Text: p.Raised.Text, Attached: p.Raised.Attached, Steps: p.Raised.Steps, Opened: p.Openings, Answers: p.Answers, Receipt: "/api/concerns/" + p.ID + "/entries/" + string(p.Entry) + "/receipt"}
	for _, t := range p.Told {
		x.Told = append(x.Told, apiTold{t.Post, t.Person, t.At, t.By, t.Why, t.Acknowledged})
	}
	return s.answer(w, x)
}

func (s *Server) apiRaise(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in struct {
		Text         string   `json:"text"`
		To           string   `json:"to"`
		InConfidence bool     `json:"in_confidence"`
		About        []string `json:"about"`
		Attach       []string `json:"attach"`
		Screen       string   `json:"screen"`
		Overload     bool     `json:"overload"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	x := app.Wish{Text: in.Text, To: in.To, About: in.About, Attach: in.Attach, Screen: screenOf(in.Screen), Key: key}
	if in.InConfidence {
		x.To = app.InConfidence
	}
	if in.Overload {
		x.Special = concern.Overload
	}
	done, err := r.desk.Raise(r.ctx(), x)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOf(done))
	return nil
}

type apiSaid struct {
	Concern string     `json:"concern"`
	Entries []entry.ID `json:"entries"`
	Again   bool       `json:"again,omitempty"`
	Receipt string     `json:"receipt,omitempty"`
}

func saidOf(done app.Done) apiSaid {
	x := apiSaid{Concern: done.Child, Entries: done.Entries, Again: done.Again}
	if len(done.Receipts) > 0 {
		x.Receipt = string(done.Receipts[0])
	}
	return x
}

func (s *Server) apiSayOfConcern(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in apiWrite
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if len(in.Entries) != 1 {
		return entry.Refuse("entries", "Give one entry")
	}
	e := in.Entries[0]
	k, ok := app.Registry().Known(e.Kind)
	if !ok || k.On != "concern" || concern.ByRules(e.Kind) {
		return entry.Refuse("kind", "There is no kind of entry about a concern called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfConcern(r.ctx(), r.PathValue("concern"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOf(done))
	return nil
}
