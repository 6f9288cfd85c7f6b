package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/returns/annexa"
	"onus/internal/returns/packed"
	"onus/internal/returns/scan"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// returnDataHref is where the data is given that returns are checked with.
const returnDataHref = "/returns/data"

// returnDataTitles are what each sort of data is called.
var returnDataTitles = map[string]string{line.DataLastYear: "Last year's return", line.DataPostcodes: "Postcode directory", line.DataProviders: "List of providers"}

// returnDataAbouts say what each is for, and what to give.
var returnDataAbouts = map[string]string{
	line.DataLastYear:  "Rules compare this year with what last year's return of children looked after said. Give its CSV files, all of them together or in a zip, or its XML.",
	line.DataPostcodes: "Rules ask whether a postcode exists, where a placement is, and how far from home. Give the ONS Postcode Directory as one CSV file, or in a zip by itself: the columns pcd, laua, oseast1m and osnrth1m are kept, of the others none.",
	line.DataProviders: "Rules hold the URN of a placement against what Ofsted knows of its provider. Give a CSV file with the column URN, and as far as known POSTCODE, LA_CODE_INFERRED, PLACE_CODES, PROVIDER_CODES, REG_START and REG_END.",
}

// returnDataData is all data that returns are checked with, and the forms to give more.
type returnDataData struct {
	Parts   []returnDataPart
	MayGive bool
	Errors  govuk.Errors
	Done    string // what was given just now
}

// returnDataPart is one sort of data.
type returnDataPart struct {
	What, Title, About string
	Lacks              string // rules that could not run for want of it, in words; empty: none
	Rules              string // which
	Rows               []returnDataLine
	Own                []string // returns that were taken away from here
	Form               returnDataForm
	Years              []govuk.Option
}

// returnDataLine is data that was given.
type returnDataLine struct {
	When, Who, About, Of, Rows string
	State                      shell.State
	Note                       string
}

// returnDataForm is what is asked with a file.
type returnDataForm struct {
	Authority, Year, Code, About, From string
	Open                               bool
}

// dataField is the name of a field of one sort of data, unlike that of the others.
func dataField(what, field string) string { return what + "-" + field }

func (s *Server) returnData(w http.ResponseWriter, r *request) error {
	return s.returnDataPage(w, r, http.StatusOK, "", returnDataForm{}, nil, "")
}

func (s *Server) returnDataPage(w http.ResponseWriter, r *request, code int, what string, sent returnDataForm, errs govuk.Errors, done string) error {
	l, err := r.desk.ReturnData(r.ctx())
	if err != nil {
		return err
	}
	d := returnDataData{MayGive: l.MayGive, Errors: errs, Done: done}
	for _, kind := range line.DataKinds {
		p := returnDataPart{What: kind, Title: returnDataTitles[kind], About: returnDataAbouts[kind], Form: returnDataForm{Authority: l.Line.Authority.Code}}
		for _, y := range l.Years {
			p.Years = append(p.Years, govuk.Option{Value: y, Text: y})
		}
		lacking := l.Lacking[kind]
		if kind == line.DataPostcodes { // the authority's code in it is given with it
			lacking = append(slices.Clone(lacking), l.Lacking["code"]...)
			slices.Sort(lacking)
		}
		if n := len(lacking); n > 0 {
			p.Lacks = count(n, "rule", "rules") + " could not run without it when the return of " + l.Of.Of + " was checked, " + momentAgo(l.Of.Ended, l.Now) + "."
			p.Rules = strings.Join(lacking, ", ")
		}
		for _, x := range l.Rows {
			if x.What == kind {
				p.Rows = append(p.Rows, dataLine(l, x))
				if kind == line.DataPostcodes && p.Form.Code == "" {
					p.Form.Code = x.Code
				}
			}
		}
		if kind == line.DataLastYear {
			for _, t := range l.Taken {
				p.Own = append(p.Own, "The return of "+t.Of+", authority "+t.Authority+", was taken away on "+t.Asked.Date().Long()+" with "+count(t.Children, "child", "children")+". It stands for itself in the year after, unless files of it were given later: it is made again from what was known that day.")
			}
		}
		if kind == what && errs.Any() {
			p.Form, p.Form.Open = sent, true
		}
		d.Parts = append(d.Parts, p)
	}
	p := s.page(r, "What returns are checked with", "/returns")
	p.Errors = errs.Any()
	return s.render(w, code, returnDataPageOf(p, d))
}

func dataLine(l *app.ReturnDataList, x app.ReturnDataRow) returnDataLine {
	out := returnDataLine{When: x.Recorded.Date().Long(), Who: l.Line.Name(x.Author), About: x.About, Rows: itoa(x.Rows)}
	switch {
	case !x.Here:
		out.State = shell.State{Kind: shell.Late, Text: "not in this store"}
		out.Note = "What it says was erased, or did not come with the journal."
	case x.Ahead:
		out.State = shell.State{Kind: shell.Blue, Text: "from " + x.From.Long()}
	case x.Counts:
		out.State = shell.State{Kind: shell.OK, Text: "counts now"}
	default:
		out.State = shell.State{Kind: shell.Grey, Text: "replaced"}
	}
	switch x.What {
	case line.DataLastYear:
		out.Of = x.Year + ", authority " + x.Authority + ": " + count(x.Children, "child", "children")
		var tables []string
		for _, t := range x.Tables {
			tables = append(tables, itoa(t.Rows)+" "+t.Table)
		}
		out.Note = strings.Join(tables, ", ")
		if x.Erased > 0 {
			out.Note += ". What it said of " + count(x.Erased, "child", "children") + " was erased since, with the record"
		}
	case line.DataPostcodes:
		out.Of = "from " + x.From.Long()
		if x.Code != "" {
			out.Of += ", this authority is " + x.Code
		} else {
			out.Note = "Which code it has for this authority was not said: rules that need it cannot run"
		}
	default:
		out.Of = "from " + x.From.Long()
	}
	return out
}

// giveReturnData takes what was sent and keeps it.
func (s *Server) giveReturnData(w http.ResponseWriter, r *request) error {
	in, err := r.MultipartReader()
	if err != nil {
		var errs govuk.Errors
		errs.Add(dataField(line.DataLastYear, "file"), "Choose a file")
		return s.returnDataPage(w, r, http.StatusUnprocessableEntity, line.DataLastYear, returnDataForm{}, errs, "")
	}
	patience(w)
	var got sentData
	defer got.clean()
	code, err := http.StatusUnprocessableEntity, got.read(in)
	var f returnDataForm
	var errs govuk.Errors
	what := got.fields["what"]
	if !slices.Contains(line.DataKinds, what) {
		what = line.DataLastYear
	}
	f = returnDataForm{Authority: got.fields["authority"], Year: got.fields["year"], Code: strings.ToUpper(got.fields["code"]), About: got.fields["about"], From: got.fields["from"]}
	o := app.DataOrder{What: what, About: f.About, Authority: f.Authority, Year: f.Year, Code: f.Code, Files: got.files}
	if f.From != "" {
		if o.From, _ = day.Parse(f.From); o.From == 0 {
			if o.From, _ = annexa.ParseDate(f.From); o.From == 0 {
				errs.Add(dataField(what, "from"), "Enter a day, such as 01/04/2026")
			}
		}
	}
	wrong := func(err error) (ours bool) {
		if u, ok := errors.AsType[*upload](err); ok {
			code = u.code
			errs.Add(dataField(what, "file"), u.says)
			return true
		}
		if ps, ok := entry.Problems(err); ok {
			for _, p := range ps {
				errs.Add(dataField(what, p.Field), p.Text)
			}
			return true
		}
		if _, ok := errors.AsType[*scan.Refusal](err); ok {
			for _, t := range strings.Split(err.Error(), "\n") {
				errs.Add(dataField(what, "file"), t)
			}
			return true
		}
		return false
	}
	if err != nil && !wrong(err) {
		return err
	}
	if errs.Any() {
		return s.returnDataPage(w, r, code, what, f, errs, "")
	}
	g, err := r.desk.GiveReturnData(r.ctx(), o)
	if err != nil {
		if !wrong(err) {
			return err
		}
		return s.returnDataPage(w, r, code, what, f, errs, "")
	}
	done := returnDataTitles[what] + ": " + count(g.Rows, "row is", "rows are") + " kept"
	if g.Children > 0 {
		done += ", of " + count(g.Children, "child", "children")
	}
	return s.returnDataPage(w, r, http.StatusOK, what, returnDataForm{}, nil, done+". The next check uses it.")
}

// sentData is a form with files, each kept aside; a zip is looked into.
type sentData struct {
	spooled
	fields map[string]string
	files  []app.ReturnFile
}

func (d *sentData) read(in *multipart.Reader) error {
	d.fields = map[string]string{}
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return uploadProblem(err)
		}
		if part.FormName() != "file" {
			text, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return uploadProblem(err)
			}
			d.fields[part.FormName()] = strings.TrimSpace(string(text))
			continue
		}
		f := aside{name: fileName(part.FileName())}
		if f.path, err = d.spool(part); err != nil {
			return err
		}
		start, err := f.start()
		if err != nil {
			return err
		}
		switch {
		case len(start) == 0 && f.name == "": // no file was chosen in the field
		case packed.IsZip(start):
			in, size, err := sized(f)
			if err != nil {
				return err
			}
			d.cleanup = append(d.cleanup, func() { _ = in.Close() })
			files, err := packed.Unzip(f.name, in, size, packed.Most, ".csv", ".xml")
			if err != nil {
				return err
			}
			d.files = append(d.files, files...)
		default:
			d.files = append(d.files, app.ReturnFile{Name: f.name, Open: f.open})
		}
	}
}
