package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
)

// gate is a store whose next transaction can be held until others wait, and
// whose commits can be made to fail.
type gate struct {
	app.Store
	mu      sync.Mutex
	hold    chan struct{} // nil: nothing is held
	held    chan struct{}
	fails   bool
	commits int
	poison  string // the name of a child whose rows cannot be written: it panics
	flips   bool   // whoever reads the ledger reads it wrong
}

// spoilt is a transaction of a gate that has poison in it, or flips.
type spoilt struct {
	app.Tx
	g *gate
}

func (x spoilt) PutChild(ctx context.Context, rows ...app.ChildRow) error {
	for _, r := range rows {
		if x.g.poison != "" && strings.Contains(r.Name, x.g.poison) {
			panic("poison")
		}
	}
	return x.Tx.PutChild(ctx, rows...)
}

func (x spoilt) Hashes(ctx context.Context, indexes []int64) ([][]byte, error) {
	out, err := x.Tx.Hashes(ctx, indexes)
	for i := range out {
		if x.g.flips {
			out[i] = bytes.Clone(out[i])
			out[i][0] ^= 1
		}
	}
	return out, err
}

var errDisk = errors.New("the disk is full")

func (g *gate) Update(ctx context.Context, fn func(app.Tx) error) error {
	g.mu.Lock()
	hold := g.hold
	g.hold = nil
	g.mu.Unlock()
	if hold != nil {
		close(g.held)
		<-hold
	}
	err := g.Store.Update(ctx, func(tx app.Tx) error {
		if err := fn(spoilt{tx, g}); err != nil {
			return err
		}
		if g.fails {
			return errDisk
		}
		return nil
	})
	if err == nil {
		g.commits++
	}
	return err
}

// gated puts a gate before the store.
func (h *house) gated() *gate {
	g := &gate{Store: h.Store}
	h.Store = g
	return g
}

// group has wishes wait, in this order, while another is written, and gives what
// came of each.
func (h *house) group(t *testing.T, g *gate, wishes ...func() error) []error {
	t.Helper()
	g.held, g.hold = make(chan struct{}), make(chan struct{})
	hold := g.hold
	errs := make([]error, len(wishes))
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := h.Checkpoint(ctx); err != nil { // it takes the place of a writer, and no part in a group
			t.Error(err)
		}
	})
	<-g.held
	for i, wish := range wishes {
		before := h.Waiting()
		all.Go(func() { errs[i] = wish() })
		for h.Waiting() == before {
			runtime.Gosched()
		}
	}
	close(hold)
	all.Wait()
	return errs
}

// panics gives a panic as an error.
func panics(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return fn()
}

func (h *house) note(id, text, key string) app.Do {
	return app.Do{Child: id, Key: key, Receipts: true, Commands: []child.Command{h.say("east-1", child.Note{Text: text})}}
}

// Of a group one wish is refused, one fails, one panics, one's caller goes: the
// others stand, with their receipts, and nothing of the failed ones is left.
func TestInAGroupEachStandsOrFallsAlone(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		var ids []string
		for _, name := range []string{"Iona", "Kit", "Ada", "Bo", "Cy"} {
			ids = append(ids, h.referred(t, name, "Marsh"))
		}
		p, err := h.Look(ctx, ids[0], 0)
		if err != nil {
			t.Fatal(err)
		}
		seen := p.Record.Log[len(p.Record.Log)-1]
		g := h.gated()
		gone, leave := context.WithCancel(ctx)
		odd := errors.New("an odd failure")
		dones := make([]app.Done, 20)
		record := func(i int, d app.Do) func() error {
			return func() (err error) { dones[i], err = h.Record(ctx, d); return err }
		}
		asking := func(ctx context.Context, d app.Do, allow func(app.View, app.ChildRow) error) func() error {
			return func() error { return panics(func() error { _, err := h.RecordAsking(ctx, d, allow); return err }) }
		}
		late := h.note(ids[0], "bad: somebody was first", "")
		late.Seen = 1
		errs := h.group(t, g,
			record(0, h.note(ids[0], "good 1", "k-1")),
			record(1, h.note(ids[1], "", "k-2")), // refused
			record(2, h.note(ids[0], "good 1", "k-1")),
			asking(ctx, h.note(ids[1], "bad: panics", "k-4"), func(app.View, app.ChildRow) error { panic("oh no") }),
			asking(ctx, h.note(ids[2], "bad: fails", "k-5"), func(app.View, app.ChildRow) error { return odd }),
			asking(ctx, h.note(ids[3], "good 2", "k-6"), func(app.View, app.ChildRow) error { leave(); return nil }),
			asking(gone, h.note(ids[4], "bad: its caller goes", "k-7"), nil),
			record(3, late),
			func() error { // writes, and then fails in the database: PostgreSQL does nothing more until it is undone
				return h.Together(ctx, func(ctx context.Context, tx app.Tx) error {
					if err := tx.PutMeta(ctx, "bad", "1"); err != nil {
						return err
					}
					return tx.PutDone(ctx, app.Outcome{Key: "twice"}, app.Outcome{Key: "twice"})
				})
			},
			func() error {
				return h.Together(ctx, func(ctx context.Context, tx app.Tx) error { return tx.PutMeta(ctx, "good", "1") })
			},
			func() error { return h.EraseTogether(ctx, ids[4], child.Erasure{}, testkit.Who("head")) },
			record(4, h.note(ids[1], "good 3", "k-2")),
			record(5, app.Do{Receipts: true, Commands: []child.Command{h.say("manager-front", child.Known{Given: "New"}), h.say("manager-front", child.Referral{From: "school"})}}),
			func() error {
				_, err := h.RecordLine(ctx, []line.Command{{Actor: entry.System, Happened: day.On(h.clock.Now().Date()), Body: line.TeamCreated{Team: "west", Name: "West"}}}, "")
				return err
			},
			record(6, h.note(ids[0], "good 4", "")),
		)
		_, refused := entry.Problems(errs[1])
		for i, ok := range []bool{errs[0] == nil, refused, errs[2] == nil, errs[3] != nil && strings.Contains(errs[3].Error(), "oh no"), errors.Is(errs[4], odd), errs[5] == nil,
			errors.Is(errs[6], context.Canceled), errors.Is(errs[7], app.ErrConflict), errs[8] != nil, errs[9] == nil, errs[10] != nil, errs[11] == nil, errs[12] == nil, errs[13] == nil, errs[14] == nil} {
			if !ok {
				t.Errorf("wish %d: %v", i, errs[i])
			}
		}
		if g.commits != 4 { // the checkpoint, the group, the line, and who came after it
			t.Errorf("%d commits", g.commits)
		}
		if !dones[2].Again || dones[2].Entries[0] != dones[0].Entries[0] {
			t.Errorf("the same key: %+v", dones[2])
		}
		text := h.export(t)
		for _, want := range []string{"good 1", "good 2", "good 3", "good 4"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%q is there %d times", want, strings.Count(text, want))
			}
		}
		if strings.Contains(text, "bad:") {
			t.Error("something of what failed is in the journal")
		}
		if err := h.Store.View(ctx, func(v app.View) error {
			for key, want := range map[string]string{"good": "1", "bad": ""} {
				if got, err := v.Meta(ctx, key); got != want || err != nil {
					t.Errorf("%s: %q, %v", key, got, err)
				}
			}
			for key, kept := range map[string]bool{"k-1": true, "k-2": true, "k-4": false, "k-5": false, "k-6": true, "k-7": false, "twice": false} {
				if _, err := v.Done(ctx, key); (err == nil) != kept {
					t.Errorf("key %s: %v", key, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{0, 2, 4, 5, 6} {
			if len(dones[i].Receipts) != len(dones[i].Entries) {
				t.Errorf("wish %d has %d receipts of %d", i, len(dones[i].Receipts), len(dones[i].Entries))
			}
			for j, r := range dones[i].Receipts {
				h.heldBy(t, fmt.Sprint(dones[i].Entries[j], " ", base64.StdEncoding.EncodeToString(r)))
			}
		}
		if p, err = h.Look(ctx, ids[0], 0); err != nil || p.Record.Log[len(p.Record.Log)-1].ID == seen.ID {
			t.Errorf("the page does not have what was recorded: %v", err)
		}
		h.sound(t)
	})
}

// sound checks journal, rows and memory, and that a fresh start finds the same.
func (h *house) sound(t *testing.T) {
	t.Helper()
	h.verify(t)
	if n, err := h.MemoryHolds(ctx); err != nil || n == 0 {
		t.Errorf("%d records in memory: %v", n, err)
	}
}

// Nobody is told that something is recorded when the commit of the group fails,
// and nothing of it is in memory.
func TestAGroupWhoseCommitFailsIsToldToNobody(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		ids := []string{h.referred(t, "Iona", "Marsh"), h.referred(t, "Kit", "Lund")}
		g := h.gated()
		if _, err := h.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		before := h.export(t)
		var dones [4]app.Done
		wish := func(i int, d app.Do) func() error {
			return func() (err error) { dones[i], err = h.Record(ctx, d); return err }
		}
		for range 2 {
			g.fails = true
			g.held, g.hold = make(chan struct{}), make(chan struct{})
			hold := g.hold
			errs := make([]error, 5)
			var all sync.WaitGroup
			all.Go(func() { _, errs[4] = h.Record(ctx, h.note(ids[0], "alone", "")) })
			<-g.held
			for i, fn := range []func() error{wish(0, h.note(ids[0], "one", "k")), wish(1, h.note(ids[0], "two", "")), wish(2, h.note(ids[1], "three", "")), wish(3, h.note(ids[0], "one", "k"))} {
				was := h.Waiting()
				all.Go(func() { errs[i] = fn() })
				for h.Waiting() == was {
					runtime.Gosched()
				}
			}
			close(hold)
			all.Wait()
			for i, err := range errs {
				if !errors.Is(err, errDisk) {
					t.Errorf("wish %d: %v", i, err)
				}
			}
			for i, d := range dones {
				if d.Receipts != nil {
					t.Errorf("wish %d has a receipt", i)
				}
			}
			g.fails = false
			if h.export(t) != before {
				t.Error("something was written")
			}
			h.sound(t)
		}
		for i, err := range h.group(t, g, wish(0, h.note(ids[0], "one", "k")), wish(1, h.note(ids[0], "two", "")), wish(2, h.note(ids[1], "three", ""))) {
			if err != nil {
				t.Errorf("wish %d, when the disk has room again: %v", i, err)
			}
		}
		h.sound(t)
	})
}

// One caller who goes does not end what is written for others; a caller who goes
// while waiting is let go at once; when all have gone nothing is written.
func TestCallersWhoGo(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id, other := h.referred(t, "Iona", "Marsh"), h.referred(t, "Kit", "Lund")
		g := h.gated()
		one, leave := context.WithCancel(ctx)
		two, leaveToo := context.WithCancel(ctx)
		size := h.size(t)
		go1 := func(ctx context.Context, id string, then func()) func() error {
			return func() error {
				_, err := h.RecordAsking(ctx, h.note(id, "a note", ""), func(app.View, app.ChildRow) error { then(); return nil })
				return err
			}
		}
		both := func() { leave(); leaveToo() }
		if errs := h.group(t, g, go1(one, id, func() {}), go1(two, other, both)); errs[0] == nil || errs[1] == nil || h.size(t) != size {
			t.Errorf("all had gone: %v, %d entries more", errs, h.size(t)-size)
		}
		one, leave = context.WithCancel(ctx)
		if errs := h.group(t, g, go1(one, id, leave), go1(ctx, other, func() {})); errs[0] != nil || errs[1] != nil || h.size(t) != size+2 {
			t.Errorf("one had gone: %v, %d entries more", errs, h.size(t)-size)
		}
		one, leave = context.WithCancel(ctx)
		errs := h.group(t, g, go1(one, id, func() { t.Error("it was written for somebody who had gone") }), func() error {
			leave()
			for h.Waiting() > 0 { // until it has left the queue, though the writer is held
				runtime.Gosched()
			}
			return go1(ctx, other, func() {})()
		})
		if !errors.Is(errs[0], context.Canceled) || errs[1] != nil {
			t.Errorf("one went while it waited: %v", errs)
		}
		h.sound(t)
	})
}

// Fifty write at once, and in PostgreSQL another program too: every receipt
// holds, and journal, rows and memory agree.
func TestFiftyWriteTogether(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		g := h.gated()
		programs := []*app.App{h.App}
		if e.Name == "postgres" {
			other, _ := testkit.NewApp(t, h.dsn, h.clock, 7)
			programs = append(programs, other)
		}
		shared := h.referred(t, "Iona", "Marsh")
		var said sync.Map
		var refused, wrote int
		var mu sync.Mutex
		var all sync.WaitGroup
		for n := range 50 {
			a := programs[n%len(programs)]
			all.Go(func() {
				done, err := a.Record(ctx, app.Do{Receipts: true, Commands: []child.Command{h.say("manager-front", child.Known{Given: fmt.Sprint("Kit ", n)}), h.say("manager-front", child.Referral{From: "school"})}})
				if err != nil {
					t.Error(err)
					return
				}
				mine := done.Child
				for i := range 8 {
					h.clock.Add(day.Second)
					do := h.note(mine, fmt.Sprint("note ", n, " ", i), fmt.Sprint("key ", n, " ", i))
					switch i {
					case 2:
						do.Child = shared // which others write about too
					case 4:
						do.Commands[0].Body = child.Note{}
					case 6:
						do.Key, do.Commands[0].Body = "the same for all", child.Note{Text: "once"}
						do.Child = shared
						do.Commands[0].Happened = day.On(testkit.Instant("2026-01-12").Date())
					}
					done, err := a.Record(ctx, do)
					_, no := entry.Problems(err)
					mu.Lock()
					if no {
						refused++
					} else if err != nil {
						t.Error(err)
					} else if wrote++; len(done.Receipts) != 1 {
						t.Errorf("%d receipts", len(done.Receipts))
					}
					mu.Unlock()
					for j, r := range done.Receipts {
						said.Store(fmt.Sprint(done.Entries[j], " ", base64.StdEncoding.EncodeToString(r)), true)
					}
				}
			})
		}
		all.Wait()
		if refused != 50 || wrote != 350 {
			t.Errorf("%d refused, %d written", refused, wrote)
		}
		if got := strings.Count(h.export(t), `"once"`); got != 1 {
			t.Errorf("under one key it was written %d times", got)
		}
		said.Range(func(l, _ any) bool { h.heldBy(t, l.(string)); return true })
		t.Logf("%d commits of this program", g.commits)
		if _, err := h.Record(ctx, h.note(shared, "the last", "")); err != nil { // memory is of the whole journal again
			t.Fatal(err)
		}
		h.sound(t)
	})
}

// A panic while rows are made is for whoever wrote what made it, in a group and
// alone, whoever leads; the others stand.
func TestAPanicInTheRowsIsForItsOwnCaller(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		ids := []string{h.referred(t, "Iona", "Marsh"), h.referred(t, "Kit", "Poison"), h.referred(t, "Ada", "Lund")}
		g := h.gated()
		g.poison = "Poison"
		size := h.size(t)
		wish := func(id string) func() error {
			return func() error {
				return panics(func() error { _, err := h.Record(ctx, h.note(id, "a note", "")); return err })
			}
		}
		errs := h.group(t, g, wish(ids[0]), wish(ids[1]), wish(ids[2]))
		if errs[0] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "poison") || errs[2] != nil || h.size(t) != size+2 {
			t.Errorf("in a group: %v, %d entries more", errs, h.size(t)-size)
		}
		if err := wish(ids[1])(); err == nil || !strings.Contains(err.Error(), "poison") || h.size(t) != size+2 {
			t.Errorf("alone: %v", err)
		}
		g.poison = ""
		if err := wish(ids[1])(); err != nil {
			t.Error(err)
		}
		h.sound(t)
	})
}

// What runs on several processors panics where it was called.
func TestAPanicOnAnotherProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	err := panics(func() error {
		app.AllTogether(8, func(i int) {
			if i == 5 {
				panic("oh no")
			}
		})
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "oh no") {
		t.Error(err)
	}
}

// Where receipts cannot be made after the commit, only those who asked for one
// hear of it.
func TestAReceiptThatCannotBeMade(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		ids := []string{h.referred(t, "Iona", "Marsh"), h.referred(t, "Kit", "Lund")}
		g := h.gated()
		size := h.size(t)
		quiet := h.note(ids[1], "no receipt", "")
		quiet.Receipts = false
		var done app.Done
		if _, err := h.Checkpoint(ctx); err != nil { // the next one has nothing to sign
			t.Fatal(err)
		}
		g.flips = true
		errs := h.group(t, g, func() (err error) { done, err = h.Record(ctx, h.note(ids[0], "a receipt", "")); return err },
			func() error { _, err := h.Record(ctx, quiet); return err })
		g.flips = false
		if !errors.Is(errs[0], app.ErrTampered) || done.Receipts != nil || errs[1] != nil || h.size(t) != size+2 {
			t.Errorf("%v, %d receipts, %d entries more", errs, len(done.Receipts), h.size(t)-size)
		}
		h.sound(t)
	})
}
