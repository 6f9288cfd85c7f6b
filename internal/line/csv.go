package line

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
)

// Columns of a line as a CSV file, in any order. Only post, title and tier must be
// there; what a row leaves empty stays as it is.
var Columns = []string{"post", "title", "tier", "team", "team_name", "above", "function", "hours", "person", "name", "from", "acting"}

// FromCSV reads a line from a CSV file and says what must be recorded so that the
// line stands like that from a day on (on, or the row's own from): only what is
// different now. The same file twice changes nothing. Posts that the file does
// not name stay as they are. Each problem names its line.
func (l *Line) FromCSV(in io.Reader, on day.Date) (cmds []Command, err error) {
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return nil, entry.Refuse("line 1", "This is not a CSV file: the first line has the names of its columns")
	}
	at := map[string]int{}
	var ps []entry.Problem
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(Columns, h) {
			ps = append(ps, entry.Problem{Field: "line 1", Text: "There is no column called " + strconv.Quote(h) + ". There are: " + strings.Join(Columns, ", ")})
		}
		at[h] = i
	}
	for _, must := range []string{"post", "title", "tier"} {
		if _, ok := at[must]; !ok {
			ps = append(ps, entry.Problem{Field: "line 1", Text: "The column " + must + " is missing"})
		}
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	type row struct {
		n int
		v map[string]string
	}
	var rows []row
	for {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		n, _ := r.FieldPos(0)
		if err != nil {
			ps = append(ps, entry.Problem{Field: fmt.Sprintf("line %d", n), Text: "This line cannot be read: " + csvProblem(err)})
			break
		}
		v := map[string]string{}
		for name, i := range at {
			if i < len(f) {
				v[name] = strings.TrimSpace(f[i])
			}
		}
		if strings.Join(f, "") != "" {
			rows = append(rows, row{n, v})
		}
	}
	// Posts before those under them: a file may name them in any order.
	known := map[string]bool{}
	for _, x := range rows {
		if known[x.v["post"]] {
			ps = append(ps, entry.Problem{Field: fmt.Sprintf("line %d", x.n), Text: "This post stands in the file twice"})
		}
		known[x.v["post"]] = true
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	done := map[string]bool{}
	var ordered []row
	for len(ordered) < len(rows) {
		n := len(ordered)
		for _, x := range rows {
			if up := x.v["above"]; !done[x.v["post"]] && (up == "" || !known[up] || done[up]) {
				done[x.v["post"]] = true
				ordered = append(ordered, x)
			}
		}
		if len(ordered) == n {
			for _, x := range rows {
				if !done[x.v["post"]] {
					ps = append(ps, entry.Problem{Field: fmt.Sprintf("line %d", x.n), Text: "The posts above this one go round in a ring"})
				}
			}
			break
		}
	}
	say := func(when day.Date, b entry.Body) {
		cmds = append(cmds, Command{Happened: day.On(when), Body: b, Source: entry.Source{Kind: "import", Of: "line-csv"}})
	}
	teams := map[string]bool{}
	for _, x := range ordered {
		no := func(text string) {
			ps = append(ps, entry.Problem{Field: fmt.Sprintf("line %d", x.n), Text: text})
		}
		when := on
		if v := x.v["from"]; v != "" {
			if when, err = day.Parse(v); err != nil {
				no("from must be a day, such as 2026-04-01")
				continue
			}
		}
		tier, ok := ParseTier(strings.ToLower(x.v["tier"]))
		if !ok {
			no("tier must be one of: " + strings.Join(TierNames[1:], ", "))
			continue
		}
		if f := x.v["function"]; f != "" && !slices.Contains(Functions, f) {
			no("function must be one of: " + strings.Join(Functions, ", "))
			continue
		}
		if t := x.v["team"]; t != "" && !teams[t] {
			if _, there := l.teams[t]; !there {
				name := x.v["team_name"]
				if name == "" {
					name = t
				}
				say(when, TeamCreated{Team: t, Name: name})
			}
			teams[t] = true
		}
		post, there := l.Post(x.v["post"], when)
		if !there {
			say(when, PostCreated{Post: x.v["post"], Title: x.v["title"], Tier: tier, Team: x.v["team"], Above: x.v["above"], Function: x.v["function"]})
		} else {
			if post.Tier != tier || post.Title != x.v["title"] {
				no("This post is there already, with another title or tier. Close it and create another: what was recorded of it stays true")
				continue
			}
			move := PostMoved{Post: post.ID}
			if x.v["team"] != "" && x.v["team"] != post.Team {
				move.Team = x.v["team"]
			}
			if x.v["above"] != "" && x.v["above"] != post.Above {
				move.Above = x.v["above"]
			}
			if move.Team+move.Above != "" {
				say(when, move)
			}
		}
		if v := x.v["hours"]; v != "" {
			h, err := strconv.ParseFloat(v, 64)
			if err != nil {
				no("hours must be a number of hours a week")
			} else if h != post.Hours {
				say(when, HoursSet{Post: x.v["post"], PerWeek: h})
			}
		}
		person := x.v["person"]
		if person == "" {
			continue
		}
		if !l.Known(person) && !slices.ContainsFunc(cmds, func(c Command) bool { b, ok := c.Body.(PersonKnown); return ok && b.Person == person }) {
			if x.v["name"] == "" {
				no("name must be given for somebody who is not known yet")
				continue
			}
			say(when, PersonKnown{Person: person, Name: x.v["name"]})
		}
		if h, held := l.Holder(x.v["post"], when); !held || h.Person != person {
			say(when, PostHeld{Post: x.v["post"], Person: person, Acting: strings.EqualFold(x.v["acting"], "yes")})
		}
	}
	if len(ps) > 0 {
		return nil, &entry.Refusal{Problems: ps}
	}
	return cmds, nil
}

func csvProblem(err error) string {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
