package report

import (
	_ "embed"
	"html/template"
	"io"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// pageRows is how many children of one rule the page lists. A page of a whole
// failed return could not be opened.
const pageRows = 500

type pageVerdict struct {
	Verdict
	Lines []string
	More  int
}

type pageSection struct {
	Title    string
	Verdicts []pageVerdict
}

type pageReport struct {
	Report
	Heading  string
	Sentence string
	Sections []pageSection
	HeldList []Verdict
}

// HTML writes one page that needs nothing else: no script, no file beside it.
// The time is when the check was made, in words; zero leaves it out.
func HTML(w io.Writer, made time.Time, reports ...Report) error {
	var data struct {
		Made    string
		Reports []pageReport
	}
	if !made.IsZero() {
		data.Made = made.Format("2 January 2006, 15:04")
	}
	for _, r := range reports {
		p := pageReport{Report: r, Heading: r.heading(), Sentence: r.Tally().sentence()}
		for _, s := range r.Sections() {
			if len(s.Verdicts) == 0 {
				continue
			}
			ps := pageSection{Title: s.Title}
			for _, v := range s.Verdicts {
				pv := pageVerdict{Verdict: v}
				if v.Outcome == Failed {
					pv.Lines = v.Lines()
				}
				if n := len(pv.Lines); n > pageRows {
					pv.Lines, pv.More = pv.Lines[:pageRows], n-pageRows
				}
				ps.Verdicts = append(ps.Verdicts, pv)
			}
			p.Sections = append(p.Sections, ps)
		}
		for _, v := range r.Verdicts {
			if v.Outcome == Held {
				p.HeldList = append(p.HeldList, v)
			}
		}
		data.Reports = append(data.Reports, p)
	}
	return page.Execute(w, data)
}
