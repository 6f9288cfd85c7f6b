package web

import (
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/wording"
)

// lettersData is the page of a child's letters: which can be written, which were sent.
type lettersData struct {
	Child, Name, First, Base string
	Back                     string // to the child as known then
	May                      bool
	Letters                  []duty.Letter
	Sent                     []sentLetter
}

type sentLetter struct{ Day, Title, To, How, By, Href string }

func (s *Server) letters(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Letters")
	if err != nil {
		return err
	}
	d := lettersData{Child: p.Record.Child, Name: p.Identity.Name(), First: firstName(p.Identity.Name()), Base: "/child/" + p.Record.Child, Back: "/child/" + p.Record.Child + keep(known), Letters: p.Rules.Letters(p.At.Date())}
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	for _, ev := range slices.Backward(p.Record.Events) {
		if b, ok := ev.Body.(child.LetterSent); ok {
			d.Sent = append(d.Sent, sentLetter{ev.When.Date.Long(), b.Title, letterTo(b), b.How, p.Line.Name(ev.Author), d.Base + "/letter/" + string(ev.ID)})
		}
	}
	return s.render(w, http.StatusOK, lettersPage(s.childFrame(r, p, "Letters about "+d.First, known, true), d))
}

func letterTo(b child.LetterSent) string {
	if b.As == "" {
		return b.To
	}
	return b.To + ", " + b.As
}

// letterData is the page on which a letter is written.
type letterData struct {
	Speech string // whether an interpreter is needed; empty: nobody has said
	entered
	Child, Name, First, Base, Do string
	Of                           duty.Letter
	People                       []letterPerson
	Reading                      string
	Notes                        []string
	Looked                       bool
}

// letterPerson is somebody to whom a letter can go.
type letterPerson struct{ ID, Name, As, Note string }

func (s *Server) letterForm(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Write a letter")
	if err != nil {
		return err
	}
	d := letterData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.letterPage(w, r, http.StatusOK, d, p)
}

func (s *Server) letterPage(w http.ResponseWriter, r *request, code int, d letterData, p *app.ChildPage) error {
	of, ok := letterOf(p, r.PathValue("letter"))
	if !ok {
		return app.ErrNotFound
	}
	d.Of, d.Child, d.Name, d.First = of, p.Record.Child, p.Identity.Name(), firstName(p.Identity.Name())
	d.Base, d.Speech = "/child/"+d.Child, speech(p.Identity)
	d.Do = d.Base + "/letters/" + of.ID
	d.People = letterPeople(p, of)
	text, typed := d.Values["text"]
	if !typed {
		text = letterText(p, of, r.desk.Person())
		d.Values["text"], d.Values["title"] = text, of.Title
		if len(d.People) == 1 {
			d.Values["person"] = d.People[0].ID
		}
	}
	names := []string{d.Name, p.Line.Name(r.desk.Person())}
	for _, x := range d.People {
		names = append(names, x.Name)
	}
	d.Reading = wording.Read(text, names).Says()
	for _, x := range child.EmptyPlaces(text) {
		d.Notes = append(d.Notes, "Fill in: "+strings.Trim(x, "[]{}")+".")
	}
	var said []string
	for _, g := range p.Rules.Wording(p.At.Date()).Gloss(text) {
		if !slices.Contains(said, lower(g.Word)) {
			said = append(said, lower(g.Word))
			d.Notes = append(d.Notes, "“"+g.Word+"” is a word of the system. In plain words: "+g.Plain+".")
		}
	}
	for _, x := range d.People {
		if x.ID == d.Values["person"] && x.Note != "" {
			d.Notes = append(d.Notes, x.Name+": "+x.Note)
		}
	}
	f := s.page(r, of.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, letterPage(f, d))
}

func letterOf(p *app.ChildPage, id string) (duty.Letter, bool) {
	all := p.Rules.Letters(p.At.Date())
	i := slices.IndexFunc(all, func(x duty.Letter) bool { return x.ID == id })
	if i < 0 {
		return duty.Letter{}, false
	}
	return all[i], true
}

// letterPeople are those whom the record names and the letter could be to, those first
// with whom the child lives.
func letterPeople(p *app.ChildPage, of duty.Letter) (out []letterPerson) {
	if of.For == "child" {
		return []letterPerson{{ID: "child", Name: p.Identity.Name()}}
	}
	for _, m := range p.Record.Family() {
		if m.Away() || of.For == "parent" && m.Role != "parent" && m.Role != "carer" {
			continue
		}
		x := letterPerson{ID: string(m.ID), Name: m.Name, As: m.Relation}
		if m.Safe == child.SafeNotWith {
			x.Note = "the record says that " + firstName(p.Identity.Name()) + " is not safe with them. Look at what the letter tells them, and where it is sent."
		}
		out = append(out, x)
	}
	return out
}

// letterText is the letter with what the record knows in its places.
func letterText(p *app.ChildPage, of duty.Letter, person string) string {
	on := p.At.Date()
	facts := map[string]string{"child": firstName(p.Identity.Name()), "worker": p.Line.Name(person), "authority": p.Line.Authority.Name}
	if a := p.Line.Answers(p.Line.Resolve(line.KeyOfManager(p.Status.Team), on), on); a.Person != "" && p.Status.Team != "" {
		facts["manager"] = p.Line.Name(a.Person)
	}
	if of.For == "child" {
		facts["to"] = facts["child"]
	}
	for _, v := range p.Record.PlannedVisits() {
		if v.On >= on && !v.Unannounced && facts["visit"] == "" {
			facts["visit"] = v.On.Long()
		}
	}
	for _, ev := range slices.Backward(p.Record.Events) {
		if b, ok := ev.Body.(child.Visit); ok {
			if !b.Seen {
				facts["missed"] = ev.When.Date.Long()
			}
			break
		}
	}
	if v, ok := p.Plan(); ok && v.Next > on {
		facts["review"] = v.Next.Long()
	}
	return strings.TrimSpace(duty.LetterPlace.ReplaceAllStringFunc(of.Text, func(place string) string {
		name := strings.Trim(place, "{}")
		if facts[name] != "" {
			return facts[name]
		}
		return "[" + duty.LetterPlaces[name] + "]"
	}))
}

// writeLetter looks at a letter, or records it and shows it to be printed.
func (s *Server) writeLetter(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Write a letter")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d := letterData{entered: enteredIn(r)}
	of, ok := letterOf(p, r.PathValue("letter"))
	if !ok {
		return app.ErrNotFound
	}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	if d.Values["step"] == "look" {
		if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, draftOf(r.PostForm)); err != nil {
			return err
		}
		d.Looked = true
		return s.letterPage(w, r, http.StatusOK, d, p)
	}
	b := child.LetterSent{To: v("person"), Of: of.ID, Title: v("title"), Text: strings.ReplaceAll(v("text"), "\r\n", "\n"), How: v("how")}
	if b.To == "other" {
		b.To, b.As = v("other"), v("other_as")
	} else {
		people := letterPeople(p, of)
		i := slices.IndexFunc(people, func(x letterPerson) bool { return x.ID == b.To })
		if b.To = ""; i >= 0 {
			b.To, b.As = people[i].Name, people[i].As
		}
	}
	place := func(field string) string {
		switch {
		case field == "to" && v("person") == "other":
			return "other"
		case field == "to":
			return "person"
		case field == "title" || field == "text" || field == "how":
			return field
		}
		return "letter"
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Key: r.person() + " " + d.Key, Now: true, Commands: []child.Command{{Happened: day.On(r.now.Date()), Body: b, Source: entry.Source{Kind: "page"}}}})
	if _, refused := entry.Problems(err); refused {
		d.place(err, place)
		return s.letterPage(w, r, http.StatusUnprocessableEntity, d, p)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/letter/"+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// paperLetter is a letter on paper.
type paperLetter struct {
	child.LetterSent
	From, Day, Back, PDF string
	Paragraphs           []string
}

func (s *Server) letterSheet(r *request) (d paperLetter, err error) {
	p, err := r.desk.ChildFor(r.ctx(), access.SeeChild, "Letter", r.PathValue("child"))
	if err != nil {
		return d, err
	}
	ev, ok := p.Record.Event(entry.ID(r.PathValue("entry")))
	if !ok {
		return d, app.ErrNotFound
	}
	if d.LetterSent, ok = ev.Body.(child.LetterSent); !ok {
		return d, app.ErrNotFound
	}
	d.From, d.Day = p.Line.Authority.Name, ev.When.Date.Long()
	d.Back = "/child/" + p.Record.Child + "/letters"
	d.PDF = "/child/" + p.Record.Child + "/letter/" + string(ev.ID) + "/letter.pdf"
	d.Paragraphs = paragraphs(d.Text)
	return d, nil
}

func (s *Server) letter(w http.ResponseWriter, r *request) error {
	d, err := s.letterSheet(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, letterPaper(s.page(r, d.Title, ""), d))
}

// letterPDF is the letter as a tagged PDF; without a Chromium, the page to print.
func (s *Server) letterPDF(w http.ResponseWriter, r *request) error {
	d, err := s.letterSheet(r)
	if err != nil {
		return err
	}
	browser := chromium()
	if browser == "" {
		return s.render(w, http.StatusOK, letterPaper(s.page(r, d.Title, ""), d))
	}
	var doc strings.Builder
	if err := letterDocument(d).Render(r.ctx(), &doc); err != nil {
		return err
	}
	pdf, err := printed(r.ctx(), browser, doc.String())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="letter.pdf"`)
	_, err = w.Write(pdf)
	return err
}
