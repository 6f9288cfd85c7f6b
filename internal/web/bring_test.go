package web_test

import (
	"bytes"
	"compress/gzip"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"onus/internal/app"
)

const census = `<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>204</LEA><SoftwareCode>x</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo><DateTime>2026-05-01T09:00:00</DateTime></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>UP1</LAchildID><UPNunknown>UN3</UPNunknown><PersonBirthDate>2015-05-04</PersonBirthDate><Sex>M</Sex></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>NONE</Disability></Disabilities></ChildCharacteristics>
<CINdetails><CINreferralDate>2026-01-10</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N4</PrimaryNeedCode><ReferralNFA>0</ReferralNFA><Surprise>x</Surprise></CINdetails></Child></Children></Message>`

// upload sends a file from the page, under any name and claimed type.
func (s *site) upload(who, field, name, kind string, body []byte) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="` + field + `"; filename="` + name + `"`}, "Content-Type": {kind}})
	if err != nil {
		s.t.Fatal(err)
	}
	part.Write(body)
	m.Close()
	r := httptest.NewRequest("POST", "/import", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.as(r, who)
}

// A census goes in from a page, says what was not understood with its line, and
// adds nothing the second time.
func TestACensusFromThePage(t *testing.T) {
	s := open(t)
	const admin = "nadia-osei"
	w := s.upload(admin, "file", "census.xml", "application/xml", []byte(census))
	text := html.UnescapeString(w.Body.String())
	if w.Code != http.StatusOK {
		t.Fatalf("%d %.2000s", w.Code, text)
	}
	has(t, text, "It is a CIN census of 2026 from authority 204", "Understood: 1 children", "line 3, ", "Surprise")
	if strings.Contains(text, "UP1") {
		t.Error("the page names a child's number to an administrator")
	}
	again := html.UnescapeString(s.upload(admin, "file", "other name.txt", "text/plain", []byte(census)).Body.String())
	has(t, again, "Nothing was new: nothing was added")
	r := httptest.NewRequest("POST", "/api/import", strings.NewReader(census))
	r.Header.Set("Content-Type", "application/xml")
	if w := s.as(r, admin); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"entries": 0`) {
		t.Errorf("by the API: %d %.500s", w.Code, w.Body)
	}
	if w := s.upload("jo-pell", "file", "census.xml", "application/xml", []byte(census)); w.Code != http.StatusForbidden {
		t.Errorf("a worker: %d", w.Code)
	}
}

// Wrong and hostile files: the right status, a clear sentence, nothing written,
// nothing left on the disk.
func TestWrongFilesFromThePage(t *testing.T) {
	s := open(t)
	const admin = "nadia-osei"
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(bytes.Repeat([]byte{' '}, 1<<20))
	z.Close()
	before := s.size()
	for _, c := range []struct {
		name, field, file string
		body              []byte
		code              int
		want              string
	}{
		{"nothing chosen", "other", "x.xml", []byte(census), 422, "Choose the file"},
		{"empty", "file", "x.xml", nil, 415, "The file is empty"},
		{"a spreadsheet that says it is XML", "file", "census.xml", []byte("PK\x03\x04rest"), 415, "This is a ZIP file or a spreadsheet"},
		{"a PDF", "file", "census.xml", []byte("%PDF-1.7"), 415, "This is a PDF"},
		{"zipped", "file", "census.xml", zipped.Bytes(), 415, "This is not an XML file"},
		{"a program", "file", "census.xml", []byte("\x7fELF\x00\x00"), 415, "This is not an XML file"},
		{"a web page", "file", "../../census.xml", []byte("<html><body>Not found</body></html>"), 422, "not a CIN census"},
		{"another return", "file", "x.xml", []byte("<Message><LookedAfterChildren/></Message>"), 422, "not a CIN census"},
		{"cut", "file", "x.xml", []byte(census[:len(census)-200]), 422, ""},
		{"it asks for another file", "file", "x.xml", []byte(`<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(census, "UP1", "&x;", 1)), 422, ""},
		{"a thousand million laughs", "file", "x.xml", []byte(`<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + strings.Replace(census, "UP1", "&b;", 1)), 422, ""},
	} {
		w := s.upload(admin, c.field, c.file, "application/xml", c.body)
		text := html.UnescapeString(w.Body.String())
		if w.Code != c.code || !strings.Contains(text, c.want) || !strings.Contains(text, "There is a problem") {
			t.Errorf("%s: %d, want %d with %q\n%.600s", c.name, w.Code, c.code, c.want, text)
		}
		if strings.Contains(text, "root:") {
			t.Errorf("%s: a file of the machine is shown", c.name)
		}
	}
	huge := httptest.NewRequest("POST", "/api/import", io.MultiReader(strings.NewReader("<Message>"), io.LimitReader(spaces{}, 257<<20)))
	huge.Header.Set("Content-Type", "application/xml")
	if w := s.as(huge, admin); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "larger than 256 MB") {
		t.Errorf("too large: %d %.300s", w.Code, w.Body)
	}
	if after := s.size(); after != before {
		t.Errorf("%d entries were written", after-before)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left behind, %v", len(left), err)
	}
	r := httptest.NewRequest("POST", "/api/import", strings.NewReader(census))
	r.Header.Set("Content-Type", "text/html")
	if w := s.as(r, admin); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest {
		t.Errorf("by the API as HTML: %d", w.Code)
	}
}

// spaces never end.
type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func (s *site) as(r *http.Request, who string) *httptest.ResponseRecorder {
	s.t.Helper()
	r.Header.Set("Onus-Person", who)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func (s *site) size() (n int64) {
	s.t.Helper()
	if err := s.app.Store.View(s.t.Context(), func(v app.View) error {
		h, err := v.Head(s.t.Context())
		n = h.Size
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return n
}
