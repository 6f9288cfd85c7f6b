package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
)

// visitData is the page on which a visit is recorded, on a phone, where it happens.
type visitData struct {
	entered
	Child, Name, First, Age string
	Base                    string // the child's page
	Purpose                 visitPurpose
	Fixed                   bool           // the purpose is given: it is not asked for
	Choices                 []visitPurpose // else what there is to choose from
	Matters                 string         // what the record says matters now
	When                    string         // today, 08:15, at home
	Announced               string
	Places                  [][2]string
	Unborn, Young           bool // no words are asked of whoever has none
	Could                   string
	Ring                    string // who must hear it, where it is not safe
	RingAs                  string
	States                  [][2]string
	Seen                    int64
	Clash                   []entryLine // what was recorded since the page was fetched
	ClashText               string
}

// visitPurpose is what a visit can be for. Value is planned:ID, goal:ID or other.
type visitPurpose struct {
	Value, Label, Text, Ask string
	goal, planned           string
	unannounced             bool
}

// otherPurpose is a purpose that is no goal of the plan.
const otherPurpose = "other"

// visitPurposes are what a visit to the child can be for: what is planned, by day, then
// the goals of the plan that stands, then of the one that waits for approval.
func visitPurposes(p *app.ChildPage) (out []visitPurpose) {
	today := p.At.Date()
	planned := p.Record.PlannedVisits()
	slices.SortStableFunc(planned, func(a, b child.PlannedVisit) int { return int(a.On - b.On) })
	for _, v := range planned {
		out = append(out, plannedPurpose(p, v.ID, v.VisitPlanned, today))
	}
	seen := map[string]bool{}
	stands, ok := p.Plan()
	waits, also := p.Record.PlanWaiting()
	for _, x := range []struct {
		plan child.PlanVersion
		ok   bool
	}{{stands, ok}, {waits, also}} {
		for i, g := range x.plan.Goals {
			if x.ok && !seen[g.ID] {
				seen[g.ID] = true
				out = append(out, visitPurpose{Value: "goal:" + g.ID, Label: "Goal " + itoa(i+1) + ", " + g.Name, Text: g.Change, goal: g.ID})
			}
		}
	}
	return out
}

func plannedPurpose(p *app.ChildPage, id entry.ID, v child.VisitPlanned, today day.Date) visitPurpose {
	x := visitPurpose{Value: "planned:" + string(id), Label: "Planned for " + dayWord(v.On, today), Text: v.Other, Ask: v.Ask, goal: v.Goal, planned: string(id), unannounced: v.Unannounced}
	if g, ok := p.Record.Goal(v.Goal); ok {
		x.Text = g.Change
		x.Label += ": goal " + goalNumber(p.Record, v.Goal)
	}
	return x
}

// goalNumber is which goal it is in the newest version of the plan that has it.
func goalNumber(r child.Record, id string) string {
	n := "?"
	for _, v := range r.Plans() {
		if i := slices.IndexFunc(v.Goals, func(g child.Goal) bool { return g.ID == id }); i >= 0 {
			n = itoa(i + 1)
		}
	}
	return n
}

func dayWord(d, today day.Date) string {
	switch d {
	case today:
		return "today"
	case today - 1:
		return "yesterday"
	case today + 1:
		return "tomorrow"
	}
	return d.Short()
}

// purposeOf is the purpose that a value names. A planned visit that was recorded already
// has one too: what is sent again is the same wish.
func purposeOf(p *app.ChildPage, value string) (visitPurpose, bool) {
	if value == otherPurpose {
		return visitPurpose{Value: otherPurpose, Label: "Another purpose"}, true
	}
	if id, ok := strings.CutPrefix(value, "planned:"); ok {
		ev, found := p.Record.Event(entry.ID(id))
		if v, is := ev.Body.(child.VisitPlanned); found && is {
			return plannedPurpose(p, ev.ID, v, p.At.Date()), true
		}
		return visitPurpose{}, false
	}
	if id, ok := strings.CutPrefix(value, "goal:"); ok {
		if g, found := p.Record.Goal(id); found {
			return visitPurpose{Value: value, Label: "Goal " + goalNumber(p.Record, id) + ", " + g.Name, Text: g.Change, goal: id}, true
		}
	}
	return visitPurpose{}, false
}

// visitForm is the page: with ?planned= or ?goal= for that, with ?purpose=choose to choose.
// Without any, what is planned for today is what somebody comes for.
func (s *Server) visitForm(w http.ResponseWriter, r *request) error {
	what := "Visit"
	if r.URL.Query().Get("keep") != "" {
		what = "Visit, kept on a phone"
	}
	p, _, err := s.load(r, what)
	if err != nil {
		return err
	}
	d := visitData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	q := r.URL.Query()
	switch {
	case q.Get("planned") != "":
		d.Values["purpose"] = "planned:" + q.Get("planned")
	case q.Get("goal") != "":
		d.Values["purpose"] = "goal:" + q.Get("goal")
	case q.Get("purpose") == "choose":
		d.Values["purpose"] = ""
	case d.Values["purpose"] == "":
		var due []visitPurpose
		for _, v := range p.Record.PlannedVisits() {
			if v.On <= p.At.Date() {
				due = append(due, plannedPurpose(p, v.ID, v.VisitPlanned, p.At.Date()))
			}
		}
		if len(due) == 1 {
			d.Values["purpose"] = due[0].Value
		}
	}
	if x, ok := purposeOf(p, d.Values["purpose"]); ok {
		d.Purpose, d.Fixed = x, x.Value != otherPurpose
	} else if d.Values["purpose"] != "" {
		d.Values["purpose"] = ""
		if q.Get("planned")+q.Get("goal") != "" {
			return app.ErrNotFound
		}
	}
	if d.Values["on"] == "" { // nothing was typed before
		now := r.now.Local()
		d.Values["on"], d.Values["at"] = r.now.Date().String(), now.Format("15:04")
	}
	return s.visitPage(w, r, http.StatusOK, d, p)
}

// visitPage fills in what the record says, and shows the page.
func (s *Server) visitPage(w http.ResponseWriter, r *request, code int, d visitData, p *app.ChildPage) error {
	id, on := p.Identity, p.At.Date()
	d.Child, d.Name, d.First, d.Age, d.Base = p.Record.Child, id.Name(), firstName(id.Name()), age(id.Birth, id.Expected, on), "/child/"+p.Record.Child
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name, d.First, d.Age = "a record that is closed to you", "the child", ""
	}
	if d.First == "" {
		d.First = "the child"
	}
	d.Places, d.Seen = whereChoices, p.LastSeq
	d.Choices = visitPurposes(p)
	d.Unborn = id.Birth == 0 && id.Expected != 0 || id.Birth > on
	d.Young = d.Unborn || id.Birth != 0 && on.Years(id.Birth) < 3
	d.Values["where"] = cmp.Or(d.Values["where"], "home")
	d.Values["announced"] = cmp.Or(d.Values["announced"], map[bool]string{true: "yes", false: "no"}[d.Purpose.planned != "" && !d.Purpose.unannounced])
	if d.Fixed || d.Purpose.Value == otherPurpose {
		d.Values["purpose"] = d.Purpose.Value
	}
	d.When, d.Announced = whenWords(d.entered, on), announcedWords(d.Values["announced"])
	d.Matters = strings.TrimSpace(speech(id) + " " + mattersNow(p, d.First))
	d.Could = couldConfirm(p, d.Purpose.goal, r.line.Name(r.person()))
	d.Ring, d.RingAs = mustHear(r, p)
	if d.Purpose.goal != "" || !d.Fixed {
		for _, st := range child.GoalStates {
			d.States = append(d.States, [2]string{st, title(st)})
		}
	}
	f := s.page(r, "Visit to "+d.First, "")
	f.Errors, f.Phone = d.Errors.Any(), true
	return s.render(w, code, visitPageOf(f, d))
}

// whenWords are when and where in a line.
func whenWords(t entered, today day.Date) string {
	text := t.Values["on"]
	if on, err := day.Parse(text); err == nil {
		text = title(dayWord(on, today))
	}
	if at := t.Values["at"]; at != "" {
		text += ", " + at
	}
	for _, c := range whereChoices {
		if c[0] == t.Values["where"] {
			text += ", " + lower(c[1])
		}
	}
	return text + "."
}

func announcedWords(v string) string {
	if v == "yes" {
		return "Announced."
	}
	return "Not announced."
}

// mattersNow is what the record says matters at the next visit: when the child was last
// seen alone, or seen at all.
func mattersNow(p *app.ChildPage, first string) string {
	on, s := p.At.Date(), p.Status
	days := func(d day.Date) string { return count(int(on-d), "day", "days") }
	switch {
	case p.Identity.Birth == 0 && p.Identity.Expected != 0:
		return ""
	case s.LastSeen.Date == 0:
		return "No visit that saw " + first + " is recorded yet."
	case s.LastAlone.Date == 0:
		return first + " has never been seen alone, as far as is recorded. Last seen " + ago(s.LastSeen.Date, on) + "."
	case s.LastAlone.Date < on:
		return first + " has not been seen alone for " + days(s.LastAlone.Date) + "."
	}
	return first + " was seen alone today already."
}

// couldConfirm is who could confirm what was only said: who helps with the goal, and who
// sees a child of this age.
func couldConfirm(p *app.ChildPage, goal, me string) string {
	var who []string
	if g, ok := p.Record.Goal(goal); ok {
		for _, h := range g.Help {
			if h.Who != "" && h.Who != me && !slices.Contains(who, h.Who) {
				who = append(who, h.Who)
			}
		}
	}
	on, birth := p.At.Date(), p.Identity.Birth
	switch years := on.Years(birth); {
	case birth == 0 || birth > on:
		who = append(who, "the midwife")
	case years < 2:
		who = append(who, "the health visitor")
	case years < 5:
		who = append(who, "nursery")
	default:
		who = append(who, "school")
	}
	return strings.Join(who, ", ")
}

// mustHear is who must hear that a child may not be safe tonight: the manager of the
// child's team, or whoever is above, where that is whoever records.
func mustHear(r *request, p *app.ChildPage) (name, as string) {
	on := r.now.Date()
	post := r.line.Resolve(line.KeyOfManager(p.Status.Team), on)
	if p.Status.Team == "" {
		post = r.line.Resolve(line.KeyOfFunction(line.FrontDoor), on)
	}
	for _, up := range r.line.Up(post, on) {
		if a := r.line.Answers(up.ID, on); a.Person != "" && a.Person != r.person() {
			return r.line.Name(a.Person), lower(up.Title)
		}
	}
	return "", ""
}

// recordVisit checks everything at once, and records the visit and how far its goal has
// come, all or nothing.
func (s *Server) recordVisit(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Visit")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d := visitData{entered: enteredIn(r)}
	d.Form = ""
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	b := child.Visit{Where: v("where"), Room: v("where_and_how_long"), Present: v("who_was_there"), Words: v("childs_words"), Observed: v("what_was_seen"),
		Learnt: v("learnt"), Evidence: d.lists["how_known"], Safe: v("safe_tonight"), Next: v("next"), WhyNot: v("why_not_seen")}
	if x := v("journey_minutes"); x != "" {
		n, err := strconv.Atoi(x)
		if b.Journey = n; err != nil || n < 1 || n > child.JourneyMost {
			d.Errors.Add("journey_minutes", "Enter the minutes there and back in figures, from 1 to "+strconv.Itoa(child.JourneyMost))
		}
	}
	b.Marked, b.Mark.Words = v("before_a_copy"), v("before_a_copy_which")
	known := false
	if d.Purpose, known = purposeOf(p, v("purpose")); !known {
		d.Errors.Add("purpose", "Say what the visit was for: a goal of the plan, or another purpose")
	}
	d.Fixed = known && d.Purpose.Value != otherPurpose && v("fixed") == "yes"
	b.Planned, b.Goal = entry.ID(d.Purpose.planned), d.Purpose.goal
	switch {
	case d.Purpose.Value == otherPurpose && v("other_purpose") == "":
		d.Errors.Add("other_purpose", "Enter what the visit was for, and why it was no goal of the plan")
	case d.Purpose.Value == otherPurpose:
		b.Purpose = v("other_purpose")
	case b.Goal == "":
		b.Purpose = d.Purpose.Text
	}
	happened := d.visitWhen()
	if ev, ok := p.Record.Event(b.Planned); ok && happened.Long() == ev.When.Long() {
		happened = ev.When // planned and made within a minute, and the form knows no seconds
	}
	if a := v("announced"); a != "" {
		yes := a == "yes"
		b.Announced = &yes
	}
	switch v("seen") {
	case "yes":
		b.Seen = true
		switch v("alone") {
		case "yes":
			b.Alone = true
		case "no":
		default:
			d.Errors.Add("alone", "Say whether you saw "+first+" alone")
		}
		b.WhyNot = "" // it was typed before the answer changed
		if b.Words == "" && b.Observed == "" {
			d.Errors.Add(wordsField(p), "Enter what "+first+" said, or what you saw")
		}
	case "no":
		b.Room = ""
		if v("alone") == "yes" {
			d.Errors.Add("alone", "A child who was not seen was not seen alone")
		}
	default:
		d.Errors.Add("seen", "Say whether you saw "+first)
	}
	if b.Learnt != "" && len(b.Evidence) == 0 {
		d.Errors.Add("how_known", "Tick how you know: said, seen, or confirmed")
	}
	if b.Safe == "" {
		d.Errors.Add("safe_tonight", "Say whether "+first+" is safe tonight")
	}
	if name, _ := mustHear(r, p); b.Safe != "yes" && v("rang") != "" {
		b.Told = name
	}
	cmds := []child.Command{{Happened: happened, Body: b, Source: entry.Source{Kind: "page"}}}
	if st := v("goal_state"); st != "" && b.Goal != "" {
		cmds = append(cmds, child.Command{Happened: day.On(happened.Date), Body: child.GoalMoved{Goal: b.Goal, State: st, Evidence: b.Evidence}, Source: entry.Source{Kind: "page"}})
	}
	again := func(code int) error { return s.visitPage(w, r, code, d, p) }
	if d.Errors.Any() { // what the record would say of it is said at the same time
		for _, c := range cmds {
			if c.Happened.IsZero() {
				c.Happened = day.AtInstant(r.now)
			}
			d.place(r.desk.Try(p, c), visitField)
		}
		d.Errors = slices.DeleteFunc(d.Errors, func(e govuk.FieldError) bool {
			return e.Field == "purpose" && !known && e.Text != "Say what the visit was for: a goal of the plan, or another purpose" || e.Field == "why_not_seen" && v("seen") == "" ||
				e.Field == "form" // it follows from what is missing
		})
		sortVisit(&d)
		return again(http.StatusUnprocessableEntity)
	}
	seen, _ := strconv.ParseInt(v("seen_up_to"), 10, 64)
	done, clash, err := r.desk.RecordVisit(r.ctx(), p, app.Do{Child: p.Record.Child, Commands: cmds, Key: r.person() + " " + d.Key}, seen)
	if errors.Is(err, app.ErrConflict) {
		for i := len(clash) - 1; i >= 0; i-- {
			d.Clash = append(d.Clash, entryRow(p, clash[i], 0))
		}
		d.ClashText = "Nothing of your visit is lost, and nothing was overwritten. " + count(len(clash), "entry was", "entries were") + " recorded about " + first + " since you opened this page. Look at both, change what you like, and send it."
		return again(http.StatusConflict)
	}
	if _, refused := entry.Problems(err); refused {
		d.place(err, visitField)
		sortVisit(&d)
		return again(http.StatusUnprocessableEntity)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + p.Record.Child
	if err := r.desk.MayStill(r.ctx(), access.SeeChild, p.Record.Child); errors.Is(err, app.ErrForbidden) {
		to = "/owed"
	} else if err != nil {
		return err
	}
	to += "?done=" + string(done.Entries[0])
	if !sentKept(w, r, to) {
		http.Redirect(w, r.Request, to, http.StatusSeeOther)
	}
	return nil
}

// wordsField is where the third question asks: of the smallest what was seen.
func wordsField(p *app.ChildPage) string {
	if b := p.Identity.Birth; b == 0 && p.Identity.Expected != 0 || b != 0 && p.At.Date().Years(b) < 3 {
		return "what_was_seen"
	}
	return "childs_words"
}

// visitWhen reads the day, and the time where it is known.
func (t *entered) visitWhen() day.When {
	on, err := day.Parse(strings.TrimSpace(t.Values["on"]))
	if err != nil {
		t.Errors.Add("on", "Enter the day of the visit")
		return day.When{}
	}
	tm := strings.TrimSpace(t.Values["at"])
	if tm == "" {
		return day.On(on)
	}
	at, err := day.ParseInstant(on.String() + "T" + pad(tm, 5))
	if err != nil {
		t.Errors.Add("at", "Enter the time as hours and minutes, such as 16:50")
		return day.When{}
	}
	return day.AtInstant(at)
}

// visitField is where on the page a problem is shown.
func visitField(problem string) string {
	switch problem {
	case "happened":
		return "on"
	case "planned", "goal":
		return "purpose"
	case "state":
		return "goal_state"
	case "purpose", "where", "alone", "where_and_how_long", "who_was_there", "journey_minutes", "why_not_seen", "childs_words", "what_was_seen", "learnt", "how_known", "safe_tonight", "next",
		"before_a_copy", "before_a_copy_which":
		return problem
	}
	return "form"
}

// sortVisit puts the problems in the order of the page.
func sortVisit(d *visitData) {
	order := []string{"form", "purpose", "other_purpose", "on", "at", "where", "announced", "seen", "alone", "where_and_how_long", "why_not_seen", "childs_words", "what_was_seen", "who_was_there", "journey_minutes", "learnt", "how_known",
		"safe_tonight", "next", "goal_state", "before_a_copy", "before_a_copy_which"}
	slices.SortStableFunc(d.Errors, func(a, b govuk.FieldError) int { return slices.Index(order, a.Field) - slices.Index(order, b.Field) })
}

// learntLabel asks of a visit for no goal what is known now.
func learntLabel(d visitData) string {
	if d.Purpose.goal == "" && d.Purpose.Value != "" {
		return "4. What do you know now that you did not know?"
	}
	return "4. What did you learn about the goal?"
}

func seenHint(d visitData) string {
	if d.Unborn {
		return "What shows how things will be for the baby: the room, what is prepared, who is there."
	}
	return "A small child tells by what they do. Write what you saw, not what you think of it."
}

// describedBy names the text of what is wrong with an answer.
func describedBy(errs govuk.Errors, id string) templ.Attributes {
	if errs.For(id) == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": id + "-error"}
}

// yourVisit is what was typed, in short, to stand beside what was recorded meanwhile.
func yourVisit(d visitData) (out []string) {
	switch {
	case d.Values["seen"] == "yes" && d.Values["alone"] == "yes":
		out = append(out, "Seen, alone.")
	case d.Values["seen"] == "yes":
		out = append(out, "Seen, not alone.")
	case d.Values["seen"] == "no":
		out = append(out, "Not seen.")
	}
	for _, name := range []string{"why_not_seen", "childs_words", "what_was_seen", "learnt", "next"} {
		if v := strings.TrimSpace(d.Values[name]); v != "" {
			out = append(out, v)
		}
	}
	if v := d.Values["safe_tonight"]; v != "" {
		out = append(out, "Safe tonight: "+v+".")
	}
	return out
}
