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
	"onus/internal/web/shell"
)

// storyData is a child's chronology: the picture of any span, and the table under it.
type storyData struct {
	Child, Name, Title, Known string
	KnownAt                   string // the moment, to go with the form
	From, To                  string
	Errors                    []shell.Link
	Sorts                     []sortLine
	Only, Oldest              bool
	Picture                   picture
	Says                      string // how many there are, and which are shown
	Rows                      []storyRow
	Next                      string
	Links                     []shell.Link
	May                       bool
}

type sortLine struct {
	ID, Text string
	On       bool
}

// storyRow is one event of the table.
type storyRow struct {
	Day, ISO, Hour   string
	Kind, Text, Href string
	N                string // its number in the picture
	By, Late         string
	Marked, MarkedBy string
	MarkedHref       string
	Mark, MarkText   string
	Bad              bool
	Disputes         []disputeLine
	Amended          string
}

// says is what it says, after its kind.
func (x storyRow) says() string {
	if x.Text == "" {
		return ""
	}
	return ". " + x.Text
}

// storyRows is how many rows a page has: about 60 kB.
const storyRows = 75

// sorts are the sorts of event by which a chronology can be read, as the page offers them.
var sorts = [][2]string{{"seen", "Seen"}, {"said", "Said"}, {"decided", "Decided"}, {"moved", "Moved"}, {"harm", "Harm"}, {"health", "Health"}, {"school", "School"}, {"missing", "Missing"}, {"plan", "Plan"}, {"other", "Everything else"}}

// sortsOf says of which sorts an event is; an event can be of several.
func sortsOf(body entry.Body) (out []string) {
	add := func(sorts ...string) { out = append(out, sorts...) }
	switch b := body.(type) {
	case child.Visit:
		add("seen")
		if b.Words != "" {
			add("said")
		}
		if b.Safe == "no" || b.Safe == "not sure" {
			add("harm")
		}
	case child.VisitPlanned, child.VisitCalledOff, child.VisitAsked:
		add("seen")
	case child.Contact, child.Referral:
		add("said", "harm")
	case child.View, child.ViewFollowed, child.FoundOut, child.Complaint, child.Disputed, child.ReferrerTold:
		add("said")
	case child.Danger, child.Incident, child.Allegation, child.Trafficking:
		add("harm")
	case child.StrategyDiscussion, child.Section47Started, child.Section47Ended:
		add("harm", "decided")
	case child.Decision, child.ContactDecided, child.Allocation, child.AllocationEnded, child.AssessmentStarted, child.AssessmentSent, child.AssessmentReturned, child.AssessmentAuthorised, child.Supervision, child.Oversight,
		child.CaseClosed, child.Court, child.OrderMade, child.PreProceedings, child.DutyStoodDown, child.Level, child.Transfer, child.Disagreement:
		add("decided")
	case child.LegalStatus:
		add("decided", "moved")
	case child.Conference, child.Review:
		add("decided", "plan")
	case child.CINPlanStarted, child.CINPlanEnded, child.CPPlanStarted, child.CPPlanChanged, child.CPPlanEnded, child.CoreGroup, child.PlanSent, child.PlanApproved, child.PlanReturned,
		child.GoalMoved, child.PlanShared, child.PlanShareEnded, child.FamilyGroup:
		add("plan")
	case child.CareStarted, child.CareEnded, child.PlacementStarted, child.PlacementAgreed, child.PlacementEnded, child.PrivateFostering, child.Remand, child.Homeless, child.LeavingCare, child.Adopted, child.ShortBreaks:
		add("moved")
	case child.Known:
		if b.Address != "" {
			add("moved")
		}
	case child.Health, child.HealthYear:
		add("health")
	case child.Education:
		add("school")
	case child.MissingStarted, child.MissingTold, child.MissingEnded, child.ReturnInterview:
		add("missing")
	}
	if len(out) == 0 {
		add("other")
	}
	return out
}

func (s *Server) story(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Chronology")
	if err != nil {
		return err
	}
	q := r.URL.Query()
	d := storyData{Child: p.Record.Child, Name: p.Identity.Name(), Title: firstName(p.Identity.Name()) + "'s chronology", Known: keep(known), KnownAt: q.Get("known"), Links: storyLinks(p, known, "story")}
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	end := p.At.Date()
	begin := end
	if len(p.Record.Events) > 0 {
		begin = min(begin, p.Record.Events[0].When.Date)
	}
	from, to := begin, end
	for _, x := range []struct {
		name  string
		on    *day.Date
		typed *string
	}{{"from", &from, &d.From}, {"to", &to, &d.To}} {
		*x.typed = q.Get(x.name)
		if *x.typed == "" {
			*x.typed = x.on.String()
		} else if on, err := day.Parse(*x.typed); err == nil {
			*x.on = on
		} else {
			d.Errors = append(d.Errors, shell.Link{Text: "Enter a date that is in the calendar, like 2026-03-11", Href: "#" + x.name})
		}
	}
	if to < from && len(d.Errors) == 0 {
		d.Errors = append(d.Errors, shell.Link{Text: "The last day is before the first", Href: "#to"})
	}
	if len(d.Errors) > 0 {
		from, to = begin, end
	}
	to = min(to, end)
	picked := q["sort"]
	for _, x := range sorts {
		d.Sorts = append(d.Sorts, sortLine{x[0], x[1], slices.Contains(picked, x[0])})
	}
	d.Only, d.Oldest = q.Get("significant") == "yes", q.Get("order") == "oldest"
	marks := p.Record.Significant()
	pick := func(ev *child.Event) bool {
		if d.Only && marks[ev.ID] == nil || ev.Kind == "assessment.placed" { // where an entry was put says nothing of the child's life
			return false
		}
		return len(picked) == 0 || slices.ContainsFunc(sortsOf(ev.Body), func(s string) bool { return slices.Contains(picked, s) })
	}
	var numbered []eventLine
	d.Picture, numbered = drawSpan(p, known, from, to, pick)
	numbers := make(map[entry.ID]eventLine, len(numbered))
	for _, e := range numbered {
		numbers[e.ID] = e
	}
	var all []*child.Event
	for i := range p.Record.Events {
		if ev := &p.Record.Events[i]; ev.When.Date >= from && ev.When.Date <= to && pick(ev) {
			all = append(all, ev)
		}
	}
	if !d.Oldest {
		slices.Reverse(all)
	}
	start := 0
	if after := q.Get("after"); after != "" {
		i := slices.IndexFunc(all, func(ev *child.Event) bool { return string(ev.ID) == after })
		if i < 0 {
			return entry.Refuse("after", "That place in the chronology is not there any more. Begin again at its beginning")
		}
		start = i + 1
	}
	rows := all[start:min(len(all), start+storyRows)]
	for _, ev := range rows {
		d.Rows = append(d.Rows, d.row(p, ev, numbers[ev.ID], marks[ev.ID], known))
	}
	d.Says = count(len(all), "entry", "entries")
	if len(rows) < len(all) {
		d.Says += ", shown are " + itoa(start+1) + " to " + itoa(start+len(rows))
	}
	if start+len(rows) < len(all) {
		next := url.Values{}
		for name, v := range q {
			if name != "done" {
				next[name] = v
			}
		}
		next.Set("after", string(rows[len(rows)-1].ID))
		d.Next = "/child/" + d.Child + "/story?" + next.Encode() + "#table"
	}
	f := s.childFrame(r, p, "Chronology", known, true)
	f.Errors = len(d.Errors) > 0
	s.doneNotice(r, p, known, &f)
	code := http.StatusOK
	if f.Errors {
		code = http.StatusUnprocessableEntity
	}
	return s.render(w, code, storyPage(f, d))
}

func (d *storyData) row(p *app.ChildPage, ev *child.Event, n eventLine, mark *child.Event, known day.Instant) storyRow {
	base := "/child/" + d.Child
	k, _ := app.Registry().Known(ev.Kind)
	x := storyRow{Day: ev.When.Date.Long(), ISO: ev.When.Date.String(), Kind: k.Title, Text: short(title(summary(ev.Body, p.Line)), 400), Href: base + "/entry/" + string(ev.ID) + keep(known),
		By: p.Line.Name(ev.Author), Bad: n.Bad, Disputes: disputeLines(p, ev.ID, known)}
	if ev.When.Timed() {
		x.Hour = ev.When.At.Clock()
	}
	if n.N > 0 {
		x.N = itoa(n.N)
	}
	if late := int(ev.Recorded.Date() - ev.When.Date); late > 7 && ev.Source.Kind != "import" {
		x.Late = "Recorded " + count(late, "day later", "days later") + "."
	}
	if ev.Amended != 0 {
		x.Amended = "Corrected on " + ev.Amended.Date().Long() + "."
	}
	if ev.Kind == "significant" {
		return x
	}
	if mark != nil {
		b, _ := mark.Body.(child.Significant)
		x.Marked, x.MarkedBy, x.MarkedHref = cmp.Or(b.Why, "No reason stands here."), p.Line.Name(mark.Author)+", "+mark.When.Date.Long(), base+"/entry/"+string(mark.ID)+keep(known)
	}
	if d.May {
		x.Mark, x.MarkText = base+"/record/significant?entry="+string(ev.ID)+"&is=yes", "Mark"
		if mark != nil {
			x.Mark, x.MarkText = strings.TrimSuffix(x.Mark, "yes")+"no", "Unmark"
		}
	}
	return x
}

// eventOptions are what can be marked as significant: the newest, and the one asked for.
func eventOptions(p *app.ChildPage, asked string) (out [][2]string) {
	const most = 200
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		ev := &p.Record.Events[i]
		if ev.Kind == "significant" || len(out) >= most && string(ev.ID) != asked {
			continue
		}
		k, _ := app.Registry().Known(ev.Kind)
		out = append(out, [2]string{string(ev.ID), ev.When.Date.Long() + ": " + k.Title + ". " + short(title(summary(ev.Body, p.Line)), 80)})
	}
	return out
}
