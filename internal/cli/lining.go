package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// lineCmd sets up the line of responsibility before anybody can sign in.
type lineCmd struct {
	Record  lineRecordCmd  `cmd:"" help:"Record entries about the line from a file of JSON lines; - for standard input."`
	CSV     lineCSVCmd     `cmd:"" name:"import" help:"Make the line stand as a CSV file says: posts, teams, who is in them. The same file twice changes nothing."`
	Waiting lineWaitingCmd `cmd:"" help:"List sign-ins that worked and of which nobody has said whose they are."`
	Allow   lineAllowCmd   `cmd:"" help:"Say whose a sign-in is, by its code."`
	Mail    lineMailCmd    `cmd:"" help:"Say where mail for a person goes. An empty address ends it: onus line mail PERSON ''."`
}

// operator is whoever has the machine. What they do is told as theirs.
var operator = entry.Actor{Person: "operator"}

type lineRecordCmd struct {
	where
	File string `arg:"" help:"Lines such as {\"kind\":\"team.created\",\"happened\":\"2026-04-01\",\"body\":{\"team\":\"east\",\"name\":\"East\"}}. All are recorded or none."`
}

func (c *lineRecordCmd) Run(s stdio) error {
	path, clean, err := spool(c.File, s.in)
	if err != nil {
		return err
	}
	defer clean()
	b, err := os.ReadFile(path)
	if err != nil {
		return wrong("the file cannot be read: %w", err)
	}
	var cmds []line.Command
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		var in struct {
			Kind     entry.Kind      `json:"kind"`
			Happened day.When        `json:"happened"`
			Body     json.RawMessage `json:"body"`
		}
		dec := json.NewDecoder(bytes.NewReader(sc.Bytes()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			return wrong("line %d is not an entry: %w", n, err)
		}
		k, ok := app.Registry().Known(in.Kind)
		if !ok || k.On != "line" {
			return wrong("line %d: there is no kind of entry about the line called %s. The schema lists them: onus schema", n, strconv.Quote(string(in.Kind)))
		}
		body, err := app.Registry().Decode(in.Kind, in.Body)
		if err != nil {
			return wrong("line %d: %w", n, err)
		}
		cmds = append(cmds, line.Command{Actor: operator, Happened: in.Happened, Body: body, Source: entry.Source{Kind: "import", Of: "line", Line: n}})
	}
	if err := sc.Err(); err != nil {
		return wrong("the file cannot be read: %w", err)
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	done, err := o.RecordLine(s.ctx, cmds, "")
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d entries about the line recorded.\n", len(done.Entries))
	return nil
}

type lineCSVCmd struct {
	where
	File string `arg:"" help:"Columns: post, title, tier, team, team_name, above, function, hours, person, name, from, acting. - for standard input."`
	From string `help:"The day from which it stands like that, where a row gives none. Today when not given." placeholder:"DAY"`
}

func (c *lineCSVCmd) Run(s stdio) error {
	path, clean, err := spool(c.File, s.in)
	if err != nil {
		return err
	}
	defer clean()
	f, err := os.Open(path)
	if err != nil {
		return wrong("the file cannot be read: %w", err)
	}
	defer f.Close()
	on := clock{}.Now().Date()
	if c.From != "" {
		if on, err = day.Parse(c.From); err != nil {
			return Wrong{err}
		}
	}
	o, err := c.open(s.ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	l, err := o.Line(s.ctx)
	if err != nil {
		return err
	}
	cmds, err := l.FromCSV(f, on)
	if err != nil {
		return err
	}
	if len(cmds) == 0 {
		fmt.Fprintln(s.out, "The line stands like that already.")
		return nil
	}
	for i := range cmds {
		cmds[i].Actor = operator
	}
	done, err := o.RecordLine(s.ctx, cmds, "")
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d entries about the line recorded.\n", len(done.Entries))
	return nil
}

type lineWaitingCmd struct{ where }

func (c *lineWaitingCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	return o.store.View(s.ctx, func(v app.View) error {
		all, err := v.Strangers(s.ctx, 1000)
		for _, x := range all {
			fmt.Fprintf(s.out, "%s  %s  %s\n", x.Code, x.At.Long(), x.Issuer)
		}
		return err
	})
}

type lineAllowCmd struct {
	where
	Code   string `arg:"" help:"The code that the person was shown."`
	Person string `arg:"" help:"Their id in the line."`
}

func (c *lineAllowCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.Allow(s.ctx, operator, c.Code, c.Person); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "They can sign in now.")
	return nil
}

type lineMailCmd struct {
	where
	Person  string `arg:"" help:"Their id in the line."`
	Address string `arg:"" help:"The address, such as name@example.gov.uk; '' for none any more."`
}

func (c *lineMailCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	_, err = o.RecordLine(s.ctx, []line.Command{{Actor: operator, Happened: day.On(clock{}.Now().Date()), Source: entry.Source{Kind: "page"},
		Body: line.PersonMail{Person: c.Person, Address: c.Address}}}, "")
	if err != nil {
		return err
	}
	if c.Address == "" {
		fmt.Fprintln(s.out, "No mail goes to them any more.")
		return nil
	}
	fmt.Fprintln(s.out, "Mail goes there from now on.")
	return nil
}
