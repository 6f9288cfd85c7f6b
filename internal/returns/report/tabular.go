package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
)

// Columns are the columns of the CSV form, the same for every return.
var Columns = []string{"rule", "severity", "level", "table", "column", "row", "child"}

// CSV writes a row for every place where a rule failed, and one for each rule
// that could not run, whose level says so. A rule that held has no row. A rule
// that failed for the return as a whole has one row without a place. Only where
// several reports are written, a last column names the file.
func CSV(w io.Writer, reports ...Report) error {
	c := csv.NewWriter(w)
	head := Columns
	if len(reports) > 1 {
		head = append(slices.Clip(head), "file")
	}
	if err := c.Write(head); err != nil {
		return err
	}
	row := make([]string, len(head))
	for _, r := range reports {
		if len(reports) > 1 {
			row[len(Columns)] = r.File
		}
		for _, v := range r.Verdicts {
			row[0], row[1], row[2] = v.Rule.Code, v.Rule.Severity.String(), v.Rule.Level.String()
			clear(row[3:len(Columns)])
			switch {
			case v.Outcome == Held:
				continue
			case v.Outcome != Failed:
				row[2] = CouldNotRun.String()
			}
			if v.Outcome != Failed || len(v.Places) == 0 {
				if err := c.Write(row); err != nil {
					return err
				}
				continue
			}
			for _, p := range v.Places {
				row[3], row[4], row[5], row[6] = p.Table, p.Column, strconv.Itoa(p.Row), p.Child
				if err := c.Write(row); err != nil {
					return err
				}
			}
		}
	}
	c.Flush()
	return c.Error()
}

type jsonPlace struct {
	Table  string `json:"table"`
	Column string `json:"column"`
	Row    int    `json:"row"`
	Line   int    `json:"line,omitempty"`
	Child  string `json:"child,omitempty"`
}

type jsonVerdict struct {
	Rule     string      `json:"rule"`
	Severity string      `json:"severity"`
	Level    string      `json:"level"`
	Draft    bool        `json:"draft,omitempty"`
	Outcome  string      `json:"outcome"`
	Says     string      `json:"says"`
	Do       string      `json:"do"`
	Reason   string      `json:"reason,omitempty"`
	Places   []jsonPlace `json:"places,omitempty"`
}

type jsonReport struct {
	Return   string         `json:"return"`
	File     string         `json:"file"`
	Year     string         `json:"year"`
	Draft    bool           `json:"draft,omitempty"`
	From     string         `json:"from,omitempty"`
	To       string         `json:"to,omitempty"`
	Rows     map[string]int `json:"rows"`
	Notes    []string       `json:"notes,omitempty"`
	Errors   int            `json:"errors"`
	Queries  int            `json:"queries"`
	NotRun   int            `json:"could_not_run"`
	Held     int            `json:"held"`
	Verdicts []jsonVerdict  `json:"verdicts"`
}

// JSON writes a list with one object for each report: every rule of the year
// with its outcome, also those that held.
func JSON(w io.Writer, reports ...Report) error {
	list := []jsonReport{}
	for _, r := range reports {
		t := r.Tally()
		j := jsonReport{Return: r.Return, File: r.File, Year: r.Year, Draft: r.Draft, From: r.From, To: r.To, Rows: map[string]int{},
			Notes: r.Notes, Errors: t.Errors, Queries: t.Queries, NotRun: t.CouldNotRun, Held: t.Held, Verdicts: []jsonVerdict{}}
		for _, c := range r.Counts {
			j.Rows[c.Table] = c.Rows
		}
		for _, v := range r.Verdicts {
			jv := jsonVerdict{Rule: v.Rule.Code, Severity: v.Rule.Severity.String(), Level: v.Rule.Level.String(), Draft: v.Rule.Draft,
				Outcome: v.Outcome.String(), Says: v.Rule.Says, Do: v.Rule.Do, Reason: v.Reason}
			for _, p := range v.Places {
				jv.Places = append(jv.Places, jsonPlace(p))
			}
			j.Verdicts = append(j.Verdicts, jv)
		}
		list = append(list, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(list)
}
