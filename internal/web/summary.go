package web

import (
	"maps"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/line"
	"onus/internal/returns/cin"
)

// summary says in a short sentence what a body says. It knows each kind's own
// words; what has none is named by its kind alone.
func summary(body any, l *line.Line) string {
	join := func(parts ...string) string {
		var out []string
		for _, p := range parts {
			if strings.TrimSpace(p) != "" {
				out = append(out, p)
			}
		}
		for i := range out[:max(len(out)-1, 0)] {
			out[i] = strings.TrimSuffix(out[i], ".") // it is joined by one
		}
		return strings.Join(out, ". ")
	}
	coded := func(set, code string) string {
		if m, ok := cin.Meaning(set, code); ok {
			return m
		}
		return code
	}
	switch b := body.(type) {
	case child.Known:
		return join(b.Name(), b.Address, speech(child.Known{Interpreter: b.Interpreter, Language: b.Language, Parents: b.Parents}))
	case child.Account:
		return join(b.Knew, b.Sense, b.Could)
	case child.Contact:
		return join("from "+b.From, b.What)
	case child.Referral:
		from := b.From
		if b.Code != "" && (from == "" || from == "not said") {
			from = coded(cin.SetReferralSource, b.Code)
		}
		if b.NoAction != nil && *b.NoAction {
			return join("from "+from, b.What, "it led to no further action, as a return says")
		}
		return join("from "+from, b.What)
	case child.Decision:
		return join(b.Outcome, b.For)
	case child.Allocation:
		return join("to the post "+l.Title(b.Post), b.Why)
	case child.AllocationEnded:
		return b.Why
	case child.AllocationProposed:
		as := ""
		if b.As != "" {
			as = " as " + b.As
		}
		return join(l.Title(b.Post)+" was asked"+as, b.Why)
	case child.AllocationAccepted:
		return b.Words
	case child.AllocationObjected:
		return b.Why
	case child.AllocationWithdrawn:
		return b.Why
	case child.SecondEnded:
		return join(l.Title(b.Post), b.Why)
	case child.HandedOver:
		return join(count(len(b.Items), "thing", "things")+" handed over", b.Learnt)
	case child.AssessmentAuthorised:
		return b.Outcome
	case child.AssessmentPlaced:
		if b.Away {
			return "taken away from the question " + b.Question
		}
		return "put to the question " + b.Question
	case child.AssessmentWeighed:
		return join(b.Asks, b.Text)
	case child.AssessmentSent:
		return join(b.Next, b.Why)
	case child.AssessmentReturned:
		return b.Why
	case child.AssessmentFactors:
		var names []string
		for _, c := range b.Codes {
			names = append(names, coded(cin.SetAssessmentFactors, c))
		}
		return strings.Join(names, "; ")
	case child.StrategyDiscussion:
		says := append([]string{"no section 47 enquiry", b.Why}, heldSays(b.Held)...)
		if b.Section47 {
			says[0] = "a section 47 enquiry begins"
		}
		return join(says...)
	case child.Section47Ended:
		return join(b.Outcome, b.Why, b.Next)
	case child.Conference:
		plan := ""
		if b.Plan != "" {
			plan = "protection plan " + b.Plan
		}
		return join(append([]string{plan}, heldSays(b.Held)...)...)
	case child.CPPlanStarted:
		return join(child.CategoryName(b.Category), b.OneLine)
	case child.CPPlanChanged:
		return child.CategoryName(b.Category)
	case child.CPPlanEnded:
		return b.Why
	case child.CINPlanStarted:
		return b.OneLine
	case child.CINPlanEnded:
		return b.Why
	case child.CoreGroup:
		return join(append([]string{b.Agreed}, heldSays(b.Held)...)...)
	case child.Review:
		return join(append([]string{b.Agreed}, heldSays(b.Held)...)...)
	case child.MeetingPlanned:
		return join(b.Of+" on "+b.On.Long(), b.Where, b.About)
	case child.MeetingChanged:
		return join(b.Of+" on "+b.On.Long(), b.Where, b.Why)
	case child.MeetingCalledOff:
		return b.Why
	case child.MeetingReport:
		return join("from "+b.From, b.Says)
	case child.MeetingShown:
		return join("to the "+b.To, b.How)
	case child.Visit:
		how := "not seen: " + b.WhyNot
		if b.Alone {
			how = "seen alone"
		} else if b.Seen {
			how = "seen, not alone"
		}
		return join(how+", "+b.Where, "Purpose: "+b.Purpose, b.Observed, b.Learnt, howKnown(b.Evidence), notSafe(b))
	case child.VisitPlanned:
		return join("on "+b.On.Long(), b.Other, b.Ask)
	case child.VisitCalledOff:
		return b.Why
	case child.PlanSent:
		return join(planName(b.Of)+": "+goalNames(b.Goals), b.Well)
	case child.PlanApproved:
		return b.Words
	case child.PlanReturned:
		return b.Why
	case child.GoalMoved:
		return join(b.State, b.What, howKnown(b.Evidence))
	case child.View:
		return join(viewWords(b))
	case child.ViewFollowed:
		if b.Not != "" {
			return join(b.Did, "not done: "+b.Not)
		}
		return b.Did
	case child.PlanShared:
		return join("to "+b.To, b.As)
	case child.PlanWordWrong:
		return "somebody who had the link typed another word than the one agreed"
	case child.PlanShareEnded:
		return b.Why
	case child.FamilyMember:
		return join(memberSays(b)...)
	case child.Significant:
		if b.Is {
			return join("significant", b.Why)
		}
		return join("not significant any more", b.Why)
	case child.Supervision:
		return join(b.Decided, b.Why, b.Action)
	case child.LetterSent:
		return join(b.Title, "to "+b.To, b.How)
	case child.SupervisionLeft:
		return join("left until "+b.On.Long(), b.Why)
	case child.SupervisionPrepared:
		return b.Says
	case child.CaseClosed:
		parts := []string{coded(cin.SetReasonForClosure, b.Reason), b.Why}
		if b.After != "" {
			parts = append(parts, "Who helps now: "+b.After)
		}
		for _, x := range b.Left {
			parts = append(parts, "Ended undone: "+x.What+": "+x.Why)
		}
		return join(parts...)
	case child.Note:
		return b.Text
	case child.Correction:
		if b.Withdrawn {
			return "withdrawn: " + b.Why
		}
		return b.Why
	case child.DutyClimbed:
		who := l.Name(b.Person)
		if b.Person == "" {
			who = "nobody in post"
		}
		return "step " + itoa(b.Step) + ", to " + lower(l.Title(b.Post)) + " (" + who + "); due " + b.Due.Long()
	case child.DutyStoodDown:
		return b.Why
	case child.Disputed:
		return join(b.By, b.What)
	case child.HoldSet:
		return join("for "+b.By, b.Why)
	case child.HoldEnded:
		return b.Why
	case child.KeptAs:
		return join(b.Type, b.Why)
	case child.DisposalProposed:
		return join(b.What, b.Ground, b.Source, b.Why)
	case child.DisposalRefused:
		return b.Why
	case child.EntriesErased:
		return join(count(b.Count, "entry", "entries")+" destroyed", b.Ground, b.Source, "proposed by "+l.Name(b.Proposed)+", agreed by "+l.Name(b.Agreed))
	case child.SARReceived:
		return join(b.By, b.What)
	case child.SARExtended:
		return join(count(b.Months, "month", "months")+" longer", b.Why)
	case child.SARStopped:
		return b.Why
	case child.SARStarted:
		return b.Why
	case child.SARAnswered:
		return join("sent", b.Checked)
	case child.SARRefused:
		return join(b.Ground, b.Why)
	case child.RedactionProposed:
		if b.Passage == "" {
			return join("the whole entry", b.Ground, b.Why)
		}
		return join("some words", b.Ground, b.Why)
	case child.RedactionAgreed:
		return b.Why
	case child.RedactionRefused:
		return b.Why
	case child.Kept:
		return count(len(b.Items), "part", "parts") + " of the file kept as they were"
	}
	return join(journey(body, l)...)
}

// heldSays is how a meeting went, in short: what was decided and why, who disagreed, and
// why it was held without somebody.
func heldSays(h child.Held) (out []string) {
	out = append(out, h.Decided, h.Reasons)
	for _, x := range h.Dissent {
		out = append(out, x.Name+" ("+x.Agency+") disagrees: "+x.Why)
	}
	if h.Without != "" {
		out = append(out, "held without somebody who must be there: "+h.Without)
	}
	return out
}

// memberSays is what an entry says of a person around the child.
func memberSays(b child.FamilyMember) []string {
	gone := ""
	if b.Gone != "" {
		gone = "not in the child's life any more: " + b.Gone
	}
	lives := "lives " + b.Lives
	switch {
	case b.Lives == child.LivesUnknown:
		lives = "nobody knows where they live"
	case b.Where != "":
		lives += ": " + b.Where
	}
	safe := map[string]string{child.SafeWith: "the child is safe with them", child.SafeNotLone: "the child is not safe alone with them", child.SafeNotWith: "the child is not safe with them"}[b.Safe]
	if safe == "" {
		safe = "nobody knows whether the child is safe with them"
	}
	told := ""
	if b.Told != "" {
		told = "told by " + b.Told
	}
	return []string{b.Name + ", " + b.Relation, lives, safe, b.SafeWhy, gone, told}
}

// howKnown says how something is known; empty when nobody said.
func howKnown(evidence []string) string {
	if len(evidence) == 0 {
		return ""
	}
	if len(evidence) == 1 && evidence[0] == child.Said {
		return "said only"
	}
	return "known because " + strings.Join(evidence, ", ")
}

// notSafe says of a visit that the child may not be safe tonight, and what comes next.
func notSafe(b child.Visit) string {
	switch b.Safe {
	case "no":
		return "NOT SAFE TONIGHT. " + b.Next
	case "not sure":
		return "Not sure that the child is safe tonight. " + b.Next
	}
	return b.Next
}

// planName is what a sort of plan is called.
func planName(of string) string {
	return map[string]string{"cin": "child in need plan", "cp": "protection plan", "care": "care plan", "pathway": "pathway plan"}[of]
}

func goalNames(goals []child.Goal) string {
	var out []string
	for _, g := range goals {
		out = append(out, g.Name)
	}
	return strings.Join(out, ", ")
}

// viewWords are a view in a sentence: who, whether they agree, their number, their words.
func viewWords(b child.View) string {
	s := b.Who()
	if b.Agrees != "" {
		s += map[string]string{"yes": " agrees", "partly": " agrees in part", "no": " does not agree"}[b.Agrees]
	}
	if b.Scale != nil {
		s += ", " + itoa(*b.Scale) + " of 10"
	}
	if b.Words != "" {
		s += ": " + b.Words
	}
	return s
}

// journey says in a short sentence what an entry of care, court or the work
// around a child says; empty for a kind that summary knows.
func journey(body any, l *line.Line) []string {
	yes := func(is bool, words string) string {
		if is {
			return words
		}
		return ""
	}
	switch b := body.(type) {
	case child.ContactDecided:
		return []string{b.Outcome, b.Why}
	case child.Rated:
		return []string{b.Rating, b.Rule, b.Why}
	case child.FoundOut:
		return []string{yes(b.Asked != "", "asked "+b.Asked), b.From, b.What, answers(b.Signs)}
	case child.SameAs:
		return []string{b.Why}
	case child.ToldApart:
		return []string{b.Why}
	case child.NotSame:
		return []string{b.Why}
	case child.Alarm:
		return []string{b.Rule + ": nothing follows, it was decided"}
	case child.Taken:
		return []string{yes(b.Post == "", "given back to the front door"), yes(b.Post != "", l.Title(b.Post)), b.Why}
	case child.Parked:
		return []string{"until " + b.Until.Long(), b.Why}
	case child.ParkingAgreed:
		return []string{"a second person agrees to wait"}
	case child.ParkingEnded:
		return []string{b.Why}
	case child.Danger:
		return []string{b.Step, b.What}
	case child.ReferrerTold:
		return []string{"of the " + b.Of, b.How}
	case child.Meeting:
		return []string{b.Of, b.Agreed}
	case child.MeetingFixed:
		return []string{b.Of + " on " + b.On.Long()}
	case child.Document:
		return []string{b.Of, yes(b.To != "", "to "+b.To), yes(b.Signed, "signed"), b.What}
	case child.Oversight:
		return []string{b.View}
	case child.EarlyHelpStep:
		return []string{b.Step, b.What}
	case child.Level:
		return []string{"step " + b.Way + ": " + b.Step, yes(b.To != "", "to "+b.To), b.Why}
	case child.Transfer:
		return []string{b.Way + ": " + b.Step, b.Authority, yes(b.OnPlan, "on a protection plan")}
	case child.PreProceedings:
		return []string{b.Step, b.Outcome}
	case child.Court:
		return []string{b.Step, yes(b.Weeks > 0, "by "+count(b.Weeks, "week", "weeks")), b.What}
	case child.OrderMade:
		return []string{b.Of + ": " + b.Step, yes(b.Until != 0, "until "+b.Until.Long())}
	case child.FamilyGroup:
		return []string{b.Step, b.What}
	case child.Allegation:
		return []string{b.Step, b.What}
	case child.Incident:
		return []string{b.Of, b.Step, b.What}
	case child.Complaint:
		return []string{"stage " + itoa(b.Stage) + ": " + b.Step, b.What}
	case child.Disagreement:
		return []string{"stage " + itoa(b.Stage) + ": " + b.Step, yes(b.With != "", "with "+b.With), b.What}
	case child.Notice:
		return []string{b.Of, yes(b.To != "", "to "+b.To)}
	case child.VisitAsked:
		return []string{"by " + b.By, b.Why}
	case child.CareStarted:
		return []string{legalStatus(b.Status), b.Reason}
	case child.CareEnded:
		return []string{b.Why}
	case child.LegalStatus:
		return []string{legalStatus(b.Status), b.Why}
	case child.PlacementStarted:
		return []string{placementType(b.Type), b.Where, yes(b.Emergency, "in an emergency"), yes(b.Temporary, "the carer is approved for a time"),
			yes(b.Unassessed, "the parents were not assessed before"), yes(b.OutOfArea, "outside the authority's area"), yes(b.Miles > 0, count(b.Miles, "mile", "miles")+" from home"),
			yes(b.Until18, "meant to last to 18"), yes(b.LivesWith != "", "lives with "+b.LivesWith), yes(b.Kin != "", "brothers and sisters: "+b.Kin), b.Why}
	case child.PlacementAgreed:
		return []string{yes(b.Until18, "meant to last to 18"), yes(b.FewerVisits, "the child agrees to fewer visits"), b.Why}
	case child.PlacementEnded:
		return []string{yes(b.Planned, "planned"), yes(b.Unplanned, "not planned"), yes(b.Reviewed, "a review came first"), b.Why}
	case child.IRO:
		return []string{b.Step, yes(b.Post != "", l.Title(b.Post)), b.What}
	case child.Health:
		score := ""
		if b.Score != nil {
			score = "score " + itoa(*b.Score)
		}
		return []string{b.Of + ": " + b.Step, score, yes(b.By != "", "by "+b.By), b.What}
	case child.Education:
		there := ""
		if b.Attendance != nil {
			there = "there " + itoa(*b.Attendance) + "% of the time"
		}
		return []string{b.Step, b.School, yes(b.Days > 0, count(b.Days, "school day", "school days")), there, b.Words, b.What}
	case child.MissingTold:
		return []string{b.Who, b.What}
	case child.MissingStarted:
		return []string{yes(b.Away, "away without leave"), yes(b.Risk != "", "risk: "+b.Risk), yes(b.Police, "the police were told"), b.From, b.Learned}
	case child.MissingEnded:
		return []string{b.How, b.Where, yes(b.With != "", "with "+b.With), b.Words, b.Harm}
	case child.ReturnInterview:
		return []string{b.Step, yes(b.Independent, "by somebody independent"), yes(b.By != "", b.By), b.Words, b.What}
	case child.LeavingCare:
		return []string{b.Step, b.Who, b.Words, b.What, yes(b.Activity != "", "activity "+b.Activity), yes(b.Lives != "", "accommodation "+b.Lives)}
	case child.ConnectedPerson:
		return []string{b.Step, b.What}
	case child.ShortBreaks:
		return []string{b.Step, b.What}
	case child.Remand:
		return []string{b.Step, yes(b.To != "", "to "+b.To)}
	case child.Adoption:
		return []string{b.Step, b.What}
	case child.PrivateFostering:
		return []string{b.Step, yes(b.Begins != 0, "to begin on "+b.Begins.Long()), b.What}
	case child.HealthYear:
		return []string{answered("health assessment", b.Assessed), answered("immunisations", b.Immunised), answered("teeth", b.Teeth), answered("health check", b.Checked), scored(b.Score, b.NoScore),
			answered("convicted", b.Convicted), answered("substance misuse", b.Substances), answered("intervention received", b.Intervention), answered("intervention offered", b.Offered)}
	case child.LeaverYear:
		return []string{yes(b.InTouch != "", "in touch: "+b.InTouch), yes(b.Activity != "", "activity: "+b.Activity), yes(b.Lives != "", "lives: "+b.Lives)}
	case child.Adopted:
		return []string{yes(b.Decided != 0, "decided on "+b.Decided.Long()), yes(b.Matched != 0, "matched on "+b.Matched.Long()), answered("by foster carers", b.Foster), yes(b.Adopters != "", "adopters: "+b.Adopters)}
	case child.PreviousPermanence:
		return []string{earlier(b.Type), b.Authority, b.On}
	case child.UnaccompaniedStatus:
		return []string{"came alone to seek asylum", yes(b.Ends != 0, "ends on "+b.Ends.Long())}
	case child.WorkerEpisode:
		return []string{"number " + b.Worker, yes(b.Until != 0, "until "+b.Until.Long()), b.Why}
	case child.LibertyDeprived:
		return []string{yes(b.Until != 0, "until "+b.Until.Long())}
	case child.Unaccompanied:
		return []string{b.Step, b.To, b.What}
	case child.Trafficking:
		return []string{b.Step, b.What}
	case child.Homeless:
		return []string{b.Step, b.What}
	}
	return nil
}

// answered is a yes or no of a return in words; empty where it says nothing.
func answered(what string, is *bool) string {
	switch {
	case is == nil:
		return ""
	case *is:
		return what + ": yes"
	}
	return what + ": no"
}

// scored is the score of the questionnaire, or why there is none.
func scored(score *int, why string) string {
	switch {
	case score != nil:
		return "score " + itoa(*score)
	case why != "":
		return "no score: " + why
	}
	return ""
}

// earlier is the SSDA903's code of permanence before care in words.
func earlier(code string) string {
	if w, ok := map[string]string{"P1": "adopted before", "P2": "special guardianship before", "P3": "residence or child arrangements order before", "P4": "permanence before, of a sort not known",
		"Z1": "no permanence before"}[code]; ok {
		return w
	}
	return code
}

// legalStatus is the SSDA903's code of the ground of care in words.
func legalStatus(code string) string {
	if w, ok := map[string]string{"C1": "interim care order", "C2": "care order", "D1": "freeing order", "E1": "placement order", "V2": "with the parents' agreement (section 20)",
		"V3": "a short break by agreement", "V4": "short breaks by agreement", "L1": "police protection", "L2": "emergency protection order", "L3": "child assessment order",
		"J1": "remanded", "J2": "held by the police", "J3": "youth rehabilitation order"}[code]; ok {
		return w
	}
	return code
}

// placementType is the SSDA903's code of a placement in words.
func placementType(code string) string {
	if len(code) == 3 && code[0] == 'Z' {
		code = "Z1"
	}
	if w, ok := map[string]string{"U1": "with a relative or friend who fosters, long term", "U2": "with a relative or friend who may adopt", "U3": "with a relative or friend who fosters",
		"U4": "with a foster carer, long term", "U5": "with a foster carer who may adopt", "U6": "with a foster carer", "K1": "secure children's home", "K2": "children's home",
		"K3": "supported accommodation", "P1": "with the parents", "P2": "living independently", "P3": "lives where they work", "H5": "in a supported home",
		"R1": "residential care home", "R2": "health setting", "R3": "family centre", "R5": "young offender institution", "S1": "residential school",
		"A3": "with foster carers who will adopt", "A4": "with adopters", "A5": "with foster carers who will adopt, by order", "A6": "with adopters, by order",
		"T0": "temporary", "T1": "temporary: in hospital", "T2": "temporary: on holiday", "T3": "temporary: carer on holiday", "T4": "temporary: seven days or less", "Z1": "another placement"}[code]; ok {
		return w
	}
	return code
}

// answers are answers to the questions of triage, in words.
func answers(signs map[string]string) string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(signs)) {
		out = append(out, id+": "+signs[id])
	}
	return strings.Join(out, ", ")
}
