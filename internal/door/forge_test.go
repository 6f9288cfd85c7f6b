package door_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"onus/internal/door"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// forger is an identity provider that says whatever a test wants.
type forger struct {
	*httptest.Server
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey
	other *rsa.PrivateKey // not among its keys

	mu        sync.Mutex
	down      bool
	hits      int // requests of any kind
	discovers int
	keys      string                           // in the place of its keys
	facts     map[string]any                   // changes to its configuration
	token     func(w http.ResponseWriter) bool // answers in the place of the token endpoint
	claims    func(map[string]any)             // changes to the next token
	sign      func(head, body map[string]any) string
	asked     url.Values
	nonce     string
	challenge string
	codes     map[string]bool // used ones
	secretOK  bool
}

type keyRing struct {
	rsa, other *rsa.PrivateKey
	ec         *ecdsa.PrivateKey
}

// keys are drawn once: drawing is slow.
var keys = sync.OnceValue(func() (k keyRing) {
	var err, err2, err3 error
	k.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	k.other, err2 = rsa.GenerateKey(rand.Reader, 2048)
	k.ec, err3 = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err := errors.Join(err, err2, err3); err != nil {
		panic(err)
	}
	return k
})

func forge(t *testing.T) *forger {
	t.Helper()
	ks := keys()
	f := &forger{codes: map[string]bool{}, facts: map[string]any{}, rsa: ks.rsa, other: ks.other, ec: ks.ec}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.discovers++
		m := map[string]any{"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"}}
		for k, v := range f.facts {
			m[k] = v
		}
		answer(w, 200, m)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.keys != "" {
			io.WriteString(w, f.keys)
			return
		}
		answer(w, 200, map[string]any{"keys": []any{
			map[string]any{"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": b64(f.rsa.N.Bytes()), "e": b64(big.NewInt(int64(f.rsa.E)).Bytes())},
			map[string]any{"kty": "EC", "kid": "e", "use": "sig", "crv": "P-256", "x": b64(f.ec.X.FillBytes(make([]byte, 32))), "y": b64(f.ec.Y.FillBytes(make([]byte, 32)))},
		}})
	})
	mux.HandleFunc("POST /token", f.exchange)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down := f.down
		f.hits++
		f.mu.Unlock()
		if down {
			http.Error(w, "dana.w@example.gov.uk cannot be served now", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v)
}

func (f *forger) provider() door.Provider {
	return door.Provider{ID: "forged", Label: "Forged", Issuer: f.URL, ClientID: "onus", ClientSecret: "s3cret-of-onus"}
}

func (f *forger) exchange(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	f.secretOK = id == "onus" && secret == "s3cret-of-onus"
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if b64(sum[:]) != f.challenge || f.codes[r.FormValue("code")] {
		answer(w, 400, map[string]any{"error": "invalid_grant", "error_description": "AADSTS54005: the code of dana.w@example.gov.uk was used already"})
		return
	}
	f.codes[r.FormValue("code")] = true
	if f.token != nil && f.token(w) {
		return
	}
	now := clockNow().Time().Unix()
	claims := map[string]any{"iss": f.URL, "sub": "subject-of-dana", "aud": "onus", "nonce": f.nonce, "iat": now, "exp": now + 300,
		"email": "dana.w@example.gov.uk", "name": "Dana Whitlock"}
	if f.claims != nil {
		f.claims(claims)
	}
	for k, v := range claims {
		if v == nil {
			delete(claims, k)
		}
	}
	sign := f.sign
	if sign == nil {
		sign = f.rs256
	}
	answer(w, 200, map[string]any{"access_token": "an-access-token", "token_type": "Bearer", "refresh_token": "a-refresh-token", "id_token": sign(map[string]any{}, claims)})
}

func jwt(head, body map[string]any, sign func(text []byte) []byte) string {
	h, _ := json.Marshal(head)
	b, _ := json.Marshal(body)
	text := b64(h) + "." + b64(b)
	return text + "." + b64(sign([]byte(text)))
}

func signRSA(k *rsa.PrivateKey) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		sig, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return sig
	}
}

func (f *forger) rs256(head, body map[string]any) string {
	head["alg"], head["kid"] = "RS256", "r"
	return jwt(head, body, signRSA(f.rsa))
}

func (f *forger) es256(head, body map[string]any) string {
	head["alg"], head["kid"] = "ES256", "e"
	return jwt(head, body, func(text []byte) []byte {
		sum := sha256.Sum256(text)
		r, s, err := ecdsa.Sign(rand.Reader, f.ec, sum[:])
		if err != nil {
			panic(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	})
}

// hs256 signs with the public key as if it were a shared secret.
func (f *forger) hs256(head, body map[string]any) string {
	der, err := x509.MarshalPKIXPublicKey(&f.rsa.PublicKey)
	if err != nil {
		panic(err)
	}
	head["alg"], head["kid"] = "HS256", "r"
	return jwt(head, body, func(text []byte) []byte {
		m := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		m.Write(text)
		return m.Sum(nil)
	})
}

func (f *forger) unsigned(head, body map[string]any) string {
	head["alg"] = "none"
	return jwt(head, body, func([]byte) []byte { return nil })
}

func (f *forger) otherKey(head, body map[string]any) string {
	head["alg"], head["kid"] = "RS256", "r"
	return jwt(head, body, signRSA(f.other))
}

// ownKey brings the key to check it with in its own header.
func (f *forger) ownKey(head, body map[string]any) string {
	head["alg"], head["kid"] = "RS256", "mine"
	head["jwk"] = map[string]any{"kty": "RSA", "kid": "mine", "n": b64(f.other.N.Bytes()), "e": b64(big.NewInt(int64(f.other.E)).Bytes())}
	return jwt(head, body, signRSA(f.other))
}

// set changes the forger under its lock.
func (f *forger) set(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}

// sent reads what Begin sent a browser with.
func (f *forger) sent(t *testing.T, to string) url.Values {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil || u.Path != "/authorize" {
		t.Fatalf("sent to %q: %v", to, err)
	}
	q := u.Query()
	f.set(func() { f.asked, f.nonce, f.challenge = q, q.Get("nonce"), q.Get("code_challenge") })
	return q
}
