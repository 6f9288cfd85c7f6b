package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/ledger"
	"onus/internal/witness"
)

type witnessCmd struct {
	Dir    string   `help:"Folder of the witness: its key, and what it signed last." default:"witness" placeholder:"DIR"`
	Name   string   `help:"Its name, unique in the world: a domain and a path that are yours, such as witness.union.example/1. Needed at the first start." placeholder:"NAME"`
	Listen string   `help:"Address to listen on." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
	Log    []string `help:"The public key of a ledger to watch over, from the authority's page Ledger, or the file ledger.pub with all its keys. May be given several times." placeholder:"KEY"`
	Key    bool     `help:"Print the witness's public key, and end."`
}

func (c *witnessCmd) Run(s stdio) error {
	skey, err := c.key()
	if err != nil {
		return err
	}
	vkey, err := witness.VerifierKey(skey)
	if err != nil {
		return err
	}
	if c.Key {
		fmt.Fprintln(s.out, vkey)
		return nil
	}
	by, err := witness.NewCosigner(skey)
	if err != nil {
		return err
	}
	if len(c.Log) == 0 {
		return wrong("name at least one ledger to watch over, by its public key: --log KEY")
	}
	var logs []note.Verifier
	for _, k := range c.Log {
		ks, err := keysOf(k)
		if err != nil {
			return err
		}
		logs = append(logs, ks.Verifiers()...)
	}
	log := slog.New(slog.NewTextHandler(s.errw, nil))
	w, err := witness.New(c.Dir, by, logs, log)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w. Choose another address with --listen", c.Listen, err)
	}
	srv := &http.Server{Handler: w.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		<-s.ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(end); err != nil {
			log.Warn("some requests were cut off at the end", "error", err)
		}
	}()
	fmt.Fprintf(s.out, "The witness %s is ready on http://%s\n", vkey, ln.Addr())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// key finds the witness's secret key, or makes it at the first start.
func (c *witnessCmd) key() (string, error) {
	file := filepath.Join(c.Dir, "witness.key")
	b, err := os.ReadFile(file)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the witness's key cannot be read: %w", err)
	}
	if c.Name == "" {
		return "", wrong("give the witness a name at its first start: --name witness.union.example/1")
	}
	skey, _, err := witness.GenerateKey(rand.Reader, c.Name)
	if err != nil {
		return "", Wrong{err}
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(skey+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("the witness's key cannot be kept: %w", err)
	}
	return skey, nil
}

// keysOf reads the public keys of a ledger: one key, a list of all it ever had, or
// a file with either.
func keysOf(key string) (ledger.Keys, error) {
	if b, err := os.ReadFile(key); err == nil {
		key = string(b)
	}
	ks, err := ledger.ParseKeys(key)
	switch {
	case errors.Is(err, ledger.ErrSignature):
		return nil, No{err}
	case err != nil:
		return nil, Wrong{err}
	}
	return ks, nil
}

// policyOf reads a policy of witnesses; nil without a file.
func policyOf(file string) (*ledger.Policy, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong("the policy of witnesses cannot be read: %s", file)
	}
	p, err := ledger.ParsePolicy(string(b))
	if err != nil {
		return nil, wrong("the policy of witnesses %s: %w (docs/witnesses.md)", file, err)
	}
	return p, nil
}
