package web

import (
	"cmp"
	"errors"
	"net/url"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/wording"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A version of a plan is written on one page a goal. What is typed is the writer's own
// draft until it is sent: each page's form is kept under its own address, as every form's
// is, and the draft of the plan is what stands, with those forms laid over it.

// planDraft is the version as its writer has it now.
type planDraft struct {
	child.PlanSent
	base    child.PlanSent // what it began from
	reasons map[string]string
	typed   bool // something was written since
	typedAt day.Instant
	broken  []entry.Problem // days that cannot be read
}

// goalRows are the rows for help and for whom to ring that a goal's page has at least.
const (
	helpRows = 3
	ringRows = 3
	rowsMost = 12
)

func planWritePath(id string) string       { return "/child/" + id + "/plan/write" }
func goalWritePath(id, goal string) string { return planWritePath(id) + "/" + goal }

// formOf is what somebody typed into a form and has not sent; ok is false when nothing.
func (s *Server) formOf(r *request, path string) (v url.Values, at day.Instant, ok bool, err error) {
	x, err := s.App.Draft(r.ctx(), r.person(), path)
	if errors.Is(err, app.ErrNotFound) {
		return nil, 0, false, nil
	}
	if err != nil {
		return nil, 0, false, err
	}
	v, perr := url.ParseQuery(x.Body)
	return v, x.At, perr == nil, nil
}

func (s *Server) planDraft(r *request, p *app.ChildPage) (d planDraft, err error) {
	d = planDraft{base: p.Record.NextPlan(p.Status), reasons: map[string]string{}}
	d.PlanSent = d.base
	d.Goals = slices.Clone(d.base.Goals)
	v, at, ok, err := s.formOf(r, planWritePath(p.Record.Child))
	if err != nil {
		return d, err
	}
	if ok {
		d.overlay(v)
		d.reason("", v)
		d.typed, d.typedAt = true, at
	}
	for i, g := range d.Goals {
		v, at, ok, err := s.formOf(r, goalWritePath(p.Record.Child, g.ID))
		if err != nil {
			return d, err
		}
		if !ok {
			continue
		}
		d.typed, d.typedAt = true, max(d.typedAt, at)
		var ps []entry.Problem
		d.Goals[i], ps = goalOf(g.ID, v)
		d.broken = append(d.broken, ps...)
		d.reason(g.ID, v)
	}
	return d, nil
}

var goalID = regexp.MustCompile(`^g[0-9]{1,4}$`)

// overlay lays over what is typed of the plan as a whole: its sort, its goals in order,
// and what goes well.
func (d *planDraft) overlay(v url.Values) {
	if slices.Contains(child.PlansOf, v.Get("of")) {
		d.Of = v.Get("of")
	}
	d.Well = strings.TrimSpace(v.Get("going_well"))
	d.Next = 0
	if t := strings.TrimSpace(v.Get("next")); t != "" {
		if on, err := day.Parse(t); err == nil {
			d.Next = on
		} else {
			d.broken = append(d.broken, entry.Problem{Field: "next", Text: "Enter the day of the next meeting, like 2026-12-17"})
		}
	}
	if v.Get("goals") == "" {
		return
	}
	d.Goals = nil
	for _, id := range strings.Split(v.Get("goals"), " ") {
		if !goalID.MatchString(id) {
			continue
		}
		g, ok := child.PlanVersion{PlanSent: d.base}.Goal(id)
		if !ok {
			g = child.Goal{ID: id}
		}
		d.Goals = append(d.Goals, g)
	}
}

// reason keeps the reasons why words stay as they are.
func (d *planDraft) reason(goal string, v url.Values) {
	for name := range v {
		if rest, is := strings.CutPrefix(name, "keep-"); is && strings.TrimSpace(v.Get(name)) != "" {
			d.reasons[goal+" "+rest] = strings.TrimSpace(v.Get(name))
		}
	}
}

// goalOf reads the form of a goal. What cannot be read as a day is named, and stays in
// the form.
func goalOf(id string, v url.Values) (g child.Goal, ps []entry.Problem) {
	text := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	date := func(name, what string) day.Date {
		t := text(name)
		if t == "" {
			return 0
		}
		on, err := day.Parse(t)
		if err != nil {
			ps = append(ps, entry.Problem{Field: name, Text: "Enter " + what + ", like 2026-12-07"})
		}
		return on
	}
	g = child.Goal{ID: id, Name: text("name"), Worry: text("worry"), Change: text("change"), Measure: text("measure"), IfNot: text("if_not"), PlanB: text("plan_b"), Start: date("start", "the day by which it starts")}
	if w := text("weeks"); w != "" {
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > 104 {
			ps = append(ps, entry.Problem{Field: "weeks", Text: "Enter for how many weeks it must hold, from 1 to 104"})
		} else {
			g.Weeks = n
		}
	}
	for i := range rowsMost {
		n := strconv.Itoa(i)
		h := child.Help{What: text("help-what-" + n), Who: text("help-who-" + n), From: date("help-from-"+n, "the day from which this help begins")}
		if h.What != "" {
			g.Help = append(g.Help, h)
		} else if h.Who != "" {
			ps = append(ps, entry.Problem{Field: "help-what-" + n, Text: "Enter what " + h.Who + " will do"})
		}
		c := child.Ring{Name: text("ring-name-" + n), Number: text("ring-number-" + n)}
		switch {
		case c.Name != "" && c.Number != "":
			g.Ring = append(g.Ring, c)
		case c.Name != "":
			ps = append(ps, entry.Problem{Field: "ring-number-" + n, Text: "Enter the number of " + c.Name})
		case c.Number != "":
			ps = append(ps, entry.Problem{Field: "ring-name-" + n, Text: "Enter whose number this is"})
		}
	}
	return g, ps
}

// goalValues are a goal as the values of its form.
func goalValues(g child.Goal) url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, f := range [][2]string{{"name", g.Name}, {"worry", g.Worry}, {"change", g.Change}, {"measure", g.Measure}, {"if_not", g.IfNot}, {"plan_b", g.PlanB}} {
		set(f[0], f[1])
	}
	if g.Start != 0 {
		set("start", g.Start.String())
	}
	if g.Weeks > 0 {
		set("weeks", strconv.Itoa(g.Weeks))
	}
	for i, h := range g.Help {
		n := strconv.Itoa(i)
		set("help-what-"+n, h.What)
		set("help-who-"+n, h.Who)
		if h.From != 0 {
			set("help-from-"+n, h.From.String())
		}
	}
	for i, c := range g.Ring {
		set("ring-name-"+strconv.Itoa(i), c.Name)
		set("ring-number-"+strconv.Itoa(i), c.Number)
	}
	return v
}

func (d planDraft) note(n wording.Note) noteLine {
	return noteLine{Rule: n.Rule, Field: noteField(n), Quote: n.Quote, Says: n.Says, Asks: n.Asks, Strong: n.Strong, Blocks: n.Blocks, Why: d.reasons[n.Goal+" "+strings.TrimPrefix(noteField(n), "keep-")]}
}

// kept are the notes that stay as they are, with the reasons that were given.
func (d planDraft) kept(notes []wording.Note) (out []child.KeptWords) {
	for _, n := range notes {
		if why := d.note(n).Why; why != "" {
			out = append(out, child.KeptWords{Goal: n.Goal, Part: string(n.Part), Rule: n.Rule, Help: n.Help, Quote: n.Quote, Why: why})
		}
	}
	return out
}

// keepPlan keeps the draft of the plan as a whole.
func (s *Server) keepPlan(r *request, p *app.ChildPage, d planDraft) error {
	v := url.Values{"of": {d.Of}, "going_well": {d.Well}}
	if d.Next != 0 {
		v.Set("next", d.Next.String())
	}
	var ids []string
	for _, g := range d.Goals {
		ids = append(ids, g.ID)
	}
	v.Set("goals", cmp.Or(strings.Join(ids, " "), "none"))
	return s.App.KeepDraft(r.ctx(), r.person(), planWritePath(p.Record.Child), v.Encode())
}

// paths are the addresses under which the draft lies.
func (d planDraft) paths(id string) []string {
	out := []string{planWritePath(id)}
	for _, g := range append(slices.Clone(d.Goals), d.base.Goals...) {
		if path := goalWritePath(id, g.ID); !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}
