package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/triage"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// tellData is the form on which somebody says that they are worried about a child.
type tellData struct {
	entered
	Public             bool
	Action             string
	Rows               []int // of children, from 1
	Adults             []int
	Signs              []signLine
	Roles              []govuk.Option
	KnownID, KnownName string // the first child, where it is one whom we know
	Authority          string
	Receipts           []receiptText
	Reference, SentAt  string
	ToldBy             string // within what time they are told what was decided
}

type receiptText struct{ Name, Text string }

// tellLimit is how often the public form takes something from one address: a school
// or a hospital has one for all who work there.
var tellLimit = Limit{PerSecond: 1.0 / 30, AtOnce: 20}

const (
	tellChildren = 4 // rows for children on the form
	tellAdults   = 4
)

func (s *Server) tellForm(w http.ResponseWriter, r *request) error {
	d := tellData{entered: notEntered(), Action: "/front-door/new"}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	if id := r.URL.Query().Get("child"); id != "" {
		d.Values["known"] = id
	}
	now := r.now.Local()
	for k, v := range map[string]string{"happened-date": r.now.Date().String(), "happened-time": now.Format("15:04")} {
		d.Values[k] = cmp.Or(d.Values[k], v)
	}
	return s.tellPage(w, r, http.StatusOK, d)
}

func (s *Server) tellPage(w http.ResponseWriter, r *request, code int, d tellData) error {
	for i := range tellChildren {
		d.Rows = append(d.Rows, i+1)
	}
	for i := range tellAdults {
		d.Adults = append(d.Adults, i+1)
	}
	d.Roles = []govuk.Option{{Text: "Choose", EmptyValue: true}}
	for _, x := range child.Roles {
		d.Roles = append(d.Roles, govuk.Option{Value: x, Text: title(x)})
	}
	rules := s.App.Rules().Triage(r.now.Date())
	for _, sg := range rules.Signs {
		d.Signs = append(d.Signs, signLine{ID: sg.ID, Ask: sg.Ask, Hint: sg.Hint, Value: d.Values["sign-"+sg.ID], Hard: rules.Hard(sg.ID)})
	}
	if r.line != nil {
		d.Authority = r.line.Authority.Name
	}
	title, at := "Record a new contact", "/front-door"
	if d.Public {
		title, at = "Tell us about a child", ""
	} else if id := d.Values["known"]; id != "" {
		if name, ok := s.nameFor(r, id); ok {
			d.KnownID, d.KnownName = id, name
		}
	}
	f := s.page(r, title, at)
	f.Errors = d.Errors.Any()
	return s.render(w, code, tellPageOf(f, d))
}

// nameFor is a child's name, where whoever asks may see it in a list.
func (s *Server) nameFor(r *request, id string) (string, bool) {
	c, err := r.desk.Named(r.ctx(), id)
	if err != nil || c.Child == "" {
		return "", false
	}
	return c.Name, true
}

// told reads the form. Problems of dates stand at their fields.
func (s *Server) told(r *request, d *tellData) app.Telling {
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	t := app.Telling{From: v("from"), What: v("what"), Referral: v("referral") == "yes",
		Intake: child.Intake{Role: v("referrer_role"), Reach: v("referrer_reach"), Words: v("childs_words"), Where: v("where_now"), Consent: v("consent"), Override: v("consent_override")}}
	for i := 1; i <= tellChildren; i++ {
		n := strconv.Itoa(i)
		k := child.Known{Given: v("given-" + n), Family: v("family-" + n)}
		if b := v("birth-" + n); b != "" {
			on, err := day.Parse(b)
			switch {
			case err != nil:
				d.Errors.Add("birth-"+n, "Enter the date of birth as a date")
			case on > r.now.Date():
				k.Expected = on // not born yet
			default:
				k.Birth = on
			}
		}
		if i == 1 {
			k.Address = v("address")
			if id := v("known"); id != "" && !d.Public {
				t.Children = append(t.Children, app.TellingChild{ID: id})
				continue
			}
		}
		if k.Given+k.Family == "" && k.Birth == 0 && k.Expected == 0 {
			if i == 1 && k.Address != "" {
				k.Given = "Not named" // an address is enough to begin with
			} else {
				continue
			}
		}
		if i > 1 {
			k.Address = v("address")
		}
		t.Children = append(t.Children, app.TellingChild{Known: k})
	}
	for i := 1; i <= tellAdults; i++ {
		n := strconv.Itoa(i)
		if m := (child.Member{Name: v("name-" + n), Relation: v("relation-" + n), Born: v("born-" + n)}); m != (child.Member{}) {
			t.Household = append(t.Household, m)
		}
	}
	if !d.Public {
		for _, sg := range s.App.Rules().Triage(s.App.Clock.Now().Date()).Signs {
			if x := v("sign-" + sg.ID); x == "yes" || x == "no" {
				if t.Signs == nil {
					t.Signs = map[string]string{}
				}
				t.Signs[sg.ID] = x
			}
		}
		on, err := day.Parse(v("happened-date"))
		if err != nil {
			d.Errors.Add("happened-date", "Enter the day on which we were told")
			return t
		}
		at, err := day.ParseWhen(on.String() + "T" + cmp.Or(v("happened-time"), "00:00"))
		if err != nil {
			d.Errors.Add("happened-time", "Enter the time as 14:05")
			return t
		}
		t.Happened = at
		if v("happened-time") == "" {
			t.Happened = day.On(on)
		}
	}
	return t
}

func (s *Server) tell(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := tellData{entered: enteredIn(r), Action: "/front-door/new"}
	t := s.told(r, &d)
	t.Key = r.person() + " " + d.Key
	if d.Errors.Any() {
		return s.tellPage(w, r, http.StatusUnprocessableEntity, d)
	}
	done, err := r.desk.Tell(r.ctx(), t)
	if s.tellProblems(&d, err) {
		return s.tellPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	s.recorded(r)
	to := "/front-door/" + done[0].Child + "?done=" + string(done[0].Entries[len(done[0].Entries)-1])
	if t.Children[0].ID != "" { // it may be a child with a worker: whoever took the call does not see the record
		to = "/front-door"
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func (s *Server) tellProblems(d *tellData, err error) bool {
	ps, ok := entry.Problems(err)
	for _, p := range ps {
		field := p.Field
		switch field {
		case "given":
			field = "given-1"
		case "happened":
			field = "happened-date"
		case "":
			field = "what"
		}
		d.Errors.Add(field, p.Text)
	}
	return ok
}

// tellUsForm is for everybody: no sign-in, nothing is shown of whom we know.
func (s *Server) tellUsForm(w http.ResponseWriter, r *request) error {
	return s.tellPage(w, r, http.StatusOK, tellData{entered: notEntered(), Public: true, Action: "/tell-us"})
}

func (s *Server) tellUs(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := tellData{entered: enteredIn(r), Public: true, Action: "/tell-us"}
	t := s.told(r, &d)
	t.Key = "outside " + d.Key
	if wait := s.tellers.ask(r.caller(), time.Unix(0, int64(r.now)*1000)); wait != 0 {
		d.Errors.Add("what", "Too much was sent from where you are. Nothing you typed is lost: send it again in a minute. If a child is in danger, call 999")
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		return s.tellPage(w, r, http.StatusTooManyRequests, d)
	}
	if d.Values["website"] != "" { // no person sees this field
		return entry.Refuse("what", "This could not be taken. Telephone us instead")
	}
	if d.Errors.Any() {
		return s.tellPage(w, r, http.StatusUnprocessableEntity, d)
	}
	done, err := s.App.TellFromOutside(r.ctx(), t)
	if s.tellProblems(&d, err) {
		return s.tellPage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	d.SentAt, d.ToldBy = r.now.Long(), s.within(r, "contact.tell")
	first := done[0].Entries[len(done[0].Entries)-1]
	d.Reference = strings.ToUpper(string(first[len(first)-8:]))
	for i, x := range done {
		for j, text := range x.Receipts {
			if j == len(x.Receipts)-1 { // of what was told; who the child is stands in it
				d.Receipts = append(d.Receipts, receiptText{"Child " + strconv.Itoa(i+1), string(text)})
			}
		}
	}
	return s.render(w, http.StatusOK, tellSentPage(s.page(r, "We have it", ""), d))
}

// triageData is every rule by which what comes in is rated.
type triageData struct {
	Rules   []triageRule
	Weights []triage.Weight
	Levels  []triage.Level
	Signs   []triage.Sign
}

type triageRule struct {
	triage.Rule
	Rate   urgency
	Anchor string
	If     string
}

func (s *Server) triageRules(w http.ResponseWriter, r *request) error {
	pack, err := s.App.RulesKnown(r.ctx(), r.past)
	if err != nil {
		return err
	}
	x := pack.Triage(r.at().Date())
	d := triageData{Weights: x.Weights, Levels: x.Levels, Signs: x.Signs}
	for _, rule := range x.Rules {
		d.Rules = append(d.Rules, triageRule{Rule: rule, Rate: rateOf(rule.Rating), Anchor: anchor(rule.ID), If: rule.When.String()})
	}
	slices.SortStableFunc(d.Rules, func(a, b triageRule) int {
		return slices.Index(triage.Ratings, a.Rating) - slices.Index(triage.Ratings, b.Rating)
	})
	return s.render(w, http.StatusOK, triagePage(s.listPage(r, "What each rating means", "/rules", nil), d))
}

// apiFrontDoor lists what waits.
func (s *Server) apiFrontDoor(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	n, err := limitOf(r)
	if err != nil {
		return err
	}
	q := app.DoorQuery{After: after, Limit: n}
	switch show := r.URL.Query().Get("show"); show {
	case "", "red", "amber", "green":
		q.Rating = show
	case "late":
		q.LateAt = r.at()
	case "parked":
		q.Parked = true
	case "news":
		q.News = true
	default:
		return entry.Refuse("show", "show is late, red, amber, green, parked or news")
	}
	o, err := r.desk.FrontDoor(r.ctx(), q)
	if err != nil {
		return err
	}
	type item struct {
		Child       string      `json:"child"`
		Name        string      `json:"name,omitempty"`
		Closed      string      `json:"closed,omitempty"`
		Came        day.Instant `json:"came"`
		Rating      string      `json:"rating"`
		Rule        string      `json:"rule"`
		Provisional bool        `json:"provisional"`
		DueBy       day.Instant `json:"due_by"`
		Late        bool        `json:"late"`
		Missing     []string    `json:"missing"`
		Taken       string      `json:"taken_by_post,omitempty"`
		Worker      string      `json:"workers_post,omitempty"`
		ParkedUntil day.Instant `json:"parked_until,omitzero"`
		ClimbedTo   string      `json:"climbed_to_post,omitempty"`
	}
	out := struct {
		Items []item          `json:"items"`
		Next  string          `json:"next,omitempty"`
		Count []app.DoorCount `json:"counts"`
	}{Items: []item{}, Count: o.Counts}
	for _, f := range o.Rows {
		x := item{Child: f.Child, Name: f.ChildRow.Name, Closed: f.ChildRow.Closed, Came: f.Came, Rating: f.Rating, Rule: f.Rule, Provisional: f.Provisional, DueBy: f.DueBy, Late: f.DueBy <= o.Now,
			Missing: linesOf(f.Missing), Taken: f.Taken, Worker: f.News, ParkedUntil: f.ParkedUntil, ClimbedTo: f.ClimbedTo}
		out.Items = append(out.Items, x)
	}
	if o.Next.ID != "" {
		out.Next = s.cursorText(o.Next)
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// apiTell records what somebody told us.
func (s *Server) apiTell(w http.ResponseWriter, r *request) error {
	var in struct {
		Happened day.When `json:"happened"`
		Referral bool     `json:"referral"`
		From     string   `json:"from"`
		What     string   `json:"what"`
		child.Intake
		Children []struct {
			ID    string      `json:"child"`
			Known child.Known `json:"known"`
			Why   string      `json:"why_new"`
		} `json:"children"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	t := app.Telling{Happened: in.Happened, Referral: in.Referral, From: in.From, What: in.What, Intake: in.Intake, Receipts: true}
	key, err := r.key()
	if err != nil {
		return err
	}
	t.Key = key
	for _, c := range in.Children {
		t.Children = append(t.Children, app.TellingChild{ID: c.ID, Known: c.Known, Why: c.Why})
	}
	done, err := r.desk.Tell(r.ctx(), t)
	if err != nil {
		return err
	}
	type one struct {
		Child    string     `json:"child"`
		Entries  []entry.ID `json:"entries"`
		Receipts []string   `json:"receipts"`
	}
	out := []one{}
	for _, x := range done {
		o := one{Child: x.Child, Entries: x.Entries}
		for _, text := range x.Receipts {
			o.Receipts = append(o.Receipts, string(text))
		}
		out = append(out, o)
	}
	writeJSON(w, http.StatusCreated, out)
	return nil
}

func triageLinks() []shell.Link {
	return []shell.Link{{Text: "All rules", Href: "/rules"}}
}

func wordList(words []string) string { return strings.Join(words, ", ") }
