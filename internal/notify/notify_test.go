package notify_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/notify"
	"onus/internal/testkit"
	"onus/internal/testkit/smtpd"
)

var ctx = context.Background()

const public = "https://onus.marlowe.example"

// office is an App that sends mail to a real server on this machine.
type office struct {
	*app.App
	clock *testkit.Clock
	dsn   string
	mta   *smtpd.Server
	store *loses
}

// loses is the store, which can be told to lose writes.
type loses struct {
	app.Store
	broken atomic.Bool
}

var errLost = errors.New("the machine stopped")

func (l *loses) Update(ctx context.Context, fn func(app.Tx) error) error {
	if l.broken.Load() {
		return errLost
	}
	return l.Store.Update(ctx, fn)
}

func address(post string) string { return strings.ReplaceAll(post, "-", ".") + "@marlowe.example" }

// newOffice is the line of testkit at nine on Monday 12 January 2026, in which
// everybody but the workers has an address.
func newOffice(t *testing.T, dsn string) *office {
	t.Helper()
	o := &office{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: dsn, mta: smtpd.Start(t, false)}
	o.open(t, 1)
	testkit.Line(t, o.App)
	for _, p := range testkit.Posts {
		if p.Tier > line.Worker {
			o.says(t, line.PersonMail{Person: "p-" + p.Post, Address: address(p.Post)})
		}
	}
	return o
}

func (o *office) open(t *testing.T, seed uint64) {
	t.Helper()
	o.App, _ = testkit.NewApp(t, o.dsn, o.clock, seed)
	o.store = &loses{Store: o.Store}
	o.Store = o.store
	o.Mail = &app.Mail{Mailer: mailer(t, o.mta), PublicURL: public}
}

func mailer(t *testing.T, mta *smtpd.Server) app.Mailer {
	t.Helper()
	m, err := notify.New(notify.Config{Server: mta.Addr, From: "onus@marlowe.example", Roots: mta.Roots})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (o *office) says(t *testing.T, bodies ...entry.Body) {
	t.Helper()
	testkit.LineSays(t, o.App, day.On(o.clock.Now().Date()), bodies...)
}

func (o *office) refer(t *testing.T, given, family string) string {
	t.Helper()
	say := func(b entry.Body) child.Command {
		return child.Command{Actor: testkit.Who("manager-front"), Happened: day.AtInstant(o.clock.Now()), Body: b, Source: entry.Source{Kind: "page"}}
	}
	d, err := o.Record(ctx, app.Do{Commands: []child.Command{say(child.Known{Given: given, Family: family, Birth: day.MustParse("2017-05-04")}),
		say(child.Referral{From: "school", What: "came to school hungry"})}})
	if err != nil {
		t.Fatal(err)
	}
	return d.Child
}

// round climbs and sends, as the watch does.
func (o *office) round(t *testing.T) {
	t.Helper()
	for {
		_, n, err := o.ClimbDue(ctx, 25)
		if err != nil {
			t.Fatal(err)
		}
		if n < 25 {
			break
		}
	}
	if _, err := o.ClimbConcerns(ctx, 25); err != nil {
		t.Fatal(err)
	}
	o.send(t)
}

func (o *office) send(t *testing.T) (failed error) {
	t.Helper()
	for {
		n, _, err := o.SendMail(ctx, 20)
		if err != nil {
			failed = err
		}
		if n < 20 {
			return failed
		}
	}
}

// letter is a mail as a mail program reads it.
type letter struct {
	mail.Header
	subject, text, to, raw string
}

func read(t *testing.T, m smtpd.Mail) letter {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(m.Data))
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Data)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return letter{msg.Header, subject, strings.ReplaceAll(string(body), "\r\n", "\n"), m.To, m.Data}
}

func (o *office) letters(t *testing.T) (out []letter) {
	t.Helper()
	for _, m := range o.mta.Mails() {
		out = append(out, read(t, m))
	}
	return out
}

func holds(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

const decide = "A duty has climbed to you: "

func TestEachStepIsTold(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		o := newOffice(t, e.DSN(t))
		id := o.refer(t, "Iona", "Marsh")
		o.round(t)
		if n := len(o.mta.Mails()); n != 0 {
			t.Fatalf("%d mails before anything was late", n)
		}
		got := 0
		for i, step := range []struct{ at, post string }{
			{"2026-01-14T00:00:00Z", "service"}, {"2026-01-15T00:00:00Z", "service"}, {"2026-01-17T00:00:00Z", "head"}, {"2026-01-21T00:00:00Z", "director"},
		} {
			o.clock.Set(testkit.Instant(step.at) - 1)
			o.round(t)
			o.clock.Add(1)
			o.round(t)
			o.round(t)
			o.open(t, uint64(10+i))
			o.round(t)
			var of []letter
			for _, l := range o.letters(t)[got:] {
				if strings.Contains(l.text, "referral.decision%3A") || strings.Contains(l.text, "referral.decision:") {
					of = append(of, l)
				}
			}
			got = len(o.mta.Mails())
			if len(of) != 1 || of[0].to != address(step.post) {
				t.Fatalf("step %d was told by %d mails", i+1, len(of))
			}
			l := of[0]
			holds(t, "the mail", l.text, "I.M., due Tuesday 13 January 2026", public+"/child/"+id+"/duty/referral.decision", "It climbed because it was ")
			if !strings.HasPrefix(l.subject, decide) || l.Get("Auto-Submitted") != "auto-generated" || l.Get("From") != "<onus@marlowe.example>" {
				t.Errorf("its head: %v", l.Header)
			}
		}
		ids := map[string]bool{}
		for _, l := range o.letters(t) {
			if id := l.Get("Message-ID"); ids[id] || !strings.HasSuffix(id, "@marlowe.example>") {
				t.Errorf("Message-ID %s", id)
			} else {
				ids[id] = true
			}
		}
	})
}

func TestWithoutMailNothingIsQueued(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.Mail = nil
	o.refer(t, "Iona", "Marsh")
	o.clock.Set(testkit.Instant("2026-01-21T08:00:00Z"))
	o.round(t)
	if n, err := o.QueueDigests(ctx); n != 0 || err != nil {
		t.Errorf("%d digests, %v", n, err)
	}
	if all := o.outs(t, app.OutQuery{}); len(all) != 0 {
		t.Errorf("%d messages", len(all))
	}
}

func (o *office) outs(t *testing.T, q app.OutQuery) (all []app.Out) {
	t.Helper()
	if err := o.Store.View(ctx, func(v app.View) (err error) {
		all, err = v.Outs(ctx, q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestServerThatRefusesAndThenTakes(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		o := newOffice(t, e.DSN(t))
		o.refer(t, "Iona", "Marsh")
		o.mta.Refuse(func(step, to string) error {
			if step == "to" {
				return smtpd.No(451, "4.7.1 greylisted: "+to+" is Gwen Tarr")
			}
			return nil
		})
		o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
		o.round(t)
		waits := o.outs(t, app.OutQuery{State: app.OutWaiting})
		if len(waits) == 0 || len(o.mta.Mails()) != 0 {
			t.Fatalf("%d wait", len(waits))
		}
		for _, w := range waits {
			if w.Problem != "the mail server refuses it with the number 451" || w.Tries != 1 || w.Next != o.clock.Now()+day.Minute {
				t.Errorf("it waits as %+v", w)
			}
		}
		tried := o.mta.Tries()
		o.send(t)
		if o.mta.Tries() != tried {
			t.Error("it was tried again at once")
		}
		for _, p := range []day.Instant{1, 2, 4, 8, 16, 32, 60, 60} { // minutes: each pause is twice the last
			o.clock.Add(p*day.Minute - 1)
			o.send(t)
			if o.mta.Tries() != tried {
				t.Fatalf("before %d minutes were over", p)
			}
			o.clock.Add(1)
			o.send(t)
			if tried += len(waits); o.mta.Tries() != tried {
				t.Fatalf("after %d minutes", p)
			}
		}
		o.mta.Refuse(nil)
		o.clock.Add(day.Hour)
		o.send(t)
		if n := len(o.mta.Mails()); n != len(waits) {
			t.Errorf("%d mails of %d", n, len(waits))
		}
		o.clock.Add(9 * day.Hour)
		o.send(t)
		if n := len(o.mta.Mails()); n != len(waits) {
			t.Errorf("sent again: %d mails of %d", n, len(waits))
		}
	})
}

func TestServerDownForThreeDays(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	nowhere, err := notify.New(notify.Config{Server: "127.0.0.1:1", From: "onus@marlowe.example"})
	if err != nil {
		t.Fatal(err)
	}
	o.Mail.Mailer = nowhere
	o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
	o.round(t)
	all := len(o.outs(t, app.OutQuery{State: app.OutWaiting}))
	for range 3*24 + 1 {
		o.clock.Add(day.Hour)
		o.send(t)
	}
	gone := o.outs(t, app.OutQuery{State: app.OutGivenUp})
	if len(gone) != all || all == 0 || gone[0].Problem != "the mail server does not answer" || gone[0].Tries < 70 {
		t.Fatalf("%d of %d were given up: %+v", len(gone), all, gone)
	}
	fs, err := o.Findings(ctx)
	if err != nil || !slices.ContainsFunc(fs, func(f app.Finding) bool {
		return f.About == app.AboutMail && strings.Contains(f.Text, "given up after three days: the mail server does not answer")
	}) {
		t.Errorf("nobody hears of it: %+v, %v", fs, err)
	}
	o.Mail.Mailer = mailer(t, o.mta)
	if n, err := o.RetryMail(ctx); n != all || err != nil {
		t.Errorf("%d again, %v", n, err)
	}
	o.send(t)
	if len(o.mta.Mails()) != all {
		t.Errorf("%d of %d left", len(o.mta.Mails()), all)
	}
	if fs, err := o.Findings(ctx); err != nil || slices.ContainsFunc(fs, func(f app.Finding) bool { return f.About == app.AboutMail }) {
		t.Errorf("still: %+v, %v", fs, err)
	}
}

// Days in which Onus itself stood still are no tries.
func TestStoppedForFourDays(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	o.mta.Refuse(func(string, string) error { return smtpd.No(450, "later") })
	o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
	o.round(t)
	o.mta.Refuse(nil)
	o.clock.Add(4 * 24 * day.Hour)
	o.send(t)
	if gone := o.outs(t, app.OutQuery{State: app.OutGivenUp}); len(gone) != 0 || len(o.mta.Mails()) == 0 {
		t.Errorf("%d were given up, %d left", len(gone), len(o.mta.Mails()))
	}
}

// A message that breaks the connection each time holds no other up, though it
// comes first and all of them have waited long.
func TestOneThatBreaksTheConnection(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	down := true
	o.mta.Refuse(func(step, to string) error {
		if down && step == "from" || step == "to" && to == address("manager-front") {
			return smtpd.No(421, "goodbye")
		}
		return nil
	})
	for _, at := range []string{"2026-01-14T00:00:00Z", "2026-01-15T00:00:00Z"} {
		o.clock.Set(testkit.Instant(at))
		o.round(t)
	}
	for range 9 {
		o.clock.Add(61 * day.Minute)
		o.send(t)
	}
	down = false
	o.clock.Add(61 * day.Minute)
	for range 5 {
		o.send(t)
		o.clock.Add(day.Minute)
	}
	if !slices.ContainsFunc(o.mta.Mails(), func(m smtpd.Mail) bool { return m.To == address("service") }) {
		t.Error("the service manager was not told")
	}
}

func TestACrashBetweenSendingAndMarking(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		o := newOffice(t, e.DSN(t))
		o.refer(t, "Iona", "Marsh")
		o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
		o.mta.Refuse(func(step, _ string) error {
			if step == "data" { // what follows is lost with the machine
				o.store.broken.Store(true)
			}
			return nil
		})
		for {
			if _, n, err := o.ClimbDue(ctx, 25); err != nil || n < 25 {
				break
			}
		}
		if _, _, err := o.SendMail(ctx, 1); !errors.Is(err, errLost) {
			t.Fatalf("the mark was not lost: %v", err)
		}
		o.mta.Refuse(nil)
		o.open(t, 7)
		o.clock.Add(11 * day.Minute)
		o.send(t)
		mails := o.mta.Mails()
		first := mails[0]
		same := slices.DeleteFunc(slices.Clone(mails), func(m smtpd.Mail) bool { return read(t, m).Get("Message-ID") != read(t, first).Get("Message-ID") })
		if len(same) != 2 || same[0].Data != same[1].Data || same[0].To != same[1].To {
			t.Errorf("%d mails have its Message-ID", len(same))
		}
		o.clock.Add(day.Hour)
		o.send(t)
		if n := len(o.mta.Mails()); n != len(mails) {
			t.Errorf("and again: %d mails, not %d", n, len(mails))
		}
	})
}

// Two processes share the outbox: each message is taken by one.
func TestTwoSenders(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		o := newOffice(t, e.DSN(t))
		for range 6 {
			o.refer(t, "Iona", "Marsh")
		}
		o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
		o2 := &office{clock: o.clock, dsn: o.dsn, mta: o.mta}
		o2.open(t, 2)
		for {
			if _, n, err := o.ClimbDue(ctx, 25); err != nil || n < 25 {
				break
			}
		}
		want := len(o.outs(t, app.OutQuery{State: app.OutWaiting}))
		done := make(chan error, 2)
		for _, x := range []*office{o, o2} {
			go func() {
				var failed error
				for range 30 {
					if _, _, err := x.SendMail(ctx, 3); err != nil {
						failed = err
					}
				}
				done <- failed
			}()
		}
		if err := errors.Join(<-done, <-done); err != nil {
			t.Fatal(err)
		}
		if got := len(o.mta.Mails()); got != want || want < 6 {
			t.Errorf("%d mails of %d", got, want)
		}
	})
}

func TestWhereAVacantPostsMailGoes(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
	o.mta.Refuse(func(step, _ string) error { return smtpd.No(450, "later") })
	o.round(t)
	o.mta.Refuse(nil)
	o.says(t, line.PersonSuspended{Person: "p-service", Why: "x"}, line.Cover{Post: "service", By: "chair"})
	o.clock.Add(day.Hour)
	o.send(t)
	if ms := o.mta.Mails(); len(ms) == 0 || slices.ContainsFunc(ms, func(m smtpd.Mail) bool { return m.To != address("chair") }) {
		t.Errorf("to %+v", ms)
	}
}

func TestNobodyToWriteTo(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.says(t, line.PersonMail{Person: "p-service"})
	o.refer(t, "Iona", "Marsh")
	o.clock.Set(testkit.Instant("2026-01-14T00:00:00Z"))
	o.round(t)
	o.clock.Add(61 * day.Minute)
	o.send(t)
	fs, err := o.Findings(ctx)
	if err != nil || len(o.mta.Mails()) != 0 || !slices.ContainsFunc(fs, func(f app.Finding) bool { return strings.Contains(f.Text, "nobody has said where mail") }) {
		t.Fatalf("%+v, %v", fs, err)
	}
	o.says(t, line.PersonMail{Person: "p-service", Address: "priti@marlowe.example"})
	o.clock.Add(day.Hour)
	o.send(t)
	if ms := o.mta.Mails(); len(ms) == 0 || ms[0].To != "priti@marlowe.example" {
		t.Errorf("%+v", ms)
	}
}

// Hostile names, words and texts begin no header, and do not leave.
func TestNothingInjectsAHeader(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	evil := "Eve\r\nBcc: all@evil.example\r\n\r\nHello"
	o.refer(t, evil, "\u2028Bcc: x@evil.example")
	o.refer(t, "<script>", "=?utf-8?q?Bcc=3A?=")
	o.clock.Set(testkit.Instant("2026-01-21T08:00:00Z"))
	o.round(t)
	if _, err := o.QueueDigests(ctx); err != nil {
		t.Fatal(err)
	}
	o.send(t)
	ls := o.letters(t)
	if len(ls) < 8 {
		t.Fatalf("only %d mails", len(ls))
	}
	allowed := []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress"}
	for _, l := range ls {
		for name, values := range l.Header {
			if !slices.Contains(allowed, name) || len(values) != 1 {
				t.Errorf("the header %s: %q", name, values)
			}
		}
		if strings.Contains(l.text+l.subject+l.raw, "evil") || strings.Contains(l.text, "script") {
			t.Errorf("it left:\n%s", l.raw)
		}
	}
	m := mailer(t, o.mta)
	before := len(o.mta.Mails())
	for _, x := range []app.Message{{ID: "1", To: "a@b.uk\r\nBcc: x@evil.example", Subject: "s"}, {ID: "1", To: "a@b.uk", Subject: "s\r\nBcc: x@evil.example"}, {ID: "1", To: "a@b.uk", Subject: "s\nx"},
		{ID: "1>\r\nBcc: x@evil.example", To: "a@b.uk", Subject: "s"}, {ID: "1", To: "a@b.uk, c@d.uk", Subject: "s"}, {ID: "1", To: "", Subject: "s"}, {ID: "", To: "a@b.uk", Subject: "s"}} {
		var told error
		err := m.Send(ctx, []app.Message{x}, func(_ int, err error) error { told = err; return nil })
		if err != nil || told == nil || strings.Contains(told.Error(), "evil") {
			t.Errorf("%+v: %v, %v", x, err, told)
		}
	}
	if n := len(o.mta.Mails()); n != before {
		t.Errorf("%d of them left", n-before)
	}
	long := app.Message{ID: "1", To: "a@b.uk", Subject: strings.Repeat("Zoë’s long subject ", 12) + "end", Text: ".\n..\nFrom here\n" + strings.Repeat("é", 2000) + "\nQUIT\n", At: o.clock.Now()}
	if err := m.Send(ctx, []app.Message{long}, func(_ int, err error) error { return err }); err != nil {
		t.Fatal(err)
	}
	l := read(t, o.mta.Mails()[before])
	if l.subject != long.Subject || l.text != long.Text || len(l.Header) != len(allowed) {
		t.Errorf("it came out as %q\n%q", l.subject, l.text)
	}
	for _, row := range strings.Split(l.raw, "\r\n") {
		if len(row) > 998 {
			t.Errorf("a line of %d bytes", len(row))
		}
	}
}
