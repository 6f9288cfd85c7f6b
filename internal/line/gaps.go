package line

import "onus/internal/day"

// Gap is a post in which nobody is and that nobody covers: somebody above must
// name who answers for it.
type Gap struct {
	Post  Post
	Since day.Date // the first day on which nobody was in it
	// Owners are the posts above it, lowest first, in each of which somebody is:
	// the first owes a name; the others after it did not come.
	Owners []string
}

// Gaps of a day, in the order of the line.
func (l *Line) Gaps(on day.Date) (out []Gap) {
	for _, p := range l.Posts(on) {
		a := l.Answers(p.ID, on)
		if a.How != ByAbove && a.How != ByNobody {
			continue
		}
		g := Gap{Post: p, Since: p.Created}
		for _, h := range l.holdings[p.ID] {
			if h.To != 0 && h.To < on {
				g.Since = max(g.Since, h.To+1)
			}
		}
		for _, c := range l.covers[p.ID] {
			if c.To != 0 && c.To < on {
				g.Since = max(g.Since, c.To+1)
			}
		}
		for _, up := range l.Up(p.ID, on) {
			if up.ID == p.ID {
				continue
			}
			if x := l.Answers(up.ID, on); x.How == ByHolder || x.How == ByCover {
				g.Owners = append(g.Owners, up.ID)
			}
		}
		out = append(out, g)
	}
	return out
}

// OwedTo are the owners to whom a gap has come by a day: the first at once, each
// next one when so many working days have passed without a name. Of a worker's
// post it ends with the third.
func (g Gap) OwedTo(on day.Date, days int, working func(from, to day.Date) int) []string {
	n := 1
	if days > 0 {
		n += working(g.Since, on) / days
	}
	if g.Post.Tier <= Worker { // a worker's empty post is nothing for the chief executive
		n = min(n, 3)
	}
	return g.Owners[:min(n, len(g.Owners))]
}
