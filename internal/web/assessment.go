package web

import (
	"cmp"
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
	"onus/internal/returns/cin"
	"onus/internal/web/shell"
)

// asmData is the page of an assessment: why it began, who was seen and who was not talked
// with, its questions with what stands under each, and what it comes to.
type asmData struct {
	Child, Name, First, Title, Sub, Known string
	None                                  string // there is no assessment: what that means
	Start                                 string // where one is begun
	Facts                                 []shell.Fact
	Came                                  *asmSaid // what was told before it began
	Decided                               *asmSaid
	NotTalked                             []asmPerson
	Father                                string
	Gaps                                  []asmGap
	Unanswered                            []shell.Link // questions that somebody must answer, or say why not
	Waits, WaitsHref                      string
	Back, BackWhy                         string // it was sent back, by whom, and why
	Parts                                 []asmPart
	Sent                                  *asmSent // the newest version's conclusion
	Versions                              []versionLine
	Earlier                               []versionLine
	Kin                                   []asmKin
	Actions                               []shell.Link
	May                                   bool // whoever looks may write it
	Open                                  bool
}

type asmSaid struct{ Who, Words, Href, When string }

type asmPerson struct{ Text, Href string }

type asmGap struct{ Says, Asks, Href string }

type asmPart struct {
	Name      string
	Questions []asmQuestion
	Quiet     []shell.Link // questions that can stay open, under which nothing stands
}

type asmQuestion struct {
	ID, Asks, Hint string
	Text           string
	By             string // who wrote it, when
	Taken          string // that it was written for a brother or sister
	How            string
	Rests          []asmEntry
	Stale          []string
	Entries        []asmEntry // the newest few
	More           []asmEntry
	Write          string // where to write it; empty: nobody may now
	Draft          string // when something was typed and not recorded
	Needed         bool
}

// asmEntry is an entry under a question.
type asmEntry struct {
	ID, Text, Kind, By, How, Href string
	Put                           string // who put it there
	Rests                         bool   // the answer rests on it
}

type asmSent struct {
	Title, Next, Why, Unknown, Said string
	Views                           []asmEntry
	Factors                         []string
	Open                            []string // what was open when it was signed
	OpenWhy                         string
}

// asmKin is a brother or sister of whom there is a record.
type asmKin struct{ Name, Says, Href string }

// asmShown is how many entries stand under a question before the rest is folded away.
const asmShown = 4

func asmPath(id string) string            { return "/child/" + id + "/assessment" }
func asmWritePath(id string) string       { return asmPath(id) + "/write" }
func asmQuestionPath(id, q string) string { return asmWritePath(id) + "/" + q }

// asmOf is the assessment that a page is about: the one asked for, else the newest.
func asmOf(p *app.ChildPage, asked string) (a child.Assessment, ok bool) {
	all := p.Record.Assessments()
	if asked != "" {
		return p.Record.Assessment(entry.ID(asked))
	}
	if len(all) == 0 {
		return a, false
	}
	return all[len(all)-1], true
}

// asmQuestions are what an assessment asks: by the rules of the day on which it began, and
// whatever was answered besides.
func asmQuestions(p *app.ChildPage, a child.Assessment) (out []duty.Question) {
	first := firstName(p.Identity.Name())
	for _, q := range p.Rules.Questions(a.Start.When.Date) {
		q.Asks, q.Hint = q.Says(q.Asks, first), q.Says(q.Hint, first)
		out = append(out, q)
	}
	for _, w := range a.Weighed {
		if !slices.ContainsFunc(out, func(q duty.Question) bool { return q.ID == w.Question }) {
			out = append(out, duty.Question{ID: w.Question, Part: "Other questions", Asks: w.Asks})
		}
	}
	return out
}

// asmAnswers are its questions with what stands under each now.
func asmAnswers(a child.Assessment, questions []duty.Question) (out []child.Answered) {
	for _, q := range questions {
		x := child.Answered{Question: q.ID, Part: q.Part, Asks: q.Asks, Needed: q.Needed}
		if w, ok := a.Answer(q.ID); ok {
			x.Text, x.Rests, x.Taken, x.Answer = w.Text, w.Rests, w.Taken, w.Event.ID
		}
		out = append(out, x)
	}
	return out
}

func (s *Server) assessment(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Assessment")
	if err != nil {
		return err
	}
	d, err := s.asmPage(r, p, known)
	if err != nil {
		return err
	}
	f := s.childFrame(r, p, d.Title, known, true)
	s.doneNotice(r, p, known, &f)
	return s.render(w, http.StatusOK, asmPageOf(f, d))
}

func (s *Server) asmPage(r *request, p *app.ChildPage, known day.Instant) (d asmData, err error) {
	first := firstName(p.Identity.Name())
	d = asmData{Child: p.Record.Child, Name: p.Identity.Name(), First: first, Title: first + "'s assessment", Known: keep(known)}
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	base := asmPath(d.Child)
	all := p.Record.Assessments()
	asked := r.URL.Query().Get("of")
	a, ok := asmOf(p, asked)
	if !ok && asked != "" {
		return d, app.ErrNotFound
	}
	for i := len(all) - 1; i >= 0; i-- {
		if ok && all[i].ID != a.ID {
			d.Earlier = append(d.Earlier, asmLine(base, all[i], d.Known))
		}
	}
	if d.May && p.Status.Open && !p.Status.Assessing {
		d.Start = "/child/" + d.Child + "/record/assessment.started"
	}
	if !ok {
		d.None = "No assessment of " + first + " is recorded."
		if p.Status.Awaiting {
			d.None = "It was decided to assess " + first + ". Nobody has begun yet."
		}
		return d, nil
	}
	d.Open, d.May = a.Open(), d.May && a.Open()
	d.Sub = "Began on " + a.Start.When.Date.Long() + ", by " + p.Line.Name(a.Start.Author) + "."
	switch {
	case a.Signed != nil:
		d.Sub += " Signed by " + p.Line.Name(a.Signed.Author) + " on " + a.Signed.When.Date.Long() + "."
	case a.Closed != nil:
		d.Sub += " Nobody signed it: the case was closed on " + a.Closed.When.Date.Long() + "."
	}
	d.Facts = s.asmFacts(p, a, known)
	d.began(p, a)
	if a.Open() {
		d.talks(p, a)
	}
	questions := asmQuestions(p, a)
	if a.Open() {
		for _, g := range p.Record.AssessmentGaps(a, asmAnswers(a, questions), day.AtInstant(p.At)) {
			x := asmGap{Says: g.Says, Asks: g.Asks}
			if strings.HasPrefix(g.ID, "question:") {
				i := slices.IndexFunc(questions, func(q duty.Question) bool { return q.ID == g.Question })
				d.Unanswered = append(d.Unanswered, shell.Link{Text: questions[i].Asks, Href: "#" + g.Question})
				continue
			}
			if g.Question != "" && d.May {
				x.Href = asmQuestionPath(d.Child, g.Question)
			}
			d.Gaps = append(d.Gaps, x)
		}
	}
	if v, ok := a.Waiting(); ok {
		d.Waits = "Version " + itoa(v.Number) + " waits to be signed since " + v.When.Date.Long() + ", with " + lowerYou(whoOwes(p.Line, line.KeyOfManager(p.Status.Team), p.At.Date())) + "."
		d.WaitsHref = base + "/version/" + string(v.ID) + d.Known
	} else if n := len(a.Versions); n > 0 && a.Open() && a.Versions[n-1].State() == child.AssessmentSentBack {
		v := a.Versions[n-1]
		d.Back, d.BackWhy = "Sent back by "+p.Line.Name(v.By)+" on "+v.Returned.Date.Long()+":", v.Said
	}
	kin, err := r.desk.Kin(r.ctx(), "Assessment", p.Record.Kin())
	if err != nil {
		return d, err
	}
	for _, q := range questions {
		x, err := s.asmQuestion(r, p, a, q, known, kin)
		if err != nil {
			return d, err
		}
		if d.May {
			x.Write = asmQuestionPath(d.Child, q.ID)
		}
		if n := len(d.Parts); n == 0 || d.Parts[n-1].Name != q.Part {
			d.Parts = append(d.Parts, asmPart{Name: q.Part})
		}
		at := &d.Parts[len(d.Parts)-1]
		if x.Text == "" && len(x.Entries) == 0 && !q.Needed {
			at.Quiet = append(at.Quiet, shell.Link{Text: x.Asks, Href: x.Write})
			continue
		}
		at.Questions = append(at.Questions, x)
	}
	if n := len(a.Versions); n > 0 {
		v := a.Versions[n-1]
		if stands, ok := a.Stands(); ok {
			v = stands
		}
		d.Sent = asmConclusion(p, a, v, known)
	}
	for i := len(a.Versions) - 1; i >= 0; i-- {
		d.Versions = append(d.Versions, asmVersionLine(base, a.Versions[i], d.Known))
	}
	if d.May {
		what := "Write it, and send it to be signed"
		d.Actions = append(d.Actions, shell.Link{Text: what, Href: asmWritePath(d.Child)}, shell.Link{Text: "Record a visit", Href: "/child/" + d.Child + "/visit"}, shell.Link{Text: "Record what somebody says", Href: "/child/" + d.Child + "/record/view"})
	}
	if len(a.Versions) > 0 {
		d.Actions = append(d.Actions, shell.Link{Text: "Print it for the family", Href: base + "/print?version=" + string(a.Versions[len(a.Versions)-1].ID)})
	}
	for _, id := range p.Record.Kin() {
		if row := kin[id]; row != nil && row.Closed == "" && row.Open {
			d.Kin = append(d.Kin, asmKin{row.Name, row.Situation, asmPath(id)})
		}
	}
	return d, nil
}

func asmLine(base string, a child.Assessment, known string) versionLine {
	l := versionLine{Text: "Assessment that began on " + a.Start.When.Date.Long(), Href: base + "?of=" + string(a.ID), State: shell.State{Text: "not signed"}}
	if known != "" {
		l.Href += "&" + strings.TrimPrefix(known, "?")
	}
	switch {
	case a.Signed != nil:
		l.State, l.When = shell.State{Kind: shell.OK, Text: "signed"}, a.Signed.When.Date.Long()
	case a.Closed != nil:
		l.State, l.When = shell.State{Text: "ended with the case"}, a.Closed.When.Date.Long()
	}
	return l
}

func asmVersionLine(base string, v child.AssessmentVersion, known string) versionLine {
	l := versionLine{Text: "Version " + itoa(v.Number), When: v.When.Date.Long(), Href: base + "/version/" + string(v.ID) + known, State: shell.State{Text: v.State()}}
	switch v.State() {
	case child.AssessmentSigned:
		l.State.Kind = shell.OK
	case child.AssessmentWaits:
		l.State.Kind = shell.Soon
	}
	return l
}

// asmDuty is the duty to complete the assessment: the open one while it is open, else the
// one that its signature met.
func asmDuty(p *app.ChildPage, a child.Assessment) (d duty.Duty, ok bool) {
	for _, x := range p.Duties {
		if !slices.Contains(x.Rule.MetBy.Kind, "assessment.authorised") || !slices.Contains(x.Rule.Starts.Kind, "assessment.started") || x.Since.Date > a.Start.When.Date {
			continue
		}
		if a.Open() && x.State == duty.Open || a.Signed != nil && x.EndedBy == a.Signed.ID {
			d, ok = x, true
		}
	}
	return d, ok
}

// leftState is how a duty ended, or how many working days are left.
func leftState(d duty.Duty, cal *day.Calendar, now day.Instant) shell.State {
	x := endState(d, cal, now)
	if on := now.Date(); d.State == duty.Open && !d.Late(now) && d.Due.On > on+1 {
		x.Text = count(cal.WorkingBetween(on, d.Due.On), "working day", "working days") + " left"
	}
	return x
}

// asmFacts are when it is due and by whom, whether the child was seen and seen alone since
// it began, and whether a manager looked at it.
func (s *Server) asmFacts(p *app.ChildPage, a child.Assessment, known day.Instant) []shell.Fact {
	on, first := p.At.Date(), firstName(p.Identity.Name())
	due := shell.Fact{Label: "Due", Value: "No date", Detail: "No rule in force gives a day."}
	if d, ok := asmDuty(p, a); ok {
		due = shell.Fact{Label: "Due", Value: shortDay(d.Due.On, on), State: leftState(d, s.App.Pack.Calendar(), p.At), Links: []shell.Link{{Text: "Why?", Href: dutyHref(p.Record.Child, d.ID()) + keep(known)}}}
		due.Bad = a.Open() && d.Late(p.At)
		if a.Open() {
			due.Detail = "Owed by " + lowerYou(whoOwes(p.Line, d.Owner, on)) + "."
		}
	} else if a.Signed != nil {
		due = shell.Fact{Label: "Signed", Value: shortDay(a.Signed.When.Date, on)}
	}
	seen := shell.Fact{Label: first + " seen since it began", Value: "Not yet", Bad: a.Open()}
	alone := shell.Fact{Label: "Seen alone since it began", Value: "Not yet", Bad: a.Open()}
	n, m := 0, 0
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		b, ok := ev.Body.(child.Visit)
		if !ok || ev.When.Date < a.Start.When.Date || a.Signed != nil && ev.When.Date > a.Signed.When.Date {
			continue
		}
		if b.Seen {
			n++
			seen = shell.Fact{Label: seen.Label, Value: count(n, "time", "times"), Detail: "last " + shortDay(ev.When.Date, on) + ", " + b.Where}
		}
		if b.Alone {
			m++
			alone = shell.Fact{Label: alone.Label, Value: count(m, "time", "times"), Detail: "last " + shortDay(ev.When.Date, on) + ", " + strings.Trim(b.Where+", "+b.Room, ", ")}
		}
	}
	looked := shell.Fact{Label: "A manager looked at it", Value: "Not yet"}
	if k := len(a.Checks); k > 0 {
		ev := a.Checks[k-1]
		b, _ := ev.Body.(child.AssessmentChecked)
		looked = shell.Fact{Label: looked.Label, Value: shortDay(ev.When.Date, on), Detail: strings.TrimSpace(p.Line.Name(ev.Author) + ". " + b.Next)}
	}
	for _, x := range p.Open() {
		if a.Open() && slices.Contains(x.Rule.MetBy.Kind, "assessment.checked") {
			looked.Links = []shell.Link{{Text: "Again by " + shortDay(x.Due.On, on), Href: dutyHref(p.Record.Child, x.ID()) + keep(known)}}
			if len(a.Checks) == 0 {
				looked.Links[0].Text = "Due " + shortDay(x.Due.On, on)
			}
			looked.Bad = x.Late(p.At)
			break
		}
	}
	return []shell.Fact{due, seen, alone, looked}
}

// began is why it began: what was told, in the words of who told it, and the decision.
func (d *asmData) began(p *app.ChildPage, a child.Assessment) {
	_, came := p.Record.AssessmentFrom(a)
	if came != nil {
		x := asmSaid{When: came.When.Date.Long(), Href: d.entry(came.ID)}
		switch b := came.Body.(type) {
		case child.Contact:
			x.Who, x.Words = b.From, b.What
		case child.Referral:
			x.Who, x.Words = b.From, b.What
			if ev, ok := p.Record.Event(b.Of); ok && x.Words == "" {
				if c, ok := ev.Body.(child.Contact); ok {
					x.Who, x.Words = c.From, c.What
				}
			}
			if x.Who == "" && b.Code != "" {
				x.Who, _ = cin.Meaning(cin.SetReferralSource, b.Code)
			}
		}
		x.Who = cmp.Or(x.Who, "somebody whom nobody named")
		d.Came = &x
	}
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		if ev.When.Date > a.Start.When.Date {
			break
		}
		switch b := ev.Body.(type) {
		case child.Decision:
			d.Decided = &asmSaid{p.Line.Name(ev.Author), title(b.Outcome) + ". " + b.For, d.entry(ev.ID), ev.When.Date.Long()}
		case child.StrategyDiscussion:
			d.Decided = &asmSaid{p.Line.Name(ev.Author), "Strategy discussion. " + b.Why, d.entry(ev.ID), ev.When.Date.Long()}
		}
	}
}

func (d *asmData) entry(id entry.ID) string {
	return "/child/" + d.Child + "/entry/" + string(id) + d.Known
}

// talks are with whom nobody has recorded a talk.
func (d *asmData) talks(p *app.ChildPage, a child.Assessment) {
	left, father := p.Record.NotTalkedWith(a)
	for _, x := range left {
		t := "Nobody has recorded a talk with " + x.Name + ", " + x.Relation + "."
		if x.There != nil {
			t += " They were there on " + x.There.When.Date.Long() + ": what did they say?"
		}
		y := asmPerson{Text: t}
		if d.May {
			y.Href = "/child/" + d.Child + "/record/view"
		}
		d.NotTalked = append(d.NotTalked, y)
	}
	if father {
		d.Father = "No father is recorded. Who is he, and what does he say?"
	}
}

// asmQuestion is a question with its answer and the entries under it.
func (s *Server) asmQuestion(r *request, p *app.ChildPage, a child.Assessment, q duty.Question, known day.Instant, kin map[string]*app.ChildRow) (x asmQuestion, err error) {
	x = asmQuestion{ID: q.ID, Asks: q.Asks, Hint: q.Hint, Needed: q.Needed}
	w, answered := a.Answer(q.ID)
	if answered {
		x.Text, x.By = w.Text, p.Line.Name(w.Event.Author)+", "+w.Event.When.Date.Long()
		x.Taken = takenWords(w.Taken, kin)
		x.Stale = staleWords(p, w.Rests, p.Record.Written(w.Event.ID, 0))
	}
	for _, b := range p.Record.Belonging(a, q.ID, q.Fits) {
		e := asmEntryOf(p, b, known)
		e.Rests = answered && slices.Contains(w.Rests, b.Event.ID)
		if len(x.Entries) < asmShown {
			x.Entries = append(x.Entries, e)
		} else {
			x.More = append(x.More, e)
		}
	}
	if answered {
		var how []string
		x.Rests, how = restsOn(p, w.Rests, known)
		x.How = restsWords(len(x.Rests), how)
	}
	return x, nil
}

// restsOn are the entries that an answer rests on, and how what they say is known.
func restsOn(p *app.ChildPage, rests []entry.ID, known day.Instant) (out []asmEntry, how []string) {
	add := func(h []string) {
		for _, e := range h {
			if !slices.Contains(how, e) {
				how = append(how, e)
			}
		}
	}
	for _, id := range rests {
		ev, ok := p.Record.Event(id)
		if !ok {
			continue
		}
		text, h := child.Gist(ev.Body)
		add(h)
		out = append(out, asmEntryOf(p, child.Belongs{Event: &ev, Text: text, How: h}, known))
	}
	return out, how
}

// restsWords say on how much an answer rests, and how that is known.
func restsWords(n int, how []string) string {
	if n == 0 {
		return "It names no entry that it rests on."
	}
	t := "It rests on " + count(n, "entry", "entries")
	if h := howKnown(how); h != "" {
		t += ", " + h
	}
	return t + "."
}

// asmEntryOf is an entry as it stands under a question.
func asmEntryOf(p *app.ChildPage, b child.Belongs, known day.Instant) asmEntry {
	ev := b.Event
	k, _ := app.Registry().Known(ev.Kind)
	x := asmEntry{ID: string(ev.ID), Kind: k.Title, Text: b.Text, By: p.Line.Name(ev.Author) + ", " + ev.When.Date.Long(), How: howKnown(b.How), Href: "/child/" + p.Record.Child + "/entry/" + string(ev.ID) + keep(known)}
	switch c := ev.Body.(type) {
	case child.Contact:
		x.Kind += " from " + c.From
	case child.Referral:
		if c.From != "" {
			x.Kind += " from " + c.From
		}
	case child.Visit:
		if x.Kind = "Visit, seen"; c.Alone {
			x.Kind = "Visit, seen alone"
		} else if !c.Seen {
			x.Kind = "Visit, not seen"
		}
	}
	if x.Text == "" {
		var how []string
		if x.Text, how = child.Gist(ev.Body); x.Text == "" {
			x.Text = title(summary(ev.Body, p.Line))
		} else if len(b.How) == 0 {
			x.How = howKnown(how)
		}
	}
	if b.By != nil {
		x.Put = "Put here by " + p.Line.Name(b.By.Author) + "."
	}
	return x
}

// takenWords say that an answer was written for a brother or sister; the name stands there
// for whoever may see it.
func takenWords(t *child.TakenFrom, kin map[string]*app.ChildRow) string {
	if t == nil {
		return ""
	}
	who := "a brother or sister"
	if row := kin[t.Child]; row != nil && row.Closed == "" {
		who = row.Name
	}
	return "These words were written for " + who + ", and taken over from that assessment."
}

// staleWords say which entries that an answer rests on were corrected or withdrawn since.
func staleWords(p *app.ChildPage, rests []entry.ID, written day.Instant) (out []string) {
	corrected, gone := p.Record.Stale(rests, written)
	for _, id := range corrected {
		if ev, ok := p.Record.Event(id); ok {
			k, _ := app.Registry().Known(ev.Kind)
			out = append(out, lower(k.Title)+" of "+ev.When.Date.Long()+" was corrected on "+ev.Amended.Date().Long()+", after this was written. Does the answer still stand?")
		}
	}
	for _, id := range gone {
		what := "an entry"
		if e, ok := findLog(p, id); ok {
			k, _ := app.Registry().Known(e.Kind)
			what = lower(k.Title) + " of " + e.Happened.Date.Long()
		}
		out = append(out, what+" was withdrawn after this was written. Does the answer still stand?")
	}
	for i := range out {
		out[i] = "It rests on an entry that changed: " + out[i]
	}
	return out
}

// asmConclusion is what a version comes to.
func asmConclusion(p *app.ChildPage, a child.Assessment, v child.AssessmentVersion, known day.Instant) *asmSent {
	x := &asmSent{Title: "Version " + itoa(v.Number) + ", sent by " + p.Line.Name(v.Author) + " on " + v.When.Date.Long() + ": " + v.State() + ".", Next: title(v.Next), Why: v.Why, Unknown: v.Unknown, Said: v.Said}
	for _, id := range v.Views {
		ev, ok := p.Record.Event(id)
		if !ok {
			continue
		}
		text, how := child.Fit([]string{"what the child says", "what a parent says", "what others say"}, ev.Body)
		x.Views = append(x.Views, asmEntryOf(p, child.Belongs{Event: &ev, Text: text, How: how}, known))
	}
	for _, c := range v.Factors {
		x.Factors = append(x.Factors, factorName(c))
	}
	if a.Signed != nil && v.State() == child.AssessmentSigned {
		if b, ok := a.Signed.Body.(child.AssessmentAuthorised); ok {
			x.Open, x.OpenWhy = b.Open, b.OpenWhy
		}
	}
	return x
}

func factorName(code string) string {
	if m, ok := cin.Meaning(cin.SetAssessmentFactors, code); ok {
		return m
	}
	return code
}
