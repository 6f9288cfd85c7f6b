package cin

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestRefusals(t *testing.T) {
	good := census(2026, oneChild("<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"))
	bomb := `<?xml version="1.0"?><!DOCTYPE Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + good
	for _, c := range []struct {
		name, text string
		why        error
		says       string
		line       int
	}{
		{"empty", "", ErrEmpty, "empty", 0},
		{"blank", " \n\n", ErrEmpty, "only blanks", 0},
		{"903", string(unpacked(t, "testdata/wrong/fake_903.xml.gz")), ErrNotCIN, "SSDA903", 2},
		{"web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", ErrNotCIN, "web page", 1},
		{"web page without a doctype", "<html><body><br></body></html>", ErrNotCIN, "web page", 1},
		{"other root", "<Orders/>", ErrNotCIN, "begins with Orders", 1},
		{"other message", "<Message><Body/></Message>", ErrNotCIN, "goes on with Body", 1},
		{"empty message", "<Message/>", ErrNotCIN, "no Children", 1},
		{"workforce", strings.Replace(good, ">CIN<", ">CSWW<", 1), ErrCollection, `"CSWW"`, 1},
		{"csv", "CHILD,SEX,DOB\n1,2,3\n", ErrNotXML, "CSV", 1},
		{"json", `{"a":1}`, ErrNotXML, "JSON", 1},
		{"pdf", "%PDF-1.7", ErrNotXML, "PDF", 1},
		{"no element", "<?xml version=\"1.0\"?>\n<!-- nothing -->", ErrNotXML, "no XML element", 2},
		{"zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00cin.xml", ErrPacked, "zip", 0},
		{"xlsx", "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml", ErrPacked, "Excel", 0},
		{"xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ErrPacked, "old Excel", 0},
		{"gzip", "\x1F\x8B\x08\x00", ErrPacked, "gzip", 0},
		{"cut short in an element", strings.Replace(good[:len(good)-40], "<Children>", "\n<Children>\n", 1), ErrCutShort, "Message/Children", 3},
		{"cut short in a tag", good[:strings.Index(good, "</Ethnicity>")+4], ErrCutShort, "Ethnicity", 1},
		{"wrong end tag", strings.Replace(good, "</LAchildID>", "\n</LAchild>", 1), ErrMalformed, "while reading Message/Children/Child/ChildIdentifiers/LAchildID", 2},
		{"bare ampersand", strings.Replace(good, "A1", "A & 1", 1), ErrMalformed, "entity", 1},
		{"second document", good + "\n" + good, ErrMalformed, "second Message", 2},
		{"DOCTYPE", bomb, ErrDoctype, "DOCTYPE", 1},
		{"not UTF-8", strings.Replace(good, "A1", "\xE9", 1), ErrEncoding, "not UTF-8", 1},
		{"unknown encoding", `<?xml version="1.0" encoding="EBCDIC-UK"?>` + good, ErrEncoding, "EBCDIC-UK", 1},
		{"UTF-32", "\xFF\xFE\x00\x00<\x00\x00\x00", ErrEncoding, "UTF-32", 0},
		{"depth", strings.Replace(good, "<Child>", strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70)+"<Child>", 1), ErrLimit, "32", 1},
		{"long name", strings.Replace(good, "<Child>", "<"+strings.Repeat("a", 101)+"/><Child>", 1), ErrLimit, "name", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Check(strings.NewReader(c.text))
			refused(t, err, c.why, c.says, c.line)
		})
	}
}

func refused(t *testing.T, err, why error, says string, line int) {
	t.Helper()
	var r *Refusal
	if !errors.Is(err, why) || !errors.As(err, &r) {
		t.Fatalf("want %v, got %v", why, err)
	}
	if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") || r.Line != line {
		t.Errorf("line %d: %s", r.Line, err)
	}
}

func TestRealWrongFiles(t *testing.T) {
	for name, c := range map[string]struct {
		why  error
		says string
		line int
	}{
		"fake_903.xml.gz":             {ErrPacked, "gzip", 0},
		"ch_fake.xlsx":                {ErrPacked, "Excel workbook", 0},
		"start_of_example-A-2005.xls": {ErrPacked, "old Excel", 0},
		"ad1.csv":                     {ErrNotXML, "CSV", 1},
	} {
		_, err := Check(bytes.NewReader(read(t, "testdata/wrong/"+name)))
		refused(t, err, c.why, c.says, c.line)
	}
}

// endless gives a start and then one text for ever.
type endless struct{ started bool }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	if !e.started {
		e.started = true
		return copy(b, "<Message><Header><CollectionDetails><Collection>CIN"), nil
	}
	return len(b), nil
}

func TestLimits(t *testing.T) {
	_, err := Check(&endless{})
	refused(t, err, ErrLimit, "longer than 1 MB", 1)

	many := strings.NewReader(census(2026, oneChild(strings.Repeat("<CINdetails/>", 200_000))))
	_, err = Check(many)
	refused(t, err, ErrLimit, "larger than any true child", 1)

	long := strings.NewReader(census(2026, oneChild(strings.Repeat(strings.Repeat(" ", 1000)+"<!-- -->", 20_000))))
	_, err = Check(long)
	refused(t, err, ErrLimit, "larger than any true child", 1)

	pieces := strings.NewReader(census(2026, oneChild("<ChildCharacteristics><Ethnicity>"+strings.Repeat(strings.Repeat("A", 900)+"<!-- -->", 2000))))
	_, err = Check(pieces)
	refused(t, err, ErrLimit, "single text", 1)
}

func TestBrokenReaderIsNotTheFilesFault(t *testing.T) {
	disk := errors.New("disk gone")
	_, err := Check(io.MultiReader(strings.NewReader(census(2026, oneChild(""))[:300]+strings.Repeat(" ", 5000)), iotest.ErrReader(disk)))
	var r *Refusal
	if !errors.Is(err, disk) || errors.As(err, &r) || !strings.Contains(err.Error(), "reading line 1") {
		t.Errorf("%v", err)
	}
	if _, err := Check(iotest.ErrReader(disk)); !errors.Is(err, disk) {
		t.Errorf("%v", err)
	}
}

func TestEncodings(t *testing.T) {
	text := census(2026, strings.Replace(oneChild(""), "A1", "Zoë €1", 1))
	say := func(label string) string { return `<?xml version="1.0" encoding="` + label + `"?>` + text }
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]struct{ text, encoding string }{
		"UTF-8":                {say("UTF-8"), "UTF-8"},
		"UTF-8 with a mark":    {"\xEF\xBB\xBF" + text, "UTF-8"},
		"UTF-16LE":             {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(say("UTF-16"))), "UTF-16"},
		"UTF-16BE":             {encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(say("utf-16"))), "UTF-16"},
		"UTF-16 without mark":  {encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(say("UTF-16LE"))), "UTF-16"},
		"windows-1252":         {encode(charmap.Windows1252.NewEncoder().String(say("Windows-1252"))), "windows-1252"},
		"ISO-8859-15":          {encode(charmap.ISO8859_15.NewEncoder().String(say("ISO-8859-15"))), "ISO-8859-15"},
		"says UTF-16, is not":  {say("UTF-16"), "UTF-8"},
		"ASCII with a numeric": {strings.NewReplacer("ë", "&#xEB;", "€", "&#8364;").Replace(say("us-ascii")), "US-ASCII"},
	} {
		t.Run(name, func(t *testing.T) {
			all, sum := readAll(t, c.text, Options{})
			if len(all) != 1 || all[0].LAchildID != "Zoë €1" || sum.Encoding != c.encoding {
				t.Errorf("%+v, %s", all, sum.Encoding)
			}
		})
	}
	latin1 := encode(charmap.ISO8859_1.NewEncoder().String(strings.Replace(say("ISO-8859-1"), "€", "", 1)))
	if all, _ := readAll(t, latin1, Options{}); all[0].LAchildID != "Zoë 1" {
		t.Errorf("%+v", all)
	}
}
