package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/dailyfeed"
	"onus/internal/returns/fact"
)

// FeedTerms are what a payload of the daily feed does not say of itself.
type FeedTerms struct {
	Authority string      // three digits; empty where the file must say (its older form does)
	Made      day.Instant // when it was made; zero where nobody says
}

// FeedResult says what an import of a daily feed understood and did.
type FeedResult struct {
	Terms    FeedTerms
	Children int
	Faults   []string // what the Department's document does not allow, with its place; at most maxFaults
	FaultsN  int
	Apart    []string // what stands beside the children, by name
	Taken
}

// maxFaults is how many faults of a file are listed.
const maxFaults = 1000

// CheckDailyFeed reads a whole file and says whether it is a daily feed; nothing is
// written. It gives the authority, where the file names one.
func CheckDailyFeed(r io.Reader) (authority string, err error) {
	sum, err := dailyfeed.Read(r, func(dailyfeed.Child) error { return nil })
	return sum.Authority, err
}

// ImportDailyFeed reads a payload of the daily feed in. The file is read twice: first to
// see that it is whole (a broken one is refused and nothing is written), then to record
// what it says. Each child is written whole or not at all; an import that was cut off is
// completed by running it again. The same file twice adds nothing.
func (a *App) ImportDailyFeed(ctx context.Context, open func() (io.ReadCloser, error), terms FeedTerms, who entry.Actor) (FeedResult, error) {
	res := FeedResult{Terms: terms, Taken: Taken{Added: map[entry.Kind]int{}}}
	note := line.FileImported{Counts: map[string]int{}}
	in := &takeIn{a: a, ctx: ctx, res: &res.Taken, who: who, of: dailyfeed.Of, made: terms.Made, undated: terms.Made == 0, asOf: terms.Made}
	if now := a.Clock.Now(); terms.Made == 0 || now < terms.Made {
		in.asOf = now
	}
	sum, err := res.first(open, note.Counts)
	if err != nil {
		return res, err
	}
	switch {
	case terms.Authority == "":
		res.Terms.Authority = sum.Authority
	case sum.Authority != "" && sum.Authority != terms.Authority:
		return res, entry.Refuse("authority", fmt.Sprintf("The file says that it is of the authority %s, not %s", sum.Authority, terms.Authority))
	}
	if res.Terms.Authority == "" {
		return res, entry.Refuse("authority", "Say which authority the daily feed is of")
	}
	note.Findings = sum.Faults
	if err := in.met(); err != nil {
		return res, err
	}
	t := dailyfeed.Terms{Authority: res.Terms.Authority, AsOf: in.asOf}
	err = eachOf(open, func(c dailyfeed.Child) error {
		x := taken{line: c.Line, birth: c.Born(), whole: c.Taken(t), facts: func(today day.Date) []fact.Fact { return c.Facts(t, today) }}
		for _, id := range c.Numbers(t) {
			x.ids = append(x.ids, Identifier(id))
		}
		return in.add(x)
	})
	if err != nil {
		return res, err
	}
	return res, in.done(note)
}

// eachOf reads a file once.
func eachOf(open func() (io.ReadCloser, error), fn func(dailyfeed.Child) error) error {
	f, err := open()
	if err != nil {
		return err
	}
	_, err = dailyfeed.Read(bufio.NewReaderSize(f, 1<<16), fn)
	return errors.Join(err, f.Close())
}

// first reads a file to see what it is, and gives it its name.
func (r *FeedResult) first(open func() (io.ReadCloser, error), counts map[string]int) (dailyfeed.Summary, error) {
	f, err := open()
	if err != nil {
		return dailyfeed.Summary{}, err
	}
	hash := sha256.New()
	sum, err := dailyfeed.Read(io.TeeReader(f, hash), func(c dailyfeed.Child) error {
		r.Children++
		for _, x := range c.Faults {
			if r.FaultsN++; len(r.Faults) < maxFaults {
				r.Faults = append(r.Faults, fmt.Sprintf("line %d: %s", x.Line, x))
			}
		}
		counts["children"]++
		counts["episodes"] += len(c.Episodes)
		return nil
	})
	if err := errors.Join(err, f.Close()); err != nil {
		return sum, err
	}
	for _, k := range sum.Kept {
		r.Apart = append(r.Apart, fmt.Sprintf("%s (line %d) is no part of the feed and was not looked at.", k.Path, k.Line))
	}
	// Whose children these are is not in the file: it belongs to what was said.
	fmt.Fprintf(hash, "%s %s", dailyfeed.Of, r.Terms.Authority)
	r.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return sum, nil
}

// Says is what was understood of a payload and what came of it, in sentences.
func (r FeedResult) Says() (says []string) {
	say := func(format string, a ...any) { says = append(says, fmt.Sprintf(format, a...)) }
	say("a daily feed to the Department for Education from authority %s.", r.Terms.Authority)
	say("Understood: %d children. They say %d facts: %d were held already.", r.Children, r.Facts, r.Same)
	r.did(say)
	if r.Again {
		say("This very file was read in before.")
	}
	if r.Kept > 0 {
		say("Kept as it stood, in the records of the children: what was not understood or has no day, %d times.", r.Kept)
	}
	if r.FaultsN > 0 {
		say("The Department's document does not allow %d things in it.", r.FaultsN)
	}
	return append(says, r.Apart...)
}
