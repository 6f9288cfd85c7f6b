package web

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// aheadData is whether a team's work can be done in the next weeks.
type aheadData struct {
	Team, Name         string
	Answer             string // in words
	Bad                bool
	Weeks              []string
	Rows               []aheadLine
	All                aheadLine
	Share              string
	Empty              int
	Rules              duty.Capacity
	Until              string
	Values             map[string]string // what was asked
	Pick               []pickLine        // children to choose from; nil: they were not asked for
	PickHref           string            // leads to them; empty: they are there
	Back, Clear, Known string            // to the team, to the page without a what-if, and the moment
	Posts              [][2]string
	Stops              [][2]string
	Then               []thenLine
	Charts             []chart
	New                []newLine // what is still to come in: a quiet time, the middle, a busy time
	NewAnswer          string    // with it, in words
	NewBad             bool
	NewFrom            []string // where it comes from
	WaysFrom           string
}

// newLine is one way in which work may come in.
type newLine struct {
	Name, Children, First string
	Bad                   bool
	Hours                 []string // that fall due up to the end of each week
	Spare                 []spareCell
}

// pickLine is a child to choose.
type pickLine struct {
	ID, Name, Worker string
	On               bool
}

// thenLine says what would be different.
type thenLine struct {
	Name, First, Then, Short, ThenShort string
}

// whatIf reads a question of what would be: nothing happens by it.
func whatIf(r *request) (x app.WhatIf, values map[string]string, err error) {
	q := r.URL.Query()
	values = map[string]string{}
	for _, name := range []string{"add", "from", "lose", "stop", "move", "to"} {
		values[name] = strings.TrimSpace(q.Get(name))
	}
	if v := values["add"]; v != "" {
		if x.Add, err = strconv.ParseFloat(v, 64); err != nil || x.Add < 0 || x.Add > 1000 || math.IsNaN(x.Add) {
			return x, values, entry.Refuse("add", "Enter the hours a week in figures, from 0 to 1000")
		}
	}
	if v := values["from"]; v != "" {
		if x.From, err = day.Parse(v); err != nil {
			return x, values, entry.Refuse("from", "Enter a day")
		}
	}
	x.Lose, x.Stop, x.To = values["lose"], values["stop"], values["to"]
	if values["move"] != "" && x.To == "" {
		return x, values, entry.Refuse("to", "Choose who would take the children")
	}
	x.MoveFrom = values["move"]
	for _, id := range q["child"] {
		if id != "" {
			x.Move = append(x.Move, id)
		}
	}
	if len(x.Move) > 0 && x.To == "" {
		return x, values, entry.Refuse("to", "Choose who would take the children")
	}
	x.Pick = q.Get("pick") != ""
	return x, values, nil
}

// aheadLine is one worker's outlook: in words, and week by week.
type aheadLine struct {
	Name, Post, First string
	Href              string // the hours of the post, for who may see them
	Over              string // for which nobody answers
	Bad               bool
	Duties            int
	Owed, Late        string
	New               string // with a share of what is likely to come in; empty: nobody can say
	Spare             []spareCell
}

// spareCell is what is left at the end of a week: a minus sign says that it is
// missing, the shade only helps.
type spareCell struct {
	Text string
	Bad  bool
}

func (s *Server) ahead(w http.ResponseWriter, r *request) error {
	what, values, err := whatIf(r)
	if err != nil {
		return err
	}
	p, err := r.desk.Ahead(r.ctx(), r.PathValue("team"), what)
	if err != nil {
		return err
	}
	d := aheadData{Values: values, Team: p.Team.ID, Name: p.Team.Name, Share: strconv.Itoa(int(math.Round(p.Share*100))) + " %", Empty: p.Empty, Rules: p.Rules, Until: p.Now.Date().Add(7*p.Rules.Weeks - 1).Short()}
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
		if r.desk.AnswersFor(x.Post.ID) {
			row.Href = r.then("/post/" + url.PathEscape(x.Post.ID) + "/hours")
		}
		if p.Flow.Enough {
			row.New = firstDay(x.Likely)
		}
		if x.Over > 0 {
			row.Over = halves(x.Over) + " up to " + d.Until + ": nobody answers for it"
		}
		if _, ok := p.Line.Absent(x.Answer.Person, p.Now.Date()); ok {
			row.Post += ", away today"
		}
		d.Rows = append(d.Rows, row)
	}
	fillNew(p, &d)
	s.fillWhatIf(r, p, &d)
	d.Back, d.Clear, d.Known = r.then("/team/"+url.PathEscape(p.Team.ID)), r.then("/team/"+url.PathEscape(p.Team.ID)+"/ahead"), strings.TrimPrefix(keep(r.past), "?known=")
	d.PickHref = r.then("/team/"+url.PathEscape(p.Team.ID)+"/ahead?pick=yes") + "#what-if"
	if p.Children != nil {
		d.PickHref = ""
		for _, c := range p.Children {
			x := pickLine{ID: c.Child, Name: c.Name, Worker: "no worker", On: slices.Contains(what.Move, c.Child)}
			if c.Closed != "" {
				x.Name = "A record that is closed to you"
			}
			if c.Post != "" {
				x.Worker = whoOwes(p.Line, line.KeyOf(c.Post), p.Now.Date())
			}
			d.Pick = append(d.Pick, x)
		}
	}
	if p.Nobody.Duties > 0 {
		row := aheadRow(p.Nobody.Outlook, p.Now.Date())
		row.Name, row.Post, row.Duties = "The manager", "own work, and that of children without a worker", p.Nobody.Duties
		d.Rows = append(d.Rows, row)
	}
	d.All = aheadRow(p.All, p.Now.Date())
	if p.Flow.Enough {
		d.All.New = firstDay(p.Likely)
	}
	for _, x := range d.Rows {
		d.All.Duties += x.Duties
	}
	return s.render(w, http.StatusOK, aheadPage(s.listPage(r, "Can it be done?", "/ahead", nil), d))
}

func (s *Server) apiAhead(w http.ResponseWriter, r *request) error {
	what, _, err := whatIf(r)
	if err != nil {
		return err
	}
	p, err := r.desk.Ahead(r.ctx(), r.PathValue("team"), what)
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
		ToCome  *capacity.Flow   `json:"to_come_in,omitempty"`
		Little  capacity.Outlook `json:"team_outlook_quiet"`
		Likely  capacity.Outlook `json:"team_outlook_likely"`
		Much    capacity.Outlook `json:"team_outlook_busy"`
		Ways    app.WaysFrom     `json:"children_by_where_travel_comes_from"`
	}{ToCome: &p.Flow, Little: p.Little, Likely: p.Likely, Much: p.Much, Ways: p.Ways, Team: p.Team.ID, Share: p.Share, All: p.All, Workers: []worker{}, Nobody: worker{Duties: p.Nobody.Duties, Outlook: p.Nobody.Outlook}}
	for _, x := range p.Workers {
		out.Workers = append(out.Workers, worker{x.Post.ID, x.Answer.Person, x.Duties, x.Outlook})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// fillNew says what is still to come in, what that does, and where the figures come from.
func fillNew(p *app.AheadPage, d *aheadData) {
	f, on, c := p.Flow, p.Now.Date(), p.Rules.ToCome
	d.WaysFrom = waysWords(p.Ways, p.Rules.Travel)
	if !f.Enough {
		why := "nobody has come to this team in the last " + count(c.Weeks, "week", "weeks")
		if f.Children > 0 {
			why = count(f.Children, "child", "children") + " came in " + count(f.Weeks, "full week", "full weeks")
		}
		d.NewAnswer = "There is too little history to say what is still to come in: " + why + ". It takes " + strconv.Itoa(c.AtLeast) + " weeks and " + strconv.Itoa(c.Children) +
			" children. So nothing is counted for it, and it will not be better than what stands here."
		return
	}
	for _, x := range []struct {
		name     string
		children int
		curve    []float64
		o        capacity.Outlook
	}{{"A quiet time", f.Fewest, f.Little, p.Little}, {"As in the middle", f.Usual, f.Likely, p.Likely}, {"A busy time", f.Most, f.Much, p.Much}} {
		row := aheadRow(x.o, on)
		n := newLine{Name: x.name, Children: strconv.Itoa(x.children), First: row.First, Bad: row.Bad, Spare: row.Spare}
		for _, h := range x.curve {
			n.Hours = append(n.Hours, strconv.Itoa(int(math.Round(h))))
		}
		d.New = append(d.New, n)
	}
	likely, bad := aheadWords(p.Likely, on)
	d.NewBad = bad
	d.NewAnswer = "With the work that usually comes in: " + lower(likely)
	if p.Likely.First == 0 && p.Much.First != 0 {
		d.NewAnswer += " In a busy time, not from " + p.Much.First.Full() + "."
	}
	d.NewFrom = []string{
		"From this team's own past: " + count(f.Children, "child", "children") + " came to it in the " + count(f.Weeks, "full week", "full weeks") + " from " + f.From.Long() + " to " + f.To.Long() + ".",
		"Each spell of 8 weeks in that time was looked at, " + strconv.Itoa(f.Spells) + " of them: the hours that the rules give to what the new children were owed within it, by the week in which it fell due. In half of the spells it was the middle line or less, in " +
			strconv.Itoa(c.Little) + " of 100 the quiet one or less, in " + strconv.Itoa(100-c.Much) + " of 100 more than the busy one.",
		"The way to a child who has not come yet is not in it. Children who leave are not taken off. What is asked before somebody is given a child counts what is owed now, not this.",
	}
}

// waysWords says where the time of the way to the children comes from.
func waysWords(w app.WaysFrom, t duty.Travel) string {
	if len(t.Kinds) == 0 {
		return "The rules in force say nothing of the way to a child: it is not counted."
	}
	var parts []string
	if w.Said > 0 {
		parts = append(parts, "for "+count(w.Said, "child", "children")+" as their last visits said it took")
	}
	if w.Far > 0 {
		parts = append(parts, "for "+count(w.Far, "child", "children")+" by how far from home they are placed")
	}
	if w.Usual > 0 {
		parts = append(parts, "for "+count(w.Usual, "child", "children")+" a usual way of "+strconv.Itoa(t.Usual)+" minutes there and back, by the rules, since nobody has said how long it takes")
	}
	if len(parts) == 0 {
		return "The way to each child and back is counted with every visit that is owed. This team has no children."
	}
	return "The way to the child and back is counted with every visit that is owed: " + strings.Join(parts, "; ") + "."
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

// fillWhatIf offers what can be asked, says what would be, and draws the pictures.
func (s *Server) fillWhatIf(r *request, p *app.AheadPage, d *aheadData) {
	on := p.Now.Date()
	for _, x := range p.Workers {
		if h, ok := p.Line.Holder(x.Post.ID, on); ok {
			d.Posts = append(d.Posts, [2]string{x.Post.ID, p.Line.Name(h.Person)})
		}
	}
	for _, x := range p.Owed {
		d.Stops = append(d.Stops, [2]string{x.Rule, x.Duty + " (" + hoursWords(x.Hours) + ")"})
	}
	say := func(name string, now, then capacity.Outlook) {
		d.Then = append(d.Then, thenLine{Name: name, First: firstDay(now), Then: firstDay(then), Short: endSpare(now), ThenShort: endSpare(then)})
	}
	scale := 1.0
	for _, x := range p.Workers {
		scale = max(scale, widest(x.Outlook), widest(orElse(x.Then, x.Outlook)))
	}
	all := draws(p.Team.Name+", all together", p.All, p.Then, max(widest(p.All), widest(orElse(p.Then, p.All))))
	if p.Flow.Enough {
		all = drawsNew(p, max(widest(p.All), widest(orElse(p.Then, p.All)), widest(p.Much), widest(p.Little)))
	}
	d.Charts = append(d.Charts, all)
	if p.Then != nil {
		say(p.Team.Name, p.All, *p.Then)
	}
	for _, x := range p.Workers {
		h, ok := p.Line.Holder(x.Post.ID, on)
		if !ok {
			continue
		}
		c := draws(p.Line.Name(h.Person), x.Outlook, x.Then, scale)
		if r.desk.AnswersFor(x.Post.ID) {
			c.Href = r.then("/post/" + url.PathEscape(x.Post.ID) + "/hours")
		}
		d.Charts = append(d.Charts, c)
		if x.Then != nil && (x.Then.First != x.Outlook.First || endSpare(*x.Then) != endSpare(x.Outlook)) {
			say(p.Line.Name(h.Person), x.Outlook, *x.Then)
		}
	}
}

func orElse(o *capacity.Outlook, or capacity.Outlook) capacity.Outlook {
	if o == nil {
		return or
	}
	return *o
}

func firstDay(o capacity.Outlook) string {
	if o.First == 0 {
		return "none"
	}
	return o.First.Short()
}

// endSpare is what is left at the end of all weeks.
func endSpare(o capacity.Outlook) string {
	if len(o.Weeks) == 0 {
		return "0 h"
	}
	return signed(o.Weeks[len(o.Weeks)-1].Spare) + " h"
}
