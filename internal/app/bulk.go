package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/entry"
	"onus/internal/ledger"
)

// jsonlHead is the first line of an exported journal.
type jsonlHead struct {
	Onus    string `json:"onus"` // journal/1
	Origin  string `json:"origin"`
	Entries int64  `json:"entries"`
	Root    string `json:"root"`
}

type jsonlLine struct {
	Salt  string          `json:"salt"`
	Entry json.RawMessage `json:"entry"`
	// Of an erased entry there is its id and its leaf instead.
	Erased entry.ID `json:"erased"`
	Leaf   string   `json:"leaf"`
}

// uuid says whether an id can be one of ours: the line of an erased entry has
// nothing else that would show it.
func uuid(id entry.ID) bool {
	return len(id) == 36 && strings.Trim(string(id), "0123456789abcdef-") == ""
}

// stored reads the line of the entry at seq.
func (l jsonlLine) stored(seq int64) (Stored, error) {
	if l.Erased != "" {
		leaf, err := hex.DecodeString(l.Leaf)
		if err != nil || len(leaf) != tlog.HashSize || !uuid(l.Erased) || l.Salt != "" || l.Entry != nil {
			return Stored{}, errors.New("the line of an erased entry has its id and a leaf of 64 hexadecimal digits, and nothing else")
		}
		return Stored{Seq: seq, Entry: entry.Entry{ID: l.Erased}, Leaf: leaf}, nil
	}
	salt, err := hex.DecodeString(l.Salt)
	if err != nil || len(salt) != 32 {
		return Stored{}, errors.New("the salt is not 64 hexadecimal digits")
	}
	e, err := Registry().ParseLine(l.Entry)
	return Stored{Seq: seq, Entry: e, Salt: salt}, err
}

const jsonlForm = "journal/1"

// Export writes the whole journal as JSON lines, with the salts, so that the
// same journal with the same ledger root can be made of it.
func (a *App) Export(ctx context.Context, out io.Writer) (int64, error) {
	w := bufio.NewWriterSize(out, 1<<16)
	var size int64
	err := a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		size = h.Size
		root, err := ledger.Root(h.Size, hashes(ctx, v))
		if err != nil {
			return err
		}
		enc := json.NewEncoder(w)
		if err := enc.Encode(jsonlHead{jsonlForm, a.Origin(), h.Size, root.String()}); err != nil {
			return err
		}
		return v.Each(ctx, 0, func(st Stored) error {
			if st.Erased() {
				fmt.Fprintf(w, `{"erased":"%s","leaf":"%s"}`+"\n", st.Entry.ID, hex.EncodeToString(st.Leaf))
				return nil
			}
			// Written by hand: an encoder would change the entry's exact text.
			fmt.Fprintf(w, `{"salt":"%s","entry":%s}`+"\n", hex.EncodeToString(st.Salt), st.Entry.Canonical())
			return nil
		})
	})
	return size, errors.Join(err, w.Flush())
}

// bulkSize is how many entries go into one transaction of a bulk load.
const bulkSize = 2000

// IsJournal says whether a text begins as an exported journal does.
func IsJournal(start []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(start), []byte(`{"onus":"`))
}

// ImportJournal reads what Export wrote into a store that is empty, or that
// holds the beginning of the same journal (an import that was cut off): it
// then goes on from there. It gives how many entries were added and the root.
func (a *App) ImportJournal(ctx context.Context, in io.Reader) (added int64, root string, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	first, err := r.ReadBytes('\n')
	if err != nil && len(first) == 0 {
		return 0, "", entry.Refuse("line 1", "The file is empty")
	}
	var head jsonlHead
	if json.Unmarshal(first, &head) != nil || head.Onus != jsonlForm {
		return 0, "", entry.Refuse("line 1", "This is not a journal exported by Onus: its first line should say \"onus\":\""+jsonlForm+"\"")
	}
	var have []Stored
	var size int64
	if err := a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		size = h.Size
		return err
	}); err != nil {
		return 0, "", err
	}
	n, seq := 1, int64(0)
	var graves tombs
	bad := func(text string) error { return entry.Refuse(fmt.Sprintf("line %d", n), text) }
	flush := func() error {
		if len(have) == 0 {
			return nil
		}
		es := have
		have = nil
		added += int64(len(es))
		return a.appendRaw(ctx, es)
	}
	for {
		text, rerr := r.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) == 0 && rerr != nil {
			break
		}
		n++
		var l jsonlLine
		if err := json.Unmarshal(text, &l); err != nil {
			if err := errors.Join(flush(), a.Rebuild(ctx)); err != nil {
				return added, "", err
			}
			return added, "", bad("This line is not whole. Was the file cut off? The lines before it were kept: import the whole file again")
		}
		st, err := l.stored(seq)
		if err != nil {
			return added, "", bad(err.Error())
		}
		if err := graves.pass(st); err != nil {
			return added, "", err
		}
		if seq < size {
			if err := a.sameAt(ctx, st); err != nil {
				return added, "", err
			}
		} else if have = append(have, st); len(have) == bulkSize {
			if err := flush(); err != nil {
				return added, "", err
			}
		}
		seq++
		if rerr != nil {
			break
		}
	}
	if err := flush(); err != nil {
		return added, "", err
	}
	if seq < size {
		return added, "", fmt.Errorf("%w: it holds %d entries, and the file only %d. Import into an empty one", ErrNotEmpty, size, seq)
	}
	if err := a.Rebuild(ctx); err != nil {
		return added, "", err
	}
	got, err := a.Root(ctx)
	if err != nil {
		return added, "", err
	}
	if seq != head.Entries {
		return added, got.String(), bad(fmt.Sprintf("The file says that it has %d entries, and %d were found. What was found is kept: import the whole file again", head.Entries, seq))
	}
	if got.String() != head.Root {
		return added, got.String(), fmt.Errorf("%w: the file's entries do not give the root that it names", ErrTampered)
	}
	return added, got.String(), graves.end()
}

func (a *App) sameAt(ctx context.Context, st Stored) error {
	return a.Store.View(ctx, func(v View) error {
		old, err := entryAt(ctx, v, st.Seq)
		if err != nil {
			return err
		}
		if leafHash(old) == leafHash(st) && st.Erased() && !old.Erased() {
			return fmt.Errorf("%w: entry %d was erased since, and it still holds it. Import into an empty one", ErrNotEmpty, st.Seq)
		}
		if leafHash(old) != leafHash(st) {
			return fmt.Errorf("%w: it holds another journal. Import into an empty one", ErrNotEmpty)
		}
		return nil
	})
}

// Root of the ledger, hashed from the store.
func (a *App) Root(ctx context.Context) (root tlog.Hash, err error) {
	err = a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		root, err = ledger.Root(h.Size, hashes(ctx, v))
		return err
	})
	return root, err
}

// appendRaw appends entries as they are, without rows: Rebuild makes those.
func (a *App) appendRaw(ctx context.Context, es []Stored) error {
	a.writing <- struct{}{}
	defer func() { <-a.writing }()
	w := newWriter(a)
	err := a.Store.Update(ctx, func(tx Tx) (err error) {
		w.tx = tx
		if w.head, err = tx.Lock(ctx); err != nil {
			return err
		}
		if len(es) > 0 && es[0].Seq != w.head.Size {
			return ErrConflict
		}
		last := w.head.Recorded
		for _, st := range es {
			if st.Erased() {
				w.put(st)
				continue
			}
			if st.Entry.Recorded < last {
				return entry.Refuse(fmt.Sprintf("entry %d", st.Seq), "It says that it was recorded before the entry it follows")
			}
			last = st.Entry.Recorded
			w.append(st.Entry, st.Salt)
		}
		if err := w.flushEntries(ctx); err != nil {
			return err
		}
		return tx.PutMeta(ctx, metaStale, "1")
	})
	if err == nil && w.edge != nil {
		a.edge = w.edge
	}
	return err
}

// metaStale is set while rows are behind the journal: a bulk load that was cut
// off is put right at the next start.
const metaStale = "rows.stale"

// metaRules names the rules by which the rows were made.
const metaRules = "rows.rules"

// Bulk appends entries made elsewhere by the same pure functions (a synthetic
// authority), in recorded order, with fresh salts, and then makes the rows.
func (a *App) Bulk(ctx context.Context, es []entry.Entry) error {
	var size int64
	if err := a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		size = h.Size
		return err
	}); err != nil {
		return err
	}
	for start := 0; start < len(es); start += bulkSize {
		part := es[start:min(start+bulkSize, len(es))]
		sts := make([]Stored, len(part))
		for i, e := range part {
			salt, err := a.salt()
			if err != nil {
				return err
			}
			sts[i] = Stored{Seq: size + int64(start+i), Entry: e, Salt: salt}
		}
		if err := a.appendRaw(ctx, sts); err != nil {
			return err
		}
	}
	return a.Rebuild(ctx)
}

// Rebuild makes every row again from the journal.
func (a *App) Rebuild(ctx context.Context) error {
	subjects, concerns, decisions, packs, talks := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	err := a.Store.View(ctx, func(v View) error {
		return v.Each(ctx, 0, func(st Stored) error {
			if id, ok := st.Entry.Subject.Child(); ok {
				subjects[id] = true
			} else if id, ok := st.Entry.Subject.Concern(); ok {
				concerns[id] = true
			} else if id, ok := st.Entry.Subject.Decision(); ok {
				decisions[id] = true
			} else if id, ok := st.Entry.Subject.Pack(); ok {
				packs[id] = true
			} else if id, ok := st.Entry.Subject.Talk(); ok {
				talks[id] = true
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(subjects))
	for id := range subjects {
		ids = append(ids, id)
	}
	for start := 0; start < len(ids); start += 200 {
		part := ids[start:min(start+200, len(ids))]
		err := a.write(ctx, func(w *writer) error {
			w.passing = true
			for _, id := range part {
				if err := w.rebuild(ctx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return a.Store.Update(ctx, func(tx Tx) error {
		_, r, err := a.rulesOf(ctx, tx)
		if err != nil {
			return err
		}
		for id := range concerns {
			rec, last, err := concernOf(ctx, tx, id)
			if err != nil {
				return err
			}
			row, err := a.concernRow(rec, last)
			if err != nil {
				return err
			}
			if err := tx.PutConcern(ctx, row); err != nil {
				return err
			}
		}
		for id := range decisions {
			rec, last, err := decisionOf(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := tx.PutDecision(ctx, decisionRow(rec, last)); err != nil {
				return err
			}
		}
		for id := range packs {
			rec, last, err := packOf(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := tx.PutPack(ctx, packRow(rec, last)); err != nil {
				return err
			}
		}
		for id := range talks {
			rec, last, err := talkOf(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := tx.PutTalk(ctx, talkRow(rec, last)); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutMeta(ctx, metaStale, ""), tx.PutMeta(ctx, metaRules, r.sum()))
	})
}

// Mend makes the rows again when a bulk load was cut off, or when they were made
// by other rules: an adoption was cut off, or this is a newer Onus. Call it at
// start.
func (a *App) Mend(ctx context.Context) (mended bool, err error) {
	var stale, rules, now string
	var size int64
	if err := a.Store.View(ctx, func(v View) error {
		h, r, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		size, now = h.Size, r.sum()
		if stale, err = v.Meta(ctx, metaStale); err == nil {
			rules, err = v.Meta(ctx, metaRules)
		}
		return err
	}); err != nil || stale == "" && rules == now {
		return false, err
	}
	if size == 0 {
		return false, a.Store.Update(ctx, func(tx Tx) error { return tx.PutMeta(ctx, metaRules, now) })
	}
	return true, a.Rebuild(ctx)
}
