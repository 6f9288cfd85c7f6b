package simulate

import (
	"math/rand/v2"
	"slices"

	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// warning is one concern of the stories: raised so many days ago, and what
// people did about it, in days ago.
type warning struct {
	ago  int
	post string
	text string
	acts []act
}

// act is what somebody says of a concern. promised makes bodies that name the
// answer given before.
type act struct {
	ago  int
	post string
	body func(r concern.Record, on day.Date) entry.Body
}

func says(b entry.Body) func(concern.Record, day.Date) entry.Body {
	return func(concern.Record, day.Date) entry.Body { return b }
}

func answers(words, reason string, promises ...concern.Promise) func(concern.Record, day.Date) entry.Body {
	return func(_ concern.Record, on day.Date) entry.Body {
		b := concern.Answered{Words: words, Reason: reason}
		for _, p := range promises {
			p.By += on // given as days from now
			b.Promises = append(b.Promises, p)
		}
		return b
	}
}

func keeps(n int, what string) func(concern.Record, day.Date) entry.Body {
	return func(r concern.Record, _ day.Date) entry.Body {
		return concern.Kept{Answer: r.Answers[len(r.Answers)-1].ID, Promise: n, What: what}
	}
}

func judges(verdict, why string) func(concern.Record, day.Date) entry.Body {
	return func(r concern.Record, _ day.Date) entry.Body {
		return concern.Judged{Answer: r.Answers[len(r.Answers)-1].ID, Verdict: verdict, Why: why}
	}
}

// warnings are those of two of the accounts: the overloaded worker, and the team
// that warned. Nobody answered them in time, and that is how they are told.
func warnings() []warning {
	return []warning{
		{84, "east-2-3", "I cannot see my protection plan children on time. I was given Sam as a seventeenth child. Please take somebody from me.", []act{
			{83, "manager-east-2", says(concern.Opened{})},
			{83, "manager-east-2", says(concern.Acknowledged{Words: "I have it."})},
			{78, "manager-east-2", answers("Please prioritise. We talk about it in supervision.", "Every worker in the team is full.", concern.Promise{What: "Talk about what can be left in supervision", Post: "manager-east-2", By: 14})},
			{76, "east-2-3", judges(concern.PutInPart, "I know how to prioritise. I have no hours.")},
		}},
		{74, "east-2-3", "I have 17 children and 6 of them are on protection plans. I am also on the duty desk every Tuesday. I need about 40 hours a week and I have 27. Something will be missed, and it will be a child. I ask for somebody to take four children from me, or to take me off the desk.", []act{
			{73, "manager-east-2", says(concern.Opened{})},
			{64, "service-east", says(concern.Opened{})},
			{47, "director", says(concern.Opened{})},
			{43, "director", answers("You were right, and it should not have taken four of us. I take three children from you, and you come off the duty desk today.", "Forty hours of work do not fit into 27.",
				concern.Promise{What: "Off the duty desk", Post: "manager-east-2", By: 1}, concern.Promise{What: "Three children to other workers", Post: "manager-east-2", By: 20})},
			{42, "manager-east-2", keeps(0, "Off the rota from today.")},
			{20, "east-2-3", judges(concern.PutInPart, "One of three children has gone to somebody else.")},
		}},
		{60, "east-1-1", "East 1 has had no manager for weeks. The manager of East 2 covers, and is never here. Nobody talks with us about our children. We ask for a manager, or for somebody to hold supervision.", []act{
			{45, "service-east", says(concern.Opened{})},
		}},
		{9, "east-2-3", "East 2 has two empty posts. The children of the worker who left were shared out by text message. I ask you to fill the posts, or to say which work stops.", []act{
			{8, "manager-east-2", says(concern.Opened{})},
		}},
	}
}

// concerns lets the warnings be raised and heard, with the rules looking in
// between as the watch does.
func (w *world) concerns() (all []entry.Entry, err error) {
	src := rand.NewChaCha8(seed(w.o.Seed, 1<<45))
	times, ok := w.o.Pack.Warnings(w.o.Now.Date())
	if !ok {
		return nil, nil
	}
	terms := concern.Terms{Acknowledge: times.Acknowledge, Answer: times.Answer, Ask: times.Ask, Source: times.Source.Document, From: times.From}
	for n, x := range warnings() {
		now := at(w.o.Now.Date()-day.Date(x.ago), 460+n)
		id, err := entry.Moment{Now: now, Rand: src}.NewID()
		if err != nil {
			return nil, err
		}
		r := concern.Record{ID: string(id)}
		keep := func(es []entry.Entry) {
			for _, e := range es {
				r = concern.Apply(r, e)
				all = append(all, e)
			}
		}
		about := func(now day.Instant) heard { return heard{w.cal, w.line, now.Date()} }
		climb := func(until day.Instant) error {
			for now < until {
				next := r.Next()
				if next == 0 || next >= until {
					return nil
				}
				now = max(next, now) + 10*day.Second
				es, err := concern.Climb(r, about(now), func(p string) bool { return w.line.Answers(p, now.Date()).Person != "" }, entry.Moment{Now: now, Rand: src})
				if err != nil {
					return err
				}
				keep(es)
			}
			return nil
		}
		on := now.Date()
		who := w.line.Answers(x.post, on).Person
		p, _ := w.line.Post(x.post, on)
		var steps []concern.Step
		for _, h := range w.line.Hearers(p.Above, on, []string{who}) {
			steps = append(steps, concern.Step{Post: h.ID, Title: h.Title})
		}
		b := concern.Raised{Number: n + 1, Text: x.text, Terms: terms, AcknowledgeBy: w.cal.AddWorking(on, terms.Acknowledge), Steps: concern.Plan(steps, terms, w.cal, on)}
		do := func(post string, b entry.Body, raiser bool) error {
			person := w.line.Answers(post, now.Date()).Person
			es, err := concern.Decide(r, concern.Command{Actor: entry.Actor{Person: person, Post: post}, Body: b, Raiser: raiser, Answers: w.line.PostsOf(person, now.Date()), Source: entry.Source{Kind: "simulation"}}, about(now), entry.Moment{Now: now, Rand: src})
			if err == nil {
				keep(es)
			}
			return err
		}
		if err := do(x.post, b, true); err != nil {
			return nil, err
		}
		for i, a := range x.acts {
			then := at(w.o.Now.Date()-day.Date(a.ago), 20+i)
			if then >= w.o.Now {
				break
			}
			if err := climb(then); err != nil {
				return nil, err
			}
			now = max(then, now)
			if err := do(a.post, a.body(r, now.Date()), a.post == x.post); err != nil {
				return nil, err
			}
		}
		if err := climb(w.o.Now); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b entry.Entry) int { return int(min(max(a.Recorded-b.Recorded, -1), 1)) })
	return all, nil
}

// heard is the world as concerns ask for it.
type heard struct {
	*day.Calendar
	line *line.Line
	on   day.Date
}

// Person answers for a post on the day.
func (h heard) Person(post string) string { return h.line.Answers(post, h.on).Person }
