package app

import (
	"context"

	"onus/internal/capacity"
	"onus/internal/day"
)

// expect works out for each team what is still to come in, from the full weeks of the past
// before the one in which the moment is.
func (o *outlooks) expect(ctx context.Context, v View, teams []string) error {
	if len(teams) == 0 {
		return nil
	}
	c, until := o.rules.ToCome, o.from.Monday()
	rows, err := v.Flow(ctx, teams, until.Add(-7*c.Weeks), until)
	if err != nil {
		return err
	}
	came := map[string][]capacity.Came{}
	for _, r := range rows {
		x := capacity.Came{Week: r.Week, Children: r.Children, Hours: make([]float64, lookAhead)}
		for i, m := range r.Minutes {
			x.Hours[i] = float64(m) / 60
		}
		came[r.Team] = append(came[r.Team], x)
	}
	for _, t := range teams {
		o.flow[t] = capacity.Expect(came[t], until, lookAhead, c.AtLeast, c.Children, c.Little, c.Much)
	}
	return nil
}

// share is which share of a team's hours in the weeks ahead a post has: of what comes in it
// is taken to get as much. 0 where the team has none.
func (o *outlooks) share(team, post string) float64 {
	sum := func(post string) (all float64) {
		for on := o.from; on < o.until; on++ {
			all += max(0, o.has(post, on))
		}
		return all
	}
	all := 0.0
	for _, w := range o.line.Workers(team, o.from) {
		all += sum(w.ID)
	}
	if all == 0 {
		return 0
	}
	return sum(post) / all
}

// withNew are the outlooks with what is still to come in on top: of the team with a share of
// 1, of a post with its share. A share of 0 changes nothing.
func withNew(from day.Date, curve []float64, share float64) (out []ask) {
	for _, x := range capacity.Asks(from, curve, share) {
		out = append(out, ask{Ask: x})
	}
	return out
}
