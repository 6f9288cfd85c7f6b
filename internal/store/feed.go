package store

import (
	"context"
	"database/sql"

	"onus/internal/app"
	"onus/internal/day"
)

const sendingColumns = `s.id, s.authority, s.target, s.made, s.children, s.sha256, s.state, s.tries, s.next_at, s.ended, s.status, s.receipt, s.answer, s.problem`

func sendingFields(s *app.FeedSending) []any {
	return []any{&s.ID, &s.Authority, &s.Target, &s.Made, &s.Children, &s.SHA256, &s.State, &s.Tries, &s.Next, &s.Ended, &s.Status, &s.Receipt, &s.Answer, &s.Problem}
}

// FeedSendings lists payloads of the daily feed without what they say, oldest first, or
// newest first.
func (t *txn) FeedSendings(ctx context.Context, q app.FeedSendingQuery) (out []app.FeedSending, err error) {
	var w where
	if q.State != "" {
		w.add("s.state = ?1", string(q.State))
	}
	if q.Authority != "" {
		w.add("s.authority = ?1", q.Authority)
	}
	if q.Target != "" {
		w.add("s.target = ?1", q.Target)
	}
	order := ` ORDER BY s.made, s.id`
	if q.Newest {
		order = ` ORDER BY s.made DESC, s.id DESC`
	}
	err = t.each(ctx, func(r *sql.Rows) error {
		var s app.FeedSending
		err := r.Scan(sendingFields(&s)...)
		out = append(out, s)
		return err
	}, `SELECT `+sendingColumns+` FROM feed_sending s`+w.String()+order+limit(q.Limit), w.args...)
	return out, wrap("list sendings of the daily feed", err)
}

// FeedSending is one payload, with what it says while that is kept.
func (t *txn) FeedSending(ctx context.Context, id string) (s app.FeedSending, err error) {
	err = t.row(ctx, `SELECT `+sendingColumns+`, s.payload FROM feed_sending s WHERE s.id = $1`, id).Scan(append(sendingFields(&s), &s.Payload)...)
	return s, wrap("read a sending of the daily feed", err)
}

// FeedParts are who is in a sending, by their numbers.
func (t *txn) FeedParts(ctx context.Context, sending string) ([]app.FeedPart, error) {
	return t.feedParts(ctx, `SELECT number, child, sha256 FROM feed_part WHERE sending = $1 ORDER BY number`, sending)
}

// FeedHeld is what an address accepted last of each child, by their numbers.
func (t *txn) FeedHeld(ctx context.Context, authority, target string) ([]app.FeedPart, error) {
	return t.feedParts(ctx, `SELECT number, '' AS child, sha256 FROM feed_held WHERE authority = $1 AND target = $2 ORDER BY number`, authority, target)
}

func (t *txn) feedParts(ctx context.Context, text string, args ...any) (out []app.FeedPart, err error) {
	err = t.each(ctx, func(r *sql.Rows) error {
		var p app.FeedPart
		err := r.Scan(&p.Number, &p.Child, &p.SHA256)
		out = append(out, p)
		return err
	}, text, args...)
	return out, wrap("read who is in the daily feed", err)
}

// PutFeedSending keeps a payload before it is sent, with who is in it.
func (t *txn) PutFeedSending(ctx context.Context, s app.FeedSending, parts []app.FeedPart) error {
	err := t.exec(ctx, `INSERT INTO feed_sending (id, authority, target, made, children, sha256, payload, state, tries, next_at, ended, status, receipt, answer, problem)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		s.ID, s.Authority, s.Target, int64(s.Made), s.Children, s.SHA256, s.Payload, string(s.State), s.Tries, int64(s.Next), int64(s.Ended), s.Status, s.Receipt, s.Answer, s.Problem)
	for _, p := range parts {
		if err == nil {
			err = t.exec(ctx, `INSERT INTO feed_part (sending, number, child, sha256) VALUES ($1, $2, $3, $4)`, s.ID, p.Number, p.Child, p.SHA256)
		}
	}
	return wrap("keep a sending of the daily feed", err)
}

// SetFeedSending changes what became of a payload that waits and was not taken by
// another since it was read.
func (t *txn) SetFeedSending(ctx context.Context, s app.FeedSending, was day.Instant) (ours bool, err error) {
	n, err := t.count(ctx, `UPDATE feed_sending SET state = $1, tries = $2, next_at = $3, ended = $4, status = $5, receipt = $6, answer = $7, problem = $8 WHERE id = $9 AND state = $10 AND next_at = $11`,
		string(s.State), s.Tries, int64(s.Next), int64(s.Ended), s.Status, s.Receipt, s.Answer, s.Problem, s.ID, string(app.FeedWaiting), int64(was))
	if err == nil && n > 0 && s.State == app.FeedAccepted {
		err = t.exec(ctx, `UPDATE feed_sending SET payload = '' WHERE id = $1`, s.ID)
	}
	return n > 0, wrap("mark a sending of the daily feed", err)
}

// HoldFeed notes that an address accepted what a sending says.
func (t *txn) HoldFeed(ctx context.Context, s app.FeedSending, parts []app.FeedPart) (err error) {
	for _, p := range parts {
		switch {
		case err != nil:
		case p.SHA256 == "":
			err = t.exec(ctx, `DELETE FROM feed_held WHERE authority = $1 AND target = $2 AND number = $3`, s.Authority, s.Target, p.Number)
		default:
			err = t.exec(ctx, `INSERT INTO feed_held (authority, target, number, sha256, sending) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (authority, target, number) DO UPDATE SET sha256 = excluded.sha256, sending = excluded.sending`, s.Authority, s.Target, p.Number, p.SHA256, s.ID)
		}
	}
	return wrap("note what the daily feed told", err)
}

// ForgetRefusedFeed empties the payloads that an address refused: others are made in
// their place.
func (t *txn) ForgetRefusedFeed(ctx context.Context, authority, target string) error {
	return wrap("forget refused payloads", t.exec(ctx, `UPDATE feed_sending SET payload = '' WHERE authority = $1 AND target = $2 AND state = $3 AND payload <> ''`, authority, target, string(app.FeedRefused)))
}

// withdrawFeed empties every payload in which an erased child still stands. One that
// waits is not sent any more: what is left of it is made again.
func (t *txn) withdrawFeed(ctx context.Context, child string) error {
	err := t.exec(ctx, `UPDATE feed_sending SET state = $1, ended = made WHERE state = $2 AND id IN (SELECT sending FROM feed_part WHERE child <> '' AND child = $3)`, string(app.FeedWithdrawn), string(app.FeedWaiting), child)
	if err == nil {
		err = t.exec(ctx, `UPDATE feed_sending SET payload = '', answer = '' WHERE id IN (SELECT sending FROM feed_part WHERE child <> '' AND child = $1)`, child)
	}
	return wrap("withdraw payloads of the daily feed", err)
}
