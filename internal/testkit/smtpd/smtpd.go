// Package smtpd is a real mail server on this machine, for tests: it keeps every
// byte that it was given, and can refuse, be down, or ask for TLS and a name.
package smtpd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server that runs. Its methods are safe for many goroutines.
type Server struct {
	Addr  string
	Roots *x509.CertPool // vouches for its certificate
	mu    sync.Mutex
	mails []Mail
	// refuse answers each try at a step of the talk; nil: it takes everything.
	refuse func(step, address string) error
	users  map[string]string // who must give a name; nil: nobody
	tries  int
	srv    *smtp.Server
}

// Mail is what was taken.
type Mail struct {
	From, To string
	Data     string // every byte of it
	TLS      bool
	User     string
}

// Option changes a server before it starts.
type Option func(*Server, *smtp.Server)

// Users must give their name and password, over TLS.
func Users(of map[string]string) Option { return func(s *Server, _ *smtp.Server) { s.users = of } }

// Plain has no TLS.
func Plain(_ *Server, srv *smtp.Server) { srv.TLSConfig = nil }

// Start runs a server until the test ends. Implicit says that it speaks TLS from
// the first byte.
func Start(t testing.TB, implicit bool, options ...Option) *Server {
	t.Helper()
	s := &Server{}
	cert, roots := certificate(t)
	s.Roots = roots
	s.srv = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	s.srv.Domain = "mail.test"
	s.srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.srv.ErrorLog = log.New(io.Discard, "", 0)
	for _, o := range options {
		o(s, s.srv)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = ln.Addr().String()
	if implicit {
		ln = tls.NewListener(ln, s.srv.TLSConfig)
	}
	ended := make(chan struct{})
	go func() {
		_ = s.srv.Serve(ln) // it ends when it is closed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = s.srv.Close()
		<-ended
	})
	return s
}

// Refuse sets what the server answers at the steps "connect", "from", "to" and
// "data"; nil: it takes everything.
func (s *Server) Refuse(fn func(step, address string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = fn
}

// No is an answer with a number.
func No(code int, text string) error { return &smtp.SMTPError{Code: code, Message: text} }

// Mails are all that were taken so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Tries is how often somebody began to give a mail.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

func (s *Server) answer(step, address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if step == "from" {
		s.tries++
	}
	if s.refuse == nil {
		return nil
	}
	return s.refuse(step, address)
}

type session struct {
	s        *Server
	conn     *smtp.Conn
	from, to string
	user     string
}

func (x *session) AuthMechanisms() []string {
	if x.s.users == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if p, ok := x.s.users[user]; !ok || p != password {
			return smtp.ErrAuthFailed
		}
		x.user = user
		return nil
	}), nil
}

func (x *session) Reset()        { x.from, x.to = "", "" }
func (x *session) Logout() error { return nil }

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.users != nil && x.user == "" {
		return smtp.ErrAuthRequired
	}
	x.from = from
	return x.s.answer("from", from)
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.to = to
	return x.s.answer("to", to)
}

func (x *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := x.s.answer("data", x.to); err != nil {
		return err
	}
	_, secret := x.conn.TLSConnectionState()
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails = append(x.s.mails, Mail{From: x.from, To: x.to, Data: string(b), TLS: secret, User: x.user})
	return nil
}

// certificate makes one for 127.0.0.1, for an hour.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
