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
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// familyData is the page of who is around a child: as a map, and as a list.
type familyData struct {
	Child, Name, Title, Sub, Known string
	First                          string
	Map                            familyMap
	None                           bool
	Homes                          []homeLine
	Gone                           []kinLine
	Offers                         []offerLine
	Add                            string // where to record somebody; empty: nobody may, or it is the past
	Links                          []shell.Link
}

// homeLine are the people of one household.
type homeLine struct {
	Name   string
	People []kinLine
	Empty  string
}

// kinLine is one person, with who said each thing and when.
type kinLine struct {
	ID, Name, Relation string
	Record             string // the record of a brother or sister, where it may be opened
	Closed             string // says that there is one that may not
	State              shell.State
	Says, SaysBy       string
	Facts              [][2]string
	Phone              string
	By, Href, Change   string
	Before             []string
	Gone               string
}

// offerLine is somebody whom nobody has recorded yet, and who told us of them.
type offerLine struct {
	Text, By, Take string
	Same           []shell.Link // "it is Leanne": people who are recorded already
}

func (s *Server) whoIsAround(w http.ResponseWriter, r *request) error {
	p, known, err := s.load(r, "Family and network")
	if err != nil {
		return err
	}
	family := p.Record.Family()
	kin, err := r.desk.Kin(r.ctx(), "Family and network", p.Record.Kin())
	if err != nil {
		return err
	}
	base := "/child/" + p.Record.Child
	first := firstName(p.Identity.Name())
	d := familyData{Child: p.Record.Child, Name: p.Identity.Name(), First: first, Title: first + "'s family and network", Known: keep(known), None: len(family) == 0,
		Links: storyLinks(p, known, "family")}
	d.Sub = "Who is who, who lives where, and whether " + first + " is safe with them. Nothing stands here that nobody recorded: each line says who did, and when."
	may := known == 0 && r.desk.MayChild(access.RecordChild, p.Access) == nil
	if may {
		d.Add = base + "/record/family.member"
	}
	home, _ := livesNow(p)
	d.Map = mapOf(family, d.Name, strings.TrimPrefix(age(p.Identity.Birth, p.Identity.Expected, p.At.Date()), ", "), home)
	own, others := households(family, first, home)
	for _, h := range append([]household{own}, others...) {
		x := homeLine{Name: h.Name}
		for _, m := range h.People {
			x.People = append(x.People, kinOf(p, m, kin, known, may))
		}
		if len(x.People) == 0 {
			x.Empty = "Nobody has recorded who lives there."
		}
		d.Homes = append(d.Homes, x)
	}
	for _, m := range family {
		if m.Away() {
			d.Gone = append(d.Gone, kinOf(p, m, kin, known, may))
		}
	}
	for _, o := range p.Record.Offered() {
		x := offerLine{Text: memberWords(o.Member, kin), By: toldBy(o.Event) + ", " + o.Event.When.Date.Long()}
		if may {
			x.Take = d.Add + "?take=" + o.Key
			for _, m := range family {
				x.Same = append(x.Same, shell.Link{Text: m.Name, Href: d.Add + "?person=" + string(m.ID) + "&take=" + o.Key})
			}
		}
		d.Offers = append(d.Offers, x)
	}
	f := s.childFrame(r, p, "Family and network", known, true)
	s.doneNotice(r, p, known, &f)
	return s.render(w, http.StatusOK, aroundPage(f, d))
}

// doneNotice says what was just recorded, where the address says so.
func (s *Server) doneNotice(r *request, p *app.ChildPage, known day.Instant, f *shell.Page) {
	e := r.URL.Query().Get("done")
	if e == "" || known != 0 {
		return
	}
	if ev, ok := findLog(p, entry.ID(e)); ok {
		k, _ := app.Registry().Known(ev.Kind)
		at := "/child/" + p.Record.Child + "/entry/" + e
		f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
	}
}

func kinOf(p *app.ChildPage, m child.Person, kin map[string]*app.ChildRow, known day.Instant, may bool) kinLine {
	first := firstName(p.Identity.Name())
	who := func(field string) string {
		ev := m.From[field]
		if ev == nil {
			return ""
		}
		by := p.Line.Name(ev.Author) + ", " + ev.When.Date.Long()
		if b, ok := ev.Body.(child.FamilyMember); ok && b.Told != "" {
			by += ", told by " + b.Told
		}
		return by
	}
	base := "/child/" + p.Record.Child
	x := kinLine{ID: string(m.ID), Name: m.Name, Relation: m.Relation, Says: m.SafeWhy, SaysBy: who("safe"), Phone: m.Phone, Gone: m.Gone,
		State: shell.State{Text: safeWords(m.Safe, first)}, Href: base + "/entry/" + string(m.Says.ID) + keep(known)}
	switch m.Safe {
	case child.SafeWith:
		x.State.Kind = shell.OK
	case child.SafeNotLone:
		x.State.Kind = shell.Soon
	case child.SafeNotWith:
		x.State.Kind = shell.Late
	}
	if m.Since != 0 {
		x.SaysBy = "since " + m.Since.Long() + ". " + title(x.SaysBy)
	}
	x.By = p.Line.Name(m.Says.Author) + ", " + m.Says.When.Date.Long()
	fact := func(name, field, v string) {
		if v != "" {
			by := who(field)
			if by == who("name") { // said with the name: it is enough to say it once
				by = ""
			} else {
				by = " (" + by + ")"
			}
			x.Facts = append(x.Facts, [2]string{name, v + by})
		}
	}
	fact("Lives", "lives", livesWords(m))
	fact("Born", "born", m.Born)
	fact("Parental responsibility", "parental_responsibility", title(m.Responsible))
	if row := kin[m.Child]; m.Child != "" && row != nil {
		if row.Closed == "" {
			x.Record = base[:len("/child/")] + m.Child + keep(known)
		} else {
			x.Closed = "There is a record of " + m.Name + " that is closed to you."
		}
	}
	if may {
		x.Change = base + "/record/family.member?person=" + string(m.ID)
	}
	for i := len(m.Before) - 1; i >= 0 && len(x.Before) < 3; i-- {
		b, _ := m.Before[i].Body.(child.FamilyMember)
		x.Before = append(x.Before, safeWords(b.Safe, first)+": "+cmp.Or(b.SafeWhy, "no reason was said")+" ("+p.Line.Name(m.Before[i].Author)+", "+m.Before[i].When.Date.Long()+")")
	}
	return x
}

func livesWords(m child.Person) string {
	if m.Where != "" {
		return title(m.Lives) + ": " + m.Where
	}
	return title(m.Lives)
}

// memberWords are somebody of the household as whoever told us said. The name of a
// brother or sister is what was said then, and stands in this record.
func memberWords(m child.Member, _ map[string]*app.ChildRow) string {
	out := m.Name
	if m.Relation != "" {
		if out != "" {
			out += ", "
		}
		out += m.Relation
	}
	if m.Born != "" {
		out += ", born " + m.Born
	}
	return out
}

// toldBy is who told us something.
func toldBy(ev *child.Event) string {
	switch b := ev.Body.(type) {
	case child.Contact:
		return b.From
	case child.Referral:
		return cmp.Or(b.From, "the referrer")
	}
	return ""
}

// livesNow is where the child lives now, and how that is known; empty: nobody knows.
func livesNow(p *app.ChildPage) (where, how string) {
	if x, ok := placementNow(p); ok {
		how = placementType(x.Said.Type) + ", since " + x.Start.When.Date.Long()
		if x.Said.LivesWith != "" {
			how += ". Looked after by " + strings.TrimSuffix(x.Said.LivesWith, ".") + "."
		}
		return cmp.Or(x.Said.Where, placementType(x.Said.Type)), how
	}
	return p.Identity.Address, ""
}

// storyLinks lead from one page of a child's story to the others.
func storyLinks(p *app.ChildPage, known day.Instant, here string) (out []shell.Link) {
	for _, x := range [][2]string{{"brief", "In one page"}, {"family", "Family and network"}, {"story", "Chronology"}, {"plan", "Plan"}, {"meetings", "Meetings"}, {"letters", "Letters"}} {
		if x[0] != here {
			out = append(out, shell.Link{Text: x[1], Href: "/child/" + p.Record.Child + "/" + x[0] + keep(known)})
		}
	}
	care, missing := concerns(p)
	if care {
		out = append(out, shell.Link{Text: "In care", Href: "/child/" + p.Record.Child + "/care" + keep(known)})
	}
	if missing {
		out = append(out, shell.Link{Text: "Missing", Href: "/child/" + p.Record.Child + "/missing" + keep(known)})
	}
	return out
}

// personForm fills the form about a person in: with what stands of them, or with what was
// said when they were first named. Nobody is asked the same twice.
func (s *Server) personForm(r *request, p *app.ChildPage, d *recordData) error {
	family := p.Record.Family()
	kin, err := r.desk.Kin(r.ctx(), "Record", p.Record.Kin())
	if err != nil {
		return err
	}
	address := func(id string) string {
		switch row := kin[id]; {
		case id == "":
			return ""
		case row == nil || row.Closed != "":
			return closedKin
		}
		return "/child/" + id
	}
	q := r.URL.Query()
	v := d.Values
	if i := slices.IndexFunc(family, func(m child.Person) bool { return string(m.ID) == q.Get("person") }); i >= 0 {
		m := family[i]
		d.Title = "Change what is known of " + m.Name
		v["person"], v["name"], v["relation"], v["role"], v["born"], v["lives"], v["where"] = string(m.ID), m.Name, m.Relation, m.Role, m.Born, m.Lives, m.Where
		v["safe"], v["safe_why"], v["telephone"], v["parental_responsibility"], v["told_by"], v["gone"] = m.Safe, m.SafeWhy, m.Phone, m.Responsible, "", m.Gone
		if m.Since != 0 {
			v["safe_since"] = m.Since.String()
		}
		v["child"], v["as_named"] = address(m.Child), m.Named
	}
	for _, o := range p.Record.Offered() {
		if o.Key != q.Get("take") {
			continue
		}
		v["as_named"], v["told_by"] = o.Key, toldBy(o.Event)
		v["name"], v["relation"] = cmp.Or(v["name"], o.Member.Name), cmp.Or(v["relation"], o.Member.Relation)
		v["born"], v["child"] = cmp.Or(v["born"], o.Member.Born), cmp.Or(v["child"], address(o.Member.Child))
		if o.Member.Child != "" {
			v["role"] = cmp.Or(v["role"], "brother or sister")
		}
		d.Facts = [][2]string{{"Named on " + o.Event.When.Date.Long(), memberWords(o.Member, kin)}, {"By", toldBy(o.Event)}}
	}
	return nil
}

// closedKin stands in the form where a brother's or sister's record is closed to whoever
// fills it in.
const closedKin = "A record that is closed to you"

// kinRecord is the record that somebody wrote down as a brother's or sister's: by its
// address, or as it stood there. The second is false where there is none that they may
// see.
func (s *Server) kinRecord(r *request, p *app.ChildPage, typed, person, named string) (id string, ok bool, err error) {
	if typed == closedKin {
		for _, m := range p.Record.Family() {
			if string(m.ID) == person && m.Child != "" {
				return m.Child, true, nil
			}
		}
		for _, o := range p.Record.Offered() {
			if o.Key == named && o.Member.Child != "" {
				return o.Member.Child, true, nil
			}
		}
		return "", false, nil
	}
	if _, after, found := strings.Cut(typed, "/child/"); found {
		typed = after
	}
	typed, _, _ = strings.Cut(typed, "/")
	typed, _, _ = strings.Cut(typed, "?")
	kin, err := r.desk.Kin(r.ctx(), "Record", []string{typed})
	if err != nil {
		return "", false, err
	}
	row := kin[typed]
	return typed, row != nil && row.Closed == "", nil
}

// actionOf is the one action of a page; none where there is no address.
func actionOf(href, text string) []shell.Link {
	if href == "" {
		return nil
	}
	return []shell.Link{{Text: text, Href: href}}
}

// safeClass colours what is said of safety, which stands in words beside it.
func safeClass(safe string) string {
	switch safe {
	case child.SafeWith:
		return "o-map__safe--ok"
	case child.SafeNotLone:
		return "o-map__safe--soon"
	case child.SafeNotWith:
		return "o-map__safe--no"
	}
	return ""
}

// comma stands after all but the last of a list.
func comma(i, n int) string {
	if i < n-1 {
		return ", "
	}
	return ""
}
