// Package notify hands mails to a mail server and payloads to the Department, and
// says outside that all is well. It knows SMTP and HTTP and the ports of app. It
// must never know what a mail or a payload is about, nor put into a log or an error
// what stands in one.
package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"onus/internal/app"
	"onus/internal/line"
)

// How the connection to the mail server is kept secret.
const (
	StartTLS = "starttls" // begins in the open and must turn to TLS before anything is said
	TLS      = "tls"      // from the first byte, as on port 465
	NoTLS    = "none"     // for a server on this machine only
)

// Config says which mail server takes the mail.
type Config struct {
	Server   string // host:port
	Secrecy  string // one of the above; empty: TLS on port 465, else StartTLS
	From     string // the address that mails are from
	User     string // empty: the server asks for no name
	Password string
	Roots    *x509.CertPool // who may vouch for the server; nil: as on this machine
	Timeout  time.Duration  // for each step; 0: 15 seconds
}

// SMTP is an app.Mailer. Make it with New.
type SMTP struct {
	c    Config
	host string
	port int
}

var _ app.Mailer = (*SMTP)(nil)

// New checks the configuration. It does not ask the server yet: Onus starts when
// the mail server is down.
func New(c Config) (*SMTP, error) {
	host, text, err := net.SplitHostPort(c.Server)
	port, err2 := strconv.Atoi(text)
	if err != nil || err2 != nil || host == "" || port < 1 || port > 65535 {
		return nil, fmt.Errorf("%q is not a mail server: write it as host:port, such as smtp.example.gov.uk:587", c.Server)
	}
	if !line.MailAddress(c.From) {
		return nil, errors.New("the address that mails are from must be a bare address, such as onus@example.gov.uk")
	}
	if c.Secrecy == "" {
		c.Secrecy = StartTLS
		if port == 465 {
			c.Secrecy = TLS
		}
	}
	switch c.Secrecy {
	case StartTLS, TLS:
	case NoTLS:
		if !loopback(host) {
			return nil, errors.New("mail without TLS is for a mail server on this machine only (127.0.0.1)")
		}
	default:
		return nil, fmt.Errorf("there is no way %q to keep mail secret: choose starttls, tls or none", c.Secrecy)
	}
	if c.User == "" && c.Password != "" || c.User != "" && c.Password == "" {
		return nil, errors.New("a mail server that asks for a name needs both: the user and the file with the password")
	}
	if c.Timeout == 0 {
		c.Timeout = 15 * time.Second
	}
	return &SMTP{c, host, port}, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Send hands mails over, one after another, on one connection.
func (s *SMTP) Send(ctx context.Context, ms []app.Message, told func(i int, err error) error) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unasked(err)
	}
	defer func() { _ = client.CloseWithSMTPClient(conn) }() // what was taken was taken, however the server says goodbye
	for i, m := range ms {
		if err := ctx.Err(); err != nil {
			return err
		}
		msg, err := s.message(m)
		if err == nil {
			err = client.SendWithSMTPClient(conn, msg)
		}
		switch code := code(err); {
		case err == nil, msg != nil && msg.IsDelivered():
			err = nil
		case code == 421, code == 0 && msg != nil: // the server hangs up, or says nothing we know
			err = unasked(err)
			return errors.Join(told(i, err), err)
		case msg == nil:
		default:
			err = fmt.Errorf("the mail server refuses it with the number %d", code)
		}
		if err := told(i, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *SMTP) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithPort(s.port), mail.WithTimeout(s.c.Timeout), mail.WithoutNoop(),
		mail.WithTLSConfig(&tls.Config{ServerName: s.host, RootCAs: s.c.Roots, MinVersion: tls.VersionTLS12})}
	switch s.c.Secrecy {
	case TLS:
		options = append(options, mail.WithSSL())
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.c.User), mail.WithPassword(s.c.Password))
	}
	c, err := mail.NewClient(s.host, options...)
	if err != nil {
		return nil, fmt.Errorf("the mail server cannot be used: %w", err)
	}
	return c, nil
}

// message makes the mail: the same bytes whenever it is made again. Nothing that
// could begin a header of its own gets into one.
func (s *SMTP) message(m app.Message) (*mail.Msg, error) {
	if !line.MailAddress(m.To) || strings.ContainsFunc(m.Subject+m.ID, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }) ||
		m.ID == "" || strings.ContainsAny(m.ID, "<>@ ") {
		return nil, errors.New("it cannot be sent as it is: its address, subject or number holds what must not stand there")
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.c.From), msg.To(m.To)); err != nil {
		return nil, errors.New("it cannot be sent as it is: its address cannot be read")
	}
	_, domain, _ := strings.Cut(s.c.From, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(m.At.Local())
	msg.Subject(m.Subject)
	// No machine answers it (RFC 3834), and no holiday reply tells who is away.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	return msg, nil
}

// code is the number with which the server answered; 0: it did not.
func code(err error) int {
	var refused *mail.SendError
	var answer *textproto.Error
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() != 0:
		return refused.ErrorCode()
	case errors.As(err, &answer):
		return answer.Code
	}
	return 0
}

// unasked says in our own words that the server could not be asked: its own may
// hold an address.
func unasked(err error) error {
	var cert *tls.CertificateVerificationError
	var timeout net.Error
	switch n := code(err); {
	case n == 534 || n == 535 || n == 530:
		return fmt.Errorf("the mail server does not let Onus in (%d): look at the user and the password", n)
	case n != 0:
		return fmt.Errorf("the mail server hangs up with the number %d", n)
	case errors.As(err, &cert):
		return errors.New("the mail server's certificate cannot be trusted")
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("the mail server does not answer in time")
	case strings.Contains(err.Error(), "STARTTLS"):
		return errors.New("the mail server offers no STARTTLS")
	case strings.Contains(err.Error(), "AUTH") || strings.Contains(strings.ToLower(err.Error()), "auth"):
		return errors.New("the mail server offers no way to give a name that Onus knows")
	}
	return errors.New("the mail server does not answer")
}
