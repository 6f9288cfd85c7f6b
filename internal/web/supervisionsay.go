package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/supervision"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// sayOfTalk records one part of the page.
func (s *Server) sayOfTalk(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	of, part := r.PathValue("sheet"), r.PathValue("part")
	f := partForm{entered: enteredIn(r), Part: part}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	date := func(name string) day.Date {
		d, err := day.Parse(v(name))
		if err != nil && v(name) != "" {
			f.Errors.Add(f.id(name), "Enter the day as a date")
		}
		return d
	}
	key := r.person() + " " + f.Key
	say := func(b entry.Body) error {
		if f.Errors.Any() {
			return nil
		}
		done, err := r.desk.SayOfTalk(r.ctx(), of, b, key)
		if err == nil {
			of = done.Child
		}
		return err
	}
	names := map[string]string{"planned_on": "on", "held_on": "on", "what_will_be_done": "will", "what_is_done": "said", "sealed": "words", "until": "until", "before": "before"}
	kind, id, _ := strings.Cut(part, "-")
	var err error
	to := ""
	switch kind {
	case "begin":
		err = say(supervision.Began{})
	case "end":
		err = say(supervision.Ended{})
	case "hold":
		n, nerr := strconv.Atoi(v("minutes"))
		if nerr != nil && v("minutes") != "" {
			f.Errors.Add(f.id("minutes"), "Enter how many minutes it took, in figures")
		}
		err = say(supervision.Held{On: date("on"), Minutes: n})
	case "plan":
		err = say(supervision.Planned{On: date("on"), Why: v("why")})
	case "drop":
		err = say(supervision.Dropped{Why: v("why")})
	case "words":
		err, to = say(supervision.Words{Sealed: v("words")}), "#how"
	case "wellbeing":
		err, to = say(supervision.Wellbeing{Will: v("will")}), "#how"
	case "load":
		err, to = say(supervision.Load{Said: v("said")}), "#how"
	case "agree":
		err, to = say(supervision.Agreed{What: v("what"), Post: v("post"), By: date("by")}), "#agreed"
	case "take":
		err, to = say(supervision.NotAgreed{Entry: entry.ID(id)}), "#agreed"
	case "sign":
		b := supervision.Signed{As: supervision.AsHolder, Words: v("own")}
		if v("as") == supervision.AsTaker {
			b.As, b.Disagrees = supervision.AsTaker, v("disagrees")
		}
		err, to = say(b), "#sign"
	case "unsigned":
		err, to = say(supervision.Unsigned{Person: id, Why: v("why")}), "#sign"
	case "answer":
		i := max(strings.LastIndex(id, "-"), 0)
		talk, nth := id[:i], strings.TrimPrefix(id[i:], "-")
		n, nerr := strconv.Atoi(nth)
		if nerr != nil {
			return app.ErrNotFound
		}
		b := supervision.Answered{Nth: n, How: v("how"), Why: v("why"), By: date("by")}
		if !f.Errors.Any() {
			_, err = r.desk.SayOfTalk(r.ctx(), talk, b, key)
		}
		to = "#actions"
	case "child", "team":
		for from, name := range talkField {
			if from != "why" && from != "until" {
				names[from] = name
			}
		}
		err = say(supervision.Discussed{About: kind, ID: id, Changed: v("changed"), Asked: v("asked"), Mind: v("mind"), Decided: v("decided"), Why: v("why"), Action: v("action"), Post: v("post"), By: date("by")})
		to = "#items"
	case "later":
		about, which, _ := strings.Cut(id, "-")
		err, to = say(supervision.Left{About: about, ID: which, Why: v("why"), On: date("until")}), "#items"
	case "prepare":
		if f.Errors.Any() {
			break
		}
		_, err = r.desk.PrepareChild(r.ctx(), id, v("says"), key)
		to = "#items"
	default:
		return app.ErrNotFound
	}
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return err
	}
	if refused || f.Errors.Any() {
		for _, p := range ps {
			f.Errors.Add(f.id(cmp.Or(names[p.Field], p.Field, "form")), p.Text)
		}
		return s.sheetPage(w, r, http.StatusUnprocessableEntity, &f)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/supervision/"+url.PathEscape(of)+to, http.StatusSeeOther)
	return nil
}

type actionData struct {
	*app.ActionPage
	partForm
	Owner, By, Agreed, Back string
	Child                   shell.Link
	State                   shell.State
	Answers                 [][2]string
}

func (s *Server) talkAction(w http.ResponseWriter, r *request) error {
	f := partForm{entered: notEntered(), Part: "action", Action: r.URL.Path}
	if err := s.typedBefore(r, &f.entered); err != nil {
		return err
	}
	return s.actionPage(w, r, http.StatusOK, f)
}

func (s *Server) actionPage(w http.ResponseWriter, r *request, code int, f partForm) error {
	n, err := strconv.Atoi(r.PathValue("nth"))
	if err != nil {
		return app.ErrNotFound
	}
	p, err := r.desk.Action(r.ctx(), r.PathValue("sheet"), n)
	if err != nil {
		return err
	}
	d := actionData{ActionPage: p, partForm: f, Owner: p.Line.Title(p.Post), By: p.Action.By.Long(), State: actionState(s.App.Rules().Calendar(), p.Action, p.Now.Date())}
	if who := p.Line.Answers(p.Post, p.Now.Date()).Person; who != "" {
		d.Owner = p.Line.Name(who) + ", " + lower(d.Owner)
	}
	d.Agreed = "Agreed in supervision on " + p.Held.Long() + " by " + p.Line.Name(p.By.Person) + "."
	if p.Row != nil {
		d.Child = shell.Link{Text: p.Row.Name, Href: r.then("/child/" + p.Row.Child)}
	}
	if p.Read {
		d.Back = r.then("/supervision/" + p.Talk)
	}
	for _, a := range p.Answers {
		d.Answers = append(d.Answers, [2]string{title(a.How) + ", " + p.Line.Name(a.Person) + ", " + a.At.Long(), a.Why})
	}
	page := s.page(r, "An action agreed in supervision", "/owed")
	page.Errors = f.Errors.Any()
	return s.render(w, code, talkActionPage(page, d))
}

func (s *Server) answerAction(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("nth"))
	if err != nil {
		return app.ErrNotFound
	}
	f := partForm{entered: enteredIn(r), Part: "action", Action: r.URL.Path}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	by, perr := day.Parse(v("by"))
	if perr != nil && v("by") != "" {
		f.Errors.Add(f.id("by"), "Enter the day as a date")
	}
	if !f.Errors.Any() {
		_, err = r.desk.SayOfTalk(r.ctx(), r.PathValue("sheet"), supervision.Answered{Nth: n, How: v("how"), Why: v("why"), By: by}, r.person()+" "+f.Key)
	}
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return err
	}
	if refused || f.Errors.Any() {
		for _, p := range ps {
			f.Errors.Add(f.id(cmp.Or(p.Field, "how")), p.Text)
		}
		return s.actionPage(w, r, http.StatusUnprocessableEntity, f)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, r.URL.Path, http.StatusSeeOther)
	return nil
}

func (s *Server) talkReceipt(w http.ResponseWriter, r *request) error {
	id := entry.ID(r.PathValue("entry"))
	text, err := r.desk.TalkReceipt(r.ctx(), r.PathValue("sheet"), id)
	if err != nil {
		return err
	}
	return sendReceipt(w, id, text)
}

// groupData is a talk of a group that begins: who of the team takes part.
type groupData struct {
	Team, Name string
	entered
	People []govuk.Choice
	Chosen []string
	Before []beforeLine
}

func (s *Server) groupForm(w http.ResponseWriter, r *request) error {
	return s.groupPage(w, r, http.StatusOK, groupData{entered: notEntered()})
}

func (s *Server) groupPage(w http.ResponseWriter, r *request, code int, d groupData) error {
	t, talks, err := r.desk.TeamGroup(r.ctx(), r.PathValue("team"))
	if err != nil {
		return err
	}
	d.Team, d.Name = t.ID, t.Name
	on := r.now.Date()
	for _, p := range r.line.Workers(t.ID, on) {
		if h, ok := r.line.Holder(p.ID, on); ok && h.Person != r.person() {
			d.People = append(d.People, govuk.Choice{Value: h.Person, Text: r.line.Name(h.Person)})
		}
	}
	for _, x := range talks {
		y := beforeLine{Href: "/supervision/" + x.ID, When: "Prepared on " + x.Opened.Date().Long(), State: shell.State{Kind: shell.Grey, Text: string(x.State)}}
		if x.On != 0 {
			y.When = x.On.Long()
		}
		d.Before = append(d.Before, y)
	}
	f := s.page(r, "Group supervision: "+t.Name, "/team")
	f.Errors = d.Errors.Any()
	return s.render(w, code, groupPageOf(f, d))
}

func (s *Server) openGroup(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := groupData{entered: enteredIn(r), Chosen: r.PostForm["with"]}
	done, err := r.desk.OpenGroup(r.ctx(), r.PathValue("team"), d.Chosen, r.person()+" "+d.Key)
	if ps, refused := entry.Problems(err); refused {
		for _, p := range ps {
			d.Errors.Add("with", p.Text)
		}
		return s.groupPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/supervision/"+done.Child, http.StatusSeeOther)
	return nil
}

// howChoices are how an action can stand, for whoever asks.
func howChoices(mayClose, mayMove bool) (out []govuk.Choice) {
	if mayClose {
		out = append(out, govuk.Choice{Value: supervision.Done, Text: "It is done"})
	}
	out = append(out, govuk.Choice{Value: supervision.NotYet, Text: "Not yet"})
	if mayMove {
		out = append(out, govuk.Choice{Value: supervision.NotNeeded, Text: "It is not needed any more"})
	}
	return out
}

// partBy is the day by which an action is to be done.
func (d actionData) partBy() string { return d.By }
