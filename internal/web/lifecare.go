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
	"onus/internal/duty"
	"onus/internal/web/shell"
)

// manyMoves is from how many moves in twelve months the page says so in red: three homes in a
// year is what the national figures on stability count.
const manyMoves = 2

// care is where a child in care lives and lived: under which ground, in which homes, and
// what is open about it.
func (s *Server) care(w http.ResponseWriter, r *request) error {
	d, p, known, may, err := s.life(r, "care")
	if err != nil {
		return err
	}
	on := p.At.Date()
	all := p.Record.CarePeriods()
	if may {
		d.act(p, &d.Actions, "enters", "move", "placement")
		d.act(p, &d.Second, "plan", "notice", "legal", "more", "ends", "leaves")
	}
	if len(all) == 0 {
		d.None = d.First + " is not looked after, and never was as far as is known here."
		return s.lifeShow(w, r, p, known, d)
	}
	c := all[len(all)-1]
	d.Sub = "Looked after since " + c.Start.When.Date.Long() + ", for " + count(int(on-c.Start.When.Date), "day", "days") + "."
	if !c.Open() {
		d.Sub = "Was looked after from " + c.Start.When.Date.Long() + " to " + c.End.When.Date.Long() + "."
	}
	if p.Status.LeavingCare {
		d.Sub += " Owed help with leaving care."
	}
	d.Facts = careFacts(p, c, on)
	for _, g := range p.Record.CareGaps(on) {
		x := asmGap{Says: g.Says, Asks: g.Asks}
		if may {
			x.Href = gapHref(d.Child, g.ID)
		}
		d.Gaps = append(d.Gaps, x)
	}
	d.GapsSub = "Facts of the record, as questions. They say nothing of what was done and not recorded."
	d.Owed = s.lifeOwed(p, known, nil, func(x duty.Duty) bool {
		return strings.HasPrefix(x.Rule.ID, "care.") && !metBy("health")(x) && !metBy("education")(x)
	})
	for i, c := range slices.Backward(all) {
		title := "Homes"
		if i < len(all)-1 {
			title = "Looked after from " + c.Start.When.Date.Long() + " to " + c.End.When.Date.Long()
		}
		part := lifePart{Title: title, None: "No placement is recorded."}
		for _, x := range slices.Backward(c.Placements) {
			part.Cards = append(part.Cards, placementCard(p, x, on, known))
		}
		d.Parts = append(d.Parts, part, groundPart(p, c, known))
	}
	return s.lifeShow(w, r, p, known, d)
}

// gapHref is where a question about a placement is answered.
func gapHref(id, gap string) string {
	name, _, _ := strings.Cut(gap, ":")
	switch name {
	case "no-plan":
		return actPath(id, "plan")
	case "area-not-told":
		return actPath(id, "notice")
	case "no-placement":
		return actPath(id, "placement")
	case "no-ground":
		return actPath(id, "legal")
	case "no-agreement", "agreed-after", "no-words", "no-kin", "why-apart":
		return actPath(id, "more")
	}
	return ""
}

func careFacts(p *app.ChildPage, c child.CarePeriod, on day.Date) []shell.Fact {
	ground := shell.Fact{Label: "Legal ground", Value: "Not known here", Bad: c.Open()}
	if n := len(c.Grounds); n > 0 && c.Grounds[n-1].Status != "" {
		ground = shell.Fact{Label: "Legal ground", Value: title(legalStatus(c.Grounds[n-1].Status)), Detail: "since " + shortDay(c.Grounds[n-1].When.Date, on)}
	}
	lives := shell.Fact{Label: "Lives", Value: "Nobody has recorded where", Bad: true}
	if x, ok := c.Now(); ok {
		lives = shell.Fact{Label: "Lives", Value: title(placementType(x.Said.Type)), Detail: commas(x.Said.Where, "for "+count(x.Days(on), "day", "days"))}
	} else if !c.Open() {
		lives = shell.Fact{Label: "Care ended", Value: shortDay(c.End.When.Date, on)}
		if b, ok := c.End.Body.(child.CareEnded); ok {
			lives.Detail = cmp.Or(title(careEndWords[b.Code]), b.Why)
		}
	}
	n := c.Moves(on)
	moves := shell.Fact{Label: "Moves in 12 months", Value: itoa(n), Bad: n >= manyMoves}
	if n > 0 {
		moves.Detail = plannedWords(c, on)
	}
	kin := shell.Fact{Label: "Brothers and sisters", Value: "Nobody has recorded it"}
	if x, ok := c.Now(); ok && x.Said.Kin != "" {
		kin.Value = title(kinWords[x.Said.Kin])
	}
	return []shell.Fact{lives, ground, moves, kin}
}

var kinWords = map[string]string{"together": "live together", "some of them": "some of them live together", "apart": "live apart", "none": "none in care"}

// plannedWords say of the moves of a year how many were planned.
func plannedWords(c child.CarePeriod, on day.Date) string {
	planned, not, unknown := 0, 0, 0
	for i, x := range c.Placements {
		if i == len(c.Placements)-1 || c.Placements[i+1].Start.When.Date <= on.AddMonths(-12) {
			continue
		}
		switch yes, said := x.Planned(); {
		case !said:
			unknown++
		case yes:
			planned++
		default:
			not++
		}
	}
	var out []string
	for _, x := range []struct {
		n    int
		text string
	}{{planned, "planned"}, {not, "not planned"}, {unknown, "not said"}} {
		if x.n > 0 {
			out = append(out, itoa(x.n)+" "+x.text)
		}
	}
	return strings.Join(out, ", ")
}

func commas(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func placementCard(p *app.ChildPage, x child.Placement, on day.Date, known day.Instant) lifeCard {
	b := x.Said
	c := lifeCard{Title: commas(title(placementType(b.Type)), b.Where), Href: "/child/" + p.Record.Child + "/entry/" + string(x.Start.ID) + keep(known), Words: b.Words,
		Sub: "From " + x.Start.When.Date.Long() + " to now: " + count(x.Days(on), "day", "days") + ".", State: shell.State{Kind: shell.OK, Text: "now"}}
	if x.End != nil {
		c.Sub, c.State = "From "+x.Start.When.Date.Long()+" to "+x.End.When.Date.Long()+": "+count(x.Days(on), "day", "days")+".", shell.State{}
	}
	c.row("Looked after by", b.LivesWith)
	c.row("Provided by", title(providerWords[b.Provider]))
	far := ""
	if m := x.Miles(); m > 0 {
		far = strconv.FormatFloat(m, 'f', -1, 64) + " miles from home"
		if m == 1 {
			far = "1 mile from home"
		}
	}
	if b.OutOfArea {
		far = commas(far, "outside our area")
	}
	c.row("How far", title(far))
	kin := title(kinWords[b.Kin])
	if kin != "" {
		kin += ". "
	}
	c.row("Brothers and sisters", kin+b.KinWhy)
	var sorts []string
	for _, y := range []struct {
		is   bool
		text string
	}{{b.Emergency, "in an emergency"}, {b.Temporary, "a relative or friend who is approved for a time"}, {b.Unassessed, "the parents were not assessed first"}, {b.Until18, "meant to last until 18"}} {
		if y.is {
			sorts = append(sorts, y.text)
		}
	}
	c.row("Also", title(strings.Join(sorts, ", ")))
	c.row("Why there", b.Why)
	agreed := b.AgreedBy
	if b.AgreedOn != 0 {
		agreed = commas(agreed, "on "+b.AgreedOn.Long())
	}
	c.row("Agreed by", title(agreed))
	c.row("No words, because", b.NoWords)
	if x.Plan != nil {
		text := x.Plan.When.Date.Long()
		if doc, _ := x.Plan.Body.(child.Document); doc.Signed {
			text += ", signed"
		} else {
			text += ", not signed"
		}
		c.row("Placement plan", text)
	}
	for _, ev := range x.Told {
		doc, _ := ev.Body.(child.Document)
		c.row("Notice given", commas(ev.When.Date.Long(), doc.To))
	}
	if x.End != nil {
		why := ""
		if x.Ended != nil {
			why = title(moveWords[x.Ended.Code])
			if why != "" {
				why += ". "
			}
			why += x.Ended.Why
			switch yes, said := x.Planned(); {
			case !said:
				why += " Nobody recorded whether it was planned."
			case yes:
				why += " It was planned."
			default:
				why += " It was not planned."
			}
			if x.Ended.Reviewed {
				why += " A review looked at it first."
			}
		} else if e, ok := x.End.Body.(child.CareEnded); ok {
			why = "Care ended. " + e.Why
		}
		c.row("Why it ended", cmp.Or(strings.TrimSpace(why), "Nobody has recorded why."))
	}
	c.disputed(p, x.Start)
	return c
}

func groundPart(p *app.ChildPage, c child.CarePeriod, known day.Instant) lifePart {
	part := lifePart{Title: "Legal ground", None: "No legal ground is recorded."}
	for _, g := range slices.Backward(c.Grounds) {
		x := lifeCard{Title: title(cmp.Or(legalStatus(g.Status), "another ground, not known which")), Href: "/child/" + p.Record.Child + "/entry/" + string(g.ID) + keep(known), Sub: "From " + lifeBy(p, g.Event) + "."}
		switch b := g.Body.(type) {
		case child.CareStarted:
			x.row("Why", b.Reason)
		case child.LegalStatus:
			x.row("Why", b.Why)
		}
		x.disputed(p, g.Event)
		part.Cards = append(part.Cards, x)
	}
	return part
}
