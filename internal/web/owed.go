package web

import (
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
	"onus/internal/line"
	"onus/internal/web/shell"
)

// pageSize is how many rows a list shows at once.
const pageSize = 100

// group is a part of a list with its heading.
type group struct {
	Title string
	Rows  []shell.Duty
}

func (s *Server) owed(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	o, err := r.desk.Owed(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	sub := o.Now.Date().Full() + ", " + o.Now.Clock() + ". " + count(o.All, "duty", "duties") + " to children, " + strconv.Itoa(o.Late) + " late. Ordered by risk, then by time left."
	groups := s.groups(r, o, after == (app.Cursor{}))
	if after == (app.Cursor{}) {
		rows, err := s.warnings(r)
		if err != nil {
			return err
		}
		asked, agreed, err := s.recordOwed(r)
		if err != nil {
			return err
		}
		if len(asked) > 0 {
			groups = append([]group{{Title: "Decisions", Rows: asked}}, groups...)
		}
		if len(agreed) > 0 {
			groups = append([]group{{Title: "Agreed in supervision", Rows: agreed}}, groups...)
		}
		var packs []shell.Duty
		if r.past == 0 {
			if packs, err = s.packsOwed(r); err != nil {
				return err
			}
		}
		if len(packs) > 0 {
			groups = append([]group{{Title: "Packs for a hearing", Rows: packs}}, groups...)
		}
		groups = append(s.owedByLine(r), groups...)
		if len(rows) > 0 {
			groups = append([]group{{Title: "Warnings", Rows: rows}}, groups...)
		}
	}
	f := s.listPage(r, "What I owe", "/owed", nil)
	if r.past != 0 {
		sub += " Packs for a hearing are not in this list."
	}
	if id := r.URL.Query().Get("done"); id != "" {
		if e, err := r.desk.Own(r.ctx(), entry.ID(id)); err == nil {
			f.Notice = recordedElsewhere(e)
		}
	}
	if r.past != 0 {
		return s.render(w, http.StatusOK, owedPage(f, sub, groups, r.next("/owed", o.Next), r.then("/owed.csv")))
	}
	opened, err := r.desk.Opened(r.ctx(), r.now-14*24*day.Hour)
	if err != nil {
		return err
	}
	for _, c := range opened {
		f.Told = append(f.Told, shell.Link{Text: c.Name, Href: "/child/" + c.Child})
	}
	return s.render(w, http.StatusOK, owedPage(f, sub, groups, s.next("/owed", o.Next), "/owed.csv"))
}

// recordedElsewhere says what was just recorded in a record that is closed now
// to whoever did it.
func recordedElsewhere(e entry.Entry) *shell.Notice {
	k, _ := app.Registry().Known(e.Kind)
	n := &shell.Notice{Kind: "success", Text: k.Title + " recorded. The child is with others now, so the record is closed to you.",
		Links: []shell.Link{{Text: "Your receipt", Href: "/receipt/" + string(e.ID)}}}
	switch e.Body.(type) {
	case child.RelationDeclared:
		n.Text = "Recorded. That record is closed to you now. Tell your manager today, so that somebody else does what you would have done."
	case child.GlassReviewed, child.RestrictionReviewed:
		n.Text = "Your review is recorded."
	}
	return n
}

// ownReceipt gives the receipt of what somebody recorded themselves, whether or
// not they may still open the record.
func (s *Server) ownReceipt(w http.ResponseWriter, r *request) error {
	e, err := r.desk.Own(r.ctx(), entry.ID(r.PathValue("entry")))
	if err != nil {
		return err
	}
	text, err := r.desk.OwnReceipt(r.ctx(), e)
	if err != nil {
		return err
	}
	return sendReceipt(w, e.ID, text)
}

// groups parts a list that stands on one page into late, today, this week and
// later. A longer list stays whole: its order is by risk.
func (s *Server) groups(r *request, o *app.Owed, first bool) []group {
	if !first || o.Next.ID != "" {
		g := group{Title: "By risk, then by time left"}
		for _, d := range o.Rows {
			g.Rows = append(g.Rows, r.asThen(dutyRow(s, o.Line, d, o.Now, true)))
		}
		return []group{g}
	}
	parts := []group{{Title: "Late"}, {Title: "Today"}, {Title: "The next seven days"}, {Title: "Later"}}
	today := o.Now.Date()
	for _, d := range o.Rows {
		i := 3
		switch {
		case d.Due.Late(o.Now):
			i = 0
		case d.Due.On <= today:
			i = 1
		case d.Due.On <= today+7:
			i = 2
		}
		parts[i].Rows = append(parts[i].Rows, r.asThen(dutyRow(s, o.Line, d, o.Now, true)))
	}
	var out []group
	for _, g := range parts {
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	if len(out) > 0 && out[0].Rows[0].Action != nil {
		out[0].Rows[0].Solid = true
	}
	return out
}

// cursor reads ?after=, which only our own links make.
func cursor(r *request) (app.Cursor, error) {
	v := r.URL.Query().Get("after")
	if v == "" {
		return app.Cursor{}, nil
	}
	f := strings.SplitN(v, "~", 3)
	if len(f) == 3 {
		rank, err1 := strconv.Atoi(f[0])
		at, err2 := strconv.ParseInt(f[1], 10, 64)
		id, whole := r.s.App.Uncover(f[2])
		if err1 == nil && err2 == nil && whole && id != "" {
			return app.Cursor{Rank: rank, At: at, ID: id}, nil
		}
	}
	return app.Cursor{}, app.ErrNotFound
}

// cursorText is a place in a list, for an address. The row it names may be closed
// to whoever asks, and the name of a duty says its rule: so it is covered.
func (s *Server) cursorText(c app.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return strconv.Itoa(c.Rank) + "~" + strconv.FormatInt(c.At, 10) + "~" + s.App.Cover(c.ID)
}

// next is the address of the next page of a list, or nothing.
func (s *Server) next(path string, c app.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return also(path, "after="+s.cursorText(c))
}

// also adds a parameter to an address, which may have some already.
func also(path, param string) string {
	switch {
	case param == "":
		return path
	case strings.Contains(path, "?"):
		return path + "&" + param
	}
	return path + "?" + param
}

func itoa(n int) string { return strconv.Itoa(n) }

// warnings are what whoever asks owes because of concerns, as the first thing they
// owe.
func (s *Server) warnings(r *request) (rows []shell.Duty, err error) {
	if r.desk.May(access.RaiseConcern) != nil {
		return nil, nil
	}
	l, err := r.desk.ConcernsOwed(r.ctx())
	if err != nil {
		return nil, err
	}
	add := func(c app.ConcernRow, about, what, do string, st *shell.State, why string) {
		x := r.concernThen(concernRow(c, l.Now))
		if r.past != 0 {
			do = "See it as it was known"
		}
		if st == nil {
			st = &x.State
		}
		rows = append(rows, shell.Duty{When: *st, Who: shell.Link{Text: "Concern " + x.Number, Href: x.Href}, About: about, What: what, Why: why, Action: &shell.Link{Text: do, Href: x.Href}})
	}
	for _, c := range l.Answer {
		why := ""
		if c.AckBy != 0 {
			why = "Say that you have it by " + c.AckBy.Full() + ". That is no answer, and stops nothing."
		}
		add(c, ", raised "+c.Raised.Date().Long()+".", "Answer: "+c.Title, "Answer", nil, why)
	}
	waits := &shell.State{Kind: shell.Soon, Text: "waits for you"}
	for _, c := range l.Unheard {
		add(c, ".", "Somebody says that they were treated worse for it", "Read it, and reply", waits, "Only you and whoever raised it see this.")
	}
	for _, c := range l.Names {
		add(c, ", raised in confidence.", "Somebody asks who raised it. Do you agree?", "Look", waits, "The name is opened only if you agree, to the two of you. Whoever raised it sees that.")
	}
	for _, p := range l.Promises {
		st := shell.State{Kind: shell.Soon, Text: "due " + p.By.Short()}
		if p.By < l.Now.Date() {
			st = shell.State{Kind: shell.Late, Text: "was due " + p.By.Short()}
		}
		rows = append(rows, shell.Duty{When: st, Who: shell.Link{Text: "A promise", Href: r.then("/concern/" + p.Concern)}, About: " in answer to a concern.", What: p.What, Action: &shell.Link{Text: map[bool]string{true: "See it as it was known", false: "Say it is done"}[r.past != 0], Href: r.then("/concern/" + p.Concern)}})
	}
	for _, c := range l.Judge {
		add(c, ", which you raised.", "Say whether it is put right: "+c.Title, "Read the answer", nil, "")
	}
	for _, c := range l.Asked {
		add(c, ", which you raised.", "Did anybody treat you worse for it?", "Say yes or no", &shell.State{Kind: shell.Blue, Text: "we ask you"}, "Only the guardian reads what you write.")
	}
	return rows, nil
}

// owedByLine are the parts of the list that are about posts, and about whoever asks.
func (s *Server) owedByLine(r *request) (out []group) {
	names, talks, mine := s.lineOwed(r)
	for _, g := range []group{{"Owed to you", mine}, {"Hours that are not there", s.overOwed(r)}, {"Posts that nobody is in", names}, {"Supervision", talks}} {
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// maxLineRows is how many rows stand there of what the line owes: the rest stands in
// the line.
const maxLineRows = 20

// lineOwed are what posts of theirs owe about posts below: names for empty ones,
// supervision; and the supervision that is owed to them.
func (s *Server) lineOwed(r *request) (names, talks, mine []shell.Duty) {
	at, l, rules := r.desk.Then()
	on, cal := at.Date(), rules.Calendar()
	owed, own := r.desk.LineOwed()
	state := func(x app.LineOwed) shell.State {
		if on > x.Due {
			return shell.State{Kind: shell.Late, Text: count(cal.WorkingBetween(x.Due, on), "working day", "working days") + " late"}
		}
		return shell.State{Kind: shell.Soon, Text: "due " + x.Due.Short()}
	}
	more := 0
	for _, x := range owed {
		d := shell.Duty{When: state(x), Who: shell.Link{Text: x.Post.Title, Href: "/line"}, About: ".", What: "Name who is in it, or who covers it",
			Why: "Nobody since " + x.Since.Long() + ". Until then what it owes is yours, or of whoever is next above."}
		if x.About == line.Supervision {
			d.Who, d.About, d.What = shell.Link{Text: l.Name(x.Person), Href: "/line"}, ", "+lower(x.Post.Title)+".", "Hold supervision"
			if d.Why = "Last held on " + x.Last.Long() + "."; x.Last == 0 {
				d.Why = "Never held, as far as is recorded here. Counted from " + x.Since.Long() + "."
			}
			if slices.Contains(r.desk.Who().Posts, x.Owners[0]) {
				d.Action = &shell.Link{Text: "Prepare it", Href: "/supervision/" + url.PathEscape(x.Post.ID)}
			} else {
				d.Why += " It is owed by " + lower(l.Title(x.Owners[0])) + ", and came up to you because it was not held. See to it, or hold it yourself."
				d.Action = &shell.Link{Text: "Look, or hold it", Href: "/supervision/" + url.PathEscape(x.Post.ID)}
			}
		} else if r.desk.May(access.ChangeLine) == nil {
			d.Action = &shell.Link{Text: "Name somebody", Href: "/line/change/post.held?post=" + url.QueryEscape(x.Post.ID)}
		}
		if r.past != 0 {
			d.Action = nil
		}
		if n := len(x.To); n > 1 {
			d.Why += " It has come up to " + lower(l.Title(x.To[n-1])) + "."
		}
		switch {
		case len(names)+len(talks) == maxLineRows:
			more++
		case x.About == line.EmptyPost:
			names = append(names, d)
		default:
			talks = append(talks, d)
		}
	}
	if more > 0 {
		talks = append(talks, shell.Duty{When: shell.State{Kind: shell.Blue, Text: "more"}, Who: shell.Link{Text: "The line", Href: "/line"}, About: " shows " + itoa(more) + " more.", What: "They are later than these, or not yet late"})
	}
	for _, x := range own {
		d := shell.Duty{When: state(x), Who: shell.Link{Text: "Supervision with you", Href: "/supervision/" + url.PathEscape(x.Post.ID)}, About: ".", What: "Owed by " + lower(l.Title(x.Owners[0]))}
		if d.Why = "Last held on " + x.Last.Long() + "."; x.Last == 0 {
			d.Why = "Never held, as far as is recorded here. Counted from " + x.Since.Long() + "."
		}
		if n := len(x.Told); n > 0 {
			d.Why += " It was late, so " + lower(l.Title(x.Told[n-1].To)) + " was told on " + x.Told[n-1].At.Date().Long() + "."
		}
		if r.past == 0 {
			d.Action = &shell.Link{Text: "Prepare your part", Href: d.Who.Href}
		}
		mine = append(mine, d)
	}
	return names, talks, mine
}

// recordOwed is what posts of theirs owe because of decisions, and of supervision, as
// rows; and what came up to them because it was late.
func (s *Server) recordOwed(r *request) (decisions, talks []shell.Duty, err error) {
	if r.desk.May(access.MakeDecision) != nil {
		return nil, nil, nil
	}
	owed, err := r.desk.RecordsOwed(r.ctx())
	if err != nil {
		return nil, nil, err
	}
	at, l, rules := r.desk.Then()
	on, cal := at.Date(), rules.Calendar()
	for _, o := range owed {
		d := shell.Duty{What: o.Text, About: "."}
		d.When = shell.State{Kind: shell.Soon, Text: "due " + o.By.Short()}
		if o.By != 0 && o.By < on {
			d.When = shell.State{Kind: shell.Late, Text: count(cal.WorkingBetween(o.By, on), "working day", "working days") + " late"}
		}
		href := r.then("/decision/" + o.ID)
		if o.Record == app.OfTalk {
			href = "/supervision/" + o.ID
		}
		d.Who = shell.Link{Text: "A decision", Href: href}
		switch o.What {
		case app.OwesSignature:
			d.When, d.What, d.Action = shell.State{Kind: shell.Soon, Text: "to sign"}, "Sign it, or say why not: "+o.Text, &shell.Link{Text: "Read it", Href: href}
			d.Why = "It does not stand until every post has signed."
		case app.OwesCondition:
			d.Why, d.Action = "Asked for by a decision.", &shell.Link{Text: "Say it is done", Href: href}
		case app.OwesReview:
			if o.By > on+14 {
				continue
			}
			d.What, d.Action = "Look whether it is still right: "+o.Text, &shell.Link{Text: "Review it", Href: href}
		case app.WasReplaced:
			d.When, d.What, d.Action = shell.State{Kind: shell.Blue, Text: "replaced"}, "A decision that you signed was replaced: "+o.Text, &shell.Link{Text: "See why", Href: href}
		case app.OwesTalkSignature:
			d.Who = shell.Link{Text: "Supervision", Href: href}
			d.Why, d.Action = "With a disagreement, if there is one.", &shell.Link{Text: "Read and sign", Href: href + "#sign"}
		case app.OwesAction:
			href += "/action/" + itoa(o.Nth)
			d.Who, d.Why, d.Action = shell.Link{Text: "An action", Href: href}, "Agreed in supervision.", &shell.Link{Text: "Say how it stands", Href: href}
			if o.Closed {
				d.Why += " The child's record is closed to you."
			}
		}
		if len(o.To) > 0 {
			who := lower(l.Title(o.Post))
			if by := l.Answers(o.Post, on).Person; by != "" {
				who = l.Name(by) + ", " + who
			}
			d.Why = "It is owed by " + who + ", and came up to you because it is late. See to it with them."
			d.Action = &shell.Link{Text: "Look", Href: href}
		}
		if r.past != 0 {
			d.Action = nil
			if o.Record == app.OfTalk {
				d.Who.Href = "/owed"
			}
		}
		if o.Record == app.OfTalk {
			talks = append(talks, d)
		} else {
			decisions = append(decisions, d)
		}
	}
	return decisions, talks, nil
}
