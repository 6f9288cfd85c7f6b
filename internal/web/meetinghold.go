package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// holdData is the page on which a meeting that was held is recorded, once.
type holdData struct {
	entered
	Child, Name, First, Age string
	Base, Do, Back          string
	Sort, Title, Sub        string
	Timed                   bool
	Chairs                  [][2]string
	ChairNote, Needs        string
	NotShown                []string // what the family had not seen, and since when it should have
	Rows                    []thereRow
	Agencies                [][2]string
	AsksHarm, AsksCore      bool
	Parents                 []voiceRow
	Parts                   []holdPart // what is asked of each child: first the child whose page it is
	Dissent                 []dissentRow
	ToDo                    []todoRow
	AgreedLabel, AgreedHint string
	NotThere                bool // somebody who must be there was not: the question why is open
}

// thereRow is somebody who was at the meeting, or should have been.
type thereRow struct {
	N, Name, As, Agency, Came, Said, Harm string
	Core, Fixed                           bool
	Report                                string // what their report says
}

type voiceRow struct{ N, Name, Words string }

type dissentRow struct{ N, Name, Agency, Why string }

type todoRow struct{ N, What, Who, By string }

// holdPart is what is asked of one child: what is decided is decided for each.
type holdPart struct {
	Prefix, Child, Name, First string
	With                       bool // a brother or sister: can be left out
	On                         bool
	Choices                    [][2]string
	Category                   bool // a category of harm can be chosen
	OneLine                    bool
	Previous                   bool
	TookPart                   [][2]string
	Why                        string // why it cannot be recorded for this child
}

// decisions are what a sort of meeting decides of a child.
func holdChoices(p *app.ChildPage, sort string) [][2]string {
	switch sort {
	case child.MeetStrategy:
		return [][2]string{{"yes", "Yes, a section 47 enquiry begins"}, {"no", "No, no enquiry"}}
	case child.MeetConference:
		out := [][2]string{{"cp", "A protection plan begins"}}
		if p.Status.Plan != "cin" {
			out = append(out, [2]string{"cin", "A child in need plan begins, no protection plan"})
		} else {
			out = append(out, [2]string{"none", "The child in need plan goes on, no protection plan"})
		}
		if p.Status.Plan != "cin" {
			out = append(out, [2]string{"none", "No plan"})
		}
		return out
	case child.MeetReviewing:
		return [][2]string{{"on", "The plan goes on"}, {"changes", "It goes on, under another category of harm"}, {"cin", "It ends, and a child in need plan begins"}, {"ends", "It ends"}}
	case child.MeetNeed:
		return [][2]string{{"on", "The plan goes on"}, {"ends", "It ends"}}
	}
	return nil
}

// takingPart are the SSDA903's codes of how a child took part in a review of their care.
var takingPart = [][2]string{{"PN0", "Under 4 years old"}, {"PN1", "Came, and spoke for themself"}, {"PN2", "Came, and somebody spoke for them, as they wished"}, {"PN3", "Came, and said what they think without words"}, {"PN4", "Came, and did not say what they think"},
	{"PN5", "Did not come, and somebody spoke for them"}, {"PN6", "Did not come, and sent word"}, {"PN7", "Did not come, and sent no word"}}

// holdForm is the page. What is known is filled in: who is invited, what their reports say,
// who chairs.
func (s *Server) holdForm(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Meeting")
	if err != nil {
		return err
	}
	d, m, err := s.holdOf(r, p)
	if err != nil {
		return err
	}
	if m.Held != nil {
		http.Redirect(w, r.Request, "/child/"+p.Record.Child+"/meeting/"+string(m.ID), http.StatusSeeOther)
		return nil
	}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if d.Values["rows"] == "" { // nothing was typed before
		now := r.now.Local()
		v := d.Values
		v["on"], v["at"] = r.now.Date().String(), now.Format("15:04")
		if m.ID != "" && m.On <= r.now.Date() {
			v["on"] = m.On.String()
			v["at"] = cmp.Or(m.At, v["at"])
		}
		v["chair"], v["chair_name"] = m.Chair, m.Named
		if m.Named != "" {
			v["chair"] = otherChair
		}
		if m.ID == "" && (d.Sort == child.MeetConference || d.Sort == child.MeetReviewing) {
			v["chair"] = p.Access.Chair
		} else if m.ID == "" && d.Sort == child.MeetStrategy {
			v["chair"], _ = p.Line.Manager(p.Status.Team, r.now.Date())
		}
		d.lists = url.Values{"with": m.With}
		v["previous"] = itoa(p.Status.PlansSoFar())
		var invited []inviteRow
		if m.ID != "" {
			for _, x := range m.Invited {
				if x.Not == "" {
					invited = append(invited, inviteRow{Name: x.Name, As: x.As, Agency: x.Agency})
				}
			}
		} else {
			invited = slices.DeleteFunc(inviteOffers(p, d.Sort), func(x inviteRow) bool { return !x.In && x.As != "The child" })
			invited = slices.DeleteFunc(invited, func(x inviteRow) bool { return x.As == "The child" && d.Sort == child.MeetStrategy })
		}
		for _, x := range withRows(invited, p, d.Sort, 1+len(mustStill(invited, p, d.Sort))) {
			d.Rows = append(d.Rows, thereRow{Name: x.Name, As: x.As, Agency: x.Agency, Fixed: x.Name != ""})
		}
		for i := range d.Rows {
			d.Rows[i].N = "t" + itoa(i)
			for _, rep := range m.Reports {
				if rep.From == d.Rows[i].Name {
					d.Rows[i].Report, d.Rows[i].Harm = rep.Says, rep.Harm
				}
			}
		}
		s.holdRows(&d, p, "")
	}
	return s.holdPage(w, r, http.StatusOK, d, p, m)
}

// holdOf is which meeting an address means: one that is planned, or a sort of meeting that
// nobody planned here.
func (s *Server) holdOf(r *request, p *app.ChildPage) (d holdData, m child.MeetingAbout, err error) {
	d = holdData{entered: notEntered()}
	name := r.PathValue("meeting")
	if d.Sort = meetingSort(name); d.Sort == "" {
		var ok bool
		if m, ok = p.Record.Meeting(entry.ID(name)); !ok || m.Off != nil {
			return d, m, app.ErrNotFound
		}
		d.Sort = m.Of
	}
	return d, m, nil
}

// holdRows makes the rows of a form: as many as were typed, and more of those asked for.
func (s *Server) holdRows(d *holdData, p *app.ChildPage, more string) {
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	n := func(name string, least int) int {
		k, _ := strconv.Atoi(v(name))
		if k = max(k, least); more == name {
			k += blankRows
		}
		return min(k, mostRows)
	}
	if d.Rows == nil {
		for i := range n("rows", 0) {
			at := "t" + itoa(i)
			d.Rows = append(d.Rows, thereRow{N: at, Name: v(at + "-name"), As: v(at + "-as"), Agency: v(at + "-agency"), Came: v(at + "-came"), Said: v(at + "-said"), Harm: v(at + "-harm"), Core: v(at+"-core") != "", Fixed: v(at+"-fixed") != "", Report: v(at + "-report")})
		}
	}
	if v("voices") == "" {
		for i, x := range parentsOf(p) {
			d.Parents = append(d.Parents, voiceRow{N: "p" + itoa(i), Name: x})
		}
	}
	for i := range n("voices", 0) {
		at := "p" + itoa(i)
		d.Parents = append(d.Parents, voiceRow{at, v(at + "-name"), v(at + "-words")})
	}
	for i := range n("dissents", 1) {
		at := "d" + itoa(i)
		d.Dissent = append(d.Dissent, dissentRow{at, v(at + "-name"), v(at + "-agency"), v(at + "-why")})
	}
	for i := range n("todos", 2) {
		at := "a" + itoa(i)
		d.ToDo = append(d.ToDo, todoRow{at, v(at + "-what"), v(at + "-who"), v(at + "-by")})
	}
}

// parentsOf are the parents and carers whose views a meeting hears.
func parentsOf(p *app.ChildPage) (out []string) {
	for _, m := range p.Record.Family() {
		if (m.Role == "parent" || m.Role == "carer") && !m.Away() {
			out = append(out, m.Name)
		}
	}
	return out
}

func (s *Server) holdPage(w http.ResponseWriter, r *request, code int, d holdData, p *app.ChildPage, m child.MeetingAbout) error {
	id := p.Identity
	d.Child, d.Name, d.First, d.Age = p.Record.Child, id.Name(), firstName(id.Name()), age(id.Birth, id.Expected, p.At.Date())
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name, d.First, d.Age = "a record that is closed to you", "the child", ""
	}
	d.First = cmp.Or(d.First, "the child")
	d.Base, d.Do, d.Back = "/child/"+d.Child, r.URL.Path, "/child/"+d.Child+"/meetings"
	if m.ID != "" {
		d.Back = d.Base + "/meeting/" + string(m.ID)
	}
	d.Title = title(d.Sort) + " about " + d.First
	d.Sub = "Recorded once. What is known is filled in."
	d.Timed = d.Sort == child.MeetStrategy
	d.Agencies = same(child.Agencies)
	d.AsksHarm = d.Sort == child.MeetStrategy || d.Sort == child.MeetConference || d.Sort == child.MeetReviewing
	d.AsksCore = d.Sort == child.MeetConference || d.Sort == child.MeetReviewing
	d.Needs, d.ChairNote = needsNote(p, d.Sort, p.At.Date()), chairNote(p, d.Sort, d.Values["chair"])
	d.AgreedLabel, d.AgreedHint = "Why? What weighed most?", "So that the family, and somebody who was not there, can follow it."
	if d.Sort == child.MeetCore || d.Sort == child.MeetCare {
		d.AgreedLabel, d.AgreedHint = "What was agreed?", "What changes for "+d.First+", in words the family would use."
	}
	if m.ID != "" {
		starts := m.Starts()
		for _, x := range p.Duties {
			if slices.Contains(starts, x.Start) && (x.Late(p.At) || endState(x, s.App.Pack.Calendar(), p.At).Text == "done late") {
				d.NotShown = append(d.NotShown, x.Rule.Duty+": was due "+x.Due.On.Long()+", "+endState(x, s.App.Pack.Calendar(), p.At).Text+" ("+x.Rule.Source.Document+").")
			}
		}
	}
	d.NotThere = d.Values["held_without_because"] != "" || d.Errors.For("held_without_because") != ""
	var err error
	if d.Chairs, err = s.meetingChairs(r, p); err != nil {
		return err
	}
	d.Parts = append(d.Parts, holdPartOf(p, d.Sort, ""))
	d.Parts[0].First = d.First
	kin, err := s.kinHeld(r, p, d.lists["with"])
	if err != nil {
		return err
	}
	for _, k := range kin {
		x := holdPartOf(k.page, d.Sort, kinPrefix(k.ID))
		x.With, x.On = true, k.On
		if x.Why == "" && d.Values[x.Prefix+"previous"] == "" {
			d.Values[x.Prefix+"previous"] = itoa(k.page.Status.PlansSoFar())
		}
		d.Parts = append(d.Parts, x)
	}
	f := s.page(r, d.Title, "")
	f.Errors, f.Phone = d.Errors.Any(), true
	return s.render(w, code, holdPageOf(f, d))
}

// kinPrefix begins the names of the fields about a brother or sister.
func kinPrefix(id string) string { return "k" + id + "-" }

// kinPage is a brother or sister of whom the same meeting can be recorded.
type kinPage struct {
	kinChoice
	page *app.ChildPage
}

// kinHeld are the brothers and sisters whose records whoever asks may write in. Each look is
// logged, as every look is.
func (s *Server) kinHeld(r *request, p *app.ChildPage, ticked []string) (out []kinPage, err error) {
	open, err := s.kinOpen(r, p, ticked)
	if err != nil {
		return nil, err
	}
	for _, k := range open {
		page, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Meeting", k.ID)
		if errors.Is(err, app.ErrForbidden) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, kinPage{k, page})
	}
	return out, nil
}

// sameMeeting is the meeting in a brother's or sister's record that was planned with this one.
func sameMeeting(k *app.ChildPage, m child.MeetingAbout, of string) entry.ID {
	for _, x := range k.Record.Meetings() {
		if m.ID != "" && x.Of == m.Of && x.On == m.On && x.Off == nil && (x.Held == nil) == (m.Held == nil) && slices.Contains(x.With, of) {
			return x.ID
		}
	}
	return ""
}

// holdPartOf is what is asked of one child.
func holdPartOf(p *app.ChildPage, sort, prefix string) holdPart {
	x := holdPart{Prefix: prefix, Child: p.Record.Child, Name: p.Identity.Name(), First: firstName(p.Identity.Name()), Choices: holdChoices(p, sort)}
	x.Category = sort == child.MeetConference || sort == child.MeetReviewing
	x.OneLine = sort == child.MeetConference || sort == child.MeetReviewing
	x.Previous = sort == child.MeetConference
	if sort == child.MeetCare {
		x.TookPart = takingPart
	}
	if !meetingSuits(p, sort) {
		x.Why = map[string]string{child.MeetConference: x.First + " is on a protection plan already: a review conference looks at it.", child.MeetReviewing: x.First + " has no protection plan.",
			child.MeetCore: x.First + " has no protection plan.", child.MeetNeed: x.First + " has no child in need plan.", child.MeetCare: x.First + " is not looked after."}[sort]
		x.Why = cmp.Or(x.Why, "The case is closed. Record a referral first.")
	}
	return x
}

// hold checks everything at once and records the meeting and what it decided, all or nothing.
func (s *Server) hold(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Meeting")
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d, m, err := s.holdOf(r, p)
	if err != nil {
		return err
	}
	d.entered = enteredIn(r)
	if more := d.Values["more"]; more != "" {
		delete(d.Values, "more")
		s.holdRows(&d, p, more)
		return s.holdPage(w, r, http.StatusOK, d, p, m)
	}
	s.holdRows(&d, p, "")
	h, at := d.held(p, m)
	happened := d.visitWhen() // the day, and of a strategy discussion the hour
	if d.Sort != child.MeetStrategy && !happened.IsZero() {
		happened = day.On(happened.Date)
	}
	cmds := d.commands(p, h, "", happened)
	place := holdPlace("", at)
	dos := []app.Do{{Child: p.Record.Child, Commands: cmds}}
	kin, err := s.kinHeld(r, p, d.lists["with"])
	if err != nil {
		return err
	}
	type asked struct {
		page  *app.ChildPage
		cmds  []child.Command
		place func(string) string
	}
	all := []asked{{p, cmds, place}}
	for _, k := range kin {
		if !k.On {
			continue
		}
		kh := h
		kh.Meeting = sameMeeting(k.page, m, p.Record.Child)
		x := asked{k.page, d.commands(k.page, kh, kinPrefix(k.ID), happened), holdPlace(kinPrefix(k.ID), at)}
		all = append(all, x)
		dos = append(dos, app.Do{Child: k.page.Record.Child, Commands: x.cmds})
	}
	try := func() {
		for _, x := range all {
			for _, c := range x.cmds {
				if c.Happened.IsZero() {
					c.Happened = day.On(r.now.Date())
				}
				d.place(r.desk.Try(x.page, c), x.place)
			}
		}
	}
	if d.Errors.Any() { // what the record would say of it is said at the same time
		try()
		d.sortHold()
		return s.holdPage(w, r, http.StatusUnprocessableEntity, d, p, m)
	}
	done, err := r.desk.RecordTogether(r.ctx(), dos, r.person()+" "+d.Key)
	if _, refused := entry.Problems(err); refused {
		try() // which says of each child what is wrong, and all of it
		if !d.Errors.Any() {
			d.place(err, place)
		}
		d.sortHold()
		return s.holdPage(w, r, http.StatusUnprocessableEntity, d, p, m)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + p.Record.Child
	if r.desk.MayStill(r.ctx(), access.SeeChild, p.Record.Child) == nil {
		to += "/meeting/" + string(cmp.Or(m.ID, done[0].Entries[0]))
	}
	http.Redirect(w, r.Request, to+"?done="+string(done[0].Entries[0]), http.StatusSeeOther)
	return nil
}

// cameWords are the answers to whether somebody was there, as short as a thumb is wide.
var cameWords = map[string]string{child.CameThere: "There", child.CameRemote: "By video or phone", child.CameWord: "Sent word", child.CameNot: "Not there"}

// categoryChoices are the categories of harm, as the census codes them.
var categoryChoices = func() (out [][2]string) {
	for _, c := range child.Categories {
		out = append(out, [2]string{c, title(child.CategoryName(c))})
	}
	return out
}()
