package web

import (
	"errors"
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
