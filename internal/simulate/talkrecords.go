package simulate

import (
	"math/rand/v2"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/supervision"
)

// recordedTalks is of how many days back the talks are recorded with what was agreed
// in them: before that only that they were held.
const recordedTalks = 120

// recorder makes the records of talks that were held.
type recorder struct {
	w    *world
	src  *rand.ChaCha8
	r    *rand.Rand
	all  []entry.Entry
	last map[string]supervision.Record // by person
}

func (w *world) newRecorder() *recorder {
	src := rand.NewChaCha8(seed(w.o.Seed, 1<<47))
	return &recorder{w: w, src: src, r: rand.New(src), last: map[string]supervision.Record{}}
}

// agreements are what is agreed in an invented talk: by whoever is talked with, and by
// whoever holds it; what came of it, and what got in the way.
var agreements = []struct {
	what, came, way string
	own             bool // it is of whoever holds the talk
}{
	{"Read the last two conference records together", "Read on Thursday. Two questions for the chair.", "Duty cover on three days.", false},
	{"Ring the health visitor about the weights", "Rung. Weights are steady.", "She was on leave; rung twice.", false},
	{"Write down what each child said at the last visit", "Done for all but one.", "Two court statements came first.", false},
	{"Find out who can see the children before nursery", "The nursery nurse can, on Mondays.", "Nobody has answered yet.", false},
	{"Plan a visit that is not announced", "Planned with a colleague for Tuesday.", "The car was not to be had.", false},
	{"Take two children to the allocation meeting", "Taken. One has another worker now.", "Two posts are vacant; a concern was sent up.", true},
	{"Ask for hours from another team", "One day a week until the summer.", "The service manager has not answered yet.", true},
	{"Come along on the next visit", "Went on Wednesday.", "Called to court.", true},
}

// managed are the same for whoever is in a post above workers.
var managed = []struct {
	what, came, way string
	own             bool
}{
	{"Sit in on two talks with workers, and say what you saw", "Sat in on both.", "One was moved twice.", false},
	{"Name who has the children without a worker", "Named, all but two.", "Two posts are vacant.", false},
	{"Read five plans for measures that a parent could use", "Read. Two were written again.", "The inspection came first.", false},
	{"Answer every concern before its day", "Answered, each with a promise.", "One waits for the head of service.", false},
	{"Talk with the school about who is told what", "Talked. The head has our number now.", "School holidays.", false},
	{"Ask the head of service for agency cover", "Four weeks were agreed.", "The budget is with the director.", true},
	{"Bring two vacancies to the director", "Both are advertised.", "The meeting was moved.", true},
	{"Come to the next team meeting", "Came, and listened.", "Called away.", true},
}

var loadAnswers = []string{"It can be done, if nothing new comes.", "No new child until two are closed.", "Duty days are halved this month.", "Two duties were stood down by name."}

var careAnswers = []string{"Leave is booked. We speak again on Friday.", "Nothing is needed, and we will ask again.", "A joint visit, and no late visits alone.", "A day at home to write, each week."}

// talk records a talk that was held on a day, and what became of what was agreed in
// the one before. It gives its id.
func (x *recorder) talk(o line.Owing, by line.Answer, on day.Date, now day.Instant, minutes int) (string, error) {
	holder, taker := entry.Actor{Person: by.Person, Post: by.Post}, entry.Actor{Person: o.Person, Post: o.Post.ID}
	silentNow := silent(o.Post.ID) > 0
	agreements := agreements
	if o.Post.Tier > line.Worker {
		agreements = managed
	}
	if before, ok := x.last[o.Person]; ok {
		for _, a := range before.Actions() {
			if a.Over() {
				continue
			}
			b := supervision.Answered{Nth: a.Nth, How: supervision.Done, Why: "Done, later than was agreed."}
			if x.r.IntN(12) == 0 {
				b = supervision.Answered{Nth: a.Nth, How: supervision.NotYet, Why: "It is begun, and not done yet."}
			}
			if err := x.say(&before, entry.Actor{Person: before.By.Person, Post: before.By.Post}, now, b, nil); err != nil {
				return "", err
			}
		}
		x.last[o.Person] = before
	}
	id, err := entry.Moment{Now: now, Rand: x.src}.NewID()
	if err != nil {
		return "", err
	}
	r := supervision.Record{ID: string(id)}
	i, j := x.r.IntN(5), 5+x.r.IntN(3)
	signBy := x.w.cal.AddWorking(on, 5)
	steps := []struct {
		who  entry.Actor
		body entry.Body
	}{
		{holder, supervision.Opened{Form: supervision.OneToOne, With: []supervision.Seat{{Post: o.Post.ID, Person: o.Person}}, By: supervision.Seat{Post: by.Post, Person: by.Person}}},
		{holder, supervision.Held{On: on, Minutes: minutes, SignBy: signBy}},
		{holder, supervision.Wellbeing{Will: careAnswers[x.r.IntN(len(careAnswers))]}},
		{holder, supervision.Load{Said: loadAnswers[x.r.IntN(len(loadAnswers))]}},
		{holder, supervision.Agreed{What: agreements[i].what, Post: o.Post.ID, By: x.w.cal.AddWorking(on, 10)}},
		{holder, supervision.Agreed{What: agreements[j].what, Post: by.Post, By: x.w.cal.AddWorking(on, 12)}},
		{holder, supervision.Signed{As: supervision.AsHolder, SignBy: signBy}},
		{taker, supervision.Signed{As: supervision.AsTaker}},
	}
	for n, s := range steps {
		if err := x.say(&r, s.who, now+day.Instant(n)*day.Minute, s.body, []string{s.who.Post}); err != nil {
			return "", err
		}
	}
	for nth, k := range []int{i, j} {
		who, done := taker, x.w.cal.AddWorking(on, 4+x.r.IntN(5))
		if nth == 1 {
			who = holder
		}
		late := x.r.IntN(8) == 0 || silentNow && nth == 1
		if t := at(done, 400); late || t >= x.w.o.Now {
			continue
		} else if err := x.say(&r, who, t, supervision.Answered{Nth: nth, How: supervision.Done, Why: agreements[k].came}, []string{who.Post}); err != nil {
			return "", err
		}
	}
	if silentNow && at(x.w.cal.AddWorking(on, 14), 400) < x.w.o.Now {
		t := at(x.w.cal.AddWorking(on, 14), 400)
		if err := x.say(&r, holder, t, supervision.Answered{Nth: 1, How: supervision.NotYet, Why: agreements[j].way}, []string{holder.Post}); err != nil {
			return "", err
		}
	}
	x.last[o.Person] = r
	return string(id), nil
}

func (x *recorder) say(r *supervision.Record, who entry.Actor, now day.Instant, b entry.Body, answers []string) error {
	es, err := supervision.Decide(*r, supervision.Command{Actor: who, Body: b, Holder: r.Entry == "" || who.Person == r.By.Person, Answers: answers, Source: entry.Source{Kind: "simulation"}}, entry.Moment{Now: now, Rand: x.src})
	if err != nil {
		return err
	}
	for _, e := range es {
		*r = supervision.Apply(*r, e)
	}
	x.all = append(x.all, es...)
	return nil
}
