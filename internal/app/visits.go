package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// VisitRow is something that may be asked about a child's visits, as lists show it: a
// cache of the record.
type VisitRow struct {
	Child    string
	List     string // VisitsPurpose or VisitsSaid
	What     string // of child.VisitQuestion
	Visit    entry.ID
	Newest   int64 // the day of the visit, negative
	Goal     string
	Name     string // of the goal
	Team     string
	Rank     int
	ChildRow ChildRow // filled by lists only
}

// On is the day of the visit.
func (v VisitRow) On() day.Date { return day.Date(-v.Newest) }

// Lists of what may be asked about visits.
const (
	VisitsPurpose = "purpose" // visits without a purpose, or of which nothing is learnt
	VisitsSaid    = "said"    // goals known by words only
	// VisitsRisk is the list of children not seen in proportion to risk: it is a list of
	// duties, and has no rows of its own.
	VisitsRisk = "risk"
)

// visitsLately is how far back visits without a purpose are listed, in days.
const visitsLately = 90

// VisitQuery asks for what may be asked about visits of one team's children: the most
// dangerous situation first, then the newest.
type VisitQuery struct {
	List, Team string
	Since      day.Date // visits from this day; zero: all
	After      Cursor
	Limit      int
}

// visitRows are what may be asked about a child's visits, in the order of ChildVisits.
func visitRows(rec child.Record, s child.Status, rank, said int) (out []VisitRow) {
	for _, q := range rec.VisitQuestions(s, said) {
		v := VisitRow{Child: rec.Child, List: VisitsPurpose, What: q.What, Visit: q.Visit, Newest: -int64(q.On), Goal: q.Goal, Name: q.Name, Team: s.Team, Rank: rank}
		if q.What == child.GoalSaidOnly {
			v.List = VisitsSaid
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b VisitRow) int {
		return strings.Compare(a.List+"\x00"+string(a.Visit)+"\x00"+a.Goal, b.List+"\x00"+string(b.Visit)+"\x00"+b.Goal)
	})
	return out
}

func verifyVisits(ctx context.Context, v View, id string, want []VisitRow) error {
	have, err := v.ChildVisits(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		return fmt.Errorf("%w: what lists ask about the visits to child %s is not what its entries say", ErrTampered, id)
	}
	return nil
}

// VisitList is a page of one of the three lists about visits.
type VisitList struct {
	Team   line.Team
	Rows   []VisitRow   // of VisitsPurpose and VisitsSaid
	Late   []DutyRow    // of VisitsRisk: duties to see the child that are late now
	Asks   []*duty.Rule // of VisitsRisk: the rule of each row; nil where the record is closed
	Next   Cursor       // zero: this is the last page
	Line   *line.Line
	Now    day.Instant
	Lately int // how many days VisitsPurpose goes back
	Said   int // after how many entries VisitsSaid asks
}

// TeamVisits is a page of one of the lists about the visits to a team's children:
// VisitsPurpose, VisitsRisk or VisitsSaid. ErrNotFound: there is no such list.
func (d *Desk) TeamVisits(ctx context.Context, team, list string, after Cursor, limit int) (*VisitList, error) {
	if err := d.MayTeam(access.SeeTeam, team); err != nil {
		return nil, err
	}
	at, l, rules := d.Then()
	t, ok := l.Team(team)
	if !ok {
		return nil, d.notThen(team, ErrNotFound)
	}
	out := &VisitList{Team: t, Line: l, Now: at, Lately: visitsLately, Said: rules.SaidOnly(at.Date())}
	switch list {
	case VisitsRisk:
		return out, d.notSeen(ctx, out, rules, after, limit)
	case VisitsPurpose, VisitsSaid:
	default:
		return nil, ErrNotFound
	}
	q := VisitQuery{List: list, Team: team, After: after, Limit: limit + 1}
	if list == VisitsPurpose {
		q.Since = at.Date() - visitsLately
	}
	if err := d.view(ctx, func(v View) (err error) {
		out.Rows, err = v.Visits(ctx, q)
		return err
	}); err != nil {
		return nil, err
	}
	if len(out.Rows) > limit {
		out.Rows = out.Rows[:limit]
		last := out.Rows[limit-1]
		out.Next = Cursor{Rank: last.Rank, At: last.Newest, ID: last.Child + "~" + string(last.Visit) + "~" + last.Goal}
	}
	var rows []*ChildRow
	for i := range out.Rows {
		rows = append(rows, &out.Rows[i].ChildRow)
	}
	err := d.closedAll(ctx, "Visits of the team", false, rows...)
	for i := range out.Rows {
		if x := &out.Rows[i]; x.ChildRow.Closed != "" { // that there was a visit, and to which goal, is in the record
			x.What, x.Visit, x.Goal, x.Name, x.Newest = "", "", "", "", 0
		}
	}
	return out, err
}

// notSeen fills a page with the duties to see a child that are late.
func (d *Desk) notSeen(ctx context.Context, out *VisitList, rules *duty.Pack, after Cursor, limit int) error {
	o := &Owed{Now: out.Now}
	err := d.view(ctx, func(v View) error {
		return o.page(ctx, v, DutyQuery{Teams: []string{out.Team.ID}, Rules: seeing(rules), LateAt: out.Now, Now: out.Now, After: after, Limit: limit})
	})
	if err != nil {
		return err
	}
	out.Late, out.Next = o.Rows, o.Next
	for _, x := range o.Rows { // before what is closed is covered
		rule, _ := rules.Rule(x.Rule, x.Since.Date)
		out.Asks = append(out.Asks, rule)
	}
	if err := d.closedDuties(ctx, "Visits of the team", out.Late); err != nil {
		return err
	}
	for i := range out.Late {
		if out.Late[i].ChildRow.Closed != "" {
			out.Asks[i] = nil
		}
	}
	return nil
}

// seeing are the rules that ask for the child to be seen, by their ids. A visit that was
// planned, and one that answers a doubt about tonight, come on top of them.
func seeing(rules *duty.Pack) []string {
	out := []string{}
	for _, r := range rules.Rules {
		if slices.Contains(r.MetBy.Kind, "visit") && r.ID != plannedVisit && r.ID != notSafe && !slices.Contains(out, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out
}

// The rules of practice that the pages of visits know by name.
const (
	plannedVisit = "visit.planned"
	notSafe      = "visit.not-safe"
)

// tellNotSafe tells the manager of a child's team at once that a worker could not say
// that the child is safe tonight: by mail, beside the duty. A phone call comes first; this
// is for when it did not reach anybody. Nothing that the worker wrote stands there.
func (w *writer) tellNotSafe(rec child.Record, l *line.Line, es []entry.Entry) {
	if w.a.Mail == nil {
		return
	}
	on := w.at.Now.Date()
	for _, e := range es {
		b, ok := e.Body.(child.Visit)
		if !ok || b.Safe != "no" && b.Safe != "not sure" || e.Source.Kind == "import" || e.Happened.Date < on-1 {
			continue // what was recorded long after is no news of tonight
		}
		who := ""
		if !walled(rec.Guard()) {
			who = ", " + initials(rec.Identity().Name())
		}
		s := rec.On(endOf(w.at.Now))
		subject := "A child may not be safe tonight"
		what := "A worker went to see a child, and could not say that the child is safe tonight" + who
		why := "You decide with the worker what happens now, and write it down. It is due within hours, and climbs."
		at := w.a.Mail.PublicURL + "/child/" + url.PathEscape(rec.Child)
		w.letters = append(w.letters, letterTo{l.Resolve(line.KeyOfManager(s.Team), on), Out{Matter: "visit:" + string(e.ID), Step: "not safe", Child: rec.Child, Subject: subject,
			Brief: what + ". " + why + "\n  " + at, Text: letter(subject+".", what+".\n"+why, at, "Ring the worker. Opening the page decides nothing.")}})
	}
}

// RecordVisit records a visit, and what is sent with it. seen is the last entry of the
// record that whoever records had seen; zero: it does not matter. What somebody else
// recorded since, or a visit of their own, is given back with ErrConflict, and nothing is
// recorded: they look at both, and send it again with what they have seen then. What the
// rules recorded since does not count. The same key again is no conflict.
func (d *Desk) RecordVisit(ctx context.Context, p *ChildPage, do Do, seen int64) (Done, []entry.Entry, error) {
	for do.Seen = seen; ; {
		done, err := d.Record(ctx, do)
		if seen == 0 || !errors.Is(err, ErrConflict) {
			return done, nil, err
		}
		var since []entry.Entry
		err = d.a.Store.View(ctx, func(v View) error {
			row, err := v.Child(ctx, do.Child)
			if err != nil {
				return err
			}
			do.Seen, since = row.LastSeq, nil
			es, err := v.EntriesFrom(ctx, entry.OfChild(do.Child), seen+1)
			for _, st := range es {
				if e := st.Entry; !st.Erased() && e.Author != entry.System.Person && (e.Author != d.who.Person || e.Kind == "visit") {
					since = append(since, e)
				}
			}
			return err
		})
		if err != nil {
			return done, nil, err
		}
		if len(since) > 0 && d.MayChild(access.SeeChild, p.Access) == nil {
			return done, since, ErrConflict
		}
	}
}
