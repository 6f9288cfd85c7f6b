package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
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
	d := concernsData{Next: s.next("/concerns", l.Next)}
	for _, c := range l.Told {
		if c.State == concern.Waiting {
			d.Answer = append(d.Answer, concernRow(c, l.Now))
		} else {
			d.Others = append(d.Others, concernRow(c, l.Now))
		}
	}
	for _, c := range l.Mine {
		d.Mine = append(d.Mine, concernRow(c, l.Now))
	}
	for _, p := range l.Promises {
		d.Promises = append(d.Promises, promiseLine{Href: "/concern/" + p.Concern, What: p.What, By: p.By.Long(), Late: p.By < l.Now.Date()})
	}
	if after == (app.Cursor{}) && r.desk.May(access.SeeFigures) == nil {
		f, err := r.desk.ConcernFigures(r.ctx())
		if err != nil {
			return err
		}
		d.Figures = f
	}
	return s.render(w, http.StatusOK, concernsPage(s.page(r, "Concerns", "/concerns"), d))
}

// raiseData is the page on which a concern is raised.
type raiseData struct {
	Key, Screen, Special string
	Values               map[string]string
	Attach               []string // titles that are ticked
	Offers               []concern.Attached
	Names                map[string]string // of children, by id
	To                   []govuk.Choice
	About                [][2]string
	Next                 []stepPlan
	Errors               govuk.Errors
	Kept                 string
	FrontDoor            string
}

type stepPlan struct{ N, Title, Text string }

func (s *Server) raiseForm(w http.ResponseWriter, r *request) error {
	d := raiseData{Key: fresh(), Values: map[string]string{}, Screen: screenOf(r.URL.Query().Get("from")), Special: r.URL.Query().Get("special")}
	x := recordData{Values: d.Values}
	if err := s.fillDraft(r, &x); err != nil {
		return err
	}
	d.Kept = x.Kept
	if d.Screen == "" {
		d.Screen = screenOf(d.Values["screen"])
	}
	return s.raisePage(w, r, http.StatusOK, d, true)
}

// screenOf is a page's address, as far as it can be one of ours.
func screenOf(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?#\\ ") || len(path) > 200 || path == "/concerns/raise" {
		return ""
	}
	return path
}

func (s *Server) raisePage(w http.ResponseWriter, r *request, code int, d raiseData, ticked bool) error {
	plan, err := r.desk.Raising(r.ctx(), d.Screen)
	if err != nil {
		return err
	}
	d.Offers = plan.Offers
	if ticked {
		for _, o := range plan.Offers {
			d.Attach = append(d.Attach, o.Title)
		}
	}
	by := s.App.Rules().Calendar().AddWorking(r.now.Date(), plan.Terms.Answer)
	for i, x := range plan.Above {
		if i >= 6 {
			break
		}
		hint := "If it is not for those before, or is about them. They are then not told."
		if i == 0 {
			hint = "The usual first one."
		}
		who := "nobody is in the post: it goes to the next one above"
		if x.Person != "" {
			who = r.line.Name(x.Person)
		}
		d.To = append(d.To, govuk.Choice{Value: x.Post.ID, Text: who + ", " + lower(x.Post.Title) + ". Answer due " + by.Full(), Hint: govuk.HintParams{Text: hint}})
	}
	if plan.Guardian != nil {
		d.To = append(d.To, govuk.Choice{Value: app.InConfidence, Text: "In confidence, through the guardian, " + r.line.Name(plan.Guardian.Person),
			Hint: govuk.HintParams{Text: "The guardian is not in the line. Whoever answers sees your words, not your name, and facts that would show who you are are left out. Two people must agree before your name is opened, and you see when they do."}})
	}
	if d.Values["to"] == "" && len(d.To) > 0 {
		d.Values["to"] = d.To[0].Value
	}
	for _, p := range plan.People {
		d.About = append(d.About, [2]string{p, r.line.Name(p)})
	}
	d.Next = append(d.Next, stepPlan{"1", "At once: your receipt", "Yours to keep. It proves your words and the time."})
	first := true
	day1 := r.now.Date()
	for i, x := range plan.Above {
		if x.Person == "" {
			continue
		}
		due := s.App.Rules().Calendar().AddWorking(day1, plan.Terms.Answer)
		var title, text string
		if first {
			title = "At once: " + r.line.Name(x.Person) + ", " + lower(x.Post.Title) + ", is told"
			text = "They say within " + count(plan.Terms.Acknowledge, "working day", "working days") + " that they have it. Their answer is due on " + due.Full() + "."
		} else {
			title = day1.Short() + ": no answer? " + r.line.Name(x.Person) + ", " + lower(x.Post.Title) + ", is told too"
			text = "They have until " + due.Full() + "."
		}
		first = false
		d.Next = append(d.Next, stepPlan{strconv.Itoa(len(d.Next) + 1), title, text})
		day1 = due + 1
		if i >= 5 {
			break
		}
	}
	d.Next = append(d.Next, stepPlan{strconv.Itoa(len(d.Next) + 1), "You say if it is put right", "Not the person who answered. Nobody else can close it."})
	f := s.page(r, "Raise a concern", "/concerns")
	f.Action = nil
	f.Errors = d.Errors.Any()
	return s.render(w, code, raisePageOf(f, d))
}

func (s *Server) raise(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := raiseData{Values: map[string]string{}, Attach: r.PostForm["attach"]}
	for name, v := range r.PostForm {
		d.Values[name] = v[0]
	}
	d.Key, d.Screen, d.Special = cmp.Or(d.Values["key"], fresh()), screenOf(d.Values["screen"]), d.Values["special"]
	x := app.Wish{Text: d.Values["text"], To: d.Values["to"], Attach: d.Attach, Screen: d.Screen, Special: d.Special, Key: r.person() + " " + d.Key}
	if d.Values["about"] != "" {
		x.About = []string{d.Values["about"]}
	}
	done, err := r.desk.Raise(r.ctx(), x)
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			d.Errors.Add(raiseField(p.Field), p.Text)
		}
		return s.raisePage(w, r, http.StatusUnprocessableEntity, d, false)
	}
	if err != nil {
		return err
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, ""); err != nil {
		s.Log.Error("a draft could not be removed", "error", err) // what matters is recorded
	}
	http.Redirect(w, r.Request, "/concern/"+done.Child+"?done=yes", http.StatusSeeOther)
	return nil
}

func raiseField(field string) string {
	if slices.Contains([]string{"text", "to", "about"}, field) {
		return field
	}
	return "text"
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
	Values     map[string]string
	Errors     govuk.Errors
	Form       string
	Key        string
	Names      []nameLine
	Heard      [][3]string
	Unheard    entry.ID
	AckDue     string
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
	d := concernData{Values: map[string]string{}, Key: fresh()}
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
			if (o.Person == t.Person || o.Post == t.Post) && o.At >= 0 {
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
	who := func(id string) string {
		if c, ok := p.Children[id]; ok {
			return c.Name
		}
		return "a child"
	}
	for _, a := range p.Raised.Attached {
		x := attachedLine{Title: a.Title}
		switch a.Kind {
		case "child":
			x.Title, x.Href = who(a.ID), "/child/"+a.ID+"?known="+p.At.Time().Format("2006-01-02T15:04:05.000000Z")
		case "page":
			x.Href = a.ID
		}
		if len(a.Facts) > 0 {
			x.Head = a.Facts[0]
			col := slices.Index(a.Facts[0], "Child")
			for _, row := range a.Facts[1:] {
				row = slices.Clone(row)
				for i := range row {
					if i == col {
						row[i] = who(row[i])
					} else if on, err := day.Parse(row[i]); err == nil {
						row[i] = on.Long()
					}
				}
				x.Rows = append(x.Rows, row)
			}
		}
		out = append(out, x)
	}
	return out
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

// sayOfConcern records what somebody says about a concern.
func (s *Server) sayOfConcern(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	n, _ := strconv.Atoi(v("nth"))
	var errs govuk.Errors
	var b entry.Body
	switch v("do") {
	case "acknowledge":
		b = concern.Acknowledged{Words: v("words")}
	case "send-up":
		b = concern.SentUp{Why: v("why")}
	case "answer":
		a := concern.Answered{Words: v("words"), Reason: v("reason")}
		for i := 1; i <= maxPromises; i++ {
			k := strconv.Itoa(i)
			if v("what-"+k)+v("post-"+k)+v("by-"+k) == "" {
				continue
			}
			p := concern.Promise{What: v("what-" + k), Post: v("post-" + k)}
			if on, err := day.Parse(v("by-" + k)); err == nil {
				p.By = on
			} else if v("by-"+k) != "" {
				errs.Add("by-"+k, "Enter the day as a date")
			}
			a.Promises = append(a.Promises, p)
		}
		b = a
	case "keep":
		b = concern.Kept{Answer: entry.ID(v("answer")), Promise: n, What: v("what")}
	case "add":
		b = concern.Added{Text: v("text")}
	case "judge":
		b = concern.Judged{Answer: entry.ID(v("answer")), Verdict: v("verdict"), Why: v("why")}
	case "reopen":
		b = concern.Reopened{Why: v("why")}
	case "worse":
		b = concern.Detriment{Day: n, Worse: v("worse") == "yes", Words: v("words")}
		if v("worse") == "" {
			errs.Add("worse", "Say whether anybody treated you worse")
		}
	case "hear":
		b = concern.DetrimentHeard{Reply: entry.ID(v("reply")), Words: v("words")}
	case "ask-name":
		b = concern.NameAsked{Why: v("why")}
	case "open-name":
		b = concern.NameOpened{Asked: entry.ID(v("asked")), Why: v("why")}
	default:
		return app.ErrNotFound
	}
	var err error
	if !errs.Any() {
		_, err = r.desk.SayOfConcern(r.ctx(), r.PathValue("concern"), b, r.person()+" "+v("key"))
	}
	ps, refused := entry.Problems(err)
	if refused || errs.Any() {
		d := concernData{Form: v("do"), Values: map[string]string{}, Key: cmp.Or(v("key"), fresh())}
		for name, x := range r.PostForm {
			d.Values[name] = x[0]
		}
		d.Errors = errs
		for _, p := range ps {
			d.Errors.Add(sayField(v("do"), p.Field), p.Text)
		}
		return s.concernPage(w, r, http.StatusUnprocessableEntity, d)
	}
	var denied *app.Denied
	if errors.As(err, &denied) {
		return err
	}
	if err != nil {
		return err
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, ""); err != nil {
		s.Log.Error("a draft could not be removed", "error", err)
	}
	http.Redirect(w, r.Request, "/concern/"+r.PathValue("concern"), http.StatusSeeOther)
	return nil
}

// maxPromises is how many things one answer can promise on the page; by the API
// there may be more.
const maxPromises = 3

// sayField is the id of the field on the page at which a problem stands.
func sayField(do, field string) string {
	own := map[string]string{"acknowledge": "ack-words", "send-up": "up-why", "keep": "keep-what", "add": "text", "judge": "verdict", "reopen": "reopen-why", "worse": "worse", "hear": "hear-words", "ask-name": "name-why", "open-name": "second-why", "answer": "words"}
	if do == "answer" && field != "" {
		return field
	}
	if do == "judge" && field == "why" {
		return "judge-why"
	}
	if do == "worse" && field == "words" {
		return "worse-words"
	}
	return own[do]
}

func (d concernData) value(form, name string) string {
	if d.Form != form {
		return ""
	}
	return d.Values[name]
}

func (d concernData) message(form, id string) govuk.ErrorMessageParams {
	if d.Form != form {
		return govuk.ErrorMessageParams{}
	}
	return d.Errors.Message(id)
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

// warnings are the concerns that wait for an answer of whoever asks, as the first
// thing they owe.
func (s *Server) warnings(r *request) (rows []shell.Duty, err error) {
	if r.desk.May(access.RaiseConcern) != nil {
		return nil, nil
	}
	l, err := r.desk.Concerns(r.ctx(), app.Cursor{}, pageSize)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.Told, func(a, b app.ConcernRow) int { return cmp.Compare(a.By, b.By) })
	for _, c := range l.Told {
		if c.State != concern.Waiting {
			continue
		}
		x := concernRow(c, l.Now)
		d := shell.Duty{When: x.State, Who: shell.Link{Text: "Concern " + x.Number, Href: x.Href}, About: ", raised " + x.Raised + ".", What: "Answer: " + x.Title, Action: &shell.Link{Text: "Answer", Href: x.Href}}
		if c.AckBy != 0 {
			d.Why = "Say that you have it by " + c.AckBy.Full() + ". That is no answer, and stops nothing."
		}
		rows = append(rows, d)
	}
	for _, p := range l.Promises {
		st := shell.State{Kind: shell.Soon, Text: "due " + p.By.Short()}
		if p.By < l.Now.Date() {
			st = shell.State{Kind: shell.Late, Text: "was due " + p.By.Short()}
		}
		rows = append(rows, shell.Duty{When: st, Who: shell.Link{Text: "A promise", Href: "/concern/" + p.Concern}, About: " in answer to a concern.", What: p.What, Action: &shell.Link{Text: "Say it is done", Href: "/concern/" + p.Concern}})
	}
	for _, c := range l.Mine {
		if c.State == concern.AnsweredS {
			x := concernRow(c, l.Now)
			rows = append(rows, shell.Duty{When: x.State, Who: shell.Link{Text: "Concern " + x.Number, Href: x.Href}, About: ", which you raised.", What: "Say whether it is put right: " + x.Title, Action: &shell.Link{Text: "Read the answer", Href: x.Href}})
		}
	}
	return rows, nil
}

// gaps are the posts that nobody is in and nobody covers, as something that the
// posts above owe: a name.
func (s *Server) gaps(r *request) (rows []shell.Duty) {
	on := r.now.Date()
	times, ok := s.App.Rules().Warnings(on)
	if !ok {
		return nil
	}
	cal := s.App.Rules().Calendar()
	for _, g := range r.line.Gaps(on) {
		owed := g.OwedTo(on, times.Cover, cal.WorkingBetween)
		if !slices.ContainsFunc(owed, func(p string) bool { return slices.Contains(r.desk.Who().Posts, p) }) {
			continue
		}
		due := cal.AddWorking(g.Since, times.Cover)
		d := shell.Duty{When: shell.State{Kind: shell.Soon, Text: "due " + due.Short()}, Who: shell.Link{Text: g.Post.Title, Href: "/line"}, About: ".", What: "Name who is in it, or who covers it",
			Why: "Nobody since " + g.Since.Long() + ". Until then what it owes is yours, or of whoever is next above."}
		if due < on {
			d.When = shell.State{Kind: shell.Late, Text: count(cal.WorkingBetween(due, on), "working day", "working days") + " late"}
		}
		if len(owed) > 1 {
			d.Why += " It went up to " + lower(r.line.Title(owed[len(owed)-1])) + " because nobody was named."
		}
		if r.desk.May(access.ChangeLine) == nil {
			d.Action = &shell.Link{Text: "Name somebody", Href: "/line/change/post.held?post=" + url.QueryEscape(g.Post.ID)}
		}
		if rows = append(rows, d); len(rows) == 20 {
			break
		}
	}
	return rows
}

// API.

type apiConcern struct {
	ID           string             `json:"id"`
	Number       int                `json:"number"`
	Title        string             `json:"title"`
	Raised       day.Instant        `json:"raised"`
	State        concern.State      `json:"state"`
	AnswerBy     day.Date           `json:"answer_by,omitzero"`
	InConfidence bool               `json:"in_confidence"`
	Mine         bool               `json:"mine"`
	RaisedBy     string             `json:"raised_by,omitempty"`
	Text         string             `json:"text,omitempty"`
	Attached     []concern.Attached `json:"attached,omitempty"`
	Steps        []concern.Step     `json:"steps,omitempty"`
	Told         []apiTold          `json:"told,omitempty"`
	Opened       []concern.Opening  `json:"opened,omitempty"`
	Answers      []concern.Answer   `json:"answers,omitempty"`
	Receipt      string             `json:"receipt,omitempty"`
}

type apiTold struct {
	Post         string      `json:"post"`
	Person       string      `json:"person,omitempty"`
	At           day.Instant `json:"at"`
	By           day.Date    `json:"by"`
	Why          string      `json:"why"`
	Acknowledged day.Instant `json:"acknowledged,omitzero"`
}

func apiConcernRow(c app.ConcernRow, mine bool) apiConcern {
	return apiConcern{ID: c.ID, Number: c.Number, Title: c.Title, Raised: c.Raised, State: c.State, AnswerBy: c.By, InConfidence: c.Confidential, Mine: mine}
}

func (s *Server) apiConcerns(w http.ResponseWriter, r *request) error {
	after, limit, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.Concerns(r.ctx(), after, limit)
	if err != nil {
		return err
	}
	out := struct {
		Mine     []apiConcern     `json:"mine"`
		Told     []apiConcern     `json:"told"`
		Promises []app.PromiseRow `json:"promises"`
		Next     string           `json:"next,omitempty"`
	}{Mine: []apiConcern{}, Told: []apiConcern{}, Promises: l.Promises}
	for _, c := range l.Mine {
		out.Mine = append(out.Mine, apiConcernRow(c, true))
	}
	for _, c := range l.Told {
		out.Told = append(out.Told, apiConcernRow(c, false))
	}
	out.Next = s.cursorText(l.Next)
	return s.answer(w, out)
}

func (s *Server) apiConcern(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	p, err := r.desk.Concern(r.ctx(), r.PathValue("concern"), known)
	if err != nil {
		return err
	}
	x := apiConcern{ID: p.ID, Number: p.Raised.Number, Title: p.Title(), Raised: p.At, State: p.State(), AnswerBy: p.By(), InConfidence: p.Raised.Sealed != "", Mine: p.Mine, RaisedBy: p.Raiser,
		Text: p.Raised.Text, Attached: p.Raised.Attached, Steps: p.Raised.Steps, Opened: p.Openings, Answers: p.Answers, Receipt: "/api/concerns/" + p.ID + "/entries/" + string(p.Entry) + "/receipt"}
	for _, t := range p.Told {
		x.Told = append(x.Told, apiTold{t.Post, t.Person, t.At, t.By, t.Why, t.Acknowledged})
	}
	return s.answer(w, x)
}

func (s *Server) apiRaise(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in struct {
		Text         string   `json:"text"`
		To           string   `json:"to"`
		InConfidence bool     `json:"in_confidence"`
		About        []string `json:"about"`
		Attach       []string `json:"attach"`
		Screen       string   `json:"screen"`
		Overload     bool     `json:"overload"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	x := app.Wish{Text: in.Text, To: in.To, About: in.About, Attach: in.Attach, Screen: screenOf(in.Screen), Key: key}
	if in.InConfidence {
		x.To = app.InConfidence
	}
	if in.Overload {
		x.Special = concern.Overload
	}
	done, err := r.desk.Raise(r.ctx(), x)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOf(done))
	return nil
}

type apiSaid struct {
	Concern string     `json:"concern"`
	Entries []entry.ID `json:"entries"`
	Again   bool       `json:"again,omitempty"`
	Receipt string     `json:"receipt,omitempty"`
}

func saidOf(done app.Done) apiSaid {
	x := apiSaid{Concern: done.Child, Entries: done.Entries, Again: done.Again}
	if len(done.Receipts) > 0 {
		x.Receipt = string(done.Receipts[0])
	}
	return x
}

func (s *Server) apiSayOfConcern(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in apiWrite
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if len(in.Entries) != 1 {
		return entry.Refuse("entries", "Give one entry")
	}
	e := in.Entries[0]
	k, ok := app.Registry().Known(e.Kind)
	if !ok || k.On != "concern" || concern.ByRules(e.Kind) {
		return entry.Refuse("kind", "There is no kind of entry about a concern called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfConcern(r.ctx(), r.PathValue("concern"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, saidOf(done))
	return nil
}

func numbered(name string, i int) string { return name + "-" + strconv.Itoa(i) }

func promiseLegend(i int) string {
	if i == 1 {
		return "What will be done"
	}
	return "And what else (if anything)"
}

func keepID(a answerLine, x promisedLine) string { return "keep-" + string(a.ID) + strconv.Itoa(x.Nth) }

func askText(days int) string {
	if days > 0 {
		return count(days, "day", "days") + " have passed. Did anybody?"
	}
	return "Did anybody?"
}

func has(in []string, what string) bool { return slices.Contains(in, what) }

// plainFacts are rows without ids of children, for the one who owes to them
// anyway and sees the names on their own lists.
func plainFacts(rows [][]string) (out [][]string) {
	for _, row := range rows {
		row = slices.Clone(row)
		for i := range row {
			if len(row[i]) == 36 && strings.Count(row[i], "-") == 4 {
				row[i] = "child " + row[i][len(row[i])-4:]
			} else if on, err := day.Parse(row[i]); err == nil {
				row[i] = on.Long()
			}
		}
		out = append(out, row)
	}
	return out
}
