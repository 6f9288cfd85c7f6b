package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/hearing"
	"onus/internal/ledger"
	"onus/internal/line"
	"onus/internal/testkit"
)

// tried is the overloaded worker of the brief: a child, a warning without an answer,
// a visit missed, and a manager's note afterwards.
func (h *house) tried(t *testing.T) (kid string, own entry.ID) {
	t.Helper()
	h.outside(t)
	today := h.clock.Now().Date()
	kid = h.referred(t, "Sam", "Okell")
	h.record(t, kid, h.say("manager-front", child.Decision{Outcome: child.Assess, For: "r", Team: "east"}))
	h.record(t, kid, h.on("manager-east", today, child.Allocation{Post: "east-1", Team: "east"}), h.on("manager-east", today, child.CINPlanStarted{}))
	own = h.record(t, kid, h.say("east-1", child.Note{Text: "I spoke with Sam. The neighbour, Mrs Hale, says that she hears shouting."})).Entries[0]
	h.raise(t, "east-1", app.Wish{Text: "I have more work than hours. Somebody must take two children."})
	h.clock.Add(60 * 24 * day.Hour)
	h.record(t, kid, h.say("manager-east", child.Note{Text: "For no real reason she stopped visiting."}))
	return kid, own
}

func (h *house) asks(t *testing.T) string {
	t.Helper()
	today := h.clock.Now().Date()
	done, err := h.desk(t, "east-1").AskPack(ctx, app.PackWish{Matter: "Visits to Sam", Before: hearing.Befores[0], From: today - 90, To: today, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Receipts) != 1 {
		t.Error("no receipt")
	}
	return done.Child
}

func (h *house) ofPack(t *testing.T, post, id string, b entry.Body) error {
	t.Helper()
	_, err := h.desk(t, post).SayOfPack(ctx, id, b, "")
	return err
}

// A pack from asking to the file: owed by a post above the worker's manager, climbing
// by time, prepared by two, taken by the worker alone, and verified without a server.
func TestAPackForAHearing(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		kid, own := h.tried(t)
		id := h.asks(t)
		owes := func(post string, want bool) {
			t.Helper()
			list, err := h.stale(t, post).PacksOwed(ctx)
			if err != nil || want != (len(list) == 1) {
				t.Errorf("%s owes it: want %v, and %+v, %v", post, want, list, err)
			}
		}
		owes("service", true)
		owes("head", false)
		owes("manager-east", false)
		for _, post := range []string{"manager-east", "east-2", "chair"} {
			if _, err := h.desk(t, post).Pack(ctx, id); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s reads it: %v", post, err)
			}
			if err := h.ofPack(t, post, id, hearing.LookedThrough{}); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s prepares it: %v", post, err)
			}
		}
		p, err := h.desk(t, "service").Pack(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		var afterwards, warning, load bool
		mine := ""
		for _, x := range p.Parts {
			afterwards = afterwards || strings.HasSuffix(x.Title, "(recorded afterwards)") && strings.Contains(string(x.Entry.Raw), "no real reason")
			warning = warning || strings.Contains(string(x.Entry.Raw), "more work than hours")
			load = load || strings.HasSuffix(x.ID, " load") && strings.Contains(x.Text, "hours owed")
			if x.ID == string(own) {
				mine = x.ID
			}
		}
		if !afterwards || !warning || !load || mine == "" {
			t.Fatalf("it holds afterwards %v, the warning %v, the load %v, their own %v", afterwards, warning, load, mine != "")
		}
		out := hearing.LeaveOut{Part: mine, Passage: "The neighbour, Mrs Hale,", Ground: child.LeftOutFor[0], Why: "she is another person"}
		if err := h.ofPack(t, "east-1", id, out); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("the worker prepares it: %v", err)
		}
		bad := out
		bad.Passage = "words that are not there"
		if _, refused := entry.Problems(h.ofPack(t, "service", id, bad)); !refused {
			t.Error("words that are not there are left out")
		}
		if err := h.ofPack(t, "service", id, out); err != nil {
			t.Fatal(err)
		}
		whole := ""
		for _, x := range p.Parts {
			if strings.Contains(string(x.Entry.Raw), "no real reason") {
				whole = x.ID
			}
		}
		if err := h.ofPack(t, "service", id, hearing.LeaveOut{Part: whole, Ground: child.LeftOutFor[8], Why: "w"}); err != nil {
			t.Fatal(err)
		}
		p, err = h.desk(t, "head").Pack(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Waiting() {
			if err := h.ofPack(t, "head", id, hearing.LeftOut{Proposal: x.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if _, refused := entry.Problems(h.ofPack(t, "head", id, hearing.MadeOut{})); !refused {
			t.Error("it is made out, and nobody has looked through it")
		}
		h.clock.Add(45 * 24 * day.Hour)
		owes("head", true) // it was late: the post above has it too
		owes("director", true)
		for _, post := range []string{"service", "head"} {
			if err := h.ofPack(t, post, id, hearing.LookedThrough{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.desk(t, "east-1").TakePack(ctx, id); err == nil {
			t.Error("it is taken before it is made out")
		}
		if err := h.ofPack(t, "head", id, hearing.MadeOut{}); err != nil {
			t.Fatal(err)
		}
		owes("service", false)
		for _, post := range []string{"service", "manager-east", "director"} {
			if _, err := h.desk(t, post).TakePack(ctx, id); !errors.Is(err, app.ErrForbidden) {
				t.Errorf("%s takes it: %v", post, err)
			}
		}
		if _, err := h.stale(t, "east-1").TakePack(ctx, id); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("it is taken without signing in again: %v", err)
		}
		taken, err := h.desk(t, "east-1").TakePack(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"Mrs Hale", "no real reason"} {
			if strings.Contains(decoded(t, taken.File), words) {
				t.Errorf("the file holds %q, which two people left out", words)
			}
		}
		h.logged(t, kid, "p-east-1", "pack-take")
		rep := h.checked(t, taken.File)
		count := map[string]int{}
		for _, f := range rep.Findings {
			count[f.Result]++
			if f.Result == hearing.NotProved {
				t.Errorf("%s: %s", f.ID, f.Why)
			}
		}
		if count[hearing.ProvedOut] != 1 || count[hearing.ProvedShortened] != 1 || count[hearing.ProvedWhole] < 2 || count[hearing.ProvedContext] < 6 {
			t.Errorf("%v", count)
		}
		h.verify(t)
		before := h.verify(t).Packs
		if err := h.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		if h.verify(t).Packs != before || before != 1 {
			t.Error("the rows are other ones after they were made again")
		}
		h.tamper(t, taken.File)

		// An entry that is erased since keeps its place, and the check says so.
		if _, err := h.EraseNow(ctx, kid, []entry.ID{own}, ordered, testkit.Who("head")); err != nil {
			t.Fatal(err)
		}
		taken, err = h.desk(t, "east-1").TakePack(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if rep := h.checked(t, taken.File); rep.Holds() {
			t.Error("the text of an erased entry is still proved")
		}
	})
}

// decoded is a file with the texts that its receipts carry.
func decoded(t *testing.T, file []byte) string {
	t.Helper()
	b, err := hearing.ParseBundle(file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.Write(file)
	for _, p := range b.Parts {
		if p.Receipt != "" {
			r, err := ledger.ParseReceipt([]byte(p.Receipt))
			if err != nil {
				t.Fatal(err)
			}
			all.Write(r.Extra)
		}
	}
	return all.String()
}

func (h *house) logged(t *testing.T, kid, person, ground string) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) error {
		reads, err := v.Reads(ctx, kid, 0, 100)
		if !slices.ContainsFunc(reads, func(r app.Read) bool { return r.Person == person && r.Grounds == ground }) {
			t.Errorf("no look of %s on the ground %s in %+v", person, ground, reads)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) checked(t *testing.T, file []byte) hearing.Report {
	t.Helper()
	b, err := hearing.ParseBundle(file)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := b.Check(h.known, h.Origin())
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// tamper changes the file in every way that somebody would, and each is found.
func (h *house) tamper(t *testing.T, file []byte) {
	t.Helper()
	found := func(what string, b hearing.Bundle) {
		t.Helper()
		if rep, err := b.Check(h.known, h.Origin()); err == nil && rep.Holds() {
			t.Errorf("%s: not found", what)
		}
	}
	read := func() hearing.Bundle {
		b, err := hearing.ParseBundle(file)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	n := len(read().Parts)
	for i := range n {
		b := read()
		b.Parts = slices.Delete(b.Parts, i, i+1)
		found("a part is dropped", b)
		b = read()
		b.Parts = append(b.Parts, b.Parts[i])
		found("a part stands there twice", b)
		b = read()
		b.Parts[i].ID += "x"
		found("a part has another name", b)
		for j := range i {
			b := read()
			if b.Parts[i].Receipt == b.Parts[j].Receipt {
				continue
			}
			b.Parts[i].Receipt, b.Parts[j].Receipt = b.Parts[j].Receipt, b.Parts[i].Receipt
			found("two proofs are swapped", b)
		}
	}
	// Every seventh byte, which are all kinds of bytes: texts, receipts, names.
	for i := 0; i < len(file); i += 7 {
		bad := slices.Clone(file)
		bad[i] ^= 1
		b, err := hearing.ParseBundle(bad)
		if err != nil {
			continue
		}
		if rep, err := b.Check(h.known, h.Origin()); err == nil && rep.Holds() {
			t.Fatalf("byte %d changed: not found", i)
		}
	}
}

// Whoever the worker complained of never prepares it; and one who may not see a
// child cannot say what is left out of its entries, nor read them.
func TestAPackGoesAround(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		kid, own := h.tried(t)
		h.raise(t, "east-1", app.Wish{Text: "The service manager shouts at us.", About: []string{"p-service"}})
		id := h.asks(t)
		if _, err := h.desk(t, "service").Pack(ctx, id); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("whoever is complained of reads it: %v", err)
		}
		done, err := h.says(t, "head", kid, child.RelationDeclared{Person: "p-head", Relation: child.Relations[1]})
		must(t, done, err)
		p, err := h.desk(t, "head").Pack(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		closed := 0
		for _, x := range p.Parts {
			if x.Closed {
				closed++
			}
			if x.Closed && (x.Text != "" || x.Entry.ID != "") || !x.Closed && x.Child == kid {
				t.Errorf("a relative reads %+v", x)
			}
		}
		if closed == 0 {
			t.Error("nothing was closed")
		}
		if _, refused := entry.Problems(h.ofPack(t, "head", id, hearing.LeaveOut{Part: string(own), Ground: child.LeftOutFor[0], Why: "w"})); !refused {
			t.Error("a relative leaves something out")
		}
		for _, post := range []string{"head", "director"} {
			if err := h.ofPack(t, post, id, hearing.LookedThrough{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, refused := entry.Problems(h.ofPack(t, "director", id, hearing.MadeOut{})); !refused {
			t.Error("it is made out, and only one of the two could read all of it")
		}
		if _, err := h.desk(t, "director").AskPack(ctx, app.PackWish{Matter: "m", Before: hearing.Befores[0], From: 1, To: 2, Children: []string{kid}}); err == nil {
			t.Error("a pack about a child that was never theirs")
		}
		// Nobody is in any post that owes it: the watchdog says so.
		today := h.clock.Now().Date()
		for _, post := range []string{"service", "head", "director", "chief-executive"} {
			l, err := h.Line(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if _, held := l.Holder(post, today); held {
				testkit.LineSays(t, h.App, day.On(today), line.PostLeft{Post: post})
			}
		}
		h.clock.Add(2 * 24 * day.Hour)
		fs, err := h.Findings(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(fs, func(f app.Finding) bool { return strings.Contains(f.Text, "pack for a hearing") }) {
			t.Errorf("the watchdog does not see it: %+v", fs)
		}
	})
}

// Whoever was the worker's manager in the time in question does not prepare the pack,
// though they have gone up the line since.
func TestAPackGoesAroundTheManagerOfThen(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.tried(t)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PostLeft{Post: "manager-east"}, line.PostLeft{Post: "head"})
		h.clock.Add(24 * day.Hour)
		testkit.LineSays(t, h.App, day.On(h.clock.Now().Date()), line.PostHeld{Post: "manager-east", Person: "p-east-2"}, line.PostHeld{Post: "head", Person: "p-manager-east"})
		id := h.asks(t)
		for person, want := range map[string]error{"manager-east": app.ErrForbidden, "east-2": app.ErrForbidden, "service": nil, "director": nil} {
			if _, err := h.desk(t, person).Pack(ctx, id); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", person, err, want)
			}
		}
	})
}
