package web

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// adoptedData is the book of rules: what was adopted, newest first.
type adoptedData struct {
	Rows  []adoptedLine
	Links []shell.Link
	Done  string
}

type adoptedLine struct {
	From, By, At, Why, What string
	Changes                 []changeLine
}

type changeLine struct{ ID, Duty, What, How string }

func changeLines(cs []duty.Change) (out []changeLine) {
	for _, c := range cs {
		how := strings.Join(c.Says, ". ")
		switch {
		case c.What == duty.NewRule:
			how = "Within " + c.Rule.Within.String() + ", by " + c.Rule.OwedBy
		case c.What == duty.GoneRule:
			how = "No clock starts any more. Those that run go on"
		case how == "":
			how = "Only its wording or its examples"
		}
		out = append(out, changeLine{c.Rule.ID, c.Rule.Duty, c.What, how})
	}
	return out
}

func (r *request) mayAdopt() bool { return r.desk != nil && r.desk.May(access.AdoptRules) == nil }

// adopted shows which rules were in force when, by whose decision.
func (s *Server) adopted(w http.ResponseWriter, r *request) error {
	b, err := s.App.Book(r.ctx())
	if err != nil {
		return err
	}
	b = b.KnownAt(r.at())
	var d adoptedData
	if r.mayAdopt() {
		d.Links = []shell.Link{{Text: "Adopt rules", Href: "/rules/adopt"}}
	}
	if r.URL.Query().Get("done") != "" {
		d.Done = "The rules are adopted. Every list follows them now."
	}
	before := s.App.Pack
	for _, a := range b.Adoptions() {
		after, err := s.App.RulesOf(a)
		if err != nil {
			return err
		}
		x := adoptedLine{From: a.From.Long(), At: a.Recorded.Long(), Why: a.Why, By: "the post " + a.Post}
		if r.line != nil {
			x.By = lower(r.line.Title(a.Post))
			if r.desk != nil && !r.narrow() {
				x.By = r.line.Name(a.Author) + ", " + x.By
			}
		}
		x.Changes = changeLines(duty.Diff(before, after, a.From))
		x.What = fmt.Sprintf("%s: %s in all, %s different from before.", after.Title(), count(len(after.Rules), "rule", "rules"), count(len(x.Changes), "one is", "are"))
		d.Rows = append(d.Rows, x)
		before = after
	}
	slices.Reverse(d.Rows)
	return s.render(w, http.StatusOK, adoptedPage(s.listPage(r, "Which rules, when and why", "/rules", nil), d))
}

// adoptData is the form, or when it was checked, what would change.
type adoptData struct {
	Own, From, Why, Key string
	Problems            []entry.Problem
	Checked             bool
	Changes             []changeLine
	Summary             string
}

func (d adoptData) bad(field string) bool {
	return slices.ContainsFunc(d.Problems, func(p entry.Problem) bool { return p.Field == field })
}

func (s *Server) adoptForm(w http.ResponseWriter, r *request) error {
	layers, _, err := s.App.Layers(r.ctx())
	if err != nil {
		return err
	}
	d := adoptData{From: r.now.Date().String()}
	for _, l := range layers[min(len(layers), s.App.LawLayers()):] {
		d.Own += ownText(l)
	}
	return s.adoptPage(w, r, http.StatusOK, d)
}

func (s *Server) adoptPage(w http.ResponseWriter, r *request, code int, d adoptData) error {
	p := s.page(r, "Adopt rules", "/rules")
	p.Errors = len(d.Problems) > 0
	return s.render(w, code, adoptPage(p, d))
}

// adopt checks what would change, and adopts when that was seen.
func (s *Server) adopt(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	f := r.PostForm
	d := adoptData{Own: strings.ReplaceAll(f.Get("own"), "\r\n", "\n"), From: strings.TrimSpace(f.Get("from")), Why: strings.TrimSpace(f.Get("why")), Key: f.Get("key")}
	if f.Get("step") == "change" {
		return s.adoptPage(w, r, http.StatusOK, d)
	}
	from, err := day.Parse(d.From)
	if err != nil {
		d.Problems = append(d.Problems, entry.Problem{Field: "from", Text: "Enter the day from which they count"})
	}
	if d.Why == "" {
		d.Problems = append(d.Problems, entry.Problem{Field: "why", Text: "Enter why these rules are adopted"})
	}
	layers := s.App.OverLaw(ownLayer(d.Own))
	if f.Get("step") == "adopt" && len(d.Problems) == 0 {
		_, err := r.desk.Adopt(r.ctx(), app.Adoption{Layers: layers, From: from, Why: d.Why, Key: r.person() + " " + d.Key})
		if err == nil {
			http.Redirect(w, r.Request, "/rules/adopted?done=1", http.StatusSeeOther)
			return nil
		}
		ps, ok := entry.Problems(err)
		if !ok {
			return err
		}
		d.Problems = ownProblems(ps)
		return s.adoptPage(w, r, http.StatusUnprocessableEntity, d)
	}
	p, err := r.desk.Propose(r.ctx(), layers, max(from, r.now.Date()))
	if ps, ok := entry.Problems(err); ok {
		d.Problems = append(ownProblems(ps), d.Problems...)
	} else if err != nil {
		return err
	}
	if len(d.Problems) > 0 {
		return s.adoptPage(w, r, http.StatusUnprocessableEntity, d)
	}
	d.Key = fresh()
	d.Checked, d.Changes = true, changeLines(p.Changes)
	d.Summary = fmt.Sprintf("%s in all from %s. %s.", count(p.Rules, "rule", "rules"), from.Long(), count(len(d.Changes), "changes", "change"))
	return s.adoptPage(w, r, http.StatusOK, d)
}

// ownProblems puts what is wrong with rules beside the text that was given.
func ownProblems(ps []entry.Problem) (out []entry.Problem) {
	for _, p := range ps {
		if p.Field == "layers" || p.Field == "sha256" || p.Field == "" || p.Field == "post" {
			p.Field = "own"
		}
		out = append(out, p)
	}
	return out
}

// ownText is a layer as one text, each file after a line with its name.
func ownText(l duty.Layer) string {
	var b strings.Builder
	for _, f := range l.Files {
		fmt.Fprintf(&b, "==== %s ====\n%s\n", f.Name, strings.TrimRight(f.Text, "\n"))
	}
	return b.String()
}

// ownLayer reads what ownText writes. Text before the first name is a file too.
func ownLayer(text string) duty.Layer {
	l := duty.Layer{Name: "own"}
	add := func(name string, lines []string) {
		if body := strings.Join(lines, "\n"); strings.TrimSpace(body) != "" {
			l.Files = append(l.Files, duty.Text{Name: name, Text: body + "\n"})
		}
	}
	name, lines := "rules.yaml", []string(nil)
	for _, line := range strings.Split(text, "\n") {
		next, isName := strings.CutPrefix(strings.TrimSpace(line), "==== ")
		if !isName {
			lines = append(lines, line)
			continue
		}
		add(name, lines)
		name, lines = path.Base(strings.TrimSpace(strings.TrimSuffix(next, "===="))), nil
	}
	add(name, lines)
	return l
}

// ruleEnd is when a rule ends, after the words of when it begins.
func ruleEnd(r *duty.Rule) string {
	if r.To == 0 {
		return ""
	}
	return ", before " + r.To.Long()
}

func rulesLinks(d rulesData) (out []shell.Link) {
	if d.Full {
		out = append(out, shell.Link{Text: "Short list", Href: "/rules"})
	} else {
		out = append(out, shell.Link{Text: "In full, to print", Href: "/rules?full=1"})
	}
	if d.MayPrice {
		out = append(out, shell.Link{Text: "What would a rule cost?", Href: "/rules/price"})
	}
	if d.MayAdopt {
		out = append(out, shell.Link{Text: "Adopt rules", Href: "/rules/adopt"})
	}
	return out
}

// shortTime is how long there is, in a cell of a table.
func shortTime(r *duty.Rule) string {
	s := r.Within.String()
	if r.CountedTo != "" {
		return s + " before"
	}
	if r.Repeats != "" {
		s += ", then every " + r.Every.String()
	}
	if len(r.By) > 0 {
		s += "; other times for some"
	}
	return s
}

func dueText(s string) string {
	if d, err := day.Parse(s); err == nil {
		return d.Full()
	}
	if t, err := day.ParseInstant(s); err == nil {
		return t.Long()
	}
	return s
}

// exampleText is a worked example in a sentence.
func exampleText(e duty.Example) string {
	if len(e.Expect) == 0 {
		return title(e.Name) + ": nothing is owed."
	}
	var parts []string
	for _, x := range e.Expect {
		s := "due " + dueText(x.Due) + ", " + x.State.String()
		if x.Late {
			s += ", late"
		}
		parts = append(parts, s)
	}
	return title(e.Name) + ": " + strings.Join(parts, "; then ") + "."
}

type apiAdoption struct {
	From     day.Date     `json:"from"`
	Recorded day.Instant  `json:"recorded"`
	By       string       `json:"by"`
	Post     string       `json:"post"`
	Why      string       `json:"why"`
	SHA256   string       `json:"sha256"`
	Layers   []duty.Layer `json:"layers"`
}

func (s *Server) apiAdopted(w http.ResponseWriter, r *request) error {
	b, err := s.App.Book(r.ctx())
	if err != nil {
		return err
	}
	b = b.KnownAt(r.at())
	out := []apiAdoption{}
	for _, a := range b.Adoptions() {
		x := apiAdoption{From: a.From, Recorded: a.Recorded, Post: a.Post, Why: a.Why, SHA256: a.SHA256, Layers: a.Layers}
		if r.desk != nil && !r.narrow() {
			x.By = a.Author
		}
		out = append(out, x)
	}
	return s.answer(w, out)
}

func (s *Server) apiAdopt(w http.ResponseWriter, r *request) error {
	var in struct {
		Layers []duty.Layer `json:"layers"`
		Own    *string      `json:"own"`
		From   day.Date     `json:"from"`
		Why    string       `json:"why"`
		Try    bool         `json:"try"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	switch {
	case in.Own != nil:
		in.Layers = s.App.OverLaw(ownLayer(*in.Own))
	case in.Layers == nil:
		in.Layers = s.App.Pack.Layers
	}
	if in.From == 0 {
		in.From = r.now.Date()
	}
	if in.Try {
		p, err := r.desk.Propose(r.ctx(), in.Layers, in.From)
		if err != nil {
			return err
		}
		return s.answer(w, map[string]any{"rules": p.Rules, "changes": changeLines(p.Changes)})
	}
	key, err := r.key()
	if err != nil {
		return err
	}
	done, err := r.desk.Adopt(r.ctx(), app.Adoption{Layers: in.Layers, From: in.From, Why: in.Why, Key: key})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, answer(done))
	return nil
}
