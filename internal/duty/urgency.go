package duty

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/triage"
)

// Urgency is how urgent what waits for a decision is, by the rules in force on a day,
// whenever it came, and the child's age on the day of the last that was said of it. Rules
// whose rating a person set aside with a reason are not asked again: what made them fire
// was looked at.
func (p *Pack) Urgency(rec child.Record, w *child.Waiting, on day.Date) triage.Result {
	out := p.Triage(on).Rate(p.TriageFacts(rec, w), on)
	fired := slices.DeleteFunc(slices.Clone(out.Fired), func(f triage.Fired) bool { return slices.Contains(w.Lowered, f.ID) })
	if len(fired) == len(out.Fired) {
		return out
	}
	out.Rating, out.Rule, out.Name = triage.Green, "", triage.NoRule
	if len(fired) > 0 {
		out.Rating, out.Rule, out.Name = fired[0].Rating, fired[0].ID, fired[0].Name
	}
	return out
}

// Rated is the rating that the rules of a day have to record, where what waits is more
// urgent than it is rated, or nobody has rated it. They only ever raise.
func (p *Pack) Rated(rec child.Record, on day.Date) (b child.Rated, due bool) {
	w := rec.Waiting()
	if !w.Waits() || p.Triage(on).Empty() {
		return b, false
	}
	found := p.Urgency(rec, w, on)
	if w.Rating != "" && !triage.Higher(found.Rating, w.Rating) {
		return b, false
	}
	return child.Rated{Of: w.First.ID, Rating: found.Rating, Rule: found.Rule, Why: found.Name, Provisional: found.Provisional}, true
}

// TriageSum is one name for the triage rules that are in force on a day.
func (p *Pack) TriageSum(on day.Date) string {
	b, err := json.Marshal(p.Triage(on).InForce(on))
	if err != nil {
		return "" // they are texts
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TriageFacts are what is known of what waits, as triage rules ask it.
func (p *Pack) TriageFacts(rec child.Record, w *child.Waiting) triage.Facts {
	return triage.Facts{Signs: w.Signs, Numbers: asNumbers(rec, w, w.Last().When.Date), Said: w.Said()}
}

// asNumbers are the facts of a record that triage rules ask for: see triage.Known.
func asNumbers(rec child.Record, w *child.Waiting, on day.Date) map[string]float64 {
	out := map[string]float64{}
	yes := func(name string, is bool) {
		out[name] = 0
		if is {
			out[name] = 1
		}
	}
	switch id := rec.Identity(); {
	case id.Birth != 0:
		out["age in months"] = float64(months(day.On(id.Birth), on))
		yes("unborn", id.Birth > on)
	case id.Expected != 0:
		out["age in months"] = -1
		yes("unborn", true)
	}
	since, near := w.First.When.Date.AddMonths(-12), w.First.When.Date.AddMonths(-3)
	waits := func(ev *child.Event) bool {
		return slices.ContainsFunc(w.Came, func(c child.Event) bool { return c.ID == ev.ID })
	}
	var plans, current float64
	var open, seen, shut, unseen bool
	for ev, s := range rec.Life() {
		on := ev.When.Date
		if on > w.First.When.Date || waits(ev) {
			continue
		}
		lately := on > since
		switch b := ev.Body.(type) {
		case child.Contact:
			if lately {
				out["contacts in 12 months"]++
			}
		case child.Referral:
			if lately {
				out["referrals in 12 months"]++
			}
			seen = false
		case child.Decision:
			if lately && b.Outcome == child.NoAction {
				out["no further action in 12 months"]++
			}
		case child.CPPlanStarted:
			plans = max(plans, float64(b.Previous)) + 1
		case child.Visit:
			seen = seen || b.Seen
		}
		if open && !s.Open {
			shut, unseen = on > near, lately && !seen
		}
		open = s.Open
	}
	s := rec.On(on.End() - 1)
	if s.Plan == "cp" {
		current = 1
	}
	out["earlier plans"] = max(plans-current, 0)
	for _, name := range []string{"contacts in 12 months", "referrals in 12 months", "no further action in 12 months"} {
		out[name] += 0 // none is known: there were none
	}
	yes("closed in the last 3 months", shut && !open)
	yes("closed without a visit", unseen && !open)
	yes("on a protection plan", s.Plan == "cp")
	yes("looked after", s.LookedAfter)
	yes("enquiry", s.Enquiry)
	yes("open", s.Post != "" || s.Plan != "")
	yes("missing now", s.Missing)
	out["times missing in 90 days"] = float64(s.MissingLately)
	return out
}
