package simulate

import (
	"onus/internal/child"
	"onus/internal/entry"
)

// elinsAssessment is an assessment under way: some questions are answered, her father was
// asked nothing, and what makes a good evening is put to its question by her worker.
func (t teller) elinsAssessment() {
	asks := map[string]string{}
	for _, q := range t.w.o.Pack.Questions(t.now.Date()) {
		asks[q.ID] = q.Says(q.Asks, "Elin")
	}
	of := 0
	answer := func(ago int, q, text string, rests ...int) {
		if n := t.addAt(at(t.ago(ago), 120+len(t.p.events)%200), 0, t.post, child.AssessmentWeighed{Question: q, Asks: asks[q], Text: text}, of); n > 0 {
			t.p.events[n-1].rests = rests
		}
	}
	told, met := 0, 0
	for i, ev := range t.p.events {
		switch b := ev.body.(type) {
		case child.Contact:
			told = i + 1
		case child.Visit:
			if b.Where == "elsewhere" {
				met = i + 1
			}
		}
	}
	if of = t.on(7, t.post, child.AssessmentStarted{}); of == 0 || told == 0 || met == 0 {
		return
	}
	t.on(7, t.post, child.FamilyMember{Name: "Karen Garrow", Relation: "mother", Role: "parent", Lives: child.LivesWith, Safe: child.SafeWith, SafeWhy: "She sat with Elin at the hospital, and took the second phone to the police.", Phone: "01632 960 322", Responsible: "yes", Told: "Elin"})
	t.on(7, t.post, child.FamilyMember{Name: "Paul Garrow", Relation: "father", Role: "parent", Lives: child.LivesElsewhere, Where: "Denby, with his new partner", Safe: child.SafeUnknown, Responsible: "yes", Told: "Karen Garrow"})
	t.on(7, t.post, child.FamilyMember{Name: "Kit", Relation: "brother, 9", Role: "brother or sister", Lives: child.LivesWith, Safe: child.SafeWith, SafeWhy: "She walks him to school. He waits up for her.", Told: "Karen Garrow"})
	t.on(7, t.post, child.FamilyMember{Name: "Ms Adair", Relation: "head of year", Role: "professional", Lives: child.LivesUnknown, Safe: child.SafeWith, SafeWhy: "Elin goes to her room when the gate is not safe.", Phone: "01632 960 377", Told: "the school"})
	said := t.on(6, t.post, child.View{Of: "parent", Name: "Mum", Words: "She was always in by ten. I thought she was at Jade's. I should have rung Jade's mum.", How: "at the kitchen table, Kit in bed"})
	seen := t.addAt(at(t.ago(5), 300), 0, t.post, child.Visit{Seen: true, Alone: true, Where: "school", Room: "Ms Adair's room, 40 minutes", Purpose: "What happens on an ordinary day?", Words: "He says I owe him for the phone. I get up, I take Kit, I do two lessons, then it buzzes.",
		Learnt: "She has missed the afternoons since June. The car waits in Foundry Street, not at the gate.", Present: "Ms Adair at the end", Evidence: []string{child.Said, child.Confirmed}, Safe: "yes"}, 0)
	home := t.on(4, t.post, child.Note{Text: "Karen Garrow rang at nine in the evening. Elin is home, has eaten, and is on the sofa with Kit. It is the third evening."})
	answer(4, "says", "Elin says three things, each time she is asked: that she did not choose him, that she owes him, and that she is tired. She has said it alone, in two places. She has not been asked what she wants to happen to him; she looks at the door when his name comes.", met, seen)
	answer(3, "danger", "A man of about 22 gives Elin lifts and a phone, and says she owes him. On the night she was hurt he had driven her. She will not say how. If nothing changes he will come for the debt, and she will go, because he knows where Kit goes to school.", told, met, seen)
	answer(3, "parents", "Her mother believed her and acted the same day. She blames herself for not asking. Nobody knows what her father thinks, or whether he knows.", said)
	t.addAt(at(t.ago(3), 290), 0, t.post, child.AssessmentPlaced{Question: "works"}, of)
	t.p.events[len(t.p.events)-1].rests = []int{home}
	t.on(2, "manager-east-2", child.AssessmentChecked{Next: "Hear from her father before you send it."})
}

// resting puts into a body the ids of the entries that it rests on.
func resting(b entry.Body, rests []int, ids []entry.ID) entry.Body {
	var out []entry.ID
	for _, n := range rests {
		if n > 0 && ids[n-1] != "" {
			out = append(out, ids[n-1])
		}
	}
	switch x := b.(type) {
	case child.AssessmentWeighed:
		x.Rests = out
		return x
	case child.AssessmentPlaced:
		if len(out) > 0 {
			x.Entry = out[0]
		}
		return x
	}
	return b
}
