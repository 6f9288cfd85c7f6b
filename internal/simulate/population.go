package simulate

import (
	"fmt"
	"math/rand/v2"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// population plans the children of the authority: those open at the end, with
// the published lengths of open episodes, and those who came and went.
func (w *world) population() []plan {
	r := rand.New(rand.NewChaCha8(seed(w.o.Seed, 1<<41)))
	now := w.o.Now.Date()
	var out []plan
	for i := range w.o.Children {
		out = append(out, w.life(rand.New(rand.NewChaCha8(seed(w.o.Seed, 1<<42+uint64(i)))), now-day.Date(w.openFor(r)), 0))
	}
	for i := range w.o.Children * 3 / 2 {
		begin := w.begin + day.Date(r.IntN(int(now-w.begin)-60)) + 1
		out = append(out, w.life(rand.New(rand.NewChaCha8(seed(w.o.Seed, 1<<43+uint64(i)))), begin, 20+r.IntN(int(min(now-begin-25, 300)))))
	}
	return out
}

// openFor draws how many days a case has been open. Bands: DfE 2025, as in
// calibration.json; what is longer than the months simulated begins there.
func (w *world) openFor(r *rand.Rand) int {
	all := int(w.o.Now.Date() - w.begin)
	x, lo, hi := r.Float64()*100, 1, 91
	switch {
	case x < 26.7:
	case x < 37.7:
		lo, hi = 91, 182
	case x < 50.8:
		lo, hi = 182, 365
	default:
		lo, hi = 365, all
	}
	lo, hi = min(lo, all-2), min(hi, all-1)
	return lo + r.IntN(max(hi-lo, 1))
}

// builder gathers one child's events.
type builder struct {
	w     *world
	r     *rand.Rand
	p     plan
	now   day.Instant
	post  string
	team  team
	end   day.Date // no event after this day
	pace  float64  // below 1: an overloaded worker, later than others
	lastN int
	dice  *rand.Rand // of papers
}

// add records something that happened on a day, a little later. What would be
// recorded in the future has not been.
func (b *builder) add(on day.Date, post string, body entry.Body, of int) int {
	lag := 0
	switch x := b.r.Float64(); {
	case x > 0.97:
		lag = 4 + b.r.IntN(8)
	case x > 0.75:
		lag = 1
	}
	return b.addAt(at(on, b.r.IntN(460)), day.Date(lag), post, body, of)
}

func (b *builder) addAt(t day.Instant, lag day.Date, post string, body entry.Body, of int) int {
	when := day.On(t.Date())
	switch body.Kind() {
	case "referral", "decision", "visit", "strategy-discussion", "contact", "note", "plan.sent", "plan.approved", "assessment.weighed", "assessment.placed",
		"care.started", "placement.started", "missing.started", "missing.told", "missing.ended", "return-interview":
		when = day.AtInstant(t)
	}
	recorded := t + day.Instant(lag)*24*day.Hour + 5*day.Minute + day.Instant(b.lastN)*day.Second
	if recorded >= b.now || t.Date() > b.end {
		return 0
	}
	b.lastN++
	b.p.events = append(b.p.events, event{recorded: recorded, when: when, post: post, body: body, of: of})
	n := len(b.p.events)
	b.papers(t, body)
	return n
}

// wd is the first working day at or after d.
func (b *builder) wd(d day.Date) day.Date {
	if b.w.cal.Working(d) {
		return d
	}
	return b.w.cal.AddWorking(d, 1)
}

// life plans one ordinary child: from the referral on, to a closure after so
// many days (0: still open).
func (w *world) life(r *rand.Rand, begin day.Date, closesAfter int) plan {
	b := &builder{w: w, r: r, now: w.o.Now, team: w.teams[r.IntN(len(w.teams))], pace: 1, end: w.o.Now.Date()}
	b.post = b.team.workers[r.IntN(5)] // the first five posts are held throughout
	if b.team.id == "east-2" {
		b.pace = 0.9
	}
	begin = b.wd(begin)
	if closesAfter > 0 {
		b.end = b.wd(begin + day.Date(closesAfter))
	}
	age := r.IntN(17)
	birth := begin.AddMonths(-12*age - r.IntN(12) - 1)
	num := r.IntN(90000) + 10000
	known := child.Known{Given: given[r.IntN(len(given))], Family: family[r.IntN(len(family))], Birth: birth, Sex: []string{"F", "M"}[r.IntN(2)],
		Address: fmt.Sprintf("%d %s", r.IntN(90)+1, streets[r.IntN(len(streets))]), IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: fmt.Sprintf("M%05d%03d", num, r.IntN(1000))}}}
	front := "front-door-" + string(rune('1'+r.IntN(5)))
	b.addAt(at(begin, 0), 0, front, known, 0)
	ref := b.addAt(at(begin, 5+b.r.IntN(300)), 0, front, child.Referral{From: []string{"police", "school", "health visitor", "neighbour", "hospital", "parent"}[r.IntN(6)], What: referrals[r.IntN(len(referrals))]}, 0)
	decided := b.wd(begin + 1)
	if r.Float64() < 0.12 {
		decided = w.cal.AddWorking(begin, 2+r.IntN(4))
	}
	if closesAfter > 0 && r.Float64() < 0.065 {
		b.addAt(at(decided, r.IntN(400)), 0, "manager-front-door", child.Decision{Outcome: child.NoAction, For: "The family has help already, and the school will tell us if that changes."}, ref)
		return b.p
	}
	if b.addAt(at(decided, r.IntN(300)), 0, "manager-front-door", child.Decision{Outcome: child.Assess, For: "What was said needs to be looked at with the family.", Team: b.team.id,
		Judged: child.Judged{Against: "The family did not ask for it.", Unknown: "What the GP knows."}}, ref) == 0 {
		return b.p
	}
	given := w.cal.AddWorking(decided, 1+skewed(r, 0.1, 6))
	if closesAfter == 0 && w.o.Now.Date()-given < 12 && r.Float64() < 0.25 {
		return b.p // held by the team
	}
	if b.add(given, b.team.manager, child.Allocation{Post: b.post, Team: b.team.id}, 0) == 0 {
		return b.p
	}
	b.work(begin, given, closesAfter)
	return b.p
}

// work plans what follows once the child has a worker.
func (b *builder) work(begin, from day.Date, closesAfter int) {
	r, cal := b.r, b.w.cal
	started := b.wd(from + day.Date(r.IntN(3)))
	as := b.addAt(at(started, 400), 0, b.post, child.AssessmentStarted{}, 0)
	b.visit(cal.AddWorking(started, 2+r.IntN(4)), 0.8)
	b.addAt(at(cal.AddWorking(started, 9+r.IntN(2)), 430), 0, b.team.manager, child.AssessmentChecked{Next: "See the school."}, 0)
	length := assessmentDays(r)
	if length > 22 {
		b.addAt(at(cal.AddWorking(started, 19+r.IntN(2)), 430), 0, b.team.manager, child.AssessmentChecked{}, 0)
	}
	b.visit(cal.AddWorking(started, 12+r.IntN(5)), 0.6)
	signed := cal.AddWorking(begin, max(length, 8))
	enquiry := r.Float64() < 0.3 && (closesAfter == 0 || closesAfter > 70)
	if enquiry {
		signed = b.enquiry(started, signed)
	}
	b.addAt(at(signed, 420), 0, b.team.manager, child.AssessmentAuthorised{Outcome: "A plan is needed."}, as)
	last := b.end - 2
	for year := signed.AddMonths(12) - day.Date(5+r.IntN(20)); year < last && r.Float64() < 0.85; year = year.AddMonths(12) - 10 {
		b.addAt(at(cal.AddWorking(year, -12), 300), 0, b.post, child.AssessmentStarted{}, 0)
		b.addAt(at(cal.AddWorking(year, -3), 430), 0, b.team.manager, child.AssessmentChecked{}, 0)
		b.addAt(at(b.wd(year), 420), 0, b.team.manager, child.AssessmentAuthorised{Outcome: "Brought up to date."}, 0)
	}
	cp := enquiry && r.Float64() < 0.65
	next := cal.AddWorking(signed, 2)
	if cp {
		b.addAt(at(next, 100), 0, "chair-1", child.CPPlanStarted{Category: []string{"NEG", "NEG", "NEG", "EMO", "EMO", "PHY", "SAB"}[r.IntN(7)], Previous: skewed(r, 0.24, 1)}, 0)
		until := next + day.Date(240+r.IntN(300))
		b.series(next, min(until, last), 9, 0.55, func(d day.Date) { b.visit(d, 0.55) })
		b.add(cal.AddWorking(next, 6+r.IntN(4)+skewed(r, 0.1, 6)), b.post, child.CoreGroup{Agreed: "Who does what, by when."}, 0)
		b.series(cal.AddWorking(next, 9), min(until, last), 28, 0, func(d day.Date) { b.add(d, b.post, child.CoreGroup{Agreed: "The plan goes on."}, 0) })
		b.series(next, min(until, last), 19, 0, func(d day.Date) {
			b.add(d, b.team.manager, child.Supervision{Asked: "What has changed for the child?", Decided: "Go on as planned."}, 0)
		})
		b.add(b.wd(next.AddMonths(3)-10), "chair-1", child.Review{Of: "cp"}, 0)
		if d := b.wd(next.AddMonths(9) - 20); d < min(until, last) {
			b.add(d, "chair-1", child.Review{Of: "cp"}, 0)
		}
		if until < last {
			b.addAt(at(b.wd(until), 200), 0, "chair-1", child.CPPlanEnded{Why: "The harm is no longer likely."}, 0)
			b.addAt(at(b.wd(until), 240), 0, b.post, child.CINPlanStarted{}, 0)
			b.need(until, last)
		} else if closesAfter > 0 {
			b.addAt(at(b.wd(b.end-1), 100), 0, "chair-1", child.CPPlanEnded{Why: "The harm is no longer likely."}, 0)
		}
	} else if closesAfter == 0 || r.Float64() < 0.6 {
		b.addAt(at(next, 120), 0, b.post, child.CINPlanStarted{OneLine: "Somebody awake is there in the evening, and school every day."}, 0)
		b.need(next, last)
	}
	if closesAfter > 0 {
		b.addAt(at(b.wd(b.end), 300), 0, b.team.manager, child.CaseClosed{Reason: "RC8", Why: "The family has the help it needs."}, 0)
	}
}

// need plans what follows while there is a child in need plan.
func (b *builder) need(from, to day.Date) {
	b.series(from, to, 18, 0.5, func(d day.Date) { b.visit(d, 0.5) })
	b.series(from, to, 58, 0, func(d day.Date) { b.add(d, b.post, child.Review{Of: "cin", Agreed: "The plan helps. Go on."}, 0) })
	b.series(from, to, 36, 0, func(d day.Date) {
		b.add(d, b.team.manager, child.Supervision{Asked: "What has changed for the child?", Decided: "Go on as planned; see the child alone."}, 0)
	})
}

// enquiry plans a section 47 enquiry inside an assessment.
func (b *builder) enquiry(started, signed day.Date) day.Date {
	d := b.w.cal.AddWorking(started, 3+b.r.IntN(6))
	sd := b.addAt(at(d, 60), 0, b.team.manager, child.StrategyDiscussion{Agencies: []string{"police", "health", "school"}, Section47: true, Why: "Harm is suspected."}, 0)
	b.addAt(at(d, 240+b.r.IntN(200)), 0, b.post, child.Visit{Seen: true, Alone: b.r.Float64() < 0.9, Where: "home", Purpose: "Section 47: is the child safe tonight?", Learnt: learnt[b.r.IntN(len(learnt))]}, 0)
	length := 12 + skewed(b.r, 0.18, 9)
	if b.r.Float64() < 0.5 {
		b.addAt(at(b.w.cal.AddWorking(d, length), 90), 0, "chair-1", child.Conference{Plan: "made"}, 0)
	} else {
		b.addAt(at(b.w.cal.AddWorking(d, min(length, 13)), 90), 0, b.post, child.Section47Ended{Outcome: "No harm found, or not enough to act on.", Conference: "not needed"}, sd)
	}
	return max(signed, b.w.cal.AddWorking(d, length+2))
}

// series plans something every so many working days, with some of it late.
func (b *builder) series(from, to day.Date, every int, late float64, do func(day.Date)) {
	for d := from; ; {
		n := every - b.r.IntN(3)
		if b.r.Float64() > 0.955*b.pace {
			n += 2 + b.r.IntN(every)
		}
		if d = b.w.cal.AddWorking(d, n); d >= to {
			return
		}
		do(d)
	}
}

func (b *builder) visit(d day.Date, alone float64) {
	r := b.r
	v := child.Visit{Seen: r.Float64() < 0.94, Where: []string{"home", "home", "home", "school", "family member's home"}[r.IntN(5)], Purpose: purposes[r.IntN(len(purposes))]}
	if !v.Seen {
		v.WhyNot = "Nobody opened. A neighbour thought they had gone out."
	} else {
		v.Alone = r.Float64() < alone
		v.Learnt = learnt[r.IntN(len(learnt))]
		if v.Alone && r.Float64() < 0.6 {
			v.Words = words[r.IntN(len(words))]
		}
	}
	b.add(d, b.post, v, 0)
}

// assessmentDays draws how many working days an assessment takes, with the
// published pile-up just before the limit (calibration.json).
func assessmentDays(r *rand.Rand) int {
	bands := []struct{ n, lo, hi int }{{87270, 3, 10}, {112180, 11, 20}, {102260, 21, 30}, {131380, 31, 40}, {122730, 41, 45}, {37640, 46, 50}, {27860, 51, 60}, {27500, 61, 75}}
	x := r.IntN(648820)
	for _, b := range bands {
		if x -= b.n; x < 0 {
			return b.lo + r.IntN(b.hi-b.lo+1)
		}
	}
	return 45
}

// skewed is 0 mostly, and with a probability something up to most.
func skewed(r *rand.Rand, p float64, most int) int {
	if r.Float64() < p {
		return 1 + r.IntN(most)
	}
	return 0
}
