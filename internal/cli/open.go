package cli

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/ledger"
	"onus/internal/store"
	"onus/rulepacks"
)

// where says which store a command works on.
type where struct {
	Data     string `help:"Folder with the data (SQLite and the ledger's key)." placeholder:"DIR" default:"data" env:"ONUS_DATA"`
	Database string `help:"Use PostgreSQL instead: postgres://user:password@host/name." placeholder:"URL" env:"ONUS_DATABASE"`
	Keys     string `help:"Folder with the ledger's key. The data folder when not given." placeholder:"DIR" env:"ONUS_KEYS"`
}

// clock is the machine's clock.
type clock struct{}

func (clock) Now() day.Instant { return day.FromTime(time.Now()) }

// opened is an open store with its use cases.
type opened struct {
	*app.App
	store     *store.Store
	keys      ledger.Keys // all that the ledger ever had
	list      string      // the same, signed; empty when there was one only
	verifiers note.Verifiers
	vkey      string
}

// open opens the store. With create it may make a new one.
func (w where) open(ctx context.Context, create bool) (*opened, error) {
	dsn := w.Database
	if dsn == "" {
		file := filepath.Join(w.Data, "onus.db")
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && !create {
			return nil, wrong("there is no Onus data in %s. Import a file or start the server first", w.Data)
		}
		if err := os.MkdirAll(w.Data, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder cannot be made: %w", err)
		}
		dsn = "sqlite:" + file
	}
	pack, err := England()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, dsn, app.Registry())
	if err != nil {
		return nil, err
	}
	o := &opened{store: st}
	signer, err := w.key(ctx, o)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	secret, err := w.secret()
	if err == nil {
		err = o.sameSecret(ctx, secret)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	o.App = app.New(app.Config{Store: st, Clock: clock{}, Rand: rand.Reader, Pack: pack, Signer: signer, Keys: o.keys, Secret: secret})
	if _, err := o.Mend(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return o, nil
}

func (o *opened) close() error { return o.store.Close() }

// England loads the rule pack that comes with this program.
func England() (*duty.Pack, error) {
	return duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
}

func (w where) keyFile() string {
	dir := w.Keys
	if dir == "" {
		dir = w.Data
	}
	name := "ledger"
	if w.Database != "" { // one folder may hold the keys of several databases
		at, err := url.Parse(w.Database)
		if err == nil {
			at.User = nil
			sum := sha256.Sum256([]byte(at.String()))
			name += "-" + hex.EncodeToString(sum[:4])
		}
	}
	return filepath.Join(dir, name+".key")
}

// pubFile is the public half, for checking receipts.
func (w where) pubFile() string { return strings.TrimSuffix(w.keyFile(), ".key") + ".pub" }

// secret finds what seals who raised a concern in confidence, or makes it. It
// stays outside the database, like the ledger's key: whoever can read the
// database must not be able to read the names. Keep it with the key, and as
// safely: without it nobody finds what they raised in confidence.
func (w where) secret() ([]byte, error) {
	file := strings.TrimSuffix(w.keyFile(), ".key") + ".secret"
	text, err := os.ReadFile(file)
	if err == nil {
		b, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(b) != 32 {
			return nil, fmt.Errorf("the secret at %s is damaged: it is 64 hexadecimal digits", file)
		}
		return b, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the secret at %s cannot be read: %w", file, err)
	}
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the secret cannot be kept: %w", err)
	}
	if _, err := f.WriteString(hex.EncodeToString(b) + "\n"); err != nil {
		return nil, errors.Join(fmt.Errorf("the secret cannot be kept: %w", err), f.Close())
	}
	return b, errors.Join(f.Sync(), f.Close())
}

const metaSecret = "confidence.sha256"

// sameSecret holds the secret against the one that the store began with: with
// another one, nobody would find what they raised in confidence.
func (o *opened) sameSecret(ctx context.Context, secret []byte) error {
	sum := sha256.Sum256(secret)
	text := hex.EncodeToString(sum[:8])
	var kept string
	if err := o.store.View(ctx, func(v app.View) (err error) {
		kept, err = v.Meta(ctx, metaSecret)
		return err
	}); err != nil {
		return err
	}
	switch kept {
	case text:
		return nil
	case "":
		return o.store.Update(ctx, func(tx app.Tx) error { return tx.PutMeta(ctx, metaSecret, text) })
	}
	return errors.New("the secret of concerns raised in confidence (the file *.secret beside the ledger's key) is not this store's. Put back the one that belongs to it")
}

// key finds the ledger's signing key, or makes one for a new store. The key
// stays outside the database: whoever can change the database must not be able
// to sign.
func (w where) key(ctx context.Context, o *opened) (note.Signer, error) {
	if err := o.store.View(ctx, func(v app.View) (err error) {
		if o.vkey, err = v.Meta(ctx, app.MetaVKey); err != nil {
			return err
		}
		o.list, err = v.Meta(ctx, app.MetaKeys)
		return err
	}); err != nil {
		return nil, err
	}
	if err := w.placeKey(o.vkey); err != nil {
		return nil, err
	}
	file := w.keyFile()
	skey, err := os.ReadFile(file)
	switch {
	case err == nil && o.vkey == "":
		// The store is new and the key is not: an earlier store stood here.
		if err := w.adopt(ctx, o); err != nil {
			return nil, err
		}
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && o.vkey == "":
		if skey, err = w.newKey(ctx, o, file); err != nil {
			return nil, err
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the ledger's key is not at %s. Without it nothing can be signed: give its folder with --keys", file)
	default:
		return nil, fmt.Errorf("the ledger's key cannot be read: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		return nil, fmt.Errorf("the ledger's key at %s is damaged", file)
	}
	if err := o.store.View(ctx, func(v app.View) (err error) {
		o.keys, err = app.ParseStoredKeys(ctx, v)
		return err
	}); err != nil {
		return nil, err
	}
	verifier := o.keys.Verifiers()[0]
	if verifier.Name() != signer.Name() || verifier.KeyHash() != signer.KeyHash() {
		return nil, fmt.Errorf("the key at %s belongs to another ledger than this store's. Give the right folder with --keys", file)
	}
	// Only now: whoever can change the database must not be able to change this file.
	if err := w.placeList(o.list); err != nil {
		return nil, err
	}
	o.verifiers = note.VerifierList(o.keys.Verifiers()...)
	return signer, nil
}

// adopt takes the key that is there for a store that has none yet.
func (w where) adopt(ctx context.Context, o *opened) error {
	pub, err := os.ReadFile(w.pubFile())
	if err != nil {
		return fmt.Errorf("there is a ledger's key at %s but not its public half (%s). Move the key away to begin anew", w.keyFile(), w.pubFile())
	}
	ks, err := ledger.ParseKeys(string(pub))
	if err != nil {
		return fmt.Errorf("the ledger's public key at %s is damaged: %w", w.pubFile(), err)
	}
	o.vkey = ks[0].VKey
	if len(ks) > 1 {
		o.list = string(pub)
	}
	return o.store.Update(ctx, func(tx app.Tx) error {
		return errors.Join(tx.PutMeta(ctx, app.MetaVKey, o.vkey), tx.PutMeta(ctx, app.MetaKeys, o.list))
	})
}

func (w where) newKey(ctx context.Context, o *opened, file string) ([]byte, error) {
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	skey, vkey, err := ledger.GenerateKey(rand.Reader, "onus.local/"+hex.EncodeToString(id[:]))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, []byte(skey+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("the ledger's key cannot be kept: %w", err)
	}
	if err := os.WriteFile(w.pubFile(), []byte(vkey+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("the ledger's public key cannot be kept: %w", err)
	}
	o.vkey = vkey
	return []byte(skey), o.store.Update(ctx, func(tx app.Tx) error { return tx.PutMeta(ctx, app.MetaVKey, vkey) })
}
