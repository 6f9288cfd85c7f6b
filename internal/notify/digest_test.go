package notify_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/simulate"
	"onus/internal/testkit"
	"onus/internal/testkit/smtpd"
)

func (o *office) digests(t *testing.T) int {
	t.Helper()
	n, err := o.QueueDigests(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o.send(t)
	return n
}

// since are the digests that left after so many mails, by who got them.
func (o *office) since(t *testing.T, n int) map[string][]letter {
	t.Helper()
	out := map[string][]letter{}
	for _, l := range o.letters(t)[n:] {
		if strings.HasPrefix(l.subject, "Onus today: ") {
			out[l.to] = append(out[l.to], l)
		}
	}
	return out
}

func TestDigest(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		o := newOffice(t, e.DSN(t))
		id := o.refer(t, "Iona", "Marsh")
		o.clock.Set(testkit.Instant("2026-01-13T07:29:59Z"))
		o.round(t)
		if n := o.digests(t); n != 0 {
			t.Fatalf("%d digests before half past seven", n)
		}
		o.clock.Set(testkit.Instant("2026-01-13T07:30:00Z"))
		if n := o.digests(t); n != 1 {
			t.Fatalf("%d digests", n)
		}
		l := o.since(t, 0)[address("manager-front")]
		if len(l) != 1 {
			t.Fatalf("the manager got %d", len(l))
		}
		if l[0].subject != "Onus today: 0 late, 1 due today" {
			t.Error(l[0].subject)
		}
		holds(t, "the digest", l[0].text, "at 07:30 on Tuesday 13 January 2026", "Late: 0\nDue today: 1\n", "\nDue today\n\n- ", ", I.M., due Tuesday 13 January 2026\n  "+public+"/child/"+id+"/duty/referral.decision", public+"/owed\n")
		for _, no := range []string{"Iona", "Marsh", "Gwen", "Tarr", "Came to you", "\nLate,"} {
			if strings.Contains(l[0].raw+l[0].text, no) {
				t.Errorf("it says %q", no)
			}
		}
		o.open(t, 3)
		if n := o.digests(t); n != 0 {
			t.Errorf("%d again, after a restart", n)
		}
		// The mark that the day is done is lost, and the digests are not told twice.
		if err := o.Store.Update(ctx, func(tx app.Tx) error { return tx.PutMeta(ctx, "digests.day", "2026-01-12") }); err != nil {
			t.Fatal(err)
		}
		if n := o.digests(t); n != 0 {
			t.Errorf("%d again, when the mark was lost", n)
		}

		o.clock.Set(testkit.Instant("2026-01-15T07:45:00Z")) // it stood for a day and a half
		n := len(o.mta.Mails())
		o.round(t)
		o.digests(t)
		got := o.since(t, n)
		own, above := got[address("manager-front")], got[address("service")]
		if len(own) != 1 || len(above) != 1 {
			t.Fatalf("%d and %d digests", len(own), len(above))
		}
		holds(t, "the manager's", own[0].text, "Late: ", "\nLate, the most dangerous first\n\n- ")
		if strings.Contains(own[0].text, "Came to you") {
			t.Error("what they owe themselves came to them")
		}
		holds(t, "the one above's", above[0].text, "Late: 0\nDue today: 0\n", "Came to you in the last seven days: ", "I.M., due Tuesday 13 January 2026. It climbed because it was not done in time.", "I.M., due Tuesday 13 January 2026. It climbed because it was still not done 1 working day after it was due.\n  "+public+"/child/"+id)

		o.clock.Set(testkit.Instant("2026-01-17T12:00:00Z")) // a Saturday
		if n := o.digests(t); n != 0 {
			t.Errorf("%d digests on a Saturday", n)
		}
		o.clock.Set(testkit.Instant("2026-04-03T12:00:00Z")) // Good Friday
		if n := o.digests(t); n != 0 {
			t.Errorf("%d digests on Good Friday", n)
		}
	})
}

// In summer half past seven is half past six by UTC.
func TestDigestInSummer(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	o.clock.Set(testkit.Instant("2026-07-01T06:29:00Z"))
	if n := o.digests(t); n != 0 {
		t.Errorf("%d digests at 07:29", n)
	}
	o.clock.Set(testkit.Instant("2026-07-01T06:30:00Z"))
	if n := o.digests(t); n == 0 {
		t.Error("no digest at 07:30")
	}
}

// When the mail server was down for days, only the newest digest is sent.
func TestOnlyTheNewestDigest(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	o.refer(t, "Iona", "Marsh")
	o.mta.Refuse(func(string, string) error { return smtpd.No(450, "later") })
	for _, at := range []string{"2026-01-14T08:00:00Z", "2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z"} {
		o.clock.Set(testkit.Instant(at))
		o.round(t)
		o.digests(t)
	}
	o.mta.Refuse(nil)
	o.clock.Add(70 * day.Minute)
	o.send(t)
	ls := o.since(t, 0)[address("manager-front")]
	if len(ls) != 1 || !strings.Contains(ls[0].text, "Friday 16 January 2026") {
		t.Errorf("%d digests: %v", len(ls), ls)
	}
}

func TestDigestIsShort(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	for range 40 {
		o.refer(t, "Iona", "Marsh")
	}
	// Nobody is at the front door from tomorrow: what it owes, and what climbs, is the service manager's.
	o.says(t, line.PostLeft{Post: "manager-front", Person: "p-manager-front"})
	o.clock.Set(testkit.Instant("2026-01-14T08:00:00Z"))
	o.round(t)
	mails := len(o.mta.Mails())
	if mails != 20 {
		t.Errorf("%d mails about steps in an hour to one post", mails)
	}
	o.digests(t)
	l := o.since(t, 0)[address("service")][0]
	if n := strings.Count(l.text, "\n- "); n != 20 {
		t.Errorf("%d lines", n)
	}
	late := regexp.MustCompile(`Late: (\d+)`).FindStringSubmatch(l.text)[1]
	if late == "0" || len(late) != 2 || strings.Count(l.text, " more\n") != 2 {
		t.Errorf("late: %s\n%s", late, l.text)
	}
	holds(t, "the digest", l.text, "Came to you in the last seven days: "+late+"\n")
}

// A record that something guards is named by no letter of a name.
func TestGuardedRecordHasNoInitials(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	id := o.refer(t, "Xanthe", "Quill")
	if _, err := o.Record(ctx, app.Do{Child: id, Commands: []child.Command{{Actor: testkit.Who("head"), Happened: day.AtInstant(o.clock.Now()), Body: child.Restricted{Category: "other", Why: "x", Owner: "head", ReviewBy: o.clock.Now().Date() + 60}}}}); err != nil {
		t.Fatal(err)
	}
	o.clock.Set(testkit.Instant("2026-01-14T08:00:00Z"))
	o.round(t)
	o.digests(t)
	ls := o.letters(t)
	if len(ls) < 2 {
		t.Fatalf("%d mails", len(ls))
	}
	for _, l := range ls {
		holds(t, "the mail", l.text, "/child/"+id)
		if strings.Contains(l.text+l.subject, "X.") {
			t.Errorf("it says whose record it is:\n%s", l.text)
		}
	}
}

func TestConcern(t *testing.T) {
	o := newOffice(t, testkit.SQLite(t))
	d, err := o.Desk(ctx, testkit.Reader("east-1"))
	if err != nil {
		t.Fatal(err)
	}
	done, err := d.Raise(ctx, app.Wish{Text: "Zebediah has not been seen for six weeks"})
	if err != nil {
		t.Fatal(err)
	}
	o.send(t)
	o.clock.Set(testkit.Instant("2026-03-02T09:00:00Z"))
	o.round(t)
	ls := o.letters(t)
	ls = slices.DeleteFunc(ls, func(l letter) bool { return !strings.Contains(l.text, "/concern/") })
	var to []string
	for _, l := range ls {
		to = append(to, l.to)
	}
	slices.Sort(to[1:])
	if want := []string{"manager-east", "chief-executive", "chief-executive", "director", "head", "service"}; !slices.EqualFunc(to, want, func(a, post string) bool { return a == address(post) }) {
		t.Fatalf("to %v", to)
	}
	for _, l := range ls {
		holds(t, "the mail", l.text, public+"/concern/"+done.Child, "Reading is not answering")
		if strings.Contains(l.raw, "Zebediah") || strings.Contains(l.raw, "Dana") {
			t.Errorf("it says what it is about:\n%s", l.text)
		}
	}
}

// In a whole invented authority, not one name is in any byte that leaves.
func TestNoNameLeaves(t *testing.T) {
	o := &office{clock: testkit.NewClock("2026-01-12T09:00:00Z"), dsn: testkit.SQLite(t), mta: smtpd.Start(t, false)}
	o.open(t, 1)
	es, _, err := simulate.Authority(simulate.Options{Name: "Marlowe", Children: 120, Months: 12, Seed: 3, Now: o.clock.Now(), Pack: o.Pack, Stories: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Bulk(ctx, es); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range es {
		switch b := e.Body.(type) {
		case child.Known:
			for _, n := range append([]string{b.Given, b.Family}, b.OtherNames...) {
				for _, w := range words(n) {
					names[w] = true
				}
			}
		case line.PersonKnown:
			for _, w := range words(b.Name) {
				names[w] = true
			}
		}
	}
	l, err := o.Line(ctx)
	if err != nil {
		t.Fatal(err)
	}
	addresses := 0
	for i, p := range l.People() {
		o.says(t, line.PersonMail{Person: p, Address: "worker" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "@marlowe.example"})
		addresses++
	}
	for range 20 {
		o.clock.Add(24 * day.Hour)
		o.round(t)
		o.digests(t)
	}
	// Words that are in no name, though a child may be called so: of the rules, of
	// days and months, and of the mails themselves.
	plain := map[string]bool{}
	for _, r := range o.Pack.Rules {
		for _, w := range words(r.Duty + " " + r.ID) {
			plain[w] = true
		}
	}
	for d := day.MustParse("2026-01-01"); d < day.MustParse("2027-01-01"); d += 5 {
		for _, w := range words(d.Full()) {
			plain[w] = true
		}
	}
	clashes := 0
	for n := range names {
		if plain[n] {
			clashes++
			delete(names, n)
		}
	}
	ls := o.letters(t)
	if len(names) < 100 || len(ls) < 200 || clashes > 5 {
		t.Fatalf("%d names, %d of them ordinary words, %d mails", len(names), clashes, len(ls))
	}
	seen := map[string]bool{}
	for _, l := range ls {
		for _, w := range append(words(l.raw), words(l.text+" "+l.subject)...) {
			if names[w] && !seen[w] {
				seen[w] = true
				t.Errorf("the name %s left:\n%s", w, l.text)
			}
		}
	}
	t.Logf("%d mails to %d people, %d names looked for", len(ls), addresses, len(names))
}

// words of a text that begin with a capital letter, two letters or more.
func words(s string) (out []string) {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		if r := []rune(w); len(r) > 1 && unicode.IsUpper(r[0]) {
			out = append(out, w)
		}
	}
	return out
}
