package scan

import (
	"errors"
	"fmt"
)

// Why a file is refused. Every refusal is a *Refusal that wraps one of these.
var (
	ErrEmpty     = errors.New("the file is empty")
	ErrNotXML    = errors.New("not an XML file")
	ErrPacked    = errors.New("a packed file or a workbook, not XML")
	ErrCutShort  = errors.New("the file was cut short")
	ErrMalformed = errors.New("malformed XML")
	ErrEncoding  = errors.New("the characters cannot be read")
	ErrDoctype   = errors.New("the file declares a document type")
	ErrLimit     = errors.New("larger than any true return")
)

// Refusal says in one line why a file cannot be read, where, and what to do.
type Refusal struct {
	Why     error  // one of the sentinels above
	Line    int    // counted from 1; 0 when it is about the whole file
	Path    string // what was being read
	Message string // for the person who chose the file
}

// Error gives the line and the message.
func (r *Refusal) Error() string {
	if r.Line > 0 {
		return fmt.Sprintf("line %d: %s", r.Line, r.Message)
	}
	return r.Message
}

// Unwrap gives the sentinel, for errors.Is.
func (r *Refusal) Unwrap() error { return r.Why }

// Refuse makes a refusal. The path and the message name no value of the file
// that could be about a child.
func Refuse(why error, line int, path, format string, args ...any) *Refusal {
	return &Refusal{Why: why, Line: line, Path: path, Message: fmt.Sprintf(format, args...)}
}
