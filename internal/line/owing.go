package line

import (
	"cmp"
	"slices"

	"onus/internal/day"
	"onus/internal/entry"
)

// What posts above owe about a post.
const (
	EmptyPost   = "empty post"  // nobody is in it and nobody covers it: a name
	Supervision = "supervision" // a talk with whoever is in it
	// Promised is something that the post itself owes because of a record that is
	// not a child's: an action agreed in supervision, a signature, a condition of a
	// decision.
	Promised = "promised"
)

// Owing is what posts above owe about a post: not to a child, but to the line
// that the child depends on.
type Owing struct {
	About  string // EmptyPost or Supervision
	Post   Post
	Person string // who is in it, where a talk is owed
	// Of names what is Promised: the record, what it is, and which of several.
	Of string
	// Since is the day from which it is counted: the first on which nobody was in
	// the post, or that of the last talk, or the first of whoever is in it.
	Since day.Date
	Last  day.Date // supervision: when it was last held; zero: never
	Due   day.Date // the last day on which it is in time
	// Owners are the posts above it, lowest first, in each of which somebody is:
	// the first owes it; the others come after it. What is Promised the post itself
	// owes first.
	Owners []string
}

// Late says whether it was not done in its time.
func (o Owing) Late(on day.Date) bool { return o.About == EmptyPost || on > o.Due }

// OwedTo are the owners to whom it has come by a day: the first at once, each next
// one when so many working days have passed: since a post is empty, or since a talk
// was due. Of a worker's post it ends with the third.
func (o Owing) OwedTo(on day.Date, days int, working func(from, to day.Date) int) []string {
	n, from := 1, o.Since
	if o.About != EmptyPost {
		from = o.Due
	}
	if days > 0 && on > from {
		n += working(from, on) / days
	}
	if o.Post.Tier <= Worker { // a worker's post is nothing for the chief executive
		n = min(n, 3)
	}
	return o.Owners[:min(n, len(o.Owners))]
}

// Gaps are the posts of a day in which nobody is and that nobody covers, in the
// order of the line. By when there must be a name, they do not say.
func (l *Line) Gaps(on day.Date) (out []Owing) {
	for _, p := range l.Posts(on) {
		a := l.Answers(p.ID, on)
		if a.How != ByAbove && a.How != ByNobody {
			continue
		}
		g := Owing{About: EmptyPost, Post: p, Since: p.Created, Owners: l.owners(p.ID, "", on)}
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
		out = append(out, g)
	}
	return out
}

// owners are the posts above one, lowest first, in each of which somebody else is.
func (l *Line) owners(post, person string, on day.Date) (out []string) {
	for _, up := range l.Up(post, on) {
		if up.ID == post {
			continue
		}
		if x := l.Answers(up.ID, on); (x.How == ByHolder || x.How == ByCover) && x.Person != person {
			out = append(out, up.ID)
		}
	}
	return out
}

// Terms are how often talks are owed.
type Terms struct {
	// Next is the last day for the next one with a person after a day.
	Next  func(person string, after day.Date) day.Date
	Back  func(day.Date) day.Date // the same for somebody who comes back when it was due
	Since day.Date                // nothing is owed from before this day
	Not   []string                // functions whose posts nobody in the line supervises
}

// Talks are the talks that are owed on a day, late or not yet due, in the order of
// the line: one with each member of staff who is in a post below another, about
// the highest post that they are in. None is owed while somebody else covers the
// post, if it was not its own holder who said so.
func (l *Line) Talks(on day.Date, t Terms) (out []Owing) {
	at := map[string]int{} // of each person, in out
	for _, p := range l.Posts(on) {
		h, held := l.Holder(p.ID, on)
		if !held || p.Tier > Director || slices.Contains(t.Not, p.Function) || l.Party(h.Person) != Staff || l.Away(h.Person, on) || l.away(p.ID, h.Person, on) {
			continue
		}
		if i, twice := at[h.Person]; twice && out[i].Post.Tier >= p.Tier {
			continue
		}
		o := Owing{About: Supervision, Post: p, Person: h.Person, Since: max(l.began(p.ID, h), t.Since), Owners: l.owners(p.ID, h.Person, on)}
		if len(o.Owners) == 0 {
			continue // at the top
		}
		if last := l.lastTalk(h.Person, on); last >= o.Since {
			o.Since, o.Last = last, last
		}
		o.Due = t.Next(h.Person, o.Since)
		for _, c := range l.covers[p.ID] { // they were away when it was due
			if c.Author != h.Person && c.From <= o.Due && c.To >= o.Due {
				o.Due = t.Back(c.To)
			}
		}
		if i, twice := at[h.Person]; twice {
			out[i] = o
			continue
		}
		at[h.Person] = len(out)
		out = append(out, o)
	}
	return out
}

// away says whether somebody else covers the post of a person because they are
// away: not by their own word alone.
func (l *Line) away(post, person string, on day.Date) bool {
	c, ok := l.Covered(post, on)
	return ok && c.Author != person
}

// began is from when whoever is in a post owes or is owed something in it: the day
// on which they came, or that on which it was recorded, if that was later. To
// record again what is so already starts nothing anew.
func (l *Line) began(post string, h Holding) day.Date {
	hs := l.holdings[post]
	first := h
	for i := len(hs) - 1; i >= 0; i-- {
		if x := hs[i]; x.Person == h.Person && x.From <= first.From && (x.From == first.From || x.To+1 >= first.From) {
			first = x
		}
	}
	return max(first.From, first.Recorded.Date())
}

// lastTalk is the day of the last talk with a person by a day; zero: there was none.
func (l *Line) lastTalk(person string, on day.Date) (last day.Date) {
	for _, t := range l.talks[person] {
		if t.On <= on {
			last = max(last, t.On)
		}
	}
	return last
}

// TalkHeld is a talk that was held.
type TalkHeld struct {
	SupervisionHeld
	On     day.Date
	By     string // who held it
	ByPost string
	Entry  entry.ID
}

// TalksWith are the talks held with a person, first to last.
func (l *Line) TalksWith(person string) []TalkHeld {
	out := slices.Clone(l.talks[person])
	slices.SortStableFunc(out, func(a, b TalkHeld) int { return int(a.On - b.On) })
	return out
}

// OwedTold is one post that was told of something that is owed about a post.
type OwedTold struct {
	OwedClimbed
	At    day.Instant
	Entry entry.ID
}

// Told are the posts that were told of what is owed, in order.
func (l *Line) Told(o Owing) []OwedTold { return slices.Clone(l.told[o.matter()]) }

// ToldAbout are the posts that were told of what was owed about a post, in order.
func (l *Line) ToldAbout(post string) (out []OwedTold) {
	for m, ts := range l.told {
		if m.post == post {
			out = append(out, ts...)
		}
	}
	slices.SortFunc(out, func(a, b OwedTold) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Entry, b.Entry)) })
	return out
}

// matter is what makes it the same on another day.
func (o Owing) matter() matter { return matter{o.About, o.Post.ID, o.Person, o.Of, o.Since} }

type matter struct {
	about, post, person, of string
	since                   day.Date
}

// Promise is what a post owes by a day because of a record that is not a child's,
// as it stands on a day; ok is false when there is no such post any more. Where
// nobody is in the post, whoever answers for it owes it.
func (l *Line) Promise(post, of string, by, on day.Date) (o Owing, ok bool) {
	p, ok := l.Post(post, on)
	if !ok {
		return o, false
	}
	a := l.Answers(post, on)
	o = Owing{About: Promised, Post: p, Of: of, Since: by, Due: by}
	if a.Person != "" {
		o.Owners = []string{a.Post}
	}
	for _, up := range l.owners(post, a.Person, on) {
		if up != a.Post {
			o.Owners = append(o.Owners, up)
		}
	}
	return o, true
}

// Climbs are the steps that were not taken yet of those that what is owed on a day
// has come to: each post is told once. A talk that is not late is nobody's to be
// told of.
func (l *Line) Climbs(owings []Owing, on day.Date, owedTo func(Owing) []string) (out []OwedClimbed) {
	for _, o := range owings {
		if !o.Late(on) {
			continue
		}
		told := l.told[o.matter()]
		for i, post := range owedTo(o) {
			if slices.ContainsFunc(told, func(x OwedTold) bool { return x.To == post }) {
				continue
			}
			out = append(out, OwedClimbed{About: o.About, Post: o.Post.ID, Person: o.Person, Of: o.Of, Since: o.Since, Due: o.Due, To: post, Step: i})
		}
	}
	return out
}

// SupervisionHeld says that somebody in a post above talked with whoever is in a
// post about their work.
type SupervisionHeld struct {
	Post    string `json:"post"`
	Person  string `json:"person"`            // who was in it
	Minutes int    `json:"minutes,omitempty"` // how long it took; 0: not said
	Talk    string `json:"talk,omitempty"`    // the record of it
}

// OwedClimbed says that a post was told of what is owed about a post below it.
type OwedClimbed struct {
	About  string   `json:"about"`
	Post   string   `json:"post"`
	Person string   `json:"person,omitempty"`
	Of     string   `json:"of,omitempty"` // what is promised: its record, what it is, which of several
	Since  day.Date `json:"since"`
	Due    day.Date `json:"due"`
	To     string   `json:"to"`   // the post that was told
	Step   int      `json:"step"` // 0: whoever owes it, told that it is late
}

func owingKinds() []entry.Known {
	return []entry.Known{
		{Zero: SupervisionHeld{}, On: "line", Title: "Supervision held", About: "Somebody in a post above talked with whoever is in a post about their work and how they are."},
		{Zero: OwedClimbed{}, On: "line", Timed: true, Title: "Told what the line owes", About: "Nobody was in a post, supervision was not held in time, or what somebody promised there was not done: a post was told. Recorded by the rules."},
	}
}

// The kinds' names.
func (SupervisionHeld) Kind() entry.Kind { return "supervision.held" }
func (OwedClimbed) Kind() entry.Kind     { return "line.climbed" }

// Check of each kind sees what is wrong without knowing the line.
func (b SupervisionHeld) Check() []entry.Problem {
	ps := entry.Need(entry.Need(nil, "post", b.Post, "Say in which post they are"), "person", b.Person, "Say with whom you talked")
	if b.Minutes < 0 || b.Minutes > 480 {
		ps = append(ps, entry.Problem{Field: "minutes", Text: "Enter how many minutes it took, from 1 to 480"})
	}
	return ps
}
func (b OwedClimbed) Check() []entry.Problem {
	ps := entry.OneOf(entry.Need(nil, "about", b.About, "Say what is owed"), "about", b.About, []string{EmptyPost, Supervision, Promised}, "There is no such thing owed")
	return entry.Need(entry.Need(ps, "post", b.Post, "Name the post"), "to", b.To, "Name who was told")
}

// added says of most entries that a line gets day by day that they only add: they
// change nothing else, and the order of happening does not matter.
func added(b entry.Body) bool {
	switch b.(type) {
	case SupervisionHeld, OwedClimbed:
		return true
	}
	return false
}

// applyOwings adds to the two maps, and changes no slice that another line has.
func (l *Line) applyOwings(e entry.Entry) {
	switch b := e.Body.(type) {
	case SupervisionHeld:
		ts := l.talks[b.Person]
		l.talks[b.Person] = append(ts[:len(ts):len(ts)], TalkHeld{b, e.Happened.Date, e.Author, e.Post, e.ID})
	case OwedClimbed:
		m := matter{b.About, b.Post, b.Person, b.Of, b.Since}
		l.told[m] = append(l.told[m][:len(l.told[m]):len(l.told[m])], OwedTold{b, e.Recorded, e.ID})
	}
}

func (l *Line) againstOwings(cmd Command, no func(field, text string)) {
	b, ok := cmd.Body.(SupervisionHeld)
	if !ok {
		return
	}
	on := cmd.Happened.Date
	if h, ok := l.Holder(b.Post, on); b.Post != "" && b.Person != "" && (!ok || h.Person != b.Person) {
		no("person", "They were not in this post on that day")
	}
	if b.Person == cmd.Actor.Person {
		no("person", "Whoever held it records it: nobody supervises themselves")
	} else if !l.Above(cmd.Actor.Person, b.Post, on) {
		no("post", "Whoever held it records it: somebody who answered for a post above this one on that day")
	}
}

// Above says whether a person answers for a post above another on a day.
func (l *Line) Above(person, post string, on day.Date) bool {
	for _, p := range l.Up(post, on) {
		if a := l.Answers(p.ID, on); p.ID != post && person != "" && a.Person == person {
			return true
		}
	}
	return false
}
