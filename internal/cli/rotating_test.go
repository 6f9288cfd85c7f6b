package cli

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
)

// The key is changed from the command line, twice; the second time it is cut off
// between the store and the files, and the next start makes it good.
func TestTheKeyIsChanged(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	at := where{Data: data}
	pub := filepath.Join(data, "ledger.pub")
	onus := func(want int, args ...string) string {
		t.Helper()
		var out strings.Builder
		if code := Main(args, strings.NewReader(""), &out, &out); code != want {
			t.Fatalf("onus %s: %d, not %d\n%s", strings.Join(args, " "), code, want, out.String())
		}
		return out.String()
	}
	read := func(file string) string {
		t.Helper()
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	receipt := func(name string) string {
		t.Helper()
		o, err := at.open(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		done, err := o.Record(t.Context(), app.Do{Receipts: true, Commands: []child.Command{{Actor: entry.Actor{Person: "jo"}, Happened: day.AtInstant(clock{}.Now()), Body: child.Known{Given: "Iona", Family: "Marsh"}, Source: entry.Source{Kind: "page"}}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := o.close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		write(file, string(done.Receipts[0]))
		return file
	}
	onus(exitWrong, "key", "rotate", "--data", filepath.Join(dir, "nowhere"))

	before := receipt("before")
	first, firstSecret := read(pub), read(filepath.Join(data, "ledger.key"))
	write(filepath.Join(dir, "first.pub"), first)
	if said := onus(exitDone, "key", "rotate", "--data", data); !strings.Contains(said, "Start the server again") {
		t.Errorf("it does not say what to do next: %s", said)
	}
	if read(filepath.Join(data, "ledger.key")) == firstSecret {
		t.Fatal("the old key is still in place")
	}
	onus(exitDone, "verify", "--data", data)

	// The second change, cut off after the store knows of it.
	o, err := at.open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	skey, vkey, err := ledger.GenerateKey(rand.Reader, o.Origin())
	if err != nil {
		t.Fatal(err)
	}
	next, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	write(at.nextFile(), skey+"\n")
	if _, err := o.Rotate(t.Context(), next, vkey); err != nil {
		t.Fatal(err)
	}
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
	onus(exitDone, "verify", "--data", data)
	if strings.TrimSpace(read(filepath.Join(data, "ledger.key"))) != skey {
		t.Error("a change that was cut off is not made good")
	}
	if ks, err := ledger.ParseKeys(read(pub)); err != nil || len(ks) != 3 || ks[0].VKey != vkey {
		t.Fatalf("the list of keys: %+v %v", ks, err)
	}
	if st, err := os.Stat(filepath.Join(data, "ledger.key")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key is open to others: %v %v", st, err)
	}
	// A key of a change that never came to be does nothing.
	write(at.nextFile(), firstSecret)
	onus(exitDone, "verify", "--data", data)

	after := receipt("after")
	for _, x := range []struct {
		file, key string
		code      int
	}{
		{before, pub, exitDone},
		{before, filepath.Join(dir, "first.pub"), exitDone},
		{before, strings.TrimSpace(first), exitDone},
		{after, pub, exitDone},
		{after, filepath.Join(dir, "first.pub"), exitNo},
	} {
		onus(x.code, "receipt", "verify", x.file, "--key", x.key)
	}
	onus(exitDone, "receipt", "verify", before, "--data", data)
	write(filepath.Join(dir, "tampered.pub"), strings.Replace(read(pub), " until ", " until 9", 1))
	onus(exitNo, "receipt", "verify", after, "--key", filepath.Join(dir, "tampered.pub"))

	// A witness that knows the list goes on.
	w := &witnessCmd{Dir: filepath.Join(dir, "union"), Name: "witness.union.example/1", Listen: "nowhere", Log: []string{pub}}
	if err := w.Run(stdio{ctx: t.Context(), out: io.Discard, errw: io.Discard}); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("a witness with the list of keys: %v", err)
	}
}
