// Package internal_test holds the rules of the house: imports run one way, and
// the core touches neither disk nor network.
package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the rooms from the bottom up. A room may import rooms of lower
// floors only; rooms of one floor do not import each other.
var floors = [][]string{
	{"day", "ledger", "returns/scan"},
	{"entry", "returns/packed", "returns/workbook"},
	{"child", "line", "concern", "decision", "hearing", "supervision", "triage", "wording"},
	{"duty", "retention", "returns/fact"},
	{"access", "capacity", "match", "returns/annexa", "returns/cin", "returns/dailyfeed", "returns/report", "returns/ssda903", "simulate"},
	{"returns/annexacheck", "returns/cincheck", "returns/ssda903check"},
	{"app"},
	{"store", "watch", "door", "notify", "witness"},
	{"web", "web/shell", "web/govuk", "web/assets", "web/verifier"},
	{"cli"},
}

// core are the rooms that must be pure.
var core = []string{"day", "ledger", "entry", "child", "line", "concern", "decision", "hearing", "supervision", "triage", "wording", "duty", "retention", "access", "capacity", "match", "returns/scan", "returns/fact", "returns/cin", "returns/report", "returns/cincheck", "returns/dailyfeed", "returns/ssda903", "returns/ssda903check", "returns/annexa", "returns/annexacheck", "returns/packed", "returns/workbook", "simulate", "app"}

// forbidden is what no room of the core may import itself.
var forbidden = []string{"database/sql", "net/http", "os", "os/exec", "math/rand"}

func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "onus/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	m := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Fields(line)
		m[f[0]] = f[1:]
	}
	return m
}

func floorOf(pkg string) (floor int, room string) {
	room, ok := strings.CutPrefix(pkg, "onus/internal/")
	if !ok {
		return -1, ""
	}
	for i, rooms := range floors {
		if slices.Contains(rooms, room) {
			return i, room
		}
	}
	return -1, room
}

func TestImportsRunOneWay(t *testing.T) {
	seen := 0
	for pkg, imps := range imports(t) {
		from, room := floorOf(pkg)
		if from < 0 {
			continue
		}
		seen++
		for _, imp := range imps {
			to, other := floorOf(imp)
			if to < 0 || strings.HasPrefix(room, "web") && strings.HasPrefix(other, "web") {
				continue
			}
			if to >= from {
				t.Errorf("%s imports %s, which is not below it", room, other)
			}
		}
	}
	if want := 18; seen < want {
		t.Errorf("only %d rooms were looked at, there are at least %d", seen, want)
	}
}

// The room that decides who may see a record must not be able to read one.
func TestAccessKnowsNoRecord(t *testing.T) {
	for _, imp := range imports(t)["onus/internal/access"] {
		if _, room := floorOf(imp); room != "" && room != "day" && room != "line" {
			t.Errorf("access imports %s: whoever asks says how things stand", room)
		}
	}
}

func TestEveryRoomHasAFloor(t *testing.T) {
	for pkg := range imports(t) {
		floor, room := floorOf(pkg)
		if room == "" || floor >= 0 {
			continue
		}
		for _, tool := range []string{"testkit", "web/assets/build", "web/shell/gallery", "store/storetest", "bench"} {
			if strings.HasPrefix(room, tool) {
				room = ""
			}
		}
		if room != "" {
			t.Errorf("the room %s stands on no floor: say in floors what it may know", room)
		}
	}
}

func TestTheCoreIsPure(t *testing.T) {
	all := imports(t)
	for _, room := range core {
		imps, ok := all["onus/internal/"+room]
		if !ok {
			t.Errorf("there is no room %s", room)
		}
		for _, f := range forbidden {
			if slices.Contains(imps, f) {
				t.Errorf("%s imports %s: the core computes, the edge acts", room, f)
			}
		}
	}
}
