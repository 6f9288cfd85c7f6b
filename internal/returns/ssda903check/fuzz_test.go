package ssda903check

import (
	"errors"
	"strings"
	"testing"

	"onus/internal/returns/scan"
)

// Whatever is given as a directory or as a list of providers, it is read, or refused with a
// reason; what was read is written and read again as itself.
func FuzzReference(f *testing.F) {
	f.Add("pcd,laua,oseast1m,osnrth1m\nB1 1AA,E1,400000,300000\n\"x\",,1e309,\n")
	f.Add("\ufeffpcds,lad25cd,east1m,north1m,cty25cd\nB1 1AA,E07000001,1,2,E10000003\n")
	f.Add(ProviderHeadings + "SC1,B1 1AA,E1,\"K2,R1\",PR1,01/05/2025,2026-01-01\n")
	f.Add("PK\x03\x04")
	f.Add("\xff\xfeU\x00")
	f.Add("URN\n\"a\n")
	f.Fuzz(func(t *testing.T, text string) {
		refused := func(err error) {
			if _, ok := errors.AsType[*scan.Refusal](err); err != nil && !ok {
				t.Fatalf("%v is no refusal", err)
			}
		}
		dir, err := ReadPostcodes(strings.NewReader(text))
		refused(err)
		if err == nil {
			var b strings.Builder
			b.WriteString(PostcodeHeadings)
			for code, p := range dir {
				if err := WritePostcode(&b, code, p); err != nil {
					t.Fatal(err)
				}
			}
			again, err := ReadPostcodes(strings.NewReader(b.String()))
			if err != nil || len(again) > len(dir) {
				t.Fatalf("%d postcodes, written and read %d: %v", len(dir), len(again), err)
			}
		}
		list, err := ReadProviders(strings.NewReader(text))
		refused(err)
		if err == nil {
			var b strings.Builder
			b.WriteString(ProviderHeadings)
			for urn, p := range list {
				if err := WriteProvider(&b, urn, p); err != nil {
					t.Fatal(err)
				}
			}
			if again, err := ReadProviders(strings.NewReader(b.String())); err != nil || len(again) > len(list) {
				t.Fatalf("%d providers, written and read %d: %v", len(list), len(again), err)
			}
		}
	})
}
