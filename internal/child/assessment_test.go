package child

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// assessing is a child whose assessment has begun.
func assessing(t *testing.T) (*planning, entry.ID) {
	p := newPlanning(t)
	p.do("dana", Known{Given: "Sam", Family: "Okell", Birth: day.MustParse("2022-01-10")})
	return p, p.do("dana", AssessmentStarted{})
}

// saysNo wants a refusal that says something.
func (p *planning) saysNo(who string, b entry.Body, want string) {
	p.t.Helper()
	_, err := p.try(who, b)
	var no *entry.Refusal
	if !errors.As(err, &no) || !strings.Contains(no.Error(), want) {
		p.t.Errorf("%T: %v, want %q", b, err, want)
	}
}

func answers1(text string, rests ...entry.ID) []Answered {
	return []Answered{{Question: "says", Part: "The child", Asks: "What does the child say?", Text: text, Rests: rests, Needed: true}}
}

// A version is signed by somebody else than its writer, over what is open with a reason,
// and then it is complete; its factors are in the record without anybody typing them again.
func TestAnAssessmentIsSentSentBackAndSigned(t *testing.T) {
	p, a := assessing(t)
	visit := p.do("dana", Visit{Seen: true, Where: "home", Purpose: "How is it at home?", Words: "I had toast."})
	p.do("dana", AssessmentWeighed{Assessment: a, Question: "says", Asks: "What does the child say?", Text: "He eats when Nan is there.", Rests: []entry.ID{visit}})
	p.saysNo("jo", AssessmentAuthorised{Outcome: "A plan."}, "not sent to be signed")
	sent := AssessmentSent{Assessment: a, Answers: answers1("He eats when Nan is there.", visit), Next: "a child in need plan", Why: "Breakfast, every day.", Factors: []string{"18B"}}
	first := p.do("dana", sent)
	p.saysNo("jo", AssessmentAuthorised{}, "Version 1 waits to be read")
	p.saysNo("dana", AssessmentAuthorised{Sent: first, OpenWhy: "It is urgent."}, "you wrote it")
	p.do("jo", AssessmentReturned{Sent: first, Why: "Where is his father?"})
	p.saysNo("jo", AssessmentAuthorised{Sent: first, OpenWhy: "x"}, "waits for nothing")
	p.saysNo("jo", AssessmentReturned{Sent: first, Why: "again"}, "waits for nothing")
	second := p.do("dana", sent)
	third := p.do("dana", sent)
	p.saysNo("jo", AssessmentReturned{Sent: second, Why: "x"}, "waits for nothing")
	p.saysNo("jo", AssessmentAuthorised{Sent: third}, "Enter why you sign it with this open")
	p.do("jo", AssessmentAuthorised{Sent: third, OpenWhy: "Dad cannot be found."})
	got, ok := p.r.Assessment(a)
	if !ok || got.Open() || len(got.Versions) != 3 || got.Versions[0].State() != AssessmentSentBack || got.Versions[0].Said == "" || got.Versions[1].State() != AssessmentReplaced || got.Versions[2].State() != AssessmentSigned || got.Versions[2].By != "jo" {
		t.Errorf("it came to %+v", got.Versions)
	}
	if !slices.Equal(got.Factors, []string{"18B"}) {
		t.Errorf("factors %v", got.Factors)
	}
	signed := got.Signed.Body.(AssessmentAuthorised)
	if signed.Assessment != a || signed.Outcome != "A child in need plan. Breakfast, every day." || len(signed.Open) != 2 {
		t.Errorf("the signature says %+v", signed)
	}
	if p.r.On(p.at).Assessing {
		t.Error("it still runs")
	}
	p.saysNo("dana", AssessmentWeighed{Assessment: a, Question: "says", Asks: "?", Text: "More."}, "is signed")
	p.saysNo("dana", AssessmentSent{Assessment: a, Answers: answers1("x"), Next: "early help", Why: "x"}, "is signed")
}

// Where nothing was written here it is signed as before, by whoever has the right.
func TestAnAssessmentOnPaperIsSignedWithoutAVersion(t *testing.T) {
	p, a := assessing(t)
	p.do("dana", AssessmentAuthorised{Outcome: "A plan."})
	if got, _ := p.r.Assessment(a); got.Open() {
		t.Error("it is open")
	}
	p.saysNo("jo", AssessmentAuthorised{}, "No assessment is under way")
}

func TestWhatAnAssessmentRefuses(t *testing.T) {
	p, a := assessing(t)
	note := p.do("dana", Note{Text: "He likes his bear."})
	p.saysNo("dana", AssessmentWeighed{Assessment: "01900000-0000-7000-8000-00000000ffff", Question: "q", Asks: "?", Text: "x"}, "no such assessment")
	p.saysNo("dana", AssessmentWeighed{Assessment: a, Question: "q", Asks: "?"}, "what it means")
	p.saysNo("dana", AssessmentWeighed{Assessment: a, Question: "q", Asks: "?", Text: "x", Rests: []entry.ID{"01900000-0000-7000-8000-00000000ffff"}}, "rests on")
	p.saysNo("dana", AssessmentWeighed{Assessment: a, Question: "q", Asks: "?", Text: "x", Taken: &TakenFrom{Child: "c", Entry: note}}, "own")
	p.saysNo("dana", AssessmentSent{Assessment: a, Answers: []Answered{{Question: "q", Asks: "?"}}, Next: "early help", Why: "x"}, "at least one question")
	p.saysNo("dana", AssessmentSent{Assessment: a, Answers: append(answers1("x"), answers1("y")...), Next: "early help", Why: "x"}, "stands once")
	p.saysNo("dana", AssessmentSent{Assessment: a, Answers: answers1("x"), Next: "hope", Why: "x"}, "what happens next")
	p.do("dana", AssessmentPlaced{Assessment: a, Question: "q", Entry: note})
	p.saysNo("dana", AssessmentPlaced{Assessment: a, Question: "q", Entry: note}, "already")
	p.do("dana", AssessmentPlaced{Assessment: a, Question: "q", Entry: note, Away: true})
	p.saysNo("dana", AssessmentPlaced{Assessment: a, Question: "q", Entry: note, Away: true}, "already")
	p.saysNo("dana", AssessmentPlaced{Assessment: a, Question: "q", Entry: a}, "part of the assessment itself")
	p.do("dana", CaseClosed{Why: "They moved to Scotland."})
	p.saysNo("dana", AssessmentWeighed{Assessment: a, Question: "q", Asks: "?", Text: "x"}, "ended when the case was closed")
}

// What stands under a question: what fits by its kind since the child was told of, what
// somebody put there, and not what somebody took away.
func TestWhatBelongsToAQuestion(t *testing.T) {
	p, a := assessing(t)
	toast := p.do("dana", Visit{Seen: true, Alone: true, Where: "home", Purpose: "x", Words: "I had toast.", Observed: "Thin.", Evidence: []string{SeenIt}})
	quiet := p.do("dana", Visit{Seen: true, Where: "home", Purpose: "x"})
	drew := p.do("dana", View{Of: "child", Words: "That is Nan."})
	p.do("dana", View{Of: "parent", Name: "Mum", Words: "He eats enough."})
	note := p.do("dana", Note{Text: "He gave the bear a biscuit."})
	under := func() (ids []entry.ID) {
		now, _ := p.r.Assessment(a)
		for _, x := range p.r.Belonging(now, "says", []string{"what the child says"}) {
			ids = append(ids, x.Event.ID)
		}
		return ids
	}
	if got := under(); !slices.Equal(got, []entry.ID{drew, toast}) {
		t.Errorf("by kind: %v", got)
	}
	p.do("dana", AssessmentPlaced{Assessment: a, Question: "says", Entry: note})
	p.do("dana", AssessmentPlaced{Assessment: a, Question: "says", Entry: drew, Away: true})
	if got := under(); !slices.Equal(got, []entry.ID{note, toast}) {
		t.Errorf("with what somebody put there: %v (%s is quiet)", got, quiet)
	}
	// What stood in the assessment before does not come again by itself.
	p.at += 3 * 24 * 60 * 60 * 1000000
	sent := p.do("dana", AssessmentSent{Assessment: a, Answers: answers1("Little."), Next: "early help", Why: "x"})
	p.do("jo", AssessmentAuthorised{Sent: sent, OpenWhy: "x"})
	p.at += 3 * 24 * 60 * 60 * 1000000
	again := p.do("dana", AssessmentStarted{})
	later := p.do("dana", View{Of: "child", Words: "That is me."})
	next, _ := p.r.Assessment(again)
	if got := p.r.Belonging(next, "says", []string{"what the child says"}); len(got) != 1 || got[0].Event.ID != later {
		t.Errorf("in the next assessment: %+v", got)
	}
	text, how := Fit([]string{"what the child says", "what was seen of the child"}, mustEvent(t, p.r, toast).Body)
	if text != "\"I had toast.\" Thin." || !slices.Equal(how, []string{Said, SeenIt}) {
		t.Errorf("fits as %q, %v", text, how)
	}
	for _, name := range Fits() {
		if _, how := Fit([]string{name}, nil); how != nil {
			t.Errorf("%s fits nothing", name)
		}
	}
}

func mustEvent(t *testing.T, r Record, id entry.ID) Event {
	t.Helper()
	ev, ok := r.Event(id)
	if !ok {
		t.Fatal("no such entry")
	}
	return ev
}

// What is open is a fact from entries, and is gone when an entry says so.
func TestWhatIsOpenInAnAssessment(t *testing.T) {
	p, a := assessing(t)
	gaps := func(as ...Answered) (ids []string) {
		now, _ := p.r.Assessment(a)
		for _, g := range p.r.AssessmentGaps(now, as, day.AtInstant(p.at)) {
			if g.Says == "" || g.Asks == "" {
				t.Errorf("%s says nothing, or asks nothing", g.ID)
			}
			ids = append(ids, g.ID)
		}
		return ids
	}
	want := func(as []Answered, ids ...string) {
		t.Helper()
		if got := gaps(as...); !slices.Equal(got, ids) {
			t.Errorf("open: %v, want %v", got, ids)
		}
	}
	want(nil, "not-seen", "no-words", "no-parent")
	p.do("dana", Visit{Seen: true, Where: "home", Purpose: "x", Present: "Mum, Nan"})
	want(nil, "not-alone", "no-words", "no-parent")
	visit := p.do("dana", Visit{Seen: true, Alone: true, Where: "home", Purpose: "x", Words: "I had toast."})
	want(answers1("He eats."), "no-parent")
	mum := p.do("dana", FamilyMember{Name: "Leanne Okell", Relation: "mother", Role: "parent", Lives: LivesWith, Safe: SafeUnknown, Responsible: "yes"})
	dad := p.do("dana", FamilyMember{Name: "Craig", Relation: "father", Role: "parent", Lives: LivesElsewhere, Safe: SafeUnknown})
	want(answers1(""), "no-parent", "question:says")
	want([]Answered{{Question: "home", Asks: "And home?"}}, "no-parent") // it can stay open
	p.do("dana", View{Of: "parent", Name: "Mum's partner", Words: "All is well."})
	want(nil, "no-parent") // somebody else spoke
	now, _ := p.r.Assessment(a)
	left, father := p.r.NotTalkedWith(now)
	if father || len(left) != 2 || left[0].ID != mum || left[0].There == nil || left[1].ID != dad || left[1].There != nil {
		t.Errorf("not talked with: %+v, %v", left, father)
	}
	p.do("dana", View{Of: "parent", Name: "Mum", Words: "He eats enough."})
	want(answers1("He eats.", visit))
	if _, err := p.correct(visit, Correction{Why: "It was his brother who said it.", Withdrawn: true}); err != nil {
		t.Fatal(err)
	}
	want(answers1("He eats.", visit), "not-alone", "no-words", "stale:says")
	unborn := newPlanning(t)
	unborn.do("dana", Known{Expected: day.MustParse("2026-08-01")})
	b := unborn.do("dana", AssessmentStarted{})
	of, _ := unborn.r.Assessment(b)
	if got := unborn.r.AssessmentGaps(of, nil, day.AtInstant(unborn.at)); len(got) != 1 || got[0].ID != "no-parent" {
		t.Errorf("of a child who is not born: %v", got)
	}
}

func (p *planning) correct(id entry.ID, c Correction) (entry.ID, error) {
	p.at += 60 * 1000000
	es, err := Decide(p.r, Command{Actor: entry.Actor{Person: "dana", Post: "east-1"}, Happened: day.AtInstant(p.at), Body: c, Corrects: id, Source: entry.Source{Kind: "page"}}, entry.Moment{Now: p.at, Rand: zeroes{}})
	if err != nil {
		return "", err
	}
	for _, e := range es {
		p.r = Apply(p.r, e)
	}
	return es[0].ID, nil
}
