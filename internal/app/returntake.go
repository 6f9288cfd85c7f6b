package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// TakenReturn is a return as a file, with what its check said.
type TakenReturn struct {
	Name     string // of the file: it names no child
	Kind     string // for a browser
	Body     []byte // nil: whoever asks has not seen yet what the check says
	Children int
	Run      ReturnRun // as it stands, or will stand, in the history, with what the check said
	Seen     string    // names what the check said: give it back to take the file
	Words    map[string]ReturnRuleWords
}

// seen names what a check said, as far as somebody may want to know before the file leaves.
func (r ReturnRun) seen() string {
	sum := sha256.New()
	fmt.Fprintln(sum, r.Errors, r.Queries, r.NotRun, r.Held, r.Children, r.LeftOut())
	for _, f := range r.Facts.Found {
		fmt.Fprintln(sum, f)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// TakeReturn makes a return now, has it checked in the same step, and gives it as a file to
// whoever has seen what that check says: seen is what this gave before as Seen. To anybody
// else, and where the check says otherwise by now, it gives what the check says and no file.
// Who is in it is in the reader log, with whoever asks, and that it was taken, with what its
// check said, is in its history and in the ledger, before it is given.
// The error is an entry.Refusal, at its fields, where the order is wrong or there is nothing
// to make a file of.
func (d *Desk) TakeReturn(ctx context.Context, o ReturnOrder, seen string) (TakenReturn, error) {
	var out TakenReturn
	if err := d.May(access.TakeReturn); err != nil {
		return out, err
	}
	if err := o.whole(d.now.Date()); err != nil {
		return out, err
	}
	run, err := d.newRun(o, ReturnTaken)
	if err != nil {
		return out, err
	}
	made, err := d.a.makeReturn(ctx, o, nil)
	if err != nil {
		return out, err
	}
	var b bytes.Buffer
	if out.Name, out.Kind, err = made.write(&b); err != nil {
		return out, err
	}
	found, err := made.result(ctx)
	if err != nil {
		return out, err
	}
	t := found.tally
	run.State, run.Began, run.Beat, run.Ended = RunDone, d.now, d.now, d.a.Clock.Now()
	run.Errors, run.Queries, run.NotRun, run.Held = t.Errors, t.Queries, t.CouldNotRun, t.Held
	run.Children, run.Format = made.children(), strings.TrimPrefix(path.Ext(out.Name), ".")
	run.Facts = ReturnFacts{Draft: found.facts.Draft, Tables: found.facts.Tables, Left: found.facts.Left, With: found.facts.With, Found: foundOf(found.rules)}
	out.Children, out.Run, out.Seen, out.Words = run.Children, run, run.seen(), rulesOfReturn(o.Kind, run.Of)
	look := asker{d.who.Person, d.post.ID, d.who.Program}
	if seen != out.Seen {
		return out, d.a.lookIn(ctx, made.read, look, returnPage[o.Kind]+checkedLook)
	}
	sum := sha256.Sum256(b.Bytes())
	run.SHA256 = hex.EncodeToString(sum[:])
	if err := d.a.lookIn(ctx, made.read, look, returnPage[o.Kind]+takenLook); err != nil {
		return TakenReturn{}, err
	}
	if err := d.a.write(ctx, func(w *writer) error {
		l, err := d.a.lineOf(ctx, w.tx)
		if err != nil {
			return err
		}
		es, err := line.Decide(l, line.Command{Actor: d.actor(), Happened: day.AtInstant(w.at.Now), Source: entry.Source{Kind: "page"},
			Body: line.ReturnTaken{What: string(o.Kind), Run: run.ID, Authority: run.Authority, Of: run.Of, Format: run.Format, SHA256: run.SHA256, Children: run.Children,
				Errors: run.Errors, Queries: run.Queries, NotRun: run.NotRun, LeftOut: run.LeftOut()}}, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			if err := w.add(e); err != nil {
				return err
			}
		}
		return w.tx.PutReturnRun(ctx, run)
	}); err != nil {
		return TakenReturn{}, err
	}
	out.Body, out.Run = b.Bytes(), run
	_, err = d.a.Checkpoint(ctx)
	return out, err
}

// foundOf are the rules that did not hold, the gravest first.
func foundOf(rules []ReturnRule) (out []ReturnFound) {
	for _, r := range rules {
		out = append(out, ReturnFound{r.Code, r.Severity, !r.Failed, r.Children})
	}
	slices.SortStableFunc(out, func(x, y ReturnFound) int {
		return cmp.Or(compareBool(x.NotRun, y.NotRun), cmp.Compare(severityRank(x.Severity), severityRank(y.Severity)), cmp.Compare(y.Children, x.Children))
	})
	return out
}
