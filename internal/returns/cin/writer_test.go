package cin

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"onus/internal/day"
)

// lint checks a file against the schema of a year with xmllint. Without
// xmllint the test fails: a schema nobody checked is no proof.
func lint(t *testing.T, year int, text []byte) error {
	t.Helper()
	bin, err := exec.LookPath("xmllint")
	if err != nil {
		t.Fatal("xmllint is missing: install it with “apt-get install libxml2-utils” and run the tests again.")
	}
	file := filepath.Join(t.TempDir(), "cin.xml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, "--nonet", "--noout", "--schema", fmt.Sprintf("testdata/xsd/CIN_schema_%d.xsd", year), file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("schema of %d: %s", year, out)
	}
	return nil
}

func write(t *testing.T, h Header, all []Child) ([]byte, *Writer) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, h)
	for _, c := range all {
		if err := w.Child(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w
}

// noLines sets every Line to 0, so that structs can be compared by what they say.
func noLines(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			noLines(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "Line" || v.Type().Field(i).Name == "Repeats" {
				v.Field(i).SetInt(0)
			} else {
				noLines(v.Field(i))
			}
		}
	}
}

// full has every item there is, with codes that every year knows.
func full() Child {
	d := day.MustParse
	return Child{
		LAchildID: "A<1> & Zoë", UPN: "A123456789123", FormerUPN: "X98765432123B", UPNunknown: "UN3",
		Birth: d("2015-03-27"), ExpectedBirth: d("2015-03-20"), Death: d("2025-12-30"), Sex: "F", GenderCurrent: "2", Ethnicity: "WBRI",
		Disabilities: []Coded{{Code: "HAND"}, {Code: "HEAR"}},
		Episodes: []CINDetails{{
			ReferralDate: d("2025-04-10"), ReferralSource: "10", PrimaryNeedCode: "N4", ClosureDate: d("2025-12-31"), ReasonForClosure: "RC2",
			DateOfInitialCPC: d("2025-05-01"), ReferralNFA: No,
			Assessments: []Assessment{
				{Start: d("2025-04-11"), InternalReview: d("2025-04-21"), Authorised: d("2025-05-20"), Factors: []Coded{{Code: "16A"}, {Code: "3B"}}},
				{Start: d("2025-08-01")},
			},
			CINPlans:   []CINPlan{{Start: d("2025-05-21"), End: d("2025-06-01")}, {Start: d("2025-11-02")}},
			Section47s: []Section47{{Start: d("2025-06-02"), InitialCPCTarget: d("2025-06-23"), DateOfInitialCPC: d("2025-06-20"), ICPCNotRequired: No}, {Start: d("2025-09-02"), ICPCNotRequired: Yes}},
			CPPlans: []CPPlan{{Start: d("2025-06-20"), End: d("2025-11-01"), InitialCategory: "NEG", LatestCategory: "EMO", PreviousPlans: Number{0, true},
				Reviews: []Review{{Date: d("2025-09-10")}, {Date: d("2025-10-31")}}}},
		}, {ReferralDate: d("2025-04-01"), ReferralSource: "1A", ReferralNFA: Yes}},
	}
}

func header(year int) Header {
	return Header{Collection: "CIN", Year: year, ReferenceDate: day.Of(year, 3, 31), SourceLevel: "L", LEA: "999", SoftwareCode: "Onus & co",
		Release: "1", SerialNo: "001", DateTime: fmt.Sprintf("%d-05-01T09:00:00", year)}
}

func TestWrittenCensusIsValidEveryYear(t *testing.T) {
	for year := 2022; year <= 2026; year++ {
		text, _ := write(t, header(year), []Child{full(), {LAchildID: "B", Sex: "U", Ethnicity: "NOBT", Episodes: full().Episodes[1:]}})
		if err := lint(t, year, text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		all, sum := readAll(t, string(text), Options{})
		want := full()
		if year >= 2025 {
			want.GenderCurrent = ""
		} else {
			want.Sex = ""
		}
		noLines(reflect.ValueOf(&all).Elem())
		if len(sum.Findings) > 0 || !reflect.DeepEqual(all[0], want) {
			t.Errorf("%d: %v\n%+v\n%+v", year, sum.Findings, all[0], want)
		}
		h := sum.Header
		h.Line = 0
		if h != header(year) {
			t.Errorf("header %+v", h)
		}
	}
}

// The test of the tests: a file with its elements in another order must fail.
func TestLintFindsWrongOrder(t *testing.T) {
	text, _ := write(t, header(2026), []Child{full()})
	bad := bytes.Replace(text, []byte("<ReferralNFA>0</ReferralNFA>"), nil, 1)
	if lint(t, 2026, bad) == nil || lint(t, 2024, text) == nil {
		t.Error("xmllint accepts what the schema forbids")
	}
}

func TestRoundTripOfSamples(t *testing.T) {
	written := 0
	for _, path := range samples(t) {
		if strings.HasPrefix(filepath.Base(path), "synthetic_cin_1000") {
			continue // written below, without the children that the schema refuses
		}
		all, sum := readAll(t, string(unpacked(t, path)), Options{})
		if sum.ByKind[BadCode]+sum.ByKind[NoChildID]+sum.ByKind[OtherYear] > 0 {
			continue
		}
		text, w := write(t, sum.Header, all)
		if err := lint(t, sum.Header.Year, text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for i := range all {
			if all[i].Kept != nil && len(w.LeftOut()) == 0 {
				t.Errorf("%s: what was left out is not counted", path)
			}
			all[i].Kept = nil
		}
		again, sum2 := readAll(t, string(text), Options{})
		noLines(reflect.ValueOf(&all).Elem())
		noLines(reflect.ValueOf(&again).Elem())
		sum.Header.Line, sum2.Header.Line = 0, 0
		if !reflect.DeepEqual(all, again) || sum.Header != sum2.Header {
			t.Errorf("%s: not the same after writing and reading again", path)
		}
		written++
	}
	if written != 10 {
		t.Errorf("%d samples went round, want 10", written)
	}
}

func TestRefusedChildLeavesAValidFile(t *testing.T) {
	all, sum := readAll(t, string(unpacked(t, "testdata/samples/synthetic_cin_1000.xml.gz")), Options{})
	var b bytes.Buffer
	w := NewWriter(&b, sum.Header)
	refused := 0
	for _, c := range all {
		switch err := w.Child(c); {
		case errors.Is(err, ErrIncomplete):
			refused++
		case err != nil:
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := lint(t, 2026, b.Bytes()); err != nil {
		t.Error(err)
	}
	if refused == 0 || refused > 200 {
		t.Errorf("%d refused", refused)
	}
	t.Logf("%d of %d children refused", refused, len(all))
}

func TestWriterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Child)
		says   string
	}{
		"no identifier":      {func(c *Child) { c.LAchildID = "" }, "LAchildID is missing"},
		"control character":  {func(c *Child) { c.LAchildID = "A\x01" }, "cannot be written"},
		"no sex":             {func(c *Child) { c.Sex, c.GenderCurrent = "", "" }, "Sex is missing"},
		"unknown sex":        {func(c *Child) { c.Sex, c.GenderCurrent = "X", "" }, `Sex cannot be made from "X"`},
		"no ethnicity":       {func(c *Child) { c.Ethnicity = "" }, "Ethnicity is missing"},
		"no episodes":        {func(c *Child) { c.Episodes = nil }, "CINdetails is missing"},
		"bad UPN":            {func(c *Child) { c.UPN = "1" }, "UPN is not"},
		"bad code":           {func(c *Child) { c.Episodes[0].ReferralSource = "ZZ" }, `CINdetails 1: ReferralSource "ZZ" is not a code of the year 2026`},
		"no NFA":             {func(c *Child) { c.Episodes[0].ReferralNFA = NotSaid }, "ReferralNFA is missing"},
		"no number of plans": {func(c *Child) { c.Episodes[0].CPPlans[0].PreviousPlans = Number{} }, "NumberOfPreviousCPP is missing"},
		"review without day": {func(c *Child) { c.Episodes[0].CPPlans[0].Reviews[0].Date = 0 }, "CPPreviewDate is missing"},
		"year 40000":         {func(c *Child) { c.Birth = 14_000_000 }, "outside the years"},
	} {
		t.Run(name, func(t *testing.T) {
			child := full()
			c.change(&child)
			err := NewWriter(&bytes.Buffer{}, header(2026)).Child(child)
			if !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, h := range []Header{{}, {Year: 2026}, {Year: 2031, LEA: "999"}, {Year: 2026, LEA: "999", SerialNo: "1"}, {Year: 2026, LEA: "999", DateTime: "2026-05-01"}, {Year: 2026, LEA: "999", Collection: "SC"}} {
		if err := NewWriter(&bytes.Buffer{}, h).Close(); !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "the header") {
			t.Errorf("%+v: %v", h, err)
		}
	}
	if err := NewWriter(&bytes.Buffer{}, header(2026)).Close(); !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "no children") {
		t.Errorf("%v", err)
	}
}

func TestWhatAYearHasNoPlaceFor(t *testing.T) {
	c := full()
	c.Episodes[0].PreProceedings = []PreProceedings{{Items: []Raw{{Name: "CourtAppDate", Value: "2026-12-18"}, {Name: "PPStartDate", Value: "2026-09-09"}}}}
	_, w := write(t, header(2021), []Child{c})
	if w.LeftOut()["Message/Children/Child/CINdetails/CINPlanDates"] != 2 || w.LeftOut()["Message/Children/Child/CINdetails/PreProceedingsandFGDM"] != 1 {
		t.Errorf("%v", w.LeftOut())
	}
	text, w := write(t, header(2027), []Child{c})
	if len(w.LeftOut()) > 0 || bytes.Index(text, []byte("PPStartDate")) > bytes.Index(text, []byte("CourtAppDate")) {
		t.Errorf("%v\n%s", w.LeftOut(), text)
	}
	all, sum := readAll(t, string(text), Options{})
	if m := all[0].Episodes[0].PreProceedings; len(m) != 1 || len(m[0].Items) != 2 || len(sum.Findings) > 0 {
		t.Errorf("%+v %+v", m, sum.Findings)
	}
}

// full disk: everything after the first n bytes fails.
type fullDisk int

func (f *fullDisk) Write(b []byte) (int, error) {
	if *f -= fullDisk(len(b)); *f < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}

func TestFullDiskIsSaid(t *testing.T) {
	for _, room := range []fullDisk{0, 5000} {
		w := NewWriter(&room, header(2026))
		var err error
		for range 100 {
			if err = w.Child(full()); err != nil {
				break
			}
		}
		if err == nil || w.Close() == nil {
			t.Error("a full disk went unnoticed")
		}
	}
}
