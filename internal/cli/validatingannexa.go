package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"onus/internal/returns/annexa"
	"onus/internal/returns/annexacheck"
	"onus/internal/returns/report"
)

// validateAnnexACmd checks workbooks, each of which holds the eleven lists.
type validateAnnexACmd struct {
	checking
	On    string   `placeholder:"DATE" help:"The day that the lists are of, as 31/03/2026: the day before the inspection begins. Without it, rules that need it could not run."`
	Files []string `arg:"" optional:"" name:"file" help:"Workbooks to check (.xlsx), each an Annex A of its own."`
}

func (c *validateAnnexACmd) Run(s stdio) error {
	var o annexacheck.Options
	if c.Year != "" {
		return wrong("the lists of Annex A are of no year: name the day that they are of with --on, such as --on 31/03/2026")
	}
	if c.On != "" {
		if o.On, _ = annexa.ParseDate(c.On); o.On.IsZero() {
			return wrong("%q is not a date. Write it as 31/03/2026", c.On)
		}
	}
	if c.Rules {
		return annexacheck.WriteCatalogue(s.out)
	}
	if len(c.Files) == 0 {
		return wrong("name a workbook to check")
	}
	for _, code := range c.Allow {
		if !slices.ContainsFunc(annexacheck.Rules(), func(r report.Rule) bool { return r.Code == code }) {
			return wrong("there is no rule %s to allow", code)
		}
	}
	var reports []report.Report
	var unread []error
	for _, f := range c.Files {
		r, err := checkAnnexA(f, o)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", f, err))
			continue
		}
		reports = append(reports, r)
	}
	if len(reports) > 0 {
		if err := c.write(s.out, s.errw, reports); err != nil {
			return fmt.Errorf("the report could not be written: %w", err)
		}
	}
	return c.answer(reports, errors.Join(unread...))
}

func checkAnnexA(name string, o annexacheck.Options) (report.Report, error) {
	st, err := os.Stat(name)
	if err != nil || st.IsDir() {
		return report.Report{}, errors.New("there is no such file")
	}
	f, err := os.Open(name)
	if err != nil {
		return report.Report{}, err
	}
	defer f.Close()
	r, err := annexacheck.Check(f, st.Size(), o)
	r.File = name
	return r, err
}
