package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// whenOf is a day with its hour, where that is known.
func whenOf(on day.Date, at string) string {
	if at == "" {
		return on.Full()
	}
	return on.Full() + ", " + at
}

// chairOf is who chairs: whoever is in the post, or somebody by name.
func chairOf(p *app.ChildPage, post, name string) string {
	if post == "" {
		return name
	}
	t := p.Line.Title(post)
	if h, ok := p.Line.Holder(post, p.At.Date()); ok {
		return p.Line.Name(h.Person) + ", " + lower(t)
	}
	return t
}

// chairNote says that a chair stands in the line of the child's worker, where the rules
// want somebody outside it.
func chairNote(p *app.ChildPage, sort, post string) string {
	needs, ok := p.Rules.Needs(sort, p.At.Date())
	if !ok || !needs.Outside || post == "" || p.Status.Post == "" {
		return ""
	}
	on := p.At.Date()
	if post != p.Status.Post && !slices.ContainsFunc(p.Line.Up(p.Status.Post, on), func(x line.Post) bool { return x.ID == post }) {
		return ""
	}
	return "The chair is in the line of the child's worker. Somebody outside it should chair a meeting that looks at their work (" + needs.Source.Document + ")."
}

// needsNote says who must be at a sort of meeting, with where that comes from.
func needsNote(p *app.ChildPage, sort string, on day.Date) string {
	needs, ok := p.Rules.Needs(sort, on)
	if !ok || len(needs.Must) == 0 && needs.Others == 0 {
		return ""
	}
	who := strings.Join(needs.Must, " and ")
	if needs.Others > 0 {
		who = count(needs.Others, "agency", "agencies") + " beside social care"
	}
	return title(who) + " must be there (" + needs.Source.Document + ", " + needs.Source.Status + ")."
}

// expectReports says whether reports come before a sort of meeting.
func expectReports(sort string) bool { return sort != child.MeetStrategy && sort != child.MeetCore }

// reportsMissing are whoever is invited for an agency and has not sent a report.
func reportsMissing(m child.MeetingAbout) (out []string) {
	if !expectReports(m.Of) {
		return nil
	}
	for _, x := range m.Invited {
		if x.Not == "" && x.Agency != child.OfFamily && !slices.ContainsFunc(m.Reports, func(rep child.ReportIn) bool { return rep.From == x.Name }) {
			out = append(out, nameAs(x.Name, x.As))
		}
	}
	return out
}

func nameAs(name, as string) string {
	if as == "" {
		return name
	}
	return name + ", " + lower(as)
}

// meetingData is the page of one meeting: before it, and after it.
type meetingData struct {
	entered
	Child, Name, First, Base, Known string
	Here                            string // the page itself
	Title, Sub, Sort                string
	May                             bool
	Off                             string
	Where, Chair, ChairNote, Needs  string
	NameChair                       string // where to name the chair, who cannot open the record yet
	About                           string
	Invited                         []inviteLine
	NotInvited                      []inviteLine
	Reports                         []reportLine
	Expect                          bool
	From                            [][2]string // who can have sent a report
	Agencies                        [][2]string
	Owed                            []dutyLine // what the day of this meeting makes somebody owe
	Goals                           []closingGoal
	Since                           []eventLine
	SinceSub                        string
	Late                            []dutyLine
	Changes                         []string
	Actions                         []shell.Link
	Waits                           bool
	Held                            *heldView
}

type inviteLine struct {
	Name, As, Agency, Not string
	Report                shell.State
	Letter                string
}

type reportLine struct {
	ID, From, Agency, When, Says, Harm, Href string
	Shown                                    []string
	NotShown                                 bool // to the parents
}

// heldView is how a meeting went.
type heldView struct {
	When, By, Href, Chair, ChairNote string
	Old                              bool // nothing says how it went
	There                            []child.There
	Came                             int
	Missing, Without                 string
	Words, SpokeFor                  string
	Parents                          []child.ParentView
	Decided                          []string
	Reasons                          string
	Dissent                          []dissentLine
	ToDo                             []doneNextLine
	Next                             string
	Core                             []string
	Correct                          string
}

type dissentLine struct{ Name, Agency, Why, Gone string }

type doneNextLine struct{ What, Who, By string }

// meetingOf finds what an address names: a planned meeting, or one that was held.
func meetingOf(p *app.ChildPage, id entry.ID) (m child.MeetingAbout, held *child.Event, err error) {
	for _, m := range p.Record.Meetings() {
		if slices.Contains(m.Starts(), id) {
			return m, m.Held, nil
		}
	}
	if ev, ok := p.Record.Event(id); ok {
		if sort, _, is := child.HeldOf(ev.Body); is {
			return child.MeetingAbout{MeetingPlanned: child.MeetingPlanned{Of: sort, On: ev.When.Date}}, &ev, nil
		}
	}
	return m, nil, app.ErrNotFound
}

func (s *Server) meeting(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Meeting")
	if err != nil {
		return err
	}
	t := notEntered()
	if err := s.typedBefore(r, &t); err != nil {
		return err
	}
	return s.meetingPage(w, r, p, http.StatusOK, t)
}

func (s *Server) meetingPage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, t entered) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	m, held, err := meetingOf(p, entry.ID(r.PathValue("meeting")))
	if err != nil {
		return err
	}
	d := meetingData{entered: t, Child: p.Record.Child, Name: p.Identity.Name(), First: cmp.Or(firstName(p.Identity.Name()), "the child"), Base: "/child/" + p.Record.Child, Known: keep(known), Here: r.URL.Path, Sort: m.Of, Waits: m.ID != "" && m.Waits()}
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	d.Title = title(m.Of) + " about " + d.First
	d.Sub = whenOf(m.On, m.At) + "."
	if m.ID != "" {
		s.before(r, p, m, &d, known)
	}
	if held != nil {
		d.Held = s.heldOf(p, held, known, d.May)
		d.Sub = "Held on " + held.When.Date.Full() + "."
		if m.ID != "" && held.When.Date != m.On {
			d.Sub += " It was planned for " + m.On.Long() + "."
		}
	}
	f := s.childFrame(r, p, d.Title, known, true)
	f.Errors = d.Errors.Any()
	s.doneNotice(r, p, known, &f)
	return s.render(w, code, meetingPageOf(f, d))
}

// before fills in what is known before a meeting.
func (s *Server) before(r *request, p *app.ChildPage, m child.MeetingAbout, d *meetingData, known day.Instant) {
	here := d.Base + "/meeting/" + string(m.ID)
	d.Where, d.About, d.Chair, d.Expect = m.Where, m.About, chairOf(p, m.Chair, m.Named), expectReports(m.Of)
	if m.Video {
		d.Where = strings.TrimSpace(strings.TrimSuffix(m.Where, ".") + " By video or telephone too.")
	}
	d.ChairNote, d.Needs = chairNote(p, m.Of, m.Chair), needsNote(p, m.Of, m.On)
	if post, ok := p.Line.Post(m.Chair, p.At.Date()); ok && d.May && d.Waits && post.Function == line.Chair && p.Access.Chair != m.Chair {
		d.NameChair = d.Base + "/record/chair.named"
	}
	if m.Off != nil {
		b, _ := m.Off.Body.(child.MeetingCalledOff)
		d.Off = "Called off on " + m.Off.When.Date.Long() + " by " + p.Line.Name(m.Off.Author) + ". " + b.Why
	}
	for _, c := range m.Changed {
		b, _ := c.Body.(child.MeetingChanged)
		d.Changes = append(d.Changes, c.When.Date.Long()+", "+p.Line.Name(c.Author)+": "+b.Why)
	}
	for i, x := range m.Invited {
		l := inviteLine{Name: x.Name, As: x.As, Agency: x.Agency, Not: x.Not}
		if x.Not != "" {
			d.NotInvited = append(d.NotInvited, l)
			continue
		}
		if d.Expect && x.Agency != child.OfFamily {
			l.Report = shell.State{Kind: shell.Soon, Text: "no report yet"}
			if slices.ContainsFunc(m.Reports, func(rep child.ReportIn) bool { return rep.From == x.Name }) {
				l.Report = shell.State{Kind: shell.OK, Text: "report is in"}
			} else if m.On < p.At.Date() {
				l.Report = shell.State{Kind: shell.Late, Text: "no report"}
			}
		}
		if d.May && d.Waits {
			l.Letter = here + "/letter/" + itoa(i)
		}
		d.From = append(d.From, [2]string{x.Name, nameAs(x.Name, x.As)})
		d.Invited = append(d.Invited, l)
	}
	d.Agencies = same(child.Agencies[1:])
	for _, x := range m.Reports {
		l := reportLine{ID: string(x.Event.ID), From: x.From, Agency: x.Agency, When: x.Event.When.Date.Long(), Says: x.Says, Harm: x.Harm, Href: d.Base + "/entry/" + string(x.Event.ID) + d.Known, NotShown: true}
		for _, ev := range x.Shown {
			b, _ := ev.Body.(child.MeetingShown)
			text := "Shown to the " + b.To + " on " + ev.When.Date.Long()
			if n := int(m.On - ev.When.Date); n >= 0 {
				text += ", " + count(workingDays(s, ev.When.Date, m.On), "working day", "working days") + " before"
			}
			if b.How != "" {
				text += ". " + strings.TrimSuffix(b.How, ".")
			}
			l.Shown = append(l.Shown, text+".")
			l.NotShown = l.NotShown && b.To != "parents"
		}
		d.Reports = append(d.Reports, l)
	}
	starts := m.Starts()
	for _, x := range p.Duties {
		if slices.Contains(starts, x.Start) {
			d.Owed = append(d.Owed, s.dutyLine(p, x, known))
		}
	}
	if !d.Waits {
		return
	}
	for _, g := range goalsOf(p) {
		gs := p.Record.GoalState(g.ID)
		d.Goals = append(d.Goals, closingGoal{g.Name, g.Change, gs.State, howKnown(gs.Evidence)})
	}
	d.Since, d.SinceSub = sinceLast(p, known)
	for _, x := range p.Open() {
		if x.Late(p.At) {
			d.Late = append(d.Late, s.dutyLine(p, x, known))
		}
	}
	if d.May {
		d.Actions = []shell.Link{{Text: "Record the meeting", Href: here + "/hold"}, {Text: "Change it", Href: here + "/change"}}
	}
}

// workingDays from one day to another, as the calendar of the rules counts them.
func workingDays(s *Server, from, to day.Date) int {
	return s.App.Pack.Calendar().WorkingBetween(from, to)
}

// sinceEvents is how many events since the last meeting stand on a page.
const sinceEvents = 15

// sinceLast is what happened since the last meeting that was held, newest first: without
// notes of the system, and without what only plans something.
func sinceLast(p *app.ChildPage, known day.Instant) (out []eventLine, sub string) {
	base := "/child/" + p.Record.Child
	more := 0
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		ev := &p.Record.Events[i]
		if sort, _, ok := child.HeldOf(ev.Body); ok {
			sub = "Since the " + sort + " of " + ev.When.Date.Long() + "."
			break
		}
		if slices.Contains(notSince, ev.Kind) {
			continue
		}
		if len(out) == sinceEvents {
			more++
			continue
		}
		k, _ := app.Registry().Known(ev.Kind)
		out = append(out, eventLine{ID: ev.ID, Date: ev.When.Date.Short(), ISO: ev.When.Date.String(), Text: eventText(k.Title, summary(ev.Body, p.Line)), By: p.Line.Name(ev.Author), Href: base + "/entry/" + string(ev.ID) + keep(known)})
	}
	if sub == "" {
		sub = "No meeting has been recorded before."
	}
	if more > 0 {
		sub += " The newest " + itoa(sinceEvents) + " stand here; " + count(more, "older one stands", "older ones stand") + " in the record."
	}
	return out, sub
}

var notSince = []entry.Kind{"duty.climbed", "meeting.planned", "meeting.changed", "meeting.report", "meeting.report-shown", "child.known", "import.kept", "visit.planned", "rated", "significant"}

func eventText(kind, says string) string {
	if strings.TrimSpace(says) == "" {
		return kind
	}
	if len([]rune(says)) > 220 {
		says = string([]rune(says)[:219]) + "…"
	}
	return kind + ": " + says
}

// heldOf is how a meeting went, as the record stands.
func (s *Server) heldOf(p *app.ChildPage, ev *child.Event, known day.Instant, may bool) *heldView {
	sort, h, _ := child.HeldOf(ev.Body)
	v := &heldView{When: ev.When.Long(), By: p.Line.Name(ev.Author) + ", " + ev.Recorded.Long(), Href: "/child/" + p.Record.Child + "/entry/" + string(ev.ID) + keep(known),
		Chair: chairOf(p, h.Chair, h.Named), ChairNote: chairNote(p, sort, h.Chair), There: h.There, Without: h.Without, Words: h.Words, SpokeFor: h.SpokeFor, Parents: h.Parents, Reasons: h.Reasons}
	v.Old = len(h.There) == 0
	for _, x := range h.There {
		if x.Present() {
			v.Came++
		}
		if x.Core {
			v.Core = append(v.Core, nameAs(x.Name, x.As))
		}
	}
	if needs, ok := p.Rules.Needs(sort, ev.When.Date); ok && !v.Old {
		if missing := needs.Missing(h.There); len(missing) > 0 {
			v.Missing = "It was held without " + strings.Join(missing, " and ") + ". " + needs.Source.Document + " asks for them."
		}
	}
	add := func(text string) {
		if strings.TrimSpace(text) != "" {
			v.Decided = append(v.Decided, text)
		}
	}
	switch b := ev.Body.(type) {
	case child.StrategyDiscussion:
		add(map[bool]string{true: "A section 47 enquiry begins.", false: "No section 47 enquiry begins."}[b.Section47])
		v.Reasons = b.Why
	case child.Conference:
		add(map[string]string{"made": "The child is on a protection plan.", "not made": "No protection plan was made."}[b.Plan])
	case child.CoreGroup:
		v.Reasons = b.Agreed
	case child.Review:
		add(title(h.Decided))
		v.Reasons = b.Agreed
	}
	for _, k := range []entry.Kind{"cp-plan.started", "cp-plan.changed", "cin-plan.started"} {
		if x := sameAct(p, ev, k); x != nil && (sort == child.MeetConference || sort == child.MeetReviewing || sort == child.MeetNeed) {
			known, _ := app.Registry().Known(k)
			add(eventText(known.Title, summary(x.Body, p.Line)) + ".")
		}
	}
	for _, x := range p.Record.Dissents(ev.ID) {
		l := dissentLine{Name: x.Name, Agency: x.Agency, Why: x.Why}
		if x.Gone != nil {
			c, _ := x.Gone.Body.(child.Correction)
			l.Gone = "A correction of " + x.Gone.Recorded.Date().Long() + " by " + p.Line.Name(x.Gone.Author) + " leaves this out: " + c.Why
		}
		v.Dissent = append(v.Dissent, l)
	}
	for _, x := range h.ToDo {
		l := doneNextLine{What: x.What, Who: x.Who}
		if x.By != 0 {
			l.By = x.By.Long()
		}
		v.ToDo = append(v.ToDo, l)
	}
	if h.NextOn != 0 {
		v.Next = h.NextOn.Full()
	}
	if may && correctableKind(ev.Kind) {
		v.Correct = "/child/" + p.Record.Child + "/correct/" + string(ev.ID)
	}
	return v
}

// sayOfMeeting records a report, that one was shown, or that the meeting is called off.
func (s *Server) sayOfMeeting(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Meeting")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	t := enteredIn(r)
	id := entry.ID(r.PathValue("meeting"))
	if _, _, err := meetingOf(p, id); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(t.Values[name]) }
	now := day.On(r.now.Date()) // by its day, so that what is sent twice is one wish
	page := entry.Source{Kind: "page"}
	var cmds []child.Command
	do, about, _ := strings.Cut(t.Form, " ")
	switch do {
	case "report":
		b := child.MeetingReport{Meeting: id, From: cmp.Or(v("from_other"), v("from")), Agency: v("agency"), Says: v("says"), Harm: v("significant_harm")}
		m, _ := p.Record.Meeting(id)
		for _, x := range m.Invited { // whoever is invited: where they come from is known
			if b.Agency == "" && x.Name == b.From && x.Agency != child.OfFamily {
				b.Agency = x.Agency
			}
		}
		cmds = append(cmds, child.Command{Happened: now, Body: b, Source: page})
		for _, to := range child.ShownTo {
			if v("shown_"+to) == "" {
				continue
			}
			on, err := day.Parse(v("shown_" + to))
			if err != nil {
				t.Errors.Add("shown_"+to, "Enter the day on which it was shown")
				continue
			}
			cmds = append(cmds, child.Command{Happened: day.On(on), Body: child.MeetingShown{Meeting: id, To: to}, Source: page})
		}
	case "shown":
		b := child.MeetingShown{Meeting: id, Report: entry.ID(about), To: v("to"), How: v("how")}
		on, err := day.Parse(v("shown_on"))
		if err != nil {
			t.Errors.Add("shown_on-"+about, "Enter the day on which it was shown")
		}
		cmds = append(cmds, child.Command{Happened: day.On(on), Body: b, Source: page})
	case "off":
		cmds = append(cmds, child.Command{Happened: now, Body: child.MeetingCalledOff{Meeting: id, Why: v("why")}, Source: page})
	default:
		return app.ErrNotFound // nothing was said
	}
	place := func(problem string) string {
		switch {
		case do == "shown" && problem == "happened":
			return "shown_on-" + about
		case do == "shown":
			return problem + "-" + about
		case do == "off":
			return "why"
		case problem == "happened":
			return "shown_parents"
		}
		return problem
	}
	if t.Errors.Any() { // what the record would say of it is said at the same time
		for _, c := range cmds {
			if c.Happened.IsZero() || c.Happened.Date == 0 {
				c.Happened = now
			}
			t.place(r.desk.Try(p, c), place)
		}
		return s.meetingPage(w, r, p, http.StatusUnprocessableEntity, t)
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Commands: cmds, Key: r.person() + " " + t.Key})
	if _, refused := entry.Problems(err); refused {
		t.place(err, place)
		return s.meetingPage(w, r, p, http.StatusUnprocessableEntity, t)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/meeting/"+url.PathEscape(string(id))+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// heldByForm are the kinds of meetings that have a page of their own to record them.
var heldByForm = map[string]string{"strategy-discussion": child.MeetStrategy, "conference": child.MeetConference, "core-group": child.MeetCore}

// formError is what is wrong at a field of one of the page's forms.
func (d meetingData) formError(form, id string) string {
	if d.Form != form {
		return ""
	}
	return d.Errors.For(id)
}

// inviteWords are who somebody is and where they come from, behind their name.
func inviteWords(x inviteLine) string {
	out := " (" + x.Agency + ") "
	if x.As != "" {
		out = ", " + lower(x.As) + out
	}
	return out
}
