package web

import (
	"net/http"

	"onus/internal/app"
)

// homeData is the way in: the stories of a demonstration, and who one can be.
type homeData struct {
	Demo    bool
	Stories []Story
	People  []personChoice
	Me      string
}

type personChoice struct {
	ID, Name, Post, Tier string
}

func (s *Server) home(w http.ResponseWriter, r *request) error {
	if s.Door != nil {
		to := "/sign-in"
		if r.desk != nil {
			to = "/owed"
		}
		http.Redirect(w, r.Request, to, http.StatusSeeOther)
		return nil
	}
	d := homeData{Demo: s.Demo, Stories: s.Stories, Me: r.person()}
	if s.Demo {
		on := r.now.Date()
		for _, p := range r.line.Posts(on) {
			if h, ok := r.line.Holder(p.ID, on); ok {
				d.People = append(d.People, personChoice{h.Person, r.line.Name(h.Person), p.Title, p.Tier.String()})
			}
		}
	}
	return s.render(w, http.StatusOK, homePage(s.page(r, "Welcome", ""), d))
}

// choose is the door of a demonstration. There is no other door yet.
func (s *Server) choose(w http.ResponseWriter, r *request) error {
	if !s.Demo {
		return app.ErrForbidden
	}
	if err := r.parse(); err != nil {
		return err
	}
	id := r.FormValue("person")
	if id == "" || !r.line.Known(id) {
		return app.ErrNotFound
	}
	setPerson(w, id)
	to := "/owed"
	for _, st := range s.Stories {
		if st.Href == r.FormValue("to") { // only places that we lead to ourselves
			to = st.Href
		}
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
