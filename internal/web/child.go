package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

type childData struct {
	ID, Title, Sub, Bold, Rest string
	Open                       bool
	Guard                      [][2]string // who the record is closed to, and who opened it all the same
	Facts                      []shell.Fact
	Tiers                      []shell.Tier
	Words, WordsBy             string
	Duties                     []dutyLine
	Missed                     []dutyLine
	Picture                    picture
	Events                     []eventLine
	Actions                    []shell.Link
	Planned                    []plannedLine
	Story                      []shell.Link
	More                       []shell.Link
	Known                      string         // the query part that keeps the moment in links
	Decisions                  []decisionLine // about the child
	Propose                    string         // where to propose one
}

type dutyLine struct {
	Due, What, Href, By string
	State               shell.State
}

type eventLine struct {
	ID             entry.ID
	N              int
	Bad            bool
	Date, ISO      string
	Text, By, Href string
	Late           string // recorded long after it happened
	Disputes       []disputeLine
}

// keep is the query that keeps a past moment in links.
func keep(known day.Instant) string {
	if known == 0 {
		return ""
	}
	return "?known=" + known.Time().Format("2006-01-02T15:04:05.000000Z")
}

// load loads a child for a page, as known at the moment asked for.
func (s *Server) load(r *request, what string) (*app.ChildPage, day.Instant, error) {
	known, err := r.known()
	if err != nil {
		return nil, 0, err
	}
	if r.policy == access.SeeChild {
		p, err := r.desk.Child(r.ctx(), what, r.PathValue("child"), known)
		return p, known, err
	}
	do := r.policy
	if kind := r.PathValue("kind"); kind != "" {
		do = app.ActionOf(entry.Kind(kind))
	}
	p, err := r.desk.ChildFor(r.ctx(), do, what, r.PathValue("child"))
	return p, 0, err
}

// childFrame is the frame of a page about a child, with the one control that
// redraws it as known at a moment.
func (s *Server) childFrame(r *request, p *app.ChildPage, title string, known day.Instant, control bool) shell.Page {
	f := s.page(r, title, "")
	if !control && known == 0 {
		return f
	}
	f.Known = &shell.KnownBar{Value: local(p.At)}
	if p.Past {
		f.Known.Text = "Showing only what had been recorded by " + p.At.Long() + "."
		if p.Erased > 0 {
			f.Known.Text += " " + count(p.Erased, "entry that was known then has", "entries that were known then have") + " been erased since."
		}
		f.Known.Later = p.Later
		f.Known.BackHref = r.URL.Path
	}
	return f
}

func (s *Server) child(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Child")
	if err != nil {
		return err
	}
	id, on := p.Identity, p.At.Date()
	d := childData{ID: p.Record.Child, Title: id.Name() + age(id.Birth, id.Expected, on), Open: p.Status.Open, Known: keep(known)}
	d.Bold, d.Rest = situationLine(p)
	d.Guard = append(guardLines(r, p), privacyLines(r, p)...)
	var sub []string
	if id.Birth != 0 {
		sub = append(sub, "Born "+id.Birth.Long()+".")
	}
	if id.Address != "" {
		sub = append(sub, id.Address+".")
	}
	for _, x := range id.IDs {
		if x.System == "la-child" {
			sub = append(sub, "Number "+x.Value+".")
		}
	}
	d.Sub = strings.Join(sub, " ")
	d.Facts = s.facts(p, known)
	d.Tiers = tierStrip(p)
	d.Words, d.WordsBy = lastWords(p)
	for _, x := range p.Open() {
		d.Duties = append(d.Duties, s.dutyLine(p, x, known))
	}
	for _, x := range p.Missed() {
		if len(d.Missed) == 3 {
			break
		}
		d.Missed = append(d.Missed, s.dutyLine(p, x, known))
	}
	d.Picture, d.Events = draw(p, known)
	if known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil {
		base := "/child/" + p.Record.Child + "/record"
		d.Actions = []shell.Link{{Text: "Record visit", Href: "/child/" + p.Record.Child + "/visit"}, {Text: "Plan a visit", Href: "/child/" + p.Record.Child + "/visit/plan"}, {Text: "Record something else", Href: base}}
		d.Planned = plannedLines(p)
		if p.Status.Undecided {
			d.Actions = append([]shell.Link{{Text: "Decide", Href: base + "/decision"}}, d.Actions...)
		} else if p.Status.Unallocated() && len(r.desk.Who().Teams) > 0 {
			d.Actions = append([]shell.Link{{Text: "Allocate", Href: "/child/" + p.Record.Child + "/allocate"}}, d.Actions...)
		}
	}
	if len(p.Record.Plans()) > 0 || p.Status.Plan != "" || p.Status.LookedAfter || p.Status.LeavingCare {
		d.Actions = append(d.Actions, shell.Link{Text: firstName(id.Name()) + "'s plan", Href: "/child/" + p.Record.Child + "/plan" + keep(known)})
	}
	if p.Status.Enquiry {
		d.Actions = append(d.Actions, shell.Link{Text: "Section 47 enquiry", Href: s47Path(p.Record.Child) + keep(known)})
	} else if len(p.Record.Enquiries()) > 0 {
		d.More = append(d.More, shell.Link{Text: "Section 47", Href: s47Path(p.Record.Child) + keep(known)})
	}
	if p.Status.Assessing || p.Status.Awaiting {
		d.Actions = append(d.Actions, shell.Link{Text: firstName(id.Name()) + "'s assessment", Href: asmPath(p.Record.Child) + keep(known)})
	} else if len(p.Record.Assessments()) > 0 {
		d.More = append(d.More, shell.Link{Text: "Assessments", Href: asmPath(p.Record.Child) + keep(known)})
	}
	d.Story = storyLinks(p, known, "plan")
	if known == 0 && len(p.Status.Asked) > 0 {
		d.Actions = append([]shell.Link{{Text: "Who takes " + firstName(id.Name()) + "?", Href: "/child/" + p.Record.Child + "/asked"}}, d.Actions...)
	} else if known == 0 && p.Status.HandingOver != "" {
		d.Actions = append(d.Actions, shell.Link{Text: "Hand over", Href: "/child/" + p.Record.Child + "/asked"})
	}
	if p.Status.Missing { // before anything else
		d.Actions = append([]shell.Link{{Text: "Missing now", Href: "/child/" + p.Record.Child + "/missing" + keep(known)}}, d.Actions...)
	}
	if known == 0 {
		d.More = append(d.More, moreLinks(r, p)...)
		rows, err := r.desk.ChildDecisions(r.ctx(), p)
		if err != nil {
			return err
		}
		for _, x := range rows {
			d.Decisions = append(d.Decisions, s.decisionRow(p.Line, x))
		}
		if r.desk.MayChild(access.RecordChild, p.Access) == nil {
			d.Propose = "/decisions/new?from=/child/" + p.Record.Child
		}
	}
	f := s.childFrame(r, p, "Child", known, true)
	if e := r.URL.Query().Get("done"); e != "" && known == 0 {
		if ev, ok := findLog(p, entry.ID(e)); ok {
			k, _ := app.Registry().Known(ev.Kind)
			at := "/child/" + p.Record.Child + "/entry/" + e
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + " recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, http.StatusOK, childPage(f, d))
}

// guardLines say that the record is restricted, and who opened it in an
// emergency in the last two weeks.
func guardLines(r *request, p *app.ChildPage) (out [][2]string) {
	if x := p.Guard.Restriction; x != nil {
		out = append(out, [2]string{"Restricted: " + x.Category + ".", "Only people let in by " + whoHas(r, x.Owner) + " can open this record. It is looked at again by " + x.ReviewBy.Long() + "."})
	}
	for _, g := range p.Guard.Glass {
		if r.now-g.From > 14*24*day.Hour {
			continue
		}
		why := ""
		if e, ok := findLog(p, g.Entry); ok {
			if b, ok := e.Body.(child.GlassBroken); ok {
				why = b.Why
			}
		}
		state := "It waits for its review."
		if g.Reviewed {
			state = "It was reviewed."
		}
		out = append(out, [2]string{"Opened in an emergency by " + r.line.Name(g.Person) + ", " + g.From.Long() + ".", strings.TrimSuffix(why, ".") + ". " + state})
	}
	return out
}

func findLog(p *app.ChildPage, id entry.ID) (entry.Entry, bool) {
	for i := len(p.Record.Log) - 1; i >= 0; i-- {
		if p.Record.Log[i].ID == id {
			return p.Record.Log[i], true
		}
	}
	return entry.Entry{}, false
}

// facts are the four things to see first: last seen, last seen alone, what is
// late, what is next. Seen and seen alone are never one.
func (s *Server) facts(p *app.ChildPage, known day.Instant) []shell.Fact {
	on, cal := p.At.Date(), s.App.Pack.Calendar()
	seen := shell.Fact{Label: "Last seen", Value: ago(p.Status.LastSeen.Date, on)}
	if p.Status.LastSeen.Date != 0 {
		seen.Detail = p.Status.LastSeen.Date.Short()
		if p.Status.LastVisitPlace != "" && p.Status.LastVisit == p.Status.LastSeen {
			seen.Detail += ", " + p.Status.LastVisitPlace
		}
	} else {
		seen.Detail = "No visit that saw the child is recorded."
	}
	alone := shell.Fact{Label: "Last seen alone", Value: ago(p.Status.LastAlone.Date, on)}
	if p.Status.LastAlone.Date != 0 {
		alone.Detail = p.Status.LastAlone.Date.Short()
	} else {
		alone.Detail = "No visit alone with the child is recorded."
	}
	late, nxt := shell.Fact{Label: "Late", Value: "Nothing"}, shell.Fact{Label: "Next due", Value: "Nothing"}
	lateN := 0
	for _, d := range p.Open() {
		state := dueState(cal, d.Due, d.Span.Unit, p.At)
		links := []shell.Link{{Text: "Why?", Href: dutyHref(p.Record.Child, d.ID()) + keep(known)}}
		if d.Late(p.At) {
			if lateN++; lateN == 1 {
				late = shell.Fact{Label: "Late", Value: d.Rule.Duty, State: state, Detail: "was due " + d.Due.On.Short(), Links: links, Bad: true}
			}
			seen.Bad = seen.Bad || strings.HasSuffix(d.Rule.ID, ".visit") || strings.HasSuffix(d.Rule.ID, "see-child")
			alone.Bad = alone.Bad || strings.HasSuffix(d.Rule.ID, "seen-alone")
		} else if nxt.Value == "Nothing" {
			nxt = shell.Fact{Label: "Next due", Value: d.Rule.Duty, State: state, Links: links}
		}
	}
	if lateN > 1 {
		late.Detail += ", and " + count(lateN-1, "more", "more")
	}
	return []shell.Fact{seen, alone, late, nxt}
}

func tierStrip(p *app.ChildPage) (out []shell.Tier) {
	for _, t := range p.Tiers {
		x := shell.Tier{Post: title(t.Tier.String())}
		switch {
		case t.Gap && t.Post.ID == "":
			x.Name.Text, x.Reached = "No named worker", true
			if !p.Status.NoWorkerSince.IsZero() {
				x.Since = "since " + p.Status.NoWorkerSince.Date.Long()
			}
			x.Note = "What is owed is with the team manager."
		case t.Gap:
			x.Name.Text, x.Since, x.Reached = "Nobody in post", t.Post.Title, true
			if t.Answer.Person != "" {
				x.Note = "Passes up to " + p.Line.Name(t.Answer.Person) + "."
			}
		default:
			x.Name.Text = p.Line.Name(t.Answer.Person)
			x.Since = t.Post.Title
			if t.Answer.Since != 0 {
				y, m, _ := t.Answer.Since.Split()
				x.Since += ", since " + m.String() + " " + itoa(y)
			}
			if t.Answer.How == line.ByCover {
				x.Note = "Covering."
			}
		}
		switch {
		case t.Late > 0:
			x.State, x.Reached = shell.State{Kind: shell.Late, Text: "owes " + itoa(t.Owes) + ", " + itoa(t.Late) + " late"}, true
		case t.Told != 0:
			x.State, x.Reached = shell.State{Kind: shell.Late, Text: "told " + t.Told.Date().Short()}, true
		case t.Next != 0:
			x.State, x.Note = shell.State{Text: "told on " + t.Next.Date().Short()}, "if still late"
		case t.Owes > 0:
			x.State = shell.State{Text: "owes " + itoa(t.Owes)}
		}
		out = append(out, x)
	}
	return out
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lastWords are the child's newest own words, at a visit or of the plan.
func lastWords(p *app.ChildPage) (words, by string) {
	for _, x := range p.Record.ChildWords(1) {
		by = x.When.Date.Full()
		switch b := x.Body.(type) {
		case child.Visit:
			by += ", " + b.Where
			if b.Alone {
				by += ", alone"
			}
		case child.View:
			if b.How != "" {
				by += ", " + lower(strings.TrimSuffix(b.How, "."))
			}
		}
		return "\"" + strings.Trim(x.Words, "\"") + "\"", by + ". Heard by " + p.Line.Name(x.Author) + "."
	}
	return "", ""
}

func (s *Server) dutyLine(p *app.ChildPage, d duty.Duty, known day.Instant) dutyLine {
	return dutyLine{Due: shortDay(d.Due.On, p.At.Date()), What: d.Rule.Duty, Href: dutyHref(p.Record.Child, d.ID()) + keep(known),
		By: whoOwes(p.Line, d.Owner, p.At.Date()), State: endState(d, s.App.Pack.Calendar(), p.At)}
}

// shortDay leaves out the year where it is this one.
func shortDay(d, today day.Date) string {
	y, _, _ := d.Split()
	if ty, _, _ := today.Split(); y != ty {
		return d.Long()
	}
	return d.Short()
}

// childDuties lists every duty, ended ones too, newest first.
func (s *Server) childDuties(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Duties")
	if err != nil {
		return err
	}
	var rows []dutyLine
	for i := len(p.Duties) - 1; i >= 0; i-- {
		x := s.dutyLine(p, p.Duties[i], known)
		x.Due = p.Duties[i].Due.On.Long()
		rows = append(rows, x)
	}
	return s.render(w, http.StatusOK, dutiesPage(s.childFrame(r, p, "All duties", known, true), p.Identity.Name(), "/child/"+p.Record.Child+keep(known), rows))
}

type entryLine struct {
	Href, Kind, Happened, Recorded, By, Text, Source string
	Lag                                              string
	Disputes                                         []disputeLine
}

// entries lists everything recorded, in the order in which it was recorded.
func (s *Server) entries(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Entries")
	if err != nil {
		return err
	}
	var rows []entryLine
	for i := len(p.Record.Log) - 1; i >= 0; i-- {
		rows = append(rows, entryRow(p, p.Record.Log[i], known))
	}
	return s.render(w, http.StatusOK, entriesPage(s.childFrame(r, p, "Entries", known, true), p.Identity.Name(), "/child/"+p.Record.Child+keep(known), rows))
}

func entryRow(p *app.ChildPage, e entry.Entry, known day.Instant) entryLine {
	k, _ := app.Registry().Known(e.Kind)
	x := entryLine{Href: "/child/" + p.Record.Child + "/entry/" + string(e.ID) + keep(known), Kind: k.Title, Happened: e.Happened.Long(), Recorded: e.Recorded.Long(),
		By: p.Line.Name(e.Author), Text: summary(e.Body, p.Line), Source: source(e.Source), Disputes: disputeLines(p, e.ID, known)}
	if n := int(e.Recorded.Date() - e.Happened.Date); n > 2 && e.Source.Kind != "import" {
		x.Lag = count(n, "day later", "days later")
	}
	return x
}

func source(s entry.Source) string {
	switch s.Kind {
	case "import":
		return "imported (" + s.Of + ", line " + itoa(s.Line) + ")"
	case "rule":
		return "by the rules"
	case "api":
		return "by a program"
	case "simulation":
		return "invented"
	}
	return ""
}

type readLine struct{ When, Who, Href, Post, What, Grounds string }

// readers shows who has looked at the child's record.
func (s *Server) readers(w http.ResponseWriter, r *request) error {
	p, rs, err := r.desk.Readers(r.ctx(), r.PathValue("child"), 200)
	if err != nil {
		return err
	}
	var rows []readLine
	for _, x := range rs {
		rows = append(rows, readLine{When: x.At.Long(), Who: readerName(p, x.Person), Post: p.Line.Title(x.Post), What: x.What, Grounds: s.grounds(x)})
	}
	return s.render(w, http.StatusOK, readersPage(s.listPage(r, "Who has looked", "", nil), p.Identity.Name(), r.then("/child/"+p.Record.Child), rows))
}

// readerName is who looked: whoever was given the plan by the name under which it was
// given.
func readerName(p *app.ChildPage, person string) string {
	if of, ok := entry.FamilyShare(person); ok {
		if s, found := p.Record.Share(of); found {
			if s.As != "" {
				return s.To + ", " + s.As
			}
			return s.To
		}
	}
	return p.Line.Name(person)
}
