package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/line"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
)

// ReturnUsed is data that a check of a return was made with.
type ReturnUsed struct {
	What string `json:"what"`           // one of line.DataKinds
	Data string `json:"data,omitempty"` // which, as its entry names it; empty: the return that was taken away
	Says string `json:"says"`           // what it is, in a sentence without a full stop
}

// returnWith is what the rules of a return of children looked after are asked with, beside
// the return itself.
type returnWith struct {
	a         *App
	last      ssda903.Return        // its tables of last year
	numbers   map[string]bool       // who is in them
	again     *ssda903.Making       // makes last year's return anew, as it was taken away; nil: there is no need
	at        day.Instant           // of what was known then
	taken     ReturnRun             // that file
	postcodes *line.GivenData       // nil: there are none
	providers *line.GivenData       // nil: there are none
	authority string                // its three digits
	used      []ReturnUsed          // in the order of line.DataKinds
	ret       *ssda903.Return       // which they were put beside
	opt       *ssda903check.Options // what came of it; nil: not asked yet
}

// returnWith finds what there is for a return: of what was given, what counts today, and
// as last year's files those that were given, or the return of last year as it was taken
// away from here, whichever came last.
func (a *App) returnWith(ctx context.Context, authority string, year int) (*returnWith, error) {
	w := &returnWith{a: a, authority: authority, numbers: map[string]bool{}}
	today := a.Clock.Now().Date()
	before := report.YearName(year - 1)
	return w, a.Store.View(ctx, func(v View) error {
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		given, has := l.DataFor(line.DataLastYear, authority, before, today)
		runs, err := v.ReturnRuns(ctx, ReturnRunQuery{Kind: Return903, What: ReturnTaken, State: RunDone})
		if err != nil {
			return err
		}
		for _, r := range runs { // newest first
			if r.Of == before && r.Authority == authority && r.Children > 0 && (!has || r.Asked > given.Recorded) {
				w.again, w.at, w.taken, has = ssda903.Make(ssda903.Terms{Authority: authority, Year: year - 1}), r.Asked, r, false
				break
			}
		}
		if has {
			numbers, erased, err := readLast(ctx, v, given, &w.last)
			if err != nil {
				return err
			}
			if len(numbers) == 0 {
				w.last = ssda903.Return{} // it is not in this store, or all of it was erased
			} else {
				w.numbers = numbers
				says := fmt.Sprintf("the files of %s, %s, given on %s", before, many(len(numbers), "child", "children"), given.Recorded.Date().Long())
				if erased > 0 {
					says += fmt.Sprintf("; what they said of %d was erased since", erased)
				}
				w.used = append(w.used, ReturnUsed{line.DataLastYear, given.Data, says})
			}
		}
		for _, x := range []struct {
			what string
			into **line.GivenData
		}{{line.DataPostcodes, &w.postcodes}, {line.DataProviders, &w.providers}} {
			if g, ok := l.DataFor(x.what, "", "", today); ok {
				*x.into = &g
			}
		}
		return nil
	})
}

// add puts one record of a child in, for last year's return, and says whether something of
// the child is read for it.
func (w *returnWith) add(rec child.Record) (reads bool) {
	if w.again != nil {
		return w.again.Add(rec.KnownAt(w.at))
	}
	return w.numbers[rec.Identity().Number("la-child", w.authority)]
}

// beside puts last year's tables beside a return, and gives what its rules are asked with.
func (w *returnWith) beside(ctx context.Context, ret *ssda903.Return, year int) (ssda903check.Options, error) {
	if w.opt != nil && w.ret == ret {
		return *w.opt, nil
	}
	o := ssda903check.Options{Year: year}
	if w.again != nil {
		made, _ := w.again.Return()
		w.last.Last = made.This
		if n := made.This[ssda903.Header].Len(); n > 0 {
			says := fmt.Sprintf("the return of %s, %s, as it was taken away on %s", w.taken.Of, many(n, "child", "children"), w.taken.Asked.Date().Long())
			sum := sha256.New()
			if _, _, err := write903(sum, w.taken.Of, w.taken.Format, made); err != nil {
				return o, err
			}
			if hex.EncodeToString(sum.Sum(nil)) == w.taken.SHA256 {
				says += ", made again from what was known then: the same file, by its SHA-256"
			} else {
				says += ", made again from what was known then. It is not the same file to the byte: something was erased since, or this version of Onus makes it otherwise"
			}
			w.used = append([]ReturnUsed{{What: line.DataLastYear, Says: says}}, w.used...)
		} else {
			w.last = ssda903.Return{}
		}
	}
	if slices.ContainsFunc(ret.Last[:], func(t *ssda903.Rows) bool { return t != nil }) { // whoever asks has last year's files in hand
		w.used = nil
	} else {
		ret.Last = w.last.Last
	}
	asked := ssda903check.Asked(ret)
	err := w.a.Store.View(ctx, func(v View) error {
		if g := w.postcodes; g != nil {
			dir, parts := ssda903check.Postcodes{}, 0
			if err := readParts(ctx, v, g.Data, func(r io.Reader) error {
				parts++
				some, err := ssda903check.ReadSome(r, asked)
				maps.Copy(dir, some)
				return err
			}); err != nil {
				return err
			}
			if parts > 0 {
				o.Postcodes, o.Authority = dir, g.Code
				w.used = append(w.used, ReturnUsed{line.DataPostcodes, g.Data, usedSays(*g, "postcodes")})
			}
		}
		if g := w.providers; g != nil {
			parts := 0
			list := ssda903check.Providers{}
			if err := readParts(ctx, v, g.Data, func(r io.Reader) error {
				parts++
				some, err := ssda903check.ReadProviders(r)
				maps.Copy(list, some)
				return err
			}); err != nil {
				return err
			}
			if parts > 0 {
				o.Providers = list
				w.used = append(w.used, ReturnUsed{line.DataProviders, g.Data, usedSays(*g, "providers")})
			}
		}
		return nil
	})
	w.ret, w.opt = ret, &o
	return o, err
}

func usedSays(g line.GivenData, of string) string {
	says := fmt.Sprintf("%d %s, given on %s", g.Rows, of, g.Recorded.Date().Long())
	if g.About != "" {
		says = g.About + ": " + says
	}
	return says
}

// DataForReturn puts what is kept for the checks of a return of children looked after beside
// it: last year's tables, and the rest in the options. Whom last year's tables tell of is
// in the reader log before this gives anything, under the machine's name.
func (a *App) DataForReturn(ctx context.Context, authority string, year int, ret *ssda903.Return) (ssda903check.Options, []ReturnUsed, error) {
	w, err := a.returnWith(ctx, authority, year)
	if err != nil {
		return ssda903check.Options{}, nil, err
	}
	if w.again != nil || len(w.numbers) > 0 {
		if err := a.eachIn(ctx, forNobody, returnPage[Return903]+checkedLook, w.add, nil); err != nil {
			return ssda903check.Options{}, nil, err
		}
	}
	o, err := w.beside(ctx, ret, year)
	return o, w.used, err
}
