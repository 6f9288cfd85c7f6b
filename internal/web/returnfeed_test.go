package web_test

import (
	"strings"
	"testing"
)

// Whether and when the daily feed leaves is set on a page, by whoever may, and stands there
// with who said so.
func TestWhenTheFeedLeavesIsSet(t *testing.T) {
	s := open(t)
	const at = "/returns/sending"
	s.has("/returns/daily-feed", "p-performance", `href="/returns/sending"`)
	s.has(at, "p-performance", "Nobody has said that it leaves by itself", "Nothing was sent yet", "-Change when it is sent")
	s.has(at, "nadia-osei", "Change when it is sent", `value="999"`, `value="02:30"`)
	if w := s.ask("GET", at, "dana-whitlock", ""); w.Code != 403 {
		t.Errorf("a worker: %d", w.Code)
	}
	for form, says := range map[string]string{"send=yes&at=25:00&authority=9x": "Enter an hour and minutes", "send=no": "Say why it is not to be sent", "": "Say why"} {
		if w := s.ask("POST", at, "nadia-osei", form); w.Code != 422 || !strings.Contains(w.Body.String(), says) || !strings.Contains(w.Body.String(), "There is a problem") {
			t.Errorf("%s: %d, it does not say %q", form, w.Code, says)
		}
	}
	for _, who := range []string{"p-performance", "jo-pell"} {
		if w := s.ask("POST", at, who, "send=yes&at=03:15&authority=999"); w.Code != 403 {
			t.Errorf("%s sets it: %d", who, w.Code)
		}
	}
	if w := s.ask("POST", at, "nadia-osei", "send=yes&at=03:15&authority=999"); w.Code != 303 {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	s.has(at, "p-performance", "It leaves by itself each day at 03:15, for the authority 999", "This server was not told where to", s.name("nadia-osei")+" said so on")
	if w := s.ask("POST", at, "helen-croft", "send=no&why=The+service+moves"); w.Code != 303 {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	s.has(at, "p-performance", "It does not leave by itself: The service moves", s.name("helen-croft"))
}
