package dailyfeed

import (
	"cmp"
	"reflect"
	"slices"
)

// Filled says how many of the things of one sort that the feed tells of have a field.
// Part is where they stand in a payload, as social_care_episodes/child_in_need_plans;
// empty for the child itself.
type Filled struct {
	Part, Field  string
	Rows, Filled int
}

// Filling counts which fields the children that it was given have. Its zero value is ready.
type Filling struct {
	rows map[string]int
	n    map[[2]string]int
	at   map[[2]string]int // order in which the fields stand in the Department's document
}

// Add counts one child.
func (f *Filling) Add(c Child) {
	if f.rows == nil {
		f.rows, f.n, f.at = map[string]int{}, map[[2]string]int{}, map[[2]string]int{}
	}
	f.thing("", reflect.ValueOf(c))
}

// thing counts one thing and what stands in it. Whether something is to be removed there
// is an order to the Department and no fact about a child: it is not counted.
func (f *Filling) thing(part string, v reflect.Value) {
	f.rows[part]++
	for i := range v.NumField() {
		name, x := nameOf(v.Type().Field(i)), v.Field(i)
		if name == "-" || name == "purge" {
			continue
		}
		inner := name
		if part != "" {
			inner = part + "/" + name
		}
		switch {
		case x.Kind() == reflect.Slice && x.Type().Elem().Kind() == reflect.Struct:
			for j := range x.Len() {
				f.thing(inner, x.Index(j))
			}
			continue
		case x.Kind() == reflect.Pointer && x.Type().Elem().Kind() == reflect.Struct:
			if !x.IsNil() {
				f.thing(inner, x.Elem())
			}
			continue
		}
		k := [2]string{part, name}
		f.at[k] = i
		if !x.IsZero() {
			f.n[k]++
		}
	}
}

// Fields are all that was counted, by part and then in the order of the document.
func (f *Filling) Fields() (out []Filled) {
	for k := range f.at {
		out = append(out, Filled{Part: k[0], Field: k[1], Rows: f.rows[k[0]], Filled: f.n[k]})
	}
	slices.SortFunc(out, func(a, b Filled) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(f.at[[2]string{a.Part, a.Field}], f.at[[2]string{b.Part, b.Field}]))
	})
	return out
}
