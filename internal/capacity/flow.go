package capacity

import (
	"math"
	"slices"

	"onus/internal/day"
)

// Came is what came to a team in one past week, a Monday to a Sunday.
type Came struct {
	Week     day.Date // its Monday
	Children int
	// Hours of work that these children brought, that fell due in the week in which they
	// came, and in each week after it.
	Hours []float64
}

// Flow is work that is still to come in, as far as the past says: every spell of so many
// weeks in it is looked at, with what the children who came in its weeks brought within it.
// No curve is fitted to anything, and no two weeks are taken to have nothing to do with each
// other: a busy autumn is a spell of its own.
type Flow struct {
	From, To day.Date // the past weeks that were looked at, the last day with them
	Weeks    int      // so many
	Children int      // who came in them
	Spells   int      // so many spells there are in them
	// Enough: there is enough to say something. Without it the following is empty.
	Enough bool
	// Little, Likely and Much are hours that fall due up to the end of each week ahead: in a
	// quiet time, in the middle of all spells, and in a busy time.
	Little, Likely, Much []float64
	// Fewest, Usual and Most are how many children come in the whole time, likewise.
	Fewest, Usual, Most int
}

// Expect works out what is still to come in within some weeks, from the full weeks before a
// Monday. came are the weeks in which anybody came, in order; the weeks before the first of
// them are not looked at, since there may have been no team. least are how many weeks and
// children there must be at least; little and much are of a hundred spells.
func Expect(came []Came, until day.Date, weeks, leastWeeks, leastChildren, little, much int) Flow {
	f := Flow{To: until - 1}
	if len(came) == 0 {
		return f
	}
	f.From = came[0].Week
	f.Weeks = int(until-f.From) / 7
	by := make([]Came, f.Weeks)
	for _, c := range came {
		if i := int(c.Week-f.From) / 7; i < f.Weeks {
			by[i] = c
			f.Children += c.Children
		}
	}
	f.Spells = f.Weeks - weeks + 1
	if f.Weeks < max(leastWeeks, weeks) || f.Children < leastChildren {
		return f
	}
	f.Enough = true
	sums := make([][]float64, weeks) // by week ahead: of each spell
	var children []float64
	for s := range f.Spells {
		due, n := make([]float64, weeks), 0
		for i, c := range by[s : s+weeks] {
			n += c.Children
			for k, h := range c.Hours {
				if i+k < weeks {
					due[i+k] += h
				}
			}
		}
		all := 0.0
		for i, h := range due {
			all += h
			sums[i] = append(sums[i], all)
		}
		children = append(children, float64(n))
	}
	for _, xs := range sums {
		slices.Sort(xs)
		f.Little, f.Likely, f.Much = append(f.Little, of100(xs, little)), append(f.Likely, of100(xs, 50)), append(f.Much, of100(xs, much))
	}
	slices.Sort(children)
	f.Fewest, f.Usual, f.Most = int(of100(children, little)), int(of100(children, 50)), int(of100(children, much))
	return f
}

// of100 is the number up to and with which n of a hundred of sorted numbers are.
func of100(xs []float64, n int) float64 {
	return xs[max(0, int(math.Ceil(float64(len(xs)*n)/100))-1)]
}

// Asks are the hours of a curve as pieces of work, each due at the end of its week, a share
// of them.
func Asks(from day.Date, curve []float64, share float64) (out []Ask) {
	before := 0.0
	for i, h := range curve {
		if h > before {
			out = append(out, Ask{By: from.Add(7*(i+1) - 1), Hours: (h - before) * share})
			before = h
		}
	}
	return out
}
