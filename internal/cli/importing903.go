package cli

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/report"
	"onus/internal/returns/scan"
)

// What a zip may hold: a return has a dozen files, and that of the largest authority
// some tens of megabytes.
const (
	maxMembers  = 100
	maxUnpacked = 2 << 30
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
	if !bytes.HasPrefix(start, []byte("PK\x03\x04")) && !bytes.HasPrefix(start, []byte("PK\x05\x06")) { // the second is one with nothing in it
		return nil, none, nil
	}
	z, err := zip.OpenReader(at)
	if err != nil {
		return nil, none, scan.Refuse(scan.ErrPacked, 0, "", "%s is a zip file that cannot be unpacked: it was cut short, or is broken.", name)
	}
	shut := func() { _ = z.Close() } // it was only read
	files, err := members(name, &z.Reader)
	if err != nil {
		shut()
		return nil, none, err
	}
	return files, shut, nil
}

func members(name string, z *zip.Reader) (out []app.ReturnFile, err error) {
	refuse := func(why error, text string, a ...any) error {
		return scan.Refuse(why, 0, "", "%s: "+text, append([]any{name}, a...)...)
	}
	size := uint64(0)
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(base, ".") {
			continue
		}
		switch ext := strings.ToLower(path.Ext(base)); {
		case base == "[Content_Types].xml":
			return nil, refuse(scan.ErrPacked, "this is a workbook. Save each of its sheets as CSV.")
		case ext != ".csv" && ext != ".xml":
			return nil, refuse(scan.ErrPacked, "it holds %s, which is neither CSV nor XML. Leave it out.", scan.Cut(base))
		case len(out) == maxMembers:
			return nil, refuse(scan.ErrLimit, "it holds more than %d files. This is not a true return.", maxMembers)
		}
		if size += f.UncompressedSize64; size > maxUnpacked || f.UncompressedSize64 > maxUnpacked {
			return nil, refuse(scan.ErrLimit, "what it holds is larger than %d GB. This is not a true return.", maxUnpacked>>30)
		}
		out = append(out, app.ReturnFile{Name: name + "/" + base, Open: func() (io.ReadCloser, error) {
			r, err := f.Open()
			if err != nil {
				return nil, refuse(scan.ErrPacked, "%s cannot be unpacked.", scan.Cut(base))
			}
			return member{io.LimitReader(r, int64(f.UncompressedSize64)+1), r, name}, nil
		}})
	}
	if len(out) == 0 {
		return nil, refuse(scan.ErrEmpty, "it holds no files of a return.")
	}
	return out, nil
}

// member is a file of a zip: what is broken in it is the file's fault.
type member struct {
	io.Reader
	io.Closer
	name string
}

func (m member) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, scan.Refuse(scan.ErrPacked, 0, "", "%s cannot be unpacked: it was cut short, or is broken.", m.name)
	}
	return n, err
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
