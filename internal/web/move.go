package web

import (
	"net/http"
	"net/url"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/line"
)

// moveData is every child of a worker, and to whom each goes: for when somebody leaves.
type moveData struct {
	entered
	Title, Sub string
	Post       string
	Rows       []moveLine
	Workers    [][2]string
	Back       string
}

type moveLine struct {
	Child, Name, Href, Says, To string
	Said                        string // what came of it
	Bad                         bool
	Link                        string // where to say what gives
	Asked                       bool
}

func (s *Server) moveForm(w http.ResponseWriter, r *request) error {
	d := moveData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.movePage(w, r, http.StatusOK, d, nil)
}

// movePage lists the children; said is what came of each that was asked for.
func (s *Server) movePage(w http.ResponseWriter, r *request, code int, d moveData, said map[string]moveLine) error {
	post := r.PathValue("post")
	p, err := r.desk.Hours(r.ctx(), post)
	if err != nil {
		return err
	}
	if !p.May {
		return &app.Denied{Action: access.Allocate, Policy: access.None, Says: "Somebody above this post gives its children to others"}
	}
	on := p.Now.Date()
	d.Post, d.Back = post, "/post/"+url.PathEscape(post)+"/hours"
	name := p.Post.Title
	if p.Person != "" {
		name = p.Line.Name(p.Person)
	}
	d.Title = "Who takes the children of " + name + "?"
	d.Sub = count(len(p.Children), "child", "children") + ". Each stays where they are until the worker who is asked has said yes."
	for _, team := range r.line.Teams() {
		if r.desk.MayTeam(access.Allocate, team.ID) != nil {
			continue
		}
		for _, x := range r.line.Workers(team.ID, on) {
			if h, ok := r.line.Holder(x.ID, on); ok && x.ID != post {
				d.Workers = append(d.Workers, [2]string{x.ID, r.line.Name(h.Person) + ", " + team.Name})
			}
		}
	}
	for _, k := range p.Children {
		if k.Second {
			continue
		}
		x := moveLine{Child: k.Row.Child, Name: k.Row.Name, Href: "/child/" + k.Row.Child, Says: k.Row.Situation, To: d.Values["to-"+k.Row.Child]}
		if k.Row.Closed != "" {
			x.Href, x.Says = "", "Closed to you. Ask "+whoHas(r, k.Row.Closed)+"."
		}
		if y, ok := said[x.Child]; ok {
			x.Said, x.Bad, x.Link, x.Asked = y.Said, y.Bad, y.Link, y.Asked
		}
		d.Rows = append(d.Rows, x)
	}
	f := s.page(r, d.Title, "/team")
	f.Errors = d.Errors.Any()
	return s.render(w, code, movePageOf(f, d))
}

// move asks for each child that has a name beside it. Each is a request of its own: what
// cannot be done for one stops no other, and says why.
func (s *Server) move(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := moveData{entered: enteredIn(r)}
	p, err := r.desk.Hours(r.ctx(), r.PathValue("post"))
	if err != nil {
		return err
	}
	if strings.TrimSpace(d.Values["why"]) == "" {
		d.Errors.Add("why", "Enter why these children move")
		return s.movePage(w, r, http.StatusUnprocessableEntity, d, nil)
	}
	said, bad := map[string]moveLine{}, false
	for _, k := range p.Children {
		to := d.Values["to-"+k.Row.Child]
		if to == "" || k.Second {
			continue
		}
		post, _ := r.line.Post(to, r.now.Date())
		x := app.Asking{Child: k.Row.Child, Post: to, Team: post.Team, Why: d.Values["why"], Key: r.person() + " " + d.Key + " " + k.Row.Child}
		for _, what := range p.Rules.HandOver {
			x.HandOver = append(x.HandOver, child.HandOverItem{What: what, State: child.HandOverToDo})
		}
		_, err := r.desk.AskWorker(r.ctx(), x)
		line := moveLine{Said: whoOwes(r.line, line.KeyOf(to), r.now.Date()) + " was asked.", Asked: true}
		if ps, refused := entry.Problems(err); refused {
			line = moveLine{Bad: true, Said: ps[0].Text, Link: "/child/" + k.Row.Child + "/allocate?team=" + url.QueryEscape(post.Team) + "&post=" + url.QueryEscape(to)}
			bad = true
		} else if err != nil {
			return err
		} else {
			delete(d.Values, "to-"+k.Row.Child)
		}
		said[k.Row.Child] = line
	}
	if len(said) == 0 {
		d.Errors.Add("why", "Choose a worker for at least one child")
		return s.movePage(w, r, http.StatusUnprocessableEntity, d, nil)
	}
	if !bad {
		s.recorded(r)
	}
	d.Key = fresh() // what is sent next is another sending
	return s.movePage(w, r, http.StatusOK, d, said)
}

// apiAllocate asks a worker to take a child.
func (s *Server) apiAllocate(w http.ResponseWriter, r *request) error {
	var in struct {
		Post     string               `json:"post"`
		Team     string               `json:"team"`
		As       string               `json:"as"`
		Why      string               `json:"why"`
		HandOver []child.HandOverItem `json:"hand_over"`
		Added    float64              `json:"hours_added"`
		What     string               `json:"hours_added_what"`
		From     string               `json:"hours_added_from"`
		Down     []child.Stood        `json:"stood_down"`
		DownWhy  string               `json:"stood_down_why"`
		Accepted float64              `json:"hours_accepted"`
		Risk     string               `json:"what_could_go_wrong"`
		Seen     int64                `json:"seen"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	key, err := r.key()
	if err != nil {
		return err
	}
	done, err := r.desk.AskWorker(r.ctx(), app.Asking{Child: r.PathValue("child"), Post: in.Post, Team: in.Team, As: in.As, Why: in.Why, HandOver: in.HandOver, Key: key, Seen: in.Seen,
		Ways: app.Ways{Added: in.Added, AddedWhat: in.What, AddedFrom: in.From, Down: in.Down, DownWhy: in.DownWhy, Accepted: in.Accepted, Risk: in.Risk}})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]any{"child": done.Child, "proposal": done.Entries[0]})
	return nil
}
