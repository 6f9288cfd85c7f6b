package app

import (
	"context"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/triage"
)

// rates are the kinds after which the rules look again at what waits.
var rates = []entry.Kind{"contact", "referral", "found-out", "child.known", "correction", "missing.started", "cp-plan.started", "care.started", "section47.started"}

// rate records how urgent the rules find what waits for a decision, in the
// transaction of what made them look, where that is more than it is rated. The
// rules only ever raise: what a person lowered with a reason stays.
func (w *writer) rate(ctx context.Context, id string, l *line.Line, es []entry.Entry) error {
	if !slices.ContainsFunc(es, func(e entry.Entry) bool { return slices.Contains(rates, e.Kind) && e.Source.Kind != "import" }) {
		return nil
	}
	rec, err := w.load(ctx, id)
	if err != nil {
		return err
	}
	pack, err := w.rules(ctx)
	if err != nil {
		return err
	}
	more, err := w.raise(ctx, id, rec, pack, entry.Source{Kind: "rule"})
	if err != nil {
		return err
	}
	w.tellDoor(w.records[id], l, append(slices.Clip(es), more...))
	return nil
}

// raise records the rating that the rules have for what waits about a child, where it
// is above the one it has.
func (w *writer) raise(ctx context.Context, id string, rec child.Record, pack *duty.Pack, why entry.Source) ([]entry.Entry, error) {
	b, due := pack.Rated(rec, w.at.Now.Date())
	if !due {
		return nil, nil
	}
	return w.decide(ctx, id, []child.Command{{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Source: why, Body: b}})
}

// deciding refuses what somebody in such a post may not decide at the front door:
// that nothing follows takes a registered social worker or a manager, the third
// referral in twelve months and a lower rating take a manager. Sources: issue 6,
// shared/field/triage.md sections 4 and 6.
func (w *writer) deciding(ctx context.Context, id string, l *line.Line, cmds []child.Command) error {
	for _, c := range cmds {
		if err := w.wholly(ctx, id, c); err != nil {
			return err
		}
		var field string
		nothing := false
		switch b := c.Body.(type) {
		case child.Decision:
			field, nothing = "outcome", !acts(b)
		case child.ContactDecided:
			field, nothing = "outcome", !acts(b)
		case child.Rated:
			field = "rating"
		default:
			continue
		}
		if c.Actor == entry.System || c.Source.Kind == "import" || c.Source.Kind == "simulation" {
			continue
		}
		on := w.at.Now.Date()
		p, _ := l.Post(c.Actor.Post, on)
		if p.Tier >= line.TeamManager {
			continue
		}
		rec, err := w.load(ctx, id)
		if err != nil {
			return err
		}
		waits := rec.Waiting()
		if b, ok := c.Body.(child.Rated); ok {
			if waits.Waits() && triage.Higher(waits.Rating, b.Rating) {
				return entry.Refuse(field, "Only a manager can rate it lower, and says why")
			}
			continue
		}
		if !waits.Waits() {
			continue
		}
		if nothing && !l.Registered(c.Actor.Person, on) {
			return entry.Refuse(field, "That nothing follows is decided by a registered social worker or a manager. Pass it to one of them")
		}
		if before := waits.Before(rec); before >= 2 {
			return entry.Refuse(field, "This is the third referral in 12 months or more. A manager decides it: what was missed before?")
		}
	}
	return nil
}

// wholly refuses a decision of a program that does not say what every decision on
// something that waits must say. The page asks for it itself: see Judge.
func (w *writer) wholly(ctx context.Context, id string, c child.Command) error {
	var said child.Judged
	switch b := c.Body.(type) {
	case child.Decision:
		said = b.Judged
	case child.ContactDecided:
		if b.Outcome == "referral" {
			return nil // it waits as a referral
		}
		said = b.Judged
	default:
		return nil
	}
	if c.Source.Kind != "api" {
		return nil
	}
	ps := said.Missing()
	if len(ps) == 0 {
		return nil
	}
	rec, err := w.load(ctx, id)
	if err != nil || !rec.Waiting().Waits() {
		return err
	}
	return &entry.Refusal{Problems: ps}
}

// acts says whether something follows from a decision.
func acts(b entry.Body) bool {
	switch b := b.(type) {
	case child.Decision:
		return b.Outcome != child.NoAction && b.Outcome != child.EarlyHelp
	case child.ContactDecided:
		return b.Outcome == "referral" || b.Outcome == "belongs to open work"
	}
	return true
}

// alarm records, beside a decision that nothing follows, that a rule had fired
// which lets no such decision pass unseen. was is the record before the decision.
func (w *writer) alarm(ctx context.Context, id string, was child.Record, es []entry.Entry) error {
	for _, e := range es {
		if e.Kind != "decision" && e.Kind != "contact.decided" || acts(e.Body) || e.Source.Kind == "import" {
			continue
		}
		waits := was.Waiting()
		if !waits.Waits() {
			continue
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		for _, f := range pack.Urgency(was, waits, w.at.Now.Date()).Fired {
			if !f.Alarm {
				continue
			}
			if _, err := w.decide(ctx, id, []child.Command{{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Source: entry.Source{Kind: "rule"},
				Body: child.Alarm{Of: e.ID, Rule: f.Name}}}); err != nil {
				return err
			}
			break
		}
	}
	return nil
}
