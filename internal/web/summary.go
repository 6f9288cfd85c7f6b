package web

import (
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
		return join(b.Name(), b.Address)
	case child.Contact:
		return join("from "+b.From, b.What)
	case child.Referral:
		from := b.From
		if b.Code != "" && (from == "" || from == "not said") {
			from = coded(cin.SetReferralSource, b.Code)
		}
		return join("from "+from, b.What)
	case child.Decision:
		return join(b.Outcome, b.For)
	case child.Allocation:
		return join("to the post "+l.Title(b.Post), b.Why)
	case child.AllocationEnded:
		return b.Why
	case child.AssessmentAuthorised:
		return b.Outcome
	case child.AssessmentFactors:
		var names []string
		for _, c := range b.Codes {
			names = append(names, coded(cin.SetAssessmentFactors, c))
		}
		return strings.Join(names, "; ")
	case child.StrategyDiscussion:
		if b.Section47 {
			return join("a section 47 enquiry begins", b.Why)
		}
		return join("no section 47 enquiry", b.Why)
	case child.Section47Ended:
		return b.Outcome
	case child.Conference:
		if b.Plan != "" {
			return "protection plan " + b.Plan
		}
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
		return b.Agreed
	case child.Review:
		return b.Agreed
	case child.Visit:
		how := "not seen: " + b.WhyNot
		if b.Alone {
			how = "seen alone"
		} else if b.Seen {
			how = "seen, not alone"
		}
		return join(how+", "+b.Where, "Purpose: "+b.Purpose, b.Learnt)
	case child.Supervision:
		return b.Decided
	case child.CaseClosed:
		return join(coded(cin.SetReasonForClosure, b.Reason), b.Why)
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
	return ""
}
