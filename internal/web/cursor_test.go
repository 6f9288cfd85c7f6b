package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// The next page of a list is found by a place that says nothing: the row it names
// may be closed to whoever asks. A place that was made up leads nowhere.
func TestThePlaceInAListSaysNothing(t *testing.T) {
	s := open(t)
	first := s.ask("GET", "/api/owed?limit=2", "jo-pell", "").Body.String()
	place := regexp.MustCompile(`"next": "([^"]+)"`).FindStringSubmatch(first)
	if place == nil {
		t.Fatalf("no next in %.300s", first)
	}
	for _, x := range []string{":", "visit", "supervision", "allocation", "assessment", "referral", "care"} {
		if strings.Contains(place[1], x) {
			t.Errorf("the place says %q: %s", x, place[1])
		}
	}
	again := s.ask("GET", "/api/owed?limit=2&after="+place[1], "jo-pell", "")
	if again.Code != 200 || again.Body.String() == first {
		t.Errorf("%d, or the same page again", again.Code)
	}
	for _, made := range []string{"1~2~cp.visit:x", place[1] + "x", place[1][:len(place[1])-4]} {
		if got := s.ask("GET", "/api/owed?limit=2&after="+made, "jo-pell", ""); got.Code != 422 && got.Code != 404 {
			t.Errorf("%s: %d", made, got.Code)
		}
	}
}
