package web_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The page says what a form takes in words, of the whole authority, and of nobody.
func TestThePageAboutRecording(t *testing.T) {
	s := open(t)
	page := func() string { return s.ask("GET", "/recording", "dana-whitlock", "").Body.String() }
	has(t, page(), "What recording takes", "No form was sent often enough yet")
	key := func(ago time.Duration, n int) string {
		return hex.EncodeToString(fmt.Appendf(nil, "%s%012d", string([]byte{byte(uint32(time.Now().Add(-ago).Unix()) >> 24), byte(uint32(time.Now().Add(-ago).Unix()) >> 16), byte(uint32(time.Now().Add(-ago).Unix()) >> 8), byte(uint32(time.Now().Add(-ago).Unix()))}), n))
	}
	note := func(k string) {
		t.Helper()
		if code, _, body := s.submit("dana-whitlock", "/child/"+sam+"/record/note", url.Values{"happened-day": {"20"}, "happened-month": {"11"}, "happened-year": {"2026"}, "text": {"Nan rang."}, "step": {"record"}, "key": {k}}); code != 303 {
			t.Fatalf("%d %s", code, main(body))
		}
	}
	for i := range 5 {
		note(key(4*time.Minute, i))
	}
	note("a key that was made elsewhere")
	body := page()
	has(t, body, "Write a note", "under 5 minutes", "over 3 minutes", "November 2026", `<td class="o-n">5</td>`)
	for _, x := range []string{"Dana Whitlock</td>", "Okell", sam} {
		if strings.Contains(body, x) {
			t.Errorf("it says %q", x)
		}
	}
}
