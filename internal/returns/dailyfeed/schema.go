package dailyfeed

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Document is the Department's OpenAPI document, version 1.0.1.
//
//go:embed csc-api-1.0.1.openapi.json
var Document []byte

// Path is where the document has children posted, below the address of the server.
const Path = "/children_social_care_data/%s/children"

// schema is what the document asks of a value. Every keyword that the document uses is
// here; a document with another one is refused, so that nothing is asked in vain.
type schema struct {
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Closed     *bool              `json:"additionalProperties"`
	Items      *schema            `json:"items"`
	Pattern    string             `json:"pattern"`
	MinLength  int                `json:"minLength"`
	MaxLength  *int               `json:"maxLength"`
	MaxItems   *int               `json:"maxItems"`
	Unique     bool               `json:"uniqueItems"`
	Format     string             `json:"format"`

	// For a reader only.
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Default     json.RawMessage `json:"default"`
	Example     json.RawMessage `json:"example"`

	pattern *regexp.Regexp
}

// payload is what the document asks of a whole payload.
var payload = sync.OnceValue(func() *schema {
	s, err := compile(Document)
	if err != nil {
		panic("the OpenAPI document that is built in: " + err.Error()) // a test would have seen it
	}
	return s
})

// compile takes the schema of a payload out of a document.
func compile(document []byte) (*schema, error) {
	var doc struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	return compiled("CSC", doc.Components.Schemas["CSC"])
}

func compiled(at string, text json.RawMessage) (*schema, error) {
	var names map[string]json.RawMessage
	s := &schema{}
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	for name := range names {
		if !slices.Contains(keywords, name) {
			return nil, fmt.Errorf("%s: it asks by %q, which is not known here", at, name)
		}
	}
	inner := names["properties"]
	items := names["items"]
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if s.Pattern != "" {
		p, err := regexp.Compile(s.Pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		s.pattern = p
	}
	if !slices.Contains([]string{"object", "array", "string", "integer", "boolean"}, s.Type) || !slices.Contains([]string{"", "date"}, s.Format) || s.Closed != nil && *s.Closed {
		return nil, fmt.Errorf("%s: a type, a format or openness that is not known here", at)
	}
	var err error
	if items != nil {
		if s.Items, err = compiled(at+"[]", items); err != nil {
			return nil, err
		}
	}
	if inner != nil {
		var props map[string]json.RawMessage
		if err := json.Unmarshal(inner, &props); err != nil {
			return nil, err
		}
		for name, p := range props {
			if s.Properties[name], err = compiled(at+"/"+name, p); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

var keywords = []string{"type", "properties", "required", "additionalProperties", "items", "pattern", "minLength", "maxLength", "maxItems", "uniqueItems", "format",
	"title", "description", "default", "example"}

// check holds a value against what is asked of it, and tells of everything that is wrong.
func (s *schema) check(n *node, path string, tell func(Fault)) {
	wrong := func(format string, a ...any) { tell(Fault{path, n.line, fmt.Sprintf(format, a...)}) }
	want, called := map[string]byte{"object": '{', "array": '[', "string": 's', "integer": 'n', "boolean": 'b'}[s.Type], map[string]string{"object": "an object", "array": "a list", "string": "text", "integer": "a whole number", "boolean": "true or false"}[s.Type]
	if n.kind != want || s.Type == "integer" && !whole(n.text) {
		wrong("is %s, and must be %s", n.what(), called)
		return
	}
	switch s.Type {
	case "object":
		for _, name := range s.Required {
			if n.field(name) == nil {
				tell(Fault{join(path, name), n.line, "is missing, and must be given"})
			}
		}
		for i, name := range n.names {
			if p := s.Properties[name]; p != nil {
				p.check(n.items[i], join(path, name), tell)
			} else if s.Closed != nil {
				tell(Fault{join(path, clip(name)), n.items[i].line, "is no field of the feed"})
			}
		}
		for _, x := range n.twice {
			tell(Fault{join(path, clip(x.name)), x.node.line, "stands twice"})
		}
	case "array":
		if s.MaxItems != nil && len(n.items) > *s.MaxItems {
			wrong("holds %d items, and may hold %d at most", len(n.items), *s.MaxItems)
		}
		seen := map[string]bool{}
		for i, x := range n.items {
			if s.Unique {
				if seen[x.raw()] {
					tell(Fault{nth(path, i), x.line, "stands in the list already"})
				}
				seen[x.raw()] = true
			}
			s.Items.check(x, nth(path, i), tell)
		}
	case "string":
		s.text(n.text, wrong)
	}
}

// text holds a text against what is asked of it. No value is named: it may be a name.
func (s *schema) text(v string, wrong func(string, ...any)) {
	size := utf8.RuneCountInString(v)
	switch {
	case s.MaxLength != nil && s.MinLength == *s.MaxLength && size != s.MinLength:
		wrong("has %d characters, and must have %d", size, s.MinLength)
	case size < s.MinLength:
		wrong("has %d characters, and must have %d at least", size, s.MinLength)
	case s.MaxLength != nil && size > *s.MaxLength:
		wrong("has %d characters, and may have %d at most", size, *s.MaxLength)
	}
	if s.pattern != nil && !s.pattern.MatchString(v) {
		wrong("%s", inWords(s.Pattern))
	}
	if s.Format == "date" {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			wrong("is no date: it must be written as 2026-03-31")
		}
	}
}

// inWords says what a pattern of the document asks for.
func inWords(pattern string) string {
	switch pattern {
	case "^[A-Za-z0-9]+$":
		return "may hold letters from A to Z and digits only, and at least one"
	case "^[A-Za-z0-9_-]*$":
		return "may hold letters from A to Z, digits, _ and - only"
	}
	return "must be of the form " + pattern
}

// whole says whether a number is a whole one.
func whole(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// nth names an item of a list; the first is 1.
func nth(path string, i int) string { return path + "[" + strconv.Itoa(i+1) + "]" }

// clip shortens a name that nobody foresaw: it may be anything.
func clip(name string) string {
	if r := []rune(name); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return name
}
