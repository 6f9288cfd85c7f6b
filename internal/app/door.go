package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/triage"
)

// DoorRow is what waits for a decision about one child, as lists show it: a cache
// of the record.
type DoorRow struct {
	Child       string
	First       entry.ID // the contact or referral that the clock runs from
	Kind        string   // of First
	Came        day.Instant
	News        string // the post of the worker who has the child: no queue has it
	Rating      string
	Urgency     int    // 0 is the most urgent
	Rule        string // the name of the rule that rated it
	RatedBy     string // the person; empty: the rules
	Provisional bool
	Alarm       bool
	Missing     string // what is still to be found out, a line each
	From, Said  string // who told us, and how it begins
	Known       string // what we held of the child before, a line each
	Taken       string // the post that took it; empty: the front door's manager
	TakenAt     day.Instant
	DueBy       day.Instant
	Climbed     int
	ClimbedTo   string
	ClimbedAt   day.Instant
	Parking     entry.ID // empty: it is not parked
	ParkedUntil day.Instant
	ParkedWhy   string
	ParkedBy    string
	// ParkedAgreed is the second person. Until somebody agrees it is only proposed.
	ParkedAgreed string
	ChildRow     ChildRow // filled by lists only
}

// DoorQuery asks for what waits, the most urgent first, then the least time left.
type DoorQuery struct {
	Children []string // any of these, wherever it waits; nil: all
	News     bool     // of children who have a worker, instead of the queue
	Taken    []string // by any of these posts; "" is nobody; nil: all
	Rating   string
	LateAt   day.Instant // only what is late at this instant; zero: all
	Parked   bool
	Climbed  bool
	After    Cursor
	Limit    int
}

// DoorCount counts what waits, by rating and by who took it.
type DoorCount struct {
	Rating, Taken              string
	News                       bool
	All, Late, Parked, Climbed int
	Oldest                     day.Instant
}

const (
	saidShort   = 220 // characters of what was said in a list
	missingMost = 3   // things still to be found out in a list
)

// doorRow is what waits about a child, by the rules of a day; nil when nothing does.
// owed are the child's open duties.
func doorRow(p *duty.Pack, rec child.Record, s child.Status, owed []DutyRow, on day.Date) *DoorRow {
	if !s.Waits {
		return nil
	}
	w := rec.Waiting()
	if !w.Waits() {
		return nil
	}
	f := &DoorRow{Child: rec.Child, First: w.First.ID, Kind: string(w.First.Kind), Came: w.First.When.From(), Rating: w.Rating, Urgency: slices.Index(triage.Ratings, w.Rating)}
	if w.Had != "" {
		f.News = s.Post
	}
	if w.Rated.Entry != nil {
		b := w.Rated.Body.(child.Rated)
		f.Rule = b.Why
		if w.Rated.Author != entry.System.Person {
			f.RatedBy = w.Rated.Author
		}
	}
	if f.Urgency < 0 { // no rules say how urgent it is: it is not called ordinary
		f.Rating, f.Urgency, f.Rule, f.Provisional = "", 1, "Nobody has rated it yet", true
	}
	if rules := p.Triage(on); !rules.Empty() {
		r := p.Urgency(rec, w, on)
		f.Provisional, f.Alarm = r.Provisional, r.Alarm
		var missing []string
		for _, id := range r.Missing {
			missing = append(missing, upper(rules.MissingText(id)))
		}
		f.Missing = lines(missing, missingMost)
	}
	if asked := openAsked(w); len(asked) > 0 {
		f.Missing = lines(append(asked, strings.Split(f.Missing, "\n")...), missingMost)
	}
	last := w.Came[len(w.Came)-1]
	switch b := last.Body.(type) {
	case child.Contact:
		f.From, f.Said = b.From, b.What
	case child.Referral:
		f.From, f.Said = b.From, b.What
	}
	f.Said = short(f.Said, saidShort)
	f.Known = known(rec, w)
	if w.Taken.Entry != nil {
		f.Taken, f.TakenAt = w.Taken.Body.(child.Taken).Post, w.Taken.When.From()
	}
	for _, d := range owed {
		if rule, ok := p.Rule(d.Rule, d.Since.Date); !ok || !decides(rule) {
			continue
		}
		if f.DueBy == 0 || d.Due.By < f.DueBy {
			f.DueBy = d.Due.By
		}
		if d.ClimbedAt > f.ClimbedAt {
			f.Climbed, f.ClimbedTo, f.ClimbedAt = max(f.Climbed, d.Climbed), d.ClimbedTo, d.ClimbedAt
		}
	}
	if f.DueBy == 0 { // no rule says by when: the end of the day on which it came
		f.DueBy = w.First.When.Date.End()
	}
	if pk := w.Parked; pk != nil {
		f.Parking, f.ParkedUntil, f.ParkedWhy, f.ParkedBy = pk.Event.ID, pk.Body.Until, pk.Body.Why, pk.Event.Author
		if pk.Agreed != nil {
			f.ParkedAgreed = pk.Agreed.Author
		}
	}
	return f
}

// decides says whether a decision meets a rule's duties.
func decides(r *duty.Rule) bool {
	return slices.Contains(r.MetBy.Kind, "decision") || slices.Contains(r.MetBy.Kind, "contact.decided")
}

// openAsked are those who were asked and have not answered.
func openAsked(w *child.Waiting) (out []string) {
	for _, ev := range w.Found {
		b := ev.Body.(child.FoundOut)
		if b.Asked == "" || slices.ContainsFunc(w.Found, func(o child.Event) bool {
			x := o.Body.(child.FoundOut)
			return x.Asked == "" && strings.EqualFold(strings.TrimSpace(x.From), strings.TrimSpace(b.Asked))
		}) {
			continue
		}
		out = append(out, b.Asked+" (asked "+ev.When.From().Clock()+")")
	}
	return out
}

// known is what we held of a child before this came, a line each.
func known(rec child.Record, w *child.Waiting) string {
	var out []string
	var s0 child.Status
	refs, last := 0, ""
	for ev, s := range rec.Life() {
		if ev.ID == w.First.ID {
			break
		}
		s0 = *s
		switch b := ev.Body.(type) {
		case child.Referral:
			refs++
			last = "Referred " + ev.When.Date.Long()
		case child.Decision:
			last = map[string]string{child.NoAction: "No further action", child.EarlyHelp: "Early help"}[b.Outcome]
			if last != "" {
				last += ", " + ev.When.Date.Long()
			}
		case child.CaseClosed:
			last = "Closed " + ev.When.Date.Long()
		case child.CPPlanEnded:
			last = "Protection plan ended " + ev.When.Date.Long()
		}
	}
	switch {
	case s0.Plan == "cp":
		out = append(out, "On a protection plan")
	case s0.LookedAfter:
		out = append(out, "Looked after")
	case s0.Plan == "cin":
		out = append(out, "Child in need plan")
	case s0.EarlyHelp:
		out = append(out, "Early help")
	}
	if refs > 0 {
		out = append(out, strconv.Itoa(refs)+" referral"+map[bool]string{true: "", false: "s"}[refs == 1]+" before")
	}
	if last != "" && !s0.Open {
		out = append(out, last)
	}
	return strings.Join(out, "\n")
}

func lines(xs []string, most int) string {
	xs = slices.DeleteFunc(xs, func(s string) bool { return s == "" })
	if len(xs) > most {
		more := len(xs) - most
		xs = append(slices.Clone(xs[:most]), "and "+strconv.Itoa(more)+" more")
	}
	return strings.Join(xs, "\n")
}

// short cuts a text at a word, where it is longer than so many characters.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + " …"
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// verifyDoor holds what a list shows to wait against what the entries say.
func verifyDoor(ctx context.Context, v View, id string, want *DoorRow) error {
	rows, err := v.Door(ctx, DoorQuery{Children: []string{id}})
	if err != nil {
		return err
	}
	var have *DoorRow
	if len(rows) > 0 {
		have = &rows[0]
		have.ChildRow = ChildRow{}
	}
	if (have == nil) != (want == nil) || have != nil && *have != *want {
		return fmt.Errorf("%w: what waits about child %s is not what its entries say", ErrTampered, id)
	}
	return nil
}
