package child

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAlike(t *testing.T) {
	const once = "Mum stayed in the room at both visits. We will see Sam before nursery, because he says more when he is alone."
	for _, x := range []struct {
		name, with string
		from, to   float64
	}{
		{"the same", once, 1, 1},
		{"other case and stops", strings.ToUpper(strings.ReplaceAll(once, ".", " ;")), 1, 1},
		{"one word changed", strings.Replace(once, "nursery", "school", 1), 0.6, 0.9},
		{"new words", "The health visitor weighed him and he has grown. Nan collects him on Mondays now.", 0, 0.1},
		{"nothing", "", 0, 0},
	} {
		if got := Alike(once, x.with, 3); got < x.from || got > x.to {
			t.Errorf("%s: %.2f", x.name, got)
		}
	}
}

// It is the same both ways, never outside 0 to 1, and a text is like itself.
func TestAlikeIsAMeasure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-d]{1,3}[ .,]){0,12}`)
		a, b, n := text.Draw(t, "a"), text.Draw(t, "b"), rapid.IntRange(1, 4).Draw(t, "words")
		x, y := Alike(a, b, n), Alike(b, a, n)
		if x != y || x < 0 || x > 1 {
			t.Fatalf("%v and %v", x, y)
		}
		if len(Words(a)) > 0 && Alike(a, a, n) != 1 {
			t.Fatal("a text is not like itself")
		}
	})
}
