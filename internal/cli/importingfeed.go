package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
)

// feedOnly takes the word daily-feed from before the files, unless there is a file of
// that name. It says that all of them are daily feeds, whatever they look like.
func (c *importCmd) feedOnly() bool {
	if len(c.Files) < 2 || c.Files[0] != "daily-feed" {
		return false
	}
	if _, err := os.Stat(c.Files[0]); err == nil {
		return false
	}
	c.Files = c.Files[1:]
	return true
}

// feedTerms reads whose daily feeds these are, and sees that each is whole, before
// anything is opened: a wrong file must not even make an empty store.
func (c *importCmd) feedTerms(feeds []given) (t app.FeedTerms, err error) {
	if len(feeds) == 0 {
		return t, nil
	}
	if t.Authority = c.Authority; t.Authority != "" && !threeDigits.MatchString(t.Authority) {
		return t, wrong("%q is not the number of an authority. Write its three digits, such as 204", t.Authority)
	}
	if c.Made != "" {
		if t.Made, err = day.ParseInstant(c.Made); err != nil {
			return t, Wrong{err}
		}
	}
	for _, g := range feeds {
		said, err := whoseFeed(g)
		switch {
		case err != nil:
			return t, err
		case cmp.Or(t.Authority, said) == "":
			return t, wrong("say which authority the daily feed is of, by its three digits: --authority 204")
		case t.Authority == "" && !threeDigits.MatchString(said):
			return t, wrong("%s: the number of the authority that stands in it has not three digits. Name it: --authority 204", g.name)
		case t.Authority != "" && said != "" && said != t.Authority:
			return t, wrong("%s says that it is of the authority %s, not %s", g.name, said, t.Authority)
		}
	}
	return t, nil
}

func whoseFeed(g given) (string, error) {
	f, err := os.Open(g.path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	said, err := app.CheckDailyFeed(f)
	if err != nil {
		return "", fmt.Errorf("%s: %w", g.name, err)
	}
	return said, nil
}

// feed reads a daily feed in, and says what came of it.
func (c *importCmd) feed(s stdio, o *opened, g given, terms app.FeedTerms) error {
	r, err := o.ImportDailyFeed(s.ctx, func() (io.ReadCloser, error) { return os.Open(g.path) }, terms, entry.System)
	if err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	if _, err := o.Checkpoint(s.ctx); err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s\n", g.name, strings.Join(r.Says(), "\n"))
	listed := r.Faults[:min(len(r.Faults), max(c.Findings, 0))]
	for _, x := range listed {
		fmt.Fprintln(&out, "  "+x)
	}
	if more := r.FaultsN - len(listed); more > 0 {
		fmt.Fprintf(&out, "  ... and %d more (--findings %d lists them)\n", more, r.FaultsN)
	}
	_, err = s.out.Write(out.Bytes())
	return err
}
