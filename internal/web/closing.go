package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/cin"
)

// closingData is the page on which a case is closed: what stands in the way, what is late
// and would end undone, what ends with it, and what the plan reached.
type closingData struct {
	entered
	Child, Name, First, Sub string
	Blocks                  [][2]string // what must be recorded first, and where
	Late                    []leftLine
	Ends                    []string // open, not late: they end with the case
	Stays                   []string // owed after it too
	Goals                   []closingGoal
	Visits                  []string
	StepDown                string
	Reasons                 [][2]string
	Seen                    string
}

type leftLine struct{ Field, What, Due, By, Why string }

type closingGoal struct{ Name, Change, State, How string }

func (s *Server) closing(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Close the case")
	if err != nil {
		return err
	}
	t := notEntered()
	if err := s.typedBefore(r, &t); err != nil {
		return err
	}
	return s.closingPage(w, r, p, http.StatusOK, t)
}

func (s *Server) closingPage(w http.ResponseWriter, r *request, p *app.ChildPage, code int, t entered) error {
	on := p.At.Date()
	d := closingData{entered: t, Child: p.Record.Child, Name: p.Identity.Name(), First: firstName(p.Identity.Name())}
	base := "/child/" + d.Child
	switch {
	case !p.Status.Open:
		d.Blocks = append(d.Blocks, [2]string{"The case is closed already.", base})
	case p.Status.Plan == "cp":
		d.Blocks = append(d.Blocks, [2]string{"The protection plan stands. A review conference ends it first.", base + "/meetings"})
	}
	if p.Status.Enquiry {
		d.Blocks = append(d.Blocks, [2]string{"A section 47 enquiry is on. Record how it ended first.", base + "/record/section47.ended"})
	}
	stays := p.OwedAfterClosing()
	for _, x := range p.Open() {
		switch {
		case stays[x.ID()]:
			d.Stays = append(d.Stays, x.Rule.Duty+", due "+x.Due.On.Long())
		case x.Late(p.At):
			d.Late = append(d.Late, leftLine{leftField(x.ID()), x.Rule.Duty, x.Due.On.Long(), whoOwes(p.Line, x.Owner, on), t.Values[leftField(x.ID())]})
		default:
			d.Ends = append(d.Ends, x.Rule.Duty+", due "+x.Due.On.Long())
		}
	}
	for _, g := range goalsOf(p) {
		gs := p.Record.GoalState(g.ID)
		d.Goals = append(d.Goals, closingGoal{g.Name, g.Change, gs.State, howKnown(gs.Evidence)})
	}
	for _, v := range p.Record.PlannedVisits() {
		d.Visits = append(d.Visits, v.On.Long())
	}
	d.StepDown = stepDown(p)
	for _, c := range cin.Codes(cin.SetReasonForClosure, 0) {
		d.Reasons = append(d.Reasons, [2]string{c.Code, c.Meaning})
	}
	d.Seen = "Nobody has recorded seeing " + d.First + " in this case."
	if at := p.Status.LastSeen; !at.IsZero() && !at.Before(p.Status.Since) {
		d.Seen = d.First + " was last seen on " + at.Date.Long()
		if p.Status.LastAlone.IsZero() || p.Status.LastAlone.Before(p.Status.Since) {
			d.Seen += ", and never alone in this case."
		} else {
			d.Seen += ", and last seen alone on " + p.Status.LastAlone.Date.Long() + "."
		}
	}
	f := s.page(r, "Close the case of "+d.Name, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, closingPageOf(f, d))
}

// stepDown says how far it is agreed who helps after us.
func stepDown(p *app.ChildPage) string {
	out := ""
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		if b, ok := ev.Body.(child.Level); ok && b.Way == "down" && !ev.When.Before(p.Status.Since) {
			switch b.Step {
			case "proposed":
				out = "A step down to " + b.To + " was proposed on " + ev.When.Date.Long() + ". Nobody has accepted it yet."
			case "accepted":
				out = "A step down was accepted on the other side on " + ev.When.Date.Long() + "."
			case "refused":
				out = "A step down was refused on " + ev.When.Date.Long() + ". " + b.Why
			}
		}
	}
	return out
}

// closeCase closes it. What is late and ends undone is named with its reason.
func (s *Server) closeCase(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Close the case")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	t := enteredIn(r)
	text := func(name string) string { return strings.TrimSpace(t.Values[name]) }
	b := child.CaseClosed{Reason: text("reason"), Why: text("why"), After: text("who_helps_now")}
	if b.Reason == "" {
		t.Errors.Add("reason", "Choose why the case is closed")
	}
	if b.Why == "" {
		t.Errors.Add("why", "Enter what has changed for "+firstName(p.Identity.Name()))
	}
	if b.After == "" {
		t.Errors.Add("who_helps_now", "Enter who helps the family now, or that nobody needs to")
	}
	for _, x := range p.Open() {
		if why := text(leftField(x.ID())); why != "" {
			b.Left = append(b.Left, child.LeftOpen{Duty: x.ID(), What: x.Rule.Duty, Why: why})
		}
	}
	cmd := child.Command{Happened: day.On(r.now.Date()), Body: b, Source: entry.Source{Kind: "page"}}
	if err := r.desk.Try(p, cmd); err != nil {
		if _, refused := entry.Problems(err); !refused {
			return err
		}
		t.place(err, closingField)
	}
	if t.Errors.Any() {
		return s.closingPage(w, r, p, http.StatusUnprocessableEntity, t)
	}
	_, err = r.desk.Record(r.ctx(), app.Do{Child: p.Record.Child, Key: r.person() + " " + t.Key, Commands: []child.Command{cmd}})
	if _, refused := entry.Problems(err); refused {
		t.place(err, closingField)
		return s.closingPage(w, r, p, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + p.Record.Child
	if err := r.desk.MayStill(r.ctx(), access.SeeChild, p.Record.Child); err != nil {
		to = "/owed"
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// leftField is the field of a duty that ends undone: an id can hold what no address of a
// field can.
func leftField(id string) string { return closingField("left-" + id) }

// closingField is where on the page a refusal stands.
func closingField(f string) string {
	if f == "" {
		return "form"
	}
	return strings.NewReplacer(":", "-", ".", "-").Replace(f)
}
