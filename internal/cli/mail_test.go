package cli

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit/smtpd"
	"onus/internal/web/assets"
)

// The server as it is wired: what is late climbs, a mail leaves through a real
// mail server, and the heart beats.
func TestServeSendsMailAndBeats(t *testing.T) {
	if err := assets.Check(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := where{Data: dir}
	o, err := at.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	since := day.On(clock{}.Now().Date() - 40)
	var cmds []line.Command
	for _, b := range []entry.Body{line.TeamCreated{Team: "front", Name: "Front door"}, line.PostCreated{Post: "director", Title: "Director", Tier: line.Director},
		line.PostCreated{Post: "front", Title: "Team manager", Tier: line.TeamManager, Team: "front", Above: "director", Function: line.FrontDoor},
		line.PersonKnown{Person: "jo", Name: "Jo Pell"}, line.PostHeld{Post: "director", Person: "jo"}, line.PersonMail{Person: "jo", Address: "jo@example.gov.uk"}} {
		cmds = append(cmds, line.Command{Actor: operator, Happened: since, Body: b, Source: entry.Source{Kind: "page"}})
	}
	if _, err := o.RecordLine(t.Context(), cmds, ""); err != nil {
		t.Fatal(err)
	}
	say := func(b entry.Body) child.Command {
		return child.Command{Actor: entry.Actor{Person: "jo", Post: "director"}, Happened: day.On(clock{}.Now().Date() - 20), Body: b, Source: entry.Source{Kind: "page"}}
	}
	if _, err := o.Record(t.Context(), app.Do{Commands: []child.Command{say(child.Known{Given: "Iona", Family: "Marsh"}), say(child.Referral{From: "school", What: "hungry"})}}); err != nil {
		t.Fatal(err)
	}
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
	mta := smtpd.Start(t, false, smtpd.Plain)
	mailed, beat := make(chan struct{}, 100), make(chan struct{}, 100)
	mta.Refuse(func(step, _ string) error {
		if step == "data" {
			mailed <- struct{}{}
		}
		return nil
	})
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { beat <- struct{}{} }))
	t.Cleanup(outside.Close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	c := serveCmd{where: at, Listen: "127.0.0.1:0", SMTP: mta.Addr, SMTPTLS: "none", SMTPFrom: "onus@example.gov.uk", PublicURL: "https://onus.example.gov.uk/", Heartbeat: outside.URL, Watch: 50 * time.Millisecond}
	var log strings.Builder
	go func() { ended <- c.Run(stdio{ctx: ctx, out: io.Discard, errw: &log}) }()
	for _, x := range []chan struct{}{mailed, beat} {
		select {
		case <-x:
		case err := <-ended:
			t.Fatalf("it ended: %v\n%s", err, log.String())
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	ms := mta.Mails()
	if len(ms) == 0 || ms[0].To != "jo@example.gov.uk" || !strings.Contains(ms[0].Data, "https://onus.example.gov.uk/child/") {
		t.Errorf("%+v", ms)
	}
	for _, m := range ms {
		if strings.Contains(m.Data, "Iona") || strings.Contains(m.Data, "Marsh") || strings.Contains(m.Data, "Pell") {
			t.Errorf("a name left:\n%s", m.Data)
		}
	}
	if strings.Contains(log.String(), "jo@") || strings.Contains(log.String(), outside.URL) {
		t.Errorf("the log says too much:\n%s", log.String())
	}
	var out strings.Builder
	if code := Main([]string{"doctor", "--data", dir}, strings.NewReader(""), &out, io.Discard); code != exitDone && code != exitNo || !strings.Contains(out.String(), "the watchdog looked ") || strings.Contains(out.String(), "mail is off") {
		t.Errorf("doctor: %d\n%s", code, out.String())
	}
}
