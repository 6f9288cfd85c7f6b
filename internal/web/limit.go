package web

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is how many requests one caller may send: so many each second in the
// long run, and so many at once. Zero: as many as they like.
type Limit struct {
	PerSecond float64
	AtOnce    int
}

var errTooMany = errors.New("too many requests")

// maxCallers is how many callers are remembered. Beyond it, those who have been
// quiet are forgotten: they have all their requests again anyway.
const maxCallers = 20_000

// limiter counts the requests of each caller. A caller is a person who is signed
// in, a program's key, or an address from which nobody is. So nobody can use up
// what is another's.
type limiter struct {
	Limit
	mu      sync.Mutex
	callers map[string]*rate.Limiter
}

// ask takes one request of a caller's. It gives how long to wait when there is
// none left.
func (l *limiter) ask(caller string, now time.Time) (wait time.Duration) {
	if l.PerSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	c := l.callers[caller]
	if c == nil {
		if len(l.callers) >= maxCallers {
			for k, x := range l.callers {
				if x.TokensAt(now) >= float64(l.AtOnce) {
					delete(l.callers, k)
				}
			}
		}
		c = rate.NewLimiter(rate.Limit(l.PerSecond), l.AtOnce)
		l.callers[caller] = c
	}
	l.mu.Unlock()
	if c.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - c.TokensAt(now)) / l.PerSecond * float64(time.Second))
}

// left gives how long to wait until there is a request left, and takes none.
func (l *limiter) left(caller string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	c := l.callers[caller]
	l.mu.Unlock()
	if c == nil || l.PerSecond <= 0 || c.TokensAt(now) >= 1 {
		return 0
	}
	return time.Duration((1 - c.TokensAt(now)) / l.PerSecond * float64(time.Second))
}

// caller is whose requests are counted together.
func (r *request) caller() string {
	if who := r.person(); who != "" {
		return "person " + who
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return "address " + host
}

// counted refuses a request of a caller who sent too many.
func (s *Server) counted(w http.ResponseWriter, r *request) error {
	wait := s.limiter.ask(r.caller(), time.Unix(0, int64(r.now)*1000))
	if wait == 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	return errTooMany
}
