package ssda903check

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/ssda903"
)

// Postcodes is a directory of postcodes, by postcode without spaces. Nil when
// none was given.
type Postcodes map[string]Postcode

// Postcode is where a postcode lies.
type Postcode struct {
	Authority   string
	East, North float64 // metres on the national grid
	Placed      bool    // the directory gives a place on the grid
}

// Providers are the providers that Ofsted knows, by URN. Nil when none were
// given.
type Providers map[string]Provider

// Provider is what is known of a provider of placements. What is empty is not
// known.
type Provider struct {
	Postcode  string
	Authority string
	Places    []string // codes of the placements it may offer
	Kinds     []string // codes of what kind of provider it may be
	Start     day.Date // registered
	End       day.Date // registration ended
}

// ReadPostcodes reads a directory: a CSV file with the columns pcd, laua, oseast1m
// and osnrth1m (those of the ONS Postcode Directory; others are left out). A
// postcode without a place on the grid is in the directory, but nowhere.
func ReadPostcodes(r io.Reader) (Postcodes, error) {
	out := Postcodes{}
	err := table(r, []string{"pcd", "laua", "oseast1m", "osnrth1m"}, func(cell func(string) string) {
		p := Postcode{Authority: cell("laua")}
		var err1, err2 error
		p.East, err1 = strconv.ParseFloat(cell("oseast1m"), 64)
		p.North, err2 = strconv.ParseFloat(cell("osnrth1m"), 64)
		p.Placed = err1 == nil && err2 == nil
		out[plain(cell("pcd"))] = p
	})
	return out, err
}

// ReadProviders reads a list: a CSV file with the column URN, and as far as known
// POSTCODE, LA_CODE_INFERRED, PLACE_CODES and PROVIDER_CODES (with commas between
// several), REG_START and REG_END.
func ReadProviders(r io.Reader) (Providers, error) {
	out := Providers{}
	err := table(r, []string{"urn"}, func(cell func(string) string) {
		p := Provider{Postcode: plain(cell("postcode")), Authority: cell("la_code_inferred"),
			Places: codes(cell("place_codes")), Kinds: codes(cell("provider_codes"))}
		p.Start, _ = ssda903.ParseDate(cell("reg_start"))
		p.End, _ = ssda903.ParseDate(cell("reg_end"))
		out[cell("urn")] = p
	})
	return out, err
}

func codes(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ' ' })
}

func table(r io.Reader, needed []string, each func(cell func(string) string)) error {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		return errors.New("the file has no headings")
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	for _, n := range needed {
		if _, ok := at[n]; !ok {
			return fmt.Errorf("the column %s is missing", n)
		}
	}
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		each(func(name string) string {
			if i, ok := at[name]; ok && i < len(rec) {
				return strings.TrimSpace(rec[i])
			}
			return ""
		})
	}
}

// plain takes the spaces out of a postcode and writes it in capitals.
func plain(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

// metresInAMile turns distances on the grid into what the return counts in.
const metresInAMile = 1609.344

// locate works out where placements are, for the returns that do not say it.
func (f *facts) locate() {
	for _, t := range []*ssda903.Rows{f.ret.This[episodes], f.ret.Last[episodes]} {
		if f.postcodes == nil || t == nil || !t.Has(placePost) || !t.Has(homePost) {
			continue
		}
		find := func(r row, field ssda903.Field) (Postcode, bool) {
			p, ok := f.postcodes[plain(r.Text(field))]
			return p, ok
		}
		if !t.Has(placeLA) {
			t.Set(placeLA, func(r row) string { p, _ := find(r, placePost); return p.Authority })
		}
		if !t.Has(distance) {
			t.Set(distance, func(r row) string {
				a, ok1 := find(r, homePost)
				b, ok2 := find(r, placePost)
				if !ok1 || !ok2 || !a.Placed || !b.Placed {
					return ""
				}
				return strconv.FormatFloat(math.Hypot(a.East-b.East, a.North-b.North)/metresInAMile, 'f', 1, 64)
			})
		}
		if !t.Has(location) && f.authority != "" {
			t.Set(location, func(r row) string {
				switch p, ok := find(r, placePost); {
				case !ok:
					return ""
				case p.Authority == f.authority:
					return "IN"
				}
				return "OUT"
			})
		}
	}
}

// within says whether a code is one of a list.
func within(list []string, code string) bool { return slices.Contains(list, code) }
