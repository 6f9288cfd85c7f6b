package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/ledger"
	"onus/internal/witness"
)

type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Put a new signing key in use. Old receipts hold; the old key can sign no more."`
}

type keyRotateCmd struct{ where }

func (c *keyRotateCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	skey, vkey, err := ledger.GenerateKey(rand.Reader, o.Origin())
	if err != nil {
		return err
	}
	next, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	// The new key is on the disk before the store asks for it, and takes the old one's
	// place after: a stop in between is made good at the next start.
	if err := witness.WriteDurably(c.nextFile(), skey+"\n", 0o600); err != nil {
		return fmt.Errorf("the new key cannot be kept, so nothing was changed: %w", err)
	}
	list, err := o.Rotate(s.ctx, next, vkey)
	if err != nil {
		return err
	}
	if err := errors.Join(c.placeKey(vkey), c.placeList(string(list))); err != nil {
		return fmt.Errorf("the key was changed, but its files are not in place yet: start Onus once more: %w", err)
	}
	fmt.Fprintf(s.out, "The ledger has a new key:\n%s\nStart the server again: until then it can sign nothing. Give %s to whoever checks receipts, and to the witnesses: it has all the ledger's keys.\n", vkey, c.pubFile())
	return nil
}

func (w where) nextFile() string { return w.keyFile() + ".next" }

// placeKey puts the secret key of a rotation in place, if the store has made it: a
// rotation may have been cut off. A key of a rotation that never came to be stays
// where it is, and is overwritten by the next.
func (w where) placeKey(vkey string) error {
	skey, err := os.ReadFile(w.nextFile())
	if errors.Is(err, fs.ErrNotExist) || vkey == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the ledger's new key cannot be read: %w", err)
	}
	next, err := note.NewSigner(strings.TrimSpace(string(skey)))
	used, err2 := note.NewVerifier(vkey)
	if err != nil || err2 != nil || next.Name() != used.Name() || next.KeyHash() != used.KeyHash() {
		return nil
	}
	if err := witness.RenameDurably(w.nextFile(), w.keyFile()); err != nil {
		return fmt.Errorf("the ledger's new key cannot be put in place: %w", err)
	}
	return nil
}

// placeList puts the list of all keys in place. The list must have been checked.
func (w where) placeList(list string) error {
	if list == "" {
		return nil
	}
	if pub, err := os.ReadFile(w.pubFile()); err == nil && string(pub) == list {
		return nil
	}
	if err := witness.WriteDurably(w.pubFile(), list, 0o644); err != nil {
		return fmt.Errorf("the ledger's public keys cannot be kept: %w", err)
	}
	return nil
}
