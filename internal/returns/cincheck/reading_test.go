package cincheck

import (
	"bytes"

	"onus/internal/returns/cin"
)

func readInto(b *Builder, text []byte) (cin.Summary, error) {
	return cin.Read(bytes.NewReader(text), cin.Options{}, b.Add)
}
