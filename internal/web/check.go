package web

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/annexa"
	"onus/internal/returns/annexacheck"
	"onus/internal/returns/cin"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/ssda903check"
	"onus/internal/returns/workbook"
	"onus/internal/web/shell"
)

// A file that is checked is kept nowhere: it is read as it comes, and only the
// page that answers says anything of it. So no store, no log, no temporary file
// and no address may appear in this file.

// Limits of what is checked by the web. Larger files go by the command line.
const (
	maxChecked   = 200 << 20 // bytes of all files together
	maxReturned  = 8 << 20   // bytes of a list that is sent back to be saved
	maxSaved     = 2 << 20   // bytes of a list that can be saved from the page
	checksAtOnce = 2         // a large return takes some hundred megabytes
	placesShown  = 10        // of one rule; the saved list has all
	maxLine      = 600       // bytes that the page says of one child
	notesShown   = 40
)

// checkData is the form to check files, and what was found in the last ones.
type checkData struct {
	Problems []checkProblem
	Year, On string // as they were chosen
	Years    []string
	Checked  []checked
	Unread   []checkProblem // files that are no return
	Saved    string         // what was found, as CSV; empty when too long
	TooLong  bool
}

// checkProblem is a thing that is wrong: with a field of the form, or with a file.
type checkProblem struct{ Of, Text string }

func (d checkData) problem(field string) string {
	for _, p := range d.Problems {
		if p.Of == field {
			return p.Text
		}
	}
	return ""
}

// checked is one report, in the words of the page.
type checked struct {
	Title, File, About string
	Answer             string
	Bad                bool
	Facts              []shell.Fact
	Notes              []string
	MoreNotes          int
	Parts              []checkedPart
	Held               []report.Verdict
}

// checkedPart is the verdicts that a reader looks at together.
type checkedPart struct {
	Title string
	State shell.State
	Rows  []checkedRule
}

// checkedRule is a rule that failed, or all rules that could not run for one reason.
type checkedRule struct {
	Code, Says, Do string
	Lines          []string
	More           int
}

func (s *Server) checkForm(w http.ResponseWriter, r *request) error {
	return s.checkPage(w, r, http.StatusOK, checkData{})
}

func (s *Server) checkPage(w http.ResponseWriter, r *request, code int, d checkData) error {
	p := s.page(r, "Check a file", "/check-a-file")
	p.Errors = len(d.Problems) > 0
	for y := ssda903check.LastYear; y >= min(cincheck.FirstYear, ssda903check.FirstYear); y-- {
		d.Years = append(d.Years, report.YearName(y))
	}
	return s.render(w, code, checkFilePage(p, d))
}

// check checks the files that were sent.
func (s *Server) check(w http.ResponseWriter, r *request) error {
	select {
	case s.checking <- struct{}{}:
		defer func() { <-s.checking }()
	default:
		w.Header().Set("Retry-After", "60")
		return s.checkPage(w, r, http.StatusServiceUnavailable, checkData{Problems: []checkProblem{{"file", "Others are checking files just now. Wait a minute and choose yours again"}}})
	}
	in, err := r.MultipartReader()
	if err != nil {
		return s.checkPage(w, r, http.StatusUnprocessableEntity, checkData{Problems: []checkProblem{{"file", "Choose a file"}}})
	}
	patience(w)
	c := checker{}
	if err := c.read(in); err != nil {
		code, says := http.StatusUnprocessableEntity, "What was sent ends in the middle. Please choose the file again"
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			code, says = http.StatusRequestEntityTooLarge, fmt.Sprintf("The files are larger than %d MB together. Check fewer at once, or on the command line: onus validate", maxChecked>>20)
		}
		return s.checkPage(w, r, code, checkData{Year: c.year, On: c.on, Problems: []checkProblem{{"file", says}}})
	}
	d := c.answer()
	code := http.StatusOK
	if len(d.Checked) == 0 {
		code = http.StatusUnprocessableEntity
	}
	return s.checkPage(w, r, code, d)
}

// checker checks files as they come.
type checker struct {
	year, on string
	collect  int // the collection year that was chosen; 0 for none
	day      day.Date
	problems []checkProblem
	unread   []checkProblem
	reports  []report.Report
	tables   ssda903.Return // of the CSV files, which are one return together
	csvs     []string
}

// read reads every part of the form. The error is about the form as a whole;
// what is wrong with a file is said of the file.
func (c *checker) read(in *multipart.Reader) error {
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch part.FormName() {
		case "year", "on":
			b, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return err
			}
			c.field(part.FormName(), strings.TrimSpace(string(b)))
		case "file":
			if err := c.file(part); err != nil {
				return err
			}
		}
	}
}

func (c *checker) field(name, v string) {
	switch {
	case v == "":
	case name == "year":
		c.year = v
		var err error
		if c.collect, err = report.ParseYear(v, min(cincheck.FirstYear, ssda903check.FirstYear), ssda903check.LastYear); err != nil {
			c.problems = append(c.problems, checkProblem{"year", "Choose a year of the list"})
		}
	default:
		c.on = v
		if c.day, _ = annexa.ParseDate(v); c.day.IsZero() {
			c.problems = append(c.problems, checkProblem{"on", "Write the day as 31/03/2026, or leave it empty"})
		}
	}
}

// file checks one file. What it is called and what it says of its own type are
// not believed, only what it begins with.
func (c *checker) file(part *multipart.Part) error {
	b := bufio.NewReaderSize(part, 1<<16)
	start, err := b.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	name := fileName(part.FileName())
	if len(start) == 0 && name == "" {
		return nil // no file was chosen in the field
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	wide := bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff"))
	switch {
	case len(text) == 0:
		return c.not(name, "The file is empty.")
	case workbook.Looks(start):
		return c.workbook(name, b)
	case text[0] == '<', wide && bytes.Contains(start[:min(4, len(start))], []byte{'<'}):
		rep, err := cincheck.Check(b, c.collect)
		return c.took(name, rep, err)
	case wide:
		return c.not(name, "This is text of a kind that cannot be read (Unicode text). Save it in Excel as “CSV UTF-8”.")
	case bytes.HasPrefix(text, []byte("%PDF")), text[0] == '{', bytes.IndexByte(start, 0) >= 0:
		return c.not(name, "This is none of the files that can be checked here: a census in XML, the CSV files of a return, or a workbook (.xlsx) with the lists of Annex A.")
	}
	rows, err := ssda903.Read(b, name)
	var refused *ssda903.Refusal
	if errors.As(err, &refused) {
		return c.not(name, refused.Error())
	}
	if err != nil {
		return err
	}
	stem := strings.TrimSuffix(name, path.Ext(name))
	c.tables.Add(rows, strings.HasSuffix(strings.ToLower(stem), "_last"))
	c.csvs = append(c.csvs, name)
	return nil
}

// workbook checks an Annex A. A workbook is read from its end, so it is held in
// memory while it is checked; how large it may be is the reader's limit.
func (c *checker) workbook(name string, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, workbook.MaxFile+1))
	if err != nil {
		return err
	}
	rep, err := annexacheck.Check(bytes.NewReader(b), int64(len(b)), annexacheck.Options{On: c.day})
	return c.took(name, rep, err)
}

// not says that a file cannot be checked, and why.
func (c *checker) not(name, why string) error {
	c.unread = append(c.unread, checkProblem{name, why})
	return nil
}

// took takes what came of a file. An error that is no refusal is about what was
// sent, not about the file.
func (c *checker) took(name string, rep report.Report, err error) error {
	var ofCIN *cin.Refusal
	var ofBook *workbook.Refusal
	var ofYear cincheck.ErrYear
	switch {
	case err == nil:
		rep.File = name
		c.reports = append(c.reports, rep)
		return nil
	case errors.As(err, &ofCIN), errors.As(err, &ofBook), errors.As(err, &ofYear):
		return c.not(name, sentence(strings.TrimSuffix(err.Error(), ".")+"."))
	}
	return err
}

// answer asks the rules that need all files, and puts everything into the words
// of the page.
func (c *checker) answer() checkData {
	if len(c.csvs) > 0 {
		rep, err := ssda903check.Run(&c.tables, ssda903check.Options{Year: c.collect})
		rep.File = strings.Join(c.csvs, ", ")
		if err != nil {
			c.unread = append(c.unread, checkProblem{rep.File, sentence(strings.TrimSuffix(err.Error(), ".") + ".")})
		} else {
			c.reports = append(c.reports, rep)
		}
	}
	d := checkData{Year: c.year, On: c.on, Problems: c.problems, Unread: c.unread}
	if len(d.Problems) > 0 { // checked by another year or day than was meant
		return d
	}
	if len(c.reports) == 0 && len(c.unread) == 0 {
		d.Problems = append(d.Problems, checkProblem{"file", "Choose a file"})
		return d
	}
	if len(c.reports) == 0 {
		d.Problems = append(d.Problems, checkProblem{"file", "Choose another file: this is none that can be checked"})
		if len(c.unread) == 1 {
			d.Problems[0].Text = "This file cannot be checked"
		}
	}
	for _, r := range c.reports {
		d.Checked = append(d.Checked, checkedOf(r))
	}
	if slices.ContainsFunc(c.reports, func(r report.Report) bool { t := r.Tally(); return t.Held < len(r.Verdicts) }) {
		b := upTo{left: maxSaved}
		if report.CSV(&b, c.reports...) == nil {
			d.Saved = b.String()
		} else {
			d.TooLong = true
		}
	}
	return d
}

// upTo is a text of at most so many bytes. More is an error, so that whoever
// writes can stop.
type upTo struct {
	strings.Builder
	left int
}

func (u *upTo) Write(b []byte) (int, error) {
	if u.left -= len(b); u.left < 0 {
		return 0, io.ErrShortWrite
	}
	return u.Builder.Write(b)
}

// cut shortens a line: one child may have failed in thousands of rows.
func cut(s string) string {
	if len(s) <= maxLine {
		return s
	}
	i := strings.LastIndex(s[:maxLine], "; ")
	if i < 0 {
		i = maxLine
	}
	return strings.ToValidUTF8(s[:i], "") + "; and so on"
}

// ofReturns is what the returns are called where people speak of them.
var ofReturns = map[string]string{"CIN": "Children in need census", "SSDA903": "Children looked after (SSDA903)", "Annex A": "Lists for Ofsted (Annex A)"}

// here turns what the command line would be told into what is on this page.
var here = strings.NewReplacer(": name another with --year", ": choose another below", ": name the year with --year", ": choose the year below",
	": name it with --on, such as --on 31/03/2026", ": give it below")

func checkedOf(r report.Report) checked {
	t := r.Tally()
	out := checked{Title: ofReturns[r.Return] + ", " + r.Year, File: r.File, Bad: !r.Passes(nil)}
	if r.From != "" {
		out.About = longDate(r.From) + " to " + longDate(r.To) + ". "
	}
	if r.Draft {
		out.About += "The rules of this year are a draft and may still change. "
	}
	var rows []string
	for _, x := range r.Counts {
		rows = append(rows, x.Table+": "+itoa(x.Rows))
	}
	if len(rows) > 0 {
		out.Notes = append(out.Notes, "Rows that were read. "+strings.Join(rows, ", ")+".")
	}
	switch {
	case t.Errors > 0:
		out.Answer = "Not ready to go: " + count(t.Errors, "rule", "rules") + " found errors that must be mended first."
	case t.CouldNotRun > 0:
		out.Answer = "No error was found, but " + count(t.CouldNotRun, "rule", "rules") + " could not run: nobody knows what they would have found."
	case t.Queries > 0:
		out.Answer = "Nothing stops it. " + count(t.Queries, "query", "queries") + " to mend, or to give the reason for."
	default:
		out.Answer = "Nothing was found. Every rule held."
	}
	out.Facts = []shell.Fact{
		{Label: "Errors", Value: itoa(t.Errors), Detail: "rules that failed", Bad: t.Errors > 0},
		{Label: "Queries", Value: itoa(t.Queries), Detail: "rules that ask for a reason"},
		{Label: "Could not run", Value: itoa(t.CouldNotRun), Detail: "rules that lacked something", Bad: t.CouldNotRun > 0},
		{Label: "Held", Value: itoa(t.Held), Detail: "rules that found nothing"},
	}
	for _, n := range r.Notes {
		if len(out.Notes) == notesShown {
			out.MoreNotes++
			continue
		}
		out.Notes = append(out.Notes, here.Replace(n))
	}
	states := []shell.State{{Kind: shell.Late, Text: "Error"}, {Kind: shell.Soon, Text: "Could not run"}, {Kind: shell.Blue, Text: "Query"}}
	titles := []string{"What must be mended", "What could not be checked", "What to mend, or to explain"}
	for i, s := range r.Sections() {
		part := checkedPart{Title: titles[i], State: states[i]}
		because := map[string]int{}
		for _, v := range s.Verdicts {
			if v.Outcome != report.Failed {
				j, ok := because[v.Reason]
				if !ok {
					j, because[v.Reason] = len(part.Rows), len(part.Rows)
					part.Rows = append(part.Rows, checkedRule{Says: here.Replace(v.Reason)})
				}
				part.Rows[j].Lines = append(part.Rows[j].Lines, v.Rule.Code+" asks: "+v.Rule.Says)
				continue
			}
			x := checkedRule{Code: v.Rule.Code, Says: v.Rule.Says, Do: v.Rule.Do, Lines: v.Lines()}
			if n := len(x.Lines); n > placesShown {
				x.Lines, x.More = x.Lines[:placesShown], n-placesShown
			}
			for j, l := range x.Lines {
				x.Lines[j] = cut(l)
			}
			part.Rows = append(part.Rows, x)
		}
		if len(part.Rows) > 0 {
			out.Parts = append(out.Parts, part)
		}
	}
	for _, v := range r.Verdicts {
		if v.Outcome == report.Held {
			out.Held = append(out.Held, v)
		}
	}
	return out
}

// longDate shows a date as people say it; what is no date stands as it is.
func longDate(s string) string {
	if d, err := day.Parse(s); err == nil {
		return d.Long()
	}
	return s
}

// fileName is what a file was called, without the folders that some browsers
// send, and no longer than a line.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	if s == "." || s == "/" {
		return ""
	}
	if r := []rune(s); len(r) > 80 {
		return string(r[:77]) + "…"
	}
	return s
}

// saveChecked gives back, as a file, the list that the page sent along: nothing of
// it was kept here in between. Only such a list is given back.
func (s *Server) saveChecked(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	c := csv.NewReader(strings.NewReader(r.PostForm.Get("found")))
	rows, err := c.ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) < len(report.Columns) || !slices.Equal(rows[0][:len(report.Columns)], report.Columns) {
		return entry.Refuse("", "That is no list of what a check found. Check the file again")
	}
	return sendCSV(w, "what-was-found", rows)
}
