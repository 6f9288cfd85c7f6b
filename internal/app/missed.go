package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// MissedDuty is a duty that was not done in its time.
type MissedDuty struct {
	Child string   `json:"child"`
	Duty  string   `json:"duty"`
	What  string   `json:"what"`
	Due   day.Date `json:"due"`
	State string   `json:"state"`
	Owner string   `json:"owed_by_post"`
	name  string   // of the child, as it was known
}

// ChildOf finds the child of a duty by the duty's id.
func (a *App) ChildOf(ctx context.Context, dutyID string) (id string, err error) {
	_, start, ok := strings.Cut(dutyID, ":")
	if !ok {
		return "", ErrNotFound
	}
	if child, _, birthday := duty.Birthday(entry.ID(start)); birthday {
		return child, nil
	}
	err = a.Store.View(ctx, func(v View) error {
		st, err := v.Entry(ctx, entry.ID(start))
		if err != nil {
			return err
		}
		if id, ok = st.Entry.Subject.Child(); !ok {
			return ErrNotFound
		}
		return nil
	})
	return id, err
}

// childrenHad are the children to whom posts may have owed what was due from a day on:
// those whom a post had, or a manager's team; and those to whom a post owed what was
// told up the line.
func childrenHad(ctx context.Context, v View, l *line.Line, posts []string, from, on day.Date) (ids []string, err error) {
	keys := []string{OwedKey("")}
	for _, id := range posts {
		keys = append(keys, PostKey(id), OwedKey(id))
		if p, _ := l.Post(id, on); p.Tier == line.TeamManager && p.Team != "" {
			keys = append(keys, TeamKey(p.Team))
		}
	}
	at := day.Instant(1)
	if from != 0 {
		at = from.Start()
	}
	rows, err := v.Children(ctx, ChildQuery{OpenTo: keys, Why: []string{OpenHad}, OpenAt: at})
	for _, row := range rows {
		ids = append(ids, row.Child)
	}
	return ids, err
}

// Missed lists what was not done in its time, as known at a moment (zero: now),
// and due in a period (zero dates: ever): to a child, or by a post or the posts
// that a person held then.
func (a *App) Missed(ctx context.Context, of string, from, to day.Date, known day.Instant) (out []MissedDuty, err error) {
	now := a.Clock.Now()
	if known == 0 {
		known = now
	}
	err = a.Store.View(ctx, func(v View) error {
		h, ruled, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		pack, err := ruled.known(known)
		if err != nil {
			return err
		}
		l, err := a.lineAt(ctx, v, h)
		if err != nil {
			return err
		}
		l = l.KnownAt(known)
		ids, posts := []string{}, []string(nil)
		switch {
		case l.Title(of) != "":
			posts = []string{of}
		case l.Known(of):
			for _, p := range l.AllPosts() {
				for _, x := range l.Holdings(p) {
					if x.Person == of && (to == 0 || x.From <= to) && (from == 0 || x.To == 0 || x.To >= from) && !slices.Contains(posts, p) {
						posts = append(posts, p)
					}
				}
			}
		default:
			ids = []string{of}
		}
		if len(posts) > 0 {
			if ids, err = childrenHad(ctx, v, l, posts, from, known.Date()); err != nil {
				return err
			}
		}
		for _, id := range ids {
			rec, _, err := a.once(ctx, v, id)
			if err != nil {
				return err
			}
			rec = rec.KnownAt(known)
			for x := range pack.Each(rec, endOf(known)) {
				missed := x.Late(known) || x.State == duty.MetLate || x.State == duty.Lapsed && x.Ended.From() >= x.Due.By
				owner := l.Resolve(x.Owner, x.Due.On)
				if posts != nil && l.Known(of) && l.Answers(owner, x.Due.On).Person != of {
					continue // the post was another's then
				}
				if !missed || from != 0 && x.Due.On < from || to != 0 && x.Due.On > to || len(posts) > 0 && !slices.Contains(posts, owner) {
					continue
				}
				m := MissedDuty{Child: id, Duty: x.ID(), What: x.Rule.Duty, Due: x.Due.On, State: x.State.String(), Owner: owner, name: rec.Identity().Name()}
				if x.Late(known) {
					m.State = "open, late"
				}
				out = append(out, m)
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b MissedDuty) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Duty, b.Duty)) })
	return out, err
}
