package web

import (
	"net/http"
	"net/url"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
)

// deniedData is the page that stands where something is closed: which rule says
// so, whom to ask, and what can be done all the same.
type deniedData struct {
	Title, Says string
	Ask         string
	Restricted  bool
	Emergency   string // where the record can be opened in an emergency
	Declare     string // where somebody can say that they know the family
	Afresh      string // where to sign in again, when that is all it takes
}

// denied shows a refusal under the policies.
func (s *Server) denied(w http.ResponseWriter, r *request, x *app.Denied) error {
	d := deniedData{Title: "This is not yours to see or do", Says: strings.TrimSuffix(x.Says, ".") + ".", Restricted: x.Restricted}
	if x.Policy == access.None && x.Action != "" {
		d.Says = "Your post does not allow this."
		if x.Child != "" {
			d.Says = "You do not work with this child today, and neither do your teams."
		}
	}
	if r.desk == nil {
		d.Says += " If you think that is wrong, speak to your manager."
		return s.render(w, http.StatusForbidden, deniedPage(s.page(r, d.Title, ""), d))
	}
	if x.Afresh {
		to := "/sign-in?fresh=yes&back=" + url.QueryEscape(r.back())
		if r.Method == http.MethodGet {
			http.Redirect(w, r.Request, to, http.StatusSeeOther)
			return nil
		}
		d.Title, d.Says, d.Afresh = "Sign in again to go on", "Nothing was done yet.", to
	}
	if x.Child != "" {
		d.Title = "This record is closed to you"
		if x.Action != access.SeeChild && x.Action != access.SeeReaders {
			d.Title = "You cannot do this here"
		}
		d.Ask = whoHas(r, x.Owner)
		if x.Emergency && x.Action != access.BreakGlass && x.Action != access.Declare {
			d.Emergency = "/child/" + x.Child + "/record/glass.broken"
		}
		if x.Declare && x.Policy != "relatives" {
			d.Declare = "/child/" + x.Child + "/record/relation.declared"
		}
	}
	return s.render(w, http.StatusForbidden, deniedPage(s.page(r, d.Title, ""), d))
}

// back is where a page can be come back to: its own address, or for a form
// that was sent, the form's.
func (r *request) back() string {
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	return r.URL.Path
}

// whoHas names a post and who is in it.
func whoHas(r *request, post string) string {
	if post == "" {
		return ""
	}
	return whoHadIt(r.line, post, r.now.Date())
}

// whoHadIt is who answers for a post on a day, with its title.
func whoHadIt(l *line.Line, post string, on day.Date) string {
	a, t := l.Answers(post, on), l.Title(post)
	if a.Person == "" {
		return t
	}
	return l.Name(a.Person) + " (" + lower(t) + ")"
}

// whoMay shows the policies: who may see and do what, word for word as they
// are enforced.
func (s *Server) whoMay(w http.ResponseWriter, r *request) error {
	return s.render(w, http.StatusOK, whoMayPage(s.page(r, "Who may see what", ""), s.App.Policies()))
}

// looks shows what the person has looked at.
func (s *Server) looks(w http.ResponseWriter, r *request) error {
	before, err := r.before()
	if err != nil {
		return err
	}
	rs, children, err := r.desk.Looks(r.ctx(), before, pageSize)
	if err != nil {
		return err
	}
	var rows []readLine
	for _, x := range rs {
		name := "A child who is not here any more"
		if c := children[x.Child]; c != nil {
			name = c.Name
		}
		rows = append(rows, readLine{When: x.At.Long(), Who: name, Href: "/child/" + x.Child, What: x.What, Grounds: s.grounds(x)})
	}
	more := ""
	if len(rs) >= pageSize {
		more = "/looks?before=" + itoa(int(rs[len(rs)-1].At))
	}
	return s.render(w, http.StatusOK, looksPage(s.page(r, "What I have looked at", "/looks"), rows, more))
}

// grounds says in words why somebody could look, or that they could not.
func (s *Server) grounds(x app.Read) (text string) {
	switch {
	case x.Refused:
		text = "Refused"
	case groundWords[x.Grounds] != "":
		text = groundWords[x.Grounds]
	default:
		for _, p := range s.App.Policies() {
			if p.ID == x.Grounds {
				text = p.Says
			}
		}
	}
	if x.Program != "" {
		text += " (by a program)"
	}
	return text
}

// groundWords are policies as a family would say them: why this person could
// look. Another policy is told by its own sentence.
var groundWords = map[string]string{
	"author": "They wrote it themselves",
	"worker": "As the child's worker", "second-worker": "As a second worker of the child", "asked": "Asked to take the child", "manager": "As a manager above the worker", "chair": "As the conference chair",
	"chair-not-named": "As a conference chair", "front-door": "At the front door", "grant": "Let in by the owner of the restriction",
	"emergency": "Opened in an emergency", "emergency-opening": "To open it in an emergency", "emergency-review": "To review an emergency opening", "staff-declare": "To say that they know the family", "sample": "For an audit", app.FamilyGround: "They were given the plan, and opened it by their private link",
	"return": "For a statutory return, or the lists for an inspection", "daily-feed": "For the Department for Education's daily feed",
}
