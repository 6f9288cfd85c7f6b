package duty

import (
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// Compile makes a pack of one text without running its examples.
func Compile(t *testing.T, reg *entry.Registry, text string) *Pack {
	t.Helper()
	p, faults := compileLayers(day.England(), reg, []Layer{{Name: "p", Files: []Text{{"one.yaml", text}}}})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return p
}
