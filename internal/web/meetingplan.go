package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// planMeetingData is the page on which a meeting is planned, or changed.
type planMeetingData struct {
	entered
	Child, Name, First, Age string
	Base, Do                string
	Title, Sub, Verb        string
	Change                  bool
	Sorts                   []sortChoice
	Chairs                  [][2]string
	Rows                    []inviteRow
	Agencies                [][2]string
	Kin                     []kinChoice
	Open                    bool
}

// sortChoice is a sort of meeting, with by when it is due.
type sortChoice struct {
	Value, Text string
	Due         []string
	Needs       string
}

// inviteRow is somebody who can be invited. Who is known by name already is only ticked.
type inviteRow struct {
	N, Name, As, Agency, Person string
	In                          bool
	Not                         string
	Fixed                       bool // the name is not asked for
	NeedsWhy                    bool // who is not invited needs a reason
}

// kinChoice is the record of a brother or sister, whom the meeting can be about too.
type kinChoice struct {
	ID, Name string
	On       bool
}

// blankRows are the rows in which somebody new can be entered; mostRows is how many rows a
// form takes at all.
const (
	blankRows = 3
	mostRows  = 40
)

// offers are whoever is around the child, for the form that invites people: those first who
// come to most meetings.
func inviteOffers(p *app.ChildPage, sort string) (out []inviteRow) {
	on := p.At.Date()
	seen := map[string]bool{}
	add := func(x inviteRow) {
		key := strings.ToLower(strings.TrimSpace(x.Name))
		if key == "" || seen[key] || len(out) == mostRows-blankRows {
			return
		}
		seen[key] = true
		x.Fixed = true
		out = append(out, x)
	}
	closed := sort == child.MeetStrategy // a family is not at it
	id := p.Identity
	if first := firstName(id.Name()); first != "" && (id.Birth != 0 && id.Birth <= on) {
		add(inviteRow{Name: first, As: "The child", Agency: child.OfFamily})
	}
	for _, m := range p.Record.Family() {
		if m.Away() {
			continue
		}
		x := inviteRow{Name: m.Name, As: m.Relation, Agency: child.OfFamily, Person: string(m.ID)}
		switch m.Role {
		case "parent", "carer":
			x.In, x.NeedsWhy = !closed, !closed
		case "professional":
			x.Agency = "" // nobody said: it is asked for
		case "brother or sister":
			continue
		}
		add(x)
	}
	for _, o := range p.Record.Offered() {
		if o.Member.Child == "" {
			add(inviteRow{Name: o.Member.Name, As: o.Member.Relation, Agency: child.OfFamily})
		}
	}
	holder := func(post, as string, in bool) {
		if h, ok := p.Line.Holder(post, on); ok {
			add(inviteRow{Name: p.Line.Name(h.Person), As: as, Agency: child.OfSocialCare, In: in})
		}
	}
	holder(p.Status.Post, "Social worker", true)
	if m, ok := p.Line.Manager(p.Status.Team, on); ok {
		holder(m, "Team manager", closed)
	}
	for i := len(p.Record.Events) - 1; i >= 0; i-- { // who was at a meeting before
		of, h, ok := child.HeldOf(p.Record.Events[i].Body)
		if !ok {
			continue
		}
		for _, t := range h.There {
			add(inviteRow{Name: t.Name, As: t.As, Agency: t.Agency, In: of == sort && t.Agency != child.OfFamily})
		}
	}
	planned := p.Record.Meetings()
	for i := len(planned) - 1; i >= 0; i-- {
		for _, x := range planned[i].Invited {
			add(inviteRow{Name: x.Name, As: x.As, Agency: x.Agency})
		}
	}
	if v, ok := p.Plan(); ok {
		for _, g := range v.Goals {
			for _, h := range g.Help {
				add(inviteRow{Name: h.Who, As: "helps with " + lower(g.Name)})
			}
		}
	}
	return out
}

// mustStill are the agencies that must be at a meeting, and of which nobody is among rows.
func mustStill(rows []inviteRow, p *app.ChildPage, sort string) (must []string) {
	needs, _ := p.Rules.Needs(sort, p.At.Date())
	for _, a := range needs.Must {
		if !slices.ContainsFunc(rows, func(x inviteRow) bool { return x.Agency == a }) {
			must = append(must, a)
		}
	}
	return must
}

// withRows gives rows their numbers, and adds empty ones: for those first who must be there.
func withRows(rows []inviteRow, p *app.ChildPage, sort string, blanks int) []inviteRow {
	must := mustStill(rows, p, sort)
	for range blanks {
		x := inviteRow{In: true}
		if len(must) > 0 {
			x.Agency, must = must[0], must[1:]
		}
		rows = append(rows, x)
	}
	for i := range rows {
		rows[i].N = "i" + itoa(i)
	}
	return rows
}

// inviteRows reads what was typed.
func (t entered) inviteRows() (rows []inviteRow) {
	n, _ := strconv.Atoi(t.Values["rows"])
	for i := range min(max(n, 0), mostRows) {
		v := func(name string) string { return strings.TrimSpace(t.Values["i"+itoa(i)+"-"+name]) }
		rows = append(rows, inviteRow{N: "i" + itoa(i), Name: v("name"), As: v("as"), Agency: v("agency"), Person: v("person"), In: v("in") != "", Not: v("not"), Fixed: v("fixed") != "", NeedsWhy: v("why") != ""})
	}
	return rows
}

// meetingChairs are the posts that can chair: the conference chairs, and the managers above
// the child's worker.
func (s *Server) meetingChairs(r *request, p *app.ChildPage) (out [][2]string, err error) {
	if out, err = s.options(r, p, "chair"); err != nil {
		return nil, err
	}
	on := p.At.Date()
	up := p.Status.Post
	if up == "" {
		up, _ = p.Line.Manager(p.Status.Team, on)
	}
	for _, post := range p.Line.Up(up, on) {
		if post.Tier >= line.TeamManager && post.Tier < line.Director && !slices.ContainsFunc(out, func(x [2]string) bool { return x[0] == post.ID }) {
			out = append(out, [2]string{post.ID, chairOf(p, post.ID, "")})
		}
	}
	for _, post := range p.Line.Posts(on) {
		if post.Function == line.Reviewer && !slices.ContainsFunc(out, func(x [2]string) bool { return x[0] == post.ID }) {
			out = append(out, [2]string{post.ID, chairOf(p, post.ID, "")})
		}
	}
	return out, nil
}

// kinOpen are the brothers and sisters with a record that whoever asks may see.
func (s *Server) kinOpen(r *request, p *app.ChildPage, ticked []string) (out []kinChoice, err error) {
	kin, err := r.desk.Kin(r.ctx(), "Meeting", p.Record.Kin())
	if err != nil {
		return nil, err
	}
	for _, id := range p.Record.Kin() {
		if row := kin[id]; row != nil && row.Closed == "" && row.Open && id != p.Record.Child {
			out = append(out, kinChoice{id, row.Name, slices.Contains(ticked, id)})
		}
	}
	return out, nil
}

func (s *Server) planMeetingForm(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan a meeting")
	if err != nil {
		return err
	}
	d := planMeetingData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if d.Values["rows"] == "" { // nothing was typed before
		sort := meetingSort(r.URL.Query().Get("of"))
		if id := entry.ID(r.PathValue("meeting")); id != "" {
			m, ok := p.Record.Meeting(id)
			if !ok || !m.Waits() {
				return app.ErrNotFound
			}
			sort = m.Of
			d.fromPlanned(p, m)
		} else {
			d.Rows = withRows(inviteOffers(p, sort), p, sort, blankRows)
			if sort == child.MeetConference || sort == child.MeetReviewing {
				d.Values["chair"] = p.Access.Chair
			}
			if on := nextMeeting(p, sort); on != 0 {
				d.Values["on"] = on.String()
			}
		}
		d.Values["of"] = sort
	}
	return s.planMeetingPage(w, r, http.StatusOK, d, p)
}

// nextMeeting is the day on which the last meeting said that the next would be, where that
// is still to come.
func nextMeeting(p *app.ChildPage, sort string) day.Date {
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		of, h, ok := child.HeldOf(p.Record.Events[i].Body)
		if ok && h.NextOn >= p.At.Date() && (of == sort || of == child.MeetConference && (sort == child.MeetCore || sort == child.MeetReviewing)) {
			return h.NextOn
		}
	}
	return 0
}

// fromPlanned fills the form with a meeting as it is planned.
func (d *planMeetingData) fromPlanned(p *app.ChildPage, m child.MeetingAbout) {
	v := d.Values
	v["on"], v["at"], v["where"], v["chair"], v["chair_name"], v["about"] = m.On.String(), m.At, m.Where, m.Chair, m.Named, m.About
	if m.Video {
		v["by_video"] = "yes"
	}
	if m.Named != "" {
		v["chair"] = otherChair
	}
	d.lists = map[string][]string{"with": m.With}
	var rows []inviteRow
	for _, x := range m.Invited {
		rows = append(rows, inviteRow{Name: x.Name, As: x.As, Agency: x.Agency, Person: string(x.Person), In: x.Not == "", Not: x.Not, Fixed: true, NeedsWhy: x.Not != ""})
	}
	for _, o := range inviteOffers(p, m.Of) {
		if !slices.ContainsFunc(rows, func(x inviteRow) bool { return strings.EqualFold(x.Name, o.Name) }) {
			o.In = false
			o.NeedsWhy = false
			rows = append(rows, o)
		}
	}
	d.Rows = withRows(rows, p, m.Of, blankRows)
}

// otherChair stands for a chair who has no post.
const otherChair = "somebody else"

func (s *Server) planMeetingPage(w http.ResponseWriter, r *request, code int, d planMeetingData, p *app.ChildPage) error {
	id := p.Identity
	d.Child, d.Name, d.First, d.Age = p.Record.Child, id.Name(), firstName(id.Name()), age(id.Birth, id.Expected, p.At.Date())
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name, d.First, d.Age = "a record that is closed to you", "the child", ""
	}
	d.First = cmp.Or(d.First, "the child")
	d.Base, d.Open, d.Do = "/child/"+d.Child, p.Status.Open, r.URL.Path
	d.Change = r.PathValue("meeting") != ""
	d.Title, d.Verb, d.Sub = "Plan a meeting about "+d.First, "Plan the meeting", "Everybody is invited once, in good time, and knows what it is about."
	if d.Change {
		d.Title, d.Verb, d.Sub = "Change the "+d.Values["of"]+" about "+d.First, "Change it", "What was planned before stays in the record, with why it changed."
	}
	if d.Rows == nil {
		d.Rows = d.inviteRows()
	}
	d.Agencies = same(child.Agencies)
	for _, x := range meetingSlugs {
		if !meetingSuits(p, x[1]) && d.Values["of"] != x[1] || d.Change && d.Values["of"] != x[1] {
			continue
		}
		c := sortChoice{Value: x[1], Text: title(x[1]), Needs: needsNote(p, x[1], p.At.Date())}
		for _, o := range p.WouldMeet(meetingBody(x[1])) {
			c.Due = append(c.Due, o.Rule.Duty+": due by "+o.Due.On.Long()+", "+s.daysLeft(p, o).Text+".")
		}
		d.Sorts = append(d.Sorts, c)
	}
	var err error
	if d.Chairs, err = s.meetingChairs(r, p); err != nil {
		return err
	}
	if d.Kin, err = s.kinOpen(r, p, d.lists["with"]); err != nil {
		return err
	}
	f := s.page(r, d.Title, "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, planMeetingPageOf(f, d))
}

// planMeeting plans a meeting, or changes one that is planned.
func (s *Server) planMeeting(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Plan a meeting")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d := planMeetingData{entered: enteredIn(r)}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	change := entry.ID(r.PathValue("meeting"))
	if m, ok := p.Record.Meeting(change); change != "" && (!ok || !m.Waits()) {
		return app.ErrNotFound
	} else if ok {
		d.Values["of"] = m.Of
	}
	d.Rows = d.inviteRows()
	if v("more") != "" {
		delete(d.Values, "more")
		d.Rows = withRows(d.Rows, p, v("of"), min(blankRows, mostRows-len(d.Rows)))
		return s.planMeetingPage(w, r, http.StatusOK, d, p)
	}
	b := child.MeetingPlanned{Of: v("of"), At: v("at"), Where: v("where"), Video: v("by_video") != "", Chair: v("chair"), About: v("about"), With: d.lists["with"]}
	if b.On, err = day.Parse(v("on")); err != nil {
		d.Errors.Add("on", "Enter the day of the meeting")
	}
	if b.Chair == otherChair {
		b.Chair, b.Named = "", v("chair_name")
		if b.Named == "" {
			d.Errors.Add("chair_name", "Enter who chairs it")
		}
	} else if _, ok := p.Line.Post(b.Chair, p.At.Date()); b.Chair != "" && !ok {
		d.Errors.Add("chair", "There is no such post")
	}
	at := map[int]string{} // where each person invited stands in the form
	for _, x := range d.Rows {
		invited := child.Invited{Name: x.Name, As: x.As, Agency: cmp.Or(x.Agency), Person: entry.ID(x.Person)}
		switch {
		case x.Name == "" && (x.As != "" || x.Not != ""):
			d.Errors.Add(x.N+"-name", "Enter their name")
			continue
		case x.Name == "":
			continue
		case x.In:
		case x.Not != "":
			invited.Not = x.Not
		case x.NeedsWhy && b.Of != child.MeetStrategy:
			d.Errors.Add(x.N+"-not", "Say why "+x.Name+" is not invited")
			continue
		default:
			continue
		}
		at[len(b.Invited)] = x.N + "-name"
		if x.Agency == "" {
			at[len(b.Invited)] = x.N + "-agency"
		}
		b.Invited = append(b.Invited, invited)
	}
	if len(b.Invited) == 0 && !d.Errors.Any() {
		d.Errors.Add("rows", "Tick whoever is invited")
	}
	var err2 error
	if b.With, err2 = s.withKin(r, p, b.With); err2 != nil {
		return err2
	}
	var body entry.Body = b
	if change != "" {
		body = child.MeetingChanged{Meeting: change, Of: b.Of, On: b.On, At: b.At, Where: b.Where, Video: b.Video, Chair: b.Chair, Named: b.Named, About: b.About, Invited: b.Invited, With: b.With, Why: v("why")}
	}
	place := func(problem string) string {
		if n, ok := strings.CutPrefix(problem, "invited-"); ok {
			i, _ := strconv.Atoi(n)
			return at[i]
		}
		switch problem {
		case "of", "on", "at", "where", "about", "why", "chair_name":
			return problem
		}
		return "form"
	}
	cmds := []child.Command{{Happened: day.AtInstant(r.now), Body: body, Source: entry.Source{Kind: "page"}}}
	missing := d.Errors.For("on") != ""
	for _, e := range problemsOf(r.desk.Try(p, cmds[0])) {
		if f := place(e.Field); d.Errors.For(f) == "" && (f != "on" || !missing) {
			d.Errors.Add(f, e.Text)
		}
	}
	if d.Errors.Any() {
		return s.planMeetingPage(w, r, http.StatusUnprocessableEntity, d, p)
	}
	dos := []app.Do{{Child: p.Record.Child, Commands: cmds, Now: true}}
	if change == "" {
		dos = append(dos, plannedWith(p.Record.Child, b)...)
	}
	done, err := r.desk.RecordTogether(r.ctx(), dos, r.person()+" "+d.Key)
	if _, refused := entry.Problems(err); refused {
		d.place(err, place)
		return s.planMeetingPage(w, r, http.StatusUnprocessableEntity, d, p)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	to := cmp.Or(change, done[0].Entries[0])
	http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/meeting/"+string(to)+"?done="+string(done[0].Entries[0]), http.StatusSeeOther)
	return nil
}

// plannedWith are the same plan in the records of brothers and sisters: who is invited by
// name, but no ids of another record, and no reason that another record gives.
func plannedWith(of string, b child.MeetingPlanned) (dos []app.Do) {
	for _, id := range b.With {
		x := b
		x.With = []string{of}
		for _, other := range b.With {
			if other != id {
				x.With = append(x.With, other)
			}
		}
		x.Invited = nil
		for _, y := range b.Invited {
			if y.Not == "" {
				y.Person = ""
				x.Invited = append(x.Invited, y)
			}
		}
		dos = append(dos, app.Do{Child: id, Now: true, Commands: []child.Command{{Body: x, Source: entry.Source{Kind: "page"}}}})
	}
	return dos
}

// withKin keeps of the records that a form names those that whoever asks may see.
func (s *Server) withKin(r *request, p *app.ChildPage, ids []string) (out []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	open, err := s.kinOpen(r, p, ids)
	for _, k := range open {
		if k.On {
			out = append(out, k.ID)
		}
	}
	return out, err
}
