package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// childLine is a child as a row of a list.
type childLine struct {
	Href, Name, Age, Situation string
	Waiting                    string
	LastSeen, LastAlone        string
	Team, Worker               string
	Allocate                   string
	Tell                       string // where to record what somebody told us about the child
}

func (s *Server) childLines(r *request, l *app.ChildList) []childLine {
	return childRows(r, l.Line, l.Rows)
}

func childRows(r *request, l *line.Line, rows []app.ChildRow) (out []childLine) {
	on := r.at().Date()
	for _, c := range rows {
		x := childLine{Href: r.then("/child/" + c.Child), Name: c.Name, Age: age(c.Birth, c.Expected, on), Situation: c.Situation,
			LastSeen: ago(c.LastSeen, on), LastAlone: ago(c.LastAlone, on), Allocate: "/child/" + c.Child + "/allocate"}
		if c.NoWorkerSince != 0 {
			x.Waiting = count(r.s.App.Pack.Calendar().WorkingBetween(c.NoWorkerSince, on), "working day", "working days")
		}
		if t, ok := l.Team(c.Team); ok {
			x.Team = t.Name
		}
		switch {
		case c.Closed != "":
			x.Situation, x.Worker, x.Allocate = "Closed to you. Ask "+whoHas(r, c.Closed)+".", "", ""
		case !c.Open:
			x.Worker = "not open"
		case c.Post == "":
			x.Worker = "nobody"
		default:
			x.Worker = whoOwes(l, line.KeyOf(c.Post), on)
		}
		if r.past != 0 {
			x.Allocate = ""
		} else if r.URL.Path == "/search" && r.s.tells(r) {
			x.Tell = "/front-door/new?child=" + c.Child
		}
		out = append(out, x)
	}
	return out
}

func (s *Server) children(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	var l, o *app.ChildList
	if after == (app.Cursor{}) && r.past == 0 { // what is open to them is so now
		l, o, err = r.desk.MyChildrenAndOthers(r.ctx(), pageSize)
	} else {
		l, err = r.desk.MyChildren(r.ctx(), after, pageSize)
	}
	if err != nil {
		return err
	}
	sub := "Children allocated to the posts you hold, cover or answer for. Ordered by risk."
	var others []childLine
	if o != nil {
		others = s.childLines(r, o)
	}
	return s.render(w, http.StatusOK, myChildrenPage(s.listPage(r, "My children", "/children", nil), sub, s.childLines(r, l), others, r.next("/children", l.Next)))
}

// search finds children. The words come in the body of the request, never in
// its address.
func (s *Server) search(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	f := s.listPage(r, "Search", "", map[string]string{"q": r.FormValue("q")})
	f.Known.Post = true
	l, err := r.desk.Search(r.ctx(), r.FormValue("q"), 50)
	if err != nil {
		return err
	}
	sub := "Searching is recorded, and so is who was found."
	if len(l.Rows) == 50 {
		sub += " Only the first 50 are shown: add more of the name, or a number."
	}
	return s.render(w, http.StatusOK, foundPage(f, count(len(l.Rows), "child found", "children found"), sub, s.childLines(r, l), childRows(r, l.Line, l.Alike), s.tells(r)))
}

// unallocated is the exact list of children with no named worker: the whole
// authority's, or below one team.
func (s *Server) unallocated(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	team := r.URL.Query().Get("team")
	if team != "" {
		if _, ok := r.line.Team(team); !ok {
			return app.ErrNotFound
		}
	}
	l, err := r.desk.Unallocated(r.ctx(), team, after, pageSize)
	if err != nil {
		return err
	}
	d := unallocatedData{Rows: s.childLines(r, l), Next: r.next("/unallocated", l.Next), CSV: r.then("/unallocated.csv")}
	for _, t := range l.Teams {
		d.Total += t.Unallocated
		name := "No team yet"
		if x, ok := l.Line.Team(t.Team); ok {
			name = x.Name
		}
		if t.Unallocated > 0 {
			d.Teams = append(d.Teams, teamCount{name, "/unallocated?team=" + t.Team + strings.Replace(keep(r.past), "?", "&", 1), t.Unallocated, t.Open, t.Team == team && team != ""})
		}
	}
	if team != "" && d.Next != "" {
		d.Next += "&team=" + team
	}
	var hidden map[string]string
	if team != "" {
		hidden = map[string]string{"team": team}
	}
	return s.render(w, http.StatusOK, unallocatedPage(s.listPage(r, "Unallocated", "/unallocated", hidden), d))
}

type unallocatedData struct {
	Total int
	Rows  []childLine
	Teams []teamCount
	Next  string
	CSV   string
}

type teamCount struct {
	Name, Href string
	N, Open    int
	Current    bool
}

// myTeam goes to one's own team, or lists the teams below one's post.
func (s *Server) myTeam(w http.ResponseWriter, r *request) error {
	teams := r.desk.Who().Teams
	if len(teams) == 0 {
		teams = r.desk.Who().Member
	}
	if len(teams) == 1 {
		http.Redirect(w, r.Request, r.then("/team/"+teams[0]), http.StatusSeeOther)
		return nil
	}
	var rows []teamSummary
	pages, err := r.desk.TeamCounts(r.ctx(), teams)
	if err != nil {
		return err
	}
	for _, t := range pages {
		rows = append(rows, teamSummary{Name: t.Team.Name, Href: r.then("/team/" + t.Team.ID), Manager: managerName(t), Children: t.Children, NoWorker: t.Unallocated, Late: t.LateCount})
	}
	return s.render(w, http.StatusOK, teamsPage(s.listPage(r, "My teams", "/team", nil), rows))
}

type teamSummary struct {
	Name, Href, Manager      string
	Children, NoWorker, Late int
}

func managerName(t *app.TeamPage) string {
	if t.Manager.ID == "" {
		return "no manager's post"
	}
	return whoOwes(t.Line, line.KeyOf(t.Manager.ID), t.Now.Date())
}

type teamData struct {
	Ahead     string // whether the work can be done
	Visits    string // the lists about visits; empty: not theirs to see
	Figures   bool   // numbers only: whoever looks does not answer for the team
	Name, Sub string
	NoWorker  []childLine
	Late      []shell.Duty
	LateTitle string
	Next      string
	Loads     []loadRow
	Talks     []talkLine
	Group     string // where a group is talked with, for who may
}

// talkLine is supervision of somebody in a team: when it was last held, and when it
// is due.
type talkLine struct {
	Name, Post, Last, Due, Href string
	State                       shell.State
}

type loadRow struct {
	Name, Post           string
	Children, Owed, Late int
	Empty                bool
	Back                 string // where to look back on the post, for who may
}

func (s *Server) team(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	t, err := r.desk.Team(r.ctx(), r.PathValue("team"), after, pageSize)
	var denied *app.Denied
	if errors.As(err, &denied) { // who may see the figures sees those
		pages, err := r.desk.TeamCounts(r.ctx(), []string{r.PathValue("team")})
		if err != nil {
			return err
		}
		t = pages[0]
	} else if err != nil {
		return err
	}
	on := t.Now.Date()
	d := teamData{Name: t.Team.Name, Figures: denied != nil, NoWorker: childRows(r, t.Line, t.NoWorker), LateTitle: fmt.Sprintf("Late: %d, highest risk first", t.LateCount), Next: r.next("/team/"+t.Team.ID, t.LateMore)}
	d.Sub = fmt.Sprintf("%s, %s. %s, %d without a worker. Managed by %s.", on.Full(), t.Now.Clock(), count(t.Children, "child", "children"), t.Unallocated, managerName(t))
	for _, x := range t.Late {
		d.Late = append(d.Late, r.asThen(dutyRow(s, t.Line, x, t.Now, false)))
	}
	for _, x := range t.Loads {
		row := loadRow{Name: t.Line.Name(x.Answer.Person), Post: x.Post.Title, Children: x.Children, Owed: x.Owed, Late: x.Late}
		if denied == nil && r.desk.AnswersFor(x.Post.ID) {
			row.Back = "/post/" + url.PathEscape(x.Post.ID) + "/context"
		}
		if _, held := t.Line.Holder(x.Post.ID, on); !held {
			row.Empty, row.Name = true, "Nobody"
			if x.Answer.Person != "" {
				row.Post += ": what it owes is with " + t.Line.Name(x.Answer.Person)
			}
		}
		d.Loads = append(d.Loads, row)
	}
	for _, o := range r.desk.TeamTalks(t.Team.ID) {
		y := talkLine{Name: t.Line.Name(o.Person), Post: o.Post.Title, Last: "never, as far as is recorded here", Due: o.Due.Long(), State: shell.State{Kind: shell.OK, Text: "in time"}}
		if o.Last != 0 {
			y.Last = o.Last.Long()
		}
		if o.Late {
			y.State = shell.State{Kind: shell.Late, Text: count(s.App.Rules().Calendar().WorkingBetween(o.Due, on), "working day", "working days") + " late"}
		}
		if denied == nil && r.past == 0 && o.Person != r.person() && r.desk.AnswersFor(o.Post.ID) || o.Person == r.person() {
			y.Href = r.then("/supervision/" + url.PathEscape(o.Post.ID))
		}
		d.Talks = append(d.Talks, y)
	}
	if denied == nil && r.past == 0 && r.desk.May(access.HoldSupervision) == nil {
		d.Group = "/team/" + t.Team.ID + "/supervision"
	}
	d.Ahead = r.then(aheadLink(t))
	if denied == nil {
		d.Visits = r.then("/team/" + url.PathEscape(t.Team.ID) + "/visits")
	}
	return s.render(w, http.StatusOK, teamPage(s.listPage(r, t.Team.Name, "/team", nil), d))
}

func (d teamData) acts() []shell.Link {
	links := []shell.Link{{Text: "Can it be done?", Href: d.Ahead}}
	if d.Visits != "" {
		links = append(links, shell.Link{Text: "Visits", Href: d.Visits})
	}
	return links
}
