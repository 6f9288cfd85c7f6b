package cin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// many writes a census of n children as it is read, without holding it.
func many(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		c := full()
		out := NewWriter(w, header(2026))
		for i := range n {
			c.LAchildID = fmt.Sprintf("SYN%09d", i)
			if err := out.Child(c); err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.CloseWithError(out.Close())
	}()
	return r
}

// peak gives the largest heap met while reading n children, and the heap in use
// at the end, both in bytes.
func peak(t *testing.T, n int) (most, live uint64) {
	t.Helper()
	var m runtime.MemStats
	runtime.GC()
	count := 0
	sum, err := Read(many(n), Options{}, func(Child) error {
		if count++; count%100 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		if count == n {
			runtime.GC()
			runtime.ReadMemStats(&m)
			live = m.HeapAlloc
		}
		return nil
	})
	if err != nil || sum.Children != n || sum.Reviews != 2*n {
		t.Fatalf("%v, %d children", err, sum.Children)
	}
	return most, live
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	peak(t, 100)
	few, fewLive := peak(t, 2_000)
	lots, lotsLive := peak(t, 20_000)
	t.Logf("peak %d kB and %d kB, in use at the end %d kB and %d kB", few>>10, lots>>10, fewLive>>10, lotsLive>>10)
	if lots >= 2*few {
		t.Errorf("2,000 children took %d kB, 20,000 took %d kB", few>>10, lots>>10)
	}
	if lotsLive > fewLive+18_000*64 {
		t.Errorf("more than 64 bytes a child stay in use: %d", (lotsLive-fewLive)/18_000)
	}
}

func BenchmarkRead10000(b *testing.B) {
	text := censusOf(b, 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if sum, err := Check(bytes.NewReader(text)); err != nil || sum.Children != 10_000 {
			b.Fatal(err, sum.Children)
		}
	}
}

func BenchmarkWrite10000(b *testing.B) {
	c := full()
	b.ReportAllocs()
	for b.Loop() {
		w := NewWriter(io.Discard, header(2026))
		for range 10_000 {
			if err := w.Child(c); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// censusOf repeats the 1,000 clean synthetic children under new identifiers.
func censusOf(t testing.TB, n int) []byte {
	t.Helper()
	all, sum := readAll(t, string(unpacked(t, "testdata/samples/synthetic_cin_clean_1000.xml.gz")), Options{})
	var b bytes.Buffer
	w := NewWriter(&b, sum.Header)
	for i := range n {
		c := all[i%len(all)]
		c.LAchildID = fmt.Sprintf("SYN%09d", i)
		if err := w.Child(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzRead looks for a panic, a hang, an error without a plain line, and a
// child that changes when it is written and read again.
func FuzzRead(f *testing.F) {
	for _, path := range samples(f) {
		if text := unpacked(f, path); len(text) < 10_000 {
			f.Add(text)
		}
	}
	good := census(2026, oneChild("<x a='1'><y/>z</x>oh"))
	for _, s := range []string{"", "<", "\xFF\xFE<\x00", "<!DOCTYPE a>", good, good[:200], strings.Replace(good, "2026", "x", 1),
		`<?xml version="1.0" encoding="windows-1252"?>` + good, "<Message><Children><Child/></Children></Message>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		began := time.Now()
		var all []Child
		sum, err := Read(bytes.NewReader(text), Options{}, func(c Child) error { all = append(all, c); return nil })
		if time.Since(began) > 10*time.Second {
			t.Fatal("too slow")
		}
		var r *Refusal
		if err != nil && (!errors.As(err, &r) || r.Why == nil || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("not a plain refusal: %v", err)
		}
		total := 0
		for _, n := range sum.ByKind {
			total += n
		}
		if len(sum.Findings) != total && total <= maxFindings {
			t.Fatalf("%d findings, counted %d", len(sum.Findings), total)
		}
		for _, c := range all {
			roundTrip(t, c)
		}
	})
}

func roundTrip(t *testing.T, c Child) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, header(2027))
	if err := w.Child(c); errors.Is(err, ErrIncomplete) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var again Child
	if _, err := Read(&b, Options{}, func(c Child) error { again = c; return nil }); err != nil {
		t.Fatal(err)
	}
	c.Sex, _ = c.SexCode()
	c.GenderCurrent, c.Kept = "", nil
	for i := range c.Episodes {
		c.Episodes[i].PreProceedings, again.Episodes[i].PreProceedings = nil, nil
	}
	noLines(reflect.ValueOf(&c).Elem())
	noLines(reflect.ValueOf(&again).Elem())
	if !reflect.DeepEqual(c, again) {
		t.Fatalf("before %+v\nafter  %+v", c, again)
	}
}
