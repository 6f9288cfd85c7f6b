package fact

import (
	"encoding/json"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Shown says whether a record shows what a body says: an entry of its kind stands on
// that day and says all of it. A reason for a new episode need not be in it.
func Shown(on day.Date, b entry.Body) func(child.Record) bool {
	return func(rec child.Record) bool {
		return slices.ContainsFunc(rec.Events, func(ev child.Event) bool {
			return ev.Kind == b.Kind() && ev.When.Date == on && within(b, ev.Body)
		})
	}
}

// within says whether everything that one body says, another says too.
func within(b, other entry.Body) bool {
	var want, have map[string]any
	for _, x := range []struct {
		b    entry.Body
		into *map[string]any
	}{{b, &want}, {other, &have}} {
		text, err := json.Marshal(x.b)
		if err != nil || json.Unmarshal(text, x.into) != nil {
			return false
		}
	}
	for k, v := range want {
		if k == "reason_new" {
			continue
		}
		if text, is := v.(string); is && text == "" {
			continue
		}
		a, err1 := json.Marshal(v)
		b, err2 := json.Marshal(have[k])
		if err1 != nil || err2 != nil || string(a) != string(b) {
			return false
		}
	}
	return true
}
