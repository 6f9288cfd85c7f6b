package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/returns/cin"
)

// importData is the form to read a return in, and what came of the last one.
type importData struct {
	Problem  string
	Says     []string
	Findings []string
	More     int
}

// maxFindings is how many findings a page shows; the command line lists all.
const maxFindings = 200

func (s *Server) importForm(w http.ResponseWriter, r *request) error {
	return s.importPage(w, r, http.StatusOK, importData{})
}

func (s *Server) importPage(w http.ResponseWriter, r *request, code int, d importData) error {
	p := s.page(r, "Read a return in", "")
	p.Errors = d.Problem != ""
	return s.render(w, code, importPage(p, d))
}

// upload is a file that was sent, refused with the status that fits.
type upload struct {
	code int
	says string
}

func (u *upload) Error() string { return u.says }

// bringIn reads a census in that was sent from the page.
func (s *Server) bringIn(w http.ResponseWriter, r *request) error {
	in, err := r.MultipartReader()
	if err != nil {
		return s.importPage(w, r, http.StatusUnprocessableEntity, importData{Problem: "Choose the file"})
	}
	var file io.Reader
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return s.importPage(w, r, http.StatusUnprocessableEntity, importData{Problem: "Choose the file"})
		}
		if err != nil {
			return s.importRefused(w, r, uploadProblem(err))
		}
		if part.FormName() == "file" {
			file = part
			break
		}
	}
	patience(w)
	res, err := s.readIn(r, file)
	if err != nil {
		return s.importRefused(w, r, err)
	}
	says, findings := res.Says(maxFindings)
	says[0] = "It is " + says[0]
	return s.importPage(w, r, http.StatusOK, importData{Says: says, Findings: findings, More: res.Findings() - len(findings)})
}

func (s *Server) importRefused(w http.ResponseWriter, r *request, err error) error {
	var u *upload
	if !errors.As(err, &u) {
		return err
	}
	return s.importPage(w, r, u.code, importData{Problem: u.says})
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
