package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// settle is how long a look may take to be written after it was dated.
const settle = 2 * day.Minute

// The patterns, in words that go on: "Looks by ... at a child ...".
const (
	SameName    = "with the same family name as theirs"
	SameAddress = "who lives where they live"
	AfterTeam   = "of a team they have left"
	ManyTries   = "of many whose records are closed to them"
)

const metaLooks = "looks.asked"

// lists are pages on which a child's row is one of many: being shown there is
// no sign that anybody meant that child.
var lists = append([]string{owedList, myChildren, "My team", "Unallocated", "Search", "Opened in an emergency", lookingBack}, returnLooks()...)

// AskAboutLooks turns looks that nothing in the work explains into questions to
// the manager of whoever looked. It goes on where it ended the last time. It
// gives how many questions it asked.
func (a *App) AskAboutLooks(ctx context.Context) (asked int, err error) {
	until := a.Clock.Now() - settle
	var from day.Instant
	var rs []Read
	var l *line.Line
	var bodies []entry.Body
	err = a.Store.View(ctx, func(v View) error {
		text, err := v.Meta(ctx, metaLooks)
		if err != nil {
			return err
		}
		n, _ := strconv.ParseInt(text, 10, 64)
		from = day.Instant(n)
		if rs, err = v.ReadsBetween(ctx, from, until, lists); err != nil || len(rs) == 0 {
			return err
		}
		if l, err = a.lineOf(ctx, v); err != nil {
			return err
		}
		bodies, err = a.questions(ctx, v, l, rs)
		return err
	})
	if err != nil || len(rs) == 0 {
		return 0, err
	}
	err = a.write(ctx, func(w *writer) error {
		for _, b := range bodies {
			es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.AtInstant(w.at.Now), Body: b, Source: entry.Source{Kind: "rule", Key: "looks"}}, w.at)
			if err != nil {
				return err
			}
			for _, e := range es {
				if err := w.add(e); err != nil {
					return err
				}
			}
		}
		return w.tx.PutMeta(ctx, metaLooks, strconv.FormatInt(int64(rs[len(rs)-1].At), 10))
	})
	return len(bodies), err
}

// group is somebody's looks at one child.
type group struct {
	person, child string
	first, last   day.Instant
	n, refused    int
}

func (a *App) questions(ctx context.Context, v View, l *line.Line, rs []Read) (out []entry.Body, err error) {
	now := a.Clock.Now()
	on := now.Date()
	_, ruled, err := a.rulesOf(ctx, v)
	if err != nil {
		return nil, err
	}
	pack := ruled.pack()
	set, ok := pack.Looks(on)
	if !ok {
		return nil, nil
	}
	var groups []*group
	of := map[[2]string]*group{}
	for _, r := range rs {
		if _, ok := entry.FamilyShare(r.Person); ok {
			continue // whoever was given the plan reads it: nobody is asked about that
		}
		g := of[[2]string{r.Person, r.Child}]
		if g == nil {
			g = &group{person: r.Person, child: r.Child, first: r.At}
			of[[2]string{r.Person, r.Child}] = g
			groups = append(groups, g)
		}
		g.last = r.At
		g.n++
		if r.Refused {
			g.refused++
		}
	}
	ask := func(person, child, owner, pattern string, n int, first, last day.Instant) {
		for _, q := range l.Questions() {
			if q.Person == person && q.Child == child && q.Pattern == pattern && q.Asked > now-day.Instant(set.Again)*24*day.Hour {
				return
			}
		}
		post := askedAbout(l, person, on)
		if owner != "" { // a question says something about the child, so whoever keeps the record closed is asked
			if by := l.Answers(owner, on); by.Person != "" && by.Person != person {
				post = owner
			}
		}
		if post == "" {
			return // no line is set up
		}
		out = append(out, line.LookAsked{Person: person, Pattern: pattern, Child: child, Looks: n, First: first, Last: last, Post: post, By: pack.Calendar().AddWorking(on, set.Answer)})
	}
	tried := map[string]bool{} // who was refused something
	for _, g := range groups {
		tried[g.person] = tried[g.person] || g.refused > 0
		rec, row, err := a.record(ctx, v, g.child)
		if notFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		id := rec.Identity()
		owner := ""
		if x := rec.Guard().Restriction; x != nil {
			owner = x.Owner
		}
		words := strings.Fields(Fold(l.Name(g.person)))
		if f := Fold(id.Family); f != "" && len(words) > 0 && words[len(words)-1] == f {
			ask(g.person, g.child, owner, SameName, g.n, g.first, g.last)
		}
		if home := Fold(l.Address(g.person)); home != "" && home == Fold(id.Address) {
			ask(g.person, g.child, owner, SameAddress, g.n, g.first, g.last)
		}
		if row.Team != "" && left(l, g.person, row.Team, on, set.LeftTeam) {
			ask(g.person, g.child, owner, AfterTeam, g.n, g.first, g.last)
		}
	}
	for _, person := range l.People() {
		if !tried[person] {
			continue
		}
		t, err := triesOf(ctx, v, person, now)
		if err != nil {
			return nil, err
		}
		if t.n >= set.Tries {
			ask(person, "", "", ManyTries, t.n, t.first, t.last)
		}
	}
	return out, nil
}

// maxTries is how many of somebody's looks of one day are read.
const maxTries = 5000

// triesOf are the different closed records that somebody tried to open in the
// 24 hours before an instant.
func triesOf(ctx context.Context, v View, person string, now day.Instant) (g group, err error) {
	rs, err := v.ReadsBy(ctx, person, lookingBack, now, maxTries)
	if err != nil {
		return g, err
	}
	seen := map[string]bool{}
	for _, r := range rs { // newest first
		if r.At <= now-24*day.Hour {
			break
		}
		if r.Refused && !seen[r.Child] && !slices.Contains(lists, r.What) {
			seen[r.Child] = true
			g.first, g.last = r.At, max(g.last, r.At)
		}
	}
	g.n = len(seen)
	return g, nil
}

// left says whether somebody held a post of a team until so many days ago, and
// holds none there now.
func left(l *line.Line, person, team string, on day.Date, days int) (was bool) {
	for _, p := range l.Posts(on) {
		if p.Team != team {
			continue
		}
		for _, h := range l.Holdings(p.ID) {
			if h.Person != person {
				continue
			}
			if h.To == 0 || h.To >= on {
				return false
			}
			was = was || h.To >= on-day.Date(days)
		}
	}
	return was
}

// askedAbout is who is asked about somebody's looks: whoever answers above them,
// never themselves.
func askedAbout(l *line.Line, person string, on day.Date) string {
	var top line.Post
	for _, p := range l.Held(person, on) {
		if top.ID == "" || p.Tier > top.Tier {
			top = p
		}
	}
	for post := top.Above; post != ""; {
		a := l.Answers(post, on)
		if a.Person != person && a.Person != "" {
			return post
		}
		p, _ := l.Post(post, on)
		post = p.Above
	}
	return l.Resolve(line.KeyOfFunction(line.Reviewer), on)
}

// Question about looks, with the child as it may be shown to whoever is asked.
type Question struct {
	line.Question
	Row *ChildRow
}

// Questions are those about looks that they are to answer, or that they may see
// because a post under theirs was asked: open ones first.
func (d *Desk) Questions(ctx context.Context) (out []Question, err error) {
	if err := d.May(access.AnswerQuestions); err != nil {
		return nil, err
	}
	ids := []string{}
	_, l, _ := d.Then()
	for _, q := range l.Questions() {
		if q.Person == d.who.Person || !d.answersFor(q.Post) {
			continue
		}
		out = append(out, Question{Question: q})
		if q.Child != "" && !slices.Contains(ids, q.Child) {
			ids = append(ids, q.Child)
		}
	}
	slices.SortStableFunc(out, func(a, b Question) int {
		open := func(q Question) int {
			if q.Answer == nil {
				return 0
			}
			return 1
		}
		return open(a) - open(b)
	})
	if len(out) > maxQuestions {
		out = out[:maxQuestions]
	}
	var rows []ChildRow
	err = d.a.Store.View(ctx, func(v View) error {
		rows, err = v.Children(ctx, ChildQuery{IDs: ids})
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := d.closedAll(ctx, "Questions about looks", false, each(rows)...); err != nil {
		return nil, err
	}
	for i := range out {
		for j := range rows {
			if rows[j].Child == out[i].Child {
				out[i].Row = &rows[j]
			}
		}
	}
	return out, nil
}

const maxQuestions = 200

// answersFor says whether a post, or one above it, is theirs.
// AnswersFor says whether they answer for a post, or for one above it.
func (d *Desk) AnswersFor(post string) bool { return d.answersFor(post) }

func (d *Desk) answersFor(post string) bool {
	if slices.Contains(d.who.Posts, post) {
		return true
	}
	return slices.ContainsFunc(d.line.Up(post, d.now.Date()), func(p line.Post) bool { return slices.Contains(d.who.Posts, p.ID) })
}
