package duty

import (
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// Signals of drift that a plan shows: the same again, another day again, nothing that
// moves, and what is only said. Each names the goal and the days.

// agreed are the versions of plans that were approved by the end of a day, the oldest
// first.
func agreed(r child.Record, on day.Date, since day.When) (out []child.PlanVersion) {
	for _, v := range r.Plans() {
		if !v.Approved.IsZero() && v.Approved.Date <= on && !v.Approved.Before(since) {
			out = append(out, v)
		}
	}
	return out
}

// helpAgain names help that stands in so many versions running, in nearly the same words,
// with the same goal.
func helpAgain(r child.Record, on day.Date, since day.When, n int, c Copied) string {
	all := agreed(r, on, since)
	if len(all) < n {
		return ""
	}
	all = all[len(all)-n:]
	for _, g := range all[n-1].Goals {
		for _, h := range g.Help {
			if len(child.Words(h.What)) < 3 { // too few words to be the same again
				continue
			}
			again := 0
			for _, v := range all {
				old, _ := v.Goal(g.ID)
				if slices.ContainsFunc(old.Help, func(x child.Help) bool { return sameHelp(x.What, h.What, c) }) {
					again++
				}
			}
			if again == n && r.GoalState(g.ID).State != child.GoalHeld {
				return "Goal " + g.Name + ": \"" + h.What + "\" stands in " + strconv.Itoa(n) + " versions running, since " + all[0].Approved.Date.Long() + "."
			}
		}
	}
	return ""
}

// sameHelp says whether two lines of help are the same: short ones word for word.
func sameHelp(a, b string, c Copied) bool {
	if len(child.Words(a)) < c.Least || len(child.Words(b)) < c.Least {
		return slices.Equal(child.Words(a), child.Words(b))
	}
	return c.Again(a, b)
}

// redated names a goal whose day was moved to a later one so many times.
func redated(r child.Record, on day.Date, since day.When, n int) string {
	all := agreed(r, on, since)
	if len(all) == 0 {
		return ""
	}
	for _, g := range all[len(all)-1].Goals {
		facts, last, moved := "", day.Date(0), 0
		for _, v := range all {
			old, ok := v.Goal(g.ID)
			if !ok || old.Start == 0 {
				continue
			}
			if last != 0 && old.Start > last {
				moved++
			}
			if old.Start != last {
				if facts != "" {
					facts += ", then "
				}
				facts += old.Start.Long()
			}
			last = old.Start
		}
		if moved >= n {
			return "Goal " + g.Name + " was to start by " + facts + "."
		}
	}
	return ""
}

// flat names a goal of which, over so many reviews, nobody's number rose.
func flat(r child.Record, on day.Date, since day.When, n int) string {
	var reviews []day.Date
	for i := range r.Events {
		ev := &r.Events[i]
		if ev.When.Date > on || ev.When.Before(since) {
			continue
		}
		if _, ok := ev.Body.(child.Review); ok {
			reviews = append(reviews, ev.When.Date)
		}
	}
	if len(reviews) < n {
		return ""
	}
	first, last := reviews[len(reviews)-n], reviews[len(reviews)-1]
	v, ok := r.Plan(since)
	if !ok {
		return ""
	}
	for _, g := range v.Goals {
		type run struct{ before, after int }
		by := map[string]*run{}
		var names []string
		for _, x := range r.Views(g.ID) {
			if x.Scale == nil || x.Event.When.Date > on {
				continue
			}
			who := x.Who()
			if by[who] == nil {
				by[who] = &run{-1, -1}
				names = append(names, who)
			}
			if x.Event.When.Date <= first {
				by[who].before = *x.Scale
			}
			if x.Event.When.Date >= last {
				by[who].after = *x.Scale
			}
		}
		facts, rose := "", false
		for _, who := range names {
			x := by[who]
			if x.before < 0 || x.after < 0 {
				continue
			}
			rose = rose || x.after > x.before
			if facts != "" {
				facts += ", "
			}
			facts += who + " " + strconv.Itoa(x.before) + " then and " + strconv.Itoa(x.after) + " now"
		}
		if facts != "" && !rose {
			return "Goal " + g.Name + ", from the review of " + first.Long() + " to the one of " + last.Long() + ": " + facts + "."
		}
	}
	return ""
}

// onlySaid names a goal of which the last so many visits, or entries about how far it has
// come, know only what somebody said.
func onlySaid(r child.Record, on day.Date, since day.When, n int) string {
	v, ok := r.Plan(since)
	if !ok {
		return ""
	}
	for _, g := range v.Goals {
		var days []string
		for _, ev := range r.SaidOnly(g.ID, on, n) {
			days = append(days, ev.When.Date.Long())
		}
		if len(days) > 0 {
			return "Goal " + g.Name + ", said only: " + strings.Join(days, ", ") + "."
		}
	}
	return ""
}

// beforeReviews names a goal that moved forward shortly before a review and back after
// it, so many times.
func beforeReviews(r child.Record, on day.Date, since day.When, n, days int) string {
	v, ok := r.Plan(since)
	if !ok {
		return ""
	}
	rank := func(state string) int {
		return map[string]int{child.GoalStuck: 0, child.GoalNotStarted: 0, child.GoalDoing: 1, child.GoalDone: 2, child.GoalHeld: 3}[state]
	}
	for _, g := range v.Goals {
		facts, times := "", 0
		was, rose := 0, day.Date(0)
		var review day.Date
		for i := range r.Events {
			ev := &r.Events[i]
			if ev.When.Date > on || ev.When.Before(since) {
				continue
			}
			switch b := ev.Body.(type) {
			case child.Review:
				if rose != 0 && ev.When.Date-rose <= day.Date(days) {
					review = ev.When.Date
				}
			case child.GoalMoved:
				if b.Goal != g.ID {
					continue
				}
				now := rank(b.State)
				switch {
				case now > was:
					rose = ev.When.Date
				case now < was && review != 0 && ev.When.Date-review <= day.Date(4*days):
					times++
					if facts != "" {
						facts += "; "
					}
					facts += "better on " + rose.Long() + ", review on " + review.Long() + ", not so on " + ev.When.Date.Long()
					rose, review = 0, 0
				case now < was:
					rose, review = 0, 0
				}
				was = now
			}
		}
		if times >= n {
			return "Goal " + g.Name + ": " + facts + "."
		}
	}
	return ""
}
