package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"

	"onus/internal/entry"
)

// ErrNoConfidence says that the confidential route is not set up here.
var ErrNoConfidence = entry.Refuse("to", "The confidential route is not set up here. Ask an administrator, or speak to the guardian")

// seal hides who raised a concern in confidence, bound to the concern.
func (a *App) seal(person, id string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	if _, err := io.ReadFull(a.Rand, nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(person), []byte(id))), nil
}

// cover is seal with a nonce made of the text itself: the same text is covered the
// same way, and nothing is drawn.
func (a *App) cover(text, about string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte(about + " " + text))
	nonce := m.Sum(nil)[:box.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(text), []byte(about))), nil
}

// unseal says who raised a concern in confidence. Only its own use cases may
// ask: to know its raiser again, and for two people who opened the name.
func (a *App) unseal(sealed, id string) (string, error) {
	box, err := a.box()
	if err != nil {
		return "", err
	}
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < box.NonceSize() {
		return "", errors.New("who raised a concern in confidence cannot be read")
	}
	person, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], []byte(id))
	if err != nil {
		return "", errors.New("who raised a concern in confidence cannot be opened: the secret is another one, or the entry was changed")
	}
	return string(person), nil
}

func (a *App) box() (cipher.AEAD, error) {
	if len(a.Secret) != 32 {
		return nil, ErrNoConfidence
	}
	block, err := aes.NewCipher(a.Secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// sealedKey is under what a person finds again what they raised in confidence.
func (a *App) sealedKey(person string) string {
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte("concern raiser " + person))
	return "sealed:" + hex.EncodeToString(m.Sum(nil))
}

// blind is what stands in the store for a text that would say who it was of: the same
// text is blinded the same way. Empty stays empty.
func (a *App) blind(about, text string) string {
	if text == "" || len(a.Secret) != 32 {
		return text
	}
	m := hmac.New(sha256.New, a.Secret)
	m.Write([]byte("blind " + about))
	return "blind:" + hex.EncodeToString(m.Sum(nil))
}
