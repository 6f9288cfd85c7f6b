package cin

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"onus/internal/day"
	"onus/internal/returns/scan"
)

// The functions here read one item whose start tag has just been read on the
// given line, and leave the reader after its end tag. An empty item counts as
// not given.

// leaf gives the trimmed text of the item. Elements inside it are kept.
func (p *reader) leaf(line int) (string, error) {
	name := p.stack[len(p.stack)-1]
	p.buf = p.buf[:0]
	for {
		t, err := p.next()
		if err != nil {
			return "", err
		}
		switch t.Kind {
		case scan.Text:
			// A comment or a CDATA section breaks a text into several.
			if p.buf = append(p.buf, t.Text...); len(p.buf) > scan.MaxToken {
				return "", scan.Refuse(ErrLimit, p.line, p.path(), "A single text is longer than %d MB. This is not a true return.", scan.MaxToken>>20)
			}
		case scan.Start:
			mine := p.buf
			p.buf = nil
			if err := p.unknown(p.line); err != nil {
				return "", err
			}
			p.buf = mine
		case scan.End:
			p.name = name
			v := p.met.text(bytes.TrimSpace(p.buf))
			if strings.Contains(v, "\uFFFD") {
				p.found(DamagedText, Warning, line, p.itemPath(), v, "Some characters were lost before this file was saved, or are not of its encoding; they stand as �.",
					"Correct the value in the source system, or export again as UTF-8.")
			}
			return v, nil
		}
	}
}

// itemPath is the path of the item just read.
func (p *reader) itemPath() string { return p.path() + "/" + p.name }

// misread keeps a value that could not be understood.
func (p *reader) misread(kind Kind, line int, v, problem, do string) {
	path := p.itemPath()
	p.found(kind, Warning, line, path, v, problem+" It was kept as it is, but not used.", do)
	p.keep(Raw{Line: line, Path: path, Name: p.name, Value: v})
}

func (p *reader) repeated(line int, v string) {
	p.misread(Repeated, line, v, fmt.Sprintf("%s stands here a second time; the first one was taken.", p.name), "Give it once.")
}

func (p *reader) text(into *string, line int) error {
	v, err := p.leaf(line)
	switch {
	case err != nil || v == "":
		return err
	case *into != "":
		p.repeated(line, v)
	default:
		*into = v
	}
	return nil
}

// code reads a code of the collection year. One that is not in the set is
// listed, and stays in the field as it was written.
func (p *reader) code(into *string, set string, line int) error {
	return p.codeOf(into, set, p.year, line)
}

func (p *reader) codeOf(into *string, set string, year, line int) error {
	had := *into
	if err := p.text(into, line); err != nil {
		return err
	}
	if had == "" && *into != "" {
		p.checkCode(*into, set, year, line)
	}
	return nil
}

// codes reads a group of codes of one item, and adds them; those that are empty
// it adds to gaps, where there are any.
func (p *reader) codes(into *[]Coded, gaps *[]Gap, item, set string) error {
	return p.walk(func(name string, line int) error {
		if name != item {
			return p.unknown(line)
		}
		c := Coded{Line: line}
		if err := p.code(&c.Code, set, line); err != nil {
			return err
		}
		if c.Code == "" {
			if gaps != nil {
				*gaps = append(*gaps, Gap{line, len(*into)})
			}
			return nil
		}
		*into = append(*into, c)
		return nil
	})
}

func (p *reader) checkCode(v, set string, year, line int) {
	if Valid(set, v, year) {
		return
	}
	problem := "This is not one of the codes for " + set + "."
	if year != 0 && Valid(set, v, 0) {
		problem = fmt.Sprintf("This code for %s is not one of the year %d.", set, year)
	}
	var do string
	if up := strings.ToUpper(v); up != v && Valid(set, up, year) {
		do = "Write it in capitals: " + up + "."
	} else {
		var list []string
		for _, c := range Codes(set, year) {
			list = append(list, c.Code)
		}
		do = "Use one of " + strings.Join(list, ", ") + "."
	}
	p.found(BadCode, Warning, line, p.itemPath(), v, problem+" It was taken as it is.", do)
}

// event reads a date inside an episode, which counts for the first and last
// dates of the summary.
func (p *reader) event(into *day.Date, line int) error {
	err := p.date(into, line)
	p.sum.event(*into)
	return err
}

// date reads an xs:date: 2026-03-31, which may end in Z or an offset. A time
// after it is left out, with a note.
func (p *reader) date(into *day.Date, line int) error {
	v, err := p.leaf(line)
	if err != nil || v == "" {
		return err
	}
	d, rest, ok := p.met.date(v)
	switch {
	case !ok:
		p.misread(BadDate, line, v, "This is not a date.", "Write it as year, month and day: 2026-03-31.")
	case !into.IsZero():
		p.repeated(line, v)
	default:
		*into = d
		if rest {
			p.found(OtherForm, Note, line, p.itemPath(), v, "A time stands with the date; the date was taken.", "Give the date only: "+d.String()+".")
			if strings.Trim(v[11:], "0:.Z") != "" { // not midnight: the time may mean something
				p.keep(Raw{Line: line, Path: p.itemPath(), Name: p.name, Value: v})
			}
		}
	}
	return nil
}

func readDate(v string) (d day.Date, rest, ok bool) {
	if len(v) < 10 {
		return 0, false, false
	}
	d, err := day.Parse(v[:10])
	if err != nil {
		return 0, false, false
	}
	tail := v[10:]
	if tail == "" || tail == "Z" {
		return d, false, true
	}
	if len(tail) == 6 && (tail[0] == '+' || tail[0] == '-') && tail[3] == ':' {
		return d, false, isDigits(tail[1:3]) && isDigits(tail[4:])
	}
	if tail[0] == 'T' || tail[0] == ' ' {
		_, err := day.ParseInstant(strings.Replace(v, " ", "T", 1))
		return d, true, err == nil
	}
	return 0, false, false
}

// yesNo reads 1 and 0, and true and false, which many systems write though the
// schema has only 1 and 0.
func (p *reader) yesNo(into *YesNo, line int) error {
	v, err := p.leaf(line)
	if err != nil || v == "" {
		return err
	}
	var a YesNo
	switch strings.ToLower(v) {
	case "1", "true":
		a = Yes
	case "0", "false":
		a = No
	default:
		p.misread(BadCode, line, v, "This is neither yes nor no.", "Write 1 for yes or 0 for no.")
		return nil
	}
	if *into != NotSaid {
		p.repeated(line, v)
		return nil
	}
	*into = a
	if len(v) > 1 {
		p.found(OtherForm, Note, line, p.itemPath(), v, fmt.Sprintf("It was taken as %s. The schema writes yes and no as 1 and 0.", a), "Write 1 for yes or 0 for no.")
	}
	return nil
}

func (p *reader) number(into *Number, line int) error {
	v, err := p.leaf(line)
	if err != nil || v == "" {
		return err
	}
	n, ok := digits(v)
	switch {
	case !ok:
		p.misread(BadNumber, line, v, "This is not a whole number from 0.", "Write the number in digits.")
	case into.Given:
		p.repeated(line, v)
	default:
		*into = Number{Value: n, Given: true}
	}
	return nil
}

// digits reads a whole number from 0 to 999,999,999 without a sign.
func digits(v string) (int, bool) {
	if len(v) > 9 || !isDigits(v) {
		return 0, false
	}
	n, err := strconv.Atoi(v)
	return n, err == nil
}

func isDigits(v string) bool {
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != ""
}

// belongs lists an element that the collection year does not have. It is read
// all the same. The element's start tag has just been read.
func (p *reader) belongs(line, from, to int) {
	if p.year == 0 || (nearest(p.year) >= from && nearest(p.year) <= to) {
		return
	}
	name := p.stack[len(p.stack)-1]
	when := fmt.Sprintf("from %d", from)
	if from == FirstYear {
		when = fmt.Sprintf("up to %d", to)
	}
	p.found(OtherYear, Note, line, p.path(), "", fmt.Sprintf("%s is in the census %s, not in that of %d. It was read all the same.", name, when, p.year),
		"Check the year in the header, and the version of the export.")
}
