package app

import (
	"cmp"
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/line"
)

// ReturnStanding is how a return stands.
type ReturnStanding struct {
	Kind  ReturnKind
	Last  *ReturnRun // the newest check that ended; nil: there was none
	On    *ReturnRun // the check that waits or runs; nil: none does
	Broke *ReturnRun // the newest that broke off, where none ended since
	Taken *ReturnRun // when it was taken away last; nil: never
	Since int64      // entries that were recorded since the last check began
}

// ReturnsList is how all returns stand.
type ReturnsList struct {
	Rows     []ReturnStanding
	Line     *line.Line
	Now      day.Instant
	MayCheck bool
	Usual    map[ReturnKind]ReturnOrder // what to check, where nobody says otherwise
}

// Returns is how all returns stand: counts, and no name.
func (d *Desk) Returns(ctx context.Context) (*ReturnsList, error) {
	if err := d.May(access.SeeReturns); err != nil {
		return nil, err
	}
	out := &ReturnsList{Line: d.line, Now: d.now, MayCheck: d.May(access.CheckReturn) == nil, Usual: map[ReturnKind]ReturnOrder{}}
	err := d.a.Store.View(ctx, func(v View) error {
		for _, kind := range ReturnKinds {
			s, err := d.standing(ctx, v, kind)
			if err != nil {
				return err
			}
			out.Rows = append(out.Rows, s)
			out.Usual[kind] = d.usual(s)
		}
		return nil
	})
	return out, err
}

func (d *Desk) standing(ctx context.Context, v View, kind ReturnKind) (s ReturnStanding, err error) {
	s.Kind = kind
	newest := func(what ReturnWhat, st ReturnState) *ReturnRun {
		if err != nil {
			return nil
		}
		var rs []ReturnRun
		if rs, err = v.ReturnRuns(ctx, ReturnRunQuery{Kind: kind, What: what, State: st, Limit: 1}); len(rs) == 0 {
			return nil
		}
		return &rs[0]
	}
	s.Last, s.Broke, s.Taken = newest(ReturnChecked, RunDone), newest(ReturnChecked, RunBroken), newest(ReturnTaken, RunDone)
	if s.On = newest(ReturnChecked, RunRunning); s.On == nil {
		s.On = newest(ReturnChecked, RunWaiting)
	}
	if s.On != nil && s.On.Stopped(d.now) { // the next who looks after it marks it so
		s.On.State, s.On.Problem, s.On.Ended = RunBroken, brokeSilent, s.On.Beat
		s.Broke, s.On = s.On, nil
	}
	if s.Broke != nil && s.Last != nil && s.Last.Asked > s.Broke.Asked {
		s.Broke = nil
	}
	if err == nil && s.Last != nil {
		var h Head
		h, err = v.Head(ctx)
		s.Since = h.Size - s.Last.Entries
	}
	return s, err
}

// usual is what to check where nobody says otherwise: what was checked last, or of the
// authority that the line names the year that runs, or the lists of today.
func (d *Desk) usual(s ReturnStanding) ReturnOrder {
	today := d.now.Date()
	o := ReturnOrder{Kind: s.Kind, Authority: d.line.Authority.Code, Year: ReturnYear(s.Kind, today), Serial: "001", Format: "csv"}
	if s.Kind == ReturnAnnexA {
		o.On = today
	}
	for _, run := range []*ReturnRun{s.On, s.Last} {
		if run == nil {
			continue
		}
		o.Authority = run.Authority
		if o.Year != "" {
			o.Year = run.Of
		}
		break
	}
	return o
}

// ReturnPage is how one return stands, rule by rule and team by team, without names.
type ReturnPage struct {
	ReturnStanding
	Usual    ReturnOrder
	Rules    []ReturnRule // of the last check: errors first, then who is left out, then queries, each by how many children
	Teams    []ReturnTeam // of the last check: any rule's children, by the names of teams
	Words    map[string]ReturnRuleWords
	Before   *ReturnRun            // the check before the last, of the same year and authority
	Was      map[string]ReturnRule // what came of rules then
	History  []ReturnRun           // newest first
	Next     Cursor
	MayCheck bool
	MayTake  bool // perhaps after signing in again
	Line     *line.Line
	Now      day.Instant
}

// Return is how one return stands, with a page of its history.
func (d *Desk) Return(ctx context.Context, kind ReturnKind, after Cursor, limit int) (*ReturnPage, error) {
	if err := d.May(access.SeeReturns); err != nil {
		return nil, err
	}
	if !slices.Contains(ReturnKinds, kind) {
		return nil, ErrNotFound
	}
	p := &ReturnPage{Line: d.line, Now: d.now, MayCheck: d.May(access.CheckReturn) == nil, MayTake: d.MayAfresh(access.TakeReturn), Was: map[string]ReturnRule{}}
	err := d.a.Store.View(ctx, func(v View) (err error) {
		if p.ReturnStanding, err = d.standing(ctx, v, kind); err != nil {
			return err
		}
		p.Usual = d.usual(p.ReturnStanding)
		if p.History, err = v.ReturnRuns(ctx, ReturnRunQuery{Kind: kind, After: after, Limit: limit + 1}); err != nil {
			return err
		}
		if len(p.History) > limit {
			p.History = p.History[:limit]
			last := p.History[limit-1]
			p.Next = Cursor{At: int64(last.Asked), ID: last.ID}
		}
		if p.Last == nil {
			return nil
		}
		if p.Rules, err = v.ReturnRules(ctx, p.Last.ID); err != nil {
			return err
		}
		if p.Teams, err = v.ReturnTeams(ctx, p.Last.ID, ""); err != nil {
			return err
		}
		if p.Before, err = checkBefore(ctx, v, *p.Last); err != nil || p.Before == nil {
			return err
		}
		rs, err := v.ReturnRules(ctx, p.Before.ID)
		for _, r := range rs {
			p.Was[r.Code] = r
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Last != nil {
		p.Words = rulesOfReturn(kind, p.Last.Of)
	}
	slices.SortStableFunc(p.Rules, func(x, y ReturnRule) int {
		return cmp.Or(-compareBool(x.Failed, y.Failed), cmp.Compare(severityRank(x.Severity), severityRank(y.Severity)), cmp.Compare(y.Children, x.Children))
	})
	d.byName(p.Teams)
	return p, nil
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}

func severityRank(s ReturnSeverity) int {
	return slices.Index([]ReturnSeverity{ReturnError, ReturnLeftOut, ReturnQuery}, s)
}

// byName puts teams in the order of their names, so that no list of them is one of who is
// worst. Who has no team comes last.
func (d *Desk) byName(ts []ReturnTeam) {
	name := func(id string) string {
		if t, ok := d.line.Team(id); ok {
			return t.Name
		}
		return id
	}
	slices.SortStableFunc(ts, func(x, y ReturnTeam) int {
		return cmp.Or(compareBool(x.Team == "", y.Team == ""), cmp.Compare(name(x.Team), name(y.Team)))
	})
}

// checkBefore is the newest check before one, of the same time and authority. It looks at
// no more than the last few: what was long ago is no measure of what was mended.
func checkBefore(ctx context.Context, v View, run ReturnRun) (*ReturnRun, error) {
	rs, err := v.ReturnRuns(ctx, ReturnRunQuery{Kind: run.Kind, What: ReturnChecked, State: RunDone, After: Cursor{At: int64(run.Asked), ID: run.ID}, Limit: 20})
	for i := range rs {
		if Comparable(rs[i], run) {
			return &rs[i], err
		}
	}
	return nil, err
}

// Comparable says that two checks are of the same return, so that a difference says what was mended.
// Lists of a day, and the feed, are compared with those of an earlier day.
func Comparable(a, b ReturnRun) bool {
	years := ReturnYears(a.Kind) != nil
	return a.Kind == b.Kind && a.What == ReturnChecked && b.What == ReturnChecked && a.State == RunDone && b.State == RunDone && a.Authority == b.Authority && (!years || a.Of == b.Of)
}

// ReturnProgress is the run that a page waits for: the check that is on, else the newest.
func (d *Desk) ReturnProgress(ctx context.Context, kind ReturnKind) (s ReturnStanding, err error) {
	if err := d.May(access.SeeReturns); err != nil {
		return s, err
	}
	if !slices.Contains(ReturnKinds, kind) {
		return s, ErrNotFound
	}
	err = d.a.Store.View(ctx, func(v View) error {
		s, err = d.standing(ctx, v, kind)
		return err
	})
	return s, err
}

// ReturnRulePage is a rule, and the children behind it in one team.
type ReturnRulePage struct {
	Run      ReturnRun
	Words    ReturnRuleWords
	Rule     *ReturnRule // nil: it held, or was not asked
	Teams    []ReturnTeam
	Children ReturnChildren
	Line     *line.Line
	Now      day.Instant
}

// ReturnChildren are children behind rules in one team, as far as whoever asks may see
// their names.
type ReturnChildren struct {
	Team   string // as it was then; empty: none
	Listed bool   // they may be listed for whoever asks
	Rows   []ReturnFailure
	Closed int // records on this page that are closed to whoever asks
	Next   Cursor
}

// ReturnRule is a rule of the last check of a return. team is the team whose children are
// listed, empty for those without one; nil: the first that whoever asks may see. ErrNotFound: there is no such rule, or nothing was checked yet.
func (d *Desk) ReturnRule(ctx context.Context, kind ReturnKind, code string, team *string, after Cursor, limit int) (*ReturnRulePage, error) {
	if err := d.May(access.SeeReturns); err != nil {
		return nil, err
	}
	run, err := d.lastCheck(ctx, kind)
	if err != nil {
		return nil, err
	}
	p := &ReturnRulePage{Run: *run, Line: d.line, Now: d.now}
	var known bool
	if p.Words, known = rulesOfReturn(kind, run.Of)[code]; !known {
		return nil, ErrNotFound
	}
	err = d.a.Store.View(ctx, func(v View) error {
		rs, err := v.ReturnRules(ctx, run.ID)
		for i := range rs {
			if rs[i].Code == code {
				p.Rule = &rs[i]
			}
		}
		if err == nil {
			p.Teams, err = v.ReturnTeams(ctx, run.ID, code)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	d.byName(p.Teams)
	if team == nil {
		for i := range p.Teams {
			if d.listsTeam(p.Teams[i].Team) {
				team = &p.Teams[i].Team
				break
			}
		}
	}
	if team != nil {
		p.Children, err = d.returnChildren(ctx, ReturnFailureQuery{Run: run.ID, Code: code, Team: *team, After: after, Limit: limit})
	}
	return p, err
}

// lastCheck is the newest check of a return that ended.
func (d *Desk) lastCheck(ctx context.Context, kind ReturnKind) (run *ReturnRun, err error) {
	err = d.a.Store.View(ctx, func(v View) error {
		rs, err := v.ReturnRuns(ctx, ReturnRunQuery{Kind: kind, What: ReturnChecked, State: RunDone, Limit: 1})
		if err == nil && len(rs) == 0 {
			return ErrNotFound
		}
		if err == nil {
			run = &rs[0]
		}
		return err
	})
	return run, err
}

// listsTeam says whether the children of a team may be listed for whoever asks: who
// answers for the team, and for children without one, who answers for the front door.
// Whether a name may stand there is asked of each child's record all the same.
func (d *Desk) listsTeam(team string) bool {
	if team == "" {
		return d.frontDoor() || d.who.Tier >= line.Director
	}
	return d.MayTeam(access.SeeTeam, team) == nil
}

// returnChildren lists children behind rules. Each is looked at by whoever asks, and the
// look is in the reader log before the list is shown.
func (d *Desk) returnChildren(ctx context.Context, q ReturnFailureQuery) (out ReturnChildren, err error) {
	out.Team = q.Team
	if out.Listed = d.listsTeam(q.Team); !out.Listed {
		return out, nil
	}
	limit := q.Limit
	q.Limit++
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		out.Rows, err = v.ReturnFailures(ctx, q)
		return err
	}); err != nil {
		return out, err
	}
	if len(out.Rows) > limit {
		out.Rows = out.Rows[:limit]
		last := out.Rows[limit-1]
		out.Next = Cursor{ID: last.Child + "~" + last.Code}
	}
	var rows []*ChildRow
	for i := range out.Rows {
		rows = append(rows, &out.Rows[i].ChildRow)
	}
	if err := d.closedAll(ctx, returnsList, false, rows...); err != nil {
		return out, err
	}
	closed := map[string]bool{}
	out.Rows = slices.DeleteFunc(out.Rows, func(f ReturnFailure) bool { // that a rule found the child is in the record
		if f.ChildRow.Closed != "" {
			closed[f.Child] = true
		}
		return f.ChildRow.Closed != ""
	})
	out.Closed = len(closed)
	return out, nil
}

// ReturnTeamPage is what a check found in one team: rule by rule, and child by child.
type ReturnTeamPage struct {
	Run      ReturnRun
	Team     line.Team
	All      ReturnTeam   // any rule
	Rules    []ReturnTeam // each rule
	Words    map[string]ReturnRuleWords
	Children ReturnChildren
	Line     *line.Line
	Now      day.Instant
}

// ReturnTeam is what the last check of a return found in a team.
func (d *Desk) ReturnTeam(ctx context.Context, kind ReturnKind, team string, after Cursor, limit int) (*ReturnTeamPage, error) {
	if err := d.MayTeam(access.SeeTeam, team); err != nil {
		return nil, err
	}
	run, err := d.lastCheck(ctx, kind)
	if err != nil {
		return nil, err
	}
	t, ok := d.line.Team(team)
	if !ok {
		return nil, ErrNotFound
	}
	p := &ReturnTeamPage{Run: *run, Team: t, Words: rulesOfReturn(kind, run.Of), Line: d.line, Now: d.now}
	if err := d.a.Store.View(ctx, func(v View) error {
		all, err := v.ReturnTeams(ctx, run.ID, "")
		for _, x := range all {
			if x.Team == team {
				p.All = x
			}
		}
		if err == nil {
			p.Rules, err = v.ReturnTeamRules(ctx, run.ID, team)
		}
		return err
	}); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.Rules, func(x, y ReturnTeam) int {
		return cmp.Or(cmp.Compare(severityRank(p.Words[x.Code].Severity), severityRank(p.Words[y.Code].Severity)), cmp.Compare(y.Children, x.Children))
	})
	p.Children, err = d.returnChildren(ctx, ReturnFailureQuery{Run: run.ID, Team: team, After: after, Limit: limit})
	return p, err
}
