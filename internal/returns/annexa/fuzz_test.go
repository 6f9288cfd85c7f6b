package annexa

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/internal/day"
	"onus/internal/returns/workbook"
)

// No file makes the reader panic, every refusal says what to do, and what is read
// can be written and read again.
func hold(t *testing.T, file []byte) {
	r, err := read(file)
	if err != nil {
		var re *workbook.Refusal
		if !errors.As(err, &re) || re.Message == "" {
			t.Fatalf("%v is no refusal", err)
		}
		return
	}
	r.Readings()
	for _, p := range r.People() {
		for _, x := range Facts(terms, p, day.MustParse(today)) {
			if x.Body != nil && len(x.Body.Check()) > 0 {
				t.Fatalf("%s cannot stand: %v", x.Key, x.Body.Check())
			}
		}
	}
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	again, err := read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(same(r), same(again)); d != "" {
		t.Fatal(d)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"Annex_A_2024_Jan.xlsx", "2015-01-sample.xlsx", "annex_a_sen_fake.xlsx"} {
		f.Add(open(f, name))
	}
	f.Add(book(f, "Liste", odd))
	f.Add(book(f, "List_10", "Child ID|Family ID|Date of match\n1|2|45000.5\nx|y|z", "", "list 11|list"))
	f.Fuzz(hold)
}

// A fuzzer that has to keep a zip whole finds little. This one changes the sheet
// inside.
func FuzzSheet(f *testing.F) {
	z, err := zip.NewReader(bytes.NewReader(open(f, "Annex_A_2024_Jan.xlsx")), 28504)
	if err != nil {
		f.Fatal(err)
	}
	inside := func(name string) string {
		p, err := z.Open(name)
		if err != nil {
			f.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			f.Fatal(err)
		}
		return string(b)
	}
	shared := inside("xl/sharedStrings.xml")
	for n := range 11 {
		f.Add(inside("xl/worksheets/sheet"+strconv.Itoa(n+1)+".xml"), shared)
	}
	f.Add(`<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>Child ID</t></is></c><c t="str"><v>Sex</v></c><c t="str"><v>Date of contact</v></c></row><row><c r="C9"><v>1e5</v></c></row></sheetData></worksheet>`, `<sst/>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, p := range [][2]string{
			{"xl/workbook.xml", `<workbook xmlns:r="q"><sheets><sheet name="List 1" sheetId="1" r:id="r1"/></sheets></workbook>`},
			{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
			{"xl/sharedStrings.xml", shared}, {"xl/worksheets/sheet1.xml", sheet},
		} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: p[0], Method: zip.Store})
			if err == nil {
				_, err = w.Write([]byte(p[1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		hold(t, b.Bytes())
	})
}

// BenchmarkRead reads an Annex A of a large authority: 30,000 rows in each of
// three lists, 1.7 million cells.
func BenchmarkRead(b *testing.B) {
	r, err := read(open(b, "Annex_A_2024_Jan.xlsx"))
	if err != nil {
		b.Fatal(err)
	}
	for _, l := range []List{Contacts, Need, Care} {
		rows := r.Lists[l].Rows
		for len(r.Lists[l].Rows) < 30_000 {
			r.Lists[l].Rows = append(r.Lists[l].Rows, rows...)
		}
	}
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(out.Len()))
	for b.Loop() {
		if _, err := read(out.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
