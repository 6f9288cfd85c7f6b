package web

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// serviceData is whether the work of several teams can be done.
type serviceData struct {
	Answer string
	Bad    bool
	Weeks  []string
	Rows   []aheadLine
	Charts []chart
	At     string // when it was worked out, where that was not just now
	Next   string
}

// serviceTeams is how many teams a page shows.
const serviceTeams = 30

func (s *Server) service(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Service(r.ctx())
	if err != nil {
		return err
	}
	d := serviceData{}
	scale, broken := 1.0, 0
	for _, t := range p.Teams {
		scale = max(scale, widest(t.Outlook))
		if t.Outlook.First != 0 {
			broken++
		}
	}
	from, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("after"), "0"))
	if err != nil || from < 0 || from > len(p.Teams) {
		return app.ErrNotFound
	}
	if p.Now != r.now && r.past == 0 {
		d.At = "As worked out at " + near(p.Now, r.now) + ". A team's own page is of now."
	}
	shown := p.Teams[from:min(from+serviceTeams, len(p.Teams))]
	if end := from + len(shown); end < len(p.Teams) {
		d.Next = r.then("/ahead?after=" + strconv.Itoa(end))
	}
	for i, t := range shown {
		if i == 0 {
			for _, x := range t.Outlook.Weeks {
				d.Weeks = append(d.Weeks, x.From.Short())
			}
		}
		row := aheadRow(t.Outlook, p.Now.Date())
		if row.New = "Too little history"; t.Flow.Enough {
			row.New = firstDay(t.Likely)
		}
		row.Name, row.Href, row.Post = t.Team.Name, r.then("/team/"+url.PathEscape(t.Team.ID)+"/ahead"), strconv.Itoa(t.Workers-t.Empty)
		if t.Empty > 0 {
			row.Post += ", " + count(t.Empty, "empty post", "empty posts")
		}
		if t.Over > 0 {
			row.Post += "; " + strconv.Itoa(t.Over) + " over their hours, and nobody answers for it"
		}
		d.Rows = append(d.Rows, row)
		c := draws(t.Team.Name, t.Outlook, nil, scale)
		c.Href = row.Href
		d.Charts = append(d.Charts, c)
	}
	if n := len(p.Teams); n > 0 {
		d.Bad = broken > 0
		d.Answer = "Yes, as far as is known: in " + count(n, "team", "teams") + " what is due in the next 8 weeks fits into the hours."
		if d.Bad {
			t := p.Teams[0]
			d.Answer = t.Team.Name + " cannot do what it owes from " + t.Outlook.First.Full() + ": up to " + hoursWords(t.Outlook.Short) + " are missing."
			if broken > 1 {
				d.Answer += " So it is with " + count(broken-1, "other team", "other teams") + "."
			}
		}
	}
	return s.render(w, http.StatusOK, servicePageOf(s.listPage(r, "Can it be done?", "/ahead", nil), d))
}

func (s *Server) apiService(w http.ResponseWriter, r *request) error {
	p, err := r.desk.Service(r.ctx())
	if err != nil {
		return err
	}
	type team struct {
		Team    string           `json:"team"`
		Workers int              `json:"workers"`
		Empty   int              `json:"empty_posts"`
		Over    int              `json:"workers_over_their_hours"`
		Outlook capacity.Outlook `json:"outlook"`
	}
	out := []team{}
	for _, t := range p.Teams {
		out = append(out, team{t.Team.ID, t.Workers, t.Empty, t.Over, t.Outlook})
	}
	writeJSON(w, http.StatusOK, map[string]any{"share_of_hours_for_duties": p.Rules.Share, "teams": out})
	return nil
}

// hoursData is a post's work against its hours.
type hoursData struct {
	entered
	Title, Sub    string
	Links         []shell.Link
	Answer, Found string
	Bad           bool
	Until         string
	Bar           workBar
	BarSays       string
	Rows          []hoursLine
	Soon, Eight   string
	Points        string
	Form          bool
	Ways          chooseData
	Action        string
	Chart         chart
	Hours         []string
	Changes       []shell.Link
}

type hoursLine struct{ Name, Href, Says, Due, Soon, Eight, Points, Why string }

func (s *Server) hours(w http.ResponseWriter, r *request) error {
	d := hoursData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.hoursPage(w, r, http.StatusOK, d)
}

func (s *Server) hoursPage(w http.ResponseWriter, r *request, code int, d hoursData) error {
	post := r.PathValue("post")
	p, err := r.desk.Hours(r.ctx(), post)
	if err != nil {
		return err
	}
	on := p.Now.Date()
	d.Until, d.Action = p.Until.Short(), "/post/"+url.PathEscape(post)+"/hours"
	d.Title = "Hours: " + p.Post.Title
	if p.Person != "" {
		d.Title = "Hours: " + p.Line.Name(p.Person)
	}
	d.Sub = p.Post.Title + ", " + on.Full() + ". What is owed, against the hours that there are."
	if p.Post.Team != "" && r.desk.MayTeam(access.SeeTeamFigures, p.Post.Team) == nil {
		d.Links = append(d.Links, shell.Link{Text: "The team", Href: r.then("/team/" + url.PathEscape(p.Post.Team) + "/ahead")})
	}
	over := p.Limit.Over()
	switch {
	case over > 0:
		d.Answer, d.Bad = halves(over)+" are missing up to "+p.Until.Full()+", and nobody answers for them.", true
	case p.Limit.Short > 0:
		d.Answer = "Over the hours, and somebody answers for it by name."
	case p.Outlook.First != 0:
		d.Answer = "Enough up to " + p.Until.Full() + ". Not from " + p.Outlook.First.Full() + ", as it looks today."
	default:
		d.Answer = "Enough, as far as is known, for the next 8 weeks."
	}
	if p.Over != nil {
		d.Found = "Seen by the rules on " + p.Over.At.Date().Long() + ". An answer is due by " + p.Over.AnswerBy.Long() + "; without one it becomes a concern by itself."
		if p.Over.Concern != "" {
			d.Found = "Nobody answered by " + p.Over.AnswerBy.Long() + ", so the rules raised a concern."
		}
	}
	most := max(1, p.Limit.Owed, p.Limit.Available)
	px := func(h float64) int { return int(math.Round(h / most * barWide)) }
	d.Bar = workBar{Owed: px(p.Limit.Owed), Mark: px(p.Limit.Available)}
	if x := p.Limit.Owed - p.Limit.Available; x > 0 {
		d.Bar.Over, d.Bar.OverFrom = px(x), px(p.Limit.Available)
	}
	d.BarSays = halves(p.Limit.Owed) + " owed, " + halves(p.Limit.Available) + " there (the black line)."
	d.Bar.Label = d.BarSays
	soon, eight := 0.0, 0.0
	for _, k := range p.Children {
		x := hoursLine{Name: k.Row.Name, Href: r.then("/child/" + k.Row.Child), Says: k.Row.Situation, Due: "", Soon: halves(k.Soon), Eight: halves(k.Eight), Points: factorText(k.Points.Points), Why: strings.Join(k.Points.Why, ", ")}
		if k.Row.Closed != "" {
			x.Href, x.Says, x.Why = "", "", ""
		}
		if k.Due != 0 {
			x.Due = k.Due.Short()
		}
		if k.Late > 0 {
			x.Due = "late: " + halves(k.Late)
		}
		if k.Unsaid {
			x.Due, x.Says = "", strings.TrimSpace(x.Says+" Nothing recorded says what is owed: the stated hours are counted.")
		}
		if k.Second {
			x.Says = strings.TrimSpace("As second worker. " + x.Says)
		}
		soon, eight = soon+k.Soon, eight+k.Eight
		d.Rows = append(d.Rows, x)
	}
	d.Soon, d.Eight = halves(soon), halves(eight)
	d.Points = factorText(p.Points) + " of " + factorText(math.Round(p.PointsFor)) + ": " + p.Band
	d.Chart = draws("Hours to spare", p.Outlook, nil, widest(p.Outlook))
	d.Hours = hoursSay(p)
	d.Form = p.May && over > 0
	if d.Form {
		if err := s.fillAnswer(r, p, &d, post); err != nil {
			return err
		}
	}
	if p.May && p.Person != "" {
		for _, x := range [][2]string{{"person.absent", "Record leave, sickness or training"}, {"absence.ended", "Record that they are back"}, {"hours.reduced", "Fewer hours for children"}, {"hours.added", "More hours, overtime or lent"}, {"hours", "The hours of the contract"}, {"person.skills", "Languages and training"}} {
			to := "/line/change/" + x[0]
			if x[0] == "hours.added" || x[0] == "hours" {
				to += "?post=" + url.QueryEscape(post)
			}
			d.Changes = append(d.Changes, shell.Link{Text: x[1], Href: to})
		}
	}
	if p.May && len(p.Children) > 0 {
		d.Changes = append(d.Changes, shell.Link{Text: "Give these children to others", Href: "/post/" + url.PathEscape(post) + "/move"})
	}
	f := s.listPage(r, d.Title, "/team", nil)
	f.Errors = d.Errors.Any()
	if r.URL.Query().Get("done") == "1" {
		f.Notice = &shell.Notice{Kind: "success", Text: "Your answer is recorded."}
	}
	return s.render(w, code, hoursPageOf(f, d))
}

// hoursSay says why the hours are what they are.
func hoursSay(p *app.HoursPage) (out []string) {
	if p.Hours.Assumed {
		out = append(out, "Nobody said how many hours this post works: full time, "+halves(p.Rules.FullTime())+" a week, is counted.")
	} else {
		out = append(out, "Contract: "+halves(p.Hours.Contract*5)+" a week.")
	}
	out = append(out, "Of them "+strconv.Itoa(int(math.Round(p.Rules.Share*100)))+" % are for duties.")
	if p.Hours.Newly > 0 {
		out = append(out, "Newly qualified since "+p.Line.NewlyQualified(p.Person).Long()+": "+strconv.Itoa(int(math.Round(p.Hours.Newly*100)))+" % of the hours are for children now. It grows month by month.")
	}
	if p.Person == "" {
		out = append(out, "Nobody is in the post: it has no hours of its own.")
	}
	for _, x := range p.Reduced {
		text := factorText(x.Percent) + " % less: " + x.For + ". " + x.Why
		if x.To != 0 {
			text += " Until " + x.To.Long() + "."
		}
		out = append(out, text)
	}
	for _, a := range p.Absences {
		text := title(a.What) + ": from " + a.From.Short()
		if a.To != 0 {
			text += " to " + a.To.Short()
		} else {
			text += ", nobody knows until when"
		}
		if !a.Agreed && a.What == line.OnLeave {
			text += ", not confirmed"
		}
		out = append(out, text+".")
	}
	for _, x := range p.Gets {
		out = append(out, halves(x.Hours)+" more up to "+x.To.Short()+": "+x.What+".")
	}
	for _, x := range p.Lends {
		out = append(out, halves(x.Hours)+" lent to "+lower(p.Line.Title(x.Post))+" up to "+x.To.Short()+".")
	}
	for _, x := range p.Accepted {
		out = append(out, halves(x.Hours)+" over, accepted by "+p.Line.Name(x.Person)+" up to "+x.To.Short()+". What could go wrong: "+x.Risk)
	}
	return out
}

func (s *Server) fillAnswer(r *request, p *app.HoursPage, d *hoursData, post string) error {
	c := &app.Choosing{Page: &app.ChildPage{Line: p.Line}, Rules: p.Rules, Until: p.Until}
	d.Ways = chooseData{entered: d.entered, Post: post, Worker: p.Line.Name(p.Person), Until: d.Until, Heading: "The hours are not enough. What gives?"}
	on := p.Now.Date()
	for _, up := range r.line.Up(r.desk.Post().ID, on) {
		if up.ID != r.desk.Post().ID && d.Ways.More == "" && up.Tier > r.desk.Post().Tier {
			d.Ways.More = whoOwes(p.Line, line.KeyOf(up.ID), on)
		}
	}
	if err := s.fillWays(r, c, &d.Ways); err != nil {
		return err
	}
	for i, x := range d.Ways.Sum {
		if x.Text == "" { // there is no one child
			d.Ways.Sum = append(d.Ways.Sum[:i], d.Ways.Sum[i+1:]...)
			break
		}
	}
	d.Errors = d.Ways.Errors
	return nil
}

func factorText(n float64) string {
	s := strconv.FormatFloat(n, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

func (s *Server) answerHours(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := hoursData{entered: enteredIn(r)}
	d.entered.Form = ""
	ways := chooseData{entered: d.entered}
	x := ways.ways()
	d.Errors = ways.Errors
	if r.FormValue("do") != "answer" || d.Errors.Any() {
		code := http.StatusOK
		if d.Errors.Any() {
			code = http.StatusUnprocessableEntity
		}
		return s.hoursPage(w, r, code, d)
	}
	post := r.PathValue("post")
	_, err := r.desk.AnswerHours(r.ctx(), post, x, r.person()+" "+d.Key)
	if _, refused := entry.Problems(err); refused {
		d.place(err, func(field string) string {
			if field == "duty" || strings.HasPrefix(field, "down-") {
				return "down"
			}
			return field
		})
		return s.hoursPage(w, r, http.StatusUnprocessableEntity, d)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/post/"+url.PathEscape(post)+"/hours?done=1", http.StatusSeeOther)
	return nil
}

// overOwed are posts over their hours that somebody must answer for, as rows.
func (s *Server) overOwed(r *request) (rows []shell.Duty) {
	at, l, _ := r.desk.Then()
	on := at.Date()
	for _, x := range r.desk.OverOwed() {
		d := shell.Duty{When: shell.State{Kind: shell.Soon, Text: "answer by " + x.AnswerBy.Short()}, Who: shell.Link{Text: l.Name(x.Person), Href: "/post/" + url.PathEscape(x.Post.ID) + "/hours"}, About: ", " + lower(x.Post.Title) + ".",
			What: "Work that cannot be done: add hours, stand work down, or accept it by name", Why: "Up to " + x.Until.Short() + " " + hoursWords(x.Short) + " are missing; it breaks on " + firstOr(x.First) + ". Seen on " + x.At.Date().Short() + "."}
		if on > x.AnswerBy {
			d.When = shell.State{Kind: shell.Late, Text: "was due " + x.AnswerBy.Short()}
		}
		if x.Concern != "" {
			d.Why += " Nobody answered, so the rules raised a concern."
		}
		if x.Mine {
			d.What = "Your own hours are not enough: your manager must answer"
		} else if r.past == 0 {
			d.Action = &shell.Link{Text: "Answer", Href: "/post/" + url.PathEscape(x.Post.ID) + "/hours"}
		}
		rows = append(rows, d)
	}
	return rows
}

func firstOr(on day.Date) string {
	if on == 0 {
		return "a later day"
	}
	return on.Short()
}
