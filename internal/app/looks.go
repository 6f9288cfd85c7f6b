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

// What makes looks a question. The numbers are Onus's own: nobody publishes
// any. They are shown with every question.
const (
	// lookAgain is how long the same question is not asked again.
	lookAgain = 90 * 24 * day.Hour
	// leftTeam is how long after leaving a team its children are no part of the work.
	leftTeam = 90
	// manyTries is how many different children somebody may try to open in a day
	// without any of them being their work.
	manyTries = 10
	// lookAnswer is how many working days there are to answer.
	lookAnswer = 5
	// settle is how long a look may take to be written after it was dated.
	settle = 2 * day.Minute
)

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
var lists = []string{"What I owe", "My children", "My team", "Unallocated", "Search", "Opened in an emergency", lookingBack}

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
	var groups []*group
	of := map[[2]string]*group{}
	for _, r := range rs {
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
	ask := func(person, child, pattern string, n int, first, last day.Instant) {
		for _, q := range l.Questions() {
			if q.Person == person && q.Child == child && q.Pattern == pattern && q.Asked > now-lookAgain {
				return
			}
		}
		post := askedAbout(l, person, on)
		if post == "" {
			return // no line is set up
		}
		out = append(out, line.LookAsked{Person: person, Pattern: pattern, Child: child, Looks: n, First: first, Last: last, Post: post, By: a.Pack.Calendar().AddWorking(on, lookAnswer)})
	}
	tries := map[string]*group{}
	for _, g := range groups {
		if g.refused > 0 {
			t := tries[g.person]
			if t == nil {
				t = &group{first: g.first}
				tries[g.person] = t
			}
			t.n++
			t.last = max(t.last, g.last)
		}
		rec, row, err := a.record(ctx, v, g.child)
		if notFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		id := rec.Identity()
		words := strings.Fields(Fold(l.Name(g.person)))
		if f := Fold(id.Family); f != "" && len(words) > 0 && words[len(words)-1] == f {
			ask(g.person, g.child, SameName, g.n, g.first, g.last)
		}
		if home := Fold(l.Address(g.person)); home != "" && home == Fold(id.Address) {
			ask(g.person, g.child, SameAddress, g.n, g.first, g.last)
		}
		if row.Team != "" && left(l, g.person, row.Team, on) {
			ask(g.person, g.child, AfterTeam, g.n, g.first, g.last)
		}
	}
	for _, person := range l.People() {
		if t := tries[person]; t != nil && t.n >= manyTries {
			ask(person, "", ManyTries, t.n, t.first, t.last)
		}
	}
	return out, nil
}

// left says whether somebody held a post of a team until lately, and holds none
// there now.
func left(l *line.Line, person, team string, on day.Date) (was bool) {
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
			was = was || h.To >= on-leftTeam
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
	for _, q := range d.line.Questions() {
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
func (d *Desk) answersFor(post string) bool {
	if slices.Contains(d.who.Posts, post) {
		return true
	}
	return slices.ContainsFunc(d.line.Up(post, d.now.Date()), func(p line.Post) bool { return slices.Contains(d.who.Posts, p.ID) })
}
