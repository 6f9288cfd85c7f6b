package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// periodData is a post, or a child, over a time.
type periodData struct {
	Title, Sub, Action   string
	Back                 shell.Link
	From, To, Known      string
	Asked                bool // a time was given
	Kid                  bool
	Above                bool // of it only what climbed is found
	Errors               govuk.Errors
	Stays                [][3]string
	Weeks                []weekBar
	WeeksSay, WeeksAbout string
	Missed               []missedLine
	MissedSay            string
	Warnings             []contextWarning
	Talks                [][3]string
	Choices              [][4]string
}

// weekBar is one week on the scale of all: hours owed, and hours there were.
type weekBar struct {
	Week, Owed, Had, Short string
	OwedWidth, HadWidth    float64
	Y                      float64
}

type missedLine struct {
	Due, What, State, Owner string
	Child                   shell.Link
	Href                    string
}

// period reads the time that is asked for; without one, the last three months.
func (s *Server) period(w http.ResponseWriter, r *request, d periodData, look func(from, to day.Date, known day.Instant) (*app.Period, error)) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	q := r.URL.Query()
	d.From, d.To, d.Known = q.Get("from"), q.Get("to"), q.Get("known")
	today := r.now.Date()
	if d.From == "" && d.To == "" {
		end := today
		if known != 0 {
			end = known.Date()
		}
		d.From, d.To = end.AddMonths(-3).String(), end.String()
	}
	from, err := day.Parse(d.From)
	if err != nil {
		d.Errors.Add("from", "Enter the first day as a date")
	}
	to, err := day.Parse(d.To)
	if err != nil {
		d.Errors.Add("to", "Enter the last day as a date")
	}
	f := s.page(r, "Looking back", "")
	var p *app.Period
	if !d.Errors.Any() {
		if p, err = look(from, to, known); err != nil {
			ps, refused := entry.Problems(err)
			if !refused {
				return err
			}
			for _, x := range ps {
				d.Errors.Add(cmp.Or(x.Field, "from"), x.Text)
			}
		}
	}
	if p == nil {
		f.Errors = true
		return s.render(w, http.StatusUnprocessableEntity, periodPage(f, d))
	}
	s.fillPeriod(&d, p)
	f.Known = &shell.KnownBar{Value: local(p.At), BackHref: d.Action + "?from=" + d.From + "&to=" + d.To, Text: "Nothing on this page was recorded later than " + p.At.Long() + "."}
	if !p.Past {
		f.Known = nil
	}
	return s.render(w, http.StatusOK, periodPage(f, d))
}

func (s *Server) postPeriod(w http.ResponseWriter, r *request) error {
	id := r.PathValue("post")
	d := periodData{Action: "/post/" + url.PathEscape(id) + "/context", Back: shell.Link{Text: "The line", Href: "/line"}, Title: "Looking back: " + cmp.Or(r.line.Title(id), "a post")}
	return s.period(w, r, d, func(from, to day.Date, known day.Instant) (*app.Period, error) {
		return r.desk.Period(r.ctx(), id, from, to, known)
	})
}

func (s *Server) childPeriod(w http.ResponseWriter, r *request) error {
	id := r.PathValue("child")
	d := periodData{Kid: true, Action: "/child/" + url.PathEscape(id) + "/context", Back: shell.Link{Text: "The child", Href: "/child/" + url.PathEscape(id)}, Title: "Looking back on a child"}
	return s.period(w, r, d, func(from, to day.Date, known day.Instant) (*app.Period, error) {
		return r.desk.ChildPeriod(r.ctx(), id, from, to, known)
	})
}

func (s *Server) fillPeriod(d *periodData, p *app.Period) {
	l, cal := p.Line, p.Rules.Calendar()
	then := ""
	if p.Past {
		then = keep(p.At)
	}
	d.Asked = true
	d.Sub = p.From.Long() + " to " + p.To.Long() + ". As it was known at " + p.At.Long() + "."
	if p.Kid != nil {
		d.Title = "Looking back: " + p.Kid.Identity.Name()
		d.Back.Href += then
	}
	d.Above = p.Kid == nil && (p.Post.Function != "" || p.Post.Tier > line.TeamManager)
	for _, x := range p.Stays {
		who, how := l.Name(x.Person), "held it"
		if p.Kid != nil {
			how = lower(cmp.Or(l.Title(x.Post), "no worker"))
		}
		switch {
		case x.Person == "":
			who, how = "Nobody", "nobody above either"
			if p.Kid != nil {
				how = "the child had no worker"
			}
		case x.How == line.ByCover:
			how = "covered it, from " + lower(l.Title(x.Post))
		case x.How == line.ByAbove:
			how = "nobody was in it: what it owed was with " + lower(l.Title(x.Post))
		}
		d.Stays = append(d.Stays, [3]string{x.From.Long() + " to " + x.To.Long(), who, how})
	}
	scale, short := 1.0, 0
	for _, x := range p.Weeks {
		scale = max(scale, x.Owed, x.Had)
	}
	const width = 420.0
	for i, x := range p.Weeks {
		b := weekBar{Week: x.Monday.Long(), Owed: hours(x.Owed), Had: hours(x.Had), Short: "enough", OwedWidth: x.Owed / scale * width, HadWidth: x.Had / scale * width, Y: float64(i * 22)}
		switch {
		case x.Had == 0:
			b.Short = "hours not recorded"
		case x.Short() > 0:
			b.Short = hours(x.Short()) + " short"
			short++
		}
		d.Weeks = append(d.Weeks, b)
	}
	if n := len(p.Weeks); n > 0 {
		d.WeeksSay = "In " + itoa(short) + " of " + count(n, "week", "weeks") + " more hours were owed than there were."
		d.WeeksAbout = "Counted are the hours that rules give for each duty due by the end of the week and not yet done when it began. Of working hours, " + itoa(int(p.Share*100)) + " in 100 are for duties: that share is an example, not measured."
	}
	closed, open := 0, 0
	for _, m := range p.Missed {
		if m.Duty == "" {
			if closed++; strings.HasPrefix(m.State, "open") {
				open++
			}
			continue
		}
		x := missedLine{Due: m.Due.Long(), What: m.What, State: m.State, Owner: l.Title(m.Owner), Href: "/child/" + m.ChildRow.Child + "/duty/" + m.Duty + "/context",
			Child: shell.Link{Text: m.ChildRow.Name, Href: "/child/" + m.ChildRow.Child + then}}
		d.Missed = append(d.Missed, x)
	}
	switch {
	case p.All == 0:
		d.MissedSay = "Nothing that was due in this time was missed."
	case p.All > len(p.Missed):
		d.MissedSay = "The first " + itoa(len(p.Missed)) + " of " + itoa(p.All) + ". Choose a shorter time to see the others."
	default:
		d.MissedSay = count(p.All, "duty was", "duties were") + " not done in time."
	}
	if closed > 0 {
		d.MissedSay += " " + count(closed, "of them is", "of them are") + " to children whose records are closed to you now, and not listed; " + itoa(open) + " of these not done yet."
	}
	d.Warnings, d.Choices = warningRows(l, p.Warnings, then), choiceRows(l, p.Choices)
	for _, x := range p.Talks {
		row := [3]string{x.On.Long(), "Held", "By " + l.Name(x.By)}
		switch {
		case x.Before && x.Empty:
			row[1], row[2] = "Nobody was in the post already", "Told last: "+lower(l.Title(x.By))
		case x.Before:
			row[1], row[2] = "Late already, due "+x.Due.Long(), "Told last: "+lower(l.Title(x.By))
		case x.Empty:
			row[1], row[2] = "Nobody was in the post", "Told: "+lower(l.Title(x.By))
		case !x.Held:
			row[1], row[2] = "Not held", cal.LateBy(day.Deadline{On: x.Due, By: x.Due.End()}, day.WorkingDays, x.On.Start())+" late. Told: "+lower(l.Title(x.By))
		case x.Mins > 0:
			row[2] += ", " + itoa(x.Mins) + " minutes"
		}
		if x.Person != "" {
			row[1] += ", with " + l.Name(x.Person)
		}
		d.Talks = append(d.Talks, row)
	}

}

// PeriodAnswer is a time looked back on, as programs and the command line get it.
type PeriodAnswer struct {
	Post     string          `json:"post,omitempty"`
	Child    string          `json:"child,omitempty"`
	From     day.Date        `json:"from"`
	To       day.Date        `json:"to"`
	KnownAt  day.Instant     `json:"as_known_at"`
	Answered []stayAnswer    `json:"answered"`
	Weeks    []weekAnswer    `json:"weeks,omitempty"`
	Missed   []missedAnswer  `json:"missed"`
	All      int             `json:"missed_in_all"`
	Warnings []warningAnswer `json:"warnings"`
	Talks    []eventAnswer   `json:"supervision"`
	Choices  []choiceAnswer  `json:"decisions"`
}

type stayAnswer struct {
	From   day.Date `json:"from"`
	To     day.Date `json:"to"`
	Person string   `json:"person,omitempty"`
	Post   string   `json:"post,omitempty"`
	How    string   `json:"how"`
}

type missedAnswer struct {
	Child string   `json:"child"`
	Duty  string   `json:"duty,omitempty"` // empty: the record is closed to whoever asks
	What  string   `json:"what,omitempty"`
	Due   day.Date `json:"due"`
	State string   `json:"state"`
	Owner string   `json:"owed_by_post"`
}

type eventAnswer struct {
	On   day.Date `json:"on"`
	What string   `json:"what"` // held, not held, empty post
	With string   `json:"with,omitempty"`
	By   string   `json:"held_by,omitempty"`
	Told string   `json:"told,omitempty"`
}

// AnswerPeriod puts a time looked back on into the form that programs get.
func AnswerPeriod(p *app.Period) PeriodAnswer {
	x := PeriodAnswer{Post: p.Post.ID, From: p.From, To: p.To, KnownAt: p.At, All: p.All,
		Answered: []stayAnswer{}, Missed: []missedAnswer{}, Warnings: warningAnswers(p.Line, p.Warnings), Talks: []eventAnswer{}, Choices: choiceAnswers(p.Line, p.Choices)}
	if p.Kid != nil {
		x.Child = p.Kid.Record.Child
	}
	for _, s := range p.Stays {
		x.Answered = append(x.Answered, stayAnswer{s.From, s.To, s.Person, s.Post, s.How})
	}
	for _, w := range p.Weeks {
		x.Weeks = append(x.Weeks, weekAnswer{w.Monday, w.Owed, w.Had})
	}
	for _, m := range p.Missed {
		x.Missed = append(x.Missed, missedAnswer{m.ChildRow.Child, m.Duty, m.What, m.Due, m.State, m.Owner})
	}
	for _, t := range p.Talks {
		e := eventAnswer{On: t.On, With: t.Person, What: "held", By: t.By}
		if !t.Held {
			e = eventAnswer{On: t.On, With: t.Person, What: "not held", Told: t.By}
			if t.Empty {
				e.What = "empty post"
			}
		}
		x.Talks = append(x.Talks, e)
	}
	return x
}

func (s *Server) apiPostPeriod(w http.ResponseWriter, r *request) error {
	return s.apiPeriod(w, r, func(from, to day.Date, known day.Instant) (*app.Period, error) {
		return r.desk.Period(r.ctx(), r.PathValue("post"), from, to, known)
	})
}

func (s *Server) apiChildPeriod(w http.ResponseWriter, r *request) error {
	return s.apiPeriod(w, r, func(from, to day.Date, known day.Instant) (*app.Period, error) {
		return r.desk.ChildPeriod(r.ctx(), r.PathValue("child"), from, to, known)
	})
}

func (s *Server) apiPeriod(w http.ResponseWriter, r *request, look func(from, to day.Date, known day.Instant) (*app.Period, error)) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	days := [2]day.Date{r.now.Date().AddMonths(-3), r.now.Date()}
	for i, name := range []string{"from", "to"} {
		if v := strings.TrimSpace(r.URL.Query().Get(name)); v != "" {
			if days[i], err = day.Parse(v); err != nil {
				return entry.Refuse(name, err.Error())
			}
		}
	}
	p, err := look(days[0], days[1], known)
	if err != nil {
		return err
	}
	return s.answer(w, AnswerPeriod(p))
}
