package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/returns/dailyfeed"
	"onus/internal/returns/ssda903"
)

type importCmd struct {
	where
	Files     []string `arg:"" help:"Files to read in; - for standard input. The files of a return of children looked after (SSDA903) are one set: CSV files, the XML, or a zip of them. A workbook (.xlsx) is Ofsted's lists, Annex A. JSON is the daily feed; the word daily-feed before the files says that they all are."`
	Findings  int      `help:"How many findings to list." default:"20"`
	Authority string   `placeholder:"CODE" help:"Of an SSDA903 return, Annex A or the daily feed: the three digits of the authority that makes it. Its files do not say."`
	Year      string   `placeholder:"YEAR" help:"Of an SSDA903 return: its collection year, such as 2025/26. Its files do not say."`
	On        string   `placeholder:"DATE" help:"Of Annex A: the day that the lists are of, as 31/03/2026."`
	Made      string   `placeholder:"MOMENT" help:"Of an SSDA903 return or the daily feed: when it was made, such as 2026-05-01T09:00, where it is not the newest that was read in."`
}

// given is a file to read in.
type given struct {
	name, path string
	start      []byte
}

func (c *importCmd) Run(s stdio) error {
	only := c.feedOnly()
	for _, f := range c.Files {
		if st, err := os.Stat(f); f != "-" && (err != nil || st.IsDir()) {
			return wrong("there is no file %s", f)
		}
	}
	var files []given
	var set []app.ReturnFile
	var books, feeds []given
	for _, f := range c.Files {
		path, clean, err := spool(f, s.in)
		if err != nil {
			return err
		}
		defer clean()
		start, err := head(path)
		if err != nil {
			return err
		}
		if only || !app.IsJournal(start) && dailyfeed.Looks(start) {
			feeds = append(feeds, given{f, path, start})
			continue
		}
		if isWorkbook(path, start) {
			books = append(books, given{f, path, start})
			continue
		}
		members, closeZip, err := unzipped(f, path, start)
		if err != nil {
			return err
		}
		defer closeZip()
		switch {
		case members != nil:
			set = append(set, members...)
		case !app.IsJournal(start) && ssda903.Looks(start):
			set = append(set, app.ReturnFile{Name: f, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
		default:
			files = append(files, given{f, path, start})
		}
	}
	feedTerms, err := c.feedTerms(feeds)
	if err != nil {
		return err
	}
	terms, err := c.terms(set, len(books) > 0, len(feeds) > 0)
	if err != nil {
		return err
	}
	lists, err := c.annexATerms(books)
	if err != nil {
		return err
	}
	for _, b := range books { // a wrong one must not even make an empty store
		if err := readable(b); err != nil {
			return err
		}
	}
	// A wrong file must not even make an empty store.
	if len(set) > 0 {
		if err := app.CheckSSDA903(set); err != nil {
			return err
		}
	}
	if len(files) > 0 && !app.IsJournal(files[0].start) {
		if err := precheck(files[0].path, files[0].name); err != nil {
			return err
		}
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	if by, err := o.madeBy(s.ctx); err == nil && by == "demo" {
		fmt.Fprintln(s.errw, "onus: this store is a demonstration, and anybody may look into it. Never import real children here.")
	}
	for _, f := range files {
		if app.IsJournal(f.start) {
			err = c.journal(s, o, f.path, f.name)
		} else {
			err = c.census(s, o, f.path, f.name)
		}
		if err != nil {
			return err
		}
	}
	for _, b := range books {
		if err := c.annexA(s, o, b, lists); err != nil {
			return err
		}
	}
	for _, f := range feeds {
		if err := c.feed(s, o, f, feedTerms); err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	return c.lookedAfter(s, o, set, terms)
}

// spool gives a path that can be read twice: standard input is kept in a
// temporary file first.
func spool(name string, in io.Reader) (path string, clean func(), err error) {
	if name != "-" {
		return name, func() {}, nil
	}
	t, err := os.CreateTemp("", "onus-import-*")
	if err != nil {
		return "", nil, err
	}
	clean = func() { os.Remove(t.Name()) }
	if _, err := io.Copy(t, in); err != nil {
		clean()
		return "", nil, fmt.Errorf("standard input could not be read: %w", err)
	}
	return t.Name(), clean, t.Close()
}

func head(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, 512)
	n, err := io.ReadFull(f, b)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	return b[:n], nil
}

func precheck(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := app.CheckCensus(bufio.NewReaderSize(f, 1<<16)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (c *importCmd) journal(s stdio, o *opened, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	n, root, err := o.ImportJournal(s.ctx, f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(s.out, "%s: a journal of Onus. %d entries added. Root of the ledger: %s\n", name, n, root)
	return nil
}

func (c *importCmd) census(s stdio, o *opened, path, name string) error {
	r, err := o.ImportCensus(s.ctx, func() (io.ReadCloser, error) { return os.Open(path) }, entry.System)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := o.Checkpoint(s.ctx); err != nil {
		return err
	}
	says, findings := r.Says(c.Findings)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(says, "\n"))
	for _, f := range findings {
		fmt.Fprintln(&b, "  "+f)
	}
	if total := r.Findings(); total > len(findings) {
		fmt.Fprintf(&b, "  ... and %d more (--findings %d lists them)\n", total-len(findings), total)
	}
	_, err = s.out.Write(b.Bytes())
	return err
}
