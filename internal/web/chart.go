package web

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/capacity"
)

// chart is a picture of hours to spare, day by day: the same figures stand in the table.
// Everything is in pixels of the picture.
type chart struct {
	Title, Says  string
	Href         string
	Bad          bool
	Line, Then   string // points of the lines; Then is empty where nothing was asked
	Below        string // the area below nothing
	Likely, Band string // with what is likely to come in, and from a quiet to a busy time; empty: not asked
	Zero         int
	Flag         int    // where it breaks first; below nought: nowhere
	From, Middle string // words under the picture
	To           string
}

// The size of a picture, and of its frame.
const (
	chartWide = 260
	chartHigh = 96
	chartLeft = 40
)

// widest is the furthest that a line goes from nothing.
func widest(o capacity.Outlook) (most float64) {
	for _, d := range o.Days {
		most = max(most, math.Abs(d))
	}
	return most
}

// drawsNew makes the picture of a team with what is still to come in.
func drawsNew(p *app.AheadPage, scale float64) chart {
	return drawsWith(p.Team.Name+", all together", p.All, p.Then, scale, p.Little, p.Likely, p.Much)
}

// draws makes a picture; pictures that stand beside each other share one scale.
func draws(title string, o capacity.Outlook, then *capacity.Outlook, scale float64) chart {
	return drawsWith(title, o, then, scale)
}

// drawsWith draws more outlooks into it: a quiet time, the middle and a busy time, or none.
func drawsWith(title string, o capacity.Outlook, then *capacity.Outlook, scale float64, more ...capacity.Outlook) chart {
	c := chart{Title: title, Bad: o.First != 0, Flag: -1}
	c.Says = "Can be done, as far as is known"
	if c.Bad {
		c.Says = "Not from " + o.First.Short() + ": up to " + hoursWords(o.Short) + " short"
	}
	if scale < 1 {
		scale = 1
	}
	low, high := 0.0, 0.0
	for _, x := range append([]capacity.Outlook{o, orElse(then, o)}, more...) {
		for _, d := range x.Days {
			low, high = min(low, d), max(high, d)
		}
	}
	// One scale for all, and as much of it as this picture needs above and below.
	span := scale
	if low < 0 && high > 0 {
		span = 2 * scale
	}
	zero := 6.0
	if low >= 0 {
		zero = chartHigh - 6
	} else if high > 0 {
		zero = chartHigh / 2
	}
	y := func(h float64) float64 { return zero - h/span*(chartHigh-12) }
	x := func(i int) float64 {
		return chartLeft + float64(i)*(chartWide-chartLeft-4)/float64(max(1, len(o.Days)-1))
	}
	points := func(days []float64) string {
		var b strings.Builder
		for i, h := range days {
			fmt.Fprintf(&b, "%.0f,%.1f ", x(i), y(h))
		}
		return strings.TrimSpace(b.String())
	}
	c.Line, c.Zero = points(o.Days), int(math.Round(zero))
	if then != nil {
		c.Then = points(then.Days)
	}
	if len(more) == 3 {
		c.Likely, c.Band = points(more[1].Days), points(more[0].Days)
		for i, h := range slices.Backward(more[2].Days) {
			c.Band += fmt.Sprintf(" %.0f,%.1f", x(i), y(h))
		}
		if c.Says += ". With what usually comes in: "; more[1].First == 0 {
			c.Says += "it can be done"
		} else {
			c.Says += "not from " + more[1].First.Short()
		}
	}
	var below strings.Builder
	fmt.Fprintf(&below, "%.0f,%.1f ", x(0), zero)
	for i, h := range o.Days {
		fmt.Fprintf(&below, "%.0f,%.1f ", x(i), y(min(0, h)))
	}
	fmt.Fprintf(&below, "%.0f,%.1f", x(len(o.Days)-1), zero)
	if low < 0 {
		c.Below = below.String()
	}
	if o.First != 0 {
		c.Flag = int(math.Round(x(int(o.First - o.From))))
	}
	if n := len(o.Weeks); n > 0 {
		c.From, c.Middle, c.To = o.Weeks[0].From.Short(), o.Weeks[n/2].From.Short(), o.Weeks[n-1].From.Short()
	}
	return c
}
