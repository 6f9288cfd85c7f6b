package capacity

import (
	"fmt"
	"math"
	"strconv"
)

// fullTime is what the hours of a full-time worker are taken to be, a week.
const fullTime = 37

// Sentences say what a change would cost as a director reads it, the most
// important first.
func (c *Cost) Sentences() (out []string) {
	n := float64(len(c.Weeks))
	more := c.Total().More()
	perWeek, hours := float64(more.Duties)/n, more.Hours/n
	switch {
	case len(c.Rules) == 0:
		return []string{"No rule in force would change. It costs nothing."}
	case more.Duties == 0 && math.Abs(hours) < 0.05:
		out = append(out, "Over these weeks it would have asked for no more work, and no less.")
	case hours >= 0:
		out = append(out, fmt.Sprintf("It would ask for %s more hours of work a week: %s full-time workers, if %.0f of 100 hours are for duties.", number(hours), number(hours/(fullTime*c.Share)), c.Share*100))
	default:
		out = append(out, fmt.Sprintf("It would ask for %s hours of work a week less: %s full-time workers, if %.0f of 100 hours are for duties.", number(-hours), number(-hours/(fullTime*c.Share)), c.Share*100))
	}
	if more.Duties != 0 {
		word := "more"
		if more.Duties < 0 {
			word = "fewer"
		}
		out = append(out, fmt.Sprintf("%s %s duties would begin each week.", number(math.Abs(perWeek)), word))
	}
	for _, p := range c.Teams {
		switch {
		case p.Would.Missing > 0 && p.Short.Missing == 0:
			out = append(out, fmt.Sprintf("%s could not do it: from the week of %s work is left over, %s hours at the end.", p.Name, p.Would.From.Long(), number(p.Would.Missing)))
		case p.Would.Missing > p.Short.Missing+0.5:
			out = append(out, fmt.Sprintf("%s has more than it can do already, and would have %s hours more left over at the end.", p.Name, number(p.Would.Missing-p.Short.Missing)))
		case p.Short.Missing > 0 && p.Would.Missing == 0:
			out = append(out, fmt.Sprintf("%s has more than it can do now, and could then do it.", p.Name))
		}
	}
	for _, r := range c.Rules {
		if r.Unseen {
			out = append(out, fmt.Sprintf("Nothing recorded could have met \"%s\". So it counts as owed, and nobody knows how it would go.", r.Name))
		}
	}
	return append(out, fmt.Sprintf("Counted over %d weeks from %s, for %d children, as if each duty was done on its last day. How long a piece of work takes is an example until the authority has measured it.",
		len(c.Weeks), c.From.Long(), c.Children))
}

// number is one decimal for small ones, none for large.
func number(f float64) string {
	if f < 10 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}
