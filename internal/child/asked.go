package child

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// AskedBy are who can ask for a copy of a record.
var AskedBy = []string{"the child or young person", "the adult who was the child", "a parent for the child", "a parent for themselves", "a solicitor or advocate", "somebody else"}

// SARReceived is a request to see what is held: a subject access request.
type SARReceived struct {
	By   string `json:"by"`   // one of AskedBy
	Who  string `json:"name"` // the person, and where the answer goes
	What string `json:"what,omitempty"`
}

// SARExtended says that the answer takes longer, and why.
type SARExtended struct {
	Request entry.ID `json:"request"`
	Months  int      `json:"months"` // 1 or 2
	Why     string   `json:"why"`
	Told    bool     `json:"told"` // the person was told, and why
}

// SARStopped says that the clock stands still until the person has told us something.
type SARStopped struct {
	Request entry.ID `json:"request"`
	Why     string   `json:"why"`
}

// SARStarted says that the clock goes on.
type SARStarted struct {
	Request entry.ID `json:"request"`
	Why     string   `json:"why"`
}

// SARAnswered says that the copy went out, and how the recipient was checked.
type SARAnswered struct {
	Request entry.ID `json:"request"`
	To      string   `json:"sent_to"`
	Checked string   `json:"checked"` // how the address and the contents were checked
}

// SARRefused says that no copy is given, and under which law.
type SARRefused struct {
	Request entry.ID `json:"request"`
	Ground  string   `json:"legal_ground"`
	Why     string   `json:"why"`
}

// LeftOutFor are the legal grounds on which a passage is left out of a copy:
// exemptions of the Data Protection Act 2018, by schedule and paragraph.
var LeftOutFor = []string{
	"It is about another person (Data Protection Act 2018, Schedule 2, paragraph 16)",
	"Social work: serious harm to somebody (Schedule 3, paragraph 11)",
	"Health: serious harm to somebody (Schedule 3, paragraph 5)",
	"Child abuse data, not in the child's interest (Schedule 3, paragraph 21)",
	"Given in confidence: the child would not expect it to be shown (Schedule 3, paragraph 10)",
	"Reports given to a court (Schedule 3, paragraph 9)",
	"Adoption records and reports (Schedule 4, paragraph 3)",
	"To prevent or find out crime (Schedule 2, paragraph 2)",
	"Advice of lawyers (Schedule 2, paragraph 19)",
}

// RedactionProposed asks to leave a passage, or a whole entry, out of copies.
type RedactionProposed struct {
	Entry   entry.ID `json:"entry"`
	Passage string   `json:"passage,omitempty"` // its exact words; empty: the whole entry
	Ground  string   `json:"legal_ground"`
	Why     string   `json:"why"`
}

// RedactionAgreed is the second person's word.
type RedactionAgreed struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why,omitempty"`
}

// RedactionRefused says that the passage stays in.
type RedactionRefused struct {
	Proposal entry.ID `json:"proposal"`
	Why      string   `json:"why"`
}

func askedKinds() []entry.Known {
	k := func(zero entry.Body, title, about string) entry.Known {
		return entry.Known{Zero: zero, Timed: true, On: "child", Title: title, About: about}
	}
	return []entry.Known{
		k(SARReceived{}, "Request for a copy", "Somebody asked to see what is held: a subject access request. The clock runs."),
		k(SARExtended{}, "Request for a copy: more time", "The answer takes up to two months longer, and why."),
		k(SARStopped{}, "Request for a copy: clock stopped", "The clock stands still until the person has told us what we need."),
		k(SARStarted{}, "Request for a copy: clock started again", "The person told us what we need. The clock goes on."),
		k(SARAnswered{}, "Request for a copy: answered", "The copy was sent, to whom, and how that was checked."),
		k(SARRefused{}, "Request for a copy: refused", "No copy is given, under which law and why."),
		k(RedactionProposed{}, "Leave out of copies", "Somebody asks to leave a passage out of copies of the record, on which ground."),
		k(RedactionAgreed{}, "Left out of copies", "A second person agreed: the passage is left out of copies."),
		k(RedactionRefused{}, "Not left out of copies", "A second person did not agree: the passage stays in copies."),
	}
}

// The kinds' names.
func (SARReceived) Kind() entry.Kind       { return "sar.received" }
func (SARExtended) Kind() entry.Kind       { return "sar.extended" }
func (SARStopped) Kind() entry.Kind        { return "sar.clock-stopped" }
func (SARStarted) Kind() entry.Kind        { return "sar.clock-started" }
func (SARAnswered) Kind() entry.Kind       { return "sar.answered" }
func (SARRefused) Kind() entry.Kind        { return "sar.refused" }
func (RedactionProposed) Kind() entry.Kind { return "redaction.proposed" }
func (RedactionAgreed) Kind() entry.Kind   { return "redaction.agreed" }
func (RedactionRefused) Kind() entry.Kind  { return "redaction.refused" }

// What each answering entry answers.
func (b SARExtended) RefersTo() entry.ID      { return b.Request }
func (b SARStopped) RefersTo() entry.ID       { return b.Request }
func (b SARStarted) RefersTo() entry.ID       { return b.Request }
func (b SARAnswered) RefersTo() entry.ID      { return b.Request }
func (b SARRefused) RefersTo() entry.ID       { return b.Request }
func (b RedactionAgreed) RefersTo() entry.ID  { return b.Proposal }
func (b RedactionRefused) RefersTo() entry.ID { return b.Proposal }

const nameRequest = "Name the request"

// Check of each kind sees what is wrong without knowing the record.
func (b SARReceived) Check() (ps []entry.Problem) {
	ps = entry.OneOf(ps, "by", b.By, AskedBy, "Choose who asks")
	return entry.Short(entry.Need(ps, "name", b.Who, "Enter the person's name, and where the answer goes"), "what", b.What)
}
func (b SARExtended) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "request", string(b.Request), nameRequest)
	if b.Months != 1 && b.Months != 2 {
		ps = append(ps, entry.Problem{Field: "months", Text: "Choose 1 month or 2: the law allows no more"})
	}
	if !b.Told {
		ps = append(ps, entry.Problem{Field: "told", Text: "Tell the person first: the time is longer only when they know, and know why"})
	}
	return entry.Need(ps, "why", b.Why, "Enter why it takes longer")
}
func (b SARStopped) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "request", string(b.Request), nameRequest), "why", b.Why, "Enter what the person must tell us, and why")
}
func (b SARStarted) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "request", string(b.Request), nameRequest), "why", b.Why, "Enter what the person told us")
}
func (b SARAnswered) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "request", string(b.Request), nameRequest)
	ps = entry.Need(ps, "sent_to", b.To, "Enter who it was sent to, and where")
	return entry.Need(ps, "checked", b.Checked, "Enter how you checked the address and what was in it")
}
func (b SARRefused) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "request", string(b.Request), nameRequest)
	return entry.Need(entry.Need(ps, "legal_ground", b.Ground, "Enter the law"), "why", b.Why, "Enter why")
}
func (b RedactionProposed) Check() (ps []entry.Problem) {
	ps = entry.Need(ps, "entry", string(b.Entry), "Name the entry")
	ps = entry.OneOf(ps, "legal_ground", b.Ground, LeftOutFor, "Choose the legal ground")
	return entry.Need(ps, "why", b.Why, "Enter why it must be left out")
}
func (b RedactionAgreed) Check() []entry.Problem {
	return entry.Need(nil, "proposal", string(b.Proposal), "Name the proposal")
}
func (b RedactionRefused) Check() []entry.Problem {
	return entry.Need(entry.Need(nil, "proposal", string(b.Proposal), "Name the proposal"), "why", b.Why, "Enter why it stays in")
}

// said goes through what was recorded, in the order of recording: what is
// neither corrected nor in need of an hour to stand after what it answers.
func (r Record) said() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for i := range r.Log {
			e := &r.Log[i]
			if !yield(Event{Entry: e, When: e.Happened, Body: e.Body}) {
				return
			}
		}
	}
}

// Request is somebody's request for a copy, as it stands.
type Request struct {
	Event
	Body     SARReceived
	Extended int      // months
	Stopped  day.When // the clock stands still since then; zero: it runs
	Ended    bool     // answered or refused
}

// Requests for a copy, oldest first.
func (r Record) Requests() (out []*Request) {
	for ev := range r.said() {
		if b, ok := ev.Body.(SARReceived); ok {
			out = append(out, &Request{Event: ev, Body: b})
			continue
		}
		ref, ok := ev.Body.(entry.Refers)
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(q *Request) bool { return q.ID == ref.RefersTo() })
		if i < 0 {
			continue
		}
		switch b := ev.Body.(type) {
		case SARExtended:
			out[i].Extended += b.Months
		case SARStopped:
			out[i].Stopped = ev.When
		case SARStarted:
			out[i].Stopped = day.When{}
		case SARAnswered, SARRefused:
			out[i].Ended = true
		}
	}
	return out
}

// Redactions that were proposed: those agreed, and those that wait for a second person.
func (r Record) Redactions() (agreed, waiting []Event) {
	for ev := range r.said() {
		var of entry.ID
		switch b := ev.Body.(type) {
		case RedactionProposed:
			waiting = append(waiting, ev)
			continue
		case RedactionAgreed:
			of = b.Proposal
		case RedactionRefused:
			of = b.Proposal
		default:
			continue
		}
		if i := slices.IndexFunc(waiting, func(w Event) bool { return w.ID == of }); i >= 0 {
			if ev.Kind == "redaction.agreed" {
				agreed = append(agreed, waiting[i])
			}
			waiting = slices.Delete(waiting, i, i+1)
		}
	}
	return agreed, waiting
}

// asking refuses what may not be recorded about requests and redactions as things stand.
func (r Record) asking(cmd Command, no func(field, text string)) {
	request := func(id entry.ID) *Request {
		for _, q := range r.Requests() {
			if q.ID == id && !q.Ended {
				return q
			}
		}
		no("request", "There is no such request, or it was answered already")
		return nil
	}
	switch b := cmd.Body.(type) {
	case SARExtended:
		if q := request(b.Request); q != nil {
			if q.Extended > 0 {
				no("", "The time was made longer already. The law allows that once")
			}
			if q.Stopped.IsZero() && cmd.Happened.Date > r.monthAfter(q) {
				no("happened", "The first month is over. The person must be told within it that it takes longer")
			}
		}
	case SARStopped:
		if q := request(b.Request); q != nil && !q.Stopped.IsZero() {
			no("", "The clock stands still already")
		}
	case SARStarted:
		if q := request(b.Request); q != nil && q.Stopped.IsZero() {
			no("", "The clock is running")
		} else if q != nil && cmd.Happened.Before(q.Stopped) {
			no("happened", "This is before the clock was stopped")
		}
	case SARAnswered:
		request(b.Request)
		if _, waiting := r.Redactions(); len(waiting) > 0 {
			no("", "Something waits for a second person to say whether it is left out of the copy")
		}
		if len(r.Marked()) > 0 {
			no("", "Something was marked when it was written: decide first whether it is left out of the copy")
		}
	case SARRefused:
		request(b.Request)
	case RedactionProposed:
		i := slices.IndexFunc(r.Log, func(e entry.Entry) bool { return e.ID == b.Entry })
		switch {
		case b.Entry == "":
		case i < 0:
			no("entry", "There is no such entry in this child's record")
		case strings.TrimSpace(b.Passage) != "" && !says(r.Log[i].Raw, passage(b.Passage)):
			no("passage", "The entry does not have these words. Copy them exactly, without the lines around them")
		}
	case RedactionAgreed:
		r.second(b.Proposal, cmd.Actor.Person, no)
	case RedactionRefused:
		r.second(b.Proposal, "", no) // who proposed it may take it back
	}
}

func (r Record) second(id entry.ID, person string, no func(field, text string)) {
	_, waiting := r.Redactions()
	i := slices.IndexFunc(waiting, func(w Event) bool { return w.ID == id })
	switch {
	case i < 0:
		no("proposal", "This does not wait for a second person")
	case waiting[i].Author == person:
		no("", "Somebody else must agree: it was you who proposed it")
	}
}

// monthAfter is the last day of a request's first month, with the days on
// which the clock stood still.
func (r Record) monthAfter(q *Request) day.Date {
	due, stopped := q.When.Date.AddMonths(1), day.Date(0)
	for ev := range r.said() {
		switch b := ev.Body.(type) {
		case SARStopped:
			if b.Request == q.ID {
				stopped = ev.When.Date
			}
		case SARStarted:
			if b.Request == q.ID && stopped != 0 {
				due += ev.When.Date - stopped
			}
		}
	}
	return due
}

// Copied is an entry as a copy of the record shows it.
type Copied struct {
	entry.Entry          // its body without what is left out
	Whole       string   // the ground on which all of it is left out; empty: it is there
	LeftOut     []string // the grounds of what is left out of it
	Disputes    []Copied
}

// Copy is every entry in the order of recording, without what two people left
// out, and each dispute beside what it disputes. Entries about leaving out are
// not in it: they hold the words. It fails while a redaction waits for its
// second person.
func (r Record) Copy() ([]Copied, error) {
	agreed, waiting := r.Redactions()
	if len(waiting) > 0 {
		return nil, entry.Refuse("", "Something waits for a second person to say whether it is left out. Until then no copy can be made")
	}
	if len(r.Marked()) > 0 {
		return nil, entry.Refuse("", "Something was marked when it was written. Until it is decided whether it is left out, no copy can be made")
	}
	var outs []leaving
	for _, a := range agreed {
		b := a.Body.(RedactionProposed)
		l := leaving{RedactionProposed: b, all: r.Attached(b.Entry)}
		if strings.TrimSpace(b.Passage) != "" {
			l.words = passage(b.Passage)
		}
		outs = append(outs, l)
	}
	var out []Copied
	place := map[entry.ID]int{}
	for _, e := range r.Log {
		switch b := e.Body.(type) {
		case RedactionProposed, RedactionAgreed, RedactionRefused:
			continue
		case Disputed:
			if i, ok := place[b.Entry]; ok {
				out[i].Disputes = append(out[i].Disputes, without(e, outs))
			}
		}
		place[e.ID] = len(out)
		out = append(out, without(e, outs))
	}
	return out, nil
}

// leaving is a redaction that two people agreed on.
type leaving struct {
	RedactionProposed
	words *regexp.Regexp // nil: the whole entry
	all   []entry.ID     // where the same words may stand
}

// without takes out of an entry what is left out of it, of what it corrects and
// of what it disputes: they hold the same words.
func without(e entry.Entry, outs []leaving) Copied {
	c := Copied{Entry: Unmarked(e)}
	for _, b := range outs {
		switch {
		case !slices.Contains(b.all, e.ID):
		case b.words == nil:
			if b.Entry == e.ID || e.Corrects != "" { // a dispute of it has words of its own
				c.Whole = b.Ground
				c.LeftOut = append(c.LeftOut, b.Ground)
			}
		default:
			n := 0
			if c.Raw, n = shorten(c.Raw, b.words, b.Ground); n > 0 {
				c.LeftOut = append(c.LeftOut, b.Ground)
			}
		}
	}
	if c.Whole != "" {
		c.Raw = json.RawMessage(`{}`)
	}
	c.Body = nil // the decoded body still has it all
	return c
}

// Shorten takes a passage out of every text of a JSON value, wherever the lines
// between its words break, and says how often it stood there.
func Shorten(raw json.RawMessage, words, ground string) (json.RawMessage, int) {
	if strings.TrimSpace(words) == "" {
		return raw, 0
	}
	return shorten(raw, passage(words), ground)
}

func shorten(raw json.RawMessage, words *regexp.Regexp, ground string) (out json.RawMessage, n int) {
	out = mapTexts(raw, func(s string) string {
		return words.ReplaceAllStringFunc(s, func(string) string { n++; return "[left out: " + ground + "]" })
	})
	return out, n
}

// passage finds words wherever the lines between them break.
func passage(words string) *regexp.Regexp {
	var parts []string
	for _, w := range strings.Fields(words) {
		parts = append(parts, regexp.QuoteMeta(w))
	}
	return regexp.MustCompile(strings.Join(parts, `\s+`))
}

func says(raw json.RawMessage, p *regexp.Regexp) (found bool) {
	mapTexts(raw, func(s string) string {
		found = found || p.MatchString(s)
		return s
	})
	return found
}

// mapTexts changes every text in a JSON value but the names of its fields, and
// leaves everything else as it is, order included.
func mapTexts(raw json.RawMessage, fn func(string) string) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out bytes.Buffer
	type level struct{ object, value bool }
	var in []level
	from := int64(0)
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return json.RawMessage(`{}`) // not JSON: better nothing than what should be left out
		}
		to := dec.InputOffset()
		text, isText := tok.(string)
		name := false
		if n := len(in); n > 0 && in[n-1].object {
			if d, ok := tok.(json.Delim); !ok || d != '}' {
				name = !in[n-1].value
				in[n-1].value = !in[n-1].value
			}
		}
		if isText && !name {
			lead := bytes.IndexByte(raw[from:to], '"')
			out.Write(raw[from : from+int64(lead)])
			b, err := json.Marshal(fn(text))
			if err != nil {
				return json.RawMessage(`{}`)
			}
			out.Write(b)
		} else {
			out.Write(raw[from:to])
		}
		if d, ok := tok.(json.Delim); ok {
			switch d {
			case '{', '[':
				in = append(in, level{object: d == '{'})
			default:
				in = in[:len(in)-1]
			}
		}
		from = to
	}
	return out.Bytes()
}
