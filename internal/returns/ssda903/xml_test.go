package ssda903

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"onus/internal/returns/scan"
)

func unpacked(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const one = `<EXPSSDA903><CHILD><HEADER><CHILDID>A1</CHILDID><UPN>UN1</UPN><SEX>M</SEX><DOB>01/02/2015</DOB><ETHNIC>WBRI</ETHNIC><UASC>1</UASC><DUC>01/02/2033</DUC>
<DATE_INT>01/05/2025</DATE_INT><NB_ADOPTR>2</NB_ADOPTR><IN_TOUCH>YES</IN_TOUCH>
<AMISSING><MISSING>M</MISSING><MIS_START>01/06/2025</MIS_START></AMISSING>
<AREVIEW><REVIEW>01/07/2025</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW><AREVIEW><REVIEW>01/12/2025</REVIEW><REVIEW_CODE>PN2</REVIEW_CODE></AREVIEW>
<MOTHER>0</MOTHER><MC_DOB/><PERMANENCE><PREV_PERM>Z1</PREV_PERM></PERMANENCE><OC2><CONVICTED>0</CONVICTED></OC2>
<AD_PLACED><DATE_PLACED>02/05/2025</DATE_PLACED></AD_PLACED></HEADER>
<EPISODE><DECOM>01/04/2025</DECOM><RNE>S</RNE><LS>V2</LS><CIN>N1</CIN><PL>U6</PL><URN>
  SC1
</URN><DEC/><REC/></EPISODE></CHILD></EXPSSDA903>`

func readXML(t testing.TB, text string) *Return {
	t.Helper()
	var ret Return
	if err := ReadXML(strings.NewReader(text), &ret); err != nil {
		t.Fatal(err)
	}
	return &ret
}

// rowOf gives the cells of a row in the order of the table, with its line.
func rowOf(r *Rows, i int) string {
	var out []string
	for f := range FieldCount {
		if r.Has(f) {
			out = append(out, r.At(i).Text(f))
		}
	}
	return fmt.Sprintf("%d %s", r.At(i).Line(), strings.Join(out, ","))
}

func TestReadXML(t *testing.T) {
	ret := readXML(t, one)
	want := map[Table][]string{
		Header:         {"1 A1,M,01/02/2015,WBRI,UN1,0,,1"},
		Episodes:       {"7 A1,01/04/2025,S,V2,N1,U6,,,,,,,SC1"},
		Reviews:        {"4 A1,01/02/2015,01/07/2025,PN1", "4 A1,01/02/2015,01/12/2025,PN2"},
		UASC:           {"1 A1,M,01/02/2015,01/02/2033"},
		OC2:            {"5 A1,01/02/2015,,,0,,,,,,,"},
		OC3:            {"2 A1,01/02/2015,YES,,"},
		AD1:            {"2 A1,01/02/2015,01/05/2025,,,2,,"},
		PlacedAdoption: {"6 A1,01/02/2015,02/05/2025,,"},
		PrevPerm:       {"5 A1,01/02/2015,Z1,,"},
		Missing:        {"3 A1,01/02/2015,M,01/06/2025,"},
	}
	for i, rows := range ret.This {
		if rows == nil {
			if Table(i) != SWEpisodes && Table(i) != DoLo {
				t.Errorf("there is no %s", Table(i))
			}
			continue
		}
		var got []string
		for n := range rows.Len() {
			got = append(got, rowOf(rows, n))
		}
		if !slices.Equal(got, want[Table(i)]) {
			t.Errorf("%s: %q, want %q", Table(i), got, want[Table(i)])
		}
	}
	if d := ret.This[Episodes].At(0).Date(DECOM); d.String() != "2025-04-01" || len(ret.This[Reviews].Of("A1")) != 2 {
		t.Errorf("the episode begins on %s", d)
	}
	if len(ret.Kept) > 0 || len(ret.Apart()) > 0 {
		t.Errorf("kept %v", ret.Kept)
	}
}

// A child who is not said to have come alone is in no table of those who did; where
// nobody's status is given, nobody's is said to be none.
func TestStatusInXML(t *testing.T) {
	for text, want := range map[string]struct {
		rows int
		has  bool
	}{
		one: {1, true},
		strings.Replace(one, "<UASC>1</UASC><DUC>01/02/2033</DUC>", "<UASC>0</UASC>", 1): {0, true},
		strings.Replace(one, "<DUC>01/02/2033</DUC>", "", 1):                             {1, true},
		strings.Replace(one, "<UASC>1</UASC>", "", 1):                                    {1, false},
		strings.Replace(one, "<UASC>1</UASC><DUC>01/02/2033</DUC>", "", 1):               {0, false},
	} {
		if ret := readXML(t, text); ret.This[UASC].Len() != want.rows || ret.This[Header].Has(UASCStatus) != want.has {
			t.Errorf("%d rows, status given %v, want %v", ret.This[UASC].Len(), ret.This[Header].Has(UASCStatus), want)
		}
	}
}

// What the form has no place for is kept with its place, or is a row where all of
// it are columns of one table.
func TestNothingInXMLIsLost(t *testing.T) {
	for _, c := range []struct {
		put, instead string
		want         []string
	}{
		{"<MOTHER>0", "<NOTES>x<b> y </b></NOTES><MOTHER>0", []string{"A1 5 EXPSSDA903/CHILD/HEADER/NOTES/b  y ", "A1 5 EXPSSDA903/CHILD/HEADER/NOTES x"}},
		{"<SEX>M</SEX>", "<SEX>M</SEX><SEX>F</SEX>", []string{"A1 1 EXPSSDA903/CHILD/HEADER/SEX F"}},
		{"<RNE>S</RNE>", "<RNE>S</RNE><REVIEW>1</REVIEW>", []string{"A1 7 EXPSSDA903/CHILD/EPISODE/REVIEW 1"}},
		{"<EPISODE>", "odd <EPISODE kind=\"a\">", []string{"A1 6 EXPSSDA903/CHILD/#text odd", "A1 7 EXPSSDA903/CHILD/EPISODE/@kind a"}},
		{"<HEADER>", "<HEADER><EMPTY/>", []string{"A1 1 EXPSSDA903/CHILD/HEADER/EMPTY "}},
		{"<CHILD>", "<YEAR>2025</YEAR><CHILD>", []string{" 1 EXPSSDA903/YEAR 2025"}},
		{"<PREV_PERM>Z1</PREV_PERM>", "<PREV_PERM>Z<i>1</i></PREV_PERM>", []string{"A1 5 EXPSSDA903/CHILD/HEADER/PERMANENCE/PREV_PERM/i 1", "A1 5 EXPSSDA903/CHILD/HEADER/PERMANENCE/PREV_PERM Z"}},
		{"<MOTHER>0", "<SW><SW_ID>W</SW_ID><OTHER>1</OTHER></SW><MOTHER>0", []string{"A1 5 EXPSSDA903/CHILD/HEADER/SW/SW_ID W", "A1 5 EXPSSDA903/CHILD/HEADER/SW/OTHER 1"}},
		{"<MOTHER>0", "<SW>x<SW_ID>W</SW_ID></SW><MOTHER>0", []string{"A1 5 EXPSSDA903/CHILD/HEADER/SW/SW_ID W", "A1 5 EXPSSDA903/CHILD/HEADER/SW x"}},
	} {
		ret := readXML(t, strings.Replace(one, c.put, c.instead, 1))
		var got []string
		for _, k := range ret.Kept {
			got = append(got, fmt.Sprintf("%s %d %s %s", k.Child, k.Line, k.Path, k.Value))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: kept %q, want %q", c.instead, got, c.want)
		}
		if says := ret.Apart(); len(says) != len(c.want) || !strings.Contains(strings.Join(says, "\n"), "it stands once, first on line") {
			t.Errorf("%s: %q", c.instead, says)
		}
	}
	ret := readXML(t, strings.Replace(one, "<MOTHER>0", "<SWE><SW_ID>W</SW_ID><SW_DECOM>01/04/2025</SW_DECOM></SWE><D><DOLO_START>02/04/2026</DOLO_START></D><MOTHER>0", 1))
	if len(ret.Kept) > 0 || rowOf(ret.This[SWEpisodes], 0) != "5 A1,01/02/2015,W,01/04/2025,," || rowOf(ret.This[DoLo], 0) != "5 A1,01/02/2015,02/04/2026," {
		t.Errorf("kept %v", ret.Kept)
	}
}

// Columns of CSV that are not of the table are kept too, and said.
func TestNothingInCSVIsLost(t *testing.T) {
	rows, err := Read(strings.NewReader("CHILD,NOTES,DECOM,RNE,EMPTY\nA, ,01/04/2025,S,\nB,seen,,S,\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	var ret Return
	ret.Add(rows, false)
	if len(ret.Kept) != 1 || ret.Kept[0] != (Kept{"B", 3, "Episodes/NOTES", "seen"}) || !slices.Equal(ret.Alien, []string{"Episodes/NOTES", "Episodes/EMPTY"}) {
		t.Errorf("kept %v, alien %q", ret.Kept, ret.Alien)
	}
	want := []string{"Episodes/NOTES is no part of the return and was not looked at: it stands once, first on line 3.", "Episodes/EMPTY is a column that the return does not have. It is empty, and was not looked at."}
	if says := ret.Apart(); !slices.Equal(says, want) {
		t.Errorf("%q", says)
	}
}

func TestRefusedXML(t *testing.T) {
	deep := strings.Repeat("<a>", 40)
	for _, c := range []struct {
		name, text string
		why        error
		says       string
		line       int
	}{
		{"empty", "", scan.ErrEmpty, "The file is empty", 0},
		{"CIN", "<?xml version=\"1.0\"?>\n<Message><Header/></Message>", ErrNot903, "It looks like a CIN census", 2},
		{"other", "<Orders/>", ErrNot903, "begins with Orders", 1},
		{"web page", "<!DOCTYPE html><html></html>", ErrNot903, "web page", 1},
		{"web page without a doctype", "<HTML></HTML>", ErrNot903, "web page", 1},
		{"no element", "<!-- x -->\n", scan.ErrNotXML, "no XML element", 2},
		{"nobody", "<EXPSSDA903>\n</EXPSSDA903>", ErrNot903, "holds no children", 1},
		{"DOCTYPE", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.Replace(one, "WBRI", "&e;", 1), scan.ErrDoctype, "DOCTYPE", 1},
		{"entity", strings.Replace(one, "WBRI", "&e;", 1), scan.ErrMalformed, "while reading EXPSSDA903/CHILD/HEADER/ETHNIC", 1},
		{"cut short", one[:strings.Index(one, "Z1</PREV")], scan.ErrCutShort, "while reading EXPSSDA903/CHILD/HEADER/PERMANENCE/PREV_PERM", 5},
		{"wrong end tag", strings.Replace(one, "</DUC>", "\n</UASC>", 1), scan.ErrMalformed, "while reading EXPSSDA903/CHILD/HEADER/DUC", 2},
		{"twice", one + "\n" + one, scan.ErrMalformed, "second EXPSSDA903", 10},
		{"bytes", strings.Replace(one, "WBRI", "WB\xe9I", 1), scan.ErrEncoding, "not UTF-8", 1},
		{"encoding", `<?xml version="1.0" encoding="EBCDIC-UK"?>` + one, scan.ErrEncoding, "EBCDIC-UK", 1},
		{"depth", strings.Replace(one, "<HEADER>", deep+"<HEADER>", 1), scan.ErrLimit, "32 elements", 1},
		{"name", strings.Replace(one, "<HEADER>", "<"+strings.Repeat("a", 101)+"/><HEADER>", 1), scan.ErrLimit, "name", 1},
		{"endless child", strings.Replace(one, "<EPISODE>", strings.Repeat("<EPISODE/>", 20_001)+"<EPISODE>", 1), scan.ErrLimit, "larger than any true child", 7},
		{"endless notes", strings.Replace(one, "<EPISODE>", strings.Repeat("<NOTE/>", 20_001)+"<EPISODE>", 1), scan.ErrLimit, "larger than any true child", 7},
		{"endless value", strings.Replace(one, "WBRI", strings.Repeat("<!-- -->x"+strings.Repeat("y", 1000), 1100), 1), scan.ErrLimit, "single text", 1},
	} {
		var ret Return
		err := ReadXML(iotest.OneByteReader(strings.NewReader(c.text)), &ret)
		var r *Refusal
		if !errors.As(err, &r) || !errors.Is(err, c.why) || !strings.Contains(err.Error(), c.says) || r.Line != c.line || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want line %d and %q", c.name, err, c.line, c.says)
		}
		if r != nil && strings.Contains(err.Error(), "A1") {
			t.Errorf("%s: a number of a child stands in %q", c.name, err)
		}
	}
	disk := errors.New("the disk is gone")
	var ret Return
	if err := ReadXML(io.MultiReader(strings.NewReader(one[:300]), iotest.ErrReader(disk)), &ret); !errors.Is(err, disk) {
		t.Errorf("%v", err)
	}
}

// What a file is called decides nothing: what it begins with does.
func TestReadFile(t *testing.T) {
	utf16 := []byte{0xFF, 0xFE}
	for _, c := range one {
		utf16 = append(utf16, byte(c), 0)
	}
	for name, text := range map[string][]byte{"a.csv": []byte(one), "b.xml": []byte("\xef\xbb\xbf\n" + one), "c": utf16} {
		var ret Return
		if err := ReadFile(bytes.NewReader(text), name, &ret, false); err != nil || ret.This[Header].Len() != 1 || ret.Last[Header] != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := ReadFile(bytes.NewReader(text), name, &ret, true); err != nil || ret.Last[Header].Len() != 1 {
			t.Errorf("%s as last year's: %v", name, err)
		}
	}
	var ret Return
	if err := ReadFile(strings.NewReader("CHILD,DECOM\nA,01/04/2025\n"), "x.xml", &ret, false); err != nil || ret.This[Episodes].Len() != 1 {
		t.Errorf("a table: %v", err)
	}
	for text, why := range map[string]error{"\xff\xfeC\x00H\x00": scan.ErrEncoding, "C\x00H\x00": scan.ErrEncoding, "CHILD,DECOM\nA\xe9,\n": scan.ErrEncoding, "CHILD,DECOM\nA": scan.ErrCutShort,
		"PK\x03\x04": scan.ErrPacked, "": scan.ErrEmpty} {
		if err := ReadFile(strings.NewReader(text), "x.csv", &ret, false); !errors.Is(err, why) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// lint checks a file against the schema with xmllint. Without it the test fails: a
// schema nobody checked is no proof.
func lint(t *testing.T, text []byte) error {
	t.Helper()
	bin, err := exec.LookPath("xmllint")
	if err != nil {
		t.Fatal("xmllint is missing: install it with “apt-get install libxml2-utils” and run the tests again.")
	}
	file := filepath.Join(t.TempDir(), "903.xml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(bin, "--nonet", "--noout", "--schema", "testdata/xsd/SSDA903_CLA_2021.xsd", file).CombinedOutput(); err != nil {
		return fmt.Errorf("%s", out)
	}
	return nil
}

func TestWrittenXMLIsValid(t *testing.T) {
	for _, text := range []string{one, string(unpacked(t, "testdata/samples/fake_903.xml.gz"))} {
		ret := readXML(t, text)
		var b, again bytes.Buffer
		left, err := WriteXML(&b, ret)
		if err != nil || len(left) > 0 {
			t.Fatalf("left out %v: %v", left, err)
		}
		if err := lint(t, b.Bytes()); err != nil {
			t.Error(err)
		}
		if _, err := WriteXML(&again, readXML(t, b.String())); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("written, read and written it is another file: %v", err)
		}
		if lint(t, bytes.Replace(b.Bytes(), []byte("<RNE>"), []byte("<RNX>"), 1)) == nil || lint(t, bytes.Replace(b.Bytes(), []byte("<DECOM>0"), []byte("<DECOM>9"), 1)) == nil {
			t.Error("xmllint accepts what the schema forbids")
		}
	}
}

// Rows for which XML has no place are counted, not dropped unseen.
func TestXMLSaysWhatItLeavesOut(t *testing.T) {
	var ret Return
	for _, in := range []string{"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA<&,M,,,,,\nA<&,M,,,,,\n", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\nA<&,,W,,,\n", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nA<&,,YES,,\nA<&,,NO,,\nB,,NO,,\n"} {
		rows, err := Read(strings.NewReader(in), "")
		if err != nil {
			t.Fatal(err)
		}
		ret.Add(rows, false)
	}
	var b bytes.Buffer
	left, err := WriteXML(&b, &ret)
	if err != nil || fmt.Sprint(left) != "map[Header:1 OC3:2 SWEpisodes:1]" || !strings.Contains(b.String(), "<CHILDID>A&lt;&amp;</CHILDID>") {
		t.Errorf("left out %v: %v", left, err)
	}
	if _, err := WriteXML(brokenDisk{}, &ret); err == nil {
		t.Error("a broken disk is not said")
	}
	if err := WriteCSV(brokenDisk{}, ret.This[Header]); err == nil {
		t.Error("a broken disk is not said")
	}
}

type brokenDisk struct{}

func (brokenDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// Whatever is in a file, it is read or refused, in memory that follows its size.
func FuzzReadXML(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte(strings.Replace(one, "<MOTHER>0", "<SWE><SW_ID>W</SW_ID></SWE><x y='z'>&#65;</x><MOTHER>0", 1)))
	f.Add([]byte("\xff\xfe<\x00E\x00"))
	f.Add(unpacked(f, "testdata/samples/fake_903.xml.gz")[:3_000])
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<20 {
			t.Skip("larger than a fuzzed file needs to be")
		}
		var ret Return
		if err := ReadXML(bytes.NewReader(text), &ret); err != nil {
			var r *Refusal
			if !errors.As(err, &r) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		n := len(ret.Kept)
		for _, rows := range ret.This {
			if rows != nil {
				n += rows.Len()
			}
		}
		if n > len(text) {
			t.Fatalf("%d bytes became %d rows and things kept", len(text), n)
		}
		var b bytes.Buffer
		if _, err := WriteXML(&b, &ret); err != nil {
			t.Fatal(err)
		}
		var again Return
		if err := ReadXML(&b, &again); err != nil || again.This[Header].Len() > ret.This[Header].Len() {
			t.Fatalf("what was written is not read: %v", err)
		}
	})
}
