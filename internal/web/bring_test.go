package web_test

import (
	"archive/zip"
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
		{"nothing chosen", "other", "x.xml", []byte(census), 422, "Choose a file"},
		{"empty", "file", "x.xml", nil, 415, "The file is empty"},
		{"a spreadsheet that says it is XML", "file", "census.xml", []byte("PK\x03\x04rest"), 422, "census.xml: "},
		{"a PDF", "file", "census.xml", []byte("%PDF-1.7"), 415, "This is a PDF"},
		{"zipped", "file", "census.xml", zipped.Bytes(), 415, "This is none of the files that can be read in"},
		{"a program", "file", "census.xml", []byte("\x7fELF\x00\x00"), 415, "This is none of the files that can be read in"},
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

// several sends files and what is said beside them.
func (s *site) several(fields map[string]string, files ...[2]string) (*httptest.ResponseRecorder, string) {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, v := range fields {
		if err := m.WriteField(name, v); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile("file", f[0])
		if err != nil {
			s.t.Fatal(err)
		}
		part.Write([]byte(f[1]))
	}
	m.Close()
	r := httptest.NewRequest("POST", "/import", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := s.as(r, "nadia-osei")
	return w, html.UnescapeString(w.Body.String())
}

// Every return goes in from the page, several at once, each known by what is in it; and
// where one of them is wrong, or something must be said beside it, none goes in.
func TestEveryReturnFromThePage(t *testing.T) {
	s := open(t)
	const header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nL1,1,04/05/2015,WBRI,UN3,,\n"
	const episodes = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\nL1,01/06/2025,S,C2,N1,U1,PR1,,,,AB1 0JD,AB1 0JD,\n"
	const feed = `[{"la_child_id":"D1","mis_child_id":"M1","first_name":"Ada","surname":"Vale","date_of_birth":"2014-03-02","sex":"F"}]`
	before := s.size()
	files := [][2]string{{"header.csv", header}, {"episodes.csv", episodes}, {"feed.json", feed}, {"census.xml", census}}
	for _, c := range []struct {
		fields map[string]string
		files  [][2]string
		says   []string
	}{
		{nil, files, []string{"which year the return of children looked after", "which authority it is of"}},
		{map[string]string{"authority": "20", "year": "2025/26"}, files, []string{"the three digits of the authority"}},
		{map[string]string{"authority": "204", "year": "2025/26"}, append(files, [2]string{"half.xml", census[:len(census)-200]}), []string{"half.xml: "}},
		{map[string]string{"authority": "204", "year": "next"}, files, []string{"which year"}},
		{map[string]string{"authority": "204", "year": "2025/26"}, append(files, [2]string{"x.csv", "a,b\n1,2\n"}), []string{"none of the files that can be read in"}},
		{map[string]string{"authority": "204"}, [][2]string{{"lists.xlsx", "PK\x03\x04"}}, []string{"Say the day that the lists", "lists.xlsx: "}},
	} {
		w, text := s.several(c.fields, c.files...)
		has(t, text, append(c.says, "Nothing was read in.", `value="`+c.fields["authority"]+`"`)...)
		if w.Code < 400 || s.size() != before {
			t.Errorf("%v: %d, %d entries were written", c.says, w.Code, s.size()-before)
		}
	}
	w, text := s.several(map[string]string{"authority": "204", "year": "2025/26"}, files...)
	if w.Code != 200 || s.size() == before {
		t.Fatalf("%d %.2000s", w.Code, main(text))
	}
	has(t, text, "header.csv and 1 more file", "feed.json", "census.xml", "It is a CIN census of 2026", "1 episodes")
	for _, x := range []string{"Ada", "Vale", ">L1", ">D1"} {
		if strings.Contains(text, x) {
			t.Errorf("the page names a child to an administrator: %s", x)
		}
	}
	size := s.size()
	if _, text := s.several(map[string]string{"authority": "204", "year": "2025/26"}, files...); s.size() != size || strings.Count(text, "nothing was added") != 3 {
		t.Errorf("the second time: %d entries, %d times nothing", s.size()-size, strings.Count(text, "nothing was added"))
	}
	book := [2]string{"lists.xlsx", string(fixture(t, "annexacheck/testdata/whole.xlsx"))}
	if _, text := s.several(map[string]string{"authority": "204", "on": "31/03/2026"}, book); s.size() == size {
		t.Errorf("a workbook: %.1500s", main(text))
	} else {
		has(t, text, "lists.xlsx", "It is ", "List 1")
	}
}

// A zip with several files is read in as its files would be; nothing of a zip that is wrong,
// grows, or holds anything else goes in, and nothing is left behind.
func TestAZipFromThePage(t *testing.T) {
	s := open(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	const header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nL1,1,04/05/2015,WBRI,UN3,,\n"
	const episodes = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\nL1,01/06/2025,S,C2,N1,U1,PR1,,,,AB1 0JD,AB1 0JD,\n"
	const feed = `[{"la_child_id":"D1","mis_child_id":"M1","first_name":"Ada","surname":"Vale","date_of_birth":"2014-03-02","sex":"F"}]`
	zipped := func(files ...[2]string) string {
		t.Helper()
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, f := range files {
			w, err := z.Create(f[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, f[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	terms := map[string]string{"authority": "204", "year": "2025/26"}
	good := zipped([2]string{"set/header.csv", header}, [2]string{"set/episodes.csv", episodes}, [2]string{"feed.json", feed}, [2]string{"census.xml", census}, [2]string{"__MACOSX/x", "x"})
	grows := []byte(good)
	at := bytes.Index(grows, []byte("PK\x01\x02"))
	copy(grows[at+24:], []byte{5, 0, 0, 0})
	bomb := zipped([2]string{"a.csv", header})
	bombed := []byte(bomb)
	at = bytes.Index(bombed, []byte("PK\x01\x02"))
	copy(bombed[at+24:], []byte{0xff, 0xff, 0xff, 0x7f})
	before := s.size()
	for name, c := range map[string]struct{ file, says string }{
		"another file":      {zipped([2]string{"header.csv", header}, [2]string{"notes.txt", "x"}), "it holds notes.txt, which is none of CSV, XML, XLSX, JSON"},
		"a zip in it":       {zipped([2]string{"inner.zip", good}), "a zip in a zip"},
		"a wrong file":      {zipped([2]string{"header.csv", header}, [2]string{"half.xml", census[:len(census)-200]}), "set.zip/half.xml: "},
		"a file of nothing": {zipped([2]string{"x.csv", "a,b\n1,2\n"}), "set.zip/x.csv: This is none of the files"},
		"an empty one":      {zipped(), "it holds no files"},
		"it grows":          {string(grows), "cannot be unpacked"},
		"a bomb":            {string(bombed), "larger than 1024 MB"},
		"cut short":         {good[:len(good)-40], "set.zip: "},
		"XML that bites":    {zipped([2]string{"c.xml", `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + strings.Replace(census, "UP1", "&x;", 1)}), "set.zip/c.xml: "},
	} {
		w, text := s.several(terms, [2]string{"set.zip", c.file})
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(text, c.says) || !strings.Contains(text, "Nothing was read in.") || s.size() != before || strings.Contains(text, "root:") {
			t.Errorf("%s: %d, it does not say %q: %s", name, w.Code, c.says, problem.FindAllString(w.Body.String(), -1))
		}
	}
	w, text := s.several(terms, [2]string{"set.zip", good})
	has(t, text, "set.zip/header.csv and 1 more file", "set.zip/census.xml", "set.zip/feed.json", "It is a return of children looked after (SSDA903) of 2025/26")
	if w.Code != 200 || s.size() == before {
		t.Errorf("%d\n%s", w.Code, problem.FindAllString(w.Body.String(), -1))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left behind, %v", len(left), err)
	}
}
