package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// validateSSDA903Cmd checks the files of one return together: the rules compare
// its tables with each other.
type validateSSDA903Cmd struct {
	checking
	where
	FromStore bool     `name:"from-store" help:"Take what no flag gives from the store (--data, --database): last year's return, postcodes, providers, as onus returns give kept them. Whom last year's files tell of is then in the reader log."`
	Of        string   `placeholder:"CODE" help:"With --from-store: the three digits of the authority whose last year's return it is. That of the store when not given."`
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
	var used []app.ReturnUsed
	if c.FromStore {
		if used, err = c.fromStore(s, ret, &o); err != nil {
			return err
		}
	}
	rep, err := ssda903check.Run(ret, o)
	if err != nil {
		return Wrong{err}
	}
	for _, u := range used {
		rep.Notes = append(rep.Notes, "Checked with "+u.Says+".")
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

// fromStore takes from the store what no flag gives. It says what it took.
func (c *validateSSDA903Cmd) fromStore(s stdio, ret *ssda903.Return, o *ssda903check.Options) ([]app.ReturnUsed, error) {
	st, err := c.open(s.ctx, false)
	if err != nil {
		return nil, err
	}
	defer st.close()
	of := c.Of
	if of == "" {
		l, err := st.Line(s.ctx)
		if err != nil {
			return nil, err
		}
		of = l.Authority.Code
	}
	year := o.Year
	if year == 0 {
		year = ssda903check.DraftYear - 1
	}
	flags := *o
	kept, used, err := st.DataForReturn(s.ctx, of, year, ret)
	if err != nil {
		return nil, err
	}
	drop := func(what string) {
		used = slices.DeleteFunc(used, func(u app.ReturnUsed) bool { return u.What == what })
	}
	if o.Postcodes, o.Providers = kept.Postcodes, kept.Providers; flags.Postcodes != nil {
		o.Postcodes = flags.Postcodes
		drop(line.DataPostcodes)
	}
	if flags.Providers != nil {
		o.Providers = flags.Providers
		drop(line.DataProviders)
	}
	if o.Authority == "" {
		o.Authority = kept.Authority
	}
	return used, nil
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
