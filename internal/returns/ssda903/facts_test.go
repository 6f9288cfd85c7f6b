package ssda903

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/fact"
)

// set is a return of CSV texts.
func set(t testing.TB, texts ...string) *Return {
	t.Helper()
	var ret Return
	for _, text := range texts {
		if err := ReadFile(strings.NewReader(text), "", &ret, false); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	}
	return &ret
}

// sampleSet is the public sample of 2,675 children.
func sampleSet(t testing.TB) *Return {
	t.Helper()
	const dir = "../ssda903check/testdata/sample/"
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 12 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	var ret Return
	for _, f := range files {
		if err := ReadFile(bytes.NewReader(unpacked(t, dir+f.Name())), f.Name(), &ret, false); err != nil {
			t.Fatal(err)
		}
	}
	return &ret
}

func terms(year int) Terms {
	t := Terms{Authority: "204", Year: year}
	t.AsOf = t.End().End() - 1
	return t
}

var today = day.Of(2031, 5, 4)

const head, eps = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"

// record is what facts add up to, as if they had been taken in.
func record(t testing.TB, id string, facts []fact.Fact) child.Record {
	t.Helper()
	rec := child.New(id)
	at := entry.Moment{Now: today.Start(), Rand: rand.NewChaCha8([32]byte{1})}
	for _, f := range facts {
		if f.Body == nil || f.Unless != nil && f.Unless(rec) {
			continue
		}
		es, err := child.Decide(rec, child.Command{Actor: entry.System, Happened: f.When, Body: f.Body, Source: entry.Source{Kind: "import", Of: "ssda903", Key: f.Key}}, at)
		if err != nil {
			t.Fatalf("%s: %v", f.Key, err)
		}
		rec = child.Apply(rec, es[0])
	}
	return rec
}

// told lists facts, one a line.
func told(facts []fact.Fact) string {
	var b strings.Builder
	for _, f := range facts {
		_, key, _ := strings.Cut(f.Key, "/204/")
		if f.Body == nil {
			fmt.Fprintf(&b, "%s: no\n", key)
			continue
		}
		fmt.Fprintf(&b, "%s %s %s%s\n", key, f.When, f.Body.Kind(), fact.InWords(f.Body))
	}
	return b.String()
}

func TestFacts(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"who the child is": {[]string{head + "A,2,01/02/2010,WBRI,Q123456789012,1,03/04/2025\n"},
			`A/known 2026-03-31 child.known: {"birth":"2010-02-01","sex":"F","ethnicity":"WBRI","mother":"1","child_born":"2025-04-03","identifiers":[{"system":"la-child","authority":"204","value":"A"},{"system":"upn","value":"Q123456789012"}]}`},
		"a code for no UPN is no number": {[]string{head + "A,M,01/02/2010,WBRI,UN3,,\n"},
			`A/known 2026-03-31 child.known: {"birth":"2010-02-01","sex":"M","ethnicity":"WBRI","identifiers":[{"system":"la-child","authority":"204","value":"A"},{"system":"upn-unknown","value":"UN3"}]}`},
		"what cannot be understood is kept": {[]string{head + "A,X,2010,WBRI,,,31/02/2025\nA,M,,,,,\n"},
			`A/known 2026-03-31 child.known: {"ethnicity":"WBRI","identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/kept/2026/Header 2026-03-31 import.kept: {"items":[{"path":"Header/row 2/SEX","value":"M","line":3},{"path":"Header/DOB","value":"2010","line":2},{"path":"Header/SEX","value":"X","line":2},{"path":"Header/MC_DOB","value":"31/02/2025","line":2}]}`},
		"into care, another ground, another place, home": {[]string{eps +
			"A,01/05/2025,S,V2,N1,U6,PR1,02/06/2025,X1,,B1 1AA,B2 2BB,SC1\nA,02/06/2025,L,C1,N1,U6,PR1,03/07/2025,X1,PLACE,B1 1AA,B2 2BB,SC1\nA,03/07/2025,P,C1,N1,K2,PR4,04/08/2025,E4A,,B1 1AA,B3 3CC,SC2\n"},
			`A/known 2025-05-01 child.known: {"identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/episode/2025-05-01/care 2025-05-01 care.started: {"legal_status":"V2","need_code":"N1","reason_new":"S"}
A/episode/2025-05-01/ground: no
A/episode/2025-05-01/placement 2025-05-01 placement.started: {"type":"U6","provider":"PR1","urn":"SC1","placement_postcode":"B2 2BB","home_postcode":"B1 1AA"}
A/episode/2025-05-01/end: no
A/episode/2025-05-01/left: no
A/episode/2025-06-02/care: no
A/episode/2025-06-02/ground 2025-06-02 legal-status: {"legal_status":"C1","need_code":"N1","reason_new":"L","placement_type":"U6","provider":"PR1","urn":"SC1","placement_postcode":"B2 2BB","home_postcode":"B1 1AA"}
A/episode/2025-06-02/placement: no
A/episode/2025-06-02/end: no
A/episode/2025-06-02/left 2025-07-03 placement.ended: {"reason_code":"PLACE"}
A/episode/2025-07-03/care: no
A/episode/2025-07-03/ground: no
A/episode/2025-07-03/placement 2025-07-03 placement.started: {"type":"K2","provider":"PR4","legal_status":"C1","need_code":"N1","reason_new":"P","urn":"SC2","placement_postcode":"B3 3CC","home_postcode":"B1 1AA"}
A/episode/2025-07-03/end 2025-08-04 care.ended: {"reason_ended":"E4A"}
A/episode/2025-07-03/left: no`},
		"an end on which another episode goes on is kept, and so is a reason without a day": {[]string{eps +
			"A,01/05/2025,S,V2,N1,U6,PR1,02/08/2025,E4A,,,,\nA,02/06/2025,P,V2,N1,U6,PR1,,X1,PLACE,,,\nA,02/06/2025,L,C1,,,,,,,,,\n"},
			`A/known 2025-05-01 child.known: {"identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/episode/2025-05-01/care 2025-05-01 care.started: {"legal_status":"V2","need_code":"N1","reason_new":"S"}
A/episode/2025-05-01/ground: no
A/episode/2025-05-01/placement 2025-05-01 placement.started: {"type":"U6","provider":"PR1"}
A/episode/2025-05-01/end: no
A/episode/2025-05-01/left: no
A/episode/2025-06-02/care: no
A/episode/2025-06-02/ground: no
A/episode/2025-06-02/placement 2025-06-02 placement.started: {"type":"U6","provider":"PR1","legal_status":"V2","need_code":"N1","reason_new":"P"}
A/episode/2025-06-02/end: no
A/episode/2025-06-02/left: no
A/kept/2026/Episodes 2026-03-31 import.kept: {"items":[{"path":"Episodes/2025-06-02, a second that begins on the day/DECOM","value":"02/06/2025","line":4},{"path":"Episodes/2025-06-02, a second that begins on the day/RNE","value":"L","line":4},{"path":"Episodes/2025-06-02, a second that begins on the day/LS","value":"C1","line":4},{"path":"Episodes/2025-05-01/DEC","value":"02/08/2025","line":2},{"path":"Episodes/2025-05-01/REC","value":"E4A","line":2},{"path":"Episodes/2025-06-02/REC","value":"X1","line":3},{"path":"Episodes/2025-06-02/REASON_PLACE_CHANGE","value":"PLACE","line":3}]}`},
		"the year as a whole": {[]string{"CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED\nA,01/02/2010,0,,0,,1,X,1,0,,\n",
			"CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nA,01/02/2010,YES,F1,K1\n", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\nA,01/02/2010,P1,OUT,zz/zz/2014\n", "CHILD,SEX,DOB,DUC\nA,M,01/02/2010,01/02/2028\n",
			"CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\nA,01/02/2010,01/06/2025,02/07/2025,1,2,MF,L11\n"},
			`A/known 2026-03-31 child.known: {"birth":"2010-02-01","identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/asylum 2026-03-31 unaccompanied.status: {"ends":"2028-02-01"}
A/health/2026 2026-03-31 health.year: {"score":0,"convicted":false,"immunisations":true,"health_assessment":true,"substance_misuse":false}
A/leaver/2026 2026-03-31 leaving-care.year: {"in_touch":"YES","activity":"F1","accommodation":"K1"}
A/adopted 2025-07-02 adoption.returned: {"decided":"2025-06-01","matched":"2025-07-02","by_foster_carers":true,"adopters":"2","adopters_sex":"MF","adopters_status":"L11"}
A/permanence 2026-03-31 permanence.earlier: {"type":"P1","authority":"OUT","on":"zz/zz/2014"}
A/kept/2026/UASC 2026-03-31 import.kept: {"items":[{"path":"UASC/SEX","value":"M","line":2}]}
A/kept/2026/OC2 2026-03-31 import.kept: {"items":[{"path":"OC2/TEETH_CHECK","value":"X","line":2}]}`},
		"days": {[]string{"CHILD,DOB,REVIEW,REVIEW_CODE\nA,01/02/2010,02/06/2025,PN1\nA,01/02/2011,,PN2\n", "CHILD,DOB,MISSING,MIS_START,MIS_END\nA,01/02/2010,A,03/06/2025,04/06/2025\nA,01/02/2010,Q,05/06/2025,\n",
			"CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\nA,01/02/2010,06/06/2025,07/06/2025,RD1\n", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\nA,01/02/2010,W,08/06/2025,09/06/2025,MANAGE\n",
			"CHILD,DOB,DOLO_START,DOLO_END\nA,01/02/2010,10/06/2025,11/06/2025\n"},
			`A/known 2026-03-31 child.known: {"birth":"2010-02-01","identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/review/2025-06-02 2025-06-02 review: {"of":"care","took_part":"PN1"}
A/placed/2025-06-06 2025-06-06 adoption: {"step":"decided"}
A/placed/2025-06-06/end 2025-06-07 adoption: {"step":"plan ended","reason_ended":"RD1"}
A/missing/2025-06-03 2025-06-03 missing.started: {"away_without_leave":true}
A/missing/2025-06-03/end 2025-06-04 missing.ended
A/worker/2025-06-08/W 2025-06-08 social-worker.returned: {"worker":"W","until":"2025-06-09","reason_ended":"MANAGE"}
A/liberty/2025-06-10 2025-06-10 liberty.deprived: {"until":"2025-06-11"}
A/kept/2026/Reviews 2026-03-31 import.kept: {"items":[{"path":"Reviews/DOB","value":"01/02/2011","line":3},{"path":"review/","value":"without a date that can be read: {\"of\":\"care\",\"took_part\":\"PN2\"}","line":3}]}
A/kept/2026/Missing 2026-03-31 import.kept: {"items":[{"path":"Missing/MISSING","value":"Q","line":3},{"path":"Missing/MIS_START","value":"05/06/2025","line":3}]}`},
		"a column of their own": {[]string{"CHILD,DOB,REVIEW,REVIEW_CODE,NOTES\nA,01/02/2010,02/06/2025,PN1,likes chess\n"},
			`A/known 2026-03-31 child.known: {"birth":"2010-02-01","identifiers":[{"system":"la-child","authority":"204","value":"A"}]}
A/review/2025-06-02 2025-06-02 review: {"of":"care","took_part":"PN1"}
A/kept/2026/Reviews 2026-03-31 import.kept: {"items":[{"path":"Reviews/NOTES","value":"likes chess","line":2}]}`},
		"nobody's row": {[]string{"CHILD,DOB,REVIEW,REVIEW_CODE\n,01/02/2010,02/06/2025,PN1\n"},
			`/known 2026-03-31 child.known: {"birth":"2010-02-01"}
/review/2025-06-02 2025-06-02 review: {"of":"care","took_part":"PN1"}`},
	} {
		var got string
		for _, p := range set(t, c.files...).People() {
			got += told(p.Facts(terms(2026), today))
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// What is dated after the day on which the file was first read is kept.
func TestTheFutureIsKept(t *testing.T) {
	p := set(t, eps+"A,01/05/2025,S,V2,N1,U6,PR1,02/08/2025,E4A,,,,\n").People()[0]
	got := told(p.Facts(terms(2026), day.Of(2025, 6, 1)))
	if !strings.Contains(got, "care.started") || !strings.Contains(got, "dated 2025-08-02, which is in the future: {\\\"reason_ended\\\":\\\"E4A\\\"}") || !strings.Contains(got, "kept/2026/Episodes 2025-06-01") {
		t.Error(got)
	}
}

// A child in care since an earlier year is in care by the first episode that is told,
// and no second time by the next year's file.
func TestCareThatGoesOn(t *testing.T) {
	next := set(t, eps+"A,01/06/2025,L,C2,N1,U6,PR1,01/09/2025,X1,,,,\nA,01/09/2025,P,C2,N1,K2,PR1,,,,,,\n").People()[0]
	rec := record(t, "c", next.Facts(terms(2026), today))
	for _, x := range []struct {
		on                         day.Date
		in                         bool
		legal, placement, careFrom string
	}{{day.Of(2025, 5, 31), false, "", "", ""}, {day.Of(2025, 6, 1), true, "C2", "foster", "2025-06-01"}, {day.Of(2025, 9, 1), true, "C2", "home", "2025-06-01"}} {
		if s := rec.On(x.on.End() - 1); s.LookedAfter != x.in || s.Legal != x.legal || s.Placement != x.placement || s.CareSince.String() != x.careFrom || s.Open != x.in {
			t.Errorf("on %s: in care %v since %s, %s, %s", x.on, s.LookedAfter, s.CareSince, s.Legal, s.Placement)
		}
	}
	if n := len(slices.Collect(func(yield func(int) bool) {
		for i, ev := range rec.Events {
			if ev.Kind == "care.started" && !yield(i) {
				return
			}
		}
	})); n != 0 {
		t.Error("care began, which nobody said")
	}
	before := set(t, eps+"A,01/05/2024,S,V2,N1,U6,PR1,01/06/2025,X1,,,,\nA,01/06/2025,L,C2,N1,U6,PR1,,,,,,\n").People()[0]
	rec = record(t, "c", append(before.Facts(terms(2025), today), next.Facts(terms(2026), today)...))
	s := rec.On(day.Of(2025, 9, 1).Start() - 1)
	if s.CareSince.String() != "2024-05-01" || s.PlacementSince.String() != "2024-05-01" || s.Legal != "C2" {
		t.Errorf("in care since %s, in the placement since %s, %s: a change of the ground began something anew", s.CareSince, s.PlacementSince, s.Legal)
	}
	ended := set(t, eps+"A,01/05/2024,S,V2,N1,U6,PR1,01/06/2025,E4A,,,,\n").People()[0]
	rec = record(t, "c", ended.Facts(terms(2026), today))
	if s := rec.On(today.Start()); s.LookedAfter || s.Placement != "" {
		t.Error("the child is in care after care ended")
	}
}

// rowsOf gives the cells of a table's rows by what names them.
func rowsOf(ret *Return, t Table, key ...Field) map[string]string {
	out := map[string]string{}
	rows := ret.This[t]
	for i := range rows.Len() {
		var k, cells []string
		for _, f := range key {
			k = append(k, rows.At(i).Text(f))
		}
		for _, f := range t.Fields() {
			cells = append(cells, rows.At(i).Text(f))
		}
		out[strings.Join(k, " ")] = strings.Join(cells, ",")
	}
	return out
}

// The whole sample goes in as facts and comes out as rows, year by year. Every row
// is there again; what is other in it is counted here and said in
// docs/returns-differences.md.
func TestSampleInAndOut(t *testing.T) {
	in := sampleSet(t)
	people := in.People()
	var recs []child.Record
	facts := 0
	for i, p := range people {
		rec := record(t, fmt.Sprint(i), p.Facts(terms(2018), today))
		facts += len(rec.Log)
		recs = append(recs, rec)
	}
	if len(people) != 2676 || facts != 31258 {
		t.Errorf("%d facts of %d people", facts, len(people))
	}
	make1 := func(year int) *Return {
		m := Make(terms(year))
		for _, r := range recs {
			m.Add(r)
		}
		ret, left := m.Return()
		if left.NoNumber+left.Same > 0 {
			t.Errorf("left out: %+v", left)
		}
		return ret
	}
	keys := [TableCount][]Field{Header: {Child}, Episodes: {Child, DECOM}, Reviews: {Child, Review}, UASC: {Child}, OC2: {Child}, OC3: {Child}, AD1: {Child}, PlacedAdoption: {Child, DatePlaced},
		PrevPerm: {Child}, Missing: {Child, MissingStart}, SWEpisodes: {Child, SWStart}, DoLo: {Child, DoLoStart}}
	var out [TableCount]map[string]string
	for t := range TableCount {
		out[t] = map[string]string{}
	}
	for year := 2014; year <= 2031; year++ {
		ret := make1(year)
		for t := range TableCount {
			switch {
			case ret.This[t] == nil, year != 2018 && slices.Contains([]Table{Header, UASC, OC2, PrevPerm}, t) && t != Header: // what is asked of one year
			case t == Header && year >= firstSex: // given by other codes
				for k, row := range rowsOf(ret, t, keys[t]...) {
					if _, ok := out[t][k]; !ok {
						out[t][k] = row
					}
				}
			default:
				maps.Copy(out[t], rowsOf(ret, t, keys[t]...)) // as the last year has it
			}
		}
	}
	differ := map[string]int{}
	for table := range TableCount {
		want := rowsOf(in, table, keys[table]...)
		if len(want) != in.This[table].Len() {
			differ[fmt.Sprintf("%s: one row for two", table)] = in.This[table].Len() - len(want)
		}
		for k, row := range want {
			got, ok := out[table][k]
			if !ok {
				differ[table.String()+": no row"]++
				continue
			}
			a, b := strings.Split(row, ","), strings.Split(got, ",")
			for i, f := range table.Fields() {
				if a[i] != b[i] {
					how := "other"
					if b[i] == "" {
						how = "empty"
					} else if a[i] == "" {
						how = "filled"
					}
					differ[fmt.Sprintf("%s/%s: %s", table, f, how)]++
				}
			}
		}
		for k := range out[table] {
			if _, ok := want[k]; !ok {
				differ[table.String()+": a row more"]++
			}
		}
	}
	want := map[string]int{
		"Episodes/REC: empty": 1403, "Episodes/REASON_PLACE_CHANGE: empty": 784, // a reason without a day, or of a placement that did not change
		"Episodes/DEC: filled": 10, "Episodes/DEC: other": 72, "Episodes/REC: other": 67, "Episodes/REASON_PLACE_CHANGE: filled": 7, "Episodes/REASON_PLACE_CHANGE: other": 2, // episodes that overlap
		"Reviews: one row for two": 14, // held on one day
		"Header/MOTHER: empty":     1,  // 1.0, which is neither 0 nor 1
		"DoLo: no row":             1,  // of a year whose return had none
		"Header: a row more":       1,  // of a child who was in other tables only
	}
	if !maps.Equal(differ, want) {
		t.Errorf("differences %v, want %v", differ, want)
	}
}

// csvOf gives all files of a return, one after the other; without those of which the
// XML has nothing, where the return went through it.
func csvOf(t testing.TB, ret *Return, form string) string {
	t.Helper()
	var b strings.Builder
	for _, rows := range ret.This {
		if rows != nil && (form != "xml" || rows.Table != SWEpisodes && rows.Table != DoLo) {
			if err := WriteCSV(&b, rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

// What was made is read into nothing and made again: the same bytes, as CSV and XML.
func TestMadeReadAndMadeAgain(t *testing.T) {
	var recs []child.Record
	for i, p := range sampleSet(t).People() {
		recs = append(recs, record(t, fmt.Sprint(i), p.Facts(terms(2018), today)))
	}
	for _, year := range []int{2017, 2018, 2026, 2027} {
		first := remade(t, year, recs)
		for form, text := range map[string]func(*Return) *Return{
			"csv": func(r *Return) *Return {
				var files []string
				for _, rows := range r.This {
					if rows != nil {
						var b strings.Builder
						if err := WriteCSV(&b, rows); err != nil {
							t.Fatal(err)
						}
						files = append(files, b.String())
					}
				}
				return set(t, files...)
			},
			"xml": func(r *Return) *Return {
				var b strings.Builder
				if _, err := WriteXML(&b, r); err != nil {
					t.Fatal(err)
				}
				return set(t, b.String())
			},
		} {
			var again []child.Record
			for i, p := range text(first).People() {
				again = append(again, record(t, fmt.Sprint(i), p.Facts(terms(year), today)))
			}
			second := remade(t, year, again)
			a, b := csvOf(t, first, form), csvOf(t, second, form)
			if a != b {
				t.Errorf("%d by %s: %d bytes became %d; first difference %s", year, form, len(a), len(b), parted(a, b))
			}
			var x, y strings.Builder
			if _, err := WriteXML(io.MultiWriter(&x), first); err != nil {
				t.Fatal(err)
			}
			if _, err := WriteXML(&y, second); err != nil || x.String() != y.String() {
				t.Errorf("%d by %s: the XML differs: %v", year, form, err)
			}
			if year == 2018 { // when the codes were those of the schema
				if err := lint(t, []byte(x.String())); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func remade(t testing.TB, year int, recs []child.Record) *Return {
	t.Helper()
	m := Make(terms(year))
	for _, r := range recs {
		m.Add(r)
	}
	ret, _ := m.Return()
	if ret.This[Header].Len() == 0 {
		t.Fatalf("nobody is in the return of %d", year)
	}
	return ret
}

// parted gives the first lines that differ.
func parted(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %q, %q", i+1, x[i], y[i])
		}
	}
	return "at the end"
}
