package simulate

import "onus/internal/child"

// samsPlan is the plan of the protection conference, and its second version, which nobody
// read twice: it says little, names nobody and ends never. The numbers on the scale tell
// another story than the plan does.
func (t teller) samsPlan() {
	approve := func(ago, of int, words string) {
		t.addAt(at(t.ago(ago), 100+len(t.p.events)%200), 0, "manager-east-2", child.PlanApproved{Words: words}, of)
	}
	first := t.on(240, "east-2-1", child.PlanSent{Of: "cp", Goals: []child.Goal{
		{ID: "g1", Name: "Evenings", Worry: "Lack of supervision in the evening.", Change: "Mum to ensure appropriate supervision.", Measure: "Mum attends all appointments.", Help: []child.Help{{What: "Nan to support."}}},
		{ID: "g2", Name: "Food and teeth", Worry: "Neglect of health needs.", Change: "Mum to engage with the dentist.", Measure: "Appointments attended."},
	}})
	approve(239, first, "")
	second := t.on(29, "east-2-3", child.PlanSent{Of: "cp", Well: "Sam loves his tea with Nan. Mum has asked for help.", Goals: []child.Goal{
		{ID: "g1", Name: "Evenings", Worry: "Neglect. Lack of supervision by mum.", Change: "Mum to ensure appropriate supervision at all times.", Measure: "Mum attends all appointments.",
			Help: []child.Help{{What: "All professionals to monitor and support."}}, PlanB: "Mum to contact duty."},
		{ID: "g2", Name: "Food and teeth", Worry: "Sam came to nursery hungry on four mornings. Two of his teeth have holes.", Change: "Mum to engage with the dentist and provide regular meals.", Measure: "Sam is seen by the dentist.",
			Help: []child.Help{{What: "The health visitor books the dentist.", Who: "Ann Lowry"}}, IfNot: "Review at next core group."},
		{ID: "g3", Name: "Nursery every day", Worry: "Sam missed nine days of nursery in September and October.", Change: "Mum to prioritise attendance.", Measure: "Nursery sends the register.",
			Help: []child.Help{{What: "Nursery rings by ten when Sam is not there.", Who: "Kath Moss"}}},
	}})
	approve(28, second, "")
	for _, x := range []struct {
		of, name string
		of10     [4]int
	}{{"parent", "Mum", [4]int{8, 8, 8, 9}}, {"child", "", [4]int{2, 3, 5, 5}}, {"worker", "", [4]int{3, 4, 4, 4}}, {"somebody else", "Nursery", [4]int{4, 3, 3, 3}}} {
		for i, ago := range []int{62, 49, 28, 16} {
			v := child.View{Of: x.of, Name: x.name, Goal: "g1", Scale: &x.of10[i]}
			switch {
			case x.of == "child" && ago == 16:
				v.Words, v.How = "When Nan comes we have beans. When it's just me I have telly.", "while drawing, Mum in the room; he pointed to the middle face"
			case x.of == "parent" && ago == 28:
				v.Agrees, v.Words, v.How = "partly", "I'm always back by eight. I can't pay a sitter.", "at the core group"
			}
			t.on(ago, "east-2-3", v)
		}
	}
}
