package bench

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// set903 makes a set of files of n children out of the public sample of 2,675, each
// with a number of their own.
func set903(b *testing.B, n int) (files map[string][]byte) {
	b.Helper()
	const dir = "../returns/ssda903check/testdata/sample/"
	names, err := os.ReadDir(dir)
	must(b, err)
	tables := map[string][]string{}
	var children []string // in the order of the header
	for _, name := range names {
		f, err := os.Open(dir + name.Name())
		must(b, err)
		z, err := gzip.NewReader(f)
		must(b, err)
		text, err := io.ReadAll(z)
		must(b, err)
		must(b, f.Close())
		tables[name.Name()] = strings.Split(strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff")), "\n")
	}
	for _, row := range tables["header.csv.gz"][1:] {
		id, _, _ := strings.Cut(row, ",")
		children = append(children, id)
	}
	files = map[string][]byte{}
	for name, rows := range tables {
		var out bytes.Buffer
		fmt.Fprintln(&out, rows[0])
		of := map[string][]string{}
		for _, row := range rows[1:] {
			id, rest, _ := strings.Cut(strings.TrimSuffix(row, "\r"), ",")
			of[id] = append(of[id], rest)
		}
		for i := range n {
			for _, rest := range of[children[i%len(children)]] {
				fmt.Fprintf(&out, "B%07d,%s\n", i, rest)
			}
		}
		files[strings.TrimSuffix(name, ".gz")] = out.Bytes()
	}
	return files
}

// check903 reads a set, asks every rule of the year, and writes all that was found.
func check903(b *testing.B, files map[string][]byte) report.Report {
	b.Helper()
	var ret ssda903.Return
	for name, text := range files {
		must(b, ssda903.ReadFile(bytes.NewReader(text), name, &ret, false))
	}
	rep, err := ssda903check.Run(&ret, ssda903check.Options{Year: 2026})
	must(b, err)
	must(b, report.CSV(io.Discard, rep))
	return rep
}

// BenchmarkCheckSSDA903 is onus validate ssda903 --format csv without the disk: a set of
// CSV files, and the same return as XML. times-xmllint is how often xmllint --noout --stream
// could have looked through the same XML in that time, where there is an xmllint.
func BenchmarkCheckSSDA903(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		files := set903(b, n)
		var ret ssda903.Return
		for name, text := range files {
			must(b, ssda903.ReadFile(bytes.NewReader(text), name, &ret, false))
		}
		var xml bytes.Buffer
		_, err := ssda903.WriteXML(&xml, &ret)
		must(b, err)
		if got := ret.This[ssda903.Header].Len(); got != n {
			b.Fatalf("%d children, not %d", got, n)
		}
		lint := xmllint(b, xml.Bytes())
		for form, set := range map[string]map[string][]byte{"csv": files, "xml": {"return.xml": xml.Bytes()}} {
			b.Run(fmt.Sprintf("%d/%s", n, form), func(b *testing.B) {
				size := 0
				for _, text := range set {
					size += len(text)
				}
				b.SetBytes(int64(size))
				b.ReportAllocs()
				start, times := time.Now(), 0
				for b.Loop() {
					rep := check903(b, set)
					if t := rep.Tally(); t.Errors < 50 {
						b.Fatalf("only %d rules found errors", t.Errors)
					}
					times++
				}
				if lint > 0 {
					b.ReportMetric(lint.Seconds(), "xmllint-s")
					b.ReportMetric(float64(time.Since(start))/float64(times)/float64(lint), "times-xmllint")
				}
			})
		}
	}
}

// xmllint says how long it takes to look through a file; 0 where there is none.
func xmllint(b *testing.B, text []byte) time.Duration {
	b.Helper()
	bin, err := exec.LookPath("xmllint")
	if err != nil {
		return 0
	}
	file := filepath.Join(b.TempDir(), "return.xml")
	must(b, os.WriteFile(file, text, 0o600))
	start := time.Now()
	must(b, exec.Command(bin, "--noout", "--stream", file).Run())
	return time.Since(start)
}
