package app_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/testkit"
)

// behind opens the database behind the program's back.
func behind(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver, name := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		abs, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		driver, name = "sqlite", (&url.URL{Scheme: "file", Path: abs}).String()+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// cases of tampering: %d is the entry's place, %[2]s a child's id. names says
// that the error must name the entry.
var tampers = []struct {
	what, do string
	names    bool
}{
	{"kind", `UPDATE journal SET kind = 'contact' WHERE seq = %[1]d`, true},
	{"a kind that is none", `UPDATE journal SET kind = 'nonsense' WHERE seq = %[1]d`, true},
	{"id", `UPDATE journal SET id = '01900000-0000-7000-8000-000000000000' WHERE seq = %[1]d`, true},
	{"seq", `UPDATE journal SET seq = 900000 WHERE seq = %[1]d`, true},
	{"subject", `UPDATE journal SET subject = 'child/01900000-0000-7000-8000-000000000000' WHERE seq = %[1]d`, true},
	{"happened", `UPDATE journal SET happened = '2026-01-11' WHERE seq = %[1]d`, true},
	{"happened, unreadable", `UPDATE journal SET happened = 'yesterday' WHERE seq = %[1]d`, true},
	{"recorded", `UPDATE journal SET recorded = recorded + 1 WHERE seq = %[1]d`, true},
	{"recorded, before the one before", `UPDATE journal SET recorded = 5 WHERE seq = %[1]d`, true},
	{"author", `UPDATE journal SET author = 'p-director' WHERE seq = %[1]d`, true},
	{"post", `UPDATE journal SET post = 'director' WHERE seq = %[1]d`, true},
	{"on behalf", `UPDATE journal SET on_behalf = 'director' WHERE seq = %[1]d`, true},
	{"corrects", `UPDATE journal SET corrects = '01900000-0000-7000-8000-000000000000' WHERE seq = %[1]d`, true},
	{"source", `UPDATE journal SET source = '{"kind":"api"}' WHERE seq = %[1]d`, true},
	{"source, unreadable", `UPDATE journal SET source = '{' WHERE seq = %[1]d`, true},
	{"body", `UPDATE journal SET body = REPLACE(body, 'told', 'Told') WHERE seq = %[1]d`, true},
	{"body, a space more", `UPDATE journal SET body = body || ' ' WHERE seq = %[1]d`, true},
	{"body, emptied", `UPDATE journal SET body = NULL WHERE seq = %[1]d`, true},
	{"body and salt, emptied", `UPDATE journal SET body = NULL, salt = NULL WHERE seq = %[1]d`, true},
	{"erased as Onus would, without a tombstone", emptied + ` WHERE seq = %[1]d`, true},
	{"a leaf beside the entry", `UPDATE journal SET leaf = salt WHERE seq = %[1]d`, true},
	{"salt", `UPDATE journal SET salt = (SELECT salt FROM journal WHERE seq = 0) WHERE seq = %[1]d`, true},
	{"salt, emptied", `UPDATE journal SET salt = NULL WHERE seq = %[1]d`, true},
	{"an entry gone", `DELETE FROM journal WHERE seq = %[1]d`, true},
	{"the last entry gone", `DELETE FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)`, false},
	{"an entry more", `INSERT INTO journal SELECT seq + 1, '01900000-0000-7000-8000-000000000000', kind, subject, happened, recorded, author, post, on_behalf, corrects, source, body, salt, leaf FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)`, false},
	{"a hash", `UPDATE ledger_hash SET hash = (SELECT hash FROM ledger_hash WHERE idx = 0) WHERE idx = 3`, false},
	{"a hash cut", `UPDATE ledger_hash SET hash = (SELECT salt FROM journal WHERE seq = 1) WHERE idx = 2`, false},
	{"a hash gone", `DELETE FROM ledger_hash WHERE idx = 2`, false},
	{"an entry more about the line", `INSERT INTO journal SELECT j.seq + 1, '01900000-0000-7000-8000-000000000000', l.kind, l.subject, l.happened, j.recorded, l.author, l.post, l.on_behalf, l.corrects, l.source, l.body, l.salt, l.leaf FROM journal j, journal l WHERE l.seq = 0 AND j.seq = (SELECT MAX(seq) FROM journal)`, false},
	{"the head back", `UPDATE head SET size = size - 1`, false},
	{"the head on", `UPDATE head SET size = size + 1`, false},
	{"the head's moment", `UPDATE head SET recorded = recorded + 1`, false},
	{"the head's line", `UPDATE head SET line_seq = line_seq - 1`, false},
	{"a child neither open nor closed", `UPDATE child SET open = 2 WHERE child = '%[2]s'`, false},
	{"a child's birthday that is none", `UPDATE child SET birth = 'soon' WHERE child = '%[2]s'`, false},
	{"a duty's day that is none", `UPDATE duty SET since = 'soon' WHERE child = '%[2]s'`, false},
	{"a checkpoint's size", `UPDATE checkpoint SET size = size - 1`, false},
	{"a checkpoint's text", `UPDATE checkpoint SET text = (SELECT salt FROM journal WHERE seq = 1)`, false},
	{"a child's name", `UPDATE child SET name = 'Somebody Else' WHERE child = '%[2]s'`, false},
	{"a child's risk", `UPDATE child SET risk = risk + 1 WHERE child = '%[2]s'`, false},
	{"a child's order", `UPDATE child SET sort_at = sort_at + 1 WHERE child = '%[2]s'`, false},
	{"a child's worker", `UPDATE child SET post = 'east-2' WHERE child = '%[2]s'`, false},
	{"a child hidden", `DELETE FROM child WHERE child = '%[2]s'`, false},
	{"to whom a child is open", `INSERT INTO child_open_to (who, why, child, until) VALUES ('person:x', 'sample', '%[2]s', 0)`, false},
	{"a private link that nobody gave", `INSERT INTO family_link (hash, subject, entry, until, ended) VALUES ('x', 'child/%[2]s', 'x', '2099-01-01', 0)`, false},
	{"a private link of no child", `INSERT INTO family_link (hash, subject, entry, until, ended) SELECT 'x', 'child/nobody', child, '2099-01-01', 0 FROM child WHERE child = '%[2]s'`, false},
	{"a private link opened again", `UPDATE family_link SET ended = 0, until = '2099-01-01' WHERE subject = 'child/%[2]s'`, false},
	{"a private link gone", `DELETE FROM family_link WHERE subject = 'child/%[2]s'`, false},
	{"what guards a child", `UPDATE child SET guard = '{"chair":"x"}' WHERE child = '%[2]s'`, false},
	{"when a child may be disposed of", `UPDATE child SET dispose_on = '2020-01-01' WHERE child = '%[2]s'`, false},
	{"a child more", `INSERT INTO child SELECT 'x', last_seq, entries, name, folded, birth, expected, open, since, risk, situation, team, post, no_worker_since, workers, last_seen, last_alone, referral, sort_at, guard, dispose_on, wake, area, journey, miles FROM child WHERE child = '%[2]s'`, false},
	{"a child's number", `UPDATE child_identifier SET value = '9' WHERE child = '%[2]s'`, false},
	{"who came to a team", `INSERT INTO arrival (child, team, week, m1, m2, m3, m4, m5, m6, m7, m8) VALUES ('%[2]s', 'west', 20454, 0, 0, 0, 0, 0, 0, 0, 0)`, false},
	{"how long the way takes", `UPDATE child SET journey = 77 WHERE child = '%[2]s'`, false},
	{"what is asked about a visit", `INSERT INTO visit_question (child, list, what, visit, newest, goal, name, team, risk) VALUES ('%[2]s', 'purpose', 'no goal', 'x', -20000, '', '', 'east', 3)`, false},
	{"a duty's day", `UPDATE duty SET due_by = due_by + 86400000000 WHERE child = '%[2]s'`, false},
	{"a duty's owner", `UPDATE duty SET owner = 'post:east-2' WHERE child = '%[2]s'`, false},
	{"a duty's climb", `UPDATE duty SET next_climb = 0 WHERE child = '%[2]s'`, false},
	{"what last year's files say", `UPDATE return_data_part SET body = salt WHERE number = 'P2'`, false},
	{"whose they are", `UPDATE return_data_part SET number = 'P3' WHERE number = 'P2'`, false},
	{"a child of theirs gone", `DELETE FROM return_data_part WHERE number = 'P2'`, false},
	{"a child more in them", `INSERT INTO return_data_part SELECT data, 900, authority, number, child, salt, body, leaf FROM return_data_part WHERE number = 'P2'`, false},
	{"a child of theirs forged whole", `UPDATE return_data_part SET body = NULL, salt = NULL, number = '', child = '', leaf = (SELECT salt FROM journal WHERE seq = 0) WHERE number = 'P2'`, false},
	{"data that nobody gave", `INSERT INTO return_data_part SELECT 'x', 0, authority, number, child, salt, body, leaf FROM return_data_part WHERE number = 'P2'`, false},
	{"a duty gone", `DELETE FROM duty WHERE child = '%[2]s'`, false},
	{"a duty more", `INSERT INTO duty SELECT 'x', child, rule, start, owner, team, risk, since, shifted, due_on, due_by, clock, until, next_climb, climbed, climbed_to, climbed_at, unit FROM duty WHERE child = '%[2]s' AND rule = 'referral.decision'`, false},
	{"a duty of no child", `INSERT INTO duty SELECT 'x', 'nobody', rule, start, owner, team, risk, since, shifted, due_on, due_by, clock, until, next_climb, climbed, climbed_to, climbed_at, unit FROM duty WHERE child = '%[2]s' AND rule = 'referral.decision'`, false},
}

// emptied makes of a row what an erasure leaves, with the leaf that the ledger has.
const emptied = `UPDATE journal SET kind = '', subject = '', happened = '', recorded = 0, author = '', post = '', on_behalf = '', corrects = '', source = '', body = NULL, salt = NULL,
leaf = (SELECT hash FROM ledger_hash WHERE idx = LEAF)`

func TestTampering(t *testing.T) {
	for _, e := range testkit.Engines {
		for _, x := range tampers {
			t.Run(e.Name+"/"+strings.ReplaceAll(x.what, " ", "-"), func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, e)
				id := h.record(t, "", h.say("manager-front", child.Known{Given: "Iona", Family: "Marsh", Birth: day.MustParse("2017-05-04"), IDs: []child.Identifier{{System: "nhs", Value: "4"}}}),
					h.say("manager-front", child.Referral{From: "school"})).Child
				plan := h.record(t, id, h.say("manager-front", child.PlanSent{Of: "cin", Goals: []child.Goal{{ID: "g1", Name: "Evenings", Change: "Nan is there."}}})).Entries[0]
				h.record(t, id, h.say("service", child.PlanApproved{Plan: plan}))
				given := h.giving(id, plan).Plan
				given.Link, given.Goals = "hash", given.Goals[:1]
				shared := h.record(t, id, h.say("manager-front", given)).Entries[0]
				h.record(t, id, h.say("manager-front", child.PlanShareEnded{Shared: shared, Why: "A new number."}))
				h.keeps903(t)
				h.clock.Add(day.Minute)
				done := h.record(t, id, h.say("manager-front", child.Note{Text: "what she told me"}))
				h.clock.Add(day.Minute)
				h.record(t, id, h.say("manager-front", child.Note{Text: "one after it"}))
				h.referred(t, "Another", "Child")
				if _, err := h.Checkpoint(ctx); err != nil {
					t.Fatal(err)
				}
				if v := h.verify(t); v.Checkpoints != 1 || v.Children != 2 || v.Duties < 2 {
					t.Fatalf("before: %+v", v)
				}
				var seq int64
				if err := h.Store.View(ctx, func(v app.View) error {
					st, err := v.Entry(ctx, done.Entries[0])
					seq = st.Seq
					return err
				}); err != nil {
					t.Fatal(err)
				}
				do := x.do
				do = strings.ReplaceAll(do, "LEAF", fmt.Sprint(tlog.StoredHashIndex(0, seq)))
				if strings.Contains(do, "%[1]d") {
					do = fmt.Sprintf(do, seq)
				} else if strings.Contains(do, "%[2]s") {
					do = fmt.Sprintf(strings.ReplaceAll(do, "%[2]s", "%[1]s"), id)
				}
				res, err := behind(t, h.dsn).Exec(do)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := res.RowsAffected(); n < 1 || err != nil {
					t.Fatalf("the tampering changed %d rows, %v", n, err)
				}
				_, err = h.Verify(ctx, h.known)
				if !errors.Is(err, app.ErrTampered) {
					t.Fatalf("not seen: %v", err)
				}
				if x.names && !strings.Contains(err.Error(), fmt.Sprintf("entry %d", seq)) {
					t.Errorf("it does not name entry %d: %v", seq, err)
				}
			})
		}
	}
}
