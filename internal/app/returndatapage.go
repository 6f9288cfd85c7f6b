package app

import (
	"context"
	"slices"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/returns/ssda903check"
)

// ReturnDataRow is data that was given, and how it stands.
type ReturnDataRow struct {
	line.GivenData
	Counts bool // it is what rules are asked with today
	Ahead  bool // it counts from a day that is still to come
	Here   bool // what it says is in this store
	Erased int  // of last year's files: children of whom what it says was erased since
}

// ReturnDataList is all data that rules of returns are checked with.
type ReturnDataList struct {
	Rows    []ReturnDataRow // newest first
	Taken   []ReturnRun     // returns of children looked after that were taken away from here, the newest of each year and authority, newest first
	Years   []string        // that last year's files can be of, newest first
	Line    *line.Line
	Now     day.Instant
	MayGive bool
	// Lacking are the codes of the rules that could not run in the last check of the return
	// of children looked after for want of each sort of data; Of says which check that was.
	Lacking map[string][]string
	Of      *ReturnRun
}

// ReturnData lists what was ever given, without what it says.
func (d *Desk) ReturnData(ctx context.Context) (*ReturnDataList, error) {
	if err := d.May(access.SeeReturns); err != nil {
		return nil, err
	}
	out := &ReturnDataList{Line: d.line, Now: d.now, MayGive: d.May(access.GiveReturnData) == nil, Lacking: map[string][]string{}}
	for _, y := range ReturnYears(Return903) {
		out.Years = append(out.Years, yearBefore(y))
	}
	today := d.now.Date()
	return out, d.a.Store.View(ctx, func(v View) error {
		for _, g := range slices.Backward(d.line.Given()) {
			r := ReturnDataRow{GivenData: g, Ahead: g.From > today}
			now, ok := d.line.DataFor(g.What, g.Authority, g.Year, today)
			r.Counts = ok && now.Data == g.Data
			kept, gone, err := v.CountReturnData(ctx, g.Data)
			if err != nil {
				return err
			}
			if r.Here = kept > 0; g.What == line.DataLastYear {
				r.Erased = gone
			}
			out.Rows = append(out.Rows, r)
		}
		runs, err := v.ReturnRuns(ctx, ReturnRunQuery{Kind: Return903, What: ReturnTaken, State: RunDone})
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Children > 0 && !slices.ContainsFunc(out.Taken, func(x ReturnRun) bool { return x.Of == r.Of && x.Authority == r.Authority }) {
				out.Taken = append(out.Taken, r)
			}
		}
		s, err := d.standing(ctx, v, Return903)
		if err != nil || s.Last == nil {
			return err
		}
		out.Of = s.Last
		rules, err := v.ReturnRules(ctx, s.Last.ID)
		for _, x := range rules {
			if !x.Failed {
				what := ssda903check.Wanting(x.Reason)
				out.Lacking[what] = append(out.Lacking[what], x.Code)
			}
		}
		return err
	})
}

// GiveReturnData keeps data that rules of returns are checked with, in the name of whoever
// gives it. What is wrong with the order is an entry.Refusal at its fields, and what is
// wrong with a file the *scan.Refusal of its reader.
func (d *Desk) GiveReturnData(ctx context.Context, o DataOrder) (line.GivenData, error) {
	if err := d.May(access.GiveReturnData); err != nil {
		return line.GivenData{}, err
	}
	g, err := d.a.GiveReturnData(ctx, o, d.actor())
	if err != nil {
		return g, err
	}
	_, err = d.a.Checkpoint(ctx)
	return g, err
}
