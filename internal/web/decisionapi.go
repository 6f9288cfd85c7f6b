package web

import (
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
)

type apiDecision struct {
	ID       string               `json:"id"`
	Number   int                  `json:"number"`
	Title    string               `json:"title"`
	About    string               `json:"about"`
	AboutID  string               `json:"about_id,omitempty"`
	State    decision.State       `json:"state"`
	Proposed day.Instant          `json:"proposed"`
	Stood    day.Instant          `json:"stood,omitzero"`
	By       string               `json:"replaced_by,omitempty"`
	Why      string               `json:"why_gone,omitempty"`
	Body     *decision.Proposed   `json:"decision,omitempty"`
	Missing  []string             `json:"missing_signatures,omitempty"`
	Signed   []decision.Signature `json:"signatures,omitempty"`
	Dissent  []decision.Dissent   `json:"dissent,omitempty"`
	ReviewBy day.Date             `json:"review_by,omitzero"`
	Receipt  string               `json:"receipt,omitempty"`
}

// apiDecisionOwed is what a post owes because of a decision.
type apiDecisionOwed struct {
	Decision string
	What     string
	Nth      int
	Post     string
	Text     string
	By       day.Date
}

func (s *Server) apiDecisions(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Decisions(r.ctx(), after, limit)
	if err != nil {
		return err
	}
	owed, err := r.desk.RecordsOwed(r.ctx())
	if err != nil {
		return err
	}
	out := struct {
		Owed []apiDecisionOwed `json:"owed"`
		Rows []apiDecision     `json:"decisions"`
		Next string            `json:"next,omitempty"`
	}{Owed: []apiDecisionOwed{}, Rows: []apiDecision{}, Next: s.cursorText(l.Next)}
	for _, o := range owed {
		if o.Record == app.OfDecision {
			out.Owed = append(out.Owed, apiDecisionOwed{o.ID, o.What, o.Nth, o.Post, o.Text, o.By})
		}
	}
	for _, d := range l.Rows {
		out.Rows = append(out.Rows, apiDecision{ID: d.ID, Number: d.Number, Title: d.Title, About: d.About, AboutID: d.AboutID, State: d.State, Proposed: d.Proposed})
	}
	return s.answer(w, out)
}

func (s *Server) apiDecision(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Decision(r.ctx(), r.PathValue("decision"), known)
	if err != nil {
		return err
	}
	return s.answer(w, apiDecision{ID: p.ID, Number: p.Proposed.Number, Title: p.Title(), About: p.Proposed.About, AboutID: p.Proposed.AboutID, State: p.State(), Proposed: p.At, Stood: p.Stood, By: p.By, Why: p.Why,
		Body: &p.Proposed, Missing: p.Missing(), Signed: p.Signatures, Dissent: p.Record.Dissent, ReviewBy: p.ReviewBy(), Receipt: "/api/decisions/" + p.ID + "/entries/" + string(p.Entry) + "/receipt"})
}

func (s *Server) apiPropose(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var b decision.Proposed
	if err := readJSON(r, &b); err != nil {
		return err
	}
	done, err := r.desk.ProposeDecision(r.ctx(), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfDecision(done))
	return nil
}

func saidOfDecision(done app.Done) any {
	x := struct {
		Decision string     `json:"decision"`
		Entries  []entry.ID `json:"entries"`
		Again    bool       `json:"again,omitempty"`
		Receipt  string     `json:"receipt,omitempty"`
	}{Decision: done.Child, Entries: done.Entries, Again: done.Again}
	if len(done.Receipts) > 0 {
		x.Receipt = string(done.Receipts[0])
	}
	return x
}

func (s *Server) apiSayOfDecision(w http.ResponseWriter, r *request) error {
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
	if !ok || k.On != "decision" || e.Kind == "decision.proposed" || e.Kind == "decision.replaced" {
		return entry.Refuse("kind", "There is no kind of entry about a decision called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfDecision(r.ctx(), r.PathValue("decision"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfDecision(done))
	return nil
}
