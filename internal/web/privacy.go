package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// openRequests are the requests for a copy that wait for their answer.
func openRequests(p *app.ChildPage) (out []*child.Request) {
	for _, q := range p.Record.Requests() {
		if !q.Ended {
			out = append(out, q)
		}
	}
	return out
}

// privacyLines say at the head of a record what is asked for, what holds it and
// what waits for a second person.
func privacyLines(r *request, p *app.ChildPage) (out [][2]string) {
	for _, h := range p.Record.Holds() {
		b := h.Body.(child.HoldSet)
		out = append(out, [2]string{"Legal hold, for " + b.By + ".", "Nothing of this record can be destroyed. Since " + h.When.Date.Long() + "."})
	}
	for _, q := range openRequests(p) {
		text := "Received " + q.When.Date.Long() + ", from " + q.Body.By + "."
		if !q.Stopped.IsZero() {
			text += " The clock stands still since " + q.Stopped.Date.Long() + "."
		}
		out = append(out, [2]string{"Somebody asked for a copy of this record.", text})
	}
	if ev, waits := p.Record.Proposal(); waits {
		out = append(out, [2]string{"It was proposed to destroy " + ev.Body.(child.DisposalProposed).What + ".", "By " + r.line.Name(ev.Author) + ", " + ev.When.Date.Long() + ". A second person must agree."})
	}
	return out
}

// moreLinks lead to what can be done with the record itself.
func moreLinks(r *request, p *app.ChildPage) (out []shell.Link) {
	may := func(what access.Action) bool {
		var x *app.Denied
		err := r.desk.MayChild(what, p.Access)
		return err == nil || errors.As(err, &x) && x.Afresh
	}
	base := "/child/" + p.Record.Child
	if may(access.ExportChild) {
		out = append(out, shell.Link{Text: "A copy of the record", Href: base + "/copy"})
		_, waiting := p.Record.Redactions()
		for i, x := range waiting {
			if x.Author != r.person() {
				out = append(out, shell.Link{Text: "Left out of copies? Answer " + itoa(i+1), Href: base + "/redaction/" + string(x.ID)})
			}
		}
	}
	if ev, waits := p.Record.Proposal(); waits && may(access.Dispose) {
		out = append(out, shell.Link{Text: "The proposal to destroy it", Href: base + "/disposal/" + string(ev.ID)})
	}
	return out
}

// standing says how long the record is kept, and why.
func (s *Server) standing(r *request, p *app.ChildPage) (rows [][2]string) {
	st := r.desk.Standing(p)
	add := func(k, v string) { rows = append(rows, [2]string{k, v}) }
	if st.Type == nil {
		return [][2]string{{"Kept until", "Nobody can say: " + st.Unknown}}
	}
	add("Type of record", st.Type.Record)
	if st.Unknown != "" {
		add("Kept until", "Nobody can say: "+st.Unknown)
	} else {
		add("Kept until", st.May.Long())
	}
	source := st.Type.Source.Document + " (" + st.Type.Source.Status
	if !st.Type.Source.Seen {
		source += ", no source was read"
	}
	add("Why so long", title(st.Type.Lasts())+". "+source+").")
	held := "Nothing"
	if len(st.Held) > 0 {
		held = title(strings.Join(st.Held, ", "))
	}
	add("What holds it", held)
	return rows
}

type disposalLine struct {
	Name, Href    string
	Type, Since   string
	Source, Held  string
	State, Action string
	ActionHref    string
}

// disposals lists the records that may be disposed of.
func (s *Server) disposals(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Disposals(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	var rows []disposalLine
	for _, x := range l.Rows {
		base := "/child/" + x.Row.Child
		y := disposalLine{Name: x.Row.Name, Href: r.then(base), Held: strings.Join(x.Standing.Held, ", ")}
		if x.Row.Closed != "" {
			y.Href = ""
		}
		if t := x.Standing.Type; t != nil {
			y.Type, y.Source = t.Record, t.Source.Document
			if !t.Source.Seen {
				y.Source += " (no source was read)"
			}
		}
		if x.Standing.Over(l.Now.Date()) {
			y.Since = x.Standing.May.Long()
		}
		var denied *app.Denied
		may := x.May == nil || errors.As(x.May, &denied) && denied.Afresh
		switch {
		case x.Proposal != nil:
			b := x.Proposal.Body.(child.DisposalProposed)
			if b.What == child.OneEntry {
				y.Type, y.Source, y.Held, y.Since = "One entry of a record", b.Source, strings.Join(x.Spared, ", "), ""
			} else if b.Ground == child.Ordered {
				y.Source = b.Source
			}
			y.State = "Proposed by " + l.Line.Name(x.Proposal.Author) + ", " + x.Proposal.When.Date.Long()
			if may {
				y.Action, y.ActionHref = "Answer", base+"/disposal/"+string(x.Proposal.ID)
			}
			if x.Proposal.Author == r.person() {
				y.Action = "Look"
			}
		case may && x.Standing.Free(l.Now.Date()):
			y.Action, y.ActionHref = "Propose", base+"/record/disposal.proposed"
		}
		rows = append(rows, y)
	}
	f := s.listPage(r, "May be disposed of", "/disposals", nil)
	if id := r.URL.Query().Get("done"); id != "" {
		if e, err := r.desk.Own(r.ctx(), entry.ID(id)); err == nil {
			f.Notice = disposalNotice(e)
		}
	}
	return s.render(w, http.StatusOK, disposalsPage(f, rows, s.next("/disposals", l.Next)))
}

// disposalNotice says what was just done.
func disposalNotice(e entry.Entry) *shell.Notice {
	n := &shell.Notice{Kind: "success", Links: []shell.Link{{Text: "Your receipt", Href: "/receipt/" + string(e.ID)}}}
	switch b := e.Body.(type) {
	case child.DisposalProposed:
		n.Text = "Proposed. A second person must agree."
	case child.DisposalRefused:
		n.Text = "Refused. Nothing was destroyed."
	case child.RecordDisposed:
		n.Text = "The record was destroyed: " + count(b.Count, "entry", "entries") + "."
	case child.EntriesErased:
		n.Text = "Destroyed: " + count(b.Count, "entry", "entries") + "."
	default:
		return nil
	}
	return n
}

// secondData is what a second person is asked.
type secondData struct {
	recordData
	of  child.Event
	own bool
}

// secondPage prepares the page on which another person agrees or does not.
func (s *Server) secondPage(r *request) (x secondData, p *app.ChildPage, err error) {
	p, _, err = s.load(r, "Second person")
	if err != nil {
		return x, nil, err
	}
	if err := r.desk.MayChild(access.SeeChild, p.Access); err != nil {
		return x, nil, err // nobody agrees to what they may not see
	}
	id := entry.ID(r.PathValue("entry"))
	base := "/child/" + p.Record.Child
	x.recordData = recordData{Name: p.Identity.Name(), Back: base, Action: r.URL.Path, entered: notEntered(), Options: map[string][][2]string{}, Now: true, Sure: true}
	var yes, no, back string
	if r.policy == access.Dispose {
		ev, waits := p.Record.Proposal()
		if !waits || ev.ID != id {
			return x, nil, app.ErrNotFound
		}
		b := ev.Body.(child.DisposalProposed)
		x.of, x.Title = ev, "Is this to be destroyed?"
		x.Intro = "It is gone for good when you agree. Every receipt that was given before still holds."
		yes, no, back = "Yes, destroy it", "No, it stays", "I take it back"
		x.Facts = [][2]string{{"Proposed by", r.line.Name(ev.Author) + ", " + ev.When.Long()}, {"What", title(b.What)}}
		if b.What == child.OneEntry {
			x.Facts = append(x.Facts, entryFacts(p, b.Entry)...)
			if n := len(p.Record.Attached(b.Entry)) - 1; n > 0 {
				x.Facts = append(x.Facts, [2]string{"Goes with it", count(n, "entry", "entries") + " that correct, dispute or quote it"})
			}
		}
		x.Facts = append(x.Facts, [2]string{"Ground", title(b.Ground)}, [2]string{"Law or order", b.Source}, [2]string{"Why", b.Why})
		x.Facts = append(x.Facts, s.standing(r, p)...)
	} else {
		_, waiting := p.Record.Redactions()
		found := false
		for _, ev := range waiting {
			if ev.ID == id {
				x.of, found = ev, true
			}
		}
		if !found {
			return x, nil, app.ErrNotFound
		}
		b := x.of.Body.(child.RedactionProposed)
		x.Title, x.Intro = "Is this left out of copies?", "It stays in the record either way."
		yes, no, back = "Yes, leave it out", "No, it stays in", "I take it back"
		words := b.Passage
		if words == "" {
			words = "The whole entry"
		}
		x.Facts = append([][2]string{{"Proposed by", r.line.Name(x.of.Author) + ", " + x.of.When.Long()}, {"Left out", words}, {"Ground", b.Ground}, {"Why", b.Why}}, entryFacts(p, b.Entry)...)
	}
	x.own = x.of.Author == r.person()
	answer := field{name: "answer", label: "Your answer", as: "choice", choices: [][2]string{{"yes", yes}, {"no", no}}}
	if x.own {
		x.Intro = "You proposed this, so somebody else must agree. You can take it back."
		answer.choices = [][2]string{{"no", back}}
	}
	x.Fields = []field{answer, {name: "why", label: "Why?", hint: "You need a reason to say no.", as: "area"}}
	var rows [][2]string
	for _, f := range x.Facts {
		if f[1] != "" {
			rows = append(rows, f)
		}
	}
	x.Facts = rows
	return x, p, nil
}

// entryFacts are what an entry says.
func entryFacts(p *app.ChildPage, id entry.ID) (rows [][2]string) {
	e, ok := findLog(p, id)
	if !ok {
		return nil
	}
	k, _ := app.Registry().Known(e.Kind)
	rows = append(rows, [2]string{"The entry", k.Title + ", " + e.Happened.Long() + ", by " + p.Line.Name(e.Author)})
	return append(rows, bodyRows(e.Raw)...)
}

// second asks the second person, and does what they say.
func (s *Server) second(w http.ResponseWriter, r *request) error {
	x, p, err := s.secondPage(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		x.Key = fresh()
		return s.render(w, http.StatusOK, recordPage(s.page(r, x.Title, ""), x.recordData))
	}
	if err := r.parse(); err != nil {
		return err
	}
	x.take(r)
	why := strings.TrimSpace(x.Values["why"])
	var body entry.Body
	switch a := x.Values["answer"]; {
	case a == "yes" && r.policy == access.Dispose:
		return s.dispose(w, r, x, p)
	case a == "yes":
		body = child.RedactionAgreed{Proposal: x.of.ID, Why: why}
	case r.policy == access.Dispose:
		body = child.DisposalRefused{Proposal: x.of.ID, Why: why}
	default:
		body = child.RedactionRefused{Proposal: x.of.ID, Why: why}
	}
	if x.Values["answer"] == "" {
		x.Errors.Add("answer", "Choose your answer")
	}
	return s.finish(w, r, x.recordData, p, child.Command{Happened: day.AtInstant(r.now), Body: body, Source: entry.Source{Kind: "page"}})
}

// dispose shows what is wrong, or the answers to check, or destroys.
func (s *Server) dispose(w http.ResponseWriter, r *request, x secondData, p *app.ChildPage) error {
	again := func(code int) error {
		f := s.page(r, x.Title, "")
		f.Errors = x.Errors.Any()
		return s.render(w, code, recordPage(f, x.recordData))
	}
	step := r.FormValue("step")
	if step == "change" {
		return again(http.StatusOK)
	}
	err := r.desk.TryDispose(p, x.of.ID)
	if err == nil && step != "record" {
		x.Check, x.Answers = true, append(x.Facts, x.answers()...)
		return again(http.StatusOK)
	}
	var done app.Done
	if err == nil {
		done, err = r.desk.Dispose(r.ctx(), p.Record.Child, x.of.ID, r.person()+" "+x.Key)
	}
	if _, ok := entry.Problems(err); ok {
		x.problems(err)
		return again(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/disposals?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// copyData is a copy of a record, or why there is none yet.
type copyData struct {
	Name, Born, Back   string
	For, ForMore       string
	Made, By           string
	Entries            []copyLine
	LeftOut            int
	Waiting            []shell.Link
	Marked             []shell.Link // when they were written; nobody has decided yet
	Disputed, Requests bool
}

type copyLine struct {
	Kind, Happened, Recorded, By string
	Rows                         [][2]string
	Whole                        string
	LeftOut                      []string
	Disputes                     []copyLine
}

// madeFor is the request that a copy answers: the one in the address, or the
// newest that waits.
func madeFor(r *request, p *app.ChildPage) *child.Request {
	asked := r.URL.Query().Get("request")
	var newest *child.Request
	for _, q := range openRequests(p) {
		if newest = q; string(q.ID) == asked {
			return q
		}
	}
	return newest
}

// copyPage shows a copy of the record, fit to print. Making it is a look like
// any other.
func (s *Server) copyPage(w http.ResponseWriter, r *request) error {
	p, cs, err := r.desk.Copy(r.ctx(), r.PathValue("child"))
	base := "/child/" + r.PathValue("child")
	if _, waits := entry.Problems(err); waits && p != nil {
		d := copyData{Name: p.Identity.Name(), Back: base}
		_, waiting := p.Record.Redactions()
		for _, x := range waiting {
			d.Waiting = append(d.Waiting, shell.Link{Text: "Proposed by " + r.line.Name(x.Author) + ", " + x.When.Long(), Href: base + "/redaction/" + string(x.ID)})
		}
		for _, x := range p.Record.Marked() {
			k, _ := app.Registry().Known(x.Kind)
			d.Marked = append(d.Marked, shell.Link{Text: k.Title + ", " + x.When.Long(), Href: base + "/record/redaction.proposed?entry=" + string(x.ID)})
		}
		return s.render(w, http.StatusUnprocessableEntity, noCopyPage(s.page(r, "No copy yet", ""), d))
	}
	if err != nil {
		return err
	}
	d := copyData{Name: p.Identity.Name(), Back: base, Made: p.At.Long(), By: r.line.Name(r.person()) + ", " + lower(r.desk.Post().Title)}
	if p.Identity.Birth != 0 {
		d.Born = "Born " + p.Identity.Birth.Long() + "."
	}
	if q := madeFor(r, p); q != nil {
		d.Requests, d.For, d.ForMore = true, title(q.Body.By)+": "+q.Body.Who, "Asked on "+q.When.Date.Long()+"."
	}
	for _, c := range cs {
		l := s.copied(p, c)
		d.LeftOut += len(l.LeftOut)
		d.Entries = append(d.Entries, l)
	}
	return s.render(w, http.StatusOK, copiedPage(s.page(r, "A copy of the record", ""), d))
}

func (s *Server) copied(p *app.ChildPage, c child.Copied) copyLine {
	k, _ := app.Registry().Known(c.Kind)
	l := copyLine{Kind: k.Title, Happened: c.Happened.Long(), Recorded: c.Recorded.Long(), By: p.Line.Name(c.Author), Whole: c.Whole, LeftOut: c.LeftOut}
	if t := p.Line.Title(c.Post); t != "" {
		l.By += ", " + lower(t)
	}
	if c.Whole == "" {
		for _, row := range bodyRows(c.Raw) {
			if row[1] = s.inFull(p, row[0], row[1]); row[1] != "" {
				l.Rows = append(l.Rows, row)
			}
		}
	}
	for _, x := range c.Disputes {
		l.Disputes = append(l.Disputes, s.copied(p, x))
	}
	return l
}

// inFull says what an id or a code in a row means, to somebody who has only the
// paper. Ids of other entries say nothing there, and are left out.
func (s *Server) inFull(p *app.ChildPage, key, value string) string {
	switch key {
	case "Person", "Proposed by", "Agreed by":
		if name := p.Line.Name(value); name != "" {
			return name
		}
	case "Post", "Owner":
		if t := p.Line.Title(value); t != "" {
			return t
		}
	case "Team":
		if t, ok := p.Line.Team(value); ok {
			return t.Name
		}
	case "Duty":
		id, _, _ := strings.Cut(value, ":")
		if rule, ok := p.Rules.Rule(id, p.At.Date()); ok {
			return rule.Duty
		}
	case "Rule":
		return ""
	case "Category":
		if name := child.CategoryName(value); name != "" {
			return title(name)
		}
	}
	if anID.MatchString(value) {
		return ""
	}
	if on, err := day.Parse(value); err == nil {
		return on.Long()
	}
	return value
}

var anID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)

type apiCopied struct {
	ID       entry.ID        `json:"id,omitempty"`
	Kind     entry.Kind      `json:"kind,omitempty"`
	Happened day.When        `json:"happened,omitzero"`
	Recorded day.Instant     `json:"recorded,omitzero"`
	By       string          `json:"by,omitempty"`
	Post     string          `json:"post,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
	LeftOut  []string        `json:"left_out,omitempty"`
	Whole    bool            `json:"all_of_it_left_out,omitempty"`
	Disputes []apiCopied     `json:"disputes,omitempty"`
}

func apiCopiedOf(p *app.ChildPage, c child.Copied) apiCopied {
	x := apiCopied{LeftOut: c.LeftOut, Whole: c.Whole != ""}
	if !x.Whole {
		x.ID, x.Kind, x.Happened, x.Recorded, x.By, x.Post, x.Body = c.ID, c.Kind, c.Happened, c.Recorded, p.Line.Name(c.Author), p.Line.Title(c.Post), c.Raw
	}
	for _, d := range c.Disputes {
		x.Disputes = append(x.Disputes, apiCopiedOf(p, d))
	}
	return x
}

func (s *Server) apiCopy(w http.ResponseWriter, r *request) error {
	p, cs, err := r.desk.Copy(r.ctx(), r.PathValue("child"))
	if err != nil {
		return err
	}
	es := []apiCopied{}
	for _, c := range cs {
		es = append(es, apiCopiedOf(p, c))
	}
	out := map[string]any{"child": p.Record.Child, "name": p.Identity.Name(), "made_at": p.At, "made_by": r.line.Name(r.person()), "made_for": nil, "entries": es}
	if q := madeFor(r, p); q != nil {
		out["made_for"] = map[string]any{"request": q.ID, "by": q.Body.By, "name": q.Body.Who, "received": q.When}
	}
	return s.answer(w, out)
}
