package cin

import (
	"fmt"
	"slices"

	"onus/internal/day"
)

// readChild reads one Child and hands it over.
func (p *reader) readChild(line int) error {
	c := &Child{Line: line}
	p.child, p.childStart, p.items = c, p.dec.Offset(), 0
	idLine := line
	p.attributes()
	err := p.walk(func(name string, line int) error {
		switch name {
		case "ChildIdentifiers":
			return p.identifiers(c, &idLine)
		case "ChildCharacteristics":
			return p.characteristics(c)
		case "CINdetails":
			c.Episodes = append(c.Episodes, CINDetails{Line: line})
			p.sum.Episodes++
			return p.episode(&c.Episodes[len(c.Episodes)-1])
		}
		return p.unknown(line)
	})
	if err != nil {
		return err
	}
	const path = "Message/Children/Child/ChildIdentifiers/LAchildID"
	if c.LAchildID == "" {
		p.found(NoChildID, Error, line, path, c.UPN, "This child has no LAchildID, so the record cannot be matched to one here by it.",
			"Give the authority's own identifier. Until then match the child by hand.")
	} else if at, ok := p.first(c.LAchildID, idLine); !ok {
		c.Repeats = at
		p.found(DuplicateChild, Error, idLine, path, c.LAchildID, fmt.Sprintf("This LAchildID stood before, on line %d.", at),
			"If it is the same child, put all episodes under one Child. If not, one identifier is wrong.")
	}
	p.flush()
	p.child = nil
	p.sum.Children++
	if p.each == nil {
		return nil
	}
	return p.each(*c)
}

func (p *reader) identifiers(c *Child, idLine *int) error {
	return p.walk(func(name string, line int) error {
		switch name {
		case "LAchildID":
			if c.LAchildID == "" {
				*idLine = line
			}
			return p.text(&c.LAchildID, line)
		case "UPN":
			return p.text(&c.UPN, line)
		case "FormerUPN":
			return p.text(&c.FormerUPN, line)
		case "UPNunknown":
			return p.code(&c.UPNunknown, SetUPNunknown, line)
		case "PersonBirthDate":
			return p.date(&c.Birth, line)
		case "ExpectedPersonBirthDate":
			return p.date(&c.ExpectedBirth, line)
		case "PersonDeathDate":
			return p.date(&c.Death, line)
		case "Sex":
			p.belongs(line, 2025, LastYear)
			return p.codeOf(&c.Sex, SetSex, 0, line)
		case "GenderCurrent":
			p.belongs(line, FirstYear, 2024)
			return p.codeOf(&c.GenderCurrent, SetGenderCurrent, 0, line)
		}
		return p.unknown(line)
	})
}

func (p *reader) characteristics(c *Child) error {
	return p.walk(func(name string, line int) error {
		switch name {
		case "Ethnicity":
			return p.code(&c.Ethnicity, SetEthnicity, line)
		case "Disabilities":
			return p.codes(&c.Disabilities, &c.Uncoded, "Disability", SetDisability)
		}
		return p.unknown(line)
	})
}

func (p *reader) episode(e *CINDetails) error {
	kept := len(p.child.Kept)
	err := p.walk(func(name string, line int) error {
		switch name {
		case "CINreferralDate":
			return p.event(&e.ReferralDate, line)
		case "ReferralSource":
			return p.code(&e.ReferralSource, SetReferralSource, line)
		case "PrimaryNeedCode":
			return p.code(&e.PrimaryNeedCode, SetPrimaryNeedCode, line)
		case "CINclosureDate":
			return p.event(&e.ClosureDate, line)
		case "ReasonForClosure":
			return p.code(&e.ReasonForClosure, SetReasonForClosure, line)
		case "DateOfInitialCPC":
			return p.event(&e.DateOfInitialCPC, line)
		case "ReferralNFA":
			return p.yesNo(&e.ReferralNFA, line)
		case "Assessments":
			e.Assessments = append(e.Assessments, Assessment{Line: line})
			p.sum.Assessments++
			return p.assessment(&e.Assessments[len(e.Assessments)-1])
		case "CINPlanDates":
			p.belongs(line, 2022, LastYear)
			e.CINPlans = append(e.CINPlans, CINPlan{Line: line})
			p.sum.CINPlans++
			return p.cinPlan(&e.CINPlans[len(e.CINPlans)-1])
		case "Section47":
			e.Section47s = append(e.Section47s, Section47{Line: line})
			p.sum.Section47s++
			return p.section47(&e.Section47s[len(e.Section47s)-1])
		case "ChildProtectionPlans":
			e.CPPlans = append(e.CPPlans, CPPlan{Line: line})
			p.sum.CPPlans++
			return p.cpPlan(&e.CPPlans[len(e.CPPlans)-1])
		case "PreProceedingsandFGDM":
			p.belongs(line, 2027, LastYear)
			e.PreProceedings = append(e.PreProceedings, PreProceedings{Line: line})
			p.sum.PreProceedings++
			return p.preProceedings(&e.PreProceedings[len(e.PreProceedings)-1])
		}
		return p.unknown(line)
	})
	return p.dated(err, e.ReferralDate, e.Line, kept, "CINdetails", "CINreferralDate")
}

func (p *reader) assessment(a *Assessment) error {
	kept := len(p.child.Kept)
	err := p.walk(func(name string, line int) error {
		switch name {
		case "AssessmentActualStartDate":
			return p.event(&a.Start, line)
		case "AssessmentInternalReviewDate":
			return p.event(&a.InternalReview, line)
		case "AssessmentAuthorisationDate":
			return p.event(&a.Authorised, line)
		case "FactorsIdentifiedAtAssessment":
			return p.codes(&a.Factors, nil, "AssessmentFactors", SetAssessmentFactors)
		}
		return p.unknown(line)
	})
	return p.dated(err, a.Start, a.Line, kept, "CINdetails/Assessments", "AssessmentActualStartDate")
}

func (p *reader) cinPlan(c *CINPlan) error {
	kept := len(p.child.Kept)
	err := p.walk(func(name string, line int) error {
		switch name {
		case "CINPlanStartDate":
			return p.event(&c.Start, line)
		case "CINPlanEndDate":
			return p.event(&c.End, line)
		}
		return p.unknown(line)
	})
	return p.dated(err, c.Start, c.Line, kept, "CINdetails/CINPlanDates", "CINPlanStartDate")
}

func (p *reader) section47(s *Section47) error {
	kept := len(p.child.Kept)
	err := p.walk(func(name string, line int) error {
		switch name {
		case "S47ActualStartDate":
			return p.event(&s.Start, line)
		case "InitialCPCtarget":
			return p.event(&s.InitialCPCTarget, line)
		case "DateOfInitialCPC":
			return p.event(&s.DateOfInitialCPC, line)
		case "ICPCnotRequired":
			return p.yesNo(&s.ICPCNotRequired, line)
		}
		return p.unknown(line)
	})
	return p.dated(err, s.Start, s.Line, kept, "CINdetails/Section47", "S47ActualStartDate")
}

func (p *reader) cpPlan(c *CPPlan) error {
	kept := len(p.child.Kept)
	err := p.walk(func(name string, line int) error {
		switch name {
		case "CPPstartDate":
			return p.event(&c.Start, line)
		case "CPPendDate":
			return p.event(&c.End, line)
		case "InitialCategoryOfAbuse":
			return p.code(&c.InitialCategory, SetCategoryOfAbuse, line)
		case "LatestCategoryOfAbuse":
			return p.code(&c.LatestCategory, SetCategoryOfAbuse, line)
		case "NumberOfPreviousCPP":
			return p.number(&c.PreviousPlans, line)
		case "Reviews":
			return p.reviews(c, line)
		}
		return p.unknown(line)
	})
	return p.dated(err, c.Start, c.Line, kept, "CINdetails/ChildProtectionPlans", "CPPstartDate")
}

// reviews reads one group of reviews: a date for each, which the schema lets
// stand several to a group.
func (p *reader) reviews(c *CPPlan, line int) error {
	met := 0
	err := p.walk(func(name string, line int) error {
		if name != "CPPreviewDate" {
			return p.unknown(line)
		}
		met++
		r := Review{Line: line}
		if err := p.event(&r.Date, line); err != nil {
			return err
		}
		if r.Date.IsZero() {
			c.Undated = append(c.Undated, Gap{Line: line, Before: len(c.Reviews)})
			return nil
		}
		c.Reviews = append(c.Reviews, r)
		p.sum.Reviews++
		return nil
	})
	if err == nil && met == 0 {
		c.Undated = append(c.Undated, Gap{Line: line, Before: len(c.Reviews)})
	}
	return err
}

// preProceedings keeps the draft module as it stands; items that the draft does
// not name are kept beside the others and listed.
func (p *reader) preProceedings(m *PreProceedings) error {
	return p.walk(func(name string, line int) error {
		if !slices.Contains(preProceedingsItems, name) {
			return p.unknown(line)
		}
		path := p.path()
		v, err := p.leaf(line)
		if err == nil && v != "" {
			m.Items = append(m.Items, Raw{Line: line, Path: path, Name: name, Value: v})
			p.items++
		}
		return err
	})
}

// dated lists a group without the date that makes it an event, unless that date
// was there and could not be read: then it has been listed, and is among what
// was kept since the group began.
func (p *reader) dated(err error, d day.Date, line, kept int, group, item string) error {
	path := "Message/Children/Child/" + group + "/" + item
	if err != nil || !d.IsZero() || slices.ContainsFunc(p.child.Kept[kept:], func(r Raw) bool { return r.Path == path }) {
		return err
	}
	p.found(MissingDate, Warning, line, path, "", fmt.Sprintf("There is no %s, so it cannot be placed in time.", item),
		"Give the date in the source system and export again.")
	return nil
}
