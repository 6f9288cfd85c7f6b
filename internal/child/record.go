// Package child is one child's record: its kinds of entry, what may be recorded
// when (Decide), what the entries add up to (Apply), and the chronology. It
// knows entries and days. It must never know duties, pages or storage, nor ask
// what time it is.
package child

import (
	"cmp"
	"slices"
	"sort"

	"onus/internal/day"
	"onus/internal/entry"
)

// Event is an entry as it stands now: with its corrections.
type Event struct {
	// Entry is the first that said it. Its own Happened and Body are as first
	// said: ask When and Body.
	*entry.Entry
	When    day.When
	Body    entry.Body
	Amended day.Instant // when it was last corrected
	pos     day.Instant // place in the order of happening
	seq     int32       // place in the log
}

// Record is what the entries about one child add up to. Make it with Fold or
// Apply; read it only.
type Record struct {
	Child string
	// Log is every entry, in the order in which they were recorded.
	Log []entry.Entry
	// Events are the entries as they stand, in the order in which they happened.
	Events []Event
}

// Fold adds up entries in recorded order. It keeps the entries given: they must
// not be changed afterwards.
func Fold(child string, es []entry.Entry) Record {
	r := Record{Child: child, Log: slices.Clip(es), Events: make([]Event, 0, len(es))}
	for i := range es {
		r.add(&es[i], int32(i))
	}
	return r
}

// New is the record of a child about whom nothing is recorded.
func New(child string) Record { return Fold(child, nil) }

// Apply adds one entry. The record given must not be used afterwards.
func Apply(r Record, e entry.Entry) Record {
	seq := int32(len(r.Log))
	r.Log = append(r.Log, e)
	r.add(&e, seq)
	return r
}

// add is the only maker of state.
func (r *Record) add(e *entry.Entry, seq int32) {
	if c, ok := e.Body.(Correction); ok {
		r.correct(e, c)
		return
	}
	r.insert(&Event{Entry: e, When: e.Happened, Body: e.Body, seq: seq})
}

func (r *Record) insert(ev *Event) {
	i := len(r.Events)
	if i > 0 && r.Events[i-1].When.Date > ev.When.Date {
		i = sort.Search(i, func(j int) bool { return r.Events[j].When.Date > ev.When.Date })
	}
	if i == len(r.Events) { // as nearly always
		r.Events = append(r.Events, *ev)
		if i == 0 || r.Events[i-1].When.Date < ev.When.Date { // alone on its day
			last := &r.Events[i]
			if last.pos = last.When.At; !last.When.Timed() {
				last.pos = last.When.Date.Start()
			}
			return
		}
	} else {
		r.Events = slices.Insert(r.Events, i, *ev)
	}
	r.settle(ev.When.Date, i)
}

// settle puts the events of a day in order; i is the place of one of them.
// Where both hours are known, the hours decide. An event without an hour stands
// after the last of that day's timed events that go before it in the work: an
// allocation without an hour follows the referral of ten o'clock.
func (r *Record) settle(on day.Date, i int) {
	lo, hi := i, i+1
	for lo > 0 && r.Events[lo-1].When.Date == on {
		lo--
	}
	for hi < len(r.Events) && r.Events[hi].When.Date == on {
		hi++
	}
	events := r.Events[lo:hi]
	more := again(events)
	for j := range events {
		ev := &events[j]
		if ev.When.Timed() {
			ev.pos = ev.When.At
			continue
		}
		ev.pos = on.Start()
		for k := range events {
			if t := &events[k]; t.When.Timed() && rank(t.Kind, t.Body, on, more) < rank(ev.Kind, ev.Body, on, more) && t.When.At >= ev.pos {
				ev.pos = t.When.At
			}
		}
	}
	if len(events) > 1 {
		slices.SortStableFunc(events, func(a, b Event) int {
			return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(rank(a.Kind, a.Body, on, more), rank(b.Kind, b.Body, on, more)), cmp.Compare(a.seq, b.seq))
		})
	}
}

// again says that a referral came in on the day of these events.
func again(events []Event) bool {
	for i := range events {
		if events[i].Kind == "referral" {
			return true
		}
	}
	return false
}

// rank is the order of work among the events of one day. A closure of work that
// a referral of an earlier day began goes before a referral of the day itself:
// closed in the morning, referred again in the afternoon.
func rank(kind entry.Kind, body entry.Body, on day.Date, again bool) int {
	if again && kind == "case.closed" {
		if c, ok := body.(CaseClosed); ok && c.Referred != 0 && c.Referred < on {
			return rankOf("referral") - 1
		}
	}
	return rankOf(kind)
}

func (r *Record) correct(e *entry.Entry, c Correction) {
	i := r.index(e.Corrects)
	if i < 0 {
		return // already withdrawn: the log keeps both
	}
	ev := r.Events[i]
	r.Events = slices.Delete(slices.Clone(r.Events), i, i+1)
	if near := max(i-1, 0); len(r.Events) > 0 { // what stood beside it may stand elsewhere now
		r.settle(r.Events[near].When.Date, near)
		if i < len(r.Events) {
			r.settle(r.Events[i].When.Date, i)
		}
	}
	if c.Withdrawn {
		return
	}
	if len(c.Body) > 0 {
		if b, err := kinds().Decode(ev.Kind, c.Body); err == nil {
			ev.Body = b
		}
	}
	if !c.When.IsZero() {
		ev.When = c.When
	}
	ev.Amended = e.Recorded
	r.insert(&ev)
}

func (r Record) index(id entry.ID) int {
	for i := range r.Events {
		if r.Events[i].ID == id {
			return i
		}
	}
	return -1
}

// Event finds an event that stands.
func (r Record) Event(id entry.ID) (Event, bool) {
	if i := r.index(id); i >= 0 {
		return r.Events[i], true
	}
	return Event{}, false
}

// KnownAt is the record as it had been recorded by an instant.
func (r Record) KnownAt(t day.Instant) Record {
	n := sort.Search(len(r.Log), func(i int) bool { return r.Log[i].Recorded > t })
	if n == len(r.Log) {
		return r
	}
	return Fold(r.Child, r.Log[:n])
}

// rankOf is the order in which work goes within a day: referral before
// decision, visit before closure.
func rankOf(k entry.Kind) int {
	if rank, ok := ranks[k]; ok {
		return rank
	}
	return 40
}

var ranks = map[entry.Kind]int{
	"child.known": 0, "contact": 2, "referral": 4, "decision": 6, "allocation.proposed": 7, "allocation.objected": 8, "allocation.withdrawn": 8, "allocation.ended": 8, "allocation.accepted": 9, "allocation": 10, "second-worker.ended": 11, "handed-over": 11, "assessment.started": 12,
	"strategy-discussion": 14, "section47.started": 16, "visit.planned": 38, "visit.called-off": 39, "visit": 40, "goal.moved": 41, "view": 41, "core-group": 42, "review": 44, "assessment.checked": 46, "assessment.placed": 47, "assessment.weighed": 47, "assessment.sent": 48, "assessment.returned": 49, "meeting.planned": 36, "meeting.changed": 37, "meeting.called-off": 37, "meeting.report": 38, "meeting.report-shown": 39,
	"assessment.authorised": 50, "assessment.factors": 51, "conference": 60, "section47.ended": 62,
	"cin-plan.ended": 64, "cp-plan.started": 66, "cp-plan.changed": 68, "cp-plan.ended": 70, "cin-plan.started": 72,
	"sar.received": 86, "sar.clock-stopped": 87, "sar.clock-started": 88, "sar.extended": 89, "sar.answered": 90, "sar.refused": 90,
	"rated": 5, "danger": 3, "contact.decided": 5, "order": 18, "legal-status": 20, "care.started": 18, "placement.ended": 22, "placement.started": 24, "placement.agreed": 26,
	"missing.started": 28, "missing.told": 29, "missing.ended": 30, "return-interview": 32, "court": 34, "care.ended": 74, "leaving-care": 76,
	"plan.sent": 83, "plan.approved": 84, "plan.returned": 84, "plan.shared": 85, "view.followed": 85, "plan.share-ended": 86,
	// What is written and sent comes after what it is about.
	"oversight": 150, "document": 152, "referrer.told": 152, "notice": 152,
	"supervision": 80, "supervision.left": 81, "note": 82, "family.member": 79, "letter.sent": 83, "significant": 149, "case.closed": 140,
}

// Clip makes the record safe to share: whatever is applied to it later goes
// into memory of its own.
func (r Record) Clip() Record {
	r.Log, r.Events = slices.Clip(r.Log), slices.Clip(r.Events)
	return r
}
