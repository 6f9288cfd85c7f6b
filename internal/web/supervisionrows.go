package web

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/supervision"
	"onus/internal/web/shell"
)

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
		Asked: a.Asked && x.Live() && (x.Holder || x.Taker), MayMove: a.MayMove, MayClose: a.MayClose, Href: r.then("/supervision/" + a.Talk + "/action/" + itoa(a.Nth))}
	if a.Row != nil {
		y.Child = shell.Link{Text: a.Row.Name, Href: r.then("/child/" + a.Row.Child)}
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
	k := kidLine{Name: c.Row.Name, Closed: c.Closed, Href: r.then("/child/" + c.Row.Child)}
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

func (s *Server) teamLine(r *request, x *app.Sheet, t app.SheetTeam, form func(string) partForm) teamLine {
	on := x.Now.Date()
	y := teamLine{Name: t.Team.Name, Href: r.then("/team/" + t.Team.ID), Copied: copiedLines(t.Copied)}
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

func anyOpen(ks []kidLine) bool {
	return slices.ContainsFunc(ks, func(k kidLine) bool { return k.Open })
}
