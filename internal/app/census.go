package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/cin"
	"onus/internal/returns/fact"
)

// CensusResult says what an import of a CIN census understood and did.
type CensusResult struct {
	Summary cin.Summary
	Taken
}

// ImportCensus reads a CIN census in. The file is read twice: first to see that
// it is a whole census (a wrong or broken one is refused and nothing is
// written), then to record what it says. Each child is written whole or not at
// all; an import that was cut off is completed by running it again. The same
// file twice adds nothing.
func (a *App) ImportCensus(ctx context.Context, open func() (io.ReadCloser, error), who entry.Actor) (CensusResult, error) {
	res := CensusResult{Taken: Taken{Added: map[entry.Kind]int{}}}
	f, err := open()
	if err != nil {
		return res, err
	}
	sum := sha256.New()
	res.Summary, err = cin.Check(io.TeeReader(f, sum))
	if err == nil {
		_, err = io.Copy(sum, f) // what stands after the end belongs to the file too
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return res, err
	}
	res.SHA256 = hex.EncodeToString(sum.Sum(nil))
	h := res.Summary.Header
	in := &takeIn{a: a, ctx: ctx, res: &res.Taken, who: who, of: "cin-census", asOf: h.AsOf()}
	in.made, _ = h.Made()
	if err := in.met(); err != nil {
		return res, err
	}
	if f, err = open(); err != nil {
		return res, err
	}
	defer f.Close()
	_, err = cin.Read(bufio.NewReaderSize(f, 1<<16), cin.Options{}, func(c cin.Child) error {
		return in.add(taken{line: c.Line, ids: censusNumbers(h, c), birth: c.Birth, facts: func(today day.Date) []fact.Fact { return cin.Facts(h, c, today) }})
	})
	if err != nil {
		return res, err
	}
	return res, in.done(censusNote(res.Summary))
}

// censusNumbers are those by which a child of the census is known again, best first.
func censusNumbers(h cin.Header, c cin.Child) (out []Identifier) {
	if c.LAchildID != "" {
		out = append(out, Identifier{"la-child", h.LEA, c.LAchildID})
	}
	if c.UPN != "" {
		out = append(out, Identifier{"upn", "", c.UPN})
	}
	return out
}

// censusNote is what the line says of a census that was read in.
func censusNote(s cin.Summary) line.FileImported {
	b := line.FileImported{Counts: map[string]int{
		"children": s.Children, "referrals": s.Episodes, "assessments": s.Assessments, "section 47 enquiries": s.Section47s,
		"child in need plans": s.CINPlans, "protection plans": s.CPPlans, "reviews": s.Reviews}}
	if s.Header.Year > 0 {
		b.Year = fmt.Sprint(s.Header.Year)
	}
	for _, n := range s.ByKind {
		b.Findings += n
	}
	return b
}

// CheckCensus reads a whole file and says whether it is a CIN census; nothing
// is written.
func CheckCensus(r io.Reader) error {
	_, err := cin.Check(r)
	return err
}

// MakeCensus makes the CIN census of a header's year and authority from the records:
// its children in order, and who and what could not be in it.
func (a *App) MakeCensus(ctx context.Context, h cin.Header) ([]cin.Child, cin.Left, error) {
	m := cin.Make(h)
	if err := a.eachIn(ctx, forNobody, returnPage[ReturnCIN], m.Add, nil); err != nil {
		return nil, cin.Left{}, err
	}
	all, left := m.Children()
	return all, left, nil
}
