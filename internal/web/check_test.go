package web_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// sent is a file as it is sent, with the name that it has there.
type sent struct {
	name string
	body []byte
}

func filesForm(t *testing.T, fields map[string]string, files ...sent) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	m := multipart.NewWriter(body)
	for _, name := range []string{"year", "on"} {
		if err := m.WriteField(name, fields[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		p, err := m.CreateFormFile("file", f.name)
		if err == nil {
			_, err = p.Write(f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return body, m.FormDataContentType()
}

func (s *site) checkFiles(fields map[string]string, files ...sent) (*httptest.ResponseRecorder, string) {
	s.t.Helper()
	body, kind := filesForm(s.t, fields, files...)
	r := httptest.NewRequest("POST", "/check-a-file", body)
	r.Header.Set("Content-Type", kind)
	w := s.as(r, "jo-pell")
	return w, html.UnescapeString(w.Body.String())
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../returns/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const header903 = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nK17,X,01/01/2015,WBRI,UN5,,\n"

// Each kind of return is known by what is in it, whatever it is called, and
// checked; nothing is written to the store, nothing is left on the disk.
func TestCheckAFile(t *testing.T) {
	s := open(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	before := s.size()

	w, text := s.checkFiles(nil, sent{"x.txt", fixture(t, "cin/testdata/samples/missing_child_id_crashes_peer.xml")})
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	has(t, text, "Children in need census, 2025/26", "x.txt. 1 April 2025 to 31 March 2026", "Not ready to go", "<b>8500</b>", "The child has no identifier", "child without identifier: ChildIdentifiers row 0 (line 2) LAchildID", "What held: ")

	w, text = s.checkFiles(map[string]string{"on": "31 March 2026"}, sent{"census.xml", fixture(t, "annexacheck/testdata/whole.xlsx")})
	if w.Code != http.StatusOK || strings.Contains(text, "Save what was found") {
		t.Errorf("%d, or there is something to save", w.Code)
	}
	has(t, text, "Lists for Ofsted (Annex A), template of August 2019", "Nothing was found. Every rule held.", "List 6: 5", "“F” was read as “b) Female”")

	_, text = s.checkFiles(map[string]string{"year": "2025/26"}, sent{"whatever.csv", []byte(header903)},
		sent{"Header_last.csv", []byte("\xef\xbb\xbf" + strings.ReplaceAll(header903, ",X,", ",F,"))}, sent{"lists.xlsx", fixture(t, "annexa/testdata/Annex_A_2024_Jan.xlsx")},
		sent{`C:\my files\letter.pdf`, []byte("%PDF-1.7")}, sent{"old.xls", fixture(t, "annexa/testdata/example-A-2005.xls")})
	has(t, text, "Children looked after (SSDA903), 2025/26", "whatever.csv, Header_last.csv", "<b>101</b>", "child K17: Header row 0 (line 2) SEX", "The table Episodes was not given",
		"<b>letter.pdf</b> could not be checked.", "<b>old.xls</b> could not be checked. This is a workbook of the old kind (.xls).", "<b>A09</b>", "The day that the lists are of is not known.")
	if strings.Contains(text, "--year") || strings.Contains(text, "--on") {
		t.Error("the page speaks of the command line's flags")
	}

	if after := s.size(); after != before {
		t.Errorf("%d entries were written", after-before)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left behind, %v", len(left), err)
	}
}

// Wrong and hostile files, and mistakes in the form: the right status and a clear
// sentence for each.
func TestCheckAWrongFile(t *testing.T) {
	s := open(t)
	good := sent{"h.csv", []byte(header903)}
	for _, c := range []struct {
		name   string
		fields map[string]string
		file   sent
		want   string
	}{
		{"nothing chosen", nil, sent{}, "Choose a file"},
		{"empty", nil, sent{"a.xml", nil}, "The file is empty."},
		{"a web page", nil, sent{"a.xml", []byte("<html>no</html>")}, "a web page: sign in, download the census again"},
		{"another year", nil, sent{"a.xml", []byte(strings.Replace(census, "<Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate>", "<Year>2011</Year>", 1))}, "could not be checked. The collection year is 2011"},
		{"cut", nil, sent{"a.xml", []byte(census[:len(census)-200])}, "could not be checked. "},
		{"outside", nil, sent{"a.xml", []byte(`<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(census, "UP1", "&x;", 1))}, "could not be checked. "},
		{"a table of something", nil, sent{"a.csv", []byte("name,colour\nx,red\n")}, "The headings are not those of a table of the SSDA903 return."},
		{"wide text", nil, sent{"a.csv", []byte("\xff\xfeC\x00H\x00")}, "Save it in Excel as “CSV UTF-8”."},
		{"a program", nil, sent{"a.csv", []byte("\x7fELF\x00\x00")}, "none of the files that can be checked here"},
		{"JSON", nil, sent{"a.csv", []byte("{}")}, "none of the files that can be checked here"},
		{"a zip", nil, sent{"a.xlsx", []byte("PK\x03\x04rest")}, "damaged or was cut short"},
		{"another workbook", nil, sent{"a.xlsx", fixture(t, "annexa/testdata/annex_a_sen_fake.xlsx")}, "not an Annex A: no sheet has the headings"},
		{"a year of nobody's", map[string]string{"year": "1999/00"}, good, "Choose a year of the list"},
		{"no day", map[string]string{"on": "soon"}, good, "Write the day as 31/03/2026"},
		{"markup in the name", nil, sent{"<script>alert(1)</script>.pdf", []byte("%PDF-1.7")}, "could not be checked"},
	} {
		files := []sent{c.file}
		if c.file.name == "" {
			files = nil
		}
		w, text := s.checkFiles(c.fields, files...)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, c.want) || !strings.Contains(text, "There is a problem") || !strings.Contains(text, "<title>Error: ") {
			t.Errorf("%s: %d, want %q\n%.900s", c.name, w.Code, c.want, text)
		}
		if strings.Contains(text, "root:") || strings.Contains(w.Body.String(), "<script>alert") {
			t.Errorf("%s: %.600s", c.name, text)
		}
	}
	r := httptest.NewRequest("POST", "/check-a-file", strings.NewReader("file=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := s.as(r, "jo-pell"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no files at all: %d", w.Code)
	}
}

// More than 200 MB are refused as such, of every kind, and without being held.
func TestCheckAFileTooLarge(t *testing.T) {
	s := open(t)
	for name, start := range map[string]string{"census": "<Message>", "table": header903 + "K18,", "workbook": "PK\x03\x04"} {
		head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
		r := httptest.NewRequest("POST", "/check-a-file", io.MultiReader(strings.NewReader(head+start), io.LimitReader(spaces{}, 201<<20)))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := s.as(r, "jo-pell")
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "larger than 200 MB together") {
			t.Errorf("%s: %d %.300s", name, w.Code, w.Body)
		}
	}
	w, text := s.checkFiles(nil, sent{"a.xlsx", append([]byte("PK\x03\x04"), make([]byte, 64<<20)...)})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "A workbook may have 64.") {
		t.Errorf("a workbook of more than 64 MB: %d", w.Code)
	}
}

// What was found comes back as a file that is safe in a spreadsheet, and only
// that: this address gives back nothing else that was sent to it.
func TestSaveWhatWasFound(t *testing.T) {
	s := open(t)
	_, text := s.checkFiles(nil, sent{"h.csv", []byte(strings.ReplaceAll(header903, "K17", "=K17+1"))})
	_, found, ok := strings.Cut(text, `name="found" value="`)
	found, _, ok2 := strings.Cut(found, `">`)
	if !ok || !ok2 {
		t.Fatal("nothing can be saved")
	}
	w := s.ask("POST", "/check-a-file/csv", "jo-pell", "found="+url.QueryEscape(found))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(rows); !strings.HasPrefix(got, "[[rule severity level table column row child] [") || !strings.Contains(got, "[101 error child Header SEX 0 '=K17+1]") || strings.Contains(got, " =") {
		t.Errorf("%.600s", got)
	}
	for _, sent := range []string{"", "<html>", "a,b\n1,2\n", `"`} {
		if w := s.ask("POST", "/check-a-file/csv", "jo-pell", "found="+url.QueryEscape(sent)); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", sent, w.Code)
		}
	}
}

// So much that is wrong that no page could be opened: it is cut, and says where all
// of it is.
func TestMuchIsFound(t *testing.T) {
	s := open(t)
	w, text := s.checkFiles(nil, sent{"h.csv", []byte("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n" + strings.Repeat("K17,X,01/01/2015,WBRI,UN5,,\n", 20_000) + strings.Repeat("K18,X,,,,,\n", 20_000))})
	if w.Code != http.StatusOK || w.Body.Len() > 200<<10 || strings.Contains(text, `name="found"`) {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	has(t, text, "child K17: Header row 0 (line 2) SEX; Header row 1", "; and so on", "So much was found that it cannot be saved from this page.")
}

// Nothing of a file gets into the log or an address.
func TestCheckLeavesNoTrace(t *testing.T) {
	w := newWorld(t, onMemory(t))
	body, kind := filesForm(t, nil, sent{"Qzname.csv", []byte(strings.ReplaceAll(header903, "K17", "Qzchild"))}, sent{"Qz.xlsx", []byte("PK\x03\x04Qz")}, sent{"Qz.xml", []byte("<Message><Qz/>")})
	got := w.ask(w.person("the worker"), "POST", "/check-a-file", body.String(), "Content-Type", kind)
	if got.Code != http.StatusOK || !strings.Contains(got.body, "Qzchild") || got.writes != 0 || len(got.looks) != 0 {
		t.Errorf("%d, %d writes, %d looks", got.Code, got.writes, len(got.looks))
	}
	if strings.Contains(fmt.Sprint(got.Header()), "Qz") {
		t.Errorf("the headers say it: %v", got.Header())
	}
	w.quiet(t)
}

// A few checks run at once; who comes then is told to wait, and is let in later.
func TestChecksAtOnce(t *testing.T) {
	s := open(t)
	var ends []*io.PipeWriter
	done := make(chan int, 2)
	for range 2 {
		in, out := io.Pipe()
		ends = append(ends, out)
		r := httptest.NewRequest("POST", "/check-a-file", in)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		go func() { done <- s.as(r, "jo-pell").Code }()
		if _, err := out.Write([]byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	w, text := s.checkFiles(nil, sent{"h.csv", []byte(header903)})
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(text, "Others are checking files just now") {
		t.Errorf("%d %.300s", w.Code, text)
	}
	for _, e := range ends {
		e.Close()
	}
	for range 2 {
		select {
		case code := <-done:
			if code != http.StatusUnprocessableEntity {
				t.Errorf("cut in the middle: %d", code)
			}
		case <-time.After(time.Minute):
			t.Fatal("a check did not end")
		}
	}
	if w, _ := s.checkFiles(nil, sent{"h.csv", []byte(header903)}); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}
