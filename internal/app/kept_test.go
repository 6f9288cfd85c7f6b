package app

import (
	"fmt"
	"testing"

	"onus/internal/child"
	"onus/internal/entry"
)

func TestKeptRecordsHaveABound(t *testing.T) {
	k := kept{records: map[string]version{}}
	put := func(id string, seq int64, entries int) {
		k.put(id, seq, child.Record{Child: id, Log: make([]entry.Entry, entries)})
		sum := 0
		for _, v := range k.records {
			sum += len(v.rec.Log)
		}
		if sum != k.entries || sum > maxKept {
			t.Fatalf("%d entries are kept, %d are counted, and %d are allowed", sum, k.entries, maxKept)
		}
	}
	is := func(id string, seq int64, want bool) {
		t.Helper()
		if rec, ok := k.get(id, seq); ok != want || ok && rec.Child != id {
			t.Fatalf("%s at %d: kept %v, not %v", id, seq, ok, want)
		}
	}
	put("a", 1, 10)
	is("a", 1, true)
	put("a", 2, 11)
	is("a", 1, false)
	is("a", 2, true)
	put("a", 3, maxKept+1) // longer than all together may be; the old version is of no use either
	is("a", 2, false)
	is("a", 3, false)
	for i := range 3 * maxKept / 1000 {
		id := fmt.Sprint("c-", i)
		put(id, int64(i), 1000)
		is(id, int64(i), true) // the newest always stays
	}
	if full := maxKept / 1000; len(k.records) != full {
		t.Fatalf("%d records of 1000 entries are kept, where %d have room", len(k.records), full)
	}
	put("long", 9, maxKept)
	is("long", 9, true)
}
