package watch_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit"
	"onus/internal/watch"
)

var ctx = context.Background()

// letterbox takes every mail, or none.
type letterbox struct {
	got  []app.Message
	down error
}

func (b *letterbox) Send(_ context.Context, ms []app.Message, told func(int, error) error) error {
	if b.down != nil {
		return b.down
	}
	for i, m := range ms {
		b.got = append(b.got, m)
		if err := told(i, nil); err != nil {
			return err
		}
	}
	return nil
}

type room struct {
	*watch.Watch
	app   *app.App
	clock *testkit.Clock
	box   *letterbox
	beats int
	log   *strings.Builder
	known note.Verifiers
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{clock: testkit.NewClock("2026-01-12T09:00:00Z"), box: &letterbox{}, log: &strings.Builder{}}
	r.app, r.known = testkit.NewApp(t, testkit.SQLite(t), r.clock, 1)
	r.app.Mail = &app.Mail{Mailer: r.box, PublicURL: "https://onus.example"}
	testkit.Line(t, r.app)
	testkit.LineSays(t, r.app, day.On(r.clock.Now().Date()), line.PersonMail{Person: "p-service", Address: "service@marlowe.example"})
	r.Watch = watch.New(r.app, r.clock, slog.New(slog.NewTextHandler(r.log, nil)), 20*time.Second)
	r.Beat = func(context.Context) error { r.beats++; return nil }
	say := func(b entry.Body) child.Command {
		return child.Command{Actor: testkit.Who("manager-front"), Happened: day.AtInstant(r.clock.Now()), Body: b, Source: entry.Source{Kind: "page"}}
	}
	if _, err := r.app.Record(ctx, app.Do{Commands: []child.Command{say(child.Known{Given: "Iona", Family: "Marsh"}), say(child.Referral{From: "school", What: "hungry"})}}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheHeartBeatsOnceAMinuteWhileAllIsWell(t *testing.T) {
	r := newRoom(t)
	for range 9 { // three minutes
		r.Round(ctx)
		r.clock.Add(20 * day.Second)
	}
	if r.beats != 3 {
		t.Errorf("%d beats in three minutes", r.beats)
	}
	// Mail does not leave for more than an hour: the heart stands still.
	r.box.down = errors.New("the mail server does not answer")
	r.clock.Set(testkit.Instant("2026-01-14T08:00:00Z"))
	r.Round(ctx)
	if n := r.Post(ctx); n != 0 {
		t.Errorf("%d mails left", n)
	}
	before := r.beats
	r.clock.Add(61 * day.Minute)
	r.Post(ctx)
	r.Round(ctx)
	if r.beats != before {
		t.Error("it beats though mail does not leave")
	}
	if !strings.Contains(r.log.String(), "the watchdog found") || strings.Contains(r.log.String(), "Iona") || strings.Contains(r.log.String(), "service@") {
		t.Errorf("the log: %s", r.log)
	}
	r.box.down = nil
	r.clock.Add(61 * day.Minute)
	if n := r.Post(ctx); n < 2 { // steps, and the digest
		t.Errorf("%d mails left", n)
	}
	r.Round(ctx)
	if r.beats != before+1 {
		t.Errorf("it does not beat again: %d", r.beats)
	}
	if r.Post(ctx) != 0 {
		t.Error("mail left twice")
	}
}

// broken cannot sign.
type broken struct{ app.Store }

func (b broken) Update(ctx context.Context, fn func(app.Tx) error) error {
	return b.Store.Update(ctx, func(tx app.Tx) error { return fn(noCheckpoint{tx}) })
}

type noCheckpoint struct{ app.Tx }

func (noCheckpoint) PutCheckpoint(context.Context, int64, []byte, day.Instant) error {
	return errors.New("the disk is full")
}

// A round that fails does not silence the watchdog.
func TestTheWatchdogLooksThoughTheRoundFails(t *testing.T) {
	r := newRoom(t)
	r.app.Store = broken{r.app.Store}
	r.Round(ctx)
	r.clock.Add(11 * day.Minute)
	r.Round(ctx)
	h, err := r.app.Watchdog(ctx)
	if err != nil || len(h.Findings) != 1 || h.Findings[0].About != app.AboutCheckpoints {
		t.Errorf("%+v, %v", h, err)
	}
	if r.beats != 0 {
		t.Errorf("%d beats", r.beats)
	}
}

func TestRunEnds(t *testing.T) {
	r := newRoom(t)
	r.clock.Set(testkit.Instant("2026-01-14T08:00:00Z"))
	c, stop := context.WithCancel(ctx)
	beat := make(chan struct{}, 1)
	r.Beat = func(context.Context) error { beat <- struct{}{}; return nil }
	ended := make(chan struct{})
	go func() { r.Run(c); close(ended) }()
	<-beat
	stop()
	<-ended
	if ok, why := r.Well(); !ok {
		t.Error(why)
	}
}

// Once a night the whole journal is checked; a fault stops the heart's beat.
func TestTheNightsCheck(t *testing.T) {
	r := newRoom(t)
	r.Watch.Known = r.known
	r.Round(ctx)
	if !r.Night(ctx) || r.Night(ctx) {
		t.Error("it is checked once, and again only the next night")
	}
	r.clock.Add(day.Minute)
	if r.Round(ctx); r.beats == 0 {
		t.Fatalf("all is well and the heart does not beat: %s", r.log)
	}
	r.clock.Add(day.Hour * 20)
	r.Watch.Known = note.VerifierList() // as if another had signed the heads
	if !r.Night(ctx) || !strings.Contains(r.log.String(), "not as it was recorded") {
		t.Errorf("a fault is not said: %s", r.log)
	}
	beats := r.beats
	r.Round(ctx)
	r.clock.Add(2 * day.Minute)
	if r.Round(ctx); r.beats != beats || !strings.Contains(r.log.String(), "about=journal") {
		t.Errorf("the heart beats on over a fault: %s", r.log)
	}
}

// ends is a store that says when a check of a return has ended.
type ends struct {
	app.Store
	said chan app.ReturnState
}

func (e *ends) Update(ctx context.Context, fn func(app.Tx) error) error {
	var is app.ReturnState
	err := e.Store.Update(ctx, func(tx app.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		rs, err := tx.ReturnRuns(ctx, app.ReturnRunQuery{Kind: app.ReturnCIN, Limit: 1})
		if len(rs) > 0 {
			is = rs[0].State
		}
		return err
	})
	if err == nil && (is == app.RunDone || is == app.RunBroken) {
		e.said <- is
	}
	return err
}

// A check of a return begins when somebody asks for it, and not with the next round.
func TestAReturnIsCheckedAtOnce(t *testing.T) {
	r := newRoom(t)
	said := make(chan app.ReturnState, 100)
	r.app.Store = &ends{r.app.Store, said}
	slow := watch.New(r.app, r.clock, slog.New(slog.NewTextHandler(r.log, nil)), time.Hour)
	beat := make(chan struct{}, 1)
	slow.Beat = func(context.Context) error { beat <- struct{}{}; return nil }
	c, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { slow.Run(c); close(ended) }()
	<-beat // its rounds are over for an hour
	d, err := r.app.Desk(ctx, testkit.Reader("director"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.CheckReturn(ctx, app.ReturnOrder{Kind: app.ReturnCIN, Authority: "999", Year: "2025/26"}); err != nil {
		t.Fatal(err)
	}
	if is := <-said; is != app.RunDone {
		t.Errorf("it is %s", is)
	}
	stop()
	<-ended
	if strings.Contains(r.log.String(), "could not be checked") {
		t.Error(r.log)
	}
}

// New rules rate what waits in the watch's own time, and once.
func TestTheWatchRatesByNewRules(t *testing.T) {
	r := newRoom(t)
	if n := r.Door(ctx); n != 0 {
		t.Errorf("%d rose, and no rule changed", n)
	}
	rules := `triage:
  signs:
  - {id: food, ask: "Is there no food?", missing: whether there is food, words: [hungry]}
  rules:
  - {id: food, name: No food at home, rating: red, when: food, why: "Ours.", source: {status: local policy, document: ours, seen: true}, from: 2020-01-01, examples: [{name: words, said: "He is hungry", expect: fires}]}
`
	layers := append(r.app.Pack.Layers[:len(r.app.Pack.Layers):len(r.app.Pack.Layers)], duty.Layer{Name: "own", Files: []duty.Text{{Name: "own.yaml", Text: rules}}})
	if _, err := r.app.Adopt(ctx, entry.Actor{Person: "p-director", Post: "director"}, app.Adoption{Layers: layers, From: r.clock.Now().Date(), Why: "why"}); err != nil {
		t.Fatal(err)
	}
	if n := r.Door(ctx); n != 1 {
		t.Errorf("%d rose", n)
	}
	if n := r.Door(ctx); n != 0 {
		t.Errorf("%d rose a second time", n)
	}
}
