package scan

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Broken turns an error of Next into a refusal that says where the reading had
// come to: the line on which the token began, the path of open elements, and the
// encoding that the file claims. io.EOF stays itself, and what the reader below
// gave is wrapped.
func (s *Scanner) Broken(err error, from int, path, encoding string) error {
	line := s.line
	where := "at the top of the file"
	if path != "" {
		where = "while reading " + Cut(path)
	}
	var syntax *xml.SyntaxError
	switch {
	case err == io.EOF:
		return err
	case errors.Is(err, ErrTooLong):
		return Refuse(ErrLimit, from, path, "A single text or tag is longer than %d MB, %s. This is not a true return.", MaxToken>>20, where)
	case s.err != nil:
		return fmt.Errorf("reading line %d: %w", line, s.err)
	case errors.As(err, &syntax) && strings.HasSuffix(syntax.Msg, "unexpected EOF"):
		return Refuse(ErrCutShort, syntax.Line, path, "The file stops here, %s: it was cut short. Export or copy it again.", where)
	case errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8":
		return Refuse(ErrEncoding, syntax.Line, path, "Some bytes are not %s text, %s. Save the file as UTF-8, or have it say encoding=\"windows-1252\" if that is what it is.", encoding, where)
	case errors.As(err, &syntax):
		return Refuse(ErrMalformed, syntax.Line, path, "The XML is broken, %s: %s. Export the file again, or mend this line.", where, Cut(syntax.Msg))
	}
	return Refuse(ErrMalformed, line, path, "The XML cannot be read, %s: %s. Export the file again.", where, Cut(err.Error()))
}
