package simulate

import (
	"math/rand/v2"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// The children of the five accounts have ids of their own, so that pages can
// lead to them after any restart.
const (
	samID   = "01900000-0000-7000-8000-00000000000a"
	elinID  = "01900000-0000-7000-8000-00000000000b"
	mayaID  = "01900000-0000-7000-8000-00000000000c"
	jonahID = "01900000-0000-7000-8000-00000000000d"
	tessID  = "01900000-0000-7000-8000-00000000000e"
)

// Stories are the five accounts of MISSION.md, told in five children.
func Stories() []Story {
	return []Story{
		{"The overloaded worker", "Dana Whitlock wrote for weeks that she had no time to visit. Sam has not been seen alone for five weeks. See who was told, and when.", "/child/" + samID, "dana-whitlock", samID},
		{"The team that warned", "East 1 has had no manager for twelve weeks. The team warned. Elin was hurt. See what was written before.", "/child/" + elinID, "priti-nandra", elinID},
		{"The stored referral", "A referral with plain danger signs was put aside at the front door. It climbed by itself to the director.", "/child/" + mayaID, "gwen-tarr", mayaID},
		{"The unallocated list", "Jonah has no named worker. \"Held by the team\" is nobody. See every such child, exactly.", "/unallocated", "jo-pell", jonahID},
		{"Visits without purpose", "Tess is visited on time, never alone, and nothing is learnt. The list is green and her life is not.", "/child/" + tessID, "marcus-adeyinka", tessID},
	}
}

// teller tells one story in days before now.
type teller struct {
	*builder
}

func (w *world) tell(id string, n uint64, name [2]string, years int, team, post, address string) teller {
	b := &builder{w: w, r: rand.New(rand.NewChaCha8(seed(w.o.Seed, 1<<44+n))), now: w.o.Now, end: w.o.Now.Date(), pace: 1, post: post}
	b.p.id = id
	for _, t := range w.teams {
		if t.id == team {
			b.team = t
		}
	}
	t := teller{b}
	birth := t.ago(0).AddMonths(-12*years) - 257
	t.on(w.days()-3, "front-door-1", child.Known{Given: name[0], Family: name[1], Birth: birth, Sex: "M", Address: address, IDs: []child.Identifier{{System: "la-child", Authority: "999", Value: "M9000000" + id[35:]}}})
	return t
}

func (w *world) days() int { return int(w.o.Now.Date() - w.begin) }

// ago is the working day at or before so many days ago.
func (t teller) ago(n int) day.Date {
	d := t.now.Date() - day.Date(n)
	for !t.w.cal.Working(d) {
		d--
	}
	return d
}

// on records something on a day, at ten, the same day.
func (t teller) on(ago int, post string, b entry.Body) int {
	return t.addAt(at(t.ago(ago), 60+len(t.p.events)%200), 0, post, b, 0)
}

func (t teller) visit(ago int, alone bool, where, purpose, words, learned string) {
	t.on(ago, t.post, child.Visit{Seen: true, Alone: alone, Where: where, Purpose: purpose, Words: words, Learnt: learned})
}

func (w *world) stories() []plan {
	return []plan{w.sam(), w.elin(), w.maya(), w.jonah(), w.tess(), w.rowan()}
}

// sam: the overloaded worker. Seen two weeks ago, alone five weeks ago.
func (w *world) sam() plan {
	t := w.tell(samID, 1, [2]string{"Sam", "Okell"}, 4, "east-2", "east-2-3", "9 Alder Walk")
	t.on(438, "front-door-2", child.Referral{From: "nursery", What: "Hungry and cold on four mornings."})
	t.on(437, "manager-front-door", child.Decision{Outcome: child.Assess, For: "Four mornings in two weeks.", Team: "east-2"})
	t.on(435, "manager-east-2", child.Allocation{Post: "east-2-1", Team: "east-2"})
	t.on(434, "east-2-1", child.AssessmentStarted{})
	t.post = "east-2-1"
	t.visit(430, true, "home", "Goal: see the mornings", "", "Nobody was up when I came at eight.")
	t.on(376, "manager-east-2", child.AssessmentAuthorised{Outcome: "A child in need plan."})
	t.on(376, "east-2-1", child.CINPlanStarted{OneLine: "Breakfast and nursery every day."})
	for _, n := range []int{350, 322, 300, 280, 268} {
		t.visit(n, n%3 == 0, "home", "Goal 1: breakfast and nursery", "", "Much the same as before.")
	}
	t.on(264, "front-door-2", child.Contact{From: "nursery", What: "Sam says he was alone on two evenings."})
	t.on(263, "manager-east-2", child.StrategyDiscussion{Section47: true, Agencies: []string{"police", "health"}, Why: "A child of three alone in the evening."})
	t.visit(262, true, "home", "Section 47", "Mummy went out. I watched the telly.", "He was alone on two evenings, until eleven.")
	t.on(242, "chair-1", child.Conference{Plan: "made"})
	t.on(242, "chair-1", child.CPPlanStarted{Category: "NEG", OneLine: "An awake adult whom we all agreed on is with Sam every evening and every morning."})
	for n := 233; n > 100; n -= 12 {
		t.visit(n, n%24 < 12, "home", "Goal 2: an awake adult in the evening", "", "Mum was tired. Nan was there.")
	}
	for n := 230; n > 20; n -= 40 {
		t.on(n, t.post, child.CoreGroup{Agreed: "Goal 2: the same action again."})
	}
	for n := 225; n > 40; n -= 27 {
		t.on(n, "manager-east-2", child.Supervision{Decided: "Go on."})
	}
	t.on(160, "chair-1", child.Review{Of: "cp", Agreed: "Plan goes on."})
	t.on(115, "east-2-1", child.AssessmentStarted{})
	t.on(100, "manager-east-2", child.AssessmentAuthorised{Outcome: "Brought up to date for the review."})
	t.on(90, "manager-east-2", child.Allocation{Post: "east-2-3", Team: "east-2", Why: "The worker before left. Dana has sixteen others and objected."})
	t.post = "east-2-3"
	t.visit(84, true, "home", "Goal 2: an awake adult in the evening", "", "Met Sam and his bear.")
	t.visit(70, false, "home", "Goal 2: an awake adult in the evening", "", "")
	t.on(66, "east-2-3", child.Note{Text: "To Jo Pell: I have seventeen children. I cannot see all of them in time. Sam's next visit will be late."})
	t.visit(59, true, "school", "Goal 2: an awake adult in the evening", "", "He was sleepy.")
	t.on(45, "east-2-3", child.Note{Text: "To Jo Pell: second time. I was on duty for three days and could not visit. Which two children should I not see?"})
	t.visit(35, true, "family member's home", "Goal 2: mornings", "Nan does the night light. Mummy's asleep when I get up.", "Evenings are covered. Mornings are not.")
	t.visit(14, false, "home", "Goal 2: mornings", "", "Mum did not leave the room.")
	t.samsPlan()
	t.samsFamily()
	t.on(3, "east-2-3", child.Note{Text: "To Jo Pell: I had planned Sam for today and was sent to court for another child."})
	return t.p
}

// elin: the team that warned.
func (w *world) elin() plan {
	t := w.tell(elinID, 2, [2]string{"Elin", "Garrow"}, 13, "east-1", "east-1-2", "31 Foundry Street")
	t.on(160, "front-door-3", child.Referral{From: "school", What: "Often absent. An older boyfriend waits at the gate."})
	t.on(159, "manager-front-door", child.Decision{Outcome: child.Assess, For: "Signs of exploitation.", Team: "east-1"})
	t.on(154, "manager-east-1", child.Allocation{Post: "east-1-5", Team: "east-1"})
	t.post = "east-1-5"
	t.on(153, t.post, child.AssessmentStarted{})
	t.visit(150, true, "school", "Hear from Elin", "He's not my boyfriend, he just gives me lifts.", "Two phones.")
	t.on(110, "manager-east-1", child.AssessmentAuthorised{Outcome: "A child in need plan."})
	t.on(109, t.post, child.CINPlanStarted{OneLine: "School every day, and home by nine."})
	t.visit(85, false, "home", "Goal 1: school", "", "")
	t.on(72, t.post, child.Note{Text: "To the service manager: East 1 has no manager since twelve days. Nobody signs or allocates. Nine children wait."})
	t.on(58, "east-1-1", child.Note{Text: "To the service manager, from all of East 1: cases pile up. We cannot keep these children safe. Please answer."})
	t.on(40, "manager-east-2", child.AllocationEnded{Why: "The worker moved to another team. Held by the team.", Team: "east-1"})
	t.on(30, "east-1-2", child.Note{Text: "To the service manager: third time. Elin has nobody. She was missing on Friday."})
	t.on(9, "front-door-1", child.Contact{From: "hospital", What: "Elin was brought in at 03:10 with injuries. She will not say how."})
	t.on(8, "manager-east-2", child.StrategyDiscussion{Section47: true, Agencies: []string{"police", "health", "school"}, Why: "Injuries, and signs of exploitation since June."})
	t.on(8, "manager-east-2", child.Allocation{Post: "east-1-2", Team: "east-1", Why: "At once."})
	t.post = "east-1-2"
	t.visit(8, true, "elsewhere", "Section 47: is she safe tonight?", "I told you about the car.", "She names a street and a car.")
	t.elinsAssessment()
	return t.p
}

// maya: the stored referral.
func (w *world) maya() plan {
	t := w.tell(mayaID, 3, [2]string{"Maya", "Lister"}, 0, "", "front-door-4", "4 Quarry Road")
	t.on(117, "front-door-4", child.Referral{From: "health visitor", What: "Bruise on the cheek of a baby of four months who cannot roll. Mother says the dog did it. There is no dog."})
	t.on(116, "front-door-4", child.Note{Text: "Put with the others in the manager's tray."})
	t.on(60, "front-door-4", child.Note{Text: "Health visitor rang again to ask what was decided. Told her it is being looked at."})
	return t.p
}

// jonah: on the unallocated list.
func (w *world) jonah() plan {
	t := w.tell(jonahID, 4, [2]string{"Jonah", "Vessey"}, 6, "east-2", "", "12 Mill Rise")
	t.on(300, "front-door-1", child.Referral{From: "police", What: "Argument at home. Jonah called 999 himself."})
	t.on(299, "manager-front-door", child.Decision{Outcome: child.NoAction, For: "The parents have parted."})
	t.on(140, "front-door-2", child.Referral{From: "school", What: "Jonah says dad is back and mum cries."})
	t.on(139, "manager-front-door", child.Decision{Outcome: child.EarlyHelp, For: "Mother accepts help from the family worker."})
	t.on(8, "front-door-3", child.Referral{From: "police", What: "Third call in a year. A door was broken. Jonah hid in a wardrobe."})
	t.on(7, "manager-front-door", child.Decision{Outcome: child.Assess, For: "Third referral in twelve months; harm is getting worse.", Team: "east-2"})
	t.on(6, "manager-east-2", child.Note{Text: "Held by the team until somebody has room."})
	return t.p
}

// tess: visits without purpose.
func (w *world) tess() plan {
	t := w.tell(tessID, 5, [2]string{"Tess", "Marchetti"}, 8, "west-1", "west-1-1", "77 Priory Gardens")
	t.on(500, "front-door-2", child.Referral{From: "school", What: "Dirty, hungry, and often in bed at noon."})
	t.on(499, "manager-front-door", child.Decision{Outcome: child.Assess, For: "Neglect over a long time.", Team: "west-1"})
	t.on(498, "manager-west-1", child.Allocation{Post: "west-1-1", Team: "west-1"})
	t.on(497, t.post, child.AssessmentStarted{})
	t.visit(495, false, "home", "Assessment", "", "")
	t.on(450, "manager-west-1", child.AssessmentAuthorised{Outcome: "A child in need plan."})
	t.on(449, t.post, child.CINPlanStarted{OneLine: "Parents to engage with services."})
	for n := 430; n > 2; n -= 21 {
		t.visit(n, false, "home", "Statutory visit", "", "")
	}
	for n := 400; n > 2; n -= 50 {
		t.on(n, "manager-west-1", child.Supervision{Decided: "Continue."})
	}
	t.on(105, t.post, child.AssessmentStarted{})
	t.on(90, "manager-west-1", child.AssessmentAuthorised{Outcome: "Brought up to date."})
	for n := 365; n > 2; n -= 85 {
		t.on(n, t.post, child.Review{Of: "cin", Agreed: "Parents to engage with services."})
	}
	return t.p
}
