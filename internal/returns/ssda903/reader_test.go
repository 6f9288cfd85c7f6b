package ssda903

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"onus/internal/day"
)

// A table is known by its headings in any order; the name decides only where the
// headings leave it open.
func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		head, name string
		want       Table
	}{
		{"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "x.csv", Header},
		{"\ufeffCHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,UASC", "episodes.csv", Header},
		{"child, decom ,RNE", "header.csv", Episodes},
		{"CHILD,DOB", "Header_last.csv", Header},
		{"CHILD,DOB", "placed_for_adoption.csv", PlacedAdoption},
		{"CHILD", "sw_episodes.csv", SWEpisodes},
		{"CHILD", "episodes.csv", Episodes},
		{"PL_DISTANCE", "", Episodes},
		{"CHILD,SEX,DOB,DUC", "", UASC},
		{"CHILD,DOB,DOLO_START,DOLO_END,NOTES", "", DoLo},
	} {
		rows, err := Read(strings.NewReader(c.head+"\n"), c.name)
		if err != nil || rows.Table != c.want || rows.Len() != 0 {
			t.Errorf("%q as %q is %v, %v", c.head, c.name, rows, err)
		}
	}
	for t2 := range TableCount {
		var names []string
		for _, f := range layout[t2].fields {
			names = append(names, f.String())
		}
		rows, err := Read(strings.NewReader(strings.Join(names, ",")), "")
		if err != nil || rows.Table != t2 {
			t.Errorf("the headings of %s: %v", t2, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "The file is empty",
		"a,b\n1,2\n":              "The headings are not those",
		"CHILD,CHILD\n":           "A heading stands twice",
		"CHILD,DECOM,SW_ID\n":     "The headings are not those",
		"CHILD,DECOM\n1,2,3\n":    "line 2: The row has more cells",
		"CHILD,DECOM\n1,\"2\n3\n": "The line cannot be read",
		"PK\x03\x04\x00\x00":      "This is a workbook",
		"<?xml version=\"1.0\"?>": "This is an XML file",
	} {
		_, err := Read(strings.NewReader(in), "")
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func TestRows(t *testing.T) {
	const in = "CHILD,DECOM,DEC,PLACE\nA,01/04/2025,,U1\n\nB,2025-04-02,31/02/2025\nA,1/5/2025,x,U1,\n"
	rows, err := Read(strings.NewReader(in), "")
	if err != nil {
		t.Fatal(err)
	}
	if rows.Len() != 3 || len(rows.Of("A")) != 2 || rows.Of("A")[1] != 2 || rows.At(2).Line() != 5 {
		t.Errorf("%d rows, of A %v", rows.Len(), rows.Of("A"))
	}
	for i, want := range []day.Date{day.Of(2025, 4, 1), day.Of(2025, 4, 2), day.Of(2025, 5, 1)} {
		if got := rows.At(i).Date(DECOM); got != want {
			t.Errorf("row %d began on %s, want %s", i, got, want)
		}
		if !rows.At(i).Date(DEC).IsZero() {
			t.Errorf("row %d has an end", i)
		}
	}
	if rows.At(1).Text(Place) != "" || rows.Has(URN) {
		t.Error("a short row is filled up, a column that is not there is not")
	}
	defer func() {
		if m, ok := recover().(MissingColumn); !ok || m != (MissingColumn{Episodes, URN}) {
			t.Errorf("asked for a column that is not there: %v", m)
		}
	}()
	rows.At(0).Text(URN)
}

// Two files of one table are one table; a column that one of them lacks is
// lacking.
func TestAdd(t *testing.T) {
	var ret Return
	for _, in := range []string{"CHILD,DECOM,RNE\nA,01/04/2025,S\n", "CHILD,DECOM\nA,02/04/2025\n"} {
		rows, err := Read(strings.NewReader(in), "")
		if err != nil {
			t.Fatal(err)
		}
		ret.Add(rows, false)
	}
	e := ret.This[Episodes]
	if e.Len() != 2 || len(e.Of("A")) != 2 || e.Has(RNE) || !e.Has(DECOM) || ret.Last[Episodes] != nil {
		t.Errorf("%d rows", e.Len())
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]struct {
		d     day.Date
		valid bool
	}{
		"31/03/2026": {day.Of(2026, 3, 31), true}, "1/4/2025": {day.Of(2025, 4, 1), true}, "2025-04-01": {day.Of(2025, 4, 1), false},
		"29/02/2025": {}, "01/01/19": {}, "2000/12/10": {}, "001/01/2000": {}, "": {}, "+1/01/2000": {}, "//": {}, "2025-13-01": {},
	} {
		if d, valid := ParseDate(in); d != want.d || valid != want.valid {
			t.Errorf("%q is %s, %v", in, d, valid)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, ok := range map[string]bool{"20": true, "20.0": true, "-351": true, "": false, "XX": false, "NaN": false, "inf": false, "0x10": false, "1_0": false} {
		if _, got := Number(in); got != ok {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// Whatever is in a file, it is read or refused, in memory that follows its size.
func FuzzRead(f *testing.F) {
	f.Add("CHILD,DECOM\nA,01/04/2025\n", "episodes.csv")
	f.Add("\ufeffCHILD,SEX,DOB,DUC\n\"A\nB\",,,", "uasc")
	for _, name := range []string{"header", "episodes", "missing", "sw_episodes"} {
		text := string(unpacked(f, "../ssda903check/testdata/sample/"+name+".csv.gz"))
		f.Add(text[:min(len(text), 2000)], name)
	}
	f.Fuzz(func(t *testing.T, in, name string) {
		if len(in) > 1<<20 {
			t.Skip("larger than a fuzzed file needs to be")
		}
		rows, err := Read(strings.NewReader(in), name)
		if err != nil {
			var r *Refusal
			if !errors.As(err, &r) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if rows.Len()+len(rows.kept) > len(in) {
			t.Fatalf("%d bytes became %d rows and %d things kept", len(in), rows.Len(), len(rows.kept))
		}
		for i := range rows.Len() {
			for _, fl := range layout[rows.Table].fields {
				if rows.Has(fl) {
					rows.At(i).Text(fl)
				}
			}
		}
	})
}

// Whatever a file says of children, it is facts that a record takes, and a return can
// be made of them that is read again.
func FuzzFacts(f *testing.F) {
	f.Add([]byte(one))
	for _, name := range []string{"header", "episodes", "reviews", "missing", "oc2"} {
		text := unpacked(f, "../ssda903check/testdata/sample/"+name+".csv.gz")
		f.Add(text[:min(len(text), 1500)])
	}
	f.Add([]byte(eps + "A,01/05/2025,S,V2,N1,U6,PR1,01/05/2025,E4A,,,,\nA,01/05/2025,L,C2,,,,,X1,,,,\nA,30/04/2025,,,,,,29/04/2025,,OTHER,,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			t.Skip("larger than a fuzzed file needs to be")
		}
		var ret Return
		if ReadFile(bytes.NewReader(text), "", &ret, false) != nil {
			return
		}
		m := Make(terms(2026))
		for _, p := range ret.People() {
			m.Add(record(t, "c", p.Facts(terms(2026), today)))
		}
		made, _ := m.Return()
		for _, rows := range made.This {
			if rows == nil {
				continue
			}
			var b bytes.Buffer
			if err := WriteCSV(&b, rows); err != nil {
				t.Fatal(err)
			}
			if again, err := Read(&b, rows.Table.FileName()); err != nil || again.Table != rows.Table || again.Len() != rows.Len() {
				t.Fatalf("%s was made of %q and is not read: %v", rows.Table, text, err)
			}
		}
	})
}
