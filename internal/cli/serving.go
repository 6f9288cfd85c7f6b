package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"onus/internal/app"
	"onus/internal/door"
	"onus/internal/notify"
	"onus/internal/watch"
	"onus/internal/web"
	"onus/internal/web/assets"
	"onus/internal/witness"
)

type serveCmd struct {
	where
	PerSecond    float64       `help:"How many requests each person, program or address may send each second in the long run; 0: as many as they like." default:"20"`
	AtOnce       int           `help:"How many of them at once." default:"200"`
	Listen       string        `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo         bool          `help:"A demonstration: makes the invented authority Marlowe and lets anybody choose who to be."`
	PublicURL    string        `help:"Where people open Onus: https://onus.example.gov.uk. Needed to sign in, and for links in mail." placeholder:"URL" env:"ONUS_PUBLIC_URL"`
	Providers    string        `help:"File that says with whom people sign in (YAML; see docs/signing-in.md)." placeholder:"FILE" env:"ONUS_PROVIDERS"`
	SMTP         string        `help:"Mail server that takes mail: host:port. Without it mail is off (docs/mail.md)." placeholder:"HOST:PORT" env:"ONUS_SMTP" name:"smtp"`
	SMTPTLS      string        `help:"How the talk with it is kept secret: starttls, tls, or none on this machine. On port 465 tls, else starttls." placeholder:"HOW" env:"ONUS_SMTP_TLS" name:"smtp-tls"`
	SMTPFrom     string        `help:"Address that mail is from: onus@example.gov.uk." placeholder:"ADDRESS" env:"ONUS_SMTP_FROM" name:"smtp-from"`
	SMTPUser     string        `help:"Name that the mail server asks for." placeholder:"NAME" env:"ONUS_SMTP_USER" name:"smtp-user"`
	SMTPPassword string        `help:"File with the password to it." placeholder:"FILE" env:"ONUS_SMTP_PASSWORD_FILE" name:"smtp-password-file"`
	Witnesses    string        `help:"File that says which witnesses must sign the ledger's heads (docs/witnesses.md)." placeholder:"FILE" env:"ONUS_WITNESSES"`
	Heartbeat    string        `help:"Address that is asked for every minute while Onus's own checks find nothing: whoever waits there in vain rings (docs/mail.md)." placeholder:"URL" env:"ONUS_HEARTBEAT"`
	Feed         feedWay       `embed:"" prefix:"feed-"`
	Watch        time.Duration `help:"How often the watch looks for duties that climb." default:"20s"`
	Quiet        bool          `help:"Log only what goes wrong."`
}

const metaMadeBy = "made.by"

func (c *serveCmd) Run(s stdio) error {
	if err := assets.Check(); err != nil {
		return err
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	level := slog.LevelInfo
	if c.Quiet {
		level = slog.LevelWarn
	}
	log := slog.New(slog.NewTextHandler(s.errw, &slog.HandlerOptions{Level: level}))
	var stories []web.Story
	if c.Demo {
		if stories, err = o.demonstration(s.ctx); err != nil {
			return err
		}
	} else if by, err := o.madeBy(s.ctx); err != nil {
		return err
	} else if by == "demo" {
		return wrong("this store holds the demonstration, with nobody real in it. Start it with --demo, or give another folder with --data")
	}
	schema, err := Schema()
	if err != nil {
		return err
	}
	in, err := c.door(o, log)
	if err != nil {
		return err
	}
	if o.Mail, err = c.mail(); err != nil {
		return err
	}
	if o.Witnesses, err = policyOf(c.Witnesses); err != nil {
		return err
	}
	w := watch.New(o.App, clock{}, log, c.Watch)
	w.Known = o.verifiers
	if o.Witnesses != nil {
		w.Cosigner = witness.NewClient()
	}
	if c.Heartbeat != "" {
		h, err := notify.NewHeartbeat(c.Heartbeat)
		if err != nil {
			return Wrong{err}
		}
		w.Beat = h.Beat
	}
	if err := c.feed(o, w); err != nil {
		return err
	}
	pages, err := web.New(web.Config{App: o.Front(), Log: log, Door: in, Demo: c.Demo, Stories: stories, Schema: schema, VKey: o.vkey, Keys: o.list, Ready: w.Well,
		Limit: web.Limit{PerSecond: c.PerSecond, AtOnce: c.AtOnce}})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w. Choose another address with --listen", c.Listen, err)
	}
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	watched := make(chan struct{})
	go func() { w.Run(ctx); close(watched) }()
	srv := &http.Server{Handler: pages.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(end); err != nil {
			log.Warn("some requests were cut off at the end", "error", err)
		}
	}()
	demo := ""
	if c.Demo {
		demo = " (demonstration: nobody here is real)"
	}
	fmt.Fprintf(s.out, "Onus is ready on http://%s%s\n", ln.Addr(), demo)
	err = srv.Serve(ln)
	stop()
	<-watched
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// door is how people sign in; nil in a demonstration, and where nothing is set
// up yet.
func (c *serveCmd) door(o *opened, log *slog.Logger) (*door.Door, error) {
	switch {
	case c.Demo && (c.SMTP != "" || c.Heartbeat != ""):
		return nil, wrong("a demonstration sends no mail and no heartbeat: nobody in it is real. Leave out --smtp and --heartbeat, or leave out --demo")
	case c.Demo && (c.Providers != "" || c.PublicURL != ""):
		return nil, wrong("a demonstration has no sign-in: everybody chooses who to be. Leave out --providers and --public-url, or leave out --demo")
	case c.Providers == "" && (c.PublicURL == "" || c.SMTP != ""):
		return nil, nil
	case c.Providers == "" || c.PublicURL == "":
		return nil, wrong("to sign in Onus needs both: --providers FILE (with whom) and --public-url URL (where people open Onus)")
	}
	ps, err := readProviders(c.Providers)
	if err != nil {
		return nil, err
	}
	d, err := door.New(door.Config{Providers: ps, PublicURL: c.PublicURL, Store: door.Over(o.store), Now: clock{}.Now, Log: log, Quiet: web.Quiet})
	if err != nil {
		return nil, wrong("%s: %w", c.Providers, err)
	}
	return d, nil
}

// feed has the watch send the daily feed, when the line says that it leaves by itself.
func (c *serveCmd) feed(o *opened, w *watch.Watch) error {
	if c.Feed == (feedWay{}) {
		return nil
	}
	switch {
	case c.Demo:
		return wrong("a demonstration sends nothing to the Department: nobody in it is real. Leave out --feed-to, or leave out --demo")
	case c.Feed.To == "":
		return wrong("the daily feed is not sent without --feed-to: say where to, or leave out the rest")
	}
	make := func() (app.Courier, error) { return c.Feed.courier(time.Minute) }
	courier, err := make() // a wrong file is said now, and not at two in the night
	if err != nil {
		return err
	}
	o.FeedTo, w.Feed = courier.Target(), make
	return nil
}

// mail is how mail leaves; nil where it is off.
func (c *serveCmd) mail() (*app.Mail, error) {
	if c.SMTP == "" {
		if c.SMTPFrom != "" || c.SMTPUser != "" || c.SMTPPassword != "" || c.SMTPTLS != "" {
			return nil, wrong("mail is off without --smtp: name the mail server, or leave out the rest")
		}
		return nil, nil
	}
	u, err := door.CheckPublicURL(c.PublicURL)
	if err != nil {
		return nil, wrong("mail holds links, so Onus needs --public-url: %w", err)
	}
	password := ""
	if c.SMTPPassword != "" {
		b, err := os.ReadFile(c.SMTPPassword)
		if err != nil {
			return nil, wrong("the file with the password to the mail server cannot be read: %w", err)
		}
		password = strings.TrimSpace(string(b))
	}
	m, err := notify.New(notify.Config{Server: c.SMTP, Secrecy: c.SMTPTLS, From: c.SMTPFrom, User: c.SMTPUser, Password: password})
	if err != nil {
		return nil, Wrong{err}
	}
	return &app.Mail{Mailer: m, PublicURL: u.Scheme + "://" + u.Host}, nil
}

// readProviders reads with whom people sign in. Secrets stand in files of their
// own, or in the environment, so that this one can be shown.
func readProviders(file string) ([]door.Provider, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong("the file of identity providers cannot be read: %w", err)
	}
	var all struct {
		Providers []struct {
			ID         string   `yaml:"id"`
			Label      string   `yaml:"label"`
			Issuer     string   `yaml:"issuer"`
			ClientID   string   `yaml:"client_id"`
			SecretFile string   `yaml:"client_secret_file"`
			SecretEnv  string   `yaml:"client_secret_env"`
			Scopes     []string `yaml:"scopes"`
			ACR        string   `yaml:"acr"`
		} `yaml:"providers"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&all); err != nil {
		return nil, wrong("%s: %w", file, err)
	}
	var out []door.Provider
	for _, p := range all.Providers {
		secret := os.Getenv(p.SecretEnv)
		if p.SecretFile != "" {
			at := p.SecretFile
			if !filepath.IsAbs(at) {
				at = filepath.Join(filepath.Dir(file), at)
			}
			b, err := os.ReadFile(at)
			if err != nil {
				return nil, wrong("%s: the client secret of %q cannot be read: %w", file, p.ID, err)
			}
			secret = strings.TrimSpace(string(b))
		}
		out = append(out, door.Provider{ID: p.ID, Label: p.Label, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: secret, Scopes: p.Scopes, ACR: p.ACR})
	}
	return out, nil
}

func (o *opened) madeBy(ctx context.Context) (by string, err error) {
	err = o.store.View(ctx, func(v app.View) error {
		by, err = v.Meta(ctx, metaMadeBy)
		return err
	})
	return by, err
}

func (o *opened) size(ctx context.Context) (n int64, err error) {
	err = o.store.View(ctx, func(v app.View) error {
		h, err := v.Head(ctx)
		n = h.Size
		return err
	})
	return n, err
}
