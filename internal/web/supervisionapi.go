package web

import (
	"fmt"
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/supervision"
)

// driftOf is for programs: a signal, with its rule.
func driftOf(gs []duty.Signal) (out []apiSignal) {
	for _, g := range gs {
		out = append(out, apiSignal{g.ID, g.Says, g.Facts, g.Asks})
	}
	return out
}

type apiSignal struct {
	Rule  string `json:"rule"`
	Says  string `json:"says"`
	Facts string `json:"facts"`
	Asks  string `json:"asks"`
}

type apiTalk struct {
	ID       string             `json:"id,omitempty"`
	Post     string             `json:"post,omitempty"`
	Person   string             `json:"person,omitempty"`
	Team     string             `json:"team,omitempty"`
	By       supervision.Seat   `json:"held_by"`
	State    supervision.State  `json:"state"`
	Planned  day.Date           `json:"planned_on,omitzero"`
	On       day.Date           `json:"held_on,omitzero"`
	Minutes  int                `json:"minutes,omitempty"`
	Due      day.Date           `json:"next_due,omitzero"`
	Before   []apiTodo          `json:"before_signing"`
	Children []apiTalkChild     `json:"children"`
	Teams    []apiTalkTeam      `json:"teams"`
	Last     []apiTalkAction    `json:"last_actions"`
	Actions  []apiTalkAction    `json:"actions"`
	Items    []supervision.Item `json:"discussed"`
	Signed   []apiSigned        `json:"signatures"`
}

type apiTodo struct {
	What string `json:"what"`
	Left int    `json:"left"`
}

type apiTalkChild struct {
	Child   string             `json:"child"`
	Closed  bool               `json:"closed,omitempty"`
	Due     bool               `json:"due"`
	Signals []apiSignal        `json:"signals,omitempty"`
	Said    *child.Supervision `json:"said,omitempty"`
	Copied  []app.Copied       `json:"copied,omitempty"`
}

type apiTalkTeam struct {
	Team        string   `json:"team"`
	Due         bool     `json:"due"`
	Late        int      `json:"late"`
	Unallocated int      `json:"no_worker"`
	Gaps        int      `json:"late_below"`
	Concerns    int      `json:"concerns_unanswered"`
	Breaks      day.Date `json:"first_day_it_cannot_be_done,omitzero"`
}

type apiTalkAction struct {
	Talk string   `json:"talk"`
	Nth  int      `json:"nth"`
	What string   `json:"what"`
	Post string   `json:"post"`
	By   day.Date `json:"by"`
	How  string   `json:"how,omitempty"`
	Why  string   `json:"why,omitempty"`
}

type apiSigned struct {
	Person    string      `json:"person"`
	As        string      `json:"as"`
	At        day.Instant `json:"at"`
	Disagrees string      `json:"disagrees,omitempty"`
	Without   string      `json:"without,omitempty"`
}

func (s *Server) apiTalk(w http.ResponseWriter, r *request) error {
	x, err := r.desk.Sheet(r.ctx(), r.PathValue("sheet"))
	if err != nil {
		return err
	}
	out := apiTalk{ID: x.ID, Post: x.Seat.Post, Person: x.Seat.Person, Team: x.Team.ID, By: x.Record.By, State: x.State(), Planned: x.Planned, On: x.On, Minutes: x.Minutes,
		Before: []apiTodo{}, Children: []apiTalkChild{}, Teams: []apiTalkTeam{}, Last: []apiTalkAction{}, Actions: []apiTalkAction{}, Items: append([]supervision.Item{}, x.Items...), Signed: []apiSigned{}}
	if x.Owing != nil {
		out.Due = x.Owing.Due
	}
	for _, t := range x.Record.Before(x.Needs) {
		out.Before = append(out.Before, apiTodo{t.What, t.Left})
	}
	for _, c := range x.Children {
		out.Children = append(out.Children, apiTalkChild{Child: c.Row.Child, Closed: c.Closed, Due: c.Due, Signals: driftOf(c.Signals), Said: c.Said, Copied: c.Copied})
	}
	for _, t := range x.Teams {
		out.Teams = append(out.Teams, apiTalkTeam{t.Team.ID, t.Due, t.Late, t.Unallocated, len(t.Gaps), t.Concerns, t.Outlook.First})
	}
	for _, a := range x.Actions {
		out.Last = append(out.Last, apiTalkAction{a.Talk, a.Nth, a.Text, a.Post, a.By, a.Action.Last().How, a.Action.Last().Why})
	}
	for _, a := range x.Record.Actions() {
		what := a.What
		if a.About == supervision.AboutChild {
			what = s.childAction(x, a)
		}
		out.Actions = append(out.Actions, apiTalkAction{x.ID, a.Nth, what, a.Post, a.By, a.Last().How, a.Last().Why})
	}
	if g := x.Signature; g != nil {
		out.Signed = append(out.Signed, apiSigned{g.Person, g.As, g.At, "", ""})
	}
	for _, g := range x.Others {
		out.Signed = append(out.Signed, apiSigned{g.Person, g.As, g.At, g.Disagrees, g.Without})
	}
	return s.answer(w, out)
}

func (s *Server) apiSayOfTalk(w http.ResponseWriter, r *request) error {
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
	if !ok || k.On != "talk" || e.Kind == "talk.opened" {
		return entry.Refuse("kind", "There is no kind of entry about a talk called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfTalk(r.ctx(), r.PathValue("sheet"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, struct {
		Talk    string     `json:"talk"`
		Entries []entry.ID `json:"entries"`
		Again   bool       `json:"again,omitempty"`
		Receipt string     `json:"receipt"`
	}{done.Child, done.Entries, done.Again, fmt.Sprintf("/api/supervision/%s/entries/%s/receipt", done.Child, done.Entries[0])})
	return nil
}
