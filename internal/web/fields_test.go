package web_test

import (
	"strings"
	"testing"

	"onus/internal/testkit/kit"
)

// A form with mistakes shows each at its field, links to it, and keeps what was typed.
func TestEveryMistakeStandsAtItsField(t *testing.T) {
	w := newWorld(t, kit.SQLite.DSN(t))
	for _, c := range []struct {
		as, path, body string
		want           []string
	}{
		{"the administrator", "/people", "do=issue&name=Night+figures&owner=p-admin&until=1999-01-01", []string{
			`href="#scopes"`, `id="scopes"`, `href="#until"`, `id="until"`, `value="Night figures"`, `value="p-admin" selected`, `value="1999-01-01"`}},
		{"the administrator", "/people", "do=register&registered=&number=SW12&registered-until=soon", []string{
			`href="#registered-until"`, `id="registered-until-error"`, `value="SW12"`}},
		{"the administrator", "/people", "do=qualify&qualified=&qualified-since=soon", []string{`href="#qualified-since"`, `id="qualified-since-error"`}},
		{"the administrator", "/people", "do=suspend&person=&why=Left+in+anger", []string{
			`href="#person"`, `id="person-error"`, `value="Left in anger"`}},
		{"the director", "/audits", "person=&audit=Visits&teams=east&n=900&until=2026-05-01", []string{
			`href="#person"`, `href="#n"`, `id="n-error"`, `value="Visits"`, `value="900"`, `value="east" checked`}},
	} {
		got := w.ask(w.person(c.as), "POST", c.path, c.body)
		if got.Code != 422 {
			t.Errorf("%s by %s: %d", c.path, c.as, got.Code)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(got.body, want) {
				t.Errorf("%s %s: there is no %s in\n%s", c.path, c.body, want, main(got.body))
			}
		}
	}
}
