package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// count says how many: "1 child", "3 children".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// age follows a child's name: ", 4", or ", unborn".
func age(birth, expected, on day.Date) string {
	switch {
	case birth != 0 && birth <= on:
		years := on.Years(birth)
		if years == 0 {
			months := 0
			for birth.AddMonths(months+1) <= on {
				months++
			}
			return ", " + count(months, "month", "months")
		}
		return ", " + strconv.Itoa(years)
	case birth == 0 && expected != 0:
		return ", unborn, due " + expected.Long()
	}
	return ""
}

// ago says how long it is since a day.
func ago(d, now day.Date) string {
	switch n := int(now - d); {
	case d == 0:
		return "never"
	case n == 0:
		return "today"
	case n == 1:
		return "yesterday"
	default:
		return strconv.Itoa(n) + " days ago"
	}
}

// dueState is when something is due, in a word or two: what is late first says
// by how much.
func dueState(cal *day.Calendar, due day.Deadline, unit day.Unit, now day.Instant) shell.State {
	today := now.Date()
	switch {
	case due.Late(now):
		return shell.State{Kind: shell.Late, Text: cal.LateBy(due, unit, now) + " late"}
	case due.On == today && due.Clock:
		return shell.State{Kind: shell.Soon, Text: "by " + due.By.Clock()}
	case due.On == today:
		return shell.State{Kind: shell.Soon, Text: "today"}
	case due.On == today+1:
		return shell.State{Kind: shell.Soon, Text: "tomorrow"}
	}
	return shell.State{Kind: shell.Grey, Text: shortDay(due.On, today)}
}

// endState is how an ended duty ended, in words.
func endState(d duty.Duty, cal *day.Calendar, now day.Instant) shell.State {
	switch d.State {
	case duty.Open:
		return dueState(cal, d.Due, d.Span.Unit, now)
	case duty.Met:
		if d.RecordedLate {
			return shell.State{Kind: shell.Soon, Text: "done in time, recorded late"}
		}
		return shell.State{Kind: shell.OK, Text: "done in time"}
	case duty.MetLate:
		by := cal.LateBy(d.Due, d.Span.Unit, d.Ended.Until())
		if by == "" {
			return shell.State{Kind: shell.Late, Text: "done late"}
		}
		return shell.State{Kind: shell.Late, Text: "done " + by + " late"}
	case duty.Lapsed:
		if d.Ended.From() >= d.Due.By {
			return shell.State{Kind: shell.Late, Text: "not done"}
		}
		return shell.State{Kind: shell.Grey, Text: "no longer owed"}
	}
	return shell.State{Kind: shell.Grey, Text: d.State.String()}
}

// whoOwes names who answers for an owner on a day: the person, or what is wrong.
func whoOwes(l *line.Line, k line.Key, on day.Date) string {
	post := l.Resolve(k, on)
	if post == "" {
		return "nobody: no line of responsibility is set up"
	}
	a := l.Answers(post, on)
	p, _ := l.Post(post, on)
	if a.Person == "" {
		return p.Title + " (nobody is in it)"
	}
	name := l.Name(a.Person)
	switch a.How {
	case line.ByCover:
		return name + " (covering " + p.Title + ")"
	case line.ByAbove:
		up, _ := l.Post(a.Post, on)
		return name + ", " + up.Title + " (" + p.Title + " is empty)"
	}
	return name
}

// dutyHref is where a duty is explained. Ids only: no name is in an address.
func dutyHref(child, id string) string { return "/child/" + child + "/duty/" + id }

// local is a moment as an input of type datetime-local has it.
func local(t day.Instant) string { return t.Local().Format("2006-01-02T15:04") }

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// dutyRow is one open duty as a row of a list.
func dutyRow(s *Server, l *line.Line, d app.DutyRow, now day.Instant, mine bool) shell.Duty {
	rule, ok := s.App.Rules().Rule(d.Rule, d.Since.Date)
	what := d.Rule
	if ok {
		what = rule.Duty
	}
	row := shell.Duty{When: dueState(s.App.Pack.Calendar(), d.Due, d.SpanUnit, now), Who: shell.Link{Text: d.ChildRow.Name, Href: "/child/" + d.Child},
		About: age(d.ChildRow.Birth, d.ChildRow.Expected, now.Date()) + ".", What: what}
	why := []string{d.ChildRow.Situation + "."}
	if d.ChildRow.LastSeen != 0 {
		why = append(why, "Last seen "+ago(d.ChildRow.LastSeen, now.Date())+".")
	}
	if !mine {
		why = append(why, "Owed by "+whoOwes(l, d.Owner, now.Date())+".")
	}
	if d.Climbed > 0 {
		why = append(why, "Told to "+postTitle(l, d.ClimbedTo)+" "+onDay(d.ClimbedAt, now)+".")
	}
	if d.Shifted {
		why = append(why, "Counted from the import.")
	}
	row.Why = strings.Join(why, " ")
	row.Links = []shell.Link{{Text: "Why this date?", Href: dutyHref(d.Child, d.ID)}}
	if d.ChildRow.Closed != "" {
		row.Why, row.Links = "Closed to you. Ask "+strings.ToLower(l.Title(d.ChildRow.Closed))+".", nil
		if d.Rule == "" {
			row.What = "A duty that you cannot see"
		}
	}
	if ok && mine {
		row.Action = meetAction(rule, d.Child, d.Start)
	}
	return row
}

// onDay says on which day: today, yesterday, or the day.
func onDay(t, now day.Instant) string {
	switch int(now.Date() - t.Date()) {
	case 0:
		return "today at " + t.Clock()
	case 1:
		return "yesterday"
	}
	return "on " + t.Date().Short()
}

func postTitle(l *line.Line, id string) string {
	if t := l.Title(id); t != "" {
		return lower(t)
	}
	return "nobody: the line has no such post"
}

// meetAction is the button that meets a duty: the form of the first kind that
// does.
func meetAction(r *duty.Rule, childID string, start entry.ID) *shell.Link {
	for _, k := range r.MetBy.Kind {
		if k == "visit" {
			l := &shell.Link{Text: "Record visit", Href: "/child/" + childID + "/visit"}
			if r.ID == "visit.planned" { // the visit that was planned, and no other
				l.Href += "?planned=" + url.QueryEscape(string(start))
			}
			return l
		}
		if k == "decision" || k == "contact.decided" {
			return &shell.Link{Text: "Decide", Href: "/front-door/" + childID}
		}
		if l := meetingAction(r, k, childID, start); l != nil {
			return l
		}
		switch k {
		case "assessment.authorised":
			return &shell.Link{Text: "The assessment", Href: asmPath(childID)}
		case "allocation.accepted", "allocation.withdrawn", "handed-over":
			return &shell.Link{Text: "Answer", Href: "/child/" + childID + "/asked"}
		case "allocation":
			if !slices.Contains(r.MetBy.Kind, "allocation.withdrawn") {
				return &shell.Link{Text: "Choose a worker", Href: "/child/" + childID + "/allocate"}
			}
			continue
		}
		if f, ok := forms[k]; ok {
			return &shell.Link{Text: f.verb, Href: fmt.Sprintf("/child/%s/record/%s", childID, k)}
		}
	}
	return nil
}

// situationLine says in one line how things stand with a child.
func situationLine(p *app.ChildPage) (bold, rest string) {
	s := p.Status
	switch {
	case !s.Open:
		return "Not open.", "The authority has no open work with this child."
	case s.Plan == "cp":
		bold = "On a child protection plan"
		if c := child.CategoryName(s.Category); c != "" {
			bold += " for " + c
		}
		rest = "since " + s.PlanSince.Date.Long() + "."
	case s.Enquiry:
		bold, rest = "A section 47 enquiry is under way.", ""
	case s.LookedAfter:
		bold, rest = "Looked after", "since "+s.CareSince.Date.Long()+": "+cmp.Or(legalStatus(s.Legal), "the legal ground is not known here")+"."
	case s.Undecided:
		bold, rest = "A referral waits for its decision", "since "+s.Since.Long()+"."
	case s.Awaiting && !s.Assessing && s.Plan == "":
		bold, rest = "Waits for an assessment", "after the referral of "+s.Since.Date.Long()+"."
	case s.Assessing && s.Plan == "":
		bold, rest = "Being assessed", "after the referral of "+s.Since.Date.Long()+"."
	case s.Plan == "cin":
		bold, rest = "On a child in need plan", "since "+s.PlanSince.Date.Long()+"."
	case s.PrivatelyFostered:
		bold, rest = "Privately fostered", "known to us since "+s.FosteredSince.Date.Long()+"."
	case s.LeavingCare:
		bold, rest = "Leaving care", "and owed support."
	default:
		bold, rest = "Open, with no plan", "since "+s.Since.Date.Long()+"."
	}
	if s.OneLine != "" {
		rest += " " + s.OneLine
	}
	if s.LookedAfter && (s.Plan == "cp" || s.Enquiry) {
		rest += " Looked after since " + s.CareSince.Date.Long() + "."
	}
	if s.Missing {
		rest += " Missing now."
	}
	return bold, rest
}
