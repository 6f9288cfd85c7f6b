package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// validateSSDA903Cmd checks the files of one return together: the rules compare
// its tables with each other.
type validateSSDA903Cmd struct {
	checking
	Files     []string `arg:"" optional:"" name:"file" help:"The CSV files of one return, in any order and with any names, or the return as XML. Those named ..._last are taken as last year's."`
	Last      []string `placeholder:"FILE" sep:"none" help:"A file of last year's return, for the rules that compare with it. May be given again."`
	Postcodes string   `placeholder:"FILE" help:"A postcode directory (CSV with pcd, laua, oseast1m, osnrth1m, as the ONS publishes it)."`
	Providers string   `placeholder:"FILE" help:"A list of providers (CSV with URN, and POSTCODE, LA_CODE_INFERRED, PLACE_CODES, PROVIDER_CODES, REG_START, REG_END as far as known)."`
	Authority string   `placeholder:"CODE" help:"The authority that makes the return, by the code that the postcode directory uses (E09000033)."`
	Start     string   `name:"collection-start" placeholder:"DATE" help:"First day of the collection year as 01/04/2025, where it is not that of --year."`
	End       string   `name:"collection-end" placeholder:"DATE" help:"Last day of the collection year as 31/03/2026, where it is not that of --year."`
}

func (c *validateSSDA903Cmd) Run(s stdio) error {
	o, err := c.options()
	if err != nil {
		return Wrong{err}
	}
	if c.Rules {
		return ssda903check.WriteCatalogue(s.out, o.Year)
	}
	if len(c.Files) == 0 {
		return wrong("name the files to check")
	}
	for _, code := range c.Allow {
		if !slices.ContainsFunc(ssda903check.Rules(o.Year), func(r report.Rule) bool { return r.Code == code }) {
			return wrong("there is no rule %s to allow", code)
		}
	}
	ret, err := c.read()
	if err != nil {
		return Wrong{err}
	}
	rep, err := ssda903check.Run(ret, o)
	if err != nil {
		return Wrong{err}
	}
	if rep.File = c.Files[0]; len(c.Files) > 1 {
		rep.File = fmt.Sprintf("%s and %d more", c.Files[0], len(c.Files)-1)
	}
	reports := []report.Report{rep}
	if err := c.write(s.out, s.errw, reports); err != nil {
		return fmt.Errorf("the report could not be written: %w", err)
	}
	return c.answer(reports, nil)
}

// read reads all files. One that cannot be read stops the whole: the rules would
// look at a return that nobody made.
func (c *validateSSDA903Cmd) read() (*ssda903.Return, error) {
	ret := &ssda903.Return{}
	var unread []error
	add := func(name string, last bool) {
		err := withFile(name, func(r io.Reader) error {
			return ssda903.ReadFile(r, filepath.Base(name), ret, last)
		})
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", name, err))
		}
	}
	for _, f := range c.Files {
		stem := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
		add(f, strings.HasSuffix(strings.ToLower(stem), "_last"))
	}
	for _, f := range c.Last {
		add(f, true)
	}
	return ret, errors.Join(unread...)
}

func (c *validateSSDA903Cmd) options() (o ssda903check.Options, err error) {
	o.Authority = c.Authority
	if c.Year != "" {
		if o.Year, err = ssda903check.ParseYear(c.Year); err != nil {
			return o, err
		}
	}
	for _, d := range []struct {
		text string
		into *day.Date
	}{{c.Start, &o.Start}, {c.End, &o.End}} {
		if d.text == "" {
			continue
		}
		if *d.into, _ = ssda903.ParseDate(d.text); d.into.IsZero() {
			return o, fmt.Errorf("%q is not a date. Write it as 31/03/2026", d.text)
		}
	}
	if c.Postcodes != "" {
		if err := withFile(c.Postcodes, func(r io.Reader) (err error) { o.Postcodes, err = ssda903check.ReadPostcodes(r); return err }); err != nil {
			return o, fmt.Errorf("%s: %w", c.Postcodes, err)
		}
	}
	if c.Providers != "" {
		if err := withFile(c.Providers, func(r io.Reader) (err error) { o.Providers, err = ssda903check.ReadProviders(r); return err }); err != nil {
			return o, fmt.Errorf("%s: %w", c.Providers, err)
		}
	}
	return o, nil
}

func withFile(name string, do func(io.Reader) error) error {
	if st, err := os.Stat(name); err != nil || st.IsDir() {
		return errors.New("there is no such file")
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(f)
}
