package app

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/line"
)

// Settings that hold the ledger's public keys.
const (
	MetaVKey = "ledger.vkey" // the key in use
	MetaKeys = "ledger.keys" // all keys, signed (ledger.Keys.Rotate); empty before the first rotation
)

// inUse says whether our key is still the one in use: a program that was running
// when the key was rotated must sign no more, since nobody would believe it.
func (a *App) inUse(ctx context.Context, v View) error {
	h, err := v.Head(ctx)
	if err != nil {
		return err
	}
	return a.inUseAt(ctx, v, h)
}

// inUseAt is inUse where the head is known. The change of a key is an entry about
// the authority, so nothing is read until there is another of these.
func (a *App) inUseAt(ctx context.Context, v View, h Head) error {
	if a.usedAt.Load() == h.LineSeq+1 {
		return nil
	}
	vkey, err := v.Meta(ctx, MetaVKey)
	if err != nil || vkey == "" { // tests give no key to the store
		return err
	}
	used, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("%w: the ledger's public key in the store is damaged", ErrTampered)
	}
	if used.KeyHash() != a.Signer.KeyHash() || used.Name() != a.Origin() {
		return ErrRotated
	}
	a.usedAt.Store(h.LineSeq + 1)
	return nil
}

// Rotate retires the ledger's key and puts another in use, in one transaction, with
// an entry that says so. The
// new secret key must be on the disk before. It gives the list of all keys, for
// everybody who checks receipts. This App can sign no more: make another.
func (a *App) Rotate(ctx context.Context, next note.Signer, vkey string) (list []byte, err error) {
	err = a.write(ctx, func(w *writer) error { // nobody signs a larger head with the old key meanwhile
		if err := a.inUseAt(ctx, w.tx, w.head); err != nil {
			return err
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: line.KeyChanged{Key: vkey}, Source: entry.Source{Kind: "cli"}}, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			if err := w.add(e); err != nil {
				return err
			}
		}
		if _, list, err = a.Keys.Rotate(vkey, w.head.Size, a.Signer, next); err != nil {
			return err
		}
		if err := w.tx.PutMeta(ctx, MetaVKey, vkey); err != nil {
			return err
		}
		return w.tx.PutMeta(ctx, MetaKeys, string(list))
	})
	return list, err
}

// ParseStoredKeys reads the ledger's keys as the store has them.
func ParseStoredKeys(ctx context.Context, v View) (ledger.Keys, error) {
	vkey, err := v.Meta(ctx, MetaVKey)
	if err != nil || vkey == "" {
		return nil, err
	}
	list, err := v.Meta(ctx, MetaKeys)
	if err != nil {
		return nil, err
	}
	if list == "" {
		list = vkey
	}
	ks, err := ledger.ParseKeys(list)
	if err != nil || ks[0].VKey != vkey {
		return nil, fmt.Errorf("%w: the ledger's public keys in the store are damaged", ErrTampered)
	}
	return ks, nil
}
