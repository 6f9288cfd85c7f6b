package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
	"onus/internal/wording"
)

// goalData is the page of one goal while it is written.
type goalData struct {
	entered
	Child, Name, First   string
	ID, Title, Sub       string
	Action               string
	Tabs                 []tabLine
	Parts                map[string]partSide // what was noticed, and what the last version says
	Last                 string              // the last version's name
	Until                string
	Help                 []helpRow
	Ring                 []ringRow
	Scales               *scales
	Said                 []planView
	Open                 int // notes that nobody answered, in the whole plan
	Reading              string
	Manager              string
	Saved                string
	NumbersHref, AllHref string
	New                  bool
}

type tabLine struct {
	Text, Href string
	On         bool
}

type partSide struct {
	Notes []noteLine
	Fine  string // what was looked at and found in order; empty: nothing was looked at
	Old   string // what the last version says
	Same  bool   // and it is the same now
}

type noteLine struct {
	Rule, Field  string // the field for the reason
	Quote, Says  string
	Asks, Strong string
	Why          string
	Blocks       bool
}

type helpRow struct{ N, What, Who, From string }
type ringRow struct{ N, Name, Number string }

func noteField(n wording.Note) string {
	f := "keep-" + n.Rule + "-" + string(n.Part)
	if n.Help > 0 {
		f += "-" + strconv.Itoa(n.Help)
	}
	return f
}

func (s *Server) writeGoal(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	id := r.PathValue("goal")
	draft, err := s.planDraft(r, p)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(draft.Goals, func(g child.Goal) bool { return g.ID == id })
	if at < 0 {
		return app.ErrNotFound
	}
	g := draft.Goals[at]
	d := goalData{entered: notEntered(), Child: p.Record.Child, Name: p.Identity.Name(), First: firstName(p.Identity.Name()), ID: id, Action: goalWritePath(p.Record.Child, id), AllHref: planWritePath(p.Record.Child)}
	v, saved, typed, err := s.formOf(r, d.Action)
	if err != nil {
		return err
	}
	if !typed {
		v = goalValues(g)
	} else {
		d.Saved = "Saved " + near(saved, r.now) + "."
	}
	d.fill(v)
	_, ps := goalOf(id, v)
	for _, x := range ps {
		d.Errors.Add(x.Field, x.Text)
	}
	d.Title = "Goal " + itoa(at+1) + ": " + cmp.Or(strings.TrimSuffix(g.Change, "."), "not written yet")
	if len(d.Title) > 90 {
		d.Title = "Goal " + itoa(at+1) + ": " + cmp.Or(g.Name, "not written yet")
	}
	d.Sub = "Draft of the next " + planName(draft.Of) + ". " + d.Saved + " Only you can see it until you send it."
	for i, x := range draft.Goals {
		d.Tabs = append(d.Tabs, tabLine{itoa(i+1) + ". " + cmp.Or(x.Name, "New goal"), goalWritePath(p.Record.Child, x.ID), x.ID == id})
	}
	stands, ok := p.Plan()
	var old child.Goal
	if ok {
		old, d.New = child.Goal{}, true
		if o, had := stands.Goal(id); had {
			old, d.New = o, false
		}
		d.Last = "Version " + itoa(stands.Number) + ", " + stands.When.Date.Long()
	}
	seen, reading, err := r.desk.PlanSeen(r.ctx(), p, draft.PlanSent, r.person(), day.AtInstant(r.now))
	if err != nil {
		return err
	}
	d.Open, d.Reading = len(app.Unanswered(seen.Notes, draft.kept(seen.Notes))), reading.Says()
	d.Parts = sides(draft, seen, g, old, ok && !d.New)
	if until := g.Until(); until != 0 {
		d.Until = until.Long()
	}
	for i := range min(rowsMost, max(helpRows, len(g.Help)+1)) {
		n := strconv.Itoa(i)
		d.Help = append(d.Help, helpRow{n, d.Values["help-what-"+n], d.Values["help-who-"+n], d.Values["help-from-"+n]})
	}
	for i := range min(rowsMost, max(ringRows, len(g.Ring)+1)) {
		n := strconv.Itoa(i)
		d.Ring = append(d.Ring, ringRow{n, d.Values["ring-name-"+n], d.Values["ring-number-"+n]})
	}
	views := p.Record.Views(id)
	d.Scales = scalesOf(views, d.First)
	for i := len(views) - 1; i >= 0 && len(d.Said) < 3; i-- {
		if views[i].Words != "" {
			d.Said = append(d.Said, viewOf(p, views[i], planData{Child: d.Child, Name: d.Name}))
		}
	}
	if !d.New && ok {
		d.NumbersHref = "/child/" + d.Child + "/record/view?goal=" + id
	}
	d.Manager = approver(p)
	f := s.page(r, d.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, http.StatusOK, goalWritePage(f, d))
}

// approver is who is asked to approve a plan: the manager of the child's team.
func approver(p *app.ChildPage) string {
	on := p.At.Date()
	post := p.Line.Resolve(line.KeyOfManager(p.Status.Team), on)
	if a := p.Line.Answers(post, on); a.Person != "" {
		return p.Line.Name(a.Person)
	}
	return "the manager"
}

// sides are what stands beside each part of a goal.
func sides(d planDraft, seen wording.Seen, g, old child.Goal, had bool) map[string]partSide {
	out := map[string]partSide{}
	texts := func(g child.Goal) map[string]string {
		return map[string]string{"worry": g.Worry, "change": g.Change, "measure": g.Measure, "by_when": byWhen(g), "help": strings.Join(helpLines(g), "; "), "if_not": g.IfNot, "plan_b": planB(g)}
	}
	now, was := texts(g), texts(old)
	for _, part := range child.Parts {
		x := partSide{Fine: seen.Fine(g.ID, wording.Part(part))}
		for _, n := range seen.Of(g.ID, wording.Part(part)) {
			x.Notes = append(x.Notes, d.note(n))
		}
		if had {
			x.Old = cmp.Or(was[part], "Nothing was written.")
			x.Same = was[part] != "" && child.Alike(was[part], now[part], 2) >= 0.7
		}
		out[part] = x
	}
	return out
}

// saveGoal keeps what was typed, whatever is wrong with it, and shows what was noticed.
func (s *Server) saveGoal(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	id := p.Record.Child
	if !goalID.MatchString(r.PathValue("goal")) {
		return app.ErrNotFound
	}
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, cmp.Or(draftOf(r.PostForm), "do=save")); err != nil {
		return err
	}
	s.took(r)
	switch r.PostForm.Get("step") {
	case "send":
		http.Redirect(w, r.Request, planWritePath(id), http.StatusSeeOther)
	case "add":
		return s.addGoal(w, r, p)
	default:
		http.Redirect(w, r.Request, r.URL.Path+"#noticed", http.StatusSeeOther)
	}
	return nil
}

// planWriteData is the page of the whole draft: its goals, what is open, and sending it.
type planWriteData struct {
	entered
	Child, Name, First, Title, Sub string
	Action                         string
	Goals                          []draftGoal
	List                           string // the goals' ids, as the form carries them
	Sorts                          []govuk.Option
	Open                           []keptLine
	Kept                           []keptLine
	Whole                          []noteLine
	Reading                        string
	Manager                        string
	Typed                          bool
	Waits                          string
}

type draftGoal struct {
	N                int
	ID, Name, Change string
	Href             string
	Open             int
	Missing          bool
	First, Last      bool
}

func (s *Server) writePlan(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	return s.planWritePageOf(w, r, p, http.StatusOK, nil)
}

func (s *Server) planWritePageOf(w http.ResponseWriter, r *request, p *app.ChildPage, code int, sent *entered) error {
	draft, err := s.planDraft(r, p)
	if err != nil {
		return err
	}
	d := planWriteData{entered: notEntered(), Child: p.Record.Child, Name: p.Identity.Name(), First: firstName(p.Identity.Name()), Action: planWritePath(p.Record.Child), Typed: draft.typed, Manager: approver(p)}
	d.Values["of"], d.Values["going_well"] = draft.Of, draft.Well
	if draft.Next != 0 {
		d.Values["next"] = draft.Next.String()
	}
	if sent != nil {
		d.entered = *sent
	} else {
		for _, x := range draft.broken {
			d.Errors.Add(x.Field, x.Text)
		}
	}
	d.Title = "The next version of " + d.First + "'s plan"
	d.Sub = "Only you can see it until you send it to " + d.Manager + "."
	if draft.typed {
		d.Sub = "Saved " + near(draft.typedAt, r.now) + ". " + d.Sub
	}
	if v, ok := p.Record.PlanWaiting(); ok {
		d.Waits = "Version " + itoa(v.Number) + " waits for approval. If you send another, it takes its place."
	}
	for _, of := range child.PlansOf {
		d.Sorts = append(d.Sorts, govuk.Option{Value: of, Text: title(planName(of))})
	}
	seen, reading, err := r.desk.PlanSeen(r.ctx(), p, draft.PlanSent, r.person(), day.AtInstant(r.now))
	if err != nil {
		return err
	}
	kept := draft.kept(seen.Notes)
	d.Reading = reading.Says()
	open := app.Unanswered(seen.Notes, kept)
	for _, n := range seen.Of("", wording.ThePlan) {
		d.Whole = append(d.Whole, draft.note(n))
	}
	var ids []string
	for i, g := range draft.Goals {
		x := draftGoal{N: i + 1, ID: g.ID, Name: cmp.Or(g.Name, "New goal"), Change: g.Change, Href: goalWritePath(d.Child, g.ID), Missing: g.Name == "" || g.Change == "", First: i == 0, Last: i == len(draft.Goals)-1}
		for _, n := range open {
			if n.Goal == g.ID {
				x.Open++
			}
		}
		d.Goals, ids = append(d.Goals, x), append(ids, g.ID)
	}
	d.List = strings.Join(ids, " ")
	v := child.PlanVersion{PlanSent: draft.PlanSent}
	for _, n := range open {
		d.Open = append(d.Open, keptLine{goalPart(v, n.Goal, string(n.Part)), n.Quote, n.Says, ""})
	}
	for _, k := range kept {
		d.Kept = append(d.Kept, keptLine{goalPart(v, k.Goal, k.Part), k.Quote, "", k.Why})
	}
	f := s.page(r, d.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, planWritePage(f, d))
}

// addGoal begins a goal: the next id that no version of the child's plans has.
func (s *Server) addGoal(w http.ResponseWriter, r *request, p *app.ChildPage) error {
	draft, err := s.planDraft(r, p)
	if err != nil {
		return err
	}
	id := p.Record.NewGoal(draft.Goals)
	draft.Goals = append(draft.Goals, child.Goal{ID: id})
	if err := s.keepPlan(r, p, draft); err != nil {
		return err
	}
	http.Redirect(w, r.Request, goalWritePath(p.Record.Child, id), http.StatusSeeOther)
	return nil
}

// sendPlan adds, moves or leaves out a goal of the draft, keeps it, or sends it.
func (s *Server) sendPlan(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, _, err := s.load(r, "Plan")
	if err != nil {
		return err
	}
	t := enteredIn(r)
	if err := s.App.KeepDraft(r.ctx(), r.person(), r.URL.Path, draftOf(r.PostForm)); err != nil {
		return err
	}
	step, goal, _ := strings.Cut(r.PostForm.Get("step"), " ")
	draft, err := s.planDraft(r, p)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(draft.Goals, func(g child.Goal) bool { return g.ID == goal })
	switch {
	case step == "add":
		return s.addGoal(w, r, p)
	case step == "drop" && i >= 0: // its form stays, so that it can be put back
		draft.Goals = slices.Delete(draft.Goals, i, i+1)
	case step == "up" && i > 0:
		draft.Goals[i-1], draft.Goals[i] = draft.Goals[i], draft.Goals[i-1]
	case step == "send":
		return s.sendDraft(w, r, p, draft, t)
	}
	if step != "save" {
		if err := s.keepPlan(r, p, draft); err != nil {
			return err
		}
	}
	http.Redirect(w, r.Request, r.URL.Path, http.StatusSeeOther)
	return nil
}

func (s *Server) sendDraft(w http.ResponseWriter, r *request, p *app.ChildPage, draft planDraft, t entered) error {
	again := func() error {
		return s.planWritePageOf(w, r, p, http.StatusUnprocessableEntity, &t)
	}
	seen, _, err := r.desk.PlanSeen(r.ctx(), p, draft.PlanSent, r.person(), day.AtInstant(r.now))
	if err != nil {
		return err
	}
	draft.Kept = draft.kept(seen.Notes)
	for _, x := range draft.broken {
		t.Errors.Add(x.Field, x.Text)
	}
	if open := app.Unanswered(seen.Notes, draft.Kept); len(open) > 0 {
		t.Errors.Add("open", count(len(open), "place is", "places are")+" worth another look. Change each, or say why it stays")
	}
	if t.Errors.Any() {
		return again()
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Key: r.person() + " " + t.Key, Now: true,
		Commands: []child.Command{{Happened: day.AtInstant(r.now), Body: draft.PlanSent, Source: entry.Source{Kind: "page"}}}})
	if ps, refused := entry.Problems(err); refused {
		for _, x := range ps {
			at, text := x.Field, x.Text
			if n, part, ok := strings.Cut(strings.TrimPrefix(x.Field, "goals-"), "-"); ok && strings.HasPrefix(x.Field, "goals-") {
				if i, err := strconv.Atoi(n); err == nil && i < len(draft.Goals) {
					at, text = "goal-"+draft.Goals[i].ID, "Goal "+itoa(i+1)+", "+strings.ReplaceAll(part, "_", " ")+": "+lower(x.Text)
				}
			}
			t.Errors.Add(at, text)
		}
		return again()
	}
	if err != nil {
		return err
	}
	for _, path := range draft.paths(p.Record.Child) {
		if err := s.App.KeepDraft(r.ctx(), r.person(), path, ""); err != nil { // what matters is recorded
			s.Log.Error("a draft could not be removed", "route", r.Pattern, "error", err)
		}
	}
	http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/plan?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// rowLabel is the label of a field in a row: the first has no number.
func rowLabel(label string, i int) string {
	if i == 0 {
		return label
	}
	return label + " " + itoa(i+1)
}

// keepLabel asks for the reason of one thing that was noticed.
func keepLabel(n noteLine) string {
	if n.Quote != "" {
		return "Why does \"" + n.Quote + "\" stay?"
	}
	return "Why does it stay? " + n.Says
}
