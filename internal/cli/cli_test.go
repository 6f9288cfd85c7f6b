package cli

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onus/internal/testkit/cscapi"
	"onus/internal/testkit/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"onus": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }})
}

// TestScripts runs testdata/*.txtar: what a person types, and what comes back.
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../returns/cin/testdata")
	if err != nil {
		t.Fatal(err)
	}
	server := pgtest.Start(t, pgtest.NoFsync)
	pg, pg2, pg3 := server.Database(t), server.Database(t), server.Database(t)
	department := cscapi.Start(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			e.Setenv("ANNEXA", filepath.Join(samples, "../.."))
			e.Setenv("PG", pg)
			e.Setenv("PG2", pg2)
			e.Setenv("PG3", pg3)
			e.Setenv("ONUS_DATA", "")
			e.Setenv("DEPARTMENT", department.URL) // its token is t0ken-of-the-test
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// tamper FILE OLD NEW changes bytes in a file behind everybody's back.
			"tamper": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) != 3 {
					ts.Fatalf("tamper FILE OLD NEW")
				}
				name := ts.MkAbs(args[0])
				b, err := os.ReadFile(name)
				ts.Check(err)
				if !strings.Contains(string(b), args[1]) {
					ts.Fatalf("%s does not hold %q", args[0], args[1])
				}
				ts.Check(os.WriteFile(name, []byte(strings.Replace(string(b), args[1], args[2], 1)), 0o600))
			},
			// pack ZIP FILE... puts files into a zip.
			"pack": func(ts *testscript.TestScript, _ bool, args []string) {
				var b bytes.Buffer
				z := zip.NewWriter(&b)
				for _, name := range args[1:] {
					text, err := os.ReadFile(ts.MkAbs(name))
					ts.Check(err)
					w, err := z.Create(name)
					ts.Check(err)
					_, err = w.Write(text)
					ts.Check(err)
				}
				ts.Check(z.Close())
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
			},
			// cut FILE BYTES takes bytes off the end of a file.
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				name := ts.MkAbs(args[0])
				b, err := os.ReadFile(name)
				ts.Check(err)
				n, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Check(os.WriteFile(name, b[:len(b)-n], 0o600))
			},
			// trouble STATUS makes the Department's server answer the next request so.
			"trouble": func(ts *testscript.TestScript, _ bool, args []string) {
				status, err := strconv.Atoi(args[0])
				ts.Check(err)
				department.Trouble(cscapi.Trouble{Status: status, Body: "Iona Marsh is not known"})
			},
			// exits CODE COMMAND... runs onus and wants this exit code.
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				err := ts.Exec(args[1], args[2:]...)
				code := "0"
				if err != nil {
					code = strings.TrimPrefix(err.Error(), "exit status ")
				}
				if code != args[0] {
					ts.Fatalf("exit code %s (%v), want %s", code, err, args[0])
				}
			},
		},
	})
}

// The schema in docs is the one that the program gives.
func TestSchemaIsUpToDate(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/entries.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/entries.schema.json is behind: run make generate")
	}
}

// The reference of the rules in docs is the one that the program gives.
func TestReferenceIsUpToDate(t *testing.T) {
	p, err := England()
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := Reference(&want, p); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Error("docs/rules.md is behind: run make generate")
	}
}
