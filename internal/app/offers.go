package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// offers are what the record shows now about whoever raises a concern, ready to
// be attached: it saves them proving it. Children stand there by their ids.
func (d *Desk) offers(ctx context.Context, screen string) (out []concern.Attached, err error) {
	on := d.now.Date()
	pack := d.a.inForce()
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err := v.Duties(ctx, DutyQuery{Owners: append([]line.Key{}, d.line.KeysOf(d.who.Held, on)...), Now: d.now, Limit: maxOffered})
		if err != nil {
			return err
		}
		hours, owed := d.hours(pack, rows)
		if owed {
			out = append(out, hours)
		}
		late := concern.Attached{Kind: "duty", Facts: [][]string{{"Duty", concern.ChildColumn, "Was due", "Late by"}}}
		n := 0
		for _, x := range rows {
			r, ok := pack.Rule(x.Rule, x.Since.Date)
			if !ok || x.Due.By > d.now {
				continue
			}
			n++
			late.Facts = append(late.Facts, []string{r.Duty, x.Child, x.Due.On.String(), pack.Calendar().LateBy(x.Due, x.SpanUnit, d.now)})
		}
		if n > 0 {
			late.Title = "What is late now: " + many(n, "duty", "duties")
			out = append(out, late)
		}
		gaps, err := d.gaps(ctx, v, pack)
		if err != nil {
			return err
		}
		if gaps.Title != "" {
			out = append(out, gaps)
		}
		for _, t := range d.who.Member {
			team, ok := d.line.Team(t)
			if !ok {
				continue
			}
			a := concern.Attached{Kind: "team", ID: t, Facts: [][]string{{"Post", "Held by"}}}
			empty := 0
			for _, p := range d.line.Posts(on) {
				if p.Team != t {
					continue
				}
				who := "nobody"
				if h, ok := d.line.Holder(p.ID, on); ok {
					who = d.line.Name(h.Person)
				} else {
					empty++
				}
				a.Facts = append(a.Facts, []string{p.Title, who})
			}
			a.Title = fmt.Sprintf("Posts of %s: %d, %d empty", team.Name, len(a.Facts)-1, empty)
			out = append(out, a)
		}
		earlier, err := v.Concerns(ctx, ConcernQuery{Raisers: []string{PersonKey(d.who.Person)}, Open: true, Limit: 10})
		if err != nil {
			return err
		}
		if len(earlier) > 0 {
			a := concern.Attached{Kind: "concern", Title: "Your earlier concerns that are open: " + fmt.Sprint(len(earlier)), Facts: [][]string{{"Number", "Raised", "State"}}}
			for _, c := range earlier {
				a.Facts = append(a.Facts, []string{fmt.Sprint(c.Number), c.Raised.Date().String(), string(c.State)})
			}
			out = append(out, a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(screen, "/child/"); ok {
		if id, _, _ := strings.Cut(rest, "/"); id != "" {
			out = append(out, concern.Attached{Kind: "child", ID: id, Title: "The child whose record you came from"})
		}
	} else if rest, ok := strings.CutPrefix(screen, "/team/"); ok && !slices.Contains(d.who.Member, rest) {
		if t, known := d.line.Team(rest); known {
			out = append(out, concern.Attached{Kind: "team", ID: t.ID, Title: "The team that you were looking at: " + t.Name})
		}
	} else if screen != "" {
		out = append(out, concern.Attached{Kind: "page", ID: screen, Title: "The page you came from"})
	}
	return out, nil
}

// maxOffered is how many duties are looked at: nobody owes as many.
const maxOffered = 1000

// weeksAhead is for how many weeks hours owed are set against hours there are.
const weeksAhead = 4

// hours sets the hours of what falls due against the hours that there are, week
// by week. What is late falls into the first week.
func (d *Desk) hours(pack *duty.Pack, rows []DutyRow) (a concern.Attached, any bool) {
	monday := d.now.Date().Monday()
	var owed [weeksAhead]float64
	n := 0
	for _, x := range rows {
		r, ok := pack.Rule(x.Rule, x.Since.Date)
		if !ok {
			continue
		}
		w := max(0, int(x.Due.On-monday)/7)
		if w < weeksAhead {
			owed[w] += r.Takes.Hours()
			n++
		}
	}
	var has [weeksAhead]float64
	hours := newSupply(d.line, pack, d.now.Date())
	for _, id := range d.who.Held {
		for w := range has {
			for on := monday.Add(7 * w); on < monday.Add(7*w+7); on++ {
				has[w] += hours.onDay(id, on)
			}
		}
	}
	a = concern.Attached{Kind: "worker", ID: d.who.Person, Facts: [][]string{{"Week of", "Hours owed", "Hours there are"}}}
	for w := range weeksAhead {
		a.Facts = append(a.Facts, []string{(monday + day.Date(7*w)).String(), fmt.Sprintf("%.1f", owed[w]), fmt.Sprintf("%.1f", has[w])})
	}
	a.Title = fmt.Sprintf("Your hours, next four weeks. %.0f owed against %.0f this week", owed[0], has[0])
	return a, n > 0
}

// gaps are the talks with them, and about children whom they have, that were due and
// were not held: their manager owes these.
func (d *Desk) gaps(ctx context.Context, v View, pack *duty.Pack) (a concern.Attached, err error) {
	a = concern.Attached{Kind: "figure", Facts: [][]string{{"Talk that was not held", concern.ChildColumn, "Was due"}}}
	n := 0
	if _, mine := d.LineOwed(); len(mine) > 0 && mine[0].Late {
		n++
		a.Facts = append(a.Facts, []string{"Supervision with me", "", mine[0].Due.String()})
	}
	seen := map[string]bool{}
	for _, r := range pack.Rules {
		if len(d.who.Member) == 0 {
			break // of no team: they have no children
		}
		if !strings.HasPrefix(r.ID, "supervision.") || seen[r.ID] {
			continue
		}
		seen[r.ID] = true
		rows, err := v.Duties(ctx, DutyQuery{Teams: d.who.Member, Rule: r.ID, LateAt: d.now, Now: d.now, Limit: maxOffered})
		if err != nil {
			return a, err
		}
		for _, x := range rows {
			if x.ChildRow.Post == "" || !slices.Contains(d.who.Held, x.ChildRow.Post) {
				continue
			}
			n++
			a.Facts = append(a.Facts, []string{r.Duty, x.Child, x.Due.On.String()})
		}
	}
	if n > 0 {
		a.Title = "Supervision that was due and not held: " + many(n, "talk", "talks")
	}
	return a, nil
}
