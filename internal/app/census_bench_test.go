package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	testkit "onus/internal/testkit/kit"
)

// copies is a census of n thousand children: the synthetic thousand, each copy
// with numbers of its own.
func copies(t testing.TB, n int) []byte {
	t.Helper()
	f, err := os.Open("../returns/cin/testdata/samples/synthetic_cin_clean_1000.xml.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(b), "<Children>")
	children, tail, _ := strings.Cut(rest, "</Children>")
	numbers := regexp.MustCompile(`<(LAchildID|UPN|FormerUPN)>`)
	var out bytes.Buffer
	out.WriteString(head + "<Children>")
	for i := range n {
		out.WriteString(numbers.ReplaceAllString(children, fmt.Sprintf("<$1>%03d", i)))
	}
	out.WriteString("</Children>" + tail)
	return out.Bytes()
}

// firstOf is a census cut down to its first n children.
func firstOf(t testing.TB, text []byte, n int) []byte {
	t.Helper()
	head, rest, _ := bytes.Cut(text, []byte("<Children>"))
	children := bytes.SplitAfterN(rest, []byte("</Child>"), n+1)
	_, tail, ok := bytes.Cut(rest, []byte("</Children>"))
	if !ok || len(children) != n+1 {
		t.Fatalf("the census has fewer than %d children", n)
	}
	return slices.Concat(head, []byte("<Children>"), bytes.Join(children[:n], nil), []byte("</Children>"), tail)
}

// What an import holds in memory is one batch of children, however many the
// file has: records kept for pages once grew with it.
func TestImportMemoryDoesNotGrowWithTheFile(t *testing.T) {
	text := copies(t, 2)
	// held is the most that was alive at once while children were recorded, and
	// after, beyond what was alive before.
	held := func(k *testkit.Kit, text []byte, children int) uint64 {
		before, most := live(), uint64(0)
		look := func() { most = max(most, live()) }
		opened := 0
		r, err := k.ImportCensus(t.Context(), func() (io.ReadCloser, error) {
			if opened++; opened == 1 { // the pass that only checks
				return io.NopCloser(bytes.NewReader(text)), nil
			}
			return io.NopCloser(&looked{bytes.NewReader(text), look}), nil
		}, testkit.Manager)
		look()
		if err != nil {
			t.Fatal(err)
		}
		if r.NewChildren+r.Known != children {
			t.Fatalf("%d children, not %d", r.NewChildren+r.Known, children)
		}
		return max(most, before) - before
	}
	app := func() *testkit.Kit {
		k := testkit.NewApp(t, testkit.SQLite.DSN(t))
		k.Line(t)
		k.Clock.Set(testkit.At("2026-11-23T09:00"))
		return k
	}
	few, k := held(app(), firstOf(t, text, 300), 300), app()
	many := firstOf(t, text, 1500)
	for _, text := range [][]byte{many, append(many, '\n')} { // the second is the same census in another file
		if most := held(k, text, 1500); most > 2*few+1<<20 {
			t.Errorf("1500 children hold %d kB in memory, and 300 hold %d kB", most>>10, few>>10)
		}
	}
}

// live is what is in use on the heap. Pools give up what they hold only at the
// second collection.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// looked is a file whose every reading calls look.
type looked struct {
	io.Reader
	look func()
}

func (l *looked) Read(b []byte) (int, error) {
	l.look()
	return l.Reader.Read(b)
}

// BenchmarkImportCensus takes in a first file of 10,000 children, and the same
// again in other bytes. It says how much memory was in use at most.
func BenchmarkImportCensus(b *testing.B) {
	text := copies(b, 10)
	for b.Loop() {
		k := testkit.NewApp(b, testkit.SQLite.DSN(b))
		k.Line(b)
		k.Clock.Set(testkit.At("2026-11-23T09:00"))
		for _, name := range []string{"first", "again"} {
			var peak uint64
			stop := watchHeap(&peak)
			start := time.Now()
			r, err := k.ImportCensus(b.Context(), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, testkit.Manager)
			took := time.Since(start)
			stop()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(took.Seconds(), name+"-s")
			b.ReportMetric(float64(peak)/1e6, name+"-heap-MB")
			if name == "first" {
				b.ReportMetric(float64(r.Entries()), "entries")
				text = append(text, '\n')
			} else if r.Entries() != 0 {
				b.Fatalf("the same census in another file added %d entries", r.Entries())
			}
		}
	}
}

// watchHeap looks at the heap ten times a second until stopped.
func watchHeap(peak *uint64) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*peak = max(*peak, m.HeapAlloc)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(done); <-ended }
}
