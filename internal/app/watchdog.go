package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// The watchdog does not trust the climbing. It asks nothing of duty.Climbs or of
// View.DueToClimb: it goes over every late duty itself, counts the steps with
// its own small arithmetic, and asks of each post whether anybody is there.

// What a finding is about. These words go where no particulars may: /readyz.
const (
	AboutClimbing    = "climbing"
	AboutLine        = "line"
	AboutMail        = "mail"
	AboutCheckpoints = "checkpoints"
	AboutWatchdog    = "watchdog"
	AboutJournal     = "journal"
	AboutFeed        = "daily feed"
)

// Finding is something that the watchdog found not to be as it must.
type Finding struct {
	About string      `json:"about"`
	Text  string      `json:"text"` // in plain words, for managers and operators
	Since day.Instant `json:"since,omitzero"`
}

// Health is what the watchdog found.
type Health struct {
	At       day.Instant `json:"at,omitzero"` // when it looked; zero: it never did
	Findings []Finding   `json:"findings,omitempty"`
	// Since is when a check first failed, of those that have failed ever since.
	Since   day.Instant `json:"since,omitzero"`
	MailOff bool        `json:"mail_off,omitempty"`
}

// Well says whether there is nothing to say.
func (h Health) Well() bool { return len(h.Findings) == 0 }

const (
	metaWatchdog = "watchdog"
	// patience is how late a step may be, and how old the watchdog's own word.
	patience = 10 * day.Minute
	// mailPatience is how long a mail may wait.
	mailPatience = day.Hour
	scanned      = 1000 // duties read at once
)

// Watchdog is what the watchdog found when it last looked. That it has not
// looked for ten minutes is a finding too.
func (a *App) Watchdog(ctx context.Context) (h Health, err error) {
	err = a.Store.View(ctx, func(v View) error {
		h, err = keptHealth(ctx, v)
		return err
	})
	if now := a.Clock.Now(); err == nil && h.At != 0 && now-h.At > patience {
		h.Findings = append(h.Findings, Finding{AboutWatchdog, "Onus has not checked itself since " + h.At.Long() + ". While it does not run, nothing climbs and no mail leaves.", h.At})
		if h.Since == 0 {
			h.Since = h.At
		}
	}
	return h, err
}

// Watchdog for the pages.
func (f *Front) Watchdog(ctx context.Context) (Health, error) { return f.a.Watchdog(ctx) }

func keptHealth(ctx context.Context, v View) (h Health, err error) {
	text, err := v.Meta(ctx, metaWatchdog)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &h)
	}
	return h, err
}

// CheckItself has the watchdog look, and keeps what it found.
func (a *App) CheckItself(ctx context.Context) (Health, error) {
	h := Health{At: a.Clock.Now(), MailOff: a.Mail == nil}
	var err error
	if h.Findings, err = a.Findings(ctx); err != nil {
		return h, fmt.Errorf("check itself: %w", err)
	}
	return h, a.Store.Update(ctx, func(tx Tx) error {
		before, err := keptHealth(ctx, tx)
		if err != nil {
			return err
		}
		if !h.Well() {
			h.Since = h.At
			if !before.Well() && before.Since != 0 {
				h.Since = before.Since
			}
		}
		b, err := json.Marshal(h)
		if err != nil {
			return err
		}
		return tx.PutMeta(ctx, metaWatchdog, string(b))
	})
}

// Findings has the watchdog look, and keeps nothing.
func (a *App) Findings(ctx context.Context) (out []Finding, err error) {
	now := a.Clock.Now()
	err = a.Store.View(ctx, func(v View) error {
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		_, ruled, err := a.rulesOf(ctx, v)
		if err != nil {
			return err
		}
		for _, look := range []func() ([]Finding, error){
			func() ([]Finding, error) { return behind(ctx, v, now) },
			func() ([]Finding, error) { return lateDuties(ctx, v, l, ruled.pack(), now) },
			func() ([]Finding, error) { return untold(l, ruled.pack(), now), nil },
			func() ([]Finding, error) { return packless(ctx, v, l, now) },
			func() ([]Finding, error) { return unsent(ctx, v, now) },
			func() ([]Finding, error) { return unsigned(ctx, v, now) },
			func() ([]Finding, error) { return a.unwitnessed(ctx, v, now) },
			func() ([]Finding, error) { return unchecked(l, now), nil },
			func() ([]Finding, error) { return unfed(ctx, v, l, now) },
		} {
			some, err := look()
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	return out, err
}

// behind finds steps that were not taken in time.
func behind(ctx context.Context, v View, now day.Instant) (out []Finding, err error) {
	b, err := v.Behind(ctx, now-patience, now)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		n               int
		one, more, text string
	}{
		{b.Steps, "duty", "duties", " did not climb to the next post when the time came."},
		{b.Wakes, "child's list", "children's lists", " did not change when time alone should have changed it (a birthday, new rules)."},
		{b.Concerns, "concern", "concerns", " did not climb when the time for an answer was over."},
	} {
		if x.n > 0 {
			out = append(out, Finding{AboutClimbing, many(x.n, x.one, x.more) + x.text, b.Since})
		}
	}
	return out, nil
}

// many says how many: "1 duty", "3 duties".
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + more
}

// lateDuties goes over every late duty: has it a next step, or reached the top,
// and is anybody there, to owe it and to have been told?
func lateDuties(ctx context.Context, v View, l *line.Line, rules *duty.Pack, now day.Instant) (out []Finding, err error) {
	on := now.Date()
	versions := map[string][]*duty.Rule{}
	for _, r := range rules.Rules {
		versions[r.ID] = append(versions[r.ID], r)
	}
	posts := map[line.Key]string{}
	reached := map[string]bool{}
	alive := func(post string) bool {
		ok, seen := reached[post]
		if !seen {
			ok = l.Reach(post, on).Person != ""
			reached[post] = ok
		}
		return ok
	}
	stuck, unknown, nowhere := 0, 0, 0
	var stuckSince day.Instant
	empty := map[string]int{} // late duties by the post in which nobody is
	after := Cursor{}
	for {
		rows, err := v.Duties(ctx, DutyQuery{LateAt: now, Now: now, After: after, Limit: scanned})
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			rs := versions[d.Rule]
			if len(rs) == 0 {
				unknown++
			} else if !climbsOn(rules.Calendar(), rs, d) {
				stuck++
				if stuckSince == 0 || d.Due.By < stuckSince {
					stuckSince = d.Due.By
				}
			}
			post, ok := posts[d.Owner]
			if !ok {
				post = l.Resolve(d.Owner, on)
				posts[d.Owner] = post
			}
			switch {
			case post == "":
				nowhere++
			case !alive(post):
				empty[post]++
			case d.ClimbedTo != "" && !alive(d.ClimbedTo):
				empty[d.ClimbedTo]++
			}
		}
		if len(rows) < scanned {
			break
		}
		last := rows[len(rows)-1]
		after = Cursor{Rank: last.Rank, At: int64(last.Due.By), ID: last.ID}
	}
	if stuck > 0 {
		out = append(out, Finding{AboutClimbing, many(stuck, "late duty has", "late duties have") + " no next step, or a wrong one, and did not reach the top.", stuckSince})
	}
	if unknown > 0 {
		out = append(out, Finding{AboutClimbing, many(unknown, "late duty is", "late duties are") + " of a rule that is not known, so nothing says where to climb.", 0})
	}
	if nowhere > 0 {
		out = append(out, Finding{AboutLine, many(nowhere, "late duty is", "late duties are") + " owed by nobody: there is no line of responsibility.", 0})
	}
	for _, id := range slices.Sorted(maps.Keys(empty)) {
		out = append(out, Finding{AboutLine, "Nobody is in the post \"" + l.Title(id) + "\", nor in one above it: " + many(empty[id], "late duty ends", "late duties end") + " there.", 0})
	}
	return out, nil
}

// climbsOn says whether a late duty has a next step that comes no later than any
// version of its rule says, or has taken the last one.
func climbsOn(cal *day.Calendar, versions []*duty.Rule, d DutyRow) bool {
	return slices.ContainsFunc(versions, func(r *duty.Rule) bool {
		if d.NextClimb == 0 {
			return d.Climbed >= len(r.Climbs)
		}
		return d.Climbed < len(r.Climbs) && d.NextClimb <= latest(cal, d.Due, r.Climbs[d.Climbed].After)
	})
}

// latest is when a step comes at the latest. It counts day by day, on purpose:
// not as duty does.
func latest(cal *day.Calendar, due day.Deadline, after day.Span) day.Instant {
	switch after.Unit {
	case day.Hours:
		return due.By + day.Instant(after.N)*day.Hour
	case day.Minutes:
		return due.By + day.Instant(after.N)*day.Minute
	case day.WorkingDays, day.WorkingHours:
		on := due.On
		for n := after.N; n > 0; {
			if on++; cal.Working(on) {
				n--
			}
		}
		return max(due.By, on.End())
	}
	days := map[day.Unit]int{day.Days: 1, day.Weeks: 7, day.Months: 31, day.Years: 366}[after.Unit]
	return max(due.By, (due.On + day.Date(days*after.N)).End())
}

// untold finds posts above that should know of an empty post or of supervision that
// is late, and were not told. It counts the days itself.
func untold(l *line.Line, rules *duty.Pack, now day.Instant) (out []Finding) {
	n := 0
	var since day.Instant
	each := map[string]int{}
	if w, ok := rules.Warnings(now.Date()); ok {
		each[line.EmptyPost] = w.Cover
	}
	if s, ok := rules.Supervision(now.Date()); ok {
		each[line.Supervision] = s.Climb
	}
	for _, o := range rules.Owings(l, now.Date()) {
		on := o.Since
		if o.About == line.Supervision {
			on = o.Due
		}
		owners := o.Owners
		if o.Post.Tier == line.Worker && len(owners) > 3 {
			owners = owners[:3]
		}
		for i, post := range owners {
			for days := each[o.About]; i > 0 && days > 0; {
				if on++; rules.Calendar().Working(on) {
					days--
				}
			}
			at := on.Start()
			if i == 0 && o.About == line.Supervision {
				at = (on + 1).Start()
			}
			if at > now-patience || slices.ContainsFunc(l.Told(o), func(t line.OwedTold) bool { return t.To == post }) {
				continue
			}
			if n++; since == 0 || at < since {
				since = at
			}
		}
	}
	if n > 0 {
		out = append(out, Finding{AboutClimbing, many(n, "post was", "posts were") + " not told of an empty post, or of supervision that was not held.", since})
	}
	return out
}

// unsent finds mail that waits too long, and what was given up.
func unsent(ctx context.Context, v View, now day.Instant) (out []Finding, err error) {
	waits, err := v.CountOuts(ctx, OutQuery{State: OutWaiting, MadeBy: now - mailPatience})
	if err != nil {
		return nil, err
	}
	for _, c := range waits {
		why := c.Problem
		if why == "" {
			why = "nothing tried to send it"
		}
		out = append(out, Finding{AboutMail, many(c.N, "mail has", "mails have") + " not left for more than an hour: " + why + ".", c.Oldest})
	}
	lost, err := v.CountOuts(ctx, OutQuery{State: OutGivenUp})
	for _, c := range lost {
		out = append(out, Finding{AboutMail, many(c.N, "mail was", "mails were") + " given up after three days: " + c.Problem + ". Try again with onus mail retry, or say that it is known with onus mail let-go.", c.Oldest})
	}
	return out, err
}

var errEnough = errors.New("enough")

// unsigned finds entries that no checkpoint signs.
func unsigned(ctx context.Context, v View, now day.Instant) (out []Finding, err error) {
	_, size, err := v.Checkpoint(ctx)
	if err != nil && !notFound(err) {
		return nil, err
	}
	var first day.Instant
	err = v.Each(ctx, size, func(st Stored) error {
		if st.Erased() {
			return nil // it does not say when
		}
		first = st.Entry.Recorded
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if first != 0 && now-first > patience {
		out = append(out, Finding{AboutCheckpoints, "No checkpoint has been signed since entries were recorded at " + first.Long() + ": what was recorded since is not proved yet.", first})
	}
	return out, nil
}
