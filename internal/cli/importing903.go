package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/packed"
	"onus/internal/returns/report"
)

// firstReturn and lastReturn are the collection years that can be read in and written.
const firstReturn, lastReturn = 2010, 2099

var threeDigits = regexp.MustCompile(`^[0-9]{3}$`)

// terms are what the flags say of a return of children looked after. They are asked
// for where files of one are named, and refused where none is.
func (c *importCmd) terms(set []app.ReturnFile, books, feeds bool) (app.SSDA903Terms, error) {
	var t app.SSDA903Terms
	if len(set) == 0 {
		if c.Year != "" || c.Made != "" && !feeds || c.Authority != "" && !books && !feeds {
			return t, wrong("--authority, --year and --made are for a return of children looked after (SSDA903), and none of the files is one")
		}
		return t, nil
	}
	t, err := ssda903Terms(c.Authority, c.Year)
	if err != nil {
		return t, err
	}
	if c.Made != "" {
		if t.Made, err = day.ParseInstant(c.Made); err != nil {
			return t, Wrong{err}
		}
	}
	return t, nil
}

// ssda903Terms reads whose SSDA903 return it is, and of which year.
func ssda903Terms(authority, year string) (t app.SSDA903Terms, err error) {
	t.Authority = authority
	t.Year, err = returnTerms("SSDA903 return", authority, year, firstReturn, lastReturn)
	return t, err
}

// returnTerms sees that a return's authority is named, and reads its year, which must
// be one of those from first to last.
func returnTerms(what, authority, year string, first, last int) (int, error) {
	switch {
	case authority == "":
		return 0, wrong("say which authority the %s is of, by its three digits: --authority 204", what)
	case !threeDigits.MatchString(authority):
		return 0, wrong("%q is not the number of an authority. Write its three digits, such as 204", authority)
	case year == "":
		return 0, wrong("say which year the %s is of: --year 2025/26", what)
	}
	n, err := report.ParseYear(year, first, last)
	if err != nil {
		return 0, Wrong{err}
	}
	return n, nil
}

// unzipped gives the files in a zip, nothing for a file that is none. A zip with
// anything in it but CSV and XML is refused: what was left out would be lost unseen.
func unzipped(name, at string, start []byte) ([]app.ReturnFile, func(), error) {
	none := func() {}
	if !packed.IsZip(start) {
		return nil, none, nil
	}
	in, err := os.Open(at)
	if err != nil {
		return nil, none, err
	}
	shut := func() { _ = in.Close() } // it was only read
	st, err := in.Stat()
	if err != nil {
		shut()
		return nil, none, err
	}
	files, err := packed.Unzip(name, in, st.Size(), packed.Most, ".csv", ".xml")
	if err != nil {
		shut()
		return nil, none, err
	}
	return files, shut, nil
}

// lookedAfter reads a return of children looked after in, and says what came of it.
func (c *importCmd) lookedAfter(s stdio, o *opened, set []app.ReturnFile, terms app.SSDA903Terms) error {
	r, err := o.ImportSSDA903(s.ctx, set, terms, entry.System)
	if err != nil {
		return err
	}
	if _, err := o.Checkpoint(s.ctx); err != nil {
		return err
	}
	name := set[0].Name
	if len(set) > 1 {
		name = fmt.Sprintf("%s and %d more", name, len(set)-1)
	}
	_, err = fmt.Fprintf(s.out, "%s: %s\n", name, strings.Join(r.Says(), "\n"))
	return err
}
