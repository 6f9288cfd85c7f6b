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
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// planData is the page of a child's plan as it stands: what has to change, how far it has
// come, and what each person says of it.
type planData struct {
	Child, Name, Title, Sub, Known string
	Waits                          string // a version that waits: who has it, since when
	WaitsHref                      string
	Signals                        []signalAsk
	Well                           string
	Next                           string
	Goals                          []planGoal
	Of                             []planView // what was said of the plan as a whole
	Versions                       []versionLine
	Actions                        []shell.Link
	May                            bool // whoever looks may record
	None                           bool
}

// signalAsk is a signal of drift that the record shows, with the question it asks.
type signalAsk struct{ Says, Facts, Asks, Href string }

type planGoal struct {
	N               int
	ID, Name        string
	State           shell.State
	How             string // how that is known
	Change          string
	Parts           [][2]string
	Help            []string
	Ring            [][2]string
	Scales          *scales
	Views           []planView
	Visits          []planVisit
	VisitsNone      string
	Planned         string
	Moved, MovedWho string
}

// planView is what somebody said, and what was done about it.
type planView struct {
	Who, When, Words, How, Agrees string
	Number                        string
	Did, Not                      string
	Follow                        string // where to say what was done; empty: it is said, or nobody may
}

type planVisit struct{ When, Learnt, How, Href string }

type versionLine struct {
	Text, When, Href string
	State            shell.State
}

func (s *Server) plan(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	d := s.planOf(r, p, known)
	f := s.childFrame(r, p, d.Title, known, true)
	if e := r.URL.Query().Get("done"); e != "" && known == 0 {
		if ev, ok := findLog(p, entry.ID(e)); ok {
			k, _ := app.Registry().Known(ev.Kind)
			at := "/child/" + p.Record.Child + "/entry/" + e
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, http.StatusOK, planPage(f, d))
}

func (s *Server) planOf(r *request, p *app.ChildPage, known day.Instant) planData {
	first := firstName(p.Identity.Name())
	d := planData{Child: p.Record.Child, Name: p.Identity.Name(), Title: first + "'s plan", Known: keep(known)}
	d.May = known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	base := "/child/" + d.Child
	all := p.Record.Plans()
	v, stands := p.Plan()
	if x, ok := p.Record.PlanWaiting(); ok {
		d.Waits = "Version " + itoa(x.Number) + " of the " + planName(x.Of) + " waits for approval since " + x.When.Date.Long() + ", with " + lowerYou(whoOwes(p.Line, line.KeyOfManager(p.Status.Team), p.At.Date())) + "."
		d.WaitsHref = base + "/plan/version/" + string(x.ID) + d.Known
	}
	for i := len(all) - 1; i >= 0; i-- {
		d.Versions = append(d.Versions, versionOf(base, all[i], d.Known, v.ID))
	}
	if d.May && p.Status.Open {
		what := "Write the plan"
		if len(all) > 0 {
			what = "Write the next version"
		}
		d.Actions = append(d.Actions, shell.Link{Text: what, Href: base + "/plan/write"})
	}
	for _, g := range p.Rules.Signals(p.Record, p.Duties, p.At) {
		d.Signals = append(d.Signals, signalAsk{g.Says, g.Facts, g.Asks, "/rules#drift-" + g.ID})
	}
	if !stands {
		d.None = true
		return d
	}
	if d.May {
		d.Actions = append(d.Actions, shell.Link{Text: "Give it to the family", Href: base + "/plan/give"}, shell.Link{Text: "What was given", Href: base + "/plan/given"}, shell.Link{Text: "Plan a visit", Href: base + "/visit/plan"})
	}
	d.Title = first + "'s " + planName(v.Of)
	d.Sub = "Version " + itoa(v.Number) + ", written by " + p.Line.Name(v.Author) + ", approved by " + p.Line.Name(v.By) + " on " + v.Approved.Date.Long() + "."
	if need := speech(p.Identity); need != "" {
		d.Sub += " " + need
	}
	d.Well = v.Well
	if v.Next != 0 {
		d.Next = v.Next.Full()
	}
	for i, g := range v.Goals {
		d.Goals = append(d.Goals, s.planGoal(p, g, i+1, d))
	}
	for _, x := range p.Record.Views("") {
		if x.Goal == "" {
			d.Of = append(d.Of, viewOf(p, x, d))
		}
	}
	slices.Reverse(d.Of)
	return d
}

func versionOf(base string, v child.PlanVersion, known string, stands entry.ID) versionLine {
	l := versionLine{Text: title(planName(v.Of)) + ", version " + itoa(v.Number), When: v.When.Date.Long(), Href: base + "/plan/version/" + string(v.ID) + known, State: shell.State{Text: v.State()}}
	switch {
	case v.ID == stands:
		l.State = shell.State{Kind: shell.OK, Text: "stands"}
	case v.State() == child.PlanStands:
		l.State.Text = "stood before"
	case v.State() == child.PlanWaits:
		l.State.Kind = shell.Soon
	}
	return l
}

func goalState(g child.GoalState) (state shell.State, how string) {
	state = shell.State{Text: g.State}
	switch g.State {
	case child.GoalDone, child.GoalHeld:
		state.Kind = shell.OK
	case child.GoalDoing:
		state.Kind = shell.Blue
	case child.GoalStuck:
		state.Kind = shell.Late
	}
	return state, title(howKnown(g.Evidence))
}

func (s *Server) planGoal(p *app.ChildPage, g child.Goal, n int, d planData) planGoal {
	x := planGoal{N: n, ID: g.ID, Name: g.Name, Change: g.Change}
	gs := p.Record.GoalState(g.ID)
	x.State, x.How = goalState(gs)
	if gs.Last != nil {
		x.Moved, x.MovedWho = gs.What, p.Line.Name(gs.Last.Author)+", "+gs.Last.When.Date.Long()
	}
	for _, f := range [][2]string{{"Worry", g.Worry}, {"How we know", g.Measure}, {"By when", byWhen(g)}} {
		x.Parts = append(x.Parts, [2]string{f[0], cmp.Or(f[1], "Nothing is written.")})
	}
	x.Help = helpLines(g)
	for _, f := range [][2]string{{"If it does not change", g.IfNot}, {"Plan B", g.PlanB}} {
		x.Parts = append(x.Parts, [2]string{f[0], cmp.Or(f[1], "Nothing is written.")})
	}
	for _, c := range g.Ring {
		x.Ring = append(x.Ring, [2]string{c.Name, c.Number})
	}
	views := p.Record.Views(g.ID)
	x.Scales = scalesOf(views, firstName(d.Name))
	for i := len(views) - 1; i >= 0 && len(x.Views) < 4; i-- {
		if views[i].Words != "" || views[i].Agrees != "" {
			x.Views = append(x.Views, viewOf(p, views[i], d))
		}
	}
	for i := len(p.Record.Events) - 1; i >= 0 && len(x.Visits) < 3; i-- {
		ev := &p.Record.Events[i]
		if b, ok := ev.Body.(child.Visit); ok && b.Goal == g.ID {
			x.Visits = append(x.Visits, planVisit{ev.When.Date.Long(), cmp.Or(b.Learnt, "Nothing was learnt about it."), howKnown(b.Evidence), "/child/" + d.Child + "/entry/" + string(ev.ID) + d.Known})
		}
	}
	if len(x.Visits) == 0 {
		x.VisitsNone = "No visit has been for this goal yet."
	}
	for _, v := range p.Record.PlannedVisits() {
		if v.Goal == g.ID {
			x.Planned = "A visit for this goal is planned for " + v.On.Long() + "."
		}
	}
	return x
}

// byWhen says by when a goal starts and how long it must hold.
func byWhen(g child.Goal) string {
	if g.Start == 0 {
		return ""
	}
	t := "Starts by " + g.Start.Long() + "."
	if g.Weeks > 0 {
		t += " Kept up for " + count(g.Weeks, "week", "weeks") + ", to " + g.Until().Long() + "."
	}
	return t
}

func helpLines(g child.Goal) (out []string) {
	for _, h := range g.Help {
		t := h.What
		if h.Who != "" {
			t += " (" + h.Who + ")"
		}
		if h.From != 0 {
			t += ", from " + h.From.Long()
		}
		out = append(out, t)
	}
	return out
}

func viewOf(p *app.ChildPage, x child.ViewSaid, d planData) planView {
	v := planView{Who: sayer(x.View, firstName(d.Name)), When: x.Event.When.Date.Long(), Words: x.Words, How: x.How,
		Agrees: map[string]string{"yes": "Agrees.", "partly": "Agrees in part.", "no": "Does not agree."}[x.Agrees]}
	if x.Scale != nil {
		v.Number = itoa(*x.Scale) + " of 10"
	}
	if x.Followed != nil {
		b, _ := x.Followed.Body.(child.ViewFollowed)
		v.Did, v.Not = b.Did, b.Not
	} else if d.May && x.Words != "" {
		v.Follow = "/child/" + d.Child + "/record/view.followed?view=" + string(x.Event.ID)
	}
	return v
}

// versionData is one version of a plan beside the one before it.
type versionData struct {
	entered
	Child, Name, Title, Sub string
	Version                 string // the entry's id
	Left, Right             string // what stands on each side
	Goals                   []versionGoal
	Well                    [2]string
	Kept                    []keptLine
	Open                    []keptLine // notes that nobody gave a reason for
	Said, SaidBy            string
	May                     bool // whoever looks may approve it
	Own                     string
	Reading                 string
}

type versionGoal struct {
	N     int
	Name  string
	Is    string // new, left out, or nothing
	Parts []versionPart
}

// versionPart is a part of a goal in two versions.
type versionPart struct {
	Name, Now, Before string
	Same              bool
}

type keptLine struct{ Where, Quote, Says, Why string }

func (s *Server) planVersion(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	return s.planVersionPage(w, r, p, http.StatusOK, notEntered())
}

func (s *Server) planVersionPage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, t entered) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	all := p.Record.Plans()
	i := slices.IndexFunc(all, func(v child.PlanVersion) bool { return string(v.ID) == r.PathValue("version") })
	if i < 0 {
		return app.ErrNotFound
	}
	v := all[i]
	var before *child.PlanVersion
	for j := range all {
		if all[j].ID != v.ID && !all[j].Approved.IsZero() && !all[j].Approved.Before(p.Status.Since) && all[j].When.Before(v.When) {
			before = &all[j]
		}
	}
	if with := r.URL.Query().Get("with"); with != "" {
		for j := range all {
			if string(all[j].ID) == with {
				before = &all[j]
			}
		}
	}
	d := versionData{entered: t, Child: p.Record.Child, Name: p.Identity.Name(), Version: string(v.ID), Right: "Nothing stood before"}
	d.Title = title(planName(v.Of)) + " of " + firstName(d.Name) + ", version " + itoa(v.Number)
	d.Sub = "Sent by " + p.Line.Name(v.Author) + ", " + v.When.Long() + ": " + v.State() + "."
	d.Left = "Version " + itoa(v.Number) + ", " + v.When.Date.Long()
	if v.By != "" {
		d.Said, d.SaidBy = v.Said, p.Line.Name(v.By)
	}
	var was child.PlanSent
	if before != nil {
		d.Right, was = "Version "+itoa(before.Number)+", "+before.When.Date.Long(), before.PlanSent
	}
	d.Goals, d.Well = sideBySide(v.PlanSent, was), [2]string{v.Well, was.Well}
	seen, reading, err := r.desk.PlanSeen(r.ctx(), p, v.PlanSent, v.Author, v.When)
	if err != nil {
		return err
	}
	d.Reading = reading.Says()
	for _, k := range v.Kept {
		d.Kept = append(d.Kept, keptLine{Where: goalPart(v, k.Goal, k.Part), Quote: k.Quote, Why: k.Why})
	}
	for _, n := range app.Unanswered(seen.Notes, v.Kept) {
		d.Open = append(d.Open, keptLine{Where: goalPart(v, n.Goal, string(n.Part)), Quote: n.Quote, Says: n.Says})
	}
	if known == 0 && v.State() == child.PlanWaits && r.desk.MayChild(access.RecordChild, p.Access) == nil && r.desk.MayTeam(access.Allocate, p.Status.Team) == nil {
		d.May = v.Author != r.person()
		if !d.May {
			d.Own = "You wrote it: somebody else must approve it."
		}
	}
	f := s.childFrame(r, p, d.Title, known, false)
	f.Errors = d.Errors.Any()
	return s.render(w, code, versionPage(f, d))
}

func goalPart(v child.PlanVersion, id, part string) string {
	name := partNames[part]
	for i, g := range v.Goals {
		if g.ID == id {
			return "Goal " + itoa(i+1) + ", " + lower(name)
		}
	}
	return name
}

var partNames = map[string]string{"worry": "Worry", "change": "Change", "measure": "Measure", "by_when": "By when", "help": "Help", "if_not": "If not", "plan_b": "Plan B", "plan": "The whole plan"}

// sideBySide puts two versions beside each other, goal by goal.
func sideBySide(now, was child.PlanSent) (out []versionGoal) {
	parts := func(g, old child.Goal) (ps []versionPart) {
		for _, x := range [][3]string{{"Worry", g.Worry, old.Worry}, {"Change", g.Change, old.Change}, {"Measure", g.Measure, old.Measure}, {"By when", byWhen(g), byWhen(old)},
			{"Help", strings.Join(helpLines(g), "\n"), strings.Join(helpLines(old), "\n")}, {"If not", g.IfNot, old.IfNot}, {"Plan B", planB(g), planB(old)}} {
			ps = append(ps, versionPart{x[0], x[1], x[2], x[1] == x[2]})
		}
		return ps
	}
	find := func(in child.PlanSent, id string) (child.Goal, bool) { return child.PlanVersion{PlanSent: in}.Goal(id) }
	for i, g := range now.Goals {
		old, had := find(was, g.ID)
		x := versionGoal{N: i + 1, Name: g.Name, Parts: parts(g, old)}
		if !had && len(was.Goals) > 0 {
			x.Is = "new"
		}
		out = append(out, x)
	}
	for _, old := range was.Goals {
		if _, still := find(now, old.ID); !still {
			out = append(out, versionGoal{Name: old.Name, Is: "left out", Parts: parts(child.Goal{}, old)})
		}
	}
	return out
}

func planB(g child.Goal) string {
	t := []string{}
	if g.PlanB != "" {
		t = append(t, g.PlanB)
	}
	for _, c := range g.Ring {
		t = append(t, c.Name+" "+c.Number)
	}
	return strings.Join(t, "\n")
}

// answerPlan approves a version or sends it back.
func (s *Server) answerPlan(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	t, id := enteredIn(r), p.Record.Child
	plan := entry.ID(r.PathValue("version"))
	var b entry.Body
	at := "words"
	switch t.Form {
	case "approve":
		b = child.PlanApproved{Plan: plan, Words: strings.TrimSpace(t.Values["words"])}
	case "return":
		b, at = child.PlanReturned{Plan: plan, Why: strings.TrimSpace(t.Values["why"])}, "why"
	default:
		return app.ErrNotFound // nothing was said
	}
	_, err = r.desk.Record(r.ctx(), app.Do{Child: id, Key: r.person() + " " + t.Key, Now: true,
		Commands: []child.Command{{Happened: day.AtInstant(r.now), Body: b, Source: entry.Source{Kind: "page"}}}})
	if _, refused := entry.Problems(err); refused {
		t.place(err, func(string) string { return at })
		return s.planVersionPage(w, r, p, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+id+"/plan", http.StatusSeeOther)
	return nil
}
