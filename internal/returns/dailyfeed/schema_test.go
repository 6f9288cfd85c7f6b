package dailyfeed

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// second is another opinion on what the document allows: a library that knows nothing
// of ours.
func second(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Document))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("onus:csc", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("onus:csc#/components/schemas/CSC")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// agree says whether the library finds a payload valid, and whether we do.
func agree(t testing.TB, s *jsonschema.Schema, text []byte) (library, ours bool) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, faults, err := CheckPayload(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v) == nil, len(faults) == 0
}

func TestEachFault(t *testing.T) {
	s := second(t)
	for _, x := range []struct{ child, says string }{
		{`{}`, "[1]/la_child_id is missing"},
		{`{"la_child_id":""}`, "[1]/la_child_id may hold letters from A to Z and digits only, and at least one"},
		{`{"la_child_id":"A-1"}`, "[1]/la_child_id may hold"},
		{`{"la_child_id":"A2345678901234567890X"}`, "has 21 characters, and may have 20 at most"},
		{`{"la_child_id":5}`, "[1]/la_child_id is a number, and must be text"},
		{`{"la_child_id":"A","x":1}`, "[1]/x is no field of the feed"},
		{`{"la_child_id":"A","purge":"false"}`, "[1]/purge is text, and must be true or false"},
		{`{"la_child_id":"A","child_details":[]}`, "[1]/child_details is a list, and must be an object"},
		{`{"la_child_id":"A","child_details":{"unique_pupil_number":"123456789012"}}`, "has 12 characters, and must have 13"},
		{`{"la_child_id":"A","child_details":{"date_of_birth":"2022-02-30"}}`, "[1]/child_details/date_of_birth is no date"},
		{`{"la_child_id":"A","child_details":{"date_of_birth":"31/03/2022"}}`, "is no date"},
		{`{"la_child_id":"A","child_details":{"postcode":null}}`, "is null, and must be text"},
		{`{"la_child_id":"A","child_details":{"disabilities":["VIS","VIS"]}}`, "[1]/child_details/disabilities[2] stands in the list already"},
		{`{"la_child_id":"A","child_details":{"disabilities":["1","2","3","4","5","6","7","8","9","10","11","12","13"]}}`, "holds 13 items, and may hold 12 at most"},
		{`{"la_child_id":"A","child_details":{"sex":"MF"}}`, "has 2 characters, and may have 1 at most"},
		{`{"la_child_id":"A","health_and_wellbeing":{"sdq_assessments":[{"score":1.5}]}}`, "is a number, and must be a whole number"},
		{`{"la_child_id":"A","social_care_episodes":[{"referral_date":"2026-01-02"}]}`, "[1]/social_care_episodes[1]/social_care_episode_id is missing"},
		{`{"la_child_id":"A","social_care_episodes":[{"social_care_episode_id":"E 1"}]}`, "may hold letters from A to Z, digits, _ and - only"},
	} {
		text := []byte("[" + x.child + "]")
		_, faults, err := CheckPayload(bytes.NewReader(text))
		if err != nil || len(faults) == 0 || !strings.Contains(faults[0].String(), x.says) {
			t.Errorf("%s: %v %v", x.child, faults, err)
		}
		if library, _ := agree(t, s, text); library {
			t.Errorf("%s: the library allows it", x.child)
		}
	}
	// A name that stands twice has no meaning in JSON. The library never sees it.
	if _, faults, err := CheckPayload(strings.NewReader(`[{"la_child_id":"A","la_child_id":"B"}]`)); err != nil || len(faults) != 1 || faults[0].String() != "[1]/la_child_id stands twice" {
		t.Errorf("%v %v", faults, err)
	}
}

// On 3,000 payloads with a thing or two changed at random, the library and our checks
// say the same.
func TestSecondOpinion(t *testing.T) {
	s := second(t)
	if library, ours := agree(t, s, []byte("["+example(t)+"]")); !library || !ours {
		t.Fatalf("the Department's own example: library %t, ours %t", library, ours)
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	good := 0
	for range 3000 {
		var v any
		if err := json.Unmarshal([]byte("["+example(t)+"]"), &v); err != nil {
			t.Fatal(err)
		}
		for range 1 + rnd.IntN(2) {
			v = spoilt(rnd, v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		list, ok := v.([]any)
		if !ok {
			continue
		}
		if len(list) > 0 {
			if _, ok := list[0].(map[string]any); !ok {
				continue // no child: the reader refuses it as no feed
			}
		}
		library, ours := agree(t, s, text)
		if library != ours {
			t.Fatalf("library %t, ours %t: %s", library, ours, text)
		}
		if ours {
			good++
		}
	}
	if good < 100 || good > 2000 {
		t.Errorf("%d of 3,000 are good: the test asks too little", good)
	}
}

// spoilt changes something in a value.
func spoilt(rnd *rand.Rand, v any) any {
	switch x := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		if len(names) == 0 {
			return x
		}
		slices.Sort(names)
		name := names[rnd.IntN(len(names))]
		switch rnd.IntN(8) {
		case 0:
			delete(x, name)
		case 1:
			x[name+"_x"] = x[name]
		default:
			x[name] = spoilt(rnd, x[name])
		}
		return x
	case []any:
		if len(x) == 0 {
			return x
		}
		i := rnd.IntN(len(x))
		switch rnd.IntN(8) {
		case 0:
			return append(x, x[i])
		case 1:
			return x[1:]
		default:
			x[i] = spoilt(rnd, x[i])
		}
		return x
	}
	return []any{"", "2024-02-29", "2023-02-29", "A_1-b", "é", 7.0, 7.5, true, nil, "ABCDEFGHIJKLM", strings.Repeat("a", 36), []any{}, map[string]any{}}[rnd.IntN(13)]
}

// A document that asks by a word that is not known here is refused: what it asks would
// not be looked at.
func TestUnknownKeyword(t *testing.T) {
	for _, x := range []string{`"nullable": true,`, `"enum": [],`, `"additionalProperties": true,`} {
		changed := bytes.Replace(Document, []byte(`"title": "JSON Schema for CSC Data API",`), []byte(x), 1)
		if !bytes.Contains(Document, []byte(`"title": "JSON Schema for CSC Data API",`)) {
			changed = bytes.Replace(Document, []byte(`"JSON Schema for CSC Data API",`), []byte(`"x", `+x), 1)
		}
		if _, err := compile(changed); err == nil {
			t.Errorf("%s was taken", x)
		}
	}
	if s := payload(); s.MaxItems == nil || *s.MaxItems != MaxChildren || len(s.Items.Properties) != 6 {
		t.Errorf("%+v", s)
	}
}
