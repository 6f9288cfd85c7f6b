package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"onus/internal/app"
	"onus/internal/day"
	"onus/internal/notify"
	"onus/internal/returns/dailyfeed"
)

// feedCmd is for what leaves for the Department each day. It shows no name and no
// number of a child, but where somebody asks for what a server said or what was sent.
type feedCmd struct {
	Send feedSendCmd `cmd:"" help:"Send the daily feed: what waits from before, then the children of whom something else is to be told than was accepted last."`
	List feedListCmd `cmd:"" help:"List what was sent, newest first, and how it was answered."`
	Show feedShowCmd `cmd:"" help:"One sending, with what the server said. It may name a child."`
}

// feedWay is where the daily feed goes, and what says who sends it.
type feedWay struct {
	To      string `placeholder:"URL" env:"ONUS_FEED_TO" help:"The address of the server, as the Department gave it: https://host/api. /children_social_care_data/CODE/children is added."`
	OAuth   string `name:"oauth-file" placeholder:"FILE" env:"ONUS_FEED_OAUTH_FILE" help:"File (YAML) that says where to fetch a token and as whom: token_url, client_id, client_secret_file, scope. Onus fetches another before it ends."`
	Token   string `name:"token-file" placeholder:"FILE" env:"ONUS_FEED_TOKEN_FILE" help:"File with a token that somebody else fetches (Authorization: Bearer). It is read each time."`
	Headers string `name:"header-file" placeholder:"FILE" env:"ONUS_FEED_HEADER_FILE" help:"File with more headers that say who sends, a line for each: Name: value."`
}

type feedSendCmd struct {
	where
	feedTerms
	feedWay
	Patience time.Duration `default:"30m" help:"How long to go on trying while the server is busy or silent. What is left then is tried first when the command runs again."`
	Timeout  time.Duration `default:"1m" help:"How long one try may take."`
}

// maxSecret is how large a file with a token or headers may be, in bytes.
const maxSecret = 64 << 10

// secretFile reads a file with a secret. What stands in it is never shown.
func secretFile(path, what string) (string, error) {
	b, err := os.ReadFile(path)
	switch {
	case err != nil:
		return "", wrong("the file with %s cannot be read: %s", what, path)
	case len(b) > maxSecret:
		return "", wrong("the file with %s is larger than 64 KB: it cannot be the right one: %s", what, path)
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(b), "\xef\xbb\xbf"))
	if text == "" {
		return "", wrong("the file with %s is empty: %s", what, path)
	}
	return text, nil
}

// secrets are the headers that say who sends.
func (c *feedWay) secrets() (map[string]string, error) {
	out := map[string]string{}
	if c.Headers != "" {
		text, err := secretFile(c.Headers, "headers")
		if err != nil {
			return nil, err
		}
		for i, l := range strings.Split(text, "\n") {
			if l = strings.TrimSpace(l); l == "" {
				continue
			}
			name, value, ok := strings.Cut(l, ":")
			if !ok || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
				return nil, wrong("line %d of the file with headers is not of the form Name: value: %s", i+1, c.Headers)
			}
			out[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	if c.Token != "" {
		text, err := secretFile(c.Token, "the token")
		if err != nil {
			return nil, err
		}
		if strings.ContainsAny(text, " \t\r\n") {
			return nil, wrong("the file with the token holds more than one word: %s", c.Token)
		}
		out["Authorization"] = "Bearer " + text
	}
	if len(out) == 0 && c.OAuth == "" {
		return nil, wrong("say who sends: --oauth-file FILE, --token-file FILE or --header-file FILE. A secret on the command line would stand in the list of processes")
	}
	return out, nil
}

// oauth reads where a token is fetched, and as whom. A path of a file beside it is read
// from where it stands.
func (c *feedWay) oauth() (*notify.OAuth, error) {
	if c.OAuth == "" {
		return nil, nil
	}
	if c.Token != "" {
		return nil, wrong("--oauth-file and --token-file exclude each other: a token is fetched, or is in a file")
	}
	text, err := secretFile(c.OAuth, "the way to a token")
	if err != nil {
		return nil, err
	}
	var x struct {
		TokenURL   string `yaml:"token_url"`
		ID         string `yaml:"client_id"`
		SecretFile string `yaml:"client_secret_file"`
		Scope      string `yaml:"scope"`
	}
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&x); err != nil {
		return nil, wrong("the file with the way to a token cannot be read: %s. It has token_url, client_id, client_secret_file and perhaps scope", c.OAuth)
	}
	at := x.SecretFile
	if at != "" && !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(c.OAuth), at)
	}
	secret, err := secretFile(at, "the client secret")
	if err != nil {
		return nil, err
	}
	return &notify.OAuth{TokenURL: x.TokenURL, ID: x.ID, Secret: secret, Scope: x.Scope}, nil
}

// courier makes what takes the feed there.
func (c *feedWay) courier(timeout time.Duration) (app.Courier, error) {
	headers, err := c.secrets()
	if err != nil {
		return nil, err
	}
	oauth, err := c.oauth()
	if err != nil {
		return nil, err
	}
	f, err := notify.NewFeed(notify.FeedConfig{To: c.To, Path: dailyfeed.Path, Headers: headers, OAuth: oauth, Timeout: timeout})
	if err != nil {
		return nil, Wrong{err}
	}
	return f, nil
}

// errNotSent is that something is left to be sent.
var errNotSent = errors.New("not everything was sent")

func (c *feedSendCmd) Run(s stdio) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	if c.Timeout <= 0 || c.Timeout > app.FeedLongest {
		return wrong("--timeout must be above 0 and at most %s: after that a try counts as lost, and is made again", app.FeedLongest)
	}
	if c.To == "" {
		return wrong("say where to send it: --to URL, as the Department gave it")
	}
	courier, err := c.courier(c.Timeout)
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	if by, err := o.madeBy(s.ctx); err != nil {
		return err
	} else if by == "demo" {
		return wrong("this store holds the demonstration, with nobody real in it: nothing of it is sent to the Department")
	}
	sent, err := o.SendFeed(s.ctx, app.FeedOrder{FeedQuery: q, Patience: day.Instant(c.Patience / time.Microsecond), Wait: o.WaitUntil, Tell: func(x app.FeedSending) { tellSending(s, x) }}, courier)
	if err != nil {
		return err
	}
	if sent.Accepted+sent.Refused > 0 {
		if _, err := o.Checkpoint(s.ctx); err != nil {
			return err
		}
	}
	return c.report(s, sent)
}

// tellSending says what became of a try.
func tellSending(s stdio, x app.FeedSending) {
	switch x.State {
	case app.FeedAccepted:
		receipt := "it gave no receipt"
		if x.Receipt != "" {
			receipt = "receipt " + x.Receipt
		}
		fmt.Fprintf(s.out, "%s: %d children, accepted, %s\n", x.ID, x.Children, receipt)
	case app.FeedRefused:
		fmt.Fprintf(s.out, "%s: %d children, refused: %s. What it said: onus feed show %s\n", x.ID, x.Children, x.Problem, x.ID)
	default:
		fmt.Fprintf(s.out, "%s: %d children, not sent: %s. It is tried again at %s\n", x.ID, x.Children, x.Problem, x.Next.Long())
	}
}

func (c *feedSendCmd) report(s stdio, sent app.FeedSent) error {
	if sent.Accepted+sent.Refused+sent.Waiting+sent.Left == 0 {
		fmt.Fprintln(s.out, "There is nothing to send: the Department has been told of everything.")
	} else {
		fmt.Fprintf(s.out, "Accepted: %d payloads with %d children. Refused: %d. Waiting: %d. Not made yet: %d.\n", sent.Accepted, sent.Children, sent.Refused, sent.Waiting, sent.Left)
	}
	if err := leftOut(s, sent.Feed, c.Authority); err != nil {
		return err
	}
	switch {
	case sent.StoppedBy != "":
		return fmt.Errorf("%w: %s", errNotSent, sent.StoppedBy)
	case sent.Waiting+sent.Left > 0:
		return fmt.Errorf("%w: the server was busy or silent. Run the command again: what waits goes first", errNotSent)
	case sent.Refused > 0:
		return No{fmt.Errorf("%d payloads were refused. Mend what the server says is wrong: what is in them is tried again with the next feed", sent.Refused)}
	case len(sent.Feed.Unfit) > 0:
		return No{fmt.Errorf("%d children were not sent, since the Department would refuse what is recorded of them", len(sent.Feed.Unfit))}
	}
	return nil
}

// printable is what a server said without anything that steers a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsGraphic(r) {
			return r
		}
		return ' '
	}, text)
}

type feedListCmd struct {
	where
	Limit int `default:"50" help:"How many."`
}

func (c *feedListCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := o.FeedSendings(s.ctx, app.FeedSendingQuery{Limit: max(c.Limit, 1)})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(s.out, "Nothing was sent yet.")
		return nil
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MADE\tSENDING\tTO\tCHILDREN\tSTATE\tTRIES\tANSWER\tRECEIPT\tWHY")
	for _, x := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%d\t%s\t%s\t%s\n", x.Made.Long(), x.ID, x.Target, x.Children, x.State, x.Tries, status(x.Status), x.Receipt, x.Problem)
	}
	return t.Flush()
}

func status(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

type feedShowCmd struct {
	where
	ID      string `arg:"" help:"The sending, as onus feed list names it."`
	Payload bool   `help:"Write the payload itself, and nothing else, while it is kept: until it was accepted."`
}

func (c *feedShowCmd) Run(s stdio) error {
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	x, err := o.FeedSending(s.ctx, c.ID)
	if errors.Is(err, app.ErrNotFound) {
		return wrong("there is no sending %s", c.ID)
	}
	if err != nil {
		return err
	}
	if c.Payload {
		if x.Payload == "" {
			return wrong("what it said is not kept any more: it was accepted, another was made in its place, or a child in it was erased")
		}
		if err := o.FeedShown(s.ctx, x.ID); err != nil {
			return err
		}
		_, err = fmt.Fprint(s.out, x.Payload)
		return err
	}
	fmt.Fprintf(s.out, "Sending %s to %s, for the authority %s\nMade %s: %d children, SHA-256 of the payload %s\n%s after %d tries. Last answer: %s\n", x.ID, x.Target, x.Authority, x.Made.Long(), x.Children, x.SHA256, x.State, x.Tries, status(x.Status))
	for _, l := range [][2]string{{"Receipt", x.Receipt}, {"Why", x.Problem}, {"The server said", x.Answer}} {
		if l[1] != "" {
			fmt.Fprintf(s.out, "%s: %s\n", l[0], printable(l[1]))
		}
	}
	return nil
}
