package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/fact"
	"onus/internal/returns/packed"
	"onus/internal/returns/ssda903"
)

// SSDA903Terms are what the files of a return of children looked after do not say.
type SSDA903Terms struct {
	Authority string      // three digits of the authority that makes it
	Year      int         // collection year: 2026 is the year to 31 March 2026
	Made      day.Instant // when it was made; zero where nobody says
}

// ReturnFile is one file of a return.
type ReturnFile = packed.File

// SSDA903Result says what an import of a return of children looked after understood
// and did.
type SSDA903Result struct {
	Terms  SSDA903Terms
	Tables []string // "5050 episodes", in the order of the tables
	Apart  []string // what stands beside the tables, in sentences
	Taken
}

// ImportSSDA903 reads a return of children looked after in: the CSV files of the set
// together, or the XML. All files are read first; where one is wrong nothing is
// written. Each child is written whole or not at all; an import that was cut off is
// completed by running it again. The same set twice, in whatever order, adds nothing.
func (a *App) ImportSSDA903(ctx context.Context, files []ReturnFile, terms SSDA903Terms, who entry.Actor) (SSDA903Result, error) {
	res := SSDA903Result{Terms: terms, Taken: Taken{Added: map[entry.Kind]int{}}}
	ret, sum, err := readSet(files, terms)
	if err != nil {
		return res, err
	}
	res.SHA256, res.Apart = sum, ret.Apart()
	note := line.FileImported{Year: fmt.Sprint(terms.Year), Counts: map[string]int{}, Findings: len(ret.Kept)}
	for _, rows := range ret.This {
		if rows != nil {
			name := strings.ReplaceAll(rows.Table.FileName(), "_", " ")
			res.Tables = append(res.Tables, fmt.Sprintf("%d %s", rows.Len(), name))
			note.Counts[name] = rows.Len()
		}
	}
	in := &takeIn{a: a, ctx: ctx, res: &res.Taken, who: who, of: "ssda903", made: terms.Made, undated: terms.Made == 0}
	t := ssda903.Terms{Authority: terms.Authority, Year: terms.Year}
	in.since, in.asOf = t.Start().Start(), t.End().End()-1
	for _, sooner := range []day.Instant{terms.Made, a.Clock.Now()} {
		if sooner != 0 && sooner < in.asOf { // a file of the year that runs knows nothing of the rest of it
			in.asOf = sooner
		}
	}
	t.AsOf = in.asOf
	if err := in.met(); err != nil {
		return res, err
	}
	for _, p := range ret.People() {
		c := taken{line: p.Line, birth: p.Birth(), whole: p.Whole(t), facts: func(today day.Date) []fact.Fact { return p.Facts(t, today) }}
		if p.ID != "" {
			c.ids = append(c.ids, Identifier{"la-child", t.Authority, p.ID})
		}
		if upn := p.UPN(); upn != "" {
			c.ids = append(c.ids, Identifier{"upn", "", upn})
		}
		if err := in.add(c); err != nil {
			return res, err
		}
	}
	return res, in.done(note)
}

// CheckSSDA903 reads all files and says whether they are a return of children looked
// after; nothing is written.
func CheckSSDA903(files []ReturnFile) error {
	_, _, err := readSet(files, SSDA903Terms{})
	return err
}

// MakeSSDA903 makes the return of a year from the records.
func (a *App) MakeSSDA903(ctx context.Context, terms SSDA903Terms) (*ssda903.Return, ssda903.Left, error) {
	m := ssda903.Make(ssda903.Terms{Authority: terms.Authority, Year: terms.Year})
	if err := a.eachIn(ctx, forNobody, returnPage[Return903], m.Add, nil); err != nil {
		return nil, ssda903.Left{}, err
	}
	ret, left := m.Return()
	return ret, left, nil
}

// readSet reads all files of a set, and gives what names it: the SHA-256 of whose
// return it is, of which year, and what its files hold, in any order and under any
// names. All that is wrong is said at once.
func readSet(files []ReturnFile, terms SSDA903Terms) (*ssda903.Return, string, error) {
	ret := &ssda903.Return{}
	sums, err := eachFile(files, func(r io.Reader, name string) error { return ssda903.ReadFile(r, name, ret, false) })
	set := sha256.Sum256([]byte(fmt.Sprintf("ssda903 %s %d\n%s\n", terms.Authority, terms.Year, strings.Join(sums, "\n"))))
	return ret, hex.EncodeToString(set[:]), err
}

// Says is what was understood of a return and what came of it, in sentences.
func (r SSDA903Result) Says() (says []string) {
	say := func(format string, a ...any) { says = append(says, fmt.Sprintf(format, a...)) }
	say("a return of children looked after (SSDA903) of %d/%02d from authority %s.", r.Terms.Year-1, r.Terms.Year%100, r.Terms.Authority)
	say("Understood: %d children, %s.", r.NewChildren+r.Known, strings.Join(r.Tables, ", "))
	say("They say %d facts: %d were held already.", r.Facts, r.Same)
	r.did(say)
	if r.Again {
		say("This very set was read in before.")
	}
	if r.Kept > 0 {
		say("Kept as it stood, in the records of the children: what was not understood or has no day, %d times.", r.Kept)
	}
	return append(says, r.Apart...)
}
