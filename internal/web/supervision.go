package web

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/supervision"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// sheetData is the sheet of supervision: what the record shows before the talk, and
// what is said in it, on one page.
type sheetData struct {
	*app.Sheet
	Path        string // of the page
	Who, First  string // with whom
	By, ByFirst string // who holds it
	Sub         string
	State       shell.State
	Facts       []shell.Fact
	Told        string // what was just done
	Own         bool   // whoever looks takes part
	Begin, Hold, Plan, Drop, Words, Wellbeing,
	Load, Agree, Sign partForm
	Bar        hoursBar
	LoadText   string
	LoadBad    bool
	LoadHref   string
	WordLines  [][2]string // what somebody wrote of how they are, and when
	Actions    []actionLine
	Kids, Calm []kidLine
	Teams      []teamLine
	Warned     []concernLine
	Agreed     []agreedLine
	Todo       []todoLine
	Ready      bool // everything is done that must be before signing
	Signed     [][2]string
	MaySign    bool
	MayTake    bool
	SignBy     string
	Unsigned   []unsignedLine
	Before     []beforeLine
	Receipt    string
	Writes     bool // whoever looks holds it, and it has begun
	Closed     bool // it is signed by whoever held it
	People     [][2]string
}

// partForm is one form of the page: what is typed into it is kept under its own
// address until it is recorded.
type partForm struct {
	entered
	Part, Action string
	People       [][2]string
}

func (f partForm) id(name string) string { return name + "-" + f.Part }
func (f partForm) v(name string) string  { return f.Values[name] }
func (f partForm) err(name string) govuk.ErrorMessageParams {
	return f.Errors.Message(f.id(name))
}

// set puts what is recorded into the fields that nobody has typed into since.
func (f *partForm) set(name, value string) {
	if _, typed := f.Values[name]; !typed {
		f.Values[name] = value
	}
}

// hoursBar is hours owed against hours available, as a picture.
type hoursBar struct {
	Owed, Available, Over string
	A, O, X               int // widths: available, owed within it, owed over it
	Label                 string
}

type actionLine struct {
	What, Owner, Due string
	Child            shell.Link
	State            shell.State
	Shows            string
	Asked            bool
	Form             partForm
	MayMove          bool
	MayClose         bool
	Href             string
}

type kidLine struct {
	Name, Sub, Seen, Alone string
	AloneBad               bool
	Signal                 string
	State                  shell.State
	Open                   bool
	Href                   string
	Closed                 bool
	Signals                []signalLine
	Visits                 [][2]string
	Quote, QuoteBy         string
	Tried                  [][2]string
	Last                   string
	Question               string
	Says, SaysWhen         string
	Said                   [][2]string // as it was recorded
	Left                   string
	Copied                 map[string]copiedLine
	Form, Prepare, Later   partForm
}

type signalLine struct{ Says, Facts, Rule string }

type copiedLine struct{ When, Before string }

type teamLine struct {
	Name, Href string
	Counts     [][2]string
	Signal     string
	State      shell.State
	Open       bool
	Gaps       []string
	Last       string
	Said       [][2]string
	Left       string
	Copied     map[string]copiedLine
	Form       partForm
	Later      partForm
}

type agreedLine struct {
	What, Owner, By string
	Href            string
	State           shell.State
	Take            partForm // to take it back, before it is signed
	Entry           string
}

type todoLine struct {
	Text string
	Done bool
}

type unsignedLine struct {
	Name string
	Form partForm
}

type beforeLine struct {
	Href, When string
	State      shell.State
}

func (s *Server) supervision(w http.ResponseWriter, r *request) error {
	return s.sheetPage(w, r, http.StatusOK, nil)
}

// sheetPage shows the sheet. part is a form of it that was sent, with its mistakes.
func (s *Server) sheetPage(w http.ResponseWriter, r *request, code int, part *partForm) error {
	sheet, err := r.desk.Sheet(r.ctx(), r.PathValue("sheet"))
	if err != nil {
		return err
	}
	d, err := s.sheetOf(r, sheet, part)
	if err != nil {
		return err
	}
	f := s.page(r, "Supervision: "+d.Who, "/team")
	if sheet.Taker {
		f = s.page(r, "Supervision: "+d.Who, "/owed")
	}
	var errs govuk.Errors
	if part != nil {
		errs = part.Errors
	}
	f.Errors = errs.Any()
	return s.render(w, code, supervisionPage(f, d, errs))
}

// partForm is a form of the page, with what was typed into it before.
func (s *Server) partForm(r *request, base, part string, sent *partForm) (partForm, error) {
	if sent != nil && sent.Part == part {
		sent.Action = base + "/part/" + part
		return *sent, nil
	}
	f := partForm{entered: notEntered(), Part: part, Action: base + "/part/" + part}
	x, err := s.App.Draft(r.ctx(), r.person(), f.Action)
	if err == nil {
		if v, perr := url.ParseQuery(x.Body); perr == nil {
			f.fill(v)
			f.Kept = "What you typed here on " + x.At.Long() + " is here again. It has not been recorded."
		}
		return f, nil
	}
	if errors.Is(err, app.ErrNotFound) {
		return f, nil
	}
	return f, err
}

func (s *Server) sheetOf(r *request, x *app.Sheet, sent *partForm) (d sheetData, err error) {
	on, l := x.Now.Date(), x.Line
	d = sheetData{Sheet: x, Own: x.Taker, Path: "/supervision/" + url.PathEscape(cmp.Or(x.ID, x.Seat.Post)), Closed: x.Entry != "" && !x.Live()}
	form := func(part string) (f partForm) {
		if err == nil {
			f, err = s.partForm(r, d.Path, part, sent)
		}
		return f
	}
	group := x.Entry != "" && x.Opened.Form == supervision.Group
	d.Who = l.Name(x.Seat.Person)
	if group {
		d.Who = x.Team.Name + ", as a group"
	}
	d.First, d.By = first(d.Who), l.Name(x.Record.By.Person)
	if group {
		d.First = "the group"
	}
	if x.Record.By.Person == "" {
		d.By = "somebody above"
	}
	d.ByFirst = first(d.By)
	for _, p := range x.Posts {
		a := l.Answers(p.ID, on)
		d.People = append(d.People, [2]string{p.ID, l.Name(a.Person) + ", " + lower(p.Title)})
	}
	d.Sub = s.sheetSub(x, d)
	state := x.State()
	d.State = shell.State{Kind: shell.Soon, Text: string(state)}
	switch {
	case x.Entry == "":
		d.State.Text = "not planned yet"
	case state == supervision.Closed:
		d.State.Kind = shell.OK
	case state == supervision.NotHeld:
		d.State.Kind = shell.Grey
	}
	d.Begin, d.Hold, d.Plan, d.Drop = form("begin"), form("hold"), form("plan"), form("drop")
	d.Words, d.Wellbeing, d.Load, d.Agree, d.Sign = form("words"), form("wellbeing"), form("load"), form("agree"), form("sign")
	d.Agree.People = d.People
	d.Writes = x.Holder && x.Entry != "" && (state == supervision.Running || state == supervision.Over)
	if x.Wellbeing != nil {
		d.Wellbeing.set("will", x.Wellbeing.Text)
	}
	if x.Record.Load != nil {
		d.Load.set("said", x.Record.Load.Said)
	}
	s.sheetLoad(x, &d)
	for _, q := range x.Words {
		d.WordLines = append(d.WordLines, [2]string{q.Text, first(l.Name(q.By)) + " wrote this on " + q.At.Long() + "."})
	}
	for _, a := range x.Actions {
		d.Actions = append(d.Actions, s.actionLine(r, x, a, form))
	}
	for _, c := range x.Children {
		k := s.kidLine(r, x, c, form, d.Writes)
		k.Form.People, k.Open = d.People, sent != nil && strings.HasSuffix(sent.Part, c.Row.Child)
		if c.Due || c.Item != nil || group && k.Open {
			d.Kids = append(d.Kids, k)
		} else {
			d.Calm = append(d.Calm, k)
		}
	}
	for _, t := range x.Teams {
		y := s.teamLine(x, t, form)
		y.Form.People, y.Open = d.People, sent != nil && strings.HasSuffix(sent.Part, "team-"+t.Team.ID)
		d.Teams = append(d.Teams, y)
	}
	for _, c := range x.Warnings {
		d.Warned = append(d.Warned, concernRow(c, x.Now))
	}
	for _, a := range x.Record.Actions() {
		y := agreedLine{What: a.What, Owner: s.ownerName(x, a.Post), By: a.By.Long(), Entry: string(a.In)}
		if a.About == supervision.AboutChild {
			y.What = s.childAction(x, a)
		}
		if d.Closed {
			y.Href = d.Path + "/action/" + itoa(a.Nth)
			y.State = actionState(s.App.Rules().Calendar(), a, on)
		} else if a.About == "" && d.Writes {
			y.Take = form("take-" + string(a.In))
		}
		d.Agreed = append(d.Agreed, y)
	}
	d.Ready = true
	for _, t := range x.Record.Before(x.Needs) {
		d.Todo = append(d.Todo, todoLine{todoText(t), t.Left == 0})
		d.Ready = d.Ready && t.Left == 0
	}
	d.MaySign = d.Ready && x.Holder && x.Live() && x.Record.By.Person == r.person()
	d.MayTake = state == supervision.Waits && x.Taker && slices.ContainsFunc(x.Missing(), func(seat supervision.Seat) bool { return seat.Person == r.person() })
	if g := x.Signature; g != nil {
		d.Signed = append(d.Signed, [2]string{l.Name(g.Person) + " signed on " + g.At.Long() + ": \u201cThis is what we decided, and I owe my part of it.\u201d", g.Words})
		d.SignBy = g.SignBy.Long()
	}
	for _, g := range x.Others {
		text := l.Name(g.Person) + " signed on " + g.At.Long() + ": \u201cThis is what was said.\u201d"
		if g.Disagrees != "" {
			text = l.Name(g.Person) + " signed on " + g.At.Long() + " with a disagreement: \u201c" + g.Disagrees + "\u201d"
		}
		if g.Without != "" {
			text = l.Name(g.Person) + " did not sign: " + g.Without
		}
		d.Signed = append(d.Signed, [2]string{text, g.Words})
	}
	if state == supervision.Waits && x.Holder {
		for _, seat := range x.Missing() {
			d.Unsigned = append(d.Unsigned, unsignedLine{l.Name(seat.Person), form("unsigned-" + seat.Person)})
		}
	}
	for _, t := range x.Talks {
		if t.ID == x.ID {
			continue
		}
		y := beforeLine{Href: "/supervision/" + t.ID, When: "Prepared on " + t.Opened.Date().Long(), State: shell.State{Kind: shell.Grey, Text: string(t.State)}}
		if t.On != 0 {
			y.When = t.On.Long()
		}
		if t.Form == supervision.Group {
			y.When += ", as a group"
		}
		d.Before = append(d.Before, y)
	}
	if x.Entry != "" {
		d.Receipt = d.Path + "/entry/" + string(x.Entry) + "/receipt"
	}
	d.Facts = s.sheetFacts(x, d)
	return d, err
}

// first is the first name of somebody.
func first(name string) string {
	f, _, _ := strings.Cut(name, " ")
	return f
}

func (s *Server) ownerName(x *app.Sheet, post string) string {
	if who := x.Line.Answers(post, x.Now.Date()).Person; who != "" {
		return x.Line.Name(who)
	}
	return x.Line.Title(post)
}

// sheetSub says in a sentence when, with whom, and how it stands.
func (s *Server) sheetSub(x *app.Sheet, d sheetData) string {
	by := "With " + d.By + ", " + lower(x.Line.Title(x.Record.By.Post)) + "."
	switch x.State() {
	case supervision.Prepared:
		if x.Planned != 0 && x.Entry != "" {
			return "Planned for " + x.Planned.Full() + ". " + by + " Made from the record at " + x.Now.Clock() + "; it keeps itself up to date until you sign."
		}
		return by + " Made from the record on " + x.Now.Date().Full() + " at " + x.Now.Clock() + "; it keeps itself up to date until you sign."
	case supervision.Running:
		return "Began today at " + x.Began.Clock() + ". " + by
	case supervision.NotHeld:
		return "It was not held: " + x.WhyGone
	}
	text := "Held on " + x.On.Full() + ", "
	if x.Ended != 0 {
		text += x.Began.Clock() + " to " + x.Ended.Clock()
	} else {
		text += count(x.Minutes, "minute", "minutes")
	}
	return text + ". " + by
}

func (s *Server) sheetFacts(x *app.Sheet, d sheetData) []shell.Fact {
	questions, late, own := 0, 0, 0
	for _, c := range x.Children {
		if len(c.Signals) > 0 && c.Item == nil {
			questions++
		}
	}
	for _, t := range x.Teams {
		if t.Due && t.Item == nil {
			questions++
		}
	}
	asked := 0
	for _, a := range x.Actions {
		if a.Asked {
			asked++
			if a.Late {
				late++
				if a.Own {
					own++
				}
			}
		}
	}
	what, things := "Children", len(x.Children)
	if len(x.Teams) > 0 {
		what, things = "Teams", len(x.Teams)
		if len(x.Children) > 0 {
			what, things = "Teams and children", things+len(x.Children)
		}
	}
	due := len(x.Needs.Items)
	since := shell.Fact{Label: "Since last time", Value: "never held", Detail: "as far as is recorded here"}
	last := day.Date(0)
	for _, t := range x.Talks {
		if t.On != 0 && t.ID != x.ID && t.Form == supervision.OneToOne {
			last = max(last, t.On)
		}
	}
	if x.Seat.Person != "" {
		for _, t := range x.Line.TalksWith(x.Seat.Person) {
			if t.Talk != x.ID || x.ID == "" {
				last = max(last, t.On)
			}
		}
	}
	if last != 0 {
		since.Value, since.Detail = sinceWords(int(x.Now.Date()-last)), "held on "+last.Long()
	}
	if o := x.Owing; o != nil {
		since.Detail += "; the next is due by " + o.Due.Long()
		if since.Bad = o.Late(x.Now.Date()); since.Bad {
			since.State = shell.State{Kind: shell.Late, Text: "late"}
		}
	}
	mine := ""
	if own > 0 {
		mine = strconv.Itoa(own) + " is " + d.ByFirst + "'s and late"
		if own > 1 {
			mine = strconv.Itoa(own) + " are " + d.ByFirst + "'s and late"
		}
	} else if late > 0 {
		mine = strconv.Itoa(late) + " late"
	}
	return []shell.Fact{
		{Label: "Questions that must be answered", Value: itoa(questions), Bad: questions > 0, Detail: "each with its rule"},
		{Label: what, Value: itoa(things), Detail: strconv.Itoa(due) + " due to be talked about"},
		{Label: "Actions to check", Value: itoa(asked), Bad: own > 0, Detail: mine},
		since,
	}
}

func sinceWords(days int) string {
	switch {
	case days == 0:
		return "today"
	case days < 14:
		return count(days, "day", "days")
	}
	return strconv.Itoa(days/7) + " weeks"
}

func todoText(t supervision.Todo) string {
	if t.Left == 0 {
		return map[string]string{supervision.TodoHold: "The talk was held", supervision.TodoWellbeing: "Wellbeing asked", supervision.TodoLoad: "Load answered",
			supervision.TodoActions: "Last time's actions answered", supervision.TodoItems: "Everybody due was talked about, or is left with a reason"}[t.What]
	}
	switch t.What {
	case supervision.TodoHold:
		return "Hold the talk, and end it"
	case supervision.TodoWellbeing:
		return "Ask how they are, and write what you will do"
	case supervision.TodoLoad:
		return "Answer the load"
	case supervision.TodoActions:
		return strconv.Itoa(t.Left) + " of last time's actions to answer"
	}
	return strconv.Itoa(t.Left) + " to talk about, or say why not"
}

// sheetLoad says in words and as a picture whether the work can be done.
func (s *Server) sheetLoad(x *app.Sheet, d *sheetData) {
	if x.Load == nil {
		return
	}
	owed, has := x.Load.Hours()
	most := math.Max(math.Max(owed, has), 1)
	wide := func(h float64) int { return int(math.Round(h / most * 260)) }
	d.Bar = hoursBar{Owed: hoursWords(owed) + " owed", Available: hoursWords(has) + " available", A: wide(has), O: wide(math.Min(owed, has)), X: wide(math.Max(0, owed-has))}
	d.Bar.Label = "The next " + strconv.Itoa(app.LoadWeeks) + " weeks: " + d.Bar.Owed + ", " + d.Bar.Available
	if over := owed - has; over > 0.5 {
		d.Bar.Over = ", " + strconv.Itoa(int(math.Ceil(over-0.01))) + " over"
	}
	text, bad := aheadWords(x.Load.Outlook, x.Now.Date())
	d.LoadText, d.LoadBad = count(x.Load.Duties, "duty", "duties")+" in the next "+strconv.Itoa(len(x.Load.Outlook.Weeks))+" weeks. "+text, bad
	d.LoadHref = "/team/" + x.Load.Post.Team + "/ahead"
}

func actionState(cal *day.Calendar, a supervision.Action, on day.Date) shell.State {
	switch last := a.Last(); {
	case last.How == supervision.Done:
		return shell.State{Kind: shell.OK, Text: "done " + last.At.Date().Short()}
	case last.How == supervision.NotNeeded:
		return shell.State{Kind: shell.Grey, Text: "not needed any more"}
	case a.By < on:
		return shell.State{Kind: shell.Late, Text: count(cal.WorkingBetween(a.By, on), "working day", "working days") + " late"}
	}
	return shell.State{Kind: shell.Soon, Text: "due " + a.By.Short()}
}

func (s *Server) actionLine(r *request, x *app.Sheet, a app.SheetAction, form func(string) partForm) actionLine {
	y := actionLine{What: a.Text, Owner: s.ownerName(x, a.Post), Due: a.By.Short(), State: actionState(s.App.Rules().Calendar(), a.Action, x.Now.Date()),
		Asked: a.Asked && x.Live() && (x.Holder || x.Taker), MayMove: a.MayMove, MayClose: a.MayClose, Href: "/supervision/" + a.Talk + "/action/" + itoa(a.Nth)}
	if a.Row != nil {
		y.Child = shell.Link{Text: a.Row.Name, Href: "/child/" + a.Row.Child}
	}
	if last := a.Last(); last.How != "" {
		y.Shows = first(x.Line.Name(last.Person)) + ", " + last.At.Date().Short() + ": " + last.Why
	}
	if a.By != a.First {
		y.Shows += " First due " + a.First.Short() + "."
	}
	if y.Asked {
		y.Form = form("answer-" + a.Talk + "-" + itoa(a.Nth))
	}
	return y
}

// childAction is what an action about a child says, where the record is open.
func (s *Server) childAction(x *app.Sheet, a supervision.Action) string {
	for _, c := range x.Children {
		if c.Row.Child == a.ID && !c.Closed && c.Said != nil {
			return c.Said.Action + " (" + c.Row.Name + ")"
		}
	}
	return "About a child whose record is closed to you"
}

// talkParts are the fields of what is said of a child or a team, in order.
var talkParts = [][2]string{{"changed", "What has changed?"}, {"asked", "What else have you tried? What else could be?"}, {"mind", "What would change your mind?"}, {"decided", "Decision"}, {"why", "The reason"}}

// talkField is the field of the page of a field of the entry.
var talkField = map[string]string{"what_has_changed": "changed", "what_else_was_tried": "asked", "what_would_change_our_mind": "mind", "decided": "decided", "reason": "why", "action": "action", "post": "post", "by": "by", "until": "until", "why": "later"}

func (s *Server) kidLine(r *request, x *app.Sheet, c app.SheetChild, form func(string) partForm, writes bool) kidLine {
	on := x.Now.Date()
	k := kidLine{Name: c.Row.Name, Closed: c.Closed, Href: "/child/" + c.Row.Child}
	if c.Closed {
		k.State, k.Signal = shell.State{Kind: shell.Grey, Text: "closed to you"}, "This record is closed to you. Somebody to whom it is open talks about it."
		return k
	}
	k.Name += age(c.Row.Birth, c.Row.Expected, on)
	k.Sub = title(c.Row.Situation)
	k.Seen = title(ago(c.Row.LastSeen, on))
	if c.Row.LastSeen == 0 {
		k.Seen = "Not seen yet"
	}
	if c.Row.LastAlone == 0 {
		k.Alone = "never alone"
	} else if c.Row.LastAlone != c.Row.LastSeen {
		k.Alone = "alone " + ago(c.Row.LastAlone, on)
	} else {
		k.Alone = "alone"
	}
	var says []string
	for _, g := range c.Signals {
		says = append(says, g.Says+".")
		k.Signals = append(k.Signals, signalLine{g.Says, g.Facts, "/rules#drift-" + g.ID})
		k.AloneBad = k.AloneBad || g.ID == "not-alone"
	}
	if k.Signal = strings.Join(says, " "); k.Signal == "" {
		k.Signal = "No signal of drift."
	}
	for _, v := range c.Visits {
		b := v.Body.(child.Visit)
		how := "not seen"
		if b.Alone {
			how = "seen alone"
		} else if b.Seen {
			how = "seen, not alone"
		}
		k.Visits = append(k.Visits, [2]string{v.When.Date.Short(), b.Where + ": " + how})
		if b.Words != "" {
			k.Quote, k.QuoteBy = b.Words, first(c.Row.Name)+", "+v.When.Date.Long()
		}
	}
	for _, v := range c.Tried {
		k.Tried = append(k.Tried, [2]string{v.When.Date.Long(), v.Body.(child.Supervision).Asked})
	}
	if c.Last != nil {
		k.Last = c.Last.When.Date.Long() + ": " + c.Last.Body.(child.Supervision).Decided
	}
	if c.Says != nil {
		k.Says, k.SaysWhen = c.Says.Body.(child.SupervisionPrepared).Says, c.Says.Recorded.Long()
	}
	if len(c.Signals) > 0 {
		k.Question = c.Signals[0].Asks
	}
	k.Copied = copiedLines(c.Copied)
	switch {
	case c.Said != nil:
		k.State = shell.State{Kind: shell.OK, Text: "talked about"}
	case c.Item != nil && c.Item.Left != nil:
		k.State = shell.State{Kind: shell.Grey, Text: "left until " + c.Item.Left.On.Short()}
		k.Left = c.Item.Left.Why + " It will be talked about by " + c.Item.Left.On.Long() + "."
	case len(c.Signals) > 0:
		k.State = shell.State{Kind: shell.Late, Text: "Question to answer"}
	case c.Due:
		k.State = shell.State{Kind: shell.Soon, Text: "Due today"}
	default:
		k.State = shell.State{Kind: shell.Grey, Text: "Decision only"}
	}
	d := supervision.Discussed{}
	if c.Said != nil {
		d = supervision.Discussed{Changed: c.Said.Changed, Asked: c.Said.Asked, Mind: c.Said.Mind, Decided: c.Said.Decided, Why: c.Said.Why, Action: c.Said.Action}
		if c.Item != nil && c.Item.Discussed != nil {
			d.Post, d.By = c.Item.Discussed.Post, c.Item.Discussed.By
		}
		k.Said = s.saidLines(x, d)
	}
	if x.Live() || x.Entry == "" {
		if writes {
			k.Form, k.Later = form("child-"+c.Row.Child), form("later-child-"+c.Row.Child)
			fillTalk(&k.Form, d)
		}
		if x.Taker && c.Said == nil {
			k.Prepare = form("prepare-" + c.Row.Child)
			k.Prepare.set("says", k.Says)
		}
	}
	return k
}

func copiedLines(cs []app.Copied) map[string]copiedLine {
	out := map[string]copiedLine{}
	for _, c := range cs {
		out[talkField[c.Field]] = copiedLine{c.On.Long(), c.Before}
	}
	return out
}

// saidLines are what was said, for whoever only reads it.
func (s *Server) saidLines(x *app.Sheet, d supervision.Discussed) (out [][2]string) {
	vs := []string{d.Changed, d.Asked, d.Mind, d.Decided, d.Why}
	for i, p := range talkParts {
		if vs[i] != "" {
			out = append(out, [2]string{p[1], vs[i]})
		}
	}
	if d.Action != "" {
		who := ""
		if d.Post != "" {
			who = " " + s.ownerName(x, d.Post) + ", by " + d.By.Long() + "."
		}
		out = append(out, [2]string{"What is to be done", d.Action + who})
	}
	return out
}

func fillTalk(f *partForm, d supervision.Discussed) {
	for i, v := range []string{d.Changed, d.Asked, d.Mind, d.Decided, d.Why} {
		f.set(talkParts[i][0], v)
	}
	f.set("action", d.Action)
	f.set("post", d.Post)
	f.set("by", d.By.String())
}

func (s *Server) teamLine(x *app.Sheet, t app.SheetTeam, form func(string) partForm) teamLine {
	on := x.Now.Date()
	y := teamLine{Name: t.Team.Name, Href: "/team/" + t.Team.ID, Copied: copiedLines(t.Copied)}
	ahead, bad := aheadWords(t.Outlook, on)
	if len(t.Outlook.Weeks) == 0 {
		ahead, bad = "", false
	}
	y.Counts = [][2]string{{"Late duties", itoa(t.Late)}, {"Children without a worker", itoa(t.Unallocated)}, {"Names and supervision late below", itoa(len(t.Gaps))}, {"Concerns without an answer", itoa(t.Concerns)}}
	if ahead != "" {
		y.Counts = append(y.Counts, [2]string{"Can the work be done?", ahead})
	}
	var says []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{t.Late, "duty is late", "duties are late"}, {t.Unallocated, "child has no worker", "children have no worker"}, {len(t.Gaps), "gap below", "gaps below"}, {t.Concerns, "concern waits", "concerns wait"}} {
		if p.n > 0 {
			says = append(says, count(p.n, p.one, p.many))
		}
	}
	if bad {
		says = append(says, "the work does not fit into the hours from "+t.Outlook.First.Short())
	}
	if y.Signal = title(strings.Join(says, ", ")) + "."; len(says) == 0 {
		y.Signal = "Nothing is late, and everybody has a worker."
	}
	for _, g := range t.Gaps {
		text := g.Post.Title + ": nobody is in it since " + g.Since.Long()
		if g.About == line.Supervision {
			text = x.Line.Name(g.Person) + ": supervision was due " + g.Due.Long()
		}
		y.Gaps = append(y.Gaps, text)
	}
	d := supervision.Discussed{}
	switch {
	case t.Item != nil && t.Item.Discussed != nil:
		d = *t.Item.Discussed
		y.State = shell.State{Kind: shell.OK, Text: "talked about"}
		y.Said = s.saidLines(x, d)
	case t.Item != nil && t.Item.Left != nil:
		y.State = shell.State{Kind: shell.Grey, Text: "left until " + t.Item.Left.On.Short()}
		y.Left = t.Item.Left.Why + " It will be talked about by " + t.Item.Left.On.Long() + "."
	case t.Due:
		y.State = shell.State{Kind: shell.Late, Text: "Question to answer"}
	default:
		y.State = shell.State{Kind: shell.Grey, Text: "Decision only"}
	}
	if t.Before != nil {
		y.Last = t.Before.Decided
	}
	y.Form, y.Later = form("team-"+t.Team.ID), form("later-team-"+t.Team.ID)
	fillTalk(&y.Form, d)
	return y
}

// sayOfTalk records one part of the page.
func (s *Server) sayOfTalk(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	of, part := r.PathValue("sheet"), r.PathValue("part")
	f := partForm{entered: enteredIn(r), Part: part}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	date := func(name string) day.Date {
		d, err := day.Parse(v(name))
		if err != nil && v(name) != "" {
			f.Errors.Add(f.id(name), "Enter the day as a date")
		}
		return d
	}
	key := r.person() + " " + f.Key
	say := func(b entry.Body) error {
		if f.Errors.Any() {
			return nil
		}
		done, err := r.desk.SayOfTalk(r.ctx(), of, b, key)
		if err == nil {
			of = done.Child
		}
		return err
	}
	names := map[string]string{"planned_on": "on", "held_on": "on", "what_will_be_done": "will", "what_is_done": "said", "sealed": "words", "until": "until", "before": "before"}
	kind, id, _ := strings.Cut(part, "-")
	var err error
	to := ""
	switch kind {
	case "begin":
		err = say(supervision.Began{})
	case "end":
		err = say(supervision.Ended{})
	case "hold":
		n, nerr := strconv.Atoi(v("minutes"))
		if nerr != nil && v("minutes") != "" {
			f.Errors.Add(f.id("minutes"), "Enter how many minutes it took, in figures")
		}
		err = say(supervision.Held{On: date("on"), Minutes: n})
	case "plan":
		err = say(supervision.Planned{On: date("on"), Why: v("why")})
	case "drop":
		err = say(supervision.Dropped{Why: v("why")})
	case "words":
		err, to = say(supervision.Words{Sealed: v("words")}), "#how"
	case "wellbeing":
		err, to = say(supervision.Wellbeing{Will: v("will")}), "#how"
	case "load":
		err, to = say(supervision.Load{Said: v("said")}), "#how"
	case "agree":
		err, to = say(supervision.Agreed{What: v("what"), Post: v("post"), By: date("by")}), "#agreed"
	case "take":
		err, to = say(supervision.NotAgreed{Entry: entry.ID(id)}), "#agreed"
	case "sign":
		b := supervision.Signed{As: supervision.AsHolder, Words: v("own")}
		if v("as") == supervision.AsTaker {
			b.As, b.Disagrees = supervision.AsTaker, v("disagrees")
		}
		err, to = say(b), "#sign"
	case "unsigned":
		err, to = say(supervision.Unsigned{Person: id, Why: v("why")}), "#sign"
	case "answer":
		i := max(strings.LastIndex(id, "-"), 0)
		talk, nth := id[:i], strings.TrimPrefix(id[i:], "-")
		n, nerr := strconv.Atoi(nth)
		if nerr != nil {
			return app.ErrNotFound
		}
		b := supervision.Answered{Nth: n, How: v("how"), Why: v("why"), By: date("by")}
		if !f.Errors.Any() {
			_, err = r.desk.SayOfTalk(r.ctx(), talk, b, key)
		}
		to = "#actions"
	case "child", "team":
		for from, name := range talkField {
			if from != "why" && from != "until" {
				names[from] = name
			}
		}
		err = say(supervision.Discussed{About: kind, ID: id, Changed: v("changed"), Asked: v("asked"), Mind: v("mind"), Decided: v("decided"), Why: v("why"), Action: v("action"), Post: v("post"), By: date("by")})
		to = "#items"
	case "later":
		about, which, _ := strings.Cut(id, "-")
		err, to = say(supervision.Left{About: about, ID: which, Why: v("why"), On: date("until")}), "#items"
	case "prepare":
		if f.Errors.Any() {
			break
		}
		_, err = r.desk.PrepareChild(r.ctx(), id, v("says"), key)
		to = "#items"
	default:
		return app.ErrNotFound
	}
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return err
	}
	if refused || f.Errors.Any() {
		for _, p := range ps {
			f.Errors.Add(f.id(cmp.Or(names[p.Field], p.Field, "form")), p.Text)
		}
		return s.sheetPage(w, r, http.StatusUnprocessableEntity, &f)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/supervision/"+url.PathEscape(of)+to, http.StatusSeeOther)
	return nil
}

type actionData struct {
	*app.ActionPage
	partForm
	Owner, By, Agreed, Back string
	Child                   shell.Link
	State                   shell.State
	Answers                 [][2]string
}

func (s *Server) talkAction(w http.ResponseWriter, r *request) error {
	f := partForm{entered: notEntered(), Part: "action", Action: r.URL.Path}
	if err := s.typedBefore(r, &f.entered); err != nil {
		return err
	}
	return s.actionPage(w, r, http.StatusOK, f)
}

func (s *Server) actionPage(w http.ResponseWriter, r *request, code int, f partForm) error {
	n, err := strconv.Atoi(r.PathValue("nth"))
	if err != nil {
		return app.ErrNotFound
	}
	p, err := r.desk.Action(r.ctx(), r.PathValue("sheet"), n)
	if err != nil {
		return err
	}
	d := actionData{ActionPage: p, partForm: f, Owner: p.Line.Title(p.Post), By: p.Action.By.Long(), State: actionState(s.App.Rules().Calendar(), p.Action, p.Now.Date())}
	if who := p.Line.Answers(p.Post, p.Now.Date()).Person; who != "" {
		d.Owner = p.Line.Name(who) + ", " + lower(d.Owner)
	}
	d.Agreed = "Agreed in supervision on " + p.Held.Long() + " by " + p.Line.Name(p.By.Person) + "."
	if p.Row != nil {
		d.Child = shell.Link{Text: p.Row.Name, Href: "/child/" + p.Row.Child}
	}
	if p.Read {
		d.Back = "/supervision/" + p.Talk
	}
	for _, a := range p.Answers {
		d.Answers = append(d.Answers, [2]string{title(a.How) + ", " + p.Line.Name(a.Person) + ", " + a.At.Long(), a.Why})
	}
	page := s.page(r, "An action agreed in supervision", "/owed")
	page.Errors = f.Errors.Any()
	return s.render(w, code, talkActionPage(page, d))
}

func (s *Server) answerAction(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("nth"))
	if err != nil {
		return app.ErrNotFound
	}
	f := partForm{entered: enteredIn(r), Part: "action", Action: r.URL.Path}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	by, perr := day.Parse(v("by"))
	if perr != nil && v("by") != "" {
		f.Errors.Add(f.id("by"), "Enter the day as a date")
	}
	if !f.Errors.Any() {
		_, err = r.desk.SayOfTalk(r.ctx(), r.PathValue("sheet"), supervision.Answered{Nth: n, How: v("how"), Why: v("why"), By: by}, r.person()+" "+f.Key)
	}
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return err
	}
	if refused || f.Errors.Any() {
		for _, p := range ps {
			f.Errors.Add(f.id(cmp.Or(p.Field, "how")), p.Text)
		}
		return s.actionPage(w, r, http.StatusUnprocessableEntity, f)
	}
	s.recorded(r)
	http.Redirect(w, r.Request, r.URL.Path, http.StatusSeeOther)
	return nil
}

func (s *Server) talkReceipt(w http.ResponseWriter, r *request) error {
	id := entry.ID(r.PathValue("entry"))
	text, err := r.desk.TalkReceipt(r.ctx(), r.PathValue("sheet"), id)
	if err != nil {
		return err
	}
	return sendReceipt(w, id, text)
}

// groupData is a talk of a group that begins: who of the team takes part.
type groupData struct {
	Team, Name string
	entered
	People []govuk.Choice
	Chosen []string
	Before []beforeLine
}

func (s *Server) groupForm(w http.ResponseWriter, r *request) error {
	return s.groupPage(w, r, http.StatusOK, groupData{entered: notEntered()})
}

func (s *Server) groupPage(w http.ResponseWriter, r *request, code int, d groupData) error {
	t, talks, err := r.desk.TeamGroup(r.ctx(), r.PathValue("team"))
	if err != nil {
		return err
	}
	d.Team, d.Name = t.ID, t.Name
	on := r.now.Date()
	for _, p := range r.line.Workers(t.ID, on) {
		if h, ok := r.line.Holder(p.ID, on); ok && h.Person != r.person() {
			d.People = append(d.People, govuk.Choice{Value: h.Person, Text: r.line.Name(h.Person)})
		}
	}
	for _, x := range talks {
		y := beforeLine{Href: "/supervision/" + x.ID, When: "Prepared on " + x.Opened.Date().Long(), State: shell.State{Kind: shell.Grey, Text: string(x.State)}}
		if x.On != 0 {
			y.When = x.On.Long()
		}
		d.Before = append(d.Before, y)
	}
	f := s.page(r, "Group supervision: "+t.Name, "/team")
	f.Errors = d.Errors.Any()
	return s.render(w, code, groupPageOf(f, d))
}

func (s *Server) openGroup(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := groupData{entered: enteredIn(r), Chosen: r.PostForm["with"]}
	done, err := r.desk.OpenGroup(r.ctx(), r.PathValue("team"), d.Chosen, r.person()+" "+d.Key)
	if ps, refused := entry.Problems(err); refused {
		for _, p := range ps {
			d.Errors.Add("with", p.Text)
		}
		return s.groupPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/supervision/"+done.Child, http.StatusSeeOther)
	return nil
}

// driftOf is for programs: a signal, with its rule.
func driftOf(gs []duty.Signal) (out []apiSignal) {
	for _, g := range gs {
		out = append(out, apiSignal{g.ID, g.Says, g.Facts, g.Asks})
	}
	return out
}

type apiSignal struct {
	Rule  string `json:"rule"`
	Says  string `json:"says"`
	Facts string `json:"facts"`
	Asks  string `json:"asks"`
}

type apiTalk struct {
	ID       string             `json:"id,omitempty"`
	Post     string             `json:"post,omitempty"`
	Person   string             `json:"person,omitempty"`
	Team     string             `json:"team,omitempty"`
	By       supervision.Seat   `json:"held_by"`
	State    supervision.State  `json:"state"`
	Planned  day.Date           `json:"planned_on,omitzero"`
	On       day.Date           `json:"held_on,omitzero"`
	Minutes  int                `json:"minutes,omitempty"`
	Due      day.Date           `json:"next_due,omitzero"`
	Before   []apiTodo          `json:"before_signing"`
	Children []apiTalkChild     `json:"children"`
	Teams    []apiTalkTeam      `json:"teams"`
	Last     []apiTalkAction    `json:"last_actions"`
	Actions  []apiTalkAction    `json:"actions"`
	Items    []supervision.Item `json:"discussed"`
	Signed   []apiSigned        `json:"signatures"`
}

type apiTodo struct {
	What string `json:"what"`
	Left int    `json:"left"`
}

type apiTalkChild struct {
	Child   string             `json:"child"`
	Closed  bool               `json:"closed,omitempty"`
	Due     bool               `json:"due"`
	Signals []apiSignal        `json:"signals,omitempty"`
	Said    *child.Supervision `json:"said,omitempty"`
	Copied  []app.Copied       `json:"copied,omitempty"`
}

type apiTalkTeam struct {
	Team        string   `json:"team"`
	Due         bool     `json:"due"`
	Late        int      `json:"late"`
	Unallocated int      `json:"no_worker"`
	Gaps        int      `json:"late_below"`
	Concerns    int      `json:"concerns_unanswered"`
	Breaks      day.Date `json:"first_day_it_cannot_be_done,omitzero"`
}

type apiTalkAction struct {
	Talk string   `json:"talk"`
	Nth  int      `json:"nth"`
	What string   `json:"what"`
	Post string   `json:"post"`
	By   day.Date `json:"by"`
	How  string   `json:"how,omitempty"`
	Why  string   `json:"why,omitempty"`
}

type apiSigned struct {
	Person    string      `json:"person"`
	As        string      `json:"as"`
	At        day.Instant `json:"at"`
	Disagrees string      `json:"disagrees,omitempty"`
	Without   string      `json:"without,omitempty"`
}

func (s *Server) apiTalk(w http.ResponseWriter, r *request) error {
	x, err := r.desk.Sheet(r.ctx(), r.PathValue("sheet"))
	if err != nil {
		return err
	}
	out := apiTalk{ID: x.ID, Post: x.Seat.Post, Person: x.Seat.Person, Team: x.Team.ID, By: x.Record.By, State: x.State(), Planned: x.Planned, On: x.On, Minutes: x.Minutes,
		Before: []apiTodo{}, Children: []apiTalkChild{}, Teams: []apiTalkTeam{}, Last: []apiTalkAction{}, Actions: []apiTalkAction{}, Items: append([]supervision.Item{}, x.Items...), Signed: []apiSigned{}}
	if x.Owing != nil {
		out.Due = x.Owing.Due
	}
	for _, t := range x.Record.Before(x.Needs) {
		out.Before = append(out.Before, apiTodo{t.What, t.Left})
	}
	for _, c := range x.Children {
		out.Children = append(out.Children, apiTalkChild{Child: c.Row.Child, Closed: c.Closed, Due: c.Due, Signals: driftOf(c.Signals), Said: c.Said, Copied: c.Copied})
	}
	for _, t := range x.Teams {
		out.Teams = append(out.Teams, apiTalkTeam{t.Team.ID, t.Due, t.Late, t.Unallocated, len(t.Gaps), t.Concerns, t.Outlook.First})
	}
	for _, a := range x.Actions {
		out.Last = append(out.Last, apiTalkAction{a.Talk, a.Nth, a.Text, a.Post, a.By, a.Action.Last().How, a.Action.Last().Why})
	}
	for _, a := range x.Record.Actions() {
		what := a.What
		if a.About == supervision.AboutChild {
			what = s.childAction(x, a)
		}
		out.Actions = append(out.Actions, apiTalkAction{x.ID, a.Nth, what, a.Post, a.By, a.Last().How, a.Last().Why})
	}
	if g := x.Signature; g != nil {
		out.Signed = append(out.Signed, apiSigned{g.Person, g.As, g.At, "", ""})
	}
	for _, g := range x.Others {
		out.Signed = append(out.Signed, apiSigned{g.Person, g.As, g.At, g.Disagrees, g.Without})
	}
	return s.answer(w, out)
}

func (s *Server) apiSayOfTalk(w http.ResponseWriter, r *request) error {
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
	if !ok || k.On != "talk" || e.Kind == "talk.opened" {
		return entry.Refuse("kind", "There is no kind of entry about a talk called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
	}
	b, err := app.Registry().Decode(e.Kind, e.Body)
	if err != nil {
		return err
	}
	done, err := r.desk.SayOfTalk(r.ctx(), r.PathValue("sheet"), b, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, struct {
		Talk    string     `json:"talk"`
		Entries []entry.ID `json:"entries"`
		Again   bool       `json:"again,omitempty"`
		Receipt string     `json:"receipt"`
	}{done.Child, done.Entries, done.Again, fmt.Sprintf("/api/supervision/%s/entries/%s/receipt", done.Child, done.Entries[0])})
	return nil
}

// howChoices are how an action can stand, for whoever asks.
func howChoices(mayClose, mayMove bool) (out []govuk.Choice) {
	if mayClose {
		out = append(out, govuk.Choice{Value: supervision.Done, Text: "It is done"})
	}
	out = append(out, govuk.Choice{Value: supervision.NotYet, Text: "Not yet"})
	if mayMove {
		out = append(out, govuk.Choice{Value: supervision.NotNeeded, Text: "It is not needed any more"})
	}
	return out
}

func anyOpen(ks []kidLine) bool {
	return slices.ContainsFunc(ks, func(k kidLine) bool { return k.Open })
}

// partBy is the day by which an action is to be done.
func (d actionData) partBy() string { return d.By }
