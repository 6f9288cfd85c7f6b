package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

const (
	digestAt    = 7*day.Hour + 30*day.Minute // after midnight in England, on working days
	digestLines = 20                         // at most so many in all
	digestCame  = 10                         // of these, what climbed
	digestBack  = 7 * 24 * day.Hour          // how far back a first digest looks
	metaDigests = "digests.day"
)

// QueueDigests puts the digest of today into the outbox for everybody who has
// something to hear and an address, once the hour has come on a working day. One
// of an earlier day that still waits is ended: after a stop people hear how
// things are, not how they were. It gives how many it put there.
func (a *App) QueueDigests(ctx context.Context) (n int, err error) {
	now := a.Clock.Now()
	on := now.Date()
	// No clock is changed on a working day, so that hours from midnight are hours of the clock.
	if a.Mail == nil || now < on.Start()+digestAt || !a.inForce().Calendar().Working(on) {
		return 0, nil
	}
	var l *line.Line
	var done string
	err = a.Store.View(ctx, func(v View) error {
		if done, err = v.Meta(ctx, metaDigests); err != nil || done >= on.String() {
			return err
		}
		l, err = a.lineOf(ctx, v)
		return err
	})
	if err != nil || l == nil {
		return 0, err
	}
	if err := a.Store.Update(ctx, func(tx Tx) error { return tx.OvertakeDigests(ctx, on.String(), now) }); err != nil {
		return 0, err
	}
	for _, person := range l.People() {
		if l.Mail(person) == "" || l.Away(person, on) {
			continue
		}
		o, err := a.digest(ctx, l, person, now)
		if err != nil {
			return n, err
		}
		if o == nil {
			continue
		}
		err = a.Store.Update(ctx, func(tx Tx) error {
			fresh, err := tx.PutOut(ctx, *o)
			if fresh {
				n++
			}
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, a.Store.Update(ctx, func(tx Tx) error { return tx.PutMeta(ctx, metaDigests, on.String()) })
}

// tidings are what a digest tells.
type tidings struct {
	now              day.Instant
	walled           map[string]bool // children of whom not even initials leave
	late, today, all int
	rows             []DutyRow // late or due today, most dangerous first
	came             []Out     // what climbed, newest first
	cameAll          int
	since            day.Instant // of the last digest; zero: there was none
}

// digest makes a person's digest; nil when there is nothing to tell, or it was
// told today.
func (a *App) digest(ctx context.Context, l *line.Line, person string, now day.Instant) (*Out, error) {
	on := now.Date()
	posts := a.roster(l, on, person).Posts
	if len(posts) == 0 {
		return nil, nil
	}
	t := tidings{now: now, walled: map[string]bool{}}
	told := false
	err := a.Store.View(ctx, func(v View) error {
		last, err := v.Outs(ctx, OutQuery{Who: []string{PersonKey(person)}, Matter: OutDigest, Newest: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(last) > 0 {
			if told = last[0].Step == on.String(); told {
				return nil
			}
			t.since = last[0].Made
		}
		if err := t.read(ctx, v, l, posts); err != nil {
			return err
		}
		for _, d := range t.rows {
			g, err := a.guardOf(d.ChildRow)
			if err != nil {
				return err
			}
			t.walled[d.Child] = walled(g)
		}
		return nil
	})
	if err != nil || told || t.late+t.today+t.cameAll == 0 {
		return nil, err
	}
	id, err := entry.Moment{Now: now, Rand: a.Rand}.NewID()
	if err != nil {
		return nil, err
	}
	return &Out{ID: id, Matter: OutDigest, Step: on.String(), Who: PersonKey(person), Channel: OutMail, Made: now, Next: now, State: OutWaiting,
		Subject: fmt.Sprintf("Onus today: %d late, %d due today", t.late, t.today), Text: t.text(a.inForce(), a.Mail)}, nil
}

func (t *tidings) read(ctx context.Context, v View, l *line.Line, posts []string) (err error) {
	on := t.now.Date()
	keys := l.KeysOf(posts, on)
	loads, err := v.LoadsOf(ctx, keys, t.now)
	if err != nil {
		return err
	}
	for _, x := range loads {
		t.late += x.Late
		t.all += x.Owed
	}
	// What is late at the last moment of today is late now, or due today.
	if loads, err = v.LoadsOf(ctx, keys, on.End()); err != nil {
		return err
	}
	t.today = -t.late
	for _, x := range loads {
		t.today += x.Late
	}
	t.today = max(t.today, 0) // what ends by itself today is not counted
	if t.rows, err = v.Duties(ctx, DutyQuery{Owners: keys, LateAt: on.End(), Now: t.now, Limit: digestLines}); err != nil {
		return err
	}
	who := make([]string, len(posts))
	for i, p := range posts {
		who[i] = PostKey(p)
	}
	q := OutQuery{Who: who, NoDigest: true, MadeAfter: max(t.since, t.now-digestBack), MadeBy: t.now, Newest: true}
	counts, err := v.CountOuts(ctx, q)
	if err != nil {
		return err
	}
	t.cameAll = outs(counts)
	q.Limit = digestCame
	t.came, err = v.Outs(ctx, q)
	return err
}

// text of the digest: counts first, then at most digestLines lines.
func (t *tidings) text(rules *duty.Pack, m *Mail) string {
	var b strings.Builder
	fmt.Fprintf(&b, "How things are with what you owe, at %s on %s.\n\nLate: %d\nDue today: %d\nOwed in all: %d\n", t.now.Clock(), t.now.Date().Full(), t.late, t.today, t.all)
	if t.cameAll > 0 {
		since := "in the last seven days"
		if t.since >= t.now-digestBack {
			since = "since your last digest (" + t.since.Long() + ")"
		}
		fmt.Fprintf(&b, "\nCame to you %s: %d\n", since, t.cameAll)
		for _, o := range t.came {
			b.WriteString("\n- " + o.Brief + "\n")
		}
		more(&b, t.cameAll-len(t.came))
	}
	left := digestLines - len(t.came)
	part := func(title string, all int, late bool) {
		rows := slices.DeleteFunc(slices.Clone(t.rows), func(d DutyRow) bool { return d.Due.Late(t.now) != late })
		if len(rows) == 0 {
			return
		}
		shown := rows[:min(left, len(rows))]
		left -= len(shown)
		b.WriteString("\n" + title + "\n")
		for _, d := range shown {
			who := ""
			if !t.walled[d.Child] {
				who = initials(d.ChildRow.Name)
			}
			name := d.Rule
			if r, ok := rules.Rule(d.Rule, d.Since.Date); ok {
				name = r.Duty
			}
			b.WriteString("\n- " + owing(name, who, d.Due.On) + "\n  " + m.dutyLink(d.Child, d.ID) + "\n")
		}
		more(&b, all-len(shown))
	}
	part("Late, the most dangerous first", t.late, true)
	part("Due today", t.today, false)
	b.WriteString("\nAll that you owe:\n" + m.PublicURL + "/owed\n\n" + foot)
	return b.String()
}

func more(b *strings.Builder, n int) {
	if n > 0 {
		fmt.Fprintf(b, "\nand %d more\n", n)
	}
}
