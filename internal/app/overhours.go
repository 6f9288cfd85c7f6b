package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// between is how often the rules look whether the work of the whole authority fits
// into its hours. It is one look at every open duty.
const between = 30 * day.Hour / 60

// WatchHours looks whether what each worker owes fits into the hours they have. Where it
// does not and nobody answers for it, that is recorded before it happens, and stands in
// the list of the post above; where nobody has answered by the day that the rules give,
// it becomes a concern by itself. However often it is called, each is recorded once. It
// gives how many entries it made.
func (a *App) WatchHours(ctx context.Context) (n int, err error) {
	now := a.Clock.Now()
	a.mu.Lock()
	early := a.hoursLooked != 0 && now < a.hoursLooked+between && now.Date() == a.hoursLooked.Date()
	a.mu.Unlock()
	if early {
		return 0, nil
	}
	var found []overNow
	err = a.Store.View(ctx, func(v View) error {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		l, err := a.lineAt(ctx, v, h)
		if err == nil {
			found, err = a.overNow(ctx, v, l, r.pack(), now)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if len(found) > 0 {
		err = a.write(ctx, func(w *writer) error {
			n = 0
			l, err := a.lineAt(ctx, w.tx, w.head)
			if err != nil {
				return err
			}
			n, err = w.noteHours(ctx, l, found)
			return err
		})
	}
	if err == nil {
		a.mu.Lock()
		a.hoursLooked = now
		a.mu.Unlock()
	}
	return n, err
}

// overNow is a post of which something is to be recorded.
type overNow struct {
	post  string
	body  entry.Body // HoursOver or HoursFit; nil: a concern is due
	weeks [][]string // for the concern: the hours week by week
}

func (a *App) overNow(ctx context.Context, v View, l *line.Line, pack *duty.Pack, now day.Instant) (out []overNow, err error) {
	on := now.Date()
	var teams []string
	for _, t := range l.Teams() {
		if t.Closed == 0 || on < t.Closed {
			teams = append(teams, t.ID)
		}
	}
	if len(teams) == 0 {
		return nil, nil
	}
	o, err := a.outlooks(ctx, v, l, pack, now, teams)
	if err != nil {
		return nil, err
	}
	for _, p := range l.Posts(on) {
		if !o.workers[p.ID] {
			continue
		}
		limit := o.limit(p.ID, nil, nil, nil)
		was, known := l.OverHours(p.ID)
		held, ok := l.Holder(p.ID, on)
		switch over := limit.Over(); {
		case known && (over == 0 || !ok):
			out = append(out, overNow{post: p.ID, body: line.HoursFit{Post: p.ID}})
		case over == 0 || !ok: // an empty post has its own duty: a name
		case !known:
			first := o.of(p.ID, nil, nil, nil).First
			out = append(out, overNow{post: p.ID, body: line.HoursOver{Post: p.ID, Person: held.Person, Owed: halves(limit.Owed), Available: halves(limit.Available), Short: over,
				First: first, Until: o.answerBy(), AnswerBy: pack.Calendar().AddWorking(on, o.rules.Climb)}})
		case was.Concern == "" && on > was.AnswerBy:
			x := overNow{post: p.ID, weeks: [][]string{{"Week from", "Hours owed", "Hours there are", "To spare"}}}
			for _, w := range o.of(p.ID, nil, nil, nil).Weeks {
				x.weeks = append(x.weeks, []string{w.From.Long(), hoursText(halves(w.Owed)), hoursText(halves(w.Available)), strconv.FormatFloat(halves(w.Spare), 'f', -1, 64)})
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// noteHours records what was found. What nobody answered becomes one concern for each
// post above: ten workers of a team who are over their hours are one warning.
func (w *writer) noteHours(ctx context.Context, l *line.Line, found []overNow) (n int, err error) {
	say := func(b entry.Body) error {
		es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: b, Source: entry.Source{Kind: "rule", Key: "hours"}}, w.at)
		if _, refused := entry.Problems(err); refused {
			return nil // another process was faster
		} else if err != nil {
			return err
		}
		for _, e := range es {
			if err := w.add(e); err != nil {
				return err
			}
		}
		n += len(es)
		return nil
	}
	due := map[string][]overNow{} // by the post above
	var above []string
	for _, x := range found {
		if x.body != nil {
			if err := say(x.body); err != nil {
				return n, err
			}
			continue
		}
		if was, ok := l.OverHours(x.post); !ok || was.Concern != "" {
			continue
		}
		p, _ := l.Post(x.post, w.at.Now.Date())
		if due[p.Above] == nil {
			above = append(above, p.Above)
		}
		due[p.Above] = append(due[p.Above], x)
	}
	for _, post := range above {
		id, err := w.raiseOver(ctx, l, post, due[post])
		if err != nil {
			return n, err
		}
		for _, x := range due[post] {
			if id != "" {
				if err := say(line.HoursRaised{Post: x.post, Concern: id}); err != nil {
					return n, err
				}
			}
		}
	}
	return n, nil
}

// raiseOver raises a concern by the rules: nobody answered for hours that are not there.
// It goes up the line from the post above, as every warning does. It names posts; who is
// in them stands in what is attached, for those who may see it.
func (w *writer) raiseOver(ctx context.Context, l *line.Line, above string, due []overNow) (string, error) {
	on := w.at.Now.Date()
	pack, err := w.rules(ctx)
	if err != nil {
		return "", err
	}
	terms, ok := pack.Warnings(on)
	if !ok {
		return "", nil // no rules say by when a concern is answered
	}
	b := concern.Raised{Special: concern.Overload, Screen: "/post/" + due[0].post + "/hours",
		Terms: concern.Terms{Acknowledge: terms.Acknowledge, Answer: terms.Answer, Source: terms.Source.Document, From: terms.From}}
	var lines, people []string
	for _, x := range due {
		was, _ := l.OverHours(x.post)
		lines = append(lines, l.Title(x.post)+" ("+x.post+"): from "+was.First.Long()+" not all can be done; up to "+was.Until.Long()+" "+hoursText(was.Short)+" are missing. Seen on "+was.At.Date().Long()+", an answer was due by "+was.AnswerBy.Long()+".")
		people = append(people, was.Person)
		b.Attached = append(b.Attached, concern.Attached{Kind: "worker", ID: was.Person, Title: "Hours of " + l.Title(x.post) + " (" + x.post + "), week by week", Facts: x.weeks})
	}
	b.Text = "Work that cannot be done, and nobody has answered for it.\n\n" + strings.Join(lines, "\n") +
		"\n\nAdd hours, stand work down by name, or accept the risk by name. The rules raised this; nobody at work did."
	for _, p := range l.Hearers(above, on, people) {
		b.Steps = append(b.Steps, concern.Step{Post: p.ID, Title: p.Title})
	}
	if len(b.Steps) == 0 {
		return "", nil // there is nobody above: the watchdog says so
	}
	id, err := w.at.NewID()
	if err != nil {
		return "", err
	}
	n, err := w.tx.ConcernNumber(ctx)
	if err != nil {
		return "", err
	}
	b.Number = n + 1
	b.Steps = concern.Plan(b.Steps, b.Terms, pack.Calendar(), on)
	b.AcknowledgeBy = pack.Calendar().AddWorking(on, b.Terms.Acknowledge)
	es, err := concern.Decide(concern.Record{ID: string(id)}, concern.Command{Actor: entry.System, Body: b, Raiser: true, Source: entry.Source{Kind: "rule", Key: "hours"}}, world{pack.Calendar(), l, on}, w.at)
	if err != nil {
		return "", err
	}
	return string(id), w.heard(ctx, concern.Record{ID: string(id)}, es)
}

// OverHours is a post over its hours that somebody must answer for.
type OverHours struct {
	line.Over
	Post line.Post
	Mine bool // it is a post of whoever asks
}

// OverOwed lists the posts over their hours for which whoever asks answers as the post
// above, and their own; the first to be answered first.
func (d *Desk) OverOwed() (out []OverHours) {
	at, l, _ := d.Then()
	on, posts := at.Date(), d.posts()
	for _, p := range l.Posts(on) {
		x, ok := l.OverHours(p.ID)
		if !ok {
			continue
		}
		mine := slices.Contains(posts, p.ID)
		above := ""
		for _, up := range l.Up(p.ID, on) {
			if up.ID != p.ID {
				above = l.Answers(up.ID, on).Post
				break
			}
		}
		if mine || slices.Contains(posts, above) {
			out = append(out, OverHours{x, p, mine && !slices.Contains(posts, above)})
		}
	}
	slices.SortStableFunc(out, func(a, b OverHours) int { return int(a.AnswerBy) - int(b.AnswerBy) })
	return out
}

// AnswerHours answers for hours that a post has not: hours are added, work is stood
// down, what is left is accepted by name and becomes a decision, in one transaction.
func (d *Desk) AnswerHours(ctx context.Context, post string, x Ways, key string) (done Done, err error) {
	if !d.line.Above(d.who.Person, post, d.now.Date()) {
		return done, &Denied{Action: access.Allocate, Policy: access.None, Says: "Somebody who answers for a post above this one answers for its hours"}
	}
	request, err := hashOf("hours "+post+x.key(), []wish{{Actor: d.actor(), Kind: "hours.accepted", Body: line.HoursFit{Post: post}}})
	if err != nil {
		return done, err
	}
	if ps := x.problems(); len(ps) > 0 {
		return done, &entry.Refusal{Problems: ps}
	}
	g := d.gate(access.RecordChild)
	err = d.a.apartIf(ctx, true, func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		l, err := d.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		o, _, err := d.weighing(ctx, w.tx, l, "", post)
		if err != nil {
			return err
		}
		weighed := o.weigh(post, nil, x, d.post.Tier)
		if weighed.Over == 0 {
			return entry.Refuse("ways", "The hours are enough, or somebody answers for them already")
		}
		_, ids, err := d.answerOver(ctx, w, l, post, x, weighed, g)
		if err != nil {
			return err
		}
		if _, known := l.OverHours(post); known {
			es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: line.HoursFit{Post: post}, Source: entry.Source{Kind: "rule", Key: "hours"}}, w.at)
			if err != nil {
				return err
			}
			for _, e := range es {
				if err := w.add(e); err != nil {
					return err
				}
			}
		}
		w.tellHours(post, ids[0])
		done = Done{Entries: ids}
		return w.keepIf(Outcome{Key: key, Request: request, Entries: ids, At: w.at.Now})
	})
	return done, g.log(ctx, err)
}
