package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"onus/internal/access"
)

// TakenReturn is a return as a file.
type TakenReturn struct {
	Name     string // of the file: it names no child
	Kind     string // for a browser
	Body     []byte
	Children int
}

// TakeReturn makes a return now and gives it as a file. Who is in it is in the reader log,
// with whoever takes it, and that it was taken is in its history, before it is given.
// The error is an entry.Refusal, at its fields, where the order is wrong or there is nothing
// to make a file of.
func (d *Desk) TakeReturn(ctx context.Context, o ReturnOrder) (TakenReturn, error) {
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
	made, err := d.a.makeReturn(ctx, o, asker{d.who.Person, d.post.ID, d.who.Program}, returnPage[o.Kind]+takenLook, nil)
	if err != nil {
		return out, err
	}
	var b bytes.Buffer
	if out.Name, out.Kind, err = made.write(&b); err != nil {
		return out, err
	}
	out.Body, out.Children = b.Bytes(), made.children()
	sum := sha256.Sum256(out.Body)
	run.State, run.Began, run.Beat, run.Ended, run.Children = RunDone, d.now, d.now, d.a.Clock.Now(), out.Children
	run.SHA256, run.Format = hex.EncodeToString(sum[:]), strings.TrimPrefix(path.Ext(out.Name), ".")
	run.Facts = ReturnFacts{Tables: made.tables(), Left: made.left()}
	return out, d.a.Store.Update(ctx, func(tx Tx) error { return tx.PutReturnRun(ctx, run) })
}
