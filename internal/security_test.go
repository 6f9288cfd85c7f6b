package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// picked are the requirements of ASVS 5.0 that we answer for. They are listed
// here too, because the list they were picked in is not part of the project.
const picked = `1.2.1 1.2.2 1.2.4 1.2.10 2.2.1 2.2.2 2.3.1 2.3.3 2.3.5 2.4.1 3.2.1 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.3
4.1.1 4.1.3 5.2.1 5.2.2 5.2.3 5.3.2 5.4.3 6.3.1 6.3.3 6.3.4 6.8.2 6.8.4 7.2.3 7.2.4 7.3.1 7.3.2 7.4.2 7.5.3 8.1.1 8.1.2 8.2.1 8.2.2 8.2.3 8.3.1 8.3.2 8.4.1
10.2.1 10.5.2 10.5.4 11.1.2 11.2.2 11.3.3 11.4.3 11.5.1 12.1.1 12.3.1 13.2.2 13.3.1 13.4.2 14.1.2 14.2.1 14.2.6 14.2.7 14.3.2 15.1.2 15.3.3 15.4.2
16.2.2 16.3.1 16.3.2 16.4.1 16.4.2 16.4.3 16.5.3`

// Every requirement has a row with an honest state, and what a row cites is there.
func TestSecurityIsAnsweredFor(t *testing.T) {
	b, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(b), "## ASVS 5.0\n")
	if !found {
		t.Fatal("docs/security.md has no part on ASVS 5.0")
	}
	rows := map[string][]string{}
	row := regexp.MustCompile(`(?m)^\| ([0-9.]+) \| (.*) \|$`)
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		if rows[m[1]] != nil {
			t.Errorf("%s has two rows", m[1])
		}
		rows[m[1]] = strings.Split(m[2], " | ")
	}
	tests := regexp.MustCompile("`((?:Test|Benchmark)\\w+)`")
	for _, id := range strings.Fields(picked) {
		cells := rows[id]
		delete(rows, id)
		for len(cells) < 3 {
			cells = append(cells, "")
		}
		state, how, missing := cells[0], strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		switch state {
		case "met":
			if !tests.MatchString(how) {
				t.Errorf("%s is met, and no test holds it", id)
			}
		case "partly", "not yet":
			if missing == "" {
				t.Errorf("%s is %s, and does not say what is missing", id, state)
			}
		case "not applicable", "outside":
			if how == "" {
				t.Errorf("%s is %s, and does not say why", id, state)
			}
		default:
			t.Errorf("%s has the state %q", id, state)
		}
	}
	for id := range rows {
		t.Errorf("%s was not picked", id)
	}
	there := declared(t)
	for _, m := range tests.FindAllStringSubmatch(string(b), -1) {
		if !there[m[1]] {
			t.Errorf("there is no test %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`((?:internal|docs|rulepacks|e2e)/[^`]*)`").FindAllStringSubmatch(string(b), -1) {
		if _, err := os.Stat("../" + m[1]); err != nil {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// declared are the names of all tests.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	name := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
	for _, root := range []string{".", "../e2e"} {
		if err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			for _, m := range name.FindAllSubmatch(b, -1) {
				out[string(m[1])] = true
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
