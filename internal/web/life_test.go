package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/ssda903"
)

const rowan = "01900000-0000-7000-8000-00000000001f"

var keys int

// dated puts a day, and an hour where there is one, into a form.
func dated(on, at string, v url.Values) url.Values {
	out := maps.Clone(v)
	out["happened-day"], out["happened-month"], out["happened-year"] = []string{on[8:]}, []string{on[5:7]}, []string{on[:4]}
	keys++
	out["key"], out["step"] = []string{fmt.Sprint("care ", keys)}, []string{"record"}
	if at != "" {
		out["happened-time"] = []string{at}
	}
	return out
}

var home = url.Values{"type": {"U6"}, "provider": {"PR1"}, "where": {"Mill Lane"}, "out_of_area": {"no"}, "miles": {"3"}, "placement_postcode": {"nn14 2ab"}, "home_postcode": {"NN14 1AA"}, "urn": {"SC000001"}, "why_placement": {"Near his nursery."},
	"brothers_and_sisters": {"none"}, "agreed_by": {"Jo Pell"}, "agreed_on": {"2026-10-01"}, "childs_words": {"Can <b>Bear</b> come?"}, "told": {"parents", "school"}}

// The whole of a life in care by forms alone: into it, a change of the ground, a move as one
// act, and out of it. The page says what the entries say, and what is open; the return of
// children looked after is the same as from the entries one by one.
func TestALifeInCareByFormsMakesTheSameReturn(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/care"
	page := func(path string) string { t.Helper(); return s.ask("GET", path, "dana-whitlock", "").Body.String() }
	send := func(act, on, hour string, v url.Values) {
		t.Helper()
		if code, to, body := s.submit("dana-whitlock", at+"/"+act, dated(on, hour, v)); code != 303 || !strings.HasPrefix(to, at+"?done=") {
			t.Fatalf("%s: %d %s %s", act, code, to, wrong(body))
		}
	}
	has(t, page(at), "is not looked after, and never was as far as is known here", "Record that Sam comes into care")
	lacks(t, page("/child/"+sam), "/care\"", "/missing\"")
	has(t, page("/child/"+sam+"/record"), at+"/enters", at+"/missing")
	lacks(t, page("/child/"+sam+"/record"), at+"/move", at+"/found")
	// Everything that is wrong is said at once, and nothing typed is lost.
	code, _, body := s.submit("dana-whitlock", at+"/enters", dated("2026-10-02", "", url.Values{"where": {"Mill Lane"}, "miles": {"far"}}))
	if code != 422 {
		t.Fatalf("half a form: %d", code)
	}
	has(t, body, "Choose the legal ground", "Choose what the child needs most help with", "Enter why the child is looked after", "Choose the sort of home", "Choose who provides it", "Say whether it is outside our area", "Enter the miles as a whole number", `value="Mill Lane"`)
	if code, _, body := s.submit("dana-whitlock", at+"/move", dated("2026-10-02", "", home)); code != 422 || !strings.Contains(body, "Sam is not looked after.") || !strings.Contains(body, "Choose why the child left") {
		t.Errorf("a move out of no care: %d", code)
	}
	into := maps.Clone(home)
	into["ground"], into["need"], into["why_care"] = []string{"V2"}, []string{"N1"}, []string{"His mother is in hospital."}
	send("enters", "2026-10-02", "16:30", into)
	has(t, page(at), "Looked after since 2 October 2026", "With the parents&#39; agreement (section 20)", "Mill Lane", "3 miles from home", "Can &lt;b&gt;Bear&lt;/b&gt; come?", "Jo Pell, on 1 October 2026", "parents; school", "No placement plan is recorded.", "Record a move", "52 days")
	lacks(t, page(at), "who agreed to it before", "outside our area, and no notice", "is not recorded.\x00")
	has(t, page("/child/"+sam), `href="`+at+`"`)
	send("plan", "2026-10-05", "", url.Values{"signed": {"yes"}, "what": {"Bear, the night light, nursery at nine."}})
	lacks(t, page(at), "No placement plan is recorded.")
	send("legal", "2026-10-20", "", url.Values{"ground": {"C1"}, "why": {"The court made an interim order."}})
	before := s.app.Clock.Now()
	s.app.Clock = still{before + day.Hour}
	moved := maps.Clone(home)
	maps.Copy(moved, url.Values{"reason_code": {"CREQO"}, "planned": {"no"}, "reviewed_first": {"no"}, "why_left": {"The carer fell ill."}, "type": {"U4"}, "provider": {"PR4"}, "where": {"Thorpe Road"}, "out_of_area": {"yes"}, "miles": {"31"}, "placement_postcode": {"LE65 1AA"},
		"agreed_by": {""}, "agreed_on": {""}, "childs_words": {""}, "brothers_and_sisters": {""}, "told": {}, "urn": {""}, "home_postcode": {""}})
	send("move", "2026-11-02", "18:00", moved)
	has(t, page(at), "Thorpe Road", "31 miles from home, outside our area", "1 not planned", "The carer asked, for another reason. The carer fell ill. It was not planned.", "Nobody has recorded who agreed to it", "no notice to the authority there is recorded", at+"/notice", at+"/more", "Nobody has recorded whether brothers and sisters live together.")
	lacks(t, page(at+"?known="+url.QueryEscape(before.Time().Format("2006-01-02T15:04:05.000000Z"))), "Thorpe Road", "Record a move")
	// What is open is answered, and the first entry stays.
	has(t, page(at+"/more"), "Why was it not recorded before?")
	send("more", "2026-11-03", "", url.Values{"brothers_and_sisters": {"none"}, "agreed_by": {"Helen Croft"}, "agreed_on": {"2026-11-02"}, "childs_words": {"Is it far?"}, "why": {"I asked on the next day."}})
	send("notice", "2026-11-04", "", url.Values{"to": {"the authority there"}, "to_other": {"the dentist"}})
	has(t, page(at), "Is it far?", "Helen Croft, on 2 November 2026", "the authority there; the dentist")
	lacks(t, page(at), "Nobody has recorded who agreed", "no notice to the authority there")
	if code, _, body := s.submit("dana-whitlock", at+"/enters", dated("2026-11-05", "", into)); code != 422 || !strings.Contains(body, "Sam is looked after already. Record a move") {
		t.Errorf("twice into care: %d", code)
	}
	send("leaves", "2026-11-20", "", url.Values{"reason_ended": {"E4A"}, "why": {"Home with his mother, as the court agreed."}})
	// What was on a day on which it fitted can still be recorded; today it does not fit.
	if code, _, body := s.submit("dana-whitlock", at+"/legal", dated("2026-11-22", "", url.Values{"ground": {"C2"}, "why": {"x"}})); code != 422 || !strings.Contains(body, "Sam is not looked after.") {
		t.Errorf("another ground after care: %d", code)
	}
	send("plan", "2026-11-05", "", url.Values{"signed": {"no"}, "what": {"The new carers know about Bear."}})
	has(t, page(at), "5 November 2026, not signed")
	has(t, page(at), "Was looked after from 2 October 2026 to 20 November 2026", "Went home to parents, as planned", "Care ended. Home with his mother")

	// The same life, entry by entry, as an API or an import says it.
	plain := child.New("x")
	identity := s.child(sam).Record.Identity()
	identity.IDs = []child.Identifier{{System: "la-child", Authority: "999", Value: "M9000000a"}}
	now := entry.Moment{Now: s.app.Clock.Now(), Rand: zeros{}}
	for _, x := range []struct {
		on   string
		body entry.Body
	}{{"2026-01-01", identity}, {"2026-10-02T16:30", child.CareStarted{Status: "V2", Need: "N1"}},
		{"2026-10-02T16:30", child.PlacementStarted{Type: "U6", Provider: "PR1", Whereabouts: child.Whereabouts{Post: "NN14 2AB", HomePost: "NN14 1AA", URN: "SC000001"}}},
		{"2026-10-20", child.LegalStatus{Status: "C1"}}, {"2026-11-02", child.PlacementEnded{Code: "CREQO"}}, {"2026-11-02T18:00", child.PlacementStarted{Type: "U4", Provider: "PR4", Whereabouts: child.Whereabouts{Post: "LE65 1AA"}}},
		{"2026-11-20", child.CareEnded{Code: "E4A"}}} {
		when, err := day.ParseWhen(x.on)
		if err != nil {
			t.Fatal(err)
		}
		es, err := child.Decide(plain, child.Command{Actor: entry.Actor{Person: "p"}, Happened: when, Body: x.body}, now)
		if err != nil {
			t.Fatalf("%s: %v", x.body.Kind(), err)
		}
		for _, e := range es {
			plain = child.Apply(plain, e)
		}
	}
	got, want := episodesOf(t, s.child(sam).Record), episodesOf(t, plain)
	if got != want || strings.Count(want, "\n") != 3 {
		t.Errorf("the return is\n%s\nand from plain entries\n%s", got, want)
	}
}

// zeros is no randomness: ids of entries that only a test sees.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// episodesOf are the rows of the return of 2026/27 about a child: a line for each episode.
func episodesOf(t *testing.T, rec child.Record) (out string) {
	t.Helper()
	terms := ssda903.Terms{Authority: "999", Year: 2027}
	terms.AsOf = terms.End().End() - 1
	m := ssda903.Make(terms)
	if !m.Add(rec) {
		t.Fatal("the child is not in the return")
	}
	ret, _ := m.Return()
	rows := ret.This[ssda903.Episodes]
	for i := range rows.Len() {
		for _, f := range ssda903.Episodes.Fields() {
			out += rows.At(i).Text(f) + ","
		}
		out += "\n"
	}
	return out
}

// A child is missing, is found, and is talked with: each is one form, and together one thing
// on the page. Missing now is a danger, on each page of the child.
func TestMissingFoundAndTalkedWith(t *testing.T) {
	s := open(t)
	care, at := "/child/"+sam+"/care/", "/child/"+sam+"/missing"
	page := func(path string) string { t.Helper(); return s.ask("GET", path, "dana-whitlock", "").Body.String() }
	has(t, page(at), "No time is recorded in which Sam was missing.", "Record that Sam is missing")
	v := url.Values{"from_where": {"In the yard of the nursery."}, "noticed_by": {"Priya Nair"}, "risk": {"high"}, "away": {"no"}, "what": {"The gate was open."}, "police_at": {"2026-11-22T15:20"}, "police_what": {"log 88"}, "parent_at": {"2026-11-22T15:25"}}
	if code, _, body := s.submit("dana-whitlock", care+"missing", dated("2026-11-22", "", v)); code != 422 || !strings.Contains(body, "Enter the time, as well as you know it") || !strings.Contains(body, "log 88") {
		t.Fatalf("missing without an hour: %d", code)
	}
	if code, _, body := s.submit("dana-whitlock", care+"missing", dated("2026-11-22", "15:30", v)); code != 422 || !strings.Contains(body, "was not recorded as missing then") {
		t.Errorf("the police told before: %d %s", code, wrong(body))
	}
	if code, to, body := s.submit("dana-whitlock", care+"missing", dated("2026-11-22", "15:00", v)); code != 303 || !strings.HasPrefix(to, at) {
		t.Fatalf("missing: %d %s %s", code, to, wrong(body))
	}
	has(t, page(at), "Missing now, since 22 November 2026, 15:00: 20 hours.", "The police were told 22 November 2026, 15:20.", "log 88", "A parent, 22 November 2026, 15:25", "Record that Sam was found or came back", "missing now")
	lacks(t, page(at), "Nobody has recorded that the police were told")
	has(t, page("/child/"+sam), `href="`+at+`"`, "Missing now.", ">Missing now</a>")
	has(t, page("/child/"+sam+"/brief"), "Missing since")
	if code, _, body := s.submit("dana-whitlock", care+"missing", dated("2026-11-22", "16:00", v)); code != 422 || !strings.Contains(body, "Sam is recorded as missing already") {
		t.Errorf("missing twice: %d", code)
	}
	if code, _, _ := s.submit("dana-whitlock", care+"told", dated("2026-11-22", "16:10", url.Values{"who": {"manager"}, "what": {"Jo Pell"}})); code != 303 {
		t.Errorf("told: %d", code)
	}
	if code, _, body := s.submit("dana-whitlock", care+"found", dated("2026-11-22", "18:40", url.Values{"how": {"Nan found him."}, "offered": {"yes"}})); code != 422 || !strings.Contains(body, "Enter where the child was") || !strings.Contains(body, "Nan found him.") {
		t.Errorf("found nowhere: %d", code)
	}
	found := url.Values{"how": {"Nan found him."}, "where": {"Nan's garden"}, "with_whom": {"nobody"}, "childs_words": {"I went to Nan's."}, "offered": {"yes"}}
	if code, _, body := s.submit("dana-whitlock", care+"found", dated("2026-11-22", "18:40", found)); code != 303 {
		t.Fatalf("found: %d %s", code, wrong(body))
	}
	has(t, page(at), "after 3 hours", "Offered 22 November 2026, 18:40, without an answer yet. Within 72 hours of the return:", "Nan&#39;s garden", "Offer and hold a return interview", "Record the return interview", "I went to Nan&#39;s.")
	lacks(t, page(at), "Missing now, since")
	// The talk: its own questions, and the duty that it meets.
	form := page(care + "interview")
	has(t, form, "Missing since 22 November 2026, 15:00, back 22 November 2026, 18:40")
	episode := string(s.child(sam).Record.Missing()[0].End.ID)
	has(t, form, `value="`+episode+`" selected`)
	if code, _, body := s.submit("dana-whitlock", care+"interview", dated("2026-11-23", "09:00", url.Values{"episode": {episode}, "happens": {"done"}})); code != 422 || !strings.Contains(body, "Enter who held it") || !strings.Contains(body, "Say whether they are independent") || !strings.Contains(body, "Enter what the child said") {
		t.Errorf("held by nobody: %d", code)
	}
	if code, _, body := s.submit("dana-whitlock", care+"interview", dated("2026-11-23", "09:00", url.Values{"episode": {episode}, "happens": {"done"}, "by": {"Marta Lind, Halo"}, "independent": {"yes"}, "childs_words": {"The gate was open."}, "what": {"Mend the gate."}})); code != 303 {
		t.Fatalf("held: %d %s", code, wrong(body))
	}
	has(t, page(at), "Held 23 November 2026, 09:00 by Marta Lind, Halo. They are independent. Within 72 hours of the return: done in time.", "Mend the gate.", "1 of 1")
	for _, d := range s.child(sam).Duties {
		if d.Rule.ID == "missing.interview" && d.State.String() != "met" {
			t.Errorf("the duty is %s", d.State)
		}
	}
	var api struct {
		Now      bool `json:"missing_now"`
		Episodes []struct {
			Told  []struct{ Who, What string }
			State string `json:"duty_state"`
			Found struct{ Where string }
		}
	}
	if err := json.Unmarshal(s.ask("GET", "/api/children/"+sam+"/missing", "dana-whitlock", "").Body.Bytes(), &api); err != nil || api.Now || len(api.Episodes) != 1 || len(api.Episodes[0].Told) != 3 || api.Episodes[0].Found.Where != "Nan's garden" || api.Episodes[0].State != "done in time" {
		t.Errorf("by the API: %v %+v", err, api)
	}
}

// The child of the demonstration: where he lives, when he was missing, what comes again, his
// health and school; and the same by the API.
func TestTheDemonstrationsChildInCare(t *testing.T) {
	s := open(t)
	page := func(path string) string {
		t.Helper()
		w := s.ask("GET", path, "p-west-2-2", "")
		if w.Code != 200 || w.Body.Len() > 150_000 {
			t.Fatalf("%s: %d, %d bytes", path, w.Code, w.Body.Len())
		}
		return w.Body.String()
	}
	base := "/child/" + rowan
	has(t, page(base+"/care"), "Thorpe Road, Ashby", "It&#39;s miles. How do I see Lark?", "Mill Lane, Marlowe", "Interim care order", "1 not planned", "Give notice that the placement ended", "Prepare the placement plan")
	lacks(t, page(base+"/care"), "Leaving care", "Have the teeth checked")
	has(t, page(base+"/missing"), "Missing three times in 90 days.", "Found at the same place twice: Corby station.", "With the same person twice: a boy called Jay, 17.", "1 of 3", "Refused", "Hold a meeting about a child who goes missing often")
	has(t, page(base+"/health"), "Dental check", "Two fillings.", "Score 17.", "/duty/care.dental:", "/duty/care.health:", base+"/care/health?of=dental+check")
	lacks(t, page(base+"/health"), "Development check", "What is owed")
	has(t, page(base+"/education"), "Priory School", "71%", "/duty/care.pep-review:", "A taxi is asked for.")
	has(t, page(base+"/leaving"), "Nothing of leaving care is recorded.")
	has(t, page(base), `href="`+base+`/care"`, `href="`+base+`/missing"`)
	form := page(base + "/care/health?of=dental+check")
	has(t, form, `value="dental check" checked`)
	var care struct {
		In      bool `json:"looked_after"`
		Moves   int  `json:"moves_in_12_months"`
		Periods []struct {
			Placements []struct {
				Days    int
				Planned *bool
			}
		}
		Open []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(page("/api/children/"+rowan+"/care")), &care); err != nil || !care.In || care.Moves != 1 || len(care.Periods) != 1 || len(care.Periods[0].Placements) != 2 || care.Periods[0].Placements[0].Planned == nil || *care.Periods[0].Placements[0].Planned || len(care.Open) != 4 {
		t.Errorf("by the API: %v %+v", err, care)
	}
	for _, x := range []string{"health", "education", "leaving"} {
		has(t, page("/api/children/"+rowan+"/"+x), `"steps"`, `"what"`)
	}
	if w := s.ask("GET", base+"/care", "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("somebody who does not work with him: %d", w.Code)
	}
	if w := s.ask("GET", base+"/care/nothing", "p-west-2-2", ""); w.Code != 404 {
		t.Errorf("an act that is not there: %d", w.Code)
	}
}

// Health, school and leaving care by their forms: what the return asks is recorded once, the
// next one owed is what the rules say, and a wrong answer loses nothing.
func TestHealthSchoolAndLeavingCareByForms(t *testing.T) {
	s := open(t)
	who, base := "p-west-2-2", "/child/"+rowan
	page := func(path string) string { t.Helper(); return s.ask("GET", path, who, "").Body.String() }
	send := func(act, on string, v url.Values) (int, string) {
		t.Helper()
		code, _, body := s.submit(who, base+"/care/"+act, dated(on, "", v))
		return code, body
	}
	if code, body := send("health", "2026-11-20", url.Values{"of": {"dental check"}, "happens": {"found"}, "score": {"many"}, "what": {"One <i>filling</i>."}}); code != 422 || !strings.Contains(body, "Only substance misuse is found") || !strings.Contains(body, "Enter the score as a number") || !strings.Contains(body, "One &lt;i&gt;filling&lt;/i&gt;.") {
		t.Errorf("a dental check that is found: %d", code)
	}
	if code, body := send("health", "2026-11-20", url.Values{"of": {"dental check"}, "happens": {"done"}, "by": {"Dr Vale"}, "what": {"One filling."}}); code != 303 {
		t.Fatalf("a dental check: %d %s", code, wrong(body))
	}
	has(t, page(base+"/health"), "20 November 2026", "By Dr Vale. One filling.", "20 November 2027")
	if code, _ := send("health", "2026-11-21", url.Values{"of": {"substance misuse"}, "happens": {"found"}, "what": {"Cannabis at Jay's."}}); code != 303 {
		t.Errorf("found: %d", code)
	}
	has(t, page(base+"/health"), "Found on 21 November 2026.", "Substance misuse")
	if code, body := send("education", "2026-11-10", url.Values{"happens": {"suspended"}, "attendance": {"101"}}); code != 422 || !strings.Contains(body, "Enter for how many school days") || !strings.Contains(body, "Attendance is from 0 to 100 per cent") {
		t.Errorf("suspended for nothing: %d", code)
	}
	if code, _ := send("education", "2026-11-10", url.Values{"happens": {"suspended"}, "school": {"Priory School"}, "days": {"2"}, "what": {"He left the site."}}); code != 303 {
		t.Errorf("suspended: %d", code)
	}
	has(t, page(base+"/education"), "1 time", "2 school days", "He left the site.")
	v := url.Values{"happens": {"excluded for good"}, "school": {"Priory School"}, "what": {"The second time."}}
	if code, body := send("education", "2026-11-12", v); code != 422 || !strings.Contains(body, "Say whether the child has another school place") {
		t.Errorf("excluded: %d", code)
	}
	v["place"] = []string{"no"}
	if code, _ := send("education", "2026-11-12", v); code != 303 {
		t.Errorf("excluded: %d", code)
	}
	has(t, page(base+"/education"), "No school place", "excluded for good on 12 November 2026", "/duty/care.school-place:")
	if code, body := send("leaving", "2026-11-12", url.Values{"happens": {"adviser named"}, "lives": {"U"}}); code != 422 || !strings.Contains(body, "Enter who the personal adviser is") || !strings.Contains(body, "Say whether it suits them") {
		t.Errorf("an adviser without a name: %d", code)
	}
	if code, body := send("leaving", "2026-11-12", url.Values{"happens": {"adviser named"}, "who": {"Ola Reed"}, "lives": {"U"}, "suits": {"no"}, "activity": {"F2"}, "in_touch": {"YES"}, "childs_words": {"I'd like my own door."}}); code != 303 {
		t.Fatalf("an adviser: %d %s", code, wrong(body))
	}
	has(t, page(base+"/leaving"), "Ola Reed", "Own home, shared or alone: it does not suit them", "Other education, full time", "I&#39;d like my own door.", "/duty/leaving.contact:")
	has(t, page(base+"/care"), "Leaving care")
	// What the return asks around a birthday is filled in from what was recorded, once care is over.
	around := url.Values{"in_touch": {"YES"}, "activity": {"F2"}, "lives": {"U"}, "suits": {"no"}}
	if code, body := send("birthday", "2026-11-15", around); code != 422 || !strings.Contains(body, "asks this of young people who have left care") {
		t.Errorf("while looked after: %d", code)
	}
	if code, body := send("leaves", "2026-11-20", url.Values{"reason_ended": {"E5"}, "why": {"A room of his own, with support."}}); code != 303 {
		t.Fatalf("out of care: %d %s", code, wrong(body))
	}
	has(t, page(base+"/leaving"), base+"/care/birthday")
	form := page(base + "/care/birthday")
	has(t, form, `value="YES" selected`, `value="F2" selected`, `value="U" selected`)
	if code, body := send("birthday", "2026-11-22", url.Values{"in_touch": {"NO"}}); code != 422 || !strings.Contains(body, "Choose what they do, or: not known") {
		t.Errorf("nothing of what they do: %d", code)
	}
	if code, body := send("birthday", "2026-11-22", around); code != 303 {
		t.Fatalf("around a birthday: %d %s", code, wrong(body))
	}
	m := ssda903.Make(ssda903.Terms{Authority: "999", Year: 2027, AsOf: s.app.Clock.Now()})
	p, err := s.desk(who).Child(t.Context(), "test", rowan, 0)
	if err != nil {
		t.Fatal(err)
	}
	m.Add(p.Record)
	ret, _ := m.Return()
	if rows := ret.This[ssda903.OC3]; rows.Len() != 1 || rows.At(0).Text(ssda903.InTouch) != "YES" || rows.At(0).Text(ssda903.Activity) != "F2" || rows.At(0).Text(ssda903.Accommodation) != "U2" {
		t.Errorf("OC3 has %d rows", rows.Len())
	}
}

// wrong is what a page says is wrong.
func wrong(body string) string {
	_, rest, _ := strings.Cut(body, "govuk-error-summary__body")
	rest, _, _ = strings.Cut(rest, "</ul>")
	return rest
}
