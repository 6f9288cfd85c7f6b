package web

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// So many at once, then so many a second; each caller has their own, and a flood
// of addresses neither fills the memory nor uses up what is another's.
func TestTooManyRequests(t *testing.T) {
	l := limiter{Limit: Limit{PerSecond: 2, AtOnce: 5}, callers: map[string]*rate.Limiter{}}
	now := time.Unix(1_800_000_000, 0)
	for i := range 5 {
		if w := l.ask("a", now); w != 0 {
			t.Fatalf("request %d waits %s", i, w)
		}
	}
	if w := l.ask("a", now); w <= 0 || w > time.Second {
		t.Errorf("the sixth waits %s", w)
	}
	if w := l.ask("b", now); w != 0 {
		t.Errorf("another caller waits %s", w)
	}
	if w := l.ask("a", now.Add(time.Second)); w != 0 {
		t.Errorf("a second later they wait %s", w)
	}
	for i := range 3 * maxCallers {
		l.ask(fmt.Sprint("flood ", i), now.Add(time.Duration(i)*time.Second))
	}
	if n := len(l.callers); n > maxCallers+1 {
		t.Errorf("%d callers are remembered", n)
	}
	none := limiter{callers: map[string]*rate.Limiter{}}
	for range 1000 {
		if none.ask("a", now) != 0 {
			t.Fatal("there is no limit, and somebody waits")
		}
	}
}
