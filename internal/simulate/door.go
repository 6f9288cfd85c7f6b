package simulate

import (
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// caller is somebody who told us something in the last days, and what the front
// door did about it since.
type caller struct {
	name     [2]string
	months   int     // old; below 0: to be born in so many
	hours    float64 // ago
	referral bool
	from     string
	what     string
	in       child.Intake
	address  string
	taken    string  // by this post
	asked    string  // who was asked, and has not answered
	parked   string  // what it waits for
	agreed   bool    // by a second person
	known    float64 // a referral so many months before, which ended with no further action
}

// callers are what waits at the front door of the demonstration. Every name is
// invented.
var callers = []caller{
	{name: [2]string{"Noah", "Tillery"}, months: 2, hours: 0.8, referral: true, from: "hospital", what: "Two bruises on the left cheek and one on the left upper arm, each about a centimetre. Mum says he rolled on to a toy in his cot. He is not rolling. Alert, feeding well. Dad left before I could speak to him. The ward wants to send him home this morning.",
		in: child.Intake{Role: "hospital", Reach: "children's ward, extension 4471", Where: "On the children's ward, with his mother", Signs: map[string]string{"injury": "yes", "moves": "no", "explained": "no"},
			Household: []child.Member{{Name: "Leanne Tillery", Relation: "mother", Born: "26"}, {Name: "Craig", Relation: "father, says mother", Born: "about 30"}}, Consent: "not asked", Override: "A paediatrician sees him first."},
		address: "22 Tanners Row", taken: "front-door-1", asked: "Paediatrician"},
	{name: [2]string{"Tia", "Ransome"}, months: 160, hours: 5.2, from: "police", what: "Missing. Not home since Saturday 19:00. Seen in a car with two older men. Her phone is off.",
		in: child.Intake{Role: "police", Reach: "duty sergeant, Westerby", Signs: map[string]string{"missing": "yes", "exploited": "yes"}, Household: []child.Member{{Name: "Carol Ransome", Relation: "grandmother"}}}, address: "8 Mill Lane", asked: "Police, where her phone is", known: 3},
	{name: [2]string{"Ellis", "Prewett"}, months: 78, hours: 20, from: "school", what: "Ellis says there is no food at home and Mum sleeps all day. In the same clothes since Monday.",
		in: child.Intake{Role: "school or nursery", Reach: "the head teacher", Words: "There is only cereal and I give it to Joni.", Signs: map[string]string{"neglect": "yes", "parent drugs": "yes", "injury": "no"}}, address: "3 Quay Street", taken: "front-door-2", asked: "GP", known: 4},
	{name: [2]string{"Unborn", "Strand"}, months: -4, hours: 17, from: "probation", what: "Keeley is 23 weeks pregnant, has had no antenatal care, and uses heroin. She grew up in care.",
		in: child.Intake{Role: "probation", Signs: map[string]string{"parent drugs": "yes", "parent in care": "yes", "no antenatal care": "yes", "removed": "no"}, Household: []child.Member{{Name: "Keeley Strand", Relation: "mother"}}}, address: "Flat 2, 40 Harbour Road", taken: "front-door-1", asked: "Midwife"},
	{name: [2]string{"Lottie", "Brand"}, months: 170, hours: 15, from: "school nurse", what: "Fresh cuts on her arm. Out of school for three weeks. She asks to speak Lithuanian.",
		in: child.Intake{Role: "health visitor or midwife", Signs: map[string]string{"self harm": "yes", "out of school": "yes", "suicide": "no"}}, address: "17 Orchard Close", taken: "front-door-1", parked: "An interpreter at the school, so that Lottie can speak for herself.", agreed: true},
	{name: [2]string{"Poppy", "Dace"}, months: 88, hours: 40, from: "housing", what: "Eviction notice for rent. The flat is clean, the girls are well. The mother asks who can help.",
		in: child.Intake{Role: "housing", Consent: "agreed", Signs: map[string]string{"injury": "no", "danger": "no", "neglect": "no", "told": "no"}}, address: "5 Weir View", taken: "front-door-3"},
	{name: [2]string{"Jude", "Osman"}, months: 101, hours: 43, from: "GP", what: "Jude is often tired. The mother has been low since the birth of the baby.",
		in: child.Intake{Role: "GP", Consent: "agreed", Signs: map[string]string{"injury": "no", "danger": "no"}}, address: "61 Station Road", taken: "front-door-2", parked: "The mother asked for the weekend to think about early help."},
	{name: [2]string{"Oskar", "Brandt"}, months: 125, hours: 16, from: "anonymous", what: "There is shouting at night, three nights in a row. Two children live there.",
		in: child.Intake{Role: "anonymous"}, address: "90 Castle Street"},
}

// door are those who wait at the front door now.
func (w *world) door() (plans []plan) {
	for i, c := range callers {
		var p plan
		came := w.o.Now - day.Instant(c.hours*float64(day.Hour))
		say := func(at day.Instant, post string, b entry.Body, of int) int {
			p.events = append(p.events, event{recorded: at, when: day.AtInstant(at), post: post, body: b, of: of})
			return len(p.events)
		}
		id := child.Known{Given: c.name[0], Family: c.name[1], Address: c.address}
		if born := w.o.Now.Date().AddMonths(-c.months); c.months < 0 {
			id.Expected = born
		} else {
			id.Birth = born - 11
		}
		if c.known > 0 {
			then := came - day.Instant(c.known*30*24)*day.Hour
			say(then-day.Minute, "front-door-1", id, 0)
			ref := say(then, "front-door-1", child.Referral{From: "school", What: "Late and hungry on several days."}, 0)
			say(then+3*day.Hour, "manager-front-door", child.Decision{Outcome: child.NoAction, For: "The school helps already."}, ref)
		} else {
			say(came-day.Second, "front-door-1", id, 0)
		}
		if c.referral {
			say(came, "front-door-1", child.Referral{From: c.from, What: c.what, Intake: c.in}, 0)
		} else {
			say(came, "front-door-1", child.Contact{From: c.from, What: c.what, Intake: c.in}, 0)
		}
		soon := came + 6*day.Minute
		if c.taken != "" {
			say(soon, "manager-front-door", child.Taken{Post: c.taken}, 0)
		}
		if c.asked != "" {
			say(soon+2*day.Minute, "front-door-1", child.FoundOut{Asked: c.asked}, 0)
		}
		if c.parked != "" {
			n := say(soon+20*day.Minute, c.taken, child.Parked{Until: w.o.Now + day.Instant(3+i)*day.Hour, Why: c.parked}, 0)
			if c.agreed {
				say(soon+24*day.Minute, "manager-front-door", child.ParkingAgreed{}, n)
			}
		}
		plans = append(plans, p)
	}
	return plans
}
