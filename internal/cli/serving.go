package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"onus/internal/app"
	"onus/internal/watch"
	"onus/internal/web"
	"onus/internal/web/assets"
)

type serveCmd struct {
	where
	Listen string        `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo   bool          `help:"A demonstration: makes the invented authority Marlowe and lets anybody choose who to be."`
	Watch  time.Duration `help:"How often the watch looks for duties that climb." default:"20s"`
	Quiet  bool          `help:"Log only what goes wrong."`
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
	w := watch.New(o.App, clock{}, log, c.Watch)
	pages, err := web.New(web.Config{App: o.Front(), Log: log, Demo: c.Demo, Stories: stories, Schema: schema, VKey: o.vkey, Ready: w.Well})
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
