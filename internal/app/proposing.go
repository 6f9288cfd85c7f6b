package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/decision"
	"onus/internal/entry"
	"onus/internal/line"
)

// Asking asks a worker to take a child.
type Asking struct {
	Child    string
	Post     string
	Team     string
	As       string // child.SecondWorker, or the child's worker
	Why      string
	HandOver []child.HandOverItem
	Ways     Ways
	Key      string
	Seen     int64
}

// AskWorker asks a post to take a child. Where its hours are not enough, somebody
// answers for them in the same transaction: hours are added, work is stood down by
// name, what is left is accepted by name and becomes a decision; else nothing is
// recorded, and the refusal says how many hours nobody answers for.
func (d *Desk) AskWorker(ctx context.Context, x Asking) (done Done, err error) {
	by := d.actor()
	src := entry.Source{Kind: "page", Program: d.who.Program}
	body := child.AllocationProposed{Post: x.Post, Team: x.Team, As: x.As, Why: x.Why, HandOver: x.HandOver}
	request, err := hashOf("asked "+x.Child+x.Ways.key(), []wish{{Actor: by, Kind: body.Kind(), Body: body}})
	if err != nil {
		return done, err
	}
	ps := x.Ways.problems()
	g := d.gate(access.RecordChild)
	err = d.a.apartIf(ctx, x.Ways.Any(), func(ctx context.Context, w *writer) error {
		if again, err := w.before(ctx, x.Key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		l, err := d.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		row, err := w.row(ctx, x.Child)
		if err != nil {
			return err
		}
		if err := g.allow(w.tx, row); err != nil {
			return err
		}
		if err := d.MayTeam(access.Allocate, x.Team); err != nil {
			g.shut = &row
			return err
		}
		b, ps := body, slices.Clone(ps)
		ps = append(ps, b.Check()...)
		if p, ok := l.Post(x.Post, w.at.Now.Date()); ok && p.Team != "" && x.Team != "" && p.Team != x.Team {
			ps = append(ps, entry.Problem{Field: "post", Text: "This worker is in another team"})
		}
		if text := nobodyThere(l, x.Post, w.at.Now.Date()); text != "" {
			ps = append(ps, entry.Problem{Field: "post", Text: text})
		}
		if len(ps) > 0 {
			return &entry.Refusal{Problems: ps}
		}
		o, more, err := d.weighing(ctx, w.tx, l, x.Child, x.Post)
		if err != nil {
			return err
		}
		if x.As == child.SecondWorker { // the worker still owes it: a second one has hours of their own for it
			more = o.assumed(x.Child)
		}
		with := o.of(x.Post, more, nil, nil)
		b.Load = &child.AllocationLoad{Weeks: o.rules.Weeks, First: o.of(x.Post, nil, nil, nil).First, With: with.First}
		weighed := o.weigh(x.Post, more, x.Ways, d.post.Tier)
		b.Load.Owed, b.Load.Available, b.Load.Child, b.Load.Short = weighed.Limit.Owed, weighed.Limit.Available, weighed.Child, weighed.Limit.Short
		var all []entry.ID
		if weighed.Over > 0 {
			var more []entry.ID
			if b.Over, more, err = d.answerOver(ctx, w, l, x.Post, x.Ways, weighed, g); err != nil {
				return err
			}
			all = append(all, more...)
		}
		done, err = w.record(ctx, l, Do{Child: x.Child, Seen: x.Seen, allow: g.allow, Commands: []child.Command{{Actor: by, Happened: day.AtInstant(w.at.Now), Source: src, Body: b}}})
		if err != nil {
			return err
		}
		rec, err := w.load(ctx, x.Child)
		if err != nil {
			return err
		}
		w.tellAsked(rec, l, done.Entries[0], x.Post)
		return w.keepIf(Outcome{Key: x.Key, Request: request, Child: x.Child, Entries: append(done.Entries, all...), At: w.at.Now})
	})
	return done, g.log(ctx, err)
}

// apartIf writes a wish in a transaction of its own where it changes the line, else
// together with others that wait.
func (a *App) apartIf(ctx context.Context, lined bool, fn func(context.Context, *writer) error) error {
	if lined {
		return a.write(ctx, func(w *writer) error { return fn(ctx, w) })
	}
	return a.writeTogether(ctx, fn)
}

func (x Ways) key() string { return fmt.Sprintf("%+v", x) }

// problems are what is wrong with ways whatever the hours are.
func (x Ways) problems() (ps []entry.Problem) {
	if x.Added > 0 {
		ps = entry.Need(ps, "added_what", x.AddedWhat, "Say whose hours these are, or from where")
	}
	if x.Added < 0 || x.Accepted < 0 {
		ps = append(ps, entry.Problem{Field: "accepted", Text: "Hours cannot be below nought"})
	}
	if len(x.Down) > 0 {
		ps = entry.Need(ps, "down_why", x.DownWhy, "Say why this work can wait, and who is told")
	}
	if x.Accepted > 0 {
		ps = entry.Need(ps, "risk", x.Risk, "Write what could go wrong for a child, and what you will watch")
	}
	return ps
}

// answerOver records how somebody answers for hours that a post has not: in the same
// transaction as what needs them. It refuses while hours are left for which nobody
// answers, or where whoever asks may not accept so many.
func (d *Desk) answerOver(ctx context.Context, w *writer, l *line.Line, post string, x Ways, weighed Weighed, g *gate) (*child.OverLimit, []entry.ID, error) {
	now := w.at.Now
	on := now.Date()
	src := entry.Source{Kind: "page", Program: d.who.Program}
	out := &child.OverLimit{Short: weighed.Over, Until: weighed.Until}
	if weighed.Strange {
		return nil, nil, entry.Refuse("duty", "This worker does not owe one of these duties, or it was done in the meantime. Look again")
	}
	if weighed.Open > 0 {
		text := hoursText(weighed.Open) + " are left for which nobody answers. Add hours, stand work down by name, or accept the risk by name"
		if !x.Any() {
			text = "This worker would be " + hoursText(weighed.Over) + " over by " + weighed.Until.Long() + ". Add hours, stand work down by name, or accept the risk by name"
		}
		return nil, nil, &entry.Refusal{Problems: []entry.Problem{{Field: "ways", Text: text}}}
	}
	accepted := min(x.Accepted, weighed.Left)
	if accepted > 0 && !weighed.Any && accepted > weighed.May+0.01 {
		return nil, nil, &entry.Refusal{Problems: []entry.Problem{{Field: "accepted", Text: "In your post you may accept up to " + hoursText(halves(weighed.May)) + " over. Somebody above can accept more, or ask another worker"}}}
	}
	if accepted > 0 && !l.Above(d.who.Person, post, on) {
		return nil, nil, &entry.Refusal{Problems: []entry.Problem{{Field: "accepted", Text: "Somebody above this worker's post accepts it"}}}
	}
	var ids []entry.ID
	say := func(b entry.Body) error {
		es, err := line.Decide(l, line.Command{Actor: d.actor(), Happened: day.On(on), Body: b, Source: src}, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			ids = append(ids, e.ID)
			if err := w.add(e); err != nil {
				return err
			}
		}
		return nil
	}
	if x.Added > 0 {
		b := line.HoursAdded{Post: post, Hours: x.Added, To: weighed.Until, What: x.AddedWhat, From: x.AddedFrom}
		if err := d.mayMove(b); err != nil {
			return nil, nil, err
		}
		if err := say(b); err != nil {
			return nil, nil, err
		}
		out.Added = append(out.Added, child.AddedHours{What: x.AddedWhat, Hours: x.Added})
	}
	for _, s := range weighed.Down {
		s.Why = x.DownWhy
		done, err := w.record(ctx, l, Do{Child: s.Child, allow: g.allow, Commands: []child.Command{{Actor: d.actor(), Happened: day.AtInstant(now), Source: src, Body: child.DutyStoodDown{Duty: s.Duty, Why: s.Why}}}})
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, done.Entries...)
		out.Down = append(out.Down, s)
	}
	if accepted > 0 {
		out.Accepted, out.By, out.Risk = accepted, d.post.ID, x.Risk
		es, err := d.decideOver(ctx, w, l, post, x, weighed, accepted)
		if err != nil {
			return nil, nil, err
		}
		out.Decision, _ = es[0].Subject.Decision()
		for _, e := range es {
			ids = append(ids, e.ID)
		}
		if err := say(line.HoursAccepted{Post: post, Hours: accepted, To: weighed.Until, Risk: x.Risk, By: d.post.ID, Decision: out.Decision}); err != nil {
			return nil, nil, err
		}
	}
	return out, ids, nil
}

// decideOver makes the decision of accepting that somebody works over their hours. No
// child is named in it: it is about the post.
func (d *Desk) decideOver(ctx context.Context, w *writer, l *line.Line, post string, x Ways, weighed Weighed, accepted float64) ([]entry.Entry, error) {
	id, err := w.at.NewID()
	if err != nil {
		return nil, err
	}
	n, err := w.tx.DecisionNumber(ctx)
	if err != nil {
		return nil, err
	}
	title := l.Title(post)
	b := decision.Proposed{Number: n + 1, About: decision.AboutPost, AboutID: post,
		What: "Until " + weighed.Until.Long() + " the post " + title + " is " + hoursText(accepted) + " over its hours, and that is accepted",
		Options: []decision.Option{
			{What: "Add hours", For: optional(x.Added > 0, "Done in part: "+hoursText(x.Added)+", "+x.AddedWhat), Against: optional(x.Added == 0, "None could be found")},
			{What: "Stand work down by name", For: optional(len(x.Down) > 0, "Done in part: "+strconv.Itoa(len(x.Down))+" duties. "+x.DownWhy), Against: optional(len(x.Down) == 0, "Nothing was found that can wait")},
			{What: "Accept the rest, by name, until a day"},
			{What: "Give the work to nobody", Against: "What is owed to the child stays owed, and with the manager"},
		},
		Reasons: "What could go wrong for a child, and what will be watched: " + x.Risk,
		Shown: fmt.Sprintf("Up to %s the post owes %s and has %s. With what is asked of it now it is %s short at the worst moment.",
			weighed.Until.Long(), hoursText(halves(weighed.Limit.Owed+weighed.Child)), hoursText(halves(weighed.Limit.Available)), hoursText(weighed.Over)),
		Signers: []string{d.post.ID}, ReviewBy: weighed.Until}
	rec := decision.Record{ID: string(id)}
	var all []entry.Entry
	for _, body := range []entry.Body{b, decision.Signed{Post: d.post.ID}} {
		es, err := decision.Decide(rec, decision.Command{Actor: d.actor(), Body: body, Answers: d.who.Posts, Source: entry.Source{Kind: "page", Program: d.who.Program}}, w.at)
		if err != nil {
			return nil, err
		}
		if rec, err = w.decided(rec, es); err != nil {
			return nil, err
		}
		all = append(all, es...)
	}
	return all, nil
}

func optional(when bool, text string) string {
	if when {
		return text
	}
	return ""
}

// hoursText is a number of hours in words: halves are said, no more is known.
func hoursText(h float64) string {
	if h == 1 {
		return "1 hour"
	}
	return strconv.FormatFloat(h, 'f', -1, 64) + " hours"
}

// halves is a number of hours to a half.
func halves(h float64) float64 { return roundUp(h) }

// nobodyThere says why a post cannot be asked to take a child, or be given one: what is
// with a post in which nobody is, is with nobody.
func nobodyThere(l *line.Line, post string, on day.Date) string {
	p, ok := l.Post(post, on)
	if !ok || !p.Stands(on) {
		return "" // whoever records says that there is no such post
	}
	if h, ok := l.Holder(post, on); !ok || l.Away(h.Person, on) {
		return "Nobody is in this post. Choose somebody who is"
	}
	return ""
}

// withinHours refuses to give a child straight to a worker whose hours are not enough:
// nobody would answer for it.
func (d *Desk) withinHours(ctx context.Context, v View, id, post string) error {
	on := d.now.Date()
	if p, ok := d.line.Post(post, on); !ok || !p.Stands(on) {
		return nil // whoever records says that there is no such post
	}
	if text := nobodyThere(d.line, post, on); text != "" {
		return entry.Refuse("post", text)
	}
	o, more, err := d.weighing(ctx, v, d.line, id, post)
	if err != nil {
		return err
	}
	if w := o.weigh(post, more, Ways{}, d.post.Tier); w.Over > 0 {
		return entry.Refuse("post", "This worker would be "+hoursText(w.Over)+" over by "+w.Until.Long()+". Ask the worker (allocation.proposed), and say who answers for these hours")
	}
	return nil
}

// AnswerAsked takes the child, or objects, in the name of the post that was asked.
func (d *Desk) AnswerAsked(ctx context.Context, id string, b entry.Body, key string, seen int64) (Done, error) {
	do := Do{Child: id, Key: key, Seen: seen, Now: true, Receipts: true, Commands: []child.Command{{Source: entry.Source{Kind: "page"}, Body: b}}}
	return d.Record(ctx, do)
}

// MayTake says whether whoever asks may take a child, or object, in the name of a post
// that was asked: nobody above it may.
func (d *Desk) MayTake(c access.Child, post string) bool {
	return slices.Contains(d.who.Posts, post) && d.MayChild(access.AnswerAllocation, c) == nil
}

// mayTake keeps the answer for the post that was asked: nobody takes a child for
// somebody else.
func (d *Desk) mayTake(ctx context.Context, v View, c access.Child, proposal entry.ID) error {
	rec, _, err := d.a.record(ctx, v, c.ID)
	if err != nil {
		return err
	}
	for _, a := range rec.On(endOf(d.now)).Asked {
		if a.ID == proposal && !d.MayTake(c, a.Post) {
			return &Denied{Action: access.AnswerAllocation, Policy: access.None, Says: "Another post was asked. Only whoever answers for it can say yes, or why not"}
		}
	}
	return nil
}

// tellAsked tells a worker at once that they are asked, and a manager of an objection.
func (w *writer) tellAsked(rec child.Record, l *line.Line, of entry.ID, post string) {
	if w.a.Mail == nil {
		return
	}
	at := w.a.Mail.PublicURL + "/child/" + url.PathEscape(rec.Child) + "/asked"
	subject, what, why := "You are asked to take a child", "A manager asks whether you take a child", "The page shows what it would do to your hours. Until you answer, the child is not yours."
	w.letters = append(w.letters, letterTo{post, Out{Matter: "asked:" + string(of), Step: "asked", Child: rec.Child, Subject: subject, Brief: what + ".\n  " + at,
		Text: letter(subject+".", what+".\n"+why, at, "Opening the page is no answer: only yes, or an objection with its reason.")}})
}

// tellHours tells a worker that somebody answered for hours that they have not.
func (w *writer) tellHours(post string, of entry.ID) {
	if w.a.Mail == nil {
		return
	}
	at := w.a.Mail.PublicURL + "/post/" + url.PathEscape(post) + "/hours"
	subject := "Somebody answered for your hours"
	w.letters = append(w.letters, letterTo{post, Out{Matter: "hours:" + string(of), Step: "answered", Subject: subject, Brief: subject + ".\n  " + at,
		Text: letter(subject+".", "The page says what was added, stood down or accepted, by whom and until when.", at, "If the work still cannot be done, raise a concern: it must be answered.")}})
}

// tellAnswers tells the manager of an objection, and the worker of its answer.
func (w *writer) tellAnswers(rec child.Record, l *line.Line, es []entry.Entry) {
	if w.a.Mail == nil {
		return
	}
	at := w.a.Mail.PublicURL + "/child/" + url.PathEscape(rec.Child) + "/asked"
	say := func(post string, of entry.ID, step, subject, body, last string) {
		w.letters = append(w.letters, letterTo{post, Out{Matter: "asked:" + string(of), Step: step, Child: rec.Child, Subject: subject, Brief: subject + ".\n  " + at, Text: letter(subject+".", body, at, last)}})
	}
	asked := func(of entry.ID) string {
		ev, _ := rec.Event(of)
		b, _ := ev.Body.(child.AllocationProposed)
		return b.Post
	}
	took := slices.ContainsFunc(es, func(e entry.Entry) bool { return e.Kind == "allocation.accepted" })
	for _, e := range es {
		switch b := e.Body.(type) {
		case child.AllocationObjected:
			s := rec.On(endOf(w.at.Now))
			say(l.Resolve(line.KeyOfManager(s.Team), w.at.Now.Date()), b.Proposal, "objected", "A worker objects to taking a child", "Until you answer, the child is yours by name.", "Opening the page is no answer.")
		case child.AllocationWithdrawn:
			say(asked(b.Proposal), b.Proposal, "withdrawn", "You are not asked any more to take a child", "The page is closed to you now. Nothing is to be done.", "The child was never yours.")
		case child.Allocation:
			if b.Proposal != "" && !took {
				say(b.Post, b.Proposal, "answered", "Your objection was answered: the child is yours all the same", "The reason stands in the record of the child, beside your objection.", "If the work cannot be done, raise a concern: it must be answered.")
			}
		}
	}
}
