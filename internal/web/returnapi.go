package web

import (
	"net/http"

	"onus/internal/app"
	"onus/internal/day"
)

// apiReturnRun is one time that a return was made. No child is named in it.
type apiReturnRun struct {
	ID          string      `json:"id"`
	What        string      `json:"what"`  // "check" or "file"
	State       string      `json:"state"` // "waiting", "running", "done" or "broken off"
	Authority   string      `json:"authority"`
	Of          string      `json:"of"` // a year as 2025/26, or a day as 2026-03-31
	Person      string      `json:"person"`
	Asked       day.Instant `json:"asked"`
	Ended       day.Instant `json:"ended,omitzero"`
	SoFar       int         `json:"records_so_far"`
	Total       int         `json:"records"`
	Children    int         `json:"children"`
	Errors      int         `json:"errors"`
	Queries     int         `json:"queries"`
	CouldNotRun int         `json:"could_not_run"`
	Held        int         `json:"held"`
	LeftOut     int         `json:"left_out"` // children who belong in it and are not in it
	SHA256      string      `json:"sha256,omitempty"`
	Problem     string      `json:"problem,omitempty"`
}

func apiRun(x app.ReturnRun, now day.Instant) apiReturnRun {
	out := apiReturnRun{ID: x.ID, What: string(x.What), State: string(x.State), Authority: x.Authority, Of: x.Of, Person: x.Person, Asked: x.Asked, Ended: x.Ended, SoFar: x.SoFar, Total: x.Total,
		Children: x.Children, Errors: x.Errors, Queries: x.Queries, CouldNotRun: x.NotRun, Held: x.Held, LeftOut: x.LeftOut(), SHA256: x.SHA256, Problem: x.Problem}
	if x.Stopped(now) {
		out.State = string(app.RunBroken)
	}
	return out
}

// apiStanding is how a return stands.
type apiStanding struct {
	Return string        `json:"return"`
	Ready  bool          `json:"ready"` // it was checked, somebody is in it and nobody was left out, no error was found and every rule ran
	Last   *apiReturnRun `json:"last_check"`
	On     *apiReturnRun `json:"running_check"`
	Broke  *apiReturnRun `json:"broken_check"`
	Taken  *apiReturnRun `json:"last_file"`
	Since  int64         `json:"entries_since"` // recorded since the last check began
}

func apiStandingOf(x app.ReturnStanding, now day.Instant) apiStanding {
	run := func(r *app.ReturnRun) *apiReturnRun {
		if r == nil {
			return nil
		}
		out := apiRun(*r, now)
		return &out
	}
	return apiStanding{Return: string(x.Kind), Ready: x.Last != nil && x.Last.Ready(), Last: run(x.Last), On: run(x.On), Broke: run(x.Broke), Taken: run(x.Taken), Since: x.Since}
}

func (s *Server) apiReturns(w http.ResponseWriter, r *request) error {
	l, err := r.desk.Returns(r.ctx())
	if err != nil {
		return err
	}
	out := struct {
		Returns []apiStanding `json:"returns"`
	}{Returns: []apiStanding{}}
	for _, x := range l.Rows {
		out.Returns = append(out.Returns, apiStandingOf(x, l.Now))
	}
	return s.answer(w, out)
}

type apiReturnRule struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // "error", "query", or "left out": a rule of Onus, the child is not in the return
	Outcome  string `json:"outcome"`  // "failed" or "could not run"; rules that held are counted only
	Says     string `json:"says"`
	Do       string `json:"do"`
	Reason   string `json:"reason,omitempty"`
	Children int    `json:"children"`
	Places   int    `json:"places"`
}

type apiReturnTeam struct {
	Team     string `json:"team"` // empty: none
	Children int    `json:"children"`
}

func (s *Server) apiReturn(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	p, err := r.desk.Return(r.ctx(), app.ReturnKind(r.PathValue("return")), after, limit)
	if err != nil {
		return err
	}
	out := struct {
		apiStanding
		Draft   bool               `json:"draft"`
		Rules   []apiReturnRule    `json:"rules"`
		Teams   []apiReturnTeam    `json:"teams"`
		Tables  []app.ReturnTable  `json:"tables"`
		Fields  []app.ReturnFilled `json:"fields"`
		Left    []app.ReturnLeft   `json:"left"`
		History []apiReturnRun     `json:"history"`
		Next    string             `json:"next,omitempty"`
	}{apiStanding: apiStandingOf(p.ReturnStanding, p.Now), Rules: []apiReturnRule{}, Teams: []apiReturnTeam{}, Tables: []app.ReturnTable{}, Fields: []app.ReturnFilled{}, Left: []app.ReturnLeft{}, History: []apiReturnRun{}, Next: s.cursorText(p.Next)}
	for _, x := range p.Rules {
		y := apiReturnRule{x.Code, string(x.Severity), "failed", p.Words[x.Code].Says, p.Words[x.Code].Do, x.Reason, x.Children, x.Places}
		if !x.Failed {
			y.Outcome = "could not run"
		}
		out.Rules = append(out.Rules, y)
	}
	for _, x := range p.Teams {
		out.Teams = append(out.Teams, apiReturnTeam{x.Team, x.Children})
	}
	if p.Last != nil {
		f := p.Last.Facts
		out.Draft, out.Tables, out.Fields, out.Left = f.Draft, append(out.Tables, f.Tables...), append(out.Fields, f.Fields...), append(out.Left, f.Left...)
	}
	for _, x := range p.History {
		out.History = append(out.History, apiRun(x, p.Now))
	}
	return s.answer(w, out)
}
