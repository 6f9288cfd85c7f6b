package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/govuk"
)

// held reads how the meeting went, which is one for every child it was about. at says where
// each row of the body stands in the form.
func (d *holdData) held(p *app.ChildPage, m child.MeetingAbout) (h child.Held, at map[string]string) {
	at = map[string]string{}
	v := func(name string) string { return strings.TrimSpace(d.Values[name]) }
	h = child.Held{Meeting: m.ID, Chair: v("chair"), Without: v("held_without_because")}
	if h.Chair == otherChair {
		h.Chair, h.Named = "", v("chair_name")
		if h.Named == "" {
			d.Errors.Add("chair_name", "Enter who chaired it")
		}
	} else if _, ok := p.Line.Post(h.Chair, p.At.Date()); !ok {
		h.Chair = ""
		d.Errors.Add("chair", "Say who chaired it")
	}
	came := 0
	for _, x := range d.Rows {
		switch {
		case x.Name == "" && (x.Came != "" || x.Said != "" || x.As != ""):
			d.Errors.Add(x.N+"-name", "Enter their name")
		case x.Name == "":
		case x.Came == "":
			d.Errors.Add(x.N+"-came", "Say whether "+x.Name+" was there")
		default:
			at["who_came-"+itoa(len(h.There))] = x.N + "-name"
			if x.Agency == "" {
				at["who_came-"+itoa(len(h.There))] = x.N + "-agency"
			}
			t := child.There{Name: x.Name, As: x.As, Agency: x.Agency, Came: x.Came, Said: x.Said, Harm: x.Harm, Core: x.Core}
			if t.Present() {
				came++
			}
			h.There = append(h.There, t)
		}
	}
	if came == 0 && !d.Errors.Any() {
		d.Errors.Add("rows", "Say who was there")
	}
	for _, x := range d.Parents {
		if x.Words != "" {
			at["parents_views-"+itoa(len(h.Parents))] = x.N + "-words"
			h.Parents = append(h.Parents, child.ParentView{Name: x.Name, Words: x.Words})
		}
	}
	for _, x := range d.Dissent {
		if x.Name+x.Why == "" {
			continue
		}
		at["dissent-"+itoa(len(h.Dissent))] = x.N + "-name"
		switch {
		case x.Name == "":
		case x.Agency == "":
			at["dissent-"+itoa(len(h.Dissent))] = x.N + "-agency"
		case x.Why == "":
			at["dissent-"+itoa(len(h.Dissent))] = x.N + "-why"
		}
		h.Dissent = append(h.Dissent, child.Dissent{Name: x.Name, Agency: x.Agency, Why: x.Why})
	}
	for _, x := range d.ToDo {
		if x.What+x.Who == "" {
			continue
		}
		t := child.ToDo{What: x.What, Who: x.Who}
		if x.By != "" {
			by, err := day.Parse(x.By)
			if err != nil {
				d.Errors.Add(x.N+"-by", "Enter the day, like 2026-12-17")
			}
			t.By = by
		}
		at["to_do-"+itoa(len(h.ToDo))] = x.N + "-what"
		if x.What != "" {
			at["to_do-"+itoa(len(h.ToDo))] = x.N + "-who"
		}
		h.ToDo = append(h.ToDo, t)
	}
	return h, at
}

// commands are what is recorded of one child: the meeting, and what follows from what it
// decided. prefix is that of the child's own answers in the form.
func (d *holdData) commands(p *app.ChildPage, h child.Held, prefix string, happened day.When) (cmds []child.Command) {
	v := func(name string) string { return strings.TrimSpace(d.Values[prefix+name]) }
	no := func(field, text string) {
		if d.Errors.For(prefix+field) == "" {
			d.Errors.Add(prefix+field, text)
		}
	}
	first := cmp.Or(firstName(p.Identity.Name()), "the child")
	reasons := cmp.Or(v("reasons"), strings.TrimSpace(d.Values["reasons"]))
	h.Words, h.SpokeFor = v("childs_words"), v("who_spoke_for_the_child")
	if d.Sort != child.MeetStrategy && d.Sort != child.MeetCore && h.Words+h.SpokeFor == "" {
		no("childs_words", "Enter what "+first+" said, or who spoke for "+first)
	}
	if text := v("next_on"); text != "" {
		on, err := day.Parse(text)
		if err != nil {
			no("next_on", "Enter the day, like 2026-12-17")
		}
		if h.NextOn = on; err == nil && on < happened.Date {
			no("next_on", "The next meeting cannot be before this one")
		}
	}
	choices := holdChoices(p, d.Sort)
	decision := v("decision")
	// What was decided a moment ago can be sent again, though it is not offered any more.
	again := d.Sort == child.MeetConference && (decision == "cin" || decision == "none")
	if len(choices) > 0 && !again && !slices.ContainsFunc(choices, func(x [2]string) bool { return x[0] == decision }) {
		no("decision", "Say what was decided for "+first)
	}
	if reasons == "" {
		no("reasons", map[bool]string{true: "Enter what was agreed", false: "Enter the reasons for it"}[len(choices) == 0])
	}
	category := func() string {
		c := v("category")
		if !slices.Contains(child.Categories, c) {
			no("category", "Choose the category of harm")
		}
		return c
	}
	say := func(b entry.Body) {
		when := happened
		if k, ok := app.Registry().Known(b.Kind()); ok && !k.Timed && !when.IsZero() {
			when = day.On(when.Date)
		}
		cmds = append(cmds, child.Command{Happened: when, Body: b, Source: entry.Source{Kind: "page"}})
	}
	switch d.Sort {
	case child.MeetStrategy:
		var who []string
		for _, t := range h.There {
			if t.Present() && t.Agency != child.OfFamily && t.Agency != child.OfSocialCare && !slices.Contains(who, t.Agency) {
				who = append(who, t.Agency)
			}
		}
		say(child.StrategyDiscussion{Agencies: who, Section47: decision == "yes", Why: reasons, Held: h})
		if decision == "yes" && !enquiryOn(p, happened) {
			say(child.Section47Started{})
		}
	case child.MeetConference:
		h.Reasons = reasons
		b := child.Conference{Plan: "not made", Held: h}
		if decision == "cp" {
			b.Plan = "made"
		}
		say(b)
		switch decision {
		case "cp":
			before, err := strconv.Atoi(cmp.Or(v("previous"), "0"))
			if err != nil || before < 0 || before > 20 {
				no("previous", "Enter how many protection plans there were before, as a number")
			}
			say(child.CPPlanStarted{Category: category(), Previous: before, OneLine: v("one_line")})
		case "cin":
			say(child.CINPlanStarted{OneLine: v("one_line")})
		}
	case child.MeetReviewing:
		h.Decided = map[string]string{"on": child.PlanGoesOn, "changes": child.PlanChanges, "cin": child.PlanEnds, "ends": child.PlanEnds}[decision]
		say(child.Review{Of: "cp", Agreed: reasons, Held: h})
		switch decision {
		case "changes":
			c := category()
			if c == p.Status.Category && c != "" && !slices.ContainsFunc(p.Record.Events, func(ev child.Event) bool { return ev.Kind == "cp-plan.changed" && ev.When.Date == happened.Date }) {
				no("category", "That is the category already")
			}
			say(child.CPPlanChanged{Category: c})
		case "ends", "cin":
			say(child.CPPlanEnded{Why: reasons})
			if decision == "cin" {
				say(child.CINPlanStarted{OneLine: v("one_line")})
			}
		}
	case child.MeetCore:
		say(child.CoreGroup{Agreed: reasons, Held: h})
	case child.MeetNeed:
		h.Decided = map[string]string{"on": child.PlanGoesOn, "ends": child.PlanEnds}[decision]
		say(child.Review{Of: "cin", Agreed: reasons, Held: h})
		if decision == "ends" {
			say(child.CINPlanEnded{Why: reasons})
		}
	case child.MeetCare:
		if v("took_part") == "" {
			no("took_part", "Say how "+first+" took part")
		}
		say(child.Review{Of: "care", Part: v("took_part"), Agreed: reasons, Held: h})
	}
	return cmds
}

// enquiryOn says that a section 47 enquiry is under way, which a second discussion does not
// begin again. The one that this very discussion began, sent twice, is not meant.
func enquiryOn(p *app.ChildPage, happened day.When) bool {
	var began *child.Event
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		switch b := ev.Body.(type) {
		case child.Section47Started:
			if began = ev; b.NotNeeded {
				began = nil
			}
		case child.Section47Ended, child.Conference, child.CPPlanStarted, child.CaseClosed:
			began = nil
		}
	}
	return began != nil && !slices.ContainsFunc(p.Record.Events, func(ev child.Event) bool {
		return ev.Kind == "strategy-discussion" && ev.When == happened && ev.Recorded == began.Recorded
	})
}

// holdPlace is where on the page a problem is shown.
func holdPlace(prefix string, at map[string]string) func(string) string {
	return func(problem string) string {
		if f := at[problem]; f != "" {
			return f
		}
		switch problem {
		case "happened":
			return "on"
		case "why", "agreed":
			return "reasons"
		case "held_without_because", "chair_name":
			return problem
		case "took_part", "category", "childs_words", "who_spoke_for_the_child", "reasons":
			return prefix + problem
		case "one_line":
			return prefix + "one_line"
		case "previous_plans":
			return prefix + "previous"
		}
		return "form"
	}
}

// sortHold puts the problems in the order of the page.
func (d *holdData) sortHold() {
	place := func(f string) int {
		order := []string{"form", "on", "at", "chair", "chair_name", "rows"}
		if i := slices.Index(order, f); i >= 0 {
			return i
		}
		later := map[string]int{"held_without_because": 200, "childs_words": 210, "who_spoke_for_the_child": 211, "decision": 300, "category": 301, "one_line": 302, "previous": 303, "took_part": 304, "reasons": 310, "next_on": 600}
		if n, ok := later[f]; ok {
			return n
		}
		switch {
		case strings.HasPrefix(f, "t"):
			return 100
		case strings.HasPrefix(f, "p"):
			return 220
		case strings.HasPrefix(f, "k"):
			return 320
		case strings.HasPrefix(f, "d"):
			return 400
		}
		return 500
	}
	slices.SortStableFunc(d.Errors, func(a, b govuk.FieldError) int { return place(a.Field) - place(b.Field) })
}

func orSomebody(name string) string { return cmp.Or(name, "somebody else") }

// joinDot puts two texts behind each other, each where it says something.
func joinDot(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "" || strings.EqualFold(a, b):
		return a
	}
	return a + ", " + lower(b)
}
