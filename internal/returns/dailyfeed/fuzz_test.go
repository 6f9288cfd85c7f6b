package dailyfeed

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// hold: no file makes the reader panic, every refusal says what to do, each fact can
// stand, and what is read can be written and read again.
func hold(t *testing.T, file []byte) {
	cs, _, err := readAll(bytes.NewReader(file))
	if err != nil {
		var re *Refusal
		if !errors.As(err, &re) || re.Message == "" {
			t.Fatalf("%v is no refusal", err)
		}
		return
	}
	today := day.MustParse("2026-11-28")
	terms := Terms{Authority: "204", AsOf: today.Start()}
	for _, c := range cs {
		keys := map[string]bool{}
		rec := child.New("c-1")
		n := 0
		for _, x := range c.Facts(terms, today) {
			if !strings.HasPrefix(x.Key, c.prefix(terms)) {
				t.Fatalf("%s is not the child's", x.Key)
			}
			if x.Body == nil {
				continue
			}
			if len(x.Body.Check()) > 0 {
				t.Fatalf("%s cannot stand: %v", x.Key, x.Body.Check())
			}
			if keys[x.Key] {
				t.Fatalf("%s stands twice", x.Key)
			}
			keys[x.Key] = true
			n++
			rec = child.Apply(rec, entry.Entry{ID: entry.ID("e-" + strings.Repeat("1", n%30)), Kind: x.Body.Kind(), Happened: x.When, Body: x.Body, Source: entry.Source{Kind: "import", Of: Of, Key: x.Key}})
		}
		if made, left := Made("204", today, rec); left == In {
			if _, err := made.Check(); err != nil {
				t.Fatal(err)
			}
		}
		c.Taken(terms)
	}
	text, err := Payload(cs)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := readAll(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("what was written is refused: %v", err)
	}
	second, err := Payload(again)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(text), string(second)); d != "" {
		t.Fatal(d)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("[" + example(f) + "]"))
	f.Add([]byte(strings.ReplaceAll("["+example(f)+","+example(f)+"]", "2022-06-14", "2024-02-30")))
	f.Add([]byte(strings.ReplaceAll("["+example(f)+"]", `"purge": false`, `"purge": true`)))
	f.Add([]byte(`{"la_code":204,"Children":{"la_child_id":"A/1%","purge":true,"child_details":{"uasc_flag":false,"purge":true}}}`))
	f.Add([]byte(`[{"la_child_id":"A","social_care_episodes":[{"social_care_episode_id":"E1","referral_date":"2024-01-02","referral_no_further_action_flag":true},{"social_care_episode_id":"E2","referral_date":"2024-01-02","closure_date":"2024-01-02"},{"social_care_episode_id":"","child_looked_after_placements":[{"child_looked_after_placement_id":"","start_date":"2024-01-02","start_reason":"L","placement_type":"U4","end_date":"2024-01-02","end_reason":"E3"},{"start_date":"2024-01-02","start_reason":"S"}]}]}]`))
	f.Add([]byte("\xef\xbb\xbf[\n{\"la_child_id\":\"\xc3\xa9\",\"a\":[1e400,{\"b\":null}]}]"))
	f.Add([]byte("[{},{\"la_child_id\":\"\\ud800\"}]"))
	f.Fuzz(hold)
}
