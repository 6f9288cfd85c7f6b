package child

// Enquiry is a section 47 enquiry: how it began, and how it ended.
type Enquiry struct {
	Start *Event // a strategy discussion, a decision or the entry that says it started
	// Talks are its strategy discussions, also those that began nothing.
	Talks []*Event
	// Ended is the entry that says how it ended; where nobody recorded one, the conference,
	// the plan or the closure that ended it. Nil: it goes on.
	Ended      *Event
	Conference *Event // nil: none was held
}

// Open says that it is under way.
func (q Enquiry) Open() bool { return q.Ended == nil && q.Conference == nil }

// End is what ended it; nil: it goes on.
func (q Enquiry) End() *Event {
	if q.Ended == nil {
		return q.Conference
	}
	return q.Ended
}

// Enquiries are the section 47 enquiries of a child, in the order in which they began. They
// begin and end as Status says.
func (r Record) Enquiries() (out []Enquiry) {
	under := false
	var before []*Event // discussions that began nothing yet
	for ev, s := range r.Life() {
		switch b := ev.Body.(type) {
		case StrategyDiscussion:
			if !under && !s.Enquiry {
				before = append(before, ev)
			}
		case Section47Ended, CPPlanStarted, CaseClosed:
			if n := len(out); n > 0 && out[n-1].Ended == nil && (under || ev.Kind == "section47.ended") && (ev.Kind == "section47.ended" || out[n-1].Conference == nil) {
				out[n-1].Ended = ev
			}
		case Conference:
			for i := len(out) - 1; i >= 0; i-- {
				if out[i].Conference == nil && (b.Section47 == "" && i == len(out)-1 || b.Section47 == out[i].Start.ID) {
					out[i].Conference = ev
					break
				}
			}
		}
		if s.Enquiry && !under {
			out = append(out, Enquiry{Start: ev})
			for _, x := range before { // a discussion a few days before is part of what began it
				if x.When.Date >= ev.When.Date-14 {
					out[len(out)-1].Talks = append(out[len(out)-1].Talks, x)
				}
			}
			before = nil
		}
		if s.Enquiry && ev.Kind == "strategy-discussion" {
			out[len(out)-1].Talks = append(out[len(out)-1].Talks, ev)
		}
		under = s.Enquiry
	}
	return out
}

// Found are what entries say from the day on which an enquiry began to the day on which it
// ended, the newest first: what was seen, said, told and learnt.
func (r Record) Found(q Enquiry) (out []Belongs) {
	end := q.End()
	for i := len(r.Events) - 1; i >= 0; i-- {
		ev := &r.Events[i]
		if ev.When.Date < q.Start.When.Date {
			break
		}
		if end != nil && ev.When.Date > end.When.Date || ev.Kind == "strategy-discussion" {
			continue
		}
		if text, how := Gist(ev.Body); text != "" {
			out = append(out, Belongs{Event: ev, Text: text, How: how})
		}
	}
	return out
}
