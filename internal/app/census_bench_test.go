package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
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
