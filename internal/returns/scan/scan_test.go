package scan

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

// scanned lists the tokens of a text with the lines on which they begin, and
// whether it was refused.
func scanned(r io.Reader) (list []string, err error) {
	s := New(r)
	for {
		line := s.line
		t, err := s.Next()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		list = append(list, fmt.Sprintf("%d %d %s %q %q", line, t.Kind, t.Name, t.Attrs, t.Text))
	}
}

// theirs does the same with encoding/xml.
func theirs(text []byte) (list []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		line, _ := d.InputPos()
		t, err := d.Token()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		var is Token
		switch t := t.(type) {
		case xml.StartElement:
			is = Token{Kind: Start, Name: t.Name.Local}
			if len(t.Attr) > 0 {
				is.Attrs = t.Attr
			}
		case xml.EndElement:
			is = Token{Kind: End, Name: t.Name.Local}
		case xml.CharData:
			is = Token{Kind: Text, Text: t}
		case xml.Directive:
			is = Token{Kind: Directive, Text: t}
		default:
			continue
		}
		list = append(list, fmt.Sprintf("%d %d %s %q %q", line, is.Kind, is.Name, is.Attrs, is.Text))
	}
}

// compare holds the scanner to encoding/xml: the same tokens, and refused or not
// alike. A comment or instruction is a token of theirs, so the line after one is
// that of ours only when it is on one line; lines are left out there.
func compare(t *testing.T, text []byte) {
	t.Helper()
	ours, err1 := scanned(iotest.HalfReader(bytes.NewReader(text)))
	want, err2 := theirs(text)
	if bytes.Contains(text, []byte("<!")) || bytes.Contains(text, []byte("<?")) {
		for _, list := range [][]string{ours, want} {
			for i := range list {
				_, list[i], _ = strings.Cut(list[i], " ")
			}
		}
	}
	if (err1 == nil) != (err2 == nil) {
		t.Fatalf("%q: ours %v, encoding/xml %v", text, err1, err2)
	}
	if a, b := strings.Join(ours, "\n"), strings.Join(want, "\n"); a != b {
		t.Fatalf("%q:\n%s\nencoding/xml:\n%s", text, a, b)
	}
}

var oddXML = []string{
	"", "a", "<a/>", "<a></a>", "<a>", "<a", "<", "</a>", "<a></b>", "<a><b></a></b>", "<a>x</a ><b/>", "<a\n>\nx\n</a\n>",
	`<a b="c" d='e'/>`, `<a b=c/>`, `<a b/>`, `<a b="<"/>`, `<a b="&amp;&#65;"/>`, `<a b="`, `<a b="c"d="e"/>`, `<a "b"/>`,
	"<a>&lt;&gt;&amp;&apos;&quot;&#x41;&#65;</a>", "<a>&nbsp;</a>", "<a>& </a>", "<a>&#0;</a>", "<a>&#+65;</a>", "<a>&#xD800;</a>", "<a>&;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#x1_0;</a>",
	"<a>]]></a>", "<a><![CDATA[<b>&]]]]></a>", "<a><![CDATA[", "<a><![CDAT[x]]></a>", "<a>x\r\ny\rz</a>", "<a>\x00</a>", "<a>\xff</a>", "<a>é\uFFFD</a>", "<a>\uFFFE</a>",
	"<a><!-- x --></a>", "<a><!-- -- --></a>", "<a><!-- x ---></a>", "<a><!-->", "<a><!-</a>", "<?xml version=\"1.0\"?><a/>", "<?xml version=\"1.1\"?><a/>", "<?x?><a/>", "<?a:b:c?><a/>", "<??><a/>", "<?x", "<?xml version='1.0' encoding='latin1'?><a/>",
	"<!DOCTYPE a><a/>", `<!DOCTYPE a [<!ENTITY b "c>">]><a/>`, "<!><a/>", "<!>><a/>", "<!><!--<--><//a>a>", "<!a <!-- > --> b><a/>", "<!a <!- >><a/>", "<!a <!--", "<!a <!-->x-->><a/>", "<!a", `<n:a xmlns:n="u" n:b="1" m:c="2"><n:b n:d="3"/></n:a><n:a n:b="4"/>`, "<n:a></m:a>", "<:a/>", "<a:/>", "<a:b:c/>", "<a:></a:>",
	`<a xmlns="u"><b/></a>`, `<a xml:lang="en" xmlns:x="y" x:x="1"/>`, "<a><b/></a>\n", "<é/>", "<1/>", "<-a/>", "<a.b-c_d1/>", "<a / >", "<a/b>", "< a/>", "</ a>", "<a></ a>", "<a></a", "<a><", "<a></",
}

func TestScannerIsHeldToEncodingXML(t *testing.T) {
	for _, text := range oddXML {
		compare(t, []byte(text))
	}
	for _, text := range samples(t) {
		compare(t, text)
	}
}

var wideName = regexp.MustCompile(`<[^>]*[^\x00-\x7f]`)

func FuzzScan(f *testing.F) {
	for _, text := range oddXML {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if wideName.Match(text) {
			t.Skip() // names beyond ASCII are taken more widely
		}
		if bytes.Count(text, []byte("version")) > 1 {
			t.Skip() // theirs looks past "version=version=", which is no declaration
		}
		compare(t, text)
	})
}

// samples gives the returns that are kept for the tests of their readers,
// unpacked.
func samples(t testing.TB) (texts [][]byte) {
	t.Helper()
	files, err := filepath.Glob("../*/testdata/samples/*.xml*")
	if err != nil || len(files) < 15 {
		t.Fatalf("want at least the 15 samples of the census, got %d (%v)", len(files), err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if b, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		texts = append(texts, b)
	}
	return texts
}
