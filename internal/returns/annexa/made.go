package annexa

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
)

// Names are what the line of posts calls a team, and whoever holds a post on a day.
// Either may be empty.
type Names struct {
	Team   func(id string) string
	Worker func(post string, on day.Date) string
}

// Left says which children could not be in lists that were made.
type Left struct {
	NoNumber int // something that belongs on a list is recorded, but no number of this authority
	Same     int // the record was found to be that of another child, whose record counts
}

// Making makes the lists of a day from records, as they stand: what happened up to the
// day and belongs on a list by Ofsted's words for it. It is Facts the other way round,
// and takes what somebody recorded here in the same way. What lists of the very same day
// said, and the record only keeps, stands where they said it. Else what nobody recorded
// is empty, or the code for "not known" where there is one; what is counted, such as
// placements, is counted in the record.
//
// List 11 is of adopters, who are adults: no record is made of them, and it has no rows.
type Making struct {
	terms Terms
	names Names
	left  Left
	all   []madeChild
}

type madeChild struct {
	id   string
	rows []Row
}

// Make begins the lists of a day.
func Make(t Terms, n Names) *Making { return &Making{terms: t, names: n} }

// Left says who could not be in it, of those who were put in so far.
func (m *Making) Left() Left { return m.left }

// Add puts one child's record in, and says whether the child is in what is made.
func (m *Making) Add(rec child.Record) (in bool) {
	rec = upTo(rec, m.terms.On)
	y := &onDay{Making: m, rec: rec, from: m.terms.On.AddMonths(-6), year: m.terms.On.AddMonths(-12)}
	y.lists()
	y.stood()
	id, same := rec.Identity().Number("la-child", m.terms.Authority), rec.SameAs() != ""
	switch {
	case len(y.rows) == 0:
	case same:
		m.left.Same++
	case id == "":
		m.left.NoNumber++
	default:
		m.all = append(m.all, madeChild{id, y.written(id)})
		return true
	}
	return false
}

// upTo is a record without what happened after a day.
func upTo(rec child.Record, on day.Date) child.Record {
	n := 0
	for n < len(rec.Events) && rec.Events[n].When.Date <= on {
		n++
	}
	// Who the child is does not happen on a day.
	events := slices.Clone(rec.Events[:n])
	for _, ev := range rec.Events[n:] {
		if _, ok := ev.Body.(child.Known); ok {
			events = append(events, ev)
		}
	}
	rec.Events = events
	return rec
}

// Return is the lists, all eleven of them, with all columns. Children stand in the order
// of their numbers and rows in that of their days, so that the same records always make
// the same lists. It says too who could not be in them.
func (m *Making) Return() (*Return, Left) {
	slices.SortStableFunc(m.all, func(a, b madeChild) int { return cmp.Compare(a.id, b.id) })
	ret := &Return{}
	for l := range ListCount {
		t := Table{List: l, Given: true}
		for _, f := range l.Fields() {
			t.Columns[f] = true
		}
		for _, c := range m.all {
			for _, r := range c.rows {
				if r.List == l {
					r.Sheet, r.Line = "List_"+strconv.Itoa(l.Number()), len(t.Rows)+3 // below a title and the headings
					t.Rows = append(t.Rows, r)
				}
			}
		}
		ret.Lists[l] = t
	}
	return ret, m.left
}

// line is a row of a list in the making.
type line struct {
	list  List
	cells map[Field]string
	on    day.Date // by which rows of a list are ordered
	// Of the entry that the row is made of, where lists brought it: the file, and its row.
	file string
	row  int
}

// onDay is one record, asked for its rows.
type onDay struct {
	*Making
	rec        child.Record
	from, year day.Date // six months and twelve months before the day
	rows       []*line
}

// add adds a row that is made of an entry.
func (y *onDay) add(l List, ev *child.Event, cells map[Field]string) *line {
	x := &line{list: l, cells: cells}
	if ev != nil {
		x.on = ev.When.Date
		if ev.Source.Of == "annex-a" {
			x.file, x.row = y.lastSaid(ev)
		}
	}
	y.rows = append(y.rows, x)
	return x
}

// lastSaid is the file that spoke of an entry last, and the row in which it did.
func (y *onDay) lastSaid(ev *child.Event) (file string, row int) {
	for _, e := range y.rec.Log {
		if e.Source.Key == ev.Source.Key && e.Source.Of == "annex-a" {
			file, row = e.Source.File, e.Source.Line
		}
	}
	return file, row
}

// kept are the cells that lists of this very day said and no entry tells.
type kept struct {
	list  List
	field Field
	row   int
	value string
}

// stood puts what lists of this very day said, and the record only keeps, where it stood.
func (y *onDay) stood() {
	for i := range y.rec.Events {
		ev := &y.rec.Events[i]
		b, ok := ev.Body.(child.Kept)
		if !ok || ev.Source.Of != "annex-a" || ev.When.Date != y.terms.On {
			continue
		}
		file, _ := y.lastSaid(ev)
		for _, it := range b.Items {
			if k, ok := cellKept(it); ok {
				y.place(k, file)
			}
		}
	}
}

// cellKept reads the path of a cell that was kept: "List 6/Case Status".
func cellKept(it child.KeptItem) (k kept, ok bool) {
	list, heading, _ := strings.Cut(it.Path, "/")
	for l := range Adopters {
		if l.String() != list {
			continue
		}
		for _, f := range l.Fields() {
			if f.Heading() == heading {
				return kept{l, f, it.Line, it.Value}, true
			}
		}
	}
	return kept{}, false
}

// place puts a kept cell into its row: the only one that the child has in the list, else
// the one that the same file said in the same place. Of children in need and of care
// leavers, whose row may say nothing that an entry tells, it makes the row.
func (y *onDay) place(k kept, file string) {
	var in []*line
	for _, x := range y.rows {
		if x.list == k.list {
			in = append(in, x)
		}
	}
	if len(in) > 1 {
		in = slices.DeleteFunc(in, func(x *line) bool { return x.file != file || x.row != k.row })
	}
	if len(in) == 0 && (k.list == Need || k.list == Leavers) {
		in = []*line{y.add(k.list, nil, map[Field]string{})}
	}
	if len(in) == 1 {
		in[0].cells[k.field] = k.value
	}
}

// written are the rows as the lists have them, with who the child is.
func (y *onDay) written(id string) (out []Row) {
	who := y.rec.Identity()
	same := map[Field]string{ChildID: id, Gender: cmp.Or(map[string]string{"M": "a) Male", "F": "b) Female"}[who.Sex], "c) Not stated/recorded"), Ethnicity: cmp.Or(who.Ethnicity, "NOBT"),
		Disability: "c) Unknown"}
	switch {
	case slices.Equal(who.Disability, []string{"NONE"}):
		same[Disability] = "b) No"
	case len(who.Disability) > 0:
		same[Disability] = "a) Yes"
	}
	if born := cmp.Or(who.Birth, who.Expected); born != 0 {
		same[Birth], same[Age] = born.String(), "-1"
		if born <= y.terms.On {
			same[Age] = strconv.Itoa(y.terms.On.Years(born))
		}
	}
	slices.SortStableFunc(y.rows, func(a, b *line) int { return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.on, b.on)) })
	for _, x := range y.rows {
		r := Row{List: x.list}
		for _, f := range x.list.Fields() {
			r.Cells = append(r.Cells, understood(f, cmp.Or(x.cells[f], same[f])))
		}
		out = append(out, r)
	}
	return out
}

// understood is a value as a list has it, understood as the reader would understand it.
func understood(f Field, text string) Cell {
	out := Cell{Text: text}
	switch {
	case text == "":
	case f.Holds() == Text:
		out.Known = true
	case f.Holds() == Date:
		if d, ok := ParseDate(text); ok {
			out.Text, out.Date, out.Known = d.String(), d, true
		}
	case f.Holds() == Number:
		if n, err := strconv.Atoi(text); err == nil {
			out.Number, out.Known = n, true
		}
	case f.Holds() == Code:
		if out.Word = sets()[layout().fields[f].set].find(text); out.Word != nil {
			if out.Known = true; out.Word.Code != "" {
				out.is(out.Word.Code)
			}
		}
	}
	return out
}

// dated is a day as a cell has it; empty for none.
func dated(d day.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// yes is an answer as a cell has it.
func yes(is bool) string {
	if is {
		return "a) Yes"
	}
	return "b) No"
}

// holders are the team that the child's case was allocated to last by a day, and whoever
// held the post of the worker then.
func (y *onDay) holders(cells map[Field]string, by day.Date) {
	var team, post string
	var on day.Date
	for ev, s := range y.rec.Life() {
		if ev.When.Date > by {
			break
		}
		if team = cmp.Or(s.Team, team); s.Post != "" {
			post, on = s.Post, ev.When.Date
		}
	}
	if s := y.rec.On(by.End() - 1); s.Post == post { // it has the child still
		on = by
	}
	if team != "" {
		cells[Team] = y.names.Team(team)
	}
	if post != "" {
		cells[Worker] = y.names.Worker(post, on)
	}
}
