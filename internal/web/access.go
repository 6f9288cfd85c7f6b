package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
)

// Policy says who may use a route: an action of the policies, or Anyone. Every
// route has one.
type Policy = access.Action

// Anyone may use a route that shows nothing about a child and changes no record.
const Anyone Policy = "anyone"

func known(p Policy) bool { return p == Anyone || slices.Contains(access.Actions, p) }

var errSignIn = errors.New("nobody is signed in")

// allowed asks the policies about the route: about the authority here, about a
// team where the address names one. About a child the desk asks when it opens
// the record, with the action of the route, so that nothing can be read first.
func (r *request) allowed() error {
	switch {
	case r.policy == Anyone:
		return nil
	case r.desk == nil:
		return errSignIn
	case strings.Contains(r.Pattern, "{child}"):
		return nil
	case strings.Contains(r.Pattern, "{team}"):
		if _, ok := r.line.Team(r.PathValue("team")); !ok {
			return app.ErrNotFound
		}
		return r.desk.MayTeam(r.policy, r.PathValue("team"))
	}
	return r.desk.May(r.policy)
}

// Route describes a route.
type Route struct {
	Method, Path string
	Policy       Policy
	About        string
}

type route struct {
	pattern string
	policy  Policy
	about   string // one sentence, for the API's description
	do      handle
}

const demoCookie = "onus_demo_person"

// identify finds who asks. Only a demonstration has a door so far: there, a
// cookie (or for programs the header Onus-Person) names a person of the line.
func (s *Server) identify(r *request) error {
	l, err := s.App.Line(r.ctx())
	if err != nil {
		return err
	}
	r.line = l
	if !s.Demo {
		return nil
	}
	id := r.Header.Get("Onus-Person")
	if c, err := r.Cookie(demoCookie); err == nil && id == "" {
		id = c.Value
	}
	if id == "" || !l.Known(id) {
		return nil
	}
	r.desk, err = s.App.Desk(r.ctx(), app.Reader{Person: id, Fresh: true})
	if err != nil {
		return err
	}
	r.line = r.desk.Line()
	return nil
}

func setPerson(w http.ResponseWriter, id string) {
	c := &http.Cookie{Name: demoCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 12 * 3600}
	if id == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
