package wording

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
)

// Look gives what the rules in force on a day notice in a plan, in the order of its
// goals and their parts; what is noticed of the plan as a whole comes last.
func (b *Bank) Look(p Plan, on day.Date) []Note { return b.See(p, on).Notes }

// Looked says what the rules checked in a part of a goal and found in order, as what
// may stand behind "No weak wording.": "Names Sam, gives days, uses no labels." It is
// empty where they have nothing to claim.
func (b *Bank) Looked(p Plan, on day.Date, goal string, part Part) string {
	return b.See(p, on).Fine(goal, part)
}

// Seen is everything that one look at a plan yields.
type Seen struct {
	Notes []Note
	fine  map[place][]string
}

type place struct {
	goal string
	part Part
}

// Of gives the notes on a part of a goal; of the plan as a whole with no goal and ThePlan.
func (s Seen) Of(goal string, part Part) (out []Note) {
	for _, n := range s.Notes {
		if n.Goal == goal && n.Part == part {
			out = append(out, n)
		}
	}
	return out
}

// Fine is what the rules looked at in a part and found in order, in a sentence.
func (s Seen) Fine(goal string, part Part) string {
	list := s.fine[place{goal, part}]
	if len(list) == 0 {
		return ""
	}
	return upperFirst(strings.Join(list, ", ")) + "."
}

// See looks once for everything.
func (b *Bank) See(p Plan, on day.Date) Seen {
	out := Seen{fine: map[place][]string{}}
	if b.Empty() {
		return out
	}
	if p.Today == 0 {
		p.Today = on
	}
	e := newEyes(b, &p)
	rules := b.inForce(on)
	for i := range e.goals {
		g := &e.goals[i]
		for n, part := range Parts {
			e.part(&out, rules, g, n, part)
		}
	}
	e.part(&out, rules, nil, len(Parts), ThePlan)
	return out
}

// part looks at one part of a goal with every rule.
func (e *eyes) part(out *Seen, rules []*rule, g *goalText, n int, part Part) {
	var notes []Note
	var stoodFor []Note // what notes of a rule stand for
	id := ""
	if g != nil {
		id = g.ID
	}
	at := place{id, part}
	for _, r := range rules {
		if !r.has[n] {
			continue
		}
		found, looked := e.look(r, g, n)
		for _, f := range found {
			notes = append(notes, e.note(r, id, part, f))
			for _, o := range r.Over {
				stoodFor = append(stoodFor, Note{Rule: o, Help: f.help})
			}
		}
		if fine := r.Fine.For(part); looked && len(found) == 0 && fine != "" {
			if fine = strings.ReplaceAll(fine, "{child}", e.p.Child); !slices.Contains(out.fine[at], fine) {
				out.fine[at] = append(out.fine[at], fine)
			}
		}
	}
	for _, x := range notes {
		if !slices.ContainsFunc(stoodFor, func(s Note) bool { return s.Rule == x.Rule && s.Help == x.Help }) {
			out.Notes = append(out.Notes, x)
		}
	}
}

// found is what a look noticed in one text.
type found struct {
	help   int
	quotes []string
	n      int
	plain  string
	on     day.Date
	word   string
}

func (e *eyes) note(r *rule, goal string, part Part, f found) Note {
	x := Note{Rule: r.ID, Goal: goal, Part: part, Help: f.help, Quotes: f.quotes, Asks: r.Asks, Strong: r.Rule.Strong.For(part), Blocks: r.Blocks, OfKin: r.When == whenSibling}
	if len(f.quotes) > 0 {
		x.Quote = f.quotes[0]
	}
	child := e.p.Child
	if child == "" {
		child = "the child"
	}
	fill := strings.NewReplacer("{quote}", quoted(f.quotes), "{child}", child, "{n}", strconv.Itoa(f.n), "{plain}", f.plain, "{day}", f.on.Long(), "{who}", f.word)
	single := len(f.quotes) < 2
	x.Says, x.Asks = upperFirst(fill.Replace(number(r.Says, single))), upperFirst(fill.Replace(number(r.Asks, single)))
	return x
}

// number chooses between {is a label|are labels}.
func number(s string, one bool) string {
	for {
		i := strings.IndexByte(s, '|')
		from, to := strings.LastIndexByte(s[:max(i, 0)], '{'), strings.IndexByte(s[max(i, 0):], '}')
		if i < 0 || from < 0 || to < 0 {
			return s
		}
		word := s[from+1 : i]
		if !one {
			word = s[i+1 : i+to]
		}
		s = s[:from] + word + s[i+to+1:]
	}
}

// quoted gives up to three quotes as they are read. Of a long one, how it begins.
func quoted(list []string) string {
	var out []string
	for _, q := range list[:min(3, len(list))] {
		if f := strings.Fields(q); len(f) > 8 {
			q = strings.Join(f[:6], " ") + " …"
		}
		out = append(out, "“"+q+"”")
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

// eyes are what one look at a plan reads: every text taken apart once.
type eyes struct {
	b        *Bank
	p        *Plan
	names    map[string]bool // of everybody
	people   map[string]bool // of everybody but the child
	child    map[string]bool
	goals    []goalText
	before   []goalText
	earlier  [][]goalText
	siblings [][]goalText
	allDue   bool // every goal's day is the review's
}

type goalText struct {
	*Goal
	texts [8][]*text
	runs  [8][][]uint64
	hard  *hardest
}

func newEyes(b *Bank, p *Plan) *eyes {
	e := &eyes{b: b, p: p, names: nameSet(p.Names()), people: nameSet(p.Others), child: nameSet([]string{p.Child})}
	e.goals, e.before = e.take(p.Goals), e.take(p.Before)
	for _, gs := range p.Earlier {
		e.earlier = append(e.earlier, e.take(gs))
	}
	for _, gs := range p.Siblings {
		e.siblings = append(e.siblings, e.take(gs))
	}
	n := 0
	for i := range p.Goals {
		n += one(p.Goals[i].StartBy != 0 && p.Goals[i].StartBy == p.ReviewOn)
	}
	e.allDue = n > 0 && n == len(p.Goals)
	return e
}

// runLength is how many words make a run, where texts are compared.
const runLength = 2

func (e *eyes) take(gs []Goal) []goalText {
	out := make([]goalText, len(gs))
	for i := range gs {
		g := goalText{Goal: &gs[i]}
		for n, part := range Parts {
			for _, raw := range gs[i].texts(part) {
				t := parse(raw)
				g.texts[n] = append(g.texts[n], t)
				g.runs[n] = append(g.runs[n], runs(t, runLength, e.names))
			}
		}
		out[i] = g
	}
	return out
}

func goalOf(gs []goalText, id string) *goalText {
	for i := range gs {
		if gs[i].ID == id {
			return &gs[i]
		}
	}
	return nil
}

// look asks one rule about one part. looked says that there was something to look at.
func (e *eyes) look(r *rule, g *goalText, n int) (out []found, looked bool) {
	if g == nil {
		return e.ofPlan(r)
	}
	switch r.When {
	case whenMissing:
		ts := g.texts[n]
		if len(ts) == 0 || !slices.ContainsFunc(ts, func(t *text) bool { return !t.empty() }) {
			return []found{{}}, true
		}
		return nil, true
	case whenNoDay, whenNoHold, whenReview, whenPast, whenRedated:
		return e.days(r, g, Parts[n])
	case whenNoOwner, whenTeam, whenNoHelp, whenNoService:
		return e.owners(r, g)
	case whenAge:
		h := e.hardOf(g)
		if h == nil {
			return nil, false
		}
		if h.reading.UKAge <= float64(r.At) {
			return nil, true
		}
		if h.part == n {
			out = []found{{help: h.help, quotes: []string{h.text}, plain: h.reading.Age()}}
		}
		return out, h.part == n
	}
	for i, t := range g.texts[n] {
		if t.empty() {
			continue
		}
		f, saw := e.inText(r, g, n, i, t)
		looked = looked || saw
		if f == nil {
			continue
		}
		if Parts[n] == ForHelp {
			f.help = i + 1
		}
		out = append(out, *f)
	}
	return out, looked
}

// inText looks at one text: nil when there is nothing to notice.
func (e *eyes) inText(r *rule, g *goalText, n, i int, t *text) (*found, bool) {
	switch r.When {
	case whenWords, whenLabel, whenAbsence, whenOnlyVerb:
		return quotesOr(e.weak(r, t)), true
	case whenAttendance:
		return quotesOr(e.attendance(r, t)), true
	case whenNone:
		if t.has(0, len(t.toks), r.Of, e.people) {
			return nil, true
		}
		return &found{}, true
	case whenUnnamed:
		if len(e.child) == 0 {
			return nil, false
		}
		for _, tok := range t.toks {
			if tok.upper && e.child[tok.low] {
				return nil, true
			}
		}
		return &found{}, true
	case whenLong:
		for _, s := range t.sents {
			if s.to-s.from > r.At {
				return &found{quotes: []string{t.of(s)}, n: s.to - s.from}, true
			}
		}
		return nil, true
	case whenJargon:
		hits := e.b.glossOf(t, func(x Term, to int) bool { return !x.Quiet && !t.explained(to) })
		if len(hits) == 0 {
			return nil, true
		}
		f := &found{}
		var plain []string
		for _, h := range hits {
			if !slices.Contains(f.quotes, h.Word) {
				f.quotes = append(f.quotes, h.Word)
			}
			if p := "“" + h.Plain + "”"; !slices.Contains(plain, p) && len(plain) < 3 {
				plain = append(plain, p)
			}
		}
		f.plain = strings.Join(plain, ", ")
		return f, true
	case whenLast:
		return e.asLast(r, g, n, i)
	case whenSibling:
		return e.asSibling(r, g, n, i)
	case whenAgain:
		return e.again(r, g, n, i)
	}
	return nil, false
}

func quotesOr(quotes []string) *found {
	if len(quotes) == 0 {
		return nil
	}
	return &found{quotes: quotes, n: len(quotes)}
}

// explained says whether the words that end before a token are explained there: a
// bracket follows, or "which means", "that is", "means".
func (t *text) explained(to int) bool {
	rest := strings.TrimLeft(t.raw[t.toks[to-1].end:], " ’'\"”")
	if strings.HasPrefix(rest, "(") {
		return true
	}
	rest = strings.ToLower(strings.TrimLeft(rest, ", "))
	for _, by := range []string{"which means ", "means ", "meaning ", "that is ", "that means "} {
		if strings.HasPrefix(rest, by) {
			return true
		}
	}
	return false
}

// weak are the weak words in sentences that have nothing to make them fine.
func (e *eyes) weak(r *rule, t *text) (quotes []string) {
	for _, s := range t.sents {
		hits := r.words.find(t, s.from, s.to)
		if len(hits) == 0 || e.saved(r, t, s, hits) {
			continue
		}
		for _, h := range hits {
			if q := t.quote(h); !slices.Contains(quotes, q) {
				quotes = append(quotes, q)
			}
		}
	}
	return quotes
}

// beforeNoun are words after which a word is a thing, not something that is done:
// "the visits" are no verb.
var beforeNoun = setOf("the", "a", "an", "by", "of", "home", "regular", "weekly", "planned", "her", "his", "their", "all", "any", "appropriate", "through", "via", "with", "statutory", "phone", "joint")

// saved says whether a sentence has words that make the weak ones fine. Words inside
// of the weak ones do not: "be kept safe" has a verb, and says nothing.
func (e *eyes) saved(r *rule, t *text, s sentence, weak []hit) bool {
	for _, h := range r.unless.find(t, s.from, s.to) {
		if slices.ContainsFunc(weak, func(w hit) bool { return w.from <= h.from && h.to <= w.to }) {
			continue
		}
		if r.When != whenOnlyVerb || h.from == s.from || !beforeNoun[t.toks[h.from-1].low] {
			return true
		}
	}
	return false
}

// attendance: turning up is counted, and no other sentence has anything to count.
func (e *eyes) attendance(r *rule, t *text) (quotes []string) {
	other := false
	for _, s := range t.sents {
		hits := slices.DeleteFunc(r.words.find(t, s.from, s.to), func(h hit) bool {
			return slices.ContainsFunc(t.toks[s.from:h.from], func(tok token) bool { return tok.upper && e.child[tok.low] })
		})
		if len(hits) == 0 || e.saved(r, t, s, hits) {
			other = other || t.has(s.from, s.to, []string{aNumber, aTime}, nil)
			continue
		}
		for _, h := range hits {
			if q := t.quote(h); !slices.Contains(quotes, q) {
				quotes = append(quotes, q)
			}
		}
	}
	if other {
		return nil
	}
	return quotes
}

// hardest is how a goal reads, and where its hardest sentence stands.
type hardest struct {
	reading    Reading
	part, help int
	text       string
}

// hardOf is nil when the goal is too short to judge.
func (e *eyes) hardOf(g *goalText) *hardest {
	if g.hard == nil {
		g.hard = &hardest{}
		var sum tally
		worst := math.Inf(-1)
		for n := range Parts {
			for i, t := range g.texts[n] {
				for _, s := range t.sents {
					c := t.tally(s, e.names)
					sum.add(c)
					if r := c.reading(); r.Counted > 0 && r.FleschKincaid > worst {
						worst, g.hard.part, g.hard.text, g.hard.help = r.FleschKincaid, n, t.of(s), 0
						if Parts[n] == ForHelp {
							g.hard.help = i + 1
						}
					}
				}
			}
		}
		g.hard.reading = sum.reading()
	}
	if g.hard.reading.TooShort() {
		return nil
	}
	return g.hard
}
