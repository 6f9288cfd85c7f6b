package duty

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Situation is what a condition can ask about the child, as "child".
type Situation struct {
	Open      bool   `expr:"open"`
	Undecided bool   `expr:"undecided"`
	Assessing bool   `expr:"assessing"`
	Enquiry   bool   `expr:"enquiry"`
	Allocated bool   `expr:"allocated"`
	Plan      string `expr:"plan"`
	Category  string `expr:"category"`
	Earlier   int    `expr:"earlier_plans"`

	LookedAfter  bool   `expr:"looked_after"`
	Legal        string `expr:"legal_status"`
	Placement    string `expr:"placement"` // foster, adopter, home, parents, own, residential, school, temporary, other
	Approval     string `expr:"approval"`  // temporary, parents not assessed, emergency
	Until18      bool   `expr:"until_18"`
	FewerVisits  bool   `expr:"fewer_visits"`
	CareReviews  int    `expr:"care_reviews"`      // in this period of care
	PlacementRev int    `expr:"placement_reviews"` // in this placement
	LeavingCare  bool   `expr:"leaving_care"`

	Missing        bool   `expr:"missing"`
	MissingLately  int    `expr:"missing_in_90_days"`
	Fostered       bool   `expr:"privately_fostered"`
	ShortBreaks    bool   `expr:"short_breaks"`
	Remanded       bool   `expr:"remanded"`
	Adoption       string `expr:"adoption"`
	PreProceedings bool   `expr:"pre_proceedings"`
	Court          bool   `expr:"court"`
	EarlyHelp      bool   `expr:"early_help"`
	Rating         string `expr:"rating"`
}

func situation(s *child.Status) Situation {
	return Situation{
		Open: s.Open, Undecided: s.Undecided, Assessing: s.Assessing, Enquiry: s.Enquiry, Allocated: s.Post != "", Plan: s.Plan, Category: s.Category, Earlier: s.EarlierPlans,
		LookedAfter: s.LookedAfter, Legal: s.Legal, Placement: s.Placement, Approval: s.Approval, Until18: s.Until18, FewerVisits: s.FewerVisits,
		CareReviews: s.CareReviews, PlacementRev: s.PlacementRevs, LeavingCare: s.LeavingCare, Missing: s.Missing, MissingLately: s.MissingLately,
		Fostered: s.PrivatelyFostered, ShortBreaks: s.ShortBreaks, Remanded: s.Remanded, Adoption: s.Adoption, PreProceedings: s.PreProceedings,
		Court: s.Court, EarlyHelp: s.EarlyHelp, Rating: s.Rating,
	}
}

// Stands for a kind of entry where a condition reads none.
const (
	noEntry  entry.Kind = ""         // the situation only: while
	noBody   entry.Kind = "-"        // the situation and the day: by
	birthday entry.Kind = "birthday" // of the events that birthdays are
)

// cond compiles a condition once for each kind whose entries it reads. In it,
// "child" is the situation. On an event there are also "before", the situation
// before it, "imported", whether it came from a file, and "age", the child's
// full years on its day (-1 before birth, and when the birth is not known); and
// full months on its day since the placement ("placed"), the period of care
// ("cared"), the plan ("planned") or the private arrangement ("fostered") began,
// -1 when there is none. And
// where the condition reads entries of a kind, "e" is the entry's body with the
// names of its JSON; given(e.on) says whether a day in it, or the entry that it names, is given.
func (p *Pack) cond(text string, k entry.Kind) (*cond, error) {
	key := string(k) + " " + text
	if c, ok := p.conds[key]; ok {
		return c, nil
	}
	prog, of, err := p.program(text, k)
	if err != nil {
		return nil, err
	}
	c := &cond{text: text, kind: k, prog: prog, n: len(p.conds), body: of}
	c.plain = (&conditioner{c.body}).yesNo(prog.Node())
	if c.plain != nil {
		c.never = never(prog)
		c.prog = nil // the machine is not asked: its program would only be looked through by the collector
	}
	p.conds[key] = c
	return c, nil
}

// program compiles a condition for the machine, and gives the type of the
// bodies that it reads; nil for none.
func (p *Pack) program(text string, k entry.Kind) (*vm.Program, reflect.Type, error) {
	env := map[string]any{"child": Situation{}}
	opts := []expr.Option{expr.AsBool(), expr.Function("given", func(a ...any) (any, error) {
		if id, ok := a[0].(entry.ID); ok {
			return id != "", nil
		}
		return a[0].(day.Date) != 0, nil
	}, new(func(day.Date) bool), new(func(entry.ID) bool))}
	if k != noEntry {
		env["before"], env["imported"], env["age"] = Situation{}, false, 0
		env["placed"], env["cared"], env["planned"], env["fostered"] = 0, 0, 0, 0
	}
	body := k != noEntry && k != noBody && k != birthday
	if body {
		known, _ := p.registry.Known(k)
		env["e"] = known.Zero
		opts = append(opts, expr.Patch(jsonNames{reflect.TypeOf(known.Zero)}))
	}
	opts = append(opts, expr.Env(env))
	prog, err := expr.Compile(text, opts...)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, nil, fmt.Errorf("the condition %q cannot be read: %s", text, first)
	}
	if !body {
		return prog, nil, nil
	}
	return prog, reflect.TypeOf(env["e"]), nil
}

// never says that a condition is false whatever is asked.
func never(prog *vm.Program) bool {
	b, ok := prog.Node().(*ast.BoolNode)
	return ok && !b.Value
}

// jsonNames lets a condition use the names of the JSON form: e.seen, not e.Seen.
type jsonNames struct{ body reflect.Type }

func (j jsonNames) Visit(n *ast.Node) {
	m, ok := (*n).(*ast.MemberNode)
	if !ok {
		return
	}
	of, ok := m.Node.(*ast.IdentifierNode)
	prop, ok2 := m.Property.(*ast.StringNode)
	if !ok || !ok2 || of.Value != "e" {
		return
	}
	for _, f := range reflect.VisibleFields(j.body) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == prop.Value {
			prop.Value = f.Name
			return
		}
	}
}
