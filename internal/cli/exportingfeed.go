package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/returns/dailyfeed"
)

// feedTerms say of which children the daily feed is made.
type feedTerms struct {
	Authority string `required:"" placeholder:"CODE" help:"The three digits of the authority whose children these are."`
	All       bool   `help:"All children, whatever was sent before."`
	Since     string `placeholder:"DATE" help:"Only children about whom something was recorded on this day or later: 2026-03-31. Without it, and without --all: those of whom something else would be sent than was accepted last."`
}

func (c feedTerms) query() (q app.FeedQuery, err error) {
	q.Authority, q.All = c.Authority, c.All
	if !threeDigits.MatchString(c.Authority) {
		return q, wrong("%q is not the number of an authority. Write its three digits, such as 204", c.Authority)
	}
	if c.Since == "" {
		return q, nil
	}
	if c.All {
		return q, wrong("--all and --since exclude each other: name one")
	}
	if q.Since, err = day.Parse(c.Since); err != nil {
		return q, Wrong{err}
	}
	return q, nil
}

// exportFeedCmd writes the daily feed into files.
type exportFeedCmd struct {
	where
	feedTerms
	Out string `required:"" placeholder:"DIR" help:"The folder to write into: a file for every 100 children, which is as many as the Department takes at a time. It is made where there is none; no file in it is written over."`
}

func (c *exportFeedCmd) Run(s stdio) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	feed, err := o.DailyFeed(s.ctx, q)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("the folder %s could not be made: %w", c.Out, err)
	}
	// What is given out is looked at: who, of whom and why is in the reader log first.
	if err := o.FeedRead(s.ctx, feed); err != nil {
		return err
	}
	for i, batch := range feed.Batches() {
		name := fmt.Sprintf("daily-feed-%03d.json", i+1)
		if err := c.file(name, func(w io.Writer) error { return dailyfeed.Write(w, batch) }); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %d children\n", name, len(batch))
	}
	if len(feed.Children) == 0 {
		fmt.Fprintln(s.out, "There is nothing to send: no file was written.")
	}
	return leftOut(s, feed, c.Authority)
}

func (c *exportFeedCmd) file(name string, write func(io.Writer) error) error {
	at := filepath.Join(c.Out, name)
	f, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return wrong("there is a file %s already. Name another folder, or take the file away", at)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("%s could not be written: %w", at, err)
	}
	return nil
}

// maxUnfit is how many children who cannot be sent are listed.
const maxUnfit = 20

// leftOut says who is not in the feed, and why: by the ids of Onus, with places and no
// values.
func leftOut(s stdio, feed app.Feed, authority string) error {
	if feed.NoNumber > 0 {
		fmt.Fprintf(s.out, "%d children have no number of the authority %s, and are not in it.\n", feed.NoNumber, authority)
	}
	if feed.Same > 0 {
		fmt.Fprintf(s.out, "%d records were found to be of a child with another record: that one is in it.\n", feed.Same)
	}
	if len(feed.Unfit) > 0 {
		fmt.Fprintf(s.out, "%d children are not in it, since the Department would refuse what is recorded of them:\n", len(feed.Unfit))
	}
	for i, u := range feed.Unfit {
		if i == maxUnfit {
			fmt.Fprintf(s.out, "  ... and %d more\n", len(feed.Unfit)-i)
			break
		}
		for _, f := range u.Faults {
			fmt.Fprintf(s.out, "  child %s: %s\n", u.Child, f)
		}
	}
	return nil
}
