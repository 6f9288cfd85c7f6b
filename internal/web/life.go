package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// lifeData is a page of a child who is looked after, was, or is missing: where they live,
// when they were missing, their health, school, and leaving care. All five have one shape.
type lifeData struct {
	Child, Name, First, Title, Sub, Known string
	None                                  string // why there is nothing to show
	Tabs                                  []tabLine
	Danger                                []string
	Facts                                 []shell.Fact
	Gaps                                  []asmGap
	GapsSub                               string
	Signals                               []lifeSignal
	Owed                                  []dutyLine
	Rows                                  []lifeRow
	Parts                                 []lifePart
	Entries                               []asmEntry
	More                                  []asmEntry
	Actions                               []shell.Link
	Second                                []shell.Link // what is recorded less often
}

// lifeSignal is something that comes again, with what it is from.
type lifeSignal struct {
	Says string
	From []shell.Link
}

// lifeRow is one thing that is done again and again: when last, and when next.
type lifeRow struct {
	What, Last, Href, Said string
	Next, NextHref         string
	State                  shell.State
	Record                 string // where it is recorded; empty: not now
}

// lifePart is a part of the page: placements of one period, grounds, times missing.
type lifePart struct {
	Title, None string
	Cards       []lifeCard
}

// lifeCard is one placement, ground or time missing.
type lifeCard struct {
	Title, Sub, Href string
	State            shell.State
	Rows             [][2]string
	Words            string
	Links            []shell.Link
}

func (c *lifeCard) row(name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		c.Rows = append(c.Rows, [2]string{name, text})
	}
}

// lifeShown is how many entries a page shows before the rest is folded away, and lifeMost
// how many it shows at all: the chronology has every one.
const lifeShown, lifeMost = 12, 60

// lifePages are the pages, in order: the address, and what it is called.
var lifePages = [][2]string{{"care", "Where %s lives"}, {"missing", "Missing"}, {"health", "Health"}, {"education", "School"}, {"leaving", "Leaving care"}}

// concerns says which of the pages concern a child: those of care for whoever is or was looked
// after, or is owed help after it; missing for whoever ever was.
func concerns(p *app.ChildPage) (care, missing bool) {
	care = p.Status.LookedAfter || p.Status.LeavingCare
	for i := range p.Record.Events {
		switch p.Record.Events[i].Kind {
		case "care.started", "care.ended", "placement.started":
			care = true
		case "missing.started":
			missing = true
		}
	}
	return care, missing
}

// life begins a page: what all five have.
func (s *Server) life(r *request, page string) (d lifeData, p *app.ChildPage, known day.Instant, may bool, err error) {
	i := slices.IndexFunc(lifePages, func(x [2]string) bool { return x[0] == page })
	p, known, err = s.load(r, calling(lifePages[i][1], "the child"))
	if err != nil {
		return d, nil, 0, false, err
	}
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	d = lifeData{Child: p.Record.Child, Name: p.Identity.Name(), First: first, Title: calling(lifePages[i][1], first), Known: keep(known)}
	care, missing := concerns(p)
	for _, x := range lifePages {
		if concern := map[string]bool{"missing": missing, "leaving": care && leavingConcerns(p)}; x[0] != page {
			if is, special := concern[x[0]]; special && !is || !special && !care {
				continue
			}
		}
		d.Tabs = append(d.Tabs, tabLine{calling(x[1], first), "/child/" + d.Child + "/" + x[0] + d.Known, x[0] == page})
	}
	if len(d.Tabs) == 1 {
		d.Tabs = nil
	}
	if e, now := p.Record.MissingNow(); now {
		d.Danger = append(d.Danger, missingDanger(p, e))
	}
	return d, p, known, known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil, nil
}

// missingDanger is that a child is missing now, in a sentence.
func missingDanger(p *app.ChildPage, e child.Episode) string {
	text := "Missing now, since " + e.Start.When.Long() + "."
	if d, hours := e.Lasted(p.At); hours {
		text = "Missing now, since " + e.Start.When.Long() + ": " + awayFor(d) + "."
	}
	if at, told := e.Heard("police"); told {
		return text + " The police were told " + at.Long() + "."
	}
	return text + " Nobody has recorded that the police were told."
}

// awayFor is a length of time in words: minutes, hours, days.
func awayFor(d day.Instant) string {
	switch h := int(d / day.Hour); {
	case h < 1:
		return count(int(d/day.Minute), "minute", "minutes")
	case h < 48:
		return count(h, "hour", "hours")
	default:
		return count(h/24, "day", "days")
	}
}

// act adds a link to an act, where it fits.
func (d *lifeData) act(p *app.ChildPage, to *[]shell.Link, names ...string) {
	for _, name := range names {
		if a := acts[name]; a.fits == nil || a.fits(p) == "" {
			*to = append(*to, shell.Link{Text: calling(a.verb, d.First), Href: actPath(d.Child, name)})
		}
	}
}

// lifeOwed are the open duties for which is holds, but for those that stand in a row already.
func (s *Server) lifeOwed(p *app.ChildPage, known day.Instant, rows []lifeRow, is func(duty.Duty) bool) (out []dutyLine) {
	for _, x := range p.Open() {
		l := s.dutyLine(p, x, known)
		if is(x) && !slices.ContainsFunc(rows, func(r lifeRow) bool { return r.NextHref == l.Href }) {
			out = append(out, l)
		}
	}
	return out
}

// metBy says whether an entry of a kind meets a duty.
func metBy(kind string) func(duty.Duty) bool {
	return func(x duty.Duty) bool { return slices.Contains(x.Rule.MetBy.Kind, kind) }
}

// entries are the entries of some kinds, the newest first.
func (d *lifeData) entries(p *app.ChildPage, known day.Instant, kinds ...entry.Kind) {
	for i := len(p.Record.Events) - 1; i >= 0; i-- {
		ev := &p.Record.Events[i]
		if !slices.Contains(kinds, ev.Kind) {
			continue
		}
		if len(d.Entries) < lifeShown {
			d.Entries = append(d.Entries, lifeEntry(p, ev, known))
		} else if len(d.More) < lifeMost-lifeShown {
			d.More = append(d.More, lifeEntry(p, ev, known))
		}
	}
}

func lifeEntry(p *app.ChildPage, ev *child.Event, known day.Instant) asmEntry {
	e := asmEntryOf(p, child.Belongs{Event: ev}, known)
	e.Text, e.How = title(summary(ev.Body, p.Line)), ""
	return e
}

// row is one thing that is done again: its newest entry, and what is owed next, which the
// rules say and not this page.
func (s *Server) lifeRow(p *app.ChildPage, known day.Instant, what string, done entry.Body, is func(entry.Body) bool, record string) lifeRow {
	x := lifeRow{What: what, Last: "Never, as far as is recorded", Record: record}
	if ev := p.Record.LastStep(p.At.Date(), is); ev != nil {
		x.Last, x.Href, x.Said = ev.When.Date.Long(), "/child/"+p.Record.Child+"/entry/"+string(ev.ID)+keep(known), lifeSaid(ev.Body)
	}
	if owed := p.WouldMeet(done); len(owed) > 0 {
		o := owed[0]
		x.Next, x.NextHref, x.State = shortDay(o.Due.On, p.At.Date()), dutyHref(p.Record.Child, o.ID())+keep(known), leftState(o, s.App.Pack.Calendar(), p.At)
	}
	return x
}

// lifeSaid is what an entry says beside which step it was.
func lifeSaid(b entry.Body) string {
	var parts []string
	add := func(texts ...string) {
		for _, t := range texts {
			if t = strings.TrimSuffix(strings.TrimSpace(t), "."); t != "" {
				parts = append(parts, title(t)+".")
			}
		}
	}
	switch b := b.(type) {
	case child.Health:
		if b.Score != nil {
			add("score " + itoa(*b.Score))
		}
		if b.By != "" {
			add("by " + b.By)
		}
		add(b.What)
	case child.Education:
		add(b.School, b.What)
	case child.LeavingCare:
		add(b.Who, b.What)
	}
	return strings.Join(parts, " ")
}

func (s *Server) lifeShow(w http.ResponseWriter, r *request, p *app.ChildPage, known day.Instant, d lifeData) error {
	f := s.childFrame(r, p, d.Title, known, true)
	s.doneNotice(r, p, known, &f)
	return s.render(w, http.StatusOK, lifePageOf(f, d))
}

// by is who recorded an entry, and when it was.
func lifeBy(p *app.ChildPage, ev *child.Event) string {
	return ev.When.Long() + ", recorded by " + p.Line.Name(ev.Author)
}

// disputed adds what somebody says is wrong about an entry.
func (c *lifeCard) disputed(p *app.ChildPage, ev *child.Event) {
	for _, x := range p.Disputes[ev.ID] {
		if b, ok := x.Body.(child.Disputed); ok {
			c.row("Disputed by "+b.By, b.What)
		}
	}
}

// trimQuotes takes away the marks that somebody typed around words: the page has its own.
func trimQuotes(text string) string { return strings.Trim(strings.TrimSpace(text), "\"") }
