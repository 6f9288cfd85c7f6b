package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/web/govuk"
)

// raiseData is the page on which a concern is raised.
type raiseData struct {
	entered
	Screen, Special string
	Attach          []string // titles that are ticked
	Offers          []attachedLine
	To              []govuk.Choice
	About           [][2]string
	Next            []stepPlan
}

type stepPlan struct{ N, Title, Text string }

func (s *Server) raiseForm(w http.ResponseWriter, r *request) error {
	d := raiseData{entered: notEntered(), Screen: screenOf(r.URL.Query().Get("from")), Special: r.URL.Query().Get("special")}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if d.Screen == "" {
		d.Screen = screenOf(d.Values["screen"])
	}
	d.Attach = d.lists["attach"]
	return s.raisePage(w, r, http.StatusOK, d, d.Kept == "")
}

// screenOf is a page's address, as far as it can be one of ours.
func screenOf(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?#\\ ") || len(path) > 200 || path == "/concerns/raise" ||
		strings.HasPrefix(path, "/family/") { // a secret stands in that address
		return ""
	}
	return path
}

func (s *Server) raisePage(w http.ResponseWriter, r *request, code int, d raiseData, ticked bool) error {
	plan, err := r.desk.Raising(r.ctx(), d.Screen)
	if err != nil {
		return err
	}
	for _, o := range plan.Offers {
		x := attachedLine{Title: o.Title}
		x.Head, x.Rows = factRows(o.Facts, plan.Children)
		d.Offers = append(d.Offers, x)
		if ticked {
			d.Attach = append(d.Attach, o.Title)
		}
	}
	by := s.App.Rules().Calendar().AddWorking(r.now.Date(), plan.Terms.Answer)
	for i, x := range plan.Above {
		if i >= 6 {
			break
		}
		hint := "If it is not for those before, or is about them. They are then not told."
		if i == 0 {
			hint = "The usual first one."
		}
		who := "nobody is in the post: it goes to the next one above"
		if x.Person != "" {
			who = r.line.Name(x.Person)
		}
		d.To = append(d.To, govuk.Choice{Value: x.Post.ID, Text: who + ", " + lower(x.Post.Title) + ". Answer due " + by.Full(), Hint: govuk.HintParams{Text: hint}})
	}
	if plan.Guardian != nil {
		d.To = append(d.To, govuk.Choice{Value: app.InConfidence, Text: "In confidence, through the guardian, " + r.line.Name(plan.Guardian.Person),
			Hint: govuk.HintParams{Text: "The guardian is not in the line. Whoever answers sees your words, not your name, and facts that would show who you are are left out. Two people must agree before your name is opened, and you see when they do."}})
	}
	if d.Values["to"] == "" && len(d.To) > 0 {
		d.Values["to"] = d.To[0].Value
	}
	for _, p := range plan.People {
		d.About = append(d.About, [2]string{p, r.line.Name(p)})
	}
	d.Next = append(d.Next, stepPlan{"1", "At once: your receipt", "Yours to keep. It proves your words and the time."})
	first := true
	day1 := r.now.Date()
	for i, x := range plan.Above {
		if x.Person == "" {
			continue
		}
		due := s.App.Rules().Calendar().AddWorking(day1, plan.Terms.Answer)
		var title, text string
		if first {
			title = "At once: " + r.line.Name(x.Person) + ", " + lower(x.Post.Title) + ", is told"
			text = "They say within " + count(plan.Terms.Acknowledge, "working day", "working days") + " that they have it. Their answer is due on " + due.Full() + "."
		} else {
			title = day1.Short() + ": no answer? " + r.line.Name(x.Person) + ", " + lower(x.Post.Title) + ", is told too"
			text = "They have until " + due.Full() + "."
		}
		first = false
		d.Next = append(d.Next, stepPlan{strconv.Itoa(len(d.Next) + 1), title, text})
		day1 = due + 1
		if i >= 5 {
			break
		}
	}
	d.Next = append(d.Next, stepPlan{strconv.Itoa(len(d.Next) + 1), "You say if it is put right", "Not the person who answered. Nobody else can close it."})
	f := s.page(r, "Raise a concern", "/concerns")
	f.Action = nil
	f.Errors = d.Errors.Any()
	return s.render(w, code, raisePageOf(f, d))
}

func (s *Server) raise(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := raiseData{entered: enteredIn(r), Attach: r.PostForm["attach"]}
	d.Screen, d.Special = screenOf(d.Values["screen"]), d.Values["special"]
	x := app.Wish{Text: d.Values["text"], To: d.Values["to"], Attach: d.Attach, Screen: d.Screen, Special: d.Special, Key: r.person() + " " + d.Key}
	if d.Values["about"] != "" {
		x.About = []string{d.Values["about"]}
	}
	done, err := r.desk.Raise(r.ctx(), x)
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			d.Errors.Add(raiseField(p.Field), p.Text)
		}
		return s.raisePage(w, r, http.StatusUnprocessableEntity, d, false)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/concern/"+done.Child+"?done=yes", http.StatusSeeOther)
	return nil
}

func raiseField(field string) string {
	if slices.Contains([]string{"text", "to", "about"}, field) {
		return field
	}
	return "text"
}

func has(in []string, what string) bool { return slices.Contains(in, what) }
