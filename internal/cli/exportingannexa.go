package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"onus/internal/returns/annexa"
	"onus/internal/returns/annexacheck"
)

// exportAnnexACmd makes Ofsted's lists from the records, writes them, and checks them.
type exportAnnexACmd struct {
	where
	On        string `placeholder:"DATE" help:"The day that the lists are of, such as 31/03/2026."`
	Authority string `placeholder:"CODE" help:"The three digits of the authority whose lists they are."`
	Out       string `required:"" placeholder:"DIR" help:"The folder to write into. It is made where there is none; no file in it is written over."`
}

// annexAFile is the name of the workbook that is written.
const annexAFile = "annex-a.xlsx"

func (c *exportAnnexACmd) Run(s stdio) error {
	terms, err := listTerms(c.Authority, c.On)
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if today := o.Clock.Now().Date(); terms.On > today {
		return wrong("%s is after today, %s. Nobody knows yet what the lists of that day will say", terms.On.Long(), today.Long())
	}
	ret, left, err := o.MakeAnnexA(s.ctx, terms)
	if err != nil {
		return err
	}
	if err := newFile(c.Out, annexAFile, func(w io.Writer) error { return annexa.Write(w, ret) }); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s, of %s:\n", annexAFile, terms.On.Long())
	for l := range annexa.ListCount {
		fmt.Fprintf(s.out, "  %s, %s: %d rows\n", l, l.Title(), len(ret.Lists[l].Rows))
	}
	fmt.Fprintln(s.out, "List 11 is of adults, of whom Onus keeps no records: fill it from where you keep them.")
	if left.NoNumber > 0 {
		fmt.Fprintf(s.out, "%d children who belong on a list have no number of the authority %s, and are not on it.\n", left.NoNumber, c.Authority)
	}
	if left.Same > 0 {
		fmt.Fprintf(s.out, "%d records were found to be of a child with another record: that one is on the lists.\n", left.Same)
	}
	at := filepath.Join(c.Out, annexAFile)
	rep, err := checkAnnexA(at, annexacheck.Options{On: terms.On})
	if err != nil {
		return err
	}
	n := rep.Tally()
	_, err = fmt.Fprintf(s.out, "Checked: %d found errors, %d could not run. To see them: onus validate annex-a %s --on %s\n", n.Errors, n.CouldNotRun, at, c.On)
	return err
}
