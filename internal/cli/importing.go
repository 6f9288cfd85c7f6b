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
)

type importCmd struct {
	where
	Files    []string `arg:"" help:"Files to read in; - for standard input."`
	Findings int      `help:"How many findings to list." default:"20"`
}

func (c *importCmd) Run(s stdio) error {
	for _, f := range c.Files {
		if st, err := os.Stat(f); f != "-" && (err != nil || st.IsDir()) {
			return wrong("there is no file %s", f)
		}
	}
	var o *opened
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
		if o == nil {
			if !app.IsJournal(start) {
				// A wrong file must not even make an empty store.
				if err := precheck(path, f); err != nil {
					return err
				}
			}
			if o, err = c.open(s.ctx, true); err != nil {
				return err
			}
			defer o.close()
			if by, err := o.madeBy(s.ctx); err == nil && by == "demo" {
				fmt.Fprintln(s.errw, "onus: this store is a demonstration, and anybody may look into it. Never import real children here.")
			}
		}
		if app.IsJournal(start) {
			err = c.journal(s, o, path, f)
		} else {
			err = c.census(s, o, path, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
