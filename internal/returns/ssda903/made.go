package ssda903

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// Left says which children could not be in a return that was made.
type Left struct {
	NoNumber int // something of the year is recorded, but no number of this authority
	Same     int // the record was found to be that of another child, whose record counts
	Liberty  int // orders of deprivation of liberty, which the return has from 2026/27
}

// Making makes a return from records, as they stand: what happened in the collection
// year, and what went on in it. Nothing that is not recorded is guessed; a cell that
// no entry fills is empty.
type Making struct {
	terms Terms
	left  Left
	all   []made
}

// Make begins a return.
func Make(t Terms) *Making { return &Making{terms: t} }

// Left says who could not be in it, of those who were put in so far.
func (m *Making) Left() Left { return m.left }

// Add puts one child's record in, and says whether the child is in what is made.
func (m *Making) Add(rec child.Record) (in bool) {
	c, same := of(m.terms, rec)
	switch {
	case !c.any():
	case same:
		m.left.Same++
	case c.id == "":
		m.left.NoNumber++
	default:
		m.all = append(m.all, c)
		return true
	}
	return false
}

// Return is the return of the records that were put in, with all tables that its year
// has, whether they have rows or not. Children stand in the order of their numbers, so
// that the same records always make the same return. It says too who could not be in it.
func (m *Making) Return() (*Return, Left) {
	left := m.left
	slices.SortStableFunc(m.all, func(a, b made) int { return cmp.Compare(a.id, b.id) })
	ret := &Return{}
	for table := range TableCount {
		rows := NewRows(table)
		for _, c := range m.all {
			if table == DoLo && m.terms.Year < FirstDoLo {
				left.Liberty += len(c.rows[table])
				continue
			}
			for _, cells := range c.rows[table] {
				rows.Append(rows.Len()+2, func(f Field) string { return cells[f] })
			}
		}
		if rows.Done(); table != DoLo || m.terms.Year >= FirstDoLo {
			ret.Add(rows, false)
		}
	}
	return ret, left
}

// FirstDoLo is the collection year from which the return has deprivations of liberty.
const FirstDoLo = 2027

// firstSex is the collection year from which sex is given as M, F or U; before, 1 or 2.
const firstSex = 2025

// line is what a row says in some of its columns.
type line map[Field]string

// made is what the return says of one child.
type made struct {
	id   string
	rows [TableCount][]line
}

// any says whether there is anything of the year.
func (m made) any() bool {
	return slices.ContainsFunc(m.rows[:], func(rows []line) bool { return len(rows) > 0 })
}

// of makes the rows of one child. It says too whether the record is another's.
func of(t Terms, rec child.Record) (m made, same bool) {
	who := rec.Identity()
	upn := ""
	for _, id := range who.IDs { // the last that was said counts
		switch {
		case id.System == "la-child" && id.Authority == t.Authority:
			m.id = id.Value
		case id.System == "upn", id.System == "upn-unknown":
			upn = id.Value
		}
	}
	same = rec.SameAs() != ""
	y := &yearOf{Terms: t, rec: rec}
	m.rows[Episodes] = y.episodes()
	m.rows[Reviews] = y.reviews()
	m.rows[Missing] = y.missing()
	m.rows[PlacedAdoption] = y.placed(len(m.rows[Episodes]) > 0)
	m.rows[OC2] = y.health(m.rows[Episodes])
	for _, ev := range rec.Events {
		on := ev.When.Date
		in := on >= t.Start() && on <= t.End()
		switch b := ev.Body.(type) {
		case child.LeaverYear:
			if in {
				m.rows[OC3] = []line{{InTouch: b.InTouch, Activity: b.Activity, Accommodation: b.Lives}}
			}
		case child.Adopted:
			if in || y.adopted {
				m.rows[AD1] = []line{{DateInt: written(b.Decided), DateMatch: written(b.Matched), FosterCare: yesNo(b.Foster), AdopterNumber: b.Adopters, AdopterSex: b.Sexes, AdopterStatus: b.Status}}
			}
		case child.PreviousPermanence:
			if in || len(m.rows[Episodes]) > 0 {
				m.rows[PrevPerm] = []line{{PrevPermType: b.Type, PermLA: b.Authority, DatePerm: b.On}}
			}
		case child.WorkerEpisode:
			if on <= t.End() && (b.Until == 0 || b.Until >= t.Start()) {
				m.rows[SWEpisodes] = append(m.rows[SWEpisodes], line{SWID: b.Worker, SWStart: written(on), SWEnd: written(b.Until), SWReason: b.Why})
			}
		case child.LibertyDeprived:
			if on <= t.End() && (b.Until == 0 || b.Until >= t.Start()) {
				m.rows[DoLo] = append(m.rows[DoLo], line{DoLoStart: written(on), DoLoEnd: written(b.Until)})
			}
		}
	}
	if ends, alone := y.alone(who); alone && m.any() && (ends == 0 || ends >= t.Start()) {
		m.rows[UASC] = []line{{DUC: written(ends)}}
	}
	if !m.any() {
		return m, same
	}
	sex := who.Sex
	if t.Year < firstSex {
		sex = map[string]string{"M": "1", "F": "2"}[sex]
	}
	m.rows[Header] = []line{{Ethnic: who.Ethnicity, UPN: upn, Mother: who.Mother, MotherChildDOB: written(who.ChildBorn)}}
	for table := range m.rows {
		for _, c := range m.rows[table] {
			c[Child], c[Sex], c[DOB] = m.id, sex, written(who.Birth)
		}
	}
	return m, same
}

// yearOf is a record asked about one year.
type yearOf struct {
	Terms
	rec     child.Record
	adopted bool // care ended in the year by adoption
}

// days goes through the days up to the end of the year on which anything happened.
func (y *yearOf) days(yield func(day.Date, []child.Event) bool) {
	for i := 0; i < len(y.rec.Events); {
		on, n := y.rec.Events[i].When.Date, i+1
		for n < len(y.rec.Events) && y.rec.Events[n].When.Date == on {
			n++
		}
		if on > y.End() || !yield(on, y.rec.Events[i:n]) {
			return
		}
		i = n
	}
}

// running is the episode of care that runs, and what the next one goes on with.
type running struct {
	ground, need, typ, provider string
	where                       child.Whereabouts
	row                         line // nil: none runs
	inCare                      bool
}

// episodes makes the child's episodes. A day on which care began, the ground changed
// or a placement began is the first of a new one.
func (y *yearOf) episodes() (out []line) {
	var now running
	end := func(on day.Date, rec, change string) {
		if now.row == nil {
			return
		}
		now.row[DEC], now.row[REC], now.row[Change] = written(on), rec, change
		if on >= y.Start() {
			out = append(out, now.row)
		}
		now.row = nil
	}
	for on, events := range y.days {
		var rne [3]string // of the beginning of care, of the ground, of the placement
		var began, ground, moved, stated bool
		change, left, ended := "", false, (*child.CareEnded)(nil)
		for _, ev := range events {
			switch b := ev.Body.(type) {
			case child.CareStarted:
				if began = true; b.Need != "" || !now.inCare {
					now.need = b.Need
				}
				now.ground, rne[0] = b.Status, b.Code
			case child.LegalStatus:
				ground, stated = true, stated || b.Code != "" || b.Type != ""
				now.ground, now.need, rne[1] = b.Status, cmp.Or(b.Need, now.need), b.Code
				if b.Type != "" {
					now.typ, now.provider, now.where = b.Type, b.Provider, b.Whereabouts
				}
			case child.PlacementStarted:
				moved, stated = true, stated || b.Code != "" || b.Ground != ""
				now.ground, now.need, rne[2] = cmp.Or(b.Ground, now.ground), cmp.Or(b.Need, now.need), b.Code
				home := now.where.HomePost
				if now.typ, now.provider, now.where = b.Type, b.Provider, b.Whereabouts; ev.Source.Kind != "import" {
					now.where.HomePost = cmp.Or(now.where.HomePost, home)
				}
			case child.PlacementEnded:
				left, change = true, b.Code
			case child.CareEnded:
				ended = &b
			}
		}
		if began || (ground || moved) && (now.inCare || stated) {
			end(on, "X1", change)
			now.inCare = true
			now.row = line{DECOM: written(on), RNE: cmp.Or(rne[0], rne[1], rne[2], why(began, ground, moved)), LS: now.ground, CIN: now.need, Place: now.typ, Provider: now.provider,
				HomePost: now.where.HomePost, PlacePost: now.where.Post, URN: now.where.URN}
		} else if left && ended == nil {
			end(on, "X1", change)
			now.typ, now.provider, now.where = "", "", child.Whereabouts{HomePost: now.where.HomePost}
		}
		if ended != nil {
			y.adopted = y.adopted || on >= y.Start() && (ended.Code == "E11" || ended.Code == "E12")
			end(on, ended.Code, "")
			now = running{}
		}
	}
	if now.row != nil {
		out = append(out, now.row)
	}
	return out
}

// why is the reason for a new episode, of what began or changed on its day. B is a
// change of the ground and of where the child lives.
func why(began, ground, moved bool) string {
	switch {
	case began:
		return "S"
	case ground && moved:
		return "B"
	case ground:
		return "L"
	}
	return "P"
}

func (y *yearOf) reviews() (out []line) {
	for on, events := range y.days {
		part, held := "", false
		for _, ev := range events {
			if b, ok := ev.Body.(child.Review); ok && b.Of == "care" {
				held, part = true, cmp.Or(b.Part, part)
			}
		}
		if held && on >= y.Start() {
			out = append(out, line{Review: written(on), ReviewCode: part})
		}
	}
	return out
}

// span is something that began and may have ended.
type span struct {
	key      string
	from, to day.Date
	code     string // of its beginning, or of its end
}

// ended closes the span that an entry belongs to: the one that the same file began,
// else the last that is open.
func ended(all []span, ev child.Event, code string) {
	at := -1
	began, _ := strings.CutSuffix(ev.Source.Key, "/end")
	for i, s := range all {
		if s.to != 0 {
			continue
		}
		if at = i; began != "" && s.key == began {
			break
		}
	}
	if at >= 0 {
		all[at].to, all[at].code = ev.When.Date, cmp.Or(code, all[at].code)
	}
}

func (y *yearOf) missing() (out []line) {
	var all []span
	for on, events := range y.days {
		for _, ev := range events {
			switch b := ev.Body.(type) {
			case child.MissingStarted:
				how := "M"
				if b.Away {
					how = "A"
				}
				all = append(all, span{key: ev.Source.Key, from: on, code: how})
			case child.MissingEnded:
				ended(all, ev, "")
			}
		}
	}
	for _, s := range all {
		if s.to == 0 || s.to >= y.Start() {
			out = append(out, line{MissingType: s.code, MissingStart: written(s.from), MissingEnd: written(s.to)})
		}
	}
	return out
}

// placed makes the decisions that the child should be placed for adoption. One that
// stands is told of every year in which the child is in care.
func (y *yearOf) placed(inCare bool) (out []line) {
	var all []span
	for on, events := range y.days {
		for _, ev := range events {
			b, ok := ev.Body.(child.Adoption)
			switch {
			case ok && b.Step == "decided":
				all = append(all, span{key: ev.Source.Key, from: on})
			case ok && b.Step == "plan ended":
				ended(all, ev, b.Code)
			}
		}
	}
	for _, s := range all {
		if s.to >= y.Start() || s.to == 0 && (inCare || s.from >= y.Start()) {
			out = append(out, line{DatePlaced: written(s.from), DatePlacedCeased: written(s.to), ReasonPlacedCeased: s.code})
		}
	}
	return out
}

// health makes what is said of the year as a whole: by a return that was read in, or,
// for a child in care from its first day to its last, from what was done in it. What
// no entry says is left empty, not taken for no.
func (y *yearOf) health(episodes []line) []line {
	var whole *child.HealthYear
	done := line{}
	for on, events := range y.days {
		for _, ev := range events {
			switch b := ev.Body.(type) {
			case child.HealthYear:
				if on >= y.Start() {
					whole = &b
				}
			case child.Health:
				if on < y.Start() {
					continue
				}
				if b.Of == "substance misuse" && b.Step != "asked for" { // a problem; whether help was had, and only where not, whether it was offered
					done[SubstanceMisuse] = "1"
					if b.Step == "done" {
						done[InterventionReceived], done[InterventionOffered] = "1", ""
					} else if b.Step != "found" && done[InterventionReceived] != "1" {
						done[InterventionReceived], done[InterventionOffered] = "0", "1"
					}
				}
				if b.Step != "done" {
					continue
				}
				switch b.Of {
				case "development check":
					done[HealthCheck] = "1"
				case "initial assessment", "review assessment":
					done[HealthAssessment] = "1"
				case "dental check":
					done[TeethCheck] = "1"
				case "immunisations":
					done[Immunisations] = "1"
				case "strengths and difficulties":
					if done[SDQScore], done[SDQReason] = "", b.NoScore; b.Score != nil {
						done[SDQScore] = strconv.Itoa(*b.Score)
					}
				}
			}
		}
	}
	switch {
	case whole != nil:
		score := ""
		if whole.Score != nil {
			score = strconv.Itoa(*whole.Score)
		}
		return []line{{SDQScore: score, SDQReason: whole.NoScore, Convicted: yesNo(whole.Convicted), HealthCheck: yesNo(whole.Checked), Immunisations: yesNo(whole.Immunised), TeethCheck: yesNo(whole.Teeth),
			HealthAssessment: yesNo(whole.Assessed), SubstanceMisuse: yesNo(whole.Substances), InterventionReceived: yesNo(whole.Intervention), InterventionOffered: yesNo(whole.Offered)}}
	case y.throughout(episodes):
		return []line{done}
	}
	return nil
}

// throughout says whether care went on from the first day of the year to its last.
func (y *yearOf) throughout(episodes []line) bool {
	if len(episodes) == 0 {
		return false
	}
	first, _ := ParseDate(episodes[0][DECOM])
	for i, e := range episodes {
		last := i == len(episodes)-1
		if last && e[DEC] != "" || !last && (e[REC] != "X1" || e[DEC] != episodes[i+1][DECOM]) {
			return false
		}
	}
	return first <= y.Start()
}

// alone says whether the child came alone to seek asylum, and when that status ends:
// on the day that was recorded, else on the 18th birthday.
func (y *yearOf) alone(who child.Known) (ends day.Date, alone bool) {
	said := false
	for _, events := range y.days {
		for _, ev := range events {
			switch b := ev.Body.(type) {
			case child.UnaccompaniedStatus:
				alone, said, ends = true, true, b.Ends
			case child.Unaccompanied:
				if alone = alone || b.Step == "arrived"; alone && !said {
					ends = who.Adult()
				}
			}
		}
	}
	return ends, alone
}

// written is a date as the return writes it; empty for none.
func written(d day.Date) string {
	if d == 0 {
		return ""
	}
	s := d.String() // 2026-03-31
	return s[8:] + "/" + s[5:7] + "/" + s[:4]
}

func yesNo(is *bool) string {
	switch {
	case is == nil:
		return ""
	case *is:
		return "1"
	}
	return "0"
}
