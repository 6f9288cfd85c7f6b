package ssda903

import (
	"cmp"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// episodes says what the child's episodes say, in the order in which they began.
func (f *said) episodes() {
	var began, all []Row
	for r := range f.rows(Episodes) {
		if r.day(DECOM) == 0 {
			f.row(r, "")
			continue
		}
		began = append(began, r)
	}
	slices.SortStableFunc(began, func(a, b Row) int { return cmp.Compare(a.day(DECOM), b.day(DECOM)) })
	for _, r := range began {
		if n := len(all); n > 0 && all[n-1].day(DECOM) == r.day(DECOM) {
			f.row(r, r.day(DECOM).String()+", a second that begins on the day/")
			continue
		}
		all = append(all, r)
	}
	for i := range all {
		f.episode(all, i)
	}
}

func (f *said) episode(all []Row, i int) {
	r := all[i]
	on, line := r.day(DECOM), r.Line()
	of := on.String() + "/"
	key := under[Episodes] + of
	where := child.Whereabouts{URN: r.cell(URN), Post: r.cell(PlacePost), HomePost: r.cell(HomePost), Authority: r.cell(PlaceLA)}
	if d, ok := Number(r.cell(PlaceDistance)); ok && d >= 0 && d < 1e5 {
		where.Distance = d
	} else {
		f.put(r, PlaceDistance, of)
	}
	outside := r.cell(PlaceLocation) == "OUT"
	if !outside && r.cell(PlaceLocation) != "IN" {
		f.put(r, PlaceLocation, of)
	}
	known := func(c Field, codes []string) string {
		if v := r.cell(c); slices.Contains(codes, v) {
			return v
		}
		f.put(r, c, of)
		return ""
	}
	ground, typ := known(LS, child.LegalStatuses), known(Place, child.PlacementTypes)
	need, provider, rne := r.cell(CIN), r.cell(Provider), r.cell(RNE)
	placement := child.PlacementStarted{Type: typ, Provider: provider, Whereabouts: where, OutOfArea: outside, Miles: miles(where.Distance)}
	begins, changes, moves := rne == "S", rne == "L" || rne == "B" || rne == "U", rne != "L"

	if begins {
		b := child.CareStarted{Status: ground, Need: need, Code: rne}
		f.AddUnless(key+"care", line, on, b, fact.Shown(on, b))
	} else {
		f.Not(key+"care", line)
	}
	switch {
	case changes:
		b := child.LegalStatus{Status: ground, Need: need, Code: rne}
		if !moves {
			b.Type, b.Provider, b.Whereabouts = typ, provider, where
		}
		f.AddUnless(key+"ground", line, on, b, fact.Shown(on, b))
	default:
		f.Not(key+"ground", line)
	}
	switch {
	case moves && typ == "": // the rest of it still says where
		placement.Ground, placement.Need, placement.Code = ground, need, rne
		f.Add(key+"placement", line, on, placement)
	case moves:
		if !begins && !changes {
			placement.Ground, placement.Need, placement.Code = ground, need, rne
		}
		f.AddUnless(key+"placement", line, on, placement, fact.Shown(on, placement))
	case i == 0 && typ != "":
		// The placement began before this file tells of it. Whoever is owed a visit
		// in it is owed it, unless an earlier file told when it began.
		f.AddUnless(key+"placement", line, on, placement, placed(on))
	default:
		f.Not(key+"placement", line)
	}
	f.end(all, i, key, of)
}

// placed says whether a record shows that the child had a placement at the end of the
// day before.
func placed(on day.Date) func(child.Record) bool {
	return func(rec child.Record) bool { return rec.On((on-1).End()-1).Placement != "" }
}

// end says how an episode ended.
func (f *said) end(all []Row, i int, key, of string) {
	r := all[i]
	line, on, rec := r.Line(), r.day(DEC), r.cell(REC)
	keep := func(fields ...Field) {
		for _, c := range fields {
			f.put(r, c, of)
		}
	}
	next := -1 // the one that begins on the day
	goesOn := false
	for j, o := range all {
		switch d := o.day(DEC); {
		case j == i || o.day(DECOM) > on:
		case o.day(DECOM) == on:
			next, goesOn = j, goesOn || d == 0 || d > on
		case j < i: // an open one before it was ended when this one began
			goesOn = goesOn || d > on
		default:
			goesOn = goesOn || d == 0 || d > on
		}
	}
	ended, left := entry.Body(nil), entry.Body(nil)
	switch {
	case on < r.day(DECOM): // or no day that can be read
		keep(DEC, REC, Change)
	case rec != "" && rec != "X1" && !goesOn:
		ended = child.CareEnded{Code: rec}
		keep(Change)
	case rec != "" && rec != "X1":
		keep(DEC, REC, Change)
	case next >= 0 && all[next].cell(RNE) != "L" && r.cell(Change) != "":
		left = child.PlacementEnded{Code: r.cell(Change)}
	case next >= 0:
		keep(Change)
	case goesOn:
		keep(DEC, REC, Change)
	default:
		left = child.PlacementEnded{Code: r.cell(Change), Why: "The return says that the episode ceased and that care went on. It names no episode after it."}
	}
	if ended != nil {
		f.AddUnless(key+"end", line, on, ended, fact.Shown(on, ended))
	} else {
		f.Not(key+"end", line)
	}
	if left != nil {
		f.AddUnless(key+"left", line, on, left, fact.Shown(on, left))
	} else {
		f.Not(key+"left", line)
	}
}
