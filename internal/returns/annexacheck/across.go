package annexacheck

import (
	"slices"

	"onus/internal/returns/annexa"
)

// childRules are about one child who stands in several rows.
var childRules = []rule{
	same("A50", annexa.Birth, false, "The same child has different dates of birth."),
	same("A51", annexa.Gender, false, "The same child has different genders."),
	same("A52", annexa.Ethnicity, true, "The same child has different ethnic groups."),
	same("A53", annexa.Disability, true, "The same child has a disability in one row and none in another."),
}

// same finds rows that say something else of a child than the first that says
// anything. What could not be read says nothing.
func same(code string, c annexa.Field, query bool, says string) rule {
	return rule{code: code, query: query, says: says, do: "Look the child up and put all rows right. The first row that says anything is taken as right; it may be the one that is wrong.",
		anyOf: []annexa.Field{c},
		run: func(f *facts, m *marks) {
			first := map[string]string{}
			for l := range children {
				for i, r := range f.rows(l) {
					id, v := key(r.Who()), r.Of(c)
					if id == "" || !v.Known || c.Holds() == annexa.Code && silent(v.Word) {
						continue
					}
					said, ok := first[id]
					if !ok {
						first[id] = v.Text
					} else if said != v.Text {
						m.at(i, r, c)
					}
				}
			}
		}}
}

// silent says whether a code says nothing of the child: that something is not
// known, was refused, or only which group it is of.
func silent(w *annexa.Word) bool {
	return w.Code == "" || slices.Contains([]string{"c) Unknown", "c) Not stated/recorded", "s) REFU", "s) NOBT"}, w.Code)
}

// acrossRules are about lists that must agree with each other.
var acrossRules = []rule{
	{code: "A60", needs: slices.Concat(of(annexa.Protection, annexa.ChildID), of(annexa.Need, annexa.ChildID)),
		says: "A child with a child protection plan is not on the list of children in need.", do: "Put the child on List 6: it holds everybody who has a plan, is looked after or is being assessed.", run: alsoIn(annexa.Protection, annexa.Need)},
	{code: "A61", needs: slices.Concat(of(annexa.Care, annexa.ChildID), of(annexa.Need, annexa.ChildID)),
		says: "A child who is or was looked after is not on the list of children in need.", do: "Put the child on List 6: it holds everybody who has a plan, is looked after or is being assessed.", run: alsoIn(annexa.Care, annexa.Need)},
	{code: "A62", needs: slices.Concat(of(annexa.Need, annexa.ChildID, annexa.CaseStatus), of(annexa.Protection, annexa.ChildID, annexa.PlanEnd)),
		says: "The list of children in need says that a child has a child protection plan, and List 7 has no open plan.", do: "Check the case status, or put the plan on List 7.",
		run: statusHas(protected, annexa.Protection, annexa.PlanEnd)},
	{code: "A63", needs: slices.Concat(of(annexa.Need, annexa.ChildID, annexa.CaseStatus), of(annexa.Care, annexa.ChildID, annexa.CareEnd)),
		says: "The list of children in need says that a child is looked after, and List 8 has no open period of care.", do: "Check the case status, or put the child on List 8.",
		run: statusHas(inCare, annexa.Care, annexa.CareEnd)},
	{code: "A64", needs: slices.Concat(of(annexa.Protection, annexa.ChildID, annexa.PlanEnd), of(annexa.Need, annexa.ChildID, annexa.CaseStatus)),
		says: "A child has an open child protection plan, and the case status on List 6 is another.", do: "Give the status “b) Child Protection plan”, or “a) Looked after child” where the child is also looked after.",
		run: openHas(annexa.Protection, annexa.PlanEnd, protected, inCare)},
	{code: "A65", needs: slices.Concat(of(annexa.Care, annexa.ChildID, annexa.CareEnd), of(annexa.Need, annexa.ChildID, annexa.CaseStatus)),
		says: "A child is looked after, and the case status on List 6 is another.", do: "Give the status “a) Looked after child”.",
		run: openHas(annexa.Care, annexa.CareEnd, inCare)},
	{code: "A66", needs: slices.Concat(of(annexa.Adoption, annexa.ChildID, annexa.AdoptionOrder, annexa.DecisionReversed), of(annexa.Care, annexa.ChildID)),
		says: "A child waits for adoption and is not on the list of children looked after.", do: "Put the child on List 8, or give the day of the adoption order or of the decision against adoption.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Adoption) {
				id := key(r.Who())
				if id != "" && r.Of(annexa.AdoptionOrder).Blank() && r.Of(annexa.DecisionReversed).Blank() && f.of[annexa.Care][id] == nil {
					m.at(i, r, annexa.ChildID)
				}
			}
		}},
	{code: "A67", query: true, dated: true, needs: slices.Concat(of(annexa.Protection, annexa.ChildID, annexa.PlanStart), of(annexa.Enquiries, annexa.ChildID, annexa.ConferenceDate)),
		says: "A child protection plan began in the six months before the day that the lists are of, and List 5 has no conference of the child.", do: "Put the enquiry and its conference on List 5, unless the child moved in with a plan from elsewhere.",
		run: func(f *facts, m *marks) {
			from := f.on.AddMonths(-6)
			for i, r := range f.rows(annexa.Protection) {
				id, start := key(r.Who()), r.Of(annexa.PlanStart)
				held := slices.ContainsFunc(f.of[annexa.Enquiries][id], func(j int) bool {
					return !f.rows(annexa.Enquiries)[j].Of(annexa.ConferenceDate).Blank()
				})
				if id != "" && start.Known && start.Date >= from && !held {
					m.at(i, r, annexa.PlanStart)
				}
			}
		}},
	{code: "A68", query: true, needs: slices.Concat(of(annexa.Enquiries, annexa.ChildID, annexa.ConferenceMadePlan), of(annexa.Protection, annexa.ChildID)),
		says: "A conference made a child protection plan, and the child is not on List 7.", do: "Put the plan on List 7, or check the answer.",
		run: func(f *facts, m *marks) {
			for i, r := range f.rows(annexa.Enquiries) {
				if id := key(r.Who()); id != "" && r.Of(annexa.ConferenceMadePlan).Text == yes && f.of[annexa.Protection][id] == nil {
					m.at(i, r, annexa.ConferenceMadePlan)
				}
			}
		}},
	{code: "A69", query: true, needs: slices.Concat(of(annexa.Adopters, annexa.FamilyID), of(annexa.Adoption, annexa.FamilyID, annexa.PlacedForAdoption)),
		says: "A child was placed for adoption with a family that is not on the list of adopters.", do: "Put the family's adopters on List 11, unless another agency approved them.",
		run: func(f *facts, m *marks) {
			known := map[string]bool{}
			for _, r := range f.rows(annexa.Adopters) {
				known[key(r.Of(annexa.FamilyID).Text)] = true
			}
			for i, r := range f.rows(annexa.Adoption) {
				if id := key(r.Of(annexa.FamilyID).Text); id != "" && !r.Of(annexa.PlacedForAdoption).Blank() && !known[id] {
					m.at(i, r, annexa.FamilyID)
				}
			}
		}},
}

// alsoIn finds children of one list who are not in another.
func alsoIn(l, other annexa.List) func(*facts, *marks) {
	return func(f *facts, m *marks) {
		for i, r := range f.rows(l) {
			if id := key(r.Who()); id != "" && f.of[other][id] == nil {
				m.at(i, r, annexa.ChildID)
			}
		}
	}
}

// statusHas finds children in need whose status speaks of a list on which they
// have nothing open.
func statusHas(status string, l annexa.List, end annexa.Field) func(*facts, *marks) {
	return func(f *facts, m *marks) {
		for i, r := range f.rows(annexa.Need) {
			id := key(r.Who())
			open := slices.ContainsFunc(f.of[l][id], func(j int) bool { return f.rows(l)[j].Of(end).Blank() })
			if id != "" && r.Of(annexa.CaseStatus).Text == status && !open {
				m.at(i, r, annexa.CaseStatus)
			}
		}
	}
}

// openHas finds children with something open on a list, whose status on List 6 is
// none of those that say so. Whether they are on List 6 at all is another rule's.
func openHas(l annexa.List, end annexa.Field, statuses ...string) func(*facts, *marks) {
	return func(f *facts, m *marks) {
		for i, r := range f.rows(l) {
			id := key(r.Who())
			if id == "" || !r.Of(end).Blank() {
				continue
			}
			for _, j := range f.of[annexa.Need][id] {
				if s := f.rows(annexa.Need)[j].Of(annexa.CaseStatus); s.Known && !slices.Contains(statuses, s.Text) {
					m.at(i, r, annexa.ChildID)
				}
			}
		}
	}
}
