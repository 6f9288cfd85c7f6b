// Package assets holds the style sheet and the script of the pages inside the
// binary and serves them. It knows files and HTTP; it must never know a page.
package assets

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is the path under which Handler is to be mounted.
const Prefix = "/assets/"

// ErrNotBuilt says that the binary was built before its assets were.
var ErrNotBuilt = errors.New("the pages' style sheet and script were not built: run `make assets`, then build again")

//go:embed all:dist
var embedded embed.FS

var built = load(embedded, "dist")

// URL returns the path of an asset, "onus.css" or "onus.js", with the hash of
// its content in the name. Where the assets were not built it returns the plain
// name, at which Handler says so.
func URL(name string) string { return built.url(name) }

// Text is what an asset says, "sw.js"; empty where the assets were not built.
func Text(name string) []byte {
	if built.err != nil {
		return nil
	}
	b, err := fs.ReadFile(built.files, built.names[name])
	if err != nil {
		return nil
	}
	return b
}

// Check returns ErrNotBuilt, or what is wrong with the manifest, or nil. A
// server calls it before it starts.
func Check() error { return built.err }

// Handler serves the assets at Prefix. A name holds the hash of its content, so
// browsers may keep it for good.
func Handler() http.Handler { return built }

type set struct {
	files fs.FS
	names map[string]string // plain name to hashed name
	known map[string]bool   // hashed names that exist
	err   error
}

func load(from fs.FS, dir string) *set {
	s := &set{names: map[string]string{}, known: map[string]bool{}}
	if s.files, s.err = fs.Sub(from, dir); s.err != nil {
		return s
	}
	text, err := fs.ReadFile(s.files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		s.err = ErrNotBuilt
		return s
	}
	if err == nil {
		err = json.Unmarshal(text, &s.names)
	}
	if err != nil {
		s.err = fmt.Errorf("assets: read manifest: %w", err)
		return s
	}
	for _, hashed := range s.names {
		s.known[hashed] = true
	}
	return s
}

func (s *set) url(name string) string {
	if hashed, ok := s.names[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

func (s *set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.err != nil {
		http.Error(w, s.err.Error(), http.StatusServiceUnavailable)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Prefix)
	if !s.known[name] {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", contentType(name))
	h.Set("Vary", "Accept-Encoding")
	file := name
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		file += ".gz"
	}
	content, err := fs.ReadFile(s.files, file)
	if err != nil {
		h.Del("Content-Encoding")
		h.Del("Cache-Control")
		http.Error(w, "this asset could not be read", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// contentType is our own short table: what mime.TypeByExtension answers differs
// between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "application/octet-stream"
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) != "gzip" {
			continue
		}
		q := strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
		return strings.Trim(q, "0.") != "" || q == ""
	}
	return false
}
