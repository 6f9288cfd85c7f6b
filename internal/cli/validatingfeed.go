package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"onus/internal/returns/dailyfeed"
)

// validateFeedCmd holds payloads of the daily feed against the Department's document.
type validateFeedCmd struct {
	Format string   `help:"text, csv or json." enum:"text,csv,json" default:"text"`
	Files  []string `arg:"" name:"file" help:"Payloads to check, each by itself; - for standard input."`
}

// feedFault is one thing that the document does not allow, as it is reported.
type feedFault struct {
	File  string `json:"file"`
	Line  int    `json:"line"` // 0: the payload as a whole
	Place string `json:"place"`
	What  string `json:"what"`
}

func (c *validateFeedCmd) Run(s stdio) error {
	faults := []feedFault{}
	var unread []error
	for _, name := range c.Files {
		children, found, err := checkFeed(name, s.in)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if c.Format == "text" {
			fmt.Fprintf(s.out, "%s: %d children. The Department's document (version 1.0.1) does not allow %d things in it.\n", name, children, len(found))
		}
		faults = append(faults, found...)
	}
	if err := c.write(s.out, faults); err != nil {
		return fmt.Errorf("the report could not be written: %w", err)
	}
	if len(unread) > 0 {
		return Wrong{errors.Join(unread...)}
	}
	if len(faults) > 0 {
		return No{fmt.Errorf("the document does not allow %d things", len(faults))}
	}
	return nil
}

func checkFeed(name string, in io.Reader) (children int, out []feedFault, err error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return 0, nil, wrong("there is no file that can be read")
		}
		defer f.Close()
		in = f
	}
	sum, faults, err := dailyfeed.CheckPayload(in)
	for _, k := range sum.Kept {
		out = append(out, feedFault{name, k.Line, k.Path, "is no part of the feed"})
	}
	for _, f := range faults {
		out = append(out, feedFault{name, f.Line, f.Path, f.Text})
	}
	return sum.Children, out, err
}

func (c *validateFeedCmd) write(w io.Writer, faults []feedFault) error {
	var b bytes.Buffer
	switch c.Format {
	case "json":
		enc := json.NewEncoder(&b)
		enc.SetIndent("", " ")
		if err := enc.Encode(faults); err != nil {
			return err
		}
	case "csv":
		t := csv.NewWriter(&b)
		rows := [][]string{{"file", "line", "place", "what"}}
		for _, f := range faults {
			rows = append(rows, []string{f.File, strconv.Itoa(f.Line), f.Place, f.What})
		}
		if err := t.WriteAll(rows); err != nil {
			return err
		}
	default:
		for _, f := range faults {
			fmt.Fprintf(&b, "%s: line %d: %s %s\n", f.File, f.Line, f.Place, f.What)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
