package app_test

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/ledger"
	"onus/internal/testkit"
	"onus/internal/testkit/pgtest"
)

// The test binary runs itself again as a program that writes, and kills it.
const (
	crashJob  = "ONUS_CRASH_JOB"
	crashDSN  = "ONUS_CRASH_DSN"
	crashSeed = "ONUS_CRASH_SEED"
)

func TestMain(m *testing.M) {
	if job := os.Getenv(crashJob); job != "" {
		if err := crash(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// crash is what the killed program does: record for ever, or import a census.
func crash(job string) error {
	var seed uint64
	if _, err := fmt.Sscan(os.Getenv(crashSeed), &seed); err != nil {
		return err
	}
	clock := testkit.NewClock("2026-05-04T09:00:00Z")
	a, _, err := testkit.Open(os.Getenv(crashDSN), clock, seed)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if file, ok := strings.CutPrefix(job, "import "); ok {
		_, err := a.ImportCensus(ctx, func() (io.ReadCloser, error) { return os.Open(file) }, testkit.Who("director"))
		return err
	}
	var saying sync.Mutex
	failed := make(chan error, clients)
	for client := range clients {
		go func() {
			for n := 0; ; n++ {
				clock.Add(day.Minute)
				say := func(b entry.Body) child.Command {
					return child.Command{Actor: testkit.Who("east-1"), Happened: day.AtInstant(clock.Now()), Body: b}
				}
				done, err := a.Record(ctx, app.Do{Key: fmt.Sprint(seed, "-", client, "-", n), Receipts: true, Commands: []child.Command{say(child.Referral{From: "school"}), say(child.Note{Text: "a note"})}})
				if err == nil && n%7 == 0 {
					_, err = a.Checkpoint(ctx)
				}
				if err != nil {
					failed <- err
					return
				}
				saying.Lock()
				for i, id := range done.Entries {
					fmt.Println(id, base64.StdEncoding.EncodeToString(done.Receipts[i]))
				}
				saying.Unlock()
			}
		}()
	}
	return <-failed
}

// clients write at once in the program that is killed.
const clients = 20

// durable is an empty store that waits for the disk.
func durable(t *testing.T, e testkit.Engine) string {
	t.Helper()
	if e.Name == "postgres" {
		return pgtest.Start(t).Database(t)
	}
	return e.DSN(t)
}

// killed runs a job and kills it; when says how long after it is ready. It
// gives the lines that the job printed, and whether it had ended by itself.
func killed(t *testing.T, job, dsn string, seed uint64, after time.Duration) (lines []string, ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashJob+"="+job, crashDSN+"="+dsn, fmt.Sprint(crashSeed, "=", seed))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			break // a line without its end was not said
		}
		if line == "ready\n" {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
			continue
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	err = cmd.Wait()
	if timer == nil {
		t.Fatalf("the job did not begin: %v", err)
	}
	timer.Stop()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.Exited()) {
		t.Fatalf("the job failed by itself: %v", err)
	}
	return lines, err == nil
}

// kills is how often the program with its clients is killed: make soak does it 200 times.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ONUS_KILLS")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ONUS_KILLS must be a number from 1: %q", text)
	}
	return n
}

// Whatever a client was told is recorded, and every receipt that it holds verifies
// and is of the entry that the journal has there.
func TestWhatWasAcknowledgedSurvivesKilling(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		dsn := durable(t, e)
		clock := testkit.NewClock("2026-05-04T09:00:00Z")
		all := 0
		rounds, within := kills(t), 300
		for round := range rounds {
			lines, _ := killed(t, "record", dsn, uint64(1000+round), time.Duration(20+rand.IntN(within))*time.Millisecond)
			if all += len(lines); all == 0 {
				within *= 2 // the machine has much else to do
			}
			h := &house{clock: clock, dsn: dsn}
			a, known, err := testkit.Open(dsn, clock, uint64(2000+round))
			if err != nil {
				t.Fatal(err)
			}
			h.App, h.known = a, known
			clock.Set(testkit.Instant("2027-01-01"))
			if rounds <= 5 || round%25 == 24 || round == rounds-1 { // the whole of a long journal takes its time
				if v := h.verify(t); v.Entries < int64(all) {
					t.Errorf("%d entries, and %d were acknowledged", v.Entries, all)
				}
			}
			for _, l := range lines {
				h.heldBy(t, l)
			}
			if err := a.Store.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if all == 0 {
			t.Error("nothing was acknowledged: the test shows nothing")
		}
		t.Logf("%d entries were acknowledged", all)
	})
}

// heldBy checks a receipt as its holder would, and that the journal has that entry at that place.
func (h *house) heldBy(t *testing.T, said string) {
	t.Helper()
	id, text, _ := strings.Cut(said, " ")
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.ParseReceipt(b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Verify(r, h.known, testkit.Origin)
	if err != nil {
		t.Fatalf("the receipt of entry %s does not hold: %v", id, err)
	}
	if err := h.Store.View(ctx, func(v app.View) error {
		st, err := v.Entry(ctx, entry.ID(id))
		if err == nil && (st.Seq != r.Index || string(st.Entry.Canonical()) != string(got.Entry)) {
			t.Errorf("entry %s is %d in the journal, and the receipt says %d", id, st.Seq, r.Index)
		}
		return err
	}); err != nil {
		t.Fatalf("entry %s was acknowledged: %v", id, err)
	}
}

func TestAnImportKilledInTheMiddleIsCompleted(t *testing.T) {
	file := t.TempDir() + "/census.xml"
	text := sample(t, "samples/synthetic_cin_clean_1000.xml.gz")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		open := func(dsn string, seed uint64) *house {
			h := &house{clock: testkit.NewClock("2026-05-04T09:00:00Z"), dsn: dsn}
			h.App, h.known = testkit.NewApp(t, dsn, h.clock, seed)
			return h
		}
		unbroken := open(e.DSN(t), 1)
		began := time.Now()
		whole := unbroken.census(t, text)
		took := time.Since(began)
		dsn := durable(t, e)
		middle := 0
		for round := range 5 {
			_, ended := killed(t, "import "+file, dsn, uint64(100+round), took/10+time.Duration(rand.Int64N(int64(took)/3)))
			h := open(dsn, uint64(200+round))
			if v := h.verify(t); !ended && v.Children > 0 && v.Children < whole.NewChildren {
				middle++
			}
		}
		h := open(dsn, 300)
		h.census(t, text)
		if h.said(t) != unbroken.said(t) {
			t.Error("in pieces it is another record")
		}
		if got, want := h.verify(t), unbroken.verify(t); got.Children != want.Children || got.Duties != want.Duties || got.Entries != want.Entries {
			t.Errorf("%+v, not %+v", got, want)
		}
		t.Logf("killed in the middle %d times", middle)
		if middle == 0 {
			t.Error("it was never killed in the middle: the test shows nothing")
		}
	})
}
