package cin

import (
	"cmp"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// told is one record, told as the census tells it.
type told struct {
	rec        child.Record
	start, end day.Date
	all        []*spell
	homes      map[entry.ID]*spell // of the referrals that are part of one

	assessments []*piece[Assessment]
	enquiries   []*piece[Section47]
	needPlans   []*piece[CINPlan]
	protection  []*piece[CPPlan]
	// unasked are conferences that followed no enquiry.
	unasked map[*spell][]day.Date

	sources     int // counted as Left does
	conferences int
}

// spell is an episode of need: a referral, and what came of it.
type spell struct {
	CINDetails
	key  string // under which a census said the referral, if one did
	over bool   // closed, or never more than a referral
}

// censusKey is the key under which a census said an event; nothing where none did.
func censusKey(ev *child.Event) string {
	if ev.Source.Of != "cin-census" {
		return ""
	}
	return ev.Source.Key
}

// spells finds the episodes. One begins with each referral that a census told as one
// of its own, and with each other that comes while none is open: what comes in about a
// child whose case is open is no new referral to the census.
func (t *told) spells() {
	t.homes, t.unasked = map[entry.ID]*spell{}, map[*spell][]day.Date{}
	kept := map[string]string{}
	open := false
	for ev, now := range t.rec.Life() {
		if b, ok := ev.Body.(child.Kept); ok {
			for _, it := range b.Items {
				kept[strings.TrimSuffix(censusKey(ev), "kept")+it.Path] = it.Value
			}
		}
		if ev.When.Date > t.end {
			continue
		}
		was := open
		open = now.Open
		switch b := ev.Body.(type) {
		case child.Referral:
			t.referral(ev, b)
			continue
		case child.Note:
			if source, need, ok := ofMeanwhile(b.Text); ok && strings.HasSuffix(censusKey(ev), withNothing) {
				t.all = append(t.all, &spell{CINDetails: CINDetails{ReferralDate: ev.When.Date, ReferralSource: source, PrimaryNeedCode: need, ReferralNFA: Yes}, over: true})
			}
			continue
		case child.Decision:
			if was && !open {
				if s := t.decided(b); s != nil && !s.over && s.ReferralNFA == NotSaid {
					s.ReferralNFA, s.over = Yes, true
				}
			}
		case child.CaseClosed:
			s := t.spellSaid(ev)
			if fact.IsUndecided(b.Why) { // no return says on which day that was
				if s = cmp.Or(s, t.open(ev.When.Date)); s != nil {
					s.ReasonForClosure, s.over = b.Reason, true
				}
				continue
			}
			if t.close(ev.When.Date, b.Reason); s != nil {
				s.ClosureDate, s.ReasonForClosure = ev.When.Date, b.Reason
			}
			continue
		}
		if was && !open {
			t.close(ev.When.Date, "")
		}
	}
	for _, s := range t.all {
		// While another episode went on, a census's own end of this one was kept aside.
		if on, err := day.Parse(kept[s.key+keptClosure]); s.key != "" && err == nil && on <= t.end {
			s.ClosureDate, s.ReasonForClosure = on, kept[s.key+keptReason]
		}
	}
}

func (t *told) referral(ev *child.Event, b child.Referral) {
	if censusKey(ev) == "" && slices.ContainsFunc(t.all, func(s *spell) bool { return !s.over }) {
		t.homes[ev.ID] = t.open(ev.When.Date)
		return
	}
	s := &spell{CINDetails: CINDetails{ReferralDate: ev.When.Date, ReferralSource: cmp.Or(b.Code, child.SourceCode(b.Role, b.From)), PrimaryNeedCode: b.Need}, key: censusKey(ev)}
	switch {
	case strings.HasPrefix(b.What, fact.Nothing):
		s.ReferralNFA = Yes
	case strings.HasPrefix(b.What, fact.More):
		s.ReferralNFA = No
	}
	t.all = append(t.all, s)
	t.homes[ev.ID] = s
}

// decided is the episode whose referral was decided. Early help is no further action
// of children's social care, as the census counts.
func (t *told) decided(b child.Decision) *spell {
	switch {
	case b.Outcome != child.NoAction && b.Outcome != child.EarlyHelp || len(t.all) == 0:
		return nil
	case b.Referral != "":
		return t.homes[b.Referral]
	}
	return t.all[len(t.all)-1]
}

// close ends what was open.
func (t *told) close(on day.Date, reason string) {
	for _, s := range t.all {
		if !s.over {
			s.ClosureDate, s.ReasonForClosure, s.over = on, reason, true
		}
	}
}

// spellSaid is the episode in which a census told an event.
func (t *told) spellSaid(ev *child.Event) *spell {
	k := censusKey(ev)
	for _, s := range t.all {
		if s.key != "" && strings.HasPrefix(k, s.key+"/") {
			return s
		}
	}
	return nil
}

// open is the episode that was open on a day, the last where there are several; else
// the last that began before.
func (t *told) open(on day.Date) (found *spell) {
	for _, s := range t.all {
		if s.ReferralDate <= on && (s.ClosureDate == 0 && !s.over || s.ClosureDate >= on) {
			found = s
		}
	}
	for i := len(t.all) - 1; i >= 0 && found == nil; i-- {
		if t.all[i].ReferralDate <= on {
			found = t.all[i]
		}
	}
	return found
}

// openInYear says whether the case was open at any time in the year.
func (t *told) openInYear() (open bool) {
	for ev, now := range t.rec.Life() {
		switch on := ev.When.Date; {
		case on > t.end:
			return open
		case on >= t.start && open:
			return true
		}
		open = now.Open
	}
	return open
}

// episodes are those of the year, with what of their work belongs to it.
func (t *told) episodes() (out []CINDetails) {
	for _, s := range t.all {
		if s.ClosureDate != 0 && s.ClosureDate < t.start {
			continue
		}
		if t.fill(s); s.nothing() && s.ReferralDate < t.start {
			continue
		}
		if s.ReferralSource == "" {
			s.ReferralSource = "10"
			t.sources++
		}
		if s.ReferralNFA == NotSaid {
			s.ReferralNFA = No // it is decided, or waits for it: nobody said that nothing followed
		}
		out = append(out, s.CINDetails)
	}
	slices.SortStableFunc(out, func(a, b CINDetails) int { return int(a.ReferralDate - b.ReferralDate) })
	return out
}
