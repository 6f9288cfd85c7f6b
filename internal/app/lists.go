package app

import (
	"context"
	"slices"
	"sort"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

func sortDuties(ds []duty.Duty) {
	slices.SortStableFunc(ds, func(a, b duty.Duty) int {
		switch {
		case a.Due.By < b.Due.By:
			return -1
		case a.Due.By > b.Due.By:
			return 1
		}
		return 0
	})
}

// Owed is a page of duties with what is needed to show them.
type Owed struct {
	Rows []DutyRow
	Next Cursor // zero: this is the last page
	Line *line.Line
	Now  day.Instant
	// Late and All count the whole list, not this page.
	Late, All int
}

// Owed lists what they owe now: in posts they hold, cover, or that passed up to
// them because nobody else is there.
func (d *Desk) Owed(ctx context.Context, after Cursor, limit int) (*Owed, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	at, l, _ := d.Then()
	o := &Owed{Now: at, Line: l}
	err := d.view(ctx, func(v View) error {
		keys := l.KeysOf(d.posts(), at.Date())
		if keys == nil {
			keys = []line.Key{}
		}
		if err := o.page(ctx, v, DutyQuery{Owners: keys, Now: o.Now, After: after, Limit: limit}); err != nil {
			return err
		}
		loads, err := v.LoadsOf(ctx, keys, o.Now)
		for _, x := range loads {
			o.All += x.Owed
			o.Late += x.Late
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return o, d.closedDuties(ctx, owedList, o.Rows)
}

func childrenOf(rows []DutyRow) (out []*ChildRow) {
	for i := range rows {
		out = append(out, &rows[i].ChildRow)
	}
	return out
}

func each(rows []ChildRow) (out []*ChildRow) {
	for i := range rows {
		out = append(out, &rows[i])
	}
	return out
}

func (o *Owed) page(ctx context.Context, v View, q DutyQuery) error {
	want := q.Limit
	if want > 0 {
		q.Limit++
	}
	rows, err := v.Duties(ctx, q)
	if err != nil {
		return err
	}
	if want > 0 && len(rows) > want {
		rows = rows[:want]
		last := rows[want-1]
		o.Next = Cursor{Rank: last.Rank, At: int64(last.Due.By), ID: last.ID}
	}
	o.Rows = rows
	return nil
}

// Duties lists open duties for programs and the command line. teams nil: all.
func (a *App) Duties(ctx context.Context, q DutyQuery) (*Owed, error) {
	o := &Owed{Now: a.Clock.Now()}
	q.Now = o.Now
	err := a.Store.View(ctx, func(v View) error {
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		o.Line = l
		return o.page(ctx, v, q)
	})
	return o, err
}

// WorkerLoad is what one post of a team owes and holds.
type WorkerLoad struct {
	Post     line.Post
	Answer   line.Answer
	Children int
	Owed     int
	Late     int
}

// TeamPage is what a manager sees of a team.
type TeamPage struct {
	Team        line.Team
	Manager     line.Post
	ManagedBy   line.Answer
	Line        *line.Line
	Now         day.Instant
	Children    int
	NoWorker    []ChildRow // without a named worker, most dangerous first
	Late        []DutyRow
	LateCount   int
	LateMore    Cursor
	Loads       []WorkerLoad // by name, never by size
	Unallocated int
}

// Team shows a team: what is late, who has no worker, who owes how much.
func (d *Desk) Team(ctx context.Context, team string, after Cursor, limit int) (*TeamPage, error) {
	if err := d.MayTeam(access.SeeTeam, team); err != nil {
		return nil, err
	}
	at, l, _ := d.Then()
	p, err := teamPage(l, team, at)
	if err != nil {
		return nil, d.notThen(team, err)
	}
	err = d.view(ctx, func(v View) (err error) {
		if p.NoWorker, err = v.Children(ctx, ChildQuery{Teams: []string{team}, Unallocated: true, Limit: limit}); err != nil {
			return err
		}
		o := &Owed{Now: p.Now}
		if err := o.page(ctx, v, DutyQuery{Teams: []string{team}, LateAt: p.Now, Now: p.Now, After: after, Limit: limit}); err != nil {
			return err
		}
		p.Late, p.LateMore = o.Rows, o.Next
		return count(ctx, v, p)
	})
	if err != nil {
		return nil, err
	}
	return p, d.closedDuties(ctx, "My team", p.Late, each(p.NoWorker)...)
}

func teamPage(l *line.Line, team string, now day.Instant) (*TeamPage, error) {
	t, ok := l.Team(team)
	if !ok {
		return nil, ErrNotFound
	}
	p := &TeamPage{Team: t, Line: l, Now: now}
	if m, ok := l.Manager(team, now.Date()); ok {
		p.Manager, _ = l.Post(m, now.Date())
		p.ManagedBy = l.Answers(m, now.Date())
	}
	return p, nil
}

// count asks once for the numbers of all these teams' pages.
func count(ctx context.Context, v View, pages ...*TeamPage) error {
	if len(pages) == 0 {
		return nil
	}
	var teams []string
	for _, p := range pages {
		teams = append(teams, p.Team.ID)
	}
	loads, err := v.Loads(ctx, teams, pages[0].Now)
	if err != nil {
		return err
	}
	counts, err := v.PostCounts(ctx, teams)
	if err != nil {
		return err
	}
	for _, p := range pages {
		p.fill(loads, counts)
	}
	return nil
}

// fill takes this team's part of the numbers.
func (p *TeamPage) fill(loads []Load, counts []PostCount) {
	team, on := p.Team.ID, p.Now.Date()
	posts := p.Line.Workers(team, on)
	if p.Manager.ID != "" {
		posts = append(posts, p.Manager)
	}
	byPost := map[string]*WorkerLoad{}
	for _, post := range posts {
		byPost[post.ID] = &WorkerLoad{Post: post, Answer: p.Line.Answers(post.ID, on)}
	}
	for _, x := range loads {
		if x.Team != team {
			continue
		}
		p.LateCount += x.Late
		if w := byPost[p.Line.Resolve(x.Owner, on)]; w != nil {
			w.Owed += x.Owed
			w.Late += x.Late
		}
	}
	for _, c := range counts {
		if c.Team != team {
			continue
		}
		p.Children += c.Children
		if c.Post == "" {
			p.Unallocated = c.Children
		}
		if w := byPost[c.Post]; w != nil {
			w.Children = c.Children
		}
	}
	for _, w := range byPost {
		p.Loads = append(p.Loads, *w)
	}
	sort.Slice(p.Loads, func(i, j int) bool {
		a, b := p.Loads[i], p.Loads[j]
		if a.Post.Tier != b.Post.Tier {
			return a.Post.Tier < b.Post.Tier
		}
		x, y := p.Line.Name(a.Answer.Person), p.Line.Name(b.Answer.Person)
		if x != y {
			return x < y
		}
		return a.Post.ID < b.Post.ID
	})
}

// ChildList is a page of children.
type ChildList struct {
	Rows  []ChildRow
	Next  Cursor
	Line  *line.Line
	Now   day.Instant
	Teams []TeamCount // every team's counts: of Unallocated only
	Alike []ChildRow  // of Search only: spelt or written in another way
}

// Unallocated lists open children without a named worker, exactly, in one team
// or in all for which they answer. "Held by the team" is in it.
func (d *Desk) Unallocated(ctx context.Context, team string, after Cursor, limit int) (*ChildList, error) {
	teams, err := d.teams(team)
	if err != nil {
		return nil, err
	}
	return d.children(ctx, "Unallocated", false, ChildQuery{Teams: teams, Unallocated: true, After: after, Limit: limit})
}

// teams are those whose children they may see in a list: one, or with "" all
// for which they answer, and for the front door the children whom no team has.
func (d *Desk) teams(team string) (teams []string, err error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	ask := d.who.Teams
	if team != "" {
		ask = []string{team}
	}
	var closed error
	for _, t := range ask { // to answer for a team is not all: an administrator does not see it
		if err := d.MayTeam(access.SeeTeam, t); err != nil {
			closed = err
			continue
		}
		teams = append(teams, t)
	}
	if team == "" && d.frontDoor() {
		teams = append(teams, "") // no team has them yet
	}
	if len(teams) == 0 {
		if closed == nil {
			closed = d.MayTeam(access.SeeTeam, "")
		}
		return nil, closed
	}
	return teams, nil
}

// Allocates says whether they answer for teams, or for children that no team
// has: whether a list of children without a worker can be theirs.
func (d *Desk) Allocates() bool { return len(d.who.Teams) > 0 || d.frontDoor() }

// frontDoor says whether they are at the front door, or in the line above it.
func (d *Desk) frontDoor() bool {
	on := d.now.Date()
	return slices.Contains(d.who.Functions, line.FrontDoor) ||
		slices.ContainsFunc(d.line.Up(d.line.Resolve(line.KeyOfFunction(line.FrontDoor), on), on), func(p line.Post) bool { return slices.Contains(d.who.Posts, p.ID) })
}

// MyChildren lists the children allocated to the posts they answer for.
func (d *Desk) MyChildren(ctx context.Context, after Cursor, limit int) (*ChildList, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	return d.children(ctx, myChildren, false, d.mine(after, limit))
}

const (
	myChildren = "My children"
	owedList   = "What I owe"
)

func (d *Desk) mine(after Cursor, limit int) ChildQuery {
	posts := d.posts()
	if posts == nil {
		posts = []string{}
	}
	return ChildQuery{Posts: posts, After: after, Limit: limit}
}

// MyChildrenAndOthers is the first page of MyChildren with OpenToMe beside it,
// without those who stand in the first list. One writing of the reader log is
// for both: whoever has two lists must not wait twice for the disk.
func (d *Desk) MyChildrenAndOthers(ctx context.Context, limit int) (mine, others *ChildList, err error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, nil, err
	}
	if mine, err = d.list(ctx, d.mine(Cursor{}, limit)); err != nil {
		return nil, nil, err
	}
	if others, err = d.list(ctx, d.openToMe(Cursor{}, limit)); err != nil {
		return nil, nil, err
	}
	others.Rows = slices.DeleteFunc(others.Rows, func(c ChildRow) bool { return slices.Contains(d.who.Posts, c.Post) })
	return mine, others, d.closedAll(ctx, myChildren, false, append(each(mine.Rows), each(others.Rows)...)...)
}

// Search finds children by words of a name or by a number. A number is looked
// for in full. What is closed to them is found too, and says whom to ask.
func (d *Desk) Search(ctx context.Context, words string, limit int) (*ChildList, error) {
	if err := d.May(access.Search); err != nil {
		return nil, err
	}
	folded := Fold(words)
	if folded == "" {
		return &ChildList{Now: d.now, Line: d.line}, nil
	}
	out, err := d.children(ctx, "Search", true, ChildQuery{Search: folded, Limit: limit})
	if err != nil || len(out.Rows) >= fewFound || d.then != nil { // who is alike is worked out from names as they are now
		return out, err
	}
	out.Alike, err = d.alike(ctx, words, out.Rows)
	return out, err
}

func (d *Desk) children(ctx context.Context, what string, named bool, q ChildQuery) (*ChildList, error) {
	out, err := d.list(ctx, q)
	if err != nil {
		return nil, err
	}
	return out, d.closedAll(ctx, what, named, each(out.Rows)...)
}

// list is a list as the store has it: nobody has been asked yet who may see it.
func (d *Desk) list(ctx context.Context, q ChildQuery) (*ChildList, error) {
	at, l, _ := d.Then()
	out := &ChildList{Now: at, Line: l}
	err := d.view(ctx, func(v View) (err error) {
		want := q.Limit
		if want > 0 {
			q.Limit++
		}
		if out.Rows, err = v.Children(ctx, q); err != nil {
			return err
		}
		if want > 0 && len(out.Rows) > want {
			out.Rows = out.Rows[:want]
			last := out.Rows[want-1]
			out.Next = Cursor{Rank: last.Rank, At: int64(last.SortAt()), ID: last.Child}
		}
		if q.Unallocated {
			out.Teams, err = teamCounts(ctx, v)
		}
		return err
	})
	return out, err
}

// teamCounts counts every team's open children.
func teamCounts(ctx context.Context, v View) (out []TeamCount, err error) {
	counts, err := v.PostCounts(ctx, nil)
	for _, c := range counts {
		if len(out) == 0 || out[len(out)-1].Team != c.Team {
			out = append(out, TeamCount{Team: c.Team})
		}
		t := &out[len(out)-1]
		t.Open += c.Children
		if c.Post == "" {
			t.Unallocated += c.Children
		}
	}
	return out, err
}

// PostLine is one post on the page of the line.
type PostLine struct {
	Post       line.Post
	Depth      int
	Answer     line.Answer
	Holder     line.Holding
	Held       bool
	Own, Below int // late duties: its own, and of all posts under it
	Owed       int
	NoWorker   int // children without a worker, in its own team
	Workers    int // worker posts directly under it
	Empty      int // of these, with nobody in them
	// Talk is the supervision owed to whoever is in it; nil: none is.
	Talk         *line.Owing
	WorkersTalks int // workers under it with whom supervision is late
}

// LinePage is the line of responsibility on a day.
type LinePage struct {
	Line     *line.Line
	On       day.Date
	At       day.Instant
	Past     bool
	Posts    []PostLine // tiers above workers, in the order of the line
	Vacant   int        // posts with authority and nobody in them
	NoWorker int
	Children int
	// WorkersLate is how many late duties are owed by workers' posts.
	WorkersLate int
	TalksLate   int           // people with whom supervision is late
	Changes     []entry.Entry // of the last 30 days, newest first
}

// TheLine shows the line on a day, as it was known at an instant (zero: now).
// Counts of duties are of now, and are left out when a past moment is asked
// for: they are told child by child there.
func (d *Desk) TheLine(ctx context.Context, on day.Date, known day.Instant) (*LinePage, error) {
	if err := d.May(access.SeeLine); err != nil {
		return nil, err
	}
	a, now := d.a, d.now
	if known > now {
		return nil, entry.Refuse("known", "That moment is in the future. Nothing is known of it yet")
	}
	p := &LinePage{At: now, On: on}
	if on == 0 {
		p.On = now.Date()
	}
	p.Past = known != 0 || p.On != now.Date()
	var loads []Load
	var teams []TeamCount
	var rules *duty.Pack
	err := a.Store.View(ctx, func(v View) (err error) {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		if rules, err = r.known(known); err != nil {
			return err
		}
		if p.Line, err = a.lineAt(ctx, v, h); err != nil || p.Past {
			return err
		}
		if loads, err = v.Loads(ctx, nil, now); err != nil {
			return err
		}
		teams, err = teamCounts(ctx, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	if known != 0 {
		p.Line, p.At = p.Line.KnownAt(known), known
	}
	p.fill(loads, teams)
	p.owings(rules.Owings(p.Line, p.On))
	for i := len(p.Line.Log) - 1; i >= 0 && p.Line.Log[i].Recorded > p.At-30*24*day.Hour && len(p.Changes) < 20; i-- {
		switch p.Line.Log[i].Body.(type) {
		case line.PostHeld, line.PostLeft, line.Cover, line.PostClosed, line.PostCreated, line.PostMoved, line.DelegationGiven, line.DelegationEnded:
			p.Changes = append(p.Changes, p.Line.Log[i])
		}
	}
	return p, nil
}

func (p *LinePage) fill(loads []Load, teams []TeamCount) {
	own, owed := map[string]int{}, map[string]int{}
	for _, x := range loads {
		post := p.Line.Resolve(x.Owner, p.On)
		own[post] += x.Late
		owed[post] += x.Owed
	}
	noWorker := map[string]int{}
	for _, t := range teams {
		noWorker[t.Team] += t.Unallocated
		p.NoWorker += t.Unallocated
		p.Children += t.Open
	}
	all := p.Line.Posts(p.On)
	below := map[string]int{}
	for _, post := range all {
		for _, up := range p.Line.Up(post.ID, p.On) {
			if up.ID != post.ID {
				below[up.ID] += own[post.ID]
			}
		}
	}
	for _, post := range all {
		if post.Tier == line.Worker {
			p.WorkersLate += own[post.ID]
			continue
		}
		h, held := p.Line.Holder(post.ID, p.On)
		x := PostLine{Post: post, Depth: p.Line.Depth(post.ID, p.On), Answer: p.Line.Answers(post.ID, p.On), Holder: h, Held: held,
			Own: own[post.ID], Below: below[post.ID], Owed: owed[post.ID]}
		if post.Tier == line.TeamManager && post.Team != "" {
			x.NoWorker = noWorker[post.Team]
			for _, w := range p.Line.Workers(post.Team, p.On) {
				x.Workers++
				if _, ok := p.Line.Holder(w.ID, p.On); !ok {
					x.Empty++
				}
			}
		}
		if !held {
			p.Vacant++
		}
		p.Posts = append(p.Posts, x)
	}
}

// owings says of each post whether supervision with whoever is in it was held, and
// of how many workers of a team it was not.
func (p *LinePage) owings(owed []line.Owing) {
	at := map[string]int{}
	for i, x := range p.Posts {
		at[x.Post.ID] = i
	}
	for _, o := range owed {
		if o.About != line.Supervision {
			continue
		}
		late := o.Late(p.On)
		if late {
			p.TalksLate++
		}
		if i, ok := at[o.Post.ID]; ok {
			p.Posts[i].Talk = &o
			continue
		}
		for _, up := range p.Line.Up(o.Post.ID, p.On) {
			if i, ok := at[up.ID]; ok && late {
				p.Posts[i].WorkersTalks++
				break
			}
		}
	}
}

// TeamCounts gives the numbers of these teams, in their order, without naming a
// child.
func (d *Desk) TeamCounts(ctx context.Context, teams []string) (pages []*TeamPage, err error) {
	at, l, _ := d.Then()
	for _, team := range teams {
		if err := d.MayTeam(access.SeeTeamFigures, team); err != nil {
			return nil, err
		}
		p, err := teamPage(l, team, at)
		if err != nil {
			return nil, d.notThen(team, err)
		}
		pages = append(pages, p)
	}
	return pages, d.view(ctx, func(v View) error { return count(ctx, v, pages...) })
}
