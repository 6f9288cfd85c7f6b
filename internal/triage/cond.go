package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Cond is a condition: a sign or fact ("injury", "not moves", "age in months <
// 12"), or several under all or any.
type Cond struct {
	All, Any []Cond
	Not      *Cond
	Name     string
	Op       string
	N        float64
}

// IsZero says that there is no condition.
func (c Cond) IsZero() bool { return c.All == nil && c.Any == nil && c.Not == nil && c.Name == "" }

var comparison = regexp.MustCompile(`^(.+?)\s*(<=|>=|==|<|>)\s*(-?[0-9]+(?:\.[0-9]+)?)$`)

// UnmarshalYAML reads a condition as people write it.
func (c *Cond) UnmarshalYAML(v *yaml.Node) error {
	if v.Kind == yaml.ScalarNode {
		got, err := parseCond(v.Value)
		*c = got
		return err
	}
	var m map[string][]Cond
	if err := v.Decode(&m); err != nil {
		return fmt.Errorf("line %d: a condition is a sign or fact, or a list under all or any", v.Line)
	}
	if len(m) != 1 {
		return fmt.Errorf("line %d: write all or any, not both", v.Line)
	}
	for k, list := range m {
		switch {
		case len(list) == 0:
			return fmt.Errorf("line %d: the list under %s is empty", v.Line, k)
		case k == "all":
			c.All = list
		case k == "any":
			c.Any = list
		default:
			return fmt.Errorf("line %d: a condition has all or any, not %q", v.Line, k)
		}
	}
	return nil
}

func parseCond(s string) (Cond, error) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "not "); ok {
		inner, err := parseCond(rest)
		return Cond{Not: &inner}, err
	}
	if m := comparison.FindStringSubmatch(s); m != nil {
		n, err := strconv.ParseFloat(m[3], 64)
		return Cond{Name: strings.TrimSpace(m[1]), Op: m[2], N: n}, err
	}
	if s == "" {
		return Cond{}, errors.New("a condition is empty")
	}
	return Cond{Name: s}, nil
}

// String is the condition in words, for the page of a rule.
func (c Cond) String() string {
	join := func(list []Cond, with string) string {
		var parts []string
		for _, x := range list {
			p := x.String()
			if len(x.All)+len(x.Any) > 0 {
				p = "(" + p + ")"
			}
			parts = append(parts, p)
		}
		return strings.Join(parts, with)
	}
	switch {
	case c.All != nil:
		return join(c.All, " and ")
	case c.Any != nil:
		return join(c.Any, " or ")
	case c.Not != nil:
		return "not " + c.Not.String()
	case c.Op != "":
		return c.Name + " " + c.Op + " " + strconv.FormatFloat(c.N, 'f', -1, 64)
	}
	return c.Name
}

// MarshalJSON gives the words.
func (c Cond) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// names are the signs and facts that a condition asks about.
func (c Cond) names(yield func(name string, number bool)) {
	for _, x := range append(append([]Cond(nil), c.All...), c.Any...) {
		x.names(yield)
	}
	if c.Not != nil {
		c.Not.names(yield)
	}
	if c.Name != "" {
		yield(c.Name, c.Op != "")
	}
}
