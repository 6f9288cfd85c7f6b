package app

import (
	"context"
	"encoding/binary"
	"io"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// MaxSample is how many children one audit may draw.
const MaxSample = 50

// Sample draws open children by lot for an auditor, out of teams (none: all).
// Nobody chooses which: neither the auditor nor whoever asks. Restricted records
// and children the auditor is related to are not drawn. It gives how many were.
func (d *Desk) Sample(ctx context.Context, auditor, audit string, teams []string, n int, until day.Date) (drawn int, err error) {
	if err := d.May(access.DrawSample); err != nil {
		return 0, err
	}
	var ps []entry.Problem
	no := func(field, text string) { ps = append(ps, entry.Problem{Field: field, Text: text}) }
	on := d.now.Date()
	if w := d.a.roster(d.line, on, auditor); auditor == "" || !slices.Contains(w.Functions, line.Auditor) {
		no("person", "Choose somebody who holds an auditor's post")
	}
	if n < 1 || n > MaxSample {
		no("n", "Enter how many children, from 1 to 50")
	}
	for _, t := range teams {
		if _, ok := d.line.Team(t); !ok {
			no("teams", "There is no such team")
		}
	}
	b := child.Sampled{Person: auditor, Audit: audit, Until: until}
	for _, p := range b.Check() {
		if p.Field != "person" {
			ps = append(ps, p)
		}
	}
	if until != 0 && until < on {
		no("until", "The last day is in the past")
	}
	if len(ps) > 0 {
		return 0, &entry.Refusal{Problems: ps}
	}
	if len(teams) == 0 {
		teams = nil
	}
	err = d.a.write(ctx, func(w *writer) error {
		rows, err := w.tx.Children(ctx, ChildQuery{Teams: teams, OpenOnly: true})
		if err != nil {
			return err
		}
		var pool []string
		for _, row := range rows {
			c, err := d.facts(row)
			if err != nil {
				return err
			}
			if !c.Restricted && !slices.Contains(c.Related, auditor) && !slices.Contains(c.Own, auditor) {
				pool = append(pool, row.Child)
			}
		}
		slices.Sort(pool) // the order of risk must not tell in the draw
		for drawn = 0; drawn < n && len(pool) > 0; drawn++ {
			i, err := below(w.at.Rand, len(pool))
			if err != nil {
				return err
			}
			cmd := child.Command{Actor: d.actor(), Happened: day.AtInstant(w.at.Now), Body: b, Source: entry.Source{Kind: "page"}}
			if _, err := w.decide(ctx, pool[i], []child.Command{cmd}); err != nil {
				return err
			}
			pool = slices.Delete(pool, i, i+1)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return drawn, nil
}

// below draws a number from 0, below n, each as likely as another to one part in
// a million million.
func below(rand io.Reader, n int) (int, error) {
	var b [8]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint64(b[:]) % uint64(n)), nil
}

// OpenToMe lists children whose records are open to them by name or post beside
// their own work: they chair, were let in, or drew the child for an audit.
func (d *Desk) OpenToMe(ctx context.Context, after Cursor, limit int) (*ChildList, error) {
	if err := d.May(access.SeeOwnWork); err != nil {
		return nil, err
	}
	return d.children(ctx, myChildren, false, d.openToMe(after, limit))
}

func (d *Desk) openToMe(after Cursor, limit int) ChildQuery {
	return ChildQuery{OpenTo: d.keys(), Why: []string{OpenChair, OpenLetIn, OpenSample}, OpenAt: d.now, After: after, Limit: limit}
}

func (d *Desk) keys() []string {
	out := []string{PersonKey(d.who.Person)}
	for _, p := range d.who.Posts {
		out = append(out, PostKey(p))
	}
	return out
}

// Opened are the children of their own posts whose records were opened in an
// emergency since a moment. The names were logged with the list they stand on.
func (d *Desk) Opened(ctx context.Context, since day.Instant) (out []ChildRow, err error) {
	if len(d.who.Posts) == 0 {
		return nil, nil
	}
	var rows []ChildRow
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err = v.Children(ctx, ChildQuery{Posts: d.who.Posts, Guarded: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		g, err := d.a.guardOf(row)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(g.Glass, func(x child.Glass) bool { return x.From > since && x.Person != d.who.Person }) {
			out = append(out, row)
		}
	}
	return out, d.closedAll(ctx, "Opened in an emergency", false, each(out)...)
}

// Disclosure is something that was disclosed to somebody about a child.
type Disclosure struct {
	child.Disclosed
	By, Post string
	At       day.Instant
	Entries  []child.Event // as they stand now
}

// Disclosed is what was disclosed to a partner or one of the family about a
// child, and nothing else of the record.
func (d *Desk) Disclosed(ctx context.Context, id string) (out []Disclosure, err error) {
	const page = "What was disclosed"
	_, seq, err := d.enter(ctx, access.SeeDisclosed, page, id)
	if err != nil {
		return nil, err
	}
	var rec child.Record
	var row ChildRow
	err = d.a.Store.View(ctx, func(v View) error {
		rec, row, err = d.a.record(ctx, v, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if row.LastSeq != seq { // as in childFor
		if _, err := d.admit(ctx, access.SeeDisclosed, page, facts(d.line, d.now, row, rec.Guard())); err != nil {
			return nil, err
		}
	}
	for _, ev := range rec.Events {
		b, ok := ev.Body.(child.Disclosed)
		if !ok || b.Person != d.who.Person || b.Until < d.now.Date() {
			continue
		}
		x := Disclosure{Disclosed: b, By: ev.Author, Post: ev.Post, At: ev.Recorded}
		for _, id := range b.Entries {
			if e, ok := rec.Event(id); ok {
				u := child.Unmarked(entry.Entry{Body: e.Body})
				plain := *e.Entry
				plain.Body, e.Body = u.Body, u.Body
				if u.Raw != nil {
					plain.Raw = u.Raw
				}
				e.Entry = &plain
				x.Entries = append(x.Entries, e)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// DisclosedTo are the children about whom something was disclosed to them.
func (d *Desk) DisclosedTo(ctx context.Context) (ids []string, err error) {
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err := v.Children(ctx, ChildQuery{OpenTo: []string{PersonKey(d.who.Person)}, Why: []string{OpenDisclosed}, OpenAt: d.now, Limit: 200})
		for _, r := range rows {
			ids = append(ids, r.Child)
		}
		return err
	})
	return ids, err
}
