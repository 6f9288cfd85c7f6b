package web_test

import (
	"html"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"

	"onus/internal/entry"
	"onus/internal/returns/cin"
	"onus/internal/wording"
)

// mistakes are what a page says is wrong.
func mistakes(page string) string {
	_, page, _ = strings.Cut(html.UnescapeString(page), "There is a problem")
	page, _, _ = strings.Cut(page, "<form")
	return page
}

// record is a child's record as it stands.
func (s *site) record(id string) *app.ChildPage {
	s.t.Helper()
	p, err := s.desk("priti-nandra").ChildFor(s.t.Context(), access.SeeChild, "test", id)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// values of a form, with changes.
func values(good []string, changes ...string) string {
	v := url.Values{}
	for i := 0; i < len(good); i += 2 {
		v.Add(good[i], good[i+1])
	}
	for i := 0; i < len(changes); i += 2 {
		v.Del(changes[i])
		if changes[i+1] != "" {
			v.Set(changes[i], changes[i+1])
		}
	}
	return v.Encode()
}

// A meeting is planned with who is invited and who is not and why; a report comes in and is
// shown to the parents; it is held, and what it decided is recorded with it; whoever disagrees
// stands beside it for good.
func TestAReviewConferenceFromPlanToDecision(t *testing.T) {
	s := open(t)
	base := "/child/" + sam
	page := html.UnescapeString(s.ask("GET", base+"/meetings", "jo-pell", "").Body.String())
	has(t, page, "Hold the review conference", "Plan a review conference", "Core group, ", "A section 47 enquiry begins.", "Record it: ")

	at := base + "/meeting/plan"
	page = html.UnescapeString(s.ask("GET", at+"?of=review", "jo-pell", "").Body.String())
	has(t, page, "Hold the review conference: due by", "working days", "Leanne Okell", "Dana Whitlock", "2 agencies beside social care must be there")
	today := s.app.Clock.Now().Date()
	good := []string{"key", "plan", "of", child.MeetReviewing, "on", (today + 14).String(), "at", "10:30", "where", "Town hall, room 2", "chair", "chair-1", "about", "How Sam's evenings are.",
		"rows", "4", "i0-fixed", "yes", "i0-name", "Leanne Okell", "i0-as", "mother", "i0-agency", "family", "i0-why", "yes", "i0-in", "yes",
		"i1-fixed", "yes", "i1-name", "Dean Marsh", "i1-as", "father", "i1-agency", "family", "i1-why", "yes", "i1-not", "The court forbids it.",
		"i2-name", "Ann Lowry", "i2-as", "Health visitor", "i2-agency", "health", "i2-in", "yes", "i3-in", "yes"}
	for _, x := range []struct {
		body string
		says []string
	}{
		{"", []string{"Choose which sort of meeting", "Enter the day"}},
		{values(good, "on", "soon"), []string{"Enter the day of the meeting", "How Sam's evenings are.", "Ann Lowry"}},
		{values(good, "on", "2026-01-05"), []string{"The day is past"}},
		{values(good, "at", "noon"), []string{"hours and minutes"}},
		{values(good, "i1-not", ""), []string{"Say why Dean Marsh is not invited"}},
		{values(good, "i2-agency", ""), []string{"Choose where Ann Lowry comes from"}},
		{values(good, "i2-name", ""), []string{"Enter their name", "Health visitor"}},
		{values(good, "chair", "somebody else"), []string{"Enter who chairs it"}},
		{values(good, "of", child.MeetNeed), []string{"The child has no child in need plan"}},
	} {
		w := s.ask("POST", at, "jo-pell", x.body)
		if w.Code != 422 {
			t.Errorf("%s: %d", x.body, w.Code)
		}
		has(t, html.UnescapeString(w.Body.String()), append(x.says, "There is a problem")...)
	}
	if w := s.ask("POST", at, "jo-pell", values(good, "more", "yes")); w.Code != 200 || strings.Count(w.Body.String(), "Somebody else: name") != 5 {
		t.Errorf("more rows: %d, %d rows for somebody else", w.Code, strings.Count(w.Body.String(), "Somebody else: name"))
	}
	where := ""
	for range 2 {
		w := s.ask("POST", at, "jo-pell", values(good))
		if where = w.Header().Get("Location"); w.Code != 303 {
			t.Fatalf("%d\n%.900s", w.Code, html.UnescapeString(w.Body.String()))
		}
	}
	planned := s.record(sam).Record.Meetings()
	if len(planned) != 1 || len(planned[0].Invited) != 3 || planned[0].Invited[1].Not == "" {
		t.Fatalf("planned: %+v", planned)
	}
	here, _, _ := strings.Cut(where, "?")
	page = html.UnescapeString(s.ask("GET", here, "jo-pell", "").Body.String())
	has(t, page, "Town hall, room 2", "Ann Lowry", "no report yet", "Dean Marsh</b> is not invited: The court forbids it.", "Share the report with the parents before the review conference", "What happened since", "Call it off")

	// Two reports: one of somebody invited, one shown to the parents too late for the rule.
	if w := s.ask("POST", here, "jo-pell", form("do", "report", "key", "r1", "from", "", "says", "Sam is well.")); w.Code != 422 || !strings.Contains(w.Body.String(), "Enter who sent it") || !strings.Contains(w.Body.String(), "Sam is well.") {
		t.Errorf("a report from nobody: %d", w.Code)
	}
	if w := s.ask("POST", here, "jo-pell", form("do", "report", "key", "r2", "from", "Ann Lowry", "says", "Sam has grown. <b>Four</b> teeth.", "significant_harm", "no", "shown_parents", today.String())); w.Code != 303 {
		t.Fatalf("%d\n%.900s", w.Code, html.UnescapeString(w.Body.String()))
	}
	page = s.ask("GET", here, "jo-pell", "").Body.String()
	has(t, page, "report is in", "Sam has grown. &lt;b&gt;Four&lt;/b&gt; teeth.", "Shown to the parents on", "working days before")
	met := func() (shown bool) {
		for _, d := range s.record(sam).Duties {
			if d.Rule.ID == "cp.review-report-shared" {
				shown = d.State == duty.Met
			}
		}
		return shown
	}
	if met() {
		t.Error("what the health visitor wrote meets the duty to share the social worker's report")
	}
	if w := s.ask("POST", here, "jo-pell", form("do", "report", "key", "r3", "from_other", "Dana Whitlock", "agency", "social care", "says", "Evenings hold.", "shown_parents", today.String())); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, mistakes(w.Body.String()))
	}
	if !met() {
		t.Error("the duty to share the report is not met by the report that was shown")
	}

	// It is held.
	hold := here + "/hold"
	page = html.UnescapeString(s.ask("GET", hold, "jo-pell", "").Body.String())
	has(t, page, "Ann Lowry", "Their report: Sam has grown.", "What Leanne Okell said", "The plan goes on")
	held := []string{"key", "h1", "on", today.String(), "chair", "chair-1", "rows", "3", "t0-fixed", "yes", "t0-name", "Leanne Okell", "t0-as", "mother", "t0-agency", "family", "t0-came", child.CameThere,
		"t1-fixed", "yes", "t1-name", "Ann Lowry", "t1-as", "Health visitor", "t1-agency", "health", "t1-came", child.CameWord, "t1-harm", "no",
		"voices", "1", "p0-name", "Leanne Okell", "p0-words", "I did it, and Nan will say so.", "childs_words", "Nan does the light.", "decision", "ends", "reasons", "The evenings have held for five months.",
		"held_without_because", "The nursery closed for snow, and wrote.", "dissents", "2", "d0-name", "Ann <i>Lowry</i>", "d0-agency", "health", "d0-why", "The mornings are not held yet.",
		"todos", "1", "a0-what", "Bring the bed.", "a0-who", "Dana", "a0-by", (today + 7).String()}
	for _, x := range []struct {
		body string
		says []string
	}{
		{values(held, "held_without_because", ""), []string{"say why it was held all the same", "Working Together", "I did it, and Nan will say so.", "The mornings are not held yet."}},
		{values(held, "decision", ""), []string{"Say what was decided for Sam", "Bring the bed."}},
		{values(held, "decision", "changes"), []string{"Choose the category of harm"}},
		{values(held, "reasons", ""), []string{"Enter the reasons for it"}},
		{values(held, "childs_words", ""), []string{"Enter what Sam said, or who spoke for Sam"}},
		{values(held, "t0-came", ""), []string{"Say whether Leanne Okell was there"}},
		{values(held, "d0-agency", ""), []string{"Choose where Ann <i>Lowry</i> comes from"}},
		{values(held, "d0-why", ""), []string{"Enter why Ann <i>Lowry</i> disagrees"}},
		{values(held, "chair", ""), []string{"Say who chaired it"}},
		{values(held, "on", "2031-01-01"), []string{"in the future"}},
		{values(held, "on", ""), []string{"Enter the day"}},
		{values(held, "a0-who", ""), []string{"Enter who does it"}},
		{values(held, "a0-by", "soon"), []string{"Enter the day, like"}},
	} {
		w := s.ask("POST", hold, "jo-pell", x.body)
		if w.Code != 422 {
			t.Errorf("%s: %d", x.body, w.Code)
		}
		has(t, html.UnescapeString(w.Body.String()), append(x.says, "There is a problem")...)
	}
	if p := s.record(sam); p.Status.Plan != "cp" || p.Record.Meetings()[0].Held != nil {
		t.Fatal("a mistake was recorded")
	}
	more := html.UnescapeString(s.ask("POST", hold, "jo-pell", values(held, "more", "dissents")).Body.String())
	has(t, more, `name="d4-why"`, "The mornings are not held yet.", "I did it, and Nan will say so.", "Bring the bed.")
	if strings.Contains(more, "There is a problem") || strings.Contains(more, `name="a2-what"`) {
		t.Error("more rows for one part alone, and nothing is wrong yet")
	}
	for range 2 {
		if w := s.ask("POST", hold, "jo-pell", values(held)); w.Code != 303 {
			t.Fatalf("%d\n%s", w.Code, mistakes(w.Body.String()))
		}
	}
	p := s.record(sam)
	if p.Status.Plan != "" {
		t.Errorf("the plan goes on: %q", p.Status.Plan)
	}
	raw := s.ask("GET", here, "jo-pell", "").Body.String()
	has(t, raw, "Who disagreed", "Ann &lt;i&gt;Lowry&lt;/i&gt; (health)", "The mornings are not held yet.", "It was held without", "The nursery closed for snow, and wrote.", "Nan does the light.", "Bring the bed.")
	if strings.Contains(raw, "<i>Lowry") {
		t.Error("what was typed is taken as HTML")
	}
	has(t, s.ask("GET", base+"/meetings", "jo-pell", "").Body.String(), "1 person disagreed")
	has(t, html.UnescapeString(s.ask("GET", base, "jo-pell", "").Body.String()), "disagrees: The mornings are not held yet.")

	// What was known before it was held is as it was.
	before := s.ask("GET", here+"?known="+url.QueryEscape(p.Record.Meetings()[0].Event.Recorded.Time().Format("2006-01-02T15:04:05.000000Z")), "jo-pell", "")
	if before.Code != 200 || strings.Contains(before.Body.String(), "The mornings are not held") && !sameMoment(p) {
		t.Errorf("known before: %d", before.Code)
	}

	// A correction that leaves the disagreement out takes nothing away.
	ev := p.Record.Meetings()[0].Held
	body := `{"of":"cp","agreed":"It ends.","meeting":"` + string(p.Record.Meetings()[0].ID) + `"}`
	if _, err := s.desk("jo-pell").Record(t.Context(), app.Do{Child: sam, Now: true, Commands: []child.Command{{Body: child.Correction{Why: "Ann asked to be left out.", Body: entry.Flat(body)}, Corrects: ev.ID, Source: entry.Source{Kind: "page"}}}}); err != nil {
		t.Fatal(err)
	}
	has(t, html.UnescapeString(s.ask("GET", here, "jo-pell", "").Body.String()), "The mornings are not held yet.", "leaves this out: Ann asked to be left out.")
}

// sameMoment says that the clock of the test stands still, so that everything was known at once.
func sameMoment(p *app.ChildPage) bool {
	m := p.Record.Meetings()[0]
	return m.Held.Recorded == m.Event.Recorded
}

// A strategy discussion without the police is recorded with the reason, or not at all; one that
// decides on an enquiry begins it; and the duty to hold a conference runs from there.
func TestAStrategyDiscussionBeginsAnEnquiry(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/meeting/strategy/hold"
	if w := s.ask("GET", "/child/"+sam+"/record/strategy-discussion", "jo-pell", ""); w.Code != 303 || w.Header().Get("Location") != at {
		t.Errorf("the old address: %d %s", w.Code, w.Header().Get("Location"))
	}
	page := html.UnescapeString(s.ask("GET", at, "jo-pell", "").Body.String())
	has(t, page, "Police and health must be there", "Working Together", "Yes, a section 47 enquiry begins", `value="police" selected`)
	now := s.app.Clock.Now()
	good := []string{"key", "s1", "on", now.Date().String(), "at", "09:30", "chair", "manager-east-2", "rows", "3", "t0-name", "Jo Pell", "t0-agency", "social care", "t0-came", child.CameThere,
		"t1-name", "DS Okoro", "t1-agency", "police", "t1-came", child.CameRemote, "t1-said", "Two calls in May.", "t1-harm", "yes", "t2-name", "Ann Lowry", "t2-agency", "health", "t2-came", child.CameNot,
		"decision", "yes", "reasons", "A burn that nobody can explain."}
	w := s.ask("POST", at, "jo-pell", values(good))
	if w.Code != 422 {
		t.Fatalf("without health and without a reason: %d", w.Code)
	}
	has(t, html.UnescapeString(w.Body.String()), "Without health: say why it was held all the same", "Two calls in May.")
	if w := s.ask("POST", at, "jo-pell", values(good, "held_without_because", "The line was dead. Ann was told at noon.")); w.Code != 303 {
		t.Fatalf("%d\n%.1900s", w.Code, html.UnescapeString(w.Body.String()))
	}
	p := s.record(sam)
	if !p.Status.Enquiry {
		t.Error("no enquiry is under way")
	}
	last := p.Record.Log[len(p.Record.Log)-1]
	if last.Kind != "section47.started" {
		t.Errorf("the last entry is %s", last.Kind)
	}
	for _, ev := range p.Record.Events {
		if b, ok := ev.Body.(child.StrategyDiscussion); ok && ev.When.Date == now.Date() && (strings.Join(b.Agencies, " ") != "police" || !b.Section47 || b.Why == "" || ev.When.At.Clock() != "09:30") {
			t.Errorf("%+v", b)
		}
	}
	owed := false
	for _, d := range p.Open() {
		owed = owed || d.Rule.ID == "section47.conference"
	}
	if !owed {
		t.Error("no conference is owed")
	}
	// The same at the API: what does not say who came is taken as ever, what says it needs a reason.
	api := func(body string) int {
		return s.ask("POST", "/api/children/"+sam+"/entries", "jo-pell", `{"entries":[{"kind":"strategy-discussion","happened":"`+now.Date().String()+`","body":`+body+`}]}`, "Idempotency-Key", "a key of its own "+strings.Repeat("x", len(body)%100)).Code
	}
	if code := api(`{"section47":false}`); code != 201 && code != 200 {
		t.Errorf("as it always was: %d", code)
	}
	if code := api(`{"section47":false,"who_came":[{"name":"Jo","agency":"social care","came":"there"}]}`); code != 422 {
		t.Errorf("without a reason: %d", code)
	}
}

// A chair in the line of the child's worker is pointed out, and a meeting is called off with a reason.
func TestWhoChairsAndCallingOff(t *testing.T) {
	s := open(t)
	id := s.says("jo-pell", child.MeetingPlanned{Of: child.MeetReviewing, On: s.app.Clock.Now().Date() + 20, Chair: "manager-east-2"})
	here := "/child/" + sam + "/meeting/" + string(id)
	has(t, html.UnescapeString(s.ask("GET", here, "jo-pell", "").Body.String()), "The chair is in the line of the child's worker")
	if strings.Contains(s.ask("GET", "/child/"+sam+"/meeting/"+s.aMeeting(), "jo-pell", "").Body.String(), "The chair is in the line") {
		t.Error("an independent chair is pointed out")
	}
	if w := s.ask("POST", here, "jo-pell", form("do", "off", "key", "o1")); w.Code != 422 || !strings.Contains(w.Body.String(), "Enter why it will not be held") {
		t.Errorf("%d", w.Code)
	}
	change := here + "/change"
	has(t, html.UnescapeString(s.ask("GET", change, "jo-pell", "").Body.String()), "Why does it change?", "Change the review conference about Sam")
	if w := s.ask("POST", change, "jo-pell", form("key", "c1", "on", (s.app.Clock.Now().Date()+24).String(), "rows", "1", "i0-name", "Nan", "i0-agency", "family", "i0-in", "yes")); w.Code != 422 || !strings.Contains(w.Body.String(), "Enter why it changes") {
		t.Errorf("%d", w.Code)
	}
	if w := s.ask("POST", change, "jo-pell", form("key", "c2", "why", "Nan is ill.", "on", (s.app.Clock.Now().Date()+24).String(), "rows", "1", "i0-name", "Nan", "i0-agency", "family", "i0-in", "yes")); w.Code != 303 {
		t.Errorf("%d\n%.900s", w.Code, html.UnescapeString(w.Body.String()))
	}
	has(t, html.UnescapeString(s.ask("GET", here, "jo-pell", "").Body.String()), "Nan is ill.", (s.app.Clock.Now().Date() + 24).Full())
	if w := s.ask("POST", here, "jo-pell", form("do", "off", "key", "o2", "why", "The plan ends before.")); w.Code != 303 {
		t.Errorf("%d", w.Code)
	}
	has(t, html.UnescapeString(s.ask("GET", here, "jo-pell", "").Body.String()), "Called off on", "The plan ends before.")
	if w := s.ask("GET", here+"/hold", "jo-pell", ""); w.Code != 404 {
		t.Errorf("it can be held though it was called off: %d", w.Code)
	}
	if w := s.ask("GET", "/child/"+sam+"/meeting/nothing", "jo-pell", ""); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
	for _, d := range s.record(sam).Open() {
		if d.Rule.ID == "cp.review-report-shared" && d.Start == id {
			t.Error("the report is still owed to a meeting that was called off")
		}
	}

}

// sister is a child of Sam's family with a record of her own, known to be his sister.
func (s *site) sister() string {
	s.t.Helper()
	by := entry.Actor{Person: "jo-pell", Post: "manager-east-2"}
	now := day.AtInstant(s.app.Clock.Now())
	cmd := func(b entry.Body) child.Command {
		return child.Command{Actor: by, Happened: now, Body: b, Source: entry.Source{Kind: "page"}}
	}
	done, err := s.app.Record(s.t.Context(), app.Do{Commands: []child.Command{cmd(child.Known{Given: "Wren", Family: "Okell", Birth: s.app.Clock.Now().Date().AddMonths(-100), IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "W1"}}}),
		cmd(child.Referral{From: "nursery", What: "Alone too."}), cmd(child.Decision{Outcome: child.Section47, For: "As her brother.", Team: "east-2"}), cmd(child.Allocation{Post: "east-2-3", Team: "east-2"})}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.says("jo-pell", child.FamilyMember{Name: "Wren", Relation: "sister", Role: "brother or sister", Lives: child.LivesWith, Safe: child.SafeUnknown, Child: done.Child})
	return done.Child
}

// bare is a record without what the meetings' pages add to it: only the kinds that there
// always were, saying only what they always said.
func bare(r child.Record) child.Record {
	var es []entry.Entry
	for _, e := range r.Log {
		if strings.HasPrefix(string(e.Kind), "meeting.") {
			continue
		}
		switch b := e.Body.(type) {
		case child.StrategyDiscussion:
			b.Held = child.Held{}
			e.Body = b
		case child.Conference:
			b.Held = child.Held{}
			e.Body = b
		case child.CoreGroup:
			b.Held = child.Held{}
			e.Body = b
		case child.Review:
			b.Held = child.Held{}
			e.Body = b
		}
		es = append(es, e)
	}
	return child.Fold(r.Child, es)
}

// inCensus is what the CIN census of the year to March 2027 says of a record.
func inCensus(t *testing.T, r child.Record) []cin.Child {
	t.Helper()
	m := cin.Make(cin.Header{Collection: "CIN", Year: 2027, ReferenceDate: day.MustParse("2027-03-31"), LEA: "999", DateTime: "2027-04-20T10:00:00"})
	m.Add(r)
	children, left := m.Children()
	if len(children) != 1 || len(children[0].Episodes) == 0 {
		t.Fatalf("%d children are in the census: %+v", len(children), left)
	}
	return children
}

// One meeting about a brother and a sister is recorded once: who was there for each, what was
// decided for each by itself. The census says of both what it would say had it been recorded
// with the kinds that there always were.
func TestABrotherAndASisterTogether(t *testing.T) {
	s := open(t)
	wren := s.sister()
	if _, err := s.app.Record(t.Context(), app.Do{Child: sam, Commands: []child.Command{{Actor: entry.Actor{Person: "chair-1", Post: "chair-1"}, Happened: day.On(s.app.Clock.Now().Date() - 3), Body: child.CPPlanEnded{Why: "x"}, Source: entry.Source{Kind: "page"}}}}); err != nil {
		t.Fatal(err)
	}
	today := s.app.Clock.Now().Date()
	base, k := "/child/"+sam, "k"+wren+"-"
	page := html.UnescapeString(s.ask("GET", base+"/meeting/strategy/hold", "jo-pell", "").Body.String())
	has(t, page, "Brothers and sisters", "Wren Okell", `name="`+k+`decision"`)
	came := []string{"chair", "manager-east-2", "rows", "3", "t0-name", "Jo Pell", "t0-agency", "social care", "t0-came", child.CameThere, "t1-name", "DS Okoro", "t1-agency", "police", "t1-came", child.CameThere,
		"t2-name", "Ann Lowry", "t2-agency", "health", "t2-came", child.CameRemote, "t2-said", "Both are thin.", "with", wren}
	talk := append([]string{"key", "s1", "on", today.String(), "at", "09:30", "decision", "yes", "reasons", "Both were alone.", k + "decision", "yes"}, came...)
	if w := s.ask("POST", base+"/meeting/strategy/hold", "jo-pell", values(talk, k+"decision", "")); w.Code != 422 || !strings.Contains(w.Body.String(), "Say what was decided for Wren") {
		t.Errorf("nothing was decided for Wren: %d", w.Code)
	}
	if s.record(wren).Status.Enquiry && s.record(wren).Record.Log[len(s.record(wren).Record.Log)-1].Kind == "section47.started" {
		t.Fatal("a mistake was recorded")
	}
	for range 2 {
		if w := s.ask("POST", base+"/meeting/strategy/hold", "jo-pell", values(talk)); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, mistakes(w.Body.String()))
		}
	}
	// The conference is planned for both, and held.
	plan := []string{"key", "p1", "of", child.MeetConference, "on", today.String(), "chair", "chair-1", "rows", "1", "i0-name", "Ann Lowry", "i0-agency", "health", "i0-in", "yes", "with", wren}
	w := s.ask("POST", base+"/meeting/plan", "jo-pell", values(plan))
	if w.Code != 303 {
		t.Fatalf("%d %s", w.Code, mistakes(w.Body.String()))
	}
	here, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if ms := s.record(wren).Record.Meetings(); len(ms) != 1 || ms[0].With[0] != sam {
		t.Fatalf("planned for Wren: %+v", ms)
	}
	has(t, html.UnescapeString(s.ask("GET", here+"/hold", "jo-pell", "").Body.String()), `value="`+wren+`" checked`, "A protection plan begins")
	conf := append([]string{"key", "c1", "on", today.String(), "decision", "cp", "category", "NEG", "previous", "1", "one_line", "Somebody is there every evening.", "reasons", "Both were alone, and hungry.", "childs_words", "I watched the fish.",
		k + "decision", "cin", k + "one_line", "Tea every evening.", k + "childs_words", "I cooked.", k + "next_on", (today + 40).String(), "next_on", (today + 9).String(), "dissents", "1", "d0-name", "Ann Lowry", "d0-agency", "health", "d0-why", "Wren too."}, came...)
	conf = append(conf, "held_without_because", "")
	for range 2 {
		if w = s.ask("POST", here+"/hold", "jo-pell", values(conf, "chair", "chair-1")); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, mistakes(w.Body.String()))
		}
	}
	his, hers := s.record(sam), s.record(wren)
	if his.Status.Plan != "cp" || his.Status.Category != "NEG" || his.Status.EarlierPlans != 1 || hers.Status.Plan != "cin" || hers.Status.OneLine != "Tea every evening." {
		t.Errorf("Sam: %s %s %d; Wren: %s", his.Status.Plan, his.Status.Category, his.Status.EarlierPlans, hers.Status.Plan)
	}
	for who, p := range map[string]*app.ChildPage{"Sam": his, "Wren": hers} {
		m := p.Record.Meetings()
		if len(m) != 1 || m[0].Held == nil {
			t.Fatalf("%s: %+v", who, m)
		}
		_, h, _ := child.HeldOf(m[0].Held.Body)
		if len(h.There) != 3 || h.Dissent[0].Why != "Wren too." || (who == "Wren") != (h.Words == "I cooked.") || (who == "Wren") != (h.NextOn == today+40) {
			t.Errorf("%s: %+v", who, h)
		}
		if got, want := inCensus(t, p.Record), inCensus(t, bare(p.Record)); !reflect.DeepEqual(got, want) {
			t.Errorf("the census of %s says\n%+v\nwant\n%+v", who, got, want)
		}
	}
	e := inCensus(t, his.Record)[0].Episodes
	last := e[len(e)-1]
	if n := len(last.CPPlans); n == 0 || last.CPPlans[n-1].Start != today || last.CPPlans[n-1].InitialCategory != "NEG" || last.CPPlans[n-1].PreviousPlans.Value != 1 {
		t.Errorf("the plan in the census: %+v", last.CPPlans)
	}
	if n := len(last.Section47s); n == 0 || last.Section47s[n-1].DateOfInitialCPC != today {
		t.Errorf("the enquiry in the census: %+v", last.Section47s)
	}
}

// A letter to the family is in words that a child of nine can read; one to a partner says no
// more of the child than who it is. Nobody who is not invited gets one.
func TestLettersToAMeeting(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/meeting/" + s.aMeeting() + "/letter/"
	page := html.UnescapeString(s.ask("GET", at+"0", "jo-pell", "").Body.String())
	has(t, page, "Dear Leanne Okell", "We would like you to come to a meeting about Sam.", "How Sam's evenings are.", "10:30", "Town hall", "Ann Lowry, health visitor", "You can say if you do not agree", "Who to ring")
	if strings.Contains(page, "Dean Marsh") || strings.Contains(page, "The court forbids it") {
		t.Error("the letter says who is not invited, and why")
	}
	_, text, _ := strings.Cut(page, `class="o-letter"`)
	text, _, _ = strings.Cut(text, "</article>")
	text = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.NewReplacer("</p>", "\n", "</li>", ".\n", "</h2>", ".\n", "</h1>", ".\n").Replace(text), "")
	if r := wording.Read(text, []string{"Leanne Okell", "Sam", "Dana Whitlock", "Ann Lowry"}); r.TooShort() || r.UKAge > 9.5 {
		t.Errorf("the letter reads at %.1f years, %d words:\n%s", r.UKAge, r.Counted, text)
	}
	page = html.UnescapeString(s.ask("GET", at+"1", "jo-pell", "").Body.String())
	has(t, page, "You are invited to a review conference about Sam Okell, born", "in time for the parents to read it: by", "If you cannot come")
	if strings.Contains(page, "Alder Walk") || strings.Contains(page, "evenings") || strings.Contains(page, "Leanne") {
		t.Error("the letter to a partner says more than it needs to")
	}
	for _, n := range []string{"2", "9", "x", "-1"} {
		if w := s.ask("GET", at+n, "jo-pell", ""); w.Code != 404 {
			t.Errorf("letter %s: %d", n, w.Code)
		}
	}
}
