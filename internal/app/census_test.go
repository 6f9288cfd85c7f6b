package app_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/returns/cin"
	testkit "onus/internal/testkit/kit"
)

// census is a small CIN census of 2026, made at a moment, with these children.
func census(made string, children ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>999</LEA><SerialNo>001</SerialNo><DateTime>` + made + `</DateTime></Source></Header>
<Children>` + strings.Join(children, "\n") + `</Children></Message>`
}

// person is a Child element; id may be empty.
func person(id, episodes string) string {
	return fmt.Sprintf(`<Child><ChildIdentifiers>%s<PersonBirthDate>2015-04-01</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>%s</Child>`, tag("LAchildID", id), episodes)
}

func tag(name, text string) string {
	if text == "" {
		return ""
	}
	return "<" + name + ">" + text + "</" + name + ">"
}

// referral is an episode that led to further action, with what is inside it.
func referral(on, inside string) string {
	return "<CINdetails>" + tag("CINreferralDate", on) + "<ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>0</ReferralNFA>" + inside + "</CINdetails>"
}

// nothingMore is a referral that led to no further action.
func nothingMore(on string) string {
	return "<CINdetails>" + tag("CINreferralDate", on) + "<ReferralSource>2A</ReferralSource><ReferralNFA>1</ReferralNFA></CINdetails>"
}

func assessment(start, authorised string) string {
	return "<Assessments>" + tag("AssessmentActualStartDate", start) + tag("AssessmentAuthorisationDate", authorised) + "</Assessments>"
}

// newKit is an App over SQLite with a line, on 1 May 2026.
func newKit(t *testing.T, options ...testkit.Option) *testkit.Kit {
	t.Helper()
	k := testkit.NewApp(t, testkit.SQLite.DSN(t), options...)
	k.Line(t)
	k.Clock.Set(testkit.At("2026-05-01T09:00"))
	return k
}

func take(t *testing.T, k *testkit.Kit, text string) app.CensusResult {
	t.Helper()
	r, err := k.ImportCensus(t.Context(), func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, testkit.Manager)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func size(t testing.TB, k *testkit.Kit) (n int64) {
	t.Helper()
	err := k.Store.View(t.Context(), func(v app.View) error {
		h, err := v.Head(t.Context())
		n = h.Size
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// known finds the child of a number of the authority 999.
func known(t *testing.T, k *testkit.Kit, number string) (id string) {
	t.Helper()
	err := k.Store.View(t.Context(), func(v app.View) (err error) {
		id, err = v.ChildByID(t.Context(), app.Identifier{System: "la-child", Authority: "999", Value: number})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func page(t *testing.T, k *testkit.Kit, id string) *app.ChildPage {
	t.Helper()
	p, err := k.Look(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func verify(t *testing.T, k *testkit.Kit) app.Verified {
	t.Helper()
	v, err := k.Verify(t.Context(), k.Known)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// count is how many events of a kind stand.
func count(p *app.ChildPage, kind entry.Kind) (n int) {
	for _, ev := range p.Record.Events {
		if ev.Kind == kind {
			n++
		}
	}
	return n
}

func TestEverySampleComesIn(t *testing.T) {
	files, err := filepath.Glob("../returns/cin/testdata/samples/*")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d sample files: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, ".gz") {
				z, err := gzip.NewReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				if b, err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			k := newKit(t)
			before := size(t, k)
			r := take(t, k, string(b))
			if r.NewChildren+r.Known != r.Summary.Children || r.Again {
				t.Errorf("%d new and %d known of %d children, again %v", r.NewChildren, r.Known, r.Summary.Children, r.Again)
			}
			if got, want := size(t, k)-before, int64(r.Entries()+1); got != want {
				t.Errorf("the journal grew by %d, the result says %d", got, want)
			}
			for kind, want := range map[entry.Kind]int{"child.known": r.Summary.Children} {
				if got := r.Added[kind]; got > want || r.Summary.Children > 0 && got == 0 {
					t.Errorf("%d entries of the kind %s for %d in the file", got, kind, want)
				}
			}
			verify(t, k)

			after := size(t, k)
			again := take(t, k, string(b))
			if !again.Again || again.Entries() != 0 || again.NewChildren != 0 || size(t, k) != after {
				t.Errorf("the same file again added %d entries, journal %d to %d", again.Entries(), after, size(t, k))
			}
			// Saved once more with other bytes, it says nothing new. Children without
			// any number cannot be known again: only they come in twice.
			saved := take(t, k, strings.Replace(string(b), "</Message>", "</Message>\n", 1))
			if saved.NoNumber == 0 && (saved.Entries() != 0 || size(t, k) != after+1) {
				t.Errorf("the same census in another file added %d entries (%v) and corrected %d", saved.Entries(), saved.Added, saved.Corrected)
			}
			verify(t, k)
		})
	}
}

func TestALaterFileAddsWhatChanged(t *testing.T) {
	k := newKit(t)
	first := census("2026-04-10T09:00:00", person("A1", referral("2026-02-02", assessment("2026-02-03", ""))), person("B2", referral("2026-02-09", "")))
	take(t, k, first)
	id := known(t, k, "A1")
	before := size(t, k)
	k.Clock.Add(day.Hour)

	newer := strings.Replace(first, "2026-04-10T09:00:00", "2026-04-20T09:00:00", 1)
	newer = strings.Replace(newer, "2026-02-03</AssessmentActualStartDate>", "2026-02-03</AssessmentActualStartDate><AssessmentAuthorisationDate>2026-03-20</AssessmentAuthorisationDate>", 1)
	newer = strings.Replace(newer, "N1", "N4", 1)
	r := take(t, k, newer)
	if !maps.Equal(r.Added, map[entry.Kind]int{"assessment.authorised": 1}) || r.Corrected != 1 || r.NewChildren != 0 || r.Known != 2 {
		t.Errorf("added %v, corrected %d, new %d, known %d", r.Added, r.Corrected, r.NewChildren, r.Known)
	}
	if got := size(t, k) - before; got != 3 {
		t.Errorf("the journal grew by %d entries, not by the two and the file", got)
	}
	p := page(t, k, id)
	for _, e := range p.Record.Log[len(p.Record.Log)-2:] {
		if s := e.Source; s.Kind != "import" || s.Of != "cin-census" || s.File != r.SHA256 || s.Line == 0 || s.Key == "" || s.Made != testkit.At("2026-04-20T09:00") || s.AsOf != day.MustParse("2026-03-31").End()-1 {
			t.Errorf("%s says that it comes from %+v", e.Kind, s)
		}
		if e.Author != testkit.Manager.Person || e.Post != testkit.Manager.Post {
			t.Errorf("%s was recorded by %s in %s", e.Kind, e.Author, e.Post)
		}
	}
	for _, ev := range p.Record.Events {
		if b, ok := ev.Body.(child.Referral); ok && b.Need != "N4" {
			t.Errorf("the need is %q after the newer file", b.Need)
		}
	}
	if p.Status.Assessing {
		t.Error("the assessment goes on after it was authorised")
	}

	// The older file, and one older still with other words, change nothing.
	before = size(t, k)
	r = take(t, k, first)
	if r.Older != 2 || r.Entries() != 0 || size(t, k) != before {
		t.Errorf("the older file: %d left, %d entries", r.Older, r.Entries())
	}
	oldest := strings.Replace(strings.Replace(first, "2026-04-10", "2026-04-01", 1), "N1", "N8", 1)
	r = take(t, k, oldest)
	if r.Entries() != 0 || r.Older == 0 {
		t.Errorf("a file older still: %d left, added %v, corrected %d", r.Older, r.Added, r.Corrected)
	}
	verify(t, k)
}

// Two files of the same moment, one after the other and back: the first was
// read in before, so it does not win again.
func TestAFileReadBeforeDoesNotComeBack(t *testing.T) {
	k := newKit(t)
	one := census("2026-04-10T09:00:00", person("A1", referral("2026-02-02", "")))
	two := strings.Replace(one, "N1", "N4", 1)
	take(t, k, one)
	if r := take(t, k, two); r.Corrected != 1 {
		t.Fatalf("the second file corrected %d", r.Corrected)
	}
	before := size(t, k)
	for _, text := range []string{one, two, one} {
		if r := take(t, k, text); r.Entries() != 0 || size(t, k) != before {
			t.Fatalf("a file that was read in before added %d entries", r.Entries())
		}
	}
}

func TestAPersonsWordSurvivesTheSameFile(t *testing.T) {
	k := newKit(t)
	text := census("2026-04-10T09:00:00", person("A1", referral("2026-02-02", assessment("2026-02-03", "2026-03-20"))))
	take(t, k, text)
	id := known(t, k, "A1")
	p := page(t, k, id)
	var wrong, withdrawn entry.ID
	for _, ev := range p.Record.Events {
		switch ev.Kind {
		case "referral":
			wrong = ev.ID
		case "assessment.authorised":
			withdrawn = ev.ID
		}
	}
	body := entry.Flat(`{"from":"the school nurse","need_code":"N3"}`)
	fix := testkit.By("2026-05-01", child.Correction{Why: "Misread", Body: body})
	fix.Corrects = wrong
	gone := testkit.By("2026-05-01", child.Correction{Why: "Never signed", Withdrawn: true})
	gone.Corrects = withdrawn
	k.Write(t, id, fix, gone)
	before := size(t, k)
	take(t, k, text)
	// Saved again under the same date, it still says what it said before.
	r := take(t, k, strings.Replace(text, "</Message>", "</Message>\n", 1))
	if r.Entries() != 0 || size(t, k) != before+1 {
		t.Errorf("importing again added %v and corrected %d", r.Added, r.Corrected)
	}
	if ev, _ := page(t, k, id).Record.Event(wrong); ev.Body.(child.Referral).Need != "N3" {
		t.Errorf("the person's correction was undone: %+v", ev.Body)
	}
	// A later file that still says otherwise about what was withdrawn here.
	later := strings.Replace(strings.Replace(text, "2026-04-10", "2026-04-20", 1), "2026-03-20", "2026-03-21", 1)
	if r := take(t, k, later); r.Corrected != 0 {
		t.Errorf("what a person withdrew was corrected %d times", r.Corrected)
	}
	verify(t, k)
}

func TestABrokenCensusWritesNothing(t *testing.T) {
	good := census("2026-04-10T09:00:00", person("A1", referral("2026-02-02", "")))
	for name, text := range map[string]string{
		"empty":      "",
		"cut short":  good[:len(good)-40],
		"other":      strings.Replace(good, "<Collection>CIN<", "<Collection>SWF<", 1),
		"not XML":    "LAchildID,Sex\nA1,F\n",
		"joined":     good + good,
		"a document": strings.Replace(good, "<Message>", "<!DOCTYPE x []><Message>", 1),
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			before := size(t, k)
			_, err := k.ImportCensus(t.Context(), func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, testkit.Manager)
			var refused *cin.Refusal
			if !errors.As(err, &refused) || refused.Message == "" {
				t.Errorf("refused with %v", err)
			}
			if size(t, k) != before {
				t.Error("something was written")
			}
		})
	}
}

func TestWhoIsKnownAgain(t *testing.T) {
	k := newKit(t)
	withUPN := func(id, upn, birth string) string {
		s := strings.Replace(person(id, referral("2026-02-02", "")), "<PersonBirthDate>2015-04-01", tag("UPN", upn)+"<PersonBirthDate>"+birth, 1)
		return s
	}
	r := take(t, k, census("2026-04-10T09:00:00", withUPN("", "U1", "2015-04-01"), withUPN("T1", "U2", "2015-04-01"), withUPN("T2", "U2", "2015-04-01"), person("", "")))
	if r.NewChildren != 4 || r.NoNumber != 1 {
		t.Errorf("%d new children, %d without a number", r.NewChildren, r.NoNumber)
	}
	// The child known by UPN alone gets the authority's number; twins with one UPN
	// stay two; another birthday under the same UPN is another child.
	r = take(t, k, census("2026-04-20T09:00:00", withUPN("N1", "U1", "2015-04-01"), withUPN("T2", "U2", "2015-04-01"), withUPN("", "U1", "2009-09-09")))
	if r.NewChildren != 1 || r.Known != 2 {
		t.Errorf("%d new children and %d known", r.NewChildren, r.Known)
	}
	if known(t, k, "T1") == known(t, k, "T2") {
		t.Error("two children with one UPN were merged")
	}
	verify(t, k)
}

// The same child twice in one file: with the authority's number, then by UPN.
// It must not matter whether they fall into one transaction or two.
func TestOneChildInTwoPlaces(t *testing.T) {
	for _, apart := range []int{0, 150} {
		k := newKit(t)
		one := strings.Replace(person("", referral("2026-02-02", "")), "<PersonBirthDate>", "<UPN>U1</UPN><PersonBirthDate>", 1)
		two := strings.Replace(person("A1", referral("2026-03-02", "")), "<PersonBirthDate>", "<UPN>U1</UPN><PersonBirthDate>", 1)
		children := []string{one}
		for i := range apart {
			children = append(children, person(fmt.Sprintf("X%d", i), referral("2026-02-02", "")))
		}
		r := take(t, k, census("2026-04-10T09:00:00", append(children, two)...))
		if r.NewChildren != 1+apart || r.Known != 1 {
			t.Errorf("%d children apart: %d new, %d known", apart, r.NewChildren, r.Known)
		}
	}
}

// An episode that is open in the file is open here, whatever else the file
// says of the child: a case must not vanish because two episodes overlap.
func TestNoOpenEpisodeVanishes(t *testing.T) {
	closed := func(on string) string { return tag("CINclosureDate", on) + "<ReasonForClosure>RC1</ReasonForClosure>" }
	for name, episodes := range map[string]string{
		"no further action while open":         referral("2025-11-03", "") + nothingMore("2026-02-02"),
		"no further action, then taken up":     nothingMore("2026-02-02") + referral("2026-02-02", ""),
		"closed and referred the same day":     referral("2025-11-03", closed("2026-02-02")) + referral("2026-02-02", ""),
		"closed after the next referral":       referral("2025-11-03", closed("2026-02-20")) + referral("2026-02-02", ""),
		"no date of the referral":              referral("", assessment("2026-02-03", "")),
		"no date at all":                       referral("", ""),
		"no further action, with work to come": strings.Replace(nothingMore("2026-02-02"), "</CINdetails>", assessment("2026-02-03", "")+"</CINdetails>", 1),
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			text := census("2026-04-10T09:00:00", person("A1", episodes))
			take(t, k, text)
			p := page(t, k, known(t, k, "A1"))
			if !p.Status.Open {
				t.Error("the case is not open")
			}
			before := size(t, k)
			if take(t, k, text+"\n"); size(t, k) != before+1 {
				t.Error("the same census in another file added to the record")
			}
			verify(t, k)
		})
	}
	k := newKit(t)
	take(t, k, census("2026-04-10T09:00:00", person("A1", nothingMore("2026-02-02")), person("B2", referral("2025-11-03", closed("2025-12-01"))+nothingMore("2025-11-20"))))
	for _, number := range []string{"A1", "B2"} {
		p := page(t, k, known(t, k, number))
		if p.Status.Open || len(p.Open()) > 0 || len(p.Missed()) > 0 {
			t.Errorf("%s: open %v, owed %d, missed %d", number, p.Status.Open, len(p.Open()), len(p.Missed()))
		}
	}
}

// What a later file no longer says of something that it still names was wrong:
// a closure, an authorisation, the end of a plan, a change of category.
func TestALaterFileTakesBack(t *testing.T) {
	k := newKit(t)
	plan := func(end, latest string) string {
		return "<ChildProtectionPlans><CPPstartDate>2026-02-20</CPPstartDate>" + tag("CPPendDate", end) +
			"<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>" + latest + "</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"
	}
	first := census("2026-04-10T09:00:00",
		person("A1", referral("2026-02-02", tag("CINclosureDate", "2026-03-30")+"<ReasonForClosure>RC1</ReasonForClosure>"+assessment("2026-02-03", "2026-03-01"))),
		person("B2", referral("2026-02-02", plan("2026-03-25", "PHY"))))
	second := census("2026-04-20T09:00:00",
		person("A1", referral("2026-02-02", assessment("2026-02-03", ""))),
		person("B2", referral("2026-02-02", plan("", "NEG"))))
	take(t, k, first)
	r := take(t, k, second)
	a, b := page(t, k, known(t, k, "A1")), page(t, k, known(t, k, "B2"))
	if !a.Status.Open || !a.Status.Assessing {
		t.Errorf("A1: open %v, assessing %v", a.Status.Open, a.Status.Assessing)
	}
	if b.Status.Plan != "cp" || b.Status.Category != "NEG" {
		t.Errorf("B2: plan %q, category %q", b.Status.Plan, b.Status.Category)
	}
	if r.Corrected != 4 || len(r.Added) != 0 {
		t.Errorf("corrected %d, added %v", r.Corrected, r.Added)
	}
	before := size(t, k)
	for _, text := range []string{first, second} {
		if take(t, k, text); size(t, k) != before {
			t.Fatal("a file that was read in before added something")
		}
	}
	if take(t, k, strings.Replace(first, "2026-04-10", "2026-04-11", 1)); size(t, k) != before+1 {
		t.Error("an older file said again what was taken back")
	}
	// Said again by a newer one, it stands again.
	r = take(t, k, strings.Replace(first, "2026-04-10", "2026-04-25", 1))
	if p := page(t, k, known(t, k, "A1")); p.Status.Open || count(p, "case.closed") != 1 {
		t.Errorf("closed again in a newer file: open %v, %d closures", p.Status.Open, count(p, "case.closed"))
	}
	verify(t, k)
}

// Everything that the file says of a child stands somewhere in the journal.
func TestNothingInACensusIsLost(t *testing.T) {
	k := newKit(t)
	text := census("2026-04-10T09:00:00", `<Child><ChildIdentifiers><LAchildID>A1</LAchildID><FormerUPN>FU9</FormerUPN><UPNunknown>UN3</UPNunknown><PersonBirthDate>2015-13-41</PersonBirthDate>
<GenderCurrent>9</GenderCurrent></ChildIdentifiers><ChildCharacteristics><Ethnicity>QQQQ</Ethnicity><Disabilities><Disability>HAND</Disability></Disabilities></ChildCharacteristics>
<CINdetails><CINreferralDate>2026-02-02</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>maybe</ReferralNFA><ReasonForClosure>RC7</ReasonForClosure>
<Assessments><AssessmentInternalReviewDate>2026-02-17</AssessmentInternalReviewDate><FactorsIdentifiedAtAssessment><AssessmentFactors>3C</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
<ChildProtectionPlans><CPPendDate>2026-03-29</CPPendDate><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>7</NumberOfPreviousCPP><Reviews><CPPreviewDate>2026-03-28</CPPreviewDate></Reviews></ChildProtectionPlans>
<Section47><S47ActualStartDate>2031-02-09</S47ActualStartDate><InitialCPCtarget>2026-02-27</InitialCPCtarget></Section47><Shoe size="42">big</Shoe></CINdetails>
<CINdetails><CINreferralDate>2025-06-02</CINreferralDate><ReferralNFA>1</ReferralNFA><ReasonForClosure>RC3</ReasonForClosure></CINdetails></Child>`)
	take(t, k, text)
	var b bytes.Buffer
	if _, err := k.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	said := b.String()
	for _, word := range []string{"A1", "FU9", "UN3", "2015-13-41", `"9"`, "QQQQ", "HAND", "2026-02-02", "1A", "N1", "maybe", "RC7", "2026-02-17", "3C", "2026-03-29", "EMO", "7",
		"2026-03-28", "2031-02-09", "2026-02-27", "42", "big", "2025-06-02", "RC3"} {
		if !strings.Contains(said, word) {
			t.Errorf("%s is nowhere in the journal", word)
		}
	}
	// The same things on other lines of a later file are no news.
	before := size(t, k)
	r := take(t, k, strings.Replace(strings.Replace(text, "<Children>", "\n\n\n<Children>", 1), "2026-04-10", "2026-04-20", 1))
	if r.Entries() != 0 || size(t, k) != before+1 {
		t.Errorf("the same on other lines: added %v, corrected %d", r.Added, r.Corrected)
	}
}

// A census cannot hold a visit. Nobody is called late for visits that the file
// could not tell: their clocks run from the import.
func TestDutiesAfterACensusAreHonest(t *testing.T) {
	k := newKit(t)
	take(t, k, census("2026-04-10T09:00:00", person("A1", referral("2025-11-03", assessment("2025-11-04", "2025-12-15")+
		"<ChildProtectionPlans><CPPstartDate>2025-12-18</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"))))
	p := page(t, k, known(t, k, "A1"))
	today := k.Clock.Now().Date()
	shifted := 0
	for _, d := range p.Open() {
		if d.Shifted {
			shifted++
			if d.Since.Date != today || d.Late(k.Clock.Now()) {
				t.Errorf("%s counts from %s and is late %v", d.Rule.ID, d.Since, d.Late(k.Clock.Now()))
			}
		}
	}
	if shifted == 0 {
		t.Error("no clock runs from the import")
	}
	// The census can hold reviews: the first was due three months after the plan
	// began and the file, made later, has none. That is late, and says so.
	late := slices.ContainsFunc(p.Open(), func(d duty.Duty) bool { return d.Rule.ID == "cp.review" && d.Late(k.Clock.Now()) })
	if !late {
		for _, d := range p.Open() {
			t.Logf("%s due %s since %s shifted %v", d.Rule.ID, d.Due.On, d.Since, d.Shifted)
		}
		t.Error("the review that the file should hold and does not is not late")
	}
}
