// Package bench measures what is promised: the price of a write with its
// receipt, an import's time and memory, and each page. Run it by make bench.
package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/returns/cin"
	"onus/internal/simulate"
	"onus/internal/store"
	"onus/internal/web"
	"onus/rulepacks"
)

type clock struct{}

func (clock) Now() day.Instant { return day.FromTime(time.Now()) }

var ctx = context.Background()

// open makes an empty SQLite store in a folder of its own.
func open(b *testing.B) *app.App {
	b.Helper()
	return openAt(b, "sqlite:"+filepath.Join(b.TempDir(), "onus.db"))
}

func openAt(b *testing.B, dsn string) *app.App {
	b.Helper()
	pack, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	must(b, err)
	st, err := store.Open(ctx, dsn, app.Registry())
	must(b, err)
	b.Cleanup(func() { st.Close() })
	skey, _, err := ledger.GenerateKey(rand.Reader, "onus.local/bench")
	must(b, err)
	signer, err := note.NewSigner(skey)
	must(b, err)
	return app.New(app.Config{Store: st, Clock: clock{}, Rand: rand.Reader, Pack: pack, Signer: signer})
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWrite records a visit with its receipt, and beside it inserts
// one bare row durably through the same driver. The metric bare/write is the
// rate of the first as a part of the second's; at least 0.5 is the target.
func BenchmarkWrite(b *testing.B) {
	a := open(b)
	now := clock{}.Now()
	who := entry.Actor{Person: "p", Post: "w"}
	var ids []string
	for range 50 {
		done, err := a.Record(ctx, app.Do{Commands: []child.Command{
			{Actor: who, Happened: day.On(now.Date()), Body: child.Known{Given: "Kit", Family: "Lund", Birth: now.Date().AddMonths(-60)}},
			{Actor: who, Happened: day.AtInstant(now), Body: child.Referral{From: "school", What: "Hungry."}}}})
		must(b, err)
		ids = append(ids, done.Child)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8000)")
	must(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE bare (seq INTEGER PRIMARY KEY, body TEXT) STRICT`)
	must(b, err)
	insert, err := db.Prepare(`INSERT INTO bare (body) VALUES ($1)`)
	must(b, err)
	body := string(bytes.Repeat([]byte("x"), 400))
	var write, receipt, bare time.Duration
	n := 0
	for b.Loop() {
		t0 := time.Now()
		done, err := a.Record(ctx, app.Do{Child: ids[n%len(ids)], Receipts: true, Commands: []child.Command{{Actor: who, Happened: day.AtInstant(now),
			Body: child.Visit{Seen: true, Where: "home", Purpose: "goal 1", Learnt: "Breakfast was made."}}}})
		must(b, err)
		t1 := time.Now()
		_, err = a.Receipt(ctx, done.Entries[0])
		must(b, err)
		t2 := time.Now()
		_, err = insert.Exec(body)
		must(b, err)
		write, receipt, bare = write+t1.Sub(t0), receipt+t2.Sub(t1), bare+time.Since(t2)
		n++
	}
	b.ReportMetric(float64(bare)/float64(write), "bare/write")
	b.ReportMetric(float64(write.Microseconds())/float64(n), "µs/write")
	b.ReportMetric(float64(receipt.Microseconds())/float64(n), "µs/receipt-again")
	b.ReportMetric(float64(bare.Microseconds())/float64(n), "µs/bare")
}

// census makes a file of n children out of a sample, each with new numbers.
func census(b *testing.B, n int) string {
	b.Helper()
	f, err := os.Open("../returns/cin/testdata/samples/synthetic_cin_clean_1000.xml.gz")
	must(b, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(b, err)
	var all []cin.Child
	sum, err := cin.Read(z, cin.Options{}, func(c cin.Child) error { all = append(all, c); return nil })
	must(b, err)
	name := filepath.Join(b.TempDir(), "census.xml")
	out, err := os.Create(name)
	must(b, err)
	defer out.Close()
	w := cin.NewWriter(out, sum.Header)
	var refused error
	for i, written := 0, 0; written < n; i++ {
		if i > 20*n {
			b.Fatalf("only %d children could be written: %v", written, refused)
		}
		c := all[i%len(all)]
		c.LAchildID, c.UPN, c.FormerUPN = fmt.Sprintf("B%07d", i), "", ""
		if c.UPNunknown == "" {
			c.UPNunknown = "UN3"
		}
		if refused = w.Child(c); refused == nil {
			written++
		}
	}
	must(b, w.Close())
	return name
}

// imported reads a census in and gives the largest heap on the way.
func imported(b *testing.B, file string) (took time.Duration, heap uint64) {
	a := open(b)
	runtime.GC()
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	start := time.Now()
	res, err := a.ImportCensus(ctx, func() (io.ReadCloser, error) { return os.Open(file) }, entry.Actor{Person: "p"})
	took = time.Since(start)
	close(stop)
	<-stopped
	must(b, err)
	if res.NewChildren == 0 {
		b.Fatal("nothing was imported")
	}
	return took, peak.Load()
}

// BenchmarkCensus imports 10,000 children, and 1,000 to compare the memory.
func BenchmarkCensus(b *testing.B) {
	small, large := census(b, 1000), census(b, 10_000)
	for b.Loop() {
		_, few := imported(b, small)
		took, many := imported(b, large)
		b.ReportMetric(took.Seconds(), "s/10000")
		b.ReportMetric(float64(many)/(1<<20), "MB-heap")
		b.ReportMetric(float64(many)/float64(few), "heap/1000")
	}
}

// BenchmarkPages asks for each page of Marlowe; each must take under 50 ms.
func BenchmarkPages(b *testing.B) {
	a := open(b)
	es, stories, err := simulate.Authority(simulate.Options{Name: "Marlowe", Children: 600, Months: 18, Seed: 1, Now: clock{}.Now(), Pack: a.Pack, Stories: true})
	must(b, err)
	must(b, a.Bulk(ctx, es))
	s, err := web.New(web.Config{App: a.Front(), Log: slog.New(slog.DiscardHandler), Demo: true, Ready: func() (bool, string) { return true, "" }})
	must(b, err)
	h := s.Handler()
	sam := "/child/" + stories[0].Child
	for _, p := range []struct{ as, path string }{{"dana-whitlock", "/"}, {"dana-whitlock", "/owed"}, {"dana-whitlock", "/children"}, {"jo-pell", "/team/east-2"}, {"helen-croft", "/team"}, {"helen-croft", "/owed"},
		{"jo-pell", "/unallocated"}, {"jo-pell", "/line"}, {"jo-pell", "/rules"}, {"dana-whitlock", sam}, {"dana-whitlock", sam + "?known=2026-01-01"}, {"dana-whitlock", sam + "/duties"}, {"dana-whitlock", sam + "/entries"},
		{"jo-pell", sam + "/allocate"}} {
		b.Run(p.as+p.path, func(b *testing.B) {
			var total time.Duration
			n := 0
			for b.Loop() {
				r := httptest.NewRequest("GET", p.path, nil)
				r.Header.Set("Onus-Person", p.as)
				r.AddCookie(&http.Cookie{Name: "onus_demo_person", Value: p.as})
				w := httptest.NewRecorder()
				start := time.Now()
				h.ServeHTTP(w, r)
				total += time.Since(start)
				n++
				if w.Code != http.StatusOK {
					b.Fatalf("%d: %s", w.Code, w.Body)
				}
			}
			if ms := float64(total.Microseconds()) / 1000 / float64(n); ms > 50 {
				b.Errorf("%.1f ms, at most 50 are allowed", ms)
			}
		})
	}
}

// BenchmarkPrice asks what a rule would cost a year of Marlowe, from the records
// in the store. Under 5 s is the target.
func BenchmarkPrice(b *testing.B) {
	a := open(b)
	es, _, err := simulate.Authority(simulate.Options{Name: "Marlowe", Children: 600, Months: 18, Seed: 1, Now: a.Clock.Now(), Pack: a.Pack, Stories: true})
	must(b, err)
	must(b, a.Bulk(ctx, es))
	week := day.Span{N: 5, Unit: day.WorkingDays}
	b.ReportAllocs()
	for b.Loop() {
		c, err := a.Price(ctx, app.Proposal{Rule: "cp.visit", Within: week, Every: week})
		must(b, err)
		if c.Total().More().Hours <= 0 {
			b.Fatal("twice the visits cost nothing")
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/price")
}
