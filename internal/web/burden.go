package web

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"onus/internal/app"
)

// took counts how long the form that was just recorded had been open. The key of a form
// begins with the second in which it was shown; a key that was not made here is not
// counted. What is counted is the form, never who sent it, nor about whom.
func (s *Server) took(r *request) {
	b, err := hex.DecodeString(r.PostForm.Get("key"))
	if err != nil || len(b) != 16 {
		return
	}
	s.App.TookForm(formOfRoute(r), time.Since(time.Unix(int64(binary.BigEndian.Uint32(b)), 0)))
}

// formOfRoute names a form by its route, with the kind of entry where one page has the
// forms of many.
func formOfRoute(r *request) string {
	_, path, _ := strings.Cut(r.Pattern, " ")
	if _, ok := forms[r.PathValue("kind")]; ok {
		path = strings.Replace(path, "{kind}", r.PathValue("kind"), 1)
	}
	return path
}

// burdenData is the page that says what recording takes.
type burdenData struct {
	app.Burden
	Lines []burdenLine
	Hours string
}

type burdenLine struct{ Name, Times, Half, Tenth, Hours string }

// formNames are what forms are called that are not of one kind of entry.
var formNames = map[string]string{
	"/child/{child}/visit": "Record a visit", "/child/{child}/visit/plan": "Plan a visit", "/child/{child}/close": "Close a case", "/child/{child}/plan/write/{goal}": "Write a goal of a plan",
	"/child/{child}/plan/give": "Give a plan to a family", "/child/{child}/plan/given": "Write down a family's reply", "/child/{child}/plan/version/{version}": "Approve a plan, or send it back",
	"/concerns/raise": "Raise a concern", "/decisions/new": "Propose a decision", "/supervision/{sheet}/part/{part}": "A part of supervision", "/supervision/{sheet}/action/{nth}": "Answer an action of supervision",
	"/post/{post}/move": "Move children to other workers", "/post/{post}/hours": "Answer for hours that are not there", "/packs/new": "Ask for a pack for a hearing",
}

func (s *Server) formName(path string) string {
	if kind, ok := strings.CutPrefix(path, "/child/{child}/record/"); ok {
		if f, ok := forms[kind]; ok {
			return f.title
		}
	}
	if n := formNames[path]; n != "" {
		return n
	}
	for _, x := range s.Routes() { // what the route says of itself
		if x.Method == http.MethodPost && x.Path == path {
			return strings.TrimSuffix(x.About, ".")
		}
	}
	return path
}

func (s *Server) burden(w http.ResponseWriter, r *request) error {
	b, err := r.desk.Burden(r.ctx())
	if err != nil {
		return err
	}
	d := burdenData{Burden: b}
	all := 0.0
	for _, f := range b.Forms {
		d.Lines = append(d.Lines, burdenLine{s.formName(f.Form), itoa(f.Times), "under " + lasts(f.Half), "over " + cmp.Or(lasts(f.Tenth), "0 seconds"), hoursOf(f.Hours)})
		all += f.Hours
	}
	d.Hours = hoursOf(all)
	return s.render(w, http.StatusOK, burdenPage(s.page(r, "What recording takes", "/rules"), d))
}

// lasts is a length of time in words: one unit, or an hour and a half.
func lasts(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Minute:
		return count(int(d/time.Second), "second", "seconds")
	case d < time.Hour:
		return count(int(d/time.Minute), "minute", "minutes")
	case d%time.Hour == 0:
		return count(int(d/time.Hour), "hour", "hours")
	}
	return strconv.FormatFloat(d.Hours(), 'f', 1, 64) + " hours"
}

// hoursOf is a sum of hours, as exact as the counting is.
func hoursOf(h float64) string {
	if h < 10 {
		return strconv.FormatFloat(h, 'f', 1, 64)
	}
	return strconv.FormatFloat(h, 'f', 0, 64)
}
