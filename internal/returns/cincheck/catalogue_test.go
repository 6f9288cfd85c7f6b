package cincheck

import (
	"bytes"
	"os"
	"testing"
)

// The catalogue in docs is the one that the rules make. Make it again with
// go test ./internal/returns/cincheck -update.
func TestCatalogueIsOfTheseRules(t *testing.T) {
	const file = "../../../docs/returns-rules-cin.md"
	var b bytes.Buffer
	if err := WriteCatalogue(&b, 0); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if have := read(t, file); !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what the rules say: run this test with -update", file)
	}
}

// Each rule says what is wrong and what to do, in words of its own.
func TestRulesSpeak(t *testing.T) {
	said := map[string]string{}
	for _, r := range Rules(0) {
		if r.Says == "" || r.Do == "" || r.Says[len(r.Says)-1] != '.' || r.Do[len(r.Do)-1] != '.' || len(r.Fields) == 0 || len(r.Years) == 0 {
			t.Errorf("%s says %q %q of %v in %v", r.Code, r.Says, r.Do, r.Fields, r.Years)
		}
		if other, ok := said[r.Says]; ok && other != r.Code {
			t.Errorf("%s and %s say the same", r.Code, other)
		}
		said[r.Says] = r.Code
	}
}
