package cin

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/day"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unpacked gives a file of testdata, gunzipped when its name ends in .gz.
func unpacked(t testing.TB, path string) []byte {
	t.Helper()
	b := read(t, path)
	if !strings.HasSuffix(path, ".gz") {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	b, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func samples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/samples/*.xml*")
	if err != nil || len(files) != 15 {
		t.Fatalf("want the 15 samples in testdata/samples, got %d (%v)", len(files), err)
	}
	return files
}

func readAll(t testing.TB, text string, opt Options) ([]Child, Summary) {
	t.Helper()
	var all []Child
	sum, err := Read(strings.NewReader(text), opt, func(c Child) error { all = append(all, c); return nil })
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return all, sum
}

func TestSamples(t *testing.T) {
	for _, path := range samples(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".gz")
		t.Run(name, func(t *testing.T) {
			text := unpacked(t, path)
			all, sum := readAll(t, string(text), Options{})
			if len(all) != sum.Children {
				t.Errorf("%d children delivered, %d counted", len(all), sum.Children)
			}
			checked, err := Check(bytes.NewReader(text))
			if err != nil || render(checked, nil) != render(sum, nil) {
				t.Errorf("Check and Read differ (%v)", err)
			}
			got, golden := render(sum, all), "testdata/golden/"+name+".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v: run go test -update and read what it wrote", err)
			}
			if got != string(want) {
				t.Errorf("%s differs; got:\n%s", golden, got)
			}
		})
	}
}

// render shows a summary, its first findings of each kind and what was kept.
func render(s Summary, all []Child) string {
	var b strings.Builder
	h := s.Header
	fmt.Fprintf(&b, "header: line %d %s %d %s %s %s %q %q %s %s\n", h.Line, h.Collection, h.Year, h.ReferenceDate, h.SourceLevel, h.LEA, h.SoftwareCode, h.Release, h.SerialNo, h.DateTime)
	fmt.Fprintf(&b, "children %d, episodes %d, assessments %d, section 47 %d, CIN plans %d, CP plans %d, reviews %d, pre-proceedings %d\n",
		s.Children, s.Episodes, s.Assessments, s.Section47s, s.CINPlans, s.CPPlans, s.Reviews, s.PreProceedings)
	fmt.Fprintf(&b, "dates %s to %s\n", s.First, s.Last)
	shown := map[Kind]int{}
	for _, k := range slices.Sorted(maps.Keys(s.ByKind)) {
		fmt.Fprintf(&b, "%s: %d\n", k, s.ByKind[k])
	}
	for _, f := range s.Findings {
		if shown[f.Kind]++; shown[f.Kind] <= 3 {
			fmt.Fprintf(&b, "line %d %s, child %q, %s: %q\n  %s\n  %s\n", f.Line, f.Level, f.Child, f.Path, f.Value, f.Problem, f.Do)
		}
	}
	for _, c := range all {
		for _, r := range c.Kept {
			fmt.Fprintf(&b, "kept line %d %s %s %q\n", r.Line, r.Path, r.Name, r.Value)
		}
	}
	return b.String()
}

func TestEveryItemIsRead(t *testing.T) {
	all, sum := readAll(t, string(unpacked(t, "testdata/samples/CIN_Census_2026.xml")), Options{})
	c := all[0]
	d := day.MustParse
	if c.Line != 18 || c.LAchildID != "DfEX0000001" || c.UPN != "A123456789123" || c.FormerUPN != "X98765432123B" || c.UPNunknown != "UN3" ||
		c.Birth != d("2015-03-27") || c.Sex != "1" || c.Ethnicity != "WBRI" || c.Disabilities[1] != (Coded{31, "HEAR"}) {
		t.Errorf("child: %+v", c)
	}
	if s, ok := c.SexCode(); s != "M" || !ok {
		t.Errorf("a 1 written in Sex is understood as M, got %q", s)
	}
	e := c.Episodes[0]
	if e.Line != 34 || e.ReferralDate != d("2022-10-06") || e.ReferralNFA != No || e.ClosureDate != d("2023-02-27") || e.DateOfInitialCPC != d("2022-12-06") {
		t.Errorf("episode: %+v", e)
	}
	if s := e.Section47s[0]; s != (Section47{54, d("2022-06-02"), d("2022-06-23"), d("2022-06-17"), No}) {
		t.Errorf("section 47: %+v", s)
	}
	if p := e.CPPlans[0]; p.PreviousPlans != (Number{10, true}) || p.InitialCategory != "PHY" || !slices.Equal(p.Reviews, []Review{{68, d("2023-02-15")}}) {
		t.Errorf("plan: %+v", p)
	}
	if m := e.PreProceedings[0]; len(m.Items) != 10 || m.Items[9] != (Raw{81, "Message/Children/Child/CINdetails/PreProceedingsandFGDM/LetterInitCPDate", "LetterInitCPDate", "2027-02-05"}) {
		t.Errorf("pre-proceedings: %+v", m)
	}
	if !slices.Equal(c.Kept, []Raw{{23, "Message/Children/Child/ChildIdentifiers", "#text", "PersonBirthDate"}}) {
		t.Errorf("kept: %+v", c.Kept)
	}
	if at, ok := sum.Header.Made(); !ok || at.Long() != "23 May 2023, 11:14" {
		t.Errorf("made: %s", at.Long())
	}
}

func TestAllReviewsAreRead(t *testing.T) {
	all, _ := readAll(t, string(unpacked(t, "testdata/samples/silent_false_negatives.xml")), Options{})
	if r := all[0].Episodes[0].CPPlans[0].Reviews; len(r) != 2 || r[1].Date != day.MustParse("2025-11-01") {
		t.Errorf("reviews: %+v", r)
	}
}

func TestChildWithoutIdentifierIsDelivered(t *testing.T) {
	all, sum := readAll(t, string(unpacked(t, "testdata/samples/missing_child_id_crashes_peer.xml")), Options{})
	if len(all) != 1 || all[0].UPN != "A123456789123" || len(all[0].Episodes) != 1 || sum.ByKind[NoChildID] != 1 {
		t.Errorf("%+v, %v", all, sum.ByKind)
	}
}

// census puts children into a census of a year.
func census(year int, children string) string {
	return fmt.Sprintf(`<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>%d</Year><ReferenceDate>%d-03-31</ReferenceDate></CollectionDetails>`+
		`<Source><SourceLevel>L</SourceLevel><LEA>999</LEA></Source></Header><Children>%s</Children></Message>`, year, year, children)
}

func oneChild(inside string) string {
	return `<Child><ChildIdentifiers><LAchildID>A1</LAchildID></ChildIdentifiers>` + inside + `</Child>`
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		level      Level
		value      string
		kept       string // value of the first thing kept
	}{
		{"bad date", census(2026, oneChild("<CINdetails>\n<CINreferralDate>31/03/2026</CINreferralDate></CINdetails>")), BadDate, Warning, "31/03/2026", "31/03/2026"},
		{"no such day", census(2026, oneChild("<CINdetails><CINreferralDate>2026-02-30</CINreferralDate></CINdetails>")), BadDate, Warning, "2026-02-30", "2026-02-30"},
		{"date with a time", census(2026, oneChild("<CINdetails><CINreferralDate>2026-02-03T00:00:00</CINreferralDate></CINdetails>")), OtherForm, Note, "2026-02-03T00:00:00", ""},
		{"code not in the set", census(2026, oneChild("<ChildCharacteristics><Ethnicity>ZZZZ</Ethnicity></ChildCharacteristics>")), BadCode, Warning, "ZZZZ", ""},
		{"code of a later year", census(2022, oneChild("<CINdetails><CINreferralDate>2022-01-01</CINreferralDate><ReferralSource>5D</ReferralSource></CINdetails>")), BadCode, Warning, "5D", ""},
		{"neither yes nor no", census(2026, oneChild("<CINdetails><CINreferralDate>2026-01-01</CINreferralDate><ReferralNFA>maybe</ReferralNFA></CINdetails>")), BadCode, Warning, "maybe", "maybe"},
		{"true for 1", census(2026, oneChild("<CINdetails><CINreferralDate>2026-01-01</CINreferralDate><ReferralNFA>true</ReferralNFA></CINdetails>")), OtherForm, Note, "true", ""},
		{"bad number", census(2026, oneChild("<CINdetails><CINreferralDate>2026-01-01</CINreferralDate><ChildProtectionPlans><CPPstartDate>2026-01-01</CPPstartDate><NumberOfPreviousCPP>two</NumberOfPreviousCPP></ChildProtectionPlans></CINdetails>")), BadNumber, Warning, "two", "two"},
		{"unknown element", census(2026, oneChild("<Pets><Pet name=\"Rex\">dog</Pet></Pets>")), UnknownElement, Warning, "", "Rex"},
		{"unknown element in an item", census(2026, oneChild("<CINdetails><CINreferralDate>2026-<b>x</b>01-01</CINreferralDate></CINdetails>")), UnknownElement, Warning, "x", "x"},
		{"attribute", census(2026, `<Child id="7"><ChildIdentifiers><LAchildID>A1</LAchildID></ChildIdentifiers></Child>`), UnknownAttr, Note, "id=7", "7"},
		{"stray text", census(2026, oneChild("oh")), StrayText, Warning, "oh", "oh"},
		{"item twice", census(2026, oneChild("<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Ethnicity>AIND</Ethnicity></ChildCharacteristics>")), Repeated, Warning, "AIND", "AIND"},
		{"episode without a date", census(2026, oneChild("<CINdetails></CINdetails>")), MissingDate, Warning, "", ""},
		{"element of a later year", census(2021, oneChild("<CINdetails><CINreferralDate>2021-01-01</CINreferralDate><CINPlanDates><CINPlanStartDate>2021-01-02</CINPlanStartDate></CINPlanDates></CINdetails>")), OtherYear, Note, "", ""},
		{"same child twice", census(2026, oneChild("")+"\n"+oneChild("")), DuplicateChild, Error, "A1", ""},
		{"no header", "<Message><Children>" + oneChild("") + "</Children></Message>", MissingHeader, Error, "", ""},
		{"year far off", census(2099, oneChild("")), MissingHeader, Warning, "2099", ""},
		{"no children", census(2026, ""), NoChildren, Error, "", ""},
		{"lost characters", census(2026, oneChild("<ChildCharacteristics><Ethnicity>\uFFFD</Ethnicity></ChildCharacteristics>")), DamagedText, Warning, "\uFFFD", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, sum := readAll(t, c.text, Options{})
			i := slices.IndexFunc(sum.Findings, func(f Finding) bool { return f.Kind == c.kind })
			if i < 0 {
				t.Fatalf("no finding of kind %q in %+v", c.kind, sum.Findings)
			}
			f := sum.Findings[i]
			if f.Level != c.level || f.Value != c.value || f.Line == 0 || f.Path == "" || f.Problem == "" || f.Do == "" {
				t.Errorf("%+v", f)
			}
			kept := sum.Kept
			for _, child := range all {
				kept = append(kept, child.Kept...)
			}
			if c.kept == "" && len(kept) > 0 || c.kept != "" && (len(kept) == 0 || kept[0].Value != c.kept) {
				t.Errorf("want kept %q, got %+v", c.kept, kept)
			}
		})
	}
}

func TestToleratesNamespacesAndForms(t *testing.T) {
	text := "\uFEFF" + `<?xml version="1.0" encoding="utf-8" standalone="yes"?><!-- made by hand -->
<c:Message xmlns:c="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x x.xsd"><c:Header><c:CollectionDetails><c:Collection>CIN</c:Collection><c:Year>2024</c:Year><c:ReferenceDate>2024-03-31Z</c:ReferenceDate></c:CollectionDetails><c:Source><c:LEA> 999 </c:LEA></c:Source></c:Header>
<c:Children><c:Child><c:ChildIdentifiers><c:LAchildID>A<!-- x -->&amp;<![CDATA[<1>]]></c:LAchildID><c:GenderCurrent>2</c:GenderCurrent><c:UPN/></c:ChildIdentifiers></c:Child></c:Children></c:Message>
`
	all, sum := readAll(t, text, Options{})
	if all[0].LAchildID != "A&<1>" || all[0].UPN != "" || sum.Header.ReferenceDate != day.MustParse("2024-03-31") || sum.Header.LEA != "999" {
		t.Errorf("%+v %+v", all, sum.Header)
	}
	if s, _ := all[0].SexCode(); s != "F" || len(sum.Findings) != 0 {
		t.Errorf("sex %q, findings %+v", s, sum.Findings)
	}
}

func TestOptionYearAndCap(t *testing.T) {
	var b strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&b, "<Child><ChildIdentifiers><LAchildID>K%d</LAchildID></ChildIdentifiers><ChildCharacteristics><Ethnicity>Q</Ethnicity></ChildCharacteristics>"+
			"<CINdetails><CINreferralDate>2022-01-01</CINreferralDate><ReferralSource>5D</ReferralSource></CINdetails></Child>", i)
	}
	every, last := 0, Finding{}
	_, sum := readAll(t, census(2022, b.String()), Options{Year: 2026, OnFinding: func(f Finding) { every++; last = f }})
	if sum.ByKind[BadCode] != 1500 || every != 1500 || len(sum.Findings) != 1000 || last.Child != "K1499" {
		t.Errorf("counted %v, called %d, kept %d, last %+v", sum.ByKind, every, len(sum.Findings), last)
	}
}

func TestCallerStopsTheReading(t *testing.T) {
	stop := errors.New("enough")
	sum, err := Read(strings.NewReader(census(2026, oneChild("")+oneChild(""))), Options{}, func(Child) error { return stop })
	if err != stop || sum.Children != 1 {
		t.Errorf("%v, %d children", err, sum.Children)
	}
}
