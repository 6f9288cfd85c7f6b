package match

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Columns is what a table's header says: which column holds what.
type Columns struct {
	at     map[string][]int // our name to columns, in the table's order
	others []int
	// Unknown are the columns that nobody said anything about; they are not read.
	Unknown []string
}

// Fields are the names that a column can have, in the order of the reference.
var Fields = []string{"record_id", "kind", "role", "forename", "middle_names", "surname", "full_name", "known_as", "dob", "dob_status", "sex",
	"nhs_number", "id_number", "address", "town", "postcode", "carer_name", "other", "-"}

// ErrNoColumns says that a table has no column that is known.
var ErrNoColumns = errors.New("no column is known: say which is which, for example --map given_name=forename")

// Header reads the header of a table. as gives our names for theirs; several of
// theirs may be one of ours and are then joined, except for "other", where each
// is a column of its own. A column mapped to "-" is left out.
func Header(header []string, as [][2]string) (*Columns, error) {
	c := &Columns{at: map[string][]int{}}
	theirs := map[string][]string{}
	for _, m := range as {
		if !slices.Contains(Fields, m[1]) {
			return nil, fmt.Errorf("there is no field %q; the fields are %s", m[1], strings.Join(Fields, ", "))
		}
		theirs[strings.TrimSpace(m[0])] = append(theirs[strings.TrimSpace(m[0])], m[1])
	}
	for i, h := range header {
		h = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
		ours, ok := theirs[h]
		if !ok {
			l := strings.ToLower(h)
			if !slices.Contains(Fields, l) || l == "other" || l == "-" {
				c.Unknown = append(c.Unknown, h)
				continue
			}
			ours = []string{l}
		}
		delete(theirs, h)
		for _, o := range ours {
			if o == "other" {
				c.others = append(c.others, i)
			} else if o != "-" {
				c.at[o] = append(c.at[o], i)
			}
		}
	}
	for h := range theirs {
		return nil, fmt.Errorf("the file has no column %q", h)
	}
	if len(c.others) > maxOther {
		return nil, fmt.Errorf("%d columns are mapped to other, there is room for %d", len(c.others), maxOther)
	}
	known := len(c.others)
	for f := range c.at {
		if f != "record_id" {
			known++
		}
	}
	if known == 0 {
		return nil, ErrNoColumns
	}
	return c, nil
}

// Has says whether the table has a field.
func (c *Columns) Has(field string) bool { return len(c.at[field]) > 0 }

func (c *Columns) text(row []string, field string) string {
	var parts []string
	for _, i := range c.at[field] {
		if i < len(row) {
			if s := strings.TrimSpace(row[i]); s != "" {
				parts = append(parts, s)
			}
		}
	}
	return strings.Join(parts, " ")
}

// several splits a value that holds more than one: with semicolons or bars.
func several(s string) []string {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '|' })
}

// Person reads one row. n is the row's number, from 1, which is the id where
// the table gives none.
func (c *Columns) Person(row []string, n int) Person {
	p := Person{ID: c.text(row, "record_id"), Kind: c.text(row, "kind"), Sex: c.text(row, "sex"), NHS: c.text(row, "nhs_number"),
		Number: c.text(row, "id_number"), KnownAs: several(c.text(row, "known_as")), Carers: several(c.text(row, "carer_name"))}
	if p.ID == "" {
		p.ID = fmt.Sprint(n)
	}
	if role := c.text(row, "role"); !strings.EqualFold(role, p.Kind) {
		p.Kind = strings.TrimSpace(p.Kind + " " + role)
	}
	name := Name{Forename: c.text(row, "forename"), Middle: c.text(row, "middle_names"), Surname: c.text(row, "surname")}
	if full := strings.Fields(c.text(row, "full_name")); len(full) > 0 {
		switch n := len(full); {
		case name.Forename != "" || name.Surname != "":
			name.Middle = strings.TrimSpace(name.Middle + " " + strings.Join(full, " "))
		case n == 1:
			name.Forename = full[0]
		default:
			name.Forename, name.Middle, name.Surname = full[0], strings.Join(full[1:n-1], " "), full[n-1]
		}
	}
	if name != (Name{}) {
		p.Names = []Name{name}
	}
	status := Actual
	switch s := strings.ToLower(c.text(row, "dob_status")); {
	case strings.HasPrefix(s, "est"), strings.HasPrefix(s, "approx"):
		status = Estimated
	case strings.HasPrefix(s, "unb"), strings.HasPrefix(s, "exp"), s == "edd":
		status = Unborn
	case s == "" && strings.Contains(strings.ToLower(p.Kind), "unborn"):
		status = Unborn
	}
	for _, s := range several(c.text(row, "dob")) {
		if d := Digits(s); d != 0 {
			p.Births = append(p.Births, Birth{d, status})
		}
	}
	if a := (Address{Lines: c.text(row, "address"), Town: c.text(row, "town"), Postcode: c.text(row, "postcode")}); a != (Address{}) {
		p.Addresses = []Address{a}
	}
	for _, i := range c.others {
		v := ""
		if i < len(row) {
			v = strings.TrimSpace(row[i])
		}
		p.Other = append(p.Other, v)
	}
	return p
}
