package web

import (
	"net/http"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// What the API says of a child in care. Entries are named by their ids: their whole text is
// the answer of /api/children/{child}/entries.
type (
	apiCareAnswer struct {
		LookedAfter bool            `json:"looked_after"`
		Moves       int             `json:"moves_in_12_months"`
		Periods     []apiCarePeriod `json:"periods"`
		Open        []apiOpen       `json:"open"`
	}
	apiCarePeriod struct {
		From       day.When       `json:"from"`
		Began      entry.ID       `json:"began"`
		To         day.When       `json:"to,omitzero"`
		Ended      entry.ID       `json:"ended,omitempty"`
		Grounds    []apiGround    `json:"grounds"`
		Placements []apiPlacement `json:"placements"`
	}
	apiGround struct {
		From   day.When `json:"from"`
		Entry  entry.ID `json:"entry"`
		Status string   `json:"legal_status,omitempty"`
	}
	apiPlacement struct {
		Entry   entry.ID               `json:"entry"`
		From    day.When               `json:"from"`
		To      day.When               `json:"to,omitzero"`
		Days    int                    `json:"days"`
		Miles   float64                `json:"miles,omitempty"`
		Said    child.PlacementStarted `json:"placement"`
		End     *child.PlacementEnded  `json:"end,omitempty"`
		Planned *bool                  `json:"planned,omitempty"` // of the end; not there: nobody said
		Plan    entry.ID               `json:"placement_plan,omitempty"`
		Notices []entry.ID             `json:"notices,omitempty"`
	}
	apiOpen struct {
		ID   string `json:"id"`
		Says string `json:"says"`
		Asks string `json:"asks"`
	}
	apiMissingAnswer struct {
		Now      bool         `json:"missing_now"`
		Episodes []apiEpisode `json:"episodes"`
		Patterns []apiPattern `json:"patterns"`
	}
	apiEpisode struct {
		Entry     entry.ID               `json:"entry"`
		From      day.When               `json:"from"`
		To        day.When               `json:"to,omitzero"`
		Said      child.MissingStarted   `json:"missing"`
		Told      []apiHears             `json:"told"`
		Found     *child.MissingEnded    `json:"found,omitempty"`
		Offered   day.When               `json:"interview_offered,omitzero"`
		Held      day.When               `json:"interview_held,omitzero"`
		Refused   bool                   `json:"interview_refused,omitempty"`
		Interview *child.ReturnInterview `json:"interview,omitempty"`
		Duty      string                 `json:"duty,omitempty"` // to hold the interview
		State     string                 `json:"duty_state,omitempty"`
	}
	apiHears struct {
		Who  string   `json:"who"`
		At   day.When `json:"at"`
		What string   `json:"what,omitempty"`
	}
	apiPattern struct {
		Says string     `json:"says"`
		From []entry.ID `json:"entries"`
	}
	apiStep struct {
		What  string `json:"what"`
		Last  string `json:"last,omitempty"`
		Said  string `json:"said,omitempty"`
		Next  string `json:"next_owed,omitempty"`
		State string `json:"state,omitempty"`
	}
)

func (s *Server) apiCare(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: care")
	if err != nil {
		return err
	}
	on := p.At.Date()
	out := apiCareAnswer{LookedAfter: p.Status.LookedAfter, Periods: []apiCarePeriod{}, Open: []apiOpen{}}
	for _, c := range p.Record.CarePeriods() {
		x := apiCarePeriod{From: c.Start.When, Began: c.Start.ID, Grounds: []apiGround{}, Placements: []apiPlacement{}}
		if out.Moves = c.Moves(on); c.End != nil {
			x.To, x.Ended = c.End.When, c.End.ID
		}
		for _, g := range c.Grounds {
			x.Grounds = append(x.Grounds, apiGround{g.When, g.ID, g.Status})
		}
		for _, pl := range c.Placements {
			y := apiPlacement{Entry: pl.Start.ID, From: pl.Start.When, Days: pl.Days(on), Miles: pl.Miles(), Said: pl.Said, End: pl.Ended}
			if pl.End != nil {
				y.To = pl.End.When
			}
			if yes, said := pl.Planned(); said {
				y.Planned = &yes
			}
			if pl.Plan != nil {
				y.Plan = pl.Plan.ID
			}
			for _, ev := range pl.Told {
				y.Notices = append(y.Notices, ev.ID)
			}
			x.Placements = append(x.Placements, y)
		}
		out.Periods = append(out.Periods, x)
	}
	for _, g := range p.Record.CareGaps(on) {
		out.Open = append(out.Open, apiOpen{g.ID, g.Says, g.Asks})
	}
	return s.answer(w, out)
}

func (s *Server) apiMissing(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: missing")
	if err != nil {
		return err
	}
	_, now := p.Record.MissingNow()
	out := apiMissingAnswer{Now: now, Episodes: []apiEpisode{}, Patterns: []apiPattern{}}
	for _, e := range p.Record.Missing() {
		x := apiEpisode{Entry: e.Start.ID, From: e.Start.When, Said: e.Said, Told: []apiHears{}, Refused: e.Refused()}
		for _, t := range e.Told {
			x.Told = append(x.Told, apiHears{t.Who, t.When, t.What})
		}
		if e.End != nil {
			x.To, x.Found = e.End.When, &e.Found
		}
		if e.Offered != nil {
			x.Offered = e.Offered.When
		}
		if e.Held != nil {
			x.Held = e.Held.When
		}
		if e.Talk.Step != "" {
			x.Interview = &e.Talk
		}
		if d, ok := talkDuty(p, e); ok {
			x.Duty, x.State = d.ID(), endState(d, s.App.Pack.Calendar(), p.At).Text
		}
		out.Episodes = append(out.Episodes, x)
	}
	for _, m := range p.Record.MissingPatterns(p.At.Date()) {
		x := apiPattern{Says: m.Says}
		for _, ev := range m.From {
			x.From = append(x.From, ev.ID)
		}
		out.Patterns = append(out.Patterns, x)
	}
	return s.answer(w, out)
}

// apiSteps answers what is done again and again: when last, and when next.
func (s *Server) apiSteps(w http.ResponseWriter, r *request, what string, rows func(*app.ChildPage) []lifeRow) error {
	p, _, err := s.load(r, "API: "+what)
	if err != nil {
		return err
	}
	out := []apiStep{}
	if careOrHistory(p) == "" {
		for _, x := range rows(p) {
			y := apiStep{What: x.What, Said: x.Said, Next: x.Next, State: x.State.Text}
			if x.Href != "" {
				y.Last = x.Last
			}
			out = append(out, y)
		}
	}
	return s.answer(w, map[string]any{"steps": out})
}

func (s *Server) apiHealth(w http.ResponseWriter, r *request) error {
	return s.apiSteps(w, r, "health", func(p *app.ChildPage) []lifeRow { return s.healthRows(p, 0, false) })
}

func (s *Server) apiEducation(w http.ResponseWriter, r *request) error {
	return s.apiSteps(w, r, "school", func(p *app.ChildPage) []lifeRow { return s.schoolRows(p, 0, false) })
}

func (s *Server) apiLeaving(w http.ResponseWriter, r *request) error {
	return s.apiSteps(w, r, "leaving care", func(p *app.ChildPage) []lifeRow { return s.leavingRows(p, 0, false) })
}
