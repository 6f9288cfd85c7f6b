package duty

import "onus/internal/child"

// Place is where a child stands in every list: the most dangerous situation
// first. It is a fact about the work under way, never a score of a family.
type Place struct {
	Rank int
	Name string
}

// Places in order. A child stands at the first that fits. Shown on the rules
// page, so that nobody has to guess why a list is in its order.
var Places = []struct {
	Name string
	Why  string
	fits func(child.Status) bool
}{
	{"Not safe tonight", "A worker went to see the child and could not say that the child is safe tonight. Somebody decides today.", func(s child.Status) bool { return s.Open && s.Doubt != "" }},
	{"Section 47 enquiry", "Somebody suspects significant harm and it is being enquired into.", func(s child.Status) bool { return s.Enquiry }},
	{"Missing", "Nobody knows where the child is.", func(s child.Status) bool { return s.Missing }},
	{"Protection plan", "A conference found significant harm, or that it is likely.", func(s child.Status) bool { return s.Plan == "cp" }},
	{"Referral not decided", "Nobody has decided yet what to do, so the risk is not known.", func(s child.Status) bool { return s.Undecided }},
	{"Assessment", "The child's needs and risks are being assessed, or wait to be.", func(s child.Status) bool { return (s.Assessing || s.Awaiting) && s.Plan == "" && !s.LookedAfter }},
	{"In care", "The authority looks after the child. The place where the child lives has its own people; ours come and ask.", func(s child.Status) bool { return s.LookedAfter }},
	{"Child in need plan", "The family gets help under an agreed plan.", func(s child.Status) bool { return s.Plan == "cin" }},
	{"Private fostering", "The child lives with people who are not close family, by private arrangement.", func(s child.Status) bool { return s.PrivatelyFostered }},
	{"Leaving care", "A young person whom the authority brought up is owed help.", func(s child.Status) bool { return s.LeavingCare }},
	{"Open, no plan", "The case is open and nothing of the above is under way.", func(s child.Status) bool { return s.Open }},
	{"Closed", "The authority's work has ended.", func(child.Status) bool { return true }},
}

// PlaceOf finds where a child stands.
func PlaceOf(s child.Status) Place {
	for i, p := range Places {
		if p.fits(s) {
			name := p.Name
			if p.Name == "Protection plan" && child.CategoryName(s.Category) != "" {
				name += ": " + child.CategoryName(s.Category)
			}
			if s.Awaiting && !s.Assessing && p.Name == "Assessment" {
				name = "Waits for an assessment"
			}
			return Place{Rank: i, Name: name}
		}
	}
	return Place{Rank: len(Places), Name: "Closed"}
}
