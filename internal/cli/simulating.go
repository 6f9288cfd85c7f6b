package cli

import (
	"context"
	"fmt"
	"time"

	"onus/internal/app"
	"onus/internal/simulate"
	"onus/internal/web"
)

type simulateCmd struct {
	where
	Authority string `help:"Name of the authority to make." default:"Marlowe Council children's services"`
	Children  int    `help:"Open children at the end, about." default:"600"`
	Months    int    `help:"Months of entries." default:"18"`
	Seed      uint64 `help:"The same seed at the same moment makes the same authority." default:"1"`
}

// Run makes a synthetic authority in an empty store, and marks the store as a
// demonstration: it must never be taken for a real one.
func (c *simulateCmd) Run(s stdio) error {
	if c.Children < 1 || c.Children > 50_000 || c.Months < 2 || c.Months > 120 {
		return wrong("children must be from 1 to 50000, months from 2 to 120")
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	n, err := o.size(s.ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%w: it has %d entries. Give an empty folder with --data", app.ErrNotEmpty, n)
	}
	start := time.Now()
	entries, err := o.simulate(s.ctx, c.Authority, c.Children, c.Months, c.Seed)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d entries made in %s. Nobody in it is real.\n", c.Authority, entries, time.Since(start).Round(100*time.Millisecond))
	return nil
}

func (o *opened) simulate(ctx context.Context, name string, children, months int, seed uint64) (int, error) {
	es, _, err := simulate.Authority(simulate.Options{Name: name, Children: children, Months: months, Seed: seed, Now: clock{}.Now(), Pack: o.Pack, Stories: true})
	if err != nil {
		return 0, err
	}
	if err := o.store.Update(ctx, func(tx app.Tx) error { return tx.PutMeta(ctx, metaMadeBy, "demo") }); err != nil {
		return 0, err
	}
	if err := o.Bulk(ctx, es); err != nil {
		return 0, err
	}
	_, err = o.Checkpoint(ctx)
	return len(es), err
}

// demonstration makes Marlowe where there is nothing yet, refuses a store that
// was not made for it, and gives the stories that the first page tells.
func (o *opened) demonstration(ctx context.Context) ([]web.Story, error) {
	n, err := o.size(ctx)
	if err != nil {
		return nil, err
	}
	by, err := o.madeBy(ctx)
	if err != nil {
		return nil, err
	}
	if n > 0 && by != "demo" {
		return nil, wrong("this store was not made for a demonstration, so --demo does not open it: anybody could look at real children. Give an empty folder with --data: to try a file of invented children, import it there once the demonstration is made")
	}
	if n == 0 {
		if _, err := o.simulate(ctx, "Marlowe Council children's services", 600, 18, 1); err != nil {
			return nil, err
		}
	}
	l, err := o.Line(ctx)
	if err != nil {
		return nil, err
	}
	var out []web.Story
	for _, s := range simulate.Stories() {
		out = append(out, web.Story{Title: s.Title, Text: s.Text, Child: s.Child, Href: s.Href, As: s.As, AsName: l.Name(s.As)})
	}
	return out, nil
}
