package hearing

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/entry"
	"onus/internal/ledger"
)

// Format is what a bundle says of itself.
const Format = "onus/hearing-pack/v1"

// ErrNotABundle says that a file is no bundle, or not as it was given.
var ErrNotABundle = errors.New("this is not a pack for a hearing")

// Bundle is a pack as one file. Every text in it is proved: the entries by the
// ledger, the rest by their hashes in the entry by which the pack was made out.
type Bundle struct {
	Format  string       `json:"format"`
	Asked   string       `json:"asked"`    // the receipt of the entry that asked for it
	MadeOut string       `json:"made_out"` // the receipt of the entry that says what it holds
	Parts   []BundlePart `json:"parts"`
}

// BundlePart is one part: whole, an entry's receipt has its text.
type BundlePart struct {
	ID      string `json:"id"`
	Receipt string `json:"receipt,omitempty"` // with the entry and its salt where it is whole, else without
	Text    string `json:"text,omitempty"`    // of a shortened entry, or of the context
	// Note says why there is no text that there should be: it was erased since.
	Note string `json:"note,omitempty"`
}

// Encode gives the one form in which a bundle is written.
func (b Bundle) Encode() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(b)
	return out.Bytes(), err
}

// ParseBundle reads a bundle and checks nothing but its form: only the one form in
// which it was written is taken, so that no byte can be changed without notice. It
// fails with ErrNotABundle.
func ParseBundle(text []byte) (b Bundle, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil || b.Format != Format {
		return b, ErrNotABundle
	}
	if again, err := b.Encode(); err != nil || !bytes.Equal(again, text) {
		return b, fmt.Errorf("%w as it was given: use the file exactly as you got it", ErrNotABundle)
	}
	return b, nil
}

// Hash of a text, as a pack that was made out has it.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// The results of checking a part.
const (
	ProvedWhole     = "proved, with its text"
	ProvedOut       = "proved, and left out"
	ProvedShortened = "proved, with a shortened text as the pack gives it"
	ProvedContext   = "as the pack was made out"
	NotProved       = "does NOT verify"
)

// Finding is what a check says of a part.
type Finding struct {
	ID     string
	Result string // one of the results
	Why    string // of NotProved; of a part left out: the legal ground, and who decided
	Text   string // what is proved: an entry, or a text
}

// Report is what a check of a bundle found.
type Report struct {
	Asked    entryOf // who asked for it, when, about what
	MadeAt   json.RawMessage
	Findings []Finding
	// Checkpoint is the signed head against which the list of parts is proved.
	Checkpoint []byte
}

// Holds says that every part verifies.
func (r Report) Holds() bool {
	for _, f := range r.Findings {
		if f.Result == NotProved {
			return false
		}
	}
	return true
}

// entryOf is an entry as far as a check reads it.
type entryOf struct {
	ID       entry.ID        `json:"id"`
	Kind     entry.Kind      `json:"kind"`
	Subject  entry.Subject   `json:"subject"`
	Recorded json.RawMessage `json:"recorded"`
	Author   string          `json:"author"`
	Post     string          `json:"post"`
	Body     json.RawMessage `json:"body"`
}

// Check checks a bundle without any server. The error says that it cannot be checked
// at all: what it says of itself does not verify.
func (b Bundle) Check(verifiers note.Verifiers, origin string) (rep Report, err error) {
	open := func(what, text string) (e entryOf, r ledger.Receipt, err error) {
		if r, err = ledger.ParseReceipt([]byte(text)); err != nil {
			return e, r, fmt.Errorf("%s: %w", what, err)
		}
		v, err := ledger.Verify(r, verifiers, origin)
		if err != nil {
			return e, r, fmt.Errorf("%s: %w", what, err)
		}
		if json.Unmarshal(v.Entry, &e) != nil {
			return e, r, fmt.Errorf("%s: %w", what, ErrNotABundle)
		}
		return e, r, nil
	}
	asked, _, err := open("the entry that asks for the pack", b.Asked)
	if err != nil {
		return rep, err
	}
	made, receipt, err := open("the entry that says what the pack holds", b.MadeOut)
	if err != nil {
		return rep, err
	}
	var list MadeOut
	if asked.Kind != (Asked{}).Kind() || made.Kind != (MadeOut{}).Kind() || asked.Subject != made.Subject || json.Unmarshal(made.Body, &list) != nil {
		return rep, fmt.Errorf("%w: the two entries that begin and end it are not of one pack", ErrNotABundle)
	}
	rep.Asked, rep.MadeAt, rep.Checkpoint = asked, made.Recorded, receipt.Checkpoint
	given := map[string]BundlePart{}
	listed := map[string]bool{}
	bad := func(id, why string) {
		rep.Findings = append(rep.Findings, Finding{ID: id, Result: NotProved, Why: why})
	}
	for _, p := range b.Parts {
		if _, twice := given[p.ID]; twice {
			bad(p.ID, "it stands in the file twice")
		}
		given[p.ID] = p
	}
	for _, h := range list.Parts {
		listed[h.ID] = true
		p, ok := given[h.ID]
		if !ok {
			bad(h.ID, "the pack was made out with it, and it is not in the file")
			continue
		}
		f, why := h.check(p, verifiers, origin)
		if why != "" {
			bad(h.ID, why)
			continue
		}
		rep.Findings = append(rep.Findings, f)
	}
	for _, p := range b.Parts {
		if !listed[p.ID] {
			bad(p.ID, "the pack was made out without it")
		}
	}
	return rep, nil
}

// check of one part against what the pack was made out with. why is empty when it
// verifies.
func (h Held) check(p BundlePart, verifiers note.Verifiers, origin string) (f Finding, why string) {
	f = Finding{ID: h.ID}
	if h.Leaf == "" { // a part of the context
		switch {
		case p.Receipt != "":
			return f, "it has a receipt, and it is no entry"
		case h.How == Out && p.Text == "":
			f.Result, f.Why = ProvedOut, h.why()
			return f, ""
		case h.How == Out:
			return f, "the pack was made out without its text"
		case p.Text == "":
			return f, "its text is not in the file. " + p.Note
		case Hash(p.Text) != h.SHA256:
			return f, "its text is not the one with which the pack was made out"
		}
		f.Result, f.Text = ProvedContext, p.Text
		if h.How == Shortened {
			f.Why = h.why()
		}
		return f, ""
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(h.Leaf)
	if err != nil {
		return f, "its leaf cannot be read"
	}
	r, err := ledger.ParseReceipt([]byte(p.Receipt))
	if err != nil {
		return f, "its receipt cannot be read"
	}
	if r.Index != h.Index {
		return f, fmt.Sprintf("its proof is of place %d in the ledger, and it stands at %d", r.Index, h.Index)
	}
	if _, err := ledger.VerifyLeaf(r, leaf, verifiers, origin); err != nil {
		return f, err.Error()
	}
	switch h.How {
	case Out:
		if len(r.Extra) > 0 || p.Text != "" {
			return f, "the pack was made out without its text"
		}
		f.Result, f.Why = ProvedOut, h.why()
	case Shortened:
		switch {
		case len(r.Extra) > 0:
			return f, "the pack was made out with a shortened text"
		case p.Text == "":
			return f, "its text is not in the file. " + p.Note
		case Hash(p.Text) != h.SHA256:
			return f, "its text is not the one with which the pack was made out"
		}
		f.Result, f.Why, f.Text = ProvedShortened, h.why(), p.Text
	default:
		if len(r.Extra) == 0 {
			return f, "its text is not in the file. " + p.Note
		}
		v, err := ledger.Verify(r, verifiers, origin)
		if err != nil {
			return f, err.Error()
		}
		var e entryOf
		if !bytes.Equal(v.Leaf, leaf) || json.Unmarshal(v.Entry, &e) != nil || string(e.ID) != h.ID || p.Text != "" {
			return f, "it is another entry than the one with which the pack was made out"
		}
		f.Result, f.Text = ProvedWhole, string(v.Entry)
	}
	if p.Note != "" {
		return f, "a note stands beside it that the pack was made out without"
	}
	return f, ""
}

func (h Held) why() string { return h.Ground + ". Decided by: " + h.By }
