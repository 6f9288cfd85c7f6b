package child

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/day"
	"onus/internal/entry"
)

// anyJSON draws a value of JSON with objects, lists, texts and the rest.
func anyJSON(t *rapid.T, deep int) any {
	switch n := rapid.IntRange(0, 5).Draw(t, "kind"); {
	case n == 0 && deep > 0:
		m := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			m[rapid.SampledFrom([]string{"what", "mill", "", "a\"b", "né"}).Draw(t, "field")] = anyJSON(t, deep-1)
		}
		return m
	case n == 1 && deep > 0:
		l := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			l = append(l, anyJSON(t, deep-1))
		}
		return l
	case n == 2:
		return float64(rapid.IntRange(-9, 9).Draw(t, "number"))
	case n == 3:
		return rapid.Bool().Draw(t, "bool")
	case n == 4:
		return nil
	}
	return rapid.SampledFrom([]string{"mill", "the mill", "a\\mill\"", "<mill>", "", "né 👧 mill\n"}).Draw(t, "text")
}

// Every text is changed, and nothing else: no name of a field, no order, no number.
func TestMapTexts(t *testing.T) {
	upper := func(v any) any { return v }
	upper = func(v any) any {
		switch x := v.(type) {
		case string:
			return strings.ReplaceAll(x, "mill", "[out]")
		case []any:
			for i := range x {
				x[i] = upper(x[i])
			}
		case map[string]any:
			for k := range x {
				x[k] = upper(x[k])
			}
		}
		return v
	}
	rapid.Check(t, func(t *rapid.T) {
		v := anyJSON(t, 4)
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "spaced") {
			var b bytes.Buffer
			if json.Indent(&b, raw, "", "  ") == nil {
				raw = b.Bytes()
			}
		}
		var got any
		out := mapTexts(raw, func(s string) string { return strings.ReplaceAll(s, "mill", "[out]") })
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%s became %s: %v", raw, out, err)
		}
		if want := upper(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s became %s", raw, out)
		}
	})
	if got := string(mapTexts(json.RawMessage(`{"b":"x","a":["x",{"x":"x"}]}`), func(string) string { return "y" })); got != `{"b":"y","a":["y",{"x":"y"}]}` {
		t.Error(got)
	}
	if got := string(mapTexts(json.RawMessage(`{"b":"x`), strings.ToUpper)); got != "{}" {
		t.Errorf("what cannot be read is shown: %s", got)
	}
}

// What comes later in the day without an hour still answers what has one.
func TestARequestAndItsClock(t *testing.T) {
	r := New("c")
	n := 0
	add := func(when day.When, b entry.Body) entry.ID {
		n++
		e := entry.Entry{ID: entry.ID(string(rune('a' + n))), Kind: b.Kind(), Happened: when, Recorded: day.MustParse("2026-09-03").Start() + day.Instant(n)*day.Hour, Body: b}
		r = Apply(r, e)
		return e.ID
	}
	on := func(s string) day.When { return day.On(day.MustParse(s)) }
	at := day.AtInstant(day.MustParse("2026-09-03").Start() + 10*day.Hour)
	q := add(at, SARReceived{By: AskedBy[0], Who: "x"})
	add(on("2026-09-03"), SARStopped{Request: q, Why: "x"})
	if x := r.Requests(); len(x) != 1 || x[0].Stopped.IsZero() {
		t.Fatalf("%+v", x)
	}
	add(on("2026-09-13"), SARStarted{Request: q, Why: "x"})
	if x := r.Requests()[0]; !x.Stopped.IsZero() || r.monthAfter(x) != day.MustParse("2026-10-13") {
		t.Errorf("%+v, the month ends %s", x, r.monthAfter(x))
	}
	late := Command{Actor: entry.Actor{Person: "p"}, Happened: on("2026-10-14"), Body: SARExtended{Request: q, Months: 2, Why: "x", Told: true}}
	if _, err := Decide(r, late, entry.Moment{Now: day.MustParse("2026-10-20").Start(), Rand: strings.NewReader(strings.Repeat("x", 64))}); err == nil || !strings.Contains(err.Error(), "first month") {
		t.Errorf("longer after the first month: %v", err)
	}
	late.Happened = on("2026-10-13")
	if _, err := Decide(r, late, entry.Moment{Now: day.MustParse("2026-10-20").Start(), Rand: strings.NewReader(strings.Repeat("x", 64))}); err != nil {
		t.Error(err)
	}
}
