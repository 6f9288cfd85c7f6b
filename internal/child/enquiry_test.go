package child

import (
	"slices"
	"testing"

	"onus/internal/entry"
)

// An enquiry begins with the first discussion that says so, holds the later ones, and ends
// as it is recorded; what was found is what entries say between.
func TestEnquiriesBeginAndEnd(t *testing.T) {
	p := newPlanning(t)
	early := p.do("dana", StrategyDiscussion{Why: "Not yet."})
	first := p.do("dana", StrategyDiscussion{Section47: true, Why: "A bruise."})
	p.do("dana", Note{Text: "Nothing of her life."})
	seen := p.do("dana", Visit{Seen: true, Alone: true, Where: "home", Purpose: "Is she safe?", Words: "I fell."})
	second := p.do("dana", StrategyDiscussion{Section47: true, Why: "The doctor has seen it."})
	open := p.r.Enquiries()
	if len(open) != 1 || !open[0].Open() || open[0].Start.ID != first {
		t.Fatalf("under way: %+v", open)
	}
	var talks []entry.ID
	for _, x := range open[0].Talks {
		talks = append(talks, x.ID)
	}
	if !slices.Equal(talks, []entry.ID{early, first, second}) {
		t.Errorf("discussions %v", talks)
	}
	if got := p.r.Found(open[0]); len(got) != 1 || got[0].Event.ID != seen || got[0].Text != `"I fell."` {
		t.Errorf("found %+v", got)
	}
	p.do("dana", Section47Ended{Outcome: "She fell.", Conference: "not needed", Why: "The doctor agrees.", Next: "The assessment goes on."})
	p.at += 3 * 24 * 60 * 60 * 1000000
	p.do("dana", Visit{Seen: true, Where: "home", Purpose: "x", Words: "Later."})
	again := p.do("dana", StrategyDiscussion{Section47: true})
	conference := p.do("dana", Conference{Plan: "made"})
	got := p.r.Enquiries()
	if len(got) != 2 || got[0].Ended == nil || got[0].Open() || got[1].Start.ID != again || got[1].Conference == nil || got[1].Conference.ID != conference || got[1].Open() || len(got[1].Talks) != 1 {
		t.Errorf("both: %+v", got)
	}
	if found := p.r.Found(got[0]); len(found) != 1 {
		t.Errorf("what came after it ended: %+v", found)
	}
}
