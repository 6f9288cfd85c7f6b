package web

import (
	"errors"
	"net/http"

	"onus/internal/app"
	"onus/internal/line"
)

// Policy says who may use a route. Every route has one.
type Policy string

// The policies there are until the next issue brings the full ones.
const (
	Anyone  Policy = "anyone"       // nothing about a child, and nothing that changes a record
	Staff   Policy = "staff"        // somebody who holds or covers a post today
	Manager Policy = "team manager" // a team manager or a post above
)

func (p Policy) known() bool { return p == Anyone || p == Staff || p == Manager }

var errSignIn = errors.New("nobody is signed in")

// allows decides. Anything that it does not know is refused.
func (p Policy) allows(r *request) error {
	switch p {
	case Anyone:
		return nil
	case Staff, Manager:
		if r.person == "" {
			return errSignIn
		}
		if len(r.posts) == 0 {
			return app.ErrForbidden
		}
		if p == Manager && r.tier() < line.TeamManager {
			return app.ErrForbidden
		}
		return nil
	}
	return app.ErrForbidden
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
	if id == "" || l.Name(id) == id {
		return nil
	}
	r.person = id
	r.posts = l.Held(id, r.now.Date())
	return nil
}

func setPerson(w http.ResponseWriter, id string) {
	c := &http.Cookie{Name: demoCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 12 * 3600}
	if id == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
