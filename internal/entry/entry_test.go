package entry_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

func registry() *entry.Registry { return entry.NewRegistry(child.Kinds(), line.Kinds()) }

var text = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<b>&'\"", "Zoë O’Neil", "\u2028\u0000\\", "😀", "a\nb"}))

// sealed draws an entry as Seal makes it.
func sealed(t *rapid.T, reg *entry.Registry) entry.Entry {
	valid := rapid.Map(text, func(s string) string { return strings.ToValidUTF8(s, "?") })
	m := entry.Moment{Now: day.Instant(rapid.Int64Range(1, 4_000_000_000_000_000).Draw(t, "now")), Rand: rand.NewChaCha8([32]byte{rapid.Byte().Draw(t, "seed")})}
	happened := day.AtInstant(m.Now)
	if rapid.Bool().Draw(t, "day only") {
		happened = day.On(m.Now.Date())
	}
	src := entry.Source{Kind: "page"}
	if rapid.Bool().Draw(t, "import") {
		src = entry.Source{Kind: "import", Of: valid.Draw(t, "of"), File: "ab", Line: rapid.IntRange(0, 99).Draw(t, "line"), Key: valid.Draw(t, "key"), AsOf: m.Now}
	}
	body := rapid.SampledFrom([]entry.Body{child.Note{Text: "x" + valid.Draw(t, "text")}, child.Referral{From: "f" + valid.Draw(t, "from"), What: valid.Draw(t, "what")},
		child.Known{Given: valid.Draw(t, "given"), Birth: 740000}, child.CoreGroup{}, line.HoursSet{Post: "p", PerWeek: rapid.Float64Range(0, 60).Draw(t, "hours")}}).Draw(t, "body")
	e, err := reg.Seal(m, entry.OfChild("c"), entry.Actor{Person: "p" + valid.Draw(t, "person"), Post: valid.Draw(t, "post")}, happened, entry.ID(rapid.SampledFrom([]string{"", "x"}).Draw(t, "corrects")), src, body)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRoundTrip(t *testing.T) {
	reg := registry()
	rapid.Check(t, func(t *rapid.T) {
		e := sealed(t, reg)
		line := e.Canonical()
		if bytes.ContainsRune(line, '\n') {
			t.Fatalf("more than one line: %q", line)
		}
		back, err := reg.ParseLine(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !bytes.Equal(back.Canonical(), line) || !entry.Same(back.Body, e.Body) || back.Recorded != e.Recorded || back.Happened != e.Happened || back.Source != e.Source {
			t.Fatalf("%s came back as %s", line, back.Canonical())
		}
		loaded := entry.Entry{ID: e.ID, Kind: e.Kind, Raw: e.Raw}
		if err := reg.Load(&loaded); err != nil || !entry.Same(loaded.Body, e.Body) {
			t.Fatalf("the stored body came back as %+v: %v", loaded.Body, err)
		}
	})
}

// Whatever byte of the exact text is changed, what is read from it is refused
// or has another exact text: no change stays unseen.
func TestEveryByteMatters(t *testing.T) {
	reg := registry()
	rapid.Check(t, func(t *rapid.T) {
		line := sealed(t, reg).Canonical()
		i := rapid.IntRange(0, len(line)-1).Draw(t, "byte")
		changed := bytes.Clone(line)
		changed[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if e, err := reg.ParseLine(changed); err == nil && bytes.Equal(e.Canonical(), line) {
			t.Fatalf("byte %d of %s was changed and nobody noticed", i, line)
		}
		cut := append(bytes.Clone(line[:i]), line[i+1:]...)
		if e, err := reg.ParseLine(cut); err == nil && bytes.Equal(e.Canonical(), line) {
			t.Fatalf("byte %d of %s was cut out and nobody noticed", i, line)
		}
	})
}

const whole = `{"id":"01900000-0000-7000-8000-000000000001","kind":"note","subject":"child/c","happened":"2026-03-02","recorded":"2026-03-02T10:00:00.000000Z","author":"p","source":{"kind":"page"},"body":{"text":"hello"}}`

func TestParseLineRefuses(t *testing.T) {
	reg := registry()
	if _, err := reg.ParseLine([]byte(whole)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{`"text":"hello"`, `"text":"hello","more":1`}, {`"author"`, `"autor"`}, {`"kind":"note"`, `"kind":"nota"`}, {`"kind":"page"`, `"kind":"page","more":1`},
		{`"author":"p",`, ``}, {`"author":"p"`, `"author":""`}, {`2026-03-02"`, `2026-02-30"`}, {`{"text":"hello"}`, `null`}, {`{"text":"hello"}`, `{"text":"hello"} `},
		{`{"text":"hello"}`, `{"text":5}`}, {`{"id"`, ` {"x":1,"id"`}, {`01900000-`, ``}, {`"subject":"child/c",`, ``}, {`.000000Z`, `Z`}, {`.000000Z`, `.000000+00:00`},
		{`}}`, `}`}, {`}}`, `}}{}`}, {`"kind":"note",`, `"kind":"note","kind":"note",`},
	} {
		bad := strings.Replace(whole, c[0], c[1], 1)
		if e, err := reg.ParseLine([]byte(bad)); err == nil {
			t.Errorf("%s was read as %s", bad, e.Canonical())
		}
	}
}

func TestNewID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.NewChaCha8([32]byte{rapid.Byte().Draw(t, "seed")})
		now, last := day.Instant(rapid.Int64Range(1, 4_000_000_000_000_000).Draw(t, "now")), entry.ID("")
		seen := map[entry.ID]bool{}
		for range 20 {
			id, err := entry.Moment{Now: now, Rand: rnd}.NewID()
			if err != nil || len(id) != 36 || id[14] != '7' || !strings.ContainsRune("89ab", rune(id[19])) || seen[id] {
				t.Fatalf("%q %v", id, err)
			}
			if id[:13] < last {
				t.Fatalf("%s was made after %s", id, last)
			}
			seen[id], last = true, id[:13]
			now += day.Instant(rapid.Int64Range(0, 10_000_000).Draw(t, "step"))
		}
	})
	if _, err := (entry.Moment{Now: 1, Rand: strings.NewReader("short")}).NewID(); err == nil {
		t.Error("an id without randomness was made")
	}
}

func FuzzParseLine(f *testing.F) {
	reg := registry()
	f.Add([]byte(whole))
	f.Add([]byte(strings.Replace(whole, "hello", `\u003cb\u003e`, 1)))
	f.Add([]byte(strings.Replace(whole, `"page"`, `"import","of":"cin-census","line":3,"as_of":"2026-01-01T00:00:00.000000Z"`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := reg.ParseLine(b)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Canonical(), bytes.TrimSpace(b)) || e.Body == nil {
			t.Fatalf("%q was read as %q", b, e.Canonical())
		}
		if again, err := reg.ParseLine(e.Canonical()); err != nil || !bytes.Equal(again.Canonical(), e.Canonical()) {
			t.Fatalf("%q is not read a second time: %v", e.Canonical(), err)
		}
	})
}
