package web

import (
	"context"
	"net/http"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/web/shell"
)

// inTime lets a page of lists take known: its desk then looks back from that moment.
func inTime(h handle) handle {
	return func(w http.ResponseWriter, r *request) error { return r.lookBack(w, h, (*app.Desk).At) }
}

// lookingBack is inTime for a page that is made of one record, of the line or of the
// rules: no list has to be worked out for it.
func lookingBack(h handle) handle {
	return func(w http.ResponseWriter, r *request) error { return r.lookBack(w, h, (*app.Desk).Back) }
}

func (r *request) lookBack(w http.ResponseWriter, h handle, to func(*app.Desk, context.Context, day.Instant) (*app.Desk, error)) error {
	known, err := r.known()
	if err != nil {
		return err
	}
	if r.desk != nil { // the rules are open to everybody
		desk, err := to(r.desk, r.ctx(), known)
		if err != nil {
			return err // with the desk of now: whoever asked is still signed in
		}
		r.desk = desk
	}
	r.past = known
	return h(w, r)
}

// at is the moment that a list is of.
func (r *request) at() day.Instant {
	if r.past != 0 {
		return r.past
	}
	return r.now
}

// next is the address of the next page of a list at this moment, or nothing.
func (r *request) next(path string, c app.Cursor) string {
	to := r.s.next(path, c)
	if to == "" || r.past == 0 {
		return to
	}
	return also(to, strings.TrimPrefix(keep(r.past), "?"))
}

// then keeps the moment in an address.
func (r *request) then(path string) string { return also(path, strings.TrimPrefix(keep(r.past), "?")) }

// asThen makes a row of a duty lead into the record as it was known at the moment.
// What was owed then is not recorded from there.
func (r *request) asThen(d shell.Duty) shell.Duty {
	if r.past == 0 {
		return d
	}
	if d.Who.Href != "" {
		d.Who.Href = r.then(d.Who.Href)
	}
	for i := range d.Links {
		d.Links[i].Href = r.then(d.Links[i].Href)
	}
	d.Action = nil
	return d
}

// concernThen makes a row lead to the concern as it was known at the moment.
func (r *request) concernThen(c concernLine) concernLine {
	c.Href = r.then(c.Href)
	return c
}

// listPage is the frame of a page that can look back, with the control of its moment.
func (s *Server) listPage(r *request, title, at string, hidden map[string]string) shell.Page {
	f := s.page(r, title, at)
	if f.Known == nil {
		f.Known = &shell.KnownBar{Value: local(r.at())}
	}
	f.Known.Hidden = hidden
	return f
}

// pastBar says of a page that looks back, of which moment it is.
func (r *request) pastBar() *shell.KnownBar {
	return &shell.KnownBar{Value: local(r.past), BackHref: r.URL.Path,
		Text: "Showing only what had been recorded by " + r.past.Long() + ". What you may see is judged as things stand today."}
}
