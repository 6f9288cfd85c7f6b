package app

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"onus/internal/access"
	"onus/internal/capacity"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// Proposal is a change of the rules that nobody has adopted: a text laid over
// the rules in force, or other numbers for one of them.
type Proposal struct {
	File, Text           string
	Rule                 string
	Within, Every, Takes day.Span
	Weeks                int     // replayed, up to the last full week
	Share                float64 // of working hours that are for duties, from 0 to 1
}

// The usual answers, and their bounds. The share is an example: nobody has
// measured it, and each authority knows its own.
const (
	PriceWeeks    = 52
	PriceShare    = 0.6 // of a question about the price of a rule; hours of posts go by the rules (duty.Capacity)
	maxPriceWeeks = 104
)

func (x *Proposal) check() error {
	var ps []entry.Problem
	if x.Weeks == 0 {
		x.Weeks = PriceWeeks
	}
	if x.Share == 0 {
		x.Share = PriceShare
	}
	if x.Weeks < 1 || x.Weeks > maxPriceWeeks {
		ps = append(ps, entry.Problem{Field: "weeks", Text: "Enter a number of weeks from 1 to 104"})
	}
	if x.Share < 0.05 || x.Share > 1 {
		ps = append(ps, entry.Problem{Field: "share", Text: "Enter how much of the hours is for duties, from 5 to 100 in a hundred"})
	}
	if x.Text == "" && x.Rule == "" {
		ps = append(ps, entry.Problem{Field: "rule", Text: "Choose a rule, or give one as text"})
	}
	if x.Text == "" && x.Rule != "" && x.Within.IsZero() && x.Every.IsZero() && x.Takes.IsZero() {
		ps = append(ps, entry.Problem{Field: "within", Text: "Enter at least one other number"})
	}
	if len(ps) > 0 {
		return &entry.Refusal{Problems: ps}
	}
	return nil
}

func (x *Proposal) pack(now *duty.Pack, layers []duty.Layer) (*duty.Pack, error) {
	p, err := now, error(nil)
	if x.Text != "" {
		p, err = duty.Proposed(now, append(slices.Clone(layers), duty.Layer{Name: "proposed", Files: []duty.Text{{Name: x.File, Text: x.Text}}}))
		if err != nil {
			return nil, refusal("text", err)
		}
	}
	if x.Rule == "" {
		return p, nil
	}
	if _, ok := p.Rule(x.Rule, 0); !ok {
		return nil, entry.Refuse("rule", "There is no such rule")
	}
	if p, err = p.With(x.Rule, x.Within, x.Every, x.Takes); err != nil {
		return nil, refusal("within", err)
	}
	return p, nil
}

func refusal(field string, err error) error {
	ps := duty.Problems(err)
	for i := range ps {
		ps[i].Field = field
	}
	return &entry.Refusal{Problems: ps}
}

// Price says what other rules would cost: it replays the past weeks over every
// record, by the rules in force and by those proposed, and sets both against
// the hours that there are. It writes nothing, and names no child.
func (a *App) Price(ctx context.Context, x Proposal) (*capacity.Cost, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	now := a.Clock.Now()
	before, err := a.Rules(ctx, 0)
	if err != nil {
		return nil, err
	}
	layers, _, err := a.Front().Layers(ctx)
	if err != nil {
		return nil, err
	}
	after, err := x.pack(before, layers)
	if err != nil {
		return nil, err
	}
	l, err := a.Line(ctx)
	if err != nil {
		return nil, err
	}
	today := now.Date()
	monday := today.Add(-int((today.Weekday() + 6) % 7))
	from := monday.Add(-7 * x.Weeks)
	recs := make(chan child.Record, 64)
	tallies := make([]*capacity.Tally, max(1, runtime.GOMAXPROCS(0)))
	var wg sync.WaitGroup
	for i := range tallies {
		t := capacity.NewTally(before, after, l, from, x.Weeks, now)
		tallies[i] = t
		wg.Go(func() {
			for rec := range recs {
				t.Add(rec)
			}
		})
	}
	err = a.EachRecord(ctx, func(rec child.Record) error {
		recs <- rec
		return nil
	})
	close(recs)
	wg.Wait()
	if err != nil {
		return nil, err
	}
	for _, t := range tallies[1:] {
		tallies[0].Merge(t)
	}
	return tallies[0].Cost(x.Share), nil
}

// Price is for whoever may see the authority's figures: it shows no child.
func (d *Desk) Price(ctx context.Context, x Proposal) (*capacity.Cost, error) {
	if err := d.May(access.SeeFigures); err != nil {
		return nil, err
	}
	return d.a.Price(ctx, x)
}
