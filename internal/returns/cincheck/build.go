package cincheck

import (
	"fmt"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/cin"
)

// maxRows is more rows of one table than any true child has. Rules compare a
// child's rows with each other, so that one child without end would take the
// square of its length.
const maxRows = 2000

// Builder makes tables of children as they are read.
type Builder struct {
	t    Tables
	byID map[string]int32
}

// Add adds a child. The error is a *cin.Refusal for a child with more rows than
// any true child has.
func (b *Builder) Add(c cin.Child) error {
	if b.byID == nil {
		b.byID = map[string]int32{}
	}
	into := b.child(&c)
	f := filler{t: &b.t, c: into}
	f.child(&c)
	for _, n := range []int{len(into.Disabilities), len(into.Episodes), len(into.Assessments), len(into.CINPlans), len(into.Section47s),
		len(into.CPPlans), len(into.Reviews), len(into.PreProceedings)} {
		if n > 2*maxRows {
			return &cin.Refusal{Why: cin.ErrLimit, Line: c.Line, Path: "Message/Children/Child",
				Message: fmt.Sprintf("The child that begins here has %d rows in one table. No true child has more than %d: check the export.", n, maxRows)}
		}
	}
	return nil
}

// child finds the child with the same LAchildID, or begins a new one. When an
// export gives every child the same identifier, they stay apart after a while.
func (b *Builder) child(c *cin.Child) *Child {
	if c.LAchildID != "" {
		if i, ok := b.byID[c.LAchildID]; ok {
			if old := b.t.Children[i]; len(old.Identifiers) < 50 && len(old.Episodes)+len(old.Assessments)+len(old.Reviews) < maxRows {
				if len(old.Identifiers) == 1 {
					b.t.shared++
				}
				return old
			}
		}
		b.byID[c.LAchildID] = int32(len(b.t.Children))
	}
	b.t.Children = append(b.t.Children, &Child{ID: c.LAchildID})
	return b.t.Children[len(b.t.Children)-1]
}

// Tables gives what was added, as the return of a header.
func (b *Builder) Tables(h cin.Header) *Tables {
	b.t.Header = Header{Line: int32(h.Line), Year: h.Year, ReferenceDate: h.ReferenceDate}
	b.t.rows[tHeader] = 1
	return &b.t
}

// filler adds the rows of one Child element.
type filler struct {
	t *Tables
	c *Child

	episode, plan int32 // numbers within the element
}

func (f *filler) key(t table, line int) Key {
	k := Key{Row: f.t.rows[t], Line: int32(line), Episode: f.episode}
	f.t.rows[t]++
	return k
}

func (f *filler) child(c *cin.Child) {
	into := f.c
	into.Identifiers = append(into.Identifiers, Identifiers{Key: f.key(tIdentifiers, c.Line), LAchildID: c.LAchildID, UPN: c.UPN, FormerUPN: c.FormerUPN,
		UPNunknown: c.UPNunknown, Birth: c.Birth, ExpectedBirth: c.ExpectedBirth, Death: c.Death, Sex: c.Sex, Gender: c.GenderCurrent})
	into.Characteristics = append(into.Characteristics, Characteristics{Key: f.key(tCharacteristics, c.Line), Ethnicity: c.Ethnicity})
	f.withGaps(len(c.Disabilities), c.Uncoded, tDisabilities, c.Line, func(i int, k Key) {
		d := Disability{Key: k}
		if i >= 0 {
			d.Code, d.Line = c.Disabilities[i].Code, int32(c.Disabilities[i].Line)
		}
		into.Disabilities = append(into.Disabilities, d)
	})
	for i := range c.Episodes {
		f.episode++
		f.addEpisode(&c.Episodes[i])
	}
}

func (f *filler) addEpisode(e *cin.CINDetails) {
	into := f.c
	into.Episodes = append(into.Episodes, Episode{Key: f.key(tEpisodes, e.Line), Referral: e.ReferralDate, Closure: e.ClosureDate, ICPC: e.DateOfInitialCPC,
		Source: e.ReferralSource, Need: e.PrimaryNeedCode, Reason: e.ReasonForClosure, NFA: e.ReferralNFA})
	for _, a := range e.Assessments {
		row := Assessment{Key: f.key(tAssessments, a.Line), Start: a.Start, End: a.Authorised}
		for _, code := range a.Factors {
			row.Factors = append(row.Factors, code.Code)
		}
		into.Assessments = append(into.Assessments, row)
	}
	for _, p := range e.CINPlans {
		into.CINPlans = append(into.CINPlans, CINPlan{f.key(tCINPlans, p.Line), p.Start, p.End})
	}
	for _, s := range e.Section47s {
		into.Section47s = append(into.Section47s, Section47{f.key(tSection47, s.Line), s.Start, s.InitialCPCTarget, s.DateOfInitialCPC, s.ICPCNotRequired})
	}
	for i := range e.CPPlans {
		p := &e.CPPlans[i]
		f.plan++
		into.CPPlans = append(into.CPPlans, CPPlan{f.key(tCPPlans, p.Line), f.plan, p.Start, p.End, p.InitialCategory, p.LatestCategory, p.PreviousPlans})
		f.withGaps(len(p.Reviews), p.Undated, tReviews, p.Line, func(i int, k Key) {
			r := Review{Key: k, Plan: f.plan}
			if i >= 0 {
				r.Date, r.Line = p.Reviews[i].Date, int32(p.Reviews[i].Line)
			}
			into.Reviews = append(into.Reviews, r)
		})
	}
	for i := range e.PreProceedings {
		into.PreProceedings = append(into.PreProceedings, f.preProceedings(&e.PreProceedings[i]))
	}
}

// withGaps adds a row for each of n elements of a list and, in its place, for each
// that is empty: add is given the element's number, or one below 0 for a gap.
func (f *filler) withGaps(n int, gaps []cin.Gap, t table, line int, add func(i int, k Key)) {
	for i := 0; i <= n; i++ {
		for len(gaps) > 0 && gaps[0].Before <= i {
			add(-1, f.key(t, gaps[0].Line))
			gaps = gaps[1:]
		}
		if i < n {
			add(i, f.key(t, line))
		}
	}
}

// preProceedings reads the items of the draft's module, which the reader hands
// over as they stand.
func (f *filler) preProceedings(p *cin.PreProceedings) PreProceedings {
	get := func(name string) string { v, _ := p.Get(name); return v }
	date := func(name string) day.Date { return readDate(get(name)) }
	return PreProceedings{Key: f.key(tPreProceedings, p.Line), Start: date("PPStartDate"), LetterSent: date("LBPSentDate"),
		Offer: get("FGDMMeetingOffer"), Facilitated: get("FGDMMeetingFac"), Meeting: date("InitialPPMeetingDate"), Reviews: get("ReviewMeetingsCount"),
		Decision: date("StepDecisionDate"), Outcome: get("PPOutcome"), Court: date("CourtAppDate"), Initiated: date("LetterInitCPDate")}
}

// readDate reads the day at the beginning of a text; what is none counts as
// missing.
func readDate(s string) day.Date {
	if len(s) < 10 {
		return 0
	}
	d, err := day.Parse(s[:10])
	if err != nil {
		return 0
	}
	return d
}

func yesNo(s string) cin.YesNo {
	switch strings.ToLower(s) {
	case "1", "true":
		return cin.Yes
	case "0", "false":
		return cin.No
	}
	return cin.NotSaid
}
