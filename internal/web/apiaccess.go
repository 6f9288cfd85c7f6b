package web

import (
	"net/http"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
)

type apiPolicy struct {
	ID   string `json:"id"`
	Says string `json:"says"`
	Text string `json:"text"`
}

func (s *Server) apiPolicies(w http.ResponseWriter, _ *request) error {
	out := []apiPolicy{}
	for _, p := range s.App.Policies() {
		out = append(out, apiPolicy(p))
	}
	return s.answer(w, out)
}

// apiLook is one look at a child's record.
type apiLook struct {
	At      day.Instant `json:"at"`
	Child   string      `json:"child"`
	Name    string      `json:"name,omitempty"`
	What    string      `json:"what"`
	Grounds string      `json:"grounds"`
	Refused bool        `json:"refused,omitempty"`
}

func (s *Server) apiLooks(w http.ResponseWriter, r *request) error {
	before, err := r.before()
	if err != nil {
		return err
	}
	rs, children, err := r.desk.Looks(r.ctx(), before, pageSize)
	if err != nil {
		return err
	}
	out := []apiLook{}
	for _, x := range rs {
		l := apiLook{At: x.At, Child: x.Child, What: x.What, Grounds: x.Grounds, Refused: x.Refused}
		if c := children[x.Child]; c != nil {
			l.Name = c.Name
		}
		out = append(out, l)
	}
	return s.answer(w, out)
}

type apiQuestion struct {
	line.LookAsked
	ID       string             `json:"id"`
	Asked    day.Instant        `json:"asked_at"`
	Answer   *line.LookAnswered `json:"answer,omitempty"`
	Answered day.Instant        `json:"answered_at,omitzero"`
	Answerer string             `json:"answered_by,omitempty"`
}

func (s *Server) apiQuestions(w http.ResponseWriter, r *request) error {
	qs, err := r.desk.Questions(r.ctx())
	if err != nil {
		return err
	}
	out := []apiQuestion{}
	for _, q := range qs {
		out = append(out, apiQuestion{q.LookAsked, string(q.ID), q.Asked, q.Answer, q.Answered, q.Answerer})
	}
	return s.answer(w, out)
}

// apiPerson is a person with what an administrator needs: never whose sign-in is
// which, but how many.
type apiPerson struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Party   access.Party `json:"party"`
	Posts   []string     `json:"posts"`
	SignIns int          `json:"sign_ins"`
	ShutOut bool         `json:"shut_out"`
}

type apiKey struct {
	Key    string   `json:"key"`
	Name   string   `json:"name"`
	Owner  string   `json:"owner"`
	Scopes []string `json:"scopes"`
	Until  day.Date `json:"until"`
	Opens  bool     `json:"opens"`
}

func (s *Server) apiPeople(w http.ResponseWriter, r *request) error {
	_, l, _ := r.desk.Then()
	on := r.at().Date()
	out := struct {
		People []apiPerson `json:"people"`
		Keys   []apiKey    `json:"keys"`
	}{[]apiPerson{}, []apiKey{}}
	for _, id := range l.People() {
		p := apiPerson{ID: id, Name: l.Name(id), Party: access.Staff, Posts: []string{}, SignIns: len(l.SignIns(id)), ShutOut: l.Away(id, on)}
		if party := l.Party(id); party != line.Staff {
			p.Party = access.Party(party)
		}
		for _, post := range l.Held(id, on) {
			p.Posts = append(p.Posts, post.ID)
		}
		out.People = append(out.People, p)
	}
	for _, k := range l.ProgramKeys() {
		out.Keys = append(out.Keys, apiKey{k.Key, k.Name, k.Owner, k.Scopes, k.Until, k.Opens(on)})
	}
	return s.answer(w, out)
}

// apiSample draws a sample for an auditor.
func (s *Server) apiSample(w http.ResponseWriter, r *request) error {
	var in struct {
		Person string   `json:"person"`
		Audit  string   `json:"audit"`
		Teams  []string `json:"teams"`
		N      int      `json:"n"`
		Until  day.Date `json:"until"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	n, err := r.desk.Sample(r.ctx(), in.Person, in.Audit, in.Teams, in.N, in.Until)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]int{"drawn": n})
	return nil
}

func (s *Server) apiDisclosed(w http.ResponseWriter, r *request) error {
	ids, err := r.desk.DisclosedTo(r.ctx())
	if err != nil {
		return err
	}
	out := []app.Disclosure{}
	for _, id := range ids {
		of, err := r.desk.Disclosed(r.ctx(), id)
		if err != nil {
			return err
		}
		out = append(out, of...)
	}
	return s.answer(w, out)
}
