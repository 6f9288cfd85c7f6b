package app

import (
	"context"
	"fmt"
	"io"

	"onus/internal/access"
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
func (d *Desk) ImportCensus(ctx context.Context, open func() (io.ReadCloser, error)) (CensusResult, error) {
	if err := d.May(access.Import); err != nil {
		return CensusResult{}, err
	}
	r, err := d.a.ImportCensus(ctx, open, d.actor())
	if err == nil {
		_, err = d.a.Checkpoint(ctx)
	}
	return r, err
}
