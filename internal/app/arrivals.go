package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// Arrival is what a child brought to a team to which they came in a week: the minutes of
// work that fell due in each of the weeks since, of the worker and of the manager. It is a
// cache of the record: what the record says now of those weeks.
type Arrival struct {
	Child, Team string
	Week        day.Date // its Monday
	Minutes     [lookAhead]int64
}

// FlowWeek is all that came to a team in a week.
type FlowWeek struct {
	Team     string
	Week     day.Date // its Monday
	Children int
	Minutes  [lookAhead]int64
}

// arrives says whether the work of a rule comes to a team with a child.
func arrives(r *duty.Rule) bool {
	return r.OwedBy == duty.AllocatedWorker || r.OwedBy == line.TeamManager.String()
}

// arrivals are a child's, in order. owed are the duties that came with the child, whatever
// became of them.
func arrivals(rec child.Record, owed []duty.Duty) (out []Arrival) {
	type stay struct {
		at        int // in out
		from, end day.Date
	}
	var stays []stay
	team := ""
	for ev, s := range rec.Life() {
		now := s.Team
		if !s.Open {
			now = ""
		}
		if now == team {
			continue
		}
		on := ev.When.Date
		if n := len(stays); n > 0 && stays[n-1].end == 0 {
			stays[n-1].end = on
		}
		if team = now; team == "" {
			continue
		}
		at := slices.IndexFunc(out, func(a Arrival) bool { return a.Team == team && a.Week == on.Monday() })
		if at < 0 {
			at = len(out)
			out = append(out, Arrival{Child: rec.Child, Team: team, Week: on.Monday()})
		}
		stays = append(stays, stay{at, on, 0})
	}
	for i := range owed {
		d := &owed[i]
		// What ended undone before its day was no work. The day of an end that time alone
		// brings is known before.
		if d.State == duty.Lapsed && d.Ended.Date < d.Due.On || d.Until != 0 && d.Until.Date() < d.Due.On {
			continue
		}
		for _, x := range stays {
			if d.Due.On < x.from || x.end != 0 && d.Due.On >= x.end {
				continue
			}
			if k := int(d.Due.On-out[x.at].Week) / 7; k < lookAhead {
				out[x.at].Minutes[k] += int64(math.Round(d.Rule.Takes.Hours() * 60))
			}
			break
		}
	}
	slices.SortFunc(out, func(a, b Arrival) int {
		if a.Week != b.Week {
			return int(a.Week - b.Week)
		}
		return strings.Compare(a.Team, b.Team)
	})
	return out
}

func verifyArrivals(ctx context.Context, v View, id string, want []Arrival) error {
	have, err := v.ChildArrivals(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		return fmt.Errorf("%w: what lists say child %s brought to teams is not what its entries say", ErrTampered, id)
	}
	return nil
}
