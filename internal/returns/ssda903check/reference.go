package ssda903check

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"onus/internal/day"
	"onus/internal/returns/scan"
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

// postcodeHeadings are the columns of a directory, by the names that its editions give
// them: those of the ONS Postcode Directory to 2024 first, then those that carry a year.
// An authority of two tiers answers for its children as a county, so a county's code
// goes before the district's where the directory has it.
var postcodeHeadings = []headingOf{
	{"pcd", regexp.MustCompile(`^pcd(s|7|8|2)?$`), true},
	{"laua", regexp.MustCompile(`^(os)?laua$|^lad[0-9]{2}cd$`), true},
	{"oseast1m", regexp.MustCompile(`^(os)?east1m$`), true},
	{"osnrth1m", regexp.MustCompile(`^osnrth1m$|^north1m$`), true},
	{"oscty", regexp.MustCompile(`^(os)?cty$|^cty[0-9]{2}cd$`), false},
}

var providerHeadings = []headingOf{
	{"urn", regexp.MustCompile(`^urn$`), true},
	{"postcode", regexp.MustCompile(`^postcode$`), false},
	{"la_code_inferred", regexp.MustCompile(`^la_code_inferred$`), false},
	{"place_codes", regexp.MustCompile(`^place_codes$`), false},
	{"provider_codes", regexp.MustCompile(`^provider_codes$`), false},
	{"reg_start", regexp.MustCompile(`^reg_start$`), false},
	{"reg_end", regexp.MustCompile(`^reg_end$`), false},
}

// headingOf is a column of a file of reference data: its name, and how it may be written.
type headingOf struct {
	name   string
	forms  *regexp.Regexp
	needed bool
}

// EachPostcode reads a directory: a CSV file with the columns pcd, laua, oseast1m
// and osnrth1m (those of the ONS Postcode Directory; others are left out, but for the
// county of an authority of two tiers, oscty). A postcode without a place on the grid is
// in the directory, but nowhere. code is the postcode in capitals, without spaces. The
// error is a *ssda903.Refusal, what fn or what r gave.
func EachPostcode(r io.Reader, fn func(code string, p Postcode) error) error {
	return table(r, postcodeHeadings, func(cell func(string) string) error {
		p := Postcode{Authority: cell("laua")}
		if c := cell("oscty"); strings.HasPrefix(c, "E10") { // E99999999 stands where there is no county
			p.Authority = c
		}
		var err1, err2 error
		p.East, err1 = strconv.ParseFloat(cell("oseast1m"), 64)
		p.North, err2 = strconv.ParseFloat(cell("osnrth1m"), 64)
		p.Placed = err1 == nil && err2 == nil
		code := plain(cell("pcd"))
		if code == "" {
			return nil
		}
		return fn(code, p)
	})
}

// ReadPostcodes reads a whole directory as [EachPostcode] does.
func ReadPostcodes(r io.Reader) (Postcodes, error) {
	return ReadSome(r, nil)
}

// ReadSome reads those of a directory that are asked for; all where asked is nil.
func ReadSome(r io.Reader, asked map[string]bool) (Postcodes, error) {
	out, known := Postcodes{}, map[string]string{}
	err := EachPostcode(r, func(code string, p Postcode) error {
		if asked != nil && !asked[code] {
			return nil
		}
		if _, ok := known[p.Authority]; !ok {
			known[strings.Clone(p.Authority)] = strings.Clone(p.Authority)
		}
		p.Authority = known[p.Authority] // not a piece of the whole line
		out[strings.Clone(code)] = p
		return nil
	})
	return out, err
}

// WritePostcode writes a line of a directory as [EachPostcode] reads it, below
// PostcodeHeadings.
func WritePostcode(w io.Writer, code string, p Postcode) error {
	east, north := "", ""
	if p.Placed {
		east, north = strconv.FormatFloat(p.East, 'f', -1, 64), strconv.FormatFloat(p.North, 'f', -1, 64)
	}
	return line(w, code, p.Authority, east, north)
}

// PostcodeHeadings and ProviderHeadings are the first lines of what WritePostcode and
// WriteProvider write.
const (
	PostcodeHeadings = "pcd,laua,oseast1m,osnrth1m\n"
	ProviderHeadings = "URN,POSTCODE,LA_CODE_INFERRED,PLACE_CODES,PROVIDER_CODES,REG_START,REG_END\n"
)

// EachProvider reads a list: a CSV file with the column URN, and as far as known
// POSTCODE, LA_CODE_INFERRED, PLACE_CODES and PROVIDER_CODES (with commas between
// several), REG_START and REG_END. Errors are as those of EachPostcode.
func EachProvider(r io.Reader, fn func(urn string, p Provider) error) error {
	return table(r, providerHeadings, func(cell func(string) string) error {
		p := Provider{Postcode: plain(cell("postcode")), Authority: cell("la_code_inferred"),
			Places: codes(cell("place_codes")), Kinds: codes(cell("provider_codes"))}
		p.Start, _ = ssda903.ParseDate(cell("reg_start"))
		p.End, _ = ssda903.ParseDate(cell("reg_end"))
		if cell("urn") == "" {
			return nil
		}
		return fn(cell("urn"), p)
	})
}

// ReadProviders reads a whole list as [EachProvider] does.
func ReadProviders(r io.Reader) (Providers, error) {
	out := Providers{}
	err := EachProvider(r, func(urn string, p Provider) error { out[urn] = p; return nil })
	return out, err
}

// WriteProvider writes a line of a list as [EachProvider] reads it, below
// ProviderHeadings.
func WriteProvider(w io.Writer, urn string, p Provider) error {
	on := func(d day.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	return line(w, urn, p.Postcode, p.Authority, strings.Join(p.Places, ","), strings.Join(p.Kinds, ","), on(p.Start), on(p.End))
}

func line(w io.Writer, cells ...string) error {
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.ContainsAny(s, "\",\r\n") || strings.HasPrefix(s, " ") }) {
		_, err := io.WriteString(w, strings.Join(cells, ",")+"\n") // as a csv.Writer would, some million times
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write(cells); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

// Asked are the postcodes that rules look up for a return, without spaces: those of
// homes and placements of both years. Of a directory with millions of them, nothing else
// need be kept in hand.
func Asked(ret *ssda903.Return) map[string]bool {
	out := map[string]bool{}
	for _, t := range []*ssda903.Rows{ret.This[episodes], ret.Last[episodes]} {
		for _, f := range []ssda903.Field{homePost, placePost} {
			if t == nil || !t.Has(f) {
				continue
			}
			for i := range t.Len() {
				out[plain(t.At(i).Text(f))] = true
			}
		}
	}
	return out
}

func codes(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ' ' })
}

// table reads a CSV file whose headings stand in any order.
func table(r io.Reader, headings []headingOf, each func(cell func(string) string) error) error {
	b := bufio.NewReaderSize(r, 1<<16)
	refuse := func(why error, line int, text string, a ...any) error {
		return scan.Refuse(why, line, "", text, a...)
	}
	switch start, _ := b.Peek(2); {
	case string(start) == "PK":
		return refuse(scan.ErrPacked, 0, "This is a zip file or a workbook. Give the CSV file that is in it.")
	case len(start) > 0 && start[0] == '<':
		return refuse(ssda903.ErrNotTable, 1, "This is an XML file, where a CSV file is wanted.")
	case string(start) == "\xff\xfe", string(start) == "\xfe\xff":
		return refuse(scan.ErrEncoding, 1, "The file is encoded as UTF-16. Save it as CSV in UTF-8.")
	}
	c := csv.NewReader(b)
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return refuse(scan.ErrEmpty, 0, "The file is empty: not even headings are in it.")
	}
	if err != nil {
		return badLine(err)
	}
	at := map[string]int{}
	for i, h := range head {
		name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		for _, x := range headings {
			if _, there := at[x.name]; x.forms.MatchString(name) && (!there || name == x.name) {
				at[x.name] = i
			}
		}
	}
	for _, x := range headings {
		if _, ok := at[x.name]; x.needed && !ok {
			return refuse(ssda903.ErrNotTable, 1, "The column %s is missing. The first line must hold the headings.", x.name)
		}
	}
	var rec []string
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(rec) {
			return strings.TrimSpace(rec[i])
		}
		return ""
	}
	for n := 0; ; n++ {
		if rec, err = c.Read(); errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badLine(err)
		}
		line, _ := c.FieldPos(0)
		if n == maxReference {
			return refuse(scan.ErrLimit, line, "The file has more than %d rows: it is not what it is given as.", maxReference)
		}
		for i := range rec {
			if !utf8.ValidString(rec[i]) {
				return refuse(scan.ErrEncoding, line, "Some bytes are not UTF-8 text. Save the file as CSV in UTF-8.")
			}
		}
		if err := each(cell); err != nil {
			return err
		}
	}
}

// maxReference is more rows than reference data has: the United Kingdom has had some
// 2.7 million postcodes.
const maxReference = 5_000_000

func badLine(err error) error {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return scan.Refuse(scan.ErrMalformed, p.Line, "", "The line cannot be read as CSV: a quotation mark is missing or stands where none may.")
	}
	return err
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
