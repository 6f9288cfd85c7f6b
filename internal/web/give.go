package web

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
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
	"onus/internal/wording"
)

// giveData is the form on which the plan is put into the family's words.
type giveData struct {
	entered
	Child, Name string
	None        bool // no plan stands
	Number      int
	Goals       []giveGoal
	For         []govuk.Choice
	Reading     []string
	Back        string
}

// giveGoal is a goal of the form. At begins the names of its fields.
type giveGoal struct {
	At, ID, Name string
	Rings        []string // numbers of its rows of whom to ring
}

// giveWeeks is for how long a link opens when nobody says otherwise.
const giveWeeks = 4

// moreRings is how many empty rows there are for whom to ring.
const moreRings = 2

var forWords = []govuk.Choice{{Value: child.ForParent, Text: "A parent, or another grown-up"}, {Value: child.ForYoung, Text: "The child, under 8"}, {Value: child.ForChild, Text: "The child, 8 to 12"}, {Value: child.ForTeenage, Text: "The child, 13 or older"}}

func (s *Server) giveForm(w http.ResponseWriter, r *request) error {
	p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Give the plan to the family", r.PathValue("child"))
	if err != nil {
		return err
	}
	d := giveData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if v, ok := standing(p); ok {
		if plan := d.Values["plan"]; plan != "" && plan != string(v.ID) { // what was typed was of another version
			d.entered = notEntered()
		}
		prefill(p, v, r.desk.Promised(), &d.entered)
	}
	return s.givePage(w, r, http.StatusOK, p, d)
}

func standing(p *app.ChildPage) (child.PlanVersion, bool) { return p.Record.Plan(p.Status.Since) }

// prefill puts the plan's own words into the fields that nobody typed in: whoever gives
// it rewords them for whoever reads it.
func prefill(p *app.ChildPage, v child.PlanVersion, answer day.Date, e *entered) {
	put := func(name, value string) {
		if _, typed := e.Values[name]; !typed {
			e.Values[name] = value
		}
	}
	put("plan", string(v.ID))
	put("called", firstName(p.Identity.Given))
	put("for", child.ForParent)
	put("how", "link")
	put("until", (p.At.Date() + 7*giveWeeks).String())
	put("answer_by", answer.String())
	put("going_well", v.Well)
	put("childs_words", newestWords(p.Record))
	if v.Next != 0 {
		put("next_meeting", v.Next.Full()+".")
	}
	for i, g := range v.Goals {
		at := goalAt(i)
		put(at+"give", "yes")
		put(at+"name", g.Name)
		put(at+"change", g.Change)
		put(at+"by_when", startWords(g))
		put(at+"worry", g.Worry)
		var help []string
		for _, h := range g.Help {
			help = append(help, helpWords(h))
		}
		put(at+"help", strings.Join(help, "\n"))
		put(at+"measure", g.Measure)
		put(at+"if_not", g.IfNot)
		put(at+"plan_b", g.PlanB)
		for j, x := range g.Ring {
			n := strconv.Itoa(j)
			put(at+"ring-"+n, x.Name)
			put(at+"number-"+n, x.Number)
		}
	}
}

func goalAt(i int) string { return "goals-" + strconv.Itoa(i) + "-" }

// newestWords are the child's newest own words.
func newestWords(rec child.Record) string {
	for _, v := range slices.Backward(rec.Views("")) {
		if v.Of == "child" && strings.TrimSpace(v.Words) != "" {
			return v.Words
		}
	}
	return ""
}

// startWords say by when, and for how long.
func startWords(g child.Goal) string {
	var out []string
	if g.Start != 0 {
		out = append(out, "Start by "+dayWords(g.Start)+".")
	}
	if until := g.Until(); until != 0 {
		out = append(out, "Keep it up for "+count(g.Weeks, "week", "weeks")+", to "+until.Long()+".")
	}
	return strings.Join(out, " ")
}

// dayWords are a day with its weekday.
func dayWords(d day.Date) string { return d.Full() }

// helpWords say what somebody does, and from when: "Ruth: comes on Tuesdays".
func helpWords(h child.Help) string {
	out, who := strings.TrimSpace(h.What), firstName(h.Who)
	if first := firstName(out); who != "" && !strings.Contains(out, who) {
		if strings.HasSuffix(first, "s") { // comes, books, rings
			out = who + " " + lower(out)
		} else {
			out = who + ": " + lower(out)
		}
	}
	if out != "" && !strings.HasSuffix(out, ".") {
		out += "."
	}
	if h.From != 0 {
		out += " Starts on " + h.From.Long() + "."
	}
	return out
}

func (s *Server) givePage(w http.ResponseWriter, r *request, code int, p *app.ChildPage, d giveData) error {
	d.Child, d.Name, d.Back = p.Record.Child, p.Identity.Name(), "/child/"+p.Record.Child
	d.For = forWords
	v, ok := standing(p)
	if d.None = !ok; ok {
		d.Number = v.Number
		for i, g := range v.Goals {
			x := giveGoal{At: goalAt(i), ID: g.ID, Name: g.Name}
			for j := range len(g.Ring) + moreRings {
				x.Rings = append(x.Rings, strconv.Itoa(j))
			}
			d.Goals = append(d.Goals, x)
		}
		b, _ := givenIn(p, v, &entered{Values: d.Values, lists: d.lists})
		d.Reading = s.reading(p, b)
	}
	f := s.page(r, "Give the plan to the family", "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, givePageOf(f, d))
}

// givenIn reads the form into what they get. places says at which field of the form each
// goal that is given stands.
func givenIn(p *app.ChildPage, v child.PlanVersion, e *entered) (b child.PlanShared, places []int) {
	at := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(e.Values[name], "\r\n", "\n"))
	}
	b = child.PlanShared{Plan: v.ID, To: at("to"), As: at("as"), For: at("for"), Called: at("called"), Phone: at("phone"), Well: at("going_well"), Words: at("childs_words"), Next: at("next_meeting")}
	on := func(name, text string) (d day.Date) {
		if x := at(name); x != "" {
			var err error
			if d, err = day.Parse(x); err != nil {
				e.Errors.Add(name, text)
			}
		}
		return d
	}
	b.Until = on("until", "Enter the last day on which the link opens as a date")
	b.Answer = on("answer_by", "Enter the day by which they get an answer as a date")
	for i, g := range v.Goals {
		f := goalAt(i)
		if at(f+"give") != "yes" {
			continue
		}
		x := child.SharedGoal{ID: g.ID, Name: at(f + "name"), Change: at(f + "change"), ByWhen: at(f + "by_when"), Worry: at(f + "worry"), Measure: at(f + "measure"), IfNot: at(f + "if_not"), PlanB: at(f + "plan_b"), Help: paragraphs(at(f + "help"))}
		for j := range len(g.Ring) + moreRings {
			n := strconv.Itoa(j)
			ring := child.Ring{Name: at(f + "ring-" + n), Number: at(f + "number-" + n)}
			switch {
			case ring == (child.Ring{}):
			case ring.Name == "":
				e.Errors.Add(f+"ring-"+n, "Enter who to ring at this number")
			case len(digits(ring.Number)) < 3:
				e.Errors.Add(f+"number-"+n, "Enter the number of "+ring.Name+" in figures")
			default:
				x.Ring = append(x.Ring, ring)
			}
		}
		b.Goals, places = append(b.Goals, x), append(places, i)
	}
	return b, places
}

// reading is help for whoever words it: how it reads, and which words are the system's.
// It is no score on anybody.
func (s *Server) reading(p *app.ChildPage, b child.PlanShared) (out []string) {
	names := []string{b.To, b.Called, p.Identity.Name()}
	var all []string
	for _, g := range b.Goals {
		all = append(all, g.Change, g.ByWhen, g.Worry, strings.Join(g.Help, "\n"), g.Measure, g.IfNot, g.PlanB)
		for _, x := range g.Ring {
			names = append(names, x.Name)
		}
		if plan, ok := p.Record.Goal(g.ID); ok {
			for _, h := range plan.Help {
				names = append(names, h.Who)
			}
		}
	}
	if by := p.Line.Answers(p.Status.Post, p.At.Date()).Person; by != "" {
		names = append(names, p.Line.Name(by))
	}
	all = append(all, b.Well, b.Next)
	all = slices.DeleteFunc(all, func(x string) bool { return strings.TrimSpace(x) == "" })
	text := strings.Join(all, "\n\n")
	read := wording.Read(text, names)
	switch {
	case read.Words == 0:
		return nil
	case read.TooShort():
		out = append(out, "There are too few words to say how it reads.")
	default:
		age := max(int(read.UKAge), 5)
		out = append(out, fmt.Sprintf("Reads at about age %d to %d; the longest sentence has %d words. This is help, and no mark on anybody: it sees how long words and sentences are, and not what they mean.", age, age+1, read.Longest))
		if read.UKAge > 11 || read.Longest > 25 {
			out = append(out, "Try shorter sentences. The longest: “"+read.LongestText+"”")
		}
	}
	var seen []string
	for _, hit := range p.Rules.Wording(p.At.Date()).Gloss(text) {
		low := strings.ToLower(hit.Word)
		if hit.Quiet || slices.Contains(seen, low) {
			continue
		}
		seen = append(seen, low)
		instead := ""
		if hit.Plain != "" {
			instead = " In plain words: “" + hit.Plain + "”."
		}
		out = append(out, "A word of the system: “"+hit.Word+"”."+instead)
	}
	return out
}

// names of fields of the form for the problems that the core found.
func givePlace(field string, places []int) string {
	if rest, ok := strings.CutPrefix(field, "goals-"); ok {
		n, part, _ := strings.Cut(rest, "-")
		if i, err := strconv.Atoi(n); err == nil && i < len(places) {
			return goalAt(places[i]) + part
		}
	}
	switch field {
	case "goals":
		return "goals-0-give"
	case "plan", "":
		return "to"
	}
	return field
}

func (s *Server) give(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Give the plan to the family", r.PathValue("child"))
	if err != nil {
		return err
	}
	d := giveData{entered: enteredIn(r)}
	v, ok := standing(p)
	if !ok {
		d.Errors.Add("main", "No plan stands that could be given")
		return s.givePage(w, r, http.StatusUnprocessableEntity, p, d)
	}
	if d.Values["plan"] != string(v.ID) {
		d.Errors.Add("to", "Another version of the plan stands by now. What you typed is still here: look at the plan, then go on")
		d.Values["plan"] = string(v.ID)
		return s.givePage(w, r, http.StatusConflict, p, d)
	}
	b, places := givenIn(p, v, &d.entered)
	link := d.Values["how"] != "paper"
	if !link {
		b.Until = 0
	}
	step := d.Values["step"]
	if step == "change" {
		return s.givePage(w, r, http.StatusOK, p, d)
	}
	if link && b.Until == 0 && d.Errors.For("until") == "" {
		d.Errors.Add("until", "Give the last day on which the link opens")
	}
	var given app.Given
	x := app.Giving{Child: p.Record.Child, Plan: b, Link: link, Word: strings.TrimSpace(d.Values["word"]), Key: r.person() + " " + d.Key}
	if step == "give" && !d.Errors.Any() {
		given, err = r.desk.GivePlan(r.ctx(), x)
	} else {
		err = r.desk.TryGiving(p, x)
	}
	if _, refused := entry.Problems(err); refused {
		d.place(err, func(field string) string { return givePlace(field, places) })
	} else if err != nil {
		return err
	}
	if d.Errors.Any() {
		return s.givePage(w, r, http.StatusUnprocessableEntity, p, d)
	}
	if step != "give" {
		return s.giveLook(w, r, p, d, b, link)
	}
	s.recorded(r)
	made := madeData{Child: p.Record.Child, Name: p.Identity.Name(), Entry: string(given.Entries[0]), To: b.To, Until: b.Until, Paper: !link, Word: d.Values["word"] != ""}
	if given.Secret != "" {
		made.Link = s.linkTo(r, given.Secret)
	}
	return s.render(w, http.StatusOK, madePage(s.page(r, "The plan is given", ""), made))
}

// giveLook shows exactly what they will see.
func (s *Server) giveLook(w http.ResponseWriter, r *request, p *app.ChildPage, d giveData, b child.PlanShared, link bool) error {
	page := r.desk.FamilyPreview(p, b)
	x := famData{entered: notEntered(), Page: page, Ask: wordsFor(b)}
	x.Preview = &previewData{Action: "/child/" + p.Record.Child + "/plan/give", Title: "This is what " + b.To + " will see. Nothing has been given yet.", Reading: s.reading(p, b), Link: link}
	for name := range d.Values {
		if name != "step" {
			x.Preview.Fields = append(x.Preview.Fields, [2]string{name, d.Values[name]})
		}
	}
	slices.SortFunc(x.Preview.Fields, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	return s.render(w, http.StatusOK, familyPlanPage(s.familyPage(r, "Preview: "+x.title()), x))
}

// madeData is the page on which the private link is shown, once.
type madeData struct {
	Child, Name, Entry, To, Link string
	Until                        day.Date
	Paper, Word                  bool
}

// givenData is what the family was given.
type givenData struct {
	entered
	Child, Name string
	May         bool // whoever looks may record about the child
	Plan        bool // a plan stands that can be given
	Gives       []givenLine
}

type givenLine struct {
	ID, To, When, By, How, State, Opened string
	Live                                 bool
	Goals                                []child.SharedGoal
	Replies                              []givenReply
}

type givenReply struct {
	ID, When, Who, Said, Words string
	Did, Not, By               string // what was done about it
	Waits                      bool
}

func (s *Server) given(w http.ResponseWriter, r *request) error {
	d := givenData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.givenPage(w, r, http.StatusOK, access.SeeChild, d)
}

func (s *Server) givenPage(w http.ResponseWriter, r *request, code int, do access.Action, d givenData) error {
	p, err := r.desk.Shares(r.ctx(), do, "What the family was given", r.PathValue("child"))
	if err != nil {
		return err
	}
	d.Child, d.Name = p.Record.Child, p.Identity.Name()
	d.May = r.desk.MayChild(access.RecordChild, p.Access) == nil
	_, d.Plan = standing(p.ChildPage)
	for _, g := range p.Gives {
		d.Gives = append(d.Gives, givenRow(p.ChildPage, g))
	}
	f := s.page(r, "What the family was given", "")
	f.Errors = d.Errors.Any()
	if done := r.URL.Query().Get("done"); done != "" {
		if e, ok := findLog(p.ChildPage, entry.ID(done)); ok {
			k, _ := app.Registry().Known(e.Kind)
			at := "/child/" + d.Child + "/entry/" + done
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, givenPageOf(f, d))
}

func givenRow(p *app.ChildPage, g app.Gave) givenLine {
	on := p.At.Date()
	x := givenLine{ID: string(g.Event.ID), To: g.To, When: g.Event.When.Long(), By: p.Line.Name(g.Event.Author), Live: g.Opens(on), Goals: g.Goals}
	if g.As != "" {
		x.To += ", " + g.As
	}
	switch g.State(on) {
	case "on paper":
		x.How, x.State = "On paper", "On paper: it has no link"
	case "ended":
		x.State = "Ended: " + g.Ended.Body.(child.PlanShareEnded).Why
	case "locked":
		x.State = "Locked: a wrong word was typed five times. Give a new link"
	case "past its day":
		x.State = "Past its day, " + g.Until.Long()
	default:
		x.State = "Opens until " + g.Until.Long()
		if g.Wrong > 0 {
			x.State += ". A wrong word was typed " + count(g.Wrong, "time", "times")
		}
	}
	if x.How == "" {
		x.How = "By a private link"
		if g.Word != "" {
			x.How += ", with a word agreed on the phone"
		}
	}
	if g.For != child.ForParent {
		x.How += ". Words for: " + g.For
	}
	switch n := len(g.Opened); {
	case g.Link == "":
	case n == 0:
		x.Opened = "Not opened yet"
	case n == 1:
		x.Opened = "Opened once, on " + g.Opened[0].Long()
	default:
		x.Opened = "Opened " + strconv.Itoa(n) + " times, last on " + g.Opened[0].Long()
	}
	for _, v := range g.Replies {
		y := givenReply{ID: string(v.Event.ID), When: v.Event.When.Long(), Who: v.Who(), Words: v.Words}
		var said []string
		if v.Agrees != "" {
			said = append(said, "Is this plan right? "+agreeWords[v.Agrees])
		}
		if v.Scale != nil {
			name := v.Goal
			for _, sg := range g.Goals {
				if sg.ID == v.Goal {
					name = sg.Name
				}
			}
			said = append(said, name+": "+strconv.Itoa(*v.Scale)+" out of 10")
		}
		y.Said = strings.Join(said, ". ")
		if v.Followed != nil {
			b := v.Followed.Body.(child.ViewFollowed)
			y.Did, y.Not, y.By = b.Did, b.Not, p.Line.Name(v.Followed.Author)+", "+v.Followed.When.Long()
		} else {
			y.Waits = v.With == ""
		}
		x.Replies = append(x.Replies, y)
	}
	return x
}

func (s *Server) sayOfGiven(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := givenData{entered: enteredIn(r)}
	id := r.PathValue("child")
	do, of, _ := strings.Cut(d.Form, "-")
	key := r.person() + " " + d.Key
	var done app.Done
	var err error
	record := func(b entry.Body) (app.Done, error) {
		return r.desk.Record(r.ctx(), app.Do{Child: id, Key: key, Now: true, Commands: []child.Command{{Source: entry.Source{Kind: "page"}, Body: b}}})
	}
	switch do {
	case "end":
		done, err = record(child.PlanShareEnded{Shared: entry.ID(of), Why: strings.TrimSpace(d.Values["why"])})
	case "answer":
		done, err = record(child.ViewFollowed{View: entry.ID(of), Did: strings.TrimSpace(d.Values["did"]), Not: strings.TrimSpace(d.Values["why_not"])})
	case "paper":
		x := replyIn(&d.entered)
		if !d.Errors.Any() {
			done, err = r.desk.PaperReply(r.ctx(), id, entry.ID(of), x, key)
		}
	default:
		if err := r.desk.Enter(r.ctx(), access.RecordChild, "What the family was given", id); err != nil {
			return err
		}
		return app.ErrNotFound
	}
	if ps, refused := entry.Problems(err); refused {
		for _, p := range ps {
			d.Errors.Add(givenPlace(do, of, p.Field), p.Text)
		}
	} else if err != nil {
		return err
	}
	if d.Errors.Any() {
		for i := range d.Errors {
			if strings.HasPrefix(d.Errors[i].Field, "scale-") {
				d.Errors[i].Field += "-" + of
			}
		}
		return s.givenPage(w, r, http.StatusUnprocessableEntity, access.RecordChild, d)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+id+"/plan/given?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// givenPlace is where a problem stands on the page of what was given.
func givenPlace(do, of, field string) string {
	switch do {
	case "end":
		return "why-" + of
	case "answer":
		return "did-" + of
	}
	switch {
	case field == "words":
		return "words-" + of
	case strings.HasPrefix(field, "scale-"):
		return field
	}
	return "agrees-" + of
}

// planSheet is the plan on paper.
type planSheet struct {
	famData
	Large    bool
	Back     string // to the page of what was given; empty: the family prints it
	PDF, Big string // addresses of the same as a PDF and in large print
}

//go:embed assets/src/_sheet.scss
var sheetCSS string

func (s *Server) sheet(r *request) (d planSheet, err error) {
	p, err := r.desk.ChildFor(r.ctx(), access.SeeChild, "The plan as it was given", r.PathValue("child"))
	if err != nil {
		return d, err
	}
	page, err := r.desk.FamilyCopy(p, entry.ID(r.PathValue("entry")))
	if err != nil {
		return d, err
	}
	at := "/child/" + p.Record.Child + "/plan/given"
	d.Page, d.Ask, d.Back = page, wordsFor(page.Share.PlanShared), at
	size := ""
	if d.Large = r.URL.Query().Get("size") == "large"; d.Large {
		size = "?size=large"
	}
	d.PDF, d.Big = at+"/"+string(page.Share.Event.ID)+"/plan.pdf"+size, at+"/"+string(page.Share.Event.ID)+"/print?size=large"
	return d, nil
}

func (s *Server) printGiven(w http.ResponseWriter, r *request) error {
	d, err := s.sheet(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, paperPage(s.familyPage(r, d.title()+", to print"), d))
}

func (s *Server) pdfGiven(w http.ResponseWriter, r *request) error {
	d, err := s.sheet(r)
	if err != nil {
		return err
	}
	browser := chromium()
	if browser == "" {
		return s.render(w, http.StatusOK, paperPage(s.familyPage(r, d.title()+", to print"), d))
	}
	pdf, err := s.planPDF(r.ctx(), browser, d)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="plan.pdf"`)
	_, err = w.Write(pdf)
	return err
}

func (s *Server) planPDF(ctx context.Context, browser string, d planSheet) ([]byte, error) {
	var doc strings.Builder
	if err := sheetDocument(d).Render(ctx, &doc); err != nil {
		return nil, err
	}
	return printed(ctx, browser, doc.String())
}

// apiGive gives the plan that stands.
func (s *Server) apiGive(w http.ResponseWriter, r *request) error {
	var in struct {
		child.PlanShared
		Paper bool   `json:"on_paper"`
		Word  string `json:"word"`
	}
	id := r.PathValue("child")
	if err := readJSON(r, &in); err != nil {
		return err
	}
	key, err := r.key()
	if err != nil {
		return err
	}
	given, err := r.desk.GivePlan(r.ctx(), app.Giving{Child: id, Plan: in.PlanShared, Link: !in.Paper, Word: in.Word, Key: key})
	if err != nil {
		return err
	}
	out := struct {
		Child string   `json:"child"`
		Entry entry.ID `json:"entry"`
		Link  string   `json:"private_link,omitempty"`
	}{id, given.Entries[0], ""}
	if given.Secret != "" {
		out.Link = s.linkTo(r, given.Secret)
	}
	writeJSON(w, http.StatusCreated, out)
	return nil
}

// linesFor is how many lines there are to write on: fewer where more numbers are asked.
func linesFor(d planSheet) int { return max(3, 6-len(d.Page.Share.Goals)) }

// onlyOne says how a number is chosen on paper.
func onlyOne(d planSheet) string {
	if len(d.Page.Share.Goals) == 1 {
		return " Put a ring round a number."
	}
	return ""
}

func quote(words string) string {
	if words == "" || strings.HasPrefix(words, "\"") || strings.HasPrefix(words, "“") {
		return words
	}
	return "“" + words + "”"
}

// smsText is a text message with a link, as an address of a message has it.
func smsText(link string) string {
	return strings.ReplaceAll(url.QueryEscape("A private page for you, from children's services: "+link), "+", "%20")
}

// tenOptions are the numbers of the scale to choose from.
func tenOptions() []govuk.Option {
	out := []govuk.Option{{Text: "Not said", EmptyValue: true}}
	for _, n := range tens {
		out = append(out, govuk.Option{Value: n, Text: n})
	}
	return out
}
