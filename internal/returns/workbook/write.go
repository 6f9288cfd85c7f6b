package workbook

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"onus/internal/day"
)

// Style is how a written cell looks.
type Style uint8

// The styles.
const (
	Plain Style = iota
	DateStyle
	Heading
	Title
)

// Value is a cell to write: a text, a whole number or a date. The zero Value is
// an empty cell.
type Value struct {
	kind  byte // 0 nothing, t text, n number, d date
	text  string
	n     int
	style Style
}

// Of makes a cell of a text; an empty one is no cell.
func Of(text string, style Style) Value {
	if text == "" {
		return Value{}
	}
	return Value{kind: 't', text: text, style: style}
}

// Whole makes a cell of a number.
func Whole(n int) Value { return Value{kind: 'n', n: n} }

// On makes a cell of a date, shown as 31/03/2026. Excel knows no day before 1900
// and counts those before March 1900 wrongly: such a date is written as text.
func On(d day.Date) Value {
	serial := int(d - epoch)
	if serial < 61 {
		return Of(d.String(), Plain)
	}
	return Value{kind: 'd', n: serial, style: DateStyle}
}

// Tab is a sheet to write. Rows gives its rows from the first: what each call of
// write gets is one row. Width gives each column's width in characters.
type Tab struct {
	Name  string
	Width []int
	// Head is how many rows stay in sight.
	Head int
	Rows func(write func([]Value) error) error
}

// Write writes a workbook. The same tabs give the same bytes.
func Write(w io.Writer, tabs []Tab) error {
	z := zip.NewWriter(w)
	part := func(name string, body func(*bufio.Writer) error) error {
		f, err := z.Create(name) // without a time: the same bytes tomorrow
		if err != nil {
			return err
		}
		b := bufio.NewWriterSize(f, 1<<16)
		if _, err := b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"); err != nil {
			return err
		}
		if err := body(b); err != nil {
			return err
		}
		return b.Flush()
	}
	say := func(name, text string) error {
		return part(name, func(b *bufio.Writer) error { _, err := b.WriteString(text); return err })
	}
	var types, list, links strings.Builder
	for i, t := range tabs {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escape(t.Name), i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relations, i+1)
	}
	fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(tabs)+1, relations)
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packages + `"><Relationship Id="rId1" Type="` + relations + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + sheets + `" xmlns:r="` + relations + `"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packages + `">` + links.String() + `</Relationships>`},
		{"xl/styles.xml", styleSheet},
	} {
		if err := say(p[0], p[1]); err != nil {
			return err
		}
	}
	for i, t := range tabs {
		if err := part(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), func(b *bufio.Writer) error { return sheet(b, t) }); err != nil {
			return err
		}
	}
	return z.Close()
}

const (
	sheets    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages  = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// styleSheet has the four styles, in their order.
const styleSheet = `<styleSheet xmlns="` + sheets + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>` +
	`<fonts count="3"><font><sz val="11"/><name val="Arial"/></font><font><b/><sz val="11"/><name val="Arial"/></font><font><b/><sz val="14"/><name val="Arial"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// sheet writes one sheet. The writer keeps its first error, which Flush gives: what
// is put in between needs no look at it.
func sheet(b *bufio.Writer, t Tab) error {
	put := func(parts ...string) {
		for _, p := range parts {
			_, _ = b.WriteString(p)
		}
	}
	put(`<worksheet xmlns="`, sheets, `"><sheetViews><sheetView workbookViewId="0">`)
	if t.Head > 0 {
		put(`<pane ySplit="`, strconv.Itoa(t.Head), `" topLeftCell="A`, strconv.Itoa(t.Head+1), `" activePane="bottomLeft" state="frozen"/>`)
	}
	put(`</sheetView></sheetViews>`)
	if len(t.Width) > 0 {
		put(`<cols>`)
		for i, w := range t.Width {
			n := strconv.Itoa(i + 1)
			put(`<col min="`, n, `" max="`, n, `" width="`, strconv.Itoa(w), `" customWidth="1"/>`)
		}
		put(`</cols>`)
	}
	put(`<sheetData>`)
	n := 0
	err := t.Rows(func(cells []Value) error {
		n++
		if n > maxRows {
			return fmt.Errorf("the sheet %s would have more than %d rows", t.Name, maxRows)
		}
		row := strconv.Itoa(n)
		put(`<row r="`, row, `">`)
		for i, c := range cells {
			if c.kind == 0 {
				continue
			}
			put(`<c r="`, Letters(i), row, `"`)
			if c.style != Plain {
				put(` s="`, strconv.Itoa(int(c.style)), `"`)
			}
			if c.kind == 't' {
				put(` t="inlineStr"><is><t xml:space="preserve">`, escape(c.text), `</t></is></c>`)
			} else {
				put(`><v>`, strconv.Itoa(c.n), `</v></c>`)
			}
		}
		put(`</row>`)
		return nil
	})
	if err != nil {
		return err
	}
	put(`</sheetData></worksheet>`)
	return nil
}

// escape writes a text so that XML and Excel give it back as it was.
func escape(s string) string {
	var b strings.Builder
	for i, c := range s {
		switch {
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case c == '"':
			b.WriteString("&quot;")
		case c == '_' && i+1 < len(s) && s[i+1] == 'x':
			if _, ok := escaped(s[i:]); ok {
				b.WriteString("_x005F_")
				continue
			}
			b.WriteByte('_')
		case c < ' ' && c != '\n' && c != '\t', c == 0xFFFE, c == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", c)
		case c == utf8.RuneError:
			b.WriteRune(utf8.RuneError) // bytes that are no text
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
