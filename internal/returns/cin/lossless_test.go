package cin

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onus/internal/day"
)

// written lists every text of a file, by a reader that knows no census.
func written(t *testing.T, text []byte) []string {
	t.Helper()
	var out []string
	dec := xml.NewDecoder(bytes.NewReader(text))
	for {
		switch tok, err := dec.Token(); {
		case err == io.EOF:
			slices.Sort(out)
			return out
		case err != nil:
			t.Fatal(err)
		default:
			if c, ok := tok.(xml.CharData); ok && strings.TrimSpace(string(c)) != "" {
				v := strings.TrimSpace(string(c))
				if is, ok := map[string]string{"true": "1", "false": "0"}[v]; ok {
					v = is
				}
				out = append(out, v)
			}
		}
	}
}

// said lists every value in what the reader handed over.
func said(v reflect.Value) []string {
	switch x := v.Interface().(type) {
	case day.Date:
		return []string{x.String()}
	case YesNo:
		return []string{[...]string{"", "0", "1"}[x]}
	case Number:
		if x.Given {
			return []string{strconv.Itoa(x.Value)}
		}
		return nil
	case Raw:
		return []string{x.Value}
	case string:
		return []string{x}
	case Gap: // places only
		return nil
	}
	var out []string
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, said(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Line" && v.Type().Field(i).Name != "Repeats" {
				out = append(out, said(v.Field(i))...)
			}
		}
	case reflect.Int:
		out = []string{fmt.Sprint(v.Int())}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// Every text that stands in a file stands, as often, in what was handed over.
func TestNothingIsLost(t *testing.T) {
	odd := `<Message>a<Header>b<CollectionDetails><Collection>CIN</Collection><Year>26</Year><Year>2026</Year><Year>2025</Year><Term>SPR</Term></CollectionDetails>
<Source><LEA>999</LEA><DateTime>noon</DateTime></Source><Source>c<LEA>998</LEA><Phone><Home>1</Home>d</Phone></Source><Contact/></Header>e
<Header><CollectionDetails><Collection>SC</Collection></CollectionDetails></Header>
<Children>f<Child>g<ChildIdentifiers>h<LAchildID>A1</LAchildID><LAchildID>A2</LAchildID><Name>Ann</Name><PersonBirthDate>1/2/2015</PersonBirthDate></ChildIdentifiers>
<ChildCharacteristics>i<Disabilities>j<Disability>ZZ</Disability><Other>k</Other></Disabilities><Language>ENG</Language></ChildCharacteristics>
<CINdetails>l<CINreferralDate>2025-04-10T14:30:00</CINreferralDate><ReferralNFA>perhaps</ReferralNFA><ReferralNFA>0</ReferralNFA><ReferralNFA>1</ReferralNFA><Note>m<Deep><Deeper>n</Deeper></Deep></Note>
<Assessments>o<AssessmentActualStartDate>soon</AssessmentActualStartDate><FactorsIdentifiedAtAssessment>p<X>q</X></FactorsIdentifiedAtAssessment><X>r</X></Assessments>
<CINPlanDates>s<CINPlanEndDate>2025-06-01</CINPlanEndDate><X>t</X></CINPlanDates><Section47>u<X>v</X></Section47>
<ChildProtectionPlans>w<NumberOfPreviousCPP>-1</NumberOfPreviousCPP><NumberOfPreviousCPP>1</NumberOfPreviousCPP><NumberOfPreviousCPP>2</NumberOfPreviousCPP><Reviews>x<X>y</X><CPPreviewDate>late</CPPreviewDate></Reviews><X>z</X></ChildProtectionPlans>
<PreProceedingsandFGDM>A<PPOutcome>B</PPOutcome><PPOutcome>C</PPOutcome><New>D</New></PreProceedingsandFGDM></CINdetails></Child>E<Adult>F</Adult></Children>G</Message>H`
	files := map[string][]byte{"odd": []byte(odd)}
	for _, path := range samples(t) {
		files[path] = unpacked(t, path)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all, sum := readAll(t, string(files[name]), Options{})
		got := slices.Concat(said(reflect.ValueOf(all)), said(reflect.ValueOf(sum.Kept)), said(reflect.ValueOf(sum.Header)))
		want := written(t, files[name])
		if name == "odd" { // one date is both taken and, for its time, kept
			want = append(want, "2025-04-10")
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
		if kept := len(sum.Kept); kept != sum.KeptOutside {
			t.Errorf("%s: %d kept outside children, counted %d", name, kept, sum.KeptOutside)
		}
	}
}

func TestFewAreKeptOutsideInMemory(t *testing.T) {
	every := 0
	_, sum := readAll(t, census(2026, oneChild("")+strings.Repeat("<Adult>x</Adult>", 3000)), Options{OnKept: func(Raw) { every++ }})
	if len(sum.Kept) != 1000 || sum.KeptOutside != 3000 || every != 3000 {
		t.Errorf("%d, %d, %d", len(sum.Kept), sum.KeptOutside, every)
	}
	_, sum = readAll(t, census(2026, oneChild("")+strings.Repeat("<Adult>"+strings.Repeat("x", 1<<19)+"</Adult>", 20)), Options{})
	if len(sum.Kept) != 7 || sum.KeptOutside != 20 {
		t.Errorf("%d, %d", len(sum.Kept), sum.KeptOutside)
	}
}

func TestPreProceedingsGet(t *testing.T) {
	m := PreProceedings{Items: []Raw{{Name: "PPOutcome", Value: "A"}}}
	if v, ok := m.Get("PPOutcome"); v != "A" || !ok {
		t.Errorf("%q", v)
	}
	if _, ok := m.Get("CourtAppDate"); ok {
		t.Error("found what is not there")
	}
}

func TestLongValuesAreCutInFindings(t *testing.T) {
	_, sum := readAll(t, census(2026, oneChild("<x>"+strings.Repeat("é\n", 500)+"</x>")), Options{})
	if v := sum.Findings[0].Value; len([]rune(v)) > 201 || strings.Contains(v, "\n") {
		t.Errorf("%q", v)
	}
}
