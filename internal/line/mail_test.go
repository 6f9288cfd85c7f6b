package line_test

import (
	"strings"
	"testing"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

func TestMailAddress(t *testing.T) {
	for _, s := range []string{"a@b.uk", "jo.pell@marlowe.gov.uk", "o'neil+onus@x-y.example", "A_1@127.example"} {
		if !line.MailAddress(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "a", "@b.uk", "a@", "a@b@c", "a b@c.uk", " a@b.uk", "a@b.uk ", "a@b.uk\r\nBcc: x@y.uk", "a@b.uk\nx", "a\x00@b.uk", "Jo <a@b.uk>", "<a@b.uk>", "a@b.uk,c@d.uk",
		`"a b"@c.uk`, "a@[127.0.0.1]", "zoë@b.uk", "a@zoë.uk", ".a@b.uk", "a.@b.uk", "a..b@c.uk", "a@b..uk", "a(x)@b.uk", "a;b@c.uk", strings.Repeat("a", 65) + "@b.uk", "a@" + strings.Repeat("b.", 130) + "uk"} {
		if line.MailAddress(s) {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestWhoIsReached(t *testing.T) {
	on := day.MustParse("2026-01-12")
	var es []entry.Entry
	say := func(d day.Date, b entry.Body) { es = append(es, entry.Entry{Happened: day.On(d), Body: b}) }
	for _, p := range []line.PostCreated{{Post: "d", Title: "Director", Tier: line.Director}, {Post: "s", Title: "Service manager", Tier: line.ServiceManager, Above: "d"}, {Post: "m", Title: "Team manager", Tier: line.TeamManager, Above: "s"}} {
		say(on-100, p)
		say(on-100, line.PersonKnown{Person: "p-" + p.Post, Name: p.Title})
		say(on-100, line.PostHeld{Post: p.Post, Person: "p-" + p.Post})
	}
	say(on-50, line.PersonMail{Person: "p-m", Address: "m@x.uk"})
	reach := func(want string) {
		t.Helper()
		a := line.Fold(es).Reach("m", on)
		if got := a.Person + " " + a.Post + " " + a.How; got != want || a.Asked != "m" {
			t.Errorf("%q, want %q", got, want)
		}
	}
	reach("p-m m holder")
	say(on-9, line.PersonSuspended{Person: "p-m", Why: "x"})
	reach("p-s s passed up")
	say(on-8, line.PostLeft{Post: "s"})
	reach("p-d d passed up")
	say(on-7, line.PersonSuspended{Person: "p-d", Why: "x"})
	reach(" d nobody")
	say(on-6, line.PersonReinstated{Person: "p-m", Why: "x"})
	reach("p-m m holder")
	say(on-5, line.PersonMail{Person: "p-m"})
	if got := line.Fold(es).Mail("p-m"); got != "" {
		t.Errorf("an address that was ended: %q", got)
	}
	if got := line.Fold(es[:len(es)-1]).Mail("p-m"); got != "m@x.uk" {
		t.Errorf("the address: %q", got)
	}
}
