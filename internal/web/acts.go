package web

import (
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// actOrder is the order in which acts are offered.
var actOrder = []string{"enters", "placement", "move", "ends", "legal", "more", "plan", "notice", "leaves", "missing", "told", "found", "interview", "health", "education", "leaving", "birthday"}

// inCare says why an act about a child in care cannot be recorded.
func inCare(p *app.ChildPage) string {
	if p.Status.LookedAfter {
		return ""
	}
	return "%s is not looked after."
}

// acts are what is recorded of a child in care, and of one who is missing. A day on which
// something was is checked by the record itself; fits only says what makes no sense at all.
var acts = map[string]act{
	"enters": {verb: "Record that %s comes into care", page: "care", group: "Care", title: "%s comes into care", timed: true, when: "From when does the authority look after %s?",
		fits: func(p *app.ChildPage) string {
			if p.Status.LookedAfter {
				return "%s is looked after already. Record a move, or a change of the legal ground."
			}
			return ""
		},
		asks: func(p *app.ChildPage, first string) []field {
			return append([]field{
				{name: "part-care", label: "Why " + first + " is looked after", as: "part"},
				{name: "ground", label: "On which legal ground?", as: "pick", choices: legalChoices},
				{name: "need", label: "What does " + first + " need most help with?", as: "pick", choices: needChoices},
				{name: "why_care", label: "Why is " + first + " looked after?", hint: "In words that the family could read.", as: "area"}}, placementFields(p, first)...)
		},
		make: func(m *making) {
			m.must("ground", "Choose the legal ground")
			m.must("need", "Choose what the child needs most help with")
			m.must("why_care", "Enter why the child is looked after")
			m.add(child.CareStarted{Status: m.v("ground"), Need: m.v("need"), Reason: m.v("why_care")}, "legal_status", "ground", "need_code", "need", "why", "why_care")
			m.placement()
		}},
	"placement": {verb: "Record where %s begins to live", page: "care", group: "Care", title: "%s begins to live somewhere", timed: true, when: "From when?",
		fits: func(p *app.ChildPage) string {
			if p.Status.LookedAfter && p.Status.Placement != "" {
				return "%s has a placement already. Record a move."
			}
			return inCare(p)
		},
		asks: func(p *app.ChildPage, first string) []field { return placementFields(p, first) },
		make: func(m *making) { m.placement() }},
	"move": {verb: "Record a move", page: "care", group: "Care", title: "%s moves", timed: true, when: "When did %s move?", intro: "One act: it ends where %s lived and begins where %s lives now.",
		fits: func(p *app.ChildPage) string {
			if p.Status.LookedAfter && p.Status.Placement == "" {
				return "%s has no placement to move from. Record where %s begins to live."
			}
			return inCare(p)
		},
		asks: func(p *app.ChildPage, first string) []field {
			return append(leavingFields(first), placementFields(p, first)...)
		},
		make: func(m *making) {
			m.leaving()
			m.placement()
		}},
	"ends": {verb: "Record that %s left where they live", page: "care", group: "Care", title: "%s leaves where they live", when: "On which day?", intro: "For when %s goes nowhere yet that is a placement. If %s moves, record the move: it is one form.",
		fits: func(p *app.ChildPage) string {
			if p.Status.LookedAfter && p.Status.Placement == "" {
				return "%s has no placement now."
			}
			return inCare(p)
		},
		asks: func(p *app.ChildPage, first string) []field { return leavingFields(first) },
		make: func(m *making) { m.leaving() }},
	"legal": {verb: "Record another legal ground", page: "care", group: "Care", title: "The legal ground changes", when: "From which day?", fits: inCare,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{{name: "ground", label: "On which legal ground is " + first + " looked after from then on?", as: "pick", choices: legalChoices}, {name: "why", label: "What was decided, by whom, and why?", as: "area"}}
		},
		make: func(m *making) {
			m.must("ground", "Choose the legal ground")
			m.must("why", "Enter what was decided, and why")
			m.add(child.LegalStatus{Status: m.v("ground"), Why: m.v("why")}, "legal_status", "ground")
		}},
	"more": {verb: "Say more about where %s lives", page: "care", title: "Say more about where %s lives", when: "When was this known?", intro: "The first entry stays. What you write stands beside it from now on.",
		fits: func(p *app.ChildPage) string {
			if _, ok := placementNow(p); !ok {
				return "%s has no placement now."
			}
			return ""
		},
		asks: func(p *app.ChildPage, first string) []field {
			return append(aroundFields(first), field{name: "why", label: "Why was it not recorded before?", as: "text"})
		},
		fill: func(p *app.ChildPage, v map[string]string) {
			x, ok := placementNow(p)
			if !ok {
				return
			}
			b := x.Said
			v["lives_with"], v["brothers_and_sisters"], v["why_apart"], v["agreed_by"], v["childs_words"], v["no_words_because"] = b.LivesWith, b.Kin, b.KinWhy, b.AgreedBy, b.Words, b.NoWords
			if b.AgreedOn != 0 {
				v["agreed_on"] = b.AgreedOn.String()
			}
		},
		make: func(m *making) {
			x, ok := placementNow(m.p)
			if !ok {
				return
			}
			why := m.must("why", "Enter why it was not recorded before")
			b, isPlacement := x.Start.Body.(child.PlacementStarted)
			if !isPlacement { // a return stated where the child goes on to live: there is nothing to add to
				m.Errors.Add("form", "Where the child lives is known from a return only. Record a move, or correct that entry")
				return
			}
			m.around(&b)
			m.addAt(day.AtInstant(m.p.At), child.Correction{Why: why, Body: flat(b)})
			m.entries[len(m.entries)-1].cmd.Corrects = x.Start.ID
		}},
	"plan": {verb: "Record the placement plan", page: "care", title: "The placement plan", when: "On which day was it made?", fits: inCare,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{{name: "signed", label: "Is it signed by whoever must agree to it?", as: "yesno"}, {name: "what", label: "What does it say, in short?", hint: "What " + first + " needs each day, and who may decide what.", as: "area"}}
		},
		make: func(m *making) {
			signed := m.answer("signed", "Say whether it is signed")
			m.add(child.Document{Of: "placement plan", Signed: signed, What: m.must("what", "Enter what it says, in short")})
		}},
	"notice": {verb: "Record notice of where %s lives", page: "care", title: "Notice of where %s lives", when: "On which day was it given?", intro: "In writing, to each of them.", fits: inCare,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{{name: "to", label: "To whom?", as: "several", choices: noticeTo}, {name: "to_other", label: "To somebody else", as: "text"}}
		},
		make: func(m *making) {
			to := m.lists["to"]
			if x := m.v("to_other"); x != "" {
				to = append(to[:len(to):len(to)], x)
			}
			if len(to) == 0 {
				m.Errors.Add("to", "Choose who was given notice")
			}
			m.add(child.Document{Of: "notice of placement", To: strings.Join(to, "; ")})
		}},
	"leaves": {verb: "Record that %s is no longer looked after", page: "care", group: "Care", title: "%s is no longer looked after", when: "From which day?", intro: "It ends the placement too.", fits: inCare,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{{name: "reason_ended", label: "How did it end?", as: "pick", choices: careEndChoices}, {name: "why", label: "Where does " + first + " live now, who decided it, and why?", as: "area"}}
		},
		make: func(m *making) {
			m.must("reason_ended", "Choose how it ended")
			m.add(child.CareEnded{Code: m.v("reason_ended"), Why: m.must("why", "Enter where the child lives now, and why")})
		}},

	"missing": {verb: "Record that %s is missing", page: "missing", group: "Missing", title: "%s is missing", timed: true, hour: "As well as you know it: the hours of a child who is missing count.", when: "Since when is %s missing?", intro: "Ring the police before you write. What you do not know yet can be added.",
		fits: func(p *app.ChildPage) string {
			if p.Status.Missing {
				return "%s is recorded as missing already. Record who else was told, or that %s was found."
			}
			return ""
		},
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "from_where", label: "Where was " + first + " last, and with whom?", as: "area"},
				{name: "noticed_by", label: "Who noticed it?", as: "text"},
				{name: "risk", label: "How great is the danger, do you think?", as: "choice", choices: [][2]string{{"high", "High"}, {"medium", "Medium"}, {"low", "Low"}, {"not known", "I do not know"}}},
				{name: "what", label: "What do you know? Why might " + first + " be away, and where could " + first + " be?", as: "area"},
				{name: "police_at", label: "When were the police told?", hint: "Leave it empty if they were not.", as: "moment"},
				{name: "police_what", label: "The number that the police gave", as: "text"},
				{name: "parent_at", label: "When was a parent told?", hint: "Leave it empty if nobody told them.", as: "moment"},
				{name: "carer_at", label: "When was the carer told?", hint: "Leave it empty if it was the carer who told us.", as: "moment"},
				{name: "manager_at", label: "When was the senior manager told?", hint: "Leave it empty if nobody told them.", as: "moment"},
				{name: "away", label: "Do you know where " + first + " is, although they should not be there?", hint: "The returns call that away without leave, not missing.", as: "yesno"},
			}
		},
		fill: func(p *app.ChildPage, v map[string]string) { v["away"] = "no" },
		make: func(m *making) {
			b := child.MissingStarted{Away: m.answer("away", "Say whether you know where the child is"), Risk: m.must("risk", "Choose how great the danger is"), Learned: m.v("what"), From: m.must("from_where", "Enter where the child was last. If nobody knows, write that"), By: m.v("noticed_by")}
			b.Police, b.Told = m.v("police_at") != "", m.v("manager_at") != ""
			m.add(b)
			for _, who := range []string{"police", "parent", "carer", "manager"} {
				if at := m.moment(who + "_at"); at != 0 {
					m.addAt(day.AtInstant(at), child.MissingTold{Who: who, What: m.v(who + "_what")}, "happened", who+"_at")
				}
			}
		}},
	"told": {verb: "Record who was told", page: "missing", title: "Somebody was told that %s is missing", timed: true, when: "When were they told?",
		fits: isMissing,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{{name: "who", label: "Who?", as: "choice", choices: pairs(child.MissingHears, func(c string) string { return hearsWords[c] })}, {name: "what", label: "Their name, or the number that they gave", as: "text"}}
		},
		make: func(m *making) {
			m.must("who", "Choose who was told")
			x, _ := m.p.Record.MissingNow()
			b := child.MissingTold{Who: m.v("who"), What: m.v("what")}
			if x.Start != nil {
				b.Started = x.Start.ID
			}
			m.add(b, "started", "form")
		}},
	"found": {verb: "Record that %s was found or came back", page: "missing", group: "Missing", title: "%s was found, or came back", timed: true, hour: "As well as you know it: the 72 hours of the return interview run from it.", when: "When was %s found, or back?", fits: isMissing,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "how", label: "How was " + first + " found? Or did " + first + " come back alone?", as: "area"},
				{name: "where", label: "Where was " + first + "?", hint: "Write a place the same way each time. If nobody knows, write: not known.", as: "text"},
				{name: "with_whom", label: "With whom?", hint: "If nobody knows, write: not known.", as: "text"},
				{name: "childs_words", label: "What did " + first + " say? In " + first + "'s own words", as: "area"},
				{name: "harm", label: "Was " + first + " hurt, or made to do something? What do you know, and how?", as: "area"},
				{name: "offered", label: "Was a return interview offered now?", as: "yesno"},
			}
		},
		make: func(m *making) {
			x, missing := m.p.Record.MissingNow()
			b := child.MissingEnded{How: m.must("how", "Enter how the child was found"), Where: m.must("where", "Enter where the child was, or: not known"), With: m.must("with_whom", "Enter with whom, or: not known"), Words: m.v("childs_words"), Harm: m.v("harm")}
			if missing {
				b.Started = x.Start.ID
			}
			m.add(b, "started", "form")
			if m.answer("offered", "Say whether a return interview was offered") {
				m.add(child.ReturnInterview{Step: "offered"})
			}
		}},
	"interview": {verb: "Record the return interview", page: "missing", group: "Missing", title: "Return interview with %s", timed: true, when: "When was that?", intro: "Offered, accepted, declined and held are four facts. Only held, or the child's own no, is an answer.",
		fits: func(p *app.ChildPage) string {
			if len(returns(p)) == 0 {
				return "The talk is about a return. Record first that %s was found or came back."
			}
			return ""
		},
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "episode", label: "About which time?", as: "pick", choices: returns(p)},
				{name: "happens", label: "What happened?", as: "choice", choices: [][2]string{{"offered", "It was offered"}, {"accepted", first + " said yes"}, {"declined", first + " said no"}, {"done", "It was held"}}},
				{name: "by", label: "Who offered it or held it, and where do they work?", as: "text"},
				{name: "independent", label: "Are they independent of " + first + "'s carers and worker?", as: "yesno"},
				{name: "childs_words", label: "What did " + first + " say? In " + first + "'s own words", as: "area"},
				{name: "what", label: "What was learnt: why " + first + " went, what happened, what would help? Or why " + first + " does not want it", as: "area"},
			}
		},
		fill: func(p *app.ChildPage, v map[string]string) {
			for _, e := range p.Record.Missing() {
				if e.End != nil && e.Held == nil && !e.Refused() {
					v["episode"] = string(e.End.ID)
				}
			}
			if v["episode"] == "" {
				if all := returns(p); len(all) > 0 {
					v["episode"] = all[0][0]
				}
			}
		},
		make: func(m *making) {
			b := child.ReturnInterview{Ended: entry.ID(m.must("episode", "Choose which time it is about")), Step: m.must("happens", "Choose what happened"), By: m.v("by"), Words: m.v("childs_words"), What: m.v("what")}
			b.Independent = m.yes("independent")
			switch b.Step {
			case "done":
				m.must("by", "Enter who held it")
				m.answer("independent", "Say whether they are independent")
				if b.Words == "" && b.What == "" {
					m.Errors.Add("childs_words", "Enter what the child said, or below what was learnt")
				}
			case "declined":
				m.must("what", "Enter why the child does not want it. If they gave no reason, write that")
			}
			m.add(b, "episode_ended", "episode", "step", "happens")
		}},

	"health": {verb: "Record something about health", page: "health", title: "Something about %s's health", when: "On which day?", fits: careOrHistory,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "of", label: "What is it about?", as: "choice", choices: same(child.HealthOf)},
				{name: "happens", label: "What happened?", hint: "Substance misuse: found means that it is a problem, done that " + first + " had help.", as: "choice", choices: same(child.HealthSteps)},
				{name: "by", label: "By whom?", hint: "For example: Dr Amin, the school nurse.", as: "text"},
				{name: "score", label: "The score of the questionnaire", hint: "From 0 to 40. For the strengths and difficulties questionnaire only.", as: "text"},
				{name: "no_score", label: "Or why there is no score", as: "pick", choices: [][2]string{{"SDQ1", "No form came back"}, {"SDQ2", "The carer did not want to"}, {"SDQ3", "The child did not want it"}, {"SDQ4", "Too disabled or ill for it"}, {"SDQ5", "Another reason"}}},
				{name: "what", label: "What was found, and what happens next?", as: "area"},
			}
		},
		make: func(m *making) {
			b := child.Health{Of: m.must("of", "Choose what it is about"), Step: m.must("happens", "Choose what happened"), By: m.v("by"), What: m.v("what"), NoScore: m.v("no_score"), Score: m.number("score", "Enter the score as a number from 0 to 40")}
			m.add(b, "step", "happens")
		}},
	"education": {verb: "Record something about school", page: "education", title: "Something about %s's school", when: "On which day?", fits: inCare,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "happens", label: "What happened?", as: "choice", choices: educationChoices},
				{name: "school", label: "At which school, or where does " + first + " learn?", as: "text"},
				{name: "attendance", label: "How often is " + first + " there, in per cent?", hint: "This school year, as the school says it. Leave it empty if nobody knows.", as: "text"},
				{name: "days", label: "Suspended for how many school days?", as: "text"},
				{name: "place", label: "Excluded for good: does " + first + " have another school place?", as: "choice", choices: [][2]string{{"yes", "Yes"}, {"no", "No"}}},
				{name: "childs_words", label: "What does " + first + " say of school? In " + first + "'s own words", as: "area"},
				{name: "what", label: "What was agreed or decided, and who does it?", as: "area"},
			}
		},
		make: func(m *making) {
			b := child.Education{Step: m.must("happens", "Choose what happened"), School: m.v("school"), Attendance: m.number("attendance", "Enter the attendance as a number from 0 to 100"), Words: m.v("childs_words"), What: m.v("what")}
			if n := m.number("days", "Enter the number of school days"); n != nil && b.Step == "suspended" {
				b.Days = *n
			}
			switch b.Step {
			case "at school", "school place found":
				m.must("school", "Enter which school, or where the child learns")
			case "suspended":
				m.must("days", "Enter for how many school days")
				m.must("what", "Enter why")
			case "excluded for good":
				m.must("what", "Enter why")
				m.must("place", "Say whether the child has another school place")
			}
			m.add(b, "step", "happens")
			if b.Step == "excluded for good" && m.v("place") == "no" {
				m.add(child.Education{Step: "school place lost", School: b.School})
			}
		}},
	"leaving": {verb: "Record something about leaving care", page: "leaving", title: "Something about %s leaving care", when: "On which day?", fits: careOrHistory,
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "happens", label: "What happened?", as: "choice", choices: leavingChoices(first)},
				{name: "who", label: "Who is the personal adviser, or who did it?", as: "text"},
				{name: "in_touch", label: "Are we in touch with " + first + "?", as: "pick", choices: touchChoices},
				{name: "activity", label: "What does " + first + " do in the day?", as: "pick", choices: activityChoices},
				{name: "lives", label: "Where does " + first + " live?", as: "pick", choices: homeChoices},
				{name: "suits", label: "Does it suit " + first + "?", as: "choice", choices: [][2]string{{"yes", "Yes"}, {"no", "No"}}},
				{name: "childs_words", label: "What does " + first + " say? In " + first + "'s own words", as: "area"},
				{name: "what", label: "What was agreed, and who does it?", as: "area"},
			}
		},
		make: func(m *making) {
			b := child.LeavingCare{Step: m.must("happens", "Choose what happened"), Who: m.v("who"), What: m.v("what"), Activity: m.v("activity"), InTouch: m.v("in_touch"), Words: m.v("childs_words")}
			if b.Step == "adviser named" {
				m.must("who", "Enter who the personal adviser is")
			}
			b.Lives = m.home()
			m.add(b, "accommodation", "lives", "step", "happens")
		}},
	"birthday": {verb: "Say what the return asks around a birthday", page: "leaving", title: "%s around a birthday: what the return asks", when: "On which day was it so?", intro: "The return of children looked after asks it of each care leaver around a birthday from 17 to 21. What is known already is filled in.",
		fits: func(p *app.ChildPage) string {
			if p.Status.LookedAfter {
				return "%s is looked after. The return asks this of young people who have left care."
			}
			return careOrHistory(p)
		},
		asks: func(p *app.ChildPage, first string) []field {
			return []field{
				{name: "in_touch", label: "Are we in touch with " + first + "?", as: "pick", choices: touchChoices},
				{name: "activity", label: "What does " + first + " do in the day?", hint: "If they died, or went home for good, leave it empty.", as: "pick", choices: activityChoices},
				{name: "lives", label: "Where does " + first + " live?", hint: "If they died, or went home for good, leave it empty.", as: "pick", choices: append(homeChoices[:len(homeChoices):len(homeChoices)], [2]string{"0", "Not known, because we are not in touch"})},
				{name: "suits", label: "Does it suit " + first + "?", as: "choice", choices: [][2]string{{"yes", "Yes"}, {"no", "No"}}},
			}
		},
		fill: func(p *app.ChildPage, v map[string]string) {
			for i := range p.Record.Events {
				b, ok := p.Record.Events[i].Body.(child.LeavingCare)
				if !ok {
					continue
				}
				for name, x := range map[string]string{"in_touch": b.InTouch, "activity": b.Activity} {
					if x != "" {
						v[name] = x
					}
				}
				if b.Lives != "" {
					v["lives"] = b.Lives[:1]
					v["suits"] = map[bool]string{true: "no", false: "yes"}[strings.HasSuffix(b.Lives, "2")]
				}
			}
		},
		make: func(m *making) {
			b := child.LeaverYear{InTouch: m.must("in_touch", "Choose whether we are in touch"), Activity: m.v("activity"), Lives: m.home()}
			if b.InTouch != "DIED" && b.InTouch != "RHOM" && b.InTouch != "" {
				m.must("activity", "Choose what they do, or: not known")
				m.must("lives", "Choose where they live, or: not known")
			}
			m.add(b, "accommodation", "lives")
		}},
}

// home is where a care leaver lives in the code of the return: the sort of home, and whether it
// suits them.
func (m *making) home() string {
	lives, suits := m.v("lives"), m.v("suits")
	switch lives {
	case "", "0":
		return lives
	case "S", "X": // having no home, and custody, suit nobody: the return has one code only
		suits = "no"
	}
	if suits == "" {
		m.Errors.Add("suits", "Say whether it suits them")
	}
	return lives + map[string]string{"yes": "1", "no": "2"}[suits]
}

var educationChoices = [][2]string{{"at school", "At school: where, and how often"}, {"plan started", "Personal education plan started"}, {"plan complete", "Personal education plan complete"}, {"plan reviewed", "Personal education plan reviewed"},
	{"suspended", "Suspended"}, {"excluded for good", "Excluded for good"}, {"school place lost", "School place lost"}, {"school place found", "School place found"}}

func leavingChoices(first string) [][2]string {
	return [][2]string{{"eligible", first + " is owed help with leaving care"}, {"needs assessed", "Needs assessed"}, {"adviser named", "Personal adviser named"}, {"pathway plan made", "Pathway plan made"}, {"pathway plan reviewed", "Pathway plan reviewed"},
		{"seen", "Seen"}, {"in touch", "In touch, not seen"}, {"moved to own home", "Moved to a home of their own"}, {"adviser offered", "Help offered again"}, {"adviser declined", "Help declined"}, {"support ended", "Support ended"}}
}

// noticeTo are those whom the law gives notice of a placement: the Care Planning Regulations
// 2010, regulation 13.
var noticeTo = same([]string{"the child", "parents", "doctor (GP)", "school", "health (ICB)", "the authority there", "reviewing officer"})

// isMissing says why what belongs to a time in which a child is missing cannot be recorded.
func isMissing(p *app.ChildPage) string {
	if p.Status.Missing {
		return ""
	}
	return "%s is not recorded as missing."
}

// careOrHistory is inCare, or was: what is owed to a young person who left care goes on.
func careOrHistory(p *app.ChildPage) string {
	if p.Status.LookedAfter || p.Status.LeavingCare || len(p.Record.CarePeriods()) > 0 {
		return ""
	}
	return "%s is not looked after, and never was as far as is known here."
}

// placementNow is where a child in care lives now.
func placementNow(p *app.ChildPage) (child.Placement, bool) {
	all := p.Record.CarePeriods()
	if len(all) == 0 {
		return child.Placement{}, false
	}
	return all[len(all)-1].Now()
}

// returns are the returns that an interview can be about, the newest first.
func returns(p *app.ChildPage) (out [][2]string) {
	all := p.Record.Missing()
	for i := len(all) - 1; i >= 0; i-- {
		if e := all[i]; e.End != nil {
			out = append(out, [2]string{string(e.End.ID), "Missing since " + e.Start.When.Long() + ", back " + e.End.When.Long()})
		}
	}
	return out
}

// leavingFields ask about the end of a placement.
func leavingFields(first string) []field {
	return []field{
		{name: "part-left", label: "Where " + first + " lived until now", as: "part"},
		{name: "reason_code", label: "Why did " + first + " leave?", as: "pick", choices: moveChoices},
		{name: "planned", label: "Was it planned?", as: "yesno"},
		{name: "reviewed_first", label: "Did a review look at it first?", hint: "The law asks for a review first, unless there is danger at once (Care Planning Regulations 2010, regulation 14).", as: "yesno"},
		{name: "why_left", label: "What happened, in words?", as: "area"},
	}
}

func (m *making) leaving() {
	m.must("reason_code", "Choose why the child left")
	planned := m.answer("planned", "Say whether it was planned")
	reviewed := m.answer("reviewed_first", "Say whether a review looked at it first")
	m.add(child.PlacementEnded{Code: m.v("reason_code"), Planned: planned, Unplanned: m.v("planned") == "no", Reviewed: reviewed, Why: m.must("why_left", "Enter what happened")}, "why", "why_left")
}

// placementFields ask about a placement that begins.
func placementFields(p *app.ChildPage, first string) []field {
	out := []field{
		{name: "part-now", label: "Where " + first + " lives now", as: "part"},
		{name: "type", label: "What sort of home is it?", as: "pick", choices: placementChoices},
		{name: "provider", label: "Who provides it?", as: "pick", choices: providerChoices},
		{name: "where", label: "Where is it?", hint: "The street and the place, or the name of the home.", as: "text"},
		{name: "out_of_area", label: "Is it outside our area?", as: "yesno"},
		{name: "miles", label: "How many miles from home?", hint: "About. Leave it empty if nobody knows.", as: "text"},
		{name: "placement_postcode", label: "Its postcode", hint: "For the return of children looked after.", as: "text"},
		{name: "home_postcode", label: "The postcode of " + first + "'s home before care", hint: "Only if it is not recorded yet.", as: "text"},
		{name: "urn", label: "Ofsted's number of the provider", hint: "If it has one. For the return of children looked after.", as: "text"},
		{name: "sort", label: "Is it any of these?", as: "several", choices: [][2]string{{"emergency", "An emergency, with a carer who is approved for other children (6 working days)"}, {"temporary", "A relative or friend who is approved for a time (16 weeks)"}, {"unassessed", "The parents, who were not assessed first"}, {"until18", "Meant to last until 18"}}},
		{name: "why_placement", label: "Why there?", as: "area"},
	}
	if homeKnown(p) { // the return carries it on from the placement before
		out = slices.DeleteFunc(out, func(f field) bool { return f.name == "home_postcode" })
	}
	out = append(out, field{name: "part-around", label: "Who is around " + first + ", and what " + first + " said", as: "part"})
	out = append(out, aroundFields(first)...)
	return append(out, field{name: "part-told", label: "Who knows where " + first + " lives", as: "part"}, field{name: "told", label: "Who was given notice in writing of where " + first + " lives?", hint: "What is still to be given can be recorded later.", as: "several", choices: noticeTo})
}

// homeKnown says whether the postcode of the child's home before care is recorded.
func homeKnown(p *app.ChildPage) bool {
	return p.Record.LastStep(p.At.Date(), func(b entry.Body) bool { x, ok := b.(child.PlacementStarted); return ok && x.HomePost != "" }) != nil
}

// aroundFields ask who is around a child there, who agreed, and what the child said.
func aroundFields(first string) []field {
	return []field{
		{name: "lives_with", label: "Who looks after " + first + " there?", as: "text"},
		{name: "brothers_and_sisters", label: "Do brothers and sisters live together?", as: "choice", choices: [][2]string{{"together", "All of them together"}, {"some of them", "Some of them together"}, {"apart", "Apart"}, {"none", first + " has none in care"}}},
		{name: "why_apart", label: "If not together: why, and when do they see each other?", as: "area"},
		{name: "agreed_by", label: "Who agreed that " + first + " goes there?", as: "text"},
		{name: "agreed_on", label: "On which day did they agree?", as: "date"},
		{name: "childs_words", label: "What did " + first + " say about it? In " + first + "'s own words", as: "area"},
		{name: "no_words_because", label: "Or why there are no words", hint: "For example: a baby. Then write what you saw.", as: "text"},
	}
}

func (m *making) around(b *child.PlacementStarted) {
	b.LivesWith, b.Kin, b.KinWhy, b.AgreedBy, b.AgreedOn, b.Words, b.NoWords = m.v("lives_with"), m.v("brothers_and_sisters"), m.v("why_apart"), m.v("agreed_by"), m.date("agreed_on"), m.v("childs_words"), m.v("no_words_because")
}

// placement makes the entries of a placement that begins: the placement, and the notice.
func (m *making) placement() {
	m.must("type", "Choose the sort of home")
	m.must("provider", "Choose who provides it")
	b := child.PlacementStarted{Type: m.v("type"), Provider: m.v("provider"), Where: m.must("where", "Enter where it is"), OutOfArea: m.answer("out_of_area", "Say whether it is outside our area"), Why: m.must("why_placement", "Enter why there")}
	if n := m.number("miles", "Enter the miles as a whole number, or leave it empty"); n != nil {
		b.Miles = *n
	}
	b.Post, b.HomePost, b.URN = strings.ToUpper(m.v("placement_postcode")), strings.ToUpper(m.v("home_postcode")), m.v("urn")
	for _, x := range m.lists["sort"] {
		switch x {
		case "emergency":
			b.Emergency = true
		case "temporary":
			b.Temporary = true
		case "unassessed":
			b.Unassessed = true
		case "until18":
			b.Until18 = true
		}
	}
	m.around(&b)
	m.add(b, "miles_from_home", "miles", "emergency", "sort", "temporary_approval", "sort", "parents_not_assessed", "sort", "until_18", "sort", "why", "why_placement", "legal_status", "form", "need_code", "form", "reason_new", "form")
	if to := m.lists["told"]; len(to) > 0 {
		m.add(child.Document{Of: "notice of placement", To: strings.Join(to, "; ")}, "of", "told", "to", "told")
	}
}
