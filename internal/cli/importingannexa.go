package cli

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"

	"onus/internal/entry"
	"onus/internal/returns/annexa"
)

// isWorkbook says whether a file is a workbook of Excel: a zip that holds one.
func isWorkbook(path string, start []byte) bool {
	if !bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")) // before 2007, or with a password: its reader says so
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer func() { _ = z.Close() }() // it was only read
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			return true
		}
	}
	return false
}

// annexATerms reads whose lists these are, and of which day.
func (c *importCmd) annexATerms(books []given) (t annexa.Terms, err error) {
	switch {
	case len(books) == 0 && c.On != "":
		return t, wrong("--on is for Ofsted's lists (Annex A), and none of the files is a workbook")
	case len(books) == 0:
		return t, nil
	}
	return listTerms(c.Authority, c.On)
}

// listTerms reads whose lists they are, and of which day.
func listTerms(authority, on string) (t annexa.Terms, err error) {
	switch {
	case authority == "":
		return t, wrong("say which authority the lists (Annex A) are of, by its three digits: --authority 204")
	case !threeDigits.MatchString(authority):
		return t, wrong("%q is not the number of an authority. Write its three digits, such as 204", authority)
	case on == "":
		return t, wrong("say the day that the lists (Annex A) are of: --on 31/03/2026")
	}
	t.Authority = authority
	if t.On, _ = annexa.ParseDate(on); t.On == 0 {
		return t, wrong("%q is not a date. Write it as 31/03/2026", on)
	}
	return t, nil
}

// readable says whether a workbook is an Annex A, before anything is opened.
func readable(b given) error {
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := annexa.Read(f, st.Size()); err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	return nil
}

func (c *importCmd) annexA(s stdio, o *opened, b given, terms annexa.Terms) error {
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := o.ImportAnnexA(s.ctx, f, st.Size(), terms, entry.System)
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	if _, err := o.Checkpoint(s.ctx); err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s\n", b.name, strings.Join(r.Says(), "\n"))
	for i, x := range r.Findings {
		if i == c.Findings {
			fmt.Fprintf(&out, "  ... and %d more (--findings %d lists them)\n", len(r.Findings)-i, len(r.Findings))
			break
		}
		fmt.Fprintln(&out, "  "+x)
	}
	_, err = s.out.Write(out.Bytes())
	return err
}
