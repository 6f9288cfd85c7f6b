package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// lineForms are the changes of the line that people make on a page, in the order
// in which they are offered.
var lineForms = []struct {
	kind string
	form
}{
	{"post.held", form{title: "Somebody is in a post from a day on", when: "From which day?", sure: true, intro: "Whoever was in it before is not any more from that day.", fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "person", label: "Who?", as: "somebody"},
		{name: "acting", label: "Do they only act up?", as: "yesno"}}}},
	{"cover", form{title: "Another post covers a post", when: "From which day?", sure: true, intro: "What the post owes is owed by the covering post, on top of its own.", fields: []field{
		{name: "post", label: "Which post is covered?", as: "post"},
		{name: "by", label: "Which post covers it?", as: "post"},
		{name: "to", label: "Until which day? Empty: until somebody is in it", as: "date", optional: true},
		{name: "why", label: "Why?", as: "text", optional: true}}}},
	{"post.left", form{title: "Somebody leaves a post", when: "What is their last day in it?", sure: true, intro: "What the post owes passes to its cover, or to the post above, on the day after.", fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "why", label: "Why?", as: "text", optional: true}}}},
	{"person.known", form{title: "Somebody new", when: "Since when?", intro: "Give them an id that never changes: it stands in every entry that they record.", fields: []field{
		{name: "person", label: "Their id", hint: "For example: dana-whitlock", as: "text"},
		{name: "name", label: "Their name", as: "text"},
		{name: "telephone", label: "Their telephone number at work", hint: "It stands on the page of a child whom they answer for.", as: "text", optional: true}}}},
	{"post.created", form{title: "A new post", when: "From which day?", sure: true, fields: []field{
		{name: "post", label: "Its short id", hint: "For example: east-2-5. It never changes.", as: "text"},
		{name: "title", label: "What is it called?", as: "text"},
		{name: "tier", label: "Which tier?", as: "choice", choices: same(line.TierNames[1:])},
		{name: "team", label: "Which team?", as: "team", optional: true},
		{name: "above", label: "Which post is above it?", as: "post", optional: true},
		{name: "function", label: "Does it have a function that rules name?", as: "function", optional: true}}}},
	{"post.moved", form{title: "A post moves", when: "From which day?", sure: true, fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "above", label: "Which post is above it now? Empty: as before", as: "post", optional: true},
		{name: "team", label: "Which team is it in now? Empty: as before", as: "team", optional: true}}}},
	{"post.closed", form{title: "A post is closed", when: "From which day is it no more?", sure: true, intro: "What it owes passes to the post above. Give its children another worker first.", fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "why", label: "Why?", as: "text"}}}},
	{"hours", form{title: "The hours of a post", when: "From which day?", fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "per_week", label: "How many hours a week?", as: "decimal"}}}},
	{"person.absent", form{title: "Somebody is away: leave, sickness or training", when: "From which day?", intro: "They have no hours on these days. What they owe stays owed: say who covers them, or who takes their children.", fields: []field{
		{name: "person", label: "Who?", as: "somebody"},
		{name: "what", label: "What is it?", hint: "Only those above them see what it is. Others see that they are away.", as: "choice", choices: same(line.Absences)},
		{name: "to", label: "Until which day? Empty, for sickness: nobody knows yet", as: "date", optional: true},
		{name: "agreed", label: "Is it agreed?", as: "yesno", optional: true}}}},
	{"absence.ended", form{title: "Somebody is back, or comes back on another day", when: "What is their last day away?", fields: []field{
		{name: "absence", label: "Which absence?", as: "absence"}}}},
	{"hours.reduced", form{title: "Fewer hours for children", when: "From which day?", intro: "A part of somebody's hours is for something else: a first year in practice, teaching, coming back after an illness.", fields: []field{
		{name: "person", label: "Who?", as: "somebody"},
		{name: "percent", label: "How much of their hours does it take? In a hundred", as: "decimal"},
		{name: "for", label: "What for?", as: "choice", choices: same(line.ReducedFor)},
		{name: "why", label: "Why so much, and who agreed it?", as: "area"},
		{name: "to", label: "Until which day? Empty: until somebody says so", as: "date", optional: true}}}},
	{"hours.added", form{title: "More hours for a post", when: "From which day?", intro: "Overtime, hours lent by another post, an agency's worker.", fields: []field{
		{name: "post", label: "Which post gets them?", as: "post"},
		{name: "hours", label: "How many hours altogether?", as: "decimal"},
		{name: "to", label: "Until which day?", as: "date"},
		{name: "what", label: "Whose hours are these, or from where?", as: "text"},
		{name: "from", label: "If another post lends them: which?", as: "post", optional: true}}}},
	{"person.skills", form{title: "Languages and training", when: "From which day?", intro: "Whoever chooses a worker for a child sees it beside the name. What you enter stands in the place of what was entered before.", fields: []field{
		{name: "person", label: "Who?", as: "somebody"},
		{name: "languages", label: "Which languages do they speak, beside English?", hint: "With commas between them: Polish, Urdu", as: "list", optional: true},
		{name: "trained", label: "What are they trained in?", hint: "With commas between them: section 47, talking with children for evidence", as: "list", optional: true}}}},
	{"delegation.given", form{title: "A post may decide something", when: "From which day?", sure: true, intro: "Decisions are made under it, up to its limit. Beyond that somebody above decides.", fields: []field{
		{name: "post", label: "Which post?", as: "post"},
		{name: "what", label: "What may it decide?", hint: "For example: extra hours for a team", as: "text"},
		{name: "limit", label: "Up to how many pounds? Empty: there is no limit in money", as: "decimal", optional: true},
		{name: "until", label: "Until which day? Empty: until somebody ends it", as: "date", optional: true}}}},
	{"delegation.ended", form{title: "A post may decide something no more", when: "From which day?", sure: true, fields: []field{
		{name: "delegation", label: "Which?", as: "delegation"},
		{name: "why", label: "Why?", as: "text"}}}},
	{"team.created", form{title: "A new team", when: "From which day?", fields: []field{
		{name: "team", label: "Its short id", as: "text"}, {name: "name", label: "Its name", as: "text"}}}},
}

func delegationLimit(g line.Delegation) string {
	if g.Limit == 0 {
		return ""
	}
	return ", up to £" + strconv.FormatFloat(g.Limit, 'f', -1, 64)
}

func lineForm(kind string) (form, bool) {
	for _, f := range lineForms {
		if f.kind == kind {
			return f.form, true
		}
	}
	return form{}, false
}

func (s *Server) lineChoices(w http.ResponseWriter, r *request) error {
	g := choiceGroup{Title: "One change"}
	for _, f := range lineForms {
		g.Links = append(g.Links, shell.Link{Text: f.title, Href: "/line/change/" + f.kind})
	}
	all := choiceGroup{Title: "All of it", Links: []shell.Link{{Text: "From a spreadsheet (CSV)", Href: "/line/csv"}}}
	return s.render(w, http.StatusOK, choicesPage(s.page(r, "Change the line", "/line"), "The line", "/line", []choiceGroup{g, all}))
}

func (s *Server) linePageOf(r *request) (recordData, error) {
	f, ok := lineForm(r.PathValue("change"))
	if !ok {
		return recordData{}, app.ErrNotFound
	}
	d := recordData{Name: "the line", Back: "/line/change", Action: "/line/change/" + r.PathValue("change"), Title: f.title, Intro: f.intro, When: f.when, entered: notEntered(), Options: map[string][][2]string{}, Fields: f.fields, Sure: f.sure}
	on := r.now.Date()
	for _, fl := range f.fields {
		var out [][2]string
		switch fl.as {
		case "post":
			for _, p := range r.line.Posts(on) {
				who := "nobody is in it"
				if h, ok := r.line.Holder(p.ID, on); ok {
					who = r.line.Name(h.Person)
				}
				out = append(out, [2]string{p.ID, p.Title + " (" + p.ID + "): " + who})
			}
			d.Values[fl.name] = r.URL.Query().Get(fl.name)
		case "somebody":
			for _, id := range r.line.People() {
				if r.line.Party(id) == line.Staff && !r.line.Away(id, on) {
					out = append(out, [2]string{id, r.line.Name(id) + " (" + id + ")"})
				}
			}
		case "team":
			for _, t := range r.line.Teams() {
				out = append(out, [2]string{t.ID, t.Name})
			}
		case "absence":
			for _, id := range r.line.People() {
				if !r.desk.Below(id) {
					continue
				}
				for _, a := range r.line.AbsencesOf(id, on) {
					until := "nobody knows until when"
					if a.To != 0 {
						until = "until " + a.To.Long()
					}
					out = append(out, [2]string{string(a.Entry), r.line.Name(id) + ": " + a.What + ", from " + a.From.Long() + ", " + until})
				}
			}
		case "delegation":
			for _, g := range r.line.Delegations() {
				if g.Holds(on) {
					out = append(out, [2]string{string(g.ID), r.line.Title(g.Post) + ": " + g.What + delegationLimit(g)})
				}
			}
		case "function":
			for _, x := range line.Functions {
				out = append(out, [2]string{x, title(x)})
			}
		}
		d.Options[fl.name] = out
	}
	return d, nil
}

func (s *Server) lineForm(w http.ResponseWriter, r *request) error {
	d, err := s.linePageOf(r)
	if err != nil {
		return err
	}
	y, m, dom := r.now.Date().Split()
	d.Values["happened-day"], d.Values["happened-month"], d.Values["happened-year"] = fmt.Sprint(dom), fmt.Sprint(int(m)), fmt.Sprint(y)
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, recordPage(s.page(r, d.Title, "/line"), d))
}

func (s *Server) changeLine(w http.ResponseWriter, r *request) error {
	d, err := s.linePageOf(r)
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d.take(r)
	again := func(code int) error {
		f := s.page(r, d.Title, "/line")
		f.Errors = d.Errors.Any()
		return s.render(w, code, recordPage(f, d))
	}
	if r.FormValue("step") == "change" {
		return again(http.StatusOK)
	}
	body := map[string]any{}
	for _, f := range d.Fields {
		v := strings.TrimSpace(d.Values[f.name])
		switch {
		case f.as == "yesno" && v == "":
			d.Errors.Add(f.name, "Answer: "+lower(strings.TrimSuffix(f.label, "?")))
		case f.as == "yesno":
			body[f.name] = v == "yes"
		case v == "" && (f.as == "post" || f.as == "delegation" || f.as == "absence" || f.as == "somebody" || f.as == "choice") && !f.optional:
			d.Errors.Add(f.name, "Choose an answer: "+lower(strings.TrimSuffix(f.label, "?")))
		case v == "":
		case f.as == "list":
			var out []string
			for _, x := range strings.Split(v, ",") {
				if x = strings.TrimSpace(x); x != "" {
					out = append(out, x)
				}
			}
			body[f.name] = out
		case f.as == "decimal":
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				d.Errors.Add(f.name, "Enter a number, in figures")
			}
			body[f.name] = n
		default:
			body[f.name] = v
		}
	}
	happened := d.happened()
	if r.PathValue("change") == "person.known" {
		body["party"] = line.Staff
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	b, err := app.Registry().Decode(entry.Kind(r.PathValue("change")), raw)
	if err != nil {
		return err
	}
	cmd := line.Command{Happened: happened, Body: b, Source: entry.Source{Kind: "page"}}
	if d.Errors.Any() {
		d.sortErrors()
		return again(http.StatusUnprocessableEntity)
	}
	if err := r.desk.TryLine(cmd); err != nil {
		if _, ok := entry.Problems(err); !ok {
			return err
		}
		d.problems(err)
		d.sortErrors()
		return again(http.StatusUnprocessableEntity)
	}
	if d.Sure && r.FormValue("step") != "record" {
		d.Check, d.Answers = true, d.answers()
		return again(http.StatusOK)
	}
	if _, err := r.desk.RecordLine(r.ctx(), []line.Command{cmd}, r.person()+" "+d.Key); err != nil {
		if _, ok := entry.Problems(err); !ok {
			return err
		}
		d.problems(err)
		return again(http.StatusUnprocessableEntity)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/line", http.StatusSeeOther)
	return nil
}

// csvData is the page on which a line is read in from a spreadsheet.
type csvData struct {
	entered
	Check   bool
	Changes [][2]string
	Nothing bool
}

func (s *Server) lineCSVForm(w http.ResponseWriter, r *request) error {
	d := csvData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, lineCSVPage(s.page(r, "The line from a spreadsheet", "/line"), d))
}

func (s *Server) lineCSV(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := csvData{entered: enteredIn(r)}
	again := func(code int) error {
		f := s.page(r, "The line from a spreadsheet", "/line")
		f.Errors = d.Errors.Any()
		return s.render(w, code, lineCSVPage(f, d))
	}
	refused := func(err error) error {
		ps, ok := entry.Problems(err)
		if !ok {
			return err
		}
		for _, p := range ps {
			text := p.Text
			if p.Field != "" {
				text = p.Field + ": " + text
			}
			d.Errors.Add("text", text)
		}
		return again(http.StatusUnprocessableEntity)
	}
	cmds, err := r.line.FromCSV(strings.NewReader(d.Values["text"]), r.now.Date())
	if err != nil {
		return refused(err)
	}
	for _, c := range cmds {
		k, _ := app.Registry().Known(c.Body.Kind())
		d.Changes = append(d.Changes, [2]string{k.Title + ", " + c.Happened.Long(), changeText(r.line, entry.Entry{Kind: c.Body.Kind(), Body: c.Body, Happened: c.Happened})})
	}
	if len(cmds) == 0 {
		d.Nothing = true
		return again(http.StatusOK)
	}
	if r.PostForm.Get("step") != "record" {
		d.Check = true
		return again(http.StatusOK)
	}
	if _, err := r.desk.RecordLine(r.ctx(), cmds, r.person()+" "+d.Key); err != nil {
		return refused(err)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/line", http.StatusSeeOther)
	return nil
}

// apiLineCSV is the same for programs: the body is the file. It gives how many
// entries were recorded.
func (s *Server) apiLineCSV(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	cmds, err := r.line.FromCSV(http.MaxBytesReader(w, r.Body, 1<<20), r.now.Date())
	if err != nil {
		return err
	}
	if len(cmds) == 0 {
		return s.answer(w, struct {
			Entries []entry.ID `json:"entries"`
		}{[]entry.ID{}})
	}
	done, err := r.desk.RecordLine(r.ctx(), cmds, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, answer(done))
	return nil
}
