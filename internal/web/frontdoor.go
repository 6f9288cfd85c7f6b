package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/triage"
	"onus/internal/web/shell"
)

// doorData is the queue of the front door.
type doorData struct {
	Sub           string
	Counts        []doorFigure
	Show          []doorFigure // ways to narrow the list; none reorders it
	Rows          []doorLine
	Next          string
	News, Climbed []doorLine
	Parked        []doorLine
	Ages          []doorAge
	New           bool // they may record what somebody tells us
	Narrowed      string
}

// doorFigure is a number that leads to what it counts.
type doorFigure struct {
	N, Text, Href string
	Bad, Current  bool
}

// doorAge is how old what waits is, by rating.
type doorAge struct{ Rating, All, Late, Nobody, Oldest string }

// doorLine is one child of whom something waits.
type doorLine struct {
	Child, Name, Href, Age string
	Rating                 urgency
	Left, Ends             string
	Over                   bool
	Used                   int // of the time, from 0 to 100
	Rule, By, From, Said   string
	Provisional            bool
	Climbed                string
	Missing, Known         []string
	Owner, OwnerNote       string
	Parked                 string
	ParkedBy, ParkedAgreed string
	ParkedWhy, ParkedUntil string
	Decide                 string // where to decide; empty: not by whoever asks
	Closed                 string
}

// urgency is a rating as it is shown: a word, a shape and a colour.
type urgency struct{ Class, Word string }

func rateOf(rating string) urgency {
	switch rating {
	case triage.Red, triage.Amber, triage.Green:
		return urgency{rating, title(rating)}
	}
	return urgency{"none", "Not rated"}
}

// doorShows are the ways to narrow the queue.
var doorShows = []struct{ key, text string }{{"late", "past its clock"}, {"red", "red"}, {"amber", "amber"}, {"green", "green"}, {"nobody", "taken by nobody"}, {"parked", "parked"}, {"climbed", "climbed"}, {"mine", "mine"}}

func (s *Server) frontDoor(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	q := app.DoorQuery{After: after, Limit: pageSize}
	show, post := r.URL.Query().Get("show"), r.URL.Query().Get("post")
	switch show {
	case "late":
		q.LateAt = r.at()
	case "red", "amber", "green":
		q.Rating = show
	case "nobody":
		q.Taken = []string{""}
	case "parked":
		q.Parked = true
	case "climbed":
		q.Climbed = true
	case "mine":
		q.Taken = append([]string{}, r.desk.Who().Posts...)
	}
	if post != "" {
		q.Taken = []string{post}
	}
	o, err := r.desk.FrontDoor(r.ctx(), q)
	if err != nil {
		return err
	}
	all := o.Sum(func(c app.DoorCount) bool { return !c.News })
	d := doorData{Sub: o.Now.Date().Full() + ", " + o.Now.Clock() + ". " + count(all.All, "child waits", "children wait") + " for a decision. Ordered by risk, then by time left. Each has an owner, and a clock that runs."}
	sum := func(fits func(app.DoorCount) bool) app.DoorCount {
		return o.Sum(func(c app.DoorCount) bool { return !c.News && fits(c) })
	}
	href := func(key string) string { return r.then("/front-door?show=" + key) }
	for _, x := range doorShows[:7] {
		f := doorFigure{Text: x.text, Href: href(x.key), Current: show == x.key}
		n := 0
		switch x.key {
		case "late":
			n, f.Bad = all.Late, all.Late > 0
		case "red", "amber", "green":
			n = sum(func(c app.DoorCount) bool { return c.Rating == x.key }).All
		case "nobody":
			n = sum(func(c app.DoorCount) bool { return c.Taken == "" }).All
		case "parked":
			n = all.Parked
		case "climbed":
			n, f.Bad = all.Climbed, all.Climbed > 0
		}
		f.N = strconv.Itoa(n)
		d.Counts = append(d.Counts, f)
	}
	if all.Oldest != 0 {
		d.Counts = append(d.Counts, doorFigure{N: spanWords(o.Now - all.Oldest), Text: "the oldest waits"})
	}
	d.Show = []doorFigure{{Text: "all " + strconv.Itoa(all.All), Href: r.then("/front-door"), Current: show == "" && post == ""}}
	if n := sum(func(c app.DoorCount) bool { return c.Taken != "" && slices.Contains(r.desk.Who().Posts, c.Taken) }).All; n > 0 {
		d.Show = append(d.Show, doorFigure{Text: "mine (" + strconv.Itoa(n) + ")", Href: href("mine"), Current: show == "mine"})
	}
	d.Show = append(d.Show, takers(r, o, post)...)
	for _, x := range doorShows {
		if show == x.key {
			d.Narrowed = x.text
		}
	}
	for _, f := range o.Rows {
		d.Rows = append(d.Rows, s.doorLine(r, o, f))
	}
	if o.Next.ID != "" {
		to := "/front-door"
		if q := (url.Values{"show": {show}, "post": {post}}); show+post != "" {
			to += "?" + q.Encode()
		}
		d.Next = r.next(to, o.Next)
	}
	for _, x := range []struct {
		rows []app.DoorRow
		into *[]doorLine
	}{{o.News, &d.News}, {o.Parked, &d.Parked}, {o.Climbed, &d.Climbed}} {
		for _, f := range x.rows {
			*x.into = append(*x.into, s.doorLine(r, o, f))
		}
	}
	for _, rating := range append(slices.Clone(triage.Ratings), "") {
		c := sum(func(c app.DoorCount) bool { return c.Rating == rating })
		if c.All == 0 {
			continue
		}
		nobody := sum(func(c app.DoorCount) bool { return c.Rating == rating && c.Taken == "" })
		d.Ages = append(d.Ages, doorAge{rateOf(rating).Word, strconv.Itoa(c.All), strconv.Itoa(c.Late), strconv.Itoa(nobody.All), spanWords(o.Now - c.Oldest)})
	}
	d.New = r.past == 0 && s.tells(r)
	return s.render(w, http.StatusOK, doorPage(s.listPage(r, "Front door", "/front-door", map[string]string{"show": show, "post": post}), d))
}

// takers are who has taken how much, by name.
func takers(r *request, o *app.Queue, post string) (out []doorFigure) {
	n := map[string]int{}
	for _, c := range o.Counts {
		if !c.News && c.Taken != "" {
			n[c.Taken] += c.All
		}
	}
	for id, k := range n {
		if slices.Contains(r.desk.Who().Posts, id) {
			continue
		}
		out = append(out, doorFigure{Text: whoOwes(o.Line, line.KeyOf(id), o.Now.Date()) + " (" + strconv.Itoa(k) + ")", Href: r.then("/front-door?post=" + url.QueryEscape(id)), Current: post == id})
	}
	slices.SortFunc(out, func(a, b doorFigure) int { return cmp.Compare(a.Text, b.Text) })
	return out
}

func (s *Server) doorLine(r *request, o *app.Queue, f app.DoorRow) doorLine {
	on := o.Now.Date()
	c := f.ChildRow
	x := doorLine{Child: f.Child, Name: c.Name, Href: r.then("/child/" + f.Child), Age: age(c.Birth, c.Expected, on), Rating: rateOf(f.Rating), Rule: f.Rule, From: f.From, Said: f.Said,
		Provisional: f.Provisional, Missing: linesOf(f.Missing), Known: linesOf(f.Known), Decide: "/front-door/" + f.Child}
	if f.RatedBy != "" {
		x.By = o.Line.Name(f.RatedBy)
	}
	x.Left, x.Over = timeLeft(f.DueBy, o.Now)
	x.Ends = "ends " + near(f.DueBy, o.Now)
	if x.Over {
		x.Ends = "ended " + near(f.DueBy, o.Now)
	}
	if whole := f.DueBy - f.Came; whole > 0 {
		x.Used = int(min(max((o.Now-f.Came)*100/whole, 0), 100))
	}
	if f.Climbed > 0 {
		x.Climbed = "Climbed to " + whoOwes(o.Line, line.KeyOf(f.ClimbedTo), on) + ", " + near(f.ClimbedAt, o.Now)
	}
	owner := line.KeyOfFunction(line.FrontDoor)
	switch {
	case f.Taken != "":
		owner, x.OwnerNote = line.KeyOf(f.Taken), "since "+near(f.TakenAt, o.Now)
	case f.News != "":
		owner = line.KeyOf(f.News)
	default:
		x.OwnerNote = "Nobody has taken it, so it is the manager's"
	}
	x.Owner = whoOwes(o.Line, owner, on)
	if f.News == "" && slices.Contains(r.desk.Who().Posts, o.Line.Resolve(owner, on)) {
		x.Owner = "You"
		if f.Taken == "" {
			x.OwnerNote = "Nobody has taken it, so it is yours"
		}
	}
	if f.Parking != "" {
		x.ParkedUntil, x.ParkedWhy, x.ParkedBy = near(f.ParkedUntil, o.Now), f.ParkedWhy, o.Line.Name(f.ParkedBy)
		x.Parked = "Parked until " + x.ParkedUntil
		switch {
		case f.ParkedAgreed == "":
			x.Parked = "Parking proposed until " + x.ParkedUntil + ". Nobody has agreed yet"
		case f.ParkedUntil <= o.Now:
			x.Parked = "Was parked until " + x.ParkedUntil + ". That is over"
		}
		if f.ParkedAgreed != "" {
			x.ParkedAgreed = o.Line.Name(f.ParkedAgreed)
		}
	}
	if c.Closed != "" {
		x.Closed, x.Decide = "Closed to you. Ask "+whoHas(r, c.Closed)+".", ""
	}
	if r.past != 0 {
		x.Decide = ""
	}
	return x
}

// tells says whether whoever asks records what others tell us.
func (s *Server) tells(r *request) bool {
	return slices.Contains(r.desk.Who().Functions, line.FrontDoor)
}

func linesOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// timeLeft says how long there is, or how late it is: "3 h 12 left", "1 h 05 late".
func timeLeft(by, now day.Instant) (text string, over bool) {
	if by > now {
		return spanWords(by-now) + " left", false
	}
	return spanWords(now-by) + " late", true
}

// spanWords is a length of time to the minute, below four days: "45 min", "3 h 12",
// "2 d 4 h".
func spanWords(d day.Instant) string {
	minutes := int(d / (60 * day.Second))
	switch hours := minutes / 60; {
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case hours < 48:
		return strconv.Itoa(hours) + " h " + two(minutes%60)
	default:
		return strconv.Itoa(hours/24) + " d " + strconv.Itoa(hours%24) + " h"
	}
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// near is a moment as people say it on the day: "11:52", "Tue 08:31".
func near(t, now day.Instant) string {
	switch d := t.Date(); {
	case d == now.Date():
		return t.Clock()
	case max(d-now.Date(), now.Date()-d) < 6:
		return t.Local().Format("Mon 15:04")
	default:
		return t.Local().Format("2 Jan 15:04")
	}
}

func doorLinks(d doorData) (out []shell.Link) {
	if d.New {
		out = append(out, shell.Link{Text: "Record a new contact", Href: "/front-door/new"})
	}
	return append(out, shell.Link{Text: "What each rating means", Href: "/rules/triage"})
}
