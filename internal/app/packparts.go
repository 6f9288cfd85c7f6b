package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/line"
)

// PackPart is one part of a pack: an entry, or a part of the context of a missed duty.
type PackPart struct {
	ID     string
	Title  string
	Child  string      // of whom it speaks; empty: of nobody
	Entry  entry.Entry // zero: a part of the context
	Seq    int64
	salt   []byte
	Text   string // of the context
	Closed bool   // to whoever looks
	Marked string // set when it was written: a suggestion to leave something out
}

// OfEntry says that it is an entry.
func (p PackPart) OfEntry() bool { return p.Entry.ID != "" }

// packParts are everything that a pack holds, as it had been recorded when the
// worker asked: it does not change while it is prepared.
func (a *App) packParts(ctx context.Context, r hearing.Record) (out []PackPart, err error) {
	from, to := r.Asked.From.Start(), min(r.Asked.To.End(), r.At)
	taken := map[entry.ID]bool{}
	take := func(st Stored, childID, title string) {
		if st.Erased() || taken[st.Entry.ID] {
			return
		}
		taken[st.Entry.ID] = true
		if k, ok := Registry().Known(st.Entry.Kind); ok {
			title = k.Title + title
		}
		p := PackPart{ID: string(st.Entry.ID), Title: title, Child: childID, Entry: st.Entry, Seq: st.Seq, salt: st.Salt}
		out = append(out, p)
	}
	dues := map[string][]string{} // by child
	for _, d := range r.Asked.Duties {
		id, err := a.ChildOf(ctx, d)
		if notFound(err) {
			continue // erased since
		}
		if err != nil {
			return nil, err
		}
		dues[id] = append(dues[id], d)
	}
	var contexts []PackPart
	err = a.Store.View(ctx, func(v View) error {
		for _, id := range r.Asked.Children {
			sts, err := v.Entries(ctx, entry.OfChild(id))
			if err != nil {
				return err
			}
			for _, st := range sts {
				_, talk := st.Entry.Body.(child.Supervision)
				if (st.Entry.Author == r.Worker || talk) && st.Entry.Recorded >= from && st.Entry.Recorded <= to {
					take(st, id, "")
				}
			}
		}
		if err := a.packConcerns(ctx, v, r, from, to, take); err != nil {
			return err
		}
		return packDecisions(ctx, v, r, from, to, take)
	})
	if err != nil {
		return nil, err
	}
	for _, id := range r.Asked.Children {
		for _, d := range dues[id] {
			parts, err := a.packContext(ctx, r, id, d, take)
			if err != nil {
				return nil, err
			}
			contexts = append(contexts, parts...)
		}
	}
	out = append(out, contexts...)
	if len(out) > maxPackEntries {
		return nil, entry.Refuse("from", fmt.Sprintf("The pack would hold more than %d parts. Ask for two, each of a shorter time", maxPackEntries))
	}
	return out, a.marks(ctx, out)
}

// marks says of which entries somebody marked something when they wrote them.
func (a *App) marks(ctx context.Context, parts []PackPart) error {
	return a.Store.View(ctx, func(v View) error {
		done := map[string]bool{}
		for _, p := range parts {
			if p.Child == "" || done[p.Child] {
				continue
			}
			done[p.Child] = true
			rec, _, err := a.record(ctx, v, p.Child)
			if notFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			for _, ev := range rec.Marked() {
				for i := range parts {
					if parts[i].ID == string(ev.ID) {
						parts[i].Marked = "Marked when it was written: think of leaving something out"
					}
				}
			}
			agreed, waiting := rec.Redactions()
			for _, ev := range append(agreed, waiting...) {
				b, ok := ev.Body.(child.RedactionProposed)
				for i := range parts {
					if ok && parts[i].ID == string(b.Entry) {
						parts[i].Marked = "For copies of the record somebody asked to leave something out: " + b.Ground
					}
				}
			}
		}
		return nil
	})
}

// packConcerns are those that they raised openly, with climb and answers. What was
// raised in confidence is not in a pack: whoever prepares it would see the name.
func (a *App) packConcerns(ctx context.Context, v View, r hearing.Record, from, to day.Instant, take func(Stored, string, string)) error {
	rows, err := v.Concerns(ctx, ConcernQuery{Raisers: []string{PersonKey(r.Worker)}})
	if err != nil {
		return err
	}
	for _, row := range slices.Backward(rows) {
		if row.Raised < from || row.Raised > to {
			continue
		}
		sts, err := v.Entries(ctx, entry.OfConcern(row.ID))
		if err != nil {
			return err
		}
		for _, st := range sts {
			if st.Entry.Recorded <= r.At && !forGuardian[st.Entry.Kind] {
				take(st, "", fmt.Sprintf(" (concern %d)", row.Number))
			}
		}
	}
	return nil
}

// packDecisions are those that they signed, proposed or disagreed with. Of a child's
// only where the child is in question.
func packDecisions(ctx context.Context, v View, r hearing.Record, from, to day.Instant, take func(Stored, string, string)) error {
	rows, err := v.Decisions(ctx, DecisionQuery{})
	if err != nil {
		return err
	}
	for _, row := range slices.Backward(rows) {
		of := ""
		if row.About == "child" {
			if of = row.AboutID; !slices.Contains(r.Asked.Children, of) {
				continue
			}
		}
		if row.Proposed < from || row.Proposed > to {
			continue
		}
		sts, err := v.Entries(ctx, entry.OfDecision(row.ID))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(sts, func(st Stored) bool { return st.Entry.Author == r.Worker }) {
			continue
		}
		for _, st := range sts {
			if st.Entry.Recorded <= r.At {
				take(st, of, fmt.Sprintf(" (decision %d)", row.Number))
			}
		}
	}
	return nil
}

// packContext is what was known of a missed duty when it was due, in parts; and, as
// entries of their own, what was recorded only afterwards about the time before.
func (a *App) packContext(ctx context.Context, r hearing.Record, id, dutyID string, take func(Stored, string, string)) (out []PackPart, err error) {
	var rec child.Record
	var l *line.Line
	if err := a.Store.View(ctx, func(v View) (err error) {
		if rec, _, err = a.record(ctx, v, id); err == nil {
			l, err = a.lineOf(ctx, v)
		}
		return err
	}); notFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	c, err := a.contextOf(ctx, rec.KnownAt(r.At), dutyID, 0, r.At)
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l = l.KnownAt(r.At)
	title := c.Duty.Rule.Duty + ", due " + c.Duty.Due.On.Long() + ": "
	add := func(name, what string, lines ...string) {
		if len(lines) == 0 {
			lines = []string{"Nothing was recorded."}
		}
		out = append(out, PackPart{ID: "context " + dutyID + " " + name, Title: title + what, Child: id, Text: strings.Join(lines, "\n")})
	}
	add("duty", "the duty", "Child: "+id, "Duty: "+c.Duty.Rule.Duty, "Why it was owed: "+c.X.Why, "What started it: "+c.X.Started, "Due: "+c.X.Due,
		"Owed by: "+l.Title(c.owner()), "As known at: "+c.At.Long(), fmt.Sprintf("Entries about the child recorded later: %d", c.Later))
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, t := range c.Tiers {
		told := "not told of this duty by then"
		if t.Told != 0 {
			told = "told of this duty " + t.Told.Long()
		}
		who := l.Name(t.Person)
		if t.Person == "" {
			who = "nobody"
		}
		say("%s: %s, %s. Opened the record on %d days.", t.Post.Title, who, told, len(t.Looks))
	}
	add("answered", "who answered", lines...)
	lines = nil
	for _, w := range c.Load.Weeks {
		say("Week of %s: %.1f hours owed, %.1f hours for duties, %d duties.", w.Monday.Long(), w.Owed, w.Had, w.Duties)
	}
	for _, p := range c.Load.Parts {
		say("In the last week: %s, %d, %.1f hours.", p.Duty, p.N, p.Hours)
	}
	add("load", "the load", lines...)
	lines = nil
	for _, w := range c.Warnings {
		words := ""
		if w.Person == r.Worker {
			words = " " + w.Words
		}
		say("Warning %d, given %s by %s: %s. Told to %d posts.%s", w.Number, w.Raised.Long(), l.Name(w.Person), w.State, w.Climbed, words)
	}
	add("warnings", "warnings given by then", lines...)
	lines = nil
	for _, t := range c.Talks {
		late := ""
		if t.Late {
			late = ", late"
		}
		last := "never"
		if t.Last != 0 {
			last = t.Last.Long()
		}
		say("%s: last held %s, due %s%s, owed by %s.", t.Duty, last, t.Due.Long(), late, l.Title(t.Owner))
	}
	add("supervision", "supervision", lines...)
	lines = nil
	for _, x := range c.Choices {
		say("%s, by %s: %s. %s", x.When.Long(), l.Name(x.Author), x.What, x.Why)
	}
	add("decisions", "decisions before", lines...)
	err = a.Store.View(ctx, func(v View) error {
		for _, e := range c.After {
			// What speaks of the time before the moment, or of no day of its own but what
			// somebody says happened: it is set apart as recorded afterwards.
			_, note := e.Body.(child.Note)
			if !note && e.Happened.From() > c.At {
				continue
			}
			st, err := v.Entry(ctx, e.ID)
			if err != nil {
				return err
			}
			take(st, id, " (recorded afterwards)")
		}
		return nil
	})
	return out, err
}

// without takes a passage out of a part, and says how often it stood there.
func (p PackPart) without(passage, ground string) (text string, n int) {
	if p.OfEntry() {
		e := p.Entry
		e.Raw, n = child.Shorten(e.Raw, passage, ground)
		return string(e.Canonical()), n
	}
	raw, err := json.Marshal(p.Text)
	if err != nil {
		return p.Text, 0
	}
	raw, n = child.Shorten(raw, passage, ground)
	if json.Unmarshal(raw, &text) != nil {
		return p.Text, 0
	}
	return text, n
}

// held is how a part stands in a pack that is made out, and its text where the ledger
// does not prove it.
func (p PackPart) held(r hearing.Record, l *line.Line) (h hearing.Held, text string) {
	h = hearing.Held{ID: p.ID, How: hearing.Whole, Child: p.Child}
	if p.OfEntry() {
		h.Index, h.Leaf = p.Seq, p.leaf()
	} else {
		text = p.Text
	}
	var grounds, by []string
	for _, x := range r.Outs(p.ID) {
		for _, g := range []struct {
			in   *[]string
			what string
		}{{&grounds, x.Ground}, {&by, l.Title(x.Post)}, {&by, l.Title(x.SecondPost)}} {
			if g.what != "" && !slices.Contains(*g.in, g.what) {
				*g.in = append(*g.in, g.what)
			}
		}
		if x.Passage == "" {
			h.How = hearing.Out
			continue
		}
		if h.How == hearing.Out {
			continue
		}
		h.How = hearing.Shortened
		text, _ = p.without(x.Passage, x.Ground)
		if p.OfEntry() {
			p.Entry.Raw, _ = child.Shorten(p.Entry.Raw, x.Passage, x.Ground)
		} else {
			p.Text = text
		}
	}
	h.Ground, h.By = strings.Join(grounds, "; "), strings.Join(by, "; ")
	if h.How == hearing.Out {
		text = ""
	}
	if text != "" {
		h.SHA256 = hearing.Hash(text)
	}
	return h, text
}
