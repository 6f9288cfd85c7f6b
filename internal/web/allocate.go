package web

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// chooseData is the page on which somebody gives a child a worker.
type chooseData struct {
	entered
	Child, Name, Age string
	Sub              string
	Speech           string // languages, and whether an interpreter is needed
	Team, TeamName   string
	Teams            [][2]string
	Waiting          string // what stands now: nobody, or who has been asked
	AskedHref        string
	Workers          []chooseLine
	Nobody           string // says that nobody has room
	More             string // whom to ask for another team
	Post             string // who is chosen
	Worker           string // their name
	First            bool   // the child has no worker yet
	Sum              []sumLine
	Open             string // hours for which nobody answers; empty: none
	Over             bool   // with the child the worker is over
	Waits            []waitLine
	MayAccept        string
	Posts            [][2]string // that could lend hours
	Items            []handLine
	Until            string
	Seen             int64
	Weeks            int
	Changes          string // how many workers there were
	Heading          string // over the ways; empty: of a child who would be too much
}

type chooseLine struct {
	Post, Name, Says string
	Bar              workBar
	Hours            string
	Over             string
	First, With      string
	Now              bool // with the child it breaks
	Not              string
	Checked          bool
}

// workBar is a picture of hours: owed, the child's, over. The words beside it say
// the same.
type workBar struct {
	Owed, Child, Over, OverFrom, Mark int // in pixels
	Label                             string
}

type sumLine struct {
	Text, Hours string
	Total       bool
}

type waitLine struct {
	Value, Name, Duty, Due, Says, Hours, Not string
	Checked                                  bool
}

type handLine struct {
	N                 string
	What, State, Note string
}

// barWide is how wide the longest bar is, in pixels.
const barWide = 200

func halves(h float64) string {
	return strconv.FormatFloat(math.Round(h*2)/2, 'f', -1, 64) + " h"
}

func (s *Server) allocateForm(w http.ResponseWriter, r *request) error {
	d := chooseData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if v := r.URL.Query().Get("post"); v != "" {
		d.Values["post"] = v
	}
	return s.choosePage(w, r, http.StatusOK, d)
}

// choosePage puts the page together: the workers, and of whoever is chosen what would give.
func (s *Server) choosePage(w http.ResponseWriter, r *request, code int, d chooseData) error {
	team := cmp.Or(d.Values["team"], r.URL.Query().Get("team"))
	c, err := r.desk.Choosing(r.ctx(), r.PathValue("child"), team)
	if err != nil {
		return err
	}
	return s.chosen(w, r, code, d, c)
}

func (s *Server) chosen(w http.ResponseWriter, r *request, code int, d chooseData, c *app.Choosing) error {
	if err := s.fillChoosing(r, c, &d); err != nil {
		return err
	}
	f := s.page(r, "Choose a worker: "+d.Name, "/unallocated")
	f.Errors = d.Errors.Any()
	return s.render(w, code, choosePageOf(f, d))
}

func (s *Server) fillChoosing(r *request, c *app.Choosing, d *chooseData) error {
	p := c.Page
	on := p.At.Date()
	d.Child, d.Name, d.Age, d.Seen = p.Record.Child, p.Identity.Name(), age(p.Identity.Birth, p.Identity.Expected, on), p.LastSeq
	d.Team, d.TeamName, d.Until, d.Weeks = c.Team.ID, c.Team.Name, c.Until.Short(), c.Rules.Weeks
	for _, t := range c.Teams {
		d.Teams = append(d.Teams, [2]string{t.ID, t.Name})
	}
	takes := "What is owed to " + firstName(d.Name) + " takes about " + hoursWords(c.Takes) + " up to " + c.Until.Short() + ", and " + hoursWords(c.Eight) + " in eight weeks."
	if c.Takes == 0 {
		takes = "Nothing is due to " + firstName(d.Name) + " up to " + c.Until.Short() + "; in eight weeks what is owed takes about " + hoursWords(c.Eight) + "."
	}
	if c.Assumed {
		takes = "Nothing recorded says what is owed to " + firstName(d.Name) + " yet, so " + halves(c.Rules.Child) + " a week is counted. A child never counts for nothing."
	}
	d.Sub = takes
	if d.Speech = speech(p.Identity); d.Speech == "" {
		d.Speech = "Nobody has recorded which languages " + firstName(d.Name) + " and the parents speak, or whether an interpreter is needed."
	}
	d.First = p.Status.Post == ""
	if n := p.Status.Workers; n > 0 && !d.First {
		d.Changes = "The next worker will be the " + ordinal(n+1) + " in this case. Each change is a new face for the child."
	}
	switch {
	case len(p.Status.Asked) > 0:
		a := p.Status.Asked[0]
		d.Waiting, d.AskedHref = whoOwes(p.Line, line.KeyOf(a.Post), on)+" was asked "+near(a.At, p.At)+", and has not taken the child yet.", "/child/"+d.Child+"/asked"
	case d.First:
		d.Waiting = "Nobody has " + firstName(d.Name) + ". Until somebody does, what is owed is the manager's by name."
	default:
		d.Waiting = whoOwes(p.Line, line.KeyOf(p.Status.Post), on) + " has " + firstName(d.Name) + " since " + p.Status.PostSince.Date.Long() + ", and keeps them until somebody else has said yes."
	}
	longest := 1.0
	for _, x := range c.Workers {
		longest = max(longest, x.Limit.Owed+c.Takes, x.Limit.Available)
	}
	room := false
	for _, x := range c.Workers {
		l := s.chooseLine(r, c, x, longest)
		l.Checked = x.Post.ID == d.Values["post"] && x.Not == ""
		room = room || x.Not == "" && x.Limit.Over() == 0
		d.Workers = append(d.Workers, l)
		if l.Checked {
			d.Post, d.Worker = x.Post.ID, r.line.Name(x.Person)
		}
	}
	if !room {
		d.Nobody = "Nobody in " + c.Team.Name + " has room up to " + c.Until.Short() + "."
	}
	if c.Ask != "" {
		d.More = whoOwes(p.Line, line.KeyOf(c.Ask), on)
	}
	for i, what := range slices.Concat(map[bool][]string{true: c.Rules.First, false: c.Rules.HandOver}[d.First]) {
		n := strconv.Itoa(i)
		d.Items = append(d.Items, handLine{n, what, cmp.Or(d.Values["hand_over-"+n], child.HandOverToDo), d.Values["hand_over_note-"+n]})
	}
	if d.Post == "" {
		return nil
	}
	return s.fillWays(r, c, d)
}

func (s *Server) chooseLine(r *request, c *app.Choosing, x app.Candidate, longest float64) chooseLine {
	l := chooseLine{Post: x.Post.ID, Name: r.line.Name(x.Person), Not: x.Not, Hours: halves(x.Limit.Owed+c.Takes) + " of " + halves(x.Limit.Available)}
	if x.Person == "" {
		l.Name = "Nobody"
	}
	with := c.Takes
	if x.Post.ID == c.Page.Status.Post {
		with, l.Hours = 0, halves(x.Limit.Owed)+" of "+halves(x.Limit.Available)
	}
	px := func(h float64) int { return int(math.Round(h / longest * barWide)) }
	b := workBar{Owed: px(x.Limit.Owed), Child: px(with), Mark: px(x.Limit.Available)}
	if over := x.Limit.Owed + with - x.Limit.Available; over > 0 {
		b.Over, b.OverFrom = px(over), px(x.Limit.Available)
	}
	b.Label = fmt.Sprintf("%s owed, %s of this child, %s available", halves(x.Limit.Owed), halves(with), halves(x.Limit.Available))
	l.Bar = b
	switch over := x.Limit.Over(); {
	case over > 0:
		l.Over, l.Now = halves(over)+" over", true
	case x.Limit.Accepted > 0 && x.Limit.Short > 0:
		l.Over = "over, and accepted"
	default:
		l.Over = halves(max(0, x.Limit.Available-x.Limit.Owed-with)) + " to spare"
	}
	first := func(on day.Date) string {
		if on == 0 {
			return "none in 8 weeks"
		}
		return on.Short()
	}
	l.First, l.With = first(x.Now.First), first(x.With.First)
	if x.Not != "" {
		l.With = "not offered"
	}
	if x.Person == "" {
		l.First, l.Over = "no hours", ""
	}
	var says []string
	says = append(says, x.Knows...)
	for _, t := range x.Speaks {
		says = append(says, "Speaks "+t)
	}
	if x.Near > 0 {
		says = append(says, "Has "+count(x.Near, "child", "children")+" in the same part of town")
	}
	if len(x.Skills.Languages) > 0 && len(x.Speaks) == 0 {
		says = append(says, "Speaks "+strings.Join(x.Skills.Languages, ", "))
	}
	if len(x.Skills.Trained) > 0 {
		says = append(says, "Trained: "+strings.Join(x.Skills.Trained, ", "))
	}
	says = append(says, count(x.Held, "child", "children")+" now")
	if x.Unsaid > 0 {
		says = append(says, count(x.Unsaid, "of them counts at the stated hours", "of them count at the stated hours"))
	}
	switch x.Hours.Away {
	case "", line.AwayNobody, line.AwayGone:
	default:
		says = append(says, "Away today: no hours, and what is owed stays owed")
	}
	if x.Hours.Assumed && x.Person != "" {
		says = append(says, "Nobody said how many hours they work: full time is counted")
	}
	if x.Hours.Newly > 0 {
		says = append(says, "First year in practice: a lighter load")
	} else if x.Hours.Reduced > 0 {
		says = append(says, "Fewer hours for children than the contract says")
	}
	l.Says = strings.Join(says, ". ") + "."
	return l
}

// fillWays says of the worker who is chosen what would give, and what it comes to.
func (s *Server) fillWays(r *request, c *app.Choosing, d *chooseData) error {
	ways := d.ways()
	wd, err := r.desk.Weigh(r.ctx(), d.Child, d.Post, ways)
	if err != nil {
		return err
	}
	d.Over = wd.Over > 0
	d.Sum = []sumLine{{Text: "Owed now", Hours: halves(wd.Limit.Owed)}, {Text: firstName(d.Name), Hours: "+" + halves(wd.Child)}, {Text: "Available", Hours: "−" + halves(wd.Limit.Available)}}
	if wd.Limit.Accepted > 0 {
		d.Sum = append(d.Sum, sumLine{Text: "Accepted before", Hours: "−" + halves(wd.Limit.Accepted)})
	}
	d.Sum = append(d.Sum, sumLine{Text: "Short at the worst moment", Hours: halves(wd.Over), Total: true})
	if ways.Added > 0 || len(ways.Down) > 0 {
		d.Sum = append(d.Sum, sumLine{Text: "Left after hours added and work stood down", Hours: halves(wd.Left)})
	}
	if ways.Accepted > 0 {
		d.Sum = append(d.Sum, sumLine{Text: "Accepted by name", Hours: "−" + halves(min(ways.Accepted, wd.Left))})
	}
	d.Sum = append(d.Sum, sumLine{Text: "Nobody has answered for", Hours: halves(wd.Open), Total: true})
	if wd.Open > 0 {
		d.Open = halves(wd.Open)
	}
	if !d.Over {
		return nil
	}
	if wd.Any {
		d.MayAccept = "In your post you may accept as much as there is."
	} else {
		d.MayAccept = "In your post you may accept up to " + halves(wd.May) + " over."
		if d.More != "" {
			d.MayAccept += " Beyond that only " + d.More + " can."
		}
	}
	rows, err := r.desk.CanWait(r.ctx(), d.Post, d.Child)
	if err != nil {
		return err
	}
	picked := map[string]bool{}
	for _, v := range d.lists["down"] {
		picked[v] = true
	}
	for _, x := range rows {
		v := x.Row.Child + " " + x.Row.ID
		l := waitLine{Value: v, Name: x.Row.ChildRow.Name, Duty: x.Rule.Duty, Due: x.Row.Due.On.Short(), Hours: halves(x.Hours), Not: x.Not, Checked: picked[v]}
		l.Says = "Not seen yet"
		if seen := x.Row.ChildRow.LastSeen; seen != 0 {
			l.Says = "Last seen " + ago(seen, r.now.Date())
		}
		if x.Row.ChildRow.Closed != "" {
			l.Duty, l.Says = "A duty that you cannot see", ""
		}
		d.Waits = append(d.Waits, l)
	}
	for _, p := range r.line.Posts(r.now.Date()) {
		if h, ok := r.line.Holder(p.ID, r.now.Date()); ok && p.ID != d.Post && p.Tier <= line.Worker && r.desk.AnswersFor(p.ID) {
			d.Posts = append(d.Posts, [2]string{p.ID, r.line.Name(h.Person) + ", " + lower(p.Title)})
		}
	}
	return nil
}

// ways are how the form says that hours are answered for.
func (d *chooseData) ways() (x app.Ways) {
	num := func(name string) float64 {
		v := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(d.Values[name]), "h"))
		if v == "" {
			return 0
		}
		n, err := strconv.ParseFloat(strings.ReplaceAll(v, ",", "."), 64)
		if err != nil || n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
			d.Errors.Add(name, "Enter a number of hours, in figures, such as 3 or 3.5")
			return 0
		}
		return n
	}
	x = app.Ways{Added: num("added"), AddedWhat: d.Values["added_what"], AddedFrom: d.Values["added_from"], DownWhy: d.Values["down_why"], Accepted: num("accepted"), Risk: d.Values["risk"]}
	for _, v := range d.lists["down"] {
		if kid, id, ok := strings.Cut(v, " "); ok {
			x.Down = append(x.Down, child.Stood{Child: kid, Duty: id})
		}
	}
	return x
}

func (s *Server) allocate(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := chooseData{entered: enteredIn(r)}
	d.Form = ""
	ways := d.ways()
	if r.FormValue("do") != "ask" || d.Errors.Any() {
		code := http.StatusOK
		if d.Errors.Any() {
			code = http.StatusUnprocessableEntity
		}
		return s.choosePage(w, r, code, d)
	}
	c, err := r.desk.Choosing(r.ctx(), r.PathValue("child"), d.Values["team"])
	if err != nil {
		return err
	}
	x := app.Asking{Child: r.PathValue("child"), Post: d.Values["post"], Team: c.Team.ID, As: d.Values["as"], Why: d.Values["why"], Ways: ways, Key: r.person() + " " + d.Key}
	x.Seen, _ = strconv.ParseInt(d.Values["seen"], 10, 64)
	items := c.Rules.HandOver
	if c.Page.Status.Post == "" {
		items = c.Rules.First
	}
	if x.As == "" {
		for i, what := range items {
			n := strconv.Itoa(i)
			x.HandOver = append(x.HandOver, child.HandOverItem{What: what, State: cmp.Or(d.Values["hand_over-"+n], child.HandOverToDo), Note: d.Values["hand_over_note-"+n]})
		}
	}
	done, err := r.desk.AskWorker(r.ctx(), x)
	if errors.Is(err, app.ErrConflict) {
		d.Errors.Add("workers", "Somebody recorded something about this child in the meantime. What you typed is still here. Look again, then send it")
		return s.choosePage(w, r, http.StatusConflict, d) // it must be read again
	}
	if _, refused := entry.Problems(err); refused {
		d.place(err, func(field string) string {
			if strings.HasPrefix(field, "added-") {
				return "added"
			} else if field == "post" {
				return "workers"
			} else if strings.HasPrefix(field, "down-") || field == "duty" {
				return "down"
			} else if has([]string{"as", "why", "ways", "added", "added_what", "added_from", "down_why", "accepted", "risk"}, field) || strings.HasPrefix(field, "hand_over") {
				return field
			}
			return "form"
		})
		return s.chosen(w, r, http.StatusUnprocessableEntity, d, c)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	http.Redirect(w, r.Request, "/child/"+x.Child+"/asked?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// firstName is what somebody is called in a sentence.
func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

func ordinal(n int) string {
	words := []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n < len(words) {
		return words[n]
	}
	return "next, after " + strconv.Itoa(n-1) + " others,"
}
