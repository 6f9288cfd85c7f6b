package app

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// ClimbLine does what the rules do about what the line owes itself: a name for a
// post in which nobody is, supervision that was not held in its time. Each post
// above is told once, in its turn, however often this is called and whatever the
// clock did in between. It gives what was told; fewer than limit means that
// nothing is left.
func (a *App) ClimbLine(ctx context.Context, limit int) (told []line.OwedClimbed, err error) {
	now := a.Clock.Now()
	var l *line.Line
	var rules *duty.Pack
	err = a.Store.View(ctx, func(v View) error {
		var r *ruled
		h, r, err := a.rulesOf(ctx, v)
		if err == nil {
			rules = r.pack()
			l, err = a.lineAt(ctx, v, h)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	// What is owed changes with the line, with the rules and with the day only.
	seen := lookedLine{l, rules, now.Date()}
	a.mu.Lock()
	same := a.lookedLine == seen
	a.mu.Unlock()
	if same {
		return nil, nil
	}
	climbs, err := a.climbsOfLine(ctx, nil, l, rules, now)
	if err != nil {
		return nil, err
	}
	if len(climbs) == 0 {
		a.mu.Lock()
		a.lookedLine = seen
		a.mu.Unlock()
		return nil, nil
	}
	err = a.write(ctx, func(w *writer) error {
		told = nil
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		rules, err := w.rules(ctx)
		if err != nil {
			return err
		}
		climbs, err := a.climbsOfLine(ctx, w.tx, l, rules, w.at.Now)
		if err != nil {
			return err
		}
		for _, b := range climbs {
			if len(told) == limit {
				break
			}
			es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: b, Source: entry.Source{Kind: "rule", Key: b.About}}, w.at)
			if err != nil {
				return err
			}
			for _, e := range es {
				if err := w.add(e); err != nil {
					return err
				}
			}
			if err := w.tellLine(ctx, l, b); err != nil {
				return err
			}
			told = append(told, b)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return told, nil
}

// owings are what posts above owe about posts on a day, kept for the line, the rules
// and the day for which they were last asked: every page asks.
func (a *App) owings(l *line.Line, rules *duty.Pack, on day.Date) []line.Owing {
	of := lookedLine{l, rules, on}
	a.mu.Lock()
	out, same := a.owingsNow, a.owingsOf == of
	a.mu.Unlock()
	if same {
		return out
	}
	out = rules.Owings(l, on)
	a.mu.Lock()
	a.owingsNow, a.owingsOf = out, of
	a.mu.Unlock()
	return out
}

// lookedLine is what the line owes on a day depends on.
type lookedLine struct {
	line  *line.Line
	rules *duty.Pack
	on    day.Date
}

// climbsOfLine are the steps to take: of what follows from the line, and of what posts
// owe because of records. Both become late with the day only.
func (a *App) climbsOfLine(ctx context.Context, v View, l *line.Line, rules *duty.Pack, now day.Instant) ([]line.OwedClimbed, error) {
	on := now.Date()
	owings := slices.Clone(a.owings(l, rules, on))
	read := func(v View) error {
		more, _, err := promises(ctx, v, l, on)
		owings = append(owings, more...)
		return err
	}
	var err error
	if v == nil {
		err = a.Store.View(ctx, read)
	} else {
		err = read(v)
	}
	return l.Climbs(owings, on, func(o line.Owing) []string { return rules.OwedTo(o, on) }), err
}

// tellLine puts into the outbox that a post was told of what the line owes. The
// post that it is about stands there, and no name.
func (w *writer) tellLine(ctx context.Context, l *line.Line, b line.OwedClimbed) error {
	if w.a.Mail == nil {
		return nil
	}
	title := oneLine(l.Title(b.Post))
	subject, what, first := "Nobody is in a post", fmt.Sprintf("Nobody is in the post \"%s\", and nobody covers it, since %s.", title, b.Since.Full()), "A post that is empty is a duty of the post above: name who is in it, or who covers it."
	at := w.a.Mail.PublicURL + "/line"
	if b.About == line.Supervision {
		subject, what, first = "Supervision is late", fmt.Sprintf("Supervision with whoever is in the post \"%s\" was due on %s.", title, b.Due.Full()), "Supervision that is due is a duty of the post above."
		at = w.a.Mail.PublicURL + "/supervision/" + url.PathEscape(b.Post)
	}
	if b.About == line.Promised {
		subject, what, first = "Something that was agreed is late", fmt.Sprintf("The post \"%s\" was to do something by %s that was agreed in supervision or by a decision.", title, b.Due.Full()), "What was agreed is a duty of the post that took it on."
		at = w.a.Mail.PublicURL + "/owed"
	}
	why := "Your post owes it."
	if b.Step > 0 {
		why = "It came up to you because the posts below you did not do it."
	}
	return w.tell(ctx, b.To, Out{Matter: lineMatter(b), Step: b.To, Subject: subject, Brief: what + " " + why + "\n  " + at,
		Text: letter(first, what+"\n"+why, at, "Reading this ends nothing. It ends when it is done and recorded.")})
}

// LineOwed is what posts above owe about a post, as it stands.
type LineOwed struct {
	line.Owing
	Late bool
	To   []string        // the posts to which it has come, lowest first
	Told []line.OwedTold // those of them that the rules told
}

// soon is how many days before it is due supervision stands in a list.
const soon = 7

// LineOwed lists what posts of theirs owe about posts below: late first, then what
// is due within a week, the earliest first. mine is the supervision of themselves
// that is due or late.
func (d *Desk) LineOwed() (owed, mine []LineOwed) {
	at, l, pack := d.Then()
	on, posts := at.Date(), d.posts()
	for _, o := range d.a.owings(l, pack, on) {
		x := LineOwed{Owing: o, Late: o.Late(on), To: pack.OwedTo(o, on)}
		if !x.Late && o.Due > on+soon {
			continue
		}
		theirs := slices.ContainsFunc(x.To, func(p string) bool { return slices.Contains(posts, p) })
		if !theirs && o.Person != d.who.Person {
			continue
		}
		x.Told = l.Told(o)
		if o.Person == d.who.Person {
			mine = append(mine, x)
		} else {
			owed = append(owed, x)
		}
	}
	slices.SortStableFunc(owed, func(a, b LineOwed) int { return cmp.Compare(a.Due, b.Due) })
	return owed, mine
}
