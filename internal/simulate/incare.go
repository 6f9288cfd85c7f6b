package simulate

import (
	"strconv"

	"onus/internal/child"
	"onus/internal/day"
)

// rowanID is a child of the demonstration who is looked after.
const rowanID = "01900000-0000-7000-8000-00000000001f"

// rowan: looked after since last spring. A first home, a move that nobody planned to a home
// outside the area, and three times missing since: the first with a talk, the second without,
// the third four days ago, with no talk yet.
func (w *world) rowan() plan {
	t := w.tell(rowanID, 31, [2]string{"Rowan", "Tasker"}, 14, "west-2", "west-2-2", "6 Tannery Close")
	t.on(300, "front-door-2", child.Referral{From: "school", What: "Rowan sleeps in class, and says he has slept at friends' for a week. Nobody answers at home."})
	t.on(299, "manager-front-door", child.Decision{Outcome: child.Assess, For: "A boy of thirteen without a bed.", Team: "west-2"})
	t.on(298, "manager-west-2", child.Allocation{Post: "west-2-2", Team: "west-2"})
	t.on(297, t.post, child.AssessmentStarted{})
	t.visit(294, true, "school", "Where does he sleep?", "Dad's gone. I've got a key, I'm all right.", "There is no food, and no adult since the first week of January.")
	t.on(262, "manager-west-2", child.AssessmentAuthorised{Outcome: "He cannot live at home now."})
	t.on(258, t.post, child.FamilyMember{Name: "Denise Tasker", Relation: "father's sister", Role: "relative", Lives: child.LivesElsewhere, Where: "Corby", Safe: child.SafeWith, SafeWhy: "He asks for her. She has a baby and one room.", Phone: "01632 960 411", Told: "Rowan"})
	t.on(258, t.post, child.FamilyMember{Name: "Lark Tasker", Relation: "sister, 9", Role: "brother or sister", Lives: child.LivesElsewhere, Where: "with Denise Tasker", Safe: child.SafeWith, SafeWhy: "He rings her each evening.", Told: "Denise Tasker"})

	t.on(250, "manager-west-2", child.CareStarted{Status: "V2", Need: "N8", Reason: "Nobody has looked after Rowan since January. His father agreed by telephone, and then in writing."})
	t.on(250, t.post, child.PlacementStarted{Type: "U6", Provider: "PR1", Where: "Mill Lane, Marlowe", Miles: 2, Why: "His school is ten minutes away on foot.", LivesWith: "Bola and Kim Hart", Kin: "apart", KinWhy: "Lark lives with their aunt, who has one room. They see each other every Sunday.", AgreedBy: "the head of service", AgreedOn: t.ago(251),
		Words: "Do I keep my key?"})
	t.on(248, t.post, child.Document{Of: "care plan", Signed: true})
	t.on(247, t.post, child.Document{Of: "placement plan", Signed: true, What: "In by nine; Sundays with Lark; the Harts may sign for school trips."})
	t.on(247, t.post, child.Document{Of: "notice of placement", To: "the child; parents; doctor (GP); school; health (ICB); reviewing officer"})
	t.on(247, "manager-west-2", child.IRO{Step: "named", Post: "chair-1"})
	t.visit(246, true, "placement", "How are the first nights?", "They've got a dog.", "He has slept two nights through.")
	t.on(243, t.post, child.Education{Step: "plan started", School: "Priory School", What: "Maths with a mentor; breakfast there."})
	t.on(240, t.post, child.Health{Of: "initial assessment", Step: "asked for"})
	t.on(231, t.post, child.Health{Of: "initial assessment", Step: "done", By: "Dr Amin", What: "Underweight. Glasses ordered."})
	t.on(230, "chair-1", child.Review{Of: "care", Part: "PN1", Agreed: "He stays with the Harts. The plan is to find out whether Denise can have a bigger home."})
	t.on(228, t.post, child.Education{Step: "plan complete", School: "Priory School"})
	t.on(210, t.post, child.Health{Of: "dental check", Step: "done", By: "Mill Lane dental practice", What: "Two fillings."})
	score := 17
	t.on(205, t.post, child.Health{Of: "strengths and difficulties", Step: "done", Score: &score, By: "Kim Hart"})
	for n := 215; n > 90; n -= 38 {
		t.visit(n, n%2 == 1, "placement", "Goal 1: a bed of his own", "Lark came on Sunday.", "He eats, and is in by nine.")
	}
	t.on(170, "manager-west-2", child.LegalStatus{Status: "C1", Why: "His father went abroad and withdrew his agreement. The court made an interim order."})
	t.on(150, "chair-1", child.Review{Of: "care", Part: "PN1", Agreed: "The same plan. Denise is on the list for two bedrooms."})
	t.on(132, t.post, child.Education{Step: "plan reviewed", School: "Priory School", Words: "Maths is all right now."})
	there := 94
	t.on(132, t.post, child.Education{Step: "at school", School: "Priory School", Attendance: &there})
	t.on(76, t.post, child.PlacementEnded{Code: "CREQO", Unplanned: true, Why: "Kim Hart went into hospital, and Bola cannot do it alone."})
	t.on(76, t.post, child.PlacementStarted{Type: "U6", Provider: "PR4", Where: "Thorpe Road, Ashby", OutOfArea: true, Miles: 31, Emergency: false, Why: "The only carers who could take him that night.", LivesWith: "Ivy Sands", Kin: "apart", Words: "It's miles. How do I see Lark?"})
	t.on(74, t.post, child.Document{Of: "notice of placement", To: "parents; school"})
	t.visit(71, true, "placement", "How are the first nights?", "There's no bus on Sundays.", "He cannot get to Lark, nor to school in time.")
	there2 := 71
	t.on(40, t.post, child.Education{Step: "at school", School: "Priory School", Attendance: &there2, What: "A taxi is asked for."})
	t.visit(34, true, "placement", "Goal 2: Sundays with Lark", "I just go. Nobody stops me.", "He goes to Corby by train, without a ticket.")

	gone := func(ago int, from, known string) {
		at := at(t.ago(ago), 690) // half past eight in the evening
		t.addAt(at, 0, t.post, child.MissingStarted{Risk: "medium", Police: true, Told: true, From: from, By: "Ivy Sands", Learned: known}, 0)
		t.addAt(at+20*day.Minute, 0, t.post, child.MissingTold{Who: "police", What: "log " + strconv.Itoa(1400-ago)}, 0)
		t.addAt(at+40*day.Minute, 0, t.post, child.MissingTold{Who: "manager"}, 0)
	}
	back := func(ago int, minute int, where, with, words string) {
		t.addAt(at(t.ago(ago), 690)+day.Instant(minute)*day.Minute, 0, t.post, child.MissingEnded{How: "He came back alone.", Where: where, With: with, Words: words}, 0)
	}
	gone(47, "At tea with Ivy Sands. He was told that Sunday was off.", "He said he would walk to Lark.")
	back(47, 14*60, "Corby station", "nobody", "I wanted to see her. She was asleep.")
	t.addAt(at(t.ago(46), 400), 0, t.post, child.ReturnInterview{Step: "offered", By: "Halo, who are not ours"}, 0)
	t.addAt(at(t.ago(45), 300), 0, t.post, child.ReturnInterview{Step: "done", Independent: true, By: "Marta Lind, Halo", Words: "Nobody asked me about the move. I'd stay if I could see Lark.", What: "He goes to his sister. A train ticket each Sunday would stop it."}, 0)
	gone(26, "In his room, at nine.", "The window was open.")
	back(26, 15*60, "Corby station", "a boy called Jay, 17", "He's got a car.")
	t.addAt(at(t.ago(25), 420), 0, t.post, child.ReturnInterview{Step: "declined", By: "Marta Lind, Halo", What: "He says that the last talk changed nothing."}, 0)
	gone(7, "At the bus stop after school.", "Jay's car was seen at the gate.")
	back(7, 11*60, "Jay's flat in Corby", "a boy called Jay, 17", "He gets me things.")
	return t.p
}
