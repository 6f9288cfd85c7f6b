package web

import (
	"fmt"
	"net/http"
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
	_, err = fmt.Fprintln(w, "ready")
	return err
}
