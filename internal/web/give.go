package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/govuk"
	"onus/internal/wording"
)

// giveData is the form on which the plan is put into the family's words.
type giveData struct {
	entered
	Child, Name string
	None        bool // no plan stands
	Number      int
	Goals       []giveGoal
	For         []govuk.Choice
	Reading     []string
	Back        string
}

// giveGoal is a goal of the form. At begins the names of its fields.
type giveGoal struct {
	At, ID, Name string
	Rings        []string // numbers of its rows of whom to ring
}

// giveWeeks is for how long a link opens when nobody says otherwise.
const giveWeeks = 4

// moreRings is how many empty rows there are for whom to ring.
const moreRings = 2

var forWords = []govuk.Choice{{Value: child.ForParent, Text: "A parent, or another grown-up"}, {Value: child.ForYoung, Text: "The child, under 8"}, {Value: child.ForChild, Text: "The child, 8 to 12"}, {Value: child.ForTeenage, Text: "The child, 13 or older"}}

func (s *Server) giveForm(w http.ResponseWriter, r *request) error {
	p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Give the plan to the family", r.PathValue("child"))
	if err != nil {
		return err
	}
	d := giveData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if v, ok := p.Plan(); ok {
		if plan := d.Values["plan"]; plan != "" && plan != string(v.ID) { // what was typed was of another version
			d.entered = notEntered()
		}
		prefill(p, v, r.desk.Promised(), &d.entered)
	}
	return s.givePage(w, r, http.StatusOK, p, d)
}

// prefill puts the plan's own words into the fields that nobody typed in: whoever gives
// it rewords them for whoever reads it.
func prefill(p *app.ChildPage, v child.PlanVersion, answer day.Date, e *entered) {
	put := func(name, value string) {
		if _, typed := e.Values[name]; !typed {
			e.Values[name] = value
		}
	}
	put("plan", string(v.ID))
	put("called", firstName(p.Identity.Given))
	put("for", child.ForParent)
	put("how", "link")
	put("until", (p.At.Date() + 7*giveWeeks).String())
	put("answer_by", answer.String())
	put("going_well", v.Well)
	for _, x := range p.Record.ChildWords(1) {
		put("childs_words", x.Words)
	}
	if v.Next != 0 {
		put("next_meeting", v.Next.Full()+".")
	}
	for i, g := range v.Goals {
		at := goalAt(i)
		put(at+"give", "yes")
		put(at+"name", g.Name)
		put(at+"change", g.Change)
		put(at+"by_when", startWords(g))
		put(at+"worry", g.Worry)
		var help []string
		for _, h := range g.Help {
			help = append(help, helpWords(h))
		}
		put(at+"help", strings.Join(help, "\n"))
		put(at+"measure", g.Measure)
		put(at+"if_not", g.IfNot)
		put(at+"plan_b", g.PlanB)
		for j, x := range g.Ring {
			n := strconv.Itoa(j)
			put(at+"ring-"+n, x.Name)
			put(at+"number-"+n, x.Number)
		}
	}
}

func goalAt(i int) string { return "goals-" + strconv.Itoa(i) + "-" }

// startWords say by when, and for how long.
func startWords(g child.Goal) string {
	var out []string
	if g.Start != 0 {
		out = append(out, "Start by "+dayWords(g.Start)+".")
	}
	if until := g.Until(); until != 0 {
		out = append(out, "Keep it up for "+count(g.Weeks, "week", "weeks")+", to "+until.Long()+".")
	}
	return strings.Join(out, " ")
}

// dayWords are a day with its weekday.
func dayWords(d day.Date) string { return d.Full() }

// helpWords say what somebody does, and from when: "Ruth: comes on Tuesdays".
func helpWords(h child.Help) string {
	out, who := strings.TrimSpace(h.What), firstName(h.Who)
	if first := firstName(out); who != "" && !strings.Contains(out, who) {
		if strings.HasSuffix(first, "s") { // comes, books, rings
			out = who + " " + lower(out)
		} else {
			out = who + ": " + lower(out)
		}
	}
	if out != "" && !strings.HasSuffix(out, ".") {
		out += "."
	}
	if h.From != 0 {
		out += " Starts on " + h.From.Long() + "."
	}
	return out
}

func (s *Server) givePage(w http.ResponseWriter, r *request, code int, p *app.ChildPage, d giveData) error {
	d.Child, d.Name, d.Back = p.Record.Child, p.Identity.Name(), "/child/"+p.Record.Child
	d.For = forWords
	v, ok := p.Plan()
	if d.None = !ok; ok {
		d.Number = v.Number
		for i, g := range v.Goals {
			x := giveGoal{At: goalAt(i), ID: g.ID, Name: g.Name}
			for j := range len(g.Ring) + moreRings {
				x.Rings = append(x.Rings, strconv.Itoa(j))
			}
			d.Goals = append(d.Goals, x)
		}
		b, _ := givenIn(p, v, &entered{Values: d.Values, lists: d.lists})
		d.Reading = s.reading(p, b)
	}
	f := s.page(r, "Give the plan to the family", "")
	f.Errors = d.Errors.Any()
	return s.render(w, code, givePageOf(f, d))
}

// givenIn reads the form into what they get. places says at which field of the form each
// goal that is given stands.
func givenIn(p *app.ChildPage, v child.PlanVersion, e *entered) (b child.PlanShared, places []int) {
	at := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(e.Values[name], "\r\n", "\n"))
	}
	b = child.PlanShared{Plan: v.ID, To: at("to"), As: at("as"), For: at("for"), Called: at("called"), Phone: at("phone"), Well: at("going_well"), Words: at("childs_words"), Next: at("next_meeting")}
	on := func(name, text string) (d day.Date) {
		if x := at(name); x != "" {
			var err error
			if d, err = day.Parse(x); err != nil {
				e.Errors.Add(name, text)
			}
		}
		return d
	}
	b.Until = on("until", "Enter the last day on which the link opens as a date")
	b.Answer = on("answer_by", "Enter the day by which they get an answer as a date")
	for i, g := range v.Goals {
		f := goalAt(i)
		if at(f+"give") != "yes" {
			continue
		}
		x := child.SharedGoal{ID: g.ID, Name: at(f + "name"), Change: at(f + "change"), ByWhen: at(f + "by_when"), Worry: at(f + "worry"), Measure: at(f + "measure"), IfNot: at(f + "if_not"), PlanB: at(f + "plan_b"), Help: paragraphs(at(f + "help"))}
		for j := range len(g.Ring) + moreRings {
			n := strconv.Itoa(j)
			ring := child.Ring{Name: at(f + "ring-" + n), Number: at(f + "number-" + n)}
			switch {
			case ring == (child.Ring{}):
			case ring.Name == "":
				e.Errors.Add(f+"ring-"+n, "Enter who to ring at this number")
			case len(digits(ring.Number)) < 3:
				e.Errors.Add(f+"number-"+n, "Enter the number of "+ring.Name+" in figures")
			default:
				x.Ring = append(x.Ring, ring)
			}
		}
		b.Goals, places = append(b.Goals, x), append(places, i)
	}
	return b, places
}

// reading is help for whoever words it: how it reads, and which words are the system's.
// It is no score on anybody.
func (s *Server) reading(p *app.ChildPage, b child.PlanShared) (out []string) {
	v, _ := p.Plan()
	names := append(p.People(v.PlanSent), b.To, b.Called, p.Identity.Name())
	var all []string
	for _, g := range b.Goals {
		all = append(all, g.Change, g.ByWhen, g.Worry, strings.Join(g.Help, "\n"), g.Measure, g.IfNot, g.PlanB)
		for _, x := range g.Ring {
			names = append(names, x.Name)
		}
	}
	all = append(all, b.Well, b.Next)
	all = slices.DeleteFunc(all, func(x string) bool { return strings.TrimSpace(x) == "" })
	text := strings.Join(all, "\n\n")
	read := wording.Read(text, names)
	if read.Words == 0 {
		return nil
	}
	out = append(out, read.Says()+" This is help, and no mark on anybody: it sees how long words and sentences are, and not what they mean.")
	if !read.TooShort() && (read.UKAge > 11 || read.Longest > 25) {
		out = append(out, "Try shorter sentences. The longest: “"+read.LongestText+"”")
	}
	var seen []string
	for _, hit := range p.Rules.Wording(p.At.Date()).Gloss(text) {
		low := strings.ToLower(hit.Word)
		if hit.Quiet || slices.Contains(seen, low) {
			continue
		}
		seen = append(seen, low)
		instead := ""
		if hit.Plain != "" {
			instead = " In plain words: “" + hit.Plain + "”."
		}
		out = append(out, "A word of the system: “"+hit.Word+"”."+instead)
	}
	return out
}

// names of fields of the form for the problems that the core found.
func givePlace(field string, places []int) string {
	if rest, ok := strings.CutPrefix(field, "goals-"); ok {
		n, part, _ := strings.Cut(rest, "-")
		if i, err := strconv.Atoi(n); err == nil && i < len(places) {
			return goalAt(places[i]) + part
		}
	}
	switch field {
	case "goals":
		return "goals-0-give"
	case "plan", "":
		return "to"
	}
	return field
}

func (s *Server) give(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Give the plan to the family", r.PathValue("child"))
	if err != nil {
		return err
	}
	d := giveData{entered: enteredIn(r)}
	v, ok := p.Plan()
	if !ok {
		d.Errors.Add("main", "No plan stands that could be given")
		return s.givePage(w, r, http.StatusUnprocessableEntity, p, d)
	}
	if d.Values["plan"] != string(v.ID) {
		d.Errors.Add("to", "Another version of the plan stands by now. What you typed is still here: look at the plan, then go on")
		d.Values["plan"] = string(v.ID)
		return s.givePage(w, r, http.StatusConflict, p, d)
	}
	b, places := givenIn(p, v, &d.entered)
	link := d.Values["how"] != "paper"
	if !link {
		b.Until = 0
	}
	step := d.Values["step"]
	if step == "change" {
		return s.givePage(w, r, http.StatusOK, p, d)
	}
	if link && b.Until == 0 && d.Errors.For("until") == "" {
		d.Errors.Add("until", "Give the last day on which the link opens")
	}
	var given app.Given
	x := app.Giving{Child: p.Record.Child, Plan: b, Link: link, Word: strings.TrimSpace(d.Values["word"]), Key: r.person() + " " + d.Key}
	if step == "give" && !d.Errors.Any() {
		given, err = r.desk.GivePlan(r.ctx(), x)
	} else {
		err = r.desk.TryGiving(p, x)
	}
	if _, refused := entry.Problems(err); refused {
		d.place(err, func(field string) string { return givePlace(field, places) })
	} else if err != nil {
		return err
	}
	if d.Errors.Any() {
		return s.givePage(w, r, http.StatusUnprocessableEntity, p, d)
	}
	if step != "give" {
		return s.giveLook(w, r, p, d, b, link)
	}
	s.recorded(r)
	made := madeData{Child: p.Record.Child, Name: p.Identity.Name(), Entry: string(given.Entries[0]), To: b.To, Until: b.Until, Paper: !link, Word: d.Values["word"] != ""}
	if given.Secret != "" {
		made.Link = s.linkTo(r, given.Secret)
	}
	return s.render(w, http.StatusOK, madePage(s.page(r, "The plan is given", ""), made))
}

// giveLook shows exactly what they will see.
func (s *Server) giveLook(w http.ResponseWriter, r *request, p *app.ChildPage, d giveData, b child.PlanShared, link bool) error {
	page := r.desk.FamilyPreview(p, b)
	x := famData{entered: notEntered(), Page: page, Ask: wordsFor(b)}
	x.Preview = &previewData{Action: "/child/" + p.Record.Child + "/plan/give", Title: "This is what " + b.To + " will see. Nothing has been given yet.", Reading: s.reading(p, b), Link: link}
	for name := range d.Values {
		if name != "step" {
			x.Preview.Fields = append(x.Preview.Fields, [2]string{name, d.Values[name]})
		}
	}
	slices.SortFunc(x.Preview.Fields, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	return s.render(w, http.StatusOK, familyPlanPage(s.familyPage(r, "Preview: "+x.title()), x))
}

// madeData is the page on which the private link is shown, once.
type madeData struct {
	Child, Name, Entry, To, Link string
	Until                        day.Date
	Paper, Word                  bool
}

// apiGive gives the plan that stands.
func (s *Server) apiGive(w http.ResponseWriter, r *request) error {
	var in struct {
		child.PlanShared
		Paper bool   `json:"on_paper"`
		Word  string `json:"word"`
	}
	id := r.PathValue("child")
	if err := readJSON(r, &in); err != nil {
		return err
	}
	key, err := r.key()
	if err != nil {
		return err
	}
	given, err := r.desk.GivePlan(r.ctx(), app.Giving{Child: id, Plan: in.PlanShared, Link: !in.Paper, Word: in.Word, Key: key})
	if err != nil {
		return err
	}
	out := struct {
		Child string   `json:"child"`
		Entry entry.ID `json:"entry"`
		Link  string   `json:"private_link,omitempty"`
	}{id, given.Entries[0], ""}
	if given.Secret != "" {
		out.Link = s.linkTo(r, given.Secret)
	}
	writeJSON(w, http.StatusCreated, out)
	return nil
}
