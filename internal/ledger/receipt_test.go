package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/ledger"
)

var update = flag.Bool("update", false, "write the golden files again")

const (
	origin    = "onus.example.gov.uk/children"
	golden    = "testdata/receipt.tlog-proof"
	goldenKey = "testdata/ledger.vkey"
)

// keys makes the same key for a name each time: names decide the seed.
func keys(t testing.TB, name string) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := ledger.GenerateKey(&counting{n: byte(len(name))}, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

func verifiers(t testing.TB, vkeys ...string) note.Verifiers {
	t.Helper()
	var list []note.Verifier
	for _, k := range vkeys {
		v, err := note.NewVerifier(k)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...)
}

// sample is a ledger of n entries of which each has its salt.
type sample struct {
	store    memory
	edge     ledger.Edge
	openings []ledger.Opening
	signer   note.Signer
	known    note.Verifiers
	vkey     string
}

func newSample(t testing.TB, n int) *sample {
	t.Helper()
	s := &sample{}
	s.signer, s.vkey = keys(t, origin)
	s.known = verifiers(t, s.vkey)
	random := &counting{}
	for i := range n {
		salt, err := ledger.NewSalt(random)
		if err != nil {
			t.Fatal(err)
		}
		// Characters that encoding/json would rewrite, and space that it would drop.
		entry := fmt.Sprintf(`{"kind": "visit", "n": %d, "note": "<b> & é, Llŷr"}`, i)
		o := ledger.Opening{Salt: salt, Entry: json.RawMessage(entry)}
		stored, at := s.edge.Append([]tlog.Hash{ledger.LeafHash(o.Leaf())})
		s.store.put(t, stored, at)
		s.openings = append(s.openings, o)
	}
	return s
}

func (s *sample) checkpoint() ledger.Checkpoint {
	return ledger.Checkpoint{Origin: origin, Size: s.edge.Size(), Root: s.edge.Root()}
}

func (s *sample) receipt(t testing.TB, i int) ledger.Receipt {
	t.Helper()
	signed, err := ledger.Sign(s.checkpoint(), s.signer)
	if err != nil {
		t.Fatal(err)
	}
	path, err := ledger.Prove(int64(i), s.edge.Size(), &s.store)
	if err != nil {
		t.Fatal(err)
	}
	extra, err := s.openings[i].Encode()
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Receipt{Index: int64(i), Proof: path, Checkpoint: signed, Extra: extra}
}

func TestEveryReceiptOfEveryTree(t *testing.T) {
	for n := 1; n <= 33; n++ {
		s := newSample(t, n)
		var leaves []tlog.Hash
		for _, o := range s.openings {
			leaves = append(leaves, ledger.LeafHash(o.Leaf()))
		}
		for i := range n {
			r := s.receipt(t, i)
			if !slices.Equal(r.Proof, naivePath(i, leaves)) {
				t.Fatalf("leaf %d of %d: the proof is not that of RFC 6962", i, n)
			}
			text, err := r.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			again, err := ledger.ParseReceipt(text)
			if err != nil {
				t.Fatalf("leaf %d of %d: %v", i, n, err)
			}
			v, err := ledger.Verify(again, s.known, origin)
			if err != nil {
				t.Fatalf("leaf %d of %d: %v", i, n, err)
			}
			if !bytes.Equal(v.Entry, s.openings[i].Entry) || v.Salt != s.openings[i].Salt || v.Index != int64(i) || v.Checkpoint != s.checkpoint() || !slices.Equal(v.SignedBy, []string{origin}) {
				t.Fatalf("leaf %d of %d: verified as %+v", i, n, v)
			}
		}
	}
}

// The golden receipt is the form that people hold. It must verify for ever; if this
// test fails, the code is wrong and not the file.
func TestGoldenReceipt(t *testing.T) {
	s := newSample(t, 11)
	text, err := s.receipt(t, 6).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for name, data := range map[string][]byte{golden: text, goldenKey: []byte(s.vkey + "\n")} {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := readFile(t, golden)
	if !bytes.Equal(kept, text) {
		t.Errorf("the receipt made now differs from the one in %s:\n%s", golden, text)
	}
	vkey := strings.TrimSpace(string(readFile(t, goldenKey)))
	r, err := ledger.ParseReceipt(kept)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ledger.Verify(r, verifiers(t, vkey), origin)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"kind": "visit", "n": 6, "note": "<b> & é, Llŷr"}`; string(v.Entry) != want {
		t.Errorf("entry %s, want %s", v.Entry, want)
	}

	// Another implementation of the C2SP form reads the same.
	var other proof.TLogProof
	if err := other.Unmarshal(kept); err != nil {
		t.Fatalf("transparency-dev/formats cannot read it: %v", err)
	}
	if other.Index != 6 || len(other.Hashes) != len(r.Proof) || !bytes.Equal(other.ExtraData, r.Extra) || !bytes.Equal(other.Checkpoint, r.Checkpoint) || !bytes.Equal(other.Marshal(), kept) {
		t.Error("transparency-dev/formats reads something else in it")
	}
	var opened map[string]any
	if err := json.Unmarshal(r.Extra, &opened); err != nil || opened["entry"] == nil || opened["salt"] == nil {
		t.Errorf("the extra line is not plain JSON: %v", err)
	}
}

// Every bit of the file is turned over, one at a time. None may pass, and each part
// must be named for what it is.
func TestFlipEveryBit(t *testing.T) {
	text := readFile(t, golden)
	known := newSample(t, 0).known
	good, err := ledger.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	checkpointAt := len(text) - len(good.Checkpoint)
	indexAt := bytes.Index(text, []byte("\nindex "))
	for i := range text {
		var want []error
		switch {
		case i < len("c2sp.org/tlog-proof@v1\n"):
			want = []error{ledger.ErrNotAReceipt}
		case i <= indexAt:
			want = []error{ledger.ErrNotAReceipt, ledger.ErrOpening}
		case i < checkpointAt:
			want = []error{ledger.ErrNotAReceipt, ledger.ErrProof}
		default:
			want = []error{ledger.ErrSignature, ledger.ErrNotACheckpoint}
		}
		for bit := byte(1); bit != 0; bit <<= 1 {
			r, err := ledger.ParseReceipt(flip(text, i, bit))
			if err == nil {
				_, err = ledger.Verify(r, known, origin)
			}
			if err == nil {
				t.Fatalf("byte %d (%q) turned into %q: the receipt still verifies", i, text[i], text[i]^bit)
			}
			if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
				t.Fatalf("byte %d (%q) turned into %q: %v; want one of %v", i, text[i], text[i]^bit, err, want)
			}
			if strings.Contains(err.Error(), "Llŷr") {
				t.Fatalf("the error repeats the entry: %v", err)
			}
		}
	}
	for i := range text {
		r, err := ledger.ParseReceipt(text[:i])
		if err == nil {
			_, err = ledger.Verify(r, known, origin)
		}
		if err == nil {
			t.Fatalf("cut off after byte %d, the receipt still verifies", i)
		}
	}
}

// One part is exchanged for another that is well made, as somebody would who knows
// the format.
func TestForgedReceipts(t *testing.T) {
	s := newSample(t, 11)
	other := newSample(t, 12)
	stranger, strangerKey := keys(t, "elsewhere.example/children")
	foreign, err := ledger.Sign(ledger.Checkpoint{Origin: "elsewhere.example/children", Size: 11, Root: s.edge.Root()}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(o ledger.Opening) []byte {
		b, err := o.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	entry, salt := s.openings[6].Entry, s.openings[6].Salt
	salt[0] ^= 1
	for _, c := range []struct {
		name   string
		change func(*ledger.Receipt)
		want   error
	}{
		{"another entry, well encoded", func(r *ledger.Receipt) {
			r.Extra = encode(ledger.Opening{Salt: s.openings[6].Salt, Entry: []byte(`{"kind":"other"}`)})
		}, ledger.ErrProof},
		{"another salt, well encoded", func(r *ledger.Receipt) { r.Extra = encode(ledger.Opening{Salt: salt, Entry: entry}) }, ledger.ErrProof},
		{"the opening of a neighbour", func(r *ledger.Receipt) { r.Extra = encode(s.openings[7]) }, ledger.ErrProof},
		{"an entry changed under its leaf", func(r *ledger.Receipt) { r.Extra = bytes.Replace(r.Extra, []byte("visit"), []byte("vista"), 1) }, ledger.ErrOpening},
		{"members in another order", func(r *ledger.Receipt) { r.Extra = []byte(`{"entry":{},"salt":""}`) }, ledger.ErrOpening},
		{"no opening", func(r *ledger.Receipt) { r.Extra = nil }, ledger.ErrOpening},
		{"another place", func(r *ledger.Receipt) { r.Index = 7 }, ledger.ErrProof},
		{"a place past the end", func(r *ledger.Receipt) { r.Index = 11 }, ledger.ErrProof},
		{"a place before the start", func(r *ledger.Receipt) { r.Index = -1 }, ledger.ErrProof},
		{"a proof cut short", func(r *ledger.Receipt) { r.Proof = r.Proof[1:] }, ledger.ErrProof},
		{"a proof made longer", func(r *ledger.Receipt) { r.Proof = append(r.Proof, tlog.Hash{}) }, ledger.ErrProof},
		{"a proof in another order", func(r *ledger.Receipt) { r.Proof[0], r.Proof[1] = r.Proof[1], r.Proof[0] }, ledger.ErrProof},
		{"the checkpoint of a later tree", func(r *ledger.Receipt) { r.Checkpoint = other.receipt(t, 6).Checkpoint }, ledger.ErrProof},
		{"the checkpoint of another ledger", func(r *ledger.Receipt) { r.Checkpoint = foreign }, ledger.ErrOrigin},
		{"no checkpoint", func(r *ledger.Receipt) { r.Checkpoint = nil }, ledger.ErrNotACheckpoint},
	} {
		r := s.receipt(t, 6)
		c.change(&r)
		_, err := ledger.Verify(r, verifiers(t, s.vkey, strangerKey), origin)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", c.name, err, c.want)
		}
	}
	if _, err := ledger.Verify(s.receipt(t, 6), verifiers(t, strangerKey), origin); !errors.Is(err, ledger.ErrSignature) {
		t.Errorf("without the ledger's key: %v", err)
	}
}

// An entry is erased with its salt; its leaf stays, and so do all proofs.
func TestErasedEntryStillProves(t *testing.T) {
	s := newSample(t, 11)
	leaf := s.openings[6].Leaf()
	r := s.receipt(t, 6)
	r.Extra = nil
	v, err := ledger.VerifyLeaf(r, leaf, s.known, origin)
	if err != nil {
		t.Fatal(err)
	}
	if v.Entry != nil || v.Salt != (ledger.Salt{}) || !bytes.Equal(v.Leaf, leaf) {
		t.Errorf("verified as %+v", v)
	}
	if _, err := ledger.VerifyLeaf(r, s.openings[5].Leaf(), s.known, origin); !errors.Is(err, ledger.ErrProof) {
		t.Errorf("another entry's leaf: %v", err)
	}
	if _, err := ledger.VerifyLeaf(r, leaf, s.known, "elsewhere.example"); !errors.Is(err, ledger.ErrOrigin) {
		t.Errorf("another ledger's name: %v", err)
	}
}

func TestParseReceiptSaysWhatIsWrong(t *testing.T) {
	text := string(readFile(t, golden))
	extra := text[strings.Index(text, "extra "):strings.Index(text, "index ")]
	hash := strings.Split(text, "\n")[3]
	for _, c := range []struct{ name, text, say string }{
		{"nothing", "", "line 1 must be"},
		{"another file", "%PDF-1.7\n", "line 1 must be"},
		{"Windows line endings", strings.ReplaceAll(text, "\n", "\r\n"), "CRLF"},
		{"no index", strings.Replace(text, "index 6\n", "", 1), `line 3 must begin with "index"`},
		{"index below zero", strings.Replace(text, "index 6", "index -6", 1), "line 3"},
		{"index with a plus", strings.Replace(text, "index 6", "index +6", 1), "line 3"},
		{"index with a leading zero", strings.Replace(text, "index 6", "index 06", 1), "line 3"},
		{"index beyond any ledger", strings.Replace(text, "index 6", "index 9223372036854775807", 1), "line 3"},
		{"extra of nothing", strings.Replace(text, extra, "extra \n", 1), "line 2"},
		{"extra twice", strings.Replace(text, extra, extra+extra, 1), "line 3"},
		{"extra not base64", strings.Replace(text, extra, "extra *\n", 1), "line 2"},
		{"a hash too short", strings.Replace(text, hash, hash[4:], 1), "line 4 must be a hash"},
		{"a hash twice on a line", strings.Replace(text, hash, hash+hash, 1), "line 4 must be a hash"},
		{"far too many hashes", strings.Replace(text, hash, strings.Repeat(hash+"\n", 63)+hash, 1), "line 67 is one hash more"},
		{"no checkpoint", text[:strings.Index(text, "\n\n")+2], "signed checkpoint"},
		{"cut off in the proof", text[:strings.Index(text, "\n\n")], "signed checkpoint"},
	} {
		_, err := ledger.ParseReceipt([]byte(c.text))
		if !errors.Is(err, ledger.ErrNotAReceipt) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v; want it to say %q", c.name, err, c.say)
		}
	}
}

// Readers that scan by lines stop at 64 KiB; an entry may be longer.
func TestLongEntry(t *testing.T) {
	s := newSample(t, 0)
	entry, err := json.Marshal(strings.Repeat("A long account. ", 20_000))
	if err != nil {
		t.Fatal(err)
	}
	o := ledger.Opening{Salt: ledger.Salt{1}, Entry: entry}
	stored, at := s.edge.Append([]tlog.Hash{ledger.LeafHash(o.Leaf())})
	s.store.put(t, stored, at)
	s.openings = append(s.openings, o)
	text, err := s.receipt(t, 0).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := ledger.Verify(r, s.known, origin); err != nil || !bytes.Equal(v.Entry, entry) {
		t.Errorf("an entry of %d bytes: %v", len(entry), err)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	good := newSample(t, 3).receipt(t, 1)
	for name, r := range map[string]ledger.Receipt{
		"no checkpoint":    {Index: 1, Proof: good.Proof},
		"index below 0":    {Index: -1, Proof: good.Proof, Checkpoint: good.Checkpoint},
		"a proof too long": {Index: 1, Proof: make([]tlog.Hash, 64), Checkpoint: good.Checkpoint},
	} {
		if text, err := r.MarshalText(); err == nil {
			t.Errorf("%s: written as %q", name, text)
		}
	}
	for _, entry := range []string{"", "not JSON", " {}", "{}\n", `{}{}`} {
		if _, err := (ledger.Opening{Entry: []byte(entry)}).Encode(); !errors.Is(err, ledger.ErrOpening) {
			t.Errorf("entry %q: %v", entry, err)
		}
	}
	for _, c := range [][2]int64{{-1, 3}, {3, 3}, {0, 0}, {0, -1}, {0, 1<<63 - 1}} {
		if _, err := ledger.Prove(c[0], c[1], &memory{}); err == nil {
			t.Errorf("proved leaf %d in a tree of %d", c[0], c[1])
		}
	}
}

// Whatever ParseReceipt accepts is the one canonical text of that receipt, and checking
// it neither panics nor hangs.
func FuzzParseReceipt(f *testing.F) {
	text := readFile(f, golden)
	known := newSample(f, 0).known
	made, err := ledger.ParseReceipt(text)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(bytes.Replace(text, []byte("index 6"), []byte("index 0"), 1))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ledger.ParseReceipt(data)
		if err != nil {
			if !errors.Is(err, ledger.ErrNotAReceipt) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		again, err := r.MarshalText()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("read as %+v and written as %q, %v", r, again, err)
		}
		// Signatures by unknown keys may be added; what is proved may not change.
		if v, err := ledger.Verify(r, known, origin); err == nil && (v.Index != made.Index || !bytes.Equal(r.Extra, made.Extra)) {
			t.Fatalf("a receipt nobody made verifies: %q", data)
		}
		if o, err := ledger.ParseOpening(r.Extra); err == nil {
			if enc, err := o.Encode(); err != nil || !bytes.Equal(enc, r.Extra) {
				t.Fatalf("an opening is not canonical: %q", r.Extra)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	s := newSample(b, 1000)
	r := s.receipt(b, 500)
	for b.Loop() {
		if _, err := ledger.Verify(r, s.known, origin); err != nil {
			b.Fatal(err)
		}
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
