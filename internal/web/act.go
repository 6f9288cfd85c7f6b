package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// act is one thing that happens in the life of a child in care, and that is recorded in one
// form: a move is one act, although it is two entries. It is data, with the one function that
// makes entries of the answers.
type act struct {
	page  string // of the journey: where it is shown, and where one goes afterwards
	group string // in the list of what can be recorded; empty: it is offered on its page only
	verb  string // on the button that leads here; %s is what the child is called
	title string // of the page
	when  string
	intro string
	timed bool
	hour  string // why the hour is needed; empty: it can be left out
	// fits says why it cannot be recorded now; empty: it can.
	fits func(p *app.ChildPage) string
	asks func(p *app.ChildPage, first string) []field
	// fill puts in what is known already. Nobody is asked twice.
	fill func(p *app.ChildPage, v map[string]string)
	make func(m *making)
}

// making are the entries that an act becomes.
type making struct {
	*recordData
	p       *app.ChildPage
	on      day.When // the day, and the hour where it is known and asked for
	entries []madeEntry
}

// madeEntry is one of them; at says which question of the form each of its fields is from.
type madeEntry struct {
	cmd child.Command
	at  map[string]string
}

func (m *making) v(name string) string { return strings.TrimSpace(m.Values[name]) }

func (m *making) yes(name string) bool { return m.Values[name] == "yes" }

// must is an answer that is needed.
func (m *making) must(name, text string) string {
	if m.v(name) == "" {
		m.Errors.Add(name, text)
	}
	return m.v(name)
}

// answer is a yes or no that is needed.
func (m *making) answer(name, text string) bool {
	m.must(name, text)
	return m.yes(name)
}

// date is a day that may be left out.
func (m *making) date(name string) day.Date {
	if m.v(name) == "" {
		return 0
	}
	on, err := day.Parse(m.v(name))
	if err != nil {
		m.Errors.Add(name, "Enter a day that is in the calendar, or leave it empty")
	}
	return on
}

// moment is a day and an hour that may be left out.
func (m *making) moment(name string) day.Instant {
	if m.v(name) == "" {
		return 0
	}
	at, err := day.ParseInstant(m.v(name))
	if err != nil {
		m.Errors.Add(name, "Enter the day and the time, or leave it empty")
	}
	return at
}

// number is a whole number that may be left out.
func (m *making) number(name, text string) *int {
	if m.v(name) == "" {
		return nil
	}
	n, err := strconv.Atoi(m.v(name))
	if err != nil {
		m.Errors.Add(name, text)
		return nil
	}
	return &n
}

// add makes an entry of the day of the act. pairs are its fields in JSON, each with the name
// of its question where that is another.
func (m *making) add(b entry.Body, pairs ...string) { m.addAt(m.on, b, pairs...) }

func (m *making) addAt(on day.When, b entry.Body, pairs ...string) {
	if k, _ := app.Registry().Known(b.Kind()); !k.Timed && !on.IsZero() {
		on = day.On(on.Date)
	}
	at := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		at[pairs[i]] = pairs[i+1]
	}
	m.entries = append(m.entries, madeEntry{child.Command{Happened: on, Body: b, Source: entry.Source{Kind: "page"}}, at})
}

func actPath(id, name string) string { return "/child/" + id + "/care/" + name }

// actOf prepares the form of an act.
func (s *Server) actOf(r *request) (d recordData, a act, p *app.ChildPage, err error) {
	name := r.PathValue("act")
	a, ok := acts[name]
	if !ok {
		return d, a, nil, app.ErrNotFound
	}
	if p, _, err = s.load(r, "Record"); err != nil {
		return d, a, nil, err
	}
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	d = recordData{Name: p.Identity.Name(), Back: "/child/" + p.Record.Child + "/" + a.page, Action: actPath(p.Record.Child, name), Timed: a.timed, entered: notEntered(), Options: map[string][][2]string{}}
	if r.desk.MayChild(access.SeeChild, p.Access) != nil { // who may only write sees nothing of the record
		d.Back = "/child/" + p.Record.Child
	}
	if r.desk.MayChild(access.SeeName, p.Access) != nil {
		d.Name, first = "a record that is closed to you", "the child"
	}
	d.Title, d.When, d.Intro = calling(a.title, first), calling(cmp.Or(a.when, "When did it happen?"), first), calling(a.intro, first)
	d.TimeHint = a.hour
	if a.fits != nil {
		d.Blocked = calling(a.fits(p), first)
	}
	d.Fields = a.asks(p, first)
	for _, f := range d.Fields {
		if f.as == "pick" {
			d.Options[f.name] = f.choices
		}
	}
	return d, a, p, nil
}

// calling puts what a child is called into a text.
func calling(text, first string) string {
	return title(strings.ReplaceAll(text, "%s", first))
}

func (s *Server) actForm(w http.ResponseWriter, r *request) error {
	d, a, p, err := s.actOf(r)
	if err != nil {
		return err
	}
	now := r.now.Local()
	d.Values["happened-day"], d.Values["happened-month"], d.Values["happened-year"] = fmt.Sprint(now.Day()), fmt.Sprint(int(now.Month())), fmt.Sprint(now.Year())
	if d.Timed {
		d.Values["happened-time"] = now.Format("15:04")
	}
	if a.fill != nil && r.desk.MayChild(access.SeeChild, p.Access) == nil {
		a.fill(p, d.Values)
	}
	for _, name := range []string{"of", "happens"} { // what a link asks for
		if v := r.URL.Query().Get(name); v != "" && d.asked(name) {
			d.Values[name] = v
		}
	}
	asked := maps.Clone(d.Values)
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	for name, v := range asked {
		if _, typed := d.Values[name]; !typed {
			d.Values[name] = v
		}
	}
	d.Kept = cmp.Or(d.Blocked, d.Kept)
	return s.render(w, http.StatusOK, recordPage(s.page(r, d.Title, ""), d))
}

// asked says whether the form has a question.
func (d *recordData) asked(name string) bool {
	for _, f := range d.Fields {
		if f.name == name {
			return true
		}
	}
	return false
}

// doAct shows everything that is wrong at once, or records all entries of the act, or none.
func (s *Server) doAct(w http.ResponseWriter, r *request) error {
	d, a, p, err := s.actOf(r)
	if err != nil {
		return err
	}
	if err := r.parse(); err != nil {
		return err
	}
	d.take(r)
	m := &making{recordData: &d, p: p, on: d.happened()}
	if d.Blocked != "" && !m.on.IsZero() { // it may have fitted on the day on which it was
		then := *p
		then.Status = p.Record.On(m.on.From() - 1)
		if a.fits(&then) == "" {
			d.Blocked = ""
		}
	}
	if a.hour != "" && !m.on.IsZero() && !m.on.Timed() {
		d.Errors.Add("happened-time", "Enter the time, as well as you know it")
	}
	a.make(m)
	again := func() error {
		d.sortErrors()
		f := s.page(r, d.Title, "")
		f.Errors = true
		return s.render(w, http.StatusUnprocessableEntity, recordPage(f, d))
	}
	if d.Blocked != "" {
		d.Errors.Add("form", d.Blocked)
	}
	m.try(r)
	if d.Errors.Any() {
		return again()
	}
	do := app.Do{Child: p.Record.Child, Key: r.person() + " " + d.Key}
	for _, x := range m.entries {
		do.Commands = append(do.Commands, x.cmd)
	}
	done, err := r.desk.Record(r.ctx(), do)
	if ps, refused := entry.Problems(err); refused {
		for _, x := range ps {
			m.says(nil, x)
		}
		return again()
	} else if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + p.Record.Child
	if err := r.desk.MayStill(r.ctx(), access.SeeChild, p.Record.Child); err == nil {
		to += "/" + a.page
	} else if errors.Is(err, app.ErrForbidden) {
		to = "/owed"
	} else {
		return err
	}
	http.Redirect(w, r.Request, to+"?done="+string(done.Entries[0]), http.StatusSeeOther)
	return nil
}

// try asks of each entry whether the record would take it, after those before it.
func (m *making) try(r *request) {
	page := *m.p
	page.Record = page.Record.Clip()
	for _, x := range m.entries {
		if x.cmd.Happened.IsZero() {
			continue // the day is wrong, which is said already
		}
		err := r.desk.Try(&page, x.cmd)
		ps, _ := entry.Problems(err)
		for _, p := range ps {
			m.says(x.at, p)
		}
		if err != nil {
			continue
		}
		x.cmd.Actor.Person = r.person()
		es, err := child.Decide(page.Record, x.cmd, entry.Moment{Now: r.now, Rand: zeros{}})
		if err != nil {
			continue
		}
		for _, e := range es {
			page.Record = child.Apply(page.Record, e)
		}
	}
}

// says puts a problem beside the question that it is about.
func (m *making) says(at map[string]string, p entry.Problem) {
	f := cmp.Or(at[p.Field], m.place(p.Field))
	if m.Errors.For(f) == "" {
		m.Errors.Add(f, p.Text)
	}
}

// zeros are the random bytes of what is only tried: no entry of it is kept.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// actGroups are the acts that fit a child now, for the list of what can be recorded.
func actGroups(p *app.ChildPage) (out []choiceGroup) {
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	for _, name := range actOrder {
		a := acts[name]
		if a.group == "" || a.fits(p) != "" {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Title != a.group {
			out = append(out, choiceGroup{Title: a.group})
		}
		g := &out[len(out)-1]
		g.Links = append(g.Links, shell.Link{Text: calling(a.verb, first), Href: actPath(p.Record.Child, name)})
	}
	return out
}

// flat is a body as a correction keeps it.
func flat(b entry.Body) entry.Flat {
	raw, err := json.Marshal(b)
	if err != nil { // a body was read from JSON
		panic(err)
	}
	return entry.Flat(raw)
}
