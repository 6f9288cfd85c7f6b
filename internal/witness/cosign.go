package witness

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"onus/internal/ledger"
)

// Cosigner is a witness's key: it signs with the time, as C2SP tlog-cosignature
// says (cosignature/v1, Ed25519).
type Cosigner = *fnote.Signer

// GenerateKey makes a witness's key, and the verifier key that belongs to
// it: "name+hash+key" of the kind 0x04.
func GenerateKey(rand io.Reader, name string) (skey, vkey string, err error) {
	skey, plain, err := ledger.GenerateKey(rand, name)
	if err != nil {
		return "", "", err
	}
	vkey, err = fnote.VKeyToCosignatureV1(plain)
	if err != nil {
		return "", "", fmt.Errorf("making a witness's key named %q: %w", name, err)
	}
	return skey, vkey, nil
}

// NewCosigner reads a witness's secret key.
func NewCosigner(skey string) (Cosigner, error) {
	s, err := fnote.NewSignerForCosignatureV1(strings.TrimSpace(skey))
	if err != nil {
		return nil, fmt.Errorf("this is not a witness's key: %w", err)
	}
	return s, nil
}

// VerifierKey is the verifier key of a witness's secret key, for everybody.
func VerifierKey(skey string) (string, error) {
	f := strings.SplitN(strings.TrimSpace(skey), "+", 5)
	if len(f) != 5 || f[0] != "PRIVATE" || f[1] != "KEY" {
		return "", fmt.Errorf("this is not a witness's key")
	}
	b, err := base64.StdEncoding.DecodeString(f[4])
	if err != nil || len(b) != 1+ed25519.SeedSize {
		return "", fmt.Errorf("this is not a witness's key")
	}
	pub := ed25519.NewKeyFromSeed(b[1:]).Public().(ed25519.PublicKey)
	plain, err := note.NewEd25519VerifierKey(f[2], pub)
	if err != nil {
		return "", err
	}
	return fnote.VKeyToCosignatureV1(plain)
}

// Cosign gives the signature lines that a witness adds to a signed checkpoint.
func Cosign(checkpoint string, by Cosigner) (string, error) {
	signed, err := note.Sign(&note.Note{Text: checkpoint}, by)
	if err != nil {
		return "", fmt.Errorf("cosigning: %w", err)
	}
	_, lines, _ := strings.Cut(string(signed), "\n\n")
	return lines, nil
}
