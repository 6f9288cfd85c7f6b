package web

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
	"onus/internal/web/verifier"
)

// dutyData is one duty: why it exists, how its date was counted, who was told.
type dutyData struct {
	Name, Back, What, By string
	State                shell.State
	X                    duty.Explanation
	Source               duty.Source
	RuleHref             string
	Steps                []stepLine
	Ended                string
	Action               *shell.Link
	Context              string // as it was known when it was due; for what is or was late
}

type stepLine struct{ N, To, Told, Who, State string }

func (s *Server) duty(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Duty")
	if err != nil {
		return err
	}
	d, x, err := r.desk.Explain(p, r.PathValue("duty"))
	if err != nil {
		return err
	}
	data := dutyData{Name: p.Identity.Name(), Back: "/child/" + p.Record.Child + keep(known), What: d.Rule.Duty, By: whoOwes(p.Line, d.Owner, p.At.Date()),
		State: endState(d, s.App.Pack.Calendar(), p.At), X: x, Source: d.Rule.Source, RuleHref: "/rules/" + d.Rule.ID}
	if d.Late(p.At) || d.State == duty.MetLate || d.State == duty.Lapsed && d.Ended.From() >= d.Due.By {
		data.Context = "/child/" + p.Record.Child + "/duty/" + d.ID() + "/context"
	}
	for _, st := range d.Steps() {
		l := stepLine{N: itoa(st.N), To: st.To.String()}
		switch {
		case st.Told != 0:
			l.State, l.Told = "done", "Told "+st.Told.Long()+"."
			l.Who = p.Line.Title(st.Post)
			if st.Who != "" {
				l.Who += ", " + p.Line.Name(st.Who) + "."
			} else if st.Post == "" {
				l.Who = "The line has no such post."
			}
		case d.State == duty.Open:
			to, _ := d.Tells(st, p.Line, p.At.Date())
			l.To = to.String()
			l.State, l.Told = "wait", "Will be told "+st.At.Long()+" if it is still not done."
		default:
			l.State, l.Told = "wait", "Not told: it ended before."
		}
		data.Steps = append(data.Steps, l)
	}
	if d.State != duty.Open && !d.Ended.IsZero() {
		data.Ended = d.Ended.Long()
	}
	if d.State == duty.Open && known == 0 {
		data.Action = meetAction(d.Rule, p.Record.Child, d.Start)
	}
	return s.render(w, http.StatusOK, dutyPage(s.childFrame(r, p, "Duty", known, true), data))
}

// entryData is one entry as it was recorded, whole.
type entryData struct {
	Name, Back, Kind, About string
	Rows                    [][2]string
	Receipt, Correct        string
	Corrected               []entryLine
	Disputes                []disputeLine
	Dispute                 string // where to record that somebody disputes it
	LeaveOut                string // where to leave it out of copies
}

// entryOf finds an entry of the child in the address: an entry of another
// child is not there.
func entryOf(p *app.ChildPage, id string) (entry.Entry, error) {
	e, ok := findLog(p, entry.ID(id))
	if _, gone := p.Record.Erased(entry.ID(id)); gone {
		return e, app.ErrErased
	}
	if !ok {
		return e, app.ErrNotFound
	}
	return e, nil
}

func (s *Server) entry(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Entry")
	if err != nil {
		return err
	}
	e, err := entryOf(p, r.PathValue("entry"))
	if err != nil {
		return err
	}
	k, _ := app.Registry().Known(e.Kind)
	base := "/child/" + p.Record.Child
	d := entryData{Name: p.Identity.Name(), Back: base + "/entries" + keep(known), Kind: k.Title, About: k.About, Receipt: base + "/entry/" + string(e.ID) + "/receipt"}
	add := func(key, value string) {
		if value != "" {
			d.Rows = append(d.Rows, [2]string{key, value})
		}
	}
	add("Happened", e.Happened.Long())
	add("Recorded", e.Recorded.Long())
	add("By", p.Line.Name(e.Author))
	add("In the post", p.Line.Title(e.Post))
	add("How it came here", source(e.Source))
	for _, f := range bodyRows(e.Raw) {
		add(f[0], f[1])
	}
	if _, stands := p.Record.Event(e.ID); stands && known == 0 && correctableKind(e.Kind) && r.desk.MayChild(access.RecordChild, p.Access) == nil {
		d.Correct = base + "/correct/" + string(e.ID)
	}
	d.Disputes = disputeLines(p, e.ID, known)
	if known == 0 && e.Kind != "disputed" && !child.Lasting(e.Kind) {
		if r.desk.MayChild(access.Dispute, p.Access) == nil {
			d.Dispute = base + "/record/disputed?entry=" + string(e.ID)
		}
		if r.desk.MayChild(app.ActionOf("redaction.proposed"), p.Access) == nil {
			d.LeaveOut = base + "/record/redaction.proposed?entry=" + string(e.ID)
		}
	}
	for _, c := range p.Record.Log {
		if c.Corrects == e.ID {
			d.Corrected = append(d.Corrected, entryRow(p, c, known))
		}
	}
	return s.render(w, http.StatusOK, entryPage(s.childFrame(r, p, "Entry", known, false), d))
}

// receipt gives the receipt of an entry as a file.
func (s *Server) receipt(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Receipt")
	if err != nil {
		return err
	}
	e, err := entryOf(p, r.PathValue("entry"))
	if err != nil {
		return err
	}
	text, err := r.desk.Receipt(r.ctx(), p, e.ID)
	if err != nil {
		return err
	}
	return sendReceipt(w, e.ID, text)
}

func sendReceipt(w http.ResponseWriter, id entry.ID, text []byte) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="receipt-`+string(id)+`.tlog-proof"`)
	_, err := w.Write(text)
	return err
}

// lineData is the line of responsibility.
type lineData struct {
	On, Known string
	Acts      []shell.Link
	Sub       string
	Broken    []shell.Fact
	Rows      []postRow
	Changes   []changeRow
	Past      bool
}

type postRow struct {
	Depth             int
	Title, Held, Note string
	Vacant, Covered   bool
	Own, Below        int
	Owed, NoWorker    int
	Workers, Team     string
	Href              string // of the team
	Talk, TalkNote    string
	TalkLate          bool
	TalksLate         string // of workers under it
	Back              string // where to look back on it, for who may
}

type changeRow struct{ Date, Text, By string }

func (s *Server) theLine(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	var on day.Date
	if v := r.URL.Query().Get("on"); v != "" {
		if on, err = day.Parse(v); err != nil {
			return entry.Refuse("on", err.Error())
		}
	}
	p, err := r.desk.TheLine(r.ctx(), on, known)
	if err != nil {
		return err
	}
	d := lineData{On: p.On.String(), Known: local(p.At), Past: p.Past}
	d.Sub = "Who answers for what, from the head down. In the order of the line, not of any figure."
	if !p.Past {
		workers, empty, late := 0, 0, 0
		for _, x := range p.Posts {
			workers, empty = workers+x.Workers, empty+x.Empty
			late += x.Own
		}
		late += p.WorkersLate
		d.Broken = []shell.Fact{
			{Label: "Posts with nobody in them", Value: itoa(p.Vacant+empty) + " of " + itoa(len(p.Posts)+workers), Bad: p.Vacant+empty > 0, Detail: itoa(empty) + " of them are workers' posts. What they owe passes to their cover, or up."},
			{Label: "Children with no worker", Value: itoa(p.NoWorker), Bad: p.NoWorker > 0, Links: []shell.Link{{Text: "See them", Href: "/unallocated"}}},
			{Label: "People with whom supervision is late", Value: itoa(p.TalksLate), Bad: p.TalksLate > 0, Detail: "The column Supervision says of whom, and who owes it."},
			{Label: "Duties late now", Value: itoa(late), Bad: late > 0, Detail: "Each row of the tree leads to its team."},
		}
	}
	for _, x := range p.Posts {
		row := postLine(p, x)
		if r.desk.AnswersFor(x.Post.ID) {
			row.Back = "/post/" + url.PathEscape(x.Post.ID) + "/context"
		}
		if row.Team != "" {
			row.Href = "/team/" + row.Team + keep(known)
		}
		d.Rows = append(d.Rows, row)
	}
	for _, e := range p.Changes {
		d.Changes = append(d.Changes, changeRow{e.Happened.Date.Long(), changeText(p.Line, e), p.Line.Name(e.Author)})
	}
	if !p.Past && r.desk.May(access.ChangeLine) == nil {
		d.Acts = []shell.Link{{Text: "Change the line", Href: "/line/change"}}
	}
	f := s.page(r, "The line", "/line")
	return s.render(w, http.StatusOK, linePage(f, d))
}

func postLine(p *app.LinePage, x app.PostLine) postRow {
	row := postRow{Depth: min(x.Depth, 4), Title: x.Post.Title, Own: x.Own, Below: x.Below, Owed: x.Owed, NoWorker: x.NoWorker, Team: x.Post.Team}
	if x.Held {
		row.Held, row.Note = p.Line.Name(x.Holder.Person), "since "+x.Holder.From.Long()
		if x.Holder.Acting {
			row.Note = "acting, " + row.Note
		}
	} else {
		row.Vacant = true
	}
	switch {
	case x.Answer.How == line.ByCover:
		row.Covered = true
		row.Note = p.Line.Name(x.Answer.Person) + " covers"
		if x.Answer.Cover.To != 0 {
			row.Note += ", to " + x.Answer.Cover.To.Long()
		}
	case row.Vacant && x.Answer.Person != "":
		row.Note = "what it owes is with " + p.Line.Name(x.Answer.Person)
	case row.Vacant:
		row.Note = "nobody above is in post either"
	}
	if t := x.Talk; t != nil {
		row.Talk, row.TalkLate = "due "+t.Due.Long(), t.Late(p.On)
		if row.TalkLate {
			row.Talk = "was due " + t.Due.Long()
		}
		row.TalkNote = "by " + lower(p.Line.Title(t.Owners[0]))
	}
	if n := x.WorkersTalks; n > 0 {
		row.TalksLate = "late with " + count(n, "worker", "workers")
	}
	if x.Workers > 0 {
		row.Workers = itoa(x.Workers) + " worker posts"
		if x.Empty > 0 {
			row.Workers += ", " + itoa(x.Empty) + " empty"
		}
		row.Workers = "; " + row.Workers
	}
	return row
}

func changeText(l *line.Line, e entry.Entry) string {
	t := func(post string) string { return cmp.Or(l.Title(post), post) }
	switch b := e.Body.(type) {
	case line.PostHeld:
		return t(b.Post) + ": held by " + l.Name(b.Person)
	case line.PostLeft:
		return t(b.Post) + ": left. " + b.Why
	case line.Cover:
		return t(b.Post) + ": covered by " + lower(t(b.By)) + ". " + b.Why
	case line.PostCreated:
		return b.Title + ": created"
	case line.PostClosed:
		return t(b.Post) + ": closed. " + b.Why
	case line.PostMoved:
		return t(b.Post) + ": moved"
	case line.PersonKnown:
		return b.Name
	case line.TeamCreated:
		return b.Name
	case line.DelegationGiven:
		return t(b.Post) + ": may decide " + lower(b.What)
	case line.DelegationEnded:
		g, _ := l.Delegation(b.Delegation)
		return t(g.Post) + ": may decide no more: " + lower(g.What)
	case line.HoursSet:
		return t(b.Post) + ": " + hours(b.PerWeek) + " a week"
	case line.PersonAbsent: // why is for those above them
		if b.To != 0 {
			return l.Name(b.Person) + ": away until " + b.To.Long()
		}
		return l.Name(b.Person) + ": away"
	case line.AbsenceEnded:
		a, _ := l.Absence(b.Absence)
		return l.Name(a.Person) + ": last day away"
	case line.PersonSkills:
		return l.Name(b.Person) + ": languages and training"
	case line.HoursReduced:
		return l.Name(b.Person) + ": fewer hours for children"
	case line.HoursAdded:
		return t(b.Post) + ": " + hours(b.Hours) + " more until " + b.To.Long()
	}
	return string(e.Kind)
}

// ledger shows the key and the newest signed head, so that anybody can check a
// receipt against them.
func (s *Server) ledger(w http.ResponseWriter, r *request) error {
	text, err := s.App.LastCheckpoint(r.ctx())
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		return err
	}
	l, err := s.App.Line(r.ctx())
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, ledgerPage(s.page(r, "Ledger", ""), s.VKey, s.Keys, string(text), checkedText(l)))
}

// checkedText says what came of the last check of the whole journal. What the fault
// is stands in the entry: this page is for everybody.
func checkedText(l *line.Line) string {
	b, ok := l.Checked.Body.(line.JournalChecked)
	switch at := l.Checked.Recorded.Long(); {
	case !ok:
		return "It was not checked as a whole yet. That is done every night."
	case b.Fault != "":
		return "On " + at + " it was found not to be as it was recorded. Whoever runs Onus is told."
	default:
		return "On " + at + " all was in order: " + count(int(b.Entries), "entry", "entries") + ", " + count(b.Checkpoints, "signed head", "signed heads") + ". It is checked every night, and what comes of it is an entry too."
	}
}

// verifierPage is for saving: it has a script in it, so it is never shown as a
// page of this server.
func (s *Server) verifierPage(w http.ResponseWriter, r *request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="check-a-receipt.html"`)
	_, err := io.WriteString(w, verifier.Page(s.VKey))
	return err
}

func (s *Server) checkpoint(w http.ResponseWriter, r *request) error {
	text, err := s.App.LastCheckpoint(r.ctx())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write(text)
	return err
}
