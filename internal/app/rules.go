package app

import (
	"context"
	"slices"
	"sync"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/rulepacks"
)

// ruled is which rules are in force, and were. Safe for many goroutines.
type ruled struct {
	book  duty.Book
	own   *duty.Pack
	mu    sync.Mutex
	packs map[int]*duty.Pack // by how many adoptions were known
}

// rule makes the packs of a book. What was made for an earlier state of it
// serves again: a book only grows.
func (a *App) rule(b duty.Book, before *ruled) (*ruled, error) {
	r := &ruled{book: b, own: a.Pack, packs: map[int]*duty.Pack{}}
	if before != nil && before.book.Len() <= b.Len() {
		before.mu.Lock()
		for n, p := range before.packs {
			r.packs[n] = p
		}
		before.mu.Unlock()
	}
	_, err := r.of(b)
	return r, err
}

func (r *ruled) of(b duty.Book) (*duty.Pack, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.packs[b.Len()]; ok {
		return p, nil
	}
	p, err := b.Pack(r.own)
	if err == nil {
		r.packs[b.Len()] = p
	}
	return p, err
}

// counting is raised whenever the same rules begin to be counted in another way.
const counting = "9"

// sum is one name for the rules, and for how this program counts them.
func (r *ruled) sum() string {
	out := counting + " " + duty.Sum(r.own.Layers)
	for _, a := range r.book.Adoptions() {
		out += " " + a.From.String() + " " + a.SHA256
	}
	return out
}

// pack is the rules as they are now.
func (r *ruled) pack() *duty.Pack {
	p, err := r.of(r.book)
	if err != nil {
		return r.own // rule has made it, or nobody would have r
	}
	return p
}

// known is the rules as they were known at an instant; as now for zero.
func (r *ruled) known(t day.Instant) (*duty.Pack, error) {
	if t == 0 {
		return r.pack(), nil
	}
	return r.of(r.book.KnownAt(t))
}

// Rules are the rules as they were known at an instant; as now for zero.
func (a *App) Rules(ctx context.Context, known day.Instant) (p *duty.Pack, err error) {
	err = a.Store.View(ctx, func(v View) error {
		_, r, err := a.rulesOf(ctx, v)
		if err == nil {
			p, err = r.known(known)
		}
		return err
	})
	return p, err
}

// Book is which rules were adopted, by whom.
func (a *App) Book(ctx context.Context) (b duty.Book, err error) {
	err = a.Store.View(ctx, func(v View) error {
		_, r, err := a.rulesOf(ctx, v)
		if err == nil {
			b = r.book
		}
		return err
	})
	return b, err
}

func (a *App) rulesOf(ctx context.Context, v View) (Head, *ruled, error) {
	h, err := v.Head(ctx)
	if err != nil {
		return h, nil, err
	}
	_, r, err := a.authority(ctx, v, h)
	return h, r, err
}

// rules are the rules in force in a transaction.
func (w *writer) rules(ctx context.Context) (*duty.Pack, error) {
	if w.ruled == nil {
		_, r, err := w.a.authority(ctx, w.tx, w.head)
		if err != nil {
			return nil, err
		}
		w.ruled = r
	}
	return w.ruled.pack(), nil
}

// Adoption is a wish to bring rules into use.
type Adoption struct {
	Layers []duty.Layer
	From   day.Date // clocks that start from this day run by them
	Why    string
	Key    string // of the caller, so that asking twice adopts once
}

// adopt records an adoption and makes every row again by the new rules. The
// rules are in force when it is recorded; a fault in the making of the rows is
// put right at the next start.
func (a *App) adopt(ctx context.Context, who entry.Actor, x Adoption) (done Done, err error) {
	request, err := hashOf(string(entry.TheRules), []wish{{Actor: who, Happened: x.From.String(), Kind: duty.Adopted{}.Kind(), Body: duty.Adopted{Layers: x.Layers, Why: x.Why}}})
	if err != nil {
		return Done{}, err
	}
	err = a.write(ctx, func(w *writer) error {
		if again, err := w.before(ctx, x.Key, request); again != nil || err != nil {
			if again != nil {
				done = *again
			}
			return err
		}
		_, r, err := a.authority(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		es, err := r.book.Decide(Registry(), day.England(), who, x.From, x.Layers, x.Why, w.at)
		if err != nil {
			return err
		}
		for _, e := range es {
			done.Entries = append(done.Entries, e.ID)
			if err := w.add(e); err != nil {
				return err
			}
		}
		if err := w.tx.PutMeta(ctx, metaStale, "1"); err != nil {
			return err
		}
		if x.Key != "" {
			return w.keep(Outcome{Key: x.Key, Request: request, Entries: done.Entries, At: w.at.Now})
		}
		return nil
	})
	if err != nil || done.Again {
		return done, err
	}
	select { // what waits at the front door is not kept waiting for every list
	case a.doorAsked <- struct{}{}:
	default:
	}
	return done, a.Rebuild(ctx)
}

// inForce are the rules that were in force when the line was last asked for,
// as every desk does. Nothing may be written by them: a writer has its own.
func (a *App) inForce() *duty.Pack {
	a.mu.Lock()
	r := a.ruled
	a.mu.Unlock()
	if r == nil {
		return a.Pack
	}
	return r.pack()
}

// Adopt brings rules into use, in the name of a person who holds a post of a
// director or above. A desk asks the policies first.
func (a *App) Adopt(ctx context.Context, who entry.Actor, x Adoption) (Done, error) {
	l, err := a.Line(ctx)
	if err != nil {
		return Done{}, err
	}
	on := a.Clock.Now().Date()
	post, _ := l.Post(who.Post, on)
	held := l.Answers(who.Post, on)
	if !post.Stands(on) || post.Tier < line.Director || held.Person != who.Person {
		return Done{}, entry.Refuse("post", "Rules are adopted by whoever holds a director's post, or one above. Name that post, and the person in it")
	}
	return a.adopt(ctx, who, x)
}

// Adopt brings rules into use, in their name and post.
func (d *Desk) Adopt(ctx context.Context, x Adoption) (Done, error) {
	if err := d.May(access.AdoptRules); err != nil {
		return Done{}, err
	}
	return d.a.Adopt(ctx, d.actor(), x)
}

// Book is which rules were adopted.
func (d *Desk) Book(ctx context.Context) (duty.Book, error) { return d.a.Book(ctx) }

// Proposed is what an adoption would change.
type Proposed struct {
	Changes []duty.Change
	Rules   int // in all
}

// Propose says what rules would change if they were adopted from a day, or
// every fault in them.
func (a *App) Propose(ctx context.Context, layers []duty.Layer, from day.Date) (Proposed, error) {
	now, err := a.Rules(ctx, 0)
	if err != nil {
		return Proposed{}, err
	}
	p, err := duty.LoadLayers(day.England(), Registry(), layers...)
	if err != nil {
		return Proposed{}, &entry.Refusal{Problems: duty.Problems(err)}
	}
	return Proposed{Changes: duty.Diff(now, p, from), Rules: len(p.Rules)}, nil
}

// Propose says what rules would change, for whoever may adopt them.
func (d *Desk) Propose(ctx context.Context, layers []duty.Layer, from day.Date) (Proposed, error) {
	if err := d.May(access.AdoptRules); err != nil {
		return Proposed{}, err
	}
	return d.a.Propose(ctx, layers, from)
}

// Layers are the texts of the rules that are in force: the law first. An
// authority that adopted none has those that come with the program.
func (f *Front) Layers(ctx context.Context) (layers []duty.Layer, adopted bool, err error) {
	b, err := f.a.Book(ctx)
	if err != nil {
		return nil, false, err
	}
	if all := b.Adoptions(); len(all) > 0 {
		return all[len(all)-1].Layers, true, nil
	}
	return f.Pack.Layers, false, nil
}

// Book is which rules were adopted. It holds no word about a child.
func (f *Front) Book(ctx context.Context) (duty.Book, error) { return f.a.Book(ctx) }

// RulesOf are the rules of one adoption by themselves.
func (f *Front) RulesOf(x duty.Adoption) (*duty.Pack, error) {
	return duty.Reread(f.Pack, x.Layers)
}

// LawLayers is how many of the layers that come with Onus are law, or what it
// promises of itself: no authority can take them away.
func (f *Front) LawLayers() int { return min(len(rulepacks.Law), len(f.Pack.Layers)) }

// OverLaw lays an authority's own rules over those layers.
func (f *Front) OverLaw(own duty.Layer) []duty.Layer {
	layers := slices.Clone(f.Pack.Layers[:f.LawLayers()])
	if len(own.Files) > 0 {
		layers = append(layers, own)
	}
	return layers
}
