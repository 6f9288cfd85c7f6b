package duty

import (
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// A condition is asked of every entry by several rules, and starting the
// machine that can answer any condition takes longer than all else that is done
// with the entry. So what conditions nearly always are is made into plain
// functions: fields and numbers compared with words and numbers, joined by and,
// or and not. The machine answers the rest, and a test holds the two against
// each other.

type (
	yesNo func(*runner) bool
	word  func(*runner) string
	count func(*runner) int
)

// yesNo makes a function of a condition, or nil.
func (c *conditioner) yesNo(n ast.Node) yesNo {
	switch n := n.(type) {
	case *ast.BoolNode:
		return func(*runner) bool { return n.Value }
	case *ast.UnaryNode:
		if x := c.yesNo(n.Node); x != nil && (n.Operator == "!" || n.Operator == "not") {
			return func(r *runner) bool { return !x(r) }
		}
	case *ast.IdentifierNode:
		if n.Value == "imported" {
			return func(r *runner) bool { return r.ev.Source.Kind == "import" }
		}
	case *ast.MemberNode:
		switch of, name := c.member(n); of {
		case "child":
			if f := situationYes[name]; f != nil {
				return func(r *runner) bool { return f(&r.was) }
			}
		case "before":
			if f := situationYes[name]; f != nil {
				return func(r *runner) bool { return f(&r.before) }
			}
		case "e":
			if i := c.field(name, reflect.Bool); i != nil {
				return func(r *runner) bool { return r.body().FieldByIndex(i).Bool() }
			}
		}
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if ok && callee.Value == "given" && len(n.Arguments) == 1 {
			if m, ok := n.Arguments[0].(*ast.MemberNode); ok {
				if of, name := c.member(m); of == "e" {
					if i := c.field(name, reflect.Int32); i != nil {
						return func(r *runner) bool { return r.body().FieldByIndex(i).Int() != 0 }
					}
					if i := c.field(name, reflect.String); i != nil { // another type than an entry's id did not compile
						return func(r *runner) bool { return r.body().FieldByIndex(i).Len() != 0 }
					}
				}
			}
		}
	case *ast.BinaryNode:
		return c.binary(n)
	}
	return nil
}

func (c *conditioner) binary(n *ast.BinaryNode) yesNo {
	switch n.Operator {
	case "&&", "and":
		if x, y := c.yesNo(n.Left), c.yesNo(n.Right); x != nil && y != nil {
			return func(r *runner) bool { return x(r) && y(r) }
		}
	case "||", "or":
		if x, y := c.yesNo(n.Left), c.yesNo(n.Right); x != nil && y != nil {
			return func(r *runner) bool { return x(r) || y(r) }
		}
	case "in":
		x, words := c.word(n.Left), words(n.Right)
		if x != nil && words != nil {
			return func(r *runner) bool { return slices.Contains(words, x(r)) }
		}
	case "==", "!=":
		is := n.Operator == "=="
		if x, y := c.word(n.Left), c.word(n.Right); x != nil && y != nil {
			return func(r *runner) bool { return (x(r) == y(r)) == is }
		}
		if x, y := c.count(n.Left), c.count(n.Right); x != nil && y != nil {
			return func(r *runner) bool { return (x(r) == y(r)) == is }
		}
	case "<", "<=", ">", ">=":
		x, y := c.count(n.Left), c.count(n.Right)
		if x == nil || y == nil {
			return nil
		}
		switch n.Operator {
		case "<":
			return func(r *runner) bool { return x(r) < y(r) }
		case "<=":
			return func(r *runner) bool { return x(r) <= y(r) }
		case ">":
			return func(r *runner) bool { return x(r) > y(r) }
		}
		return func(r *runner) bool { return x(r) >= y(r) }
	}
	return nil
}

func (c *conditioner) word(n ast.Node) word {
	switch n := n.(type) {
	case *ast.StringNode:
		return func(*runner) string { return n.Value }
	case *ast.MemberNode:
		switch of, name := c.member(n); of {
		case "child":
			if f := situationWord[name]; f != nil {
				return func(r *runner) string { return f(&r.was) }
			}
		case "before":
			if f := situationWord[name]; f != nil {
				return func(r *runner) string { return f(&r.before) }
			}
		case "e":
			if i := c.field(name, reflect.String); i != nil {
				return func(r *runner) string { return r.body().FieldByIndex(i).String() }
			}
		}
	}
	return nil
}

func (c *conditioner) count(n ast.Node) count {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return func(*runner) int { return n.Value }
	case *ast.IdentifierNode:
		return numbers[n.Value]
	case *ast.MemberNode:
		switch of, name := c.member(n); of {
		case "child":
			if f := situationCount[name]; f != nil {
				return func(r *runner) int { return f(&r.was) }
			}
		case "before":
			if f := situationCount[name]; f != nil {
				return func(r *runner) int { return f(&r.before) }
			}
		case "e":
			if i := c.field(name, reflect.Int); i != nil {
				return func(r *runner) int { return int(r.body().FieldByIndex(i).Int()) }
			}
		}
	}
	return nil
}

// numbers are those of the day of an event.
var numbers = map[string]count{
	"age":      func(r *runner) int { return r.age(r.ev.When.Date) },
	"placed":   func(r *runner) int { return months(r.status.PlacementSince, r.ev.When.Date) },
	"cared":    func(r *runner) int { return months(r.status.CareSince, r.ev.When.Date) },
	"planned":  func(r *runner) int { return months(r.status.PlanSince, r.ev.When.Date) },
	"fostered": func(r *runner) int { return months(r.status.FosteredSince, r.ev.When.Date) },
}

// conditioner makes functions of the conditions on one kind of entry.
type conditioner struct{ of reflect.Type }

// member splits child.plan; e.seen comes with the name of the Go field.
func (c *conditioner) member(n *ast.MemberNode) (of, name string) {
	id, ok := n.Node.(*ast.IdentifierNode)
	prop, ok2 := n.Property.(*ast.StringNode)
	if !ok || !ok2 {
		return "", ""
	}
	return id.Value, prop.Value
}

// field is where the body has a field of some sort; nil when it has none.
func (c *conditioner) field(name string, sort reflect.Kind) []int {
	if c.of == nil {
		return nil
	}
	if f, ok := c.of.FieldByName(name); ok && f.Type.Kind() == sort {
		return f.Index
	}
	return nil
}

// words are those of a list in a condition; nil when it is none.
func words(n ast.Node) (out []string) {
	switch n := n.(type) {
	case *ast.ArrayNode:
		for _, x := range n.Nodes {
			s, ok := x.(*ast.StringNode)
			if !ok {
				return nil
			}
			out = append(out, s.Value)
		}
	case *ast.ConstantNode: // what the compiler made of such a list
		if set, ok := n.Value.(map[string]struct{}); ok {
			for w := range set {
				out = append(out, w)
			}
		}
	}
	return out
}

// body is the entry's body, looked into once for an event.
func (r *runner) body() reflect.Value {
	if r.bodyAt != r.turn {
		r.bodyAt, r.bodyIs = r.turn, reflect.ValueOf(r.ev.Body)
	}
	return r.bodyIs
}

// The fields of a situation by their names in conditions. A test holds them
// against the struct.
var (
	situationYes = map[string]func(*Situation) bool{
		"open": func(s *Situation) bool { return s.Open }, "undecided": func(s *Situation) bool { return s.Undecided }, "assessing": func(s *Situation) bool { return s.Assessing },
		"enquiry": func(s *Situation) bool { return s.Enquiry }, "allocated": func(s *Situation) bool { return s.Allocated }, "looked_after": func(s *Situation) bool { return s.LookedAfter },
		"until_18": func(s *Situation) bool { return s.Until18 }, "fewer_visits": func(s *Situation) bool { return s.FewerVisits }, "leaving_care": func(s *Situation) bool { return s.LeavingCare },
		"missing": func(s *Situation) bool { return s.Missing }, "privately_fostered": func(s *Situation) bool { return s.Fostered }, "short_breaks": func(s *Situation) bool { return s.ShortBreaks },
		"remanded": func(s *Situation) bool { return s.Remanded }, "pre_proceedings": func(s *Situation) bool { return s.PreProceedings }, "court": func(s *Situation) bool { return s.Court },
		"early_help": func(s *Situation) bool { return s.EarlyHelp },
	}
	situationWord = map[string]func(*Situation) string{
		"plan": func(s *Situation) string { return s.Plan }, "category": func(s *Situation) string { return s.Category }, "legal_status": func(s *Situation) string { return s.Legal },
		"placement": func(s *Situation) string { return s.Placement }, "approval": func(s *Situation) string { return s.Approval }, "adoption": func(s *Situation) string { return s.Adoption },
		"rating": func(s *Situation) string { return s.Rating },
	}
	situationCount = map[string]func(*Situation) int{
		"earlier_plans": func(s *Situation) int { return s.Earlier }, "care_reviews": func(s *Situation) int { return s.CareReviews },
		"placement_reviews": func(s *Situation) int { return s.PlacementRev }, "missing_in_90_days": func(s *Situation) int { return s.MissingLately },
	}
)
