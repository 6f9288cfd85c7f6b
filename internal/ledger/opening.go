package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Opening is what turns a commitment back into an entry: the entry's exact bytes and
// its salt. It is personal data. It goes only into the copy of the receipt held by
// somebody who may read the entry.
type Opening struct {
	Salt  Salt
	Entry json.RawMessage
}

// Leaf is the leaf that the entry and the salt make.
func (o Opening) Leaf() []byte { return Leaf(o.Entry, o.Salt) }

// An encoded opening is a JSON object with these three members, in this order and
// with no space between them. It is written and read by position and not by
// encoding/json, which would compact and escape the entry: a leaf is made of exact
// bytes. The leaf is there only to tell a changed entry from a changed proof.
const (
	openingLeaf  = `{"leaf":"`
	openingSalt  = `","salt":"`
	openingEntry = `","entry":`
	openingEnd   = `}`
)

var (
	openingLeafLen = base64.StdEncoding.EncodedLen(len(leafPrefix) + 32)
	openingSaltLen = base64.StdEncoding.EncodedLen(len(Salt{}))
)

// Encode gives the bytes for [Receipt].Extra. The entry must be one JSON value with
// no space around it.
func (o Opening) Encode() ([]byte, error) {
	if !json.Valid(o.Entry) || len(bytes.TrimSpace(o.Entry)) != len(o.Entry) {
		return nil, fmt.Errorf("%w: an entry must be one JSON value with no space around it", ErrOpening)
	}
	var b bytes.Buffer
	b.WriteString(openingLeaf)
	b.WriteString(base64.StdEncoding.EncodeToString(o.Leaf()))
	b.WriteString(openingSalt)
	b.WriteString(base64.StdEncoding.EncodeToString(o.Salt[:]))
	b.WriteString(openingEntry)
	b.Write(o.Entry)
	b.WriteString(openingEnd)
	return b.Bytes(), nil
}

// ParseOpening reads what [Opening.Encode] wrote, and checks that the entry and the
// salt make the leaf written beside them. It fails with [ErrOpening].
func ParseOpening(extra []byte) (Opening, error) {
	if len(extra) == 0 {
		return Opening{}, fmt.Errorf("%w: this copy of the receipt does not carry the entry; ask for the copy that does", ErrOpening)
	}
	malformed := fmt.Errorf("%w: the part that carries the entry is damaged; use the receipt exactly as it was given", ErrOpening)
	rest := extra
	take := func(before string, n int) ([]byte, bool) {
		after, ok := bytes.CutPrefix(rest, []byte(before))
		if !ok || len(after) < n {
			return nil, false
		}
		rest = after[n:]
		value, err := base64.StdEncoding.Strict().DecodeString(string(after[:n]))
		return value, err == nil
	}
	leaf, ok := take(openingLeaf, openingLeafLen)
	if !ok {
		return Opening{}, malformed
	}
	salt, ok := take(openingSalt, openingSaltLen)
	if !ok || len(salt) != len(Salt{}) {
		return Opening{}, malformed
	}
	entry, ok := bytes.CutPrefix(rest, []byte(openingEntry))
	if !ok {
		return Opening{}, malformed
	}
	entry, ok = bytes.CutSuffix(entry, []byte(openingEnd))
	if !ok {
		return Opening{}, malformed
	}
	opening := Opening{Salt: Salt(salt), Entry: bytes.Clone(entry)}
	if !bytes.Equal(opening.Leaf(), leaf) {
		return Opening{}, fmt.Errorf("%w: the entry or its salt has been changed since the receipt was made", ErrOpening)
	}
	if again, err := opening.Encode(); err != nil || !bytes.Equal(again, extra) {
		return Opening{}, malformed
	}
	return opening, nil
}
