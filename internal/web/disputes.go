package web

import (
	"encoding/json"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// disputeLine is a dispute as it stands beside what it disputes.
type disputeLine struct{ By, What, When, Href string }

// disputeLines are the disputes of an entry, as far as the page knows.
func disputeLines(p *app.ChildPage, of entry.ID, known day.Instant) (out []disputeLine) {
	for _, ev := range p.Disputes[of] {
		b := ev.Body.(child.Disputed)
		out = append(out, disputeLine{By: b.By, What: b.What, When: ev.When.Date.Long(), Href: "/child/" + p.Record.Child + "/entry/" + string(ev.ID) + keep(known)})
	}
	return out
}

// apiDisputed is an entry as it was recorded, word for word, with the disputes
// of it behind its own fields.
type apiDisputed struct {
	entry.Entry
	Disputes []entry.Entry
}

func disputedEntry(p *app.ChildPage, e entry.Entry) apiDisputed {
	x := apiDisputed{Entry: e}
	for _, ev := range p.Disputes[e.ID] {
		if d, ok := findLog(p, ev.ID); ok {
			x.Disputes = append(x.Disputes, d)
		}
	}
	return x
}

// MarshalJSON keeps the entry's exact text.
func (x apiDisputed) MarshalJSON() ([]byte, error) {
	b := x.Canonical()
	if len(x.Disputes) == 0 {
		return b, nil
	}
	more, err := json.Marshal(x.Disputes)
	if err != nil {
		return nil, err
	}
	b = append(b[:len(b)-1], `,"disputes":`...)
	return append(append(b, more...), '}'), nil
}
