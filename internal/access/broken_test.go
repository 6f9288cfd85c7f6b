package access

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"onus/internal/line"
)

// with gives the real policies and one more file.
func with(t *testing.T, name, text string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	dir := policiesDir(t)
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, p)
		m[p] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if name != "" {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestBrokenPoliciesGiveNoEngine(t *testing.T) {
	if _, err := load(with(t, "", "")); err != nil {
		t.Fatalf("the policies as they are: %v", err)
	}
	const head = `@id("extra") @says("Something.") `
	for name, c := range map[string]struct{ file, text, fault string }{
		"not Cedar":                     {"90.cedar", "permit everything;\n", "90.cedar"},
		"no id":                         {"90.cedar", "\n\n@says(\"Something.\")\npermit (principal, action, resource);\n", "90.cedar:3: the policy has no @id"},
		"no sentence":                   {"90.cedar", "@id(\"extra\")\npermit (principal, action, resource);\n", "90.cedar:1: the policy has no @says"},
		"an empty sentence":             {"90.cedar", "@id(\"extra\") @says(\"\")\npermit (principal, action, resource);\n", "has no @says"},
		"an id twice":                   {"90.cedar", "@id(\"worker\") @says(\"Something.\")\nforbid (principal, action, resource);\n", `the @id "worker" is taken by 06-worker.cedar:3`},
		"the id of no policy":           {"90.cedar", "@id(\"none\") @says(\"Something.\")\nforbid (principal, action, resource);\n", "name it otherwise"},
		"the id of an error":            {"90.cedar", "@id(\"error\") @says(\"Something.\")\nforbid (principal, action, resource);\n", "name it otherwise"},
		"an unknown action":             {"90.cedar", head + "forbid (principal, action == Action::\"see everything\", resource);\n", "90.cedar:1"},
		"an unknown action in a list":   {"90.cedar", head + "forbid (principal, action in [Action::\"see the rules\", Action::\"see a childs record\"], resource);\n", "90.cedar:1"},
		"an unknown action in its body": {"90.cedar", head + "forbid (principal, action, resource) when { action == Action::\"see a childs record\" };\n", "90.cedar:1"},
		"a missing attribute":           {"90.cedar", head + "forbid (principal, action == Action::\"see a child's record\", resource) when { resource.sealed };\n", "sealed"},
		"a misspelt attribute":          {"90.cedar", head + "forbid (principal, action, resource) when { principal.function.contains(\"administrator\") };\n", "function"},
		"a child's attribute of a team": {"90.cedar", head + "forbid (principal, action, resource) when { resource.restricted };\n", "restricted"},
		"an attribute of another type":  {"90.cedar", head + "forbid (principal, action, resource) when { principal.posts == \"director\" };\n", "90.cedar:1"},
		"a sum that can overflow":       {"90.cedar", head + "forbid (principal, action, resource) when { principal.tier + 1 > 2 };\n", "90.cedar:1"},
		"text that would be cut off":    {"90.cedar", head + "forbid (principal, action, resource) // all;\n when { principal.fresh };\n", "semicolon"},
		"an action that nobody is let":  {"16-everybody.cedar", "", "no policy permits anybody to see the rules"},
		"no schema":                     {"onus.cedarschema", "", "onus.cedarschema"},
		"a schema that is not one":      {"onus.cedarschema", "entity", "onus.cedarschema"},
		"a schema with another action":  {"onus.cedarschema", schemaAnd(t, "action \"see everything\" appliesTo { principal: Asker, resource: Authority };"), `Onus has no action "see everything"`},
		"a schema without an action":    {"onus.cedarschema", schemaLess(t, "  \"see the rules\",\n"), `the action "see the rules" must be said there`},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := load(with(t, c.file, c.text))
			if err == nil || e != nil {
				t.Fatal("there is an engine")
			}
			if !strings.Contains(err.Error(), c.fault) {
				t.Errorf("the fault is not named %q: %v", c.fault, err)
			}
		})
	}
}

func schemaText(t *testing.T) string {
	t.Helper()
	b, err := fs.ReadFile(policiesDir(t), "onus.cedarschema")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func schemaAnd(t *testing.T, more string) string { t.Helper(); return schemaText(t) + more + "\n" }

func schemaLess(t *testing.T, less string) string {
	t.Helper()
	s := strings.Replace(schemaText(t), less, "", 1)
	if s == schemaText(t) {
		t.Fatalf("the schema has no %q", less)
	}
	return s
}

// Should a policy fail while it is asked, although New found nothing, the
// answer is a refusal. Cedar itself would answer yes here: it leaves the forbid
// out.
func TestAPolicyThatFailsRefuses(t *testing.T) {
	s, err := readSchema(policiesDir(t))
	if err != nil {
		t.Fatal(err)
	}
	w := Who{Party: Staff, Person: "p", Posts: []string{"w"}, Held: []string{"w"}, Tier: line.Worker}
	c := Child{ID: "c", Worker: "w"}
	for name, text := range map[string]string{
		"a forbid that reads what is not there":     `forbid (principal, action, resource) when { resource.sealed };`,
		"a permit that reads what is not there":     `permit (principal, action, resource) when { resource.sealed };`,
		"a forbid that compares what cannot be":     `forbid (principal, action, resource) when { principal.posts > 3 };`,
		"a forbid whose exception cannot be judged": `forbid (principal, action, resource) unless { principal.sealed };`,
		"a sum that overflows":                      `forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };`,
	} {
		t.Run(name, func(t *testing.T) {
			files := with(t, "90.cedar", "@id(\"extra\") @says(\"Something.\")\n"+text+"\n")
			ps, err := readPolicies(files)
			if err != nil {
				t.Fatal(err)
			}
			e, err := build(ps, s)
			if err != nil {
				t.Fatal(err)
			}
			if d := e.OnChild(w, SeeChild, c); d != refused {
				t.Errorf("%+v", d)
			}
		})
	}
	if d := engine(t).OnChild(w, SeeChild, c); !d.Allowed {
		t.Fatalf("the same question is refused anyway: %+v", d)
	}
}
