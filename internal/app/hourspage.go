package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// HoursPage is a post's work against its hours: what is owed, by when, of whom; the hours
// and why they are so many; and the same in points.
type HoursPage struct {
	Post      line.Post
	Answer    line.Answer
	Person    string // who holds it; empty: nobody
	Line      *line.Line
	Now       day.Instant
	Rules     duty.Capacity
	Hours     line.Hours // of a working day now
	Absences  []line.Absence
	Reduced   []line.Reduction
	Gets      []line.Extra
	Lends     []line.Extra
	Accepted  []line.Accepting
	Limit     Limit
	Until     day.Date
	Outlook   capacity.Outlook
	Over      *line.Over // found by the rules, and not answered
	Children  []HoursChild
	Points    float64
	PointsFor float64
	Band      string
	// May: whoever looks answers for hours that are not there.
	May bool
}

// HoursChild is what one child takes of the hours.
type HoursChild struct {
	Row    ChildRow
	Due    day.Date // the next piece of work; zero: none in eight weeks
	Soon   float64  // hours up to Until
	Eight  float64  // hours in eight weeks
	Late   float64
	Unsaid bool // nothing recorded says what is owed: stated hours are counted
	Second bool
	Points capacity.Pointed
}

// Hours opens a post's hours, for whoever holds or covers it and those above.
func (d *Desk) Hours(ctx context.Context, post string) (*HoursPage, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	if d.line.Title(post) == "" {
		return nil, ErrNotFound
	}
	if !d.answersFor(post) {
		return nil, &Denied{Action: access.SeeOwnWork, Policy: access.None, Says: "Only whoever answers for this post, or for one above it, sees its hours"}
	}
	at, l, pack := d.Then()
	on := at.Date()
	if l.Title(post) == "" {
		return nil, notYet("post")
	}
	p := &HoursPage{Line: l, Now: at, Answer: l.Answers(post, on), May: d.then == nil && l.Above(d.who.Person, post, on)}
	p.Post, _ = l.Post(post, on)
	if h, ok := l.Holder(post, on); ok {
		p.Person = h.Person
		p.Absences, p.Reduced = l.AbsencesOf(h.Person, on), l.Reductions(h.Person, on)
	}
	p.Gets, p.Lends = l.Extras(post, on)
	_, p.Accepted = l.Accepted(post, on)
	if x, ok := l.OverHours(post); ok {
		p.Over = &x
	}
	points := map[string]capacity.Pointed{}
	var rows []ChildRow
	var o *outlooks
	err := d.view(ctx, func(v View) (err error) {
		if o, err = d.a.outlooks(ctx, v, l, pack, at, nil, post); err != nil {
			return err
		}
		ids := make([]string, 0, len(o.children[post]))
		for id := range o.children[post] {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		if len(ids) == 0 {
			return nil
		}
		if rows, err = v.Children(ctx, ChildQuery{IDs: ids}); err != nil {
			return err
		}
		homes := map[string]bool{}
		for _, row := range rows {
			rec, err := d.a.recordOf(ctx, v, row)
			if err != nil {
				return err
			}
			s := rec.On(endOf(at))
			home := rec.Identity().Address
			points[row.Child] = capacity.PointsOf(o.rules.Points, rec, s, on, home != "" && homes[home], row.Post != post && slices.Contains(s.Second, post))
			homes[home] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.Rules, p.Until = o.rules, o.answerBy()
	p.Hours = o.hoursOn(post, on)
	p.Limit, p.Outlook = o.limit(post, nil, nil, nil), o.of(post, nil, nil, nil)
	kids := map[string]*HoursChild{}
	for i := range rows {
		p.Children = append(p.Children, HoursChild{Row: rows[i], Points: points[rows[i].Child], Second: rows[i].Post != post})
	}
	for i := range p.Children {
		kids[p.Children[i].Row.Child] = &p.Children[i]
		p.Points += p.Children[i].Points.Points
	}
	for _, a := range o.asks[post] {
		k := kids[a.child]
		if k == nil { // of a child who is not theirs, such as one whom they only look at
			continue
		}
		if k.Eight += a.Hours; a.By <= p.Until {
			k.Soon += a.Hours
		}
		k.Unsaid = k.Unsaid || a.duty == ""
		if a.Late {
			k.Late += a.Hours
		}
		if k.Due == 0 || a.By < k.Due {
			k.Due = a.By
		}
	}
	weekly := p.Hours.Contract * 5
	p.PointsFor = capacity.PointsFor(o.rules.Points, weekly, p.Hours.Reduced*5)
	p.Band = capacity.BandOf(o.rules.Points, p.Points, p.PointsFor)
	var show []*ChildRow
	for i := range p.Children {
		show = append(show, &p.Children[i].Row)
	}
	if err := d.closedAll(ctx, "Hours of a post", false, show...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.Children, func(a, b HoursChild) int {
		return cmp.Or(cmp.Compare(b.Soon, a.Soon), cmp.Compare(b.Eight, a.Eight), cmp.Compare(a.Row.Name, b.Row.Name))
	})
	return p, nil
}

// ServicePage is whether the work of several teams can be done.
type ServicePage struct {
	Line  *line.Line
	Now   day.Instant
	Rules duty.Capacity
	Teams []TeamAhead
}

// TeamAhead is one team's outlook.
type TeamAhead struct {
	Team    line.Team
	Workers int
	Empty   int
	Over    int // workers who are over their hours, and nobody answers for it
	Outlook capacity.Outlook
	// Likely is the outlook with what is likely to come in; Flow says whether the past is
	// enough to tell.
	Likely capacity.Outlook
	Flow   capacity.Flow
}

// manyTeams is from how many teams on the answer is kept for freshFor: to work it out takes
// every duty and every hour of them all. The page says when it was worked out; a team's own
// page is always of now.
const (
	manyTeams = 24
	freshFor  = 5 * day.Minute
)

// services keeps the newest answers about many teams.
type services struct {
	line *line.Line // with pack, as they are now: when one changes, nothing is kept
	pack *duty.Pack
	of   map[string]*ServicePage
}

// keptService is the answer about these teams, where one is kept and fresh.
func (a *App) keptService(l *line.Line, pack *duty.Pack, key string, now day.Instant) *ServicePage {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.services.of[key]; a.services.line == l && a.services.pack == pack && p != nil && p.Now <= now && now-p.Now < freshFor && p.Now.Date() == now.Date() {
		return p
	}
	return nil
}

func (a *App) keepService(l *line.Line, pack *duty.Pack, key string, p *ServicePage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.services.line != l || a.services.pack != pack || len(a.services.of) > 50 {
		a.services = services{l, pack, map[string]*ServicePage{}}
	}
	a.services.of[key] = p
}

// Service says for each team that whoever asks answers for, or whose figures they see,
// whether its work can be done; the team that breaks first first. Of many teams the answer
// may be some minutes old: its Now says of when it is.
func (d *Desk) Service(ctx context.Context) (*ServicePage, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	at, l, pack := d.Then()
	on := at.Date()
	var teams []string
	for _, t := range l.Teams() {
		if (t.Closed == 0 || on < t.Closed) && d.as.OnTeam(access.SeeTeamFigures, t.ID).Allowed && len(l.Workers(t.ID, on)) > 0 {
			teams = append(teams, t.ID)
		}
	}
	p := &ServicePage{Line: l, Now: at, Rules: pack.Capacity(on)}
	if len(teams) == 0 {
		return p, nil
	}
	key := strings.Join(teams, " ")
	keeps := len(teams) >= manyTeams && d.then == nil
	if keeps {
		if kept := d.a.keptService(l, pack, key, at); kept != nil {
			return kept, nil
		}
	}
	var o *outlooks
	if err := d.view(ctx, func(v View) (err error) {
		o, err = d.a.outlooks(ctx, v, l, pack, at, teams)
		return err
	}); err != nil {
		return nil, err
	}
	for _, id := range teams {
		x := TeamAhead{Outlook: o.team(id), Flow: o.flow[id]}
		x.Likely = o.team(id, withNew(on, x.Flow.Likely, 1)...)
		x.Team, _ = l.Team(id)
		for _, w := range l.Workers(id, on) {
			x.Workers++
			if _, held := l.Holder(w.ID, on); !held {
				x.Empty++
			} else if o.limit(w.ID, nil, nil, nil).Over() > 0 {
				x.Over++
			}
		}
		p.Teams = append(p.Teams, x)
	}
	slices.SortStableFunc(p.Teams, func(a, b TeamAhead) int {
		first := func(x TeamAhead) day.Date {
			if x.Outlook.First == 0 {
				return o.until
			}
			return x.Outlook.First
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(b.Outlook.Short, a.Outlook.Short), cmp.Compare(a.Team.Name, b.Team.Name))
	})
	if keeps {
		d.a.keepService(l, pack, key, p)
	}
	return p, nil
}
