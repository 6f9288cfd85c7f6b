package web

import (
	"strings"

	"onus/internal/child"
)

// form is how one kind of entry is recorded on a page: its fields, in order.
// It is data: the page and its checks are the same for every kind.
type form struct {
	title  string // of the page
	verb   string // on the button that leads here
	intro  string
	when   string // the question for the date; "When did it happen?" when empty
	fields []field
	// sure asks to check the answers first: for what cannot simply be undone.
	sure bool
	// now says that it happens by being recorded: no date is asked for.
	now bool
	// more is offered in the list of what can be recorded.
	group string
}

// field is one question. name is the body's own JSON name.
type field struct {
	name, label, hint string
	as                string // text, area, yesno, choice, date, number, worker, team, person, owner, chair, entry, referral, glass
	choices           [][2]string
	optional          bool
}

// chosen says that the answer is one of several that are offered.
func (f field) chosen() bool {
	switch f.as {
	case "choice", "number", "worker", "person", "outsider", "owner", "chair", "entry":
		return true
	}
	return false
}

var whereChoices = [][2]string{{"home", "At home"}, {"school", "At school or nursery"}, {"family member's home", "At a family member's home"}, {"placement", "Where the child is placed"}, {"office", "At our office"}, {"elsewhere", "Somewhere else"}}

// forms are the kinds that people record on a page.
var forms = map[string]form{
	"visit": {title: "Record a visit", verb: "Record visit", when: "When was the visit?", group: "With the child", intro: "Seen, and seen alone, are two facts.", fields: []field{
		{name: "purpose", label: "What was the visit for?", hint: "The goal of the plan, in its own words if you can.", as: "text"},
		{name: "seen", label: "Did you see the child?", as: "yesno"},
		{name: "alone", label: "Did you see the child alone?", hint: "With no parent or carer in the room.", as: "yesno"},
		{name: "where", label: "Where?", as: "choice", choices: whereChoices},
		{name: "why_not_seen", label: "If you did not see the child, why not?", as: "text", optional: true},
		{name: "childs_words", label: "What did the child say? In their own words", as: "area", optional: true},
		{name: "learnt", label: "What do you know now that you did not know before?", as: "area", optional: true}}},
	"note": {title: "Write a note", verb: "Write a note", group: "With the child", fields: []field{{name: "text", label: "Note", as: "area"}}},
	"allocation": {title: "Give the child a worker", verb: "Allocate", when: "From which day?", group: "Decisions", sure: true, intro: "From that day this person answers for what is owed. Talk to them first.", fields: []field{
		{name: "post", label: "Who?", hint: "Children they have now, and what is late, stand beside each name.", as: "worker"},
		{name: "why", label: "Why this worker?", as: "area", optional: true}}},
	"allocation.ended": {title: "Take the worker away", verb: "End allocation", when: "From which day?", group: "Decisions", sure: true, intro: "The child will have no named worker. What is owed passes to the team manager.", fields: []field{{name: "why", label: "Why?", as: "area"}}},
	"decision": {title: "Decide on the referral", verb: "Decide", when: "When was it decided?", group: "Decisions", sure: true, fields: []field{
		{name: "referral", as: "referral"},
		{name: "outcome", label: "What will happen?", as: "choice", choices: [][2]string{{"assess", "Assess the child's needs"}, {"section 47", "Begin a section 47 enquiry"}, {"add to open work", "Add to the work already open"}, {"early help", "Offer early help"}, {"no further action", "No further action"}}},
		{name: "team", label: "Which team takes it?", as: "team", optional: true},
		{name: "reasons_for", label: "Reasons for this decision", as: "area"},
		{name: "reasons_against", label: "Reasons against it", as: "area", optional: true},
		{name: "not_known", label: "What is not known", as: "area", optional: true}}},
	"referral": {title: "Record a referral", verb: "Record referral", when: "When did we receive it?", group: "Front door", fields: []field{
		{name: "from", label: "Who made the referral?", as: "text"}, {name: "what", label: "What did they tell us? In their words", as: "area"}}},
	"contact": {title: "Record a contact", verb: "Record contact", group: "Front door", fields: []field{
		{name: "from", label: "Who told us?", as: "text"}, {name: "what", label: "What did they say?", as: "area"}}},
	"assessment.started":    {title: "Start an assessment", verb: "Start assessment", group: "Assessment"},
	"assessment.checked":    {title: "Check the assessment", verb: "Record checkpoint", group: "Assessment", fields: []field{{name: "next", label: "What must happen next?", as: "area", optional: true}}},
	"assessment.authorised": {title: "Sign the assessment", verb: "Sign assessment", group: "Assessment", sure: true, fields: []field{{name: "outcome", label: "What follows from it?", as: "area", optional: true}}},
	"strategy-discussion": {title: "Record a strategy discussion", verb: "Record discussion", group: "Section 47", fields: []field{
		{name: "section47", label: "Does a section 47 enquiry begin?", as: "yesno"}, {name: "why", label: "Why?", as: "area", optional: true}}},
	"section47.ended": {title: "End the section 47 enquiry", verb: "End enquiry", group: "Section 47", sure: true, fields: []field{
		{name: "outcome", label: "What was found?", as: "area", optional: true},
		{name: "conference", label: "Is a conference needed?", as: "choice", choices: [][2]string{{"needed", "Yes"}, {"not needed", "No"}}}}},
	"conference": {title: "Record a conference", verb: "Record conference", group: "Section 47", fields: []field{
		{name: "plan", label: "Was a protection plan made?", as: "choice", choices: [][2]string{{"made", "Yes"}, {"not made", "No"}}}}},
	"cp-plan.started": {title: "Start a protection plan", verb: "Start plan", group: "Plans", sure: true, fields: []field{
		{name: "category", label: "Category of harm", as: "choice", choices: [][2]string{{"NEG", "Neglect"}, {"PHY", "Physical abuse"}, {"SAB", "Sexual abuse"}, {"EMO", "Emotional abuse"}, {"MUL", "More than one"}}},
		{name: "one_line", label: "The plan in one line", as: "text", optional: true}}},
	"cp-plan.ended": {title: "End the protection plan", verb: "End plan", group: "Plans", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
	"cin-plan.started": {title: "Start a child in need plan", verb: "Start plan", group: "Plans", fields: []field{
		{name: "one_line", label: "The plan in one line", as: "text", optional: true}}},
	"cin-plan.ended": {title: "End the child in need plan", verb: "End plan", group: "Plans", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
	"core-group":     {title: "Record a core group", verb: "Record core group", group: "Plans", fields: []field{{name: "agreed", label: "What was agreed?", as: "area", optional: true}}},
	"review": {title: "Record a review", verb: "Record review", group: "Plans", fields: []field{
		{name: "of", label: "Which plan was reviewed?", as: "choice", choices: [][2]string{{"cp", "Protection plan, at a review conference"}, {"cin", "Child in need plan"}}},
		{name: "agreed", label: "What was agreed?", as: "area", optional: true}}},
	"supervision": {title: "Record case supervision", verb: "Record supervision", when: "When did you talk?", group: "Supervision", fields: []field{
		{name: "asked", label: "What was asked?", as: "area", optional: true}, {name: "decided", label: "What was decided, and why?", as: "area"}}},
	"chair.named": {title: "Name the chair", verb: "Name the chair", when: "From which day?", group: "Decisions", intro: "Who chairs this child's conferences and reviews. They can open the record from now on.", fields: []field{
		{name: "post", label: "Which post?", as: "chair"}}},
	"disclosed": {title: "Disclose something", verb: "Disclose something", now: true, sure: true, group: "The record itself", intro: "To a partner professional or to the family, by name. They see only this.", fields: []field{
		{name: "person", label: "To whom?", as: "outsider"},
		{name: "what", label: "What do you disclose? Write it as they should read it", as: "area"},
		{name: "entries", label: "Show an entry with it?", as: "entries", optional: true},
		{name: "lawful_basis", label: "What is the lawful basis?", hint: "For example: Working Together, to protect the child; or consent of 12 March.", as: "text"},
		{name: "until", label: "Last day on which they may see it", as: "date"}}},
	"disputed": {title: "Record that somebody disputes an entry", verb: "Record a dispute", when: "When did they say so?", group: "The record itself", intro: "It will stand beside the entry wherever that is shown.", fields: []field{
		{name: "entry", label: "Which entry?", as: "entry"},
		{name: "by", label: "Who disputes it?", hint: "For example: the child's mother.", as: "text"},
		{name: "what", label: "What do they say is wrong? In their words", as: "area"}}},
	"relation.declared": {now: true, title: "I know this child or family", verb: "I know this family", group: "The record itself", sure: true, intro: "From now on the record is closed to you. Somebody else will do what you would have done.", fields: []field{
		{name: "relation", label: "How do you know them?", as: "choice", choices: same(child.Relations)}}},
	"record.restricted": {now: true, title: "Restrict this record", verb: "Restrict the record", group: "The record itself", sure: true, intro: "Only people whom its owner lets in can open it, for a time. This closes it to the worker and the line above too: let in those who must go on working.", fields: []field{
		{name: "category", label: "Why?", as: "choice", choices: same(child.RestrictedFor)},
		{name: "why", label: "What makes it necessary?", as: "area"},
		{name: "owner", label: "Which post decides who may open it?", as: "owner"},
		{name: "review_by", label: "By which day is this looked at again? Within 90 days", as: "date"}}},
	"record.restriction-reviewed": {title: "Review the restriction", verb: "Review the restriction", now: true, group: "The record itself", fields: []field{
		{name: "needed", label: "Is the restriction still needed?", hint: "If it is not, tell its owner, who ends it.", as: "yesno"},
		{name: "why", label: "What did you look at, and why do you think so?", as: "area"}}},
	"record.unrestricted": {now: true, title: "End the restriction", verb: "End the restriction", group: "The record itself", sure: true, fields: []field{{name: "why", label: "Why is it no longer needed?", as: "area"}}},
	"record.let-in": {now: true, title: "Let somebody into this record", verb: "Let somebody in", group: "The record itself", fields: []field{
		{name: "person", label: "Who?", as: "person"},
		{name: "for", label: "For how long?", as: "choice", choices: same(child.LetInFor)},
		{name: "why", label: "Why do they need to open it?", as: "area"}}},
	"record.let-out": {now: true, title: "Let somebody in no longer", verb: "Let somebody in no longer", group: "The record itself", fields: []field{
		{name: "person", label: "Who?", as: "person"}, {name: "why", label: "Why?", as: "area"}}},
	"glass.broken": {now: true, title: "Open this record in an emergency", verb: "Open in an emergency", sure: true, intro: "The child's worker is told. An independent person looks at it within two working days. So do open it when a child may need it.", fields: []field{
		{name: "why", label: "Why must you open it now?", as: "area"},
		{name: "hours", label: "For how many hours?", as: "number", choices: [][2]string{{"1", "1 hour"}, {"2", "2 hours"}, {"4", "4 hours"}}}}},
	"glass.reviewed": {now: true, title: "Review an emergency opening", verb: "Review the emergency opening", group: "The record itself", fields: []field{
		{name: "glass", as: "glass"},
		{name: "outcome", label: "What did you find?", as: "choice", choices: same(child.GlassOutcomes)},
		{name: "why", label: "What did you look at, and why do you think so?", as: "area"}}},
	"case.closed": {title: "Close the case", verb: "Close the case", group: "Decisions", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
}

// formOrder is the order in which they are offered.
var formOrder = []string{"visit", "note", "decision", "allocation", "allocation.ended", "case.closed", "contact", "referral",
	"assessment.started", "assessment.checked", "assessment.authorised", "strategy-discussion", "section47.ended", "conference",
	"cp-plan.started", "cp-plan.ended", "cin-plan.started", "cin-plan.ended", "core-group", "review", "supervision", "chair.named",
	"relation.declared", "disputed", "disclosed", "record.restricted", "record.let-in", "record.let-out", "record.unrestricted", "record.restriction-reviewed", "glass.reviewed"}

// same makes choices of texts that say what they are.
func same(texts []string) (out [][2]string) {
	for _, t := range texts {
		out = append(out, [2]string{t, strings.ToUpper(t[:1]) + t[1:]})
	}
	return out
}
