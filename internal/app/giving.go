package app

import (
	"context"
	"fmt"
	"maps"
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

// familyRule is the rule by which the family's reply is owed an answer.
const familyRule = "family.answer"

// Giving is the plan as somebody in the family is to get it.
type Giving struct {
	Child string
	// Plan is what they get, word by word; its hashes are made here.
	Plan child.PlanShared
	// Link says that they get a private link; else it goes on paper.
	Link bool
	// Word must be typed beside the link; empty: none.
	Word string
	Key  string
}

// Given is what came of it.
type Given struct {
	Done
	// Secret opens the page. It is given out once and kept nowhere; empty on paper, and
	// when the same giving was sent twice.
	Secret string
}

// GivePlan gives the plan that stands to somebody in the family.
func (d *Desk) GivePlan(ctx context.Context, x Giving) (out Given, err error) {
	by := d.actor()
	src := entry.Source{Kind: "page", Program: d.who.Program}
	body := x.Plan
	body.Link, body.Word = "", ""
	if !x.Link {
		body.Until = 0
	}
	request, err := hashOf(fmt.Sprint("given ", x.Child, x.Link, d.a.blind("word "+x.Word, x.Word)), []wish{{Actor: by, Kind: body.Kind(), Body: body}})
	if err != nil {
		return out, err
	}
	g := d.gate(access.RecordChild)
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out = Given{}
		if again, err := w.before(ctx, x.Key, request); again != nil || err != nil {
			if again != nil {
				out.Done = *again
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
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		b := body
		ps := d.wrongGiving(pack, x, w.at.Now)
		if x.Link {
			if out.Secret, b.Link, err = newSecret(w.at.Rand); err != nil {
				return err
			}
			if x.Word != "" && len(ps) == 0 {
				b.Word = d.a.hashOfWord(b.Link, x.Word)
			}
		}
		if more := append(ps, b.Check()...); len(more) > 0 {
			return &entry.Refusal{Problems: more}
		}
		if out.Done, err = w.record(ctx, l, Do{Child: x.Child, Commands: []child.Command{{Actor: by, Happened: day.AtInstant(w.at.Now), Source: src, Body: b}}}); err != nil {
			return err
		}
		return w.keepIf(Outcome{Key: x.Key, Request: request, Child: x.Child, Entries: out.Entries, At: w.at.Now})
	})
	if err != nil {
		out = Given{}
	}
	return out, g.log(ctx, err)
}

// TryGiving says whether a giving would be refused for what it says, without recording it.
func (d *Desk) TryGiving(p *ChildPage, x Giving) error {
	b := x.Plan
	if x.Link {
		b.Link = "not made yet"
	}
	ps := d.wrongGiving(d.a.inForce(), x, d.now)
	err := d.Try(p, child.Command{Happened: day.AtInstant(d.now), Body: b, Source: entry.Source{Kind: "page"}})
	if more, refused := entry.Problems(err); refused || len(ps) > 0 && err == nil {
		return &entry.Refusal{Problems: append(ps, more...)}
	}
	return err
}

// wrongGiving is what is wrong with a giving beside its words.
func (d *Desk) wrongGiving(pack *duty.Pack, x Giving, now day.Instant) []entry.Problem {
	ps := d.a.goodWord(x.Word)
	if x.Word != "" && !x.Link {
		ps = append(ps, entry.Problem{Field: "word", Text: "A word goes with a link. Paper has none"})
	}
	if first := promised(pack, now); x.Plan.Answer != 0 && x.Plan.Answer < first {
		ps = append(ps, entry.Problem{Field: "answer_by", Text: "Whoever answers has until " + first.Long() + " by the rules. Choose that day or a later one"})
	}
	return ps
}

// promised is the day by which a reply of a moment gets its answer, by the rules.
func promised(pack *duty.Pack, now day.Instant) day.Date {
	r, ok := pack.Rule(familyRule, now.Date())
	if !ok {
		return now.Date()
	}
	return pack.Calendar().Due(day.On(now.Date()), r.Within).On
}

// Promised is the day by which a reply of now gets its answer, by the rules.
func (d *Desk) Promised() day.Date { return promised(d.a.inForce(), d.now) }

// promiseOf is what whoever was given a plan is told about the answer: the day that was
// set for them, or a later one where the rules give whoever answers longer.
func promiseOf(pack *duty.Pack, s child.PlanShared, now day.Instant) day.Date {
	return max(s.Answer, promised(pack, now))
}

// SharePage is a child's page with what the family was given, newest first.
type SharePage struct {
	*ChildPage
	Gives []Gave
}

// Gave is what somebody was given and what came of it.
type Gave struct {
	child.Share
	Opened  []day.Instant // each time that the page was opened, newest first
	Replies []child.ViewSaid
}

// State is how the link stands on a day, in a word.
func (g Gave) State(on day.Date) string {
	switch {
	case g.Link == "":
		return "on paper"
	case g.Ended != nil:
		return "ended"
	case g.Locked():
		return "locked"
	case on > g.Until:
		return "past its day"
	}
	return "opens"
}

// maxOpened is how many looks at a child are read for the openings among them.
const maxOpened = 2000

// Shares are what the family was given of a child's plan.
func (d *Desk) Shares(ctx context.Context, do access.Action, what, id string) (*SharePage, error) {
	p, err := d.childFor(ctx, do, what, id, d.known())
	if err != nil {
		return nil, err
	}
	out := &SharePage{ChildPage: p}
	var looks []Read
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		looks, err = v.Reads(ctx, id, d.known(), maxOpened)
		return err
	}); err != nil {
		return nil, err
	}
	views := p.Record.Views("")
	for _, s := range slices.Backward(p.Record.Shares()) {
		g := Gave{Share: s}
		for _, x := range looks {
			if of, ok := entry.FamilyShare(x.Person); ok && of == s.Event.ID {
				g.Opened = append(g.Opened, x.At)
			}
		}
		for _, v := range views {
			if v.Shared == s.Event.ID {
				g.Replies = append(g.Replies, v)
			}
		}
		out.Gives = append(out.Gives, g)
	}
	return out, nil
}

// Reply is what somebody says who was given a plan.
type Reply struct {
	Agrees string         // one of child.Agreements; empty: not said
	Words  string         // what should be different, unchanged
	Scales map[string]int // a number from 0 to 10 for a goal
}

func (r Reply) empty() bool {
	return r.Agrees == "" && strings.TrimSpace(r.Words) == "" && len(r.Scales) == 0
}

// whose says whose view a reply is.
func whose(s child.PlanShared) (of, name string) {
	if s.For != child.ForParent {
		return "child", ""
	}
	if name = s.To; strings.TrimSpace(s.As) != "" {
		name = upper(strings.TrimSpace(s.As))
	}
	for _, x := range []string{"mum", "mother", "mam", "mom", "mummy", "dad", "father", "daddy", "parent", "carer"} {
		if slices.Contains(strings.Fields(Fold(s.As)), x) {
			return "parent", name
		}
	}
	return "somebody else", name
}

// replied records a reply as views: the first holds the words and, where it is about one
// goal, its number; every other number is said with it.
func (w *writer) replied(ctx context.Context, l *line.Line, id string, s child.Share, r Reply, by entry.Actor, how string, src entry.Source, allow func(View, ChildRow) error) (done Done, err error) {
	of, name := whose(s.PlanShared)
	base := child.View{Of: of, Name: name, How: how, Shared: s.Event.ID}
	var goals []string
	for _, g := range s.Goals {
		if _, said := r.Scales[g.ID]; said {
			goals = append(goals, g.ID)
		}
	}
	scaled := func(v child.View, goal string) child.View {
		n := r.Scales[goal]
		v.Goal, v.Scale = goal, &n
		return v
	}
	first := base
	first.Agrees, first.Words = r.Agrees, r.Words
	if len(goals) > 0 && (len(s.Goals) == 1 || r.Agrees == "" && strings.TrimSpace(r.Words) == "") {
		first, goals = scaled(first, goals[0]), goals[1:]
	}
	say := func(bodies ...entry.Body) (Done, error) {
		do := Do{Child: id, allow: allow}
		for _, b := range bodies {
			do.Commands = append(do.Commands, child.Command{Actor: by, Happened: day.AtInstant(w.at.Now), Source: src, Body: b})
		}
		return w.record(ctx, l, do)
	}
	if done, err = say(first); err != nil || len(goals) == 0 {
		return done, err
	}
	var more []entry.Body
	for _, g := range goals {
		v := scaled(base, g)
		v.With = done.Entries[0]
		more = append(more, v)
	}
	rest, err := say(more...)
	done.Entries = append(done.Entries, rest.Entries...)
	return done, err
}

// maxReply is how long a reply may be, in letters: some twenty pages. Nobody who writes it has signed in.
const maxReply = 30_000

// wrongReply says what is wrong with a reply to what somebody was given.
func wrongReply(s child.Share, r Reply) (ps []entry.Problem) {
	if r.empty() {
		ps = append(ps, entry.Problem{Field: "agrees", Text: "Say what you think: choose an answer, or write it in your own words"})
	}
	ps = entry.OneOf(ps, "agrees", r.Agrees, append([]string{""}, child.Agreements...), "Choose yes, some of it, or no")
	if len([]rune(r.Words)) > maxReply {
		ps = append(ps, entry.Problem{Field: "words", Text: "This is very long. Please make it shorter than " + fmt.Sprint(maxReply) + " letters, or send it in two parts"})
	}
	for goal, n := range r.Scales {
		if n < 0 || n > 10 || !slices.ContainsFunc(s.Goals, func(g child.SharedGoal) bool { return g.ID == goal }) {
			ps = append(ps, entry.Problem{Field: "scale-" + goal, Text: "Choose a number from 0 to 10"})
		}
	}
	return ps
}

// PaperReply records a reply that came back on paper, as they wrote it.
func (d *Desk) PaperReply(ctx context.Context, id string, shared entry.ID, r Reply, key string) (done Done, err error) {
	by, src := d.actor(), entry.Source{Kind: "page", Program: d.who.Program}
	request, err := hashOf("replied on paper "+id, []wish{{Actor: by, Kind: "view", Body: replyBody(shared, r)}})
	if err != nil {
		return done, err
	}
	g := d.gate(access.RecordChild)
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
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
		row, err := w.row(ctx, id)
		if err != nil {
			return err
		}
		if err := g.allow(w.tx, row); err != nil {
			return err
		}
		rec, err := w.load(ctx, id)
		if err != nil {
			return err
		}
		s, ok := rec.Share(shared)
		if !ok {
			return ErrNotFound
		}
		if ps := wrongReply(s, r); len(ps) > 0 {
			return &entry.Refusal{Problems: ps}
		}
		if done, err = w.replied(ctx, l, id, s, r, by, "wrote it on the paper that came with the plan", src, g.allow); err != nil {
			return err
		}
		return w.keepIf(Outcome{Key: key, Request: request, Child: id, Entries: done.Entries, At: w.at.Now})
	})
	return done, g.log(ctx, err)
}

// replyBody is a reply as its hash sees it.
func replyBody(shared entry.ID, r Reply) child.View {
	words := r.Words
	for _, g := range slices.Sorted(maps.Keys(r.Scales)) {
		words += fmt.Sprint(" ", g, "=", r.Scales[g])
	}
	return child.View{Shared: shared, Agrees: r.Agrees, Words: words}
}

// tellReply tells whoever owes the answer that somebody in the family replied.
func (w *writer) tellReply(rec child.Record, l *line.Line, post string, of entry.ID, by day.Date) {
	if w.a.Mail == nil {
		return
	}
	at := w.a.Mail.PublicURL + "/child/" + url.PathEscape(rec.Child) + "/plan/given"
	subject := "Somebody replied to a plan"
	what := "Somebody in a family replied to the plan that they were given. They were told that an answer comes by " + by.Full() + "."
	w.letters = append(w.letters, letterTo{post, Out{Matter: "reply:" + string(of), Step: "replied", Child: rec.Child, Subject: subject, Brief: what + "\n  " + at,
		Text: letter(subject+".", what, at, "Reading is not answering: say what was done about it, or why it was not.")}})
}
