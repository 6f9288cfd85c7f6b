package app

import (
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
)

// Today is what somebody has to do today: the visits that are planned, with where to go,
// and what else is due by the end of the day.
type Today struct {
	Visits []TodayVisit
	Rows   []DutyRow // without the visits
	More   bool      // there is more than stands here
	Line   *line.Line
	Now    day.Instant
}

// TodayVisit is a visit that is planned for today, or was for a day before and is
// neither recorded nor called off.
type TodayVisit struct {
	Row     DutyRow
	Planned child.PlannedVisit
	Goal    string // what has to change, in the words of the plan; empty: another purpose
	Address string
}

// todayMost is how many things stand in the list of today: more fit on no phone.
const todayMost = 60

// Today lists what they owe by the end of today. Where a visit goes is in the record: that
// look is written down before it is shown.
func (d *Desk) Today(ctx context.Context) (*Today, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	at, l, _ := d.Then()
	out := &Today{Line: l, Now: at}
	o := &Owed{Now: at}
	err := d.view(ctx, func(v View) error {
		keys := l.KeysOf(d.posts(), at.Date())
		if keys == nil {
			keys = []line.Key{}
		}
		return o.page(ctx, v, DutyQuery{Owners: keys, Now: at, LateAt: at.Date().End(), Limit: todayMost})
	})
	if err != nil {
		return nil, err
	}
	out.More = o.Next.ID != ""
	if err := d.closedDuties(ctx, "Today", o.Rows); err != nil {
		return nil, err
	}
	var looks []Read
	err = d.view(ctx, func(v View) error {
		out.Visits, out.Rows, looks = nil, nil, nil
		for _, x := range o.Rows {
			if x.Rule != plannedVisit || x.ChildRow.Closed != "" {
				out.Rows = append(out.Rows, x)
				continue
			}
			rec, row, err := d.a.record(ctx, v, x.Child)
			if err != nil {
				return err
			}
			facts, err := d.factsNow(ctx, []ChildRow{row})
			if err != nil {
				return err
			}
			dec := d.as.OnChild(access.SeeChild, facts[row.Child])
			planned := rec.PlannedVisits()
			i := slices.IndexFunc(planned, func(p child.PlannedVisit) bool { return p.ID == x.Start })
			if !dec.Allowed || i < 0 {
				out.Rows = append(out.Rows, x)
				continue
			}
			t := TodayVisit{Row: x, Planned: planned[i], Address: rec.Identity().Address}
			if g, ok := rec.Goal(planned[i].Goal); ok {
				t.Goal = g.Change
			}
			out.Visits = append(out.Visits, t)
			looks = append(looks, Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: x.Child, What: "Today, with the address", Grounds: dec.Policy})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Visits, func(a, b TodayVisit) int { return int(a.Planned.On - b.Planned.On) })
	return out, d.log(ctx, looks)
}
