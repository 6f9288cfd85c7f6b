// Package witness is a witness of ledgers, as C2SP tlog-witness says, and the
// client that asks one. A witness signs a ledger's newest head only when it is
// shown that everything it signed before is still in it. So a union, a regulator
// or a partnership that runs one makes it impossible for a council to show one
// history to one person and another to another.
//
// It knows the ledger, files and the network. It must never know entries.
package witness

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/ledger"
)

// Witness watches over some ledgers. Make it with New.
type Witness struct {
	dir  string
	by   Cosigner
	logs map[string][]note.Verifier // all keys of a ledger, by origin
	log  *slog.Logger
	mu   sync.Mutex
}

// New makes a witness that keeps what it signed in a folder.
func New(dir string, by Cosigner, logs []note.Verifier, log *slog.Logger) (*Witness, error) {
	w := &Witness{dir: dir, by: by, logs: map[string][]note.Verifier{}, log: log}
	for _, v := range logs {
		w.logs[v.Name()] = append(w.logs[v.Name()], v)
	}
	if err := os.MkdirAll(filepath.Join(dir, "evidence"), 0o700); err != nil {
		return nil, fmt.Errorf("the witness's folder cannot be made: %w", err)
	}
	return w, nil
}

// refusal is an answer that is not a signature.
type refusal struct {
	code int
	text string
	size int64 // of a conflict: what the witness signed last
}

func (r *refusal) Error() string { return r.text }

// maxRequest is the longest request that is read: a proof has at most 63 hashes.
const maxRequest = 64 << 10

// Handler answers POST /add-checkpoint.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxRequest))
		if err != nil {
			http.Error(rw, "the request is too long", http.StatusRequestEntityTooLarge)
			return
		}
		lines, err := w.Add(b)
		var no *refusal
		switch {
		case errors.As(err, &no) && no.code == http.StatusConflict:
			rw.Header().Set("Content-Type", "text/x.tlog.size")
			rw.WriteHeader(no.code)
			fmt.Fprintf(rw, "%d\n", no.size)
		case errors.As(err, &no):
			http.Error(rw, no.text, no.code)
		case err != nil:
			w.log.Error("a checkpoint could not be signed", "error", err)
			http.Error(rw, "the witness cannot keep what it signs: it signs nothing", http.StatusInternalServerError)
		default:
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			io.WriteString(rw, lines)
		}
	})
	return mux
}

// Add judges a request: "old N", the consistency proof, an empty line, and the
// signed checkpoint. It gives the witness's signature lines. What it signs is on
// the disk before the signature leaves, so that after a stop it signs no other
// history of the same ledger.
func (w *Witness) Add(request []byte) (lines string, err error) {
	head, checkpoint, found := strings.Cut(string(request), "\n\n")
	if !found {
		return "", &refusal{code: http.StatusBadRequest, text: "there is no empty line before the checkpoint"}
	}
	rows := strings.Split(head, "\n")
	number, ok := strings.CutPrefix(rows[0], "old ")
	old, perr := strconv.ParseInt(number, 10, 64)
	if !ok || perr != nil || old < 0 || strconv.FormatInt(old, 10) != number {
		return "", &refusal{code: http.StatusBadRequest, text: `the first line must be "old" and a size`}
	}
	if len(rows) > 64 {
		return "", &refusal{code: http.StatusBadRequest, text: "no proof has as many hashes"}
	}
	var proof []tlog.Hash
	for _, row := range rows[1:] {
		b, err := base64.StdEncoding.Strict().DecodeString(row)
		if err != nil || len(b) != tlog.HashSize {
			return "", &refusal{code: http.StatusBadRequest, text: "the proof must be hashes in base64, one a line"}
		}
		proof = append(proof, tlog.Hash(b))
	}
	origin, err := ledger.ClaimedOrigin([]byte(checkpoint))
	if err != nil {
		return "", &refusal{code: http.StatusBadRequest, text: "this is no checkpoint"}
	}
	vs, ok := w.logs[origin]
	if !ok {
		return "", &refusal{code: http.StatusNotFound, text: "this witness does not watch over that ledger"}
	}
	cp, n, err := ledger.OpenCheckpoint([]byte(checkpoint), origin, note.VerifierList(vs...))
	switch {
	case errors.Is(err, ledger.ErrSignature):
		return "", &refusal{code: http.StatusForbidden, text: "the ledger's own signature does not hold"}
	case err != nil:
		return "", &refusal{code: http.StatusBadRequest, text: "this is no checkpoint of that ledger"}
	}
	if old > cp.Size {
		return "", &refusal{code: http.StatusBadRequest, text: "the old size is larger than the new one"}
	}
	w.mu.Lock() // check and save are one step
	defer w.mu.Unlock()
	last, before, err := w.last(origin, vs)
	if err != nil {
		return "", err
	}
	if old != last.Size {
		return "", &refusal{code: http.StatusConflict, text: "another size was signed last", size: last.Size}
	}
	if err := ledger.CheckConsistency(proof, last, cp); err != nil {
		w.keepEvidence(origin, before, checkpoint, err)
		if last.Size == cp.Size {
			return "", &refusal{code: http.StatusConflict, text: err.Error(), size: last.Size}
		}
		return "", &refusal{code: http.StatusUnprocessableEntity, text: "the proof does not hold: " + err.Error()}
	}
	lines, err = Cosign(n.Text, w.by)
	if err != nil {
		return "", err
	}
	if err := w.save(origin, checkpoint); err != nil {
		return "", err
	}
	return lines, nil
}

func (w *Witness) file(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(w.dir, hex.EncodeToString(sum[:8])+".checkpoint")
}

// last is what the witness signed last of a ledger.
func (w *Witness) last(origin string, vs []note.Verifier) (ledger.Checkpoint, string, error) {
	b, err := os.ReadFile(w.file(origin))
	if errors.Is(err, os.ErrNotExist) {
		return ledger.Checkpoint{Origin: origin}, "", nil
	}
	if err != nil {
		return ledger.Checkpoint{}, "", err
	}
	cp, _, err := ledger.OpenCheckpoint(b, origin, note.VerifierList(vs...))
	if err != nil {
		return cp, "", fmt.Errorf("what was signed last of %s cannot be read: it signs nothing more of it: %w", origin, err)
	}
	return cp, string(b), nil
}

func (w *Witness) save(origin, checkpoint string) error {
	return WriteDurably(w.file(origin), checkpoint, 0o600)
}

// WriteDurably writes a file so that after a crash either the old one or the new
// one is there, whole.
func WriteDurably(name, text string, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is none
	if _, err := f.WriteString(text); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return RenameDurably(f.Name(), name)
}

// RenameDurably puts one file in the place of another of the same folder.
func RenameDurably(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// keepEvidence keeps two heads that one ledger signed and that do not go
// together. Each bears the ledger's signature: it cannot say that it signed none.
func (w *Witness) keepEvidence(origin, before, now string, why error) {
	sum := sha256.Sum256([]byte(before + now))
	name := filepath.Join(w.dir, "evidence", time.Now().UTC().Format("20060102T150405Z")+"-"+hex.EncodeToString(sum[:6])+".txt")
	err := WriteDurably(name, "Two heads that "+origin+" signed and that do not go together:\n"+why.Error()+"\n\n"+before+"\n----\n\n"+now, 0o600)
	w.log.Error("a ledger signed two histories, or lost some of one", "ledger", origin, "evidence", name, "why", why, "kept", err == nil)
}

// Evidence are the files of heads that do not go together.
func (w *Witness) Evidence() ([]string, error) {
	return filepath.Glob(filepath.Join(w.dir, "evidence", "*.txt"))
}
