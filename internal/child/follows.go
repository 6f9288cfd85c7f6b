package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/entry"
)

// careFollows refuses what cannot follow from how things stood on the day when
// it happened (s) and stand now: what has no place in the child's journey, what
// comes before the step that it needs, and codes that no return knows. What an
// import says does not come here.
func (r Record) careFollows(cmd Command, s, now Status, no func(field, text string)) {
	r.answering(cmd, no)
	r.afterStep(cmd, no)
	coded(cmd.Body, no)
	on, adult := cmd.Happened.Date, r.Identity().Adult()
	before := r.On(cmd.Happened.From() - 1) // what ended on a day was there on that day
	inCare := func() {
		switch {
		case s.LookedAfter || before.LookedAfter:
		case now.LookedAfter:
			no("happened", "The child was not looked after then. The period of care began on "+now.CareSince.Date.Long())
		default:
			no("", "The child is not looked after. Record first when they became looked after")
		}
	}
	switch b := cmd.Body.(type) {
	case CareStarted:
		if s.LookedAfter {
			no("", "The child is looked after already. If the ground has changed, record the legal status")
		}
		if adult != 0 && on >= adult {
			no("happened", "Somebody of 18 or over cannot become looked after")
		}
	case CareEnded, LegalStatus, PlacementStarted, IRO, Education:
		inCare()
	case Review:
		if b.Of == "care" {
			inCare()
		}
	case Health:
		if b.Of == "initial assessment" || b.Of == "review assessment" {
			inCare()
		}
	case PlacementAgreed, PlacementEnded:
		if s.Placement == "" && before.Placement == "" {
			no("", "The child had no placement then")
		}
	case MissingStarted:
		if s.Missing {
			no("", "The child was missing already. Record first that they were found or came back")
		}
	case MissingTold:
		if !s.Missing && !before.Missing {
			no("", "The child was not recorded as missing then")
		}
	case MissingEnded:
		if !s.Missing && !before.Missing {
			no("", "The child was not recorded as missing")
		}
	case ReturnInterview:
		if !slices.ContainsFunc(r.Events, func(e Event) bool { return e.Kind == "missing.ended" && !cmd.Happened.Before(e.When) }) {
			no("", "The talk is about a return. Record first that the child was found or came back")
		}
	case ShortBreaks:
		if b.Step == "ended" && !s.ShortBreaks && !before.ShortBreaks {
			no("step", "No short breaks have begun")
		}
	case PrivateFostering:
		if b.Step == "ended" && !s.PrivatelyFostered && !before.PrivatelyFostered {
			no("step", "No private arrangement is recorded")
		}
	case MeetingFixed:
		if b.On != 0 && b.On < on {
			no("on", "The meeting cannot be before the day on which it was fixed")
		}
	case OrderMade:
		if b.Until != 0 && b.Until < on {
			no("until", "The order cannot end before that day")
		}
	case CaseClosed:
		for _, x := range []struct {
			is   bool
			text string
		}{
			{now.LookedAfter, "The child is looked after. Record the end of care before you close the case"},
			{now.LeavingCare, "The young person is owed support on leaving care. Record that it ended before you close the case"},
			{now.PrivatelyFostered, "The child is privately fostered. Record the end of that before you close the case"},
			{now.Court, "The case is before the court. Record how that ended before you close it"},
			{now.Missing, "The child is missing. The case cannot be closed"},
		} {
			if x.is {
				no("", x.text)
			}
		}
	}
}

// answers says in which field a kind names what it answers, and of which kinds
// that can be; any kind where none is given.
var answers = map[entry.Kind]struct {
	field string
	kinds []entry.Kind
}{
	"contact.decided": {"contact", []entry.Kind{"contact"}}, "rated": {"of", []entry.Kind{"contact", "referral"}}, "referrer.told": {"referral", []entry.Kind{"referral", "contact"}},
	"referral": {"contact", []entry.Kind{"contact"}}, "found-out": {"of", []entry.Kind{"contact", "referral"}}, "taken": {"of", []entry.Kind{"contact", "referral"}},
	"parked": {"of", []entry.Kind{"contact", "referral"}}, "parking.agreed": {"parking", []entry.Kind{"parked"}}, "parking.ended": {"parking", []entry.Kind{"parked"}},
	"document": {"for", nil}, "oversight": {"of", nil}, "level": {"proposal", []entry.Kind{"level"}}, "missing.ended": {"started", []entry.Kind{"missing.started"}}, "missing.told": {"started", []entry.Kind{"missing.started"}},
	"return-interview": {"episode_ended", []entry.Kind{"missing.ended"}}, "iro": {"raised", []entry.Kind{"iro"}},
}

// answering refuses the name of an entry that is not there, is of another kind,
// or is later than what answers it.
func (r Record) answering(cmd Command, no func(field, text string)) {
	a, ok := answers[cmd.Body.Kind()]
	ref, refers := cmd.Body.(entry.Refers)
	if !ok || !refers || ref.RefersTo() == "" {
		return
	}
	ev, ok := r.Event(ref.RefersTo())
	switch {
	case !ok:
		no(a.field, "There is no such entry in this child's record, or it was withdrawn")
	case len(a.kinds) > 0 && !slices.Contains(a.kinds, ev.Kind):
		var titles []string
		for _, k := range a.kinds {
			known, _ := kinds().Known(k)
			titles = append(titles, known.Title)
		}
		no(a.field, "This cannot answer that entry. It answers: "+strings.Join(titles, "; "))
	case cmd.Happened.Before(ev.When):
		no("happened", "This cannot be before what it answers, "+ev.When.Long())
	}
}

// steps says which steps of a kind must have been recorded before a step; any
// of them is enough. It is the order of the thing itself, not a rule about time.
var steps = map[entry.Kind]map[string][]string{
	"level":            {"accepted": {"proposed"}, "refused": {"proposed"}},
	"transfer":         {"accepted": {"told"}, "refused": {"told"}},
	"early-help":       {"seen": {"began"}, "ended": {"began"}},
	"pre-proceedings":  {"mid-point review": {"first meeting"}, "ended": {"decided", "letter sent", "first meeting"}},
	"court":            {"case management hearing": {"applied"}, "time extended": {"applied"}, "ended": {"applied"}},
	"order":            {"extended": {"made"}, "ended": {"made"}},
	"iro":              {"dispute resolved": {"dispute raised"}},
	"connected-person": {"time extended": {"approved for a time"}},
	"remand":           {"ended": {"began"}},
	"adoption":         {"matched": {"decided"}, "placed": {"decided"}, "placement broke down": {"placed"}},
	"unaccompanied":    {"transferred": {"transfer asked"}, "transfer refused": {"transfer asked"}},
	"allegation":       {"threshold met": {"told"}, "threshold not met": {"told"}, "resolved": {"learnt", "told"}},
	"incident":         {"rapid review done": {"known", "notified"}, "practice review published": {"practice review decided"}},
	"complaint":        {"time extended": {"received"}, "answered": {"received"}, "withdrawn": {"received"}, "panel met": {"received"}, "panel reported": {"panel met"}},
	"disagreement":     {"resolved": {"raised"}, "not resolved": {"raised"}},
}

// stepOf is which step an entry tells, and of what where a child can have
// several of a kind at once: an order, a stage, a way.
func stepOf(b entry.Body) (step, of string) {
	switch b := b.(type) {
	case Level:
		return b.Step, b.Way
	case Transfer:
		return b.Step, b.Way
	case EarlyHelpStep:
		return b.Step, ""
	case PreProceedings:
		return b.Step, ""
	case Court:
		return b.Step, ""
	case OrderMade:
		return b.Step, b.Of
	case IRO:
		return b.Step, ""
	case ConnectedPerson:
		return b.Step, ""
	case Remand:
		return b.Step, ""
	case Adoption:
		return b.Step, ""
	case Unaccompanied:
		return b.Step, ""
	case Allegation:
		return b.Step, ""
	case Incident:
		return b.Step, ""
	case Complaint:
		return b.Step, strconv.Itoa(b.Stage)
	case Disagreement:
		return b.Step, strconv.Itoa(b.Stage)
	}
	return "", ""
}

// afterStep refuses a step that comes before the one that it needs.
func (r Record) afterStep(cmd Command, no func(field, text string)) {
	step, of := stepOf(cmd.Body)
	needs := steps[cmd.Body.Kind()][step]
	if len(needs) == 0 || slices.ContainsFunc(r.Events, func(ev Event) bool {
		s, o := stepOf(ev.Body)
		return ev.Kind == cmd.Body.Kind() && ev.When.Date <= cmd.Happened.Date && o == of && slices.Contains(needs, s)
	}) {
		return
	}
	no("step", "Record first, on that day or before: "+strings.Join(needs, ", or "))
}

// Codes of the national returns, every code that any year since 2017 had: the
// returns know which year takes which. Sources: SSDA903 of 2017 to 2026; the
// needs are those of the CIN census.
var (
	Needs            = []string{"N0", "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9"}
	NewEpisodes      = []string{"S", "L", "P", "T", "B", "U"}
	EpisodeEnds      = []string{"X1", "E11", "E12", "E2", "E3", "E4A", "E4B", "E13", "E41", "E43", "E44", "E45", "E46", "E47", "E48", "E5", "E6", "E7", "E8", "E9", "E14", "E15", "E16", "E17"}
	Providers        = []string{"PR0", "PR1", "PR2", "PR3", "PR4", "PR5"}
	PlacementChanges = []string{"CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ", "PLACE", "CUSTOD", "OTHER"}
	TakingPart       = []string{"PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7"}
	Mothers          = []string{"0", "1"}
	DecisionEnds     = []string{"RD1", "RD2", "RD3", "RD4"}
	NoScores         = []string{"SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5"}
)

// coded refuses codes that no year's return has. A file's codes are taken as
// they are, and the return's own rules say what is wrong with them.
func coded(b entry.Body, no func(field, text string)) {
	one := func(field, code string, of []string) {
		if code != "" && !slices.Contains(of, code) {
			no(field, "There is no such code. It can be: "+strings.Join(of, ", "))
		}
	}
	switch b := b.(type) {
	case Known:
		one("mother", b.Mother, Mothers)
	case CareStarted:
		one("need_code", b.Need, Needs)
		one("reason_new", b.Code, NewEpisodes)
	case CareEnded:
		one("reason_ended", b.Code, EpisodeEnds)
	case LegalStatus:
		one("need_code", b.Need, Needs)
		one("reason_new", b.Code, NewEpisodes)
		one("provider", b.Provider, Providers)
	case Adoption:
		one("reason_ended", b.Code, DecisionEnds)
	case LeavingCare:
		one("in_touch", b.InTouch, InTouchCodes)
	case HealthYear:
		one("no_score", b.NoScore, NoScores)
		if b.NoScore != "" && b.Score != nil {
			no("no_score", "Give a reason only where the questionnaire has no score")
		}
	case LeaverYear:
		one("in_touch", b.InTouch, InTouchCodes)
	case WorkerEpisode:
		one("reason_ended", b.Why, WorkerEnds)
	case PlacementStarted:
		one("need_code", b.Need, Needs)
		one("reason_new", b.Code, NewEpisodes)
		one("provider", b.Provider, Providers)
		if b.Provider == "PR0" && b.Type != "P1" {
			no("provider", "Parents are the provider only where the child is placed with them (P1)")
		}
	case PlacementEnded:
		one("reason_code", b.Code, PlacementChanges)
	case Review:
		one("took_part", b.Part, TakingPart)
	case Health:
		one("no_score", b.NoScore, NoScores)
		if b.NoScore != "" && (b.Score != nil || b.Of != "strengths and difficulties") {
			no("no_score", "Give a reason only where the questionnaire has no score")
		}
	}
}

// Values are the words or codes that the fields of a kind can have, by the
// field's name in JSON; nothing for fields that are free.
func Values(kind entry.Kind) map[string][]string { return values[kind] }

var values = map[entry.Kind]map[string][]string{
	"decision":     {"outcome": Outcomes, "parents_know": ParentsKnow},
	"child.known":  {"mother": Mothers},
	"care.started": {"legal_status": LegalStatuses, "need_code": Needs, "reason_new": NewEpisodes},
	"care.ended":   {"reason_ended": EpisodeEnds}, "legal-status": {"legal_status": LegalStatuses, "need_code": Needs, "reason_new": NewEpisodes, "placement_type": PlacementTypes, "provider": Providers},
	"placement.started": {"type": PlacementTypes, "brothers_and_sisters": KinTogether, "provider": Providers, "legal_status": LegalStatuses, "need_code": Needs, "reason_new": NewEpisodes}, "placement.ended": {"reason_code": PlacementChanges},
	"review": {"of": ReviewsOf, "took_part": TakingPart}, "iro": {"step": IROSteps}, "health": {"of": HealthOf, "step": HealthSteps, "no_score": NoScores},
	"education": {"step": EducationSteps}, "return-interview": {"step": InterviewSteps}, "leaving-care": {"step": LeavingSteps, "in_touch": InTouchCodes}, "missing.told": {"who": MissingHears}, "connected-person": {"step": ConnectedSteps},
	"short-breaks": {"step": BeganEnded}, "remand": {"step": BeganEnded}, "adoption": {"step": AdoptionSteps, "reason_ended": DecisionEnds},
	"health.year": {"no_score": NoScores}, "leaving-care.year": {"in_touch": InTouchCodes}, "social-worker.returned": {"reason_ended": WorkerEnds}, "private-fostering": {"step": FosteringSteps},
	"unaccompanied": {"step": UnaccompaniedSteps}, "trafficking": {"step": TraffickingSteps}, "homeless": {"step": HomelessSteps},
	"contact": {"referrer_role": Roles, "consent": Consents}, "referral": {"referrer_role": Roles, "consent": Consents},
	"contact.decided": {"outcome": ContactOutcomes, "parents_know": ParentsKnow}, "rated": {"rating": Ratings}, "danger": {"step": {"seen", "acted on"}}, "referrer.told": {"of": {"receipt", "decision"}},
	"meeting": {"of": Meetings}, "meeting.fixed": {"of": FixedMeetings}, "document": {"of": Documents}, "early-help": {"step": {"began", "seen", "ended"}},
	"level": {"way": {"up", "down"}, "step": {"proposed", "accepted", "refused"}}, "transfer": {"way": {"in", "out"}, "step": TransferSteps},
	"pre-proceedings": {"step": PreProceedingsSteps}, "court": {"step": CourtSteps}, "order": {"of": Orders, "step": {"made", "extended", "ended"}},
	"family-group": {"step": {"offered", "declined", "held"}}, "allegation": {"step": AllegationSteps}, "incident": {"step": IncidentSteps, "of": Incidents},
	"complaint": {"step": ComplaintSteps}, "disagreement": {"step": {"raised", "resolved", "not resolved"}}, "notice": {"of": Notices},
	"conference":      {"plan": {"made", "not made"}, "decided": ReviewDecisions},
	"meeting.planned": {"of": MeetingSorts}, "meeting.changed": {"of": MeetingSorts}, "meeting.report": {"agency": Agencies, "significant_harm": Thinks}, "meeting.report-shown": {"to": ShownTo},
}
