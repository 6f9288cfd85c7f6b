package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/entry"
)

// invitation is the letter that invites one person to a meeting: on paper, or read out.
type invitation struct {
	Back, Title string
	To          string
	Family      bool
	Parts       []invitationPart
	Sign        []string
	Note        string // for whoever prints it
}

type invitationPart struct {
	Head  string
	Lines []string
	List  bool
}

// meetingPlain says what a meeting of a sort is, to a family.
var meetingPlain = map[string]string{
	child.MeetStrategy:   "In it, people who know about children talk about what they are worried about.",
	child.MeetConference: "In it, you and the people who know %s talk about what you are worried about, and what goes well. At the end they decide if %s needs a plan to be safe.",
	child.MeetReviewing:  "In it, you and the people in the plan look at how the plan has gone. At the end they decide if %s still needs it.",
	child.MeetCore:       "It is a small meeting of the people in the plan. You look at what has been done, and at what comes next.",
	child.MeetNeed:       "In it, you and the people who help look at how the help has gone, and what should come next.",
	child.MeetCare:       "In it, you talk about how %s is, where %s lives, and what should be better.",
}

// meetingLetter is the letter to one person who is invited.
func (s *Server) meetingLetter(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "Letter")
	if err != nil {
		return err
	}
	m, ok := p.Record.Meeting(entry.ID(r.PathValue("meeting")))
	n, nerr := strconv.Atoi(r.PathValue("n"))
	if !ok || nerr != nil || n < 0 || n >= len(m.Invited) || m.Invited[n].Not != "" || m.Off != nil {
		return app.ErrNotFound
	}
	d := invitationOf(p, m, m.Invited[n])
	d.Back = "/child/" + p.Record.Child + "/meeting/" + string(m.ID)
	return s.render(w, http.StatusOK, letterPageOf(s.page(r, d.Title, ""), d))
}

func invitationOf(p *app.ChildPage, m child.MeetingAbout, to child.Invited) invitation {
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	d := invitation{To: to.Name, Family: to.Agency == child.OfFamily, Title: "Letter to " + to.Name}
	when := []string{whenOf(m.On, m.At) + "."}
	if m.Where != "" {
		when = append(when, strings.TrimSuffix(m.Where, ".")+".")
	}
	if m.Video {
		when = append(when, "You can also come by video or telephone. Ring us, and we tell you how.")
	}
	who, phone := "", ""
	on := p.At.Date()
	if h, ok := p.Line.Holder(p.Status.Post, on); ok {
		who, phone = p.Line.Name(h.Person), p.Line.Telephone(h.Person)
	}
	ring := "Ring " + cmp.Or(who, "us") + "."
	if phone != "" {
		ring = "Ring " + cmp.Or(who, "us") + " on " + phone + "."
	} else {
		d.Note = "No telephone number of " + cmp.Or(who, "the social worker") + " is kept here. Write it on the letter by hand."
	}
	d.Sign = []string{cmp.Or(who, "Children's services")}
	if who != "" {
		d.Sign = append(d.Sign, p.Line.Title(p.Status.Post))
	}
	var come []string
	for _, x := range m.Invited {
		if x.Not == "" && x.Name != to.Name {
			come = append(come, nameAs(x.Name, x.As))
		}
	}
	if c := chairOf(p, m.Chair, m.Named); c != "" {
		come = append(come, c+", who leads the meeting")
	}
	if !d.Family { // no more of the child than somebody needs who knows them: which child it is
		about := p.Identity.Name()
		if p.Identity.Birth != 0 {
			about += ", born " + p.Identity.Birth.Long()
		}
		d.Parts = []invitationPart{
			{Lines: []string{"You are invited to " + article(m.Of) + " about " + about + "."}},
			{Head: "When and where", Lines: when},
			{Head: "Your report", Lines: reportAsked(p, m)},
			{Head: "If you cannot come", Lines: []string{"Send somebody who knows the child and can speak for your agency, or send word before the meeting. " + ring}},
		}
		return d
	}
	say := strings.ReplaceAll(meetingPlain[m.Of], "%s", first)
	about := "We would like you to come to a meeting about " + first + "."
	if to.As == "The child" {
		about = "We would like you to come to a meeting about you."
	}
	d.Parts = []invitationPart{{Lines: []string{about, "It is called " + article(m.Of) + ". " + say}}}
	if m.About != "" {
		d.Parts = append(d.Parts, invitationPart{Head: "What it is about", Lines: strings.Split(m.About, "\n")})
	}
	d.Parts = append(d.Parts, invitationPart{Head: "When and where", Lines: when}, invitationPart{Head: "Who will be there", Lines: come, List: true},
		invitationPart{Head: "What you can say", Lines: []string{"You can say what you think. You can say what goes well and what is hard. You can say if you do not agree, and we write it down.",
			"You can bring somebody to help you speak. You can also write it down, or tell us before."}})
	if expectReports(m.Of) {
		d.Parts = append(d.Parts, invitationPart{Head: "Before the meeting", Lines: []string{"We show you what we have written before the meeting. If you have not seen it, ring us."}})
	}
	d.Parts = append(d.Parts, invitationPart{Head: "Who to ring", Lines: []string{ring + " You can ring if you cannot come, if you need help to get there, or if you want to ask something."}})
	return d
}

// reportAsked is what a partner is asked to send, and by when: the day by which the family must
// have seen what is said of it.
func reportAsked(p *app.ChildPage, m child.MeetingAbout) []string {
	if !expectReports(m.Of) {
		return []string{"Bring what you know, and what you think should happen."}
	}
	for _, x := range p.Duties {
		if x.Start == m.ID || len(m.Changed) > 0 && x.Start == m.Changed[len(m.Changed)-1].ID {
			return []string{"Send what you know and what you think should happen in time for the parents to read it: by " + x.Due.On.Full() + "."}
		}
	}
	return []string{"Send what you know and what you think should happen before the meeting."}
}
