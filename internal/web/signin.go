package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/door"
	"onus/internal/entry"
	"onus/internal/line"
)

// freshFor is how long a sign-in counts as just done: an emergency opening, a
// copy and a disposal ask for one.
const freshFor = 5 * day.Minute

// bearer is how a program says which key it has.
const bearer = "Bearer onus_"

// identify finds who asks: a program by its key, a person by their session, and
// in a demonstration whoever they choose to be.
func (s *Server) identify(r *request) error {
	l, err := s.App.Line(r.ctx())
	if err != nil {
		return err
	}
	r.line = l
	who, err := s.whoAsks(r)
	if err != nil || who == (app.Reader{}) {
		return err
	}
	r.desk, err = s.App.Desk(r.ctx(), who)
	if err != nil {
		var denied *app.Denied
		if errors.As(err, &denied) {
			r.shut = true
			s.Log.Warn("a door stayed shut", "program", who.Key != "")
			if s.Door != nil && who.Key == "" {
				return errors.Join(err, s.Door.Leave(r.ctx()))
			}
		}
		return err
	}
	r.line = r.desk.Line()
	return nil
}

func (s *Server) whoAsks(r *request) (app.Reader, error) {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearer); ok && r.api {
		id, secret, _ := strings.Cut(key, "_")
		if !s.App.KeyFits(r.line, id, secret) {
			return app.Reader{}, &app.Denied{Policy: access.None, Says: "This key opens nothing: it is unknown, revoked or too old"}
		}
		return app.Reader{Key: id}, nil
	}
	if s.Door != nil {
		x, ok := s.Door.Session(r.ctx())
		r.session = x
		if !ok {
			return app.Reader{}, nil
		}
		if p, _ := r.line.SignIn(x.Issuer, x.Subject); p != x.Person { // it is theirs no longer
			return app.Reader{}, s.Door.Leave(r.ctx())
		}
		return app.Reader{Person: x.Person, Fresh: x.Fresh != 0 && r.now-x.Fresh < freshFor}, nil
	}
	if !s.Demo {
		return app.Reader{}, nil
	}
	id := r.Header.Get("Onus-Person")
	if c, err := r.Cookie(demoCookie); err == nil && id == "" {
		id = c.Value
	}
	if id == "" || !r.line.Known(id) {
		return app.Reader{}, nil
	}
	return app.Reader{Person: id, Fresh: true}, nil
}

const demoCookie = "onus_demo_person"

func setPerson(w http.ResponseWriter, id string) {
	c := &http.Cookie{Name: demoCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 12 * 3600}
	if id == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// signInData is the way in.
type signInData struct {
	Title, Text string
	Code        string // to give to an administrator
	Ways        []way
}

type way struct{ Label, Href string }

// signIn offers the ways in, and says why somebody is here.
func (s *Server) signIn(w http.ResponseWriter, r *request) error {
	if s.Door == nil {
		http.Redirect(w, r.Request, "/", http.StatusSeeOther)
		return nil
	}
	q := r.URL.Query()
	back, fresh := door.Back(q.Get("back")), q.Get("fresh") == "yes"
	d := signInData{Title: "Sign in"}
	switch {
	case fresh && r.desk != nil:
		d.Title, d.Text = "Sign in again", "This needs to be certain that it is you. When you have signed in again you can go on for five minutes."
	case q.Get("kept") == "yes":
		d.Title, d.Text = "You were signed out", "Nobody had used this page for 15 minutes, or you had been signed in for 12 hours. What you typed is kept. Sign in again and it will be in the form. It has not been recorded yet."
	case r.session.Ended != "" || q.Get("ended") == "yes":
		d.Title, d.Text = "You were signed out", "Nobody had used this page for 15 minutes, or you had been signed in for 12 hours."
	}
	for _, p := range s.Door.Providers() {
		v := url.Values{"back": {back}}
		if fresh {
			v.Set("fresh", "yes")
		}
		d.Ways = append(d.Ways, way{p.Label, "/sign-in/with/" + p.ID + "?" + v.Encode()})
	}
	return s.render(w, http.StatusOK, signInPage(s.page(r, d.Title, ""), d))
}

// signInWith goes to a provider.
func (s *Server) signInWith(w http.ResponseWriter, r *request) error {
	if s.Door == nil || !slices.ContainsFunc(s.Door.Providers(), func(p door.Choice) bool { return p.ID == r.PathValue("provider") }) {
		return app.ErrNotFound
	}
	q := r.URL.Query()
	err := s.Door.Begin(w, r.Request, r.PathValue("provider"), q.Get("back"), q.Get("fresh") == "yes")
	if err != nil {
		return s.notIn(w, r, err)
	}
	return nil
}

// notIn says why nobody was signed in.
func (s *Server) notIn(w http.ResponseWriter, r *request, err error) error {
	d := signInData{Title: "You are not signed in", Text: door.Sentence(err), Ways: []way{{"Try again", "/sign-in"}}}
	code := http.StatusForbidden
	if errors.Is(err, door.ErrProvider) {
		code = http.StatusBadGateway
	}
	return s.render(w, code, signInPage(s.page(r, d.Title, ""), d))
}

// callback is where a provider sends people back to. Whose the sign-in is, the
// line says: by issuer and subject, never by an address of mail.
func (s *Server) callback(w http.ResponseWriter, r *request) error {
	if s.Door == nil {
		return app.ErrNotFound
	}
	a, err := s.Door.Callback(w, r.Request)
	if err != nil {
		return s.notIn(w, r, err)
	}
	person, ok := r.line.SignIn(a.Issuer, a.Subject)
	if !ok {
		code, err := s.App.Stranger(r.ctx(), a.Issuer, a.Subject)
		if err != nil {
			return err
		}
		d := signInData{Title: "Onus does not know you yet", Text: "Your sign-in worked. But nobody has said yet which person of this authority you are. Give this code to whoever looks after Onus here.", Code: code}
		return s.render(w, http.StatusForbidden, signInPage(s.page(r, d.Title, ""), d))
	}
	if r.line.Away(person, r.now.Date()) {
		d := signInData{Title: "You cannot come in", Text: "Your sign-in worked, but your access has ended. If that is wrong, speak to your manager."}
		return s.render(w, http.StatusForbidden, signInPage(s.page(r, d.Title, ""), d))
	}
	back := a.Back
	if a.Fresh && r.person() != "" && r.person() != person {
		back = "/owed" // another person than the one who was asked to prove who they are
	}
	if err := s.Door.Enter(r.ctx(), person, a); err != nil {
		return err
	}
	if back == "/" {
		back = "/owed"
	}
	if r.line.Party(person) != line.Staff {
		back = "/disclosed"
	}
	http.Redirect(w, r.Request, back, http.StatusSeeOther)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, r *request) error {
	to := "/"
	if s.Door != nil {
		to = "/signed-out"
		for i, p := range s.Door.Providers() {
			if p.Issuer == r.session.Issuer {
				to += "?of=" + itoa(i)
			}
		}
		if err := s.Door.Leave(r.ctx()); err != nil {
			return err
		}
	} else {
		setPerson(w, "")
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// signedOut says so, and leads on to where one signs out of the account too: the
// next person at this computer must not come in with it. It is a page of its
// own, because the pages' policy lets no form lead to another site.
func (s *Server) signedOut(w http.ResponseWriter, r *request) error {
	d := signInData{Title: "You are signed out of Onus"}
	if s.Door == nil {
		return app.ErrNotFound
	}
	for i, p := range s.Door.Providers() {
		if r.URL.Query().Get("of") != itoa(i) {
			continue
		}
		if to := s.Door.SignOutURL(r.ctx(), p.Issuer); to != "" {
			d.Text = "On a computer that others use, sign out of your account too."
			d.Ways = append(d.Ways, way{"Sign out of my account too", to})
		} else {
			d.Text = "You may still be signed in to your account itself. On a computer that others use, sign out there too."
		}
	}
	d.Ways = append(d.Ways, way{"Sign in again", "/sign-in"})
	return s.render(w, http.StatusOK, signInPage(s.page(r, d.Title, ""), d))
}

// sessionLeft says how long the session lasts still, in seconds. Asking is no
// sign of a person.
func (s *Server) sessionLeft(w http.ResponseWriter, r *request) error {
	left := 0
	if r.desk != nil && r.session.Person != "" {
		left = int((r.session.Ends() - r.now) / day.Second)
	}
	writeJSON(w, http.StatusOK, map[string]int{"ends_in": left})
	return nil
}

// stay says that somebody is still there.
func (s *Server) stay(w http.ResponseWriter, r *request) error {
	if s.Door == nil {
		return app.ErrNotFound
	}
	if err := s.Door.Stay(r.ctx()); err != nil {
		if errors.Is(err, door.ErrNobody) {
			return errSignIn
		}
		return err
	}
	return s.sessionLeft(w, r)
}

// Quiet says which requests are no sign of a person: a page that asks how long
// it has, and what a browser fetches by itself, maybe long after the page.
func Quiet(r *http.Request) bool {
	return r.URL.Path == "/session" || r.URL.Path == "/favicon.ico" || strings.HasPrefix(r.URL.Path, "/assets/")
}

// people is who works here, for administrators: who can sign in, who is shut
// out, and which sign-ins wait for somebody to say whose they are.
type peopleData struct {
	MailOff bool // Onus sends no mail
	Rows    []personRow
	Waiting []waitingRow
	People  [][2]string
	Keys    []keyRow
	entered
	Scopes []string
	Shown  string // a new key, shown once
}

type personRow struct{ ID, Name, Posts, SignIns, State, Registered string }
type waitingRow struct{ Code, When string }
type keyRow struct{ ID, Name, Owner, Scopes, Until, State string }

func (s *Server) people(w http.ResponseWriter, r *request) error {
	return s.peoplePage(w, r, http.StatusOK, peopleData{})
}

func (s *Server) peoplePage(w http.ResponseWriter, r *request, code int, d peopleData) error {
	_, l, _ := r.desk.Then()
	on := r.at().Date()
	for _, id := range l.People() {
		x := personRow{ID: id, Name: l.Name(id), State: "can sign in"}
		if l.Registered(id, on) {
			x.Registered = "registered"
		}
		if since := l.NewlyQualified(id); since != 0 {
			x.Registered = strings.TrimPrefix(x.Registered+", newly qualified since "+since.Long(), ", ")
		}
		var posts []string
		for _, p := range l.Held(id, on) {
			posts = append(posts, p.Title)
		}
		x.Posts = strings.Join(posts, "; ")
		n := len(l.SignIns(id))
		x.SignIns = count(n, "sign-in", "sign-ins")
		if n == 0 {
			x.State = "has no sign-in"
		}
		if l.Away(id, on) {
			x.State = "shut out"
		}
		d.Rows = append(d.Rows, x)
		d.People = append(d.People, [2]string{id, x.Name})
	}
	slices.SortFunc(d.Rows, func(a, b personRow) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	slices.SortFunc(d.People, func(a, b [2]string) int { return cmp.Or(strings.Compare(a[1], b[1]), strings.Compare(a[0], b[0])) })
	waiting, err := r.desk.Strangers(r.ctx(), 100)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		d.Waiting = append(d.Waiting, waitingRow{x.Code, x.At.Long()})
	}
	for _, k := range l.ProgramKeys() {
		row := keyRow{ID: k.Key, Name: k.Name, Owner: l.Name(k.Owner), Scopes: strings.Join(k.Scopes, ", "), Until: k.Until.Long(), State: "opens"}
		if !k.Opens(on) {
			row.State = "closed"
		}
		d.Keys = append(d.Keys, row)
	}
	d.MailOff = s.App.MailOff()
	f := s.listPage(r, "People and keys", "/people", nil)
	f.Errors = d.Errors.Any()
	return s.render(w, code, peoplePage(f, d))
}

// peopleField is the id of the field on the page at which a problem stands.
func peopleField(do, code, field string) string {
	switch {
	case do == "allow": // the code is no field of its own: the list gave it
		return "person-" + code
	case do == "revoke" || field == "key":
		return "keys"
	case do == "register" && (field == "" || field == "person"):
		return "registered"
	case do == "qualify" && (field == "" || field == "person"):
		return "qualified"
	case do == "qualify" && field == "since":
		return "qualified-since"
	case field == "" && do == "issue":
		return "name"
	case field == "":
		return "person"
	}
	return field
}

// changePeople does one of the things that the page of people offers.
func (s *Server) changePeople(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	f := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	var d peopleData
	var err error
	say := func(b entry.Body) error {
		_, err := r.desk.RecordLine(r.ctx(), []line.Command{{Happened: day.On(r.now.Date()), Body: b, Source: entry.Source{Kind: "page"}}}, "")
		return err
	}
	switch f("do") {
	case "allow":
		err = r.desk.Allow(r.ctx(), f("code"), f("person"))
	case "suspend":
		err = say(line.PersonSuspended{Person: f("person"), Why: f("why")})
	case "reinstate":
		err = say(line.PersonReinstated{Person: f("person"), Why: f("why")})
	case "register":
		until, perr := day.Parse(f("registered-until"))
		if perr != nil && f("registered-until") != "" {
			err = entry.Refuse("registered-until", "Enter the last day as a date")
			break
		}
		err = say(line.PersonRegistered{Person: f("registered"), Number: f("number"), Until: until})
	case "qualify":
		since, perr := day.Parse(f("qualified-since"))
		if perr != nil && f("qualified-since") != "" {
			err = entry.Refuse("since", "Enter the day as a date")
			break
		}
		err = say(line.PersonNewlyQualified{Person: f("qualified"), Since: since})
	case "issue":
		until, perr := day.Parse(f("until"))
		if perr != nil && f("until") != "" {
			err = entry.Refuse("until", "Enter the last day as a date")
			break
		}
		d.Shown, err = r.desk.IssueKey(r.ctx(), f("name"), f("owner"), r.PostForm["scopes"], until)
	case "revoke":
		err = say(line.KeyRevoked{Key: f("key"), Why: f("why")})
	default:
		return app.ErrNotFound
	}
	if ps, ok := entry.Problems(err); ok {
		d.Form, d.Values = f("do"), map[string]string{}
		for _, name := range []string{"person", "why", "name", "owner", "until", "registered", "number", "registered-until", "qualified", "qualified-since"} {
			d.Values[name] = f(name)
		}
		switch d.Form {
		case "allow":
			d.Form += " " + f("code")
		case "suspend", "reinstate":
			d.Form = "shut"
		case "issue":
			d.Scopes = r.PostForm["scopes"]
		}
		for _, p := range ps {
			d.Errors.Add(peopleField(f("do"), f("code"), p.Field), p.Text)
		}
		return s.peoplePage(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	if d.Shown == "" {
		http.Redirect(w, r.Request, "/people", http.StatusSeeOther)
		return nil
	}
	if r.line, err = s.App.Line(r.ctx()); err != nil {
		return err
	}
	return s.peoplePage(w, r, http.StatusOK, d)
}
