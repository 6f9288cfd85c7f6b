package cli

import (
	"fmt"
	"text/tabwriter"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/hearing"
)

type packCmd struct {
	Verify receiptVerifyCmd `cmd:"" help:"Check every part of a pack, without a server or a database."`
	List   packListCmd      `cmd:"" help:"List the packs that are being prepared: who owes each, by when. No names, no matter."`
}

type packListCmd struct{ where }

func (c *packListCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	l, err := o.Line(s.ctx)
	if err != nil {
		return err
	}
	var rows []app.PackOwed
	if err := o.Store.View(s.ctx, func(v app.View) (err error) {
		rows, err = v.PackOwed(s.ctx, app.PackOwedQuery{On: o.Clock.Now().Date(), Limit: listed})
		return err
	}); err != nil {
		return err
	}
	if len(rows) == 0 {
		fmt.Fprintln(s.out, "No pack for a hearing is owed.")
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PACK\tPOST\tBY")
	for _, x := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", x.Pack, l.Title(x.Post), x.By)
	}
	return t.Flush()
}

// listed is how many packs a list has at most.
const listed = 1000

// pack checks a pack for a hearing: every part of it, without any server.
func (c *receiptVerifyCmd) pack(s stdio, text []byte) error {
	b, err := hearing.ParseBundle(text)
	if err != nil {
		return wrong("%s", err)
	}
	ks, err := c.keys()
	if err != nil {
		return err
	}
	rep, err := b.Check(note.VerifierList(ks.Verifiers()...), ks.Origin())
	if err != nil {
		return No{fmt.Errorf("the pack does not verify: %w", err)}
	}
	policy, err := policyOf(c.Witnesses)
	if err != nil {
		return err
	}
	if policy != nil && !policy.Quorum(policy.Signed(rep.Checkpoint)) {
		return No{fmt.Errorf("the ledger signed what the pack holds, but not enough witnesses did. Fetch the pack again: it may have been made before they signed")}
	}
	n := map[string]int{}
	for _, f := range rep.Findings {
		n[f.Result]++
		fmt.Fprintf(s.out, "%s: %s", f.ID, f.Result)
		if f.Why != "" {
			fmt.Fprintf(s.out, ": %s", f.Why)
		}
		fmt.Fprintln(s.out)
	}
	fmt.Fprintf(s.out, "Parts: %d. With their text: %d. Left out: %d. Shortened: %d. Context, as the pack was made out: %d. Not verified: %d.\n",
		len(rep.Findings), n[hearing.ProvedWhole], n[hearing.ProvedOut], n[hearing.ProvedShortened], n[hearing.ProvedContext], n[hearing.NotProved])
	if !rep.Holds() {
		return No{fmt.Errorf("the pack does not verify: %d of its parts are not as it was made out", n[hearing.NotProved])}
	}
	fmt.Fprintf(s.out, "The pack holds: it is all that it was made out with, signed by the ledger %s.\n", ks.Origin())
	return nil
}
