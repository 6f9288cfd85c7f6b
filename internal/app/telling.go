package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Telling is what somebody told us, about one child or several of one household.
type Telling struct {
	Children []TellingChild // the first is the one it is mostly about
	Happened day.When       // zero: now. What is sent twice is then still the same
	// Referral: whoever tells us asks for services. Else it is a contact.
	Referral bool
	From     string
	What     string
	child.Intake
	Key string
	// Receipts asks for the receipts of what was told, one for each child.
	Receipts bool
}

// TellingChild is a child whom it is about: known here, or not.
type TellingChild struct {
	ID    string // empty: not known yet, or nobody has looked
	Known child.Known
	// Why a new record is made though somebody like this child is known.
	Why string
}

// Tell records what somebody told us, about each child in the child's own record,
// all of it or none. The clock of each child runs from the same moment.
func (d *Desk) Tell(ctx context.Context, t Telling) ([]Done, error) {
	for _, c := range t.Children {
		if c.ID == "" {
			if err := d.May(access.RecordNewChild); err != nil {
				return nil, err
			}
		}
	}
	g := d.gate(access.RecordChild, access.Tell)
	done, err := d.a.tell(ctx, t, d.actor(), entry.Source{Kind: "page", Program: d.who.Program}, g.allow)
	return done, g.log(ctx, err)
}

// TellFromOutside records what somebody tells us who has no sign-in. It is always
// about children not known yet: whoever is outside learns nothing of whom we know.
func (f *Front) TellFromOutside(ctx context.Context, t Telling) ([]Done, error) {
	t.Receipts = true
	for i := range t.Children {
		t.Children[i].ID = ""
	}
	return f.a.tell(ctx, t, entry.Outside, entry.Source{Kind: "public form"}, nil)
}

const maxTold = 12 // children of one household

func (a *App) tell(ctx context.Context, t Telling, by entry.Actor, src entry.Source, allow func(View, ChildRow) error) ([]Done, error) {
	var ps []entry.Problem
	if len(t.Children) == 0 || len(t.Children) > maxTold {
		ps = append(ps, entry.Problem{Field: "given", Text: "Enter about whom it is: at least one child, and not more than 12"})
	}
	if strings.TrimSpace(t.What) == "" {
		ps = append(ps, entry.Problem{Field: "what", Text: "Enter what they told us"})
	}
	if strings.TrimSpace(t.From) == "" {
		ps = append(ps, entry.Problem{Field: "from", Text: "Enter who told us. If they did not say, write anonymous"})
	}
	if t.Consent == "refused" && strings.TrimSpace(t.Override) == "" {
		ps = append(ps, entry.Problem{Field: "consent_override", Text: "The parents refused. Enter why it is looked into all the same, or do not record it as a contact"})
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	request, err := hashOf(fmt.Sprint("told ", t.Referral), []wish{{Actor: by, Happened: t.Happened.String(), Kind: "contact", Body: child.Contact{From: t.From, What: t.What, Intake: t.Intake}}})
	if err != nil {
		return nil, err
	}
	for _, c := range t.Children {
		part, err := hashOf(c.ID+c.Why, []wish{{Actor: by, Kind: "child.known", Body: c.Known}})
		if err != nil {
			return nil, err
		}
		request += part
	}
	var out []Done
	err = a.writeTogether(ctx, func(ctx context.Context, w *writer) error {
		out = nil
		if again, err := w.before(ctx, t.Key, request); again != nil || err != nil {
			if again != nil {
				out, err = splitDone(ctx, w.tx, *again)
			}
			return err
		}
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		happened := t.Happened
		if happened.IsZero() {
			happened = day.AtInstant(w.at.Now)
		}
		ids := make([]string, len(t.Children))
		for i, c := range t.Children {
			if ids[i] = c.ID; ids[i] == "" {
				fresh, err := w.at.NewID()
				if err != nil {
					return err
				}
				ids[i] = string(fresh)
			}
		}
		var all []entry.ID
		for i, c := range t.Children {
			in := t.Intake
			in.Household = slices.Clone(t.Household)
			if i > 0 { // the answers are about the first child; what was said is about all
				in.Signs, in.Words = nil, ""
			}
			for j, o := range t.Children {
				if j == i {
					continue
				}
				m := child.Member{Relation: "child in the same household", Child: ids[j]}
				if o.ID == "" { // who is known here has a name in a record, which is not open to everybody
					m.Name = o.Known.Name()
				}
				in.Household = append(in.Household, m)
			}
			var body entry.Body = child.Contact{From: t.From, What: t.What, Intake: in}
			if t.Referral {
				body = child.Referral{From: t.From, What: t.What, Intake: in}
			}
			do := Do{Child: c.ID, as: ids[i], allow: allow}
			if c.ID == "" {
				do.Commands = append(do.Commands, child.Command{Actor: by, Happened: happened, Source: src, Body: c.Known})
			}
			do.Commands = append(do.Commands, child.Command{Actor: by, Happened: happened, Source: src, Body: body})
			if c.Why != "" {
				do.Commands = append(do.Commands, child.Command{Actor: by, Happened: happened, Source: src, Body: child.Note{Text: "A new record was made though somebody like this child is known here. Why: " + c.Why}})
			}
			done, err := w.record(ctx, l, do)
			if err != nil {
				return err
			}
			out = append(out, done)
			all = append(all, done.Entries...)
		}
		return w.keepIf(Outcome{Key: t.Key, Request: request, Child: ids[0], Entries: all, At: w.at.Now})
	})
	if err != nil {
		return nil, err
	}
	if t.Receipts {
		for i := range out {
			for _, id := range out[i].Entries {
				text, err := a.Receipt(ctx, id)
				if err != nil {
					return out, err
				}
				out[i].Receipts = append(out[i].Receipts, text)
			}
		}
	}
	return out, nil
}

// splitDone parts what was done under one key by the children that it was about.
func splitDone(ctx context.Context, v View, d Done) (out []Done, err error) {
	for _, id := range d.Entries {
		st, err := v.Entry(ctx, id)
		if err != nil {
			return nil, err
		}
		of, _ := st.Entry.Subject.Child()
		if n := len(out); n == 0 || out[n-1].Child != of {
			out = append(out, Done{Child: of, Again: true})
		}
		out[len(out)-1].Entries = append(out[len(out)-1].Entries, id)
	}
	return out, nil
}

// keepIf keeps what was done, where it had a key.
func (w *writer) keepIf(o Outcome) error {
	if o.Key == "" {
		return nil
	}
	return w.keep(o)
}
