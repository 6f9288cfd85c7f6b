// Package cli is the command line, and the only place where the parts are
// wired together. It knows everything and is known by nobody.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"onus/internal/app"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/returns/cin"
	"onus/internal/returns/workbook"
)

// Exit codes: 0 done, 1 the answer is no, 2 the call was wrong, 3 it could not be done.
const (
	exitDone = iota
	exitNo
	exitWrong
	exitCould
)

type root struct {
	Serve     serveCmd     `cmd:"" help:"Run the web pages, the API and the watch."`
	Import    importCmd    `cmd:"" help:"Read files in: a CIN census (XML), a return of children looked after (SSDA903: CSV, XML or a zip of them), lists for Ofsted (Annex A: .xlsx), the Department's daily feed (JSON), or a journal exported by Onus (JSON lines; - for standard input)."`
	Validate  validateCmd  `cmd:"" help:"Check a statutory return by the Department for Education's rules. Nothing is kept."`
	Export    exportCmd    `cmd:"" help:"Write out: the journal (jsonl), or a return made from the records (cin, ssda903, annex-a, daily-feed)."`
	Returns   returnsCmd   `cmd:"" help:"Data that returns are checked with: give it, list it."`
	Duties    dutiesCmd    `cmd:"" help:"List what is owed: to whom, by whom, by when."`
	Context   contextCmd   `cmd:"" help:"A missed duty as it was known: who answered, what each was told, the load, the warnings."`
	Retention retentionCmd `cmd:"" help:"List the records that may be disposed of now: how many, and their ids."`
	Rules     rulesCmd     `cmd:"" help:"Check or explain the rules."`
	Match     matchCmd     `cmd:"" help:"Find records of one person, and of relatives, in a table (docs/matching.md)."`
	Pack      packCmd      `cmd:"" help:"Packs for a hearing: check one, or list who owes which."`
	Receipt   receiptCmd   `cmd:"" help:"Check a receipt, without a server or a database."`
	Line      lineCmd      `cmd:"" help:"Set up the line of responsibility and who signs in, before anybody can."`
	Mail      mailCmd      `cmd:"" help:"Say which mail did not leave, have it tried again, or let it go."`
	Feed      feedCmd      `cmd:"" help:"The Department for Education's daily feed: send it, and see what was answered."`
	Key       keyCmd       `cmd:"" help:"Change the ledger's key."`
	Witness   witnessCmd   `cmd:"" help:"Run a witness of ledgers: for a union, a regulator, a partnership (docs/witnesses.md)."`
	Verify    verifyCmd    `cmd:"" help:"Check the whole journal against its ledger."`
	Simulate  simulateCmd  `cmd:"" help:"Make a synthetic authority in an empty store."`
	Doctor    doctorCmd    `cmd:"" help:"Say whether everything is in order, and what to do if not."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the tables up to date."`
	Schema    schemaCmd    `cmd:"" help:"Write the JSON Schema of all entries."`
	Version   versionCmd   `cmd:"" help:"Say which Onus this is."`
}

// io is what a command reads and writes.
type stdio struct {
	ctx  context.Context
	in   io.Reader
	out  io.Writer
	errw io.Writer
}

// Main runs one command and gives its exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	var r root
	exit := -1
	p, err := kong.New(&r, kong.Name("onus"), kong.Description("Onus holds every duty to every child, and shows who owes it."),
		kong.Writers(out, errw), kong.Exit(func(code int) { exit = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errw, "onus:", err)
		return exitCould
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := p.Parse(args)
	if exit >= 0 { // --help
		return exit
	}
	if err != nil {
		fmt.Fprintf(errw, "onus: %s. Try: onus --help\n", err)
		return exitWrong
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Code(k.Run(stdio{ctx, in, out, errw}), errw)
}

// No is an answer of no: the command ran, and what it checked does not hold.
type No struct{ error }

// Wrong is a call that was wrong.
type Wrong struct{ error }

func wrong(format string, a ...any) error { return Wrong{fmt.Errorf(format, a...)} }

// Code says what went wrong, in one clear line or a line for each problem, and
// gives the exit code.
func Code(err error, errw io.Writer) int {
	if err == nil {
		return exitDone
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(errw, "onus:", line)
	}
	var no No
	var bad Wrong
	var refused *cin.Refusal
	var book *workbook.Refusal
	var fault duty.Fault
	_, problems := entry.Problems(err)
	switch {
	case errors.As(err, &no), errors.Is(err, app.ErrTampered), errors.Is(err, ledger.ErrSignature), errors.Is(err, ledger.ErrProof),
		errors.Is(err, ledger.ErrOpening), errors.Is(err, ledger.ErrOrigin), errors.As(err, &fault):
		return exitNo
	case errors.As(err, &bad), errors.As(err, &refused), errors.As(err, &book), problems, errors.Is(err, app.ErrNotEmpty), errors.Is(err, os.ErrNotExist), errors.Is(err, ledger.ErrNotAReceipt):
		return exitWrong
	}
	return exitCould
}
