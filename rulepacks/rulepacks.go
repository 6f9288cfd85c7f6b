// Package rulepacks carries the rules that come with Onus: law and guidance of
// England first, with marked examples of local policy where law gives no
// number. They are data; internal/duty reads and checks them.
package rulepacks

import "embed"

// FS has one folder for each pack.
//
//go:embed england
var FS embed.FS
