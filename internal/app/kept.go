package app

import (
	"sync"

	"onus/internal/child"
)

// maxKept is how many entries the kept records may have in all. Records differ
// a hundredfold in length, so they are not counted by the piece. An entry with
// what is worked out from it takes about 1.3 kB: some 50 MB.
const maxKept = 40_000

// kept are records in memory, so that a page or a write does not read a child's
// entries again. Safe for many goroutines.
type kept struct {
	mu      sync.Mutex
	records map[string]version
	entries int // of all records
}

type version struct {
	seq int64 // of the child's last entry
	rec child.Record
}

// get gives a record if this version of it is kept.
func (k *kept) get(id string, seq int64) (child.Record, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.records[id]
	return v.rec, ok && v.seq == seq
}

// put keeps a record. Where there is no room others go, whichever: what was
// used a moment ago is not worth a list of its own.
func (k *kept) put(id string, seq int64, rec child.Record) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(id)
	n := len(rec.Log)
	if n > maxKept {
		return
	}
	for other := range k.records {
		if k.entries+n <= maxKept {
			break
		}
		k.drop(other)
	}
	k.records[id] = version{seq, rec.Clip()}
	k.entries += n
}

// forget drops a record that is no more.
func (k *kept) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(id)
}

func (k *kept) drop(id string) {
	k.entries -= len(k.records[id].rec.Log)
	delete(k.records, id)
}
