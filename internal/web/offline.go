package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"onus/internal/door"
	"onus/internal/web/assets"
	"onus/internal/web/shell"
)

// keptHeader says that a form was kept in a browser while there was no internet, and is
// sent by a script: the answer is for that, and no page.
const keptHeader = "Onus-Send"

// keeps names session and person for what the browser keeps: not who they are, and no
// secret. until is when the session ends at the latest, in milliseconds of Unix time.
func (s *Server) keeps(r *request) (session, who string, until int64) {
	name := func(parts ...string) string {
		sum := sha256.Sum256([]byte("onus offline\x00" + strings.Join(parts, "\x00")))
		return hex.EncodeToString(sum[:12])
	}
	began := r.session.Began
	if s.Door == nil { // a demonstration's door knows no sessions
		began = r.now
		return name(r.person()), name("who", r.person()), (began + door.Absolute).Time().UnixMilli()
	}
	return name(r.person(), began.String()), name("who", r.person()), (began + door.Absolute).Time().UnixMilli()
}

// worker gives the service worker with what it keeps: the page for when no server
// answers, and what that page needs. A new release names other files, so browsers take it.
func (s *Server) worker(w http.ResponseWriter, r *request) error {
	files := []string{"/offline", assets.URL("onus.css"), assets.URL("onus.js")}
	sum := sha256.Sum256([]byte(strings.Join(files, " ")))
	list, err := json.Marshal(map[string]any{"name": "onus-" + hex.EncodeToString(sum[:6]), "files": files})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(append([]byte("self.SHELL="+string(list)+";\n"), assets.Text("sw.js")...)) // the reader may have gone
	return nil
}

// offline is the page of the service worker. It is the same for everybody.
func (s *Server) offline(w http.ResponseWriter, r *request) error {
	return s.render(w, http.StatusOK, offlinePage(shell.Page{Title: "No internet", Demo: s.Demo, Phone: true}))
}

// sentKept answers what a script sent.
func sentKept(w http.ResponseWriter, r *request, to string) bool {
	if r.Header.Get(keptHeader) == "" {
		return false
	}
	writeJSON(w, http.StatusOK, map[string]string{"done": to})
	return true
}
