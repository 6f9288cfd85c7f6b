package ledger

import (
	"fmt"
	"strings"
	"testing"

	fnote "github.com/transparency-dev/formats/note"
)

func TestPolicies(t *testing.T) {
	key := func(name string) string {
		_, plain, err := GenerateKey(strings.NewReader(strings.Repeat(name+"0123456789abcdef0123456789abcdef", 4)), "w.example/"+name)
		if err != nil {
			t.Fatal(err)
		}
		vkey, err := fnote.VKeyToCosignatureV1(plain)
		if err != nil {
			t.Fatal(err)
		}
		return vkey
	}
	a, b, c := "witness a "+key("a")+"\n", "witness b "+key("b")+" https://b.example/\n", "witness c "+key("c")+"\n"
	p, err := ParsePolicy("# ours\nlog x\n" + a + b + c + "group outside any a b\ngroup q 2 outside c a\nquorum q\n")
	if err != nil {
		t.Fatal(err)
	}
	if p.Witnesses[1].URL != "https://b.example" {
		t.Error(p.Witnesses[1].URL)
	}
	for names, want := range map[string]bool{"": false, "a": true, "b": false, "c": false, "b c": true, "a c": true} {
		if got := p.Quorum(strings.Fields(names)); got != want {
			t.Errorf("%q: %v", names, got)
		}
	}
	for what, text := range map[string]string{
		"no quorum":            a + "group outside any a\n",
		"nobody outside":       a + "quorum a\n",
		"reached from inside":  a + c + "group outside any a\ngroup q 1 outside c\nquorum q\n",
		"an unknown word":      a + "witnes b\n",
		"a key that is none":   "witness a abc\n",
		"named twice":          a + a,
		"a member that is not": a + "group outside any a z\n",
		"a member twice":       a + "group outside any a a\n",
		"more than there are":  a + "group outside 2 a\n",
		"two quorums":          a + "group outside any a\nquorum outside\nquorum outside\n",
		"a group of nobody":    "group outside any\n",
		"a quorum of nobody":   a + "group outside any a\nquorum z\n",
		"nothing":              "",
	} {
		if _, err := ParsePolicy(text); err == nil {
			t.Errorf("%s was taken", what)
		} else if fmt.Sprint(err) == "" {
			t.Errorf("%s: no words", what)
		}
	}
}
