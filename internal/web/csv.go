package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"

	"onus/internal/app"
)

// maxCSV is how many rows a download has at most.
const maxCSV = 20_000

// cell makes a text safe to open in a spreadsheet: what begins like a formula
// would be one there, whoever wrote it. A mark before it keeps it a text.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// sendCSV sends rows as a file. What is in them was written to the reader log
// when they were listed, before this.
func sendCSV(w http.ResponseWriter, name string, rows [][]string) error {
	var b bytes.Buffer
	b.WriteString("\ufeff") // Excel takes it for UTF-8 by this
	out := csv.NewWriter(&b)
	for _, r := range rows {
		for i := range r {
			r[i] = cell(r[i])
		}
		if err := out.Write(r); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	_, err := w.Write(b.Bytes())
	return err
}

// owedCSV is the whole list of what somebody owes.
func (s *Server) owedCSV(w http.ResponseWriter, r *request) error {
	rows := [][]string{{"duty", "rule", "child", "situation", "since", "due", "late", "late_by"}}
	for after := (app.Cursor{}); ; {
		o, err := r.desk.Owed(r.ctx(), after, maxLimit)
		if err != nil {
			return err
		}
		for _, d := range o.Rows {
			what, late := d.Rule, "no"
			if rule, ok := s.App.Rules().Rule(d.Rule, d.Since.Date); ok {
				what = rule.Duty
			}
			if d.Due.Late(o.Now) {
				late = "yes"
			}
			rows = append(rows, []string{what, d.Rule, d.ChildRow.Name, d.ChildRow.Situation, d.Since.Date.String(), d.Due.On.String(), late, s.App.Pack.Calendar().LateBy(d.Due, d.SpanUnit, o.Now)})
		}
		if after = o.Next; after.ID == "" || len(rows) > maxCSV {
			return sendCSV(w, "owed-"+o.Now.Date().String(), rows)
		}
	}
}

// unallocatedCSV is the whole list of children without a named worker.
func (s *Server) unallocatedCSV(w http.ResponseWriter, r *request) error {
	team := r.URL.Query().Get("team")
	if _, ok := r.line.Team(team); team != "" && !ok {
		return app.ErrNotFound
	}
	rows := [][]string{{"child", "situation", "team", "open_since", "no_worker_since", "working_days", "last_seen"}}
	for after := (app.Cursor{}); ; {
		l, err := r.desk.Unallocated(r.ctx(), team, after, maxLimit)
		if err != nil {
			return err
		}
		for _, c := range l.Rows {
			name := "no team yet"
			if t, ok := l.Line.Team(c.Team); ok {
				name = t.Name
			}
			days := ""
			if c.NoWorkerSince != 0 {
				days = itoa(s.App.Pack.Calendar().WorkingBetween(c.NoWorkerSince, r.at().Date()))
			}
			rows = append(rows, []string{c.Name, c.Situation, name, c.Since.String(), c.NoWorkerSince.String(), days, c.LastSeen.String()})
		}
		if after = l.Next; after.ID == "" || len(rows) > maxCSV {
			return sendCSV(w, "unallocated-"+r.at().Date().String(), rows)
		}
	}
}
