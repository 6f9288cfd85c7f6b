package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/wording"
)

// PlanSeen is what the rules of wording notice in a version of a plan that is being written
// by somebody, or was sent by them, at a moment, beside what stood then, in this plan and in
// those of brothers and sisters; and how the whole of it reads. It stops nobody from
// saving; what blocks needs a reason before somebody else can approve it. Where something
// was noticed of a brother's or sister's plan, the look into it is in their reader log.
func (d *Desk) PlanSeen(ctx context.Context, p *ChildPage, sent child.PlanSent, writer string, at day.When) (seen wording.Seen, reads wording.Reading, err error) {
	x := planText(p.Record, sent, at, p.People(sent))
	var kin []kinPlan
	if err = d.a.Store.View(ctx, func(v View) (err error) {
		kin, err = d.kinPlans(ctx, v, p.Record, writer, at)
		return err
	}); err != nil {
		return seen, reads, err
	}
	x.Siblings = goalsOfKin(kin)
	seen = p.Rules.Wording(at.Date).See(x, at.Date)
	if slices.ContainsFunc(seen.Notes, func(n wording.Note) bool { return n.OfKin }) {
		err = d.lookedAtPlans(ctx, kin)
	}
	return seen, x.Reading(), err
}

// People are the names that a version of the plan may speak of.
func (p *ChildPage) People(sent child.PlanSent) []string {
	return peopleOf(p.Record, sent, p.Line.Name)
}

// peopleOf are the names that a plan may speak of: whoever helps, whoever is rung, whoever
// said something, whoever lives with the child, and whoever works with the child.
func peopleOf(r child.Record, sent child.PlanSent, name func(person string) string) (out []string) {
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, g := range sent.Goals {
		for _, h := range g.Help {
			add(h.Who)
		}
		for _, c := range g.Ring {
			add(c.Name)
		}
	}
	for _, v := range r.Views("") {
		add(v.Name)
	}
	for _, m := range r.Family() {
		add(m.Name)
	}
	for i := range r.Events {
		switch r.Events[i].Kind {
		case "visit", "plan.sent", "plan.approved", "supervision":
			add(name(r.Events[i].Author))
		}
		for _, m := range householdOf(r.Events[i].Body) {
			add(m.Name)
		}
	}
	return out
}

// householdOf is who lives with the child, as whoever told us said.
func householdOf(b entry.Body) []child.Member {
	switch b := b.(type) {
	case child.Referral:
		return b.Household
	case child.Contact:
		return b.Household
	}
	return nil
}

// planText is a version of a plan as the rules of wording look at it: beside what stood
// before it.
func planText(r child.Record, sent child.PlanSent, at day.When, others []string) wording.Plan {
	p := wording.Plan{Child: r.Identity().Given, Others: others, Goals: goalTexts(sent.Goals), ReviewOn: sent.Next, Today: at.Date}
	for _, v := range stoodBefore(r, at) {
		switch {
		case v.Of != sent.Of:
		case p.Before == nil:
			p.Before = goalTexts(v.Goals)
		default:
			p.Earlier = append(p.Earlier, goalTexts(v.Goals))
		}
	}
	return p
}

// stoodBefore are the versions of plans of any sort that were approved before a moment, the
// newest first.
func stoodBefore(r child.Record, at day.When) (out []child.PlanVersion) {
	for _, v := range slices.Backward(r.Plans()) {
		if !v.Approved.IsZero() && v.Approved.Before(at) {
			out = append(out, v)
		}
	}
	return out
}

func goalTexts(goals []child.Goal) (out []wording.Goal) {
	for _, g := range goals {
		x := wording.Goal{ID: g.ID, Worry: g.Worry, Change: g.Change, Measure: g.Measure, StartBy: g.Start, HoldWeeks: g.Weeks, IfNot: g.IfNot, PlanB: g.PlanB}
		for _, c := range g.Ring { // whom to ring is a part of plan B
			x.PlanB = strings.TrimSpace(x.PlanB + "\nRing " + c.Name + ": " + c.Number + ".")
		}
		for _, h := range g.Help {
			x.Help = append(x.Help, wording.Help{What: h.What, Who: h.Who, From: h.From})
		}
		out = append(out, x)
	}
	return out
}

// Unanswered are the notes that need a change or a reason before the plan can be
// approved, and have neither.
func Unanswered(notes []wording.Note, kept []child.KeptWords) (out []wording.Note) {
	for _, n := range notes {
		if n.Blocks && !slices.ContainsFunc(kept, func(k child.KeptWords) bool {
			return k.Goal == n.Goal && k.Part == string(n.Part) && k.Rule == n.Rule && k.Help == n.Help
		}) {
			out = append(out, n)
		}
	}
	return out
}

// mayApprove refuses a version in which weak words stand that nobody gave a reason for:
// at every door, by the rules of the day on which it was sent.
func (d *Desk) mayApprove(ctx context.Context, v View, id string, plan entry.ID) error {
	row, err := v.Child(ctx, id)
	if err != nil {
		return err
	}
	r, err := d.a.recordOf(ctx, v, row)
	if err != nil {
		return err
	}
	_, rules, err := d.a.rulesOf(ctx, v)
	if err != nil {
		return err
	}
	for _, x := range r.Plans() {
		if x.ID != plan {
			continue
		}
		on := x.When.Date
		text := planText(r, x.PlanSent, x.When, peopleOf(r, x.PlanSent, d.line.Name))
		kin, err := d.kinPlans(ctx, v, r, x.Author, x.When)
		if err != nil {
			return err
		}
		text.Siblings = goalsOfKin(kin)
		if open := Unanswered(rules.pack().Wording(on).Look(text, on), x.Kept); len(open) > 0 {
			says := "look at its page" // where it is seen beside a brother's or sister's plan, and the look is logged
			if i := slices.IndexFunc(open, func(n wording.Note) bool { return !n.OfKin }); i >= 0 {
				says = open[i].Says
			}
			return entry.Refuse("plan", fmt.Sprintf("Weak wording stands in it without a reason, in %d places. Send it back, and say which: %s", len(open), says))
		}
	}
	return nil
}
