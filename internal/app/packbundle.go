package app

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"slices"

	"onus/internal/access"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/ledger"
)

// leaf of an entry, as a pack names it. It says nothing of the entry to anybody
// without the salt.
func (p PackPart) leaf() string {
	var salt ledger.Salt
	copy(salt[:], p.salt)
	return base64.StdEncoding.EncodeToString(ledger.Leaf(p.Entry.Canonical(), salt))
}

// TakenPack is a pack that the worker took: as one file whose proofs verify without
// a server, and what a page of it shows.
type TakenPack struct {
	*PackPage
	File  []byte
	Given []GivenPart
}

// GivenPart is a part as the pack gives it.
type GivenPart struct {
	hearing.Held
	Title string
	About string      // initials of the child of whom it speaks
	Entry entry.Entry // whole; zero: Text, or nothing
	Text  string
	Note  string
}

// TakePack gives the worker their own pack. It is a look at each child that it
// speaks of, logged before anything is shown, with its ground.
func (d *Desk) TakePack(ctx context.Context, id string) (*TakenPack, error) {
	r, err := d.packRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.mayPack(access.TakePack, r); err != nil {
		return nil, err
	}
	if r.State() != hearing.Ready {
		return nil, entry.Refuse("", "The pack is not made out yet")
	}
	var looks []Read
	seen := map[string]bool{}
	for _, h := range r.Made.Parts {
		if h.Child != "" && !seen[h.Child] {
			seen[h.Child] = true
			looks = append(looks, Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: h.Child, What: takingPack, Grounds: d.as.OnPack(access.TakePack, d.packFacts(r)).Policy})
		}
	}
	if err := d.log(ctx, looks); err != nil {
		return nil, err
	}
	p := &TakenPack{PackPage: &PackPage{Record: r, Line: d.line, Now: d.now, Mine: true, Take: true}}
	about, err := d.a.initialsOf(ctx, seen)
	if err != nil {
		return nil, err
	}
	b := hearing.Bundle{Format: hearing.Format, Parts: []hearing.BundlePart{}}
	for _, x := range []struct {
		id entry.ID
		to *string
	}{{r.Entry, &b.Asked}, {r.MadeEntry, &b.MadeOut}} {
		text, err := d.a.Receipt(ctx, x.id)
		if err != nil {
			return nil, err
		}
		*x.to = string(text)
	}
	parts, err := d.a.packParts(ctx, r)
	if err != nil {
		return nil, err
	}
	now := map[string]PackPart{}
	for _, x := range parts {
		now[x.ID] = x
	}
	for _, h := range r.Made.Parts {
		x, there := now[h.ID]
		g := GivenPart{Held: h, Title: x.Title, About: about[h.Child]}
		y := hearing.BundlePart{ID: h.ID}
		if there {
			if again, text := x.held(r, d.line); again.SHA256 == h.SHA256 {
				g.Text = text
			}
		}
		switch {
		case h.How == hearing.Out:
			g.Text, g.About = "", ""
		case h.SHA256 != "" && g.Text == "":
			g.Note = "It cannot be made again as it was: something was erased by law since, or Onus counts in another way now."
		}
		if h.Leaf != "" {
			if y.Receipt, err = d.a.packReceipt(ctx, entry.ID(h.ID), h); errors.Is(err, ErrErased) {
				g.Note = "It was erased by law since. Its place is proved."
				g.Text = ""
				y.Receipt, err = d.a.packPlace(ctx, h.Index)
			}
			if err != nil {
				return nil, err
			}
			if h.How == hearing.Whole && g.Note == "" {
				g.Entry = x.Entry
			}
		}
		y.Text, y.Note = g.Text, g.Note
		b.Parts = append(b.Parts, y)
		p.Given = append(p.Given, g)
	}
	p.File, err = b.Encode()
	return p, err
}

// initialsOf children, by their ids.
func (a *App) initialsOf(ctx context.Context, of map[string]bool) (out map[string]string, err error) {
	out = map[string]string{}
	if len(of) == 0 {
		return out, nil
	}
	err = a.Store.View(ctx, func(v View) error {
		rows, err := v.Children(ctx, ChildQuery{IDs: slices.Sorted(maps.Keys(of))})
		for _, row := range rows {
			out[row.Child] = initials(row.Name)
		}
		return err
	})
	return out, err
}

// packReceipt is the receipt of an entry in a pack: with its text where it is given
// whole, else of its place alone.
func (a *App) packReceipt(ctx context.Context, id entry.ID, h hearing.Held) (string, error) {
	if h.How != hearing.Whole {
		return a.packPlace(ctx, h.Index)
	}
	text, err := a.Receipt(ctx, id)
	return string(text), err
}

// packPlace proves what leaf stands at a place in the ledger, without its text.
func (a *App) packPlace(ctx context.Context, index int64) (text string, err error) {
	err = a.Store.View(ctx, func(v View) error {
		if err := a.inUse(ctx, v); err != nil {
			return err
		}
		h, err := v.Head(ctx)
		if err != nil {
			return err
		}
		need, err := ledger.Reads(index, h.Size)
		if err != nil {
			return err
		}
		stored, err := fetched(need, hashes(ctx, v))
		if err != nil {
			return err
		}
		cp, _, err := a.signed(h.Size, stored)
		if err != nil {
			return err
		}
		proof, err := ledger.Prove(index, h.Size, stored)
		if err != nil {
			return err
		}
		b, err := ledger.Receipt{Index: index, Proof: proof, Checkpoint: cp}.MarshalText()
		text = string(b)
		return err
	})
	return text, err
}

// PackList is their own packs, and those that posts of theirs owe.
type PackList struct {
	Mine []PackRow
	Owed []PackOwed
	Next Cursor
}

// Packs lists them: their own newest first, what is owed first due first.
func (d *Desk) Packs(ctx context.Context, after Cursor, limit int) (*PackList, error) {
	if err := d.May(access.AskPack); err != nil {
		return nil, err
	}
	l := &PackList{}
	var err error
	if l.Owed, err = d.PacksOwed(ctx); err != nil {
		return nil, err
	}
	err = d.view(ctx, func(v View) error {
		l.Mine, err = v.Packs(ctx, PackQuery{Worker: d.who.Person, After: after, Limit: limit + 1})
		return err
	})
	if len(l.Mine) > limit {
		l.Mine = l.Mine[:limit]
		last := l.Mine[limit-1]
		l.Next = Cursor{At: int64(last.Asked), ID: last.ID}
	}
	return l, err
}

// PacksOwed are the packs that posts of theirs owe, and that they may prepare.
func (d *Desk) PacksOwed(ctx context.Context) (out []PackOwed, err error) {
	if err := d.May(access.AskPack); err != nil {
		return nil, err
	}
	at, _, _ := d.Then()
	err = d.view(ctx, func(v View) error {
		rows, err := v.PackOwed(ctx, PackOwedQuery{Posts: append([]string{}, d.posts()...), On: at.Date(), Limit: maxOwed})
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, o := range rows {
			r, _, err := packOf(ctx, v, o.Pack)
			if err != nil {
				return err
			}
			if !seen[o.Pack] && d.as.OnPack(access.PreparePack, d.packFacts(r)).Allowed {
				seen[o.Pack] = true
				out = append(out, o)
			}
		}
		return nil
	})
	return out, err
}

// PackReceipt is the receipt of an entry of a pack that they may read.
func (d *Desk) PackReceipt(ctx context.Context, p *PackPage, id entry.ID) ([]byte, error) {
	if id != p.Entry && id != p.MadeEntry {
		return nil, ErrNotFound
	}
	return d.a.Receipt(ctx, id)
}
