package entry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"onus/internal/day"
)

// Body is what an entry says. Each kind has its own struct. Check gives every
// problem that can be seen without knowing the record.
type Body interface {
	Kind() Kind
	Check() []Problem
}

// Known describes a kind.
type Known struct {
	Kind  Kind
	Title string // what a person reads: "Visit"
	About string // one sentence: what it means
	// On is which record it belongs to: "child", "concern", "line", "rules" or "files".
	On string
	// Timed kinds have an hour that matters (a referral, a visit).
	Timed bool
	// Ahead kinds may be dated in the future: somebody starts on 11 January.
	Ahead bool
	Zero  Body
	typ   reflect.Type
}

// Registry is every kind of entry there is. It is immutable once made.
type Registry struct {
	kinds map[Kind]Known
	order []Kind
}

// NewRegistry puts the kinds of several records together. Two of the same name
// are a mistake in the program, and it panics.
func NewRegistry(sets ...[]Known) *Registry {
	r := &Registry{kinds: map[Kind]Known{}}
	for _, set := range sets {
		for _, k := range set {
			k.Kind = k.Zero.Kind()
			k.typ = reflect.TypeOf(k.Zero)
			if _, twice := r.kinds[k.Kind]; twice {
				panic("entry: kind " + string(k.Kind) + " is registered twice")
			}
			r.kinds[k.Kind] = k
			r.order = append(r.order, k.Kind)
		}
	}
	return r
}

// Kinds in the order in which they were registered.
func (r *Registry) Kinds() []Known {
	out := make([]Known, len(r.order))
	for i, k := range r.order {
		out[i] = r.kinds[k]
	}
	return out
}

// Known finds a kind.
func (r *Registry) Known(k Kind) (Known, bool) { v, ok := r.kinds[k]; return v, ok }

// Decode reads a body of a kind. Fields that the kind does not have are an
// error: what is not understood must not be lost in silence.
func (r *Registry) Decode(k Kind, raw json.RawMessage) (Body, error) {
	known, ok := r.kinds[k]
	if !ok {
		return nil, Refuse("kind", fmt.Sprintf("there is no kind of entry called %q", k))
	}
	if string(bytes.TrimSpace(raw)) == "null" { // which JSON takes for any struct, saying nothing
		return nil, Refuse("body", "the body is empty or ends too soon")
	}
	v := reflect.New(known.typ)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v.Interface()); err != nil {
		return nil, Refuse("body", jsonProblem(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, Refuse("body", "there is more after the end of the body")
	}
	return v.Elem().Interface().(Body), nil
}

func jsonProblem(err error) string {
	var te *json.UnmarshalTypeError
	var se *json.SyntaxError
	switch {
	case errors.As(err, &te):
		return fmt.Sprintf("%s should be a %s, not a %s", te.Field, te.Type, te.Value)
	case errors.As(err, &se):
		return fmt.Sprintf("not JSON, at character %d", se.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the body is empty or ends too soon"
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return "there is no field " + strings.TrimPrefix(err.Error(), "json: unknown field ")
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// Load decodes the body of a stored entry. Stored bodies were checked when they
// were recorded, so a field unknown now is an error of this program's version.
func (r *Registry) Load(e *Entry) error {
	known, ok := r.kinds[e.Kind]
	if !ok {
		return fmt.Errorf("entry %s is of the kind %q, which this version of Onus does not know", e.ID, e.Kind)
	}
	v := reflect.New(known.typ)
	if err := json.Unmarshal(e.Raw, v.Interface()); err != nil {
		return fmt.Errorf("entry %s (%s) has a body that cannot be read", e.ID, e.Kind)
	}
	e.Body = v.Elem().Interface().(Body)
	return nil
}

// Seal makes an entry of a body: it checks the body, sets kind and stored text
// and gives the entry its id and its recorded time.
func (r *Registry) Seal(m Moment, s Subject, a Actor, happened day.When, corrects ID, src Source, b Body) (Entry, error) {
	if b == nil {
		return Entry{}, Refuse("body", "an entry needs a body")
	}
	known, ok := r.kinds[b.Kind()]
	if !ok {
		return Entry{}, Refuse("kind", fmt.Sprintf("there is no kind of entry called %q", b.Kind()))
	}
	problems := b.Check()
	if happened.IsZero() {
		problems = append(problems, Problem{"happened", "Enter when it happened"})
	} else if happened.From() > m.Now && !known.Ahead {
		problems = append(problems, Problem{"happened", "It cannot have happened in the future"})
	}
	if a.Person == "" {
		problems = append(problems, Problem{"author", "An entry needs an author"})
	}
	if len(problems) > 0 {
		return Entry{}, &Refusal{problems}
	}
	id, err := m.NewID()
	if err != nil {
		return Entry{}, err
	}
	raw, err := encode(b)
	if err != nil {
		return Entry{}, fmt.Errorf("a body of kind %s cannot be written as JSON: %w", b.Kind(), err)
	}
	if spoilt(raw) {
		return Entry{}, Refuse("body", unkeepable)
	}
	for field, v := range map[string]string{"subject": string(s), "author": a.Person, "post": a.Post, "on_behalf_of": a.OnBehalf,
		"corrects": string(corrects), "source": src.Kind + src.Of + src.File + src.Key} {
		if !CanKeep(v) {
			return Entry{}, Refuse(field, unkeepable)
		}
	}
	return Entry{ID: id, Kind: b.Kind(), Subject: s, Happened: happened, Recorded: m.Now, Author: a.Person, Post: a.Post,
		OnBehalf: a.OnBehalf, Corrects: corrects, Source: src, Raw: raw, Body: b}, nil
}

func encode(b Body) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(b); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

const unkeepable = "The text holds a character that cannot be kept: a NUL byte, or bytes that are not UTF-8. Remove it, or type the text again"

// CanKeep says whether a text can be kept by every store: PostgreSQL has no
// NUL byte in a text, and nothing but UTF-8.
func CanKeep(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// spoilt says whether JSON holds what CanKeep refuses: a NUL byte, or what
// encoding/json writes in the place of bytes that are not UTF-8.
func spoilt(raw []byte) bool {
	for i := bytes.IndexByte(raw, '\\'); i >= 0 && i+1 < len(raw); {
		if rest := raw[i+1:]; bytes.HasPrefix(rest, []byte("u0000")) || bytes.HasPrefix(rest, []byte("ufffd")) {
			return true
		}
		next := bytes.IndexByte(raw[i+2:], '\\') // an escaped backslash begins nothing
		if next < 0 {
			return false
		}
		i += 2 + next
	}
	return false
}

// Same says whether two bodies say the same.
func Same(a, b Body) bool {
	x, errx := encode(a)
	y, erry := encode(b)
	return errx == nil && erry == nil && a.Kind() == b.Kind() && bytes.Equal(x, y)
}

// ParseLine reads one entry in the form of Canonical. The stored text of the
// body is kept to the byte.
func (r *Registry) ParseLine(b []byte) (Entry, error) {
	var w wire
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return Entry{}, errors.New(jsonProblem(err))
	}
	if !utf8.Valid(b) || spoilt(b) {
		return Entry{}, errors.New(unkeepable)
	}
	e := Entry{w.ID, w.Kind, w.Subject, w.Happened, w.Recorded, w.Author, w.Post, w.OnBehalf, w.Corrects, w.Source, w.Body, nil}
	switch {
	case len(e.ID) != 36:
		return Entry{}, errors.New("the id is not a UUID")
	case e.Subject == "" || e.Author == "" || e.Recorded.IsZero() || e.Happened.IsZero():
		return Entry{}, errors.New("an entry needs subject, author, happened and recorded")
	}
	body, err := r.Decode(e.Kind, e.Raw)
	if err != nil {
		return Entry{}, err
	}
	e.Body = body
	if !bytes.Equal(e.Canonical(), bytes.TrimSpace(b)) {
		return Entry{}, errors.New("the line is not in the form in which Onus writes entries, so its proof could not be checked")
	}
	return e, nil
}

// Need is for Check methods: a problem when a text is empty.
func Need(ps []Problem, field, value, text string) []Problem {
	if strings.TrimSpace(value) == "" {
		return append(ps, Problem{field, text})
	}
	return ps
}

// OneOf is for Check methods: a problem when a value is not in a list.
func OneOf(ps []Problem, field, value string, allowed []string, text string) []Problem {
	if !slices.Contains(allowed, value) {
		return append(ps, Problem{field, text})
	}
	return ps
}

// MaxText is the longest free text an entry may hold, in bytes.
const MaxText = 200_000

// Short is for Check methods: a problem when a text is longer than MaxText.
func Short(ps []Problem, field, value string) []Problem {
	if len(value) > MaxText {
		return append(ps, Problem{field, fmt.Sprintf("The text is too long: at most %d characters. Attach the rest as another note", MaxText)})
	}
	return ps
}

// Flat is a body inside another body (a correction), kept as its stored text.
type Flat = json.RawMessage

// Refers is for bodies that name the entry they answer: the decision its
// referral, the end its beginning.
type Refers interface{ RefersTo() ID }
