package dailyfeed

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Left says why there is nothing to send of a child.
type Left int

// The reasons.
const (
	In        Left = iota // there is
	NoEpisode             // nothing that the feed asks for was recorded: no referral, no plan, no care
	NoNumber              // no number of this authority, by which the Department knows a child
	Same                  // the record was found to be that of another child, whose record counts
)

// Made is what the feed says of a child, made from the record as it stands on a day.
// What no entry says is left out, never guessed: workers are those whose number a return
// brought in, since the line keeps none.
//
// An identifier that a feed brought in stays what it was; else it is that of the entry
// with which the thing began. So what is written, read into an empty store and written
// again is the same to the byte.
func Made(authority string, on day.Date, rec child.Record) (Child, Left) {
	m := &making{authority: authority, on: on, rec: rec, of: map[string]*work{}, items: map[string]any{}, began: map[entry.ID]any{}}
	who := rec.Identity()
	c := Child{Details: m.details(who)}
	upn, unknown := "", ""
	for _, id := range who.IDs { // the last that was said counts
		switch {
		case id.System == "la-child" && id.Authority == authority:
			c.LAChildID = id.Value
		case id.System == "mis-child" && id.Authority == authority:
			c.MISChildID = id.Value
		case id.System == "upn":
			upn = id.Value
		case id.System == "upn-unknown":
			unknown = id.Value
		case id.System == "former-upn":
			c.Details.FormerUPN = id.Value
		}
	}
	if c.Details.UPN = upn; upn == "" {
		c.Details.UPNUnknown = unknown
	}
	same := rec.SameAs() != ""
	m.referrals()
	m.work()
	m.stays()
	c.Episodes = m.episodes()
	if sdq := m.questionnaires(); len(sdq) > 0 {
		c.Health = &Health{SDQ: sdq}
	}
	switch {
	case len(c.Episodes) == 0:
		return Child{}, NoEpisode
	case same:
		return Child{LAChildID: c.LAChildID}, Same
	case c.LAChildID == "":
		return Child{}, NoNumber
	}
	return c, In
}

// Purged is a child of whom the Department is to remove all that was sent.
func Purged(number string) Child { return Child{LAChildID: number, Purge: true} }

// making makes the payload of one child.
type making struct {
	authority string
	on        day.Date
	rec       child.Record
	all       []*work
	of        map[string]*work // by the identifier that a feed gave
	items     map[string]any   // what a feed began, by the key above its parts
	began     map[entry.ID]any // what an entry began
}

// work is a social care episode while it is put together.
type work struct {
	Episode
	from, to  day.Date // of the referral, of the closure; zero: none
	first     day.Date // the first day of which anything is known
	referral  entry.ID
	over      bool // it is closed, though no day of that is to be written
	assessed  []*Assessment
	cin       []*CINPlan
	enquiries []*Section47
	cp        []*CPPlan
}

// key gives what a feed of this authority named an event: the episode and what stands
// below it.
func (m *making) key(ev *child.Event) (episode, below string, ok bool) {
	rest, ok := strings.CutPrefix(ev.Source.Key, Of+"/"+m.authority+"/")
	if !ok || ev.Source.Of != Of {
		return "", "", false
	}
	_, rest, _ = strings.Cut(rest, "/") // the child's number
	rest, ok = strings.CutPrefix(rest, underEpisode)
	if !ok {
		return "", "", false
	}
	id, below, _ := strings.Cut(rest, "/")
	if id, err := url.PathUnescape(id); err == nil && id != "" {
		return id, below, true
	}
	return "", "", false
}

// id names a thing that an event began: as a feed did, else by the entry.
func (m *making) id(ev *child.Event, under string) string {
	if _, below, ok := m.key(ev); ok {
		if id, ok := strings.CutPrefix(below, under); ok {
			id, _, _ = strings.Cut(id, "/")
			if id, err := url.PathUnescape(id); err == nil && id != "" && !strings.HasPrefix(id, "~") {
				return id
			}
		}
	}
	return string(ev.ID)
}

// above is the key of the thing that an event is a part of, where a feed named it.
func (m *making) above(ev *child.Event) string {
	episode, below, ok := m.key(ev)
	if i := strings.LastIndexByte(below, '/'); ok && i > 0 {
		return episode + "/" + below[:i]
	}
	return ""
}

func (m *making) named(id string, on day.Date) *work {
	w := m.of[id]
	if w == nil {
		w = &work{Episode: Episode{ID: id}, first: on}
		m.of[id] = w
		m.all = append(m.all, w)
	}
	w.first = min(w.first, on)
	return w
}

// referrals begins the episodes: each that a feed named, and each referral that came
// while none was open. A referral while the case is open belongs to what is open.
func (m *making) referrals() {
	var now *work
	for i := range m.rec.Events {
		ev := &m.rec.Events[i]
		on := ev.When.Date
		id, _, keyed := m.key(ev)
		switch b := ev.Body.(type) {
		case child.Referral:
			var w *work
			switch {
			case keyed:
				w = m.named(id, on)
				if w.from != 0 {
					continue
				}
			case now == nil || now.to != 0 || now.over:
				w = &work{Episode: Episode{ID: string(ev.ID)}, first: on}
				m.all = append(m.all, w)
				now = w
			default:
				continue
			}
			w.from, w.referral, w.ReferralDate, w.ReferralSource, w.NoAction = on, ev.ID, DateOf(on), b.Code, b.NoAction
		case child.Decision:
			w := now
			for _, x := range m.all {
				if x.referral != "" && x.referral == b.Referral {
					w = x
				}
			}
			if w == nil || w.to != 0 {
				continue
			}
			nothing := b.Outcome == child.NoAction
			if nothing || w.NoAction == nil && b.Outcome != child.EarlyHelp {
				w.NoAction = &nothing
			}
			if m.shut(i) {
				w.over = nothing
				if !nothing {
					w.to, w.ClosureDate = on, DateOf(on)
				}
			}
		case child.CaseClosed:
			w := now
			for _, x := range m.all {
				if !keyed && b.Referred != 0 && x.from == b.Referred && x.to == 0 {
					w = x
				}
			}
			if keyed {
				w = m.named(id, on)
			}
			switch {
			case w == nil || w.to != 0:
			case b.Why == notDecided && keyed:
				w.over = true
			default:
				w.to, w.ClosureDate, w.ClosureReason = on, DateOf(on), b.Reason
			}
		default:
			if keyed {
				m.named(id, on)
			}
		}
	}
	m.adopt()
}

// shut says whether the case is closed after an event.
func (m *making) shut(i int) bool {
	for at, s := range m.rec.Life() {
		if at.ID == m.rec.Events[i].ID {
			return !s.Open
		}
	}
	return false
}

// adopt joins an episode that a feed named, whose referral the record had already by
// another way, with that referral.
func (m *making) adopt() {
	for _, w := range slices.Clone(m.all) {
		if m.of[w.ID] != w {
			continue
		}
		at := -1
		for i, u := range m.all {
			if m.of[u.ID] != u && (w.from == u.from || w.from == 0 && u.from <= w.first && (u.to == 0 || u.to >= w.first)) {
				at = i
			}
		}
		if at < 0 {
			continue
		}
		u := m.all[at]
		if w.from == 0 {
			w.from, w.referral, w.ReferralDate, w.ReferralSource, w.NoAction = u.from, u.referral, u.ReferralDate, u.ReferralSource, u.NoAction
		}
		if w.to == 0 {
			w.to, w.ClosureDate, w.ClosureReason = u.to, u.ClosureDate, u.ClosureReason
		}
		m.all = slices.Delete(m.all, at, at+1)
	}
}

// where is the episode to which an event belongs: the one that a feed named, else the
// last that was open on the day, else the last before it, else one without a referral.
func (m *making) where(ev *child.Event) *work {
	if id, _, ok := m.key(ev); ok {
		return m.of[id]
	}
	on := ev.When.Date
	var open, before *work
	for _, w := range m.all {
		if w.from == 0 || w.from > on {
			continue
		}
		if before == nil || w.from >= before.from {
			before = w
		}
		if (w.to == 0 || w.to >= on) && (open == nil || w.from >= open.from) {
			open = w
		}
	}
	if w := cmp.Or(open, before); w != nil {
		return w
	}
	for _, w := range m.all {
		if w.from == 0 {
			return w
		}
	}
	return m.named(string(ev.ID), on)
}

// begun notes what an event began, so that what belongs to it finds it.
func (m *making) begun(ev *child.Event, x any) {
	m.began[ev.ID] = x
	if at := m.above(ev); at != "" {
		m.items[at] = x
	}
}

// whose finds what an event belongs to: what a feed says, what the entry names, else
// the last of an episode that is open for it.
func whose[T any](m *making, ev *child.Event, ref entry.ID, last []*T, open func(*T) bool) *T {
	if x, ok := m.items[m.above(ev)].(*T); ok {
		return x
	}
	if x, ok := m.began[ref].(*T); ok {
		return x
	}
	for _, x := range slices.Backward(last) {
		if open(x) {
			return x
		}
	}
	return nil
}

// work puts assessments, enquiries, plans and the rest into their episodes.
func (m *making) work() {
	var assessed []*Assessment
	var cin []*CINPlan
	var enquiries []*Section47
	var cp []*CPPlan
	for i := range m.rec.Events {
		ev := &m.rec.Events[i]
		on := DateOf(ev.When.Date)
		switch b := ev.Body.(type) {
		case child.AssessmentStarted:
			x := &Assessment{ID: m.id(ev, underAssessment), Start: on}
			w := m.where(ev)
			w.assessed, assessed = append(w.assessed, x), append(assessed, x)
			m.begun(ev, x)
		case child.AssessmentAuthorised:
			if x := whose(m, ev, b.Assessment, assessed, func(x *Assessment) bool { return x.Authorised == "" }); x != nil {
				x.Authorised = on
			}
		case child.AssessmentFactors:
			if x := whose(m, ev, b.Assessment, assessed, func(x *Assessment) bool { return x.Factors == nil }); x != nil {
				x.Factors = once(b.Codes)
			}
		case child.CINPlanStarted:
			x := &CINPlan{ID: m.id(ev, underCIN), Start: on}
			w := m.where(ev)
			w.cin, cin = append(w.cin, x), append(cin, x)
			m.begun(ev, x)
		case child.CINPlanEnded:
			if x := whose(m, ev, b.Started, cin, func(x *CINPlan) bool { return x.End == "" }); x != nil {
				x.End = on
			}
		case child.CPPlanStarted:
			x := &CPPlan{ID: m.id(ev, underCP), Start: on}
			w := m.where(ev)
			w.cp, cp = append(w.cp, x), append(cp, x)
			m.begun(ev, x)
		case child.CPPlanEnded:
			if x := whose(m, ev, b.Started, cp, func(x *CPPlan) bool { return x.End == "" }); x != nil {
				x.End = on
			}
		case child.Section47Started:
			x := &Section47{ID: m.id(ev, underEnquiry), Start: on}
			if b.NotNeeded {
				x.Required = new(bool)
			}
			w := m.where(ev)
			w.enquiries, enquiries = append(w.enquiries, x), append(enquiries, x)
			m.begun(ev, x)
		case child.Conference:
			if x := whose(m, ev, b.Section47, enquiries, func(x *Section47) bool { return x.Conference == "" && x.Required == nil }); x != nil {
				x.Conference, x.Required = on, yes()
			}
		case child.Section47Ended:
			if x := whose(m, ev, b.Started, enquiries, func(x *Section47) bool { return x.End == "" }); x != nil {
				x.End = on
				switch {
				case b.Conference == "needed":
					x.Required = yes()
				case b.Conference == "not needed" && x.Conference == "":
					x.Required = new(bool)
				}
			}
		case child.WorkerEpisode:
			w := m.where(ev)
			w.Workers = append(w.Workers, Worker{ID: b.Worker, Start: on, End: DateOf(b.Until)})
		case child.Adoption:
			m.adoption(ev, b.Step, on)
		case child.Adopted:
			m.adoption(ev, "decided", DateOf(b.Decided))
			m.adoption(ev, "matched", DateOf(b.Matched))
		case child.LeavingCare:
			if b.Step == "in touch" || b.Step == "seen" {
				l := m.leaver(ev)
				l.Contact, l.Activity, l.Accommodation = on, cmp.Or(b.Activity, l.Activity), cmp.Or(b.Lives, l.Accommodation)
			}
		case child.LeaverYear:
			if b.Activity+b.Lives != "" {
				l := m.leaver(ev)
				l.Activity, l.Accommodation = cmp.Or(b.Activity, l.Activity), cmp.Or(b.Lives, l.Accommodation)
			}
		}
	}
}

func yes() *bool { t := true; return &t }

func (m *making) adoption(ev *child.Event, step string, on Date) {
	if on == "" || step != "decided" && step != "matched" && step != "placed" {
		return
	}
	w := m.where(ev)
	if w.Adoption == nil {
		w.Adoption = &Adoption{}
	}
	switch step {
	case "decided":
		w.Adoption.Decided = on
	case "matched":
		w.Adoption.Matched = on
	case "placed":
		w.Adoption.Placed = on
	}
}

func (m *making) leaver(ev *child.Event) *Leaver {
	w := m.where(ev)
	if w.Leaver == nil {
		w.Leaver = &Leaver{}
	}
	return w.Leaver
}

// once is a list without what stands in it a second time.
func once(list []string) (out []string) {
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// stays makes the child's episodes of care, as the SSDA903 has them: a day on which care
// began, the ground changed or a placement began is the first of a new one. X1 is the
// reason of its end where another begins on the day; where nobody recorded a code, none
// is given.
func (m *making) stays() {
	var row *Placement
	var of *work
	var typ, post string
	inCare := false
	end := func(on day.Date, reason, change string) {
		if row != nil {
			row.End, row.EndReason, row.ChangeReason = DateOf(on), reason, change
			of.Placements = append(of.Placements, *row)
			row = nil
		}
	}
	for i := 0; i < len(m.rec.Events); {
		on, n := m.rec.Events[i].When.Date, i+1
		for n < len(m.rec.Events) && m.rec.Events[n].When.Date == on {
			n++
		}
		d := m.careOn(m.rec.Events[i:n])
		i = n
		if d.typ != "" {
			typ, post = d.typ, d.post
		}
		switch {
		case d.began || (d.ground || d.moved) && (inCare || d.stated):
			end(on, "X1", d.change)
			inCare, of = true, m.where(d.first)
			row = &Placement{ID: d.id, Start: DateOf(on), StartReason: d.reason(), Type: typ}
			if typ != "" {
				row.Postcode = post
			}
		case d.left && d.ended == nil:
			end(on, "", d.change)
			typ, post = "", ""
		}
		if d.ended != nil {
			end(on, d.ended.Code, "")
			typ, post, inCare = "", "", false
		}
	}
	if row != nil {
		of.Placements = append(of.Placements, *row)
	}
}

// careDay is what happened to a child in care on one day.
type careDay struct {
	began, ground, moved, stated, left bool
	codes                              [3]string // reasons of the beginning of care, of the ground, of the placement
	typ, post, change, id              string
	first                              *child.Event // that began an episode
	ended                              *child.CareEnded
}

// reason is why an episode begins: as recorded, else what changed.
func (d careDay) reason() string {
	why := "P"
	switch {
	case d.began:
		why = "S"
	case d.ground && d.moved:
		why = "B"
	case d.ground:
		why = "L"
	}
	return cmp.Or(d.codes[0], d.codes[1], d.codes[2], why)
}

func (m *making) careOn(events []child.Event) (d careDay) {
	begin := func(ev *child.Event) {
		id := m.id(ev, underPlacement)
		if d.first == nil || id != string(ev.ID) && d.id == string(d.first.ID) { // a name that a feed gave goes before
			d.first, d.id = ev, id
		}
	}
	for i := range events {
		ev := &events[i]
		switch b := ev.Body.(type) {
		case child.CareStarted:
			d.began, d.codes[0] = true, b.Code
			begin(ev)
		case child.LegalStatus:
			d.ground, d.stated, d.codes[1] = true, d.stated || b.Code != "" || b.Type != "", b.Code
			if b.Type != "" {
				d.typ, d.post = b.Type, b.Post
			}
			begin(ev)
		case child.PlacementStarted:
			d.moved, d.stated, d.codes[2] = true, d.stated || b.Code != "" || b.Ground != "", b.Code
			d.typ, d.post = b.Type, b.Post
			begin(ev)
		case child.PlacementEnded:
			d.left, d.change = true, b.Code
		case child.CareEnded:
			d.ended = &b
		}
	}
	return d
}

// episodes are the episodes with what is in them, in the order of their referrals.
func (m *making) episodes() (out []Episode) {
	for _, w := range m.all {
		e := w.Episode
		e.Assessments, e.CINPlans, e.Section47s, e.CPPlans = values(w.assessed), values(w.cin), values(w.enquiries), values(w.cp)
		slices.SortFunc(e.Workers, func(a, b Worker) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID), cmp.Compare(a.End, b.End))
		})
		slices.SortFunc(e.Assessments, func(a, b Assessment) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
		slices.SortFunc(e.CINPlans, func(a, b CINPlan) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
		slices.SortFunc(e.Section47s, func(a, b Section47) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
		slices.SortFunc(e.CPPlans, func(a, b CPPlan) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
		slices.SortFunc(e.Placements, func(a, b Placement) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
		if w.from != 0 || len(e.Workers)+len(e.Assessments)+len(e.CINPlans)+len(e.Section47s)+len(e.CPPlans)+len(e.Placements) > 0 || e.Adoption != nil || e.Leaver != nil || e.ClosureDate != "" {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Episode) int {
		return cmp.Or(cmp.Compare(a.ReferralDate, b.ReferralDate), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func values[T any](list []*T) (out []T) {
	for _, x := range list {
		out = append(out, *x)
	}
	return out
}

// details is who the child is; the numbers are not in it.
func (m *making) details(who child.Known) *Details {
	d := &Details{FirstName: who.Given, Surname: who.Family, Birth: DateOf(who.Birth), ExpectedBirth: DateOf(who.Expected), Sex: who.Sex, Ethnicity: who.Ethnicity, Disabilities: once(who.Disability)}
	home := "" // as a return of children in care gave it last
	for i := range m.rec.Events {
		switch b := m.rec.Events[i].Body.(type) {
		case child.LegalStatus:
			home = cmp.Or(b.HomePost, home)
		case child.PlacementStarted:
			home = cmp.Or(b.HomePost, home)
		}
	}
	d.Postcode = cmp.Or(Postcode(who.Address), home)
	if ends, alone := m.alone(who); alone {
		d.UASC = yes()
		if ends != 0 && ends <= m.on { // while the status lasts there is no day
			d.UASCEnd = DateOf(ends)
		}
	}
	return d
}

// alone says whether the child came alone to seek asylum, and when that status ends: on
// the day that was recorded, else on the 18th birthday.
func (m *making) alone(who child.Known) (ends day.Date, alone bool) {
	said := false
	for i := range m.rec.Events {
		switch b := m.rec.Events[i].Body.(type) {
		case child.UnaccompaniedStatus:
			alone, said, ends = true, true, b.Ends
		case child.Unaccompanied:
			if alone = alone || b.Step == "arrived"; alone && !said {
				ends = who.Adult()
			}
		}
	}
	return ends, alone
}

// questionnaires are those with a score and a day.
func (m *making) questionnaires() (out []SDQ) {
	for i := range m.rec.Events {
		ev := &m.rec.Events[i]
		if b, ok := ev.Body.(child.Health); ok && b.Of == "strengths and difficulties" && b.Step == "done" && b.Score != nil {
			out = append(out, SDQ{Date: DateOf(ev.When.Date), Score: b.Score})
		}
	}
	slices.SortFunc(out, func(a, b SDQ) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(*a.Score, *b.Score)) })
	return slices.CompactFunc(out, func(a, b SDQ) bool { return a.Date == b.Date && *a.Score == *b.Score })
}
