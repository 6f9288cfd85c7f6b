package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// meetingSlugs are the sorts of meeting in addresses.
var meetingSlugs = [][2]string{{"strategy", child.MeetStrategy}, {"initial", child.MeetConference}, {"review", child.MeetReviewing}, {"core-group", child.MeetCore}, {"in-need", child.MeetNeed}, {"in-care", child.MeetCare}}

func meetingSlug(sort string) string {
	for _, x := range meetingSlugs {
		if x[1] == sort {
			return x[0]
		}
	}
	return ""
}

func meetingSort(slug string) string {
	for _, x := range meetingSlugs {
		if x[0] == slug {
			return x[1]
		}
	}
	return ""
}

// meetingBody is the entry that says that a meeting of a sort was held, as it mostly ends.
func meetingBody(sort string) entry.Body {
	switch sort {
	case child.MeetStrategy:
		return child.StrategyDiscussion{Section47: true}
	case child.MeetConference:
		return child.Conference{Plan: "made"}
	case child.MeetReviewing:
		return child.Review{Of: "cp"}
	case child.MeetCore:
		return child.CoreGroup{}
	case child.MeetNeed:
		return child.Review{Of: "cin"}
	}
	return child.Review{Of: "care"}
}

// meetingSuits says whether a sort of meeting makes sense for the child now.
func meetingSuits(p *app.ChildPage, sort string) bool {
	s := p.Status
	switch sort {
	case child.MeetConference:
		return s.Open && s.Plan != "cp"
	case child.MeetReviewing, child.MeetCore:
		return s.Plan == "cp"
	case child.MeetNeed:
		return s.Plan == "cin"
	case child.MeetCare:
		return s.LookedAfter
	}
	return s.Open
}

// meetingsData is the page of all meetings about a child.
type meetingsData struct {
	Child, Name, Title, Sub, Base, Known string
	May                                  bool
	Owed                                 []meetingOwed
	Waits                                []meetingLine
	Held                                 []meetingLine
	Off                                  []meetingLine
	Record                               []shell.Link // what was held and not planned
}

// meetingOwed is a duty that a meeting meets, and where to plan it.
type meetingOwed struct {
	Sort, What, Href, Plan string
	Due                    string
	State                  shell.State
}

// meetingLine is one meeting in a list.
type meetingLine struct {
	Title, When, Href, Chair string
	Says                     string
	State                    shell.State
	Missing                  []string // reports that are not in
	Hold                     string
	Dissent                  []string
}

func (s *Server) meetings(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Meetings")
	if err != nil {
		return err
	}
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	d := meetingsData{Child: p.Record.Child, Name: p.Identity.Name(), Title: "Meetings about " + first, Base: "/child/" + p.Record.Child, Known: keep(known)}
	d.Sub = "What is planned, what was held, who was there and who disagreed. One clock runs for each child."
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	on := p.At.Date()
	planned := p.Record.Meetings()
	held := map[entry.ID]bool{}
	for _, m := range planned {
		l := meetingLine{Title: title(m.Of), When: whenOf(m.On, m.At), Href: d.Base + "/meeting/" + string(m.ID) + d.Known, Chair: chairOf(p, m.Chair, m.Named)}
		switch {
		case m.Off != nil:
			b, _ := m.Off.Body.(child.MeetingCalledOff)
			l.Says = "Called off on " + m.Off.When.Date.Long() + ". " + b.Why
			d.Off = append(d.Off, l)
		case m.Held != nil:
			held[m.Held.ID] = true
		default:
			l.State = shell.State{Text: "planned"}
			if m.On < on {
				l.State = shell.State{Kind: shell.Late, Text: "not recorded yet"}
			} else if m.On == on {
				l.State = shell.State{Kind: shell.Soon, Text: "today"}
			}
			l.Missing = reportsMissing(m)
			if d.May {
				l.Hold = d.Base + "/meeting/" + string(m.ID) + "/hold"
			}
			d.Waits = append(d.Waits, l)
		}
	}
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		ev := &p.Record.Events[i]
		sort, h, ok := child.HeldOf(ev.Body)
		if !ok {
			continue
		}
		l := meetingLine{Title: title(sort), When: ev.When.Date.Long(), Href: d.Base + "/meeting/" + string(ev.ID) + d.Known, Chair: chairOf(p, h.Chair, h.Named), Says: decidedLine(p, ev)}
		if h.Meeting != "" {
			l.Href = d.Base + "/meeting/" + string(h.Meeting) + d.Known
		}
		for _, x := range p.Record.Dissents(ev.ID) {
			l.Dissent = append(l.Dissent, x.Name+" ("+x.Agency+")")
		}
		d.Held = append(d.Held, l)
	}
	for _, x := range meetingSlugs {
		if !meetingSuits(p, x[1]) {
			continue
		}
		for _, o := range s.meetingOwed(p, x[1], known) {
			o.Sort = title(x[1])
			if d.May && !slices.ContainsFunc(planned, func(m child.MeetingAbout) bool { return m.Waits() && m.Of == x[1] }) {
				o.Plan = d.Base + "/meeting/plan?of=" + x[0]
			}
			d.Owed = append(d.Owed, o)
		}
		if d.May {
			d.Record = append(d.Record, shell.Link{Text: title(x[1]), Href: d.Base + "/meeting/" + x[0] + "/hold"})
		}
	}
	f := s.childFrame(r, p, "Meetings", known, true)
	s.doneNotice(r, p, known, &f)
	return s.render(w, http.StatusOK, meetingsPage(f, d))
}

// meetingOwed are the open duties that a sort of meeting would meet.
func (s *Server) meetingOwed(p *app.ChildPage, sort string, known day.Instant) (out []meetingOwed) {
	for _, x := range p.WouldMeet(meetingBody(sort)) {
		out = append(out, meetingOwed{What: x.Rule.Duty, Href: dutyHref(p.Record.Child, x.ID()) + keep(known), Due: x.Due.On.Long(), State: s.daysLeft(p, x)})
	}
	return out
}

// daysLeft is how long there is until a duty is due, in working days.
func (s *Server) daysLeft(p *app.ChildPage, x duty.Duty) shell.State {
	cal := s.App.Pack.Calendar()
	st := dueState(cal, x.Due, x.Span.Unit, p.At)
	if n := cal.WorkingBetween(p.At.Date(), x.Due.On); st.Kind != shell.Late && !x.Due.Clock && n > 0 {
		st.Text = "in " + count(n, "working day", "working days")
	}
	return st
}

// decidedLine is what a meeting decided, in a line.
func decidedLine(p *app.ChildPage, ev *child.Event) string {
	_, h, _ := child.HeldOf(ev.Body)
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, title(strings.TrimSuffix(s, "."))+".")
		}
	}
	switch b := ev.Body.(type) {
	case child.StrategyDiscussion:
		if b.Section47 {
			add("A section 47 enquiry begins")
		} else {
			add("No section 47 enquiry")
		}
		add(b.Why)
	case child.Conference:
		if b.Plan != "" {
			add("Protection plan " + b.Plan)
		}
		if x := sameAct(p, ev, "cp-plan.started"); x != nil {
			c, _ := x.Body.(child.CPPlanStarted)
			add(child.CategoryName(c.Category))
		}
		add(h.Reasons)
	case child.CoreGroup:
		add(b.Agreed)
	case child.Review:
		add(h.Decided)
		add(b.Agreed)
	}
	return strings.Join(out, " ")
}

// sameAct is the entry of a kind of the same day, which one act recorded with a meeting.
func sameAct(p *app.ChildPage, ev *child.Event, kind entry.Kind) *child.Event {
	for i := range p.Record.Events {
		x := &p.Record.Events[i]
		if x.Kind == kind && x.When.Date == ev.When.Date {
			return x
		}
	}
	return nil
}

// holdHref is where a meeting of a sort is recorded: the one that is planned, where one is.
func holdHref(p *app.ChildPage, sort string) string {
	name := meetingSlug(sort)
	for _, m := range p.Record.Meetings() {
		if m.Of == sort && m.Waits() && m.On <= p.At.Date() {
			name = string(m.ID)
		}
	}
	return "/child/" + p.Record.Child + "/meeting/" + name + "/hold"
}

// meetingAction is where a duty is met that a meeting meets, or a report for one.
func meetingAction(rule *duty.Rule, kind, childID string, start entry.ID) *shell.Link {
	switch kind {
	case "meeting.report", "meeting.report-shown":
		return &shell.Link{Text: "Record the report", Href: "/child/" + childID + "/meeting/" + string(start) + "#reports"}
	case "meeting.planned":
		return &shell.Link{Text: "Plan it", Href: "/child/" + childID + "/meeting/plan?of=" + meetingSlug(child.MeetConference)}
	case "strategy-discussion":
		if rule.MetBy.Kind[0] != kind { // one way among others
			return nil
		}
		return &shell.Link{Text: "Record the discussion", Href: "/child/" + childID + "/meeting/" + meetingSlug(child.MeetStrategy) + "/hold"}
	case "conference", "core-group":
		return &shell.Link{Text: "Plan or record it", Href: "/child/" + childID + "/meetings"}
	case "review":
		for _, code := range []string{"cp", "cin", "care"} {
			if strings.Contains(rule.MetBy.When, "'"+code+"'") {
				return &shell.Link{Text: "Plan or record it", Href: "/child/" + childID + "/meetings"}
			}
		}
	}
	return nil
}

// meetingActions are what can be done from the list of meetings.
func meetingActions(d meetingsData) []shell.Link {
	if !d.May {
		return nil
	}
	return []shell.Link{{Text: "Plan a meeting", Href: d.Base + "/meeting/plan"}}
}

func article(s string) string {
	s = lower(s)
	if strings.HasPrefix(s, "initial") {
		return "an " + s
	}
	return "a " + s
}
