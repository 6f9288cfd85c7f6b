package retention_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/retention"
	"onus/rulepacks"
)

var registry = entry.NewRegistry(child.Kinds())

// The worked examples of England's pack hold; loading runs them.
func TestEngland(t *testing.T) {
	p, err := retention.Load(rulepacks.FS, "england", registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range p.Types {
		if x.Lasts() == "" || x.Source.Text == "" {
			t.Errorf("%s says too little", x.ID)
		}
	}
}

// A wrong pack is refused, with the file, the line and what is wrong.
func TestWrongPacks(t *testing.T) {
	b, err := rulepacks.FS.ReadFile("england/retention.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][3]string{
		"an unknown field":     {"  all: true\n", "  all: true\n  colour: red\n", "colour"},
		"no source":            {`    document: "Onus: as long as for a child in need"`, `    document: ""`, "source"},
		"an unknown kind":      {"has: [conference, ", "has: [tea-party, ", "tea-party"},
		"an unknown trigger":   {"keep: 75 years, starts: birth", "keep: 75 years, starts: the moon", "starts must be"},
		"hours":                {"keep: 75 years", "keep: 75 hours", "keep must be"},
		"no type for all":      {"  all: true\n", "  has: [contact]\n", "every record"},
		"an example that lies": {"may: 2120-01-20", "may: 2120-01-21", "expected 2120-01-21"},
		"twice in force":       {"id: need", "id: protection", "at the same time"},
		"a length less":        {"keep: 35 years", "keep: 25 years", "expected"},
	} {
		text := strings.Replace(string(b), c[0], c[1], 1)
		if text == string(b) {
			t.Fatalf("%s: the pack does not hold %q", name, c[0])
		}
		_, err := retention.Load(fstest.MapFS{"p/retention.yaml": {Data: []byte(text)}}, "p", registry)
		if err == nil || !strings.Contains(err.Error(), c[2]) || !strings.Contains(err.Error(), "retention.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
