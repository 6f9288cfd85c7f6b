package ssda903check

import (
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// Where a placement is, is worked out from postcodes: authority, miles, in or out.
func TestPostcodes(t *testing.T) {
	dir, err := ReadPostcodes(strings.NewReader("\ufeffpcd,dointr,laua,oseast1m,osnrth1m\nAB1  2CD,x,E1,400000,300000\nEF3 4GH,x,E2,403000,304000\nIJ5 6KL,x,E2,,\n"))
	if err != nil || len(dir) != 3 {
		t.Fatalf("%v %v", dir, err)
	}
	rows, err := ssda903.Read(strings.NewReader("CHILD,LS,HOME_POST,PL_POST\nA,C2,ab12cd,EF3 4GH\nB,C2,AB1 2CD,AB1 2CD\nC,C2,AB1 2CD,ZZ1 1ZZ\nD,C2,AB1 2CD,IJ5 6KL\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	ret := &ssda903.Return{}
	ret.Add(rows, false)
	rep, err := Run(ret, Options{Year: 2026, Postcodes: dir, Authority: "E1"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"E2 3.1 OUT", "E1 0.0 IN", "  ", "E2  OUT"} {
		r := rows.At(i)
		if got := r.Text(placeLA) + " " + r.Text(distance) + " " + r.Text(location); got != want {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
	}
	for _, v := range rep.Verdicts {
		switch v.Rule.Code {
		case "169", "179", "392c":
			if v.Outcome != report.Failed || v.Places[0].Row != 2 || v.Places[len(v.Places)-1].Row != 2 {
				t.Errorf("%s: %s %v %s", v.Rule.Code, v.Outcome, v.Places, v.Reason)
			}
		}
	}
	for _, bad := range []string{"", "pcd,laua\n"} {
		if _, err := ReadPostcodes(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is a directory", bad)
		}
	}
}

func TestProviders(t *testing.T) {
	p, err := ReadProviders(strings.NewReader("URN,POSTCODE,PLACE_CODES,REG_START\nSC1,AB1 2CD,\"K2,R1\",01/05/2025\n"))
	if err != nil || len(p) != 1 {
		t.Fatalf("%v %v", p, err)
	}
	if got := p["SC1"]; got.Postcode != "AB12CD" || !within(got.Places, "R1") || got.Start != day.Of(2025, 5, 1) || !got.End.IsZero() || len(got.Kinds) > 0 {
		t.Errorf("%+v", got)
	}
	if _, err := ReadProviders(strings.NewReader("POSTCODE\n")); err == nil {
		t.Error("a list without URN is a list")
	}
}

func TestParseYear(t *testing.T) {
	for in, want := range map[string]int{"2025/26": 2026, "2026-27": 2027, "2025/27": 0, "2021/22": 0, "2026": 0, "x": 0} {
		if y, err := ParseYear(in); y != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v", in, y, err)
		}
	}
}
