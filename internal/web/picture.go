package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
)

// picture is a child's time line: lanes over one axis of time. Everything in
// it stands in the list of events or the table of entries too.
type picture struct {
	Title   string
	Width   int
	Height  int
	Lanes   []string
	Months  []mark // where each month begins
	Bars    []bar
	Marks   []mark
	Now     string
	NowText string
	Empty   bool
}

type bar struct{ X, Y, W, Class, Text, TextX, TextY, TextClass string }

type mark struct{ X, Y, Kind, Text, Path string }

const (
	pictureWidth = 1140
	laneLeft     = 122
	pictureDays  = 548 // 18 months
)

var lanes = []string{"Where living", "Plan", "Social worker", "Visits", "Incidents", "Decisions"}

// laneY is where a lane begins.
func laneY(i int) int { return []int{28, 62, 96, 130, 176, 216, 256}[i] }

// draw makes the time line of the last 18 months and the numbered list of significant
// events from the record as it is shown.
func draw(p *app.ChildPage, known day.Instant) (picture, []eventLine) {
	end := p.At.Date()
	return drawSpan(p, known, end-pictureDays, end, func(*child.Event) bool { return true })
}

// drawSpan is draw for any days, of the events that are picked. What lasts, homes, plans
// and workers, is drawn whatever is picked.
func drawSpan(p *app.ChildPage, known day.Instant, begin, end day.Date, pick func(*child.Event) bool) (picture, []eventLine) {
	days := max(1, int(end-begin))
	x := func(d day.Date) float64 {
		d = min(max(d, begin), end)
		return laneLeft + float64(d-begin)/float64(days)*float64(pictureWidth-laneLeft-30)
	}
	num := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	pic := picture{Width: pictureWidth, Height: 262, Lanes: lanes, Now: num(x(end)), NowText: "now"}
	if p.Past {
		pic.NowText = "then"
	}
	if end < p.At.Date() {
		pic.NowText = end.Short()
	}
	pic.Months = gridOf(begin, end, func(d day.Date) string { return num(x(d)) })
	// Of what would stand on each other, one is drawn: a record of years has thousands.
	drawn := map[[2]int]bool{}
	crowded := func(kind int, on day.Date, wide float64) bool {
		at := [2]int{kind, int(x(on) / wide)}
		was := drawn[at]
		drawn[at] = true
		return was && days > pictureDays+31
	}
	addBar := func(lane int, from, to day.Date, class, text string) {
		if to < begin || from > end {
			return
		}
		to = min(to, end)
		w := max(x(to)-x(from), 2)
		b := bar{X: num(x(from)), Y: strconv.Itoa(laneY(lane) + 5), W: num(w), Class: class, TextX: num(x(from) + 5), TextY: strconv.Itoa(laneY(lane) + 22)}
		if room := int(w / 7.2); room > 4 {
			b.Text = text
			if len([]rune(text)) > room {
				b.Text = string([]rune(text)[:room-1]) + "…"
			}
		}
		if class == "o-fill-plan-cp" {
			b.TextClass = "o-fill-white"
		}
		pic.Bars = append(pic.Bars, b)
	}
	drawBars(p, end, addBar)
	bars := map[[2]string]bool{}
	for _, d := range p.Duties { // where a visit was late, whoever made it
		if len(d.Rule.MetBy.Kind) == 1 && d.Rule.MetBy.Kind[0] == "visit" {
			to := end
			if d.State != duty.Open {
				to = d.Ended.Date
			}
			if d.Due.On < to && d.Due.On <= end {
				if at := [2]string{num(x(d.Due.On)), num(x(to))}; !bars[at] {
					bars[at] = true
					addLate(&pic, x(d.Due.On), x(to), begin, to)
				}
			}
		}
	}
	seen, alone, tried, incidents, decisions, marked := 0, 0, 0, 0, 0, 0
	marks := p.Record.Significant()
	var events []eventLine
	n := 0
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		if ev.When.Date > end {
			break
		}
		at := num(x(ev.When.Date))
		picked := ev.When.Date >= begin && pick(ev)
		if v, ok := ev.Body.(child.Visit); ok && picked {
			m := mark{X: at, Y: "153", Kind: "tried", Path: fmt.Sprintf("M%.1f 148l10 10m0 -10l-10 10", x(ev.When.Date)-5)}
			how := 2
			switch {
			case v.Alone:
				m.Kind, alone, how = "alone", alone+1, 0
			case v.Seen:
				m.Kind, seen, how = "seen", seen+1, 1
			default:
				tried++
			}
			if !crowded(how, ev.When.Date, 6) {
				pic.Marks = append(pic.Marks, m)
			}
		}
		if marks[ev.ID] != nil && picked {
			marked++
			pic.Marks = append(pic.Marks, mark{X: at, Kind: "marked", Path: fmt.Sprintf("M%.1f 264l9 16h-18z", x(ev.When.Date))})
		}
		lane, ok := significant(ev.Body)
		if !ok {
			continue
		}
		n++
		k, _ := app.Registry().Known(ev.Kind)
		text := k.Title
		if say := summary(ev.Body, p.Line); say != "" {
			text += ": " + say
		}
		if !picked && ev.When.Date >= begin {
			continue
		}
		e := eventLine{ID: ev.ID, N: n, Bad: lane == 4, Date: ev.When.Date.Long(), ISO: ev.When.Date.String(), Text: text, By: p.Line.Name(ev.Author),
			Href: "/child/" + p.Record.Child + "/entry/" + string(ev.ID) + keep(known)}
		e.Disputes = disputeLines(p, ev.ID, known)
		if late := int(ev.Recorded.Date() - ev.When.Date); late > 7 && ev.Source.Kind != "import" {
			e.Late = count(late, "day later", "days later")
		}
		events = append(events, e)
		if ev.When.Date < begin {
			continue
		}
		m := mark{X: at, Text: strconv.Itoa(n), Kind: "decision", Y: num(x(ev.When.Date) - 10.5)}
		if lane == 4 {
			m.Kind, m.Path = "incident", fmt.Sprintf("M%.1f 182l14 14l-14 14l-14 -14z", x(ev.When.Date))
			incidents++
		} else {
			decisions++
		}
		if !crowded(lane, ev.When.Date, 14) {
			pic.Marks = append(pic.Marks, m)
		}
	}
	slices.Reverse(events)
	span := "last 18 months"
	if days != pictureDays {
		span = "time from " + begin.Long() + " to " + end.Long()
	}
	also := ""
	if marked > 0 {
		pic.Height, pic.Lanes = 296, append(slices.Clone(lanes), "Marked")
		also = count(marked, "event is", "events are") + " marked as significant. "
	}
	pic.Title = fmt.Sprintf("The child's %s: where living, plan, social worker, visits, incidents, decisions. Seen alone %d times, seen not alone %d times, tried and not seen %d times; %d incidents, %d decisions. %sThe same facts are in the list below.", span, alone, seen, tried, incidents, decisions, also)
	pic.Empty = len(p.Record.Events) == 0
	return pic, events
}

func addLate(pic *picture, from, to float64, begin, end day.Date) {
	if end < begin {
		return
	}
	pic.Bars = append(pic.Bars, bar{X: strconv.FormatFloat(from, 'f', 1, 64), Y: "134", W: strconv.FormatFloat(max(to-from, 2), 'f', 1, 64), Class: "late"})
}

// gridOf are the lines of a span: months, quarters or years, as many as can be read.
func gridOf(begin, end day.Date, x func(day.Date) string) (out []mark) {
	every := 1
	switch days := int(end - begin); {
	case days > 10*365:
		every = 12
	case days > 800:
		every = 3
	}
	for d := begin; d <= end; d++ {
		y, m, dom := d.Split()
		if dom != 1 || (int(m)-1)%every != 0 {
			continue
		}
		text := m.String()[:3]
		switch {
		case every > 1 && m == 1:
			text = strconv.Itoa(y)
		case m == 1:
			text += " " + strconv.Itoa(y)
		}
		if int(end-d)*(pictureWidth-laneLeft-30) < 36*max(1, int(end-begin)) { // the label of the end stands here
			text = ""
		}
		out = append(out, mark{X: x(d), Text: text})
	}
	return out
}

// drawBars draws what lasts: homes, plans, workers.
func drawBars(p *app.ChildPage, end day.Date, add func(int, day.Date, day.Date, string, string)) {
	type run struct {
		from day.Date
		text string
	}
	var home, plan, worker run
	flush := func(lane int, r *run, to day.Date, class string) {
		if r.text != "" {
			add(lane, r.from, to, class, r.text)
		}
		*r = run{}
	}
	planClass := func(t string) string {
		switch {
		case len(t) > 5 && t[:5] == "Child":
			return map[bool]string{true: "o-fill-plan-cp", false: "o-fill-plan-cin"}[len(t) > 16 && t[:16] == "Child protection"]
		}
		return "o-fill-plan"
	}
	workerClass := func(t string) string {
		if t == noWorker {
			return "none"
		}
		return "o-fill-grey"
	}
	address, placed := "", ""
	for ev, s := range p.Record.Life() {
		on := ev.When.Date
		if on > end {
			break
		}
		switch b := ev.Body.(type) {
		case child.Known:
			address = cmp.Or(b.Address, address)
		case child.PlacementStarted:
			placed = cmp.Or(b.Where, title(placementType(b.Type)))
		case child.LegalStatus: // a return states where the child goes on to live
			placed = cmp.Or(title(placementType(b.Type)), placed)
		}
		lives := address
		if s.LookedAfter {
			if lives = "In care, not recorded where"; s.Placement != "" {
				lives = placed
			}
		}
		if lives != home.text {
			flush(0, &home, on, "o-fill-home")
			home = run{on, lives}
		}
		if t := planText(*s); t != plan.text {
			flush(1, &plan, on, planClass(plan.text))
			plan = run{on, t}
		}
		w := ""
		if s.Open {
			w = noWorker
			if s.Post != "" {
				w = whoOwes(p.Line, line.KeyOf(s.Post), on)
			}
		}
		if w != worker.text {
			flush(2, &worker, on, workerClass(worker.text))
			worker = run{on, w}
		}
	}
	flush(0, &home, end, "o-fill-home")
	flush(1, &plan, end, planClass(plan.text))
	flush(2, &worker, end, workerClass(worker.text))
}

const noWorker = "no worker"

func planText(s child.Status) string {
	switch {
	case !s.Open:
		return ""
	case s.Plan == "cp":
		if c := child.CategoryName(s.Category); c != "" {
			return "Child protection plan: " + c
		}
		return "Child protection plan"
	case s.Enquiry:
		return "Section 47"
	case s.LookedAfter:
		return "Looked after"
	case s.Plan == "cin":
		return "Child in need plan"
	case s.Assessing:
		return "Assessment"
	case s.Undecided:
		return "Referral"
	case s.PrivatelyFostered:
		return "Private fostering"
	case s.LeavingCare:
		return "Leaving care"
	}
	return "Open"
}

// significant says in which lane an event is numbered, if it is.
func significant(b any) (lane int, ok bool) {
	switch x := b.(type) {
	case child.Contact, child.Referral:
		return 4, true
	case child.StrategyDiscussion:
		return 4, x.Section47
	case child.Section47Started:
		return 4, true
	case child.Decision, child.Conference, child.CPPlanStarted, child.CPPlanEnded, child.CINPlanStarted, child.CINPlanEnded, child.CaseClosed, child.Section47Ended, child.DutyStoodDown:
		return 5, true
	case child.Review:
		return 5, x.Of == "cp" || x.Of == "care"
	case child.Danger, child.MissingStarted, child.Incident:
		return 4, true
	case child.CareStarted, child.CareEnded, child.PlacementStarted, child.LegalStatus, child.OrderMade:
		return 5, true
	}
	return 0, false
}

func barFill(class string) string {
	switch class {
	case "o-fill-plan-cp":
		return "#1f4e79"
	case "o-fill-plan-cin":
		return "#bcd6ee"
	case "o-fill-plan":
		return "#e0ecf7"
	case "o-fill-home":
		return "#dbe7ea"
	}
	return "#e6e9ea"
}
