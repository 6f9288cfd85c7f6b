package govuk

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The fixtures in testdata are those of govuk-frontend, with only name, options
// and HTML kept. After a new version of the package:
//
//	go test ./internal/web/govuk -run Fixtures -update-fixtures ../../../node_modules/govuk-frontend
var updateFrom = flag.String("update-fixtures", "", "folder of govuk-frontend to copy the fixtures from")

type fixture struct {
	Name    string         `json:"name"`
	Options map[string]any `json:"options"`
	HTML    string         `json:"html"`
}

type fixtures struct {
	Component string    `json:"component"`
	Fixtures  []fixture `json:"fixtures"`
}

func read(t *testing.T, path string) fixtures {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f fixtures
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// unsupported lists, by component, the options that our parameters leave out on
// purpose. A fixture that needs one is not compared. An option that is neither
// here nor mapped fails the test, and so does a line here that no fixture needs.
var unsupported = map[string][]string{
	"button": {
		"preventDoubleClick=false", // the default; Once is only ever switched on
	},
	"date-input": {
		"items",      // our date is always day, month and year
		"day=false",  // likewise: no part can be left out
		"year=false", //
	},
	"input": {
		"inputWrapper.attributes", // nothing of ours needs any
	},
	"error-summary": {
		"disableAutoFocus=false", // the default
	},
	"notification-banner": {
		"disableAutoFocus=false", // the default
	},
	"panel": {
		"actions",              // the interruption card is not used
		"classes=interruption", // likewise
	},
	"checkboxes": {
		"items[].checked=false",      // a value listed in Values is checked, always
		"items[].label.attributes",   // nothing of ours needs any
		"items[] that are no object", // a Go slice has no holes, and holes count in the ids
	},
	"radios": {
		"items[].checked=false",      // a choice that is Value is checked, always
		"items[].label.attributes",   // nothing of ours needs any
		"items[] that are no object", // a Go slice has no holes, and holes count in the ids
	},
	"select": {
		"items[].selected=false", // an option that is Value is selected, always
	},
}

func TestFixtures(t *testing.T) {
	for _, component := range slices.Sorted(keys(mappers)) {
		path := filepath.Join("testdata", component+".json")
		if *updateFrom != "" {
			copyFixtures(t, component, path)
		}
		t.Run(component, func(t *testing.T) {
			all := read(t, path)
			needed := map[string]int{}
			covered := 0
			for _, f := range all.Fixtures {
				o := &options{m: f.Options}
				rendered := mappers[component](o)
				missing := o.missing("")
				for _, option := range missing {
					needed[option]++
					if !slices.Contains(unsupported[component], option) {
						t.Errorf("%s: option %q is neither mapped nor listed as unsupported", f.Name, option)
					}
				}
				if len(missing) > 0 {
					continue
				}
				covered++
				compare(t, f, rendered)
			}
			for _, option := range unsupported[component] {
				if needed[option] == 0 {
					t.Errorf("unsupported option %q is needed by no fixture: take it from the list", option)
				}
			}
			fmt.Printf("govuk %-20s %2d of %2d fixtures%s\n", component, covered, len(all.Fixtures), left(needed))
		})
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func left(needed map[string]int) string {
	var parts []string
	for _, option := range slices.Sorted(keys(needed)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", option, needed[option]))
	}
	if parts == nil {
		return ""
	}
	return "; left out: " + strings.Join(parts, ", ")
}

func copyFixtures(t *testing.T, component, to string) {
	t.Helper()
	f := read(t, filepath.Join(*updateFrom, "dist/govuk/components", component, "fixtures.json"))
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, f fixture, rendered templ.Component) {
	t.Helper()
	var b strings.Builder
	if err := rendered.Render(context.Background(), &b); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	want, got := tree(t, f.HTML), tree(t, b.String())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: differs from govuk-frontend (-theirs +ours)\n%s", f.Name, diff)
	}
}

// tree is HTML as lines: one for each element, with its attributes and classes
// sorted, and one for each text, without the spaces around it.
func tree(t *testing.T, text string) []string {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var walk func(n *html.Node, indent string)
	walk = func(n *html.Node, indent string) {
		switch n.Type {
		case html.TextNode:
			if words := strings.Join(strings.Fields(n.Data), " "); words != "" {
				// Two texts side by side are one: templ writes them in parts.
				if last := len(lines) - 1; last >= 0 && strings.HasPrefix(lines[last], indent+`"`) && n.PrevSibling != nil && n.PrevSibling.Type == html.TextNode {
					lines[last] += words
				} else {
					lines = append(lines, indent+`"`+words)
				}
			}
		case html.ElementNode:
			lines = append(lines, indent+"<"+n.Data+attributes(n)+">")
		}
		for child := range n.ChildNodes() {
			walk(child, indent+"  ")
		}
	}
	for _, n := range nodes {
		walk(n, "")
	}
	return lines
}

func attributes(n *html.Node) string {
	var list []string
	for _, a := range n.Attr {
		value := a.Val
		if a.Key == "class" {
			names := strings.Fields(value)
			slices.Sort(names)
			value = strings.Join(names, " ")
		}
		list = append(list, fmt.Sprintf(" %s=%q", a.Key, value))
	}
	slices.Sort(list)
	return strings.Join(list, "")
}
