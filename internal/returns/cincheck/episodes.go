package cincheck

import (
	"onus/internal/day"
	"onus/internal/returns/cin"
)

// sourcesSince is the day from which the source of a referral is collected.
var sourcesSince = day.Of(2013, 4, 1)

// stillOpen says that an episode has no end and was not a referral without
// further action, which needs none.
func stillOpen(e *Episode) bool { return e.Closure.IsZero() && e.NFA != cin.Yes }

// episodeRules are about an episode by itself and beside the child's others.
var episodeRules = []rule{
	{code: "8555Q", from: FirstYear, module: tEpisodes, needs: cols(idDeath, epReferral),
		says: "The child was referred after the date of death.",
		do:   "Check both dates.",
		child: withIdentifiers(allEpisodes, episodeKey,
			func(i *Identifiers, e *Episode) bool { return before(i.Death, e.Referral) }, cols(idDeath), epReferral)},
	{code: "8568", from: FirstYear, module: tEpisodes, needs: cols(epNFA),
		says:  "It is not said whether the referral led to further action, or not with one of the values.",
		do:    "Give ReferralNFA as 1 when there was no further action, else as 0.",
		child: episodes(func(_ Census, e *Episode) bool { return e.NFA == cin.NotSaid }, epNFA)},
	{code: "8569Q", from: FirstYear, module: tEpisodes, needs: cols(epReferral, epNFA, hdReferenceDate),
		says: "A referral is older than one working day before the census year, and is not said to have led to further action.",
		do:   "Leave it out: it belongs in an earlier return. Or correct the date or ReferralNFA.",
		child: func(c *Child, y Census, m *marks) {
			if !anyEpisode(c, func(e *Episode) bool { return e.NFA != cin.No }) {
				return
			}
			first := day.England().AddWorking(y.Start, -1)
			for i := range c.Episodes {
				if e := &c.Episodes[i]; e.NFA != cin.No && before(e.Referral, first) {
					m.at(e.Key, epReferral)
				}
			}
		}},
	{code: "8585Q", from: FirstYear, module: tEpisodes, needs: cols(epReason, idDeath),
		says: "The case was closed because the child died, but no date of death is given.",
		do:   "Give the date of death, or correct the reason for closure.",
		child: withIdentifiers(allEpisodes, episodeKey,
			func(i *Identifiers, e *Episode) bool { return e.Reason == "RC2" && i.Death.IsZero() }, cols(idDeath), epReason)},
	{code: "8600", from: FirstYear, module: tEpisodes, needs: cols(epReferral, hdReferenceDate),
		says:  "The date of referral is missing, or after the census year.",
		do:    "Give the date of referral, or leave the episode for the next return.",
		child: episodes(func(y Census, e *Episode) bool { return e.Referral.IsZero() || e.Referral > y.End }, epReferral)},
	{code: "8606", from: FirstYear, module: tEpisodes, needs: cols(epReferral, idBirth, idExpected),
		says: "The child was referred more than 40 weeks before birth.",
		do:   "Check the date of referral and the date of birth or expected birth.",
		child: withIdentifiers(allEpisodes, episodeKey, func(i *Identifiers, e *Episode) bool {
			birth := i.Birth
			if birth.IsZero() {
				birth = i.ExpectedBirth
			}
			return !birth.IsZero() && before(e.Referral, birth.Add(-40*7))
		}, cols(idBirth, idExpected), epReferral)},
	{code: "8610", from: FirstYear, module: tEpisodes, needs: cols(epNFA, epNeed),
		says:  "The referral led to further action, but the main need is missing.",
		do:    "Give the primary need of the episode.",
		child: episodes(func(_ Census, e *Episode) bool { return e.NFA == cin.No && e.Need == "" }, epNFA, epNeed)},
	{code: "8620", from: FirstYear, module: tEpisodes, needs: cols(epClosure, hdReferenceDate),
		says:  "The case was closed outside the census year.",
		do:    "Leave out an episode that ended earlier, and the date of one that ended later; or correct the date.",
		child: episodes(func(y Census, e *Episode) bool { return y.outside(e.Closure) }, epClosure)},
	{code: "8630", from: FirstYear, module: tEpisodes, needs: cols(epReferral, epClosure),
		says:  "The case was closed before the referral.",
		do:    "Check both dates.",
		child: episodes(func(_ Census, e *Episode) bool { return before(e.Closure, e.Referral) }, epReferral, epClosure)},
	{code: "8640", from: FirstYear, module: tEpisodes, needs: cols(epReason),
		says:  "The reason for closure is not one of the codes of the year.",
		do:    "Give one of the codes RC1 to RC9.",
		child: episodes(func(y Census, e *Episode) bool { return e.Reason != "" && !y.valid(cin.SetReasonForClosure, e.Reason) }, epReason)},
	{code: "8650", from: FirstYear, module: tEpisodes, needs: cols(epNeed),
		says:  "The main need is not one of the codes.",
		do:    "Give one of the codes N0 to N9.",
		child: episodes(func(y Census, e *Episode) bool { return e.Need != "" && !y.valid(cin.SetPrimaryNeedCode, e.Need) }, epNeed)},
	{code: "8805", from: FirstYear, module: tEpisodes, needs: cols(epClosure, epReason),
		says:  "The case was closed, but no reason is given.",
		do:    "Give the reason for closure.",
		child: episodes(func(_ Census, e *Episode) bool { return !e.Closure.IsZero() && e.Reason == "" }, epClosure, epReason)},
	{code: "8810", from: FirstYear, module: tEpisodes, needs: cols(epReason, epClosure),
		says:  "There is a reason for closure, but no date of closure.",
		do:    "Give the date, or take the reason out while the case is open.",
		child: episodes(func(_ Census, e *Episode) bool { return e.Closure.IsZero() && e.Reason != "" }, epClosure, epReason)},
	{code: "8815", from: FirstYear, module: tEpisodes, needs: cols(epNFA, epClosure),
		says:  "The child has more than one open episode.",
		do:    "Close the episodes that have ended, and put what belongs together into one.",
		child: manyOpenEpisodes},
	{code: "8816", from: FirstYear, module: tEpisodes, needs: cols(epReferral, epNFA, epClosure),
		says:  "An episode is open although another one began later, or on the same day. Both are shown.",
		do:    "Close the earlier episode, or put both into one.",
		child: openBeforeLatest},
	{code: "8820", from: FirstYear, module: tEpisodes, needs: cols(epReferral, epClosure, hdReferenceDate),
		says: "An episode began before another one of the child had ended. Both are shown.",
		do:   "Check the dates, or put both episodes into one.",
		child: func(c *Child, y Census, m *marks) {
			overlaps(spans(c.Episodes, func(r *Episode) span { return span{r.Key, r.Referral, r.Closure} }), y, m, epReferral, epClosure)
		}},
	{code: "8866", from: FirstYear, module: tEpisodes, needs: cols(epReferral, epSource),
		says: "Who referred the child is missing, or is not one of the codes of the year.",
		do:   "Give the source of the referral. It is not asked for referrals before April 2013.",
		child: episodes(func(y Census, e *Episode) bool {
			return (e.Referral.IsZero() || e.Referral >= sourcesSince) && !y.valid(cin.SetReferralSource, e.Source)
		}, epReferral, epSource)},
}

func manyOpenEpisodes(c *Child, _ Census, m *marks) {
	open := 0
	for i := range c.Episodes {
		if stillOpen(&c.Episodes[i]) {
			open++
		}
	}
	if open < 2 {
		return
	}
	for i := range c.Episodes {
		// Rows of one number are one episode; only children who share an
		// LAchildID have several.
		number := c.Episodes[i].Episode
		if anyEpisode(c, func(e *Episode) bool { return e.Episode == number && stillOpen(e) }) {
			m.at(c.Episodes[i].Key, epClosure)
		}
	}
}

// openBeforeLatest points at every open episode that is not the one referred
// last, and at the one that is. Of two on the same last day neither is.
func openBeforeLatest(c *Child, _ Census, m *marks) {
	var last day.Date
	for i := range c.Episodes {
		last = max(last, c.Episodes[i].Referral)
	}
	if last.IsZero() {
		return
	}
	for i := range c.Episodes {
		e := &c.Episodes[i]
		if !stillOpen(e) || e.Referral.IsZero() {
			continue
		}
		for j := range c.Episodes {
			if l := &c.Episodes[j]; i != j && l.Referral == last {
				m.at(e.Key, epReferral)
				m.at(l.Key, epReferral)
			}
		}
	}
}
