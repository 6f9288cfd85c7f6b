package dailyfeed

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// Text is a child as it is written: one line of JSON, fields in the order of the
// Department's document, what is empty left out. The same child always gives the same
// bytes.
func (c Child) Text() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Check holds a child as it would be written against the Department's document.
func (c Child) Check() ([]Fault, error) {
	text, err := c.Text()
	if err != nil {
		return nil, err
	}
	n, err := newTree(bytes.NewReader(text)).value()
	if err != nil {
		return nil, err
	}
	var out []Fault
	payload().Items.check(n, "", func(f Fault) { f.Line = 0; out = append(out, f) })
	return out, nil
}

// Payload is children as one payload, each on a line, in the order of their numbers.
// The same children always give the same bytes. It does not ask whether they are too
// many for the Department: see Batches.
func Payload(cs []Child) ([]byte, error) {
	cs = slices.Clone(cs)
	slices.SortStableFunc(cs, func(a, b Child) int { return strings.Compare(a.LAChildID, b.LAChildID) })
	var b bytes.Buffer
	b.WriteByte('[')
	for i, c := range cs {
		if i > 0 {
			b.WriteByte(',')
		}
		text, err := c.Text()
		if err != nil {
			return nil, err
		}
		b.WriteByte('\n')
		b.Write(text)
	}
	b.WriteString("\n]\n")
	return b.Bytes(), nil
}

// Write writes children as one payload: see Payload.
func Write(w io.Writer, cs []Child) error {
	text, err := Payload(cs)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// CheckPayload reads a whole payload and gives all that the Department's document does
// not allow; a place in it begins with the child's: [3]/child_details/sex.
func CheckPayload(r io.Reader) (Summary, []Fault, error) {
	var out []Fault
	n := 0
	sum, err := Read(r, func(c Child) error {
		for _, f := range c.Faults {
			if at := nth("", n); f.Path == "" {
				f.Path = at
			} else {
				f.Path = at + "/" + f.Path
			}
			out = append(out, f)
		}
		n++
		return nil
	})
	if err != nil {
		return sum, nil, err
	}
	if n > MaxChildren {
		out = append(out, Fault{Text: "holds more children than the Department takes at a time, which is 100"})
	}
	return sum, out, nil
}

// Batches are children in payloads of as many as the Department takes at a time.
func Batches(cs []Child) [][]Child {
	return slices.Collect(slices.Chunk(cs, MaxChildren))
}
