package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/govuk"
)

// sayOfConcern records what somebody says about a concern.
func (s *Server) sayOfConcern(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	n, _ := strconv.Atoi(v("nth"))
	var errs govuk.Errors
	var b entry.Body
	switch v("do") {
	case "acknowledge":
		b = concern.Acknowledged{Words: v("words")}
	case "send-up":
		b = concern.SentUp{Why: v("why")}
	case "answer":
		a := concern.Answered{Words: v("words"), Reason: v("reason")}
		for i := 1; i <= maxPromises; i++ {
			k := strconv.Itoa(i)
			if v("what-"+k)+v("post-"+k)+v("by-"+k) == "" {
				continue
			}
			p := concern.Promise{What: v("what-" + k), Post: v("post-" + k)}
			if on, err := day.Parse(v("by-" + k)); err == nil {
				p.By = on
			} else if v("by-"+k) != "" {
				errs.Add("by-"+k, "Enter the day as a date")
			}
			a.Promises = append(a.Promises, p)
		}
		b = a
	case "keep":
		b = concern.Kept{Answer: entry.ID(v("answer")), Promise: n, What: v("what")}
	case "add":
		b = concern.Added{Text: v("text")}
	case "judge":
		b = concern.Judged{Answer: entry.ID(v("answer")), Verdict: v("verdict"), Why: v("why")}
	case "reopen":
		b = concern.Reopened{Why: v("why")}
	case "worse":
		b = concern.Detriment{Day: n, Worse: v("worse") == "yes", Words: v("words")}
		if v("worse") == "" {
			errs.Add("worse", "Say whether anybody treated you worse")
		}
	case "hear":
		b = concern.DetrimentHeard{Reply: entry.ID(v("reply")), Words: v("words")}
	case "ask-name":
		b = concern.NameAsked{Why: v("why")}
	case "open-name":
		b = concern.NameOpened{Asked: entry.ID(v("asked")), Why: v("why")}
	default:
		return app.ErrNotFound
	}
	var err error
	if !errs.Any() {
		_, err = r.desk.SayOfConcern(r.ctx(), r.PathValue("concern"), b, r.person()+" "+v("key"))
	}
	ps, refused := entry.Problems(err)
	if refused || errs.Any() {
		d := concernData{entered: enteredIn(r)}
		d.Errors = errs
		for _, p := range ps {
			d.Errors.Add(sayField(r.PostForm, p.Field), p.Text)
		}
		return s.concernPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/concern/"+r.PathValue("concern"), http.StatusSeeOther)
	return nil
}

// maxPromises is how many things one answer can promise on the page; by the API
// there may be more.
const maxPromises = 3

// sayField is the id of the field on the page at which a problem stands.
func sayField(form url.Values, field string) string {
	switch do := form.Get("do"); {
	case do == "keep":
		nth, _ := strconv.Atoi(form.Get("nth"))
		return keepID(entry.ID(form.Get("answer")), nth)
	case do == "answer" && field != "":
		return field
	case do == "judge" && field == "why":
		return "judge-why"
	case do == "worse" && field == "words":
		return "worse-words"
	default:
		return map[string]string{"acknowledge": "ack-words", "send-up": "up-why", "add": "text", "judge": "verdict", "reopen": "reopen-why", "worse": "worse", "hear": "hear-words", "ask-name": "name-why", "open-name": "second-why", "answer": "words"}[do]
	}
}

func numbered(name string, i int) string { return name + "-" + strconv.Itoa(i) }

func promiseLegend(i int) string {
	if i == 1 {
		return "What will be done"
	}
	return "And what else (if anything)"
}
