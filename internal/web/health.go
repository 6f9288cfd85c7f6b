package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"onus/internal/line"
)

func (s *Server) healthz(w http.ResponseWriter, _ *request) error {
	_, err := fmt.Fprintln(w, "ok")
	return err
}

func (s *Server) readyz(w http.ResponseWriter, r *request) error {
	err := s.App.Answers(r.ctx())
	why := ""
	if err != nil {
		why = "the store does not answer"
	} else if s.Ready != nil {
		if ok, reason := s.Ready(); !ok {
			why = reason
		}
	}
	if why != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, err := fmt.Fprintln(w, "not ready:", why)
		return err
	}
	h, err := s.App.Watchdog(r.ctx())
	if err != nil {
		return err
	}
	if h.Well() {
		_, err = fmt.Fprintln(w, "ready")
		return err
	}
	// It is ready all the same: a mail server that is down must not take the pages
	// away. Anybody may ask here, so it says what failed, and nothing of whom.
	var about []string
	for _, f := range h.Findings {
		if !slices.Contains(about, f.About) {
			about = append(about, f.About)
		}
	}
	_, err = fmt.Fprintf(w, "ready\nOnus's own checks have failed since %s: %s\n", h.Since, strings.Join(about, ", "))
	return err
}

// alarm is what managers read on every page while Onus's own checks fail; empty
// when there is nothing to read.
func (s *Server) alarm(r *request) string {
	if r.desk.Who().Tier < line.TeamManager {
		return ""
	}
	h, err := s.App.Watchdog(r.ctx())
	if err != nil {
		s.Log.Error("what the watchdog found cannot be read", "error", err)
		return "It is not known whether Onus's own checks are well. Tell the people who run Onus here."
	}
	if h.Well() {
		return ""
	}
	text := "Onus's own checks have failed since " + h.Since.Long() + ". " + h.Findings[0].Text
	if n := len(h.Findings) - 1; n > 0 {
		text += " And " + count(n, "other finding", "other findings") + "."
	}
	return text + " Tell the people who run Onus here."
}
