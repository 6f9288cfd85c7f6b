package app

import (
	"context"
	"crypto/rand"
	"slices"

	"onus/internal/access"
	"onus/internal/child"
	"onus/internal/entry"
	"onus/internal/line"
)

// actions say which action of the policies records a kind about a child. Every
// other kind is access.RecordChild.
var actions = map[entry.Kind]access.Action{
	"record.restricted":   access.Restrict,
	"record.unrestricted": access.Restrict,
	"record.let-in":       access.Grant,
	"record.let-out":      access.Grant,
	"glass.broken":        access.BreakGlass,
	"glass.reviewed":      access.ReviewGlass,
	// The same people, independent of the case, look at restrictions.
	"record.restriction-reviewed": access.ReviewGlass,
	"relation.declared":           access.Declare,
	"disclosed":                   access.Disclose,
	"disputed":                    access.Dispute,
	// To hold is everybody's who works with the child; to let go of it is not.
	"hold.ended":          access.Dispose,
	"disposal.proposed":   access.Dispose,
	"disposal.refused":    access.Dispose,
	"sar.extended":        access.ExportChild,
	"sar.clock-stopped":   access.ExportChild,
	"sar.clock-started":   access.ExportChild,
	"sar.answered":        access.ExportChild,
	"sar.refused":         access.ExportChild,
	"redaction.agreed":    access.ExportChild,
	"redaction.refused":   access.ExportChild,
	"account.written":     access.SeeChild,
	"allocation.accepted": access.AnswerAllocation,
	"allocation.objected": access.AnswerAllocation,
}

// lineActions are the same for kinds about the line. Every other kind is
// access.ChangeLine.
var lineActions = map[entry.Kind]access.Action{
	"person.signs-in":        access.ManagePeople,
	"person.sign-in-ended":   access.ManagePeople,
	"person.suspended":       access.ManagePeople,
	"person.reinstated":      access.ManagePeople,
	"person.mail":            access.ManagePeople,
	"person.registered":      access.ManagePeople,
	"person.newly-qualified": access.ManagePeople,
	"key.issued":             access.ManageKeys,
	"key.revoked":            access.ManageKeys,
	"look.answered":          access.AnswerQuestions,
}

// byRules are kinds that only the rules of Onus record, never a door.
var byRules = []entry.Kind{"duty.climbed", "import.kept", "audit.sampled", "rules.adopted", "file.imported", "return.sent", "authority.named", "look.asked", "line.climbed", "supervision.held", "journal.checked", "ledger.key-changed", "entries.erased", "record.disposed", "alarm", "hours.accepted", "hours.over", "hours.fit", "hours.raised",
	// A plan is given by Desk.GivePlan, which alone makes links.
	"plan.shared", "plan.word-wrong"}

// ActionOf is the action of the policies that records a kind about a child.
func ActionOf(k entry.Kind) access.Action {
	if a, ok := actions[k]; ok {
		return a
	}
	return access.RecordChild
}

// Record records about a child, in their name and post. The policies are asked
// of the child as it stands in the transaction that writes.
func (d *Desk) Record(ctx context.Context, do Do) (Done, error) {
	if err := d.signs(do); err != nil {
		return Done{}, err
	}
	if do.Child == "" {
		if err := d.mayBegin(do); err != nil {
			return Done{}, err
		}
		return d.a.Record(ctx, do)
	}
	var refused *ChildRow
	do.allow = d.allows(ctx, do.Commands, &refused)
	done, err := d.a.Record(ctx, do)
	return done, d.refused(ctx, refused, err)
}

// signs puts who works here into what they wish to record, and refuses what only the rules
// record.
func (d *Desk) signs(do Do) error {
	for i := range do.Commands {
		c := &do.Commands[i]
		c.Actor, c.Source.Program = d.actor(), d.who.Program
		if c.Body != nil && slices.Contains(byRules, c.Body.Kind()) {
			return entry.Refuse("kind", "Only Onus itself records this kind")
		}
	}
	return nil
}

// allows asks the policies of a child, as it stands in the transaction that writes, whether
// each command may be recorded. refused is the child of whom it may not.
func (d *Desk) allows(ctx context.Context, cmds []child.Command, refused **ChildRow) func(View, ChildRow) error {
	return func(v View, row ChildRow) error {
		*refused = nil // it is asked again when the transaction is done again
		c, err := d.facts(row)
		if err != nil {
			return err
		}
		for _, cmd := range cmds {
			if err := d.mayRecord(ctx, v, cmd, c); err != nil {
				*refused = &row
				return err
			}
		}
		return nil
	}
}

// refused writes to the reader log that somebody was refused, where they were: the
// child whose record it was about, and by which policy.
func (d *Desk) refused(ctx context.Context, row *ChildRow, err error) error {
	if row == nil {
		return err
	}
	x, _ := err.(*Denied)
	if x == nil { // something else is wrong with it: nobody was kept out
		return err
	}
	look := Read{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: row.Child, What: "Record", Grounds: x.Policy, Refused: true}
	if lerr := d.log(ctx, []Read{look}); lerr != nil {
		return lerr
	}
	return err
}

// gate asks, of each child that one wish writes about, whether any of some actions is
// open to whoever asks.
type gate struct {
	d    *Desk
	any  []access.Action
	shut *ChildRow // the last that was refused
}

func (d *Desk) gate(actions ...access.Action) *gate { return &gate{d: d, any: actions} }

func (g *gate) allow(_ View, row ChildRow) error {
	g.shut = nil // it is asked again when the transaction is done again
	c, err := g.d.facts(row)
	if err != nil {
		return err
	}
	var first error
	for _, do := range g.any {
		err := g.d.MayChild(do, c)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	g.shut = &row
	return first
}

func (g *gate) log(ctx context.Context, err error) error { return g.d.refused(ctx, g.shut, err) }

// mayBegin is for a child not known yet. What decides who may open a record is
// asked of a record, so it comes after; a worker's post is given by whoever
// allocates in its team, as ever.
func (d *Desk) mayBegin(do Do) error {
	if err := d.May(access.RecordNewChild); err != nil {
		return err
	}
	for _, cmd := range do.Commands {
		if cmd.Body == nil {
			continue
		}
		if ActionOf(cmd.Body.Kind()) != access.RecordChild {
			return entry.Refuse("kind", "This cannot be recorded together with a new child. Record the child first")
		}
		if b, ok := cmd.Body.(child.Allocation); ok {
			if err := d.MayTeam(access.Allocate, b.Team); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) mayRecord(ctx context.Context, v View, cmd child.Command, c access.Child) error {
	if cmd.Body == nil {
		return nil // Decide says what is wrong with it
	}
	if err := d.MayChild(ActionOf(cmd.Body.Kind()), c); err != nil {
		if k := cmd.Body.Kind(); k != "contact" && k != "referral" || d.MayChild(access.Tell, c) != nil {
			return err
		}
	}
	switch b := cmd.Body.(type) {
	case child.Correction:
		return d.mayCorrect(ctx, v, cmd.Corrects, b, c)
	case child.ChairNamed:
		if slices.Contains(d.who.Posts, b.Post) {
			// A grant and an emergency end: nobody makes lasting access of them.
			c.Granted, c.Glass = nil, nil
			return d.MayChild(access.RecordChild, c)
		}
	case child.RelationDeclared:
		if b.Person != d.who.Person {
			return d.MayChild(access.RecordChild, c)
		}
	case child.Allocation:
		if err := d.MayTeam(access.Allocate, b.Team); err != nil || b.Proposal != "" {
			return err
		}
		return d.withinHours(ctx, v, c.ID, b.Post)
	case child.AllocationProposed:
		if err := d.MayTeam(access.Allocate, b.Team); err != nil {
			return err
		}
		if b.Over != nil || b.Load != nil {
			return entry.Refuse("over_the_limit", "Onus works this out. Send what gives to allocate, and not as an entry")
		}
		return d.withinHours(ctx, v, c.ID, b.Post)
	case child.AllocationAccepted:
		return d.mayTake(ctx, v, c, b.Proposal)
	case child.AllocationObjected:
		return d.mayTake(ctx, v, c, b.Proposal)
	case child.PlanApproved:
		if c.Team != "" {
			if err := d.MayTeam(access.Allocate, c.Team); err != nil {
				return err
			}
		}
		return d.mayApprove(ctx, v, c.ID, b.Plan)
	case child.AssessmentAuthorised:
		if b.Sent != "" && c.Team != "" {
			return d.MayTeam(access.Allocate, c.Team)
		}
	case child.AllocationEnded, child.AllocationWithdrawn, child.SecondEnded, child.PlanReturned, child.AssessmentReturned:
		if c.Team != "" {
			return d.MayTeam(access.Allocate, c.Team)
		}
	}
	return nil
}

// mayCorrect asks of a correction what would be asked of the entry that it
// changes: else whoever may only record could give the child to themselves.
func (d *Desk) mayCorrect(ctx context.Context, v View, corrects entry.ID, b child.Correction, c access.Child) error {
	st, err := v.Entry(ctx, corrects)
	if notFound(err) || err == nil && st.Entry.Subject != entry.OfChild(c.ID) {
		return nil // Decide says that there is no such entry
	}
	if err != nil {
		return err
	}
	if err := d.MayChild(ActionOf(st.Entry.Kind), c); err != nil {
		return err
	}
	teams := []string{c.Team}
	switch st.Entry.Body.(type) {
	case child.Allocation, child.AllocationEnded:
		if len(b.Body) > 0 {
			to, err := Registry().Decode(st.Entry.Kind, []byte(b.Body))
			if err != nil {
				return nil // Decide says what is wrong with it
			}
			switch x := to.(type) {
			case child.Allocation:
				teams = append(teams, x.Team)
			case child.AllocationEnded:
				teams = append(teams, x.Team)
			}
		}
		for _, t := range teams {
			if t == "" {
				continue
			}
			if err := d.MayTeam(access.Allocate, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// RecordLine records about the line, in their name and post.
func (d *Desk) RecordLine(ctx context.Context, cmds []line.Command, key string) (Done, error) {
	for i := range cmds {
		c := &cmds[i]
		c.Actor, c.Source.Program = d.actor(), d.who.Program
		if c.Body == nil {
			continue
		}
		if slices.Contains(byRules, c.Body.Kind()) {
			return Done{}, entry.Refuse("kind", "Only Onus itself records this kind")
		}
		what, ok := lineActions[c.Body.Kind()]
		if !ok {
			what = access.ChangeLine
		}
		if err := d.May(what); err != nil {
			return Done{}, err
		}
		if err := d.mayAnswer(c.Body); err != nil {
			return Done{}, err
		}
		if what == access.ChangeLine {
			if err := d.mayMove(c.Body); err != nil {
				return Done{}, err
			}
		}
		if d.gains(c.Body) {
			return Done{}, entry.Refuse("post", "Somebody else must record this: it would open records to yourself")
		}
	}
	return d.a.RecordLine(ctx, cmds, key)
}

// TryLine says whether a change of the line would be refused for what it says,
// without recording it.
func (d *Desk) TryLine(cmd line.Command) error {
	cmd.Actor = d.actor()
	_, err := line.Decide(d.line, cmd, entry.Moment{Now: d.now, Rand: rand.Reader})
	return err
}

// mayAnswer keeps a question about looks for the post that was asked, and those above it.
func (d *Desk) mayAnswer(b entry.Body) error {
	x, ok := b.(line.LookAnswered)
	if !ok {
		return nil
	}
	for _, q := range d.line.Questions() {
		if q.ID == x.Asked && q.Person != d.who.Person && !d.answersFor(q.Post) {
			return &Denied{Action: access.AnswerQuestions, Policy: access.None, Says: "This question was put to another post"}
		}
	}
	return nil
}

// mayMove keeps a post for those above it: nobody moves, closes, empties or fills
// their own post, or one that is none of theirs. Whoever looks after the line for
// all may; and cover for their own post somebody may arrange.
func (d *Desk) mayMove(b entry.Body) error {
	if slices.Contains(d.who.Functions, line.Administrator) {
		return nil
	}
	denied := &Denied{Action: access.ChangeLine, Policy: access.None, Says: "This is for somebody above to change: it is about a post of your own, or about one or somebody not below you. Whoever looks after the line can do it too"}
	own, post := false, ""
	switch b := b.(type) {
	case line.PersonKnown:
		if d.line.Known(b.Person) && !d.below(b.Person) { // somebody new is nobody's yet
			return denied
		}
		return nil
	case line.PersonLeft:
		if !d.below(b.Person) {
			return denied
		}
		return nil
	case line.PersonAbsent:
		if !d.below(b.Person) {
			return denied
		}
		return nil
	case line.PersonSkills:
		if !d.below(b.Person) {
			return denied
		}
		return nil
	case line.HoursReduced:
		if !d.below(b.Person) {
			return denied
		}
		return nil
	case line.AbsenceEnded:
		if a, ok := d.line.Absence(b.Absence); ok && !d.below(a.Person) {
			return denied
		}
		return nil
	case line.HoursAdded:
		if b.From != "" && !d.answersFor(b.From) {
			return denied
		}
		post = b.Post
	case line.TeamClosed:
		if post, own = d.line.Manager(b.Team, d.now.Date()); !own {
			return nil // it has no manager's post; Decide says if there is no such team
		}
		own = false
	case line.PostCreated:
		own, post = true, b.Above
	case line.PostMoved:
		if post = b.Post; b.Above != "" && !d.answersFor(b.Above) {
			post = b.Above
		}
	case line.PostClosed:
		post = b.Post
	case line.PostHeld:
		post = b.Post
	case line.PostLeft:
		post = b.Post
	case line.Cover:
		own, post = true, b.Post
	case line.HoursSet:
		post = b.Post
	case line.DelegationGiven:
		post = b.Post
	case line.DelegationEnded:
		g, _ := d.line.Delegation(b.Delegation)
		post = g.Post
	default:
		return nil
	}
	if p, ok := d.line.Post(post, d.now.Date()); post == "" && !own || post != "" && !ok {
		return nil // Decide says what is wrong
	} else if d.answersFor(post) && (own || !slices.Contains(d.who.Held, p.ID)) {
		return nil
	}
	return denied
}

// Below says whether somebody is in a post below whoever asks, and in no other.
func (d *Desk) Below(person string) bool {
	return slices.Contains(d.who.Functions, line.Administrator) || d.below(person)
}

// below says whether somebody is in a post, and in none that is not below theirs.
func (d *Desk) below(person string) bool {
	held := d.line.Held(person, d.now.Date())
	return len(held) > 0 && person != d.who.Person && !slices.ContainsFunc(held, func(p line.Post) bool { return !d.answersFor(p.ID) })
}

// gains says whether a change of the line would give its author a post, or
// children that are not under their posts already.
func (d *Desk) gains(b entry.Body) bool {
	mine := func(post string) bool {
		return slices.ContainsFunc(d.who.Posts, func(own string) bool { return d.line.Below(post, own, d.now.Date()) })
	}
	switch b := b.(type) {
	case line.PostHeld:
		return b.Person == d.who.Person
	case line.Cover:
		return mine(b.By) && !mine(b.Post)
	case line.PostMoved:
		return b.Above != "" && mine(b.Above) && !mine(b.Post)
	}
	return false
}

// Receipt of an entry of a record that is shown.
func (d *Desk) Receipt(ctx context.Context, p *ChildPage, id entry.ID) ([]byte, error) {
	if _, gone := p.Record.Erased(id); gone {
		return nil, ErrErased
	}
	if !slices.ContainsFunc(p.Record.Log, func(e entry.Entry) bool { return e.ID == id }) {
		return nil, ErrNotFound
	}
	return d.a.Receipt(ctx, id)
}

// Try says whether a command would be refused for what it says, without
// recording it.
func (d *Desk) Try(p *ChildPage, cmd child.Command) error {
	cmd.Actor = d.actor()
	at := entry.Moment{Now: d.now, Rand: rand.Reader}
	_, err := child.Decide(p.Record, cmd, at)
	if asksWhatItEnds(cmd.Body) {
		if ps := ends(d.a.inForce(), d.line, p.Record, cmd, at); len(ps) > 0 && err == nil {
			return &entry.Refusal{Problems: ps}
		}
	}
	if ps := append(d.a.untimely(p.Record, cmd.Body, d.now), incomplete(d.a.inForce(), cmd)...); len(ps) > 0 {
		if more, refused := entry.Problems(err); refused || err == nil {
			err = &entry.Refusal{Problems: append(ps, more...)}
		}
	}
	return err
}

// MayStill says whether something may be done about a child as its record is
// now, after something was recorded. It shows nothing, so it is no look.
func (d *Desk) MayStill(ctx context.Context, what access.Action, id string) error {
	var row ChildRow
	if err := d.a.Store.View(ctx, func(v View) (err error) {
		row, err = v.Child(ctx, id)
		return err
	}); err != nil {
		return err
	}
	g, err := d.a.guardOf(row)
	if err != nil {
		return err
	}
	return d.MayChild(what, facts(d.line, d.a.Clock.Now(), row, g)) // now: what was just recorded is later than the request
}

// Own finds an entry that they recorded themselves; another's is not found.
func (d *Desk) Own(ctx context.Context, id entry.ID) (entry.Entry, error) {
	var st Stored
	err := d.a.Store.View(ctx, func(v View) (err error) {
		st, err = v.Entry(ctx, id)
		return err
	})
	if err == nil && st.Erased() {
		return st.Entry, ErrErased
	}
	if err == nil && st.Entry.Author != d.who.Person {
		err = ErrNotFound
	}
	return st.Entry, err
}

// OwnReceipt is the receipt of an entry that Own found.
func (d *Desk) OwnReceipt(ctx context.Context, e entry.Entry) ([]byte, error) {
	if e.Author != d.who.Person {
		return nil, ErrNotFound
	}
	if id, ok := e.Subject.Child(); ok {
		if err := d.log(ctx, []Read{{At: d.now, Person: d.who.Person, Post: d.post.ID, Child: id, What: "Receipt of their own entry", Grounds: "author"}}); err != nil {
			return nil, err
		}
	}
	return d.a.Receipt(ctx, e.ID)
}
