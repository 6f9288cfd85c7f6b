package duty

import (
	"strings"
	"testing"

	"onus/internal/child"
	"onus/internal/day"
)

// Who must be at a meeting is counted by who took part: sending word is not being there.
func TestWhoIsMissing(t *testing.T) {
	there := func(all ...string) (out []child.There) {
		for _, x := range all {
			agency, came, _ := strings.Cut(x, ":")
			out = append(out, child.There{Name: "x", Agency: agency, Came: came})
		}
		return out
	}
	talk := Meetings{Must: []string{"police", "health"}}
	conf := Meetings{Others: 2}
	for _, x := range []struct {
		needs Meetings
		there []child.There
		want  string
	}{
		{talk, there("social care:there", "police:there", "health:"+child.CameRemote), ""},
		{talk, there("social care:there", "police:"+child.CameWord, "health:there"), "police"},
		{talk, there("social care:there"), "police, health"},
		{conf, there("social care:there", "family:there", "health:there"), "one more of the other agencies"},
		{conf, there("health:there", "health:there"), "one more of the other agencies"},
		{conf, there("health:"+child.CameNot, "education:"+child.CameWord), "2 more of the other agencies"},
		{conf, there("health:there", "education:there"), ""},
		{Meetings{Outside: true}, nil, ""},
	} {
		if got := strings.Join(x.needs.Missing(x.there), ", "); got != x.want {
			t.Errorf("%+v: %q, want %q", x.there, got, x.want)
		}
	}
}

// What a meeting needs has a sort, a day and a source, or the pack is refused.
func TestWhatAMeetingNeedsIsChecked(t *testing.T) {
	ok := Meetings{Of: child.MeetStrategy, Must: []string{"police"}, Source: Source{Document: "x"}, From: day.MustParse("2020-01-01")}
	if err := ok.check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Meetings){
		"no sort of meeting": func(x *Meetings) { x.Of = "party" },
		"no agency called":   func(x *Meetings) { x.Must = []string{"family"} },
		"other_agencies":     func(x *Meetings) { x.Others = 9 },
		"it says nothing":    func(x *Meetings) { x.Must = nil },
		"the source":         func(x *Meetings) { x.Source = Source{} },
		"the day":            func(x *Meetings) { x.From = 0 },
	} {
		x := ok
		change(&x)
		if err := x.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	p := Pack{meetings: []Meetings{ok, {Of: child.MeetStrategy, Must: []string{"health"}, From: day.MustParse("2026-01-01")}}}
	if n, _ := p.Needs(child.MeetStrategy, day.MustParse("2025-01-01")); n.Must[0] != "police" {
		t.Errorf("before it changed: %v", n.Must)
	}
	if n, _ := p.Needs(child.MeetStrategy, day.MustParse("2026-01-01")); n.Must[0] != "health" {
		t.Errorf("after it changed: %v", n.Must)
	}
	if _, ok := p.Needs(child.MeetCore, day.MustParse("2026-01-01")); ok {
		t.Error("a sort of which no rule speaks needs something")
	}
}
