package web

import (
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// scales is the picture of the numbers that people gave to one goal over time. The same
// numbers stand in the table under it.
type scales struct {
	Question string // how safe is Sam in the evening?
	Lines    []scaleLine
	Days     []scaleDay // under the picture
	Rows     []scaleRow
	Names    []string
	Asks     string // what the numbers ask; empty: nothing
}

// scaleLine is one person's line: each has its own shape and dash, so that no colour is
// needed to tell them apart.
type scaleLine struct {
	Who    string
	Look   int // the place in the list of looks
	Points string
	Marks  []scaleMark
	Label  string // who, and the last number
	LX, LY int
}

type scaleMark struct{ X, Y int }

type scaleDay struct {
	X    int
	Text string
}

type scaleRow struct {
	Date   string
	Values []string // of each name, or "-"
}

// The picture's size, and where its lines run.
const (
	scaleWide  = 520
	scaleHigh  = 236
	scaleLeft  = 34
	scaleRight = 390
	scaleTop   = 14
	scaleFoot  = 194
)

func scaleY(n int) int { return scaleFoot - n*(scaleFoot-scaleTop)/10 }

// sayer is whose view it is, by name: the child's own, or how the family calls them.
func sayer(v child.View, first string) string {
	switch {
	case v.Of == "child":
		return first
	case v.Of == "worker" && v.Name == "":
		return "Social worker"
	}
	return title(v.Who())
}

// scalesOf draws the numbers given to a goal; nil when there are none. At most six people
// fit into one picture: the table has all.
func scalesOf(views []child.ViewSaid, first string) *scales {
	type given struct {
		on day.Date
		n  int
	}
	var names []string
	by := map[string][]given{}
	var days []day.Date
	for _, v := range views {
		if v.Scale == nil {
			continue
		}
		who, on := sayer(v.View, first), v.Event.When.Date
		if by[who] == nil {
			names = append(names, who)
		}
		if last := len(by[who]) - 1; last >= 0 && by[who][last].on == on {
			by[who][last].n = *v.Scale // said again that day
		} else {
			by[who] = append(by[who], given{on, *v.Scale})
		}
		if !slices.Contains(days, on) {
			days = append(days, on)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(days)
	s := &scales{Names: names}
	begin, span := days[0], max(1, int(days[len(days)-1]-days[0]))
	x := func(on day.Date) int {
		if len(days) == 1 {
			return (scaleLeft + scaleRight) / 2
		}
		return scaleLeft + 10 + int(on-begin)*(scaleRight-scaleLeft-10)/span
	}
	for i, who := range names {
		if i == 6 {
			break
		}
		l := scaleLine{Who: who, Look: i}
		for _, g := range by[who] {
			l.Points += fmt.Sprintf("%d,%d ", x(g.on), scaleY(g.n))
			l.Marks = append(l.Marks, scaleMark{x(g.on), scaleY(g.n)})
		}
		last := by[who][len(by[who])-1]
		l.Points = strings.TrimSpace(l.Points)
		l.Label, l.LX, l.LY = fmt.Sprintf("%s %d", who, last.n), x(last.on)+12, scaleY(last.n)+5
		s.Lines = append(s.Lines, l)
	}
	spread(s.Lines)
	from := -1000
	for i, on := range days { // words that would stand on each other are left out, but for the last
		at := x(on)
		if i == len(days)-1 && at-from < 56 && len(s.Days) > 1 {
			s.Days = s.Days[:len(s.Days)-1]
			from = -1000
		}
		if at-from >= 56 {
			s.Days = append(s.Days, scaleDay{at, on.Short()})
			from = at
		}
	}
	for _, on := range days {
		row := scaleRow{Date: on.Long()}
		for _, who := range names {
			v := "-"
			for _, g := range by[who] {
				if g.on == on {
					v = itoa(g.n)
				}
			}
			row.Values = append(row.Values, v)
		}
		s.Rows = append(s.Rows, row)
	}
	lowWho, highWho, low, high := "", "", 11, -1
	for _, who := range names {
		n := by[who][len(by[who])-1].n
		if n < low {
			low, lowWho = n, who
		}
		if n > high {
			high, highWho = n, who
		}
	}
	if high-low >= 3 {
		s.Asks = fmt.Sprintf("%s says %d, %s says %d.", highWho, high, lowWho, low)
		if was := by[highWho][0].n - by[lowWho][0].n; len(by[highWho]) > 1 && len(by[lowWho]) > 1 && high-low > was {
			s.Asks = fmt.Sprintf("%s says %d, %s says %d, and the gap has grown since %s.", highWho, high, lowWho, low, max(by[highWho][0].on, by[lowWho][0].on).Long())
		}
	}
	return s
}

// spread moves labels apart that would stand on each other.
func spread(lines []scaleLine) {
	order := make([]*scaleLine, len(lines))
	for i := range lines {
		order[i] = &lines[i]
	}
	slices.SortStableFunc(order, func(a, b *scaleLine) int { return a.LY - b.LY })
	for i := 1; i < len(order); i++ {
		if order[i].LY < order[i-1].LY+17 && max(order[i].LX, order[i-1].LX)-min(order[i].LX, order[i-1].LX) < 110 {
			order[i].LY = order[i-1].LY + 17
		}
	}
}
