package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// concernLine is a concern as a row of a list.
type concernLine struct {
	Href, Title, Number, Raised string
	State                       shell.State
	Confidential                bool
}

func concernRow(c app.ConcernRow, now day.Instant) concernLine {
	x := concernLine{Href: "/concern/" + c.ID, Title: c.Title, Number: strconv.Itoa(c.Number), Raised: c.Raised.Date().Long(), Confidential: c.Confidential}
	switch {
	case c.State == concern.Closed:
		x.State = shell.State{Kind: shell.OK, Text: "settled"}
	case c.State == concern.AnsweredS:
		x.State = shell.State{Kind: shell.Blue, Text: "answered, verdict waits"}
	case c.By < now.Date():
		x.State = shell.State{Kind: shell.Late, Text: "no answer by " + c.By.Short()}
	default:
		x.State = shell.State{Kind: shell.Soon, Text: "answer due " + c.By.Short()}
	}
	return x
}

type concernsData struct {
	Answer, Mine, Others []concernLine
	Promises             []promiseLine
	Next                 string
	Figures              [][2]string
}

type promiseLine struct {
	Href, What, By string
	Late           bool
}

func (s *Server) concerns(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Concerns(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	d := concernsData{Next: r.next("/concerns", l.Next)}
	for _, c := range l.Told {
		if c.State != concern.Waiting { // these stand above, whatever their age
			d.Others = append(d.Others, r.concernThen(concernRow(c, l.Now)))
		}
	}
	for _, c := range l.Mine {
		d.Mine = append(d.Mine, r.concernThen(concernRow(c, l.Now)))
	}
	if after == (app.Cursor{}) {
		o, err := r.desk.ConcernsOwed(r.ctx())
		if err != nil {
			return err
		}
		for _, c := range o.Answer {
			d.Answer = append(d.Answer, r.concernThen(concernRow(c, l.Now)))
		}
		for _, p := range o.Promises {
			d.Promises = append(d.Promises, promiseLine{Href: r.then("/concern/" + p.Concern), What: p.What, By: p.By.Long(), Late: p.By < l.Now.Date()})
		}
	}
	if after == (app.Cursor{}) && r.past == 0 && r.desk.May(access.SeeFigures) == nil {
		f, err := r.desk.ConcernFigures(r.ctx())
		if err != nil {
			return err
		}
		d.Figures = f
	}
	return s.render(w, http.StatusOK, concernsPage(s.listPage(r, "Concerns", "/concerns", nil), d))
}

// concernData is one concern.
type concernData struct {
	*app.ConcernPage
	Title, Sub string
	State      shell.State
	Climb      []climbLine
	Answers    []answerLine
	Additions  [][2]string
	Attached   []attachedLine
	Openings   [][2]string
	Receipt    string
	Waits      bool // an answer of theirs is awaited
	Judge      string
	Due        string
	NextUp     string
	Posts      [][2]string
	Ask        int    // the days after which is asked now whether anybody treated them worse; -1: not asked
	Asked      string // when is asked next
	entered
	Names   []nameLine
	Heard   [][3]string
	Unheard entry.ID
	AckDue  string
}

type climbLine struct {
	N, Who, Title, Told, Why, Opened, Answered string
	Kind                                       shell.Kind
	Dot                                        string
	Next                                       bool
}

type answerLine struct {
	ID                      entry.ID
	By, When, Words, Reason string
	Promises                []promisedLine
	Verdict                 string
}

type promisedLine struct {
	What, By, Day string
	State         shell.State
	Nth           int
	Mine          bool
}

type attachedLine struct {
	Title, Href string
	Head        []string
	Rows        [][]string
}

type nameLine struct {
	ID            entry.ID
	Text          string
	Waits, Second bool
}

func (s *Server) concern(w http.ResponseWriter, r *request) error {
	d := concernData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.concernPage(w, r, http.StatusOK, d)
}

func (s *Server) concernPage(w http.ResponseWriter, r *request, code int, d concernData) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Concern(r.ctx(), r.PathValue("concern"), known)
	if err != nil {
		return err
	}
	d.ConcernPage = p
	cal := s.App.Rules().Calendar()
	on := p.Now.Date()
	if known != 0 {
		on = known.Date()
	}
	name := func(person string) string {
		switch {
		case person == concern.Confidant && p.Mine:
			return "you, in confidence"
		case person == concern.Confidant:
			return "somebody, in confidence"
		case person == r.person():
			return "you"
		}
		return p.Line.Name(person)
	}
	d.Title = p.Title()
	raiser := "raised by " + name(p.Author)
	if p.Raised.By != "" {
		raiser = "raised by " + p.Raised.By + ","
	}
	if p.Mine {
		raiser = "which you raised"
	} else if t := p.Line.Title(p.Post); t != "" {
		raiser += ", " + lower(t) + ","
	}
	if p.Opened != "" {
		raiser += ", who is " + p.Line.Name(p.Opened) + " (opened by two people; do not pass it on),"
	}
	d.Sub = "Concern " + strconv.Itoa(p.Raised.Number) + ", " + raiser + " on " + p.At.Long() + "."
	row := app.ConcernRow{ID: p.ID, State: p.State(), By: p.By()}
	d.State = concernRow(row, on.Start()).State
	d.climb(p, on, name)
	for _, a := range p.Answers {
		x := answerLine{ID: a.ID, By: title(name(a.Author)), When: a.At.Long(), Words: a.Words, Reason: a.Reason}
		if t := p.Line.Title(a.Post); t != "" {
			x.By += ", " + lower(t)
		}
		for i, pr := range a.Promises {
			y := promisedLine{What: pr.What, By: cmp.Or(p.Line.Title(pr.Post), pr.Post), Day: pr.By.Long(), Nth: i}
			k := a.Kept[i]
			switch {
			case k.At != 0:
				y.State = shell.State{Kind: shell.OK, Text: "done " + k.At.Date().Short() + ": " + k.What}
				if k.At.Date() > pr.By {
					y.State = shell.State{Kind: shell.Soon, Text: "done late, " + k.At.Date().Short() + ": " + k.What}
				}
			case pr.By < on:
				y.State = shell.State{Kind: shell.Late, Text: count(cal.WorkingBetween(pr.By, on), "working day", "working days") + " late"}
			default:
				y.State = shell.State{Kind: shell.Soon, Text: "not yet"}
			}
			y.Mine = known == 0 && k.At == 0 && !p.Mine && (p.Answer || slices.Contains(p.Ours, pr.Post))
			x.Promises = append(x.Promises, y)
		}
		switch a.Verdict {
		case concern.Settled:
			x.Verdict = "Put right, says whoever raised it."
		case concern.PutInPart:
			x.Verdict = "Put right in part, says whoever raised it: " + a.Why
		case concern.NotSettled:
			x.Verdict = "Not put right, says whoever raised it. " + a.Why
		}
		d.Answers = append(d.Answers, x)
	}
	for _, e := range p.Additions {
		d.Additions = append(d.Additions, [2]string{e.Recorded.Long(), e.Body.(concern.Added).Text})
	}
	for _, o := range p.Openings {
		who := p.Line.Name(o.Person)
		if t := p.Line.Title(o.Post); t != "" {
			who += ", " + lower(t)
		}
		d.Openings = append(d.Openings, [2]string{who, o.At.Long()})
	}
	d.Attached = attachedOf(p)
	d.Receipt = "/concern/" + p.ID + "/entry/" + string(p.Entry) + "/receipt"
	d.Waits = known == 0 && p.Answer && p.State() == concern.Waiting
	if p.AckDue() != 0 {
		d.AckDue = p.AckDue().Full()
	}
	if by := p.By(); by != 0 {
		d.Due = by.Full()
		if n := p.Last().Step + 1; n < len(p.Raised.Steps) {
			next := p.Raised.Steps[n]
			d.NextUp = cmp.Or(p.Line.Title(next.Post), next.Title)
			if who := p.Line.Answers(next.Post, on).Person; who != "" {
				d.NextUp = p.Line.Name(who) + ", " + lower(d.NextUp) + ","
			}
			d.NextUp += " is told on " + (by + 1).Full()
		}
	}
	d.Ask = -1
	if p.Mine && known == 0 {
		if n := len(p.Answers); n > 0 && p.State() != concern.Closed && p.Answers[n-1].Verdict != concern.NotSettled {
			d.Judge = string(p.Answers[n-1].ID)
		}
		for _, a := range p.Asks() {
			if a.Said {
				continue
			}
			if a.On <= on {
				d.Ask = a.Day
			} else {
				d.Asked = a.On.Long()
				break
			}
		}
	}
	for _, x := range p.Replies {
		said := "Nobody treated them worse."
		if x.Worse {
			said = "Somebody was treated worse: " + x.Words
		} else if x.Words != "" {
			said += " " + x.Words
		}
		heard := ""
		if x.Heard != "" {
			heard = "The guardian, " + x.On.Long() + ": " + x.Heard
		} else if x.Worse && p.Hear && d.Unheard == "" {
			d.Unheard = x.ID
		}
		d.Heard = append(d.Heard, [3]string{x.At.Long(), said, heard})
	}
	if d.Waits {
		d.Posts = s.promisers(r)
	}
	for _, n := range p.Names {
		x := nameLine{ID: n.ID, Text: p.Line.Name(n.By) + " asked on " + n.At.Long() + " to know who raised it: " + n.Why, Waits: n.Second == "", Second: n.By != r.person() && p.NameHint}
		if n.Second != "" {
			x.Text += " " + p.Line.Name(n.Second) + " agreed on " + n.Opened.Long() + ": " + n.WhySecond + ". These two know it."
		}
		d.Names = append(d.Names, x)
	}
	f := s.page(r, "Concern "+strconv.Itoa(p.Raised.Number), "/concerns")
	f.Errors = d.Errors.Any()
	if known != 0 {
		f.Known = &shell.KnownBar{Value: local(known), Text: "Showing only what had been recorded by " + known.Long() + ".", BackHref: "/concern/" + p.ID}
	}
	if r.URL.Query().Get("done") == "yes" {
		f.Notice = &shell.Notice{Kind: "success", Text: "Your concern is raised. " + whoHas(r, p.Last().Post) + " is told.", Links: []shell.Link{{Text: "Your receipt", Href: d.Receipt}}}
	}
	return s.render(w, code, concernPageOf(f, d))
}

// climb draws what each post was told, opened and answered, and who is next.
func (d *concernData) climb(p *app.ConcernPage, on day.Date, name func(string) string) {
	for i, t := range p.Told {
		x := climbLine{N: strconv.Itoa(i + 1), Title: lower(cmp.Or(p.Line.Title(t.Post), t.Post)), Told: t.At.Long(), Dot: "wait", Opened: "not opened"}
		x.Who = "Nobody"
		if t.Person != "" {
			x.Who = title(name(t.Person))
		}
		if i > 0 {
			x.Why = "Told because " + t.Why + "."
		}
		for _, o := range p.Openings {
			if o.Person == t.Person || o.Post == t.Post {
				x.Opened = o.At.Long()
			}
		}
		var mine *concern.Answer
		for j := range p.Answers {
			a := &p.Answers[j]
			end := day.Instant(1<<62 - 1)
			for _, later := range p.Told[i+1:] {
				if later.Step == t.Step {
					end = later.At
					break
				}
			}
			if (a.Author == t.Person || a.Post == t.Post) && a.At >= t.At && a.At <= end {
				mine = a
			}
		}
		switch {
		case mine != nil && mine.At.Date() <= t.By:
			x.Answered, x.Kind, x.Dot = "answered "+mine.At.Long(), shell.OK, "done"
		case mine != nil:
			x.Answered, x.Kind, x.Dot = "answered late, "+mine.At.Long(), shell.Soon, "done"
		case t.By < on:
			x.Answered, x.Kind, x.Dot = "no answer by "+t.By.Full(), shell.Late, "missed"
		case p.State() != concern.Waiting:
			x.Answered = "none needed"
		default:
			x.Answered, x.Kind = "due "+t.By.Full(), shell.Soon
		}
		if t.SentUp != 0 {
			x.Why += " Sent up on " + t.SentUp.Long() + ": that is no answer."
		}
		d.Climb = append(d.Climb, x)
	}
	if p.State() == concern.Closed {
		return
	}
	for n := p.Last().Step + 1; n < len(p.Raised.Steps); n++ {
		st := p.Raised.Steps[n]
		x := climbLine{N: strconv.Itoa(len(d.Climb) + 1), Title: lower(cmp.Or(p.Line.Title(st.Post), st.Title)), Dot: "wait", Next: true, Who: "Nobody now"}
		if who := p.Line.Answers(st.Post, on).Person; who != "" {
			x.Who = title(name(who))
		}
		x.Told = "Told only if nobody answers in time, or if whoever raised it says that it is not put right."
		d.Climb = append(d.Climb, x)
	}
}

// attachedOf is what was attached, with the names of children as far as they are
// open to whoever looks.
func attachedOf(p *app.ConcernPage) (out []attachedLine) {
	for _, a := range p.Raised.Attached {
		x := attachedLine{Title: a.Title}
		switch a.Kind {
		case "child":
			x.Title, x.Href = childName(p.Children, a.ID), "/child/"+a.ID+keep(p.At)
		case "page":
			x.Href = a.ID
		}
		x.Head, x.Rows = factRows(a.Facts, p.Children)
		out = append(out, x)
	}
	return out
}

// childName is the name of a child, as far as it is open to whoever looks.
func childName(open map[string]app.ChildRow, id string) string {
	if c, ok := open[id]; ok {
		return c.Name
	}
	return "a child"
}

// factRows are attached facts as a table: children by the names that are open to
// whoever looks, days in words.
func factRows(facts [][]string, open map[string]app.ChildRow) (head []string, rows [][]string) {
	if len(facts) == 0 {
		return nil, nil
	}
	child := slices.Index(facts[0], concern.ChildColumn)
	for _, row := range facts[1:] {
		row = slices.Clone(row)
		for i := range row {
			if i == child {
				row[i] = childName(open, row[i])
			} else if on, err := day.Parse(row[i]); err == nil {
				row[i] = on.Long()
			}
		}
		rows = append(rows, row)
	}
	return facts[0], rows
}

// promisers are the posts that whoever answers can give something to do: theirs,
// and the managers' posts under them.
func (s *Server) promisers(r *request) (out [][2]string) {
	on := r.now.Date()
	for _, p := range r.line.Posts(on) {
		mine := slices.Contains(r.desk.Who().Posts, p.ID)
		under := p.Tier >= line.TeamManager && slices.ContainsFunc(r.desk.Who().Posts, func(own string) bool { return r.line.Below(p.ID, own, on) })
		if !mine && !under {
			continue
		}
		who := "nobody is in it"
		if h, ok := r.line.Holder(p.ID, on); ok {
			who = r.line.Name(h.Person)
		}
		out = append(out, [2]string{p.ID, p.Title + ": " + who})
	}
	return out
}

func (s *Server) concernReceipt(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Concern(r.ctx(), r.PathValue("concern"), 0)
	if err != nil {
		return err
	}
	id := entry.ID(r.PathValue("entry"))
	text, err := r.desk.ConcernReceipt(r.ctx(), p, id)
	if err != nil {
		return err
	}
	return sendReceipt(w, id, text)
}

func keepID(answer entry.ID, nth int) string { return "keep-" + string(answer) + strconv.Itoa(nth) }

// kept is what was typed about a promise.
func (d concernData) kept(a answerLine, x promisedLine) string {
	if d.Values["answer"] != string(a.ID) || d.Values["nth"] != strconv.Itoa(x.Nth) {
		return ""
	}
	return d.value("keep", "what")
}

func askText(days int) string {
	if days > 0 {
		return count(days, "day", "days") + " have passed. Did anybody?"
	}
	return "Did anybody?"
}
