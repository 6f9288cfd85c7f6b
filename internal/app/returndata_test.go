package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/report"
	"onus/internal/returns/scan"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
	"onus/internal/testkit"
)

// An invented set of what returns are checked with.
const (
	postcodes903 = "pcd,dointr,laua,oseast1m,osnrth1m\nB1  1AA,x,E08000025,400000,300000\nB2  2BB,x,E08000025,401000,300000\nB3  3CC,x,E08000026,480000,300000\n"
	providers903 = "URN,POSTCODE,LA_CODE_INFERRED,PLACE_CODES,PROVIDER_CODES,REG_START,REG_END\nSC1,B2 2BB,E08000025,\"U6,U4\",PR1,01/01/2020,\nSC9,B9 9ZZ,E08000025,K2,PR4,01/01/2020,\n"
	// P2 had another sex and another placement a year before, P3 was in care and left it.
	lastWho903 = headOf903 + "P2,F,02/03/2014,MWBC,UN2,,\nP3,M,05/06/2010,WBRI,UN1,,\n"
	lastEps903 = epsOf903 + "P2,03/04/2024,S,C2,N1,U6,PR4,,,,,,\nP3,03/04/2024,S,C2,N1,U6,PR4,01/02/2025,E4A,,,,\n"
)

var of903 = app.ReturnOrder{Kind: app.Return903, Authority: "204", Year: "2025/26"}

func (h *house) gives903(t *testing.T, o app.DataOrder, files ...string) line.GivenData {
	t.Helper()
	o.Files = set903(files...)
	g, err := h.desk(t, "performance").GiveReturnData(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// keeps903 has last year's files kept.
func (h *house) keeps903(t *testing.T) {
	t.Helper()
	if _, err := h.GiveReturnData(ctx, app.DataOrder{What: line.DataLastYear, Authority: "204", Year: "2024/25", Files: set903(lastWho903, lastEps903)}, testkit.Who("director")); err != nil {
		t.Fatal(err)
	}
}

// lacks are the rules of a run that could not run for want of data beside the return.
func (h *house) lacks(t *testing.T, run app.ReturnRun) (out []string) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) error {
		rs, err := v.ReturnRules(ctx, run.ID)
		for _, r := range rs {
			if !r.Failed && ssda903check.Wanting(r.Reason) != "" {
				out = append(out, r.Code)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// What is given is used by the next check: all rules that lacked it run, and find what they
// find of the same files on the command line, rule by rule.
func TestWhatIsGivenIsUsedByTheNextCheck(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e).analyst(t)
		h.lookedAfter(t, 2026, who903, in903, rev903, mis903)
		h.lookedAfter(t, 2025, lastWho903, lastEps903) // P3 has a record
		before := h.checks(t, "performance", of903)
		if n := len(h.lacks(t, before)); n < 40 || len(before.Facts.With) != 0 {
			t.Fatalf("%d rules lacked something: %+v", n, before.Facts.With)
		}
		h.gives903(t, app.DataOrder{What: line.DataLastYear, Authority: "204", Year: "2024/25"}, lastWho903, lastEps903, revsOf903, missOf903, "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n",
			"CHILD,SEX,DOB,DUC\n")
		dir := h.gives903(t, app.DataOrder{What: line.DataPostcodes, Code: "E08000025", About: "An invented directory"}, postcodes903)
		h.gives903(t, app.DataOrder{What: line.DataProviders}, providers903)
		if dir.Rows != 3 || dir.Author != "p-performance" || dir.Post != "performance" || dir.Entry == "" {
			t.Errorf("%+v", dir)
		}
		h.clock.Add(day.Minute)
		run := h.checks(t, "performance", of903)
		if still := h.lacks(t, run); len(still) != 0 || len(run.Facts.With) != 3 {
			t.Fatalf("%v lack something still, with %+v", still, run.Facts.With)
		}
		// The same by the reader of the command line.
		ret, _, err := h.MakeSSDA903(ctx, app.SSDA903Terms{Authority: "204", Year: 2026})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{lastWho903, lastEps903, revsOf903, missOf903, "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n", "CHILD,SEX,DOB,DUC\n"} {
			if err := ssda903.ReadFile(strings.NewReader(f), "", ret, true); err != nil {
				t.Fatal(err)
			}
		}
		o := ssda903check.Options{Year: 2026, Authority: "E08000025"}
		if o.Postcodes, err = ssda903check.ReadPostcodes(strings.NewReader(postcodes903)); err == nil {
			o.Providers, err = ssda903check.ReadProviders(strings.NewReader(providers903))
		}
		if err != nil {
			t.Fatal(err)
		}
		want, err := ssda903check.Run(ret, o)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]app.ReturnRule{}
		for _, r := range h.stands(t, "performance", app.Return903).Rules {
			got[r.Code] = r
		}
		failed := 0
		for _, v := range want.Verdicts {
			r, ok := got[v.Rule.Code]
			if ok != (v.Outcome != report.Held) || ok && (r.Failed != (v.Outcome == report.Failed) || r.Places != len(v.Places) || r.Reason != v.Reason) {
				t.Errorf("%s: %+v, on the command line %v at %d places, %s", v.Rule.Code, r, v.Outcome, len(v.Places), v.Reason)
			}
			if v.Outcome == report.Failed && len(ssda903check.Needs(v.Rule.Code, 2026)) > 0 {
				failed++
			}
		}
		if failed < 4 { // the sex, the provider, the postcode of the provider, ...
			t.Errorf("%d rules that need data found something: this test shows too little", failed)
		}
		// Last year's files told of P3, who is not in this return: that was read, and stands in the log.
		p3, _ := h.byNumber(t, "204", "P3")
		if !slices.ContainsFunc(h.readers(t, p3), func(r app.Read) bool {
			return r.Person == "p-performance" && strings.HasSuffix(r.What, ", checked")
		}) {
			t.Errorf("what last year's files say of P3 was read, and the log does not say so: %+v", h.readers(t, p3))
		}
		if v := h.verify(t); v.ReturnParts != 4 {
			t.Errorf("%d parts", v.ReturnParts)
		}
	})
}

// Newer data takes the place of older from its day on, and nothing of it is lost.
func TestGivenDataCountsFromItsDay(t *testing.T) {
	h := spring(t, testkit.Engines[0]).analyst(t)
	h.lookedAfter(t, 2026, who903, in903)
	today := h.clock.Now().Date()
	old := h.gives903(t, app.DataOrder{What: line.DataProviders, From: today - 10}, providers903)
	h.clock.Add(day.Minute)
	now := h.gives903(t, app.DataOrder{What: line.DataProviders}, providers903+"SC2,B3 3CC,E08000026,U6,PR2,01/01/2020,\n")
	h.clock.Add(day.Minute)
	ahead := h.gives903(t, app.DataOrder{What: line.DataProviders, From: today + 30}, providers903)
	states := func() (out []string) {
		l, err := h.desk(t, "performance").ReturnData(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Rows {
			s := r.Data
			switch {
			case r.Counts:
				s += " counts"
			case r.Ahead:
				s += " ahead"
			}
			if !r.Here {
				s += " gone"
			}
			out = append(out, s)
		}
		return out
	}
	if got, want := states(), []string{ahead.Data + " ahead", now.Data + " counts", old.Data}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	unknown := func() bool { // 1008 asks whether the URN SC2 is known
		run := h.checks(t, "performance", of903)
		return slices.ContainsFunc(h.stands(t, "performance", app.Return903).Rules, func(r app.ReturnRule) bool { return r.Code == "1008" && r.Failed }) && run.State == app.RunDone
	}
	if unknown() {
		t.Error("the newer list knows SC2")
	}
	h.clock.Add(31 * 24 * day.Hour)
	if got, want := states(), []string{ahead.Data + " counts", now.Data, old.Data}; !slices.Equal(got, want) {
		t.Errorf("a month later %q, want %q", got, want)
	}
	if !unknown() {
		t.Error("the list that counts now does not know SC2")
	}
	h.verify(t)
}

// What last year's files say of a child goes with the child's record, and with any entry of
// it; the rest still proves what was given.
func TestLastYearsFilesForgetAnErasedChild(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		for _, whole := range []bool{true, false} {
			h := spring(t, e).analyst(t)
			late := strings.ReplaceAll(lastEps903+"LATER,03/04/2024,S,C2,N1,U6,PR4,,,,ZQ9 9ZQ,,\n", "PR4,01/02/2025,E4A,,,,", "PR4,01/02/2025,E4A,,ZQ1 1ZQ,,")
			h.lookedAfter(t, 2025, lastWho903, lastEps903)
			g := h.gives903(t, app.DataOrder{What: line.DataLastYear, Authority: "204", Year: "2024/25"}, lastWho903, late)
			h.lookedAfter(t, 2026, who903, in903)
			ids := []string{}
			p3, _ := h.byNumber(t, "204", "P3")
			// One whose number was recorded after the files were given.
			later := h.record(t, "", h.say("manager-front", child.Known{Given: "Ada", Family: "Marsh", IDs: []child.Identifier{{System: "la-child", Authority: "204", Value: "LATER"}}})).Child
			for _, id := range append(ids, p3, later) {
				var entries []entry.ID
				if !whole {
					entries = h.entriesOf(t, id)[:1]
				}
				if _, err := h.EraseNow(ctx, id, entries, ordered, testkit.Who("service")); err != nil {
					t.Fatal(err)
				}
			}
			l, err := h.desk(t, "performance").ReturnData(ctx)
			if err != nil || len(l.Rows) != 1 || l.Rows[0].Erased != 2 || !l.Rows[0].Here {
				t.Fatalf("whole %v: %+v, %v", whole, l.Rows, err)
			}
			if err := h.Store.View(ctx, func(v app.View) error {
				return v.EachReturnData(ctx, g.Data, func(p app.ReturnPart) error {
					if strings.Contains(string(p.Body), "ZQ") || p.Number == "P3" || p.Number == "LATER" || p.Child == p3 {
						t.Errorf("whole %v: it still says %+v", whole, p)
					}
					return nil
				})
			}); err != nil {
				t.Fatal(err)
			}
			run := h.checks(t, "performance", of903)
			if len(run.Facts.With) != 1 || !strings.Contains(run.Facts.With[0].Says, "of 2 was erased") {
				t.Errorf("whole %v: %+v", whole, run.Facts.With)
			}
			h.verify(t)
		}
	})
}

// Last year's return that was taken away from here stands for itself in the year after: as
// it was, whatever was recorded since.
func TestLastYearsReturnOfOurOwnMaking(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := spring(t, e).analyst(t)
		h.lookedAfter(t, 2025, lastWho903, lastEps903)
		last := of903
		last.Year = "2024/25"
		taken, err := h.desk(t, "performance").TakeReturn(ctx, last, h.seen(t, "performance", last))
		if err != nil || taken.Children != 2 {
			t.Fatal(taken.Children, err)
		}
		h.clock.Add(day.Hour)
		h.lookedAfter(t, 2026, who903, in903) // says otherwise of P2
		run := h.checks(t, "performance", of903)
		if len(run.Facts.With) != 1 || run.Facts.With[0].Data != "" || !strings.Contains(run.Facts.With[0].Says, "the same file, by its SHA-256") {
			t.Fatalf("%+v", run.Facts.With)
		}
		found := func(code string) bool {
			return slices.ContainsFunc(h.stands(t, "performance", app.Return903).Rules, func(r app.ReturnRule) bool { return r.Code == code && r.Failed })
		}
		if !found("503D") { // K2 now, U6 in what was sent
			t.Error("a placement that is not what the return said that was sent is not found")
		}
		// Files of it that are given later take its place.
		h.gives903(t, app.DataOrder{What: line.DataLastYear, Authority: "204", Year: "2024/25"}, lastWho903, strings.ReplaceAll(lastEps903, "U6", "K2"))
		h.clock.Add(day.Minute)
		run = h.checks(t, "performance", of903)
		if len(run.Facts.With) != 1 || run.Facts.With[0].Data == "" || found("503D") {
			t.Errorf("files that were given later: %+v", run.Facts.With)
		}
		// Of another authority they are nobody's last year.
		other := of903
		other.Authority = "205"
		if run := h.checks(t, "performance", other); len(run.Facts.With) != 0 {
			t.Errorf("another authority: %+v", run.Facts.With)
		}
	})
}

// A file that is not what it is given as is refused with what and where, and nothing of it
// is kept.
func TestWrongDataIsRefused(t *testing.T) {
	h := spring(t, testkit.Engines[0]).analyst(t)
	d := h.desk(t, "performance")
	last := app.DataOrder{What: line.DataLastYear, Authority: "204", Year: "2024/25"}
	dir, list := app.DataOrder{What: line.DataPostcodes}, app.DataOrder{What: line.DataProviders}
	for name, x := range map[string]struct {
		o     app.DataOrder
		files []string
		field string // of an entry.Refusal; empty: it is the file's
		why   error
		says  string
	}{
		"no file":                {last, nil, "file", nil, "Choose a file"},
		"no authority, no year":  {app.DataOrder{What: line.DataLastYear}, []string{lastEps903}, "authority", nil, "three digits"},
		"two directories":        {dir, []string{postcodes903, postcodes903}, "file", nil, "one file"},
		"a day far ahead":        {app.DataOrder{What: line.DataProviders, From: h.clock.Now().Date() + 400}, []string{providers903}, "from", nil, "a year ahead"},
		"the year after":         {last, []string{in903}, "", ssda903.ErrNotTable, "after 31 March 2025"},
		"the year before":        {last, []string{epsOf903 + "P1,03/04/2022,S,C2,N1,U6,PR4,03/05/2022,E4A,,,,\n"}, "", ssda903.ErrNotTable, "an earlier year"},
		"another table":          {last, []string{postcodes903}, "", ssda903.ErrNotTable, "headings"},
		"cut short":              {last, []string{lastEps903 + "P9,03/04"}, "", scan.ErrCutShort, "cut short"},
		"nobody in it":           {last, []string{epsOf903}, "", scan.ErrEmpty, "names a child"},
		"XML that bites":         {last, []string{`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><EXPSSDA903>&b;</EXPSSDA903>`}, "", nil, ""},
		"an empty directory":     {dir, []string{""}, "", scan.ErrEmpty, "empty"},
		"headings alone":         {dir, []string{"pcd,laua,oseast1m,osnrth1m\n"}, "", scan.ErrEmpty, "no postcode"},
		"a directory of others":  {dir, []string{providers903}, "", ssda903.ErrNotTable, "pcd"},
		"a workbook":             {dir, []string{"PK\x03\x04"}, "", scan.ErrPacked, "CSV"},
		"XML":                    {dir, []string{"<a/>"}, "", ssda903.ErrNotTable, "XML"},
		"UTF-16":                 {dir, []string{"\xff\xfep\x00c\x00"}, "", scan.ErrEncoding, "UTF-8"},
		"other bytes":            {dir, []string{postcodes903 + "\xff\xff,x,y,1,2\n"}, "", scan.ErrEncoding, "UTF-8"},
		"quotes":                 {list, []string{providers903 + "\"SC3,x\n"}, "", scan.ErrMalformed, "quotation mark"},
		"the code is not in it":  {app.DataOrder{What: line.DataPostcodes, Code: "E09000099"}, []string{postcodes903}, "code", nil, "No postcode"},
		"providers without them": {list, []string{"URN\n"}, "", scan.ErrEmpty, "no provider"},
	} {
		x.o.Files = set903(x.files...)
		_, err := d.GiveReturnData(ctx, x.o)
		ps, refused := entry.Problems(err)
		switch {
		case err == nil:
			t.Errorf("%s: it is kept", name)
		case x.field != "" && (!refused || ps[0].Field != x.field || !strings.Contains(ps[0].Text, x.says)):
			t.Errorf("%s: %v", name, err)
		case x.field == "" && (!strings.Contains(err.Error(), x.says) || x.why != nil && !errors.Is(err, x.why)):
			t.Errorf("%s: %v", name, err)
		case x.field == "":
			if _, ok := errors.AsType[*scan.Refusal](err); !ok {
				t.Errorf("%s: %v is no refusal", name, err)
			}
		}
	}
	if _, err := d.GiveReturnData(ctx, app.DataOrder{What: "tax"}); !errors.Is(err, app.ErrNotFound) {
		t.Error(err)
	}
	if _, err := h.desk(t, "head").GiveReturnData(ctx, app.DataOrder{What: line.DataProviders, Files: set903(providers903)}); !errors.Is(err, app.ErrForbidden) {
		t.Errorf("a head of service: %v", err)
	}
	if l, err := d.ReturnData(ctx); err != nil || len(l.Rows) != 0 {
		t.Errorf("%+v, %v", l.Rows, err)
	}
	if err := h.Store.View(ctx, func(v app.View) error {
		return v.EachReturnData(ctx, "", func(app.ReturnPart) error { return errors.New("something of it is kept") })
	}); err != nil {
		t.Error(err)
	}
}

// A directory of as many postcodes as the country has is kept in parts, and of those no
// more is held in hand than a return asks for.
func TestALargeDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("it is large")
	}
	h := spring(t, testkit.Engines[0]).analyst(t)
	h.lookedAfter(t, 2026, who903, in903)
	var b strings.Builder
	b.WriteString("pcd,laua,oseast1m,osnrth1m\n")
	const n = 300_000
	for i := range n {
		b.WriteString("ZZ")
		b.WriteString(strings.Repeat("0", 6-len(day.Date(i).String())%2))
		b.WriteString(string(rune('A' + i%26)))
		b.WriteString(string(rune('A' + i/26%26)))
		b.WriteString(string(rune('A' + i/676%26)))
		b.WriteString(string(rune('A' + i/17576%26)))
		b.WriteString(",E08000025,400000,300000\n")
	}
	g := h.gives903(t, app.DataOrder{What: line.DataPostcodes, Code: "E08000025"}, b.String()+"B1 1AA,E08000025,400000,300000\n")
	if g.Rows != n+1 || g.Parts < 3 {
		t.Errorf("%d rows in %d parts", g.Rows, g.Parts)
	}
	if run := h.checks(t, "performance", of903); len(run.Facts.With) != 1 {
		t.Errorf("%+v", run.Facts.With)
	}
	h.verify(t)
}
