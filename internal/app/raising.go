package app

import (
	"context"
	"errors"
	"slices"

	"onus/internal/access"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Responder is a post that may be asked to answer a concern.
type Responder struct {
	Post   line.Post
	Person string // who answers for it today
}

// Raising is what somebody is shown before they raise a concern: who must answer
// by when, and what can be attached.
type Raising struct {
	Above    []Responder // the line above them, lowest first
	Guardian *Responder  // of the confidential route; nil: there is none
	People   []string    // of whom it may complain
	Offers   []concern.Attached
	Children map[string]ChildRow // of these, as far as they are open to them
	Terms    duty.Warnings
	Now      day.Instant
	Line     *line.Line
}

// Raising says what raising a concern would mean now. screen is the page from
// which it is raised, "" for none.
func (d *Desk) Raising(ctx context.Context, screen string) (*Raising, error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return nil, err
	}
	on := d.now.Date()
	r := &Raising{Now: d.now, Line: d.line}
	var ok bool
	if r.Terms, ok = d.a.inForce().Warnings(on); !ok {
		return nil, errors.New("the rules in force say nothing about the times of concerns")
	}
	for _, p := range d.above() {
		r.Above = append(r.Above, Responder{p, d.line.Answers(p.ID, on).Person})
		if by := d.line.Answers(p.ID, on).Person; by != d.who.Person && by != "" && !slices.Contains(r.People, by) {
			r.People = append(r.People, by)
		}
	}
	for _, t := range d.who.Member {
		for _, p := range d.line.Posts(on) {
			if h, held := d.line.Holder(p.ID, on); held && p.Team == t && h.Person != d.who.Person && !slices.Contains(r.People, h.Person) {
				r.People = append(r.People, h.Person)
			}
		}
	}
	if p, ok := d.line.ByFunction(line.Guardian, on); ok && len(d.a.Secret) == 32 {
		if by := d.line.Answers(p, on).Person; by != "" && by != d.who.Person {
			post, _ := d.line.Post(p, on)
			r.Guardian = &Responder{post, by}
		}
	}
	var err error
	if r.Offers, err = d.offers(ctx, screen); err != nil {
		return nil, err
	}
	// These are children whom they owe something. A line in the log of readers that said
	// more would say who raises a concern in confidence.
	r.Children, err = d.attachedChildren(ctx, owedList, r.Offers)
	return r, err
}

// above are the posts over those that they hold, lowest first, in which somebody
// else can answer.
func (d *Desk) above() (out []line.Post) {
	on := d.now.Date()
	for _, own := range d.who.Held {
		for _, p := range d.line.Up(own, on) {
			if slices.Contains(d.who.Held, p.ID) || slices.ContainsFunc(out, func(x line.Post) bool { return x.ID == p.ID }) {
				continue
			}
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b line.Post) int { return int(a.Tier - b.Tier) })
	return out
}

// steps is the climb of a concern: from a post up its line, around whoever it
// is about and whoever raises it, and out to the scrutineer.
func (d *Desk) steps(first string, about []string) (out []concern.Step) {
	for _, p := range d.line.Hearers(first, d.now.Date(), append([]string{d.who.Person}, about...)) {
		out = append(out, concern.Step{Post: p.ID, Title: p.Title})
	}
	return out
}

// Wish to raise a concern.
type Wish struct {
	Text       string
	To         string // the first post asked; InConfidence for the confidential route
	About      []string
	Attach     []string // titles of offers to attach
	Screen     string
	Special    string
	Key        string
	NoReceipts bool
}

// InConfidence stands for the post in a Wish that takes the confidential route.
const InConfidence = "in-confidence"

// Raise raises a concern. The receipt in Done proves their words and the time.
func (d *Desk) Raise(ctx context.Context, x Wish) (done Done, err error) {
	if err := d.May(access.RaiseConcern); err != nil {
		return done, err
	}
	request, err := hashOf(d.who.Person, []wish{{Kind: "concern.raised", Body: concern.Raised{Text: x.Text, About: x.About, Screen: x.Screen, Special: x.Special}, Corrects: entry.ID(x.To)}})
	if err != nil {
		return done, err
	}
	x.Key, request = d.a.blind("key "+x.Key, x.Key), d.a.blind("request "+request, request)
	plan, err := d.Raising(ctx, x.Screen)
	if err != nil {
		return done, err
	}
	b := concern.Raised{Text: x.Text, About: x.About, Screen: x.Screen, Special: x.Special,
		Terms: concern.Terms{Acknowledge: plan.Terms.Acknowledge, Answer: plan.Terms.Answer, Ask: plan.Terms.Ask, Source: plan.Terms.Source.Document, From: plan.Terms.From}}
	var ps []entry.Problem
	for _, p := range x.About {
		if !d.line.Known(p) {
			ps = append(ps, entry.Problem{Field: "about", Text: "There is no such person"})
		}
	}
	secret := x.To == InConfidence
	for _, o := range plan.Offers {
		if x.Special == concern.Overload && o.Kind != "page" && o.Kind != "child" || slices.Contains(x.Attach, o.Title) {
			if !secret || o.Kind == "child" || o.Kind == "page" { // the rest would show who wrote it
				b.Attached = append(b.Attached, o)
			}
		}
	}
	switch {
	case secret && plan.Guardian == nil:
		return done, ErrNoConfidence
	case secret:
		b.Screen = ""
		top, _ := d.line.Top(d.now.Date())
		b.Steps = slices.DeleteFunc(d.steps(top, x.About), func(s concern.Step) bool { return s.Post == plan.Guardian.Post.ID })
		if !slices.Contains(x.About, plan.Guardian.Person) {
			b.Steps = append([]concern.Step{{Post: plan.Guardian.Post.ID, Title: plan.Guardian.Post.Title}}, b.Steps...)
		}
	default:
		to := x.To
		if to == "" && len(plan.Above) > 0 {
			to = plan.Above[0].Post.ID
		}
		if to != "" && !slices.ContainsFunc(plan.Above, func(r Responder) bool { return r.Post.ID == to }) {
			ps = append(ps, entry.Problem{Field: "to", Text: "Choose somebody above you in the line"})
		}
		b.Steps = d.steps(to, x.About)
	}
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, x.Key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		id, err := w.at.NewID()
		if err != nil {
			return err
		}
		n, err := w.tx.ConcernNumber(ctx)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		b.Number = n + 1
		b.Steps = concern.Plan(b.Steps, b.Terms, pack.Calendar(), w.at.Now.Date())
		b.AcknowledgeBy = pack.Calendar().AddWorking(w.at.Now.Date(), b.Terms.Acknowledge)
		cmd := concern.Command{Actor: d.actor(), Body: b, Raiser: true, Source: entry.Source{Kind: "page", Program: d.who.Program}}
		if secret {
			if b.Sealed, err = d.a.seal(d.who.Person, string(id)); err != nil {
				return err
			}
			cmd.Body, cmd.Actor = b, entry.Actor{Person: concern.Confidant}
		}
		es, err := concern.Decide(concern.Record{ID: string(id)}, cmd, world{pack.Calendar(), d.line, w.at.Now.Date()}, w.at)
		if more, refused := entry.Problems(err); refused || len(ps) > 0 && err == nil {
			return &entry.Refusal{Problems: append(ps, more...)}
		} else if err != nil {
			return err
		}
		if err := w.heard(ctx, concern.Record{ID: string(id)}, es); err != nil {
			return err
		}
		done = Done{Child: string(id), Entries: []entry.ID{es[0].ID}}
		w.receipts = &done.Receipts
		if x.Key == "" {
			return nil
		}
		return w.keep(Outcome{Key: x.Key, Request: request, Child: string(id), Entries: done.Entries, At: w.at.Now})
	})
	return done, err
}
