package web

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
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
	f := s.listPage(r, "Supervision: "+d.Who, "/team", nil)
	if sheet.Taker {
		f = s.listPage(r, "Supervision: "+d.Who, "/owed", nil)
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
	s.sheetLoad(r, x, &d)
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
		y := s.teamLine(r, x, t, form)
		y.Form.People, y.Open = d.People, sent != nil && strings.HasSuffix(sent.Part, "team-"+t.Team.ID)
		d.Teams = append(d.Teams, y)
	}
	for _, c := range x.Warnings {
		d.Warned = append(d.Warned, r.concernThen(concernRow(c, x.Now)))
	}
	for _, a := range x.Record.Actions() {
		y := agreedLine{What: a.What, Owner: s.ownerName(x, a.Post), By: a.By.Long(), Entry: string(a.In)}
		if a.About == supervision.AboutChild {
			y.What = s.childAction(x, a)
		}
		if d.Closed {
			y.Href = r.then(d.Path + "/action/" + itoa(a.Nth))
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
		y := beforeLine{Href: r.then("/supervision/" + t.ID), When: "Prepared on " + t.Opened.Date().Long(), State: shell.State{Kind: shell.Grey, Text: string(t.State)}}
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
		live := "."
		if x.Holder || x.Taker { // for them, and not in the past
			live = "; it keeps itself up to date until you sign."
		}
		if x.Planned != 0 && x.Entry != "" {
			return "Planned for " + x.Planned.Full() + ". " + by + " Made from the record at " + x.Now.Clock() + live
		}
		return by + " Made from the record on " + x.Now.Date().Full() + " at " + x.Now.Clock() + live
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

// sheetLoad says in words and as a picture whether the work can be done.
func (s *Server) sheetLoad(r *request, x *app.Sheet, d *sheetData) {
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
	d.LoadHref = r.then("/team/" + x.Load.Post.Team + "/ahead")
}
