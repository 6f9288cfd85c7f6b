package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A return goes from files to rows, with last year's beside it.
func TestValidateSSDA903(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	header := put("a.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA,X,01/01/2015,WBRI,UN5,,\nB,M,01/01/2015,WBRI,UN2,,\n")
	last := put("Header_last.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nB,F,01/01/2015,WBRI,UN2,,\n")
	var out, errw bytes.Buffer
	c := validateSSDA903Cmd{Files: []string{header, last}}
	c.Format = "csv"
	err := c.Run(stdio{out: &out, errw: &errw})
	var no No
	if !errors.As(err, &no) {
		t.Fatalf("a return with errors gives %v", err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	could := 0
	for _, r := range rows[1:] {
		if r[2] == "could not run" {
			could++
		} else {
			found = append(found, strings.Join(r, ","))
		}
	}
	want := []string{"101,error,child,Header,SEX,0,A", "202,error,child,Header,SEX,1,B"}
	if strings.Join(found, " ") != strings.Join(want, " ") || could < 200 {
		t.Errorf("found %q, %d could not run", found, could)
	}
	if !strings.Contains(errw.String(), "The files do not say of which year they are.") {
		t.Errorf("standard error: %q", errw.String())
	}

	for _, c := range []validateSSDA903Cmd{
		{},
		{Files: []string{filepath.Join(dir, "none.csv")}},
		{Files: []string{put("b.csv", "x,y\n")}},
		{Files: []string{header}, Last: []string{filepath.Join(dir, "b.csv")}},
		{Files: []string{header}, Start: "1 April"},
		{Files: []string{header}, Postcodes: header},
		{Files: []string{header}, Providers: header},
		{Files: []string{header}, checking: checking{Year: "2035/36"}},
		{Files: []string{header}, checking: checking{Allow: []string{"9999"}}},
	} {
		var w Wrong
		if err := c.Run(stdio{out: &out, errw: &errw}); !errors.As(err, &w) {
			t.Errorf("%+v gives %v", c, err)
		}
	}
}
