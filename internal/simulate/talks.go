package simulate

import (
	"math/rand/v2"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// silent says from how many days ago on nobody talks any more with whoever is in a
// post of the stories: the front door's manager, who stored referrals; a worker who
// warned; a team whose manager left.
func silent(post string) int {
	switch post {
	case "manager-front-door":
		return 160
	case "east-2-3":
		return 64
	case "east-1-1", "east-1-2", "east-1-3", "east-1-4", "east-1-6":
		return 84
	}
	return 0
}

// talks are the supervision that was held with everybody in the line, and what the
// rules told whom where none was held, or nobody was in a post.
func (w *world) talks() (all []entry.Entry, err error) {
	src := rand.NewChaCha8(seed(w.o.Seed, 1<<46))
	r := rand.New(src)
	l, today := w.line, w.o.Now.Date()
	say := func(now day.Instant, actor entry.Actor, when day.When, b entry.Body) error {
		es, err := line.Decide(l, line.Command{Actor: actor, Happened: when, Body: b, Source: entry.Source{Kind: "simulation"}}, entry.Moment{Now: now, Rand: src})
		all = append(all, es...)
		return err
	}
	rec := w.newRecorder()
	last := map[string]day.Date{}
	every := map[string]int{}
	for on := w.begin; on <= today; on++ {
		if !w.cal.Working(on) {
			continue
		}
		for _, o := range w.o.Pack.Owings(l, on) {
			if o.About != line.Supervision || w.o.Stories && int(today-on) < silent(o.Post.ID) {
				continue
			}
			if every[o.Person] == 0 {
				every[o.Person] = 20 + r.IntN(8)
			}
			if often := int(o.Due - o.Since); l.NewlyQualified(o.Person) != 0 && often < 20 { // every week, every two weeks
				every[o.Person] = often - often/7
			}
			if now := at(on, 300); on < max(last[o.Person], o.Since)+day.Date(every[o.Person]) || now >= w.o.Now {
				continue
			} else {
				by := l.Answers(o.Owners[0], on)
				held := line.SupervisionHeld{Post: o.Post.ID, Person: o.Person, Minutes: 45 + 15*r.IntN(4)}
				if w.o.Stories && today-on < recordedTalks {
					if held.Talk, err = rec.talk(o, by, on, now, held.Minutes); err != nil {
						return nil, err
					}
				}
				if err := say(now, entry.Actor{Person: by.Person, Post: by.Post}, day.On(on), held); err != nil {
					return nil, err
				}
			}
			last[o.Person], every[o.Person] = on, 0
		}
	}
	l = line.Fold(append(l.Log[:len(l.Log):len(l.Log)], all...))
	for on := w.begin; on <= today; on++ {
		owings := w.o.Pack.Owings(l, on)
		said := len(all)
		for _, b := range l.Climbs(owings, on, func(o line.Owing) []string { return w.o.Pack.OwedTo(o, on) }) {
			now := on.Start() + 20*day.Second
			if err := say(now, entry.System, day.AtInstant(now), b); err != nil {
				return nil, err
			}
		}
		if len(all) > said {
			l = line.Fold(append(l.Log[:len(l.Log):len(l.Log)], all[said:]...))
		}
	}
	w.line = l
	return append(all, rec.all...), nil
}
