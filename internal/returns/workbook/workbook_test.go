package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"onus/internal/day"
)

// raw packs a workbook of one sheet from pieces of XML.
func raw(t *testing.T, sheetXML string, more ...string) []byte {
	t.Helper()
	parts := []string{
		"_rels/.rels", `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns:r="q"><workbookPr/><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>plain</t></si><si><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r><rPh><t>aid</t></rPh></si><si><t>a_x000D_b_x005F_x0041_</t></si></sst>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="[Red]dd\ mmm&quot;y&quot;"/><numFmt numFmtId="201" formatCode="0.00&quot;d&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + sheetXML + `</sheetData></worksheet>`,
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	all := append(parts, more...)
	last := map[string]string{}
	for i := 0; i < len(all); i += 2 {
		last[all[i]] = all[i+1]
	}
	for i := 0; i < len(all); i += 2 {
		text, ok := last[all[i]]
		if !ok || text == "" {
			continue
		}
		delete(last, all[i])
		f, err := z.Create(all[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// all reads every sheet into lines.
func all(file []byte) (string, error) {
	b, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, s := range b.Sheets {
		fmt.Fprintf(&out, "%s %v\n", s.Name, s.Hidden)
		if err := b.Rows(s, func(r Row) error {
			fmt.Fprintf(&out, "%d:", r.Number)
			for _, c := range r.Cells {
				fmt.Fprintf(&out, " %s%d=%q", Letters(c.Col), c.Kind, c.Text)
				if d, ok := b.Day(c.Number); c.Dated && ok {
					fmt.Fprintf(&out, "(%s)", d)
				}
			}
			out.WriteString("\n")
			return nil
		}); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

func TestCells(t *testing.T) {
	got, err := all(raw(t, `<row r="2"><c r="A2" t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="AB2" t="s"><v>2</v></c></row>`+
		`<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;B1</f><v>made</v></c><c t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c></row>`+
		`<row r="9"><c s="1"><v>45322</v></c><c s="2"><v>45322.75</v></c><c s="3"><v>45322</v></c><c s="4"><v>0.5</v></c><c><v>1.2345678E7</v></c><c><v></v></c><c/><c s="1"/><c><v>x</v></c></row><row r="12"/>`))
	want := `One false
2: A1="plain" B1="rich " AB1="a\rb_x0041_"
3: A3="TRUE" B4="#N/A" C1="made" D1="inline"
9: A2="45322"(2024-01-31) B2="45322.75"(2024-01-31) C2="45322" D2="0.5" E2="12345678" I1="x"
`
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestDaysOfBothEpochs(t *testing.T) {
	for _, x := range []struct {
		mac    bool
		serial float64
		want   string
	}{{false, 61, "1900-03-01"}, {false, 60, ""}, {false, 45322.999, "2024-01-31"}, {true, 43860, "2024-01-31"}, {true, 0, "1904-01-01"}, {false, -5, ""}, {false, 3e9, ""}} {
		d, ok := (&Book{From1904: x.mac}).Day(x.serial)
		if ok != (x.want != "") || ok && d.String() != x.want {
			t.Errorf("%v of 1904 %v is %v, want %q", x.serial, x.mac, d, x.want)
		}
	}
}

// Every file that is no workbook is refused with the reason and what to do.
func TestRefusals(t *testing.T) {
	many := strings.Repeat(`<sheet name="x" sheetId="1" r:id="r1"/>`, maxSheets+1)
	long := strings.Repeat("a", maxToken+10)
	odd := func(name string) []byte {
		return raw(t, "", "xl/workbook.xml", "", name, "x")
	}
	protected := append([]byte(string(compound)), make([]byte, 4000)...)
	protected = append(protected, utf16("EncryptedPackage")...)
	good := raw(t, `<row><c t="s"><v>0</v></c></row>`)
	for _, x := range []struct {
		name string
		file []byte
		why  error
		says string
	}{
		{"nothing", nil, ErrEmpty, "empty"},
		{"old", append([]byte(string(compound)), make([]byte, 600)...), ErrOld, "save it as an Excel workbook (.xlsx)"},
		{"protected", protected, ErrPassword, "password"},
		{"binary", odd("xl/workbook.bin"), ErrNotXLSX, ".xlsb"},
		{"Word", odd("word/document.xml"), ErrNotXLSX, "Word"},
		{"zip", odd("letter.txt"), ErrNotXLSX, "zip file"},
		{"CSV", []byte("CHILD,SEX,DOB\n1,2,3\n"), ErrNotXLSX, "CSV"},
		{"PDF", []byte("%PDF-1.7"), ErrNotXLSX, "PDF"},
		{"page", []byte("\xEF\xBB\xBF <HTML><table>"), ErrNotXLSX, "web page"},
		{"XML", []byte("<Message/>"), ErrNotXLSX, "XML"},
		{"noise", []byte("\x00\x01\x02"), ErrNotXLSX, "Choose the .xlsx"},
		{"cut short", good[:len(good)-30], ErrDamaged, "cut short"},
		{"no end", raw(t, `<row><c t="s"><v>0`), ErrDamaged, "damaged"},
		{"text that is not there", raw(t, `<row r="7"><c t="s"><v>99</v></c></row>`), ErrDamaged, "sheet One, row 7"},
		{"column beyond", raw(t, `<row><c r="XFE1"><v>1</v></c></row>`), ErrDamaged, "column"},
		{"row beyond", raw(t, `<row r="1048577"/>`), ErrDamaged, "number"},
		{"sheets", raw(t, "", "xl/workbook.xml", `<workbook xmlns:r="q"><sheets>`+many+`</sheets></workbook>`), ErrTooManyOf, "200 sheets"},
		{"no sheets", raw(t, "", "xl/workbook.xml", `<workbook/>`), ErrDamaged, "no sheet"},
		{"long text", raw(t, `<row><c t="str"><v>`+long+`</v></c></row>`), ErrTooLarge, "1 MB"},
		{"long attribute", raw(t, `<row r="`+strings.Repeat("&gt;>", maxToken/5+9)+`"/>`), ErrTooLarge, "1 MB"},
		{"long comment", raw(t, `<!-- `+strings.Repeat("<> ", maxToken/3+9)+`-->`), ErrTooLarge, "1 MB"},
		{"document type", raw(t, "", "xl/workbook.xml", `<!DOCTYPE a [<!ENTITY b "c">]><workbook/>`), ErrDamaged, "damaged"},
		{"entity", raw(t, `<row><c t="str"><v>&b;</v></c></row>`), ErrDamaged, "damaged"},
	} {
		_, err := all(x.file)
		var r *Refusal
		if !errors.As(err, &r) || !errors.Is(err, x.why) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	_, err := Open(bytes.NewReader(nil), MaxFile+1)
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file beyond the limit: %v", err)
	}
}

// A file of some kilobytes that unpacks to gigabytes is refused before it does,
// also where it lies about its size.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, _ := z.Create("xl/worksheets/sheet1.xml")
	zeros := bytes.Repeat([]byte("<c/>"), 1<<18)
	for range 300 {
		if _, err := f.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="q"><sheets><sheet name="One" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		f, _ := z.Create(name)
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	if len(file) > 4<<20 {
		t.Fatalf("the bomb has %d bytes", len(file))
	}
	if _, err := Open(bytes.NewReader(file), int64(len(file))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("declared as it is: %v", err)
	}
	// The size stands once in the directory at the end: make it small.
	i := bytes.LastIndex(file, []byte("xl/worksheets/sheet1.xml")) - 46
	copy(file[i+24:], []byte{100, 0, 0, 0})
	if _, err := all(file); err == nil {
		t.Error("a part that is larger than it says was read")
	}
}

// One long text that very many cells share is counted each time.
func TestSharedTextsCount(t *testing.T) {
	long := `<sst><si><t>` + strings.Repeat("x", 900_000) + `</t></si></sst>`
	_, err := all(raw(t, `<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, maxText/900_000+2)+`</row>`, "xl/sharedStrings.xml", long))
	if !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// What we write reads as it was written, is the same each time, and an
// independent reader sees the same.
func TestWrite(t *testing.T) {
	texts := []string{"plain", " spaces  inside ", "<&>\"'", "a\nb\tc\rd", "_x0041_", "=1+1", "Zoë 名", "\x01"}
	tab := Tab{Name: `List "1" & more`, Head: 1, Width: []int{20, 12}, Rows: func(write func([]Value) error) error {
		for i, s := range texts {
			if err := write([]Value{Of(s, Heading), {}, Whole(i - 3), On(day.MustParse("2024-02-29")), On(day.MustParse("1899-01-01")), Of("", Plain)}); err != nil {
				return err
			}
		}
		return nil
	}}
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := Write(w, []Tab{tab, {Name: "Empty", Rows: func(func([]Value) error) error { return nil }}}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("written twice, the bytes differ")
	}
	b, err := Open(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Sheets) != 2 || b.Sheets[0].Name != tab.Name {
		t.Fatalf("%+v", b.Sheets)
	}
	n := 0
	if err := b.Rows(b.Sheets[0], func(r Row) error {
		d, _ := b.Day(r.Cells[2].Number)
		if len(r.Cells) != 4 || r.Cells[0].Text != texts[n] || r.Cells[1].Number != float64(n-3) || d.String() != "2024-02-29" || !r.Cells[2].Dated || r.Cells[3].Text != "1899-01-01" {
			t.Errorf("row %d: %+v", n, r)
		}
		n++
		return nil
	}); err != nil || n != len(texts) {
		t.Error(n, err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(one.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows(tab.Name)
	if err != nil || len(rows) != len(texts) {
		t.Fatal(rows, err)
	}
	for i, want := range texts[:6] { // it does not know how a control character is written
		if i != 3 && rows[i][0] != want || rows[i][3] != "29/02/2024" || rows[i][2] != fmt.Sprint(i-3) {
			t.Errorf("an independent reader sees %q for %q", rows[i], want)
		}
	}
}

// A workbook that an independent writer made reads as it was made.
func TestReadsWhatOthersWrite(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for at, v := range map[string]any{"A1": "Heading", "B3": 12.5, "C3": true, "D3": "Zoë", "AA7": "far"} {
		if err := x.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	style, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err == nil {
		err = errors.Join(x.SetCellValue("Sheet1", "E3", 45322), x.SetCellStyle("Sheet1", "E3", "E3", style), x.MergeCell("Sheet1", "A1", "B1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := all(b.Bytes())
	want := "Sheet1 false\n1: A1=\"Heading\"\n3: B2=\"12.5\" C3=\"TRUE\" D1=\"Zoë\" E2=\"45322\"(2024-01-31)\n7: AA1=\"far\"\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// An error of whoever reads comes back as it is.
func TestStop(t *testing.T) {
	file := raw(t, `<row><c><v>1</v></c></row><row><c><v>1</v></c></row>`)
	b, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	stop, n := errors.New("enough"), 0
	if err := b.Rows(b.Sheets[0], func(Row) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Error(n, err)
	}
}

func TestLetters(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := Letters(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
		if back, ok := column(want + "7"); !ok || back != n {
			t.Errorf("%s is %d", want, back)
		}
	}
}
