package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// recordData is a page on which something is recorded: the questions with what
// was typed, every problem at once, or the answers to check.
type recordData struct {
	Name, Back, Action string
	Title, Intro, Verb string
	When               string
	Timed              bool
	TimeHint           string // what to do when nobody knows the hour
	Fields             []field
	Options            map[string][][2]string // of fields that choose from what there is
	Now                bool                   // it happens by being recorded: no date is asked for
	Facts              [][2]string            // what to know before answering
	entered
	Check    bool // show the answers, with a button to record them
	Sure     bool
	Answers  [][2]string
	Warnings []string // what to look at again before it is recorded
	Blocked  string   // why nothing of this kind can be recorded now
}

func (s *Server) choices(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Record")
	if err != nil {
		return err
	}
	groups := []choiceGroup{}
	for _, kind := range formOrder {
		f := forms[kind]
		if !offered(r, p, kind) {
			continue
		}
		i := len(groups) - 1
		for j := range groups {
			if groups[j].Title == f.group {
				i = j
			}
		}
		if i < 0 || groups[i].Title != f.group {
			groups = append(groups, choiceGroup{Title: f.group})
			i = len(groups) - 1
		}
		groups[i].Links = append(groups[i].Links, shell.Link{Text: f.title, Href: "/child/" + p.Record.Child + "/record/" + kind})
	}
	if r.desk.MayChild(access.SeeChild, p.Access) == nil {
		i := slices.IndexFunc(groups, func(g choiceGroup) bool { return g.Title == "Plans" })
		groups = slices.Insert(groups, i+1, actGroups(p)...)
	}
	return s.render(w, http.StatusOK, choicesPage(s.page(r, "Record", ""), p.Identity.Name(), "/child/"+p.Record.Child, groups))
}

// offered says whether a kind makes sense for the child now, and whether
// whoever asks may record it.
func offered(r *request, p *app.ChildPage, kind string) bool {
	if r.desk.MayChild(app.ActionOf(entry.Kind(kind)), p.Access) != nil {
		return false
	}
	restricted := p.Guard.Restriction != nil
	switch kind {
	case "record.restricted":
		return !restricted
	case "record.unrestricted", "record.let-in", "record.restriction-reviewed":
		return restricted
	case "record.let-out":
		return len(p.Guard.Let) > 0
	case "glass.reviewed":
		return openGlass(r, p) != nil
	case "sar.extended", "sar.clock-stopped", "sar.clock-started", "sar.answered", "sar.refused":
		return len(openRequests(p)) > 0
	case "hold.ended":
		return len(p.Record.Holds()) > 0
	case "allocation", "allocation.ended":
		return len(r.desk.Who().Teams) > 0
	case "found-out", "taken", "rated":
		return p.Status.Waits
	case "parked":
		return p.Status.Waits && p.Record.Waiting().Parked == nil && p.Status.Rating != child.Ratings[0]
	case "parking.agreed", "parking.ended":
		pk := parking(p)
		return pk != nil && (kind == "parking.ended" || pk.Agreed == nil && pk.Event.Author != r.person())
	case "decision":
		return p.Status.Undecided
	case "case.closed":
		return p.Status.Open
	case "goal.moved":
		return len(goalsOf(p)) > 0
	case "view.followed":
		return slices.ContainsFunc(p.Record.Views(""), func(v child.ViewSaid) bool { return v.Words != "" && v.Followed == nil })
	}
	return true
}

// goalsOf are the goals of the plan that stands.
func goalsOf(p *app.ChildPage) []child.Goal {
	v, _ := p.Plan()
	return v.Goals
}

// parking is what the child's contact or referral waits for, if anything.
func parking(p *app.ChildPage) *child.Parking {
	if w := p.Record.Waiting(); w.Waits() {
		return w.Parked
	}
	return nil
}

// atDoor are the kinds after which one goes on with what waits.
var atDoor = []entry.Kind{"found-out", "taken", "rated", "parked", "parking.agreed", "parking.ended"}

// ofPlan are the kinds after which one goes on with the plan.
var ofPlan = []entry.Kind{"view", "view.followed", "goal.moved"}

// openGlass is the oldest emergency opening that waits for a review, and that
// was another's.
func openGlass(r *request, p *app.ChildPage) *child.Glass {
	for i, g := range p.Guard.Glass {
		if !g.Reviewed && g.Person != r.person() {
			return &p.Guard.Glass[i]
		}
	}
	return nil
}

type choiceGroup struct {
	Title string
	Links []shell.Link
}

func (s *Server) form(w http.ResponseWriter, r *request) error {
	d, p, err := s.recordPage(r)
	if err != nil {
		return err
	}
	if r.PathValue("kind") == "allocation" { // there is a page for it, with the hours of everybody
		http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/allocate", http.StatusSeeOther)
		return nil
	}
	if r.PathValue("kind") == "case.closed" { // there is a page for it, with what is still owed
		http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/close", http.StatusSeeOther)
		return nil
	}
	if sort := heldByForm[r.PathValue("kind")]; sort != "" { // there is a page for it, with who was there and who disagreed
		http.Redirect(w, r.Request, holdHref(p, sort), http.StatusSeeOther)
		return nil
	}
	if r.PathValue("kind") == "visit" { // there is a page for it, for a phone
		http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/visit", http.StatusSeeOther)
		return nil
	}
	if a, ok := p.Record.OpenAssessment(); ok && r.PathValue("kind") == "assessment.authorised" && len(a.Weighed)+len(a.Versions) > 0 { // it is written here: it is read, and signed, on its page
		http.Redirect(w, r.Request, asmPath(p.Record.Child), http.StatusSeeOther)
		return nil
	}
	if r.PathValue("kind") == "decision" && p.Status.Waits { // there is a page for it, with all that a decision needs
		http.Redirect(w, r.Request, "/front-door/"+p.Record.Child, http.StatusSeeOther)
		return nil
	}
	now := r.now.Local()
	d.Values["happened-day"], d.Values["happened-month"], d.Values["happened-year"] = fmt.Sprint(now.Day()), fmt.Sprint(int(now.Month())), fmt.Sprint(now.Year())
	if d.Timed {
		d.Values["happened-time"] = now.Format("15:04")
	}
	asked := maps.Clone(d.Values)
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if d.Values["person"] != asked["person"] || d.Values["as_named"] != asked["as_named"] { // what was typed before is about somebody else
		d.Values, d.lists, d.Kept = asked, nil, ""
	}
	return s.render(w, http.StatusOK, recordPage(s.page(r, d.Title, ""), d))
}

// recordPage prepares the page of a kind for a child.
func (s *Server) recordPage(r *request) (recordData, *app.ChildPage, error) {
	kind := r.PathValue("kind")
	f, ok := forms[kind]
	if !ok {
		return recordData{}, nil, app.ErrNotFound
	}
	p, _, err := s.load(r, "Record")
	if err != nil {
		return recordData{}, nil, err
	}
	known, _ := app.Registry().Known(entry.Kind(kind))
	if f.when == "" {
		f.when = "When did it happen?"
	}
	base := "/child/" + p.Record.Child
	d := recordData{Name: p.Identity.Name(), Back: base, Action: base + "/record/" + kind, Title: f.title, Intro: f.intro, Verb: f.verb, When: f.when, Timed: known.Timed,
		entered: notEntered(), Options: map[string][][2]string{}, Fields: f.fields, Sure: f.sure, Now: f.now}
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name = "a record that is closed to you"
	}
	for _, fl := range f.fields {
		if d.Options[fl.name], err = s.options(r, p, fl.as); err != nil {
			return d, p, err
		}
		switch fl.as {
		case "team":
			d.Values[fl.name] = p.Status.Team
		case "referral":
			d.Values[fl.name] = string(openReferral(p))
		case "request", "hold":
			if len(d.Options[fl.name]) == 1 {
				d.Values[fl.name] = d.Options[fl.name][0][0]
			}
		case "entry", "goal", "view":
			d.Values[fl.name] = r.URL.Query().Get(fl.as)
		case "parking":
			pk := parking(p)
			if pk == nil {
				return d, p, entry.Refuse("", "Nothing about this child is parked")
			}
			d.Values[fl.name] = string(pk.Event.ID)
			d.Facts = [][2]string{{"Waits for", pk.Body.Why}, {"Until", pk.Body.Until.Long()}, {"Proposed by", p.Line.Name(pk.Event.Author)}}
		case "glass":
			g := openGlass(r, p)
			if g == nil {
				return d, p, entry.Refuse("", "No emergency opening of this record waits for a review by you")
			}
			d.Values[fl.name] = string(g.Entry)
			d.Facts = glassFacts(r, p, g)
		}
	}
	switch kind {
	case "child.known":
		if r.desk.MayChild(access.SeeChild, p.Access) == nil {
			d.Facts = knownFacts(p)
		}
	case "family.member":
		if err := s.personForm(r, p, &d); err != nil {
			return d, p, err
		}
	case "significant":
		d.Values["entry"] = r.URL.Query().Get("entry")
		d.Values["significant"] = map[string]string{"no": "no", "yes": "yes"}[r.URL.Query().Get("is")]
	}
	if kind == "disposal.proposed" || kind == "kept-as" {
		d.Facts = s.standing(r, p)
	}
	return d, p, nil
}

// glassFacts are what whoever reviews an emergency opening must know.
func glassFacts(r *request, p *app.ChildPage, g *child.Glass) [][2]string {
	why := ""
	if e, ok := findLog(p, g.Entry); ok {
		if b, ok := e.Body.(child.GlassBroken); ok {
			why = b.Why
		}
	}
	return [][2]string{{"Opened by", r.line.Name(g.Person)}, {"When", g.From.Long() + ", until " + g.Until.Clock()}, {"Why, in their words", why}}
}

// record checks everything at once, asks to check the answers where that is
// due, and records.
func (s *Server) record(w http.ResponseWriter, r *request) error {
	d, p, err := s.recordPage(r)
	if err != nil {
		return err
	}
	kind := r.PathValue("kind")
	if err := r.parse(); err != nil {
		return err
	}
	d.take(r)
	if kind == "significant" && r.desk.MayChild(access.SeeChild, p.Access) == nil {
		d.Options["entry"] = eventOptions(p, d.Values["entry"])
	}
	body := map[string]any{}
	for _, f := range d.Fields {
		v := strings.TrimSpace(d.Values[f.name])
		switch {
		case f.name == "alone" && v == "" && d.Values["seen"] == "no":
			body[f.name] = false // a child who was not seen was not seen alone
		case f.as == "yesno" && v == "":
			d.Errors.Add(f.name, "Answer: "+lower(strings.TrimSuffix(f.label, "?")))
		case f.as == "yesno":
			body[f.name] = v == "yes"
		case f.chosen() && v == "" && !f.optional:
			d.Errors.Add(f.name, "Choose an answer: "+lower(strings.TrimSuffix(f.label, "?")))
		case v == "":
		case f.as == "number":
			if n, err := strconv.Atoi(v); err == nil {
				body[f.name] = n
			} else {
				d.Errors.Add(f.name, "Choose an answer: "+lower(strings.TrimSuffix(f.label, "?")))
			}
		case f.as == "entries":
			body[f.name] = []string{v}
		case f.as == "kin":
			id, ok, err := s.kinRecord(r, p, v, d.Values["person"], d.Values["as_named"])
			if err != nil {
				return err
			}
			if body[f.name] = id; !ok {
				d.Errors.Add(f.name, "There is no record at this address that you can see. Leave it empty, or copy the address of the record's page")
			}
		case f.as == "several":
			body[f.name] = d.lists[f.name]
		case f.as == "moment":
			if at, err := day.ParseInstant(v); err == nil {
				body[f.name] = at
			} else {
				d.Errors.Add(f.name, "Enter the day and the time")
			}
		default:
			body[f.name] = v
		}
	}
	if kind == "child.known" {
		knownNumbers(&d, body, r.line.Authority.Code)
	}
	if kind == "relation.declared" {
		body["person"] = r.person() // one declares for oneself
	}
	if post, ok := p.Line.Post(d.Values["post"], p.At.Date()); kind == "allocation" && ok {
		body["team"] = post.Team
	}
	if kind == "decision" {
		if o := body["outcome"]; (o == "assess" || o == "section 47") && body["team"] == nil {
			d.Errors.Add("team", "Choose the team that takes it")
		}
	}
	happened := d.happened()
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	b, err := app.Registry().Decode(entry.Kind(kind), raw)
	if err != nil {
		return err
	}
	if d.Now {
		happened = day.AtInstant(r.now)
	}
	cmd := child.Command{Happened: happened, Body: b, Source: entry.Source{Kind: "page"}}
	if x, ok := b.(child.SARAnswered); ok {
		d.Warnings = p.Record.Conflicts(x, r.now, app.Fold)
	}
	return s.finish(w, r, d, p, cmd)
}

// finish shows what is wrong, or the answers to check, or records.
func (s *Server) finish(w http.ResponseWriter, r *request, d recordData, p *app.ChildPage, cmd child.Command) error {
	again := func(code int) error {
		f := s.page(r, d.Title, "")
		f.Errors = d.Errors.Any()
		return s.render(w, code, recordPage(f, d))
	}
	if r.FormValue("step") == "change" {
		d.Errors = nil
		return again(http.StatusOK)
	}
	err := r.desk.Try(p, cmd)
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return err
	}
	var sure []entry.Problem // what follows from a question not answered yet is not a mistake
	for _, p := range ps {
		if !d.Errors.Any() || !d.optional(p.Field) {
			sure = append(sure, p)
		}
	}
	d.problems(&entry.Refusal{Problems: sure})
	if d.Errors.Any() {
		d.sortErrors()
		return again(http.StatusUnprocessableEntity)
	}
	if d.Sure && r.FormValue("step") != "record" {
		d.Check, d.Answers = true, d.answers()
		return again(http.StatusOK)
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Commands: []child.Command{cmd}, Key: r.person() + " " + d.Key, Now: d.Now})
	if _, ok := entry.Problems(err); ok {
		d.problems(err)
		return again(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	if strings.HasPrefix(string(cmd.Body.Kind()), "disposal.") {
		http.Redirect(w, r.Request, "/disposals?done="+string(done.Entries[0]), http.StatusSeeOther)
		return nil
	}
	to := "/child/" + p.Record.Child
	if slices.Contains(ofPlan, cmd.Body.Kind()) {
		to += "/plan"
	}
	if b, ok := cmd.Body.(child.View); ok && b.Goal == "" {
		if _, assessing := p.Record.OpenAssessment(); assessing { // it stands there at once
			to = asmPath(p.Record.Child)
		}
	}
	switch cmd.Body.Kind() {
	case "assessment.started":
		to = asmPath(p.Record.Child)
	case "section47.ended":
		to = s47Path(p.Record.Child)
	case "family.member":
		to += "/family"
	case "significant":
		to += "/story"
	}
	if slices.Contains(atDoor, cmd.Body.Kind()) {
		to = "/front-door/" + p.Record.Child
	}
	if err := r.desk.MayStill(r.ctx(), access.SeeChild, p.Record.Child); errors.Is(err, app.ErrForbidden) {
		to = "/owed" // what was recorded gave the child to others, or closed the record
	} else if err != nil {
		return err
	}
	http.Redirect(w, r.Request, to+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

func (d *recordData) optional(name string) bool {
	for _, f := range d.Fields {
		if f.name == name {
			return f.optional
		}
	}
	return false
}

// sortErrors puts the problems in the order of the questions.
func (d *recordData) sortErrors() {
	place := map[string]int{"form": -3, "happened-day": -2, "happened-time": -1}
	for i, f := range d.Fields {
		place[f.name] = i
	}
	slices.SortStableFunc(d.Errors, func(a, b govuk.FieldError) int { return place[a.Field] - place[b.Field] })
}

// take keeps everything that was typed.
func (d *recordData) take(r *request) {
	for name, v := range r.PostForm {
		d.Values[name] = v[0]
	}
	d.lists = r.PostForm
	d.Key = d.Values["key"]
	if d.Key == "" {
		d.Key = fresh()
	}
}

// happened reads the date, and the time where it is asked for.
func (d *recordData) happened() day.When {
	if d.Now {
		return day.When{}
	}
	text := func(k string) string { return strings.TrimSpace(d.Values["happened-"+k]) }
	dd, mm, yy := text("day"), text("month"), text("year")
	if dd+mm+yy == "" {
		d.Errors.Add("happened-day", "Enter when it happened")
		return day.When{}
	}
	wrong := false
	on, err := day.Parse(pad(yy, 4) + "-" + pad(mm, 2) + "-" + pad(dd, 2))
	if err != nil {
		d.Errors.Add("happened-day", "Enter a date that is in the calendar, such as 23 11 2026")
		on, wrong = 0, true
	}
	tm := text("time")
	if !d.Timed || tm == "" {
		if wrong {
			return day.When{}
		}
		return day.On(on)
	}
	shown := on
	if wrong {
		shown = 1 // any day: the time is looked at all the same
	}
	at, err := day.ParseInstant(shown.String() + "T" + pad(tm, 5))
	if err != nil {
		d.Errors.Add("happened-time", "Enter the time as hours and minutes, such as 16:50")
	}
	if err != nil || wrong {
		return day.When{}
	}
	return day.AtInstant(at)
}

func pad(s string, n int) string {
	for len(s) < n {
		s = "0" + s
	}
	return s
}

// problems puts what the core refused at its field.
func (d *recordData) problems(err error) {
	ps, _ := entry.Problems(err)
	for _, p := range ps {
		f := d.place(p.Field)
		if d.Errors.For(f) == "" {
			d.Errors.Add(f, p.Text)
		}
	}
}

// place is the id on the page where a problem with a field is shown. The form
// itself takes what no question is about, so that every problem leads somewhere.
func (d *recordData) place(problem string) string {
	if problem == "happened" {
		return "happened-day"
	}
	for _, f := range d.Fields {
		switch {
		case f.as == "hidden": // nobody can see it
		case f.name == problem || f.name == "body-"+problem:
			return f.name
		case f.as == "worker" && problem == "team": // the team follows from the worker
			return f.name
		}
	}
	return "form"
}

// answers are what was typed, in words, to check before it is recorded.
func (d *recordData) answers() (rows [][2]string) {
	if !d.Now {
		rows = append(rows, [2]string{"When", d.happened().Long()})
	}
	for _, f := range d.Fields {
		v := d.Values[f.name]
		switch f.as {
		case "hidden", "referral", "glass", "parking":
			continue
		case "choice", "number":
			for _, c := range f.choices {
				if c[0] == v {
					v = c[1]
				}
			}
		case "yesno":
			v = title(v)
		}
		for _, o := range d.Options[f.name] {
			if o[0] == v && v != "" {
				v = o[1]
			}
		}
		if v == "" {
			v = "Nothing entered"
		}
		rows = append(rows, [2]string{f.label, v})
	}
	return rows
}
