package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/entry"
)

// assessmentKinds are how an assessment grows: what belongs to which of its questions,
// what the worker makes of it, and the whole as it goes to be signed. Its beginning and
// its signature are in kinds.go.
func assessmentKinds() []entry.Known {
	k := func(zero entry.Body, timed bool, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: timed, Title: title, About: about, On: "child"}
	}
	return []entry.Known{
		k(AssessmentPlaced{}, true, "Put to a question of the assessment", "A person says that an entry belongs to a question of the assessment, or does not."),
		k(AssessmentWeighed{}, true, "Question of the assessment answered", "What a question of the assessment means for the child, in the worker's own words, and the entries it rests on. The newest stands."),
		k(AssessmentSent{}, true, "Assessment sent to be signed", "The assessment, whole, as its writer sent it. It is complete when somebody else has signed it."),
		k(AssessmentReturned{}, true, "Assessment sent back", "The assessment was not signed, and why."),
	}
}

// AssessmentPlaced says that an entry belongs to a question of an assessment, or does not.
type AssessmentPlaced struct {
	Assessment entry.ID `json:"assessment"`
	Question   string   `json:"question"`
	Entry      entry.ID `json:"entry"`
	Away       bool     `json:"away,omitempty"` // it does not belong there
}

// AssessmentWeighed is what a question means for the child.
type AssessmentWeighed struct {
	Assessment entry.ID   `json:"assessment"`
	Question   string     `json:"question"`
	Asks       string     `json:"asks"` // the question in words, as it was asked then
	Text       string     `json:"text"`
	Rests      []entry.ID `json:"rests_on,omitempty"`
	// Taken says that the words were written for a brother or sister.
	Taken *TakenFrom `json:"taken_from,omitempty"`
}

// TakenFrom is the answer for a brother or sister from which words were taken.
type TakenFrom struct {
	Child string   `json:"child"`
	Entry entry.ID `json:"entry"`
}

// Answered is a question of an assessment with its answer, as they were sent. Where the
// text is empty nobody has answered it.
type Answered struct {
	Question string     `json:"question"`
	Part     string     `json:"part"` // of the framework
	Asks     string     `json:"asks"`
	Text     string     `json:"text,omitempty"`
	Rests    []entry.ID `json:"rests_on,omitempty"`
	Taken    *TakenFrom `json:"taken_from,omitempty"`
	// Needed: whoever signs while nobody has answered it says why.
	Needed bool `json:"needed,omitempty"`
	// Answer is the entry in which it was written.
	Answer entry.ID `json:"answer,omitempty"`
}

// AssessmentNexts are what can happen after an assessment.
var AssessmentNexts = []string{"a child in need plan", "the plan that stands goes on", "a section 47 enquiry", "a child protection conference", "care, or a place to live", "early help", "no more help from us"}

// AssessmentSent is an assessment, whole.
type AssessmentSent struct {
	Assessment entry.ID   `json:"assessment"`
	Answers    []Answered `json:"answers"`
	Next       string     `json:"next"` // one of AssessmentNexts
	// Why is what help the child needs, and why that comes next.
	Why     string `json:"why"`
	Unknown string `json:"not_known,omitempty"`
	// Views are what the child, the parents and others said: the entries, not the words again.
	Views   []entry.ID `json:"views,omitempty"`
	Factors []string   `json:"factors,omitempty"` // in the census's codes
}

// AssessmentReturned sends an assessment back to its writer.
type AssessmentReturned struct {
	Sent entry.ID `json:"sent"`
	Why  string   `json:"why"`
}

// The kinds' names.
func (AssessmentPlaced) Kind() entry.Kind   { return "assessment.placed" }
func (AssessmentWeighed) Kind() entry.Kind  { return "assessment.weighed" }
func (AssessmentSent) Kind() entry.Kind     { return "assessment.sent" }
func (AssessmentReturned) Kind() entry.Kind { return "assessment.returned" }

// What each answering entry answers.
func (b AssessmentPlaced) RefersTo() entry.ID   { return b.Assessment }
func (b AssessmentWeighed) RefersTo() entry.ID  { return b.Assessment }
func (b AssessmentSent) RefersTo() entry.ID     { return b.Assessment }
func (b AssessmentReturned) RefersTo() entry.ID { return b.Sent }

// Check of each kind sees what is wrong without knowing the record.
func (b AssessmentPlaced) Check() []entry.Problem {
	ps := entry.Need(nil, "assessment", string(b.Assessment), "Name the assessment")
	ps = entry.Need(ps, "question", b.Question, "Name the question")
	return entry.Need(ps, "entry", string(b.Entry), "Choose the entry")
}
func (b AssessmentWeighed) Check() []entry.Problem {
	ps := entry.Need(nil, "assessment", string(b.Assessment), "Name the assessment")
	ps = entry.Need(ps, "question", b.Question, "Name the question")
	ps = entry.Need(ps, "asks", b.Asks, "Give the question in words")
	ps = entry.Need(ps, "text", b.Text, "Write what it means for the child")
	if b.Taken != nil {
		ps = entry.Need(entry.Need(ps, "taken_from", b.Taken.Child, "Say whose words these were"), "taken_from", string(b.Taken.Entry), "Name the entry the words are from")
	}
	return entry.Short(entry.Short(ps, "text", b.Text), "asks", b.Asks)
}
func (b AssessmentSent) Check() []entry.Problem {
	ps := entry.Need(nil, "assessment", string(b.Assessment), "Name the assessment")
	written, seen := false, map[string]bool{}
	for i, a := range b.Answers {
		at := "answers-" + strconv.Itoa(i)
		if a.Question == "" || seen[a.Question] {
			ps = append(ps, entry.Problem{Field: at, Text: "Each question stands once, with its id"})
		}
		seen[a.Question] = true
		ps = entry.Short(entry.Need(ps, at, a.Asks, "Give the question in words"), at, a.Text)
		written = written || strings.TrimSpace(a.Text) != ""
	}
	if !written {
		ps = append(ps, entry.Problem{Field: "answers", Text: "Answer at least one question before you send it"})
	}
	ps = entry.OneOf(ps, "next", b.Next, AssessmentNexts, "Choose what happens next")
	ps = entry.Need(ps, "why", b.Why, "Enter what help the child needs, and why that comes next")
	return entry.Short(entry.Short(ps, "why", b.Why), "not_known", b.Unknown)
}
func (b AssessmentReturned) Check() []entry.Problem {
	ps := entry.Need(nil, "sent", string(b.Sent), "Name the assessment that was sent")
	return entry.Short(entry.Need(ps, "why", b.Why, "Enter what to change, and why"), "why", b.Why)
}

// assessmentFollows refuses what cannot follow from the assessments that there are.
func (r Record) assessmentFollows(cmd Command, no func(field, text string)) {
	open := func(id entry.ID) {
		a, ok := r.Assessment(id)
		switch {
		case !ok:
			no("assessment", "There is no such assessment in this child's record")
		case a.Signed != nil:
			no("assessment", "This assessment is signed. Start another to go on")
		case a.Closed != nil:
			no("assessment", "This assessment ended when the case was closed")
		}
	}
	there := func(field string, ids []entry.ID) {
		for _, id := range ids {
			if _, ok := r.Event(id); !ok {
				no(field, "An entry it rests on is not in this child's record, or was withdrawn")
				return
			}
		}
	}
	// What is sent may rest on what was withdrawn since: it says so itself.
	ever := func(field string, ids []entry.ID) {
		for _, id := range ids {
			if !slices.ContainsFunc(r.Log, func(e entry.Entry) bool { return e.ID == id }) {
				no(field, "An entry it rests on is not in this child's record")
				return
			}
		}
	}
	switch b := cmd.Body.(type) {
	case AssessmentPlaced:
		open(b.Assessment)
		if ev, ok := r.Event(b.Entry); !ok {
			no("entry", "There is no such entry in this child's record, or it was withdrawn")
		} else if OfAssessment(ev.Kind) {
			no("entry", "This is part of the assessment itself. Choose what somebody saw, heard or was told")
		}
		if a, ok := r.Assessment(b.Assessment); ok {
			if p := a.placed(b.Question, b.Entry); p != nil && p.Away == b.Away {
				no("entry", map[bool]string{false: "It stands under this question already", true: "It was taken away from this question already"}[b.Away])
			}
		}
	case AssessmentWeighed:
		open(b.Assessment)
		there("rests_on", b.Rests)
		if b.Taken != nil && b.Taken.Child == r.Child {
			no("taken_from", "These are the child's own: nothing was taken from a brother or sister")
		}
	case AssessmentSent:
		open(b.Assessment)
		for _, a := range b.Answers {
			ever("answers", a.Rests)
		}
		ever("views", b.Views)
		for _, code := range b.Factors {
			if strings.TrimSpace(code) == "" {
				no("factors", "Choose each factor from the list")
			}
		}
	case AssessmentReturned:
		if _, v, ok := r.AssessmentVersion(b.Sent); !ok {
			no("sent", "There is no such assessment in this child's record")
		} else if v.State() != AssessmentWaits {
			no("sent", "It waits for nothing any more")
		}
	case AssessmentAuthorised:
		r.maySign(cmd, b, no)
	}
}

// maySign refuses a signature by whoever wrote it, of what was replaced, over what is open
// without a reason, and over the head of what was written. An assessment of which nothing
// was written here is signed without a version: it stands on paper, or in another system.
func (r Record) maySign(cmd Command, b AssessmentAuthorised, no func(field, text string)) {
	if b.Sent == "" {
		a, ok := r.Assessment(b.Assessment)
		if b.Assessment == "" {
			a, ok = r.OpenAssessment()
		}
		switch v, waits := a.Waiting(); {
		case !ok:
		case waits:
			no("sent", "Version "+strconv.Itoa(v.Number)+" waits to be read. Sign it, or send it back, on the page of the assessment")
		case len(a.Weighed) > 0 || len(a.Versions) > 0:
			no("sent", "It was begun here, and not sent to be signed. Whoever writes it sends it first")
		}
		return
	}
	a, v, ok := r.AssessmentVersion(b.Sent)
	switch {
	case !ok:
		no("sent", "There is no such assessment in this child's record")
		return
	case b.Assessment != "" && b.Assessment != a.ID:
		no("assessment", "The version that was sent is of another assessment")
	case v.State() != AssessmentWaits:
		no("sent", "It waits for nothing any more")
	case v.Author == cmd.Actor.Person:
		no("", "Somebody else must sign it: you wrote it")
	}
	if gaps := r.AssessmentGaps(a, v.Answers, v.When); len(gaps) > 0 && strings.TrimSpace(b.OpenWhy) == "" {
		no("open_why", "Enter why you sign it with this open: "+lowerFirst(gaps[0].Says)+moreGaps(len(gaps)-1))
	}
}

func moreGaps(n int) string {
	if n == 0 {
		return ""
	}
	return " (and " + strconv.Itoa(n) + " more)"
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// signedInFull says in words, in the signature itself, what follows and what was open: whoever reads the
// entry in ten years has no version beside it.
func (r Record) signedInFull(b AssessmentAuthorised) AssessmentAuthorised {
	a, v, ok := r.AssessmentVersion(b.Sent)
	if b.Sent == "" || !ok {
		return b
	}
	b.Assessment = a.ID
	if b.Outcome == "" && v.Next != "" {
		b.Outcome = strings.ToUpper(v.Next[:1]) + v.Next[1:] + ". " + v.Why
	}
	b.Open = nil
	for _, g := range r.AssessmentGaps(a, v.Answers, v.When) {
		b.Open = append(b.Open, g.Says)
	}
	return b
}

// factorsFollow are the factors of a version that was signed, for the census: nobody is
// asked for them again. Nil where they are recorded already, or there are none.
func (r Record) factorsFollow(b AssessmentAuthorised) entry.Body {
	a, v, ok := r.AssessmentVersion(b.Sent)
	if !ok || len(v.Factors) == 0 || slices.Equal(a.Factors, v.Factors) {
		return nil
	}
	return AssessmentFactors{Assessment: a.ID, Codes: v.Factors}
}

// OfAssessment says that a kind is part of an assessment, and nothing that one rests on.
func OfAssessment(k entry.Kind) bool { return strings.HasPrefix(string(k), "assessment.") }
