package annexa

import (
	"cmp"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// lists makes all rows of a record.
func (y *onDay) lists() {
	y.contacts()
	y.earlyHelp()
	y.referrals()
	y.assessments()
	y.enquiries()
	y.need()
	y.protection()
	y.care()
	y.leaver()
	y.adoption()
}

// events goes through those of one kind of body.
func events[T entry.Body](y *onDay, each func(ev *child.Event, b T)) {
	for i := range y.rec.Events {
		if b, ok := y.rec.Events[i].Body.(T); ok {
			each(&y.rec.Events[i], b)
		}
	}
}

// sourceIn takes the code, else the words, out of “Police (6)”.
func sourceIn(text string) string {
	if i := strings.LastIndex(text, " ("); i >= 0 && strings.HasSuffix(text, ")") {
		return text[i+2 : len(text)-1]
	}
	if text == notSaid {
		return ""
	}
	return text
}

func (y *onDay) contacts() {
	row := func(ev *child.Event, source string) {
		if ev.When.Date >= y.from {
			y.add(Contacts, ev, map[Field]string{ContactDate: dated(ev.When.Date), ContactSource: cmp.Or(source, "10")})
		}
	}
	events(y, func(ev *child.Event, b child.Contact) { row(ev, child.SourceCode(b.Role, b.From)) })
	events(y, func(ev *child.Event, b child.Note) {
		if from, ok := strings.CutPrefix(b.Text, contactBegins); ok && ev.Source.Of == "annex-a" {
			row(ev, sourceIn(strings.TrimSuffix(from, contactEnds)))
		}
	})
}

func (y *onDay) earlyHelp() {
	var open *line
	ended := map[*line]day.Date{}
	events(y, func(ev *child.Event, b child.EarlyHelpStep) {
		switch b.Step {
		case "began":
			_, who, _ := strings.Cut(b.What, earlyHelpListed+earlyHelpBy)
			open = y.add(EarlyHelp, ev, map[Field]string{EarlyHelpStart: dated(ev.When.Date), Organisation: strings.TrimSuffix(who, ".")})
		case "ended":
			if open != nil {
				open.cells[EarlyHelpEnd], ended[open] = dated(ev.When.Date), ev.When.Date
				open = nil
			}
		}
	})
	y.drop(func(x *line) bool { return x.list == EarlyHelp && ended[x] != 0 && ended[x] < y.from })
}

// drop takes rows out that do not belong to the time of their list.
func (y *onDay) drop(out func(*line) bool) {
	var stay []*line
	for _, x := range y.rows {
		if !out(x) {
			stay = append(stay, x)
		}
	}
	y.rows = stay
}

// came is what came in on one day, and whether it led to nothing.
type came struct {
	ev      *child.Event
	source  string
	nothing string
	also    []entry.ID // referrals of the same day: the list tells them by their day
}

func (y *onDay) referrals() {
	decided := map[entry.ID]string{}
	var last entry.ID
	var all []*came
	add := func(x *came) {
		if n := len(all); n > 0 && all[n-1].ev.When.Date == x.ev.When.Date {
			was := all[n-1]
			was.also, was.source, was.nothing = append(was.also, x.ev.ID), cmp.Or(was.source, x.source), cmp.Or(was.nothing, x.nothing)
			return
		}
		all = append(all, x)
	}
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		switch b := ev.Body.(type) {
		case child.Referral:
			x := &came{ev: ev, source: cmp.Or(b.Code, child.SourceCode(b.Role, b.From))}
			switch {
			case strings.HasPrefix(b.What, fact.Nothing):
				x.nothing = yes(true)
			case strings.HasPrefix(b.What, fact.More), b.What == beganNeed:
				x.nothing = yes(false)
			}
			if x.source == "" && b.From != notSaid {
				x.source = b.From
			}
			add(x)
			last = ev.ID
		case child.Note:
			if from, ok := strings.CutPrefix(b.Text, meanwhileBegins); ok && ev.Source.Of == "annex-a" {
				add(&came{ev: ev, source: sourceIn(strings.TrimSuffix(from, ".")), nothing: yes(true)})
			}
		case child.Decision:
			decided[cmp.Or(b.Referral, last)] = yes(b.Outcome == child.NoAction || b.Outcome == child.EarlyHelp)
		}
	}
	before := 0 // in the twelve months before the latest
	for _, x := range all {
		if x.ev != all[len(all)-1].ev && x.ev.When.Date >= all[len(all)-1].ev.When.Date.AddMonths(-12) {
			before++
		}
	}
	for _, x := range all {
		on := x.ev.When.Date
		if on < y.from {
			continue
		}
		source := x.source
		if sets()[layout().fields[ReferralSource].set].find(source) == nil { // words that are no code
			source = "10"
		}
		nothing := cmp.Or(x.nothing, decided[x.ev.ID])
		for _, id := range x.also {
			if d := decided[id]; nothing == "" || d == yes(false) {
				nothing = d
			}
		}
		cells := map[Field]string{ReferralDate: dated(on), ReferralSource: source, ReferralNFA: nothing, ReferralsInYear: strconv.Itoa(before)}
		y.holders(cells, y.terms.On)
		y.add(Referrals, x.ev, cells)
	}
}

func (y *onDay) assessments() {
	type piece struct {
		*line
		ev   *child.Event
		done day.Date
	}
	var all []*piece
	events(y, func(ev *child.Event, _ child.AssessmentStarted) {
		all = append(all, &piece{&line{cells: map[Field]string{AssessmentStart: dated(ev.When.Date)}}, ev, 0})
	})
	events(y, func(ev *child.Event, b child.AssessmentAuthorised) {
		var of *piece
		for _, p := range all {
			began := strings.TrimSuffix(ev.Source.Key, "/authorised")
			switch {
			case began != "" && p.ev.Source.Key == began, b.Assessment != "" && p.ev.ID == b.Assessment:
				of = p
			case began == "" && b.Assessment == "" && p.done == 0 && p.ev.When.Date <= ev.When.Date:
				of = p
			}
		}
		if of == nil {
			return
		}
		of.done, of.cells[AssessmentAuthorised] = ev.When.Date, dated(ev.When.Date)
		switch b.Outcome {
		case supportNeeded:
			of.cells[SupportNeeded] = yes(true)
		case supportNotNeeded:
			of.cells[SupportNeeded] = yes(false)
		default:
			of.cells[SupportNeeded] = y.supported(ev.When.Date)
		}
	})
	for _, p := range all {
		if p.done != 0 && p.done < y.from {
			continue
		}
		until := cmp.Or(p.done, y.terms.On)
		p.cells[AssessmentSeen] = "c) Unknown"
		events(y, func(ev *child.Event, b child.Visit) {
			if on := ev.When.Date; on >= p.ev.When.Date && on <= until && p.cells[AssessmentSeen] != yes(true) {
				p.cells[AssessmentSeen] = yes(b.Seen)
			}
		})
		y.holders(p.cells, until)
		y.add(Assessments, p.ev, p.cells)
	}
}

// supported says whether help of social care followed an assessment, as far as the
// record shows it: a plan or care did, or the case was closed after the assessment.
func (y *onDay) supported(after day.Date) (answer string) {
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		if ev.When.Date < after || answer != "" {
			continue
		}
		switch b := ev.Body.(type) {
		case child.CINPlanStarted, child.CPPlanStarted, child.CareStarted:
			answer = yes(true)
		case child.CaseClosed:
			if b.Reason == "RC8" || b.Reason == "RC9" {
				answer = yes(false)
			}
		}
	}
	return answer
}

// asked is an enquiry, and the conference that followed it.
type asked struct {
	ev         *child.Event
	began      day.Date
	over       bool // it waits for no conference
	done       day.Date
	cells      map[Field]string
	conference bool
}

func (y *onDay) enquiries() {
	var all []*asked
	waiting := func(on day.Date) (found *asked) {
		for _, x := range all {
			if x.began != 0 && x.began <= on && !x.over {
				found = x
			}
		}
		return found
	}
	begin := func(ev *child.Event) *asked {
		x := &asked{ev: ev, began: ev.When.Date, cells: map[Field]string{StrategyDiscussion: dated(ev.When.Date)}}
		all = append(all, x)
		return x
	}
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		on := ev.When.Date
		switch b := ev.Body.(type) {
		case child.StrategyDiscussion:
			if b.Section47 && waiting(on) == nil {
				begin(ev)
			}
		case child.Section47Started:
			x := waiting(on)
			if x == nil || ev.Source.Kind == "import" && x.began != on {
				x = begin(ev)
			}
			if b.NotNeeded {
				x.over, x.done, x.cells[ConferenceUnnecessary] = true, on, yes(true)
			}
		case child.Section47Ended:
			if x := waiting(on); x != nil && b.Conference == "not needed" {
				x.over, x.done, x.cells[ConferenceUnnecessary] = true, on, yes(true)
			}
		case child.Conference:
			x := waiting(on)
			if x == nil {
				x = &asked{ev: ev, cells: map[Field]string{}}
				all = append(all, x)
			} else {
				x.cells[ConferenceUnnecessary] = yes(false)
			}
			x.over, x.done, x.conference = true, on, true
			x.cells[ConferenceDate], x.cells[ConferenceMadePlan] = dated(on), map[string]string{"made": yes(true), "not made": yes(false)}[b.Plan]
		case child.CPPlanStarted:
			for _, x := range all {
				if x.conference && x.done == on && x.cells[ConferenceMadePlan] == "" {
					x.cells[ConferenceMadePlan] = yes(true)
				}
			}
		}
	}
	var latest day.Date
	for _, x := range all {
		latest = max(latest, x.began)
	}
	var enquiries, conferences int // in the twelve months before the latest enquiry
	for _, x := range all {
		if x.began != 0 && x.began < latest && x.began >= latest.AddMonths(-12) {
			enquiries++
		}
		if x.conference && x.done < latest && x.done >= latest.AddMonths(-12) {
			conferences++
		}
	}
	for _, x := range all {
		// An enquiry without a conference has no other day in the list than its first.
		if x.began < y.from && x.over && (!x.conference || x.done < y.from) {
			continue
		}
		x.cells[EnquiriesInYear], x.cells[ConferencesInYear] = strconv.Itoa(enquiries), strconv.Itoa(conferences)
		y.holders(x.cells, cmp.Or(x.done, y.terms.On))
		y.add(Enquiries, x.ev, x.cells)
	}
}

// need makes the row of the last episode of need. A child of whom there was only a
// referral has none.
func (y *onDay) need() {
	var cells map[Field]string
	var first *child.Event
	var closed, left day.Date
	var needy, more bool // in need by more than care
	for ev, s := range y.rec.Life() {
		on := ev.When.Date
		if cells == nil && s.Open || closed != 0 && s.Open {
			cells, first, closed, needy, more = map[Field]string{}, ev, 0, false, false
		}
		if cells == nil {
			continue
		}
		switch b := ev.Body.(type) {
		case child.Referral:
			switch {
			case ev.Source.Of != "annex-a":
				needy, more = needy || strings.HasPrefix(b.What, fact.More), true
			case b.What == beganNeed, strings.HasSuffix(b.What, beganToo): // List 6 tells of the last episode only
				cells, first, needy, more = map[Field]string{}, ev, true, true
			}
			cells[CINStart] = cmp.Or(cells[CINStart], dated(on)) // a case may have been opened by care
			cells[PrimaryNeed] = cmp.Or(b.Need, cells[PrimaryNeed])
		case child.CareStarted:
			cells[PrimaryNeed] = cmp.Or(cells[PrimaryNeed], b.Need)
			needy = true
		case child.CareEnded:
			left = on
		case child.Decision:
			needy = needy || b.Outcome != child.NoAction && b.Outcome != child.EarlyHelp
		case child.AssessmentStarted, child.StrategyDiscussion, child.Section47Started, child.CINPlanStarted, child.CPPlanStarted:
			needy, more = true, true
		case child.CaseClosed:
			if closed == 0 && !s.Open {
				cells[ClosureReason] = b.Reason
				if b.Reason == "RC9" { // Ofsted's template is older than the code
					cells[ClosureReason] = "RC8"
				}
			}
		}
		if closed == 0 && !s.Open {
			closed = on
		}
	}
	if !needy || closed != 0 && closed < y.from {
		return
	}
	s := y.rec.On(y.terms.On.End() - 1)
	if !more && !s.LookedAfter && left < y.from { // care was all there was, and is over
		return
	}
	cells[CINEnd], cells[LastSeen] = dated(closed), dated(s.LastSeen.Date)
	switch {
	case closed != 0:
		cells[CaseStatus] = "e) Closed episode"
	case s.LookedAfter:
		cells[CaseStatus] = "a) Looked after child"
	case s.Plan == "cp":
		cells[CaseStatus] = "b) Child Protection plan"
	case s.Plan == "cin":
		cells[CaseStatus] = "c) Child in need plan"
	case s.Assessing || s.Awaiting || s.Enquiry:
		cells[CaseStatus] = "d) Open assessment"
	}
	y.holders(cells, cmp.Or(closed, y.terms.On))
	y.add(Need, first, cells)
}

// protection makes the row of the last protection plan.
func (y *onDay) protection() {
	var cells map[Field]string
	var first *child.Event
	var began, ended day.Date
	plans := 0
	words := map[string]string{}
	for code, cat := range categories {
		words[cat] = code
	}
	police := false
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		on := ev.When.Date
		switch b := ev.Body.(type) {
		case child.CPPlanStarted:
			plans = max(b.Previous, plans)
			cells = map[Field]string{PlanStart: dated(on), InitialAbuse: words[b.Category], LatestAbuse: words[b.Category], PreviousPlans: strconv.Itoa(plans)}
			first, began, ended = ev, on, 0
			plans++
		case child.CPPlanChanged:
			if cells != nil && (ended == 0 || ended == on) {
				cells[LatestAbuse] = words[b.Category]
			}
		case child.CPPlanEnded:
			if cells != nil {
				ended, cells[PlanEnd] = on, dated(on)
			}
		case child.Review:
			if cells != nil && b.Of == "cp" {
				cells[LastConference] = dated(on)
			}
		case child.Visit:
			if cells != nil && (ended == 0 || ended == on) {
				cells[LastVisit], cells[SeenAlone] = dated(on), yes(b.Alone)
			}
		case child.OrderMade:
			police = police || on >= y.from && b.Step == "made" && (b.Of == "emergency protection" || b.Of == "police protection")
		case child.CareStarted:
			police = police || on >= y.from && (b.Status == "L1" || b.Status == "L2")
		case child.LegalStatus:
			police = police || on >= y.from && (b.Status == "L1" || b.Status == "L2")
		}
	}
	if cells == nil || ended != 0 && ended < max(y.from, began) {
		return
	}
	cells[EmergencyProtection] = yes(police)
	y.holders(cells, cmp.Or(ended, y.terms.On))
	y.add(Protection, first, cells)
}
