// Package rulepacks carries the rules that come with Onus. They are data;
// internal/duty reads and checks them.
//
// england is law, statutory guidance and national standards; onus is what the
// program promises of itself; example-local stands for an authority's own
// policy where law gives no number, until it adopts its own.
package rulepacks

import "embed"

// FS has one folder for each layer.
//
//go:embed england/*.yaml onus/*.yaml example-local/*.yaml
var FS embed.FS

// Layers are the folders in the order in which they are laid over each other.
// Law are those that an authority cannot take away.
var (
	Layers = []string{"england", "onus", "example-local"}
	Law    = Layers[:2]
)
