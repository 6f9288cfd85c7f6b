package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/annexa"
	"onus/internal/returns/fact"
)

// AnnexAResult says what an import of Ofsted's lists of children understood and did.
type AnnexAResult struct {
	Terms    annexa.Terms
	Lists    []string // "List 6: 120 rows", in the order of the lists
	Findings []string // what was not understood, each with its place
	Taken
}

// ImportAnnexA reads Ofsted's eleven lists in, from one workbook of size bytes. Adopters
// (List 11) are adults: they are counted, and no record is made of them. A workbook that
// is none of these is refused and nothing is written; the same workbook twice adds
// nothing.
func (a *App) ImportAnnexA(ctx context.Context, in io.ReaderAt, size int64, terms annexa.Terms, who entry.Actor) (AnnexAResult, error) {
	res := AnnexAResult{Terms: terms, Taken: Taken{Added: map[entry.Kind]int{}}}
	ret, err := annexa.Read(in, size)
	if err != nil {
		return res, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(in, 0, size)); err != nil {
		return res, err
	}
	// Whose lists they are and of which day is not in the file: it belongs to what was said.
	fmt.Fprintf(sum, "annex-a %s %s", terms.Authority, terms.On)
	res.SHA256 = hex.EncodeToString(sum.Sum(nil))
	note := line.FileImported{Counts: map[string]int{}, Findings: len(ret.Findings)}
	for l, t := range ret.Lists {
		if t.Given {
			name := fmt.Sprintf("List %d", l+1)
			res.Lists = append(res.Lists, fmt.Sprintf("%s: %d rows", name, len(t.Rows)))
			note.Counts[name] = len(t.Rows)
		}
	}
	for _, f := range ret.Findings {
		res.Findings = append(res.Findings, f.String())
	}
	take := &takeIn{a: a, ctx: ctx, res: &res.Taken, who: who, of: "annex-a", undated: true, asOf: terms.On.End() - 1}
	if now := a.Clock.Now(); terms.On == 0 || now < take.asOf {
		take.asOf = now
	}
	if err := take.met(); err != nil {
		return res, err
	}
	for _, p := range ret.People() {
		c := taken{line: p.Rows[0].Line, birth: birthOf(p), facts: func(today day.Date) []fact.Fact { return annexa.Facts(terms, p, today) }}
		if p.ID != "" {
			c.ids = append(c.ids, Identifier{"la-child", terms.Authority, p.ID})
		}
		if err := take.add(c); err != nil {
			return res, err
		}
	}
	return res, take.done(note)
}

// birthOf is the birth of which all rows of a child agree; zero where they do not.
func birthOf(p annexa.Person) (on day.Date) {
	for _, r := range p.Rows {
		b := r.Of(annexa.Birth)
		switch {
		case !b.Known:
		case on == 0:
			on = b.Date
		case on != b.Date:
			return 0
		}
	}
	return on
}

// Says is what was understood of the lists and what came of it, in sentences.
func (r AnnexAResult) Says() (says []string) {
	say := func(format string, a ...any) { says = append(says, fmt.Sprintf(format, a...)) }
	of := ""
	if r.Terms.On != 0 {
		of = " of " + r.Terms.On.Long()
	}
	say("Ofsted's lists of children (Annex A)%s from authority %s.", of, r.Terms.Authority)
	for _, l := range r.Lists {
		say("%s.", l)
	}
	say("Facts: %d, of which %d were held already.", r.Facts, r.Same)
	r.did(say)
	if r.Kept > 0 {
		say("Kept as they stood: %d things that were not understood, have no day or have no place of their own.", r.Kept)
	}
	return says
}

// MakeAnnexA makes Ofsted's lists of a day from the records. Teams and workers are named
// as the line names them.
func (a *App) MakeAnnexA(ctx context.Context, terms annexa.Terms) (*annexa.Return, annexa.Left, error) {
	l, err := a.Line(ctx)
	if err != nil {
		return nil, annexa.Left{}, err
	}
	m := annexa.Make(terms, namesOf(l))
	if err := a.eachIn(ctx, forNobody, returnPage[ReturnAnnexA], m.Add, nil); err != nil {
		return nil, annexa.Left{}, err
	}
	ret, left := m.Return()
	return ret, left, nil
}

// namesOf are what the line calls a team, and whoever holds a post on a day.
func namesOf(l *line.Line) annexa.Names {
	return annexa.Names{
		Team: func(id string) string { t, _ := l.Team(id); return t.Name },
		Worker: func(post string, on day.Date) string {
			h, ok := l.Holder(post, on)
			if !ok {
				return ""
			}
			return l.Name(h.Person)
		},
	}
}
