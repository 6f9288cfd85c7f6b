package app

import (
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// supply is the hours that posts have for duties, by the line and the rules of a moment:
// the one notion of it, for weeks ahead as for weeks that are looked back on.
type supply struct {
	line  *line.Line
	pack  *duty.Pack
	rules duty.Capacity
	days  map[[2]day.Date]int
}

func newSupply(l *line.Line, pack *duty.Pack, on day.Date) *supply {
	return &supply{line: l, pack: pack, rules: pack.Capacity(on), days: map[[2]day.Date]int{}}
}

// working counts working days, and remembers: hours for a time are asked of each day.
func (s *supply) working(from, to day.Date) int {
	k := [2]day.Date{from, to}
	n, ok := s.days[k]
	if !ok {
		for on := from; on <= to; on++ {
			if s.pack.Calendar().Working(on) {
				n++
			}
		}
		s.days[k] = n
	}
	return n
}

// hoursOn are a post's hours on a working day. Somebody newly qualified has the share of
// them that the rules protect, if no smaller one was agreed.
func (s *supply) hoursOn(post string, on day.Date) line.Hours {
	h := s.line.HoursOn(post, on, s.rules.FullTime(), s.working)
	held, ok := s.line.Holder(post, on)
	if !ok {
		return h
	}
	if since := s.line.NewlyQualified(held.Person); since != 0 && since <= on {
		if share := s.rules.Newly(since, on); share < 1 {
			h.Newly, h.Reduced = share, max(h.Reduced, h.Contract*(1-share))
		}
	}
	return h
}

// onDay are a post's hours for duties on a day; none when nobody works.
func (s *supply) onDay(post string, on day.Date) float64 {
	if !s.pack.Calendar().Working(on) {
		return 0
	}
	return s.hoursOn(post, on).For(s.rules.Share)
}
