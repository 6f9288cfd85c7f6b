package app_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/testkit"
)

// planned is a child of east-1 with a plan that stands, and the plan.
func (h *house) planned(t *testing.T, given string) (id string, plan entry.ID) {
	t.Helper()
	id = h.waits(t, given)
	h.record(t, id, h.say("manager-east", child.Allocation{Post: "east-1", Team: "east"}))
	goals := []child.Goal{{ID: "g1", Name: "Evenings", Change: "Mum or Nan is at home every evening."}, {ID: "g2", Name: "Teeth", Change: "Mum takes him to the dentist."}}
	plan = h.record(t, id, h.say("east-1", child.PlanSent{Of: "cin", Goals: goals})).Entries[0]
	h.record(t, id, h.say("manager-east", child.PlanApproved{Plan: plan}))
	return id, plan
}

// giving is what the worker gives the mother.
func (h *house) giving(id string, plan entry.ID) app.Giving {
	on := h.clock.Now().Date()
	return app.Giving{Child: id, Link: true, Key: "give-" + id, Plan: child.PlanShared{Plan: plan, To: "Leanne Reed", As: "mum", For: child.ForParent, Called: "Sam", Until: on + 28, Answer: on + 9, Phone: "01632 960150",
		Goals: []child.SharedGoal{{ID: "g1", Name: "Evenings", Change: "You or Nan are at home every evening."}, {ID: "g2", Name: "Teeth", Change: "You take Sam to the dentist."}}}}
}

func (h *house) gives(t *testing.T, x app.Giving) app.Given {
	t.Helper()
	out, err := h.desk(t, "east-1").GivePlan(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shutAs is how a link is shut; empty: it is not.
func shutAs(err error) string {
	var s *app.LinkShut
	if errors.As(err, &s) {
		return s.State
	}
	return ""
}

// The whole way: given, opened, answered to the worker, what was done comes back, and the
// link ends.
func TestAPlanIsGivenAndAnswered(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id, plan := h.planned(t, "Sam")
		front := h.Front()
		x := h.giving(id, plan)
		if _, err := h.desk(t, "east-2").GivePlan(ctx, x); err == nil {
			t.Error("whoever does not work with the child gives the plan away")
		}
		soon := x
		soon.Plan.Answer = h.clock.Now().Date() + 1
		if _, err := h.desk(t, "east-1").GivePlan(ctx, soon); err == nil || !strings.Contains(err.Error(), "by the rules") {
			t.Errorf("an answer is promised sooner than the rules give: %v", err)
		}
		if _, err := h.desk(t, "east-1").Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("east-1", x.Plan)}}); err == nil {
			t.Error("a link is made by whoever records an entry")
		}
		given := h.gives(t, x)
		if len(given.Secret) != 32 {
			t.Errorf("%q is no secret of 160 bits", given.Secret)
		}
		if again := h.gives(t, x); !again.Again || again.Entries[0] != given.Entries[0] || again.Secret != "" {
			t.Errorf("sent twice: %+v", again)
		}
		h.nowhere(t, given.Secret)
		if k, err := front.Knock(ctx, given.Secret); err != nil || k.Word || k.Answer {
			t.Errorf("%+v, %v", k, err)
		}
		for _, wrong := range []string{"", "x", strings.Repeat("a", 32), strings.ToUpper(given.Secret), given.Secret + "a", "../" + given.Secret, "\x00"} {
			if _, err := front.OpenFamilyPage(ctx, wrong, ""); !errors.Is(err, app.ErrNotFound) {
				t.Errorf("%q opens something: %v", wrong, err)
			}
		}
		p, err := front.OpenFamilyPage(ctx, given.Secret, "")
		if err != nil {
			t.Fatal(err)
		}
		if p.Share.Goals[0].Change != x.Plan.Goals[0].Change || p.First.Post != "east-1" || p.Other.Post != "manager-east" || p.Promise != x.Plan.Answer || p.Newer || len(p.Said) != 0 {
			t.Errorf("%+v", p)
		}
		shares, err := h.desk(t, "east-1").Shares(ctx, access.RecordChild, "test", id)
		if err != nil || len(shares.Gives) != 1 || len(shares.Gives[0].Opened) != 1 {
			t.Fatalf("%+v, %v", shares, err)
		}
		_, looks, err := h.desk(t, "manager-east").Readers(ctx, id, 100)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, r := range looks {
			found = found || r.Person == "family:"+string(given.Entries[0]) && r.Grounds == app.FamilyGround
		}
		if !found {
			t.Error("that she opened it is not among who has looked")
		}
		for what, r := range map[string]app.FamilyReply{"nothing": {}, "a word for yes": {Reply: app.Reply{Agrees: "fine"}}, "eleven": {Reply: app.Reply{Scales: map[string]int{"g1": 11}}},
			"a goal of nobody": {Reply: app.Reply{Scales: map[string]int{"g9": 1}}}, "around the worker without a word": {Reply: app.Reply{Agrees: "no"}, Other: true}, "too long": {Reply: app.Reply{Words: strings.Repeat("a", entry.MaxText+1)}}} {
			if _, err := front.ReplyToPlan(ctx, given.Secret, "", r); err == nil {
				t.Errorf("%s is taken for a reply", what)
			}
		}
		h.clock.Add(day.Hour)
		reply := app.FamilyReply{Reply: app.Reply{Agrees: "partly", Words: "Nan can't do Fridays.  Who can?", Scales: map[string]int{"g1": 7, "g2": 0}}, Key: "one"}
		rec, err := front.ReplyToPlan(ctx, given.Secret, "", reply)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Other || rec.Secret != "" || rec.By != x.Plan.Answer || len(rec.Receipt) == 0 || len(rec.Reference) != 8 {
			t.Errorf("%+v", rec)
		}
		size := h.size(t)
		if again, err := front.ReplyToPlan(ctx, given.Secret, "", reply); err != nil || again.Reference != rec.Reference || h.size(t) != size {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if _, err := front.ReplyToPlan(ctx, given.Secret, "", app.FamilyReply{Reply: app.Reply{Agrees: "yes"}, Key: "one"}); err == nil {
			t.Error("one key, two replies")
		}
		page, err := h.desk(t, "east-1").Child(ctx, "test", id, 0)
		if err != nil {
			t.Fatal(err)
		}
		views := page.Record.Views("")
		if len(views) != 3 || views[0].Words != reply.Words || views[0].Name != "Mum" || views[0].Of != "parent" || views[0].Event.Author != "family:"+string(given.Entries[0]) {
			t.Errorf("%+v", views)
		}
		owed := 0
		for _, d := range page.Open() {
			if d.Rule.ID == "family.answer" {
				owed++
			}
		}
		if owed != 1 || !h.owes(t, "east-1", "family.answer") {
			t.Errorf("%d answers are owed to one reply", owed)
		}
		if _, err := h.desk(t, "east-1").Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("east-1", child.ViewFollowed{View: views[0].Event.ID, Did: "Bev comes on Fridays."})}}); err != nil {
			t.Fatal(err)
		}
		if h.owes(t, "east-1", "family.answer") {
			t.Error("it was answered and is still owed")
		}
		if p, err = front.OpenFamilyPage(ctx, given.Secret, ""); err != nil || len(p.Said) != 1 || p.Said[0].Did != "Bev comes on Fridays." || len(p.Said[0].Scales) != 2 || p.Said[0].By == "" {
			t.Errorf("what was done does not come back: %+v, %v", p, err)
		}
		// What came on paper is the same.
		if _, err := h.desk(t, "east-1").PaperReply(ctx, id, given.Entries[0], app.Reply{Agrees: "yes", Scales: map[string]int{"g2": 4}}, "p"); err != nil {
			t.Fatal(err)
		}
		if !h.owes(t, "east-1", "family.answer") {
			t.Error("a reply on paper is owed no answer")
		}
		if _, err := h.desk(t, "east-2").PaperReply(ctx, id, given.Entries[0], app.Reply{Agrees: "yes"}, "q"); err == nil {
			t.Error("a stranger writes down what she said")
		}
		if _, err := h.desk(t, "east-1").Record(ctx, app.Do{Child: id, Commands: []child.Command{h.say("east-1", child.PlanShareEnded{Shared: given.Entries[0], Why: "A new number."})}}); err != nil {
			t.Fatal(err)
		}
		if _, err := front.Knock(ctx, given.Secret); shutAs(err) != app.LinkEnded {
			t.Errorf("ended: %v", err)
		}
		if _, err := front.OpenFamilyPage(ctx, given.Secret, ""); shutAs(err) != app.LinkEnded {
			t.Errorf("ended: %v", err)
		}
		if _, err := front.ReplyToPlan(ctx, given.Secret, "", app.FamilyReply{Reply: app.Reply{Agrees: "yes"}}); shutAs(err) != app.LinkEnded {
			t.Errorf("ended: %v", err)
		}
		x.Key = "second"
		second := h.gives(t, x)
		h.clock.Add(29 * 24 * day.Hour)
		if _, err := front.OpenFamilyPage(ctx, second.Secret, ""); shutAs(err) != app.LinkPast {
			t.Errorf("past its day: %v", err)
		}
		h.verify(t)
		h.again(t, 7)
		h.verify(t)
	})
}

// nowhere looks for a text in every entry.
func (h *house) nowhere(t *testing.T, text string) {
	t.Helper()
	if err := h.Store.View(ctx, func(v app.View) error {
		return v.Each(ctx, 0, func(st app.Stored) error {
			if b, _ := json.Marshal(st); strings.Contains(string(b), text) || strings.Contains(string(st.Entry.Raw), text) {
				t.Errorf("it stands in entry %d", st.Seq)
			}
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
}

// A word that was agreed is asked for, and five wrong ones close the link, whoever types
// them and however often Onus starts again.
func TestAWordBesideTheLink(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id, plan := h.planned(t, "Sam")
		x := h.giving(id, plan)
		x.Word = "no"
		if _, err := h.desk(t, "east-1").GivePlan(ctx, x); err == nil {
			t.Error("a word of two letters")
		}
		x.Word = "Blue kettle"
		given := h.gives(t, x)
		h.nowhere(t, "kettle")
		front := h.Front()
		if k, err := front.Knock(ctx, given.Secret); err != nil || !k.Word || k.Left != 5 {
			t.Errorf("%+v, %v", k, err)
		}
		if _, err := front.OpenFamilyPage(ctx, given.Secret, "  "); err == nil || shutAs(err) != "" {
			t.Error("no word opens it")
		}
		if _, err := front.OpenFamilyPage(ctx, given.Secret, " blue KETTLE "); err != nil {
			t.Errorf("the word does not open it: %v", err)
		}
		for i := range 4 {
			if i == 2 {
				h.again(t, 9)
				front = h.Front()
			}
			if _, err := front.OpenFamilyPage(ctx, given.Secret, "green kettle"); err == nil || shutAs(err) != "" {
				t.Fatalf("%d: %v", i, err)
			}
		}
		if k, _ := front.Knock(ctx, given.Secret); k.Left != 1 {
			t.Errorf("%d left", k.Left)
		}
		if _, err := front.ReplyToPlan(ctx, given.Secret, "red kettle", app.FamilyReply{Reply: app.Reply{Agrees: "yes"}}); shutAs(err) != app.LinkLocked {
			t.Errorf("the fifth: %v", err)
		}
		if _, err := front.OpenFamilyPage(ctx, given.Secret, "blue kettle"); shutAs(err) != app.LinkLocked {
			t.Errorf("locked: %v", err)
		}
		h.verify(t)
	})
}

// What she would rather not have the worker read is a concern: it goes around the worker,
// stands nowhere where the worker reads, and its answer comes back by a link of its own.
func TestAReplyAroundTheWorker(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		id, plan := h.planned(t, "Sam")
		given := h.gives(t, h.giving(id, plan))
		front := h.Front()
		const words = "Zqdana shouts at me on the phone."
		h.clock.Add(day.Hour)
		r := app.FamilyReply{Reply: app.Reply{Agrees: "no", Words: words, Scales: map[string]int{"g1": 5}}, Other: true, Key: "k"}
		rec, err := front.ReplyToPlan(ctx, given.Secret, "", r)
		if err != nil {
			t.Fatal(err)
		}
		manager := h.desk(t, "manager-east")
		if !rec.Other || rec.Secret == "" || rec.Secret == given.Secret || rec.Who != manager.Line().Name(manager.Person()) || rec.By == 0 {
			t.Errorf("%+v", rec)
		}
		h.nowhere(t, rec.Secret)
		if again, err := front.ReplyToPlan(ctx, given.Secret, "", r); err != nil || again.Reference != rec.Reference || again.Secret != "" {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if page, err := h.desk(t, "east-1").Child(ctx, "test", id, 0); err != nil || len(page.Record.Views("")) != 0 {
			t.Errorf("%v", err)
		}
		second := app.FamilyReply{Reply: app.Reply{Agrees: "yes"}, Key: "k2"} // one after the other is two
		if _, err := front.ReplyToPlan(ctx, given.Secret, "", second); err != nil {
			t.Fatal(err)
		}
		list, err := manager.Concerns(ctx, app.Cursor{}, 10)
		if err != nil || len(list.Told) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		cid := list.Told[0].ID
		// The worker sees nothing of it anywhere.
		worker := h.desk(t, "east-1")
		page, err := worker.Child(ctx, "test", id, 0)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := json.Marshal(page.Record.Log); strings.Contains(string(text), "Zqdana") || len(page.Record.Views("")) != 1 {
			t.Error("the words stand in the child's record")
		}
		if _, err := worker.Concern(ctx, cid, 0); err == nil {
			t.Error("the worker opens it")
		}
		if l, err := worker.Concerns(ctx, app.Cursor{}, 10); err != nil || len(l.Told)+len(l.Mine) != 0 {
			t.Errorf("the worker's list has it: %+v, %v", l, err)
		}
		if _, err := worker.SayOfConcern(ctx, cid, concern.Answered{Words: "No.", Reason: "No.", Promises: []concern.Promise{{What: "x", Post: "east-1", By: h.clock.Now().Date()}}}, ""); err == nil {
			t.Error("the worker answers it")
		}
		if p, err := front.OpenFamilyPage(ctx, given.Secret, ""); err != nil || len(p.Said) != 1 {
			t.Errorf("the worker once had this link, and it shows what went around them: %+v, %v", p, err)
		}
		if l, err := worker.Search(ctx, "Zqdana", 10); err != nil || len(l.Rows) != 0 {
			t.Error("a search finds it")
		}
		if _, err := front.OpenFamilyPage(ctx, rec.Secret, ""); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("the link to the answer opens the plan: %v", err)
		}
		if _, err := front.OpenFamilyAnswer(ctx, given.Secret); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("the link to the plan opens the answer: %v", err)
		}
		ans, err := front.OpenFamilyAnswer(ctx, rec.Secret)
		if err != nil || ans.Words != words || ans.With != rec.Who || ans.By != rec.By || ans.Judge != "" {
			t.Fatalf("%+v, %v", ans, err)
		}
		p, err := manager.Concern(ctx, cid, 0)
		if err != nil || p.Raised.Text != words || !strings.Contains(p.Raised.By, "Leanne Reed, mum") || len(p.Raised.Attached) != 2 || !p.Answer {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := manager.SayOfConcern(ctx, cid, concern.Answered{Words: "I have spoken to her. I come with her next time.", Reason: "You should be heard.", Promises: []concern.Promise{{What: "I come too", Post: "manager-east", By: h.clock.Now().Date() + 7}}}, ""); err != nil {
			t.Fatal(err)
		}
		if ans, err = front.OpenFamilyAnswer(ctx, rec.Secret); err != nil || len(ans.Answers) != 1 || ans.Judge == "" || ans.With != "" {
			t.Fatalf("%+v, %v", ans, err)
		}
		if err := front.JudgeFamilyAnswer(ctx, rec.Secret, ans.Judge, "perhaps", "", "v"); err == nil {
			t.Error("a verdict of nothing")
		}
		for range 2 {
			if err := front.JudgeFamilyAnswer(ctx, rec.Secret, ans.Judge, concern.NotSettled, "She shouted again.", "w"); err != nil {
				t.Fatal(err)
			}
		}
		if ans, err = front.OpenFamilyAnswer(ctx, rec.Secret); err != nil || ans.With == "" || ans.With == rec.Who || ans.Answers[0].Verdict != concern.NotSettled {
			t.Errorf("not right, and it does not climb: %+v, %v", ans, err)
		}
		h.verify(t)
	})
}

// Whoever owes the answer is told at once, by a mail with no name and no word of it.
func TestAReplyIsToldByMail(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, e testkit.Engine) {
		h := newHouse(t, e)
		h.Mail = &app.Mail{PublicURL: "https://onus.example"}
		id, plan := h.planned(t, "Sam")
		given := h.gives(t, h.giving(id, plan))
		for _, other := range []bool{false, true} {
			if _, err := h.Front().ReplyToPlan(ctx, given.Secret, "", app.FamilyReply{Reply: app.Reply{Words: "Nan can't do Fridays."}, Other: other}); err != nil {
				t.Fatal(err)
			}
		}
		var worker, manager int
		if err := h.Store.View(ctx, func(v app.View) error {
			outs, err := v.Outs(ctx, app.OutQuery{NoDigest: true})
			for _, o := range outs {
				for _, x := range []string{"Sam", "Reed", "Leanne", "Fridays", given.Secret} {
					if strings.Contains(o.Subject+o.Text+o.Brief, x) {
						t.Errorf("a mail says %q", x)
					}
				}
				if strings.HasPrefix(o.Matter, "reply:") && o.Who == app.PostKey("east-1") {
					worker++
				}
				if strings.HasPrefix(o.Matter, "concern:") && o.Who == app.PostKey("manager-east") {
					manager++
				}
				if strings.HasPrefix(o.Matter, "concern:") && o.Who == app.PostKey("east-1") {
					t.Error("the worker is told of what went around them")
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if worker != 1 || manager != 1 {
			t.Errorf("the worker was told %d times, the manager %d times", worker, manager)
		}
		h.verify(t)
	})
}
