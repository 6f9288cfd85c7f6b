package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// How a private link stands.
const (
	LinkOpens  = "opens"
	LinkEnded  = "ended"
	LinkPast   = "past its day"
	LinkLocked = "locked"
)

// FamilyPageRead is what the reader log calls a look at the page of a plan by whoever was
// given it, and FamilyGround why they could.
const (
	FamilyPageRead = "The plan, on the page that was given to the family"
	FamilyGround   = "private-link"
)

// LinkShut says that a private link opens nothing any more. It names nobody.
type LinkShut struct {
	State string // LinkEnded, LinkPast or LinkLocked
	Phone string // whom to ring instead
}

func (e *LinkShut) Error() string { return "this private link opens nothing any more" }

// Knock is what somebody with a private link is told before it opens: nothing about
// anybody.
type Knock struct {
	Word   bool // a word must be typed
	Left   int  // how often a wrong one may still be typed
	Answer bool // it leads to the answer to a concern, and not to a plan
}

// linked is what a private link leads to.
type linked struct {
	of    FamilyLink
	child string
	rec   child.Record
	share child.Share
	about concern.Record // where it leads to the answer to a concern
}

// link finds what a private link leads to, by the hash of its secret. ErrNotFound says
// that there is no such link, and LinkShut that it opens nothing any more.
func (a *App) link(ctx context.Context, v View, secret string, now day.Instant) (x linked, err error) {
	hash := hashOfSecret(secret)
	if hash == "" {
		return x, ErrNotFound
	}
	if x.of, err = v.FamilyLink(ctx, hash); err != nil {
		return x, err
	}
	if id, ok := x.of.Subject.Concern(); ok {
		x.about, _, err = concernOf(ctx, v, id)
		return x, err
	}
	id, ok := x.of.Subject.Child()
	if !ok {
		return x, ErrNotFound
	}
	x.child = id
	if x.rec, _, err = a.record(ctx, v, id); err != nil {
		return x, err
	}
	if x.share, ok = x.rec.Share(x.of.Entry); !ok || x.share.Link != hash {
		return x, ErrNotFound
	}
	return x, shut(x.share, now.Date())
}

// shut says why a link opens nothing any more, if so.
func shut(s child.Share, on day.Date) error {
	switch {
	case s.Ended != nil:
		return &LinkShut{LinkEnded, s.Phone}
	case s.Locked():
		return &LinkShut{LinkLocked, s.Phone}
	case on > s.Until:
		return &LinkShut{LinkPast, s.Phone}
	}
	return nil
}

// Knock says whether a private link opens, and whether a word is asked for. It shows
// nothing about anybody, so it is no look.
func (f *Front) Knock(ctx context.Context, secret string) (k Knock, err error) {
	err = f.a.Store.View(ctx, func(v View) error {
		x, err := f.a.link(ctx, v, secret, f.a.Clock.Now())
		_, k.Answer = x.of.Subject.Concern()
		k.Word, k.Left = x.share.Word != "", child.WordTries-x.share.Wrong
		return err
	})
	return k, err
}

// FamilyPage is the plan as somebody in the family opens it.
type FamilyPage struct {
	Share     child.Share
	Giver     string // who gave it, by name
	Authority string
	Demo      bool
	Now       day.Instant
	// First reads a reply and owes its answer; Other is whom it goes to instead, when
	// they would rather that First does not read it.
	First, Other Hears
	Promise      day.Date // by which an answer comes to a reply of now
	Said         []FamilySaid
	Newer        bool     // another version of the plan stands by now
	Over         day.Date // when the work with the child ended, and the plan with it; 0: it goes on
}

// Hears is somebody who reads a reply.
type Hears struct{ Post, Person, Name string }

// FamilySaid is what they replied, and what was done about it.
type FamilySaid struct {
	ID     entry.ID
	At     day.When
	Agrees string
	Words  string
	Scales []child.View // each with its goal
	Did    string
	Not    string
	By     string // who answered, by name; empty: nobody yet
	On     day.When
	Due    day.Date // by which they answer
}

// hearers are who reads a reply about a child today: who owes its answer, and who hears
// it instead: the next above in the line who is somebody else.
func hearers(l *line.Line, s child.Status, on day.Date) (first, other Hears) {
	post := s.Post
	if post == "" && s.Team != "" {
		post = l.Resolve(line.KeyOfManager(s.Team), on)
	} else if post == "" {
		post = l.Resolve(line.KeyOfFunction(line.FrontDoor), on)
	}
	by := l.Answers(post, on).Person
	first = Hears{post, by, l.Name(by)}
	if up := l.Hearers(post, on, []string{by}); len(up) > 0 {
		who := l.Answers(up[0].ID, on).Person
		other = Hears{up[0].ID, who, l.Name(who)}
	}
	return first, other
}

// OpenFamilyPage opens the page of a plan. That it was opened is written to the reader log
// first, as whoever was given it. A wrong word is counted, and refused with how many tries
// are left.
func (f *Front) OpenFamilyPage(ctx context.Context, secret, word string) (*FamilyPage, error) {
	now := f.a.Clock.Now()
	var x linked
	if err := f.a.Store.View(ctx, func(v View) (err error) {
		x, err = f.a.link(ctx, v, secret, now)
		return err
	}); err != nil {
		return nil, err
	}
	if x.child == "" {
		return nil, ErrNotFound
	}
	if err := f.a.word(ctx, x, word); err != nil {
		return nil, err
	}
	look := Read{At: now, Person: entry.FamilyActor(x.share.Event.ID).Person, Child: x.child, What: FamilyPageRead, Grounds: FamilyGround}
	if err := f.a.Store.Update(ctx, func(tx Tx) error { return tx.PutReads(ctx, []Read{look}) }); err != nil {
		return nil, err
	}
	var l *line.Line
	var pack *duty.Pack
	if err := f.a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		// It is read again after the look was written: it may have been ended meanwhile.
		if x, err = f.a.link(ctx, v, secret, now); err != nil {
			return err
		}
		var r *ruled
		l, r, err = f.a.authority(ctx, v, h)
		if err == nil {
			pack = r.pack()
		}
		return err
	}); err != nil {
		return nil, err
	}
	return familyPage(pack, l, x.rec, x.share, now), nil
}

// FamilyPreview is the page as it would be for whoever gets a plan now.
func (d *Desk) FamilyPreview(p *ChildPage, b child.PlanShared) *FamilyPage {
	ev := child.Event{Entry: &entry.Entry{Author: d.who.Person}, Body: b, When: day.AtInstant(d.now)}
	return familyPage(d.a.inForce(), p.Line, p.Record, child.Share{Event: &ev, PlanShared: b}, d.now)
}

// FamilyCopy is the page of a plan as somebody got it, for whoever prints it.
func (d *Desk) FamilyCopy(p *ChildPage, shared entry.ID) (*FamilyPage, error) {
	s, ok := p.Record.Share(shared)
	if !ok {
		return nil, ErrNotFound
	}
	return familyPage(d.a.inForce(), p.Line, p.Record, s, d.now), nil
}

func familyPage(pack *duty.Pack, l *line.Line, rec child.Record, s child.Share, now day.Instant) *FamilyPage {
	p := &FamilyPage{Share: s, Giver: l.Name(s.Event.Author), Authority: l.Authority.Name, Demo: l.Authority.Demo, Now: now, Promise: promiseOf(pack, s.PlanShared, now)}
	status := rec.On(endOf(now))
	p.First, p.Other = hearers(l, status, now.Date())
	p.Over = rec.ClosedOn(status).Date
	if v, ok := rec.Plan(status.Since); ok {
		p.Newer = v.ID != s.Plan
	}
	due := map[entry.ID]day.Date{}
	for _, d := range pack.Duties(rec, endOf(now)) {
		if d.Rule.ID == familyRule {
			due[d.Start] = d.Due.On
		}
	}
	for _, v := range rec.Views("") {
		if v.Shared != s.Event.ID || s.Event.ID == "" {
			continue
		}
		if v.With != "" {
			for i := range p.Said {
				if p.Said[i].ID == v.With {
					p.Said[i].Scales = append(p.Said[i].Scales, v.View)
				}
			}
			continue
		}
		x := FamilySaid{ID: v.Event.ID, At: v.Event.When, Agrees: v.Agrees, Words: v.Words, Due: due[v.Event.ID]}
		if v.Scale != nil {
			x.Scales = append(x.Scales, v.View)
		}
		if v.Followed != nil {
			b := v.Followed.Body.(child.ViewFollowed)
			x.Did, x.Not, x.By, x.On = b.Did, b.Not, l.Name(v.Followed.Author), v.Followed.When
		}
		p.Said = append(p.Said, x)
	}
	slices.Reverse(p.Said) // newest first
	return p
}

// word holds what was typed against the agreed word. A wrong one is recorded, so that
// it counts whoever asks and however often Onus starts again.
func (a *App) word(ctx context.Context, x linked, word string) error {
	if a.wordFits(x.share, word) {
		return nil
	}
	if strings.TrimSpace(word) == "" {
		return entry.Refuse("word", "Type the word that you agreed on the phone")
	}
	left := 0
	err := a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		if _, err := w.record(ctx, l, Do{Child: x.child, Commands: []child.Command{{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Source: entry.Source{Kind: "rule", Key: "private link"}, Body: child.PlanWordWrong{Shared: x.share.Event.ID}}}}); err != nil {
			return err
		}
		rec, err := w.load(ctx, x.child)
		s, _ := rec.Share(x.share.Event.ID)
		left = child.WordTries - s.Wrong
		return err
	})
	if _, refused := entry.Problems(err); refused || err == nil && left <= 0 {
		return &LinkShut{LinkLocked, x.share.Phone} // others typed wrong words at the same time
	} else if err != nil {
		return err
	}
	return entry.Refuse("word", "That is not the word. You can try "+many(left, "more time", "more times")+". After that the link opens nothing, and you ask for a new one")
}

// FamilyReply is a reply on the page of a plan.
type FamilyReply struct {
	Reply
	// Other says that somebody else is to read it than whoever owes the answer.
	Other bool
	Key   string
}

// FamilyReceipt says who answers a reply, and by which day.
type FamilyReceipt struct {
	Who       string // by name
	Other     bool   // it went around the worker
	Not       string // around whom, by name
	By        day.Date
	At        day.Instant
	Reference string
	// Secret opens the answer, for somebody who asked that the worker does not read it.
	// It is given out once.
	Secret string
	// Receipt proves what they said and when.
	Receipt []byte
	Page    *FamilyPage
}

// ReplyToPlan takes a reply. To the worker it goes into the child's record, as views that
// are owed an answer. Around the worker it becomes a concern: their words then stand
// nowhere where the worker reads them.
func (f *Front) ReplyToPlan(ctx context.Context, secret, word string, r FamilyReply) (*FamilyReceipt, error) {
	p, err := f.OpenFamilyPage(ctx, secret, word)
	if err != nil {
		return nil, err
	}
	shared := p.Share.Event.ID
	by := entry.FamilyActor(shared)
	ps := wrongReply(p.Share, r.Reply)
	if r.Other && strings.TrimSpace(r.Words) == "" {
		ps = append(ps, entry.Problem{Field: "words", Text: "Write what should be different, so that " + firstOf(p.Other.Name) + " knows what to do"})
	}
	if r.Other && p.Other.Person == "" {
		ps = append(ps, entry.Problem{Field: "first", Text: "There is nobody else here who could read it first. Please ring us"})
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	request, err := hashOf(fmt.Sprint("replied ", r.Other), []wish{{Actor: by, Kind: "view", Body: replyBody(shared, r.Reply)}})
	if err != nil {
		return nil, err
	}
	a := f.a
	key := a.blind("key family "+string(shared)+" "+r.Key, r.Key)
	if key != "" {
		key = by.Person + " " + key
	}
	out := &FamilyReceipt{Who: p.First.Name, Other: r.Other, Not: p.First.Name, By: p.Promise, Page: p}
	var done Done
	err = a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out.Secret = ""
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		x, err := a.link(ctx, w.tx, secret, w.at.Now)
		if err != nil {
			return err
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		if r.Other {
			done, out.Secret, err = w.warned(ctx, l, pack, x, r, by)
		} else if done, err = w.replied(ctx, l, x.child, x.share, r.Reply, by, "on the page of the plan", entry.Source{Kind: "family page"}, nil); err == nil {
			var rec child.Record
			if rec, err = w.load(ctx, x.child); err == nil {
				first, _ := hearers(l, rec.On(endOf(w.at.Now)), w.at.Now.Date())
				w.tellReply(rec, l, first.Post, done.Entries[0], promiseOf(pack, x.share.PlanShared, w.at.Now))
			}
		}
		if err != nil {
			return err
		}
		return w.keepIf(Outcome{Key: key, Request: request, Child: done.Child, Entries: done.Entries, At: w.at.Now})
	})
	if err != nil {
		return nil, err
	}
	return out, f.receipt(ctx, out, done, r.Other)
}

// receipt fills in who answers by when, of what is recorded.
func (f *Front) receipt(ctx context.Context, out *FamilyReceipt, done Done, other bool) error {
	id := done.Entries[0]
	out.Reference = strings.ToUpper(string(id[len(id)-8:]))
	err := f.a.Store.View(ctx, func(v View) error {
		st, err := v.Entry(ctx, id)
		if err != nil {
			return err
		}
		out.At = st.Entry.Recorded
		if !other {
			return nil
		}
		r, _, err := concernOf(ctx, v, done.Child)
		if err != nil {
			return err
		}
		l, err := f.a.lineOf(ctx, v)
		if err == nil && len(r.Told) > 0 {
			out.Who, out.By = l.Name(r.Told[0].Person), r.Told[0].By
		}
		return err
	})
	if err == nil {
		out.Receipt, err = f.a.Receipt(ctx, id)
	}
	return err
}

// warned makes a concern of a reply that the worker is not to read. It is about the
// worker, so that no rule of concerns lets the worker near it.
func (w *writer) warned(ctx context.Context, l *line.Line, pack *duty.Pack, x linked, r FamilyReply, by entry.Actor) (done Done, secret string, err error) {
	on := w.at.Now.Date()
	terms, ok := pack.Warnings(on)
	if !ok {
		return done, "", fmt.Errorf("the rules in force say nothing about the times of concerns")
	}
	first, _ := hearers(l, x.rec.On(endOf(w.at.Now)), on)
	b := concern.Raised{Text: r.Words, About: []string{first.Person}, By: x.share.To + optional(x.share.As != "", ", "+x.share.As) + ", on the page of the plan that was given to them",
		Terms: concern.Terms{Acknowledge: terms.Acknowledge, Answer: terms.Answer, Ask: terms.Ask, Source: terms.Source.Document, From: terms.From}}
	b.Attached = []concern.Attached{{Kind: "child", ID: x.child, Title: "The child whose plan it is about"}}
	facts := [][]string{{"Asked", "Said"}}
	if r.Agrees != "" {
		facts = append(facts, []string{"Is this plan right?", map[string]string{"yes": "Yes", "partly": "Some of it", "no": "No"}[r.Agrees]})
	}
	for _, g := range x.share.Goals {
		if n, said := r.Scales[g.ID]; said {
			facts = append(facts, []string{"How safe, from 0 to 10: " + g.Name, fmt.Sprint(n)})
		}
	}
	if len(facts) > 1 {
		b.Attached = append(b.Attached, concern.Attached{Kind: "page", Title: "What else they answered on the page of the plan", Facts: facts})
	}
	for _, p := range l.Hearers(first.Post, on, b.About) {
		b.Steps = append(b.Steps, concern.Step{Post: p.ID, Title: p.Title})
	}
	b.Steps = concern.Plan(b.Steps, b.Terms, pack.Calendar(), on)
	b.AcknowledgeBy = pack.Calendar().AddWorking(on, b.Terms.Acknowledge)
	n, err := w.tx.ConcernNumber(ctx)
	if err != nil {
		return done, "", err
	}
	b.Number = n + 1
	if secret, b.Link, err = newSecret(w.at.Rand); err != nil {
		return done, "", err
	}
	id, err := w.at.NewID()
	if err != nil {
		return done, "", err
	}
	rec := concern.Record{ID: string(id)}
	es, err := concern.Decide(rec, concern.Command{Actor: by, Body: b, Raiser: true, Source: entry.Source{Kind: "family page"}}, world{pack.Calendar(), l, on}, w.at)
	if err != nil {
		return done, "", err
	}
	if err := w.heard(ctx, rec, es); err != nil {
		return done, "", err
	}
	return Done{Child: string(id), Entries: []entry.ID{es[0].ID}}, secret, nil
}

// FamilyAnswer is the answer to what somebody said around the worker, as it stands.
type FamilyAnswer struct {
	Words     string
	At        day.Instant
	With      string   // who has it now, by name
	By        day.Date // by which it is answered; zero: it waits for no answer
	Answers   []FamilyAnswered
	Judge     entry.ID // the answer that they may judge; empty: none
	Authority string
	Demo      bool
	Now       day.Instant
}

// FamilyAnswered is one answer.
type FamilyAnswered struct {
	ID       entry.ID
	Words    string
	Reason   string
	By       string
	At       day.Instant
	Promises []string
	Verdict  string // one of concern.Verdicts; empty: not judged
}

// OpenFamilyAnswer opens the answer to what somebody said around the worker. It shows
// nothing of any record but their own words and the answer to them.
func (f *Front) OpenFamilyAnswer(ctx context.Context, secret string) (out *FamilyAnswer, err error) {
	now := f.a.Clock.Now()
	err = f.a.Store.View(ctx, func(v View) error {
		x, err := f.a.link(ctx, v, secret, now)
		if err != nil {
			return err
		}
		r := x.about
		if r.Entry == "" {
			return ErrNotFound
		}
		l, err := f.a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		out = &FamilyAnswer{Words: r.Raised.Text, At: r.At, Authority: l.Authority.Name, Demo: l.Authority.Demo, Now: now}
		if r.State() == concern.Waiting {
			last := r.Last()
			out.With, out.By = l.Name(cmp.Or(l.Answers(last.Post, now.Date()).Person, last.Person)), last.By
		}
		for i, x := range r.Answers {
			y := FamilyAnswered{ID: x.ID, Words: x.Words, Reason: x.Reason, By: l.Name(x.Author), At: x.At, Verdict: x.Verdict}
			for _, p := range x.Promises {
				who := l.Answers(p.Post, now.Date()).Person
				y.Promises = append(y.Promises, p.What+" ("+optional(who != "", l.Name(who)+", ")+"by "+p.By.Long()+")")
			}
			out.Answers = append(out.Answers, y)
			if i == len(r.Answers)-1 && x.Verdict == "" && r.State() == concern.AnsweredS {
				out.Judge = x.ID
			}
		}
		return nil
	})
	return out, err
}

// JudgeFamilyAnswer records whether it is put right, as only whoever said it can.
func (f *Front) JudgeFamilyAnswer(ctx context.Context, secret string, answer entry.ID, verdict, why, key string) error {
	b := concern.Judged{Answer: answer, Verdict: verdict, Why: why}
	return f.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		x, err := f.a.link(ctx, w.tx, secret, w.at.Now)
		if err != nil {
			return err
		}
		r := x.about
		if r.Entry == "" {
			return ErrNotFound
		}
		by := entry.Actor{Person: r.Author}
		request, err := hashOf("judged "+r.ID, []wish{{Actor: by, Kind: b.Kind(), Body: b}})
		if err != nil {
			return err
		}
		key := optional(key != "", r.Author+" "+key)
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			return err
		}
		l, err := f.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		es, err := concern.Decide(r, concern.Command{Actor: by, Body: b, Raiser: true, Source: entry.Source{Kind: "family page"}}, world{pack.Calendar(), l, w.at.Now.Date()}, w.at)
		if err != nil {
			return err
		}
		if err := w.heard(ctx, r, es); err != nil {
			return err
		}
		return w.keepIf(Outcome{Key: key, Request: request, Child: r.ID, Entries: []entry.ID{es[0].ID}, At: w.at.Now})
	})
}

// firstOf is what somebody is called in a sentence to a family.
func firstOf(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}
