package cli

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/hearing"
)

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
