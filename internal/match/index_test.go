package match_test

import (
	"math"
	"testing"

	"onus/internal/match"
	"onus/internal/testkit/families"
)

// TestFiguresSearch measures the search on invented families: for four in five
// people some records are held and another is asked for; one in five is new.
func TestFiguresSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, seed := range append(append([]uint64(nil), devSeeds...), freshSeeds...) {
		rs := families.Make(seed, 2500)
		x := match.New(match.Params{})
		who := map[string]families.Record{}
		held := map[string]int{}
		var queries []families.Record
		for _, r := range rs {
			who[r.ID] = r
			switch n := held[r.Who]; {
			case isNew(r.Who), n == 1:
				queries = append(queries, r)
				held[r.Who]++
			default:
				x.Add(r.Person)
				held[r.Who]++
			}
		}
		asked, first, five, right, wrong, fresh, shown, kin, kinAsked, family := 0, 0, 0, 0, 0, 0, 0, 0, 0, map[string]int{}
		for _, r := range rs {
			if !isNew(r.Who) {
				family[r.House]++
			}
		}
		wrongTwins, looks := 0, 0
		for _, q := range queries {
			cs := x.Search(q.Person, 20)
			known := !isNew(q.Who)
			at := -1
			sawKin := false
			for i, c := range cs {
				o := who[c.ID]
				if o.Who == q.Who && at < 0 && c.Class != match.Relative {
					at = i
				}
				sawKin = sawKin || o.House == q.House && o.Who != q.Who
				if c.Class == match.Same {
					if o.Who == q.Who {
						right++
					} else {
						wrong++
						if o.House == q.House {
							wrongTwins++
						}
					}
				}
			}
			if known {
				asked++
				if at == 0 {
					first++
				}
				if at >= 0 && at < 5 {
					five++
				}
			} else {
				fresh++
				for _, c := range cs {
					if c.Class == match.Review {
						looks++
					}
				}
				if len(cs) > 0 && cs[0].Class != match.Relative && cs[0].Score >= 0 {
					shown++
				}
				if family[q.House] > 0 {
					kinAsked++
					if sawKin {
						kin++
					}
				}
			}
		}
		share := func(a, b int) float64 { return float64(a) / float64(b) }
		t.Logf("seed %d: %d held, %d asked: recall@1 %.4f, recall@5 %.4f; called the same: %d right, %d wrong (%.4f of queries; %d in the household); of %d new people %.3f are shown somebody at 0 bits or more, and %.1f each to look at; %.3f of new people with family held see family",
			seed, x.Len(), len(queries), share(first, asked), share(five, asked), right, wrong, share(wrong, len(queries)), wrongTwins, fresh, share(shown, fresh), share(looks, fresh), share(kin, kinAsked))
		if share(five, asked) < 0.985 {
			t.Errorf("seed %d: recall@5 %.4f, want 0.985", seed, share(five, asked))
		}
		if share(wrong, len(queries)) > 0.001 {
			t.Errorf("seed %d: %.4f of queries are answered wrongly with confidence, want 0.001", seed, share(wrong, len(queries)))
		}
	}
}

// isNew says whether nothing of a person is held: one in five.
func isNew(who string) bool { return who[len(who)-1] == '3' || who[len(who)-1] == '7' }

func family() []match.Person {
	at := match.Address{Lines: "12 Mill Road", Town: "Leeds", Postcode: "LS1 4AB"}
	born := func(d int32) []match.Birth { return []match.Birth{{Digits: d}} }
	return []match.Person{
		{ID: "tom", Kind: "child", Names: []match.Name{{Forename: "Thomas", Surname: "Okafor-Price"}}, Births: born(20150304), Sex: "M", Addresses: []match.Address{at}, Carers: []string{"Grace Okafor"}},
		{ID: "ada", Kind: "child", Names: []match.Name{{Forename: "Ada", Surname: "Okafor-Price"}}, Births: born(20170921), Sex: "F", Addresses: []match.Address{at}, Carers: []string{"Grace Okafor"}},
		{ID: "mia", Kind: "child", Names: []match.Name{{Forename: "Mia", Surname: "Nowak"}}, Births: born(20180601), Sex: "F", Addresses: []match.Address{{Lines: "3 Elm Close", Postcode: "LS2 7CD"}}, Carers: []string{"Ewa Nowak"}},
		{ID: "grace", Kind: "adult", Names: []match.Name{{Forename: "Grace", Surname: "Okafor"}}, Births: born(19880110), Sex: "F", Addresses: []match.Address{at}},
	}
}

// A handful of people, nothing learnt: the guesses must do.
func TestSearchInASmallIndex(t *testing.T) {
	x := match.New(match.Params{NotSame: [][2]string{{"asked", "ada"}}})
	for _, p := range family() {
		x.Add(p)
	}
	find := func(p match.Person) map[string]match.Candidate {
		m := map[string]match.Candidate{}
		for _, c := range x.Search(p, 10) {
			m[c.ID] = c
			for _, e := range c.Evidence {
				if e.Why == "" || math.IsNaN(e.Bits) || math.IsInf(e.Bits, 0) {
					t.Errorf("evidence without a reason: %+v", e)
				}
			}
		}
		return m
	}
	got := find(match.Person{Names: []match.Name{{Forename: "Tom", Surname: "Okafor"}}, Births: []match.Birth{{Digits: 20150304}}, Sex: "M", Addresses: []match.Address{{Lines: "12 Mill Rd", Postcode: "ls14ab"}}})
	if c := got["tom"]; c.Class != match.Same || c.Lead < 4 || len(c.Evidence) < 5 {
		t.Errorf("Tom is %v: %+v", c.Class, c)
	}
	if c := got["ada"]; c.Class != match.Relative {
		t.Errorf("his sister is %v", c.Class)
	}
	// A twin with half the forename.
	got = find(match.Person{Names: []match.Name{{Forename: "Maia", Surname: "Nowak"}}, Births: []match.Birth{{Digits: 20180601}}, Sex: "F", Addresses: []match.Address{{Lines: "3 Elm Close", Postcode: "LS2 7CD"}}})
	if c := got["mia"]; c.Class != match.Review || !c.Twin {
		t.Errorf("a possible twin is %v, twin %v", c.Class, c.Twin)
	}
	// Somebody has said that the one asked for is not Ada: alike or not.
	twice := family()[1]
	twice.ID = "asked"
	if c := find(twice)["ada"]; c.Class == match.Same || c.Class == match.Review {
		t.Errorf("two people are %v", c.Class)
	}
	twice.ID = "another"
	if c := find(twice)["ada"]; c.Class != match.Same {
		t.Errorf("one person is %v", c.Class)
	}
	x.Remove("ada")
	x.Remove("ada")
	if _, ok := find(twice)["ada"]; ok || x.Len() != 3 {
		t.Error("who was removed is still found")
	}
	x.Add(family()[0])
	if x.Len() != 3 {
		t.Errorf("who is added twice is held twice: %d", x.Len())
	}
	if cs := x.Search(match.Person{}, 10); len(cs) != 0 {
		t.Errorf("nobody in particular is %d people", len(cs))
	}
}
