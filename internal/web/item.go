package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/triage"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// itemData is the page on which somebody decides about what waits of one child.
type itemData struct {
	entered
	Child, Name, Age string
	Record           string // where the child's is
	Sub              string
	Row              doorLine
	Where            string
	Came             []cameLine
	Why              []whyLine
	Ratings          []string
	Provisional      string
	NotKnown         []string
	Found            []foundLine
	IfNot            [][2]string
	Members          []memberLine
	Before           [][3]string // day, what, href
	Earlier          int
	Signs            []signLine
	Open             int // signs that nobody has answered
	Levels           []govuk.Choice
	Outcomes         []govuk.Choice
	Teams            [][2]string
	Cover            []coverLine
	Parents          []govuk.Choice
	Told             string // how the referrer can be reached
	ToldBy           string // and within what time they must be told
	Acts             []actLink
	May              bool // whoever asks may record here
	Must             string
	Next             []string // what follows when it is recorded
	Seen             int64
}

type actLink struct{ Text, Href string }

type cameLine struct{ Who, Reach, When, What, Words, Where, Consent, Href string }

type whyLine struct {
	Rating urgency
	Label  string
	Name   string
	Text   string
	Words  string
	Href   string
	Off    bool // a person set it aside
}

type foundLine struct{ Who, State, What string }

type memberLine struct {
	Name, Relation, Born, Href, Known string
	Child                             string
}

type coverLine struct {
	Child, Name string
	In          bool
	Why         string
	Waits       bool
}

type signLine struct {
	ID, Ask, Hint, Value, Words string
	Hard                        bool // it can make something red
}

// hard parts the questions: those that can make something red come first.
func hard(signs []signLine, is bool) (out []signLine) {
	for _, x := range signs {
		if x.Hard == is {
			out = append(out, x)
		}
	}
	return out
}

func (s *Server) item(w http.ResponseWriter, r *request) error {
	d := itemData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	it, err := r.desk.Item(r.ctx(), access.SeeChild, r.PathValue("child"))
	if err != nil {
		return err
	}
	return s.itemPage(w, r, http.StatusOK, d, it)
}

func (s *Server) itemPage(w http.ResponseWriter, r *request, code int, d itemData, it *app.Item) error {
	if !it.Waiting.Waits() { // it was decided: the child's page says what came of it
		to := "/child/" + it.Page.Record.Child
		if it.Page.Status.Undecided { // a census says so, and cannot say whether it was decided
			to += "/record/decision"
		}
		http.Redirect(w, r.Request, to, http.StatusSeeOther)
		return nil
	}
	s.fillItem(r, it, &d)
	f := s.page(r, "Decide: "+d.Name, "/front-door")
	f.Errors = d.Errors.Any()
	if done := r.URL.Query().Get("done"); done != "" {
		if e, ok := findLog(it.Page, entry.ID(done)); ok {
			k, _ := app.Registry().Known(e.Kind)
			at := "/child/" + d.Child + "/entry/" + done
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + " recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, itemPageOf(f, d))
}

func (s *Server) fillItem(r *request, it *app.Item, d *itemData) {
	p, wt := it.Page, it.Waiting
	q := &app.Queue{Line: p.Line, Now: p.At}
	it.Row.ChildRow = app.ChildRow{Child: p.Record.Child, Name: p.Identity.Name(), Birth: p.Identity.Birth, Expected: p.Identity.Expected}
	d.Record = r.then("/child/" + p.Record.Child)
	d.Child, d.Name, d.Age, d.Row, d.Seen = p.Record.Child, p.Identity.Name(), age(p.Identity.Birth, p.Identity.Expected, p.At.Date()), s.doorLine(r, q, it.Row), p.LastSeq
	first := wt.First
	kind := "Contact"
	if first.Kind == "referral" {
		kind = "Referral"
	}
	d.Sub = kind + ", received " + near(first.When.From(), p.At) + ". Owner: " + lowerYou(d.Row.Owner) + "."
	if len(d.Row.Known) == 0 {
		d.Sub += " Not known here before."
	}
	for _, ev := range wt.Came {
		in := child.IntakeOf(ev)
		x := cameLine{When: near(ev.When.From(), p.At), Words: in.Words, Where: in.Where, Reach: in.Reach, Href: r.then("/child/" + d.Child + "/entry/" + string(ev.ID))}
		switch b := ev.Body.(type) {
		case child.Contact:
			x.Who, x.What = b.From, b.What
		case child.Referral:
			x.Who, x.What = b.From, b.What
		}
		if in.Role != "" && !strings.EqualFold(in.Role, x.Who) {
			x.Who += " (" + in.Role + ")"
		}
		switch in.Consent {
		case "agreed":
			x.Consent = "A parent agreed."
		case "refused":
			x.Consent = "The parents refused. It is looked into all the same: " + in.Override
		case "not asked":
			x.Consent = "The parents were not asked. " + in.Override
		}
		d.Where = cmp.Or(in.Where, d.Where)
		d.Told = cmp.Or(in.Reach, d.Told)
		d.Came = append(d.Came, x)
	}
	s.fillWhy(it, d)
	s.fillFound(it, d)
	on := p.At.Date()
	for _, m := range wt.Household() {
		x := memberLine{Known: "Nobody has looked yet", Name: m.Name, Relation: m.Relation, Born: m.Born, Child: m.Child}
		for _, h := range it.Household {
			if h.Member.Child != m.Child || m.Child == "" {
				continue
			}
			c := h.Row
			if c.Closed != "" {
				x.Name = cmp.Or(x.Name, c.Name)
				x.Known = "Closed to you. Ask " + whoHas(r, c.Closed) + "."
				continue
			}
			x.Href, x.Name, x.Born = r.then("/child/"+c.Child), c.Name, strings.TrimPrefix(age(c.Birth, c.Expected, on), ", ")
			x.Known = cmp.Or(c.Situation, "Known")
			if c.Post != "" {
				x.Known += ", worker: " + whoOwes(p.Line, line.KeyOf(c.Post), on)
			}
		}
		d.Members = append(d.Members, x)
	}
	d.Earlier = it.Before
	d.Before = before(r, p, wt)
	for _, sg := range it.Rules.Signs {
		if wt.Signs[sg.ID] == "" && !it.Rules.Asked(sg, it.Facts) {
			continue
		}
		x := signLine{ID: sg.ID, Ask: sg.Ask, Hint: sg.Hint, Value: wt.Signs[sg.ID], Hard: it.Rules.Hard(sg.ID)}
		if v := d.value("signs", "sign-"+sg.ID); v != "" {
			x.Value = v
		}
		if wt.Signs[sg.ID] == "" {
			d.Open++
		}
		for _, f := range slices.Concat(it.Result.Fired, it.Result.Weighs) {
			if f.ID == sg.ID && len(f.Words) > 0 {
				x.Words = strings.Join(f.Words, ", ")
			}
		}
		d.Signs = append(d.Signs, x)
	}
	d.May = r.desk.MayChild(access.RecordChild, p.Access) == nil
	base := "/child/" + d.Child + "/record/"
	d.Acts = []actLink{{"Is this child already known? Look", "/front-door/" + d.Child + "/known"}, {"Record what was found out, or who was asked", base + "found-out"}, {"Say who deals with it", base + "taken"}, {"Rate it higher or lower", base + "rated"}}
	switch pk := wt.Parked; {
	case pk == nil && wt.Rating != triage.Red:
		d.Acts = append(d.Acts, actLink{"Propose to wait for something", base + "parked"})
	case pk != nil && pk.Agreed == nil:
		if pk.Event.Author != r.person() {
			d.Acts = append(d.Acts, actLink{"Agree that it waits", base + "parking.agreed"})
		}
		d.Acts = append(d.Acts, actLink{"Refuse to wait, or take it back", base + "parking.ended"})
	case pk != nil:
		d.Acts = append(d.Acts, actLink{"End the parking now", base + "parking.ended"})
	}
	for _, l := range it.Rules.Levels {
		d.Levels = append(d.Levels, govuk.Choice{Value: strconv.Itoa(l.N), Text: l.Name + ". " + l.Says})
	}
	d.Outcomes = outcomes(wt)
	for _, t := range p.Line.Teams() {
		d.Teams = append(d.Teams, [2]string{t.ID, t.Name})
	}
	for _, h := range it.Household {
		c := coverLine{Child: h.Member.Child, Name: cmp.Or(h.Row.Name, h.Member.Name), Waits: h.Waits, In: h.Waits}
		if d.Form == "decide" || d.Kept != "" {
			c.In, c.Why = has(d.lists["covers"], c.Child), d.Values["why-"+c.Child]
		}
		d.Cover = append(d.Cover, c)
	}
	for _, x := range child.ParentsKnow {
		d.Parents = append(d.Parents, govuk.Choice{Value: x, Text: title(x)})
	}
	d.Must = must(r, it)
	d.Next = s.follows(r, it)
	d.ToldBy = s.within(r, "referral.tell-referrer")
}

// fillWhy says why it is rated as it is: each rule with its words, then what weighs.
func (s *Server) fillWhy(it *app.Item, d *itemData) {
	for _, f := range it.Result.Fired {
		d.Why = append(d.Why, whyLine{Rating: rateOf(f.Rating), Name: f.Name, Text: f.Why, Words: strings.Join(f.Words, ", "), Href: "/rules/triage#" + anchor(f.ID), Off: slices.Contains(it.Waiting.Lowered, f.ID)})
	}
	for _, f := range it.Result.Weighs {
		d.Why = append(d.Why, whyLine{Label: "Weighs up", Name: f.Name, Words: strings.Join(f.Words, ", ")})
	}
	if len(d.Why) == 0 {
		d.Why = append(d.Why, whyLine{Rating: rateOf(triage.Green), Name: triage.NoRule, Text: "Of what was said and answered so far, nothing fires a rule."})
	}
	for _, ev := range it.Waiting.Ratings {
		b := ev.Body.(child.Rated)
		by, again := it.Page.Line.Name(ev.Author), ""
		if ev.Source.Of == app.ByNewRules {
			again = ". Nothing new was said: the rules changed"
		}
		d.Ratings = append(d.Ratings, b.Rating+", "+near(ev.When.From(), it.Page.At)+", "+by+": "+b.Why+again)
	}
	if it.Result.Provisional {
		d.Provisional = "Provisional: it could be more urgent, and nobody knows yet."
	}
	for _, id := range it.Result.Missing {
		d.NotKnown = append(d.NotKnown, title(it.Rules.MissingText(id))+".")
	}
}

func (s *Server) fillFound(it *app.Item, d *itemData) {
	for _, ev := range it.Waiting.Found {
		b := ev.Body.(child.FoundOut)
		at := near(ev.When.From(), it.Page.At)
		switch {
		case b.Asked != "":
			state := "asked " + at
			if b.By != 0 {
				state += ", answer due " + near(b.By, it.Page.At)
			}
			d.Found = append(d.Found, foundLine{b.Asked, state, b.What})
		default:
			d.Found = append(d.Found, foundLine{cmp.Or(b.From, it.Page.Line.Name(ev.Author)), at, cmp.Or(b.What, answers(b.Signs))})
		}
	}
	var first *duty.Duty // the one that is due first
	for i := range it.Page.Duties {
		u := &it.Page.Duties[i]
		if u.State == duty.Open && slices.Contains(u.Rule.MetBy.Kind, "decision") && u.Since.From() >= it.Waiting.First.When.From() && (first == nil || u.Due.By < first.Due.By) {
			first = u
		}
	}
	if first == nil {
		return
	}
	for _, st := range first.Steps() {
		_, by := first.Tells(st, it.Page.Line, it.Page.At.Date())
		d.IfNot = append(d.IfNot, [2]string{near(st.At, it.Page.At), cmp.Or(it.Page.Line.Name(by.Person), "the next post above")})
	}
}

// before are earlier steps in the child's way, newest first.
func before(r *request, p *app.ChildPage, w *child.Waiting) (out [][3]string) {
	for i := len(p.Record.Events) - 1; i >= 0 && len(out) < 12; i-- {
		ev := &p.Record.Events[i]
		switch ev.Kind {
		case "contact", "referral", "decision", "contact.decided", "section47.started", "cp-plan.started", "cp-plan.ended", "cin-plan.started", "cin-plan.ended", "care.started", "care.ended", "case.closed", "missing.started", "assessment.authorised":
		default:
			continue
		}
		if slices.ContainsFunc(w.Came, func(c child.Event) bool { return c.ID == ev.ID }) || ev.When.From() > w.First.When.From() {
			continue
		}
		k, _ := app.Registry().Known(ev.Kind)
		out = append(out, [3]string{ev.When.Date.Long(), k.Title + ". " + summary(ev.Body, p.Line), r.then("/child/" + p.Record.Child + "/entry/" + string(ev.ID))})
	}
	return out
}

// outcomes are what can be decided about what waits.
func outcomes(w *child.Waiting) []govuk.Choice {
	out := []govuk.Choice{
		{Value: child.Section47, Text: "Strategy discussion with police and health, and a section 47 enquiry"},
		{Value: child.Assess, Text: "Assessment by a social worker"},
	}
	if w.Had != "" {
		out = append(out, govuk.Choice{Value: child.OpenCase, Text: "It belongs to the work that is open"})
	}
	out = append(out, govuk.Choice{Value: child.EarlyHelp, Text: "Early help, with a named lead who has said yes"},
		govuk.Choice{Value: child.NoAction, Text: "No further action"})
	if w.First.Kind == "contact" {
		out = append(out, govuk.Choice{Value: child.Informed, Text: "Only information: nobody asks for anything"})
	}
	return out
}

// must says who may decide what here, where not everybody may.
func must(r *request, it *app.Item) string {
	p := r.desk.Post()
	switch {
	case p.Tier >= line.TeamManager:
		return ""
	case it.Before >= 2:
		return "This is the third referral in 12 months or more. A manager decides it."
	case !it.Page.Line.Registered(r.person(), r.now.Date()):
		return "That nothing follows is decided by a registered social worker or a manager."
	}
	return ""
}

// follows says what whoever decides sets going.
func (s *Server) follows(r *request, it *app.Item) (out []string) {
	out = []string{"The clock of this rating stops.",
		"Somebody owes " + cmp.Or(cameFrom(it.Waiting), "whoever told us") + " an answer" + s.within(r, "referral.tell-referrer") + ": what was decided, and why.",
		"Where an assessment or enquiry follows, the team's manager owes the child a named worker" + s.within(r, "referral.allocation") + ".",
		"It stays as you wrote it. Only a new decision that names this one can change it."}
	if it.Result.Alarm {
		out = append(out, "A rule fired that lets no refusal pass unseen: if you decide that nothing follows, managers above are told at once.")
	}
	return out
}

// within is the time that a rule in force gives, to stand in a sentence; nothing where
// there is no such rule.
func (s *Server) within(r *request, rule string) string {
	x, ok := s.App.Rules().Rule(rule, r.now.Date())
	if !ok {
		return ""
	}
	return " within " + x.Within.String()
}

func cameFrom(w *child.Waiting) string {
	switch b := w.First.Body.(type) {
	case child.Contact:
		return b.From
	case child.Referral:
		return b.From
	}
	return ""
}

func (s *Server) decideItem(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	it, err := r.desk.Item(r.ctx(), access.RecordChild, r.PathValue("child"))
	if err != nil {
		return err
	}
	d := itemData{entered: enteredIn(r)}
	if d.Form == "signs" && it.Waiting.Waits() {
		return s.answerSigns(w, r, d, it)
	}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	level, _ := strconv.Atoi(v("level"))
	seen, _ := strconv.ParseInt(v("seen"), 10, 64)
	date := func(field string) day.Date {
		on, err := day.Parse(v(field))
		if err != nil && v(field) != "" {
			d.Errors.Add(field, "Enter the day as a date")
		}
		return on
	}
	j := app.Judgement{Child: r.PathValue("child"), Outcome: v("outcome"), Why: v("reasons_for"), Team: v("team"), ToldHow: v("told"), Key: r.person() + " " + d.Key, Seen: seen,
		Judged: child.Judged{Level: level, Against: v("reasons_against"), Unknown: v("not_known"), ReadFrom: date("history_from"), ReadTo: date("history_to"), Words: v("childs_words"),
			Parents: v("parents_know"), WhyNot: v("why_not_told")}}
	for name := range d.Values {
		if id, ok := strings.CutPrefix(name, "why-"); ok || strings.HasPrefix(name, "household-") {
			if !ok {
				id = strings.TrimPrefix(name, "household-")
			}
			if slices.ContainsFunc(j.Covers, func(c child.Covered) bool { return c.Child == id }) {
				continue
			}
			j.Covers = append(j.Covers, child.Covered{Child: id, In: has(d.lists["covers"], id), Why: v("why-" + id)})
		}
	}
	slices.SortFunc(j.Covers, func(a, b child.Covered) int { return strings.Compare(a.Child, b.Child) })
	for i := range j.Covers {
		if j.Covers[i].In {
			j.Covers[i].Why = ""
		}
	}
	if d.Errors.Any() {
		return s.itemPage(w, r, http.StatusUnprocessableEntity, d, it)
	}
	done, err := r.desk.Judge(r.ctx(), j)
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			d.Errors.Add(cmp.Or(p.Field, "outcome"), p.Text)
		}
		return s.itemPage(w, r, http.StatusUnprocessableEntity, d, it)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + j.Child
	if r.desk.MayStill(r.ctx(), access.SeeChild, j.Child) != nil {
		to = "/owed" // another team has the child now
	}
	http.Redirect(w, r.Request, also(to, "done="+string(done[0].Entries[0])), http.StatusSeeOther)
	return nil
}

// answerSigns records answers to the questions of triage. The rules look again at
// once.
func (s *Server) answerSigns(w http.ResponseWriter, r *request, d itemData, it *app.Item) error {
	signs := map[string]string{}
	for _, sg := range it.Rules.Signs {
		if v := d.Values["sign-"+sg.ID]; (v == "yes" || v == "no") && it.Waiting.Signs[sg.ID] != v {
			signs[sg.ID] = v
		}
	}
	if len(signs) == 0 {
		d.Errors.Add("signs", "Answer at least one question that was not answered so")
		return s.itemPage(w, r, http.StatusUnprocessableEntity, d, it)
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: it.Page.Record.Child, Key: r.person() + " " + d.Key,
		Commands: []child.Command{{Happened: day.AtInstant(r.now), Source: entry.Source{Kind: "page"}, Body: child.FoundOut{Signs: signs}}}})
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			d.Errors.Add("signs", p.Text)
		}
		return s.itemPage(w, r, http.StatusUnprocessableEntity, d, it)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/front-door/"+it.Page.Record.Child+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

func lowerYou(s string) string {
	if s == "You" {
		return "you"
	}
	return s
}

// anchor is a rule's id as a page can link to it.
func anchor(id string) string { return strings.ReplaceAll(id, " ", "-") }
