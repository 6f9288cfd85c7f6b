package app

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/entry"
)

// A private link holds a secret of 160 random bits, and that is all that opens it: no
// sign-in, no name. The store has its hash, so that neither a copy of the store nor the
// journal opens anything. A hash of a secret that long needs no salt.
const secretBytes = 20

var secretText = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// newSecret draws a secret, as it stands in an address, and its hash.
func newSecret(random io.Reader) (secret, hash string, err error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", "", fmt.Errorf("no randomness for a private link: %w", err)
	}
	secret = secretText.EncodeToString(b[:])
	return secret, hashOfSecret(secret), nil
}

// hashOfSecret is what is looked up. What can be no secret has no hash.
func hashOfSecret(secret string) string {
	if b, err := secretText.DecodeString(secret); err != nil || len(b) != secretBytes {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// hashOfWord keeps a word that is typed beside a link: keyed, since a word is short, and
// bound to the link. Without the authority's secret there is none.
func (a *App) hashOfWord(link, word string) string {
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte("word of a private link " + link + " " + Fold(word)))
	return hex.EncodeToString(m.Sum(nil))
}

// wordFits says whether a word is the one agreed.
func (a *App) wordFits(s child.Share, word string) bool {
	return s.Word == "" || len(a.Secret) == 32 && hmac.Equal([]byte(s.Word), []byte(a.hashOfWord(s.Link, word)))
}

// planLinks are the private links to plans of a child, in the order of their hashes.
func planLinks(rec child.Record) (out []FamilyLink) {
	for _, s := range rec.Shares() {
		if s.Link != "" {
			out = append(out, FamilyLink{Hash: s.Link, Subject: entry.OfChild(rec.Child), Entry: s.Event.ID, Until: s.Until, Ended: s.Ended != nil || s.Locked()})
		}
	}
	slices.SortFunc(out, func(a, b FamilyLink) int { return cmp.Compare(a.Hash, b.Hash) })
	return out
}

// answerLinks is the private link by which somebody outside comes back to the answer to
// their concern, if there is one.
func answerLinks(r concern.Record) []FamilyLink {
	if r.Raised.Link == "" {
		return nil
	}
	return []FamilyLink{{Hash: r.Raised.Link, Subject: entry.OfConcern(r.ID), Entry: r.Entry}}
}

// verifyLinks holds private links against what the entries say.
func verifyLinks(ctx context.Context, v View, of entry.Subject, want []FamilyLink) error {
	have, err := v.FamilyLinks(ctx, of)
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		return fmt.Errorf("%w: the private links of %s are not what its entries say", ErrTampered, of)
	}
	return nil
}

// verifyNoStrayLinks sees to it that no link is of what no list shows: those of each child
// and concern have been held against its entries.
func verifyNoStrayLinks(ctx context.Context, v View) error {
	n, err := v.StrayFamilyLinks(ctx)
	if err == nil && n != 0 {
		err = fmt.Errorf("%w: a private link opens what no list shows", ErrTampered)
	}
	return err
}

// goodWord says what is wrong with a word to be typed beside a link.
func (a *App) goodWord(word string) (ps []entry.Problem) {
	switch {
	case word == "":
	case len(a.Secret) != 32:
		ps = append(ps, entry.Problem{Field: "word", Text: "No word can be asked for here, since the authority has no secret set up. Give the link without one, or give it on paper"})
	case len([]rune(strings.ReplaceAll(Fold(word), " ", ""))) < 4:
		ps = append(ps, entry.Problem{Field: "word", Text: "Agree a word of at least 4 letters or figures"})
	case len(word) > 80:
		ps = append(ps, entry.Problem{Field: "word", Text: "Agree a shorter word"})
	}
	return ps
}
