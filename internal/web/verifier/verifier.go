// Package verifier is the page that checks a receipt without any server: one file,
// to be saved and kept beside receipts.
package verifier

import (
	_ "embed"
	"html"
	"strings"
)

//go:embed check-a-receipt.html
var page string

// Page is the page with a ledger's public key filled in.
func Page(vkey string) string {
	return strings.Replace(page, "KEY-OF-THE-LEDGER", html.EscapeString(vkey), 1)
}
