package testkit

import (
	"bytes"
	"context"
	"io"
	"sync"
	"testing"

	"onus/internal/day"
)

func TestRandIsTheSameForASeed(t *testing.T) {
	read := func(seed uint64) []byte {
		b := make([]byte, 100)
		if _, err := io.ReadFull(Rand(seed), b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	if !bytes.Equal(read(7), read(7)) || bytes.Equal(read(7), read(8)) || bytes.Equal(read(1), read(1<<60)) {
		t.Error("a seed must give its own bytes, and the same each time")
	}
}

func TestClock(t *testing.T) {
	c := NewClock("2026-01-12T09:00:00Z")
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() { c.Add(day.Hour); c.Now() })
	}
	g.Wait()
	if got := c.Now(); got != Instant("2026-01-12T17:00:00Z") {
		t.Errorf("after eight hours it is %s", got)
	}
}

func TestLineOnEach(t *testing.T) {
	OnEach(t, func(t *testing.T, e Engine) {
		a, known := NewApp(t, e.DSN(t), NewClock("2026-01-12T09:00:00Z"), 1)
		Line(t, a)
		l, err := a.Line(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		on := a.Clock.Now().Date()
		for _, p := range Posts {
			if got := l.Answers(p.Post, on); l.Name(got.Person) != p.Person {
				t.Errorf("%s answers for %s, not %s", l.Name(got.Person), p.Post, p.Person)
			}
		}
		if _, err := a.Checkpoint(context.Background()); err != nil {
			t.Fatal(err)
		}
		if v, err := a.Verify(context.Background(), known); err != nil || v.Checkpoints != 1 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}
