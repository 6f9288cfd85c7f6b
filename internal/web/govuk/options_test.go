package govuk

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"
)

// options reads the options of a fixture and remembers which were read, so that
// nothing a fixture asks for is left out silently.
type options struct {
	m        map[string]any
	used     map[string]bool
	rejected []string
	children map[string][]*options
}

func (o *options) take(key string) any {
	if o == nil {
		return nil
	}
	if o.used == nil {
		o.used = map[string]bool{}
	}
	o.used[key] = true
	return o.m[key]
}

// reject says that an option, or one value of it, is beyond our parameters.
func (o *options) reject(what string) { o.rejected = append(o.rejected, what) }

func (o *options) has(key string) bool {
	_, ok := o.m[key]
	return ok
}

// str reads a text. Nunjucks takes a number for its digits and false for none.
func (o *options) str(key string) string {
	switch v := o.take(key).(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return ""
	case bool:
		if v {
			o.reject(key + "=true")
		}
		return ""
	default:
		o.reject(fmt.Sprintf("%s=%T", key, v))
		return ""
	}
}

func (o *options) num(key string) int {
	n, err := strconv.Atoi(or(o.str(key), "0"))
	if err != nil {
		o.reject(key + " is no number")
	}
	return n
}

func (o *options) flag(key string) bool {
	v, _ := o.take(key).(bool)
	return v
}

// onlyTrue reads a switch that ours can only switch on.
func (o *options) onlyTrue(key string) bool {
	v := o.flag(key)
	if o.has(key) && !v {
		o.reject(key + "=false")
	}
	return v
}

func (o *options) optional(key string) *bool {
	if v, ok := o.take(key).(bool); ok {
		return &v
	}
	return nil
}

// obj reads an object; nil when there is none.
func (o *options) obj(key string) *options {
	v, ok := o.take(key).(map[string]any)
	if !ok {
		return nil
	}
	return o.child(key, v)
}

func (o *options) child(key string, v map[string]any) *options {
	c := &options{m: v}
	if o.children == nil {
		o.children = map[string][]*options{}
	}
	o.children[key] = append(o.children[key], c)
	return c
}

// list reads a list of objects; an entry that is null, false or empty stays as nil.
func (o *options) list(key string) []*options {
	values, _ := o.take(key).([]any)
	var out []*options
	for _, v := range values {
		if m, ok := v.(map[string]any); ok && len(m) > 0 {
			out = append(out, o.child(key+"[]", m))
		} else {
			out = append(out, nil)
		}
	}
	return out
}

// each maps the entries of a list that are there.
func each[T any](o *options, key string, one func(*options) T) []T {
	var out []T
	for _, entry := range o.list(key) {
		if entry != nil {
			out = append(out, one(entry))
		}
	}
	return out
}

func (o *options) raw(key string) templ.Component {
	if text := o.str(key); text != "" {
		return templ.Raw(text)
	}
	return nil
}

func (o *options) attrs() templ.Attributes {
	v := o.obj("attributes")
	if v == nil {
		return nil
	}
	out := templ.Attributes{}
	for key := range v.m {
		out[key] = v.str(key)
	}
	return out
}

// missing lists the options that were not read, and those rejected.
func (o *options) missing(path string) []string {
	var out []string
	for key := range o.m {
		if !o.used[key] {
			out = append(out, path+key)
		}
	}
	for _, what := range o.rejected {
		out = append(out, path+what)
	}
	for key, list := range o.children {
		for _, child := range list {
			out = append(out, child.missing(path+key+".")...)
		}
	}
	return out
}
