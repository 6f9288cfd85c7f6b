package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/returns/annexa"
	"onus/internal/returns/cin"
	"onus/internal/returns/dailyfeed"
	"onus/internal/returns/packed"
	"onus/internal/returns/report"
	"onus/internal/returns/scan"
	"onus/internal/returns/ssda903"
	"onus/internal/returns/workbook"
)

// importData is the form to read returns in, and what came of the last ones.
type importData struct {
	Problems        []checkProblem
	Authority, Year string
	On              string
	Years           []string
	Done            []broughtIn
}

// broughtIn is what came of a file, or of the files of one return.
type broughtIn struct {
	Name     string
	Says     []string
	Findings []string
	More     int
}

func (d importData) problem(field string) string {
	return checkData{Problems: d.Problems}.problem(field)
}

// maxFindings is how many findings of a file a page shows; the command line lists all.
const maxFindings = 200

// firstReturn and lastReturn are the collection years of a return of children looked after
// that can be read in.
const firstReturn, lastReturn = 2010, 2099

func (s *Server) importForm(w http.ResponseWriter, r *request) error {
	return s.importPage(w, r, http.StatusOK, importData{})
}

func (s *Server) importPage(w http.ResponseWriter, r *request, code int, d importData) error {
	p := s.page(r, "Read returns in", "")
	p.Errors = len(d.Problems) > 0
	for y, m, _ := r.now.Date().Split(); len(d.Years) < 8; y-- {
		if len(d.Years) == 0 && m >= time.April {
			y++ // the collection year that runs
		}
		d.Years = append(d.Years, report.YearName(y))
	}
	return s.render(w, code, importPage(p, d))
}

// upload is a file that was sent, refused with the status that fits.
type upload struct {
	code int
	says string
}

func (u *upload) Error() string { return u.says }

// bringing is what was sent to be read in: each file kept aside, known by what is in it.
// What it is called and what it says of its own type are not believed.
type bringing struct {
	d      importData
	year   int
	on     day.Date
	census []aside
	books  []aside
	feeds  []aside
	set    []app.ReturnFile // of children looked after: its files are one return
	spooled
}

// spooled are files that were sent, kept aside until the answer is given.
type spooled struct{ cleanup []func() }

func (s *spooled) clean() {
	for _, clean := range s.cleanup {
		clean()
	}
}

// aside is a file that was sent, kept where it can be read twice.
type aside struct{ name, path string }

func (f aside) open() (io.ReadCloser, error) { return os.Open(f.path) }

func (b *bringing) no(field, text string, a ...any) {
	b.d.Problems = append(b.d.Problems, checkProblem{field, fmt.Sprintf(text, a...)})
}

// bringIn reads returns in that were sent from the page: all of them, or none.
func (s *Server) bringIn(w http.ResponseWriter, r *request) error {
	var b bringing
	defer b.clean()
	code, err := http.StatusUnprocessableEntity, error(nil)
	in, merr := r.MultipartReader()
	if merr != nil {
		b.no("file", "Choose a file")
	} else {
		patience(w)
		var u *upload
		if err = b.read(in); errors.As(err, &u) {
			b.no("file", "%s", u.says)
			code, err = u.code, nil
		}
	}
	if err != nil {
		return err
	}
	if len(b.d.Problems) == 0 {
		if err := b.check(); err != nil {
			return err
		}
	}
	if len(b.d.Problems) == 0 {
		code = http.StatusOK
		if err := b.take(r); err != nil {
			return err
		}
	}
	return s.importPage(w, r, code, b.d)
}

// read takes the parts of the form. What is wrong with it as a whole is an *upload.
func (b *bringing) read(in *multipart.Reader) error {
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return uploadProblem(err)
		}
		switch name := part.FormName(); name {
		case "authority", "year", "on":
			text, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return uploadProblem(err)
			}
			v := strings.TrimSpace(string(text))
			switch name {
			case "authority":
				b.d.Authority = v
			case "year":
				b.d.Year = v
			default:
				b.d.On = v
			}
		case "file":
			if err := b.keep(part); err != nil {
				return err
			}
		}
	}
	if len(b.census)+len(b.books)+len(b.feeds)+len(b.set) == 0 {
		b.no("file", "Choose a file")
	}
	return nil
}

// keep keeps a file aside, by what it is.
func (b *bringing) keep(part *multipart.Part) error {
	buf := bufio.NewReaderSize(part, 1<<16)
	start, err := buf.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return uploadProblem(err)
	}
	f := aside{name: fileName(part.FileName())}
	if len(start) == 0 && f.name == "" {
		return nil // no file was chosen in the field
	}
	if f.path, err = b.spool(buf); err != nil {
		return err
	}
	if packed.IsZip(start) {
		if in, size, err := sized(f); err != nil {
			return err
		} else if packed.Plain(in, size) {
			return errors.Join(b.unpack(f.name, in, size), in.Close())
		} else if err := in.Close(); err != nil {
			return err
		}
	}
	return b.known(f, start)
}

// maxUnpacked is how much a zip may hold, in bytes: what is in it is kept aside too, while
// the answer is made.
const maxUnpacked = 1 << 30

// unpack keeps the files of a zip aside, each by what it is.
func (b *bringing) unpack(name string, in io.ReaderAt, size int64) error {
	refused := func(err error) error {
		if r, ok := errors.AsType[*scan.Refusal](err); ok {
			return &upload{http.StatusUnprocessableEntity, r.Error()}
		}
		return err
	}
	files, err := packed.Unzip(name, in, size, maxUnpacked, ".csv", ".xml", ".xlsx", ".json")
	if err != nil {
		return refused(err)
	}
	for _, m := range files {
		r, err := m.Open()
		if err != nil {
			return refused(err)
		}
		f := aside{name: m.Name}
		f.path, err = b.spool(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return refused(err)
		}
		start, err := f.start()
		if err != nil {
			return err
		}
		if err := b.known(f, start); err != nil {
			if u, ok := errors.AsType[*upload](err); ok {
				return &upload{u.code, m.Name + ": " + u.says}
			}
			return err
		}
	}
	return nil
}

// known puts a file with those of its sort, by how it begins.
func (b *bringing) known(f aside, start []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case workbook.Looks(start):
		b.books = append(b.books, f)
	case app.IsJournal(start):
		return &upload{http.StatusUnsupportedMediaType, "This is a journal exported by Onus. It is read in on the command line: onus import"}
	case dailyfeed.Looks(start):
		b.feeds = append(b.feeds, f)
	case ssda903.Looks(start):
		b.set = append(b.set, app.ReturnFile{Name: f.name, Open: f.open})
	case notXML(start) == "":
		b.census = append(b.census, f)
	case len(text) == 0, bytes.HasPrefix(start, []byte("%PDF")):
		return &upload{http.StatusUnsupportedMediaType, notXML(start)}
	default:
		return &upload{http.StatusUnsupportedMediaType, "This is none of the files that can be read in: a census in XML, the CSV files or the XML of a return of children looked after, a workbook (.xlsx) with the lists of Annex A, a daily feed in JSON, or a zip of these"}
	}
	return nil
}

// start is how the file begins.
func (f aside) start() ([]byte, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out := make([]byte, 1024)
	n, err := io.ReadFull(in, out)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return out[:n], err
}

func (s *spooled) spool(in io.Reader) (string, error) {
	t, err := os.CreateTemp("", "onus-upload-*")
	if err != nil {
		return "", fmt.Errorf("there is no room for what was sent: %w", err)
	}
	s.cleanup = append(s.cleanup, func() { _ = os.Remove(t.Name()) })
	if _, err := io.Copy(t, in); err != nil {
		if _, ok := errors.AsType[*scan.Refusal](err); !ok { // that is what a zip that is broken gives
			err = uploadProblem(err)
		}
		return "", errors.Join(err, t.Close())
	}
	return t.Name(), t.Close()
}

var threeDigits = regexp.MustCompile(`^[0-9]{3}$`)

// check says everything that is wrong before anything is read in: of the files, and of
// what must be said beside them.
func (b *bringing) check() error {
	if b.d.Authority != "" && !threeDigits.MatchString(b.d.Authority) {
		b.no("authority", "Write the three digits of the authority, such as 204")
	}
	whole := func(name string, err error) error {
		var text string
		var of *cin.Refusal
		var book *workbook.Refusal
		switch {
		case err == nil:
			return nil
		case errors.As(err, &of):
			text = of.Error()
		case errors.As(err, &book):
			text = book.Error()
		default:
			return err
		}
		if !strings.HasPrefix(text, name+":") {
			text = name + ": " + text
		}
		b.no("file", "%s", text)
		return nil
	}
	for _, f := range b.census {
		in, err := os.Open(f.path)
		if err != nil {
			return err
		}
		err = app.CheckCensus(bufio.NewReaderSize(in, 1<<16))
		if err := errors.Join(whole(f.name, err), in.Close()); err != nil {
			return err
		}
	}
	for _, f := range b.books {
		in, size, err := sized(f)
		if err != nil {
			return err
		}
		_, err = annexa.Read(in, size)
		if err := errors.Join(whole(f.name, err), in.Close()); err != nil {
			return err
		}
	}
	if len(b.books) > 0 {
		if b.on, _ = annexa.ParseDate(b.d.On); b.on == 0 {
			b.no("on", "Say the day that the lists (Annex A) are of, as 31/03/2026")
		}
	}
	said := true
	for _, f := range b.feeds {
		in, err := os.Open(f.path)
		if err != nil {
			return err
		}
		of, err := app.CheckDailyFeed(in)
		if err := errors.Join(whole(f.name, err), in.Close()); err != nil {
			return err
		}
		said = said && of != ""
		if of != "" && b.d.Authority != "" && of != b.d.Authority {
			b.no("authority", "%s says that it is of the authority %s", f.name, of)
		}
	}
	if len(b.set) > 0 {
		if err := whole(b.set[0].Name, app.CheckSSDA903(b.set)); err != nil {
			return err
		}
		var err error
		if b.year, err = report.ParseYear(b.d.Year, firstReturn, lastReturn); err != nil {
			b.no("year", "Say which year the return of children looked after is of: its files do not")
		}
	}
	if b.d.Authority == "" && (len(b.books) > 0 || len(b.set) > 0 || !said) {
		b.no("authority", "Say which authority it is of, by its three digits: the file does not")
	}
	return nil
}

func sized(f aside) (*os.File, int64, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, 0, err
	}
	st, err := in.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, in.Close())
	}
	return in, st.Size(), nil
}

// take reads everything in.
func (b *bringing) take(r *request) error {
	did := func(name string, says, findings []string, all int) {
		says[0] = "It is " + says[0]
		b.d.Done = append(b.d.Done, broughtIn{name, says, findings, all - len(findings)})
	}
	for _, f := range b.census {
		res, err := r.desk.ImportCensus(r.ctx(), f.open)
		if err != nil {
			return err
		}
		says, findings := res.Says(maxFindings)
		did(f.name, says, findings, res.Findings())
	}
	for _, f := range b.books {
		in, size, err := sized(f)
		if err != nil {
			return err
		}
		res, err := r.desk.ImportAnnexA(r.ctx(), in, size, annexa.Terms{Authority: b.d.Authority, On: b.on})
		if err := errors.Join(err, in.Close()); err != nil {
			return err
		}
		did(f.name, res.Says(), res.Findings[:min(len(res.Findings), maxFindings)], len(res.Findings))
	}
	for _, f := range b.feeds {
		res, err := r.desk.ImportDailyFeed(r.ctx(), f.open, app.FeedTerms{Authority: b.d.Authority})
		if err != nil {
			return err
		}
		did(f.name, res.Says(), res.Faults[:min(len(res.Faults), maxFindings)], res.FaultsN)
	}
	if len(b.set) > 0 {
		res, err := r.desk.ImportSSDA903(r.ctx(), b.set, app.SSDA903Terms{Authority: b.d.Authority, Year: b.year})
		if err != nil {
			return err
		}
		name := b.set[0].Name
		if n := len(b.set) - 1; n > 0 {
			name += " and " + count(n, "more file", "more files")
		}
		did(name, res.Says(), nil, 0)
	}
	return nil
}

// patience gives a large file the time that it takes to come, and to be read in.
func patience(w http.ResponseWriter) {
	c, until := http.NewResponseController(w), time.Now().Add(30*time.Minute)
	_ = c.SetReadDeadline(until)  // a server that has no deadlines needs none
	_ = c.SetWriteDeadline(until) // the same
}

// readIn keeps a file aside, looks whether it can be a census, and reads it in.
// What it is called and what it says of its own type are not believed.
func (s *Server) readIn(r *request, file io.Reader) (app.CensusResult, error) {
	var res app.CensusResult
	buf := bufio.NewReaderSize(file, 1<<16)
	start, err := buf.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return res, uploadProblem(err)
	}
	if why := notXML(start); why != "" {
		return res, &upload{http.StatusUnsupportedMediaType, why}
	}
	t, err := os.CreateTemp("", "onus-upload-*")
	if err != nil {
		return res, fmt.Errorf("there is no room for what was sent: %w", err)
	}
	defer os.Remove(t.Name())
	defer t.Close()
	if _, err := io.Copy(t, buf); err != nil {
		return res, uploadProblem(err)
	}
	open := func() (io.ReadCloser, error) { return os.Open(t.Name()) }
	res, err = r.desk.ImportCensus(r.ctx(), open)
	var refused *cin.Refusal
	if errors.As(err, &refused) {
		return res, &upload{http.StatusUnprocessableEntity, refused.Error()}
	}
	return res, err
}

// notXML says in words what a file is when it cannot be XML; empty when it can.
func notXML(start []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return "The file is empty"
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return "This is a ZIP file or a spreadsheet. Send the census itself: the XML file that your system makes for the DfE"
	case bytes.HasPrefix(start, []byte("%PDF")):
		return "This is a PDF. Send the census itself: the XML file that your system makes for the DfE"
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return "" // UTF-16: the reader says what to do
	case text[0] != '<':
		return "This is not an XML file. Send the census as your system makes it for the DfE. A journal exported by Onus is read in on the command line: onus import"
	}
	return ""
}

func uploadProblem(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return &upload{http.StatusRequestEntityTooLarge, fmt.Sprintf("The file is larger than %d MB. Read it in on the command line: onus import FILE", maxUpload>>20)}
	}
	return &upload{http.StatusUnprocessableEntity, "What was sent ends in the middle. Nothing was read in. Please send it again"}
}

// apiImport reads in what stands in the body.
func (s *Server) apiImport(w http.ResponseWriter, r *request) error {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/xml" && t != "text/xml" {
		return entry.Refuse("", "Send the census itself as the body, with Content-Type: application/xml")
	}
	patience(w)
	res, err := s.readIn(r, r.Body)
	var u *upload
	if errors.As(err, &u) {
		writeJSON(w, u.code, map[string]any{"error": u.says})
		return nil
	}
	if err != nil {
		return err
	}
	says, findings := res.Says(maxFindings)
	return s.answer(w, map[string]any{"sha256": res.SHA256, "again": res.Again, "children": res.Summary.Children, "entries": res.Entries(), "new_children": res.NewChildren,
		"says": says, "findings": findings, "findings_in_all": res.Findings()})
}

// hintAnd names what describes a field: its hint, and what is wrong with it.
func hintAnd(field, problem string) string {
	if problem == "" {
		return field + "-hint"
	}
	return field + "-hint " + field + "-error"
}
