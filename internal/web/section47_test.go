package web_test

import (
	"net/url"
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

// An enquiry stands on one page: who talked it over, what entries say since, by when a
// conference must be; and how it ended, with the reasons, by the form that was there.
func TestASection47EnquiryOnOnePage(t *testing.T) {
	s := open(t)
	at := "/child/" + sam + "/section47"
	page := func(path string) string { t.Helper(); return s.ask("GET", path, "dana-whitlock", "").Body.String() }
	has(t, page(at), "Section 47 enquiry", "A conference was held", "A child of three alone in the evening.", "With police, health.", "&#34;Mummy went out. I watched the telly.&#34;")
	now := day.AtInstant(s.app.Clock.Now())
	s.says("dana-whitlock", child.StrategyDiscussion{Section47: true, Agencies: []string{"police", "health"}, Why: "A burn on his hand."})
	has(t, page(at), "Under way", "Other enquiries", "A burn on his hand.", "Not yet", "It has not ended.", "/record/section47.ended", "Nothing that was seen, said or told is recorded since it began.")
	before := s.app.Clock.Now()
	s.app.Clock = still{before + day.Hour}
	s.says("dana-whitlock", child.Visit{Seen: true, Alone: true, Where: "home", Purpose: "x", Words: "It was the hob."})
	has(t, page(at), "It was the hob.")
	lacks(t, page(at+"?known="+url.QueryEscape(before.Time().Format("2006-01-02T15:04:05.000000Z"))), "It was the hob.", "/record/section47.ended")
	code, to, body := s.submit("dana-whitlock", "/child/"+sam+"/record/section47.ended", url.Values{"happened-day": {"23"}, "happened-month": {"11"}, "happened-year": {"2026"}, "outcome": {"He reached for the hob."}, "conference": {"not needed"}, "reasons": {"Nan was there <b>and</b> saw it."}, "next": {"Ruth fits a guard by Friday."}, "step": {"sure"}, "key": {"s1"}})
	if code == 200 { // it asks to check the answers first
		code, to, body = s.submit("dana-whitlock", "/child/"+sam+"/record/section47.ended", url.Values{"happened-day": {"23"}, "happened-month": {"11"}, "happened-year": {"2026"}, "outcome": {"He reached for the hob."}, "conference": {"not needed"}, "reasons": {"Nan was there <b>and</b> saw it."}, "next": {"Ruth fits a guard by Friday."}, "step": {"record"}, "key": {"s1"}})
	}
	if code != 303 || !strings.HasPrefix(to, at) {
		t.Fatalf("ended: %d %s %.400s", code, to, body)
	}
	has(t, page(at), "He reached for the hob.", "Nan was there &lt;b&gt;and&lt;/b&gt; saw it.", "Ruth fits a guard by Friday.", now.Date.Long())
	lacks(t, page(at), "It has not ended.")
	if w := s.ask("GET", at+"?of=nothing", "dana-whitlock", ""); w.Code != 404 {
		t.Errorf("an enquiry that is not there: %d", w.Code)
	}
}
