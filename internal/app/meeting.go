package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
)

// WouldMeet are the duties that are open now and that a meeting would meet if it were held
// now: the same rules say it that will say it then.
func (p *ChildPage) WouldMeet(b entry.Body) (out []duty.Duty) {
	const id = "this meeting"
	e := entry.Entry{ID: id, Kind: b.Kind(), Subject: entry.OfChild(p.Record.Child), Happened: day.AtInstant(p.At), Recorded: p.At, Body: b}
	if k, ok := Registry().Known(b.Kind()); ok && !k.Timed {
		e.Happened = day.On(p.At.Date())
	}
	met := map[string]bool{}
	for _, d := range p.Rules.Duties(child.Apply(p.Record.Clip(), e), p.At) {
		if d.EndedBy == id && (d.State == duty.Met || d.State == duty.MetLate) {
			met[d.ID()] = true
		}
	}
	for _, d := range p.Open() {
		if met[d.ID()] {
			out = append(out, d)
		}
	}
	return out
}

// incomplete is what speaks against a meeting as it was written down: that nobody says why it
// was held without somebody who must be there. Entries that do not say who came are not asked.
func incomplete(pack *duty.Pack, c child.Command) []entry.Problem {
	sort, h, held := child.HeldOf(c.Body)
	if !held || len(h.There) == 0 || c.Source.Kind == "import" || strings.TrimSpace(h.Without) != "" {
		return nil
	}
	needs, ok := pack.Needs(sort, c.Happened.Date)
	if !ok {
		return nil
	}
	if missing := needs.Missing(h.There); len(missing) > 0 {
		return []entry.Problem{{Field: "held_without_because", Text: fmt.Sprintf("Without %s: say why it was held all the same (%s)", strings.Join(missing, " and "), needs.Source.Document)}}
	}
	return nil
}

// meeting asks of meetings that were held what the rules of their day need.
func (w *writer) meeting(ctx context.Context, cmds []child.Command) error {
	for _, c := range cmds {
		if _, h, held := child.HeldOf(c.Body); !held || len(h.There) == 0 {
			continue
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		if ps := incomplete(pack, c); len(ps) > 0 {
			return &entry.Refusal{Problems: ps}
		}
	}
	return nil
}

// RecordTogether records about several children what one act says of each: all of it or
// none. Each child has entries and a clock of its own. The first is the one it is mostly about.
func (d *Desk) RecordTogether(ctx context.Context, dos []Do, key string) (out []Done, err error) {
	request := ""
	var refused *ChildRow
	for i := range dos {
		do := &dos[i]
		if do.Child == "" {
			return nil, entry.Refuse("child", "Say which child it is about")
		}
		if err := d.signs(*do); err != nil {
			return nil, err
		}
		part, err := do.hash()
		if err != nil {
			return nil, err
		}
		request += part
		do.allow = d.allows(ctx, do.Commands, &refused)
	}
	err = d.a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out = nil
		if again, err := w.before(ctx, key, request); again != nil || err != nil {
			if again != nil {
				out, err = splitDone(ctx, w.tx, *again)
			}
			return err
		}
		l, err := d.a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		var all []entry.ID
		for _, do := range dos {
			if do.Now {
				do.Commands = slices.Clone(do.Commands)
				for i := range do.Commands {
					do.Commands[i].Happened = day.AtInstant(w.at.Now)
				}
			}
			done, err := w.record(ctx, l, do)
			if err != nil {
				return err
			}
			out, all = append(out, done), append(all, done.Entries...)
		}
		return w.keepIf(Outcome{Key: key, Request: request, Child: dos[0].Child, Entries: all, At: w.at.Now})
	})
	return out, d.refused(ctx, refused, err)
}
