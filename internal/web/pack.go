package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

type packLine struct {
	Href, Title, When string
	State             shell.State
}

type packsData struct {
	Mine, Owed []packLine
	Next       string
}

func packState(st hearing.State) shell.State {
	switch st {
	case hearing.Owed:
		return shell.State{Kind: shell.Soon, Text: string(st)}
	case hearing.Ready:
		return shell.State{Kind: shell.OK, Text: string(st)}
	}
	return shell.State{Kind: shell.Grey, Text: string(st)}
}

func packDue(by, on day.Date) shell.State {
	if by < on {
		return shell.State{Kind: shell.Late, Text: "was due " + by.Short()}
	}
	return shell.State{Kind: shell.Soon, Text: "due " + by.Short()}
}

func (s *Server) packs(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Packs(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	d := packsData{Next: r.next("/packs", l.Next)}
	for _, x := range l.Mine {
		d.Mine = append(d.Mine, packLine{Href: r.then("/pack/" + x.ID), Title: "Pack " + strconv.Itoa(x.Number), When: x.Asked.Date().Long(), State: packState(x.State)})
	}
	for _, x := range l.Owed {
		d.Owed = append(d.Owed, packLine{Href: r.then("/pack/" + x.Pack), Title: "A worker's pack for a hearing", When: x.By.Long(), State: packDue(x.By, r.at().Date())})
	}
	return s.render(w, http.StatusOK, packsPage(s.listPage(r, "Packs for a hearing", "/concerns", nil), d))
}

// packsOwed are the packs that posts of theirs owe, as rows of what they owe.
func (s *Server) packsOwed(r *request) (rows []shell.Duty, err error) {
	owed, err := r.desk.PacksOwed(r.ctx())
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		href := "/pack/" + o.Pack
		rows = append(rows, shell.Duty{Who: shell.Link{Text: "A pack for a hearing", Href: href}, About: ".", What: "Look through it, and say what must be left out",
			When: packDue(o.By, r.now.Date()), Why: "A worker has a right to their own entries. Two people say what is left out.", Action: &shell.Link{Text: "Prepare it", Href: href}})
	}
	return rows, nil
}

type askPackData struct {
	entered
	Before  []govuk.Choice
	Prepare string
}

func (s *Server) askPackForm(w http.ResponseWriter, r *request) error {
	d := askPackData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.askPackPage(w, r, http.StatusOK, d)
}

func (s *Server) askPackPage(w http.ResponseWriter, r *request, code int, d askPackData) error {
	for _, b := range hearing.Befores {
		d.Before = append(d.Before, govuk.Choice{Value: b, Text: b})
	}
	if t, ok := s.App.Rules().Hearings(r.now.Date()); ok {
		d.Prepare = count(t.Prepare, "working day", "working days")
	}
	f := s.page(r, "Ask for a pack for a hearing", "/concerns")
	f.Errors = d.Errors.Any()
	return s.render(w, code, askPackPageOf(f, d))
}

func (s *Server) askPack(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := askPackData{entered: enteredIn(r)}
	x := app.PackWish{Matter: d.Values["matter"], Before: d.Values["before"], Key: r.person() + " " + d.Key}
	for _, f := range []struct {
		name string
		to   *day.Date
	}{{"from", &x.From}, {"to", &x.To}, {"hearing_on", &x.On}} {
		on, err := day.Parse(strings.TrimSpace(d.Values[f.name]))
		if err != nil && d.Values[f.name] != "" {
			d.Errors.Add(f.name, "Enter the day as a date")
			continue
		}
		if err == nil {
			*f.to = on
		}
	}
	if d.Errors.Any() {
		return s.askPackPage(w, r, http.StatusUnprocessableEntity, d)
	}
	done, err := r.desk.AskPack(r.ctx(), x)
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			field := p.Field
			if !slices.Contains([]string{"matter", "before", "from", "to"}, field) {
				field = "matter"
			}
			d.Errors.Add(field, p.Text)
		}
		return s.askPackPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/pack/"+done.Child, http.StatusSeeOther)
	return nil
}

// packPart is one part as those who prepare the pack read it.
type packPart struct {
	N, ID, Title, Child, By string
	Rows                    [][2]string
	Text, Marked            string
	Closed                  bool
	Outs                    []string // what is left out of it, or asked to be
}

type packWaits struct {
	ID, Title, What, Ground, By, Why string
	Own                              bool
}

type packData struct {
	*app.PackPage
	entered
	Sub, Receipt  string
	State         shell.State
	Steps         []packLine
	Waits         []packWaits
	Decided, Read []string
	Parts         []packPart
	Grounds       [][2]string
	More          string
	Looked        bool
	All           int
}

func (s *Server) pack(w http.ResponseWriter, r *request) error {
	d := packData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.packPage(w, r, http.StatusOK, d)
}

// partsOnPage is how many parts of a pack one page shows.
const partsOnPage = 50

func (s *Server) packPage(w http.ResponseWriter, r *request, code int, d packData) error {
	p, err := r.desk.Pack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	d.PackPage = p
	d.State = packState(p.State())
	d.Sub = "Of " + p.Line.Name(p.Worker) + ", asked for on " + p.At.Long() + ". " + p.Asked.From.Long() + " to " + p.Asked.To.Long() + ". Before: " + p.Asked.Before + "."
	d.Receipt = "/pack/" + p.ID + "/entry/" + string(p.Entry) + "/receipt"
	from := p.At.Date()
	for _, x := range p.Asked.Steps {
		y := packLine{Title: whoHadIt(p.Line, x.Post, r.at().Date()), When: "has it from " + from.Long(), State: packDue(x.By, r.at().Date())}
		if from > r.at().Date() || p.State() != hearing.Owed {
			y.State = shell.State{Kind: shell.Grey, Text: "by " + x.By.Short()}
		}
		d.Steps, from = append(d.Steps, y), x.By+1
	}
	d.Looked = p.LookedBy(r.person())
	for _, l := range p.Looks {
		text := p.Line.Name(l.Person) + ", " + l.At.Long()
		if l.Stale {
			text += " (something was proposed since)"
		} else if n := len(l.Closed); n > 0 {
			text += " (" + count(n, "part is", "parts are") + " closed to them)"
		}
		d.Read = append(d.Read, text)
	}
	if p.Prepares && p.State() == hearing.Owed {
		s.packParts(r, p, &d)
	}
	f := s.listPage(r, "Pack "+strconv.Itoa(p.Asked.Number), "/concerns", nil)
	f.Errors = d.Errors.Any()
	return s.render(w, code, packPageOf(f, d))
}

func (s *Server) packParts(r *request, p *app.PackPage, d *packData) {
	for _, g := range child.LeftOutFor {
		d.Grounds = append(d.Grounds, [2]string{g, g})
	}
	titles := map[string]string{}
	closed := map[string]bool{}
	for _, x := range p.Parts {
		titles[x.ID], closed[x.ID] = x.Title, x.Closed
	}
	outs := map[string][]string{}
	for _, x := range p.Proposals {
		what := "all of it"
		if x.Passage != "" && !closed[x.Part] {
			what = "\u201c" + x.Passage + "\u201d"
		} else if x.Passage != "" {
			what = "some words"
		}
		y := packWaits{ID: string(x.ID), Title: titles[x.Part], What: what, Ground: x.Ground, By: p.Line.Name(x.By) + ", " + x.At.Long(), Why: x.Why, Own: x.By == r.person() || closed[x.Part]}
		switch {
		case x.Second == "":
			d.Waits = append(d.Waits, y)
			outs[x.Part] = append(outs[x.Part], "Asked to be left out: "+what)
		case x.Agreed:
			outs[x.Part] = append(outs[x.Part], "Left out: "+what+". "+x.Ground)
		default:
			outs[x.Part] = append(outs[x.Part], "Stays in: "+what+". "+x.WhyDecided)
		}
	}
	d.All = len(p.Parts)
	first, _ := strconv.Atoi(r.URL.Query().Get("part"))
	first = max(0, min(first, len(p.Parts)))
	last := min(first+partsOnPage, len(p.Parts))
	if last < len(p.Parts) {
		d.More = "/pack/" + p.ID + "?part=" + strconv.Itoa(last)
	}
	for i, x := range p.Parts[first:last] {
		y := packPart{N: strconv.Itoa(first + i + 1), ID: x.ID, Title: x.Title, Child: p.Children[x.Child].Name, Text: x.Text, Marked: x.Marked, Closed: x.Closed, Outs: outs[x.ID]}
		if x.OfEntry() {
			y.By = "Recorded " + x.Entry.Recorded.Long() + ", by " + cmp.Or(p.Line.Name(x.Entry.Author), x.Entry.Author) + "."
			y.Rows = bodyRows(x.Entry.Raw)
		}
		d.Parts = append(d.Parts, y)
	}
}

func (s *Server) sayOfPack(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	var b entry.Body
	field := "done"
	switch v("do") {
	case "leave-out":
		b, field = hearing.LeaveOut{Part: v("part"), Passage: v("passage"), Ground: v("legal_ground"), Why: v("why")}, "why-"+v("n")
	case "agree":
		b, field = hearing.LeftOut{Proposal: entry.ID(v("proposal")), Why: v("why")}, "second-"+v("proposal")
	case "stays":
		b, field = hearing.StaysIn{Proposal: entry.ID(v("proposal")), Why: v("why")}, "second-"+v("proposal")
	case "looked":
		b = hearing.LookedThrough{}
	case "make":
		b = hearing.MadeOut{}
	case "withdraw":
		b = hearing.Withdrawn{}
	default:
		return app.ErrNotFound
	}
	id := r.PathValue("pack")
	_, err := r.desk.SayOfPack(r.ctx(), id, b, r.person()+" "+v("key"))
	if ps, refused := entry.Problems(err); refused {
		d := packData{entered: enteredIn(r)}
		for _, p := range ps {
			at := field
			if p.Field == "passage" || p.Field == "legal_ground" {
				at = map[string]string{"passage": "passage-", "legal_ground": "ground-"}[p.Field] + v("n")
			}
			d.Errors.Add(at, p.Text)
		}
		return s.packPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	back := "/pack/" + id
	if n, err := strconv.Atoi(v("n")); err == nil && n > partsOnPage {
		back += "?part=" + strconv.Itoa((n-1)/partsOnPage*partsOnPage)
	}
	http.Redirect(w, r.Request, back, http.StatusSeeOther)
	return nil
}

func (s *Server) packReceipt(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Pack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	id := entry.ID(r.PathValue("entry"))
	text, err := r.desk.PackReceipt(r.ctx(), p, id)
	if err != nil {
		return err
	}
	return sendReceipt(w, id, text)
}

// packFile is the pack as one file, whose proofs verify without a server.
func (s *Server) packFile(w http.ResponseWriter, r *request) error {
	p, err := r.desk.TakePack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="pack-`+strconv.Itoa(p.Asked.Number)+`.json"`)
	_, err = w.Write(p.File)
	return err
}

// givenPart is a part as the paper shows it.
type givenPart struct {
	N, Title, By, Place, LeftOut, Text, Note string
	Rows                                     [][2]string
}

type paperData struct {
	Number, Worker, Matter, Period, Before, Made, Holds, Entry, Back string
	Grounds                                                          [][2]string
	Parts                                                            []givenPart
}

func (s *Server) paper(r *request, p *app.TakenPack) paperData {
	d := paperData{Number: strconv.Itoa(p.Asked.Number), Worker: p.Line.Name(p.Worker) + ", " + lower(p.Line.Title(p.Post)), Matter: p.Asked.Matter, Before: p.Asked.Before,
		Period: p.Asked.From.Long() + " to " + p.Asked.To.Long(), Made: p.MadeAt.Long(), Entry: string(p.MadeEntry), Back: "/pack/" + p.ID}
	var whole, out, short int
	seen := map[[2]string]bool{}
	for i, x := range p.Given {
		y := givenPart{N: strconv.Itoa(i + 1), Title: cmp.Or(x.Title, "A part of the pack"), Text: x.Text, Note: x.Note}
		switch x.How {
		case hearing.Out:
			out++
			y.Title = "A part is left out here"
		case hearing.Shortened:
			short++
		default:
			whole++
		}
		if x.How != hearing.Whole {
			y.LeftOut = x.Ground + ". Decided by: " + x.By + "."
			if g := [2]string{x.Ground, x.By}; !seen[g] {
				seen[g] = true
				d.Grounds = append(d.Grounds, g)
			}
		}
		if x.About != "" {
			y.Place = "About " + x.About + ". "
		}
		if x.Leaf != "" {
			y.Place += "Place " + strconv.FormatInt(x.Index, 10) + " in the ledger."
		}
		if x.Entry.ID != "" {
			y.By = "Recorded " + x.Entry.Recorded.Long() + ", by " + cmp.Or(p.Line.Name(x.Entry.Author), x.Entry.Author) + "."
			y.Rows = bodyRows(x.Entry.Raw)
		} else if x.Leaf != "" && x.Text != "" {
			y.Rows, y.Text = bodyOf(x.Text), ""
		}
		d.Parts = append(d.Parts, y)
	}
	d.Holds = count(whole, "part", "parts") + " whole, " + strconv.Itoa(short) + " shortened, " + strconv.Itoa(out) + " left out."
	return d
}

// packPaper shows the pack, fit to print.
func (s *Server) packPaper(w http.ResponseWriter, r *request) error {
	p, err := r.desk.TakePack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, packPaperOf(s.page(r, "Pack for a hearing", "/concerns"), s.paper(r, p)))
}

// packPDF is the same paper as a PDF; where there is no Chromium, the page to print.
func (s *Server) packPDF(w http.ResponseWriter, r *request) error {
	p, err := r.desk.TakePack(r.ctx(), r.PathValue("pack"))
	if err != nil {
		return err
	}
	browser := chromium()
	if browser == "" {
		http.Redirect(w, r.Request, "/pack/"+p.ID+"/print", http.StatusSeeOther)
		return nil
	}
	var doc strings.Builder
	if err := packDocument(s.paper(r, p)).Render(r.ctx(), &doc); err != nil {
		return err
	}
	pdf, err := printed(r.ctx(), browser, doc.String())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="pack-`+strconv.Itoa(p.Asked.Number)+`.pdf"`)
	_, err = w.Write(pdf)
	return err
}

// typedAt is what was typed at a part of the pack.
func (d packData) typedAt(n, name string) string {
	if d.Form != "leave-out" || d.Values["n"] != n {
		return ""
	}
	return d.Values[name]
}

// typedOf is what was typed about a proposal.
func (d packData) typedOf(id string) string {
	if d.Values["proposal"] != id {
		return ""
	}
	return d.Values["why"]
}
