package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/line"
	"onus/internal/web"
)

// wanted is what the model says of a request: the answers that are right, and
// the look that must be in the reader log.
type wanted struct {
	codes []int
	look  *app.Read // nil: none about the child in the address
}

func (w *world) wanted(p person, a asked) (want wanted, err error) {
	api := strings.HasPrefix(a.path, "/api/")
	get := a.route.Method == http.MethodGet
	switch {
	case a.route.Path == "/tell-us" && !get && !p.shut: // it is for everybody, and says nothing yet
		return wanted{codes: []int{422}}, nil
	case p.shut && a.route.Policy == web.Anyone:
		return wanted{codes: []int{200, 303, 403, 404}}, nil
	case p.shut:
		return wanted{codes: []int{403}}, nil
	case a.route.Policy == web.Anyone:
		return wanted{codes: []int{200, 303, 404}}, nil
	case p.who.Person == "" && get && !api:
		return wanted{codes: []int{303}}, nil
	case p.who.Person == "":
		return wanted{codes: []int{401}}, nil
	}
	yes := []int{200}
	if !get {
		yes = []int{422}
	}
	if a.kid == nil {
		ok, known := mayHere(p.who, a.action, a.team)
		if !known {
			return want, fmt.Errorf("the model knows nothing of %q for %s %s", a.action, a.route.Method, a.route.Path)
		}
		switch a.route.Path {
		case "/search", "/api/search":
			yes = []int{200}
		case "/unallocated", "/unallocated.csv", "/api/unallocated", "/disposals":
			door := slices.Contains(p.who.Functions, "front door") || slices.ContainsFunc(up("front"), func(x string) bool { return slices.Contains(p.who.Posts, x) })
			ok = ok && (len(p.who.Teams) > 0 || door)
			// A key for duties does not show what a team has.
			ok = ok && (p.who.Party != access.Program || door)
		case "/front-door", "/api/front-door":
			ok = ok && (slices.Contains(p.who.Functions, "front door") || slices.Contains(p.who.Teams, "front"))
		case "/team":
			yes = []int{200, 303}
		case "/people":
			if !get {
				yes = []int{404} // nothing was asked for
			}
		case "/receipt/{entry}":
			if p.id != east1 {
				yes = []int{404}
			}
		}
		if strings.HasSuffix(a.route.Path, "/move") { // those above the post only
			ok = ok && slices.ContainsFunc(up(a.post)[1:], func(x string) bool { return slices.Contains(p.who.Posts, x) })
		}
		if strings.HasSuffix(a.route.Path, "/hours") && !get {
			yes = []int{200} // worked out again, where nothing else was asked for
		}
		if a.post != "" { // the post itself, and those above it
			ok = ok && slices.ContainsFunc(up(a.post), func(x string) bool { return slices.Contains(p.who.Posts, x) })
		}
		if a.pack {
			prepares := w.prepares(p)
			taking := !strings.HasSuffix(a.route.Path, "/{pack}") && !strings.HasSuffix(a.route.Path, "/receipt")
			switch {
			case !get && !api:
				yes = []int{404} // nothing was said
			case !get:
			case taking: // it is not made out yet
				ok, yes = ok && p.id == east1 && p.who.Fresh, []int{422}
			default:
				ok = ok && (prepares || p.id == east1)
			}
		}
		if a.talk { // the worker, and those above; an action, whoever owes it too
			reads := p.who.Party == access.Staff && (p.id == east1 || slices.ContainsFunc(append(up("east"), "chief-executive"), func(x string) bool { return slices.Contains(p.who.Posts, x) }) ||
				a.action1 && slices.Contains(p.who.Posts, "east-1"))
			if get || !api {
				ok = ok && reads
			}
		}
		if strings.HasSuffix(a.route.Path, "/{team}/supervision") { // somebody holds it
			ok = ok && p.who.Tier >= line.TeamManager
		}
		if a.decision && !get && !api {
			yes = []int{404} // nothing was said
		}
		if a.concern { // the raiser, and whoever answers for the post that was told
			hears := p.id == east1 || slices.Contains(p.who.Posts, "manager-east")
			switch {
			case !get && !api:
				yes = []int{404} // nothing was said
			case get:
				ok = ok && hears && p.who.Party == access.Staff
			}
		}
		if !ok {
			yes = []int{403}
		}
		return wanted{codes: yes}, nil
	}
	ground, ok := may(p.who, a.action, a.kid.facts)
	page := "" // which page it was is not the model's
	if ok && a.team2 != "" {
		if ok, _ = mayHere(p.who, access.Allocate, a.team2); !ok {
			ground = access.None
		}
	}
	if ok && !api && strings.HasSuffix(a.route.Path, "/allocate") { // giving a child is for whoever allocates in the team
		team := a.kid.facts.Team
		ok = team == "" && len(p.who.Teams) > 0 && !slices.Contains(p.who.Functions, line.Administrator)
		if team != "" {
			ok, _ = mayHere(p.who, access.Allocate, team)
		}
		if !ok {
			ground = access.None
		}
	}
	want.look = &app.Read{Person: p.id, Child: a.kid.facts.ID, What: page, Grounds: ground, Refused: !ok}
	want.codes = []int{403}
	if ok {
		want.codes = yes
		if api && !get {
			want.look = nil // it shows nothing
		}
		switch {
		case a.kind == "glass.reviewed" && !api && (!a.kid.waiting || slices.Contains(a.kid.facts.Unreviewed, p.id)):
			want.codes = []int{422}
		case (a.kind == "allocation" || a.kind == "visit") && get && !api:
			want.codes = []int{303} // there is a page of its own for it
		case strings.HasSuffix(a.route.Path, "/known"):
		case strings.HasSuffix(a.route.Path, "/allocate") && !api:
			want.codes = []int{200} // worked out again, where nothing else was asked for
		case strings.Contains(a.route.Path, "/assessment/write"):
			want.codes = []int{303} // no assessment is under way: the child's page of it says so
		case strings.Contains(a.route.Path, "/assessment/version/"), strings.HasSuffix(a.route.Path, "/assessment/print"), strings.HasSuffix(a.route.Path, "/assessment.pdf"):
			want.codes = []int{404} // none was sent: assessment_test.go sends one
		case strings.Contains(a.route.Path, "/plan/write") && !get:
			want.codes = []int{303} // kept, whatever was typed
		case strings.HasSuffix(a.route.Path, "/{meeting}") && !get:
			want.codes = []int{404} // nothing was said
		case strings.HasSuffix(a.route.Path, "/{version}") && !get:
			want.codes = []int{404} // nothing was said
		case strings.Contains(a.route.Path, "/plan/given") && (!get || strings.Contains(a.route.Path, "{entry}")):
			want.codes = []int{404} // nothing was said, or nothing was given: family_test.go gives it
		case strings.HasSuffix(a.route.Path, "/letter.pdf"):
			want.codes = []int{404} // the entry is no letter: letter_test.go has one
		case strings.HasSuffix(a.route.Path, "/asked") && !get:
			want.codes = []int{404} // nothing was said
		case strings.HasPrefix(a.route.Path, "/front-door/"):
			if !a.kid.facts.FrontDoor || a.kid.facts.Team != "" {
				want.codes = []int{303} // nothing waits: the child's page says what came of it
			} else {
				want.codes = append(want.codes, 303)
			}
		case strings.HasSuffix(a.route.Path, "{duty}") && a.kid.duty == "", strings.Contains(a.route.Path, "/redaction/"), strings.Contains(a.route.Path, "/disposal/"):
			want.codes = []int{404} // there is none, or no such proposal
		}
	}
	return want, nil
}
