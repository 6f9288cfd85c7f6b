// Package workbook reads and writes workbooks of Excel (.xlsx). It gives rows as
// they come, one at a time, and holds no sheet; it writes the same bytes for the
// same cells.
//
// It may know zip, the parts of a workbook and what a cell is. It must never know
// a return: which sheet is which list, and what a heading means, is the business
// of whoever asks. It opens no file, makes no temporary one, runs no formula and
// follows no link that a workbook contains.
package workbook

import (
	"errors"
	"fmt"
)

// Why a workbook is refused. Every refusal is a *Refusal that wraps one of these.
var (
	ErrEmpty     = errors.New("workbook: the file is empty")
	ErrOld       = errors.New("workbook: the old form of Excel (.xls)")
	ErrPassword  = errors.New("workbook: protected by a password")
	ErrNotXLSX   = errors.New("workbook: not a workbook of Excel (.xlsx)")
	ErrDamaged   = errors.New("workbook: damaged")
	ErrTooLarge  = errors.New("workbook: larger than any true one")
	ErrTooManyOf = errors.New("workbook: more parts, sheets, rows or cells than any true one")
)

// Refusal says in one line why a file cannot be read, where, and what to do. It
// names no value of a cell: that could be about a child.
type Refusal struct {
	Why     error  // one of the sentinels above
	Sheet   string // empty when it is about the whole file
	Row     int    // counted from 1; 0 when not known
	Message string // for the person who chose the file
}

// Error gives the sheet, the row and the message.
func (r *Refusal) Error() string {
	switch {
	case r.Sheet != "" && r.Row > 0:
		return fmt.Sprintf("sheet %s, row %d: %s", r.Sheet, r.Row, r.Message)
	case r.Sheet != "":
		return fmt.Sprintf("sheet %s: %s", r.Sheet, r.Message)
	}
	return r.Message
}

// Unwrap gives the sentinel, for errors.Is.
func (r *Refusal) Unwrap() error { return r.Why }

func refuse(why error, format string, args ...any) *Refusal {
	return &Refusal{Why: why, Message: fmt.Sprintf(format, args...)}
}

// Limits that no true workbook of a return comes near: the largest authority's
// lists have some hundred thousand rows and forty megabytes of XML.
const (
	MaxFile   = 64 << 20  // bytes of the file
	maxXML    = 256 << 20 // bytes of all parts that are read, unpacked
	maxToken  = 1 << 20   // bytes of one tag or text
	maxText   = 512 << 20 // bytes of the texts of all cells, shared ones each time
	maxParts  = 5_000
	maxSheets = 200
	maxShared = 4_000_000 // texts that cells share
	maxRows   = 1_048_576 // of one sheet, as in Excel
	maxCols   = 16_384
	maxStyles = 100_000
)
