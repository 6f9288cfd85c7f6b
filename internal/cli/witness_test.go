package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/assets"
)

// As a union and a council would: the union runs a witness, the council's server
// asks it, and a receipt is checked with no server at all.
func TestAWitnessSignsAndAReceiptShowsIt(t *testing.T) {
	if err := assets.Check(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := where{Data: filepath.Join(dir, "data")}
	o, err := at.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	vkey := o.vkey
	done, err := o.Record(t.Context(), app.Do{Receipts: true, Commands: []child.Command{{Actor: entry.Actor{Person: "jo"}, Happened: day.AtInstant(clock{}.Now()), Body: child.Known{Given: "Iona", Family: "Marsh"}, Source: entry.Source{Kind: "page"}}}})
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(dir, "alone.tlog-proof")
	if err := os.WriteFile(alone, done.Receipts[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.close(); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, saying := io.Pipe()
	witnessed := make(chan error, 1)
	go func() {
		witnessed <- (&witnessCmd{Dir: filepath.Join(dir, "union"), Name: "witness.union.example/1", Listen: "127.0.0.1:0", Log: []string{vkey}}).Run(stdio{ctx: ctx, out: saying, errw: io.Discard})
	}()
	ready, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`The witness (\S+) is ready on (\S+)`).FindStringSubmatch(ready)
	if m == nil {
		t.Fatal(ready)
	}
	policy := filepath.Join(dir, "policy")
	if err := os.WriteFile(policy, []byte("witness outside "+m[1]+" "+m[2]+"\nquorum outside\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func(file string) (int, string) {
		var out strings.Builder
		code := Main([]string{"receipt", "verify", file, "--key", vkey, "--witnesses", policy}, strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	if code, out := verify(alone); code != exitNo || !strings.Contains(out, "not enough witnesses") {
		t.Errorf("signed by the authority alone: %d %s", code, out)
	}
	served := make(chan error, 1)
	sctx, unserve := context.WithCancel(ctx)
	go func() {
		served <- (&serveCmd{where: at, Listen: "127.0.0.1:0", Witnesses: policy, Watch: 20 * time.Millisecond}).Run(stdio{ctx: sctx, out: io.Discard, errw: io.Discard})
	}()
	whole := filepath.Join(dir, "whole.tlog-proof")
	signed := false
	for range 500 {
		time.Sleep(20 * time.Millisecond) // the watch goes round by the machine's clock
		r, err := at.open(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if r.Witnesses, err = policyOf(policy); err != nil {
			t.Fatal(err)
		}
		text, err := r.Receipt(t.Context(), done.Entries[0])
		if cerr := r.close(); err != nil || cerr != nil {
			t.Fatal(err, cerr)
		}
		if os.WriteFile(whole, text, 0o600) != nil {
			t.Fatal("the receipt cannot be written")
		}
		if code, _ := verify(whole); code == exitDone {
			signed = true
			break
		}
	}
	unserve()
	if err := <-served; err != nil {
		t.Error(err)
	}
	stop()
	if err := <-witnessed; err != nil {
		t.Error(err)
	}
	if !signed {
		t.Fatal("the witness never signed")
	}
	if code, out := verify(whole); code != exitDone || !strings.Contains(out, "Witnesses signed it: outside") {
		t.Errorf("%d %s", code, out)
	}
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	if os.WriteFile(whole, []byte(strings.Replace(string(b), "witness.union.example/1", "witness.union.example/2", 1)), 0o600) != nil {
		t.Fatal("the receipt cannot be written")
	}
	if code, _ := verify(whole); code != exitNo {
		t.Errorf("with the witness's line changed: %d", code)
	}
	for what, args := range map[string][]string{
		"no name at the first start": {"witness", "--dir", filepath.Join(dir, "new"), "--log", vkey},
		"no ledger":                  {"witness", "--dir", filepath.Join(dir, "union")},
		"a key that is none":         {"witness", "--dir", filepath.Join(dir, "union"), "--log", "hello"},
		"a policy that is none":      {"receipt", "verify", alone, "--key", vkey, "--witnesses", alone},
	} {
		var out strings.Builder
		if code := Main(args, strings.NewReader(""), &out, &out); code != exitWrong {
			t.Errorf("%s: %d %s", what, code, out.String())
		}
	}
	var out strings.Builder
	if code := Main([]string{"witness", "--dir", filepath.Join(dir, "union"), "--key"}, strings.NewReader(""), &out, io.Discard); code != exitDone || strings.TrimSpace(out.String()) != m[1] {
		t.Errorf("%d %s", code, out.String())
	}
}
