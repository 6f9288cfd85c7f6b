package web

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/returns/cin"
	"onus/internal/web/govuk"
)

// asmAskData is the page on which one question is answered: what stands under it at one
// side, the worker's own words at the other.
type asmAskData struct {
	entered
	Child, Name, First  string
	Q                   asmQuestion
	Part, Title, Action string
	All                 string
	Entries             []asmTick
	Gone                []string
	Choose              []govuk.Option // entries that can be put here
	Before, Next        *tabLine
	Saved, Recorded     string
	Shared              []asmKin // brothers and sisters to whose assessment it can be taken over
}

type asmTick struct {
	asmEntry
	On    bool
	Under bool // it stands under the question, and can be taken away
}

var questionID = regexp.MustCompile(`^[a-z-]{1,60}$`)

// asmWriting finds the assessment that is under way, and its questions.
func asmWriting(p *app.ChildPage) (a child.Assessment, questions []duty.Question, ok bool) {
	a, ok = p.Record.OpenAssessment()
	if ok {
		questions = asmQuestions(p, a)
	}
	return a, questions, ok
}

func (s *Server) writeQuestion(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	return s.asmAskPage(w, r, p, http.StatusOK, nil)
}

func (s *Server) asmAskPage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, sent *entered) error {
	a, questions, ok := asmWriting(p)
	if !ok {
		http.Redirect(w, r.Request, asmPath(p.Record.Child), http.StatusSeeOther)
		return nil
	}
	i := slices.IndexFunc(questions, func(q duty.Question) bool { return q.ID == r.PathValue("question") })
	if i < 0 {
		return app.ErrNotFound
	}
	q, id := questions[i], p.Record.Child
	kin, err := r.desk.Kin(r.ctx(), "Assessment", p.Record.Kin())
	if err != nil {
		return err
	}
	x, err := s.asmQuestion(r, p, a, q, 0, kin)
	if err != nil {
		return err
	}
	d := asmAskData{entered: notEntered(), Child: id, Name: p.Identity.Name(), First: firstName(p.Identity.Name()), Q: x, Part: q.Part, Title: q.Asks, Action: asmQuestionPath(id, q.ID), All: asmWritePath(id), Gone: x.Stale}
	w0, answered := a.Answer(q.ID)
	ticked := func(e entry.ID) bool { return slices.Contains(w0.Rests, e) }
	if answered {
		d.Values["text"] = w0.Text
		d.Recorded = "What stands was recorded by " + x.By + "."
	}
	if sent != nil {
		d.entered = *sent
	} else if v, at, typed, err := s.formOf(r, d.Action); err != nil {
		return err
	} else if typed {
		d.fill(v)
		d.Saved = "What you typed " + near(at, r.now) + " is here. It is not recorded yet: only you see it."
	}
	if d.lists != nil {
		ticked = func(e entry.ID) bool { return slices.Contains(d.lists["rests"], string(e)) }
	}
	under := map[entry.ID]bool{}
	for _, e := range append(slices.Clone(x.Entries), x.More...) {
		under[entry.ID(e.ID)] = true
		d.Entries = append(d.Entries, asmTick{e, ticked(entry.ID(e.ID)), true})
	}
	for _, e := range x.Rests { // taken away since, or older: it rests on them all the same
		if !under[entry.ID(e.ID)] {
			under[entry.ID(e.ID)] = true
			d.Entries = append(d.Entries, asmTick{e, ticked(entry.ID(e.ID)), false})
		}
	}
	d.Choose = asmChoose(p, under)
	if i > 0 {
		d.Before = &tabLine{Text: questions[i-1].Asks, Href: asmQuestionPath(id, questions[i-1].ID)}
	}
	if i+1 < len(questions) {
		d.Next = &tabLine{Text: questions[i+1].Asks, Href: asmQuestionPath(id, questions[i+1].ID)}
	}
	if q.Shared && answered {
		for _, k := range p.Record.Kin() {
			if row := kin[k]; row != nil && row.Closed == "" && row.Open {
				d.Shared = append(d.Shared, asmKin{Name: row.Name, Href: k})
			}
		}
	}
	f := s.page(r, d.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, asmAskPageOf(f, d))
}

// asmChooseMost is how many entries a question offers to be put under it.
const asmChooseMost = 150

// asmChoose are the entries that can be put under a question, the newest first: what
// somebody saw, heard or was told, and not what the rules and the assessment itself say.
func asmChoose(p *app.ChildPage, under map[entry.ID]bool) []govuk.Option {
	out := []govuk.Option{{Text: "Choose an entry", EmptyValue: true}}
	for i := len(p.Record.Events) - 1; i >= 0 && len(out) <= asmChooseMost; i-- {
		ev := &p.Record.Events[i]
		if under[ev.ID] || child.OfAssessment(ev.Kind) || slices.Contains(notWeighed, ev.Kind) {
			continue
		}
		k, _ := app.Registry().Known(ev.Kind)
		out = append(out, govuk.Option{Value: string(ev.ID), Text: ev.When.Date.Long() + ": " + k.Title + ". " + short(title(summary(ev.Body, p.Line)), 70)})
	}
	return out
}

// notWeighed are kinds that say how the work ran, and nothing of a child's life.
var notWeighed = []entry.Kind{"duty.climbed", "duty.stood-down", "significant", "import.kept", "allocation", "allocation.proposed", "allocation.accepted", "allocation.ended", "visit.planned", "visit.called-off", "plan.approved", "plan.returned", "plan.share-ended", "plan.word-wrong", "rated", "taken", "referrer.told", "notice"}

// saveQuestion keeps what was typed, whatever else is done; then puts an entry here, takes
// one away, takes the answer over to a brother or sister, or records the answer.
func (s *Server) saveQuestion(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	if !questionID.MatchString(r.PathValue("question")) {
		return app.ErrNotFound
	}
	t, id := enteredIn(r), p.Record.Child
	typed := url.Values{}
	for name, v := range r.PostForm {
		if name != "put" {
			typed[name] = v
		}
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, cmp.Or(draftOf(typed), "do=save")); err != nil {
		return err
	}
	a, questions, ok := asmWriting(p)
	if !ok {
		http.Redirect(w, r.Request, asmPath(id), http.StatusSeeOther)
		return nil
	}
	i := slices.IndexFunc(questions, func(q duty.Question) bool { return q.ID == r.PathValue("question") })
	if i < 0 {
		return app.ErrNotFound
	}
	q := questions[i]
	step, of, _ := strings.Cut(t.Values["step"], " ")
	var b entry.Body
	at := "text"
	switch step {
	case "put":
		b, at = child.AssessmentPlaced{Assessment: a.ID, Question: q.ID, Entry: entry.ID(t.Values["put"])}, "put"
	case "away":
		b, at = child.AssessmentPlaced{Assessment: a.ID, Question: q.ID, Entry: entry.ID(of), Away: true}, "entries"
	case "record":
		x := child.AssessmentWeighed{Assessment: a.ID, Question: q.ID, Asks: q.Asks, Text: strings.TrimSpace(t.Values["text"])}
		for _, e := range t.lists["rests"] {
			x.Rests = append(x.Rests, entry.ID(e))
		}
		if was, ok := a.Answer(q.ID); ok && was.Text == x.Text { // the words are another's still
			x.Taken = was.Taken
		}
		b = x
	case "over":
		return s.takeOver(w, r, p, a, q, of, t)
	default:
		http.Redirect(w, r.Request, r.URL.Path, http.StatusSeeOther)
		return nil
	}
	_, err = r.desk.Record(r.ctx(), app.Do{Child: id, Key: r.person() + " " + t.Key, Now: true, Commands: []child.Command{{Happened: day.AtInstant(r.now), Body: b, Source: entry.Source{Kind: "page"}}}})
	if _, refused := entry.Problems(err); refused {
		t.place(err, func(f string) string {
			if f == "rests_on" {
				return "entries"
			}
			return at
		})
		return s.asmAskPage(w, r, p, http.StatusUnprocessableEntity, &t)
	}
	if err != nil {
		return err
	}
	if step != "record" {
		http.Redirect(w, r.Request, r.URL.Path+"#entries", http.StatusSeeOther)
		return nil
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, ""); err != nil { // what matters is recorded
		s.Log.Error("a draft could not be removed", "route", r.Pattern, "error", err)
	}
	to := asmWritePath(id) + "#" + q.ID
	if of == "next" && i+1 < len(questions) {
		to = asmQuestionPath(id, questions[i+1].ID)
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// takeOver gives the answer that stands to a brother's or sister's assessment, marked as
// taken from this child. It is one child's clock each: nothing else is taken over.
func (s *Server) takeOver(w http.ResponseWriter, r *request, p *app.ChildPage, a child.Assessment, q duty.Question, to string, t entered) error {
	refuse := func(text string) error {
		t.Errors.Add("over", text)
		return s.asmAskPage(w, r, p, http.StatusUnprocessableEntity, &t)
	}
	was, answered := a.Answer(q.ID)
	if !answered || !q.Shared || !slices.Contains(p.Record.Kin(), to) {
		return refuse("Only an answer that is recorded can be taken over, of a question about the family, to a brother or sister who has a record")
	}
	kin, err := r.desk.ChildFor(r.ctx(), r.policy, "Assessment", to)
	if err != nil {
		return err
	}
	theirs, ok := kin.Record.OpenAssessment()
	if !ok {
		return refuse(firstName(kin.Identity.Name()) + " has no assessment under way. Start one first")
	}
	asks := q.Asks
	for _, x := range asmQuestions(kin, theirs) {
		if x.ID == q.ID {
			asks = x.Asks
		}
	}
	_, err = r.desk.Record(r.ctx(), app.Do{Child: to, Key: r.person() + " " + t.Key, Now: true, Commands: []child.Command{{Happened: day.AtInstant(r.now), Source: entry.Source{Kind: "page"},
		Body: child.AssessmentWeighed{Assessment: theirs.ID, Question: q.ID, Asks: asks, Text: was.Text, Taken: &child.TakenFrom{Child: p.Record.Child, Entry: was.Event.ID}}}}})
	if ps, refused := entry.Problems(err); refused {
		return refuse(ps[0].Text)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, asmQuestionPath(to, q.ID), http.StatusSeeOther)
	return nil
}

// asmWriteData is the page of the whole assessment while it is written: its questions, what
// it comes to, what is open, and sending it.
type asmWriteData struct {
	entered
	Child, Name, First, Title, Sub, Action string
	Parts                                  []asmWritePart
	Answered, Questions                    int
	Gaps                                   []asmGap
	Nexts                                  []govuk.Choice
	Factors                                []govuk.Choice
	Ticked                                 []string
	FactorsOpen                            bool
	Views                                  []asmEntry
	Manager                                string
	Waits                                  string
	Back, BackWhy                          string
}

type asmWritePart struct {
	Name string
	Rows []asmWriteRow
}

type asmWriteRow struct {
	ID, Asks, Text, Href string
	Entries              int
	Needed, Draft        bool
	Stale                bool
}

func (s *Server) writeAssessment(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	return s.asmWritePage(w, r, p, http.StatusOK, nil)
}

func (s *Server) asmWritePage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, sent *entered) error {
	a, questions, ok := asmWriting(p)
	id := p.Record.Child
	if !ok {
		http.Redirect(w, r.Request, asmPath(id), http.StatusSeeOther)
		return nil
	}
	first := firstName(p.Identity.Name())
	d := asmWriteData{entered: notEntered(), Child: id, Name: p.Identity.Name(), First: first, Title: "Write " + first + "'s assessment", Action: asmWritePath(id), Manager: approver(p)}
	d.Sub = "What you record under a question is in the record at once. What you type and do not record, only you see."
	factors := a.Factors
	if n := len(a.Versions); n > 0 {
		v := a.Versions[n-1]
		d.Values["next"], d.Values["why"], d.Values["not_known"] = v.Next, v.Why, v.Unknown
		factors = v.Factors
		switch v.State() {
		case child.AssessmentWaits:
			d.Waits = "Version " + itoa(v.Number) + " waits to be signed. If you send another, it takes its place."
		case child.AssessmentSentBack:
			d.Back, d.BackWhy = "Sent back by "+p.Line.Name(v.By)+" on "+v.Returned.Date.Long()+":", v.Said
		}
	}
	d.Ticked = factors
	if sent != nil {
		d.entered = *sent
	} else if v, at, typed, err := s.formOf(r, d.Action); err != nil {
		return err
	} else if typed {
		d.fill(v)
		d.Sub = "Saved " + near(at, r.now) + ". " + d.Sub
	}
	if d.lists != nil {
		d.Ticked = d.lists["factors"]
	}
	d.FactorsOpen = len(d.Ticked) > 0
	answers := asmAnswers(a, questions)
	for i, q := range questions {
		if n := len(d.Parts); n == 0 || d.Parts[n-1].Name != q.Part {
			d.Parts = append(d.Parts, asmWritePart{Name: q.Part})
		}
		row := asmWriteRow{ID: q.ID, Asks: q.Asks, Text: answers[i].Text, Href: asmQuestionPath(id, q.ID), Entries: len(p.Record.Belonging(a, q.ID, q.Fits)), Needed: q.Needed}
		if answers[i].Text != "" {
			d.Answered++
		}
		corrected, gone := p.Record.Stale(answers[i].Rests, p.Record.Written(answers[i].Answer, p.At))
		row.Stale = len(corrected)+len(gone) > 0
		_, _, typed, err := s.formOf(r, row.Href)
		if err != nil {
			return err
		}
		row.Draft = typed
		at := &d.Parts[len(d.Parts)-1]
		at.Rows = append(at.Rows, row)
	}
	d.Questions = len(questions)
	for _, g := range p.Record.AssessmentGaps(a, answers, day.AtInstant(r.now)) {
		if strings.HasPrefix(g.ID, "question:") { // the list above says it
			continue
		}
		d.Gaps = append(d.Gaps, asmGap{Says: g.Says, Asks: g.Asks})
	}
	for _, x := range child.AssessmentNexts {
		d.Nexts = append(d.Nexts, govuk.Choice{Value: x, Text: title(x)})
	}
	for _, c := range cin.Codes(cin.SetAssessmentFactors, asmYear(r.now.Date())) {
		d.Factors = append(d.Factors, govuk.Choice{Value: c.Code, Text: c.Meaning})
	}
	for _, ev := range asmViews(p, a) {
		text, how := child.Fit(viewFits, ev.Body)
		d.Views = append(d.Views, asmEntryOf(p, child.Belongs{Event: ev, Text: text, How: how}, 0))
	}
	f := s.page(r, d.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, asmWritePageOf(f, d))
}

// asmYear is the year of the census that a day falls into: it ends on 31 March.
func asmYear(on day.Date) int {
	y, m, _ := on.Split()
	if m > 3 {
		return y + 1
	}
	return y
}

var viewFits = []string{"what the child says", "what a parent says", "what others say"}

// asmViews are what the child, the parents and others said since it began.
func asmViews(p *app.ChildPage, a child.Assessment) (out []*child.Event) {
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		if ev.When.Date < a.Start.When.Date || ev.Kind == "contact" || ev.Kind == "referral" {
			continue
		}
		if text, _ := child.Fit(viewFits, ev.Body); text != "" {
			out = append(out, ev)
		}
	}
	return out
}

// sendAssessment keeps the conclusion, or sends the whole to be signed.
func (s *Server) sendAssessment(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	t, id := enteredIn(r), p.Record.Child
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, cmp.Or(draftOf(r.PostForm), "do=save")); err != nil {
		return err
	}
	a, questions, ok := asmWriting(p)
	if !ok {
		http.Redirect(w, r.Request, asmPath(id), http.StatusSeeOther)
		return nil
	}
	if t.Values["step"] != "send" {
		http.Redirect(w, r.Request, r.URL.Path, http.StatusSeeOther)
		return nil
	}
	b := child.AssessmentSent{Assessment: a.ID, Answers: asmAnswers(a, questions), Next: t.Values["next"], Why: strings.TrimSpace(t.Values["why"]), Unknown: strings.TrimSpace(t.Values["not_known"])}
	for _, ev := range asmViews(p, a) {
		b.Views = append(b.Views, ev.ID)
	}
	for _, c := range t.lists["factors"] {
		if _, ok := cin.Meaning(cin.SetAssessmentFactors, c); ok {
			b.Factors = append(b.Factors, c)
		}
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: id, Key: r.person() + " " + t.Key, Now: true, Commands: []child.Command{{Happened: day.AtInstant(r.now), Body: b, Source: entry.Source{Kind: "page"}}}})
	if _, refused := entry.Problems(err); refused {
		t.place(err, func(f string) string {
			if f == "next" || f == "why" || f == "not_known" {
				return f
			}
			return "questions"
		})
		return s.asmWritePage(w, r, p, http.StatusUnprocessableEntity, &t)
	}
	if err != nil {
		return err
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, ""); err != nil { // what matters is recorded
		s.Log.Error("a draft could not be removed", "route", r.Pattern, "error", err)
	}
	http.Redirect(w, r.Request, asmPath(id)+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}
