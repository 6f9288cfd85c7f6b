package cin

import (
	"fmt"
	"io"
	"strings"

	"onus/internal/returns/scan"
)

// knownRoots says what a file with another root element looks like.
var knownRoots = map[string]string{
	"html":       "a web page: sign in, download the census again and choose the .xml file",
	"EXPSSDA903": "an SSDA903 return of children looked after: read it in on the command line, with onus import",
	"schema":     "an XML schema, not a return",
	"Workbook":   "a workbook saved as XML: export the census from your system instead",
	"Envelope":   "a message between systems (SOAP): take the census out of it first",
	"rss":        "a news feed",
}

// document reads the whole file: one Message, and nothing after it.
func (p *reader) document() error {
	for {
		t, err := p.next()
		switch {
		case err == io.EOF:
			return scan.Refuse(ErrNotXML, p.line, "", "The file holds no XML element. Choose the CIN census as your system exports it.")
		case err != nil:
			return err
		}
		switch t.Kind {
		case scan.Text:
			p.stray(t.Text)
		case scan.Start:
			if err := p.root(t.Name); err != nil {
				return err
			}
			return p.rest()
		}
	}
}

// rest reads on after the Message to the end of the file.
func (p *reader) rest() error {
	for {
		t, err := p.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		switch t.Kind {
		case scan.Text:
			p.stray(t.Text)
		case scan.Start:
			return scan.Refuse(ErrMalformed, p.line, t.Name, "The file goes on with a second %s after its end. Two files may have been joined: choose them one by one.", scan.Cut(t.Name))
		}
	}
}

func (p *reader) root(name string) error {
	if name != "Message" {
		looks := knownRoots[name]
		if looks == "" && strings.EqualFold(name, "html") {
			looks = knownRoots["html"]
		}
		if looks == "" {
			return scan.Refuse(ErrNotCIN, p.line, "", "This is XML, but not a CIN census: it begins with %s where a census begins with Message.", scan.Cut(name))
		}
		return scan.Refuse(ErrNotCIN, p.line, "", "This is XML, but not a CIN census. It looks like %s.", looks)
	}
	line := p.line
	err := p.walk(func(name string, line int) error {
		switch name {
		case "Header":
			return p.header(line)
		case "Children":
			p.checkHeader(line)
			p.childrenSeen = true
			return p.walk(func(name string, line int) error {
				if name == "Child" {
					return p.readChild(line)
				}
				return p.unknown(line)
			})
		}
		if !p.headerSeen && !p.childrenSeen {
			return scan.Refuse(ErrNotCIN, line, p.path(), "This is XML with a Message, but not a CIN census: it goes on with %s where a census has Header.", scan.Cut(name))
		}
		return p.unknown(line)
	})
	switch {
	case err != nil:
		return err
	case !p.childrenSeen && p.sum.Header.Collection == "":
		return scan.Refuse(ErrNotCIN, line, "Message", "This is XML with a Message, but not a CIN census: it holds no Children, and no Header that names the collection.")
	case p.sum.Children == 0:
		p.found(NoChildren, Error, line, "Message", "", "The census holds no children.", "Check the choice of children in the export.")
	}
	p.checkHeader(line)
	return nil
}

func (p *reader) header(line int) error {
	h := &p.sum.Header
	if p.headerSeen {
		return p.unknown(line)
	}
	p.headerSeen, h.Line = true, line
	err := p.walk(func(name string, line int) error {
		switch name {
		case "CollectionDetails":
			return p.walk(func(name string, line int) error {
				switch name {
				case "Collection":
					return p.text(&h.Collection, line)
				case "Year":
					return p.collectionYear(line)
				case "ReferenceDate":
					return p.date(&h.ReferenceDate, line)
				}
				return p.unknown(line)
			})
		case "Source":
			return p.walk(func(name string, line int) error {
				switch name {
				case "SourceLevel":
					return p.text(&h.SourceLevel, line)
				case "LEA":
					return p.text(&h.LEA, line)
				case "SoftwareCode":
					return p.text(&h.SoftwareCode, line)
				case "Release":
					return p.text(&h.Release, line)
				case "SerialNo":
					return p.text(&h.SerialNo, line)
				case "DateTime":
					return p.dateTime(line)
				}
				return p.unknown(line)
			})
		}
		return p.unknown(line)
	})
	if err != nil {
		return err
	}
	if c := h.Collection; c != "" && c != "CIN" {
		return scan.Refuse(ErrCollection, line, p.path(), "This is a return of the collection %q, not of CIN. Choose the CIN census.", scan.Cut(c))
	}
	return nil
}

func (p *reader) collectionYear(line int) error {
	h := &p.sum.Header
	v, err := p.leaf(line)
	if err != nil || v == "" {
		return err
	}
	n, ok := digits(v)
	switch {
	case !ok || len(v) != 4:
		p.misread(BadNumber, line, v, "This is not a year.", "Write the collection year with four digits, such as 2026.")
	case h.Year != 0:
		p.repeated(line, v)
	default:
		h.Year = n
		if p.opt.Year == 0 {
			p.year = n
		}
	}
	return nil
}

func (p *reader) dateTime(line int) error {
	h := &p.sum.Header
	if err := p.text(&h.DateTime, line); err != nil {
		return err
	}
	if _, ok := h.Made(); !ok && h.DateTime != "" {
		p.found(BadDate, Note, line, p.path()+"/DateTime", h.DateTime, "This is not a date with a time.", "Write it as 2026-05-01T09:00:00.")
	}
	return nil
}

// checkHeader lists once what the header does not say, before the first child.
func (p *reader) checkHeader(line int) {
	if p.told {
		return
	}
	p.told = true
	h := p.sum.Header
	miss := func(path, what, do string) {
		p.found(MissingHeader, Error, max(h.Line, line), "Message/Header/"+path, "", what, do)
	}
	if h.Collection == "" {
		miss("CollectionDetails/Collection", "The header does not say that this is a CIN census. It was read as one, since it holds children in that form.", "Give Collection as CIN.")
	}
	switch {
	case h.Year == 0 && p.opt.Year == 0:
		miss("CollectionDetails/Year", "The header does not give the year. Codes were accepted from any year.", "Give the collection year, such as 2026.")
	case p.year < FirstYear || p.year > LastYear:
		p.found(MissingHeader, Warning, max(h.Line, line), "Message/Header/CollectionDetails/Year", fmt.Sprint(p.year),
			fmt.Sprintf("The code sets of this year are not known here. Those of %d were used.", nearest(p.year)), "Check the year.")
	}
	if h.ReferenceDate.IsZero() {
		miss("CollectionDetails/ReferenceDate", "The header does not give the reference date.", "Give the last day of the year of the return, such as 2026-03-31.")
	}
	if h.LEA == "" {
		miss("Source/LEA", "The header does not say which authority the return is from.", "Give the three digits of the authority.")
	}
}
