package app_test

import (
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

// dogs is a triage rule of an authority's own.
const dogs = `triage:
  signs:
  - {id: dogs, ask: "Is there a dangerous dog in the home?", missing: whether there is a dangerous dog, words: ["xl bully", "banned dog"]}
  rules:
  - id: dangerous dog
    name: A dangerous dog in the home
    rating: red
    alarm: true
    when: dogs
    why: "A child cannot be kept safe from such a dog in one home with it."
    source: {status: local policy, document: ours, seen: true}
    from: FROM
    examples:
    - {name: words, said: "They keep an XL Bully", expect: fires}
  - id: tired
    name: A child who is often tired
    rating: amber
    when: tired
    why: "Ours."
    source: {status: local policy, document: ours, seen: true}
    from: FROM
    examples:
    - {name: asked, signs: {tired: "yes"}, expect: fires}
`

func dogsFrom(on day.Date) string {
	return strings.ReplaceAll(strings.Replace(dogs, "  rules:\n", "  - {id: tired, ask: \"Is the child often tired?\", missing: whether the child sleeps, words: [\"often tired\"]}\n  rules:\n", 1), "FROM", on.String())
}

// rateAgain has the rules look again, so many children in a transaction, and gives how
// many ratings rose.
func (h *house) rateAgain(t *testing.T, limit int) (n int) {
	t.Helper()
	for {
		rated, more, err := h.RateDoor(ctx, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n += rated; !more {
			return n
		}
	}
}

// New rules rate what waits as they come into use, though nothing new is recorded of it:
// they raise only, the clock becomes shorter and is not counted anew, what a manager
// lowered stays, and a process that stops in between goes on where it was.
func TestWhatWaitsIsRatedByNewRules(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := atTheDoor(t, e)
		if n := h.rateAgain(t, 10); n != 0 {
			t.Errorf("%d rose where nothing waits", n)
		}
		came := h.clock.Now()
		dog := h.told(t, "front-2", app.Telling{What: "They keep an XL Bully. The boy is often tired.", Children: []app.TellingChild{newChild("Jude", 30, h)}})
		tired := h.told(t, "front-2", app.Telling{What: "Often tired.", Children: []app.TellingChild{newChild("Oskar", 120, h)}})
		red := h.told(t, "front-2", app.Telling{What: "The boys are home alone, often tired.", Children: []app.TellingChild{newChild("Noah", 60, h)}})
		lowered := h.told(t, "front-2", app.Telling{What: "Home alone with the banned dog.", Children: []app.TellingChild{newChild("Tia", 90, h)}})
		h.told(t, "front-2", app.Telling{What: "They moved.", Children: []app.TellingChild{newChild("Fen", 60, h)}})
		if _, err := h.says(t, "manager-front", lowered, child.Rated{Rating: "green", Why: "Their aunt is there. I spoke to her."}); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(26 * day.Hour)
		if n := h.rateAgain(t, 2); n != 0 {
			t.Errorf("%d rose, and no rule changed", n)
		}
		before := h.size(t)
		if err := h.adopt(t, "director", "p-director", dogsFrom(h.clock.Now().Date())); err != nil {
			t.Fatal(err)
		}
		select {
		case <-h.DoorAsked():
		default:
			t.Error("nobody is told that there are new rules")
		}
		if n := h.size(t) - before; n != 1 {
			t.Errorf("the adoption is %d entries", n)
		}
		first, more, err := h.RateDoor(ctx, 2)
		if err != nil || !more {
			t.Fatalf("%d, %v, %v", first, more, err)
		}
		h.again(t, 9) // the process stops, and another goes on
		if n := first + h.rateAgain(t, 2); n != 3 {
			t.Errorf("%d rose", n)
		}
		if n := h.rateAgain(t, 2); n != 0 {
			t.Errorf("%d rose a second time", n)
		}
		h.verify(t)

		rows := map[string]app.DoorRow{}
		for _, f := range h.queue(t, "director").Rows {
			rows[f.Child] = f
		}
		if f := rows[dog]; f.Rating != "red" || f.Rule != "A dangerous dog in the home" || !f.Alarm || f.RatedBy != "" || f.DueBy != h.clock.Now() {
			t.Errorf("it was due within four hours of being told, which is past: due at once, and not counted anew: %+v", f)
		}
		if f := rows[tired]; f.Rating != "amber" || f.DueBy < came+24*day.Hour || f.DueBy > h.clock.Now() {
			t.Errorf("%+v", f)
		}
		if f := rows[red]; f.Rating != "red" || f.Rule != "Danger now" || f.DueBy != came+4*day.Hour {
			t.Errorf("what is red already stays as it was: %+v", f)
		}
		// What the manager set aside was another rule: this one fires by itself.
		if f := rows[lowered]; f.Rating != "red" || f.Rule != "A dangerous dog in the home" {
			t.Errorf("%+v", f)
		}
		page, err := h.Look(ctx, dog, 0)
		if err != nil {
			t.Fatal(err)
		}
		w := page.Record.Waiting()
		last := w.Ratings[len(w.Ratings)-1]
		book, err := h.Book(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if b := last.Body.(child.Rated); last.Author != entry.System.Person || b.Rule != "dangerous dog" || last.Source.Of != app.ByNewRules || last.Source.Key != string(book.Adoptions()[0].ID) {
			t.Errorf("the rating says neither by which rule nor why now: %+v %+v", last.Entry, b)
		}

		// It climbs from there, like any that is late.
		h.climb(t)
		if f := h.queue(t, "director").Rows[0]; f.Climbed == 0 {
			t.Errorf("%+v", f)
		}
		h.verify(t)
	})
}

// Rules that are adopted from a later day rate from that day on, and not before.
func TestRulesOfALaterDayWaitForIt(t *testing.T) {
	h := atTheDoor(t, testkit.Engines[0])
	h.told(t, "front-2", app.Telling{What: "They keep a banned dog.", Children: []app.TellingChild{newChild("Jude", 30, h)}})
	h.rateAgain(t, 10)
	from := h.clock.Now().Date() + 2
	layers := slices.Clone(h.Pack.Layers)
	layers = append(layers, ownLayer(dogsFrom(from)))
	if _, err := h.Adopt(ctx, entry.Actor{Person: "p-director", Post: "director"}, app.Adoption{Layers: layers, From: from, Why: "two bites this year"}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(day.Minute)
	h.told(t, "front-2", app.Telling{What: "They keep a banned dog too.", Children: []app.TellingChild{newChild("Tia", 30, h)}})
	if n := h.rateAgain(t, 10); n != 0 {
		t.Errorf("%d rose before the day", n)
	}
	if got := ratings(h.queue(t, "director")); !slices.Equal(got, []string{"Jude Tillery green", "Tia Tillery green"}) {
		t.Errorf("%q", got)
	}
	h.clock.Set(from.Start() + day.Minute)
	if n := h.rateAgain(t, 10); n != 2 {
		t.Errorf("%d rose on the day", n)
	}
	if got := ratings(h.queue(t, "director")); !slices.Equal(got, []string{"Jude Tillery red", "Tia Tillery red"}) {
		t.Errorf("%q", got)
	}
	h.verify(t)
}
