package cin

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/scan"
)

// ErrIncomplete says that a header or a child cannot be written so that the
// schema of the year accepts it. It comes as a *Incomplete.
var ErrIncomplete = errors.New("cin: cannot be written as the schema asks")

// Incomplete lists all that keeps one child, or the header, from being written.
type Incomplete struct {
	Child   string   // LAchildID; empty for the header and for a child without one
	Reasons []string // such as "Ethnicity is missing"
}

// Error gives the child and every reason in one line.
func (e *Incomplete) Error() string {
	who := "the header"
	if e.Child != "" {
		who = "child " + scan.Cut(e.Child)
	}
	return who + " cannot be written: " + strings.Join(e.Reasons, "; ")
}

// Unwrap gives ErrIncomplete.
func (e *Incomplete) Unwrap() error { return ErrIncomplete }

// Writer writes a census, child by child, in the element order of the schema of
// the header's year. Memory does not grow with the number of children. The
// years are 2017 to 2027; 2027 follows the draft, which has no schema yet.
type Writer struct {
	w     *bufio.Writer
	h     Header
	err   error // that ended the writing
	begun bool
	n     int
	left  map[string]int
}

// NewWriter begins a census. What is wrong with the header is said by the first
// call of Child or Close.
func NewWriter(w io.Writer, h Header) *Writer {
	if h.Collection == "" {
		h.Collection = "CIN"
	}
	return &Writer{w: bufio.NewWriter(w), h: h, left: map[string]int{}}
}

// Child writes one child. A child that the schema would not accept is refused
// with an *Incomplete and nothing of it is written; the next one can follow. No
// value is guessed: a sex or an ethnicity that nobody knows must be given as U
// or NOBT.
func (w *Writer) Child(c Child) error {
	if err := w.begin(); err != nil {
		return err
	}
	if bad := w.check(c); len(bad) > 0 {
		return &Incomplete{Child: c.LAchildID, Reasons: bad}
	}
	w.child(c)
	w.n++
	return w.err
}

// Close ends the file and flushes it; it does not close the underlying writer.
// A census without a child is ended and refused with an *Incomplete.
func (w *Writer) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	w.line(1, "</Children>")
	w.raw("</Message>\n")
	if err := w.w.Flush(); w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return w.err
	}
	w.err = errors.New("cin: the census has been closed")
	if w.n == 0 {
		return &Incomplete{Reasons: []string{"the census has no children"}}
	}
	return nil
}

// LeftOut counts what children held and the year's schema has no place for, by
// path: plans before 2022, pre-proceedings before 2027, and everything Kept.
func (w *Writer) LeftOut() map[string]int { return w.left }

var (
	threeDigits = regexp.MustCompile(`^[0-9]{3}$`)
	serial      = regexp.MustCompile(`^[0-9]{3,}$`)
	upn         = regexp.MustCompile(`^[A-Za-z][0-9]{11}[0-9A-Za-z]$`)
)

func (w *Writer) begin() error {
	if w.begun || w.err != nil {
		return w.err
	}
	h := w.h
	bad := reasons{}
	bad.unless(h.Collection == "CIN", "Collection must be CIN")
	bad.unless(h.Year >= FirstYear && h.Year <= LastYear, fmt.Sprintf("Year must be from %d to %d", FirstYear, LastYear))
	bad.unless(h.SourceLevel == "" || h.SourceLevel == "L", "SourceLevel must be L")
	bad.unless(threeDigits.MatchString(h.LEA), "LEA must be three digits")
	bad.unless(h.SerialNo == "" || serial.MatchString(h.SerialNo), "SerialNo must be three digits or more")
	_, made := h.Made()
	bad.unless(h.DateTime == "" || made && strings.Contains(h.DateTime, "T") && len(h.DateTime) >= len("2006-01-02T15:04:05"), "DateTime must be like 2026-05-01T09:00:00")
	bad.plain("SoftwareCode", h.SoftwareCode)
	bad.plain("Release", h.Release)
	if len(bad) > 0 {
		w.err = &Incomplete{Reasons: bad}
		return w.err
	}
	w.begun = true
	w.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message>\n")
	w.line(1, "<Header>")
	w.line(2, "<CollectionDetails>")
	w.item(3, "Collection", h.Collection)
	w.item(3, "Year", strconv.Itoa(h.Year))
	w.item(3, "ReferenceDate", h.ReferenceDate.String())
	w.line(2, "</CollectionDetails>")
	w.line(2, "<Source>")
	w.item(3, "SourceLevel", h.SourceLevel)
	w.item(3, "LEA", h.LEA)
	w.item(3, "SoftwareCode", h.SoftwareCode)
	w.item(3, "Release", h.Release)
	w.item(3, "SerialNo", h.SerialNo)
	w.item(3, "DateTime", h.DateTime)
	w.line(2, "</Source>")
	w.line(1, "</Header>")
	w.line(1, "<Children>")
	return w.err
}

func (w *Writer) child(c Child) {
	w.line(2, "<Child>")
	w.line(3, "<ChildIdentifiers>")
	w.item(4, "LAchildID", c.LAchildID)
	w.item(4, "UPN", c.UPN)
	w.item(4, "FormerUPN", c.FormerUPN)
	w.item(4, "UPNunknown", c.UPNunknown)
	w.date(4, "PersonBirthDate", c.Birth)
	w.date(4, "ExpectedPersonBirthDate", c.ExpectedBirth)
	name, code := w.sex(c)
	w.item(4, name, code)
	w.date(4, "PersonDeathDate", c.Death)
	w.line(3, "</ChildIdentifiers>")
	w.line(3, "<ChildCharacteristics>")
	w.item(4, "Ethnicity", c.Ethnicity)
	w.codes(4, "Disabilities", "Disability", c.Disabilities)
	w.line(3, "</ChildCharacteristics>")
	for _, e := range c.Episodes {
		w.episode(e)
	}
	w.line(2, "</Child>")
	for _, r := range c.Kept {
		w.left[r.Path]++
	}
}

func (w *Writer) episode(e CINDetails) {
	w.line(3, "<CINdetails>")
	w.date(4, "CINreferralDate", e.ReferralDate)
	w.item(4, "ReferralSource", e.ReferralSource)
	w.item(4, "PrimaryNeedCode", e.PrimaryNeedCode)
	w.date(4, "CINclosureDate", e.ClosureDate)
	w.item(4, "ReasonForClosure", e.ReasonForClosure)
	w.date(4, "DateOfInitialCPC", e.DateOfInitialCPC)
	for _, a := range e.Assessments {
		w.line(4, "<Assessments>")
		w.date(5, "AssessmentActualStartDate", a.Start)
		w.date(5, "AssessmentInternalReviewDate", a.InternalReview)
		w.date(5, "AssessmentAuthorisationDate", a.Authorised)
		w.codes(5, "FactorsIdentifiedAtAssessment", "AssessmentFactors", a.Factors)
		w.line(4, "</Assessments>")
	}
	for _, p := range e.CINPlans {
		if w.h.Year < 2022 {
			w.left["Message/Children/Child/CINdetails/CINPlanDates"]++
			continue
		}
		w.line(4, "<CINPlanDates>")
		w.date(5, "CINPlanStartDate", p.Start)
		w.date(5, "CINPlanEndDate", p.End)
		w.line(4, "</CINPlanDates>")
	}
	for _, s := range e.Section47s {
		w.line(4, "<Section47>")
		w.date(5, "S47ActualStartDate", s.Start)
		w.date(5, "InitialCPCtarget", s.InitialCPCTarget)
		w.date(5, "DateOfInitialCPC", s.DateOfInitialCPC)
		w.yesNo(5, "ICPCnotRequired", s.ICPCNotRequired)
		w.line(4, "</Section47>")
	}
	w.yesNo(4, "ReferralNFA", e.ReferralNFA)
	for _, p := range e.CPPlans {
		w.cpPlan(p)
	}
	for _, m := range e.PreProceedings {
		if w.h.Year < 2027 {
			w.left["Message/Children/Child/CINdetails/PreProceedingsandFGDM"]++
			continue
		}
		w.line(4, "<PreProceedingsandFGDM>")
		for _, name := range preProceedingsItems {
			for _, it := range m.Items {
				if it.Name == name {
					w.item(5, name, it.Value)
				}
			}
		}
		w.line(4, "</PreProceedingsandFGDM>")
	}
	w.line(3, "</CINdetails>")
}

func (w *Writer) cpPlan(p CPPlan) {
	w.line(4, "<ChildProtectionPlans>")
	w.date(5, "CPPstartDate", p.Start)
	w.date(5, "CPPendDate", p.End)
	w.item(5, "InitialCategoryOfAbuse", p.InitialCategory)
	w.item(5, "LatestCategoryOfAbuse", p.LatestCategory)
	w.item(5, "NumberOfPreviousCPP", strconv.Itoa(p.PreviousPlans.Value))
	if len(p.Reviews) > 0 {
		w.line(5, "<Reviews>")
		for _, r := range p.Reviews {
			w.date(6, "CPPreviewDate", r.Date)
		}
		w.line(5, "</Reviews>")
	}
	w.line(4, "</ChildProtectionPlans>")
}

// sex gives the element of the year and its code.
func (w *Writer) sex(c Child) (name, code string) {
	if w.h.Year >= 2025 {
		if Valid(SetSex, c.Sex, w.h.Year) {
			return "Sex", c.Sex
		}
		code, _ = SexFromGender(c.GenderCurrent)
		return "Sex", code
	}
	if Valid(SetGenderCurrent, c.GenderCurrent, w.h.Year) {
		return "GenderCurrent", c.GenderCurrent
	}
	code, _ = GenderFromSex(c.Sex)
	return "GenderCurrent", code
}

func (w *Writer) codes(depth int, group, name string, codes []Coded) {
	if len(codes) == 0 {
		return
	}
	w.line(depth, "<"+group+">")
	for _, c := range codes {
		w.item(depth+1, name, c.Code)
	}
	w.line(depth, "</"+group+">")
}

func (w *Writer) date(depth int, name string, d day.Date) { w.item(depth, name, d.String()) }

func (w *Writer) yesNo(depth int, name string, a YesNo) {
	switch a {
	case Yes:
		w.item(depth, name, "1")
	case No:
		w.item(depth, name, "0")
	}
}

// item writes one element, or nothing when it has no value.
func (w *Writer) item(depth int, name, value string) {
	if value == "" || w.err != nil {
		return
	}
	w.indent(depth)
	w.raw("<" + name + ">")
	if w.err == nil {
		w.err = xml.EscapeText(w.w, []byte(value))
	}
	w.raw("</" + name + ">\n")
}

func (w *Writer) line(depth int, s string) {
	w.indent(depth)
	w.raw(s + "\n")
}

func (w *Writer) indent(depth int) { w.raw("            "[:2*depth]) }

func (w *Writer) raw(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}
