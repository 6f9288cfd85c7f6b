package simulate

import (
	"bytes"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/rulepacks"
)

func options(t *testing.T, children int, now string) Options {
	t.Helper()
	p, err := duty.Load(rulepacks.FS, day.England(), app.Registry(), rulepacks.Layers...)
	if err != nil {
		t.Fatal(err)
	}
	at, err := day.ParseInstant(now)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Name: "Marlowe", Children: children, Months: 18, Seed: 1, Now: at, Pack: p, Stories: true}
}

func authority(t *testing.T, o Options) ([]entry.Entry, map[string]child.Record) {
	t.Helper()
	es, stories, err := Authority(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(stories) != 5 {
		t.Errorf("%d stories", len(stories))
	}
	by := map[string][]entry.Entry{}
	for _, e := range es {
		if id, ok := e.Subject.Child(); ok {
			by[id] = append(by[id], e)
		}
	}
	recs := map[string]child.Record{}
	for id, es := range by {
		recs[id] = child.Fold(id, es)
	}
	return es, recs
}

func TestAuthority(t *testing.T) {
	o := options(t, 60, "2026-11-23T08:40")
	es, _ := authority(t, o)
	again, _ := authority(t, o)
	if len(es) != len(again) {
		t.Fatalf("%d entries, then %d", len(es), len(again))
	}
	ids := map[entry.ID]bool{}
	for i, e := range es {
		if !bytes.Equal(e.Canonical(), again[i].Canonical()) {
			t.Fatalf("entry %d differs the second time:\n%s\n%s", i, e.Canonical(), again[i].Canonical())
		}
		if ids[e.ID] {
			t.Errorf("two entries have the id %s", e.ID)
		}
		ids[e.ID] = true
		if i > 0 && e.Recorded < es[i-1].Recorded {
			t.Errorf("entry %d was recorded before the one it follows", i)
		}
		if e.Recorded > o.Now || e.Kind != "cover" && e.Happened.From() > o.Now {
			t.Errorf("%s of %s, recorded %s, is in the future", e.Kind, e.Happened, e.Recorded)
		}
		if e.Happened.From() > e.Recorded {
			t.Errorf("%s of %s was recorded before it happened", e.Kind, e.Happened)
		}
	}
	o.Seed = 2
	if other, _ := authority(t, o); len(other) == len(es) && bytes.Equal(other[len(es)-1].Canonical(), es[len(es)-1].Canonical()) {
		t.Error("another seed makes the same authority")
	}
}

// At any hour of any day of the week an authority can be made.
func TestAnyMoment(t *testing.T) {
	for _, now := range []string{"2026-11-22T12:00", "2026-11-23T00:01", "2026-11-23T08:40", "2026-12-27T23:59", "2026-03-29T01:30", "2028-02-29T09:00"} {
		o := options(t, 150, now)
		o.Seed = 3
		authority(t, o)
	}
}

func TestHowMany(t *testing.T) {
	o := options(t, 600, "2026-11-23T08:40")
	_, recs := authority(t, o)
	open := 0
	for _, r := range recs {
		if r.On(o.Now).Open {
			open++
		}
	}
	if open < 540 || open > 660 {
		t.Errorf("%d children are open, about 600 are promised", open)
	}
}

func TestStories(t *testing.T) {
	for _, now := range []string{"2026-11-23T08:40", "2026-06-05T15:00"} {
		o := options(t, 60, now)
		es, recs := authority(t, o)
		l := line.Fold(lineOf(es))
		late := func(id, rule string) (duty.Duty, bool) {
			for _, d := range o.Pack.Duties(recs[id], o.Now) {
				if d.Rule.ID == rule && d.Late(o.Now) {
					return d, true
				}
			}
			return duty.Duty{}, false
		}
		if _, ok := late(samID, "cp.seen-alone"); !ok {
			t.Errorf("%s: Sam should be late to be seen alone", now)
		}
		if d, ok := late(mayaID, "referral.decision"); !ok {
			t.Errorf("%s: Maya's referral should wait for its decision", now)
		} else if s, told := d.Climbed(); !told || s.To != line.Director || s.Who != "helen-croft" {
			t.Errorf("%s: Maya's referral climbed to %+v", now, s)
		}
		if s := recs[jonahID].On(o.Now); !s.Unallocated() || s.Team != "east-2" {
			t.Errorf("%s: Jonah stands as %+v", now, s)
		}
		if s := recs[elinID].On(o.Now); !s.Enquiry || duty.PlaceOf(s).Name != "Section 47 enquiry" {
			t.Errorf("%s: Elin stands as %+v", now, s)
		}
		if s := recs[tessID].On(o.Now); s.LastSeen.IsZero() || !s.LastAlone.IsZero() || s.Plan != "cin" {
			t.Errorf("%s: Tess stands as %+v", now, s)
		}
		for _, s := range Stories() {
			if len(l.Held(s.As, o.Now.Date())) == 0 {
				t.Errorf("%s: %s, as whom one looks, holds no post", now, s.As)
			}
		}
	}
}

func lineOf(es []entry.Entry) (out []entry.Entry) {
	for _, e := range es {
		if e.Subject == entry.TheLine {
			out = append(out, e)
		}
	}
	return out
}

// A larger authority has more teams and not fuller ones, and everybody in it has a name of
// their own; the one of the demonstration stays as it is.
func TestALargerAuthorityHasMoreTeams(t *testing.T) {
	count := func(children int) (teams, workers int) {
		o := options(t, children, "2026-11-23T11:40")
		w := &world{o: o, begin: o.Now.Date().AddMonths(-18)}
		es, err := w.makeLine()
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for _, e := range es {
			if b, ok := e.Body.(line.PersonKnown); ok {
				if was := names[b.Name]; was != "" && was != b.Person {
					t.Fatalf("%s and %s are both %s", was, b.Person, b.Name)
				}
				names[b.Name] = b.Person
			}
		}
		for _, x := range w.teams {
			workers += len(x.workers)
		}
		return len(w.teams), workers
	}
	if teams, _ := count(600); teams != 5 {
		t.Errorf("the demonstration has %d teams", teams)
	}
	if teams, workers := count(12_000); workers < 12_000/20 || workers > 12_000/16 {
		t.Errorf("12,000 children have %d teams with %d workers", teams, workers)
	}
}
