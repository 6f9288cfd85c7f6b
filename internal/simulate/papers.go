package simulate

import (
	"math/rand/v2"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// papers plans what is written down and sent after an event: most of it in time.
// It draws from a die of its own, so that what happens to the children does not
// depend on it.
func (b *builder) papers(t day.Instant, body entry.Body) {
	if b.dice == nil {
		b.dice = rand.New(rand.NewChaCha8(seed(b.w.o.Seed, 1<<44+uint64(len(b.p.events))+uint64(t))))
	}
	cal, on := b.w.cal, t.Date()
	// after gives a working day some days later, now and then too late.
	after := func(usual, limit int) day.Date {
		n := b.dice.IntN(usual + 1)
		if b.dice.Float64() > 0.92 {
			n = limit + 1 + b.dice.IntN(4)
		}
		return cal.AddWorking(on, n)
	}
	document := func(d day.Date, post, of string) { b.write(d, post, child.Document{Of: of}) }
	switch x := body.(type) {
	case child.Decision:
		b.write(after(1, 1), "manager-front-door", child.ReferrerTold{Of: "decision", How: "by letter"})
	case child.Allocation:
		for d := on + 70; d < b.end; d += 75 + day.Date(b.dice.IntN(16)) {
			document(b.wd(d), b.post, "chronology")
		}
	case child.AssessmentAuthorised:
		document(after(4, 5), b.post, "assessment shared with the family")
	case child.StrategyDiscussion:
		document(after(1, 1), b.team.manager, "strategy discussion record")
	case child.Section47Ended:
		b.write(after(1, 1), b.team.manager, child.Oversight{View: "I have read the enquiry and agree with its outcome."})
		if x.Conference == "needed" {
			document(after(1, 1), b.team.manager, "request for a conference")
		}
	case child.Conference:
		document(after(1, 1), "chair-1", "conference decisions")
		document(after(18, 20), "chair-1", "conference minutes")
	case child.CPPlanStarted, child.CPPlanEnded:
		b.write(on+1, "performance", child.Notice{Of: "plan or care status to health (CP-IS)", To: "the Spine"})
	case child.CaseClosed:
		b.write(after(1, 1), b.team.manager, child.Oversight{View: "The work is done, and the family knows where to turn."})
		document(after(4, 5), b.post, "closing record")
	}
}

// write records a paper on its day, after closure too.
func (b *builder) write(on day.Date, post string, body entry.Body) {
	when := day.On(on)
	t := at(on, 440)
	switch body.Kind() {
	case "referrer.told", "oversight", "notice":
		when = day.AtInstant(t)
	}
	if recorded := t + 20*day.Minute; recorded < b.now {
		b.p.events = append(b.p.events, event{recorded: recorded, when: when, post: post, body: body})
	}
}
