package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/shell"
)

// askedData is the page on which a worker answers whether they take a child, and a
// manager an objection.
type askedData struct {
	entered
	Child, Name, Age, Sub string
	Record                string // where the child's is
	Asks                  []askLine
	Changed               string // of the child: how many workers
	Seen                  int64
	Left                  []handLine // still to be handed over
	Allocation            string
	Second                [][2]string
}

type askLine struct {
	ID, Post, Who, As, By, When, Why string
	Load                             []string
	Bad                              bool
	Over                             []string
	HandOver                         []string
	Objection                        string
	Objected                         string // when and by whom
	Mine                             bool   // whoever looks answers for the post
	Manage                           bool   // or allocates in the team
	Due                              string
}

func (s *Server) asked(w http.ResponseWriter, r *request) error {
	d := askedData{entered: notEntered()}
	if err := s.typedBefore(r, &d.entered); err != nil {
		return err
	}
	return s.askedPage(w, r, http.StatusOK, d)
}

func (s *Server) askedPage(w http.ResponseWriter, r *request, code int, d askedData) error {
	p, err := r.desk.ChildFor(r.ctx(), access.SeeChild, "Worker asked", r.PathValue("child"))
	if err != nil {
		return err
	}
	on := p.At.Date()
	d.Record = r.then("/child/" + p.Record.Child)
	d.Child, d.Name, d.Age, d.Seen = p.Record.Child, p.Identity.Name(), age(p.Identity.Birth, p.Identity.Expected, on), p.LastSeq
	situation, rest := situationLine(p)
	d.Sub = strings.TrimSpace(situation + " " + rest)
	if p.Status.Workers > 0 {
		d.Changed = count(p.Status.Workers, "worker", "workers") + " so far in this case."
	}
	for _, a := range p.Status.Asked {
		ev, ok := p.Record.Event(a.ID)
		b, is := ev.Body.(child.AllocationProposed)
		if !ok || !is {
			continue
		}
		l := askLine{ID: string(a.ID), Post: a.Post, Who: whoOwes(p.Line, line.KeyOf(a.Post), on), As: a.As, By: p.Line.Name(ev.Author), When: near(a.At, p.At), Why: b.Why,
			Mine: r.desk.MayTake(p.Access, a.Post), Manage: r.desk.MayTeam(access.Allocate, b.Team) == nil}
		if b.Load != nil {
			l.Load, l.Bad = loadWords(*b.Load)
		}
		if b.Over != nil {
			l.Over = overWords(p.Line, *b.Over)
		}
		for _, x := range b.HandOver {
			text := x.What + ": " + x.State
			if x.Note != "" {
				text += ". " + x.Note
			}
			l.HandOver = append(l.HandOver, text)
		}
		if a.Objected != "" {
			if e, ok := p.Record.Event(a.Objected); ok {
				l.Objection, l.Objected = e.Body.(child.AllocationObjected).Why, p.Line.Name(e.Author)+", "+near(e.When.From(), p.At)
			}
		}
		for i := range p.Duties {
			u := &p.Duties[i]
			if (u.Start == a.ID || u.Start == a.Objected) && u.State == duty.Open {
				l.Due = near(u.Due.By, p.At)
				if !u.Due.Clock {
					l.Due = "the end of " + u.Due.On.Short()
				}
			}
		}
		d.Asks = append(d.Asks, l)
	}
	if id := p.Status.HandingOver; id != "" && r.desk.MayChild(access.RecordChild, p.Access) == nil {
		d.Allocation = string(id)
		for i, x := range leftOver(p.Record, id) {
			n := strconv.Itoa(i)
			d.Left = append(d.Left, handLine{n, x.What, cmp.Or(d.Values["hand_over-"+n], child.HandOverDone), d.Values["hand_over_note-"+n]})
		}
	}
	for _, post := range p.Status.Second {
		d.Second = append(d.Second, [2]string{post, whoOwes(p.Line, line.KeyOf(post), on)})
	}
	f := s.page(r, "Who takes "+d.Name, "/unallocated")
	f.Errors = d.Errors.Any()
	if done := r.URL.Query().Get("done"); done != "" {
		if e, ok := findLog(p, entry.ID(done)); ok {
			k, _ := app.Registry().Known(e.Kind)
			at := "/child/" + d.Child + "/entry/" + done
			f.Notice = &shell.Notice{Kind: "success", Text: k.Title + ". It is recorded.", Links: []shell.Link{{Text: "See it", Href: at}, {Text: "Your receipt", Href: at + "/receipt"}}}
		}
	}
	return s.render(w, code, askedPageOf(f, d))
}

// leftOver is what was still to hand over when an allocation was made.
func leftOver(rec child.Record, allocation entry.ID) (out []child.HandOverItem) {
	ev, ok := rec.Event(allocation)
	b, is := ev.Body.(child.Allocation)
	if !ok || !is {
		return nil
	}
	ask, _ := rec.Event(b.Proposal)
	p, ok := ask.Body.(child.AllocationProposed)
	if !ok {
		return nil
	}
	for _, x := range p.HandOver {
		if x.State == child.HandOverToDo {
			out = append(out, x)
		}
	}
	return out
}

func loadWords(l child.AllocationLoad) (out []string, bad bool) {
	out = append(out, "In the next "+count(l.Weeks, "week", "weeks")+" "+halves(l.Owed)+" are owed without this child, and "+halves(l.Available)+" are there. This child adds "+halves(l.Child)+".")
	switch {
	case l.With == 0:
		out = append(out, "With this child the work can be done in the next eight weeks, as far as is known.")
	case l.First == l.With:
		bad = true
		out = append(out, "The work cannot all be done from "+l.With.Full()+", with or without this child.")
	case l.First == 0:
		bad = true
		out = append(out, "With this child the work cannot all be done from "+l.With.Full()+".")
	default:
		bad = true
		out = append(out, "The work could not all be done from "+l.First.Full()+" already; with this child from "+l.With.Full()+".")
	}
	return out, bad
}

func overWords(l *line.Line, o child.OverLimit) (out []string) {
	out = append(out, halves(o.Short)+" short up to "+o.Until.Short()+".")
	for _, a := range o.Added {
		out = append(out, "Hours added: "+halves(a.Hours)+", "+a.What+".")
	}
	if n := len(o.Down); n > 0 {
		out = append(out, count(n, "piece of work was", "pieces of work were")+" stood down: "+o.Down[0].Why)
	}
	if o.Accepted > 0 {
		out = append(out, halves(o.Accepted)+" over, accepted by "+lower(l.Title(o.By))+". What could go wrong: "+o.Risk)
	}
	return out
}

func (s *Server) answerAsked(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := askedData{entered: enteredIn(r)}
	id := r.PathValue("child")
	if err := r.desk.Enter(r.ctx(), access.SeeChild, "Worker asked", id); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	of := entry.ID(v("proposal"))
	var b entry.Body
	switch r.FormValue("do") {
	case "take-" + string(of):
		b = child.AllocationAccepted{Proposal: of, Words: v("words")}
	case "object-" + string(of):
		b = child.AllocationObjected{Proposal: of, Why: v("why")}
	case "withdraw-" + string(of):
		b = child.AllocationWithdrawn{Proposal: of, Why: v("why")}
	case "insist-" + string(of):
		p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Worker asked", id)
		if err != nil {
			return err
		}
		ev, _ := p.Record.Event(of)
		x, ok := ev.Body.(child.AllocationProposed)
		if !ok {
			return app.ErrNotFound
		}
		b = child.Allocation{Post: x.Post, Team: x.Team, Why: v("why"), Proposal: of, HandOver: child.LeftToHandOver(x.HandOver)}
	case "handed":
		h := child.HandedOver{Allocation: entry.ID(v("allocation")), Learnt: v("learnt")}
		p, err := r.desk.ChildFor(r.ctx(), access.RecordChild, "Worker asked", id)
		if err != nil {
			return err
		}
		for i, x := range leftOver(p.Record, h.Allocation) {
			n := strconv.Itoa(i)
			h.Items = append(h.Items, child.HandOverItem{What: x.What, State: cmp.Or(v("hand_over-"+n), child.HandOverDone), Note: v("hand_over_note-" + n)})
		}
		b = h
	case "second":
		b = child.SecondEnded{Post: v("post"), Why: v("why")}
	default:
		return app.ErrNotFound
	}
	seen, _ := strconv.ParseInt(v("seen"), 10, 64)
	done, err := r.desk.AnswerAsked(r.ctx(), id, b, r.person()+" "+d.Key, seen)
	if errors.Is(err, app.ErrConflict) {
		d.Errors.Add(d.Form, "Somebody recorded something about this child in the meantime. What you typed is still here. Look again, then send it")
		return s.askedPage(w, r, http.StatusConflict, d)
	}
	if _, refused := entry.Problems(err); refused {
		d.place(err, func(field string) string {
			switch form := d.Form; {
			case strings.HasPrefix(field, "hand_over"):
				return field
			case form == "handed":
				return "learnt"
			case field != "why":
				return form
			case strings.HasPrefix(form, "object-"):
				return "why-" + string(of)
			case form == "second":
				return "why-second-" + v("post")
			default:
				kind, _, _ := strings.Cut(form, "-")
				return kind + "-why-" + string(of)
			}
		})
		return s.askedPage(w, r, http.StatusUnprocessableEntity, d)
	} else if err != nil {
		return err
	}
	s.recorded(r)
	to := "/child/" + id + "/asked?done=" + string(done.Entries[0])
	if _, took := b.(child.AllocationAccepted); took { // the child is theirs: there is nothing left to answer
		to = "/child/" + id + "?done=" + string(done.Entries[0])
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
