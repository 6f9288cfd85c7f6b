package web

import (
	"net/http"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/web/shell"
)

// missing is each time in which the child was missing as one thing, and what they have in
// common.
func (s *Server) missing(w http.ResponseWriter, r *request) error {
	d, p, known, may, err := s.life(r, "missing")
	if err != nil {
		return err
	}
	on := p.At.Date()
	all := p.Record.Missing()
	if may {
		d.act(p, &d.Actions, "found", "told", "missing")
		d.act(p, &d.Second, "interview")
		if x := waitingTalk(all); x != nil && !p.Status.Missing {
			d.Actions, d.Second = append(d.Second, d.Actions...), nil // what waits comes first
		}
	}
	if len(all) == 0 {
		d.None = "No time is recorded in which " + d.First + " was missing."
		return s.lifeShow(w, r, p, known, d)
	}
	d.Sub = "Each time is one thing: who was told and when, where " + d.First + " was, and the talk afterwards."
	d.Facts = s.missingFacts(p, all, on)
	for _, x := range p.Record.MissingPatterns(on) {
		sig := lifeSignal{Says: x.Says}
		for _, ev := range x.From {
			sig.From = append(sig.From, shell.Link{Text: ev.When.Date.Short(), Href: "/child/" + d.Child + "/entry/" + string(ev.ID) + d.Known})
		}
		d.Signals = append(d.Signals, sig)
	}
	d.Owed = s.lifeOwed(p, known, nil, func(x duty.Duty) bool { return strings.HasPrefix(x.Rule.ID, "missing.") })
	for _, g := range missingGaps(p, all) {
		if may {
			switch g.Href {
			case "told":
				g.Href = actPath(d.Child, "told")
			case "interview":
				g.Href = actPath(d.Child, "interview")
			}
		} else {
			g.Href = ""
		}
		d.Gaps = append(d.Gaps, g)
	}
	d.GapsSub = "Facts of the record, as questions."
	part := lifePart{Title: "Each time"}
	for i, e := range slices.Backward(all) {
		part.Cards = append(part.Cards, s.episodeCard(p, e, i+1, known))
	}
	d.Parts = []lifePart{part}
	return s.lifeShow(w, r, p, known, d)
}

// waitingTalk is the newest time after which the talk was neither held nor refused.
func waitingTalk(all []child.Episode) *child.Episode {
	for i := range slices.Backward(all) {
		if e := all[i]; e.End != nil && e.Held == nil && !e.Refused() {
			return &all[i]
		}
	}
	return nil
}

// talkDuty is the duty to hold the return interview after one time.
func talkDuty(p *app.ChildPage, e child.Episode) (x duty.Duty, ok bool) {
	if e.End == nil {
		return x, false
	}
	for _, x := range p.Duties {
		if x.Start == e.End.ID && metBy("return-interview")(x) {
			return x, true
		}
	}
	return x, false
}

func (s *Server) missingFacts(p *app.ChildPage, all []child.Episode, on day.Date) []shell.Fact {
	now := shell.Fact{Label: "Missing now", Value: "No"}
	if e, yes := p.Record.MissingNow(); yes {
		now = shell.Fact{Label: "Missing now", Value: "Yes", Detail: "since " + e.Start.When.Long(), Bad: true}
	}
	year, quarter, held, ended := 0, 0, 0, 0
	for _, e := range all {
		at := e.Start.When.Date
		if at > on.AddMonths(-12) {
			year++
			if e.End != nil {
				ended++
				if x, ok := talkDuty(p, e); ok && x.State == duty.Met {
					held++
				}
			}
		}
		if on-at < 90 {
			quarter++
		}
	}
	return []shell.Fact{now, {Label: "Times in 90 days", Value: itoa(quarter), Bad: quarter >= 3}, {Label: "Times in 12 months", Value: itoa(year)},
		{Label: "Talked with in 72 hours", Value: itoa(held) + " of " + itoa(ended), Detail: "returns in 12 months", Bad: held < ended}}
}

// missingGaps are what is open about the newest time, as questions.
func missingGaps(p *app.ChildPage, all []child.Episode) (out []asmGap) {
	e := all[len(all)-1]
	first := firstName(p.Identity.Name())
	if _, told := e.Heard("police"); !told && !e.Said.Away {
		out = append(out, asmGap{Says: "Nobody has recorded that the police were told.", Asks: "When were they told, and what number did they give?", Href: map[bool]string{true: "told"}[e.End == nil]})
	}
	_, parent := e.Heard("parent")
	_, carer := e.Heard("carer")
	if !parent && !carer {
		out = append(out, asmGap{Says: "Nobody has recorded that a parent or carer was told.", Asks: "Who knows, and who does not yet?", Href: map[bool]string{true: "told"}[e.End == nil]})
	}
	if e.End == nil {
		return out
	}
	switch {
	case e.Offered == nil && e.Answered == nil && e.Held == nil:
		out = append(out, asmGap{Says: "No return interview is recorded as offered.", Asks: "Who could " + first + " talk with, who is not their carer or worker?", Href: "interview"})
	case e.Held != nil && !e.Talk.Independent:
		out = append(out, asmGap{Says: "The return interview is not recorded as held by somebody independent.", Asks: "Who held it, and could " + first + " speak freely?"})
	case e.Held != nil && strings.TrimSpace(e.Talk.Words) == "":
		out = append(out, asmGap{Says: "What " + first + " said in it is not recorded.", Asks: "What were the words?"})
	}
	return out
}

func (s *Server) episodeCard(p *app.ChildPage, e child.Episode, n int, known day.Instant) lifeCard {
	c := lifeCard{Title: itoa(n) + ". " + e.Start.When.Long(), Href: "/child/" + p.Record.Child + "/entry/" + string(e.Start.ID) + keep(known), State: shell.State{Kind: shell.Late, Text: "missing now"}}
	if e.End != nil {
		c.State = shell.State{}
		if d, hours := e.Lasted(p.At); hours {
			c.Sub = "Back " + e.End.When.Long() + ", after " + awayFor(d) + "."
		} else {
			c.Sub = "Back " + e.End.When.Long() + "."
		}
	}
	if e.Said.Away {
		c.Sub = strings.TrimSpace("Away without leave: it was known where. " + c.Sub)
	}
	c.row("Last seen", e.Said.From)
	c.row("Noticed by", e.Said.By)
	c.row("How great the danger", title(e.Said.Risk))
	c.row("What was known", e.Said.Learned)
	var told []string
	for _, x := range e.Told {
		text := hearsWords[x.Who] + ", " + x.When.Long()
		if x.What != "" {
			text += " (" + x.What + ")"
		}
		told = append(told, title(text))
	}
	if len(told) == 0 {
		for _, who := range []string{"police", "manager"} {
			if _, yes := e.Heard(who); yes {
				told = append(told, title(hearsWords[who])+", the hour is not recorded")
			}
		}
	}
	if len(told) == 0 {
		told = []string{"Nobody, as far as is recorded"}
	}
	c.row("Told", strings.Join(told, ". ")+".")
	c.row("How found", e.Found.How)
	c.row("Where", e.Found.Where)
	c.row("With", e.Found.With)
	c.row("Hurt or made to do something", e.Found.Harm)
	if w := strings.TrimSpace(e.Found.Words); w != "" {
		c.row(firstName(p.Identity.Name())+" said", "\""+strings.Trim(w, "\"")+"\"")
	}
	if e.End != nil {
		talk := "Not offered, as far as is recorded."
		switch {
		case e.Held != nil:
			talk = "Held " + e.Held.When.Long()
			if e.Talk.By != "" {
				talk += " by " + strings.TrimSuffix(e.Talk.By, ".")
			}
			if talk += "."; e.Talk.Independent {
				talk += " They are independent."
			}
		case e.Refused():
			talk = "Refused " + e.Answered.When.Long() + "."
		case e.Answered != nil:
			talk = "Accepted " + e.Answered.When.Long() + ", and not held yet."
		case e.Offered != nil:
			talk = "Offered " + e.Offered.When.Long() + ", without an answer yet."
		}
		if x, ok := talkDuty(p, e); ok {
			talk += " Within " + x.Span.String() + " of the return: " + endState(x, s.App.Pack.Calendar(), p.At).Text + "."
		}
		c.row("Return interview", talk)
		if e.Held != nil || e.Refused() {
			c.row(map[bool]string{true: "What was learnt", false: "Why not"}[e.Held != nil], e.Talk.What)
			c.Words = e.Talk.Words
		}
	}
	c.disputed(p, e.Start)
	return c
}
