package ssda903

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/returns/fact"
)

// Terms are what the files of a return do not say of themselves.
type Terms struct {
	Authority string      // three digits of the authority that makes it
	Year      int         // collection year: 2026 is the year to 31 March 2026
	AsOf      day.Instant // the moment that it speaks of: the end of the year, or when it was made
}

// Start is the first day of the collection year.
func (t Terms) Start() day.Date { return day.Of(t.Year-1, 4, 1) }

// End is its last day.
func (t Terms) End() day.Date { return day.Of(t.Year, 3, 31) }

// Person is one child in a return: the rows of this year's tables that are about
// them. A row that names nobody is a person by itself.
type Person struct {
	ID   string // CHILD; empty for nobody's row
	Line int    // of the first row, in its own file
	ret  *Return
	rows [TableCount][]int32
	kept []Kept
}

// People gives the children of a return, in the order in which they are met in the
// order of the tables.
func (r *Return) People() []*Person {
	var out []*Person
	by := map[string]*Person{}
	person := func(id string, line int) *Person {
		p := by[id]
		if p == nil || id == "" {
			p = &Person{ID: id, Line: line, ret: r}
			by[id] = p
			out = append(out, p)
		}
		return p
	}
	for t, rows := range r.This {
		if rows == nil {
			continue
		}
		for i := range rows.n {
			id := ""
			if rows.text[Child] != nil {
				id = rows.text[Child][i]
			}
			p := person(id, int(rows.line[i]))
			p.rows[t] = append(p.rows[t], int32(i))
		}
	}
	for _, k := range r.Kept {
		p := person(k.Child, k.Line)
		p.kept = append(p.kept, k)
	}
	return out
}

// UPN is the child's unique pupil number; empty where the return gives none, or a
// code for why it is not known.
func (p *Person) UPN() string {
	if _, u := p.upn(); !unknownUPN.MatchString(u) {
		return u
	}
	return ""
}

var unknownUPN = regexp.MustCompile(`^UN[0-9]$`)

func (p *Person) upn() (line int, upn string) {
	for r := range p.each(Header) {
		return r.Line(), r.cell(UPN)
	}
	return 0, ""
}

// Birth is the date of birth, by the header or else the first row that has one.
func (p *Person) Birth() day.Date {
	for t := range TableCount {
		for r := range p.each(t) {
			if d, _ := ParseDate(r.cell(DOB)); d != 0 {
				return d
			}
		}
	}
	return 0
}

// cell gives a cell; empty where the file does not have the column.
func (r Row) cell(f Field) string {
	if r.text[f] == nil {
		return ""
	}
	return r.text[f][r.Index]
}

// day gives a cell as a date; zero where there is none that can be read.
func (r Row) day(f Field) day.Date {
	if r.date[f] == nil {
		return 0
	}
	return r.date[f][r.Index]
}

// each goes through the child's rows in a table, in the order of the file.
func (p *Person) each(t Table) func(func(Row) bool) {
	return func(yield func(Row) bool) {
		for _, i := range p.rows[t] {
			if !yield(Row{p.ret.This[t], int(i)}) {
				return
			}
		}
	}
}

// under is how the keys of a table's facts begin.
var under = [TableCount]string{"known", "episode/", "review/", "asylum", "health/", "leaver/", "adopted", "placed/", "permanence", "missing/", "worker/", "liberty/"}

func (p *Person) prefix(t Terms) string {
	return "ssda903/" + t.Authority + "/" + cmp.Or(p.ID, p.UPN()) + "/"
}

// Whole gives how the keys begin of those facts of which the return names all that
// there were in its year: of the tables that were given.
func (p *Person) Whole(t Terms) (out []string) {
	for i, rows := range p.ret.This {
		if rows == nil {
			continue
		}
		out = append(out, p.prefix(t)+fmt.Sprintf("kept/%d/%s", t.Year, Table(i)))
		if Table(i) != Header { // who the child is, is said by any of them
			out = append(out, p.prefix(t)+under[i])
		}
	}
	return out
}

// Facts are all that the return says of a child. What has no date, or was not
// understood, is in facts of the kind import.kept, one for each table: nothing is
// lost. A date after today cannot have happened: such a fact is kept too.
//
// An episode says two things: why it began and on which ground, and where the child
// lived. RNE S is the beginning of care. L changes the ground and no placement, P and
// T the placement and no ground, B and U both. So a change of ground starts no clock
// of a new placement, and an episode that goes on from last year no second time in
// care. Where an episode ends and another begins on the day, care goes on; the day of
// its end is that on which the next begins. It ends with a reason other than X1,
// unless another episode of the child begins or goes on that day: then what was said
// of its end is kept, since a child must not vanish because two episodes overlap.
func (p *Person) Facts(t Terms, today day.Date) []fact.Fact {
	f := &said{List: fact.New(t.AsOf.Date(), today), p: p, terms: t}
	f.first = f.AsOf
	for r := range p.each(Episodes) {
		if d := r.day(DECOM); d != 0 && d < f.first {
			f.first = d
		}
	}
	f.header()
	f.episodes()
	f.reviews()
	f.asylum()
	f.health()
	f.leaver()
	f.adopted()
	f.placed()
	f.permanence()
	f.missing()
	f.workers()
	f.liberty()
	for _, k := range p.kept {
		f.Under = fmt.Sprintf("kept/%d", t.Year)
		if table, _, ok := strings.Cut(k.Path, "/"); ok && slices.Contains(tableNames[:], table) {
			f.Under += "/" + table
		} else {
			f.Under += "/" + Header.String()
		}
		f.Keep(k.Line, k.Path, k.Value)
	}
	out := f.List.Facts(p.Line)
	for i := range out {
		out[i].Key = p.prefix(t) + out[i].Key
	}
	return out
}

// said gathers what a return says of one child.
type said struct {
	*fact.List
	p     *Person
	terms Terms
	first day.Date // the first day of which it tells: for what has no day
}

// in turns to a table: what is kept from here on is under its name.
func (f *said) in(t Table) { f.Under = fmt.Sprintf("kept/%d/%s", f.terms.Year, t) }

// rows goes through the child's rows of a table. What each says of the child beside
// its own columns is kept where it is other than in the first.
func (f *said) rows(t Table) func(func(Row) bool) {
	f.in(t)
	birth, sex := f.p.Birth(), ""
	for h := range f.p.each(Header) {
		sex = cmp.Or(sex, h.cell(Sex))
	}
	return func(yield func(Row) bool) {
		for r := range f.p.each(t) {
			if t != Header && r.day(DOB) != birth {
				f.put(r, DOB, "")
			}
			if t != Header && r.cell(Sex) != sex {
				f.put(r, Sex, "")
			}
			if !yield(r) {
				return
			}
		}
	}
}

// put keeps a cell, where it holds anything.
func (f *said) put(r Row, c Field, of string) {
	f.Put(r.Line(), r.Table.String()+"/"+of+c.String(), r.cell(c))
}

// row keeps all that a row says. What rows of other tables than the header say of
// birth and sex, rows sees to.
func (f *said) row(r Row, of string) {
	for c := range FieldCount {
		if c != Child && (r.Table == Header || c != DOB && c != Sex) {
			f.put(r, c, of)
		}
	}
}

// day reads a date that may be missing, and keeps one that cannot be read.
func (f *said) day(r Row, c Field, of string) day.Date {
	d := r.day(c)
	if d == 0 {
		f.put(r, c, of)
	}
	return d
}

// yes reads 0 or 1, and keeps anything else.
func (f *said) yes(r Row, c Field) *bool {
	is := r.cell(c) == "1"
	if !is && r.cell(c) != "0" {
		f.put(r, c, "")
		return nil
	}
	return &is
}

// only gives the child's row in a table that has one for each child. Others are kept.
func (f *said) only(t Table) (Row, bool) {
	var first Row
	n := 0
	for r := range f.rows(t) {
		if n++; n == 1 {
			first = r
			continue
		}
		f.row(r, fmt.Sprintf("row %d/", n))
	}
	return first, n > 0
}

func (f *said) header() {
	k := child.Known{Birth: f.p.Birth()}
	id := func(system, authority, value string) {
		if value != "" {
			k.IDs = append(k.IDs, child.Identifier{System: system, Authority: authority, Value: value})
		}
	}
	id("la-child", f.terms.Authority, f.p.ID)
	r, ok := f.only(Header)
	line := f.p.Line
	if ok {
		line = r.Line()
		if r.day(DOB) == 0 {
			f.put(r, DOB, "")
		}
		switch s := r.cell(Sex); s {
		case "1":
			k.Sex = "M"
		case "2":
			k.Sex = "F"
		case "M", "F", "U":
			k.Sex = s
		default:
			f.put(r, Sex, "")
		}
		k.Ethnicity = r.cell(Ethnic)
		if u := r.cell(UPN); unknownUPN.MatchString(u) {
			id("upn-unknown", "", u)
		} else {
			id("upn", "", u)
		}
		if k.Mother, k.ChildBorn = r.cell(Mother), f.day(r, MotherChildDOB, ""); k.Mother != "0" && k.Mother != "1" {
			k.Mother = ""
			f.put(r, Mother, "")
		}
		if s := r.cell(UASCStatus); s != "0" && s != "1" {
			f.put(r, UASCStatus, "")
		}
	}
	if len(k.Check()) == 0 {
		f.AnyDay(under[Header], line, f.first, k)
	}
}

func (f *said) reviews() {
	for r := range f.rows(Reviews) {
		on := r.day(Review)
		b := child.Review{Of: "care", Part: r.cell(ReviewCode)}
		if on == 0 {
			f.put(r, Review, "")
		}
		f.AddUnless(under[Reviews]+on.String(), r.Line(), on, b, fact.Shown(on, b))
	}
}

func (f *said) asylum() {
	r, ok := f.only(UASC)
	if !ok { // the header may say it alone
		for h := range f.p.each(Header) {
			if h.cell(UASCStatus) == "1" {
				f.AnyDay(under[UASC], h.Line(), f.first, child.UnaccompaniedStatus{})
				return
			}
		}
		return
	}
	f.AnyDay(under[UASC], r.Line(), f.first, child.UnaccompaniedStatus{Ends: f.day(r, DUC, "")})
}

// yearly is the day on which what is said of the year as a whole stands.
func (f *said) yearly() day.Date { return min(f.terms.End(), f.AsOf) }

func (f *said) health() {
	r, ok := f.only(OC2)
	if !ok {
		return
	}
	b := child.HealthYear{NoScore: r.cell(SDQReason), Convicted: f.yes(r, Convicted), Checked: f.yes(r, HealthCheck), Immunised: f.yes(r, Immunisations), Teeth: f.yes(r, TeethCheck),
		Assessed: f.yes(r, HealthAssessment), Substances: f.yes(r, SubstanceMisuse), Intervention: f.yes(r, InterventionReceived), Offered: f.yes(r, InterventionOffered)}
	if n, err := strconv.Atoi(r.cell(SDQScore)); err == nil && n >= 0 && n <= 40 && strconv.Itoa(n) == r.cell(SDQScore) {
		b.Score = &n
	} else {
		f.put(r, SDQScore, "")
	}
	if len(b.Check()) == 0 {
		f.AnyDay(fmt.Sprintf("%s%d", under[OC2], f.terms.Year), r.Line(), f.yearly(), b)
	}
}

func (f *said) leaver() {
	r, ok := f.only(OC3)
	if !ok {
		return
	}
	b := child.LeaverYear{InTouch: r.cell(InTouch), Activity: r.cell(Activity), Lives: r.cell(Accommodation)}
	if len(b.Check()) == 0 {
		f.AnyDay(fmt.Sprintf("%s%d", under[OC3], f.terms.Year), r.Line(), f.yearly(), b)
	}
}

func (f *said) adopted() {
	r, ok := f.only(AD1)
	if !ok {
		return
	}
	b := child.Adopted{Decided: f.day(r, DateInt, ""), Matched: f.day(r, DateMatch, ""), Foster: f.yes(r, FosterCare), Adopters: r.cell(AdopterNumber), Sexes: r.cell(AdopterSex), Status: r.cell(AdopterStatus)}
	on := cmp.Or(b.Matched, b.Decided, f.yearly())
	if on > f.Today {
		on = f.yearly()
	}
	if len(b.Check()) == 0 {
		f.AnyDay(under[AD1], r.Line(), on, b)
	}
}

func (f *said) placed() {
	for r := range f.rows(PlacedAdoption) {
		on := f.day(r, DatePlaced, "")
		key := under[PlacedAdoption] + on.String()
		if on == 0 {
			f.row(r, "")
			continue
		}
		b := child.Adoption{Step: "decided"}
		f.AddUnless(key, r.Line(), on, b, fact.Shown(on, b))
		end := f.day(r, DatePlacedCeased, on.String()+"/")
		if end == 0 {
			f.put(r, ReasonPlacedCeased, on.String()+"/")
		}
		f.Or(key+"/end", r.Line(), end, child.Adoption{Step: "plan ended", Code: r.cell(ReasonPlacedCeased)})
	}
}

func (f *said) permanence() {
	r, ok := f.only(PrevPerm)
	if !ok {
		return
	}
	b := child.PreviousPermanence{Type: r.cell(PrevPermType), Authority: r.cell(PermLA), On: r.cell(DatePerm)}
	if len(b.Check()) > 0 {
		f.row(r, "")
		return
	}
	f.AnyDay(under[PrevPerm], r.Line(), f.first, b)
}

func (f *said) missing() {
	for r := range f.rows(Missing) {
		on, how := r.day(MissingStart), r.cell(MissingType)
		if on == 0 || how != "M" && how != "A" {
			f.row(r, "")
			continue
		}
		key := under[Missing] + on.String()
		b := child.MissingStarted{Away: how == "A"}
		f.AddUnless(key, r.Line(), on, b, fact.Shown(on, b))
		end := f.day(r, MissingEnd, on.String()+"/")
		if end == 0 {
			f.Not(key+"/end", r.Line())
			continue
		}
		back := child.MissingEnded{}
		f.AddUnless(key+"/end", r.Line(), end, back, fact.Shown(end, back))
	}
}

func (f *said) workers() {
	for r := range f.rows(SWEpisodes) {
		on := r.day(SWStart)
		if on == 0 || r.cell(SWID) == "" {
			f.row(r, "")
			continue
		}
		of := on.String() + "/"
		f.Add(under[SWEpisodes]+of+r.cell(SWID), r.Line(), on, child.WorkerEpisode{Worker: r.cell(SWID), Until: f.day(r, SWEnd, of), Why: r.cell(SWReason)})
	}
}

func (f *said) liberty() {
	for r := range f.rows(DoLo) {
		on := r.day(DoLoStart)
		if on == 0 {
			f.row(r, "")
			continue
		}
		f.Add(under[DoLo]+on.String(), r.Line(), on, child.LibertyDeprived{Until: f.day(r, DoLoEnd, on.String()+"/")})
	}
}

// miles turns a distance into whole miles, rounded up: a little over 20 is over 20.
func miles(d float64) int { return int(math.Ceil(d)) }
