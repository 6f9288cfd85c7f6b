package dailyfeed

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// example is the child that the Department's document gives as its example.
func example(t testing.TB) string {
	t.Helper()
	var doc struct {
		Components struct {
			Schemas struct {
				CSC struct {
					Items struct {
						Example json.RawMessage `json:"example"`
					} `json:"items"`
				}
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(Document, &doc); err != nil {
		t.Fatal(err)
	}
	return string(doc.Components.Schemas.CSC.Items.Example)
}

func readAll(r io.Reader) (cs []Child, sum Summary, err error) {
	sum, err = Read(r, func(c Child) error { cs = append(cs, c); return nil })
	return cs, sum, err
}

func one(t *testing.T, text string) Child {
	t.Helper()
	cs, _, err := readAll(strings.NewReader("[" + text + "]"))
	if err != nil || len(cs) != 1 {
		t.Fatalf("%d children, %v", len(cs), err)
	}
	return cs[0]
}

// Every field of the Department's example has its place, and is written where it stood.
func TestTheDepartmentsExample(t *testing.T) {
	c := one(t, example(t))
	if len(c.Kept) > 0 || len(c.Faults) > 0 {
		t.Errorf("kept %v, faults %v", c.Kept, c.Faults)
	}
	text, err := c.Text()
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := errors.Join(json.Unmarshal([]byte(example(t)), &want), json.Unmarshal(text, &got)); err != nil {
		t.Fatal(err)
	}
	unpurge(want) // false is what a purge flag is when it is not there
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func unpurge(v any) {
	switch x := v.(type) {
	case map[string]any:
		if x["purge"] == false {
			delete(x, "purge")
		}
		for _, y := range x {
			unpurge(y)
		}
	case []any:
		for _, y := range x {
			unpurge(y)
		}
	}
}

func TestWhatHasNoPlaceIsKept(t *testing.T) {
	c := one(t, "{\"la_child_id\":\"A1\",\n\"shoe_size\":{\"left\":[4,null]},\"child_details\":{\"sex\":1,\"surname\":\"Marsh\",\n\"surname\":\"Quill\",\"disabilities\":[\"HAND\",7],\"uasc_flag\":\"yes\"},\n\"social_care_episodes\":[{\"social_care_episode_id\":\"E1\"},5,{\"social_care_episode_id\":\"E2\",\"care_leavers\":[],\"referral_date\":null}],\"health_and_wellbeing\":{\"sdq_assessments\":[{\"date\":\"2026-01-02\",\"score\":1.5}]}}")
	want := []Kept{{"shoe_size", `{"left":[4,null]}`, 2}, {"child_details/sex", "1", 2}, {"child_details/disabilities[2]", "7", 3}, {"child_details/uasc_flag", "yes", 3}, {"child_details/surname", "Quill", 3},
		{"social_care_episodes[2]", "5", 4}, {"social_care_episodes[3]/care_leavers", "[]", 4}, {"health_and_wellbeing/sdq_assessments[1]/score", "1.5", 4}}
	if d := cmp.Diff(want, c.Kept); d != "" {
		t.Error(d)
	}
	if c.Details.Surname != "Marsh" || len(c.Episodes) != 2 || c.Episodes[1].ID != "E2" || len(c.Details.Disabilities) != 1 || c.Health.SDQ[0].Score != nil {
		t.Errorf("%+v", c)
	}
	for _, f := range c.Faults {
		if strings.Contains(f.String(), "Marsh") || strings.Contains(f.String(), "Quill") || f.Line == 0 {
			t.Errorf("%d: %s", f.Line, f)
		}
	}
}

func TestVersion07(t *testing.T) {
	for _, text := range []string{`{"la_code":204,"Children":{"la_child_id":"A1"}}`, `{"Children":[{"la_child_id":"A1"}],"note":"x","la_code":"204"}`} {
		cs, sum, err := readAll(strings.NewReader(text))
		if err != nil || len(cs) != 1 || cs[0].LAChildID != "A1" || sum.Authority != "204" || sum.Children != 1 || len(sum.Kept) != strings.Count(text, "note") {
			t.Errorf("%s: %v %+v %v", text, cs, sum, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	deep := strings.Repeat("[", 40)
	for _, x := range []struct {
		name, text string
		why        error
		says       string
	}{
		{"empty", "", ErrEmpty, "The file is empty."},
		{"blank", " \n ", ErrEmpty, "nothing in the file but blanks"},
		{"packed", "PK\x03\x04....", ErrPacked, "Unpack it"},
		{"gzip", "\x1f\x8b....", ErrPacked, "Unpack it"},
		{"xml", "<Message/>", ErrNotJSON, "This is XML"},
		{"csv", "CHILD,SEX\n1,2", ErrNotJSON, "This is not JSON"},
		{"utf-16", "\xff\xfe[\x00]\x00", ErrEncoding, "UTF-16"},
		{"utf-16 without a mark", "[\x00]\x00", ErrEncoding, "UTF-16"},
		{"latin 1", "[{\"la_child_id\":\"A\"},\n{\"la_child_id\":\"B\xe9\"}]", ErrEncoding, "not UTF-8"},
		{"half a character at the end", "[{\"la_child_id\":\"B\xc3", ErrEncoding, "not UTF-8"},
		{"a value", "5", ErrNotFeed, "a single value"},
		{"another object", `{"openapi":"3.0.3"}`, ErrNotFeed, "names no children"},
		{"a child alone", `{"la_child_id":"A1"}`, ErrNotFeed, "Put it in [ and ]"},
		{"no child", `[{"la_child_id":"A1"},["x"]]`, ErrNotFeed, "In the place of child 2 stands a list"},
		{"cut short", "[{\"la_child_id\":\"A1\"},\n{\"la_child", ErrCutShort, "line 2: The file stops here, after child 1"},
		{"cut in the list", "[\n{\"la_child_id\":\"A1\"}\n", ErrCutShort, "after child 1"},
		{"a comma too many", "[\n{\"la_child_id\":\"A1\"},\n]", ErrMalformed, "line 3: The JSON is broken, after child 1"},
		{"two joined", "[]\n[]", ErrMalformed, "line 2: Something stands after the end"},
		{"deep", `[{"x":` + deep, ErrLimit, "deeper than 32"},
		{"deep at the top", `{"x":` + deep, ErrLimit, "deeper than 32"},
		{"a long child", `[{"x":"` + strings.Repeat("x", maxChildBytes+10) + `"}]`, ErrLimit, "longer than 4 MB"},
		{"blanks without end", "[" + strings.Repeat(" ", maxChildBytes+10), ErrLimit, "longer than 4 MB"},
		{"many values", `[{"x":[` + strings.Repeat("1,", maxChildNodes) + `1]}]`, ErrLimit, "more than 50000 values"},
	} {
		for _, r := range []io.Reader{strings.NewReader(x.text), iotest.OneByteReader(strings.NewReader(x.text)), iotest.DataErrReader(strings.NewReader(x.text))} {
			_, _, err := readAll(r)
			var re *Refusal
			if !errors.As(err, &re) || !errors.Is(err, x.why) || !strings.Contains(err.Error(), x.says) {
				t.Errorf("%s: %v", x.name, err)
			}
		}
	}
	if _, _, err := readAll(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a disk that fails: %v", err)
	}
	if _, err := Read(strings.NewReader(`[{},{}]`), func(Child) error { return io.ErrNoProgress }); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("an error of whoever reads: %v", err)
	}
	if cs, _, err := readAll(strings.NewReader("\xef\xbb\xbf [] ")); err != nil || len(cs) != 0 {
		t.Errorf("a mark before an empty list: %v", err)
	}
}

// endless is a feed that does not end.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	const child = `{"la_child_id":"A1","child_details":{"surname":"x"}},` + "\n"
	for i := range p {
		if e.n++; e.n == 1 {
			p[i] = '['
		} else {
			p[i] = child[(e.n-2)%len(child)]
		}
	}
	return len(p), nil
}

// A feed is read as it comes: nothing of it is held but the child at hand.
func TestReadStreams(t *testing.T) {
	enough := errors.New("enough")
	n, line := 0, 0
	_, err := Read(&endless{}, func(c Child) error {
		if n++; n == 50_000 {
			line = c.Line
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || line != 50_000 {
		t.Errorf("%d children, the last on line %d: %v", n, line, err)
	}
}

func TestPayload(t *testing.T) {
	no := false
	cs := []Child{{LAChildID: "B2", Episodes: []Episode{{ID: "E<&>", NoAction: &no}}}, {LAChildID: "A1", Purge: true}}
	text, err := Payload(cs)
	if err != nil {
		t.Fatal(err)
	}
	want := "[\n{\"la_child_id\":\"A1\",\"purge\":true},\n{\"la_child_id\":\"B2\",\"social_care_episodes\":[{\"social_care_episode_id\":\"E<&>\",\"referral_no_further_action_flag\":false}]}\n]\n"
	if string(text) != want || cs[0].LAChildID != "B2" {
		t.Errorf("%s", text)
	}
	faults, err := cs[0].Check()
	if err != nil || len(faults) != 1 || faults[0].String() != "social_care_episodes[1]/social_care_episode_id may hold letters from A to Z, digits, _ and - only" {
		t.Errorf("%v %v", faults, err)
	}
	many := make([]Child, 250)
	if b := Batches(many); len(b) != 3 || len(b[2]) != 50 {
		t.Errorf("%d batches", len(b))
	}
	if text, err = Payload(many); err != nil {
		t.Fatal(err)
	}
	if _, faults, err = CheckPayload(bytes.NewReader(text)); err != nil || len(faults) != 251 || faults[0].Path != "[1]/la_child_id" {
		t.Errorf("%v %v", faults, err)
	}
}
