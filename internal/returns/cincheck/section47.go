package cincheck

import (
	"time"

	"onus/internal/day"
)

func weekend(d day.Date) bool {
	return !d.IsZero() && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
}

// section47Rules are about enquiries and their initial conferences.
var section47Rules = []rule{
	{code: "1104", from: FirstYear, module: tSection47, needs: cols(epReferral, s47ICPC),
		says: "The initial conference was held before the referral.",
		do:   "Check both dates, and that the enquiry stands in the right episode.",
		child: withEpisode(allSection47s, section47Key,
			func(e *Episode, s *Section47) bool { return before(s.ICPC, e.Referral) }, epReferral, s47ICPC)},
	{code: "2884", from: FirstYear, module: tSection47, needs: cols(s47ICPC, epICPC),
		says: "One initial conference stands both with the enquiry and with the episode.",
		do:   "Leave it with the enquiry only. The episode's own date is for a conference without an enquiry.",
		child: withEpisode(allSection47s, section47Key,
			func(e *Episode, s *Section47) bool { return !s.ICPC.IsZero() && s.ICPC == e.ICPC }, epICPC, s47ICPC)},
	{code: "2889", from: FirstYear, module: tSection47, needs: cols(s47Start, epReferral),
		says: "The enquiry began before the referral.",
		do:   "Check both dates, and that the enquiry stands in the right episode.",
		child: withEpisode(allSection47s, section47Key,
			func(e *Episode, s *Section47) bool { return before(s.Start, e.Referral) }, epReferral, s47Start)},
	{code: "2991Q", from: FirstYear, module: tEpisodes, needs: cols(s47LAchildID, asLAchildID),
		says: "The episode holds a section 47 enquiry and no assessment.",
		do:   "Add the assessment, or give the reason.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Section47s {
				if s := &c.Section47s[i]; len(of(c.Assessments, assessmentKey, s.Episode)) == 0 {
					m.at(s.Key, s47LAchildID)
				}
			}
		}},
	{code: "8615", from: FirstYear, module: tSection47, needs: cols(s47Start, s47ICPC),
		says: "The enquiry began after its initial conference, or its start is missing.",
		do:   "Give the start of the enquiry, or check both dates.",
		child: section47s(func(_ Census, s *Section47) bool {
			return !s.ICPC.IsZero() && (s.Start.IsZero() || s.Start > s.ICPC)
		}, s47Start, s47ICPC)},
	{code: "8675Q", from: FirstYear, module: tSection47, needs: cols(s47ICPC, s47Start, s47NotRequired, hdReferenceDate),
		says: "The enquiry began more than 15 working days before the end of the census year, and has neither a conference nor the word that none was needed.",
		do:   "Give the date of the conference, or ICPCnotRequired as 1, or the reason for the delay.",
		child: section47s(func(y Census, s *Section47) bool {
			return s.open() && !s.Start.IsZero() && s.Start < day.England().AddWorking(y.End, -15)
		}, s47ICPC, s47Start, s47NotRequired)},
	{code: "8715", from: FirstYear, module: tSection47, needs: cols(s47ICPC, hdReferenceDate),
		says:  "The initial conference was held outside the census year.",
		do:    "Leave out one held earlier, and the date of one held later; or correct the date.",
		child: section47s(func(y Census, s *Section47) bool { return y.outside(s.ICPC) }, s47ICPC)},
	{code: "8740", from: FirstYear, module: tSection47, needs: cols(s47Start, s47ICPC, s47NotRequired, hdReferenceDate),
		says: "The enquiry has neither a conference nor the word that none was needed, and began outside the census year.",
		do:   "Give the date of the conference, or ICPCnotRequired as 1, or correct the start.",
		child: section47s(func(y Census, s *Section47) bool { return s.open() && y.outside(s.Start) },
			s47Start, s47ICPC, s47NotRequired)},
	{code: "8839", from: FirstYear, module: tSection47, needs: cols(s47ICPC, s47NotRequired),
		says:  "The episode has two or more enquiries with neither a conference nor the word that none was needed.",
		do:    "Give the outcome of those that are done.",
		child: manyOpen(allSection47s, section47Key, func(s *Section47) bool { return s.open() }, s47ICPC)},
	{code: "8870Q", from: FirstYear, module: tSection47, needs: cols(s47Target),
		says:  "The day by which the initial conference was due is at a weekend.",
		do:    "Give the fifteenth working day after the strategy discussion.",
		child: section47s(func(_ Census, s *Section47) bool { return weekend(s.Target) }, s47Target)},
	{code: "8875", from: FirstYear, module: tSection47, needs: cols(s47ICPC),
		says:  "The initial conference was held at a weekend.",
		do:    "Check the date.",
		child: section47s(func(_ Census, s *Section47) bool { return weekend(s.ICPC) }, s47ICPC)},
	{code: "8890", from: FirstYear, module: tEpisodes, needs: cols(s47Start, s47ICPC, s47NotRequired, hdReferenceDate),
		says:  "An enquiry began while another one of the episode was going on. Both are shown.",
		do:    "Check the dates, or put what was one enquiry into one.",
		child: enquiryDuringAnother},
}

// enquiryDuringAnother takes an enquiry to go on until its conference, and one
// without a conference until the end of the census year. When one that needed no
// conference ended, the return does not say: nothing is said to be during it.
func enquiryDuringAnother(c *Child, y Census, m *marks) {
	if len(c.Section47s) < 2 {
		return
	}
	for i := range c.Section47s {
		a := &c.Section47s[i]
		last := a.ICPC
		if a.open() {
			last = y.End
		}
		for j := range c.Section47s {
			if b := &c.Section47s[j]; i != j && a.Episode == b.Episode && !a.Start.IsZero() && b.Start >= a.Start && b.Start <= last {
				m.at(a.Key, s47Start)
				m.at(b.Key, s47Start)
			}
		}
	}
}
