package child

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// meetingKinds are what comes before a meeting about a child. What was held has the kinds
// that it always had (strategy-discussion, conference, core-group, review), each with Held.
func meetingKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, Title: title, About: about, On: "child"}
	}
	shown := k(MeetingShown{}, "Report shown", "A report for a meeting was shown to the parents or to the child, on that day, before the meeting or not.")
	shown.Timed = false
	return []entry.Known{
		k(MeetingPlanned{}, "Meeting planned", "A meeting about the child: which sort, when, where, who chairs it, who is invited, and who is not and why."),
		k(MeetingChanged{}, "Meeting changed", "A planned meeting, whole, as it is planned now, and why it changed."),
		k(MeetingCalledOff{}, "Meeting called off", "A planned meeting will not be held, and why."),
		k(MeetingReport{}, "Report for a meeting", "Somebody sent what they have to say to a meeting."),
		shown,
	}
}

// Sorts of meeting.
const (
	MeetStrategy   = "strategy discussion"
	MeetConference = "initial conference"
	MeetReviewing  = "review conference"
	MeetCore       = "core group"
	MeetNeed       = "child in need review"
	MeetCare       = "looked-after review"
)

// MeetingSorts are all of them.
var MeetingSorts = []string{MeetStrategy, MeetConference, MeetReviewing, MeetCore, MeetNeed, MeetCare}

// OfFamily and OfSocialCare are agencies that a rule can mean without naming.
const (
	OfFamily     = "family"
	OfSocialCare = "social care"
)

// Agencies are where somebody at a meeting comes from. The family is one of them.
var Agencies = []string{OfFamily, OfSocialCare, "police", "health", "education", "early help", "housing", "probation", "adult services", "voluntary", "legal", "other"}

// Invited is somebody who is asked to come to a meeting, or is not, and why.
type Invited struct {
	Name   string   `json:"name"`
	As     string   `json:"as,omitempty"`     // who they are: mother, health visitor
	Agency string   `json:"agency"`           // one of Agencies
	Person entry.ID `json:"person,omitempty"` // who they are in Family
	Not    string   `json:"not_invited_because,omitempty"`
}

// MeetingPlanned is a meeting that will be held.
type MeetingPlanned struct {
	Of    string   `json:"of"` // one of MeetingSorts
	On    day.Date `json:"on"`
	At    string   `json:"at,omitempty"` // 10:30
	Where string   `json:"where,omitempty"`
	Video bool     `json:"by_video,omitempty"`
	Chair string   `json:"chair,omitempty"`      // the post
	Named string   `json:"chair_name,omitempty"` // a chair who has no post
	// About is what it is about, for whoever is invited.
	About   string    `json:"about,omitempty"`
	Invited []Invited `json:"invited,omitempty"`
	// With are the records of brothers and sisters whom it is also about.
	With []string `json:"with,omitempty"`
}

// MeetingChanged is a planned meeting, whole, as it is planned from now on.
type MeetingChanged struct {
	Meeting entry.ID  `json:"meeting"`
	Of      string    `json:"of"` // as it was
	On      day.Date  `json:"on"`
	At      string    `json:"at,omitempty"`
	Where   string    `json:"where,omitempty"`
	Video   bool      `json:"by_video,omitempty"`
	Chair   string    `json:"chair,omitempty"`
	Named   string    `json:"chair_name,omitempty"`
	About   string    `json:"about,omitempty"`
	Invited []Invited `json:"invited,omitempty"`
	With    []string  `json:"with,omitempty"`
	Why     string    `json:"why"`
	// Shown: a report was shown to the parents already, so nobody owes that again because
	// the day moved. Decide fills it in.
	Shown bool `json:"report_shown,omitempty"`
	// Sent: the report of social care is in already. Decide fills it in.
	Sent bool `json:"report_in,omitempty"`
}

// planned is the meeting as it is planned now.
func (b MeetingChanged) planned() MeetingPlanned {
	return MeetingPlanned{b.Of, b.On, b.At, b.Where, b.Video, b.Chair, b.Named, b.About, b.Invited, b.With}
}

// MeetingCalledOff ends a planned meeting that will not be held.
type MeetingCalledOff struct {
	Meeting entry.ID `json:"meeting"`
	Why     string   `json:"why"`
}

// MeetingReport is what somebody has to say to a meeting, in short.
type MeetingReport struct {
	Meeting entry.ID `json:"meeting"`
	From    string   `json:"from"`
	Agency  string   `json:"agency"` // one of Agencies
	Says    string   `json:"says,omitempty"`
	// Harm is whether they think that the child is likely to suffer significant harm: one of Thinks.
	Harm string `json:"significant_harm,omitempty"`
}

// ShownTo are to whom a report is shown.
var ShownTo = []string{"parents", "child"}

// MeetingShown says that a report was shown before the meeting, and to whom.
type MeetingShown struct {
	Meeting entry.ID `json:"meeting"`
	Report  entry.ID `json:"report,omitempty"`
	To      string   `json:"to"` // one of ShownTo
	How     string   `json:"how,omitempty"`
	// Of is whose report it was: one of Agencies. Decide fills it in.
	Of string `json:"report_of,omitempty"`
}

// How somebody took part in a meeting.
const (
	CameThere  = "there"
	CameRemote = "by video or telephone"
	CameWord   = "sent word"
	CameNot    = "not there"
)

// Cames are all of them.
var Cames = []string{CameThere, CameRemote, CameWord, CameNot}

// Thinks are the answers to whether the child is likely to suffer significant harm.
var Thinks = []string{"yes", "no", "not sure"}

// There is somebody at a meeting, or who should have been.
type There struct {
	Name   string `json:"name"`
	As     string `json:"as,omitempty"`
	Agency string `json:"agency"`
	Came   string `json:"came"` // one of Cames
	Said   string `json:"said,omitempty"`
	Harm   string `json:"significant_harm,omitempty"` // one of Thinks
	Core   bool   `json:"in_core_group,omitempty"`    // they carry the plan between conferences
}

// Present says whether they were there, in the room or not.
func (t There) Present() bool { return t.Came == CameThere || t.Came == CameRemote }

// ParentView is what a parent or carer said at a meeting.
type ParentView struct {
	Name  string `json:"name"`
	Words string `json:"words"`
}

// Dissent is a disagreement with what a meeting decided. It is never lost: see Dissents.
type Dissent struct {
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Why    string `json:"why"`
}

// ToDo is one thing that a meeting agreed on.
type ToDo struct {
	What string   `json:"what"`
	Who  string   `json:"who"`
	By   day.Date `json:"by,omitzero"`
}

// Held is how a meeting went. Entries that say only that it was held have none of it.
type Held struct {
	Meeting entry.ID `json:"meeting,omitempty"` // as it was planned
	Chair   string   `json:"chair,omitempty"`   // the post
	Named   string   `json:"chair_name,omitempty"`
	There   []There  `json:"who_came,omitempty"`
	Words   string   `json:"childs_words,omitempty"`
	// SpokeFor is who spoke for the child.
	SpokeFor string       `json:"who_spoke_for_the_child,omitempty"`
	Parents  []ParentView `json:"parents_views,omitempty"`
	Decided  string       `json:"decided,omitempty"` // of a review: one of ReviewDecisions
	Reasons  string       `json:"reasons,omitempty"`
	// Without is why it was held though somebody was not there who must be.
	Without string    `json:"held_without_because,omitempty"`
	Dissent []Dissent `json:"dissent,omitempty"`
	ToDo    []ToDo    `json:"to_do,omitempty"`
	NextOn  day.Date  `json:"next_meeting,omitzero"`
}

// What a review decides of the plan.
const (
	PlanGoesOn  = "the plan goes on"
	PlanChanges = "the plan goes on under another category"
	PlanEnds    = "the plan ends"
)

// ReviewDecisions are all of them.
var ReviewDecisions = []string{PlanGoesOn, PlanChanges, PlanEnds}

// The kinds' names.
func (MeetingPlanned) Kind() entry.Kind   { return "meeting.planned" }
func (MeetingChanged) Kind() entry.Kind   { return "meeting.changed" }
func (MeetingCalledOff) Kind() entry.Kind { return "meeting.called-off" }
func (MeetingReport) Kind() entry.Kind    { return "meeting.report" }
func (MeetingShown) Kind() entry.Kind     { return "meeting.report-shown" }

// What each answering entry answers.
func (b MeetingChanged) RefersTo() entry.ID   { return b.Meeting }
func (b MeetingCalledOff) RefersTo() entry.ID { return b.Meeting }
func (b MeetingReport) RefersTo() entry.ID    { return b.Meeting }
func (b MeetingShown) RefersTo() entry.ID     { return b.Meeting }

// Check of each kind sees what is wrong without knowing the record.
func (b MeetingPlanned) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "of", b.Of, MeetingSorts, "Choose which sort of meeting it is")
	if b.On == 0 {
		ps = append(ps, entry.Problem{Field: "on", Text: "Enter the day of the meeting"})
	}
	if _, err := day.ParseInstant("2026-01-05T" + b.At); b.At != "" && (err != nil || len(b.At) != 5) {
		ps = append(ps, entry.Problem{Field: "at", Text: "Enter the time as hours and minutes, such as 10:30"})
	}
	for i, x := range b.Invited {
		n := "invited-" + strconv.Itoa(i)
		ps = entry.Need(ps, n, x.Name, "Enter their name")
		ps = entry.OneOf(ps, n, x.Agency, Agencies, "Choose where "+orThey(x.Name)+" comes from")
		for _, s := range []string{x.Name, x.As, x.Not} {
			ps = entry.Short(ps, n, s)
		}
	}
	return entry.Short(entry.Short(entry.Short(ps, "where", b.Where), "about", b.About), "chair_name", b.Named)
}
func (b MeetingChanged) Check() []entry.Problem {
	return entry.Short(entry.Need(b.planned().Check(), "why", b.Why, "Enter why it changes"), "why", b.Why)
}
func (b MeetingCalledOff) Check() []entry.Problem {
	ps := entry.Need(nil, "meeting", string(b.Meeting), "Name the meeting")
	return entry.Short(entry.Need(ps, "why", b.Why, "Enter why it will not be held"), "why", b.Why)
}
func (b MeetingReport) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "meeting", string(b.Meeting), "Name the meeting")
	ps = entry.Need(ps, "from", b.From, "Enter who sent it")
	ps = entry.OneOf(ps, "agency", b.Agency, Agencies, "Choose where "+orThey(b.From)+" comes from")
	ps = entry.OneOf(ps, "significant_harm", b.Harm, append([]string{""}, Thinks...), "Say yes, no or not sure")
	return entry.Short(entry.Short(ps, "from", b.From), "says", b.Says)
}
func (b MeetingShown) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "meeting", string(b.Meeting), "Name the meeting")
	ps = entry.OneOf(ps, "to", b.To, ShownTo, "Say to whom it was shown: the parents, or the child")
	return entry.Short(ps, "how", b.How)
}

func orThey(name string) string {
	if strings.TrimSpace(name) == "" {
		return "somebody"
	}
	return name
}

// check sees what is wrong with how a meeting went.
func (h Held) check(ps []entry.Problem) []entry.Problem {
	at := func(list string, i int) string { return list + "-" + strconv.Itoa(i) }
	for i, x := range h.There {
		n := at("who_came", i)
		ps = entry.Need(ps, n, x.Name, "Enter their name")
		ps = entry.OneOf(ps, n, x.Agency, Agencies, "Choose where "+orThey(x.Name)+" comes from")
		ps = entry.OneOf(ps, n, x.Came, Cames, "Say whether "+orThey(x.Name)+" was there")
		ps = entry.OneOf(ps, n, x.Harm, append([]string{""}, Thinks...), "Say yes, no or not sure")
		for _, s := range []string{x.Name, x.As, x.Said} {
			ps = entry.Short(ps, n, s)
		}
	}
	for i, x := range h.Parents {
		n := at("parents_views", i)
		ps = entry.Short(entry.Need(entry.Need(ps, n, x.Name, "Enter who said it"), n, x.Words, "Enter what they said"), n, x.Words)
	}
	for i, x := range h.Dissent {
		n := at("dissent", i)
		ps = entry.Need(ps, n, x.Name, "Enter who disagrees")
		ps = entry.OneOf(ps, n, x.Agency, Agencies, "Choose where "+orThey(x.Name)+" comes from")
		ps = entry.Short(entry.Need(ps, n, x.Why, "Enter why "+orThey(x.Name)+" disagrees"), n, x.Why)
	}
	for i, x := range h.ToDo {
		n := at("to_do", i)
		ps = entry.Need(ps, n, x.What, "Enter what is to be done")
		ps = entry.Short(entry.Need(ps, n, x.Who, "Enter who does it"), n, x.What)
	}
	ps = entry.OneOf(ps, "decided", h.Decided, append([]string{""}, ReviewDecisions...), "Choose what was decided")
	for _, f := range [][2]string{{"childs_words", h.Words}, {"who_spoke_for_the_child", h.SpokeFor}, {"reasons", h.Reasons}, {"held_without_because", h.Without}, {"chair_name", h.Named}} {
		ps = entry.Short(ps, f[0], f[1])
	}
	return ps
}

// HeldOf is which sort of meeting an entry says was held, and how it went; ok is false of
// an entry that is about none.
func HeldOf(b entry.Body) (sort string, h Held, ok bool) {
	switch b := b.(type) {
	case StrategyDiscussion:
		return MeetStrategy, b.Held, true
	case Conference:
		return MeetConference, b.Held, true
	case CoreGroup:
		return MeetCore, b.Held, true
	case Review:
		sort = map[string]string{"cp": MeetReviewing, "cin": MeetNeed, "care": MeetCare}[b.Of]
		return sort, b.Held, sort != ""
	}
	return "", Held{}, false
}

// MeetingAbout is a meeting about the child: as it is planned now, and what came of it.
type MeetingAbout struct {
	ID entry.ID // of the entry that planned it
	MeetingPlanned
	Event   *Event
	Changed []*Event
	Off     *Event
	Reports []ReportIn
	Held    *Event // the entry that says that it was held
}

// ReportIn is a report for a meeting, and when it was shown.
type ReportIn struct {
	MeetingReport
	Event *Event
	Shown []*Event
}

// Starts are the entries that say for when it is planned: its own, and each that changed it.
func (m MeetingAbout) Starts() []entry.ID {
	ids := []entry.ID{m.ID}
	for _, c := range m.Changed {
		ids = append(ids, c.ID)
	}
	return ids
}

// Waits says that it is planned, not held yet and not called off.
func (m MeetingAbout) Waits() bool { return m.Off == nil && m.Held == nil }

// Meetings are all that were planned, in the order of their days.
func (r Record) Meetings() (out []MeetingAbout) {
	at := map[entry.ID]int{}
	for i := range r.Events {
		ev := &r.Events[i]
		if b, ok := ev.Body.(MeetingPlanned); ok {
			at[ev.ID] = len(out)
			out = append(out, MeetingAbout{ID: ev.ID, MeetingPlanned: b, Event: ev})
		}
	}
	if len(out) == 0 {
		return nil
	}
	for i := range r.Events {
		ev := &r.Events[i]
		var of entry.ID
		if ref, ok := ev.Body.(entry.Refers); ok {
			of = ref.RefersTo()
		}
		if _, h, ok := HeldOf(ev.Body); ok {
			of = h.Meeting
		}
		n, ok := at[of]
		if !ok {
			continue
		}
		m := &out[n]
		switch b := ev.Body.(type) {
		case MeetingChanged:
			m.MeetingPlanned, m.Changed = b.planned(), append(m.Changed, ev)
		case MeetingCalledOff:
			m.Off = ev
		case MeetingReport:
			m.Reports = append(m.Reports, ReportIn{b, ev, nil})
		case MeetingShown: // below, when every report is there: it can have been shown before it was recorded
		default:
			if _, _, held := HeldOf(b); held {
				m.Held = ev
			}
		}
	}
	for i := range r.Events {
		ev := &r.Events[i]
		b, ok := ev.Body.(MeetingShown)
		n, known := at[b.Meeting]
		if !ok || !known {
			continue
		}
		var of *ReportIn // the one that it names, or else the last that was recorded before
		for j := range out[n].Reports {
			x := &out[n].Reports[j]
			if x.Event.ID == b.Report || b.Report == "" && x.Event.seq < ev.seq && (of == nil || x.Event.seq > of.Event.seq) {
				of = x
			}
		}
		if of != nil {
			of.Shown = append(of.Shown, ev)
		}
	}
	slices.SortStableFunc(out, func(a, b MeetingAbout) int { return int(a.On - b.On) })
	return out
}

// Meeting finds one that was planned.
func (r Record) Meeting(id entry.ID) (MeetingAbout, bool) {
	for _, m := range r.Meetings() {
		if m.ID == id {
			return m, true
		}
	}
	return MeetingAbout{}, false
}

// Dissented is a disagreement with what a meeting decided, as it was first written down.
type Dissented struct {
	Dissent
	At entry.ID // the entry that holds it
	// Gone is the correction after which it does not stand in the entry any more; nil: it does.
	Gone *entry.Entry
}

// Dissents are all disagreements that were ever written down about a meeting that was held:
// a correction that leaves one out, or withdraws the meeting, takes nothing away.
func (r Record) Dissents(id entry.ID) (out []Dissented) {
	for i := range r.Log {
		e := &r.Log[i]
		body := e.Body
		if c, ok := e.Body.(Correction); ok {
			if e.Corrects != id {
				continue
			}
			body = nil
			if ev, found := r.first(id); found && len(c.Body) > 0 {
				body, _ = kinds().Decode(ev.Kind, c.Body)
			}
			if len(c.Body) == 0 && !c.Withdrawn { // only when it happened was wrong
				continue
			}
		} else if e.ID != id {
			continue
		}
		var now []Dissent
		if body != nil {
			_, h, _ := HeldOf(body)
			now = h.Dissent
		}
		for j := range out {
			switch in := slices.Contains(now, out[j].Dissent); {
			case in:
				out[j].Gone = nil
			case out[j].Gone == nil:
				out[j].Gone = e
			}
		}
		for _, d := range now {
			if !slices.ContainsFunc(out, func(x Dissented) bool { return x.Dissent == d }) {
				out = append(out, Dissented{Dissent: d, At: e.ID})
			}
		}
	}
	return out
}

// first is an entry as it was recorded, whatever became of it.
func (r Record) first(id entry.ID) (*entry.Entry, bool) {
	for i := range r.Log {
		if r.Log[i].ID == id {
			return &r.Log[i], true
		}
	}
	return nil, false
}

// meetingFollows refuses what cannot follow from what is planned and was held.
func (r Record) meetingFollows(cmd Command, now Status, no func(field, text string)) {
	of := func(id entry.ID) (MeetingAbout, bool) {
		m, ok := r.Meeting(id)
		switch {
		case !ok:
			no("meeting", "No such meeting is planned")
		case m.Off != nil:
			no("meeting", "This meeting was called off")
		default:
			return m, true
		}
		return m, false
	}
	suits := func(sort string, on day.Date) {
		switch {
		case on != 0 && on < cmd.Happened.Date:
			no("on", "The day is past. Record the meeting itself")
		case !now.Open && !now.ours():
			no("", "The case is closed. Record a referral first")
		case (sort == MeetReviewing || sort == MeetCore) && now.Plan != "cp":
			no("of", "The child has no protection plan")
		case sort == MeetNeed && now.Plan != "cin":
			no("of", "The child has no child in need plan")
		case sort == MeetCare && !now.LookedAfter:
			no("of", "The child is not looked after")
		}
	}
	own := func(with []string) {
		if slices.Contains(with, r.Child) {
			no("with", "This is the child's own record")
		}
	}
	switch b := cmd.Body.(type) {
	case MeetingPlanned:
		suits(b.Of, b.On)
		own(b.With)
	case MeetingChanged:
		if m, ok := of(b.Meeting); ok {
			if m.Held != nil {
				no("meeting", "This meeting was held already")
			}
			if m.Of != b.Of {
				no("of", "A meeting stays of its sort. Call it off, and plan another")
			}
			suits(b.Of, b.On)
		}
		own(b.With)
	case MeetingCalledOff:
		if m, ok := of(b.Meeting); ok && m.Held != nil {
			no("meeting", "This meeting was held already")
		}
	case MeetingReport:
		of(b.Meeting)
	case MeetingShown:
		m, ok := of(b.Meeting)
		if ok && b.Report != "" && !slices.ContainsFunc(m.Reports, func(x ReportIn) bool { return x.Event.ID == b.Report }) {
			no("report", "There is no such report for this meeting")
		}
		if ok && cmd.Happened.Until() < m.Event.When.From() {
			// No clock would be met by what came before it, and nothing could meet it any more.
			no("happened", "The meeting was planned on "+m.Event.When.Date.Long()+". Enter that day, or a later one")
		}
	default:
		sort, h, held := HeldOf(b)
		if !held || h.Meeting == "" {
			return
		}
		if m, ok := of(h.Meeting); ok {
			if m.Held != nil {
				no("meeting", "This meeting was recorded already")
			}
			if m.Of != sort {
				no("meeting", "This was planned as another sort of meeting: "+m.Of)
			}
		}
	}
}

// shownTo says whether the report of social care was shown to somebody.
func (m MeetingAbout) shownTo(to string) bool {
	for _, x := range m.Reports {
		if x.Agency != OfSocialCare {
			continue
		}
		for _, ev := range x.Shown {
			if b, ok := ev.Body.(MeetingShown); ok && b.To == to {
				return true
			}
		}
	}
	return false
}
