package ssda903check

import (
	"slices"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// Every rule that looks at data beside the return says so, and no other: in the public
// sample, with each sort of data taken away in turn, just those that say they need it, or
// may need it, could not run.
func TestRulesSayWhichDataTheyNeed(t *testing.T) {
	for year := FirstYear; year <= LastYear; year++ {
		without := func(what string) map[string]string {
			ret := theSample(t)
			for table := range ssda903.TableCount {
				if ret.This[table] == nil {
					ret.This[table] = ssda903.NewRows(table)
					ret.This[table].Done()
				}
			}
			o := Options{Year: year, Postcodes: Postcodes{}, Providers: Providers{}, Authority: "E09000033"}
			if what != WantsLastYear {
				ret.Last = theSample(t).This
			}
			switch what {
			case WantsPostcodes:
				o.Postcodes, o.Authority = nil, ""
			case WantsProviders:
				o.Providers = nil
			}
			rep, err := Run(ret, o)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			for _, v := range rep.Verdicts {
				if v.Outcome == report.CouldNotRun {
					out[v.Rule.Code] = v.Reason
				}
			}
			return out
		}
		always := without("")
		for _, what := range []string{WantsLastYear, WantsPostcodes, WantsProviders} {
			now := without(what)
			if len(now) <= len(always) {
				t.Errorf("%d: no rule needs %s", year, what)
			}
			for _, r := range Rules(year) {
				reason, stopped := now[r.Code]
				_, anyway := always[r.Code]
				needs := slices.Contains(Needs(r.Code, year), what)
				switch {
				case anyway:
				case stopped && !needs:
					t.Errorf("%d, %s: it could not run without %s and does not say that it needs it", year, r.Code, what)
				case stopped && Wanting(reason) == "":
					t.Errorf("%d, %s: nobody is told what to give: %s", year, r.Code, reason)
				case !stopped && needs && !slices.Contains([]string{"218", "230", "243", "241"}, r.Code):
					t.Errorf("%d, %s: it says that it needs %s, and runs without", year, r.Code, what)
				}
			}
		}
	}
}
