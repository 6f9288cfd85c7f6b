package web

import (
	"fmt"
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
func laneY(i int) int { return []int{28, 62, 96, 130, 176, 216}[i] }

// draw makes the time line and the numbered list of significant events from
// the record as it is shown.
func draw(p *app.ChildPage, cal *day.Calendar, known day.Instant) (picture, []eventLine) {
	end := p.At.Date()
	begin := end - pictureDays
	x := func(d day.Date) float64 {
		d = min(max(d, begin), end)
		return laneLeft + float64(d-begin)/float64(pictureDays)*float64(pictureWidth-laneLeft-30)
	}
	num := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	pic := picture{Width: pictureWidth, Now: num(x(end)), NowText: "now"}
	if p.Past {
		pic.NowText = "then"
	}
	for d := begin; d <= end; d++ {
		if y, m, dom := d.Split(); dom == 1 {
			text := m.String()[:3]
			if m == 1 {
				text += " " + strconv.Itoa(y)
			}
			if end-d < 18 { // the label of the moment shown stands here
				text = ""
			}
			pic.Months = append(pic.Months, mark{X: num(x(d)), Text: text})
		}
	}
	addBar := func(lane int, from, to day.Date, class, text string) {
		if to < begin || from > end {
			return
		}
		if to == 0 || to > end {
			to = end
		}
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
	for _, d := range p.Duties { // where a visit was late, whoever made it
		if len(d.Rule.MetBy.Kind) == 1 && d.Rule.MetBy.Kind[0] == "visit" {
			to := end
			if d.State != duty.Open {
				to = d.Ended.Date
			}
			if d.Due.On < to {
				addLate(&pic, x(d.Due.On), x(to), begin, d.Due.On, to)
			}
		}
	}
	seen, alone, tried, incidents, decisions := 0, 0, 0, 0, 0
	var events []eventLine
	n := 0
	for i := range p.Record.Events {
		ev := &p.Record.Events[i]
		if ev.When.Date > end {
			continue
		}
		at := num(x(ev.When.Date))
		if v, ok := ev.Body.(child.Visit); ok && ev.When.Date >= begin {
			m := mark{X: at, Y: "153", Kind: "tried", Path: fmt.Sprintf("M%.1f 148l10 10m0 -10l-10 10", x(ev.When.Date)-5)}
			switch {
			case v.Alone:
				m.Kind, alone = "alone", alone+1
			case v.Seen:
				m.Kind, seen = "seen", seen+1
			default:
				tried++
			}
			pic.Marks = append(pic.Marks, m)
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
		e := eventLine{N: n, Bad: lane == 4, Date: ev.When.Date.Long(), ISO: ev.When.Date.String(), Text: text, By: p.Line.Name(ev.Author),
			Href: "/child/" + p.Record.Child + "/entry/" + string(ev.ID) + keep(known)}
		e.Disputes = disputeLines(p, ev.ID, known)
		if late := int(ev.Recorded.Date() - ev.When.Date); late > 7 && ev.Source.Kind != "import" {
			e.Late = count(late, "day later", "days later")
		}
		events = append([]eventLine{e}, events...)
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
		pic.Marks = append(pic.Marks, m)
	}
	pic.Title = fmt.Sprintf("The child's last 18 months in six rows: where living, plan, social worker, visits, incidents, decisions. Seen alone %d times, seen not alone %d times, tried and not seen %d times; %d incidents, %d decisions. The same facts are in the list below.", alone, seen, tried, incidents, decisions)
	pic.Empty = len(p.Record.Events) == 0
	return pic, events
}

func addLate(pic *picture, from, to float64, begin, due, end day.Date) {
	if end < begin {
		return
	}
	pic.Bars = append(pic.Bars, bar{X: strconv.FormatFloat(from, 'f', 1, 64), Y: "134", W: strconv.FormatFloat(max(to-from, 2), 'f', 1, 64), Class: "late"})
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
	address := ""
	for i, s := range p.Record.Statuses() {
		ev := &p.Record.Events[i]
		on := ev.When.Date
		if on > end {
			break
		}
		if k, ok := ev.Body.(child.Known); ok && k.Address != "" && k.Address != address {
			flush(0, &home, on, "o-fill-home")
			address = k.Address
			home = run{on, address}
		}
		if t := planText(s); t != plan.text {
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
