package web

import (
	"strings"

	"onus/internal/child"
	"onus/internal/returns/cin"
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
	as                string // text, area, yesno, choice, date, number, worker, team, person, owner, chair, entry, referral, glass, request, hold, type, goal, view, several, hidden, kin, pick (a long choice), part (a heading)
	choices           [][2]string
	optional          bool
}

// chosen says that the answer is one of several that are offered.
func (f field) chosen() bool {
	switch f.as {
	case "choice", "number", "worker", "person", "outsider", "owner", "chair", "entry", "event", "request", "hold", "type", "goal", "view":
		return true
	}
	return false
}

// marks are the questions about copies that stand at the end of a form.
var marks = []field{
	{name: "before_a_copy", label: "Is there something in it that the family may not read?", hint: "Whoever makes a copy for them years later cannot know. Two people decide then.", as: "choice", choices: same(child.MarkedFor), optional: true},
	{name: "before_a_copy_which", label: "Which words, and why?", as: "text", optional: true}}

var whereChoices = [][2]string{{"home", "At home"}, {"school", "At school or nursery"}, {"family member's home", "At a family member's home"}, {"placement", "Where the child is placed"}, {"office", "At our office"}, {"elsewhere", "Somewhere else"}}

// scaleChoices are the numbers of the scale.
var scaleChoices = func() (out [][2]string) {
	for n := range 11 {
		out = append(out, [2]string{itoa(n), itoa(n)})
	}
	return out
}()

// forms are the kinds that people record on a page.
var forms = map[string]form{
	"visit": {title: "Record a visit", verb: "Record visit", when: "When was the visit?", group: "With the child", intro: "Seen, and seen alone, are two facts.", fields: append([]field{
		{name: "purpose", label: "What was the visit for?", hint: "The goal of the plan, in its own words if you can.", as: "text"},
		{name: "seen", label: "Did you see the child?", as: "yesno"},
		{name: "alone", label: "Did you see the child alone?", hint: "With no parent or carer in the room.", as: "yesno"},
		{name: "where", label: "Where?", as: "choice", choices: whereChoices},
		{name: "why_not_seen", label: "If you did not see the child, why not?", as: "text", optional: true},
		{name: "childs_words", label: "What did the child say? In their own words", as: "area", optional: true},
		{name: "learnt", label: "What do you know now that you did not know before?", as: "area", optional: true}}, marks...)},
	"view": {title: "Record what somebody says", verb: "Record what somebody says", when: "When did they say it?", group: "With the child", fields: append([]field{
		{name: "goal", label: "Of which goal?", hint: "Leave it empty for the plan as a whole, or for anything else.", as: "goal", optional: true},
		{name: "of", label: "Whose view is it?", as: "choice", choices: [][2]string{{"child", "The child's"}, {"parent", "A parent's or carer's"}, {"worker", "The social worker's"}, {"somebody else", "Somebody else's"}}},
		{name: "name", label: "Who?", hint: "As the family calls them: Mum, Nan, nursery. For the child and the social worker leave it empty.", as: "text", optional: true},
		{name: "scale", label: "Their number for this goal", hint: "0: the child will be hurt. 10: safe enough for us to stop.", as: "number", choices: scaleChoices, optional: true},
		{name: "agrees", label: "Do they agree with the plan?", as: "choice", choices: [][2]string{{"yes", "Yes"}, {"partly", "In part"}, {"no", "No"}}, optional: true},
		{name: "words", label: "What did they say? In their own words", as: "area", optional: true},
		{name: "how", label: "How was it said?", hint: "Talked, drew, pointed at a face, who was in the room.", as: "text", optional: true}}, marks...)},
	"view.followed": {title: "Say what was done about it", verb: "Say what was done about it", now: true, group: "With the child", intro: "About what somebody said of the plan.", fields: []field{
		{name: "view", label: "About what?", as: "view"},
		{name: "did", label: "What was done about it?", as: "area", optional: true},
		{name: "why_not", label: "What was not done, and why?", as: "area", optional: true}}},
	"goal.moved": {title: "Record how far a goal has come", verb: "Record how far a goal has come", group: "With the child", fields: []field{
		{name: "goal", label: "Which goal?", as: "goal"},
		{name: "state", label: "How far has it come?", as: "choice", choices: [][2]string{{"not started", "Not started"}, {"doing", "They are doing it"}, {"done", "It is done"}, {"held", "It has held for as long as it must"}, {"stuck", "It is stuck"}}},
		{name: "how_known", label: "How do you know?", hint: "Said: they told us. Seen: we saw it. Confirmed: somebody outside the family says so too.", as: "several", choices: [][2]string{{"said", "Said"}, {"seen", "Seen"}, {"confirmed", "Confirmed"}}, optional: true},
		{name: "what", label: "What do you know about it?", as: "area", optional: true}}},
	"family.member": {title: "Record somebody around the child", verb: "Record somebody around the child", when: "When did you learn this?", group: "With the child", intro: "What you leave empty is not said of them. Write what is known and who said so, not what is guessed.", fields: append([]field{
		{name: "person", as: "hidden"}, {name: "as_named", as: "hidden"},
		{name: "name", label: "What are they called?", hint: "Their name, or what the family calls them.", as: "text"},
		{name: "relation", label: "Who are they to the child?", hint: "For example: mother, mother's partner, Nan, neighbour.", as: "text"},
		{name: "role", label: "Which of these is nearest?", as: "choice", choices: same(child.FamilyRoles)},
		{name: "lives", label: "Where do they live?", as: "choice", choices: [][2]string{{child.LivesWith, "With the child"}, {child.LivesElsewhere, "Somewhere else"}, {child.LivesUnknown, "Nobody knows"}}},
		{name: "where", label: "If somewhere else: where?", as: "text", optional: true},
		{name: "safe", label: "Is the child safe with them?", as: "choice", choices: [][2]string{{child.SafeWith, "Yes"}, {child.SafeNotLone, "Not alone with them"}, {child.SafeNotWith, "No"}, {child.SafeUnknown, "Nobody knows"}}},
		{name: "safe_why", label: "What do you know that says so?", hint: "What somebody did, saw or said. Not needed where nobody knows.", as: "area", optional: true},
		{name: "safe_since", label: "Since when is that so?", as: "date", optional: true},
		{name: "told_by", label: "Who told you?", as: "text", optional: true},
		{name: "telephone", label: "Their telephone number", as: "text", optional: true},
		{name: "born", label: "When were they born?", hint: "A day, a year, or about how old: as it was said.", as: "text", optional: true},
		{name: "parental_responsibility", label: "Do they have parental responsibility?", as: "choice", choices: same(child.Responsibilities), optional: true},
		{name: "child", label: "If a brother or sister has a record here: its address", hint: "Copy it from the top of the browser on their page.", as: "kin", optional: true},
		{name: "gone", label: "If they are not in the child's life any more: why, and since when?", as: "text", optional: true}}, marks...)},
	"significant": {title: "Mark a significant event", verb: "Mark a significant event", now: true, group: "With the child", intro: "Your name and your reason stand beside it in the chronology.", fields: []field{
		{name: "entry", label: "Which event?", as: "event"},
		{name: "significant", label: "Is it significant in the child's story?", as: "yesno"},
		{name: "why", label: "Why?", as: "area"}}},
	"oversight": {title: "Record management oversight", verb: "Record management oversight", now: true, group: "Decisions", intro: "You looked at a decision, or at a doubt about tonight, and say what happens now.", fields: []field{
		{name: "view", label: "What do you think, what happens now, and why?", as: "area"}}},
	"note": {title: "Write a note", verb: "Write a note", group: "With the child", fields: append([]field{{name: "text", label: "Note", as: "area"}}, marks...)},
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
	"child.known": knownForm,
	"referral": {title: "Record a referral", verb: "Record referral", when: "When did we receive it?", group: "Front door", fields: append([]field{
		{name: "from", label: "Who made the referral?", as: "text"}, {name: "what", label: "What did they tell us? In their words", as: "area"},
		{name: "need_code", label: "What is the main need?", hint: "The census asks for it once the referral leads to anything further.", as: "choice", choices: coded(cin.SetPrimaryNeedCode), optional: true}}, marks...)},
	"contact": {title: "Record a contact", verb: "Record contact", group: "Front door", fields: append([]field{
		{name: "from", label: "Who told us?", as: "text"}, {name: "what", label: "What did they say?", as: "area"}}, marks...)},
	"found-out": {title: "Record what was found out", verb: "Record what was found out", now: true, group: "Front door", intro: "About what waits for a decision. Or say whom you asked, and leave the rest empty until they answer.", fields: []field{
		{name: "asked", label: "Whom did you ask?", hint: "For example: GP. Leave it empty when you record an answer.", as: "text", optional: true},
		{name: "from", label: "Who answered, or told you?", as: "text", optional: true},
		{name: "what", label: "What did you find out?", as: "area", optional: true}}},
	"taken": {title: "Say who deals with it", verb: "Say who deals with it", now: true, group: "Front door", intro: "They owe the decision from now on. Until somebody takes it, it is the manager's. The clock goes on.", fields: []field{
		{name: "post", label: "Who?", as: "doorpost"}, {name: "why", label: "Anything they should know?", as: "text", optional: true}}},
	"rated": {title: "Rate it higher or lower", verb: "Rate it higher or lower", now: true, group: "Front door", sure: true, intro: "A higher rating makes the time shorter. A lower one takes a manager and a reason, and never gives more time.", fields: []field{
		{name: "rating", label: "How urgent is it?", as: "choice", choices: [][2]string{{"red", "Red"}, {"amber", "Amber"}, {"green", "Green"}}},
		{name: "why", label: "Why? What did you look at?", as: "area"}}},
	"parked": {title: "Propose to wait for something", verb: "Propose to wait", now: true, group: "Front door", intro: "It counts when a second person agrees. The clock goes on all the same.", fields: []field{
		{name: "why", label: "What does it wait for, and why is that safe for the child?", as: "area"},
		{name: "until", label: "Until when, at the latest?", as: "moment"}}},
	"parking.agreed": {title: "Agree that it waits", verb: "Agree that it waits", now: true, group: "Front door", sure: true, intro: "Your name stands beside it. The clock goes on.", fields: []field{{name: "parking", as: "parking"}}},
	"parking.ended": {title: "End the parking", verb: "End the parking", now: true, group: "Front door", fields: []field{
		{name: "parking", as: "parking"}, {name: "why", label: "Why?", as: "area"}}},
	"assessment.started":    {title: "Start an assessment", verb: "Start assessment", group: "Assessment"},
	"assessment.checked":    {title: "Check the assessment", verb: "Record checkpoint", group: "Assessment", fields: []field{{name: "next", label: "What must happen next?", as: "area", optional: true}}},
	"assessment.authorised": {title: "Sign the assessment", verb: "Sign assessment", group: "Assessment", sure: true, fields: []field{{name: "outcome", label: "What follows from it?", as: "area", optional: true}}},
	"strategy-discussion": {title: "Record a strategy discussion", verb: "Record discussion", group: "Section 47", fields: []field{
		{name: "section47", label: "Does a section 47 enquiry begin?", as: "yesno"}, {name: "why", label: "Why?", as: "area", optional: true}}},
	"section47.ended": {title: "End the section 47 enquiry", verb: "End enquiry", group: "Section 47", sure: true, fields: []field{
		{name: "outcome", label: "What was found?", as: "area", optional: true},
		{name: "conference", label: "Is a conference needed?", as: "choice", choices: [][2]string{{"needed", "Yes"}, {"not needed", "No"}}},
		{name: "reasons", label: "Why?", as: "area", optional: true},
		{name: "next", label: "What happens next: who does what, and by when?", as: "area", optional: true}}},
	"conference": {title: "Record a conference", verb: "Record conference", group: "Section 47", fields: []field{
		{name: "plan", label: "Was a protection plan made?", as: "choice", choices: [][2]string{{"made", "Yes"}, {"not made", "No"}}}, {name: "reasons", label: "Why?", as: "area", optional: true}}},
	"cp-plan.started": {title: "Start a protection plan", verb: "Start plan", group: "Plans", sure: true, fields: []field{
		{name: "category", label: "Category of harm", as: "choice", choices: [][2]string{{"NEG", "Neglect"}, {"PHY", "Physical abuse"}, {"SAB", "Sexual abuse"}, {"EMO", "Emotional abuse"}, {"MUL", "More than one"}}},
		{name: "one_line", label: "The plan in one line", as: "text", optional: true}}},
	"cp-plan.ended": {title: "End the protection plan", verb: "End plan", group: "Plans", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
	"cin-plan.started": {title: "Start a child in need plan", verb: "Start plan", group: "Plans", fields: []field{
		{name: "one_line", label: "The plan in one line", as: "text", optional: true}}},
	"cin-plan.ended": {title: "End the child in need plan", verb: "End plan", group: "Plans", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
	"core-group":     {title: "Record a core group", verb: "Record core group", group: "Plans", fields: []field{{name: "agreed", label: "What was agreed?", as: "area", optional: true}}},
	"review": {title: "Record a review", verb: "Record review", group: "Plans", fields: []field{
		{name: "of", label: "Which plan was reviewed?", as: "choice", choices: [][2]string{{"cp", "Protection plan, at a review conference"}, {"cin", "Child in need plan"}, {"care", "Care, at a looked-after review"}, {"short breaks", "Short breaks"}, {"adoption", "Placement for adoption"}, {"early help", "Early help plan"}}},
		{name: "agreed", label: "What was agreed?", as: "area", optional: true}}},
	"supervision": {title: "Record case supervision", verb: "Record supervision", when: "When did you talk?", group: "Supervision", fields: append([]field{
		{name: "asked", label: "What was asked?", as: "area", optional: true}, {name: "decided", label: "What was decided, and why?", as: "area"}}, marks...)},
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
	"sar.received": {title: "Record a request for a copy", verb: "Record a request", when: "When did we receive it?", group: "Copies of the record", intro: "Somebody asks to see what is held about them or their child. The answer is due within one month from that day.", fields: []field{
		{name: "by", label: "Who asks?", as: "choice", choices: same(child.AskedBy)},
		{name: "name", label: "Their name, and where the answer goes", hint: "Check later, before you send it, that the address is still right.", as: "area"},
		{name: "what", label: "What do they ask for? In their words", as: "area", optional: true}}},
	"sar.extended": {title: "Take longer to answer", verb: "Take longer", when: "When did you tell the person?", group: "Copies of the record", sure: true, intro: "The law allows this once, when the request is complex. The person must be told within the first month.", fields: []field{
		{name: "request", label: "Which request?", as: "request"},
		{name: "months", label: "How much longer?", as: "number", choices: [][2]string{{"1", "1 month"}, {"2", "2 months"}}},
		{name: "why", label: "Why does it take longer?", as: "area"},
		{name: "told", label: "Does the person know that, and why?", as: "yesno"}}},
	"sar.clock-stopped": {title: "Stop the clock of a request", verb: "Stop the clock", when: "When did you ask the person?", group: "Copies of the record", intro: "Only while we wait for what we need to know who asks, or what for. You will be reminded to ask again.", fields: []field{
		{name: "request", label: "Which request?", as: "request"},
		{name: "why", label: "What must the person tell us, and why?", as: "area"}}},
	"sar.clock-started": {title: "Start the clock again", verb: "Start the clock again", when: "When did the person tell us?", group: "Copies of the record", fields: []field{
		{name: "request", label: "Which request?", as: "request"},
		{name: "why", label: "What did the person tell us?", as: "area"}}},
	"sar.answered": {title: "Record that the copy was sent", verb: "Record the answer", when: "When was it sent?", group: "Copies of the record", sure: true, intro: "Most harm here comes from letters to the wrong address. Have somebody else look at the address and at what is in it.", fields: []field{
		{name: "request", label: "Which request?", as: "request"},
		{name: "sent_to", label: "Who was it sent to, and where? Name everybody who gets it", as: "area"},
		{name: "checked", label: "How did you check the address, and what was in it?", as: "area"}}},
	"sar.refused": {title: "Refuse a request for a copy", verb: "Refuse the request", when: "When did you tell the person?", group: "Copies of the record", sure: true, intro: "Tell the person why, and that they can complain to the Information Commissioner.", fields: []field{
		{name: "request", label: "Which request?", as: "request"},
		{name: "legal_ground", label: "Under which law?", as: "text"},
		{name: "why", label: "Why?", as: "area"}}},
	"redaction.proposed": {now: true, title: "Leave something out of copies", verb: "Leave something out of copies", group: "Copies of the record", intro: "It stays in the record. A second person must agree. People who worked with the child are normally named.", fields: []field{
		{name: "entry", label: "Which entry?", as: "entry"},
		{name: "passage", label: "Which words? Leave it empty for the whole entry", hint: "Copy them exactly as they stand there.", as: "area", optional: true},
		{name: "legal_ground", label: "On which ground?", as: "choice", choices: same(child.LeftOutFor)},
		{name: "why", label: "Why must it be left out?", as: "area"}}},
	"hold.set": {now: true, title: "Put a legal hold on this record", verb: "Put a legal hold on it", group: "Keeping the record", intro: "Nothing of it can be destroyed until the hold is ended.", fields: []field{
		{name: "for", label: "Who will ask for it?", hint: "For example: a court, an inquiry, the police.", as: "text"},
		{name: "why", label: "Why?", as: "area"}}},
	"hold.ended": {now: true, title: "End a legal hold", verb: "End the legal hold", group: "Keeping the record", sure: true, fields: []field{
		{name: "hold", label: "Which hold?", as: "hold"},
		{name: "why", label: "Why need it not be held any longer?", as: "area"}}},
	"kept-as": {now: true, title: "Say what type of record this is", verb: "Say what type it is", group: "Keeping the record", intro: "So that it is kept long enough. It can only make the time longer.", fields: []field{
		{name: "record_type", label: "Which type?", as: "type"},
		{name: "on", label: "Of an adoption: the day of the order", as: "date", optional: true},
		{name: "why", label: "How do you know?", as: "area"}}},
	"disposal.proposed": {now: true, title: "Propose to destroy this record, or an entry", verb: "Propose to destroy it", group: "Keeping the record", sure: true, intro: "Another person must agree. Then it is gone for good. That it was destroyed, and why, stays.", fields: []field{
		{name: "what", label: "What?", as: "choice", choices: same(child.DisposalOf)},
		{name: "entry", label: "If one entry: which?", as: "entry", optional: true},
		{name: "ground", label: "On which ground?", as: "choice", choices: [][2]string{{child.TimeOver, "The time is over for which the record must be kept"}, {child.Ordered, "Somebody ordered it: a court, or the right of a person to have it erased"}}},
		{name: "legal_source", label: "If it was ordered: by whom, under which law, and the order's number", hint: "This stays when all else is gone. Give no name of a child or a family.", as: "text", optional: true},
		{name: "why", label: "Why?", hint: "Say nothing of what it says.", as: "area"}}},
	"case.closed": {title: "Close the case", verb: "Close the case", group: "Decisions", sure: true, fields: []field{{name: "why", label: "Why?", as: "area"}}},
}

// formOrder is the order in which they are offered.
var formOrder = []string{"visit", "view", "goal.moved", "view.followed", "family.member", "significant", "note", "oversight", "decision", "allocation", "allocation.ended", "case.closed", "contact", "referral", "found-out", "taken", "rated", "parked", "parking.agreed", "parking.ended",
	"assessment.started", "assessment.checked", "assessment.authorised", "strategy-discussion", "section47.ended", "conference",
	"cp-plan.started", "cp-plan.ended", "cin-plan.started", "cin-plan.ended", "core-group", "review", "supervision", "chair.named",
	"child.known", "relation.declared", "disputed", "disclosed", "record.restricted", "record.let-in", "record.let-out", "record.unrestricted", "record.restriction-reviewed", "glass.reviewed",
	"sar.received", "redaction.proposed", "sar.answered", "sar.extended", "sar.clock-stopped", "sar.clock-started", "sar.refused",
	"hold.set", "hold.ended", "kept-as", "disposal.proposed"}

// same makes choices of texts that say what they are.
func same(texts []string) (out [][2]string) {
	for _, t := range texts {
		out = append(out, [2]string{t, strings.ToUpper(t[:1]) + t[1:]})
	}
	return out
}
