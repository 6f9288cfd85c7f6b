package app

import (
	"context"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/wording"
)

// Kin are the records of brothers and sisters whom a page about a child names, each as it
// may be shown to whoever asks: of a record that is closed to them no name, no birthday.
// A record that is not there is left out. The looks are logged, under the page's name.
func (d *Desk) Kin(ctx context.Context, page string, ids []string) (map[string]*ChildRow, error) {
	out := map[string]*ChildRow{}
	if len(ids) == 0 {
		return out, nil
	}
	var found []ChildRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		found, err = v.Children(ctx, ChildQuery{IDs: ids})
		return err
	}); err != nil {
		return nil, err
	}
	rows := make([]*ChildRow, len(found))
	for i := range found {
		rows[i] = &found[i]
		out[found[i].Child] = rows[i]
	}
	return out, d.closedAll(ctx, page, false, rows...)
}

// kinPlan is the plan that stands in a brother's or sister's record.
type kinPlan struct {
	child, grounds string
	goals          []wording.Goal
}

// kinPlans are the plans of brothers and sisters as they stood at a moment. A record counts
// only where both whoever asks and whoever wrote the version beside it may see it: who may
// not is told nothing of it, and nobody is asked for a reason about words that they cannot
// have known.
func (d *Desk) kinPlans(ctx context.Context, v View, r child.Record, writer string, at day.When) (out []kinPlan, err error) {
	ids := r.Kin()
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := v.Children(ctx, ChildQuery{IDs: ids})
	if err != nil {
		return nil, err
	}
	wrote := d.as
	if writer != d.who.Person {
		wrote = d.a.Access.As(d.a.roster(d.line, d.now.Date(), writer))
	}
	for _, row := range rows {
		c, err := d.facts(row)
		if err != nil {
			return nil, err
		}
		may := d.as.OnChild(access.SeeChild, c)
		if row.Child == r.Child || !may.Allowed || !wrote.OnChild(access.SeeChild, c).Allowed {
			continue
		}
		kin, err := d.a.recordOf(ctx, v, row)
		if err != nil {
			return nil, err
		}
		if stood := stoodBefore(kin, at); len(stood) > 0 {
			out = append(out, kinPlan{row.Child, may.Policy, goalTexts(stood[0].Goals)})
		}
	}
	return out, nil
}

func goalsOfKin(kin []kinPlan) (out [][]wording.Goal) {
	for _, k := range kin {
		out = append(out, k.goals)
	}
	return out
}

// lookedAtPlans writes into the reader logs of brothers and sisters that their plans were
// held beside another.
func (d *Desk) lookedAtPlans(ctx context.Context, kin []kinPlan) error {
	looks := make([]Read, len(kin))
	for i, k := range kin {
		looks[i] = Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: k.child, What: "Plan, beside a brother's or sister's", Grounds: k.grounds}
	}
	return d.log(ctx, looks)
}
