package app_test

import (
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/annexa"
	"onus/internal/returns/cin"
	"onus/internal/testkit"
)

// Who is in a return that is made is in the reader log first; who is not in it, is not.
func TestAReturnIsInTheReaderLog(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		in := h.record(t, "", h.say("manager-front", child.Known{Given: "Ada", Family: "Marsh", Birth: day.MustParse("2017-05-04"), IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "A1"}}}),
			h.say("manager-front", child.Referral{From: "school", What: "came to school hungry"})).Child
		out := h.referred(t, "Ben", "Reed") // no number of the authority: no return can name them
		on := h.clock.Now().Date()
		year, _, _ := on.Split()
		if on >= day.Of(year, 4, 1) {
			year++
		}
		if all, _, err := h.MakeCensus(ctx, cin.Header{LEA: "999", Year: year}); err != nil || len(all) != 1 {
			t.Fatalf("%d children in the census, %v", len(all), err)
		}
		if _, _, err := h.MakeAnnexA(ctx, annexa.Terms{Authority: "999", On: on}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.MakeSSDA903(ctx, app.SSDA903Terms{Authority: "999", Year: year}); err != nil {
			t.Fatal(err)
		}
		looks := func(id string) (out []string) {
			if err := h.Store.View(ctx, func(v app.View) error {
				rs, err := v.Reads(ctx, id, 0, 10)
				for _, r := range rs {
					if r.Grounds == "return" {
						out = append(out, r.What)
					}
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := looks(in); len(got) != 2 { // she is not looked after: she is not in the third
			t.Errorf("looks at the child in the returns: %q", got)
		}
		if got := looks(out); len(got) != 0 {
			t.Errorf("looks at a child in no return: %q", got)
		}
	})
}
