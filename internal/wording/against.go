package wording

import (
	"slices"

	"onus/internal/day"
)

// What is held against days, owners, and other versions of the plan.

// today is the plan's, not the machine's.
func (e *eyes) today() day.Date { return e.p.Today }

func (e *eyes) ofPlan(r *rule) ([]found, bool) {
	switch r.When {
	case whenTooMany:
		if n := len(e.p.Goals); n > r.At {
			return []found{{n: n}}, true
		}
		return nil, len(e.p.Goals) > 0
	case whenPassed:
		if e.p.ReviewOn == 0 || e.today() == 0 {
			return nil, false
		}
		if e.p.ReviewOn < e.today() {
			return []found{{on: e.p.ReviewOn}}, true
		}
		return nil, true
	}
	return nil, false
}

func (e *eyes) days(r *rule, g *goalText, part Part) (out []found, looked bool) {
	before := goalOf(e.before, g.ID)
	if part == ForHelp {
		for i := range g.Help {
			h := &g.Help[i]
			if g.texts[partNo(ForHelp)][i].empty() {
				continue
			}
			looked = true
			switch r.When {
			case whenNoDay:
				if h.From == 0 {
					out = append(out, found{help: i + 1})
				}
			case whenRedated:
				if was := e.helpBefore(r, g, before, i); was != nil && was.From != 0 && h.From > was.From {
					out = append(out, found{help: i + 1, quotes: []string{h.What}, on: was.From})
				}
			}
		}
		return out, looked
	}
	if g.StartBy == 0 && r.When != whenNoDay {
		return nil, false // that is noticed by the rule for days
	}
	if g.StartBy != 0 && r.When == whenNoDay {
		return nil, true
	}
	is := false
	on := g.StartBy
	switch r.When {
	case whenNoDay:
		is = true
	case whenNoHold:
		is = g.HoldWeeks <= 0
	case whenReview:
		is = e.allDue
	case whenPast:
		// A goal that began as agreed goes on until its time is up. A day that was in the
		// past when it was written can be met by nobody.
		if e.today() == 0 {
			return nil, false
		}
		begun := before != nil && before.StartBy == g.StartBy && g.HoldWeeks > 0
		is = g.StartBy < e.today() && (!begun || g.Until() < e.today())
		if begun {
			on = g.Until()
		}
	case whenRedated:
		if before == nil || before.StartBy == 0 {
			return nil, false
		}
		n := partNo(Change)
		same := len(g.runs[n]) > 0 && len(before.runs[n]) > 0 && alike(g.runs[n][0], before.runs[n][0]) >= r.At
		is, on = same && g.StartBy > before.StartBy, before.StartBy
	}
	if is {
		return []found{{on: on}}, true
	}
	return nil, true
}

// helpBefore finds nearly the same help in the version before.
func (e *eyes) helpBefore(r *rule, g, before *goalText, i int) *Help {
	if before == nil {
		return nil
	}
	n := partNo(ForHelp)
	for j := range before.Help {
		if alike(g.runs[n][i], before.runs[n][j]) >= r.At {
			return &before.Help[j]
		}
	}
	return nil
}

func (e *eyes) owners(r *rule, g *goalText) (out []found, looked bool) {
	n := partNo(ForHelp)
	helped, service, known := false, false, false
	for i := range g.Help {
		h := &g.Help[i]
		if g.texts[n][i].empty() {
			continue
		}
		who := parse(h.Who)
		looked, helped = true, true
		known = known || !who.empty()
		service = service || !who.empty() && !family[who.toks[0].low]
		switch r.When {
		case whenNoOwner:
			if who.empty() {
				out = append(out, found{help: i + 1})
			}
		case whenTeam:
			if h.WhoIs == "person" || who.empty() {
				continue
			}
			if h.WhoIs == "team" {
				out = append(out, found{help: i + 1, quotes: []string{who.of(sentence{0, len(who.toks), who.toks[0].start, who.toks[len(who.toks)-1].end})}})
				continue
			}
			named := slices.ContainsFunc(who.toks, func(t token) bool { return t.upper && e.people[t.low] })
			if hits := r.words.find(who, 0, len(who.toks)); len(hits) > 0 && !named {
				out = append(out, found{help: i + 1, quotes: []string{who.quote(hits[0])}})
			}
		}
	}
	switch r.When {
	case whenNoHelp:
		asked := e.askedOfParent(g)
		if asked != "" && !helped {
			out = append(out, found{word: asked})
		}
		return out, asked != ""
	case whenNoService:
		if helped && known && !service || !helped && e.askedOfParent(g) == "" {
			out = append(out, found{})
		}
		return out, helped && known
	}
	return out, looked
}

// askedOfParent is the word for the parent of whom the change asks something.
func (e *eyes) askedOfParent(g *goalText) string {
	for _, t := range g.texts[partNo(Change)] {
		for i, tok := range t.toks {
			if parents[tok.low] {
				return t.raw[t.toks[i].start:t.toks[i].end]
			}
		}
	}
	return ""
}

// enough says whether a text has words enough to be compared.
func enough(r *rule, t *text) bool { return len(t.toks) >= max(r.Least, 1) }

// like says whether a part of another goal says nearly the same.
func like(percent int, mine []uint64, other *goalText, n int) bool {
	return slices.ContainsFunc(other.runs[n], func(x []uint64) bool { return alike(mine, x) >= percent })
}

// asLast: the version before said nearly the same, and its time is up, or it had none.
// While its time runs, the same words are as they should be.
func (e *eyes) asLast(r *rule, g *goalText, n, i int) (*found, bool) {
	before := goalOf(e.before, g.ID)
	if before == nil || !enough(r, g.texts[n][i]) {
		return nil, false
	}
	if before.StartBy != 0 && before.Until() >= e.today() {
		return nil, false
	}
	if like(r.At, g.runs[n][i], before, n) {
		return &found{quotes: []string{g.texts[n][i].raw}, on: before.Until()}, true
	}
	return nil, true
}

func (e *eyes) asSibling(r *rule, g *goalText, n, i int) (*found, bool) {
	if len(e.siblings) == 0 || !enough(r, g.texts[n][i]) {
		return nil, false
	}
	for _, gs := range e.siblings {
		for k := range gs {
			if like(r.At, g.runs[n][i], &gs[k], n) {
				return &found{quotes: []string{g.texts[n][i].raw}}, true
			}
		}
	}
	return nil, true
}

// againPercent is from when on an action is the same again.
const againPercent = 50

// again: at counts the version that is being written.
func (e *eyes) again(r *rule, g *goalText, n, i int) (*found, bool) {
	if !enough(r, g.texts[n][i]) || len(e.before) == 0 {
		return nil, false
	}
	times := 1
	for _, gs := range append([][]goalText{e.before}, e.earlier...) {
		was := slices.ContainsFunc(gs, func(x goalText) bool { return like(againPercent, g.runs[n][i], &x, n) })
		if !was {
			break
		}
		times++
	}
	if times >= r.At {
		return &found{quotes: []string{g.texts[n][i].raw}, n: times}, true
	}
	return nil, true
}
