package cincheck

import (
	"slices"

	"onus/internal/day"
)

// The functions here make a rule of a question about a single row: every row of
// the table for which it is answered with yes is pointed at, in these columns.

type childRule = func(c *Child, y Census, m *marks)

func rowRule[T any](rows func(*Child) []T, key func(*T) *Key, bad func(Census, *T) bool, cols []Column) childRule {
	return func(c *Child, y Census, m *marks) {
		list := rows(c)
		for i := range list {
			if bad(y, &list[i]) {
				m.at(*key(&list[i]), cols...)
			}
		}
	}
}

func identifiers(bad func(Census, *Identifiers) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []Identifiers { return c.Identifiers }, func(r *Identifiers) *Key { return &r.Key }, bad, cols)
}

func characteristics(bad func(Census, *Characteristics) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []Characteristics { return c.Characteristics }, func(r *Characteristics) *Key { return &r.Key }, bad, cols)
}

func episodes(bad func(Census, *Episode) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []Episode { return c.Episodes }, func(r *Episode) *Key { return &r.Key }, bad, cols)
}

func assessments(bad func(Census, *Assessment) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []Assessment { return c.Assessments }, assessmentKey, bad, cols)
}

func cinPlans(bad func(Census, *CINPlan) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []CINPlan { return c.CINPlans }, cinPlanKey, bad, cols)
}

func section47s(bad func(Census, *Section47) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []Section47 { return c.Section47s }, section47Key, bad, cols)
}

func cpPlans(bad func(Census, *CPPlan) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []CPPlan { return c.CPPlans }, cpPlanKey, bad, cols)
}

func preProceedings(bad func(Census, *PreProceedings) bool, cols ...Column) childRule {
	return rowRule(func(c *Child) []PreProceedings { return c.PreProceedings }, func(r *PreProceedings) *Key { return &r.Key }, bad, cols)
}

func assessmentKey(r *Assessment) *Key { return &r.Key }
func cinPlanKey(r *CINPlan) *Key       { return &r.Key }
func section47Key(r *Section47) *Key   { return &r.Key }
func cpPlanKey(r *CPPlan) *Key         { return &r.Key }

// withEpisode asks about every row together with the episode it belongs to, and
// points at both where the answer is yes.
func withEpisode[T any](rows func(*Child) []T, key func(*T) *Key, bad func(*Episode, *T) bool, atEpisode Column, atRow ...Column) childRule {
	return func(c *Child, _ Census, m *marks) {
		list := rows(c)
		for i := range list {
			k := key(&list[i])
			for j := range c.Episodes {
				e := &c.Episodes[j]
				if e.Episode == k.Episode && bad(e, &list[i]) {
					m.at(e.Key, atEpisode)
					m.at(*k, atRow...)
				}
			}
		}
	}
}

// withIdentifiers does the same with the child's own row.
func withIdentifiers[T any](rows func(*Child) []T, key func(*T) *Key, bad func(*Identifiers, *T) bool, atChild []Column, atRow ...Column) childRule {
	return func(c *Child, _ Census, m *marks) {
		list := rows(c)
		for i := range list {
			for j := range c.Identifiers {
				if bad(&c.Identifiers[j], &list[i]) {
					m.at(c.Identifiers[j].Key, atChild...)
					m.at(*key(&list[i]), atRow...)
				}
			}
		}
	}
}

func allEpisodes(c *Child) []Episode       { return c.Episodes }
func allAssessments(c *Child) []Assessment { return c.Assessments }
func allCINPlans(c *Child) []CINPlan       { return c.CINPlans }
func allSection47s(c *Child) []Section47   { return c.Section47s }
func allCPPlans(c *Child) []CPPlan         { return c.CPPlans }
func episodeKey(r *Episode) *Key           { return &r.Key }

// before says that both dates are given and a comes first.
func before(a, b day.Date) bool { return !a.IsZero() && !b.IsZero() && a < b }

// span is a row that lasts from one day to another.
type span struct {
	key        Key
	start, end day.Date // end is zero while it lasts
}

// spans gives the spans of rows where there are two or more: one alone overlaps
// with none.
func spans[T any](rows []T, of func(*T) span) []span {
	if len(rows) < 2 {
		return nil
	}
	out := make([]span, len(rows))
	for i := range rows {
		out[i] = of(&rows[i])
	}
	return out
}

// overlaps points at every row during which another of the child's rows begins,
// the last day included, and at the beginning of that other. A row without an
// end lasts until the end of the census year.
func overlaps(list []span, y Census, m *marks, start, end Column) {
	for i, a := range list {
		last := a.end
		if last.IsZero() {
			last = y.End
		}
		for j, b := range list {
			if i != j && !a.start.IsZero() && b.start >= a.start && b.start <= last {
				m.at(a.key, start, end)
				m.at(b.key, start)
			}
		}
	}
}

// overlapsWithin does the same for the rows of each episode by itself.
func overlapsWithin(list []span, y Census, m *marks, start, end Column) {
	for i, a := range list {
		if slices.ContainsFunc(list[:i], func(b span) bool { return b.key.Episode == a.key.Episode }) {
			continue // done with the first
		}
		var same []span
		for _, b := range list[i:] {
			if b.key.Episode == a.key.Episode {
				same = append(same, b)
			}
		}
		overlaps(same, y, m, start, end)
	}
}

// during says that a day is in a plan that was open on it: from its first day up
// to the day before its last, or up to the end of the census year while it lasts.
func during(d, start, end day.Date, y Census) bool {
	switch {
	case d.IsZero(), start.IsZero(), d < start:
		return false
	case end.IsZero():
		return d <= y.End
	}
	return d < end
}

// manyOpen points at the rows of which an episode has two or more still open.
func manyOpen[T any](rows func(*Child) []T, key func(*T) *Key, open func(*T) bool, col Column) childRule {
	return func(c *Child, _ Census, m *marks) {
		list := rows(c)
		for i := range list {
			if !open(&list[i]) {
				continue
			}
			for j := range list {
				if i != j && open(&list[j]) && key(&list[i]).Episode == key(&list[j]).Episode {
					m.at(*key(&list[i]), col)
					break
				}
			}
		}
	}
}
