package line

import (
	"slices"

	"onus/internal/day"
)

// Hearers are the posts through which a warning climbs: from a post up the line
// and out to the scrutineer, around everybody who must not have it alone, and
// around posts in which nobody is. Where there is nobody, the guardian hears it.
func (l *Line) Hearers(first string, on day.Date, except []string) (out []Post) {
	asked := map[string]bool{}
	add := func(p Post) {
		by := l.Answers(p.ID, on).Person
		if by == "" || asked[by] || slices.Contains(except, by) || l.Away(by, on) {
			return
		}
		asked[by] = true
		out = append(out, p)
	}
	for _, p := range l.Up(first, on) {
		add(p)
	}
	beside := func(function string) {
		if id, ok := l.ByFunction(function, on); ok {
			p, _ := l.Post(id, on)
			add(p)
		}
	}
	beside(Scrutineer)
	if len(out) == 0 {
		beside(Guardian)
	}
	return out
}
