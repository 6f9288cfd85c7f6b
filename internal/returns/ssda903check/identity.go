package ssda903check

import (
	"slices"

	"onus/internal/returns/ssda903"
)

// identityRules are about whether the tables speak of the same children.
var identityRules = slices.Concat(
	inHeader("INT01", ad1), inHeader("INT02", placedAdoption), inHeader("INT03", episodes), inHeader("INT04", missing), inHeader("INT05", oc2),
	inHeader("INT06", oc3), inHeader("INT07", prevPerm), inHeader("INT08", reviews), inHeader("INT09", asylum),
	sameBirth("INT11", ad1), sameBirth("INT12", placedAdoption), sameBirth("INT13", missing), sameBirth("INT14", oc2), sameBirth("INT15", oc3),
	sameBirth("INT16", prevPerm), sameBirth("INT17", reviews), sameBirth("INT18", asylum),
	once("INT31", ad1), once("INT32", header), once("INT33", oc2), once("INT34", oc3), once("INT35", prevPerm), once("INT36", asylum),
	[]rule{
		{code: "INT21", points: on(asylum, sex),
			says: "The sex of a child in the table UASC is not that in the header.",
			do:   "Find out which of the two is right.",
			run:  differsFromHeader(asylum, func(h, r row) bool { return given(h, sex) && given(r, sex) && h.Text(sex) != r.Text(sex) })},
		{code: "EPI", query: true, points: on(header, child),
			says: "A child in the header, who is no care leaver, has no episode, so that most rules have nothing to look at.",
			do:   "Add the child's episodes, or take the child out of the header.",
			run: eachRow(header, func(q *question, r row) bool {
				return given(r, child) && len(q.table(episodes).Of(r.Text(child))) == 0 && len(childRows(q.ret.This[oc3], r.Text(child))) == 0
			})},
		{code: "444", from: 2026, points: on(header, upn),
			says: "Several children have this UPN.",
			do:   "Find out whose number it is, or whether the children are one.",
			run: func(q *question) {
				count := map[string]int{}
				for r := range q.rows(header) {
					count[r.Text(upn)]++
				}
				for r := range q.rows(header) {
					if u := r.Text(upn); u != "" && count[u] > 1 && !within(unknownUPN, u) {
						q.at(r)
					}
				}
			}},
	})

// unknownUPN are the codes that say why a pupil number is not known.
var unknownUPN = []string{"UN1", "UN2", "UN3", "UN4", "UN5"}

func inHeader(code string, t ssda903.Table) []rule {
	return []rule{{code: code, points: on(t, child),
		says: "A child in the table " + t.String() + " is not in the header.",
		do:   "Add the child to the header, or correct the identifier in " + t.String() + ".",
		run: eachRow(t, func(q *question, r row) bool {
			return len(q.table(header).Of(r.Text(child))) == 0 && given(r, child)
		})}}
}

func sameBirth(code string, t ssda903.Table) []rule {
	return []rule{{code: code, points: on(t, dob),
		says: "The date of birth in the table " + t.String() + " is not that in the header.",
		do:   "Find out which date is right, and correct " + t.String() + " or the header.",
		run: differsFromHeader(t, func(h, r row) bool {
			return !h.Date(dob).IsZero() && !r.Date(dob).IsZero() && h.Date(dob) != r.Date(dob)
		})}}
}

func once(code string, t ssda903.Table) []rule {
	return []rule{{code: code, points: on(t, child),
		says: "A child stands more than once in the table " + t.String() + ". All the rows are shown.",
		do:   "Keep one row of the child in " + t.String() + ".",
		run:  eachRow(t, func(q *question, r row) bool { return len(q.table(t).Of(r.Text(child))) > 1 })}}
}

// differsFromHeader points at rows that differ from some row of the same child
// in the header.
func differsFromHeader(t ssda903.Table, differ func(h, r row) bool) func(*question) {
	return func(q *question) {
		for r, h := range q.beside(t, header) {
			if differ(h, r) {
				q.at(r)
			}
		}
	}
}
