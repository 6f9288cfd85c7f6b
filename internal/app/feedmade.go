package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/dailyfeed"
)

// FeedQuery says of which children the feed is made.
type FeedQuery struct {
	Authority string
	// Target is the address of which is asked what it accepted last; empty: the one to
	// which was sent last.
	Target string
	All    bool     // of all, whatever was accepted before
	Since  day.Date // of those about whom something was recorded on this day or later; zero: of those of whom something else would be sent than was accepted last
}

// FeedChild is what the feed says of one child.
type FeedChild struct {
	Child  string // its id in Onus; empty where there is nothing of them here any more
	Number string // the authority's
	Sent   dailyfeed.Child
	SHA256 string // of its text; empty: all is to be removed there
}

// Feed is what can be sent.
type Feed struct {
	Children []FeedChild // in the order of their numbers
	NoNumber int         // children with something to send and no number of the authority
	Same     int         // records that were found to be of a child with another record
	Unfit    []Unfit
}

// Unfit is a child of whom the Department's document would refuse something: it is not
// sent, so that one wrong field does not hold up a hundred children.
type Unfit struct {
	Child  string // its id in Onus
	Faults []dailyfeed.Fault
}

// Batches are its children in payloads of as many as the Department takes at a time.
func (f Feed) Batches() (out [][]dailyfeed.Child) {
	for part := range slices.Chunk(f.Children, dailyfeed.MaxChildren) {
		var batch []dailyfeed.Child
		for _, c := range part {
			batch = append(batch, c.Sent)
		}
		out = append(out, batch)
	}
	return out
}

// DailyFeed makes what would be sent, from the records as they stand now. A child who
// was sent before and of whom nothing is to be told any more (the record was disposed of,
// withdrawn, found to be another child's, or has another number) is in it as one to be
// removed there, unless the query names a day.
func (a *App) DailyFeed(ctx context.Context, q FeedQuery) (Feed, error) {
	m, err := a.feedMaking(ctx, q)
	if err != nil {
		return Feed{}, err
	}
	if err := a.EachRecord(ctx, func(rec child.Record) error { m.add(rec); return m.err }); err != nil {
		return Feed{}, err
	}
	return m.feed(), nil
}

// feedMade makes the feed from records.
type feedMade struct {
	q       FeedQuery
	on      day.Date
	held    map[string]string // what was accepted last of each number
	numbers map[string]bool   // of those whom it tells of
	out     Feed
	told    func(dailyfeed.Child) // of each child of whom the feed tells, sent or not; nil: nobody
	err     error
}

func (a *App) feedMaking(ctx context.Context, q FeedQuery) (*feedMade, error) {
	held, err := a.feedHeld(ctx, q)
	return &feedMade{q: q, on: a.Clock.Now().Date(), held: held, numbers: map[string]bool{}}, err
}

// add puts one child's record in, and says whether the feed tells of the child. After an
// error, which is in err, it adds nothing.
func (m *feedMade) add(rec child.Record) (in bool) {
	if m.err != nil {
		return false
	}
	c, left := dailyfeed.Made(m.q.Authority, m.on, rec)
	switch left {
	case dailyfeed.NoEpisode:
		return false
	case dailyfeed.NoNumber:
		m.out.NoNumber++
		return false
	case dailyfeed.Same:
		m.out.Same++
		return false
	}
	faults, err := c.Check()
	if err != nil {
		m.err = fmt.Errorf("the child %s: %w", rec.Child, err)
		return false
	}
	if m.numbers[c.LAChildID] {
		faults = append(faults, dailyfeed.Fault{Path: numberPath, Text: numberTwice})
	}
	m.numbers[c.LAChildID] = true
	if m.told != nil {
		m.told(c)
	}
	if len(faults) > 0 {
		m.out.Unfit = append(m.out.Unfit, Unfit{rec.Child, faults})
		return true
	}
	x, err := feedChild(rec.Child, c)
	switch {
	case err != nil:
		m.err = err
		return false
	case m.q.All, m.q.Since != 0 && recordedSince(rec, m.q.Since), m.q.Since == 0 && m.held[x.Number] != x.SHA256:
		m.out.Children = append(m.out.Children, x)
	}
	return true
}

// What is said of a child with the number of another.
const numberPath, numberTwice = "la_child_id", "is the number of another record too"

// feed is what was made, when all records are in.
func (m *feedMade) feed() Feed {
	for number := range m.held {
		if m.q.Since == 0 && !m.numbers[number] {
			m.out.Children = append(m.out.Children, FeedChild{Number: number, Sent: dailyfeed.Purged(number)})
		}
	}
	slices.SortFunc(m.out.Children, func(x, y FeedChild) int { return strings.Compare(x.Number, y.Number) })
	return m.out
}

func recordedSince(rec child.Record, on day.Date) bool {
	return len(rec.Log) > 0 && rec.Log[len(rec.Log)-1].Recorded >= on.Start()
}

// feedHeld is what was accepted last of each number.
func (a *App) feedHeld(ctx context.Context, q FeedQuery) (map[string]string, error) {
	out := map[string]string{}
	return out, a.Store.View(ctx, func(v View) error {
		if q.Target == "" {
			last, err := v.FeedSendings(ctx, FeedSendingQuery{Authority: q.Authority, Newest: true, Limit: 1})
			if err != nil || len(last) == 0 {
				return err
			}
			q.Target = last[0].Target
		}
		parts, err := v.FeedHeld(ctx, q.Authority, q.Target)
		for _, p := range parts {
			out[p.Number] = p.SHA256
		}
		return err
	})
}

func feedChild(id string, c dailyfeed.Child) (FeedChild, error) {
	text, err := c.Text()
	if err != nil {
		return FeedChild{}, fmt.Errorf("the child %s: %w", id, err)
	}
	sum := sha256.Sum256(text)
	return FeedChild{Child: id, Number: c.LAChildID, Sent: c, SHA256: hex.EncodeToString(sum[:])}, nil
}

// feedPage and feedGround say in the reader log why a child's record was read.
const feedPage, feedGround = "Daily feed", "daily-feed"

// FeedRead writes into the reader log that the records of all children of a feed were
// read for it. It must come before anything of it is given out.
func (a *App) FeedRead(ctx context.Context, f Feed) error {
	looks := feedLooks(f.Children, a.Clock.Now())
	if len(looks) == 0 {
		return nil
	}
	return a.Store.Update(ctx, func(tx Tx) error { return tx.PutReads(ctx, looks) })
}

func feedLooks(cs []FeedChild, at day.Instant) (out []Read) {
	for _, c := range cs {
		if c.Child != "" {
			out = append(out, Read{At: at, Person: entry.System.Person, Child: c.Child, What: feedPage, Grounds: feedGround})
		}
	}
	return out
}
