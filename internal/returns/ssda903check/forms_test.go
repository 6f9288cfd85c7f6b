package ssda903check

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// verdicts gives what comes of each rule, with the cells that it points at but
// without the lines, which differ between forms.
func verdicts(t *testing.T, ret *ssda903.Return) map[string]string {
	t.Helper()
	rep, err := Run(ret, Options{Year: 2026, Postcodes: Postcodes{}, Authority: "E09000033"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, v := range rep.Verdicts {
		var b strings.Builder
		fmt.Fprintln(&b, v.Outcome, v.Reason)
		for _, p := range v.Places {
			fmt.Fprintln(&b, p.Table, p.Column, p.Row, p.Child)
		}
		out[v.Rule.Code] = b.String()
	}
	return out
}

// knows leaves of a return what both forms can say: the XML of 2021 has no social
// workers and no deprivation of liberty, the CSV no status in the header.
func knows(t *testing.T, ret *ssda903.Return) *ssda903.Return {
	t.Helper()
	var out ssda903.Return
	for _, rows := range ret.This {
		if rows == nil || rows.Table == ssda903.SWEpisodes || rows.Table == ssda903.DoLo {
			continue
		}
		var b bytes.Buffer
		if err := ssda903.WriteCSV(&b, rows); err != nil {
			t.Fatal(err)
		}
		again, err := ssda903.Read(&b, rows.Table.FileName()+".csv")
		if err != nil || again.Table != rows.Table || again.Len() != rows.Len() {
			t.Fatalf("%s: %v", rows.Table, err)
		}
		out.Add(again, false)
	}
	return &out
}

// asXML writes a return as XML and reads it.
func asXML(t *testing.T, ret *ssda903.Return) (*ssda903.Return, map[ssda903.Table]int) {
	t.Helper()
	var b bytes.Buffer
	left, err := ssda903.WriteXML(&b, ret)
	if err != nil {
		t.Fatal(err)
	}
	var out ssda903.Return
	if err := ssda903.ReadXML(&b, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Kept) > 0 {
		t.Errorf("of what was written %d things are no part of the return, the first %+v", len(out.Kept), out.Kept[0])
	}
	return &out, left
}

func differ(t *testing.T, a, b map[string]string, but ...string) {
	t.Helper()
	var other []string
	for code, said := range a {
		if b[code] != said {
			other = append(other, code)
		}
	}
	slices.Sort(other)
	if !slices.Equal(other, but) || len(a) != len(b) || len(a) < 250 {
		t.Errorf("of %d rules these have other answers: %q, want %q", len(a), other, but)
	}
}

// The whole sample says the same as CSV and as XML, rule by rule and cell by cell.
func TestBothFormsGiveTheSameAnswers(t *testing.T) {
	csv := knows(t, theSample(t))
	xml, left := asXML(t, csv)
	if len(left) > 0 {
		t.Errorf("left out: %v", left)
	}
	for i, rows := range csv.This {
		if other := xml.This[i]; rows != nil && other.Len() != rows.Len() {
			t.Errorf("%s has %d rows in XML, %d in CSV", rows.Table, other.Len(), rows.Len())
		}
	}
	back := knows(t, xml)
	// In XML the header says who came alone, which the CSV has no column for.
	differ(t, verdicts(t, csv), verdicts(t, back))
	differ(t, verdicts(t, csv), verdicts(t, xml), "105")
}

// And so does the public sample in XML, read as it is and from the tables that come
// of it.
func TestSampleOfXML(t *testing.T) {
	var xml ssda903.Return
	if err := ssda903.ReadXML(bytes.NewReader(unzip(t, "../ssda903/testdata/samples/fake_903.xml.gz")), &xml); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, r := range xml.This {
		if r != nil {
			rows[r.Table.String()] = r.Len()
		}
	}
	want := map[string]int{"Header": 253, "Episodes": 459, "Reviews": 1206, "UASC": 12, "OC2": 253, "OC3": 6, "AD1": 3, "PlacedAdoption": 3, "PrevPerm": 253, "Missing": 6}
	if !maps.Equal(rows, want) || len(xml.Kept) > 0 {
		t.Errorf("read %v, kept %d, want %v", rows, len(xml.Kept), want)
	}
	said := verdicts(t, &xml)
	differ(t, said, verdicts(t, knows(t, &xml)), "105")
	for _, code := range []string{"SW02STG1", "SW13STG1"} { // tables for which the form has no place
		if !strings.HasPrefix(said[code], fmt.Sprint(report.CouldNotRun)) {
			t.Errorf("%s: %s", code, said[code])
		}
	}
}
