package line

import (
	"slices"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
)

// talking is a line of four posts, each held since the beginning of 2026.
type talking struct{ es []entry.Entry }

func newTalking() *talking {
	x := &talking{}
	for _, p := range []PostCreated{{Post: "chief", Title: "Chief executive", Tier: ChiefExecutive}, {Post: "director", Title: "Director", Tier: Director, Above: "chief"}, {Post: "service", Title: "Service manager", Tier: ServiceManager, Above: "director"}, {Post: "manager", Title: "Manager", Tier: TeamManager, Above: "service"}, {Post: "w", Title: "Worker", Tier: Worker, Above: "manager"}} {
		x.say("2026-01-05", "system", p)
		x.say("2026-01-05", "system", PersonKnown{Person: "p-" + p.Post, Name: p.Post})
		x.say("2026-01-05", "system", PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	return x
}

func (x *talking) say(on, author string, b entry.Body) {
	d := day.MustParse(on)
	x.es = append(x.es, entry.Entry{Kind: b.Kind(), Author: author, Happened: day.On(d), Recorded: d.Start() + 12*day.Hour, Body: b})
}

// owed are the talks owed on a day, by post.
func (x *talking) owed(on string) map[string]Owing {
	cal := day.England()
	out := map[string]Owing{}
	for _, o := range Fold(x.es).Talks(day.MustParse(on), Terms{Next: func(_ string, d day.Date) day.Date { return d.AddMonths(1) }, Back: func(d day.Date) day.Date { return cal.AddWorking(d, 5) }, Not: []string{Scrutineer}}) {
		out[o.Post.ID] = o
	}
	return out
}

// Everybody up to the director is talked with, by the post above; the one at the top by nobody.
func TestEveryTierIsSupervised(t *testing.T) {
	x := newTalking()
	owed := x.owed("2026-01-20")
	if len(owed) != 4 || owed["director"].Owners[0] != "chief" || owed["w"].Owners[0] != "manager" {
		t.Fatalf("%+v", owed)
	}
	if o := owed["director"]; o.Due != day.MustParse("2026-02-05") || o.Late(day.MustParse("2026-02-05")) || !o.Late(day.MustParse("2026-02-06")) {
		t.Errorf("%+v", o)
	}
	x.say("2026-01-28", "p-manager", SupervisionHeld{Post: "w", Person: "p-w"})
	if o := x.owed("2026-02-10")["w"]; o.Due != day.MustParse("2026-02-28") || o.Last != day.MustParse("2026-01-28") {
		t.Errorf("after a talk: %+v", o)
	}
	if o := x.owed("2026-01-27")["w"]; o.Last != 0 {
		t.Errorf("a talk counts before it was held: %+v", o)
	}
}

// It climbs to one post after another, and each is told once.
func TestATalkThatIsNotHeldClimbs(t *testing.T) {
	x := newTalking()
	cal := day.England()
	climbs := func(on string) (out []string) {
		d := day.MustParse(on)
		var owings []Owing
		for _, o := range x.owed(on) {
			if o.Post.ID == "manager" {
				owings = append(owings, o)
			}
		}
		for _, c := range Fold(x.es).Climbs(owings, d, func(o Owing) []string { return o.OwedTo(d, 5, cal.WorkingBetween) }) {
			out = append(out, c.To)
			x.say(on, "system", c)
		}
		return out
	}
	for _, want := range []struct {
		on string
		to []string
	}{
		{"2026-02-05", nil}, {"2026-02-06", []string{"service"}}, {"2026-02-06", nil}, {"2026-02-11", nil},
		{"2026-02-12", []string{"director"}}, {"2026-02-18", nil}, {"2026-02-19", []string{"chief"}}, {"2026-06-01", nil},
	} {
		if got := climbs(want.on); !slices.Equal(got, want.to) {
			t.Errorf("on %s told %v, want %v", want.on, got, want.to)
		}
	}
	o := x.owed("2026-06-01")["manager"]
	if told := Fold(x.es).Told(o); len(told) != 3 || told[0].Step != 0 || told[2].To != "chief" {
		t.Errorf("%+v", told)
	}
}

// Nothing that whoever is in the post, or owes the talk, can press starts the time anew.
func TestNothingStartsTheTimeOfATalkAnew(t *testing.T) {
	for name, press := range map[string]func(*talking){
		"held again by the same person": func(x *talking) {
			x.say("2026-02-20", "p-service", PostHeld{Post: "manager", Person: "p-manager"})
		},
		"acting in their own post": func(x *talking) {
			x.say("2026-02-20", "p-service", PostHeld{Post: "manager", Person: "p-manager", Acting: true})
		},
		"covered by their own word": func(x *talking) { x.say("2026-02-01", "p-manager", Cover{Post: "manager", By: "w"}) },
		"covered when it was late already": func(x *talking) {
			x.say("2026-02-20", "p-service", Cover{Post: "manager", By: "w", To: day.MustParse("2026-02-21")})
		},
		"known once more":   func(x *talking) { x.say("2026-02-20", "p-service", PersonKnown{Person: "p-manager", Name: "M"}) },
		"the post is moved": func(x *talking) { x.say("2026-02-20", "p-service", PostMoved{Post: "manager", Above: "service"}) },
	} {
		x := newTalking()
		press(x)
		if o := x.owed("2026-03-02")["manager"]; o.Due != day.MustParse("2026-02-05") || o.Owners[0] != "service" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// Who is away is not talked with; when they are back there is time for it again.
func TestAwayIsNotLate(t *testing.T) {
	x := newTalking()
	x.say("2026-02-02", "p-service", Cover{Post: "manager", By: "w", To: day.MustParse("2026-03-01"), Why: "ill"})
	if _, ok := x.owed("2026-02-20")["manager"]; ok {
		t.Error("owed while they are away")
	}
	if o := x.owed("2026-03-02")["manager"]; o.Due != day.MustParse("2026-03-06") {
		t.Errorf("back: %+v", o)
	}
	x.say("2026-03-03", "p-service", PersonSuspended{Person: "p-w", Why: "an allegation"})
	if _, ok := x.owed("2026-03-04")["w"]; ok {
		t.Error("owed to whom every door is closed")
	}
}

// One talk is with the person, however many posts they are in; outsiders have none.
func TestOneTalkAPerson(t *testing.T) {
	x := newTalking()
	x.say("2026-01-06", "system", PostCreated{Post: "w2", Title: "Worker", Tier: Worker, Above: "manager"})
	x.say("2026-01-06", "system", PostHeld{Post: "w2", Person: "p-manager"})
	x.say("2026-01-06", "system", PostCreated{Post: "outside", Title: "Scrutineer", Tier: Director, Above: "chief", Function: Scrutineer})
	x.say("2026-01-06", "system", PersonKnown{Person: "p-out", Name: "Out"})
	x.say("2026-01-06", "system", PostHeld{Post: "outside", Person: "p-out"})
	owed := x.owed("2026-02-20")
	if _, twice := owed["w2"]; twice || owed["manager"].Person != "p-manager" {
		t.Errorf("%+v", owed)
	}
	if _, ok := owed["outside"]; ok {
		t.Error("somebody outside the line is supervised in it")
	}
}

func TestWhoRecordsATalk(t *testing.T) {
	x := newTalking()
	l := Fold(x.es)
	for _, c := range []struct {
		by, post, person, field string
	}{
		{"p-manager", "w", "p-w", ""}, {"p-service", "w", "p-w", ""}, // whoever is above
		{"p-w", "w", "p-w", "person"}, {"p-w", "manager", "p-manager", "post"}, {"p-manager", "service", "p-service", "post"},
		{"p-service", "w", "p-manager", "person"},
	} {
		_, err := Decide(l, Command{Actor: entry.Actor{Person: c.by, Post: "x"}, Happened: day.On(day.MustParse("2026-01-20")), Body: SupervisionHeld{Post: c.post, Person: c.person}, Source: entry.Source{Kind: "page"}},
			entry.Moment{Now: day.MustParse("2026-01-20").Start() + 15*day.Hour, Rand: zeros{}})
		ps, _ := entry.Problems(err)
		if c.field == "" && err != nil || c.field != "" && !slices.ContainsFunc(ps, func(p entry.Problem) bool { return p.Field == c.field }) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A line to which entries were added one by one is the one that was folded of all,
// and the one before is as it was.
func TestWhatIsAddedIsWhatIsFolded(t *testing.T) {
	x := newTalking()
	n := len(x.es)
	x.say("2026-01-28", "p-manager", SupervisionHeld{Post: "w", Person: "p-w"})
	x.say("2026-01-20", "p-manager", SupervisionHeld{Post: "w", Person: "p-w"})
	x.say("2026-03-02", "system", OwedClimbed{About: Supervision, Post: "w", Person: "p-w", Since: day.MustParse("2026-01-28"), Due: day.MustParse("2026-02-28"), To: "manager"})
	x.say("2026-03-09", "system", OwedClimbed{About: Supervision, Post: "w", Person: "p-w", Since: day.MustParse("2026-01-28"), Due: day.MustParse("2026-02-28"), To: "service", Step: 1})
	l := Fold(x.es[:n])
	before := l
	for i := n; i < len(x.es); i++ {
		was := len(l.Log)
		next := Apply(l, x.es[i])
		Apply(l, x.es[n]) // another line of the same one changes nothing of this
		if len(l.Log) != was {
			t.Fatal("the line before was changed")
		}
		l = next
	}
	all, once := Fold(x.es), Apply(before, x.es[n:]...)
	o := x.owed("2026-03-10")["w"]
	for _, got := range []*Line{l, once} {
		if len(got.Log) != len(all.Log) || !slices.Equal(got.TalksWith("p-w"), all.TalksWith("p-w")) || !slices.Equal(got.Told(o), all.Told(o)) || len(got.Told(o)) != 2 {
			t.Errorf("%+v %+v", got.TalksWith("p-w"), got.Told(o))
		}
	}
	if len(before.TalksWith("p-w")) != 0 || l.TalksWith("p-w")[0].On != day.MustParse("2026-01-20") {
		t.Error("out of order")
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
