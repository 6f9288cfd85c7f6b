package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// apiError is every error of the API: what a person reads, and each problem at
// its field.
type apiError struct {
	Error    string          `json:"error"`
	Detail   string          `json:"detail"`
	Problems []entry.Problem `json:"problems,omitempty"`
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		code, b = http.StatusInternalServerError, []byte(`{"error":"Something went wrong on our side"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	w.Write(append(b, '\n')) // an error here means that the reader has gone
}

func (s *Server) answer(w http.ResponseWriter, v any) error {
	writeJSON(w, http.StatusOK, v)
	return nil
}

// maxLimit is the most rows that one answer holds.
const maxLimit = 1000

func limitOf(r *request) (int, error) {
	v := r.URL.Query().Get("limit")
	if v == "" {
		return pageSize, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxLimit {
		return 0, entry.Refuse("limit", "limit must be a number from 1 to "+strconv.Itoa(maxLimit))
	}
	return n, nil
}

func paging(r *request) (app.Cursor, int, error) {
	after, err := cursor(r)
	if err != nil {
		return after, 0, entry.Refuse("after", "after must be the next of an earlier answer")
	}
	n, err := limitOf(r)
	return after, n, err
}

// apiChildRow is a child in a list.
type apiChildRow struct {
	Child         string   `json:"child"`
	Name          string   `json:"name"`
	Birth         day.Date `json:"birth"`
	Open          bool     `json:"open"`
	Situation     string   `json:"situation"`
	Team          string   `json:"team"`
	Post          string   `json:"post"`
	NoWorkerSince day.Date `json:"no_worker_since"`
	LastSeen      day.Date `json:"last_seen"`
	LastSeenAlone day.Date `json:"last_seen_alone"`
}

func apiRows(rows []app.ChildRow) []apiChildRow {
	out := []apiChildRow{}
	for _, c := range rows {
		out = append(out, apiChildRow{c.Child, c.Name, c.Birth, c.Open, c.Situation, c.Team, c.Post, c.NoWorkerSince, c.LastSeen, c.LastAlone})
	}
	return out
}

// apiDutyRow is an open duty in a list.
type apiDutyRow struct {
	ID           string      `json:"id"`
	Rule         string      `json:"rule"`
	Duty         string      `json:"duty"`
	Child        string      `json:"child"`
	ChildName    string      `json:"child_name"`
	Situation    string      `json:"situation"`
	OwedByPost   string      `json:"owed_by_post"`
	OwedByPerson string      `json:"owed_by_person"`
	Since        day.When    `json:"since"`
	Due          day.Date    `json:"due"`
	DueBy        day.Instant `json:"due_by"`
	Late         bool        `json:"late"`
	LateBy       string      `json:"late_by"`
	ClimbedTo    string      `json:"climbed_to"`
}

func (s *Server) apiDuties(l *line.Line, rows []app.DutyRow, now day.Instant) []apiDutyRow {
	out := []apiDutyRow{}
	for _, d := range rows {
		post := l.Resolve(d.Owner, now.Date())
		x := apiDutyRow{ID: d.ID, Rule: d.Rule, Child: d.Child, ChildName: d.ChildRow.Name, Situation: d.ChildRow.Situation, OwedByPost: post,
			OwedByPerson: l.Answers(post, now.Date()).Person, Since: d.Since, Due: d.Due.On, DueBy: d.Due.By, Late: d.Due.Late(now), ClimbedTo: d.ClimbedTo,
			LateBy: s.App.Pack.Calendar().LateBy(d.Due, d.SpanUnit, now)}
		if rule, ok := s.App.Rules().Rule(d.Rule, d.Since.Date); ok {
			x.Duty = rule.Duty
		}
		out = append(out, x)
	}
	return out
}

type apiMeData struct {
	Person string      `json:"person"`
	Name   string      `json:"name"`
	Posts  []line.Post `json:"posts"`
}

func (s *Server) apiMe(w http.ResponseWriter, r *request) error {
	_, l, _ := r.desk.Then()
	return s.answer(w, apiMeData{r.person(), l.Name(r.person()), l.Held(r.person(), r.at().Date())})
}

type apiOwedData struct {
	Owed int          `json:"owed"`
	Late int          `json:"late"`
	Rows []apiDutyRow `json:"duties"`
	Next string       `json:"next"`
}

func (s *Server) apiOwed(w http.ResponseWriter, r *request) error {
	after, n, err := paging(r)
	if err != nil {
		return err
	}
	o, err := r.desk.Owed(r.ctx(), after, n)
	if err != nil {
		return err
	}
	return s.answer(w, apiOwedData{o.All, o.Late, s.apiDuties(o.Line, o.Rows, o.Now), s.cursorText(o.Next)})
}

type apiChildList struct {
	Rows []apiChildRow `json:"children"`
	Next string        `json:"next"`
}

func (s *Server) apiList(w http.ResponseWriter, l *app.ChildList, err error) error {
	if err != nil {
		return err
	}
	return s.answer(w, apiChildList{apiRows(l.Rows), s.cursorText(l.Next)})
}

func (s *Server) apiChildren(w http.ResponseWriter, r *request) error {
	after, n, err := paging(r)
	if err != nil {
		return err
	}
	l, err := r.desk.MyChildren(r.ctx(), after, n)
	return s.apiList(w, l, err)
}

func (s *Server) apiUnallocated(w http.ResponseWriter, r *request) error {
	after, n, err := paging(r)
	if err != nil {
		return err
	}
	team := r.URL.Query().Get("team")
	if _, ok := r.line.Team(team); team != "" && !ok {
		return app.ErrNotFound
	}
	l, err := r.desk.Unallocated(r.ctx(), team, after, n)
	return s.apiList(w, l, err)
}

func (s *Server) apiSearch(w http.ResponseWriter, r *request) error {
	var q struct {
		Words string      `json:"words"`
		Known day.Instant `json:"known"`
	}
	if err := readJSON(r, &q); err != nil {
		return err
	}
	desk, err := r.desk.At(r.ctx(), q.Known)
	if err != nil {
		return err
	}
	r.past = q.Known
	l, err := desk.Search(r.ctx(), q.Words, 50)
	return s.apiList(w, l, err)
}

type apiTeamData struct {
	Team        string        `json:"team"`
	Name        string        `json:"name"`
	Manager     string        `json:"manager_post"`
	Children    int           `json:"children"`
	Unallocated int           `json:"unallocated"`
	Late        int           `json:"late"`
	NoWorker    []apiChildRow `json:"no_worker"`
	LateDuties  []apiDutyRow  `json:"late_duties"`
	Next        string        `json:"next"`
	Loads       []apiLoad     `json:"loads"`
}

type apiLoad struct {
	Post     string `json:"post"`
	Person   string `json:"person"`
	Children int    `json:"children"`
	Owed     int    `json:"owed"`
	Late     int    `json:"late"`
}

func (s *Server) apiTeam(w http.ResponseWriter, r *request) error {
	after, n, err := paging(r)
	if err != nil {
		return err
	}
	t, err := r.desk.Team(r.ctx(), r.PathValue("team"), after, n)
	if err != nil {
		return err
	}
	d := apiTeamData{t.Team.ID, t.Team.Name, t.Manager.ID, t.Children, t.Unallocated, t.LateCount, apiRows(t.NoWorker), s.apiDuties(t.Line, t.Late, t.Now), s.cursorText(t.LateMore), []apiLoad{}}
	for _, x := range t.Loads {
		d.Loads = append(d.Loads, apiLoad{x.Post.ID, x.Answer.Person, x.Children, x.Owed, x.Late})
	}
	return s.answer(w, d)
}

type apiPost struct {
	Post     string    `json:"post"`
	Title    string    `json:"title"`
	Tier     line.Tier `json:"tier"`
	Team     string    `json:"team"`
	Above    string    `json:"above"`
	Holder   string    `json:"holder"`
	Answers  string    `json:"answers"`
	How      string    `json:"how"`
	Owed     int       `json:"owed"`
	Late     int       `json:"late"`
	Below    int       `json:"late_below"`
	NoWorker int       `json:"children_without_worker"`
	// Supervision of whoever is in it: by when, and who owes it.
	Talk        day.Date `json:"supervision_due,omitzero"`
	TalkLast    day.Date `json:"supervision_last_held,omitzero"`
	TalkBy      string   `json:"supervision_owed_by,omitempty"`
	WorkersLate int      `json:"workers_with_late_supervision"`
}

func (s *Server) apiLine(w http.ResponseWriter, r *request) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	var on day.Date
	if v := r.URL.Query().Get("on"); v != "" {
		if on, err = day.Parse(v); err != nil {
			return entry.Refuse("on", err.Error())
		}
	}
	p, err := r.desk.TheLine(r.ctx(), on, known)
	if err != nil {
		return err
	}
	out := []apiPost{}
	for _, x := range p.Posts {
		y := apiPost{Post: x.Post.ID, Title: x.Post.Title, Tier: x.Post.Tier, Team: x.Post.Team, Above: x.Post.Above, Holder: x.Holder.Person, Answers: x.Answer.Person, How: x.Answer.How,
			Owed: x.Owed, Late: x.Own, Below: x.Below, NoWorker: x.NoWorker, WorkersLate: x.WorkersTalks}
		if t := x.Talk; t != nil {
			y.Talk, y.TalkLast, y.TalkBy = t.Due, t.Last, t.Owners[0]
		}
		out = append(out, y)
	}
	return s.answer(w, map[string]any{"on": p.On, "as_known_at": p.At, "posts": out})
}

// apiNewEntry is an entry to record.
type apiNewEntry struct {
	Kind     entry.Kind      `json:"kind"`
	Happened day.When        `json:"happened"`
	Corrects entry.ID        `json:"corrects,omitempty"`
	Body     json.RawMessage `json:"body"`
}

type apiWrite struct {
	Entries []apiNewEntry `json:"entries"`
	// Seen is the last_seq of the child as the caller read it; with it, a
	// change in between is a conflict.
	Seen int64 `json:"seen,omitempty"`
	// Receipts asks for the receipt of each entry in the answer.
	Receipts bool `json:"receipts,omitempty"`
}

type apiDone struct {
	Child   string     `json:"child,omitempty"`
	Entries []entry.ID `json:"entries"`
	Again   bool       `json:"again"` // it had been done before, under the same key
	// Receipts of the entries, in the same order, when they were asked for.
	Receipts []string `json:"receipts,omitempty"`
}

func answer(d app.Done) apiDone {
	out := apiDone{Child: d.Child, Entries: d.Entries, Again: d.Again}
	for _, r := range d.Receipts {
		out.Receipts = append(out.Receipts, string(r))
	}
	return out
}

func readJSON(r *request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return err
	case errors.Is(err, io.EOF):
		return entry.Refuse("", "The request has no body: send JSON")
	case err != nil:
		return entry.Refuse("", "The body is not the JSON that this address takes: "+err.Error())
	}
	return nil
}

// key is the caller's idempotency key. Every write by a program needs one: a
// write that seemed to fail may have been done.
func (r *request) key() (string, error) {
	k := r.Header.Get("Idempotency-Key")
	if len(k) < 8 || len(k) > 200 {
		return "", entry.Refuse("Idempotency-Key", "Send a header Idempotency-Key with a text of 8 to 200 characters that is new for each request")
	}
	return r.person() + " " + k, nil
}

func (s *Server) apiCommands(r *request) ([]child.Command, apiWrite, error) {
	var in apiWrite
	if err := readJSON(r, &in); err != nil {
		return nil, in, err
	}
	var cmds []child.Command
	for _, e := range in.Entries {
		k, ok := app.Registry().Known(e.Kind)
		if !ok || k.On != "child" {
			return nil, in, entry.Refuse("kind", "There is no kind of entry about a child called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
		}
		if e.Kind == "duty.climbed" {
			return nil, in, entry.Refuse("kind", "That a post was told is recorded by the rules alone")
		}
		b, err := app.Registry().Decode(e.Kind, e.Body)
		if err != nil {
			return nil, in, err
		}
		cmds = append(cmds, child.Command{Happened: e.Happened, Body: b, Corrects: e.Corrects, Source: entry.Source{Kind: "api"}})
	}
	return cmds, in, nil
}

func (s *Server) apiRecord(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	cmds, in, err := s.apiCommands(r)
	if err != nil {
		return err
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Child: r.PathValue("child"), Commands: cmds, Key: key, Seen: in.Seen, Receipts: in.Receipts})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, answer(done))
	return nil
}

func (s *Server) apiNewChild(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	cmds, in, err := s.apiCommands(r)
	if err != nil {
		return err
	}
	if len(cmds) == 0 || cmds[0].Body.Kind() != "child.known" {
		return entry.Refuse("entries", "The first entry about a new child must be child.known")
	}
	done, err := r.desk.Record(r.ctx(), app.Do{Commands: cmds, Key: key, Receipts: in.Receipts})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, answer(done))
	return nil
}

func (s *Server) apiRecordLine(w http.ResponseWriter, r *request) error {
	key, err := r.key()
	if err != nil {
		return err
	}
	var in apiWrite
	if err := readJSON(r, &in); err != nil {
		return err
	}
	var cmds []line.Command
	for _, e := range in.Entries {
		k, ok := app.Registry().Known(e.Kind)
		if !ok || k.On != "line" || e.Kind == "file.imported" || e.Kind == "return.sent" {
			return entry.Refuse("kind", "There is no kind of entry about the line called "+strconv.Quote(string(e.Kind))+". GET /api/kinds lists them")
		}
		b, err := app.Registry().Decode(e.Kind, e.Body)
		if err != nil {
			return err
		}
		cmds = append(cmds, line.Command{Happened: e.Happened, Body: b, Source: entry.Source{Kind: "api"}})
	}
	if len(cmds) == 0 {
		return entry.Refuse("entries", "There is nothing to record")
	}
	done, err := r.desk.RecordLine(r.ctx(), cmds, key)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, answer(done))
	return nil
}

type apiTier struct {
	Tier   line.Tier   `json:"tier"`
	Post   string      `json:"post"`
	Person string      `json:"person"`
	How    string      `json:"how"`
	Gap    bool        `json:"gap"`
	Owes   int         `json:"owes"`
	Late   int         `json:"late"`
	Told   day.Instant `json:"told"`
}

func (s *Server) apiChild(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: child")
	if err != nil {
		return err
	}
	tiers := []apiTier{}
	for _, t := range p.Tiers {
		tiers = append(tiers, apiTier{t.Tier, t.Post.ID, t.Answer.Person, t.Answer.How, t.Gap, t.Owes, t.Late, t.Told})
	}
	st := p.Status
	return s.answer(w, map[string]any{"child": p.Record.Child, "identity": p.Identity, "as_known_at": p.At, "later_entries": p.Later, "last_seq": p.LastSeq, "situation": p.Place.Name,
		"open": st.Open, "plan": st.Plan, "category": st.Category, "team": st.Team, "post": st.Post, "no_worker_since": st.NoWorkerSince,
		"last_seen": st.LastSeen, "last_seen_alone": st.LastAlone, "who_answers": tiers, "duties": apiDutiesOf(s, p, p.Open())})
}

type apiDutyFull struct {
	ID           string      `json:"id"`
	Rule         string      `json:"rule"`
	Duty         string      `json:"duty"`
	State        duty.State  `json:"state"`
	Late         bool        `json:"late"`
	RecordedLate bool        `json:"recorded_late"`
	Shifted      bool        `json:"counted_from_import"`
	Since        day.When    `json:"since"`
	Due          day.Date    `json:"due"`
	DueBy        day.Instant `json:"due_by"`
	Ended        day.When    `json:"ended"`
	EndedBy      entry.ID    `json:"ended_by,omitempty"`
	OwedByPost   string      `json:"owed_by_post"`
	Steps        []duty.Step `json:"steps"`
	Source       duty.Source `json:"source"`
}

func apiDutiesOf(s *Server, p *app.ChildPage, ds []duty.Duty) []apiDutyFull {
	out := []apiDutyFull{}
	for _, d := range ds {
		out = append(out, apiDutyFull{d.ID(), d.Rule.ID, d.Rule.Duty, d.State, d.Late(p.At), d.RecordedLate, d.Shifted, d.Since, d.Due.On, d.Due.By, d.Ended, d.EndedBy,
			p.Line.Resolve(d.Owner, p.At.Date()), d.Steps(), d.Rule.Source})
	}
	return out
}

func (s *Server) apiChildDuties(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: duties")
	if err != nil {
		return err
	}
	return s.answer(w, apiDutiesOf(s, p, p.Duties))
}

func (s *Server) apiDuty(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: duty")
	if err != nil {
		return err
	}
	d, x, err := r.desk.Explain(p, r.PathValue("duty"))
	if err != nil {
		return err
	}
	return s.answer(w, map[string]any{"duty": apiDutiesOf(s, p, []duty.Duty{d})[0], "why": x.Why, "started": x.Started, "counted": x.Counted, "not_counted": x.Skipped, "due": x.Due})
}

func (s *Server) apiEntries(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: entries")
	if err != nil {
		return err
	}
	es := []apiDisputed{}
	for i := range p.Record.Log {
		es = append(es, disputedEntry(p, p.Record.Log[i]))
	}
	return s.answer(w, es)
}

func (s *Server) apiEntry(w http.ResponseWriter, r *request) error {
	p, _, err := s.load(r, "API: entry")
	if err != nil {
		return err
	}
	e, err := entryOf(p, r.PathValue("entry"))
	if err != nil {
		return err
	}
	return s.answer(w, disputedEntry(p, e))
}

func (s *Server) apiReaders(w http.ResponseWriter, r *request) error {
	_, rs, err := r.desk.Readers(r.ctx(), r.PathValue("child"), maxLimit)
	if err != nil {
		return err
	}
	if rs == nil {
		rs = []app.Read{}
	}
	return s.answer(w, rs)
}
