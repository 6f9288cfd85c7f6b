package web

import (
	"fmt"
	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/line"
	"slices"
)

// options are what a field chooses from: the value, and what a person reads.
func (s *Server) options(r *request, p *app.ChildPage, as string) (out [][2]string, err error) {
	on := r.now.Date()
	add := func(value, text string) { out = append(out, [2]string{value, text}) }
	held := func(post line.Post) string {
		if h, ok := p.Line.Holder(post.ID, on); ok {
			return post.Title + ": " + p.Line.Name(h.Person)
		}
		return post.Title + ": nobody is in it"
	}
	switch as {
	case "worker":
		return s.workers(r, p)
	case "team":
		for _, t := range p.Line.Teams() {
			add(t.ID, t.Name)
		}
	case "owner", "chair":
		for _, post := range p.Line.Posts(on) {
			if as == "owner" && post.Tier >= line.TeamManager || as == "chair" && post.Function == line.Chair {
				add(post.ID, held(post))
			}
		}
	case "doorpost":
		team := app.FrontTeam(p.Line, on)
		for _, post := range p.Line.Posts(on) {
			if post.Team == team {
				add(post.ID, held(post))
			}
		}
	case "person":
		for _, post := range p.Line.Posts(on) {
			if h, ok := p.Line.Holder(post.ID, on); ok {
				add(h.Person, p.Line.Name(h.Person)+", "+lower(post.Title))
			}
		}
	case "request":
		for _, q := range openRequests(p) {
			add(string(q.ID), title(q.Body.By)+", received "+q.When.Date.Long())
		}
	case "goal":
		for _, g := range goalsOf(p) {
			add(g.ID, g.Name+": "+g.Change)
		}
	case "view":
		for _, v := range p.Record.Views("") {
			if v.Words != "" && v.Followed == nil {
				add(string(v.Event.ID), title(v.Who())+", "+v.Event.When.Date.Long())
			}
		}
	case "hold":
		for _, h := range p.Record.Holds() {
			add(string(h.ID), h.Body.(child.HoldSet).By+", since "+h.When.Date.Long())
		}
	case "type":
		for _, t := range r.desk.Types() {
			add(t.ID, t.Record)
		}
	case "outsider":
		for _, id := range p.Line.People() {
			if p.Line.Party(id) != line.Staff {
				add(id, p.Line.Name(id)+", "+p.Line.Party(id))
			}
		}
	case "event":
		if r.desk.MayChild(access.SeeChild, p.Access) == nil { // else what is in it is closed to them too
			return eventOptions(p, r.URL.Query().Get("entry")), nil
		}
	case "entry", "entries":
		if r.desk.MayChild(access.SeeChild, p.Access) != nil {
			return nil, nil // the record is closed to them: so is what is in it
		}
		for i := len(p.Record.Log) - 1; i >= 0; i-- {
			e := &p.Record.Log[i]
			if k, ok := app.Registry().Known(e.Kind); ok && e.Kind != "disputed" && !child.Lasting(e.Kind) {
				add(string(e.ID), k.Title+", "+e.Happened.Long())
			}
		}
	}
	return out, nil
}

// openReferral is the newest referral that no decision names.
func openReferral(p *app.ChildPage) entry.ID {
	decided := map[entry.ID]bool{}
	for _, ev := range p.Record.Events {
		if b, ok := ev.Body.(child.Decision); ok {
			decided[b.Referral] = true
		}
	}
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		if ev := p.Record.Events[i]; ev.Kind == "referral" && !decided[ev.ID] {
			return ev.ID
		}
	}
	return ""
}

// workers are those who can be given the child: of the child's team first.
// What each owes now stands beside the name.
func (s *Server) workers(r *request, p *app.ChildPage) (out [][2]string, err error) {
	on := r.now.Date()
	ids := slices.Clone(r.desk.Who().Teams)
	if i := slices.Index(ids, p.Status.Team); i > 0 {
		ids[0], ids[i] = ids[i], ids[0]
	}
	pages, err := r.desk.TeamCounts(r.ctx(), ids)
	if err != nil {
		return nil, err
	}
	for _, t := range pages {
		for _, l := range t.Loads {
			if h, ok := p.Line.Holder(l.Post.ID, on); ok && l.Post.Tier == line.Worker {
				out = append(out, [2]string{l.Post.ID, fmt.Sprintf("%s, %s: has %s, owes %d, %d late", p.Line.Name(h.Person), t.Team.Name, count(l.Children, "child", "children"), l.Owed, l.Late)})
			}
		}
	}
	return out, nil
}
