package simulate

import "onus/internal/child"

// samsFamily is who is around Sam, as his worker recorded it: his mother, with whom he is
// not safe alone in the mornings, Nan, Auntie Bev, and who was named and never recorded.
func (t teller) samsFamily() {
	now := t.w.o.Now.Date()
	for i := range t.p.events { // the nursery named them when it first told us
		if b, ok := t.p.events[i].body.(child.Referral); ok {
			b.Household = []child.Member{{Name: "Leanne Okell", Relation: "mother"}, {Name: "Craig", Relation: "mother's friend, stays some nights"}}
			t.p.events[i].body = b
			break
		}
	}
	for i, ev := range t.p.events {
		if b, ok := ev.body.(child.Contact); ok && b.From == "nursery" {
			t.addAt(at(t.ago(82), 300), 0, t.post, child.Significant{Is: true, Why: "The first time that Sam himself said that he is left alone."}, i+1)
		}
	}
	t.on(83, t.post, child.FamilyMember{Name: "Leanne Okell", Relation: "mother", Role: "parent", Born: "1998", Lives: child.LivesWith, Safe: child.SafeNotLone, Since: now - 264,
		SafeWhy: "Sam was alone on two evenings in March, until eleven. In the mornings she is asleep when he gets up.", Phone: "01632 960 214", Responsible: "yes", Told: "Leanne and Nan"})
	t.on(83, t.post, child.FamilyMember{Name: "Nan (Carol Okell)", Relation: "mother's mother", Role: "relative", Lives: child.LivesElsewhere, Where: "3 Mill Rise, two streets away", Safe: child.SafeWith,
		SafeWhy: "Comes on four evenings a week, and he sleeps at hers. The nursery has met her.", Phone: "01632 960 118", Responsible: "no", Told: "Leanne, Nan and the nursery"})
	t.on(83, t.post, child.FamilyMember{Name: "Auntie Bev", Relation: "mother's friend since school", Role: "friend of the family", Lives: child.LivesElsewhere, Where: "14 Alder Walk", Safe: child.SafeWith,
		SafeWhy: "Sam asked for her when the police came, and she sat with him until Nan was there.", Phone: "01632 960 131", Told: "Nan"})
	t.on(83, t.post, child.FamilyMember{Name: "Dean Marsh", Relation: "father", Role: "parent", Lives: child.LivesUnknown, Safe: child.SafeUnknown, Responsible: "nobody knows", Told: "Leanne: not seen since 2023"})
	t.on(59, t.post, child.FamilyMember{Name: "Priya Nair", Relation: "key person at Little Larks nursery", Role: "professional", Lives: child.LivesUnknown, Safe: child.SafeWith, SafeWhy: "Has known him since he was two.", Phone: "01632 960 140"})
}
