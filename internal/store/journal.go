package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

// txn is one transaction, reading or writing.
type txn struct {
	s     *Store
	tx    *sql.Tx
	conn  *sql.Conn // on which a writing one runs
	stmts stmts
	mine  map[string]*sql.Stmt // those of stmts that this transaction used
}

var _ app.Tx = (*txn)(nil)

// prepared gives the prepared statement of a text; nil: there is none.
func (t *txn) prepared(ctx context.Context, text string) *sql.Stmt {
	st := t.mine[text]
	if st == nil && t.stmts[text] != nil {
		st = t.tx.StmtContext(ctx, t.stmts[text])
		t.mine[text] = st
	}
	return st
}

func (t *txn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if st := t.prepared(ctx, text); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, text, args...)
}

func (t *txn) row(ctx context.Context, text string, args ...any) *sql.Row {
	if st := t.prepared(ctx, text); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return t.tx.QueryRowContext(ctx, text, args...)
}

func (t *txn) exec(ctx context.Context, text string, args ...any) error {
	_, err := t.count(ctx, text, args...)
	return err
}

// count runs a statement and says how many rows it touched.
func (t *txn) count(ctx context.Context, text string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if st := t.prepared(ctx, text); st != nil {
		res, err = st.ExecContext(ctx, args...)
	} else {
		res, err = t.tx.ExecContext(ctx, text, args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// many runs one statement for each of many rows, in order, and says how many
// rows each touched.
func (t *txn) many(ctx context.Context, text string, rows [][]any) ([]int64, error) {
	ns := make([]int64, len(rows))
	if len(rows) > 1 && t.s.d.sendsTogether() {
		return ns, t.conn.Raw(func(dc any) error {
			var b pgx.Batch
			for i, args := range rows {
				b.Queue(text, args...).Exec(func(tag pgconn.CommandTag) error {
					ns[i] = tag.RowsAffected()
					return nil
				})
			}
			return dc.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close()
		})
	}
	var err error
	for i, args := range rows {
		if ns[i], err = t.count(ctx, text, args...); err != nil {
			return nil, err
		}
	}
	return ns, nil
}

const (
	setSavepoint     = `SAVEPOINT wish`
	undoSavepoint    = `ROLLBACK TO SAVEPOINT wish`
	releaseSavepoint = `RELEASE SAVEPOINT wish`
)

// Savepoint runs fn so that it can be undone alone.
func (t *txn) Savepoint(ctx context.Context, fn func() error) (undone, err error) {
	if err := t.exec(ctx, setSavepoint); err != nil {
		return nil, wrap("set a savepoint", err)
	}
	if undone = fn(); undone != nil {
		if err := t.exec(ctx, undoSavepoint); err != nil {
			return undone, wrap("go back to a savepoint", err)
		}
	}
	return undone, wrap("release a savepoint", t.exec(ctx, releaseSavepoint))
}

// each runs a query and calls scan for every row.
func (t *txn) each(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// hot are the statements of the write path; hotReads of the pages.
var (
	hot = []string{insertEntry, insertHash, setHead, setSavepoint, undoSavepoint, releaseSavepoint, selectEntries, selectChild, touchChild, upsertChild, insertIdentifier, selectIdentifiers,
		selectChildDuties, upsertDuty, deleteDuty, lastRead, insertDone, selectDone, selectHead, upsertSession, upsertDraft,
		selectHashes[4], selectHashes[8], selectHashes[16], selectHashes[32], selectHashes[64], selectHashes[128], selectHashes[256],
		selectDutiesOf[1], selectDutiesOf[8], selectDutiesOf[32], selectDutiesOf[64], insertVisit, deleteVisit, insertArrival, deleteArrival, upsertDoor, deleteDoor,
		selectArrivalsOf[1], selectArrivalsOf[8], selectArrivalsOf[32], selectArrivalsOf[64],
		selectVisitsOf[1], selectVisitsOf[8], selectVisitsOf[32], selectVisitsOf[64],
		childrenOf(2), childrenOf(4), childrenOf(8), childrenOf(16), childrenOf(32), childrenOf(64)}
	hotReads = []string{selectSession, selectEntries, selectChild, selectChildDuties, selectHead, selectEntry, selectHashes[8], selectHashes[16], selectHashes[32], selectHashes[64]}
)

const selectHead = `SELECT size, recorded, line_seq FROM head WHERE one = 1`

// Head is where the journal ends.
func (t *txn) Head(ctx context.Context) (h app.Head, err error) {
	err = t.row(ctx, selectHead).Scan(&h.Size, &h.Recorded, &h.LineSeq)
	return h, wrap("read the head", err)
}

// Lock takes the one place in the queue of writers.
func (t *txn) Lock(ctx context.Context) (app.Head, error) {
	var h app.Head
	err := t.row(ctx, t.s.d.lockHead()).Scan(&h.Size, &h.Recorded, &h.LineSeq)
	return h, wrap("lock the head", err)
}

const (
	insertEntry = `INSERT INTO journal (seq, id, kind, subject, happened, recorded, author, post, on_behalf, corrects, source, body, salt, leaf)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	insertHash = `INSERT INTO ledger_hash (idx, hash) VALUES ($1, $2)`
	setHead    = `UPDATE head SET size = $1, recorded = $2, line_seq = $3 WHERE one = 1`
)

// Append writes entries and ledger hashes and moves the head.
func (t *txn) Append(ctx context.Context, es []app.Stored, hashes [][]byte, at int64, head app.Head) error {
	rows := make([][]any, len(es))
	for i, e := range es {
		if e.Erased() {
			rows[i] = []any{e.Seq, string(e.Entry.ID), "", "", "", 0, "", "", "", "", "", nil, nil, e.Leaf}
			continue
		}
		src, err := json.Marshal(e.Entry.Source)
		if err != nil {
			return err
		}
		x := e.Entry
		rows[i] = []any{e.Seq, string(x.ID), string(x.Kind), string(x.Subject), x.Happened.String(), int64(x.Recorded),
			x.Author, x.Post, x.OnBehalf, string(x.Corrects), string(src), string(x.Raw), e.Salt, nil}
	}
	if _, err := t.many(ctx, insertEntry, rows); err != nil {
		return wrap("append an entry", err)
	}
	rows = make([][]any, len(hashes))
	for i, h := range hashes {
		rows[i] = []any{at + int64(i), h}
	}
	if _, err := t.many(ctx, insertHash, rows); err != nil {
		return wrap("append to the ledger", err)
	}
	return wrap("move the head", t.exec(ctx, setHead, head.Size, int64(head.Recorded), head.LineSeq))
}

const columns = `seq, id, kind, subject, happened, recorded, author, post, on_behalf, corrects, source, body, salt, leaf`

const (
	selectEntries = `SELECT ` + columns + ` FROM journal WHERE subject = $1 ORDER BY seq`
	selectFrom    = `SELECT ` + columns + ` FROM journal WHERE subject = $1 AND seq >= $2 ORDER BY seq`
	selectEntry   = `SELECT ` + columns + ` FROM journal WHERE id = $1`
	selectJournal = `SELECT ` + columns + ` FROM journal WHERE seq >= $1 ORDER BY seq`
)

type scanner interface{ Scan(...any) error }

func (s *Store) scanEntry(row scanner) (app.Stored, error) {
	var (
		st               app.Stored
		happened, source string
		body             sql.NullString
	)
	e := &st.Entry
	err := row.Scan(&st.Seq, &e.ID, &e.Kind, &e.Subject, &happened, &e.Recorded, &e.Author, &e.Post, &e.OnBehalf, &e.Corrects, &source, &body, &st.Salt, &st.Leaf)
	if err != nil {
		return st, err
	}
	bad := func(what string) (app.Stored, error) {
		return st, fmt.Errorf("%w: entry %d (%s) has %s that cannot be read", app.ErrTampered, st.Seq, e.ID, what)
	}
	if st.Leaf != nil {
		if body.Valid || st.Salt != nil || happened+source != "" || !reflect.DeepEqual(st.Entry, entry.Entry{ID: e.ID}) {
			return bad("something beside the leaf of an erased entry")
		}
		return st, nil
	}
	if e.Happened, err = day.ParseWhen(happened); err != nil || e.Happened.String() != happened {
		return bad("a date")
	}
	if err := json.Unmarshal([]byte(source), &e.Source); err != nil {
		return bad("a source")
	}
	if again, err := json.Marshal(e.Source); err != nil || string(again) != source {
		return bad("a source")
	}
	e.Raw = json.RawMessage(body.String)
	if err := s.reg.Load(e); err != nil {
		return bad("a body")
	}
	return st, nil
}

// Entries of a subject in recorded order.
func (t *txn) Entries(ctx context.Context, subject entry.Subject) ([]app.Stored, error) {
	return t.entries(ctx, selectEntries, string(subject))
}

// EntriesFrom are those of them at or after a place in the journal.
func (t *txn) EntriesFrom(ctx context.Context, subject entry.Subject, seq int64) ([]app.Stored, error) {
	return t.entries(ctx, selectFrom, string(subject), seq)
}

func (t *txn) entries(ctx context.Context, query string, args ...any) (out []app.Stored, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		e, err := t.s.scanEntry(r)
		out = append(out, e)
		return err
	}, query, args...)
	return out, wrap("read entries", err)
}

// Entry finds one.
func (t *txn) Entry(ctx context.Context, id entry.ID) (app.Stored, error) {
	if !entry.CanKeep(string(id)) {
		return app.Stored{}, app.ErrNotFound
	}
	e, err := t.s.scanEntry(t.row(ctx, selectEntry, string(id)))
	return e, wrap("read an entry", err)
}

// Each walks the journal.
func (t *txn) Each(ctx context.Context, from int64, fn func(app.Stored) error) error {
	return t.each(ctx, func(r *sql.Rows) error {
		e, err := t.s.scanEntry(r)
		if err != nil {
			return err
		}
		return fn(e)
	}, selectJournal, from)
}

// maxHashes is how many hashes one statement reads.
const maxHashes = 256

// selectHashes are the statements that read 1, 2, 4 ... maxHashes hashes.
var selectHashes = func() map[int]string {
	m := map[int]string{}
	for n := 1; n <= maxHashes; n *= 2 {
		list, _ := in(1, make([]int64, n))
		m[n] = `SELECT idx, hash FROM ledger_hash WHERE idx IN (` + list + `) ORDER BY idx`
	}
	return m
}()

// Hashes of the ledger, by their number.
func (t *txn) Hashes(ctx context.Context, indexes []int64) ([][]byte, error) {
	out := make([][]byte, len(indexes))
	place := make(map[int64][]int, len(indexes))
	for i, ix := range indexes {
		place[ix] = append(place[ix], i)
	}
	for start := 0; start < len(indexes); start += maxHashes {
		part := slices.Clone(indexes[start:min(start+maxHashes, len(indexes))])
		for bits.OnesCount(uint(len(part))) != 1 { // few lengths, so that the statements can be kept prepared
			part = append(part, part[0])
		}
		_, args := in(1, part)
		err := t.each(ctx, func(r *sql.Rows) error {
			var ix int64
			var h []byte
			if err := r.Scan(&ix, &h); err != nil {
				return err
			}
			for _, i := range place[ix] {
				out[i] = h
			}
			return nil
		}, selectHashes[len(part)], args...)
		if err != nil {
			return nil, wrap("read the ledger", err)
		}
	}
	for i, h := range out {
		if h == nil {
			return nil, fmt.Errorf("%w: the ledger's hash number %d is missing", app.ErrTampered, indexes[i])
		}
	}
	return out, nil
}

// Checkpoint is the newest signed head.
func (t *txn) Checkpoint(ctx context.Context) (text []byte, size int64, err error) {
	err = t.row(ctx, `SELECT text, size FROM checkpoint ORDER BY size DESC LIMIT 1`).Scan(&text, &size)
	return text, size, wrap("read the checkpoint", err)
}

// Checkpoints walks all of them, oldest first.
func (t *txn) Checkpoints(ctx context.Context, fn func(int64, []byte) error) error {
	return t.each(ctx, func(r *sql.Rows) error {
		var size int64
		var text []byte
		if err := r.Scan(&size, &text); err != nil {
			return err
		}
		return fn(size, text)
	}, `SELECT size, text FROM checkpoint ORDER BY size`)
}

// PutCheckpoint keeps a signed head. The first for a size stays.
func (t *txn) PutCheckpoint(ctx context.Context, size int64, text []byte, at day.Instant) error {
	return wrap("keep a checkpoint", t.exec(ctx, `INSERT INTO checkpoint (size, at, text) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`, size, int64(at), text))
}

// Meta reads a setting; a setting that is not there is empty.
func (t *txn) Meta(ctx context.Context, key string) (v string, err error) {
	err = t.row(ctx, `SELECT value FROM meta WHERE key = $1`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, wrap("read a setting", err)
}

// PutMeta writes a setting.
func (t *txn) PutMeta(ctx context.Context, key, value string) error {
	return wrap("write a setting", t.exec(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value))
}

const (
	selectDone = `SELECT key, request, child, entries, at FROM done WHERE key = $1`
	insertDone = `INSERT INTO done (key, request, child, entries, at) VALUES ($1, $2, $3, $4, $5)`
)

// Done finds what was done under an idempotency key.
func (t *txn) Done(ctx context.Context, key string) (o app.Outcome, err error) {
	var ids string
	if !entry.CanKeep(key) {
		return o, app.ErrNotFound
	}
	err = t.row(ctx, selectDone, key).Scan(&o.Key, &o.Request, &o.Child, &ids, &o.At)
	for _, id := range strings.Fields(ids) {
		o.Entries = append(o.Entries, entry.ID(id))
	}
	return o, wrap("look up an idempotency key", err)
}

// PutDone keeps what was done.
func (t *txn) PutDone(ctx context.Context, os ...app.Outcome) error {
	rows := make([][]any, len(os))
	for i, o := range os {
		ids := make([]string, len(o.Entries))
		for i, id := range o.Entries {
			ids[i] = string(id)
		}
		rows[i] = []any{o.Key, o.Request, o.Child, strings.Join(ids, " "), int64(o.At)}
	}
	_, err := t.many(ctx, insertDone, rows)
	return wrap("keep an idempotency key", err)
}

const (
	lastRead   = `SELECT COALESCE(MAX(nth), 0) FROM read_log WHERE at = $1`
	insertRead = `INSERT INTO read_log (at, nth, person, post, child, what, grounds, refused, program) VALUES `
)

// maxReads is how many looks one statement writes.
const maxReads = 500

// PutReads keeps who looked: a page of a list is one statement, not one for
// each child on it.
func (t *txn) PutReads(ctx context.Context, rs []app.Read) error {
	if q := t.s.d.queueReads(); q != "" && len(rs) > 0 {
		if err := t.exec(ctx, q); err != nil {
			return wrap("queue for the reader log", err)
		}
	}
	for len(rs) > 0 {
		n := 1 // looks of one moment
		for n < min(len(rs), maxReads) && rs[n].At == rs[0].At {
			n++
		}
		var last int64
		if err := t.row(ctx, lastRead, int64(rs[0].At)).Scan(&last); err != nil {
			return wrap("read the reader log", err)
		}
		var rows []string
		var args []any
		for i, r := range rs[:n] {
			list, row := in(len(args)+1, []any{int64(r.At), last + int64(i) + 1, r.Person, r.Post, r.Child, r.What, r.Grounds, number(r.Refused), r.Program})
			rows, args = append(rows, "("+list+")"), append(args, row...)
		}
		if err := t.exec(ctx, insertRead+strings.Join(rows, ", "), args...); err != nil {
			return wrap("write the reader log", err)
		}
		rs = rs[n:]
	}
	return nil
}

const readColumns = `at, person, post, child, what, grounds, refused, program`

func (t *txn) reads(ctx context.Context, text string, args ...any) (out []app.Read, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var x app.Read
		err := r.Scan(&x.At, &x.Person, &x.Post, &x.Child, &x.What, &x.Grounds, boolOf{&x.Refused}, &x.Program)
		out = append(out, x)
		return err
	}, text, args...)
	return out, wrap("read the reader log", err)
}

// Reads of a child's record up to a moment, newest first; all of them for zero.
func (t *txn) Reads(ctx context.Context, child string, until day.Instant, limit int) ([]app.Read, error) {
	if until == 0 {
		until = math.MaxInt64
	}
	return t.reads(ctx, `SELECT `+readColumns+` FROM read_log WHERE child = $1 AND at <= $2 ORDER BY at DESC, nth DESC LIMIT $3`, child, int64(until), limit)
}

// ownReads are without the thousands of records that one return is made from.
const ownReads = `SELECT ` + readColumns + ` FROM read_log WHERE person = $1 AND grounds <> 'return' AND what <> $2 AND at < $3 ORDER BY at DESC, nth DESC, child LIMIT $4`

// ReadsBy are a person's own looks, newest first.
func (t *txn) ReadsBy(ctx context.Context, person, except string, before day.Instant, limit int) ([]app.Read, error) {
	rs, err := t.reads(ctx, ownReads, person, except, int64(before), limit)
	if err != nil || len(rs) < limit {
		return rs, err
	}
	// A list is many looks of one moment. The last moment comes whole: the next
	// page begins before it.
	last := rs[len(rs)-1].At
	rs = slices.DeleteFunc(rs, func(r app.Read) bool { return r.At == last })
	whole, err := t.reads(ctx, `SELECT `+readColumns+` FROM read_log WHERE person = $1 AND grounds <> 'return' AND what <> $2 AND at = $3 ORDER BY nth DESC, child`, person, except, int64(last))
	return append(rs, whole...), err
}

// maxBetween is how many looks are read at once.
const maxBetween = 10_000

// ReadsBetween are looks after one moment up to another, in order.
func (t *txn) ReadsBetween(ctx context.Context, after, until day.Instant, except []string) ([]app.Read, error) {
	list, args := in(4, except)
	where := ""
	if len(except) > 0 {
		where = ` AND what NOT IN (` + list + `)`
	}
	rs, err := t.reads(ctx, `SELECT `+readColumns+` FROM read_log WHERE at > $1 AND at <= $2`+where+` ORDER BY at, nth, child LIMIT $3`,
		append([]any{int64(after), int64(until), maxBetween}, args...)...)
	if len(rs) < maxBetween {
		return rs, err
	}
	// The last moment may go on: it is left for the next call, which begins before it.
	last := rs[len(rs)-1].At
	return slices.DeleteFunc(rs, func(r app.Read) bool { return r.At == last }), err
}

// in makes "$1, $2" for a list of arguments, numbered from n.
func in[T any](n int, vs []T) (string, []any) {
	var b strings.Builder
	args := make([]any, len(vs))
	for i, v := range vs {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", n+i)
		args[i] = v
	}
	return b.String(), args
}

// wrap says which step failed. No row is app.ErrNotFound.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return app.ErrNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}
