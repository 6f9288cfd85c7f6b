package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/cin"
	"onus/internal/returns/cincheck"
	"onus/internal/returns/report"
)

// exportCINCmd makes a census from the records, writes it, and checks it.
type exportCINCmd struct {
	where
	Year      string `help:"The census year, such as 2025/26."`
	Authority string `placeholder:"CODE" help:"The three digits of the authority that makes it."`
	Made      string `placeholder:"MOMENT" help:"When the census is to say that it was made: 2026-05-01T09:00. Now, where it is left out."`
	Serial    string `placeholder:"NUMBER" default:"001" help:"Which file of the year it is: 001, 002 and so on."`
	Out       string `required:"" placeholder:"DIR" help:"The folder to write into. It is made where there is none; no file in it is written over."`
}

// censusFile is the name of the file that is written.
const censusFile = "cin.xml"

func (c *exportCINCmd) Run(s stdio) error {
	h, err := c.header()
	if err != nil {
		return err
	}
	o, err := c.open(s.ctx, false)
	if err != nil {
		return err
	}
	defer o.close()
	made := o.Clock.Now()
	if c.Made != "" {
		if made, err = day.ParseInstant(c.Made); err != nil {
			return Wrong{err}
		}
	}
	h.DateTime = made.Local().Format("2006-01-02T15:04:05")
	all, left, err := o.MakeCensus(s.ctx, h)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		c.left(s, left)
		return wrong("nothing of %s is recorded of any child with a number of the authority %s: there is no census to write", report.YearName(h.Year), c.Authority)
	}
	refused := refusals{}
	err = newFile(c.Out, censusFile, func(w io.Writer) error {
		census := cin.NewWriter(w, h)
		for _, x := range all {
			if err := census.Child(x); !refused.take(err) && err != nil {
				return err
			}
		}
		if refused.children == len(all) {
			return wrong("no child is left for it")
		}
		return census.Close()
	})
	if err != nil {
		refused.say(s)
		return err
	}
	fmt.Fprintf(s.out, "%s: %d children\n", censusFile, len(all)-refused.children)
	refused.say(s)
	c.left(s, left)
	return c.check(s)
}

func (c *exportCINCmd) header() (h cin.Header, err error) {
	if h.Year, err = returnTerms("census", c.Authority, c.Year, cin.FirstYear, cin.LastYear); err != nil {
		return h, err
	}
	if len(c.Serial) < 3 || strings.Trim(c.Serial, "0123456789") != "" {
		return h, wrong("%q is not the number of a file. Write three digits or more, such as 002", c.Serial)
	}
	h.ReferenceDate, h.SourceLevel, h.LEA, h.SoftwareCode, h.SerialNo = day.Of(h.Year, 3, 31), "L", c.Authority, "Onus", c.Serial
	return h, nil
}

// left says who and what is not in the census as it was recorded.
func (c *exportCINCmd) left(s stdio, left cin.Left) {
	for _, x := range []struct {
		n    int
		says string
	}{
		{left.NoNumber, "%d children of the year have no number of the authority " + c.Authority + ", and are not in the census."},
		{left.NoReferral, "%d children had an open case in the year, and no referral is recorded: they are not in the census, which begins with one."},
		{left.Same, "%d records were found to be of a child with another record: that one is in the census."},
		{left.Sexes, "%d children have no sex recorded: U, not known, stands for it."},
		{left.Ethnicities, "%d children have no ethnicity recorded: NOBT, not yet known, stands for it."},
		{left.Sources, "%d referrals do not say by a code of the census who made them: 10, not known, stands for it."},
		{left.Conferences, "%d conferences without an enquiry are not in it: an episode has a place for one, and the last stands there."},
	} {
		if x.n > 0 {
			fmt.Fprintf(s.out, x.says+"\n", x.n)
		}
	}
}

// refusals are the children whom the schema of the year would not take, by what is
// missing or wrong.
type refusals struct {
	children int
	by       map[string][]string
}

// shown is how many numbers of children are named for each reason.
const shown = 5

// take says whether an error is that a child was refused, and counts it.
func (r *refusals) take(err error) bool {
	var x *cin.Incomplete
	if !errors.As(err, &x) || x.Child == "" {
		return false
	}
	if r.by == nil {
		r.by = map[string][]string{}
	}
	r.children++
	seen := map[string]bool{}
	for _, why := range x.Reasons {
		if strings.HasPrefix(why, "CINdetails ") { // which episode it is differs from child to child
			_, why, _ = strings.Cut(why, ": ")
		}
		if !seen[why] {
			seen[why] = true
			r.by[why] = append(r.by[why], x.Child)
		}
	}
	return true
}

func (r *refusals) say(s stdio) {
	if r.children == 0 {
		return
	}
	fmt.Fprintf(s.out, "%d children are not in it, since the schema of the year would refuse the file:\n", r.children)
	reasons := slices.SortedFunc(maps.Keys(r.by), func(a, b string) int {
		return cmp.Or(len(r.by[b])-len(r.by[a]), cmp.Compare(a, b))
	})
	for _, why := range reasons {
		who := r.by[why]
		names, more := strings.Join(who[:min(len(who), shown)], ", "), ""
		if len(who) > shown {
			more = fmt.Sprintf(" and %d more", len(who)-shown)
		}
		fmt.Fprintf(s.out, "  %s: %s%s\n", why, names, more)
	}
}

// check asks the rules of the year about the file that was written, so that nobody
// sends it unseen. What they find is no fault of the writing: it is in the records.
func (c *exportCINCmd) check(s stdio) error {
	f, err := os.Open(filepath.Join(c.Out, censusFile))
	if err != nil {
		return err
	}
	defer f.Close()
	rep, err := cincheck.Check(f, 0)
	if years := (cincheck.ErrYear{}); errors.As(err, &years) {
		fmt.Fprintf(s.out, "It was not checked: no rules are known for %s.\n", report.YearName(years.Year))
		return nil
	}
	if err != nil {
		return err
	}
	n := rep.Tally()
	draft := ""
	if rep.Draft {
		draft = ", which are a draft"
	}
	_, err = fmt.Fprintf(s.out, "Checked by the rules of %s%s: %d found errors, %d could not run. To see them: onus validate cin %s\n", rep.Year, draft, n.Errors, n.CouldNotRun, filepath.Join(c.Out, censusFile))
	return err
}
