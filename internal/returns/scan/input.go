package scan

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Limits that no true return comes near.
const (
	MaxToken = 1 << 20 // bytes of one text, tag or comment
	MaxDepth = 32      // elements inside one another
	MaxName  = 100     // bytes of an element's name: paths are made of names
)

// ErrTooLong says that a text, tag or comment is longer than MaxToken.
var ErrTooLong = errors.New("token too long")

var declaredVersion = regexp.MustCompile(`version=("[^"]+"|'[^']+')`)

var declared = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']`)

// Open looks at the first bytes, refuses what is plainly not XML, and gives the
// text as UTF-8 with the name of its encoding. What the file should be, such as
// "CIN census", is said where it is not. The error is a *Refusal when the file is
// at fault, otherwise it wraps what r gave.
func Open(r io.Reader, what string) (io.Reader, string, error) {
	b := bufio.NewReaderSize(r, 4096)
	head, err := b.Peek(1024)
	if err != nil && err != io.EOF {
		return nil, "", fmt.Errorf("reading the file: %w", err)
	}
	name := "UTF-8"
	var dec encoding.Encoding
	switch {
	case len(head) == 0:
		return nil, "", Refuse(ErrEmpty, 0, "", "The file is empty. Export the return again and choose the new file.")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return nil, "", Refuse(ErrEncoding, 0, "", "The file is encoded as UTF-32, which cannot be read. Save it as UTF-8.")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte("<\x00")):
		name, dec = "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte("\x00<")):
		name, dec = "UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	default:
		if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
			if _, err := b.Discard(3); err != nil {
				return nil, "", fmt.Errorf("reading the file: %w", err)
			}
			head = head[3:]
		}
		if err := looksLikeXML(head, what); err != nil {
			return nil, "", err
		}
		if m := declared.FindSubmatch(head); m != nil {
			if name, dec, err = named(string(m[1])); err != nil {
				return nil, "", err
			}
		}
	}
	var in io.Reader = b
	if dec != nil {
		in = dec.NewDecoder().Reader(b)
	}
	return in, name, nil
}

// named finds a declared encoding; nil stands for UTF-8 and its subset ASCII.
func named(label string) (string, encoding.Encoding, error) {
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "utf-8", "utf8", "":
		return "UTF-8", nil, nil
	case "us-ascii", "ascii":
		return "US-ASCII", nil, nil
	case "windows-1252", "cp1252", "ansi":
		return "windows-1252", charmap.Windows1252, nil
	case "iso-8859-1", "latin1", "latin-1":
		return "ISO-8859-1", charmap.ISO8859_1, nil
	case "iso-8859-15", "latin-9":
		return "ISO-8859-15", charmap.ISO8859_15, nil
	case "utf-16", "utf-16le", "utf-16be":
		// The label is wrong: these bytes were read as single bytes to get here.
		return "UTF-8", nil, nil
	}
	return "", nil, Refuse(ErrEncoding, 1, "", "The file says that it is encoded as %q, which cannot be read. Save it as UTF-8.", Cut(label))
}

// looksLikeXML refuses well-known files of other kinds by their first bytes.
func looksLikeXML(head []byte, what string) error {
	packed := func(is string) error {
		return Refuse(ErrPacked, 0, "", "This is %s, not an XML file. Unpack it, or export the %s as XML, and choose the .xml file.", is, what)
	}
	for _, k := range []struct{ start, what string }{
		{"\xD0\xCF\x11\xE0", "an old Excel or Word file"}, {"\x1F\x8B", "a gzip file"}, {"BZh", "a bzip2 file"},
		{"7z\xBC\xAF", "a 7-Zip file"}, {"Rar!", "a RAR file"},
	} {
		if bytes.HasPrefix(head, []byte(k.start)) {
			return packed(k.what)
		}
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && (bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/"))):
		return packed("an Excel workbook (.xlsx)")
	case bytes.HasPrefix(head, []byte("PK")) && len(head) > 3 && head[2] < 9:
		return packed("a zip file")
	case len(text) == 0 && len(head) < 1024:
		return Refuse(ErrEmpty, 0, "", "The file holds only blanks. Export the return again and choose the new file.")
	case len(text) == 0, text[0] == '<':
		return nil
	}
	looks := ""
	first, _, _ := strings.Cut(string(text), "\n")
	switch {
	case bytes.HasPrefix(text, []byte("%PDF")):
		looks = " It looks like a PDF."
	case text[0] == '{' || text[0] == '[':
		looks = " It looks like JSON."
	case bytes.IndexByte(head, 0) >= 0:
		looks = " It looks like a binary file."
	case strings.Count(first, ",") >= 2 || strings.Count(first, "\t") >= 2:
		looks = " It looks like a table (CSV)."
	}
	return Refuse(ErrNotXML, 1, "", "This is not an XML file.%s Choose the %s as your system exports it: an .xml file that begins with “<”.", looks, what)
}
