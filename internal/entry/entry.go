// Package entry holds the envelope of everything that anybody records, and the
// registry of the kinds there are. It knows days. It must never know what an
// entry means: that is for the record it belongs to.
package entry

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"onus/internal/day"
)

// ID names an entry: a UUIDv7 in its usual text form.
type ID string

// Made is when an id was made, to the millisecond: a UUIDv7 begins with it.
func (id ID) Made() (day.Instant, bool) {
	if len(id) != 36 {
		return 0, false
	}
	ms, err := strconv.ParseInt(string(id[:8]+id[9:13]), 16, 64)
	return day.Instant(ms * 1000), err == nil
}

// Kind says what an entry is: "visit", "cp-plan.started".
type Kind string

// Subject is the record that an entry belongs to: "child/<uuid>",
// "concern/<uuid>", "decision/<uuid>", "pack/<uuid>", "talk/<uuid>", "line", "rules" or "files".
type Subject string

// The subjects that are not children. With the files stands what is about case
// files as things: that one was destroyed.
const (
	TheLine  Subject = "line"
	TheRules Subject = "rules"
	TheFiles Subject = "files"
)

// OfChild is the subject of one child's record.
func OfChild(id string) Subject { return Subject("child/" + id) }

// OfConcern is the subject of one concern.
func OfConcern(id string) Subject { return Subject("concern/" + id) }

// Concern gives the concern's id when the subject is one.
func (s Subject) Concern() (string, bool) { return strings.CutPrefix(string(s), "concern/") }

// OfDecision is the subject of one decision.
func OfDecision(id string) Subject { return Subject("decision/" + id) }

// Decision gives the decision's id when the subject is one.
func (s Subject) Decision() (string, bool) { return strings.CutPrefix(string(s), "decision/") }

// OfPack is the subject of one pack for a hearing.
func OfPack(id string) Subject { return Subject("pack/" + id) }

// Pack gives the pack's id when the subject is one.
func (s Subject) Pack() (string, bool) { return strings.CutPrefix(string(s), "pack/") }

// OfTalk is the subject of one talk in supervision.
func OfTalk(id string) Subject { return Subject("talk/" + id) }

// Talk gives the talk's id when the subject is one.
func (s Subject) Talk() (string, bool) { return strings.CutPrefix(string(s), "talk/") }

// Child gives the child's id when the subject is a child.
func (s Subject) Child() (string, bool) { return strings.CutPrefix(string(s), "child/") }

// Source says how an entry came to be recorded.
type Source struct {
	// Kind is one of page, api, import, rule, simulation.
	Kind string `json:"kind"`
	// Of names what was imported: "cin-census".
	Of string `json:"of,omitempty"`
	// File is the SHA-256 of the imported file, in hex.
	File string `json:"file,omitempty"`
	// Line in that file.
	Line int `json:"line,omitempty"`
	// Key is the fact's own name in what was imported, the same in every later
	// file: it is how the same fact is known again.
	Key string `json:"key,omitempty"`
	// Program is the key of the program that recorded it, for its owner.
	Program string `json:"program,omitempty"`
	// AsOf is the moment of which the file speaks, as it says itself.
	AsOf day.Instant `json:"as_of,omitzero"`
	// Made is when the file was made, as it says itself.
	Made day.Instant `json:"made,omitzero"`
}

// Actor is who does something, and in which post.
type Actor struct {
	Person   string // person id; "onus" for the rules themselves
	Post     string // the post in which they act
	OnBehalf string // the post they act for, when that is another (cover)
}

// System is the actor of what the rules do by themselves.
var System = Actor{Person: "onus"}

// Outside is the actor of what somebody without a sign-in tells us, through the
// public form. Who they are, if they say, stands in what they tell.
var Outside = Actor{Person: "outside"}

// ofFamily begins the author of what somebody says on the private page of a plan.
const ofFamily = "family:"

// FamilyActor is the actor of what somebody does who was given a plan, on its private
// page. shared is the entry by which it was given: it says who that is.
func FamilyActor(shared ID) Actor { return Actor{Person: ofFamily + string(shared)} }

// FamilyShare is the entry by which a plan was given to whoever an author is; ok is
// false for everybody else.
func FamilyShare(person string) (shared ID, ok bool) {
	id, ok := strings.CutPrefix(person, ofFamily)
	return ID(id), ok
}

// Entry is one thing somebody recorded. It is never changed: a later entry
// corrects it by naming it.
type Entry struct {
	ID       ID
	Kind     Kind
	Subject  Subject
	Happened day.When
	Recorded day.Instant
	Author   string // person id
	Post     string // the post in which they recorded it
	OnBehalf string
	Corrects ID
	Source   Source
	Raw      json.RawMessage // the body as stored; what the ledger commits to
	Body     Body            // the same, decoded
}

// wire is the one JSON form of an entry, its fields in a fixed order.
type wire struct {
	ID       ID              `json:"id"`
	Kind     Kind            `json:"kind"`
	Subject  Subject         `json:"subject"`
	Happened day.When        `json:"happened"`
	Recorded day.Instant     `json:"recorded"`
	Author   string          `json:"author"`
	Post     string          `json:"post,omitempty"`
	OnBehalf string          `json:"on_behalf_of,omitempty"`
	Corrects ID              `json:"corrects,omitempty"`
	Source   Source          `json:"source"`
	Body     json.RawMessage `json:"body"`
}

// Canonical is the exact text of the entry that its leaf in the ledger commits
// to. One changed byte anywhere in an entry changes it.
func (e Entry) Canonical() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(wire{e.ID, e.Kind, e.Subject, e.Happened, e.Recorded, e.Author, e.Post, e.OnBehalf, e.Corrects, e.Source, e.Raw})
	if err != nil {
		// Only a body that is not JSON can do this, and Seal refuses those.
		return []byte(fmt.Sprintf("entry %s has a body that is not JSON", e.ID))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// MarshalJSON is Canonical.
func (e Entry) MarshalJSON() ([]byte, error) { return e.Canonical(), nil }

// Moment is the one now of a transaction, and where its new ids come from.
type Moment struct {
	Now  day.Instant
	Rand io.Reader
}

// NewID makes a UUIDv7 of the moment.
func (m Moment) NewID() (ID, error) {
	var u [16]byte
	if _, err := io.ReadFull(m.Rand, u[:]); err != nil {
		return "", fmt.Errorf("no randomness for a new id: %w", err)
	}
	ms := uint64(m.Now / 1000)
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u[:])
	return ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]), nil
}

// Problem is one thing wrong with what was given: which field, what is wrong
// and what to do. It never repeats a person's name.
type Problem struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// Refusal is why something was not recorded: every problem at once.
type Refusal struct{ Problems []Problem }

func (r *Refusal) Error() string {
	var b strings.Builder
	for i, p := range r.Problems {
		if i > 0 {
			b.WriteString("; ")
		}
		if p.Field != "" {
			b.WriteString(p.Field + ": ")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Refuse makes a refusal of one problem.
func Refuse(field, text string) error { return &Refusal{Problems: []Problem{{field, text}}} }

// Problems are the problems in err, when it is a refusal.
func Problems(err error) ([]Problem, bool) {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Problems, true
	}
	return nil, false
}
