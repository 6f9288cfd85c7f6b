package cin

import (
	"errors"

	"onus/internal/returns/scan"
)

// Why a file is refused. Every refusal is a *Refusal that wraps one of these.
var (
	ErrEmpty      = scan.ErrEmpty
	ErrNotXML     = scan.ErrNotXML
	ErrPacked     = scan.ErrPacked
	ErrNotCIN     = errors.New("cin: XML, but not a CIN census")
	ErrCollection = errors.New("cin: another collection")
	ErrCutShort   = scan.ErrCutShort
	ErrMalformed  = scan.ErrMalformed
	ErrEncoding   = scan.ErrEncoding
	ErrDoctype    = scan.ErrDoctype
	ErrLimit      = scan.ErrLimit
)

// Refusal says in one line why a file cannot be read, where, and what to do.
type Refusal = scan.Refusal

// Limits that no true census comes near: the largest child met in a sample has
// 3 KB and 30 elements.
const (
	maxChildBytes = 16 << 20 // bytes of one Child
	maxChildItems = 20_000   // findings and things kept of one Child
	maxKeptBytes  = 4 << 20  // of what Summary.Kept holds
)
