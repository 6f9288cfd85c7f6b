package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// briefData is a child in one page: for a new worker, and for whoever is rung at two in
// the morning. It must fit one side of A4, so each part says how much of it there is.
type briefData struct {
	Child, Name, Title, Known string
	Who                       string
	Lives, LivesHow           string
	At                        string
	Danger                    []briefLine
	Answers                   []briefAnswer
	Plan                      string
	PlanHref                  string
	Goals                     []briefGoal
	Ring                      [][2]string
	Seen                      []briefLine
	Words                     []briefLine
	Family                    []briefKin
	Kin                       string // how many more there are
	Owed                      []dutyLine
	OwedMore                  string
	Events                    []briefLine
	Unknown                   []string
	Links                     []shell.Link
}

// briefLine is a fact, with who said it and when, and where it stands.
type briefLine struct {
	Bold, Text, By, Href string
}

// briefAnswer is somebody who answers for the child.
type briefAnswer struct {
	Post, Name, Note, Phone string
	Gap                     bool
}

type briefGoal struct {
	Name, Change, PlanB string
	State               shell.State
	How                 string
	Numbers             string
}

type briefKin struct {
	Name, Relation, Phone, Says string
	State                       shell.State
}

// How much of each part fits one side of A4 with the others.
const (
	briefGoals  = 4
	briefKins   = 7
	briefDuties = 6
	briefEvents = 5
	briefUnsafe = 4   // people with whom the child is not safe, in the box of dangers
	briefLetter = 100 // letters of what an entry says
	briefLine1  = 64  // and where it must stand on one line
	briefWord   = 26  // letters of who somebody is, and of where they live
)

func (s *Server) brief(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "In one page")
	if err != nil {
		return err
	}
	d := s.briefOf(p, known)
	f := s.childFrame(r, p, "In one page", known, true)
	return s.render(w, http.StatusOK, briefPage(f, d))
}

// briefOf puts the page together, of the same folds as every other page.
func (s *Server) briefOf(p *app.ChildPage, known day.Instant) briefData {
	id, on := p.Identity, p.At.Date()
	d := briefData{Child: p.Record.Child, Name: id.Name(), Title: id.Name() + age(id.Birth, id.Expected, on), Known: keep(known), At: p.At.Long(), Links: storyLinks(p, known, "brief")}
	var who []string
	if id.Birth != 0 {
		who = append(who, "Born "+id.Birth.Long()+".")
	}
	for _, x := range id.IDs {
		switch x.System {
		case "nhs":
			who = append(who, "NHS number "+x.Value+".")
		case "la-child":
			who = append(who, "Number "+x.Value+".")
		}
	}
	bold, rest := situationLine(p)
	who = append(who, bold, rest)
	d.Who = strings.Join(who, " ")
	family := p.Record.Family()
	d.lives(p, family)
	d.danger(p, family)
	d.answers(p)
	d.plan(p)
	d.seen(p)
	d.family(p, family)
	d.owed(s, p, known)
	d.events(p)
	d.unknown(p, family)
	return d
}

func (d *briefData) href(ev *child.Event) string {
	return "/child/" + d.Child + "/entry/" + string(ev.ID) + d.Known
}

// said is a fact from an entry, with who recorded it and when.
func (d *briefData) said(p *app.ChildPage, ev *child.Event, bold, text string) briefLine {
	return briefLine{Bold: bold, Text: short(text, briefLetter), By: p.Line.Name(ev.Author) + ", " + shortDay(ev.When.Date, p.At.Date()), Href: d.href(ev)}
}

func (d *briefData) lives(p *app.ChildPage, family []child.Person) {
	d.Lives, d.LivesHow = livesNow(p)
	var with []string
	for _, m := range family {
		if m.Lives == child.LivesWith && !m.Away() {
			with = append(with, m.Name+" ("+m.Relation+")")
		}
	}
	if len(with) > 0 {
		d.LivesHow += " With " + strings.Join(with, ", ") + "."
	}
	d.Lives, d.LivesHow = strings.TrimSuffix(cmp.Or(d.Lives, "nobody has recorded where"), ".")+".", short(strings.TrimSpace(d.LivesHow), 3*briefLetter)
}

// danger is what is dangerous now, the most pressing first.
func (d *briefData) danger(p *app.ChildPage, family []child.Person) {
	st := p.Status
	first := firstName(d.Name)
	add := func(x briefLine) { d.Danger = append(d.Danger, x) }
	newest := func(kind entry.Kind) *child.Event {
		for i := len(p.Record.Events) - 1; i >= 0; i-- {
			if p.Record.Events[i].Kind == kind {
				return &p.Record.Events[i]
			}
		}
		return nil
	}
	if e, now := p.Record.MissingNow(); now {
		add(d.said(p, e.Start, "Missing since "+e.Start.When.Long()+".", summary(e.Start.Body, p.Line)))
	}
	for _, ev := range p.Record.OpenDangers() {
		b, _ := ev.Body.(child.Danger)
		add(d.said(p, ev, "Danger, not acted on.", b.What))
	}
	if ev, ok := p.Record.Event(st.Doubt); ok {
		b, _ := ev.Body.(child.Visit)
		text := b.Next
		if b.Told != "" {
			text += " Rung: " + b.Told + "."
		}
		add(d.said(p, &ev, map[string]string{"no": "A visit said: not safe tonight. Nobody has decided since.", "not sure": "A visit was not sure that " + first + " is safe tonight. Nobody has decided since."}[b.Safe], text))
	}
	if st.Enquiry {
		x := briefLine{Bold: "A section 47 enquiry is under way."}
		for _, k := range []entry.Kind{"section47.started", "strategy-discussion", "decision"} {
			if ev := newest(k); ev != nil {
				x = d.said(p, ev, x.Bold, summary(ev.Body, p.Line))
				break
			}
		}
		add(x)
	}
	if st.Rating == child.Ratings[0] {
		if w := p.Record.Waiting(); w.Waits() {
			add(d.said(p, &w.First, "Waits at the front door, rated red.", summary(w.First.Body, p.Line)))
		}
	}
	unsafe := 0
	people := slices.Clone(family)
	slices.SortStableFunc(people, func(a, b child.Person) int {
		return slices.Index(child.FamilySafe, b.Safe)%3 - slices.Index(child.FamilySafe, a.Safe)%3
	})
	for _, m := range people {
		if !m.Away() && (m.Safe == child.SafeNotWith || m.Safe == child.SafeNotLone) {
			if unsafe++; unsafe > briefUnsafe {
				continue
			}
			add(d.said(p, m.From["safe"], map[string]string{child.SafeNotWith: "Not safe with ", child.SafeNotLone: "Not alone with "}[m.Safe]+short(m.Name, briefWord)+".", short(m.SafeWhy, briefLine1)))
		}
	}
	if unsafe > briefUnsafe {
		add(briefLine{Bold: "And " + count(unsafe-briefUnsafe, "person", "people") + " more with whom " + first + " is not safe, or not alone: see the family."})
	}
	for _, x := range p.Record.OrdersInForce(p.At.Date()) {
		until := "no end is recorded"
		if x.Until != 0 {
			until = "until " + x.Until.Long()
		}
		add(d.said(p, x.Event, title(x.Of)+" order in force, "+until+".", ""))
	}
	if st.LookedAfter {
		add(briefLine{Bold: "Looked after: " + legalStatus(st.Legal) + ", since " + st.CareSince.Date.Long() + "."})
	}
	if x := p.Guard.Restriction; x != nil {
		add(briefLine{Bold: "The record is restricted: " + x.Category + ".", Text: "Ask " + lower(postTitle(p.Line, x.Owner)) + " before you tell anybody where the child is."})
	}
}

// answers are who answers tonight, and who is next up the line.
func (d *briefData) answers(p *app.ChildPage) {
	for _, t := range p.Tiers {
		if len(d.Answers) == 4 {
			break
		}
		x := briefAnswer{Post: cmp.Or(t.Post.Title, title(t.Tier.String()))}
		switch {
		case t.Gap && t.Post.ID == "":
			x.Name, x.Gap = "No named worker", true
			x.Note = "What is owed is with the team manager."
		case t.Answer.Person == "":
			x.Name, x.Gap = "Nobody in post", true
		case t.Gap:
			x.Name, x.Gap, x.Note = "Nobody in post", true, "Passes up to "+p.Line.Name(t.Answer.Person)+"."
		default:
			x.Name, x.Phone = p.Line.Name(t.Answer.Person), p.Line.Telephone(t.Answer.Person)
			if t.Answer.How == line.ByCover {
				x.Note = "Covers this post."
			}
			if a, away := p.Line.Absent(t.Answer.Person, p.At.Date()); away {
				x.Note = strings.TrimSpace(x.Note + " Away: " + a.What + ".")
			}
		}
		d.Answers = append(d.Answers, x)
	}
}

func (d *briefData) plan(p *app.ChildPage) {
	v, stands := p.Plan()
	d.PlanHref = "/child/" + d.Child + "/plan" + d.Known
	if !stands {
		d.Plan = "No plan in goals stands."
		if p.Status.OneLine != "" {
			d.Plan = "The plan in one line: " + p.Status.OneLine + " No plan in goals stands."
		}
		return
	}
	d.Plan = title(planName(v.Of)) + ", version " + itoa(v.Number) + ", approved on " + v.Approved.Date.Long() + " by " + p.Line.Name(v.By) + "."
	for i, g := range v.Goals {
		if i == briefGoals {
			d.Plan += " " + count(len(v.Goals)-i, "more goal", "more goals") + " in the plan."
			break
		}
		x := briefGoal{Name: g.Name, Change: short(g.Change, briefLetter-20), PlanB: short(g.PlanB, briefLetter)}
		x.State, x.How = goalState(p.Record.GoalState(g.ID))
		last := map[string]string{}
		var order []string
		for _, said := range p.Record.Views(g.ID) {
			if said.Scale != nil {
				who := sayer(said.View, firstName(d.Name))
				if last[who] == "" {
					order = append(order, who)
				}
				last[who] = itoa(*said.Scale)
			}
		}
		for i, who := range order {
			if i == 3 {
				break
			}
			order[i] = short(who, briefWord) + " " + last[who]
		}
		x.Numbers = strings.Join(order[:min(3, len(order))], ", ")
		d.Goals = append(d.Goals, x)
		for _, c := range g.Ring {
			if pair := [2]string{c.Name, c.Number}; !slices.Contains(d.Ring, pair) && len(d.Ring) < 6 {
				d.Ring = append(d.Ring, pair)
			}
		}
	}
}

// seen is when the child was last seen, and last seen alone, by whom, and what the child
// said last.
func (d *briefData) seen(p *app.ChildPage) {
	on := p.At.Date()
	var seen, alone *child.Event
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		ev := &p.Record.Events[i]
		if b, ok := ev.Body.(child.Visit); ok && b.Seen && seen == nil {
			seen = ev
		}
		if b, ok := ev.Body.(child.Visit); ok && b.Alone && alone == nil {
			alone = ev
		}
	}
	for _, x := range p.Record.ChildWords(2) {
		d.Words = append(d.Words, d.said(p, x.Event, "", "\""+short(x.Words, briefLetter)+"\""))
	}
	line := func(what string, ev *child.Event) {
		x := briefLine{Bold: what + ": never recorded."}
		if ev != nil {
			b, _ := ev.Body.(child.Visit)
			x = d.said(p, ev, what+": "+ago(ev.When.Date, on)+".", strings.Trim(b.Where+", "+b.Room, ", "))
		}
		d.Seen = append(d.Seen, x)
	}
	line("Last seen", seen)
	line("Last seen alone", alone)
}

func (d *briefData) family(p *app.ChildPage, family []child.Person) {
	var gone int
	for _, m := range family {
		if m.Away() {
			gone++
			continue
		}
		if len(d.Family) == briefKins {
			d.Kin = "There are more on the page of the family."
			continue
		}
		x := briefKin{Name: short(m.Name, briefWord), Relation: short(m.Relation, briefWord), Phone: m.Phone, State: shell.State{Text: map[string]string{child.SafeWith: "safe with them", child.SafeNotLone: "not alone", child.SafeNotWith: "not safe"}[m.Safe]}}
		switch m.Safe {
		case child.SafeWith:
			x.State.Kind = shell.OK
		case child.SafeNotLone:
			x.State.Kind = shell.Soon
		case child.SafeNotWith:
			x.State.Kind = shell.Late
		default:
			x.State.Text = "safe? nobody knows"
		}
		switch {
		case m.Lives == child.LivesWith:
			x.Says = "Lives with " + firstName(d.Name)
		case m.Where != "":
			x.Says = short(m.Where, briefWord)
		}
		d.Family = append(d.Family, x)
	}
	if gone > 0 {
		d.Kin += " " + count(gone, "person is", "people are") + " not in the child's life any more."
	}
}

// owed is what is late, and what is due in seven days.
func (d *briefData) owed(s *Server, p *app.ChildPage, known day.Instant) {
	n := 0
	for _, x := range p.Open() {
		if !x.Late(p.At) && x.Due.On > p.At.Date()+7 {
			continue
		}
		if n++; n > briefDuties {
			continue
		}
		d.Owed = append(d.Owed, s.dutyLine(p, x, known))
	}
	if n > briefDuties {
		d.OwedMore = "And " + count(n-briefDuties, "more", "more") + "."
	}
}

// events are the last significant ones: those that a person marked, and those that their
// kind makes one, but for what somebody said is not significant.
func (d *briefData) events(p *app.ChildPage) {
	marks := p.Record.Significant()
	not := notSignificant(p.Record)
	for i := len(p.Record.Events) - 1; i >= 0 && len(d.Events) < briefEvents; i-- {
		ev := &p.Record.Events[i]
		_, byKind := significant(ev.Body)
		if marks[ev.ID] == nil && (!byKind || not[ev.ID]) {
			continue
		}
		k, _ := app.Registry().Known(ev.Kind)
		x := d.said(p, ev, shortDay(ev.When.Date, p.At.Date())+". "+k.Title+".", short(title(summary(ev.Body, p.Line)), briefLine1))
		x.By = p.Line.Name(ev.Author)
		if m := marks[ev.ID]; m != nil {
			b, _ := m.Body.(child.Significant)
			x.Text, x.By = short(strings.TrimSuffix(x.Text, ".")+". Marked: "+b.Why, 2*briefLine1), p.Line.Name(m.Author)
		}
		d.Events = append(d.Events, x)
	}
}

// notSignificant are entries of which somebody said last that they are not significant.
func notSignificant(r child.Record) map[entry.ID]bool {
	out := map[entry.ID]bool{}
	for i := range r.Events {
		if b, ok := r.Events[i].Body.(child.Significant); ok {
			out[b.Entry] = !b.Is
		}
	}
	return out
}

// unknown is what nobody knows: what is not in the record stands on the page too.
func (d *briefData) unknown(p *app.ChildPage, family []child.Person) {
	no := func(is bool, text string) {
		if is {
			d.Unknown = append(d.Unknown, text)
		}
	}
	st := p.Status
	no(p.Identity.Birth == 0 && p.Identity.Expected == 0, "the date of birth")
	no(st.Unallocated(), "who the worker is: nobody is named")
	_, stands := p.Plan()
	no(st.Open && !stands, "what has to change: no plan in goals stands")
	no(stands && len(d.Ring) == 0, "whom to ring tonight: the plan has no number")
	nobody := true
	for _, a := range d.Answers {
		nobody = nobody && a.Phone == ""
	}
	no(len(d.Answers) > 0 && nobody, "how to reach who answers: the line has no telephone numbers of them")
	no(len(family) == 0, "who is in the family: nobody has recorded it")
	var unsafe, phones int
	for _, m := range family {
		if m.Away() {
			continue
		}
		if m.Safe == child.SafeUnknown {
			unsafe++
		}
		if m.Phone == "" && m.Lives == child.LivesWith {
			phones++
		}
	}
	no(unsafe > 0, "whether the child is safe with "+count(unsafe, "person", "people")+" around them")
	no(phones > 0, "the telephone number of "+count(phones, "person", "people")+" who "+map[bool]string{true: "lives", false: "live"}[phones == 1]+" with the child")
	no(len(p.Record.Offered()) > 0, "more about "+count(len(p.Record.Offered()), "person", "people")+" whom somebody named to us")
	no(st.Open && st.LastAlone.IsZero(), "what the child says alone: no visit alone is recorded")
	no(len(d.Words) == 0, "the child's own words: none are recorded")
	for _, x := range p.Duties {
		if x.State == duty.Open && x.Shifted {
			no(true, "whether what was due before the import was done")
			break
		}
	}
}
