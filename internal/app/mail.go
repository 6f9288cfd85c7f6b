package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
)

// Mail is how mail leaves.
type Mail struct {
	Mailer    Mailer
	PublicURL string // where people open Onus, without a slash at the end: links begin with it
}

// Mailer hands mails to a mail server.
type Mailer interface {
	// Send hands mails over in their order, and calls told for each one right
	// after the server took it (nil) or refused it, or hung up over it. An error says
	// that the server could not be asked any more: those that told was not called for
	// were not tried. An error of told ends it and is given back. No error's text
	// holds personal data: it is kept and shown.
	Send(ctx context.Context, ms []Message, told func(i int, err error) error) error
}

// Message is one mail.
type Message struct {
	ID      string // the same whenever it is sent again
	To      string // an address: line.MailAddress
	Subject string // one line
	Text    string
	At      day.Instant // when it was written
}

// How mail is sent.
const (
	outLease  = 10 * day.Minute    // a message begun and not heard of since is tried again after this
	outEnds   = 3 * 24 * day.Hour  // after this no try is made any more
	outSlow   = day.Hour           // the longest pause between tries
	outStorm  = 20                 // so many mails about steps each hour to one post; more are told by the digest
	keptOuts  = 90 * 24 * day.Hour // how long messages are kept that ended
	unheardOf = "it was begun, and not known to have ended"
	noAddress = "nobody has said where mail for this person goes"
	nobody    = "nobody is in this post, nor in one above it"
)

// pause before the next try, after so many: 1, 2, 4 minutes, and so on to an hour.
func pause(tries int) day.Instant {
	return min(day.Minute<<min(max(tries-1, 0), 10), outSlow)
}

// climbed is a step that was taken, and the rule that says so.
type climbed struct {
	child.DutyClimbed
	rule *duty.Rule
}

// tellClimbed puts into the outbox that steps were taken.
func (w *writer) tellClimbed(ctx context.Context, rec child.Record, steps []climbed) error {
	if w.a.Mail == nil {
		return nil
	}
	who := ""
	if !walled(rec.Guard()) {
		who = initials(rec.Identity().Name())
	}
	for _, s := range steps {
		what, why := owing(s.rule.Duty, who, s.Due), climbWhy(s)
		at := w.a.Mail.dutyLink(rec.Child, s.Duty)
		o := Out{Matter: DutyMatter(s.Duty), Step: strconv.Itoa(s.Step), Child: rec.Child, Subject: oneLine("A duty has climbed to you: " + s.rule.Duty),
			Brief: what + ". " + why + "\n  " + at,
			Text: letter("A duty to a child has climbed to you.", what+".\n"+why, at,
				"Opening the page does not end the duty. It ends when the work is recorded, or when it is declined or stood down by name.")}
		if err := w.tell(ctx, s.Post, o); err != nil {
			return err
		}
	}
	return nil
}

// walled says that something keeps people out of a record who would else be let
// in: then not even initials leave.
func walled(g child.Guard) bool { return g.Restriction != nil || len(g.Related) > 0 }

// climbWhy says why a step was taken.
func climbWhy(s climbed) string {
	why := "It climbed because it was not done in time."
	if s.Step >= 1 && s.Step <= len(s.rule.Climbs) {
		if after := s.rule.Climbs[s.Step-1].After; after.N != 0 {
			why = "It climbed because it was still not done " + after.String() + " after it was due."
		}
	}
	return why
}

// tellConcern puts into the outbox that a post was told of a concern. Nothing
// that the concern says stands there.
func (w *writer) tellConcern(ctx context.Context, id string, e entry.ID, b concern.Told) error {
	if w.a.Mail == nil {
		return nil
	}
	what := "A concern waits for your answer, by " + b.By.Full() + "."
	why := "You were told because " + b.Why + "."
	at := w.a.Mail.PublicURL + "/concern/" + url.PathEscape(id)
	return w.tell(ctx, b.Post, Out{Matter: ConcernMatter(id), Step: string(e), Subject: "A concern waits for your answer",
		Brief: what + " " + why + "\n  " + at, Text: letter(what, why, at, "Reading is not answering: without an answer it climbs.")})
}

// letterTo is a message to a post that leaves with the transaction.
type letterTo struct {
	post string
	out  Out
}

// tellDoor tells at once of what cannot wait for somebody to look: what came in about
// a child who has a worker goes to the worker and to the manager, what was rated red
// to the front door. es are what was just recorded.
func (w *writer) tellDoor(rec child.Record, l *line.Line, es []entry.Entry) {
	x := rec.Waiting()
	if w.a.Mail == nil || !x.Waits() {
		return
	}
	on := w.at.Now.Date()
	who := ""
	if !walled(rec.Guard()) {
		who = ", " + initials(rec.Identity().Name())
	}
	at := w.a.Mail.PublicURL + "/front-door/" + url.PathEscape(rec.Child)
	say := func(post, step, subject, what, why string) {
		w.letters = append(w.letters, letterTo{post, Out{Matter: "door:" + string(x.First.ID), Step: step, Child: rec.Child, Subject: subject, Brief: what + ". " + why + "\n  " + at,
			Text: letter(subject+".", what+".\n"+why, at, "Opening the page decides nothing. The clock runs until somebody decides.")}})
	}
	for _, e := range es {
		switch b := e.Body.(type) {
		case child.Contact, child.Referral:
			if x.Had == "" || e.Source.Kind == "import" {
				continue
			}
			s := rec.On(endOf(w.at.Now))
			for _, post := range []string{s.Post, l.Resolve(line.KeyOfManager(s.Team), on)} {
				say(post, string(e.ID), "Something came in about a child of yours", "Somebody told us something about a child who has a worker"+who, "It stands in no queue: it is the worker's to decide, and the manager's to look at.")
			}
		case child.Rated:
			if x.Had == "" && b.Rating == child.Ratings[0] {
				say(l.Resolve(line.KeyOfFunction(line.FrontDoor), on), "red", "Something was rated red at the front door", "What waits at the front door was rated red"+who, "The page says by which rule, and by when it must be decided.")
			}
		}
	}
}

// tell puts a message to a post into the outbox. Where there are too many for a
// mail each, all but concerns is left to the digest.
func (w *writer) tell(ctx context.Context, post string, o Out) (err error) {
	if post == "" {
		return nil // there is no line: the watchdog says so
	}
	if o.ID, err = w.at.NewID(); err != nil {
		return err
	}
	o.Who, o.Channel, o.State, o.Made, o.Next = PostKey(post), OutMail, OutWaiting, w.at.Now, w.at.Now
	if !strings.HasPrefix(o.Matter, ConcernMatter("")) { // a warning is never one of many
		lately, err := w.tx.CountOuts(ctx, OutQuery{Who: []string{o.Who}, MadeAfter: w.at.Now - day.Hour, NoDigest: true})
		if err != nil {
			return err
		}
		if outs(lately) >= outStorm {
			o.State, o.Ended = OutInDigest, w.at.Now
		}
	}
	_, err = w.tx.PutOut(ctx, o)
	return err
}

func outs(cs []OutCount) (n int) {
	for _, c := range cs {
		n += c.N
	}
	return n
}

func (m *Mail) dutyLink(child, duty string) string {
	return m.PublicURL + "/child/" + url.PathEscape(child) + "/duty/" + url.PathEscape(duty)
}

// letter is the text of a mail.
func letter(first, body, at, last string) string {
	return first + "\n\n" + body + "\n\nOpen it here:\n" + at + "\n\n" + last + "\n\n" + foot
}

const foot = "This mail is from Onus. No name stands in it, on purpose: please do not answer it, and do not add a name when you pass it on.\n"

// owing is what is owed, in one line.
func owing(duty, who string, due day.Date) string {
	out := oneLine(duty)
	if who != "" {
		out += ", " + who
	}
	return out + ", due " + due.Full()
}

// initials are all that a mail says of a child.
func initials(name string) string {
	var first []string
	for _, word := range strings.Fields(name) {
		for _, r := range word {
			if unicode.IsLetter(r) {
				first = append(first, string(unicode.ToUpper(r))+".")
				break
			}
		}
	}
	if n := len(first); n > 2 {
		first = []string{first[0], first[n-1]}
	}
	return strings.Join(first, "")
}

// oneLine makes a text fit for a header: one line, nothing that steers a
// terminal or a mail program, and not too long.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }), " ")
	if r := []rune(s); len(r) > 150 {
		s = string(r[:149]) + "…"
	}
	return s
}

// SendMail sends what waits and is to be tried now, at most so many. It gives
// how many it took in hand, and how many of them left. Each is marked as sent
// after the server took it: when that mark is lost, it leaves again with the same id.
func (a *App) SendMail(ctx context.Context, limit int) (tried, sent int, err error) {
	if a.Mail == nil {
		return 0, 0, nil
	}
	now := a.Clock.Now()
	mine, l, err := a.takeOuts(ctx, now, limit)
	if err != nil || len(mine) == 0 {
		return 0, 0, err
	}
	var ms []Message
	var of []int
	for i := range mine {
		to, problem := addressee(l, mine[i].Who, now.Date())
		if problem != "" {
			if err := a.markOut(ctx, &mine[i], problem, now+outSlow); err != nil {
				return len(mine), 0, err
			}
			continue
		}
		ms = append(ms, Message{ID: string(mine[i].ID), To: to, Subject: mine[i].Subject, Text: mine[i].Text, At: mine[i].Made})
		of = append(of, i)
	}
	if len(ms) == 0 {
		return len(mine), 0, nil
	}
	heard := make([]bool, len(ms))
	failed := a.Mail.Mailer.Send(ctx, ms, func(i int, err error) error {
		heard[i] = true
		o := &mine[of[i]]
		if err != nil {
			return a.markOut(ctx, o, err.Error(), now+pause(o.Tries))
		}
		sent++
		was := o.Next
		o.State, o.Ended, o.Problem = OutSent, a.Clock.Now(), ""
		return a.Store.Update(ctx, func(tx Tx) error {
			_, err := tx.SetOut(ctx, *o, was)
			return err
		})
	})
	if failed != nil && ctx.Err() == nil {
		some := slices.Contains(heard, true)
		for i, o := range of {
			if !heard[i] {
				next := now + pause(mine[o].Tries)
				if some { // one before it broke the connection, which must not hold this one up
					next = now + pause(1)
				}
				if err := a.markOut(ctx, &mine[o], failed.Error(), next); err != nil {
					return len(mine), sent, err
				}
			}
		}
	}
	return len(mine), sent, failed
}

// takeOuts takes messages in hand, so that no other process takes them too, and
// gives up those whose time is over.
func (a *App) takeOuts(ctx context.Context, now day.Instant, limit int) (mine []Out, l *line.Line, err error) {
	var due []Out
	err = a.Store.View(ctx, func(v View) error {
		if due, err = v.Outs(ctx, OutQuery{State: OutWaiting, DueAt: now, Limit: limit}); err != nil || len(due) == 0 {
			return err
		}
		l, err = a.lineOf(ctx, v)
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, nil, err
	}
	err = a.Store.Update(ctx, func(tx Tx) error {
		mine = nil
		for _, o := range due {
			was := o.Next
			// One that nobody tried when it was time, since Onus stood still, gets one more.
			if o.Tries > 0 && now-o.Made >= outEnds && now-o.Next < outSlow {
				o.State, o.Ended = OutGivenUp, now
			} else {
				o.Tries++
				o.Next, o.Problem = now+outLease, unheardOf
			}
			ours, err := tx.SetOut(ctx, o, was)
			if err != nil {
				return err
			}
			if ours && o.State == OutWaiting {
				mine = append(mine, o)
			}
		}
		return nil
	})
	return mine, l, err
}

// markOut says why a message did not leave, and when it is tried next.
func (a *App) markOut(ctx context.Context, o *Out, problem string, next day.Instant) error {
	was := o.Next
	o.Problem, o.Next = oneLine(problem), next
	return a.Store.Update(ctx, func(tx Tx) error {
		_, err := tx.SetOut(ctx, *o, was)
		return err
	})
}

// addressee is where a message goes today.
func addressee(l *line.Line, who string, on day.Date) (to, problem string) {
	person, ok := strings.CutPrefix(who, PersonKey(""))
	if !ok {
		post, _ := strings.CutPrefix(who, PostKey(""))
		person = l.Reach(post, on).Person
	} else if l.Away(person, on) {
		person = ""
	}
	if person == "" {
		return "", nobody
	}
	if to = l.Mail(person); to == "" {
		return "", noAddress
	}
	return to, ""
}

// RetryMail has everything tried again that was given up, and gives how much it is.
func (a *App) RetryMail(ctx context.Context) (n int, err error) {
	return a.moveGivenUp(ctx, OutWaiting)
}

// LetMailGo says that it is known what was given up: the watchdog is silent
// about it from then on.
func (a *App) LetMailGo(ctx context.Context) (n int, err error) { return a.moveGivenUp(ctx, OutLetGo) }

func (a *App) moveGivenUp(ctx context.Context, to OutState) (n int, err error) {
	err = a.Store.Update(ctx, func(tx Tx) error {
		n, err = tx.MoveOuts(ctx, OutGivenUp, to, a.Clock.Now())
		return err
	})
	return n, err
}

// NotSent are messages that wait or were given up, oldest first.
func (a *App) NotSent(ctx context.Context, limit int) (out []Out, err error) {
	err = a.Store.View(ctx, func(v View) error {
		for _, s := range []OutState{OutWaiting, OutGivenUp} {
			some, err := v.Outs(ctx, OutQuery{State: s, Limit: limit})
			if err != nil {
				return fmt.Errorf("list the outbox: %w", err)
			}
			out = append(out, some...)
		}
		return nil
	})
	return out, err
}
