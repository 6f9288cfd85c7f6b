package app

import (
	"context"
	"fmt"
	"io"

	"onus/internal/access"
	"onus/internal/returns/annexa"
)

// Findings is how much in the file was not as expected.
func (r CensusResult) Findings() (n int) {
	for _, k := range r.Summary.ByKind {
		n += k
	}
	return n
}

// Says is what was understood of a census and what came of it, in sentences, and
// the first findings with their lines.
func (r CensusResult) Says(most int) (says, findings []string) {
	x := r.Summary
	say := func(format string, a ...any) { says = append(says, fmt.Sprintf(format, a...)) }
	year := ""
	if x.Header.Year > 0 {
		year = fmt.Sprintf(" of %d", x.Header.Year)
	}
	say("a CIN census%s from authority %s.", year, x.Header.LEA)
	say("Understood: %d children, %d referrals, %d assessments, %d section 47 enquiries, %d child in need plans, %d protection plans, %d reviews.",
		x.Children, x.Episodes, x.Assessments, x.Section47s, x.CINPlans, x.CPPlans, x.Reviews)
	r.did(say)
	total := r.Findings()
	if total == 0 {
		return says, nil
	}
	say("Not as expected: %d findings. What was not understood is kept in each child's record.", total)
	for i, f := range x.Findings {
		if i == most {
			break
		}
		findings = append(findings, fmt.Sprintf("line %d, %s: %s %s", f.Line, f.Path, f.Problem, f.Do))
	}
	return says, findings
}

// ImportCensus reads a census in, in their name and post.
func (d *Desk) ImportCensus(ctx context.Context, open func() (io.ReadCloser, error)) (r CensusResult, err error) {
	err = d.importing(ctx, func() (err error) {
		r, err = d.a.ImportCensus(ctx, open, d.actor())
		return err
	})
	return r, err
}

// ImportSSDA903 reads a return of children looked after in, in their name and post.
func (d *Desk) ImportSSDA903(ctx context.Context, files []ReturnFile, terms SSDA903Terms) (r SSDA903Result, err error) {
	err = d.importing(ctx, func() (err error) {
		r, err = d.a.ImportSSDA903(ctx, files, terms, d.actor())
		return err
	})
	return r, err
}

// ImportAnnexA reads Ofsted's lists in, in their name and post.
func (d *Desk) ImportAnnexA(ctx context.Context, in io.ReaderAt, size int64, terms annexa.Terms) (r AnnexAResult, err error) {
	err = d.importing(ctx, func() (err error) {
		r, err = d.a.ImportAnnexA(ctx, in, size, terms, d.actor())
		return err
	})
	return r, err
}

// ImportDailyFeed reads a payload of the daily feed in, in their name and post.
func (d *Desk) ImportDailyFeed(ctx context.Context, open func() (io.ReadCloser, error), terms FeedTerms) (r FeedResult, err error) {
	err = d.importing(ctx, func() (err error) {
		r, err = d.a.ImportDailyFeed(ctx, open, terms, d.actor())
		return err
	})
	return r, err
}

func (d *Desk) importing(ctx context.Context, read func() error) error {
	if err := d.May(access.Import); err != nil {
		return err
	}
	if err := read(); err != nil {
		return err
	}
	_, err := d.a.Checkpoint(ctx)
	return err
}
