package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/ledger"
)

type exportCmd struct {
	JSONL  exportJSONLCmd  `cmd:"" name:"jsonl" help:"Write the whole journal out, with its salts."`
	CIN    exportCINCmd    `cmd:"" name:"cin" help:"Make the children in need census of a year from the records."`
	AnnexA exportAnnexACmd `cmd:"" name:"annex-a" help:"Make Ofsted's lists of children (Annex A) of a day from the records."`
	S903   export903Cmd    `cmd:"" name:"ssda903" help:"Make the return of children looked after of a year from the records."`
	Feed   exportFeedCmd   `cmd:"" name:"daily-feed" help:"Make the Department for Education's daily feed from the records. Nothing is sent."`
}

type exportJSONLCmd struct {
	where
}

func (c *exportJSONLCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	_, err = o.Export(s.ctx, s.out)
	return err
}

type dutiesCmd struct {
	where
	Known   string `help:"As known at a past moment: 2026-03-02T17:00." placeholder:"MOMENT"`
	Child   string `help:"Only this child (its id in Onus)." placeholder:"ID"`
	Overdue bool   `help:"Only what is late."`
	JSON    bool   `help:"As a JSON array." name:"json"`
}

func (c *dutiesCmd) Run(s stdio) error {
	var known day.Instant
	if c.Known != "" {
		var err error
		if known, err = day.ParseInstant(c.Known); err != nil {
			return Wrong{err}
		}
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	list, err := o.ListDuties(s.ctx, app.Listing{Known: known, Child: c.Child, Overdue: c.Overdue})
	if errors.Is(err, app.ErrNotFound) {
		return wrong("there is no child with the id %s", c.Child)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(list)
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DUE\tLATE BY\tDUTY\tCHILD\tOWED BY")
	for _, d := range list {
		by := d.OwedByPerson
		if by == "" {
			by = d.OwedByPost
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.Due, d.LateBy, d.Duty, d.Child, by)
	}
	return t.Flush()
}

type retentionCmd struct {
	where
	JSON bool `help:"As JSON, with the records that are held." name:"json"`
}

func (c *retentionCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	free, held, err := o.Over(s.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", " ")
		return enc.Encode(map[string]any{"count": len(free), "may_be_disposed_of": free, "held": held})
	}
	fmt.Fprintf(s.out, "May be disposed of now: %d. Over their time and held by something: %d.\n", len(free), len(held))
	if len(free) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RECORD\tSINCE\tTYPE\tLAW OR POLICY")
	for _, k := range free {
		source := k.Source
		if !k.Seen {
			source += " (not seen)"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.Child, k.Since, k.Type, source)
	}
	return t.Flush()
}

type receiptCmd struct {
	Verify receiptVerifyCmd `cmd:"" help:"Check that a receipt holds, or every part of a pack for a hearing."`
}

type receiptVerifyCmd struct {
	File string `arg:"" help:"The receipt, or a pack for a hearing (docs/hearing.md)."`
	Key  string `help:"The ledger's public key, or the file with all its keys (ledger.pub), from the authority's page Ledger. Without it the receipt is checked against the key found beside it (FILE.key) or in the data folder." placeholder:"KEY"`
	Data string `help:"Folder with the data, when you are the authority." placeholder:"DIR" default:"data"`

	Witnesses string `help:"File with the policy of witnesses: without their quorum the receipt does not hold (docs/witnesses.md)." placeholder:"FILE"`
}

func (c *receiptVerifyCmd) Run(s stdio) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return wrong("the receipt cannot be read: %s", c.File)
	}
	if bytes.HasPrefix(text, []byte("{")) {
		return c.pack(s, text)
	}
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		return err
	}
	ks, err := c.keys()
	if err != nil {
		return err
	}
	got, err := ledger.Verify(r, note.VerifierList(ks.Verifiers()...), ks.Origin())
	if err != nil {
		return No{err}
	}
	policy, err := policyOf(c.Witnesses)
	if err != nil {
		return err
	}
	if policy != nil {
		signed := policy.Signed(r.Checkpoint)
		if !policy.Quorum(signed) {
			return No{fmt.Errorf("the ledger signed it, but not enough witnesses did (%d of those in the policy). Fetch the receipt again: it may have been made before they signed", len(signed))}
		}
		fmt.Fprintf(s.out, "Witnesses signed it: %s.\n", strings.Join(signed, ", "))
	}
	fmt.Fprintf(s.out, "The receipt holds: entry %d was in the ledger %s when it had %d entries, just as it stands here.\n%s\n", r.Index, ks.Origin(), got.Checkpoint.Size, got.Entry)
	return nil
}

func (c *receiptVerifyCmd) keys() (ledger.Keys, error) {
	if c.Key != "" {
		return keysOf(c.Key)
	}
	for _, f := range []string{c.File + ".key", filepath.Join(c.Data, "ledger.pub")} {
		if _, err := os.Stat(f); err == nil {
			return keysOf(f)
		}
	}
	return nil, wrong("give the ledger's public key with --key: it stands on the authority's page Ledger, and in the folder of its data as ledger.pub")
}

type verifyCmd struct{ where }

func (c *verifyCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	v, err := o.Verify(s.ctx, o.verifiers)
	if err != nil {
		return err
	}
	if v.Erased > 0 {
		fmt.Fprintf(s.out, "Erased: %d entries, each named by a tombstone that says why.\n", v.Erased)
	}
	fmt.Fprintf(s.out, "The journal is as it was recorded: %d entries, %d signed checkpoints, root %s.\nThe lists are what the entries say: %d children, %d open duties.\n", v.Entries, v.Checkpoints, v.Root, v.Children, v.Duties)
	return nil
}

type migrateCmd struct{ where }

func (c *migrateCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "The tables are up to date.")
	return o.close()
}

type versionCmd struct{}

// Version is set when a release is built.
var Version = "development"

func (versionCmd) Run(s stdio) error {
	rev := ""
	if bi, ok := debug.ReadBuildInfo(); ok {
		for _, kv := range bi.Settings {
			if kv.Key == "vcs.revision" && len(kv.Value) >= 12 {
				rev = " (" + kv.Value[:12] + ")"
			}
		}
	}
	fmt.Fprintf(s.out, "onus %s%s, %s, %s/%s\n", Version, rev, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
