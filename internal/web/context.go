package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// contextData is a duty as it was known at a moment.
type contextData struct {
	Title, Sub, Back, Action string
	At                       string
	Cells                    []dayCell
	Counted                  []string
	Due                      string
	Rule                     string
	RuleHref                 string
	Heads                    []string // of the columns of warnings
	Tiers                    []contextTierLine
	Load                     *loadPicture
	PostHref                 string // the post over three months, for who may look
	Warnings                 []contextWarning
	Talks                    [][5]string
	Choices                  [][4]string
	Later                    int
	After                    []afterLine
	Written                  string
	Account                  *child.Account
	entered
	Known string
}

// dayCell is one day of the count, for a finger to follow.
type dayCell struct{ Day, Date, N, What, Kind string }

type contextTierLine struct {
	Title, Who, Told, Looks string
	Heard                   []string
}

type contextWarning struct {
	When, Who, Words, Became, Href, Receipt string
}

type afterLine struct {
	Recorded, About, What, Href string
	Gap                         string // how long after what it is about
}

// loadPicture sets hours owed against hours there were, on one scale.
type loadPicture struct {
	Title, Says, Before string
	Owed, Had           string
	Parts               []loadBar
	HadWidth            float64
	OverX, OverWidth    float64
	Over                string
	Rows                [][3]string
	Weeks               [][4]string
	Enough              bool
}

type loadBar struct {
	X, Width float64
	Text     string
	Class    string
	Label    bool
}

func (s *Server) context(w http.ResponseWriter, r *request) error {
	d := contextData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.contextPage(w, r, http.StatusOK, d)
}

func (s *Server) contextPage(w http.ResponseWriter, r *request, code int, d contextData) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	c, err := r.desk.Context(r.ctx(), r.PathValue("child"), r.PathValue("duty"), known)
	if err != nil {
		return err
	}
	p, l := c.Page, c.Page.Line
	cal := p.Rules.Calendar()
	on := c.At.Date()
	then := keep(c.At)
	d.Known = c.At.String()
	d.Title = "As it was known: " + lower(c.Duty.Rule.Duty) + ", due " + c.Duty.Due.On.Long()
	state := "Not done by then."
	if !c.Duty.Late(c.At) && c.Duty.Due.By > c.At {
		state = "It was not late yet."
	}
	if c.Duty.Ended.Date != 0 {
		state = "Ended: " + c.Duty.State.String() + ", " + c.Duty.Ended.Long() + "."
	}
	d.Sub = p.Identity.Name() + age(p.Identity.Birth, p.Identity.Expected, on) + ". Owed by " + whoOwes(l, c.Duty.Owner, on) + ". " + state
	d.Back = "/child/" + p.Record.Child + then
	d.Action = "/child/" + p.Record.Child + "/duty/" + r.PathValue("duty") + "/context"
	d.Cells = cells(c, cal)
	d.Counted, d.Due = c.X.Counted, c.X.Due
	d.Rule = "The rule in force then (" + c.Duty.Rule.Source.Status + "): " + c.Duty.Rule.Source.Document + "."
	d.RuleHref = "/rules/" + c.Duty.Rule.ID
	for _, x := range c.Warnings {
		d.Heads = append(d.Heads, "Concern "+itoa(x.Number)+" ("+x.Raised.Date().Short()+")")
	}
	for _, t := range c.Tiers {
		x := contextTierLine{Title: cmp.Or(t.Post.Title, "No post"), Who: "nobody", Told: "not yet told", Looks: "not opened"}
		if t.Person != "" {
			x.Who = l.Name(t.Person)
			if t.How != line.ByHolder {
				x.Who += " (" + t.How + ")"
			}
		}
		if t.Told != 0 {
			x.Told = "told " + t.Told.Date().Short()
		} else if t.Post.Tier <= line.Worker || t.Post.ID == c.Load.Post.ID {
			x.Told = "owed it"
		}
		for i, h := range t.Heard {
			text := "not yet told"
			switch {
			case c.Warnings[i].Person == t.Person && t.Person != "":
				text = "raised it"
			case h.Told != 0:
				text = "told " + h.Told.Date().Short()
				if h.Opened != 0 {
					text += ", opened " + h.Opened.Date().Short()
				} else {
					text += ", not opened"
				}
				if h.Answered != 0 {
					text += ", answered " + h.Answered.Date().Short()
				} else {
					text += ", not answered"
				}
			}
			x.Heard = append(x.Heard, text)
		}
		var days []string
		for _, k := range t.Looks {
			days = append(days, k.Date().Short())
		}
		if len(days) > 4 {
			days = append([]string{itoa(len(days)-3) + " days before,"}, days[len(days)-3:]...)
		}
		if len(days) > 0 {
			x.Looks = strings.Join(days, ", ")
		}
		d.Tiers = append(d.Tiers, x)
	}
	d.Load = drawLoad(c, l)
	if post := c.Load.Post.ID; r.desk.AnswersFor(post) {
		d.PostHref = "/post/" + url.PathEscape(post) + "/context?from=" + on.AddMonths(-3).String() + "&to=" + on.String() + "&known=" + url.QueryEscape(c.At.String())
	}
	d.Warnings, d.Choices = warningRows(l, c.Warnings, then), choiceRows(l, c.Choices)
	for _, t := range c.Talks {
		last, how := "never", "in time"
		if t.Last != 0 {
			last = t.Last.Long()
		}
		if t.Late {
			how = cal.LateBy(day.Deadline{On: t.Due, By: t.Due.End()}, day.WorkingDays, c.At) + " late"
		}
		what := t.Duty
		if t.With != "" {
			what = "Supervision with " + l.Name(t.With)
		}
		if n := len(t.Told); n > 0 {
			how += ". Told: " + lower(l.Title(t.Told[n-1].To)) + ", on " + t.Told[n-1].At.Date().Long()
		}
		d.Talks = append(d.Talks, [5]string{what, whoOwes(l, line.KeyOf(t.Owner), on), last, t.Due.Long(), how})
	}
	d.Later, d.Account = c.Later, c.Account
	if c.Account != nil {
		d.Written = c.Written.Long()
		for _, e := range c.After {
			if b, ok := e.Body.(child.Account); ok && e.Author == r.person() && b.At == c.At {
				continue // it stands beside
			}
			k, _ := app.Registry().Known(e.Kind)
			y := afterLine{Recorded: e.Recorded.Long(), About: e.Happened.Long(), What: k.Title, Href: "/child/" + p.Record.Child + "/entry/" + string(e.ID)}
			if e.Author != entry.System.Person {
				y.What += ", by " + r.line.Name(e.Author)
			}
			if text := firstText(e, r.line); text != "" {
				y.What += ": " + text
			}
			if n := int(e.Recorded.Date() - e.Happened.Date); n > 1 {
				y.Gap = itoa(n) + " days later"
			}
			d.After = append(d.After, y)
		}
	}
	f := s.page(r, "As it was known", "")
	f.Errors = d.Errors.Any()
	f.Known = &shell.KnownBar{Value: local(c.At), BackHref: "/child/" + p.Record.Child + "/duty/" + r.PathValue("duty"), Text: "Nothing above the dashed frame was recorded later than " + c.At.Long() + "."}
	if d.Account == nil {
		f.Known.Text = "Nothing on this page was recorded later than " + c.At.Long() + "."
	}
	return s.render(w, code, contextPageOf(f, d))
}

// warningRows are warnings as a page shows them; then keeps the moment in links.
func warningRows(l *line.Line, ws []app.Warning, then string) (out []contextWarning) {
	for _, x := range ws {
		y := contextWarning{When: x.Raised.Long(), Who: l.Name(x.Person), Words: x.Words, Became: became(l, x)}
		if !x.Readable {
			y.Words = "The words are closed to you."
		} else {
			y.Href, y.Receipt = "/concern/"+x.ID+then, "/concern/"+x.ID+"/entry/"+string(x.Entry)+"/receipt"
		}
		out = append(out, y)
	}
	return out
}

func choiceRows(l *line.Line, cs []app.Choice) (out [][4]string) {
	for _, x := range cs {
		by := l.Name(x.Author)
		if t := l.Title(x.Post); t != "" {
			by += ", " + lower(t)
		}
		out = append(out, [4]string{x.When.Long(), x.What, x.Why, by})
	}
	return out
}

// firstText is what an entry says, in a line.
func firstText(e entry.Entry, l *line.Line) string {
	v := strings.Join(strings.Fields(summary(e.Body, l)), " ")
	if rs := []rune(v); len(rs) > 160 {
		v = string(rs[:157]) + "..."
	}
	return v
}

func became(l *line.Line, x app.Warning) string {
	text := "Told to " + count(x.Climbed, "post", "posts") + ", last " + lower(cmp.Or(l.Title(x.Last), x.Last)) + ". "
	switch {
	case x.Verdict != "":
		text += "Answered; whoever raised it said: " + x.Verdict + "."
	case x.Answer != "":
		text += "Answered: " + x.Answer
	default:
		text += title(string(x.State)) + "."
	}
	return text
}

// cells counts the date day by day, so that anyone can count it with a finger.
func cells(c *app.Context, cal *day.Calendar) (out []dayCell) {
	from, to := c.Duty.Since.Date, c.Duty.Due.On
	if c.Duty.Span.Unit != day.WorkingDays || to-from > 31 || to < from {
		return nil
	}
	n := 0
	for on := from; on <= to; on++ {
		x := dayCell{Day: on.Weekday().String()[:3], Date: strings.TrimPrefix(on.Short(), on.Weekday().String()[:3]+" "), N: "-", Kind: "off"}
		if h, ok := cal.Holiday(on); ok {
			x.What = h.Name
		}
		switch {
		case on == from:
			x.N, x.What, x.Kind = "0", "began", "start"
		case cal.Working(on):
			n++
			x.N, x.Kind = itoa(n), ""
		}
		if on == to {
			x.What, x.Kind = "due", "due"
		}
		out = append(out, x)
	}
	return out
}

// drawLoad sets what a worker owed in the week against the hours there were.
func drawLoad(c *app.Context, l *line.Line) *loadPicture {
	if len(c.Load.Weeks) == 0 {
		return nil
	}
	const width = 600.0
	w := c.Load.Weeks[len(c.Load.Weeks)-1]
	scale := max(w.Owed, w.Had, 1)
	who := l.Name(c.Load.Person)
	if c.Load.Person == "" {
		who = "nobody"
	}
	x := &loadPicture{Title: "Could it be done? " + who + ", week of " + w.Monday.Long(), Owed: hours(w.Owed), Had: hours(w.Had), HadWidth: w.Had / scale * width, Enough: w.Short() == 0}
	at := 0.0
	for i, part := range c.Load.Parts {
		bar := loadBar{X: at, Width: part.Hours / scale * width, Text: fmt.Sprintf("%d %s", part.N, hours(part.Hours)), Class: []string{"o-fill-brand", "o-fill-ink", "o-fill-quiet", "o-fill-grey"}[i%4]}
		bar.Label = bar.Width > 60
		at += bar.Width
		x.Parts = append(x.Parts, bar)
		x.Rows = append(x.Rows, [3]string{part.Duty, itoa(part.N), hours(part.Hours)})
	}
	if short := w.Short(); short > 0 {
		x.OverX, x.OverWidth, x.Over = x.HadWidth, short/scale*width, hours(short)+" more than there were"
	}
	switch {
	case w.Had == 0:
		x.Says = "Nobody has recorded how many hours this post has. So nobody can say whether it could be done."
	case w.Short() > 0:
		x.Says = fmt.Sprintf("All of it could not be done. %s owed, and about %s for it. %s met by then.", hours(w.Owed), hours(w.Had), fmt.Sprintf("%d of %d duties were", c.Load.Met, c.Load.Owed))
	default:
		x.Says = fmt.Sprintf("In hours, it could have been done: %s owed, and about %s for it. %s met by then.", hours(w.Owed), hours(w.Had), fmt.Sprintf("%d of %d duties were", c.Load.Met, c.Load.Owed))
	}
	x.Before = fmt.Sprintf("Counted are the hours that rules give for each duty due by the end of the week and not yet done when it began. Of working hours, %.0f in 100 are for duties: that share is an example, not measured.", c.Load.Share*100)
	for _, v := range slices.Backward(c.Load.Weeks) {
		short := "enough"
		if v.Short() > 0 {
			short = hours(v.Short())
		}
		x.Weeks = append(x.Weeks, [4]string{v.Monday.Long(), hours(v.Owed), hours(v.Had), short})
	}
	return x
}

func hours(h float64) string {
	if h == float64(int(h)) {
		return count(int(h), "hour", "hours")
	}
	return fmt.Sprintf("%.1f hours", h)
}

// writeAccount records what whoever looks back wrote before seeing what came later.
func (s *Server) writeAccount(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := contextData{entered: enteredIn(r)}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	b := child.Account{Duty: r.PathValue("duty"), Knew: v("what_was_known"), Sense: v("why_it_made_sense"), Could: v("what_could_have_been_done")}
	known, err := r.known()
	if err != nil {
		return err
	}
	b.At = known
	_, err = r.desk.Record(r.ctx(), app.Do{Child: r.PathValue("child"), Key: r.person() + " " + d.Key, Now: true, Commands: []child.Command{{Body: b, Source: entry.Source{Kind: "page"}}}})
	if ps, ok := entry.Problems(err); ok {
		for _, p := range ps {
			d.Errors.Add(cmp.Or(p.Field, "what_was_known"), p.Text)
		}
		return s.contextPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, r.URL.Path+keep(known)+"#after", http.StatusSeeOther)
	return nil
}

// ContextAnswer is a context as programs and the command line get it.
type ContextAnswer struct {
	Child       string          `json:"child"`
	Duty        string          `json:"duty"`
	What        string          `json:"what"`
	Rule        string          `json:"rule"`
	Source      string          `json:"source"`
	KnownAt     day.Instant     `json:"known_at"`
	Since       string          `json:"since"`
	Due         day.Date        `json:"due"`
	State       string          `json:"state"`
	Counted     []string        `json:"counted"`
	Answered    []tierAnswer    `json:"who_answered"`
	Load        *loadAnswer     `json:"load,omitempty"`
	Warnings    []warningAnswer `json:"warnings"`
	Supervision []talkAnswer    `json:"supervision"`
	Decisions   []choiceAnswer  `json:"decisions"`
	Later       int             `json:"recorded_only_afterwards"`
	After       []laterAnswer   `json:"afterwards,omitempty"`
}

type tierAnswer struct {
	Post   string        `json:"post"`
	Title  string        `json:"title"`
	Person string        `json:"person,omitempty"`
	Name   string        `json:"name,omitempty"`
	How    string        `json:"how"`
	Told   day.Instant   `json:"told,omitzero"`
	Opened []day.Instant `json:"opened_the_record"`
}

type loadAnswer struct {
	Post  string       `json:"post"`
	Owed  int          `json:"duties"`
	Met   int          `json:"met"`
	Weeks []weekAnswer `json:"weeks"`
}

type weekAnswer struct {
	Monday day.Date `json:"monday"`
	Owed   float64  `json:"hours_owed"`
	Had    float64  `json:"hours_there_were"`
}

type warningAnswer struct {
	Concern string      `json:"concern"`
	Number  int         `json:"number"`
	Raised  day.Instant `json:"raised"`
	By      string      `json:"by"`
	Words   string      `json:"words,omitempty"`
	State   string      `json:"state"`
	Told    int         `json:"posts_told"`
	Answer  string      `json:"answer,omitempty"`
}

type talkAnswer struct {
	What string   `json:"what"`
	With string   `json:"with,omitempty"` // the person, where it is about all their work
	Due  day.Date `json:"due"`
	Last day.Date `json:"last_held,omitzero"`
	Late bool     `json:"late"`
	Told []string `json:"told,omitempty"` // posts that were told that it was not held
}

type choiceAnswer struct {
	When string `json:"when"`
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
	By   string `json:"by"`
	Post string `json:"post,omitempty"`
}

type laterAnswer struct {
	Entry    entry.ID    `json:"entry"`
	Kind     entry.Kind  `json:"kind"`
	Recorded day.Instant `json:"recorded"`
	Happened string      `json:"happened"`
	Author   string      `json:"author"`
	Says     string      `json:"says,omitempty"`
}

func warningAnswers(l *line.Line, ws []app.Warning) []warningAnswer {
	out := []warningAnswer{}
	for _, w := range ws {
		out = append(out, warningAnswer{w.ID, w.Number, w.Raised, l.Name(w.Person), w.Words, string(w.State), w.Climbed, w.Answer})
	}
	return out
}

func choiceAnswers(l *line.Line, cs []app.Choice) []choiceAnswer {
	out := []choiceAnswer{}
	for _, k := range cs {
		out = append(out, choiceAnswer{k.When.String(), k.What, k.Why, l.Name(k.Author), k.Post})
	}
	return out
}

// AnswerContext puts a context into the form that programs get.
func AnswerContext(c *app.Context) ContextAnswer {
	l := c.Page.Line
	x := ContextAnswer{Child: c.Page.Record.Child, Duty: c.Duty.ID(), What: c.Duty.Rule.Duty, Rule: c.Duty.Rule.ID, Source: c.Duty.Rule.Source.Document, KnownAt: c.At,
		Since: c.Duty.Since.String(), Due: c.Duty.Due.On, State: c.Duty.State.String(), Counted: append(append([]string{}, c.X.Counted...), c.X.Days...), Later: c.Later}
	if c.Duty.Late(c.At) {
		x.State = "open, late"
	}
	for _, t := range c.Tiers {
		x.Answered = append(x.Answered, tierAnswer{Post: t.Post.ID, Title: t.Post.Title, Person: t.Person, Name: l.Name(t.Person), How: t.How, Told: t.Told, Opened: append([]day.Instant{}, t.Looks...)})
	}
	if len(c.Load.Weeks) > 0 {
		x.Load = &loadAnswer{Post: c.Load.Post.ID, Owed: c.Load.Owed, Met: c.Load.Met}
		for _, w := range c.Load.Weeks {
			x.Load.Weeks = append(x.Load.Weeks, weekAnswer{w.Monday, w.Owed, w.Had})
		}
	}
	x.Warnings, x.Supervision, x.Decisions = warningAnswers(l, c.Warnings), []talkAnswer{}, choiceAnswers(l, c.Choices)
	for _, t := range c.Talks {
		y := talkAnswer{What: t.Duty, With: t.With, Due: t.Due, Last: t.Last, Late: t.Late}
		for _, told := range t.Told {
			y.Told = append(y.Told, told.To)
		}
		x.Supervision = append(x.Supervision, y)
	}
	for _, e := range c.After {
		x.After = append(x.After, laterAnswer{e.ID, e.Kind, e.Recorded, e.Happened.String(), l.Name(e.Author), firstText(e, l)})
	}
	return x
}

func (s *Server) apiContext(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	c, err := r.desk.Context(r.ctx(), r.PathValue("child"), r.PathValue("duty"), known)
	if err != nil {
		return err
	}
	return s.answer(w, AnswerContext(c))
}

func px(v float64) string { return fmt.Sprintf("%.1f", v) }
