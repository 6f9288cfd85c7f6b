package web

import (
	"net/http"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// pageSize is how many rows a list shows at once.
const pageSize = 100

// group is a part of a list with its heading.
type group struct {
	Title string
	Rows  []shell.Duty
}

func (s *Server) owed(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	o, err := r.desk.Owed(r.ctx(), after, pageSize)
	if err != nil {
		return err
	}
	sub := o.Now.Date().Full() + ", " + o.Now.Clock() + ". " + count(o.All, "duty", "duties") + ", " + strconv.Itoa(o.Late) + " late. Ordered by risk, then by time left."
	groups := s.groups(o, after == (app.Cursor{}))
	if after == (app.Cursor{}) {
		rows, err := s.warnings(r)
		if err != nil {
			return err
		}
		asked, err := s.decisionOwed(r)
		if err != nil {
			return err
		}
		if len(asked) > 0 {
			groups = append([]group{{Title: "Decisions", Rows: asked}}, groups...)
		}
		if gaps := s.gaps(r); len(gaps) > 0 {
			groups = append([]group{{Title: "Posts that nobody is in", Rows: gaps}}, groups...)
		}
		if len(rows) > 0 {
			groups = append([]group{{Title: "Warnings", Rows: rows}}, groups...)
		}
	}
	f := s.page(r, "What I owe", "/owed")
	if id := r.URL.Query().Get("done"); id != "" {
		if e, err := r.desk.Own(r.ctx(), entry.ID(id)); err == nil {
			f.Notice = recordedElsewhere(e)
		}
	}
	opened, err := r.desk.Opened(r.ctx(), r.now-14*24*day.Hour)
	if err != nil {
		return err
	}
	for _, c := range opened {
		f.Told = append(f.Told, shell.Link{Text: c.Name, Href: "/child/" + c.Child})
	}
	return s.render(w, http.StatusOK, owedPage(f, sub, groups, s.next("/owed", o.Next)))
}

// recordedElsewhere says what was just recorded in a record that is closed now
// to whoever did it.
func recordedElsewhere(e entry.Entry) *shell.Notice {
	k, _ := app.Registry().Known(e.Kind)
	n := &shell.Notice{Kind: "success", Text: k.Title + " recorded. The child is with others now, so the record is closed to you.",
		Links: []shell.Link{{Text: "Your receipt", Href: "/receipt/" + string(e.ID)}}}
	switch e.Body.(type) {
	case child.RelationDeclared:
		n.Text = "Recorded. That record is closed to you now. Tell your manager today, so that somebody else does what you would have done."
	case child.GlassReviewed, child.RestrictionReviewed:
		n.Text = "Your review is recorded."
	}
	return n
}

// ownReceipt gives the receipt of what somebody recorded themselves, whether or
// not they may still open the record.
func (s *Server) ownReceipt(w http.ResponseWriter, r *request) error {
	e, err := r.desk.Own(r.ctx(), entry.ID(r.PathValue("entry")))
	if err != nil {
		return err
	}
	text, err := r.desk.OwnReceipt(r.ctx(), e)
	if err != nil {
		return err
	}
	return sendReceipt(w, e.ID, text)
}

// groups parts a list that stands on one page into late, today, this week and
// later. A longer list stays whole: its order is by risk.
func (s *Server) groups(o *app.Owed, first bool) []group {
	if !first || o.Next.ID != "" {
		g := group{Title: "By risk, then by time left"}
		for _, d := range o.Rows {
			g.Rows = append(g.Rows, dutyRow(s, o.Line, d, o.Now, true))
		}
		return []group{g}
	}
	parts := []group{{Title: "Late"}, {Title: "Today"}, {Title: "The next seven days"}, {Title: "Later"}}
	today := o.Now.Date()
	for _, d := range o.Rows {
		i := 3
		switch {
		case d.Due.Late(o.Now):
			i = 0
		case d.Due.On <= today:
			i = 1
		case d.Due.On <= today+7:
			i = 2
		}
		parts[i].Rows = append(parts[i].Rows, dutyRow(s, o.Line, d, o.Now, true))
	}
	var out []group
	for _, g := range parts {
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	if len(out) > 0 && out[0].Rows[0].Action != nil {
		out[0].Rows[0].Solid = true
	}
	return out
}

// cursor reads ?after=, which only our own links make.
func cursor(r *request) (app.Cursor, error) {
	v := r.URL.Query().Get("after")
	if v == "" {
		return app.Cursor{}, nil
	}
	f := strings.SplitN(v, "~", 3)
	if len(f) == 3 {
		rank, err1 := strconv.Atoi(f[0])
		at, err2 := strconv.ParseInt(f[1], 10, 64)
		id, whole := r.s.App.Uncover(f[2])
		if err1 == nil && err2 == nil && whole && id != "" {
			return app.Cursor{Rank: rank, At: at, ID: id}, nil
		}
	}
	return app.Cursor{}, app.ErrNotFound
}

// cursorText is a place in a list, for an address. The row it names may be closed
// to whoever asks, and the name of a duty says its rule: so it is covered.
func (s *Server) cursorText(c app.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return strconv.Itoa(c.Rank) + "~" + strconv.FormatInt(c.At, 10) + "~" + s.App.Cover(c.ID)
}

// next is the address of the next page of a list, or nothing.
func (s *Server) next(path string, c app.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return path + "?after=" + s.cursorText(c)
}

func itoa(n int) string { return strconv.Itoa(n) }
