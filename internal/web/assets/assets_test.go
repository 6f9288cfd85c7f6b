package assets

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func sample() *set {
	return load(fstest.MapFS{
		"dist/manifest.json":   {Data: []byte(`{"onus.css":"onus-1a.css","onus.js":"onus-2b.js"}`)},
		"dist/onus-1a.css":     {Data: []byte("body{margin:0}")},
		"dist/onus-1a.css.gz":  {Data: []byte("packed")},
		"dist/onus-2b.js":      {Data: []byte("1")},
		"dist/.keep":           {},
		"dist/not-in-list.txt": {Data: []byte("secret")},
	}, "dist")
}

func get(s *set, path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestServesHashedNamesForGood(t *testing.T) {
	s := sample()
	if got := s.url("onus.css"); got != "/assets/onus-1a.css" {
		t.Fatalf("url = %q", got)
	}
	for _, c := range []struct{ encoding, body, coded string }{
		{"", "body{margin:0}", ""},
		{"gzip;q=0", "body{margin:0}", ""},
		{"br", "body{margin:0}", ""},
		{"br, gzip", "packed", "gzip"},
		{"gzip; q=0.5", "packed", "gzip"},
	} {
		w := get(s, "/assets/onus-1a.css", c.encoding)
		if w.Code != 200 || w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.coded {
			t.Errorf("%q: %d %q %q", c.encoding, w.Code, w.Body, w.Header().Get("Content-Encoding"))
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control = %q", got)
		}
		if got := w.Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
			t.Errorf("Content-Type = %q", got)
		}
	}
}

func TestServesOnlyWhatTheManifestNames(t *testing.T) {
	for _, path := range []string{"/assets/onus.css", "/assets/not-in-list.txt", "/assets/.keep", "/assets/", "/assets/../assets.go"} {
		if w := get(sample(), path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestAMissingCopyIsAnErrorThatIsNotKept(t *testing.T) {
	w := get(sample(), "/assets/onus-2b.js", "gzip")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestSaysWhatToDoWhenNotBuilt(t *testing.T) {
	s := load(fstest.MapFS{"dist/.keep": {}}, "dist")
	if !errors.Is(s.err, ErrNotBuilt) {
		t.Fatalf("err = %v", s.err)
	}
	w := get(s, s.url("onus.css"), "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make assets") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestABrokenManifestIsNotTakenForUnbuilt(t *testing.T) {
	s := load(fstest.MapFS{"dist/manifest.json": {Data: []byte("{")}}, "dist")
	if s.err == nil || errors.Is(s.err, ErrNotBuilt) {
		t.Errorf("err = %v", s.err)
	}
}

// A lock file that names another host would send every build there.
func TestPackagesComeFromTheStandardRegistryOnly(t *testing.T) {
	text, err := os.ReadFile("../../../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`"resolved": "([^"]*)"`).FindAllSubmatch(text, -1) {
		if !strings.HasPrefix(string(found[1]), "https://registry.npmjs.org/") {
			t.Errorf("package-lock.json names %s", found[1])
		}
	}
}
