package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"

	"github.com/invopop/jsonschema"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/assets"
)

type doctorCmd struct{ where }

// Run looks at everything that must be in order and says what to do where it
// is not. It changes nothing but a store that is not there yet.
func (c *doctorCmd) Run(s stdio) error {
	bad := 0
	say := func(ok bool, what, todo string) {
		mark := "ok   "
		if !ok {
			mark = "NO   "
			bad++
		}
		fmt.Fprintln(s.out, mark, what)
		if !ok {
			fmt.Fprintln(s.out, "      ", todo)
		}
	}
	pack, err := England()
	if err != nil {
		say(false, "the rules", err.Error())
	} else {
		say(true, fmt.Sprintf("the rules: %d, and every worked example holds", len(pack.Rules)), "")
	}
	err = assets.Check()
	say(err == nil, "the pages' style sheet and script", "run: make assets")
	_, err = exec.LookPath("chromium")
	say(err == nil, "chromium, for tests and for printing to PDF", "run: apt-get install chromium (Onus runs without it)")
	o, err := c.open(s.ctx, false)
	if err != nil {
		say(false, "the store", err.Error())
		return No{fmt.Errorf("%d things are not in order", bad)}
	}
	defer o.close()
	n, err := o.size(s.ctx)
	say(err == nil, fmt.Sprintf("the store answers: %d entries", n), "is the database there, and may this user read it?")
	st, err := os.Stat(c.keyFile())
	say(err == nil && st.Mode().Perm()&0o077 == 0, "the ledger's key, readable by its owner only", "run: chmod 600 "+c.keyFile())
	l, err := o.Line(s.ctx)
	if err == nil {
		top, ok := l.Top(clock{}.Now().Date())
		say(ok, "the line of responsibility: its head is "+l.Title(top), "no post exists yet, so nobody can be owed anything: record posts with the API (POST /api/line/entries)")
	}
	if err := c.watchdog(s, o, say); err != nil {
		return err
	}
	if bad > 0 {
		return No{fmt.Errorf("%d things are not in order", bad)}
	}
	fmt.Fprintln(s.out, "Everything is in order. onus verify checks the whole journal.")
	return nil
}

// watchdog says what Onus's own checks find now, and whether they run.
func (c *doctorCmd) watchdog(s stdio, o *opened, say func(ok bool, what, todo string)) error {
	fs, err := o.Findings(s.ctx)
	if err != nil {
		return err
	}
	for _, f := range fs {
		since := ""
		if f.Since != 0 {
			since = " Since " + f.Since.Long() + "."
		}
		say(false, f.Text+since, todo[f.About])
	}
	say(len(fs) == 0, "Onus's own checks: what is late climbs, somebody is there to hear it, mail leaves, heads are signed", "see above")
	h, err := o.Watchdog(s.ctx)
	if err != nil {
		return err
	}
	now := clock{}.Now()
	switch {
	case h.At == 0:
		say(true, "the watchdog has not looked here yet: it does so while onus serve runs", "")
	case slices.ContainsFunc(h.Findings, func(f app.Finding) bool { return f.About == app.AboutWatchdog }):
		say(false, "the watchdog last looked at "+h.At.Long(), todo[app.AboutWatchdog])
	default:
		say(true, "the watchdog looked "+strconv.Itoa(int((now-h.At)/day.Second))+" seconds ago", "")
	}
	if h.At != 0 && h.MailOff {
		say(true, "mail is off: whoever does not open Onus hears nothing. To switch it on: onus serve --smtp (docs/mail.md)", "")
	}
	return nil
}

// todo is what helps, by what a finding is about.
var todo = map[string]string{
	app.AboutClimbing:    "start onus serve, which takes what is due at once. If it runs: its log says why it cannot",
	app.AboutLine:        "put somebody into the post, or let another post cover it: the page The line",
	app.AboutMail:        "onus mail list says which. Is the mail server there, and has everybody an address (onus line mail)?",
	app.AboutCheckpoints: "start onus serve. If it runs: its log says why it cannot sign",
	app.AboutWatchdog:    "start onus serve: while it does not run, nothing climbs and no mail leaves",
}

type schemaCmd struct{}

// Run writes the JSON Schema of every kind of entry.
func (schemaCmd) Run(s stdio) error {
	b, err := Schema()
	if err != nil {
		return err
	}
	_, err = s.out.Write(b)
	return err
}

// Schema is docs/entries.schema.json: made from the registry, never by hand.
func Schema() ([]byte, error) {
	type one struct {
		Title  string          `json:"title"`
		About  string          `json:"description"`
		On     string          `json:"record"`
		Schema json.RawMessage `json:"body"`
	}
	kinds := map[entry.Kind]one{}
	for _, k := range app.Registry().Kinds() {
		r := &jsonschema.Reflector{DoNotReference: true, Anonymous: true, Mapper: schemaOf}
		schema := r.Reflect(k.Zero)
		for name, values := range child.Values(k.Kind) {
			if p, ok := schema.Properties.Get(name); ok {
				for _, v := range values {
					p.Enum = append(p.Enum, v)
				}
			}
		}
		raw, err := json.Marshal(schema)
		if err != nil {
			return nil, err
		}
		kinds[k.Kind] = one{k.Title, k.About, k.On, raw}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Onus entries: the body of each kind", "kinds": kinds})
	return b.Bytes(), err
}

// schemaOf gives the types that write themselves as text.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[day.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date", Description: "A civil date: YYYY-MM-DD"}
	case reflect.TypeFor[day.When]():
		return &jsonschema.Schema{Type: "string", Description: "A date, or a moment in RFC 3339"}
	case reflect.TypeFor[day.Instant]():
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[line.Tier]():
		tiers := []any{}
		for _, n := range line.TierNames[1:] {
			tiers = append(tiers, n)
		}
		return &jsonschema.Schema{Type: "string", Enum: tiers}
	}
	return nil
}
