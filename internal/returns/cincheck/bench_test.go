package cincheck

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onus/internal/returns/report"
)

// censusOf repeats the children of a sample under new identifiers.
func censusOf(t testing.TB, n int) []byte {
	t.Helper()
	text := string(sample(t, "synthetic_cin_clean_1000.xml"))
	from, to := strings.Index(text, "<Child>"), strings.LastIndex(text, "</Child>")+len("</Child>")
	children := strings.SplitAfter(text[from:to], "</Child>\n")
	var b bytes.Buffer
	b.WriteString(text[:from])
	for i := range n {
		c := strings.TrimSpace(children[i%len(children)])
		at := strings.Index(c, "<LAchildID>") + len("<LAchildID>")
		fmt.Fprintf(&b, "%sBIG%09d%s\n", c[:at], i, c[strings.Index(c, "</LAchildID>"):])
	}
	b.WriteString(text[to:])
	return b.Bytes()
}

func checkAll(t testing.TB, text []byte) report.Report {
	rep, err := Check(bytes.NewReader(text), 0)
	if err == nil {
		err = report.CSV(io.Discard, rep)
	}
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func BenchmarkCheck10000(b *testing.B) {
	text := censusOf(b, 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		checkAll(b, text)
	}
}

// BenchmarkCheckBesideXmllint reports how many times as long a check takes as
// xmllint takes to look whether the same file is XML: a floor for any reader.
func BenchmarkCheckBesideXmllint(b *testing.B) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		b.Skip("there is no xmllint here")
	}
	text := censusOf(b, 10_000)
	file := filepath.Join(b.TempDir(), "census.xml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		checkAll(b, text)
		ours += time.Since(start)
		start = time.Now()
		if out, err := exec.Command(xmllint, "--noout", "--stream", file).CombinedOutput(); err != nil {
			b.Fatalf("%v %s", err, out)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "times-xmllint")
}

func BenchmarkCheck100000(b *testing.B) {
	text := censusOf(b, 100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		checkAll(b, text)
	}
}
