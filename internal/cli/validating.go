package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
)

// validateCmd checks returns. Each return has a subcommand, and all but the daily feed,
// which has no rules but its form, the flags of checking; all have its exit codes: 0 when no error was found and every rule
// ran, 1 when not, 2 when a file is not such a return.
type validateCmd struct {
	CIN    validateCINCmd     `cmd:"" name:"cin" help:"Check the children in need census (XML)."`
	S903   validateSSDA903Cmd `cmd:"" name:"ssda903" help:"Check the return of children looked after (a set of CSV files, or XML)."`
	AnnexA validateAnnexACmd  `cmd:"" name:"annex-a" help:"Check the lists of children for Ofsted, Annex A (a workbook)."`
	Feed   validateFeedCmd    `cmd:"" name:"daily-feed" help:"Hold a payload of the daily feed against the Department's own document (JSON)."`
}

// checking are the flags of every return's check.
type checking struct {
	Year   string   `help:"Check by the rules of this year, such as 2025/26, whatever the file says."`
	Format string   `help:"text, csv, json or html." enum:"text,csv,json,html" default:"text"`
	Allow  []string `name:"allow-could-not-run" placeholder:"RULE" help:"Let the return pass although this rule could not run. May be given again."`
	Rules  bool     `help:"List the rules themselves, in Markdown, and check nothing."`
}

// write writes reports in the format asked for. A table has no place for what a
// reader should know beforehand: that goes to standard error.
func (c *checking) write(out, errw io.Writer, reports []report.Report) error {
	for _, r := range reports {
		if c.Format == "csv" && r.Draft {
			fmt.Fprintf(errw, "onus: %s: the rules of %s are a draft and may still change\n", r.File, r.Year)
		}
		for _, n := range r.Notes {
			if c.Format == "csv" {
				fmt.Fprintf(errw, "onus: %s: %s\n", r.File, n)
			}
		}
	}
	b := bufio.NewWriterSize(out, 1<<16)
	var err error
	switch c.Format {
	case "csv":
		err = report.CSV(b, reports...)
	case "json":
		err = report.JSON(b, reports...)
	case "html":
		err = report.HTML(b, time.Now(), reports...)
	default:
		err = report.Text(b, reports...)
	}
	return errors.Join(err, b.Flush())
}

// answer turns what was found into the command's answer. Files that could not be
// checked come first: whoever reads the exit code must not take them as checked.
func (c *checking) answer(reports []report.Report, unread error) error {
	if unread != nil {
		return Wrong{unread}
	}
	var lines []string
	for _, r := range reports {
		if r.Passes(c.Allow) {
			continue
		}
		t := r.Tally()
		what := fmt.Sprintf("%s: rules with errors: %d", r.File, t.Errors)
		var notRun []string
		for _, v := range r.Verdicts {
			if v.Outcome == report.CouldNotRun && !slices.Contains(c.Allow, v.Rule.Code) {
				notRun = append(notRun, v.Rule.Code)
			}
		}
		if len(notRun) > 0 {
			what += "; could not run: " + strings.Join(notRun, ", ")
		}
		lines = append(lines, what)
	}
	if len(lines) > 0 {
		return No{errors.New(strings.Join(lines, "\n"))}
	}
	return nil
}

type validateCINCmd struct {
	checking
	Files []string `arg:"" optional:"" name:"file" help:"Files to check, each a return of its own; - for standard input."`
}

func (c *validateCINCmd) Run(s stdio) error {
	year := 0
	if c.Year != "" {
		y, err := cincheck.ParseYear(c.Year)
		if err != nil {
			return Wrong{err}
		}
		year = y
	}
	if c.Rules {
		return cincheck.WriteCatalogue(s.out, year)
	}
	if len(c.Files) == 0 {
		return wrong("name a file to check, or - for standard input")
	}
	for _, code := range c.Allow {
		if !slices.ContainsFunc(cincheck.Rules(year), func(r report.Rule) bool { return r.Code == code }) {
			return wrong("there is no rule %s to allow", code)
		}
	}
	var reports []report.Report
	var unread []error
	for _, f := range c.Files {
		r, err := checkCIN(f, s.in, year)
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

func checkCIN(name string, in io.Reader, year int) (report.Report, error) {
	if name != "-" {
		st, err := os.Stat(name)
		if err != nil || st.IsDir() {
			return report.Report{}, errors.New("there is no such file")
		}
		f, err := os.Open(name)
		if err != nil {
			return report.Report{}, err
		}
		defer f.Close()
		in = f
	}
	r, err := cincheck.Check(bufio.NewReaderSize(in, 1<<16), year)
	r.File = name
	return r, err
}
