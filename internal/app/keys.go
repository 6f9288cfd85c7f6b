package app

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/ledger"
)

// Settings that hold the ledger's public keys.
const (
	MetaVKey = "ledger.vkey" // the key in use
	MetaKeys = "ledger.keys" // all keys, signed (ledger.Keys.Rotate); empty before the first rotation
)

// inUse says whether our key is still the one in use: a program that was running
// when the key was rotated must sign no more, since nobody would believe it.
func (a *App) inUse(ctx context.Context, v View) error {
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
	return nil
}

// Rotate retires the ledger's key and puts another in use, in one transaction. The
// new secret key must be on the disk before. It gives the list of all keys, for
// everybody who checks receipts. This App can sign no more: make another.
func (a *App) Rotate(ctx context.Context, next note.Signer, vkey string) (list []byte, err error) {
	a.writing.Lock()
	defer a.writing.Unlock()
	err = a.Store.Update(ctx, func(tx Tx) error {
		h, err := tx.Lock(ctx) // nobody signs a larger head with the old key meanwhile
		if err != nil {
			return err
		}
		if err := a.inUse(ctx, tx); err != nil {
			return err
		}
		if _, list, err = a.Keys.Rotate(vkey, h.Size, a.Signer, next); err != nil {
			return err
		}
		if err := tx.PutMeta(ctx, MetaVKey, vkey); err != nil {
			return err
		}
		return tx.PutMeta(ctx, MetaKeys, string(list))
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
