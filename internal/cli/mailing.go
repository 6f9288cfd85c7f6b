package cli

import (
	"fmt"
	"text/tabwriter"
)

// mailCmd is for what did not leave. It shows no text and no name: posts and
// people by their ids.
type mailCmd struct {
	List  mailListCmd  `cmd:"" help:"List what waits, and what was given up after three days."`
	Retry mailRetryCmd `cmd:"" help:"Try again what was given up."`
	LetGo mailLetGoCmd `cmd:"" name:"let-go" help:"Say that it is known what was given up: the watchdog is silent about it from then on."`
}

type mailListCmd struct{ where }

func (c *mailListCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := o.NotSent(s.ctx, 1000)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(s.out, "No mail waits, and none was given up.")
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MADE\tTO\tSTATE\tTRIES\tWHY")
	for _, m := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", m.Made.Long(), m.Who, m.State, m.Tries, m.Problem)
	}
	return t.Flush()
}

type mailRetryCmd struct{ where }

func (c *mailRetryCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	n, err := o.RetryMail(s.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Given up before, and tried again from now on: %d.\n", n)
	return nil
}

type mailLetGoCmd struct{ where }

func (c *mailLetGoCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	n, err := o.LetMailGo(s.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Let go: %d.\n", n)
	return nil
}
