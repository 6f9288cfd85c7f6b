package child

import (
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// What becomes of a version of an assessment.
const (
	AssessmentWaits    = "waits to be signed"
	AssessmentSigned   = "signed"
	AssessmentSentBack = "sent back"
	AssessmentReplaced = "replaced before it was signed"
)

// AssessmentVersion is an assessment as it was sent, and what became of it.
type AssessmentVersion struct {
	ID     entry.ID
	Number int // 1 is the first of its assessment
	Author string
	When   day.When
	At     day.Instant // when it was recorded
	AssessmentSent
	Signed, Returned, Replaced day.When
	By                         string // who signed it or sent it back
	Said                       string // why it was sent back
}

// State is what became of the version.
func (v AssessmentVersion) State() string {
	switch {
	case !v.Signed.IsZero():
		return AssessmentSigned
	case !v.Returned.IsZero():
		return AssessmentSentBack
	case !v.Replaced.IsZero():
		return AssessmentReplaced
	}
	return AssessmentWaits
}

// Weighed is an answer to a question, with the entry that says it.
type Weighed struct {
	Event *Event
	AssessmentWeighed
}

// placedBy is an entry put to a question, or taken away from it.
type placedBy struct {
	Event *Event
	AssessmentPlaced
}

// Assessment is one assessment, as it grew.
type Assessment struct {
	ID     entry.ID // the entry that began it
	Start  *Event
	Checks []*Event // a manager looked at it under way
	// Weighed are the answers, in the order in which they were written: of one question
	// the last stands.
	Weighed  []Weighed
	Versions []AssessmentVersion
	Signed   *Event // nil: nobody has
	Closed   *Event // the case was closed before anybody signed it; nil: not
	Factors  []string
	put      []placedBy
}

// Open says that it is under way.
func (a Assessment) Open() bool { return a.Start != nil && a.Signed == nil && a.Closed == nil }

// Answer is what stands under a question; ok is false where nobody has answered it.
func (a Assessment) Answer(question string) (w Weighed, ok bool) {
	for _, x := range a.Weighed {
		if x.Question == question {
			w, ok = x, true
		}
	}
	return w, ok
}

// Waiting is the version that waits to be signed.
func (a Assessment) Waiting() (v AssessmentVersion, ok bool) {
	for _, x := range a.Versions {
		if x.State() == AssessmentWaits {
			v, ok = x, true
		}
	}
	return v, ok
}

// Stands is the version that was signed; ok is false where none was.
func (a Assessment) Stands() (v AssessmentVersion, ok bool) {
	for _, x := range a.Versions {
		if x.State() == AssessmentSigned {
			v, ok = x, true
		}
	}
	return v, ok
}

// placed is the last word on whether an entry belongs to a question; nil: nobody said.
func (a Assessment) placed(question string, id entry.ID) (p *AssessmentPlaced) {
	for i := range a.put {
		if a.put[i].Question == question && a.put[i].Entry == id {
			p = &a.put[i].AssessmentPlaced
		}
	}
	return p
}

// Assessments are all of a child's assessments, in the order in which they began.
func (r Record) Assessments() (out []Assessment) {
	find := func(id entry.ID) *Assessment {
		for i := range out {
			if out[i].ID == id {
				return &out[i]
			}
		}
		if id == "" && len(out) > 0 { // what does not say which is of the newest
			return &out[len(out)-1]
		}
		return nil
	}
	version := func(id entry.ID) (a *Assessment, v *AssessmentVersion) {
		for i := range out {
			for j := range out[i].Versions {
				if out[i].Versions[j].ID == id {
					return &out[i], &out[i].Versions[j]
				}
			}
		}
		return nil, nil
	}
	for i := range r.Events {
		ev := &r.Events[i]
		switch b := ev.Body.(type) {
		case AssessmentStarted:
			out = append(out, Assessment{ID: ev.ID, Start: ev})
		case AssessmentChecked:
			if a := find(""); a != nil && a.Open() {
				a.Checks = append(a.Checks, ev)
			}
		case AssessmentPlaced:
			if a := find(b.Assessment); a != nil {
				a.put = append(a.put, placedBy{ev, b})
			}
		case AssessmentWeighed:
			if a := find(b.Assessment); a != nil {
				a.Weighed = append(a.Weighed, Weighed{ev, b})
			}
		case AssessmentSent:
			if a := find(b.Assessment); a != nil {
				if n := len(a.Versions); n > 0 && a.Versions[n-1].State() == AssessmentWaits {
					a.Versions[n-1].Replaced = ev.When
				}
				a.Versions = append(a.Versions, AssessmentVersion{ID: ev.ID, Number: len(a.Versions) + 1, Author: ev.Author, When: ev.When, At: ev.Recorded, AssessmentSent: b})
			}
		case AssessmentReturned:
			if _, v := version(b.Sent); v != nil {
				v.Returned, v.By, v.Said = ev.When, ev.Author, b.Why
			}
		case AssessmentAuthorised:
			a := find(b.Assessment)
			if of, v := version(b.Sent); v != nil {
				a, v.Signed, v.By = of, ev.When, ev.Author
			}
			if a != nil && a.Signed == nil {
				a.Signed = ev
			}
		case AssessmentFactors:
			if a := find(b.Assessment); a != nil {
				a.Factors = b.Codes
			}
		case CaseClosed:
			for j := range out {
				if out[j].Open() {
					out[j].Closed = ev
				}
			}
		}
	}
	return out
}

// Assessment finds one by the entry that began it.
func (r Record) Assessment(id entry.ID) (Assessment, bool) {
	for _, a := range r.Assessments() {
		if a.ID == id {
			return a, true
		}
	}
	return Assessment{}, false
}

// OpenAssessment is the one that is under way: the newest, where nobody has signed it.
func (r Record) OpenAssessment() (a Assessment, ok bool) {
	all := r.Assessments()
	if len(all) == 0 || !all[len(all)-1].Open() {
		return a, false
	}
	return all[len(all)-1], true
}

// AssessmentVersion finds a version by its entry, with its assessment.
func (r Record) AssessmentVersion(id entry.ID) (a Assessment, v AssessmentVersion, ok bool) {
	if id == "" {
		return a, v, false
	}
	for _, a := range r.Assessments() {
		for _, v := range a.Versions {
			if v.ID == id {
				return a, v, true
			}
		}
	}
	return a, v, false
}

// AssessmentFrom is the day from which entries belong to an assessment by themselves: that
// of the last contact or referral before it began, or of the signature of the assessment
// before it, whichever is later. came is that contact or referral.
func (r Record) AssessmentFrom(a Assessment) (from day.Date, came *Event) {
	from = a.Start.When.Date
	for i := range r.Events {
		ev := &r.Events[i]
		if ev.When.Date > a.Start.When.Date {
			break
		}
		if ev.Kind == "referral" || ev.Kind == "contact" {
			from, came = ev.When.Date, ev
		}
	}
	for _, x := range r.Assessments() {
		if x.ID != a.ID && x.Signed != nil && x.Signed.When.Date <= a.Start.When.Date {
			from = max(from, x.Signed.When.Date)
		}
	}
	return from, came
}

// AssessmentTo is the last day whose entries belong to it by themselves: that of its
// signature; zero: it goes on.
func (a Assessment) to() day.Date {
	switch {
	case a.Signed != nil:
		return a.Signed.When.Date
	case a.Closed != nil:
		return a.Closed.When.Date
	}
	return 0
}

// Belongs is an entry that stands under a question.
type Belongs struct {
	Event *Event
	Text  string   // what of it fits; empty: the whole, which somebody put there
	How   []string // of Evidences
	By    *Event   // who put it there; nil: it fits by its kind
}

// Belonging are the entries that stand under a question, the newest first: those that fit
// by what they are, and those that somebody put there. What somebody took away is left out.
func (r Record) Belonging(a Assessment, question string, fit []string) (out []Belongs) {
	from, _ := r.AssessmentFrom(a)
	to := a.to()
	newest := map[entry.ID]bool{}
	for _, p := range r.Family() {
		newest[p.Says.ID] = true
	}
	put := map[entry.ID]*placedBy{}
	for i := range a.put {
		if a.put[i].Question == question {
			put[a.put[i].Entry] = &a.put[i]
		}
	}
	for i := len(r.Events) - 1; i >= 0; i-- {
		ev := &r.Events[i]
		x := Belongs{Event: ev}
		if p := put[ev.ID]; p != nil {
			if p.Away {
				continue
			}
			x.By = p.Event
		}
		_, person := ev.Body.(FamilyMember)
		if person && newest[ev.ID] || !person && ev.When.Date >= from && (to == 0 || ev.When.Date <= to) {
			x.Text, x.How = Fit(fit, ev.Body)
		}
		if x.Text != "" || x.By != nil {
			out = append(out, x)
		}
	}
	return out
}

// Stale are the entries of those that an answer rests on which were corrected, or
// withdrawn, after it was written.
func (r Record) Stale(rests []entry.ID, written day.Instant) (corrected, gone []entry.ID) {
	for _, id := range rests {
		ev, ok := r.Event(id)
		switch {
		case !ok:
			gone = append(gone, id)
		case ev.Amended > written:
			corrected = append(corrected, id)
		}
	}
	return corrected, gone
}

// Written is when an answer was last written; else, where no entry says, another moment.
func (r Record) Written(answer entry.ID, or day.Instant) day.Instant {
	if ev, ok := r.Event(answer); ok {
		return max(ev.Recorded, ev.Amended)
	}
	return or
}

// Gap is something that is open in an assessment, said as a fact and asked as a question.
// It stops nobody from writing: whoever signs over it says why.
type Gap struct {
	ID         string
	Question   string // the question of the assessment that it is about; empty: none
	Says, Asks string
}

// AssessmentGaps are what is open in an assessment with these answers, which were written
// by a moment.
func (r Record) AssessmentGaps(a Assessment, answers []Answered, written day.When) (out []Gap) {
	who := r.Identity()
	first, _, _ := strings.Cut(who.Given, " ")
	if first == "" {
		first = "the child"
	}
	seen, alone, words := false, false, false
	for i := range r.Events {
		if r.Events[i].When.Date < a.Start.When.Date {
			continue
		}
		switch b := r.Events[i].Body.(type) {
		case Visit:
			seen, alone = seen || b.Seen, alone || b.Alone
			words = words || strings.TrimSpace(b.Words+b.Observed) != ""
		case View:
			words = words || b.Of == "child" && strings.TrimSpace(b.Words) != ""
		case ReturnInterview:
			words = words || strings.TrimSpace(b.Words) != ""
		}
	}
	add := func(id, question, says, asks string) { out = append(out, Gap{id, question, says, asks}) }
	if who.Birth != 0 || who.Expected == 0 { // nobody sees a child who is not born
		switch {
		case !seen:
			add("not-seen", "", "No visit since it began saw "+first+".", "Who has seen "+first+" since, and what did they see?")
		case !alone:
			add("not-alone", "", "No visit since it began saw "+first+" alone.", "What might "+first+" say with nobody else in the room? Where could that be?")
		}
		if !words {
			add("no-words", "", "Nothing that "+first+" said, or that was seen of "+first+", is recorded since it began.", "What does "+first+" say? For a child without speech: what did you see?")
		}
	}
	parents := r.parents()
	if len(parents) == 0 {
		add("no-parent", "", "Nobody has recorded who "+first+"'s parents are.", "Who has parental responsibility, and what do they say?")
	} else if !slices.ContainsFunc(parents, func(p Person) bool { return r.talked(p, a.Start.When.Date).said != nil }) {
		add("no-parent", "", "Nobody has recorded a talk with anybody who has parental responsibility, since it began.", "What does each of them say is going on?")
	}
	for _, x := range answers {
		switch corrected, gone := r.Stale(x.Rests, r.Written(x.Answer, written.Until())); {
		case strings.TrimSpace(x.Text) == "" && !x.Needed:
		case strings.TrimSpace(x.Text) == "":
			add("question:"+x.Question, x.Question, "Nobody has answered: "+x.Asks, "What do you think, and how do you know? If you cannot know, write that.")
		case len(corrected)+len(gone) > 0:
			add("stale:"+x.Question, x.Question, "An entry was corrected or withdrawn after this was answered: "+x.Asks, "Does your answer still stand?")
		}
	}
	return out
}

// parents are those of whom somebody recorded that they have parental responsibility, or,
// where nobody said of anybody, the parents; without who is not in the child's life.
func (r Record) parents() (out []Person) {
	var all []Person
	for _, p := range r.Family() {
		if p.Away() {
			continue
		}
		if p.Responsible == "yes" {
			out = append(out, p)
		}
		if p.Role == "parent" {
			all = append(all, p)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// NotTalked is somebody around the child with whom nobody has recorded a talk.
type NotTalked struct {
	Person
	There *Event // a visit at which they were; nil: none
}

// NotTalkedWith are the parents, the carers, whoever has parental responsibility, the brothers and sisters, and
// the professionals around the child of whom no entry since an assessment began says what
// they said. father says that no father is recorded at all.
func (r Record) NotTalkedWith(a Assessment) (out []NotTalked, father bool) {
	father = true
	for _, p := range r.Family() {
		if slices.Contains(namesOf(p.Relation), "father") {
			father = false
		}
		of := p.Role == "parent" || p.Role == "carer" || p.Role == "brother or sister" || p.Role == "professional" || p.Responsible == "yes"
		if p.Away() || !of {
			continue
		}
		if t := r.talked(p, a.Start.When.Date); t.said == nil {
			out = append(out, NotTalked{p, t.there})
		}
	}
	return out, father
}

// talk is where a person spoke, and where they were only there.
type talk struct{ said, there *Event }

// talked finds what a person said since a day, by their name, or by what they are to the
// child, where an entry has a place for who spoke. It never looks into what is told of them.
func (r Record) talked(p Person, since day.Date) (t talk) {
	for i := range r.Events {
		ev := &r.Events[i]
		if ev.When.Date < since {
			continue
		}
		who, there := "", ""
		switch b := ev.Body.(type) {
		case View:
			if b.Of == "parent" || b.Of == "somebody else" {
				who = b.Name
			}
		case FamilyMember:
			who = b.Told
		case FoundOut:
			if strings.TrimSpace(b.What) != "" {
				who = b.From
			}
		case Contact:
			who = b.From
		case Referral:
			who = b.From
		case Visit:
			there = b.Present
		}
		if p.named(who) {
			t.said = ev
		}
		if p.named(there) {
			t.there = ev
		}
	}
	return t
}

// named says whether a text names the person: by their first name, or by who they are.
func (p Person) named(text string) bool {
	if text == "" {
		return false
	}
	in := namesOf(text)
	if given := namesOf(p.Name); len(given) > 0 && slices.Contains(in, given[0]) {
		return true
	}
	is := namesOf(p.Relation)
	return len(is) == 1 && slices.Contains(in, is[0])
}

// called are words for the same person.
var called = map[string]string{"mum": "mother", "mummy": "mother", "mam": "mother", "mom": "mother", "dad": "father", "daddy": "father", "nan": "grandmother", "nana": "grandmother", "nanny": "grandmother", "gran": "grandmother", "granny": "grandmother", "grandad": "grandfather", "granddad": "grandfather", "grandpa": "grandfather"}

func namesOf(text string) (out []string) {
	for _, w := range Words(text) {
		if is, ok := called[w]; ok {
			w = is
		}
		out = append(out, w)
	}
	return out
}
