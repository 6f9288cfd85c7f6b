// Package line is the line of responsibility: posts, who holds or covers each
// from when to when, and which post is above. It knows entries and days. It
// must never know children, pages or storage, nor ask what time it is.
package line

import (
	"maps"
	"slices"
	"sort"

	"onus/internal/day"
	"onus/internal/entry"
)

// Post is a place in the line as it stands on a day: posts move and change
// their hours, so ask for one with the day.
type Post struct {
	ID, Title, Team, Above, Function string
	Tier                             Tier
	Created, Closed                  day.Date // Closed is zero while the post stands
	Hours                            float64  // a week; zero when not known
}

// Holding is somebody in a post from a day to a day, both included.
type Holding struct {
	Post, Person string
	From, To     day.Date // To is zero while it lasts
	Acting       bool
	Entry        entry.ID
	Recorded     day.Instant
}

// Covering is a post answering for another.
type Covering struct {
	Post, By string
	From, To day.Date
	Why      string
	Author   string // who said so
	Entry    entry.ID
}

// Team of workers.
type Team struct {
	ID, Name string
	Closed   day.Date
}

// Line is what the entries about the line add up to. Read it only.
type Line struct {
	Authority AuthorityNamed
	Log       []entry.Entry
	Imports   []entry.Entry
	Feed      FeedPlan    // whether and when the daily feed leaves by itself
	Checked   entry.Entry // the last full check of the journal; its body is a JournalChecked

	posts     map[string]Post
	changes   map[string][]change // by post, in order of day
	order     []string
	teams     map[string]Team
	teamIDs   []string
	people    map[string]string
	holdings  map[string][]Holding // by post, in order of From
	covers    map[string][]Covering
	folk      people
	worked    worked
	questions []Question
	talks     map[string][]TalkHeld // by person, in no order of days
	told      map[matter][]OwedTold

	delegations []Delegation
	given       []GivenData
}

// change is what is different about a post from a day on. Empty fields say
// that nothing changed.
type change struct {
	from        day.Date
	team, above string
	hours       *float64
}

// Fold adds up entries in recorded order. Entries that happen later than
// others but were recorded first still stand in order of happening.
func Fold(es []entry.Entry) *Line {
	l := &Line{posts: map[string]Post{}, changes: map[string][]change{}, teams: map[string]Team{}, people: map[string]string{}, holdings: map[string][]Holding{}, covers: map[string][]Covering{}, talks: map[string][]TalkHeld{}, told: map[matter][]OwedTold{},
		worked: worked{skills: map[string]PersonSkills{}, over: map[string]Over{}},
		folk:   people{party: map[string]string{}, address: map[string]string{}, telephone: map[string]string{}, mail: map[string]string{}, registered: map[string]PersonRegistered{}, qualified: map[string]day.Date{}, signIns: map[[2]string]string{}, away: map[string][]absence{}, keys: map[string]ProgramKey{}}}
	l.Log = es
	byDay := slices.Clone(es)
	slices.SortStableFunc(byDay, func(a, b entry.Entry) int { return int(a.Happened.Date) - int(b.Happened.Date) })
	for _, e := range byDay {
		l.apply(e)
	}
	return l
}

// Apply gives the line with more entries.
func Apply(l *Line, es ...entry.Entry) *Line {
	if len(es) == 0 {
		return l
	}
	log := slices.Concat(l.Log, es)
	if slices.ContainsFunc(es, func(e entry.Entry) bool { return !added(e.Body) }) {
		return Fold(log)
	}
	next := *l
	next.Log, next.talks, next.told = log, maps.Clone(l.talks), maps.Clone(l.told)
	for _, e := range es {
		next.applyOwings(e)
	}
	return &next
}

func (l *Line) apply(e entry.Entry) {
	on := e.Happened.Date
	l.applyPeople(e)
	l.applyLooks(e)
	l.applyDelegations(e)
	l.applyOwings(e)
	l.applyHours(e)
	l.applyOver(e)
	l.applyReturns(e)
	switch b := e.Body.(type) {
	case AuthorityNamed:
		l.Authority = b
	case TeamCreated:
		if _, ok := l.teams[b.Team]; !ok {
			l.teamIDs = append(l.teamIDs, b.Team)
		}
		l.teams[b.Team] = Team{ID: b.Team, Name: b.Name}
	case TeamClosed:
		t := l.teams[b.Team]
		t.Closed = on
		l.teams[b.Team] = t
	case PostCreated:
		if _, ok := l.posts[b.Post]; !ok {
			l.order = append(l.order, b.Post)
		}
		l.posts[b.Post] = Post{ID: b.Post, Title: b.Title, Team: b.Team, Above: b.Above, Function: b.Function, Tier: b.Tier, Created: on}
	case PostMoved:
		l.changes[b.Post] = append(l.changes[b.Post], change{from: on, team: b.Team, above: b.Above})
	case PostClosed:
		if p, ok := l.posts[b.Post]; ok {
			p.Closed = on
			l.posts[b.Post] = p
			l.end(b.Post, on-1)
		}
	case PersonKnown:
		l.people[b.Person] = b.Name
	case PostHeld:
		l.end(b.Post, on-1)
		l.holdings[b.Post] = append(l.holdings[b.Post], Holding{Post: b.Post, Person: b.Person, From: on, Acting: b.Acting, Entry: e.ID, Recorded: e.Recorded})
	case PostLeft:
		l.leave(b.Post, b.Person, on)
	case Cover:
		l.covers[b.Post] = append(l.covers[b.Post], Covering{Post: b.Post, By: b.By, From: on, To: b.To, Why: b.Why, Author: e.Author, Entry: e.ID})
	case HoursSet:
		l.changes[b.Post] = append(l.changes[b.Post], change{from: on, hours: &b.PerWeek})
	case FileImported:
		l.Imports = append(l.Imports, e)
	case JournalChecked:
		l.Checked = e
	}
}

// leave ends a holding after the last day of a person, or of whoever it is. On
// the day of a handing over the leaver's last day is the next one's first:
// whichever of the two was recorded first, the post is the next one's that
// day, and a leaving that names nobody is not theirs.
func (l *Line) leave(post, person string, last day.Date) {
	hs := l.holdings[post]
	n := len(hs)
	if n == 0 {
		return
	}
	handedOver := n > 1 && hs[n-1].From == last && hs[n-2].To == last-1
	if person == "" && handedOver || person != "" && person != hs[n-1].Person {
		return
	}
	l.end(post, last)
}

// end sees to it that nobody holds a post after a day. A holding that would
// have lasted no day never was.
func (l *Line) end(post string, last day.Date) {
	hs := l.holdings[post]
	n := len(hs)
	switch {
	case n == 0:
	case hs[n-1].From > last:
		l.holdings[post] = hs[:n-1]
	case hs[n-1].To == 0 || hs[n-1].To > last:
		hs[n-1].To = last
	}
}

// Title is what a post is called; empty when there is no such post.
func (l *Line) Title(post string) string { return l.posts[post].Title }

// Post finds a post as it stands on a day. One not yet made, or closed, is
// found too: see Stands.
func (l *Line) Post(id string, on day.Date) (Post, bool) {
	p, ok := l.posts[id]
	for _, c := range l.changes[id] {
		if c.from > on {
			break
		}
		if c.team != "" {
			p.Team = c.team
		}
		if c.above != "" {
			p.Above = c.above
		}
		if c.hours != nil {
			p.Hours = *c.hours
		}
	}
	return p, ok
}

// Posts that stand on a day, in the order of the line: each post before those
// under it.
func (l *Line) Posts(on day.Date) []Post {
	var out, tops []Post
	below := map[string][]Post{}
	for _, id := range l.order {
		p, _ := l.Post(id, on)
		if _, ok := l.posts[p.Above]; !ok {
			tops = append(tops, p)
		} else {
			below[p.Above] = append(below[p.Above], p)
		}
	}
	var walk func(p Post, depth int)
	walk = func(p Post, depth int) {
		if p.Stands(on) {
			out = append(out, p)
		}
		if depth > highest {
			return
		}
		under := below[p.ID]
		slices.SortStableFunc(under, func(a, b Post) int { return int(b.Tier - a.Tier) })
		for _, u := range under {
			walk(u, depth+1)
		}
	}
	for _, p := range tops {
		walk(p, 0)
	}
	return out
}

// highest is how many posts a line can have above one another.
const highest = 20

// Stands says whether the post is there on a day.
func (p Post) Stands(on day.Date) bool {
	return p.ID != "" && p.Created <= on && (p.Closed == 0 || on < p.Closed)
}

// climb visits a post and every post above it on a day, whether it stands or
// not, until it is told to stop.
func (l *Line) climb(post string, on day.Date) func(func(Post) bool) {
	return func(yield func(Post) bool) {
		for n, id := 0, post; id != "" && n <= highest; n++ {
			p, ok := l.Post(id, on)
			if !ok || !yield(p) {
				return
			}
			id = p.Above
		}
	}
}

// Depth is how many posts are above on a day.
func (l *Line) Depth(post string, on day.Date) int {
	n := -1
	for range l.climb(post, on) {
		n++
	}
	return max(n, 0)
}

// Teams in the order in which they were made.
func (l *Line) Teams() []Team {
	out := make([]Team, 0, len(l.teamIDs))
	for _, id := range l.teamIDs {
		out = append(out, l.teams[id])
	}
	return out
}

// Team finds a team.
func (l *Line) Team(id string) (Team, bool) { t, ok := l.teams[id]; return t, ok }

// Name is a person's name, or "the rules" for the system itself.
func (l *Line) Name(person string) string {
	if person == entry.System.Person {
		return "Onus, by the rules"
	}
	if person == entry.Outside.Person {
		return "Somebody outside, by the public form"
	}
	if _, ok := entry.FamilyShare(person); ok {
		return "Somebody in the family, by a private link"
	}
	if n := l.people[person]; n != "" {
		return n
	}
	return person
}

// People are everybody's ids, in order.
func (l *Line) People() []string {
	out := make([]string, 0, len(l.people))
	for id := range l.people {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Holder is who holds a post on a day.
func (l *Line) Holder(post string, on day.Date) (Holding, bool) {
	hs := l.holdings[post]
	for i := len(hs) - 1; i >= 0; i-- {
		if h := hs[i]; h.From <= on && (h.To == 0 || on <= h.To) {
			return h, true
		}
	}
	return Holding{}, false
}

// Holdings of a post, first to last.
func (l *Line) Holdings(post string) []Holding { return slices.Clone(l.holdings[post]) }

// Covered says which post covers this one on a day. The latest arrangement counts.
func (l *Line) Covered(post string, on day.Date) (Covering, bool) {
	cs := l.covers[post]
	for i := len(cs) - 1; i >= 0; i-- {
		if c := cs[i]; c.From <= on && (c.To == 0 || on <= c.To) {
			return c, true
		}
	}
	return Covering{}, false
}

// How an answer for a post came about.
const (
	ByHolder = "holder"
	ByCover  = "cover"
	ByAbove  = "passed up" // nobody holds or covers it: the post above answers
	ByNobody = "nobody"
)

// Answer is who answers for a post on a day.
type Answer struct {
	Asked  string // the post that was asked about
	Post   string // the post that answers
	Person string // who is in it; empty when nobody is, up to the top
	How    string
	Since  day.Date
	Cover  Covering // when How is ByCover, or the cover on the way up
	Acting bool
}

// Answers says who answers for a post on a day: the post that covers it, else
// its holder, else whoever answers for the post above. It never passes into
// nothing without saying so: How is then ByNobody.
func (l *Line) Answers(post string, on day.Date) Answer {
	a := Answer{Asked: post, How: ByNobody}
	for p := range l.climb(post, on) {
		if p.Stands(on) {
			if c, ok := l.Covered(p.ID, on); ok {
				if h, held := l.Holder(c.By, on); held {
					return Answer{Asked: post, Post: c.By, Person: h.Person, How: how(p.ID == post, ByCover), Since: c.From, Cover: c}
				}
			}
			if h, ok := l.Holder(p.ID, on); ok {
				return Answer{Asked: post, Post: p.ID, Person: h.Person, How: how(p.ID == post, ByHolder), Since: h.From, Acting: h.Acting}
			}
		}
		a.Post = p.ID
	}
	return a
}

func how(direct bool, as string) string {
	if direct {
		return as
	}
	return ByAbove
}

// standing are the posts of a day, in the order in which they were made.
func (l *Line) standing(on day.Date) func(func(Post) bool) {
	return func(yield func(Post) bool) {
		for _, id := range l.order {
			if p, _ := l.Post(id, on); p.Stands(on) && !yield(p) {
				return
			}
		}
	}
}

// Manager is the team manager's post of a team: the lowest post above the
// workers in it.
func (l *Line) Manager(team string, on day.Date) (string, bool) {
	for p := range l.standing(on) {
		if p.Team == team && p.Tier == TeamManager {
			return p.ID, true
		}
	}
	return "", false
}

// ByFunction finds the post of the highest tier with a function.
func (l *Line) ByFunction(function string, on day.Date) (string, bool) {
	return l.topmost(on, func(p Post) bool { return p.Function == function })
}

// Top is the post at the head of children's services: the director, or the
// highest there is.
func (l *Line) Top(on day.Date) (string, bool) {
	return l.topmost(on, func(p Post) bool { return p.Tier <= Director })
}

func (l *Line) topmost(on day.Date, fits func(Post) bool) (string, bool) {
	var best Post
	for p := range l.standing(on) {
		if fits(p) && (best.ID == "" || p.Tier > best.Tier) {
			best = p
		}
	}
	return best.ID, best.ID != ""
}

// AtTier goes up from a post (itself included) to the first post of at least
// the tier.
func (l *Line) AtTier(post string, t Tier, on day.Date) (string, bool) {
	for p := range l.climb(post, on) {
		if p.Tier >= t && p.Stands(on) {
			return p.ID, true
		}
	}
	return "", false
}

// Up lists the post and every post above it that stands on a day.
func (l *Line) Up(post string, on day.Date) []Post {
	var out []Post
	for p := range l.climb(post, on) {
		if p.Stands(on) {
			out = append(out, p)
		}
	}
	return out
}

// Below says whether a post is the other, or under it, on a day.
func (l *Line) Below(post, top string, on day.Date) bool {
	for p := range l.climb(post, on) {
		if p.ID == top {
			return true
		}
	}
	return false
}

// TeamsUnder are the teams that a post answers for: its own, and those of all
// posts under it.
func (l *Line) TeamsUnder(post string, on day.Date) []string {
	var out []string
	for p := range l.standing(on) {
		if p.Team != "" && p.Tier >= TeamManager && l.Below(p.ID, post, on) && !slices.Contains(out, p.Team) {
			out = append(out, p.Team)
		}
	}
	return out
}

// Workers are the worker posts of a team on a day.
func (l *Line) Workers(team string, on day.Date) []Post {
	var out []Post
	for p := range l.standing(on) {
		if p.Team == team && p.Tier == Worker {
			out = append(out, p)
		}
	}
	return out
}

// PostsOf are the posts that a person answers for on a day: those held, those
// covered, and empty ones whose duties passed up to them.
func (l *Line) PostsOf(person string, on day.Date) []string {
	var out []string
	for _, id := range l.order {
		if l.posts[id].Created > on {
			continue
		}
		if a := l.Answers(id, on); a.Person == person && a.Person != "" {
			out = append(out, id)
		}
	}
	return out
}

// Held are the posts that a person holds on a day.
func (l *Line) Held(person string, on day.Date) []Post {
	var out []Post
	for p := range l.standing(on) {
		if h, ok := l.Holder(p.ID, on); ok && h.Person == person {
			out = append(out, p)
		}
	}
	return out
}

// KnownAt is the line as it had been recorded by an instant.
func (l *Line) KnownAt(t day.Instant) *Line {
	n := sort.Search(len(l.Log), func(i int) bool { return l.Log[i].Recorded > t })
	if n == len(l.Log) {
		return l
	}
	return Fold(l.Log[:n:n])
}

// AllPosts are the ids of every post there ever was, in the order in which they
// were made.
func (l *Line) AllPosts() []string { return slices.Clone(l.order) }
