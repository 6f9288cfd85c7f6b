package web

import (
	"math"
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/day"
)

// aheadData is whether a team's work can be done in the next weeks.
type aheadData struct {
	Team, Name string
	Answer     string // in words
	Bad        bool
	Weeks      []string
	Rows       []aheadLine
	All        aheadLine
	Share      string
	Empty      int
}

// aheadLine is one worker's outlook: in words, and week by week.
type aheadLine struct {
	Name, Post, First string
	Bad               bool
	Duties            int
	Owed, Late        string
	Spare             []spareCell
}

// spareCell is what is left at the end of a week: a minus sign says that it is
// missing, the shade only helps.
type spareCell struct {
	Text string
	Bad  bool
}

func (s *Server) ahead(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Ahead(r.ctx(), r.PathValue("team"))
	if err != nil {
		return err
	}
	d := aheadData{Team: p.Team.ID, Name: p.Team.Name, Share: strconv.Itoa(int(math.Round(p.Share*100))) + " %", Empty: p.Empty}
	for _, x := range p.All.Weeks {
		d.Weeks = append(d.Weeks, x.From.Short())
	}
	d.Answer, d.Bad = aheadWords(p.All, p.Now.Date())
	for _, x := range p.Workers {
		row := aheadRow(x.Outlook, p.Now.Date())
		row.Name, row.Post, row.Duties = p.Line.Name(x.Answer.Person), x.Post.Title, x.Duties
		if x.Duties == 0 {
			row.First = "Owes nothing"
		}
		if h, ok := p.Line.Holder(x.Post.ID, p.Now.Date()); !ok {
			row.Name = "Nobody"
		} else if row.Name = p.Line.Name(h.Person); p.Line.Away(h.Person, p.Now.Date()) {
			row.Post += ", away"
		}
		d.Rows = append(d.Rows, row)
	}
	if p.Nobody.Duties > 0 {
		row := aheadRow(p.Nobody.Outlook, p.Now.Date())
		row.Name, row.Post, row.Duties = "The manager", "own work, and that of children without a worker", p.Nobody.Duties
		d.Rows = append(d.Rows, row)
	}
	d.All = aheadRow(p.All, p.Now.Date())
	for _, x := range d.Rows {
		d.All.Duties += x.Duties
	}
	return s.render(w, http.StatusOK, aheadPage(s.listPage(r, "Can it be done?", "/team", nil), d))
}

func (s *Server) apiAhead(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Ahead(r.ctx(), r.PathValue("team"))
	if err != nil {
		return err
	}
	type worker struct {
		Post    string           `json:"post"`
		Person  string           `json:"person,omitempty"`
		Duties  int              `json:"duties"`
		Outlook capacity.Outlook `json:"outlook"`
	}
	out := struct {
		Team    string           `json:"team"`
		Share   float64          `json:"share_of_hours_for_duties"`
		All     capacity.Outlook `json:"team_outlook"`
		Workers []worker         `json:"workers"`
		Nobody  worker           `json:"no_named_worker"`
	}{Team: p.Team.ID, Share: p.Share, All: p.All, Workers: []worker{}, Nobody: worker{Duties: p.Nobody.Duties, Outlook: p.Nobody.Outlook}}
	for _, x := range p.Workers {
		out.Workers = append(out.Workers, worker{x.Post.ID, x.Answer.Person, x.Duties, x.Outlook})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// aheadWords is the answer in one sentence.
func aheadWords(o capacity.Outlook, on day.Date) (text string, bad bool) {
	if o.First == 0 {
		return "Yes, as far as is known: what is due in the next " + strconv.Itoa(len(o.Weeks)) + " weeks fits into the hours.", false
	}
	from := "Not from " + o.First.Full()
	if o.First == on {
		from = "Not today"
	}
	return from + ". By " + o.On.Full() + " " + hoursWords(o.Short) + " are missing.", true
}

func aheadRow(o capacity.Outlook, on day.Date) (x aheadLine) {
	x.First, x.Bad = "It can be done", o.First != 0
	switch {
	case o.First == on:
		x.First = "Not today: up to " + hoursWords(o.Short) + " short"
	case x.Bad:
		x.First = "Not from " + o.First.Short() + ": up to " + hoursWords(o.Short) + " short"
	}
	owed := 0.0
	for _, w := range o.Weeks {
		owed += w.Owed
		x.Spare = append(x.Spare, spareCell{signed(w.Spare), w.Spare < 0 && signed(w.Spare) != "0"})
	}
	x.Owed, x.Late = strconv.Itoa(int(math.Round(owed))), strconv.Itoa(int(math.Round(o.Late)))
	return x
}

func hoursWords(h float64) string { return count(int(math.Ceil(h-0.01)), "hour", "hours") }

// signed is a number of hours with a true minus sign.
func signed(h float64) string {
	n := int(math.Round(h))
	if n < 0 {
		return "−" + strconv.Itoa(-n)
	}
	return strconv.Itoa(n)
}

// aheadLink leads from a team to its outlook.
func aheadLink(p *app.TeamPage) string { return "/team/" + p.Team.ID + "/ahead" }
