package web

import (
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/hearing"
)

type apiPackRow struct {
	ID     string        `json:"id"`
	Number int           `json:"number,omitempty"`
	State  hearing.State `json:"state"`
	Asked  day.Instant   `json:"asked,omitzero"`
	By     day.Date      `json:"due"`
}

type apiPack struct {
	apiPackRow
	Worker    string             `json:"worker"`
	Pack      hearing.Asked      `json:"asked_for"`
	MadeAt    day.Instant        `json:"made_out,omitzero"`
	Proposals []hearing.Proposal `json:"proposals,omitempty"`
	Parts     []apiPackPart      `json:"parts,omitempty"`
}

type apiPackPart struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Child  string       `json:"child,omitempty"`
	Entry  *entry.Entry `json:"entry,omitempty"`
	Text   string       `json:"text,omitempty"`
	Closed bool         `json:"closed,omitempty"`
	Marked string       `json:"marked,omitempty"`
}

func (s *Server) apiPacks(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Packs(r.ctx(), after, limit)
	if err != nil {
		return err
	}
	out := struct {
		Owed []apiPackRow `json:"owed"`
		Mine []apiPackRow `json:"mine"`
		Next string       `json:"next,omitempty"`
	}{Owed: []apiPackRow{}, Mine: []apiPackRow{}, Next: s.cursorText(l.Next)}
	for _, o := range l.Owed {
		out.Owed = append(out.Owed, apiPackRow{ID: o.Pack, State: hearing.Owed, By: o.By})
	}
	for _, x := range l.Mine {
		out.Mine = append(out.Mine, apiPackRow{x.ID, x.Number, x.State, x.Asked, x.By})
	}
	return s.answer(w, out)
}

func (s *Server) apiPackOf(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Pack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	out := apiPack{apiPackRow: apiPackRow{p.ID, p.Asked.Number, p.State(), p.At, p.By()}, Worker: p.Worker, Pack: p.Asked, MadeAt: p.MadeAt}
	if len(p.Parts) == 0 { // which children are in it is a look at each; the pack itself says
		out.Pack.Children, out.Pack.Duties = nil, nil
	}
	for _, x := range p.Parts {
		y := apiPackPart{ID: x.ID, Title: x.Title, Child: x.Child, Text: x.Text, Closed: x.Closed, Marked: x.Marked}
		if x.OfEntry() {
			y.Entry = &x.Entry
		}
		out.Parts = append(out.Parts, y)
	}
	if p.Prepares {
		for _, x := range p.Proposals {
			// Its words are of a part that may be closed to them.
			for _, y := range p.Parts {
				if y.ID == x.Part && y.Closed {
					x.Passage, x.Why = "", ""
				}
			}
			out.Proposals = append(out.Proposals, x)
		}
	}
	return s.answer(w, out)
}

func (s *Server) apiAskPack(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in hearing.Asked
	if err := readJSON(r, &in); err != nil {
		return err
	}
	done, err := r.desk.AskPack(r.ctx(), app.PackWish{Matter: in.Matter, Before: in.Before, On: in.On, From: in.From, To: in.To, Children: in.Children, Duties: in.Duties, Key: key})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfPack(done))
	return nil
}

func saidOfPack(done app.Done) any {
	x := struct {
		Pack    string     `json:"pack"`
		Entries []entry.ID `json:"entries"`
		Again   bool       `json:"again,omitempty"`
		Receipt string     `json:"receipt,omitempty"`
	}{Pack: done.Child, Entries: done.Entries, Again: done.Again}
	if len(done.Receipts) > 0 {
		x.Receipt = string(done.Receipts[0])
	}
	return x
}

func (s *Server) apiSayOfPack(w http.ResponseWriter, r *request) error {
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
	if !ok || k.On != "pack" || e.Kind == "pack.asked" {
		return entry.Refuse("kind", "There is no kind of entry about a pack called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	body, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfPack(r.ctx(), r.PathValue("pack"), body, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOfPack(done))
	return nil
}
