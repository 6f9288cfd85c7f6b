package cin

import (
	"encoding/xml"
	"fmt"
	"slices"
	"testing"
)

// The code sets are those of the schemas, code by code and in their order.
func TestCodesAreThoseOfTheSchemas(t *testing.T) {
	types := map[string]string{
		"unknownupntype": SetUPNunknown, "sextype": SetSex, "gendertype": SetGenderCurrent, "ethnicitytype": SetEthnicity, "disabilitytype": SetDisability,
		"referralsourcetype": SetReferralSource, "primaryneedcodetype": SetPrimaryNeedCode, "reasonforclosuretype": SetReasonForClosure,
		"assessmentfactorstype": SetAssessmentFactors, "categoryofabusetype": SetCategoryOfAbuse, "yesnotype": SetYesNo,
	}
	for year := 2022; year <= 2026; year++ {
		var schema struct {
			Types []struct {
				Name  string `xml:"name,attr"`
				Codes []struct {
					Value string `xml:"value,attr"`
				} `xml:"restriction>enumeration"`
			} `xml:"simpleType"`
		}
		if err := xml.Unmarshal(read(t, fmt.Sprintf("testdata/xsd/CIN_schema_%d.xsd", year)), &schema); err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, s := range schema.Types {
			set, ok := types[s.Name]
			if !ok {
				continue
			}
			found++
			var want, got []string
			for _, c := range s.Codes {
				want = append(want, c.Value)
			}
			for _, c := range Codes(set, year) {
				got = append(got, c.Code)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d %s:\n got %v\nwant %v", year, set, got, want)
			}
		}
		if found != len(types)-1 { // Sex or GenderCurrent
			t.Errorf("%d: %d code sets in the schema", year, found)
		}
	}
}

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		set, code string
		year      int
		want      string
	}{
		{SetCategoryOfAbuse, "NEG", 0, "Neglect"}, {SetPrimaryNeedCode, "N1", 0, "Abuse, neglect or exploitation"},
		{SetPrimaryNeedCode, "N1", 2025, "Abuse or neglect"}, {SetSex, "M", 2020, "Male"},
		{SetUPNunknown, "UN6", 0, ""}, {SetSex, "Q", 0, ""}, {"Shoe size", "9", 0, ""},
	} {
		got, ok := MeaningIn(c.set, c.code, c.year)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s %s in %d: %q, %v", c.set, c.code, c.year, got, ok)
		}
	}
	if m, ok := Meaning(SetReasonForClosure, "RC1"); m != "Adopted" || !ok {
		t.Errorf("%q", m)
	}
	if Codes("Shoe size", 0) != nil || Valid("Shoe size", "9", 0) || !Valid(SetSex, "M", 2031) || Valid(SetGenderCurrent, "1", 2031) || !Valid(SetEthnicity, "WBRI", 1999) {
		t.Error("code sets outside their years")
	}
	for _, bad := range []string{"h\nA", "a,b,c,d,e\nA,B,x,,", "a,b,c,d,e\nA,B,2017,x,", "\"", "a,b,c,d\nA,B,2017,"} {
		if _, err := parseCodes(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestSexAndGender(t *testing.T) {
	for _, c := range []struct {
		child Child
		want  string
	}{
		{Child{Sex: "F"}, "F"}, {Child{GenderCurrent: "1"}, "M"}, {Child{GenderCurrent: "9"}, "U"}, {Child{Sex: "2"}, "F"},
		{Child{GenderCurrent: "F"}, "F"}, {Child{Sex: "X", GenderCurrent: "1"}, "M"}, {Child{}, ""}, {Child{Sex: "?"}, ""},
	} {
		if got, ok := c.child.SexCode(); got != c.want || ok != (c.want != "") {
			t.Errorf("%+v: %q, %v", c.child, got, ok)
		}
	}
	for sex, want := range map[string]string{"M": "1", "F": "2", "U": "0", "X": ""} {
		if got, _ := GenderFromSex(sex); got != want {
			t.Errorf("%s: %q", sex, got)
		}
	}
}
