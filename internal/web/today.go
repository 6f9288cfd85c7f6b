package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// todayData is what there is to do today, on a phone.
type todayData struct {
	Day    string
	Visits []todayLine
	Rows   []shell.Duty
	More   bool
	Child  string // where a concern can be raised
}

// todayLine is one visit of today.
type todayLine struct {
	Child, Name, Age string
	For, Ask         string
	Address, Map     string
	Record           string // the child's
	Href             string // where it is recorded; empty: in the past nothing is
	Late             string // it was planned for a day before
	Unannounced      bool
	Last             string
}

func (s *Server) today(w http.ResponseWriter, r *request) error {
	t, err := r.desk.Today(r.ctx())
	if err != nil {
		return err
	}
	on := t.Now.Date()
	d := todayData{Day: on.Full(), More: t.More}
	for _, x := range t.Visits {
		c := x.Row.ChildRow
		l := todayLine{Child: x.Row.Child, Name: c.Name, Age: age(c.Birth, c.Expected, on), For: x.Goal, Ask: x.Planned.Ask, Address: x.Address, Unannounced: x.Planned.Unannounced,
			Record: r.then("/child/" + x.Row.Child), Href: "/child/" + x.Row.Child + "/visit?planned=" + string(x.Planned.ID)}
		if r.past != 0 { // nothing is recorded into the past
			l.Href = ""
		}
		if l.For == "" {
			l.For = x.Planned.Other
		}
		if l.Address != "" {
			l.Map = "geo:0,0?q=" + url.QueryEscape(l.Address)
		}
		if x.Planned.On < on {
			l.Late = "planned for " + dayWord(x.Planned.On, on)
		}
		l.Last = "Never seen alone, as far as is recorded."
		if c.LastAlone != 0 {
			l.Last = "Last seen alone " + ago(c.LastAlone, on) + "."
		}
		d.Visits = append(d.Visits, l)
	}
	for _, x := range t.Rows {
		d.Rows = append(d.Rows, r.asThen(dutyRow(s, t.Line, x, t.Now, true)))
	}
	f := s.page(r, "Today", "/today")
	return s.render(w, http.StatusOK, todayPage(f, d))
}

// teamVisitsData is one of the lists about visits to a team's children.
type teamVisitsData struct {
	Team, Base string
	Tabs       []visitTab
	List       string
	Title, Sub string
	Empty      string
	Rows       []visitLine
	Next       string
}

type visitTab struct {
	Text, Href string
	Current    bool
}

// visitLine is one row of the lists about visits.
type visitLine struct {
	Child, Href string
	Sub         string
	What        string
	Link        string // the visit; empty: none
	Day         string
	Asks        string // the interval that the rule asks for
	Seen, Alone string
	Late        shell.State
	Closed      string
}

// visitLists are the lists about visits, with what each says of itself.
var visitLists = [][5]string{
	{app.VisitsRisk, "Not seen in proportion to risk", "Not seen in proportion to risk", "Duties to see a child that are late now, the most dangerous situation first. The rule says how often.", "Every child was seen in the time that the rules ask for."},
	{app.VisitsPurpose, "Visits without purpose", "Visits without purpose", "Visits of the last 90 days for no goal, though the child had a plan with goals; and visits for a goal after which nothing is written about it.", "Every visit of the last 90 days had a goal of the plan, and something was learnt."},
	{app.VisitsSaid, "Said, never seen or confirmed", "Said, never seen or confirmed", "Goals that are known by words only: the last three times that somebody wrote how they know, nobody had seen it or had it confirmed. Who could see it?", "No goal is known by words only."},
}

// teamVisits shows the lists about visits that a manager can open: which children, and
// what about them. By risk and never by worker: a list of who is late would be read as a
// list of who is to blame.
func (s *Server) teamVisits(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	list := r.URL.Query().Get("list")
	if list == "" {
		list = app.VisitsRisk
	}
	l, err := r.desk.TeamVisits(r.ctx(), r.PathValue("team"), list, after, pageSize)
	if err != nil {
		return err
	}
	on, base := l.Now.Date(), "/team/"+url.PathEscape(l.Team.ID)+"/visits"
	d := teamVisitsData{Team: l.Team.Name, Base: r.then("/team/" + url.PathEscape(l.Team.ID)), List: list, Next: r.next(base+"?list="+list, l.Next)}
	for _, x := range visitLists {
		d.Tabs = append(d.Tabs, visitTab{x[1], r.then(base + "?list=" + x[0]), x[0] == list})
		if x[0] == list {
			d.Title, d.Sub, d.Empty = x[2], x[3], x[4]
		}
	}
	switch list {
	case app.VisitsPurpose:
		d.Sub = strings.Replace(d.Sub, "90", itoa(l.Lately), 1)
	case app.VisitsSaid:
		d.Sub = strings.Replace(d.Sub, "three", itoa(l.Said), 1)
	}
	who := func(id string, c app.ChildRow) visitLine {
		v := visitLine{Child: c.Name + age(c.Birth, c.Expected, on), Href: r.then("/child/" + id), Sub: c.Situation + ".", Seen: seenOn(c.LastSeen, on), Alone: seenOn(c.LastAlone, on)}
		if c.Closed != "" {
			v.Href, v.Sub, v.Seen, v.Alone = "", "", "", ""
			v.Closed = "Closed to you. Ask " + strings.ToLower(l.Line.Title(c.Closed)) + "."
		}
		return v
	}
	for _, x := range l.Rows {
		v := who(x.Child, x.ChildRow)
		if v.Closed == "" {
			v.Day, v.Link = x.On().Long(), r.then("/child/"+x.Child+"/entry/"+string(x.Visit))
			v.What = visitAsks(x)
		}
		d.Rows = append(d.Rows, v)
	}
	for i, x := range l.Late {
		v := who(x.Child, x.ChildRow)
		if rule := l.Asks[i]; rule != nil {
			v.What, v.Asks, v.Link = rule.Duty, s.interval(x), r.then(dutyHref(x.Child, x.ID))
			v.Late = dueState(s.App.Pack.Calendar(), x.Due, x.SpanUnit, l.Now)
			v.Day = x.Due.On.Long()
		} else {
			v.What = "A duty that you cannot see"
		}
		d.Rows = append(d.Rows, v)
	}
	f := s.listPage(r, d.Title+", "+l.Team.Name, "/team", map[string]string{"list": list})
	if f.Known.BackHref != "" {
		f.Known.BackHref += "?list=" + list
	}
	return s.render(w, http.StatusOK, teamVisitsPage(f, d))
}

func visitAsks(x app.VisitRow) string {
	switch x.What {
	case "no goal":
		return "For no goal, though there was a plan with goals."
	case "nothing learnt":
		return "Goal: " + x.Name + ". Nothing is written about what was learnt."
	}
	return "Goal: " + x.Name + ". Said only."
}

// seenOn is when a child was seen, with how long that is ago.
func seenOn(d, today day.Date) string {
	if d == 0 {
		return "never, as far as is recorded"
	}
	return shortDay(d, today) + ", " + ago(d, today)
}

// interval is how long there was, as this duty was counted.
func (s *Server) interval(x app.DutyRow) string {
	from := x.Since.Date
	switch x.SpanUnit {
	case day.WorkingDays:
		return count(s.App.Pack.Calendar().WorkingBetween(from, x.Due.On), "working day", "working days") + " from " + shortDay(from, x.Due.On)
	default:
		return count(int(x.Due.On-from), "day", "days") + " from " + shortDay(from, x.Due.On)
	}
}

// apiVisitsData is one of the lists about the visits to a team's children.
type apiVisitsData struct {
	Team   string        `json:"team"`
	List   string        `json:"list"`
	Duties []apiDutyRow  `json:"duties"` // of the list risk: to see the child, and late
	Rows   []apiVisitRow `json:"rows"`   // of the lists purpose and said
	Next   string        `json:"next"`
}

// apiVisitRow is a visit, or a goal. Of a record that is closed to whoever asks only the
// child's id stands there.
type apiVisitRow struct {
	Child     string   `json:"child"`
	Name      string   `json:"child_name"`
	Situation string   `json:"situation"`
	What      string   `json:"what,omitempty"`
	Visit     entry.ID `json:"visit,omitempty"`
	On        day.Date `json:"on,omitzero"`
	Goal      string   `json:"goal,omitempty"`
	GoalName  string   `json:"goal_name,omitempty"`
}

func (s *Server) apiTeamVisits(w http.ResponseWriter, r *request) error {
	after, n, err := paging(r)
	if err != nil {
		return err
	}
	list := cmp.Or(r.URL.Query().Get("list"), app.VisitsRisk)
	l, err := r.desk.TeamVisits(r.ctx(), r.PathValue("team"), list, after, n)
	if err != nil {
		return err
	}
	d := apiVisitsData{l.Team.ID, list, s.apiDuties(l.Line, l.Late, l.Now), []apiVisitRow{}, s.cursorText(l.Next)}
	for _, x := range l.Rows {
		d.Rows = append(d.Rows, apiVisitRow{x.Child, x.ChildRow.Name, x.ChildRow.Situation, x.What, x.Visit, x.On(), x.Goal, x.Name})
	}
	return s.answer(w, d)
}
