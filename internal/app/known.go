package app

import (
	"context"
	"slices"
	"strings"
	"sync"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/match"
)

// people is an index of every child, by every name, date, number, address and carer
// ever held. It is a cache of the journal: it knows up to where it has read, and
// reads on before each search.
type people struct {
	mu    sync.Mutex
	index *match.Index
	upTo  int64 // entries read
	// apart are the pairs of which somebody has said that they are two children, both
	// ways: it is said in one record, and holds whichever is looked at.
	apart map[[2]string]bool
}

// spoken are the kinds that say who a child is.
var spoken = []entry.Kind{"child.known", "correction", "contact", "referral", "child.same", "child.apart", "child.not-same", "entries.erased"}

// knownPeople gives the index, read up to now. The first who asks waits until it is made.
func (a *App) knownPeople(ctx context.Context) (*match.Index, error) {
	k := &a.known
	k.mu.Lock()
	defer k.mu.Unlock()
	index, from := k.index, k.upTo
	if index == nil {
		index, from = match.New(match.Params{}), 0
		k.apart = map[[2]string]bool{}
	}
	var size int64
	err := a.Store.View(ctx, func(v View) error {
		h, err := v.Head(ctx)
		if err != nil || h.Size == from {
			size = from
			return err
		}
		size = h.Size
		if from == 0 {
			return a.eachChild(ctx, v, func(rec child.Record) { k.hold(index, rec) })
		}
		var changed []string
		if err := v.Each(ctx, from, func(st Stored) error {
			if id, ok := st.Entry.Subject.Child(); ok && slices.Contains(spoken, st.Entry.Kind) && !slices.Contains(changed, id) {
				changed = append(changed, id)
			}
			return nil
		}); err != nil {
			return err
		}
		for _, id := range changed {
			rec, _, err := fold(ctx, v, id)
			if notFound(err) {
				index.Remove(id)
				continue
			}
			if err != nil {
				return err
			}
			k.hold(index, rec)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	k.index, k.upTo = index, size
	return index, nil
}

// eachChild folds every child's record as a view has it.
func (a *App) eachChild(ctx context.Context, v View, fn func(child.Record)) error {
	for after := ""; ; {
		ids, err := v.ChildIDs(ctx, after, 500)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			rec, _, err := fold(ctx, v, id)
			if err != nil {
				return err
			}
			fn(rec)
		}
		after = ids[len(ids)-1]
	}
}

// hold puts a child into the index, or takes out one whose record is another's.
func (k *people) hold(index *match.Index, rec child.Record) {
	for _, other := range rec.NotSame() {
		k.apart[[2]string{rec.Child, other}], k.apart[[2]string{other, rec.Child}] = true, true
	}
	p, ok := paperOf(rec)
	if !ok {
		index.Remove(rec.Child)
		return
	}
	index.Add(p)
}

// toldApart says whether somebody has said that two records are about two children.
func (k *people) toldApart(a, b string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.apart[[2]string{a, b}]
}

// paperOf is what stands on paper of who a child is: everything ever held, since an
// old paper holds an old name. False: nothing does, or the record is another's.
func paperOf(rec child.Record) (p match.Person, ok bool) {
	p = match.Person{ID: rec.Child, Kind: "child"}
	for i := range rec.Events {
		switch b := rec.Events[i].Body.(type) {
		case child.Known:
			if b.Given+b.Family != "" {
				p.Names = append(p.Names, match.Name{Forename: b.Given, Surname: b.Family})
			}
			p.KnownAs = append(p.KnownAs, b.OtherNames...)
			if b.Birth != 0 {
				p.Births = append(p.Births, match.Born(b.Birth, match.Actual))
			}
			if b.Expected != 0 {
				p.Births = append(p.Births, match.Born(b.Expected, match.Unborn))
			}
			if b.Sex == "F" || b.Sex == "M" {
				p.Sex = b.Sex
			}
			if b.Address != "" {
				p.Addresses = append(p.Addresses, placeOf(b.Address))
			}
			for _, id := range b.IDs {
				switch id.System {
				case "nhs":
					p.NHS = id.Value
				case "upn":
					p.Number = id.Value
				}
			}
		case child.Contact, child.Referral:
			for _, m := range child.IntakeOf(rec.Events[i]).Household {
				if r := strings.ToLower(m.Relation); strings.Contains(r, "mother") || strings.Contains(r, "father") || strings.Contains(r, "carer") || strings.Contains(r, "guardian") {
					p.Carers = append(p.Carers, m.Name)
				}
			}
		}
	}
	ok = len(p.Names)+len(p.Births)+len(p.Addresses) > 0 && rec.On(day.Instant(1<<62)).Same == ""
	return p, ok
}

// placeOf parts a postcode from the end of an address.
func placeOf(s string) match.Address {
	words := strings.Fields(strings.ReplaceAll(s, ",", " , "))
	if n := len(words); n >= 2 && len(words[n-1]) == 3 && words[n-1][0] >= '0' && words[n-1][0] <= '9' {
		return match.Address{Lines: strings.ReplaceAll(strings.Join(words[:n-2], " "), " ,", ","), Postcode: words[n-2] + " " + words[n-1]}
	}
	return match.Address{Lines: s}
}

// Alike is somebody in our records who may be the child, or a relative.
type Alike struct {
	Row      ChildRow
	Class    match.Class
	Twin     bool
	Waits    bool
	Evidence []match.Evidence // nothing where the record is closed to whoever asks
}

// Likeness is who in our records a child may be.
type Likeness struct {
	Page   *ChildPage
	Same   []Alike // probably the same: at most one
	Review []Alike // look again
	Family []Alike // family or household
	Held   int     // how many people were looked through
	Row    DoorRow // what waits about the child, if anything does
	Other  ChildRow
}

// mostAlike is how many of each sort are shown.
const mostAlike = 8

// Known looks for a child among all others: is this child already known? A record
// that is closed to whoever asks is in the answer as whom to ask, and nothing else.
func (d *Desk) Known(ctx context.Context, do access.Action, id string) (*Likeness, error) {
	p, err := d.ChildFor(ctx, do, "Is this child already known?", id)
	if err != nil {
		return nil, err
	}
	index, err := d.a.knownPeople(ctx)
	if err != nil {
		return nil, err
	}
	out := &Likeness{Page: p, Held: index.Len()}
	paper, ok := paperOf(p.Record)
	var found []match.Candidate
	if ok {
		found = index.Search(paper, mostAlike)
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	if p.Status.Same != "" {
		ids = append(ids, p.Status.Same)
	}
	rows, waits := map[string]*ChildRow{}, map[string]bool{}
	var all []*ChildRow
	if err := d.a.Store.View(ctx, func(v View) error {
		if own, err := v.Door(ctx, DoorQuery{Children: []string{id}}); err != nil {
			return err
		} else if len(own) > 0 {
			out.Row = own[0]
		}
		if len(ids) == 0 {
			return nil
		}
		cs, err := v.Children(ctx, ChildQuery{IDs: ids})
		for i := range cs {
			rows[cs[i].Child] = &cs[i]
			all = append(all, &cs[i])
		}
		if err != nil {
			return err
		}
		ws, err := v.Door(ctx, DoorQuery{Children: ids})
		for _, x := range ws {
			waits[x.Child] = true
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := d.closedAll(ctx, "Is this child already known?", true, all...); err != nil {
		return nil, err
	}
	if r := rows[p.Status.Same]; r != nil {
		out.Other = *r
	}
	for _, c := range found {
		r := rows[c.ID]
		if r == nil {
			continue
		}
		x := Alike{Row: *r, Class: c.Class, Twin: c.Twin, Evidence: c.Evidence, Waits: waits[c.ID]}
		if r.Closed != "" {
			x.Evidence = nil
		}
		switch {
		case d.a.known.toldApart(id, c.ID): // looked at once and for all; they may still be family
			if c.Class == match.Relative {
				out.Family = append(out.Family, x)
			}
		case c.Class == match.Same && len(out.Same) == 0:
			out.Same = append(out.Same, x)
		case c.Class == match.Relative:
			out.Family = append(out.Family, x)
		default:
			out.Review = append(out.Review, x)
		}
	}
	return out, nil
}

// SameChild says that a record is about the same child as another, which is kept:
// what waits goes on there, from when it came. Nothing is lost by it, and it can be
// undone: see TellApart.
func (d *Desk) SameChild(ctx context.Context, id, kept, why, key string) (Done, error) {
	return d.joining(ctx, id, kept, key, child.SameAs{Child: kept, Why: why}, func(rec, _ child.Record) (there []child.Command) {
		for _, ev := range waitingEvents(rec) {
			there = append(there, child.Command{Happened: ev.When, Body: ev.Body, Source: entry.Source{Kind: "page", Of: child.Moved, Key: string(ev.ID)}})
		}
		return there
	})
}

// TellApart undoes SameChild: what was moved is withdrawn there, and what waited here
// waits here again, by its own clock.
func (d *Desk) TellApart(ctx context.Context, id, kept, why, key string) (Done, error) {
	return d.joining(ctx, id, kept, key, child.ToldApart{Child: kept, Why: why}, func(rec, other child.Record) (there []child.Command) {
		for i := range other.Events {
			ev := &other.Events[i]
			if ev.Source.Of != child.Moved {
				continue
			}
			if _, ok := rec.Event(entry.ID(ev.Source.Key)); !ok {
				continue
			}
			there = append(there, child.Command{Corrects: ev.ID, Body: child.Correction{Withdrawn: true, Why: "It is about another child: " + why}, Source: entry.Source{Kind: "page"}})
		}
		return there
	})
}

// waitingEvents are what waits about a child and what was found out since.
func waitingEvents(rec child.Record) (out []child.Event) {
	w := rec.Waiting()
	if !w.Waits() {
		return nil
	}
	return slices.Concat(w.Came, w.Found)
}

// joining records in two records of a child at once, all of it or none.
func (d *Desk) joining(ctx context.Context, id, kept, key string, says entry.Body, more func(rec, other child.Record) (there []child.Command)) (out Done, err error) {
	if id == kept || kept == "" {
		return out, entry.Refuse("child", "Choose another child")
	}
	by := d.actor()
	request, err := hashOf(id+" "+kept, []wish{{Actor: by, Kind: says.Kind(), Body: says}})
	if err != nil {
		return out, err
	}
	own, others := d.gate(access.RecordChild), d.gate(access.RecordChild, access.Tell)
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out = Done{}
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				out = *again
			}
			return err
		}
		l, err := d.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		rec, err := w.load(ctx, id)
		if err != nil {
			return err
		}
		other, err := w.load(ctx, kept)
		if err != nil {
			return err
		}
		there := more(rec, other)
		here := []child.Command{{Body: says, Source: entry.Source{Kind: "page", Program: d.who.Program}}}
		now := day.AtInstant(w.at.Now)
		for _, cs := range [][]child.Command{here, there} {
			for i := range cs {
				cs[i].Actor = by
				if cs[i].Happened.IsZero() {
					cs[i].Happened = now
				}
			}
		}
		if out, err = w.record(ctx, l, Do{Child: id, Commands: here, allow: own.allow}); err != nil {
			return err
		}
		if len(there) > 0 {
			if _, err := w.record(ctx, l, Do{Child: kept, Commands: there, allow: others.allow}); err != nil {
				return err
			}
		}
		return w.keepIf(Outcome{Key: key, Request: request, Child: id, Entries: out.Entries, At: w.at.Now})
	})
	return out, others.log(ctx, own.log(ctx, err))
}

// NotTheSame says for good that two records are about two children.
func (d *Desk) NotTheSame(ctx context.Context, id, other, why, key string) (Done, error) {
	return d.joining(ctx, id, other, key, child.NotSame{Child: other, Why: why}, func(_, _ child.Record) []child.Command { return nil })
}

// fewFound is below how many found children a search also looks for names that are
// spelt or written in another way.
const fewFound = 5

// alike finds children whose name is spelt or written in another way than in the words
// of a search, but those found already.
func (d *Desk) alike(ctx context.Context, words string, found []ChildRow) ([]ChildRow, error) {
	asked := match.Person{Kind: "child"}
	var names []string
	for _, w := range strings.Fields(words) {
		if on, err := day.Parse(w); err == nil {
			asked.Births = append(asked.Births, match.Born(on, match.Actual))
		} else if strings.ContainsAny(w, "0123456789") {
			asked.NHS += w
		} else {
			names = append(names, w)
		}
	}
	switch n := len(names); {
	case n >= 2:
		asked.Names = []match.Name{{Forename: names[0], Middle: strings.Join(names[1:n-1], " "), Surname: names[n-1]}}
	case n == 1 && len(asked.Births) > 0:
		asked.Names = []match.Name{{Forename: names[0]}, {Surname: names[0]}}
	default:
		return nil, nil // one word fits too many
	}
	index, err := d.a.knownPeople(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range index.Search(asked, mostAlike) {
		if c.Class != match.Relative && !slices.ContainsFunc(found, func(r ChildRow) bool { return r.Child == c.ID }) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	l, err := d.children(ctx, "Search", true, ChildQuery{IDs: ids})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(l.Rows, func(a, b ChildRow) int { return slices.Index(ids, a.Child) - slices.Index(ids, b.Child) })
	return l.Rows, nil
}
