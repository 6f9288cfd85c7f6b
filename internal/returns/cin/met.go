package cin

import "onus/internal/day"

// met remembers short texts: a census says the same codes and days over and over.
// A text that falls on the place of another takes it, so that it never grows.
type met struct {
	texts [1 << 12]string
	dates [1 << 12]metDate
}

type metDate struct {
	text     string
	date     day.Date
	rest, ok bool
}

// maxShort is how long the texts are that are remembered: a date has ten bytes.
const maxShort = 10

func place(b []byte) uint32 {
	h := uint32(2166136261) // FNV-1a
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return (h ^ h>>16) & (1<<12 - 1)
}

// text gives bytes as a string that stays.
func (m *met) text(b []byte) string {
	if len(b) > maxShort {
		return string(b)
	}
	at := &m.texts[place(b)]
	if *at != string(b) {
		*at = string(b)
	}
	return *at
}

// date is readDate, which see.
func (m *met) date(v string) (d day.Date, rest, ok bool) {
	if len(v) != maxShort {
		return readDate(v)
	}
	at := &m.dates[place([]byte(v))]
	if at.text != v {
		at.text = v
		at.date, at.rest, at.ok = readDate(v)
	}
	return at.date, at.rest, at.ok
}
