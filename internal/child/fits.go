package child

import (
	"slices"
	"strings"

	"onus/internal/entry"
)

// fits say what of an entry belongs to a question of an assessment by what the entry is,
// and how it is known. A rule pack names them: see rulepacks/onus/assessment.yaml.
var fits = map[string]func(entry.Body) (text string, how []string){
	"what the child says": func(b entry.Body) (string, []string) {
		said := []string{Said}
		switch b := b.(type) {
		case Visit:
			return quoted(b.Words), said
		case View:
			if b.Of == "child" {
				return quoted(b.Words), said
			}
		case ReturnInterview:
			return quoted(b.Words), said
		case MissingEnded:
			return quoted(b.Words), said
		case PlacementStarted:
			return quoted(b.Words), said
		case Education:
			return quoted(b.Words), said
		case LeavingCare:
			return quoted(b.Words), said
		case Contact:
			return quoted(b.Intake.Words), said
		case Referral:
			return quoted(b.Intake.Words), said
		}
		return "", nil
	},
	"what was seen of the child": func(b entry.Body) (string, []string) {
		if v, ok := b.(Visit); ok {
			return v.Observed, []string{SeenIt}
		}
		return "", nil
	},
	"what was learnt at visits": func(b entry.Body) (string, []string) {
		if v, ok := b.(Visit); ok {
			return v.Learnt, v.Evidence
		}
		return "", nil
	},
	"what was told to us": func(b entry.Body) (string, []string) {
		switch b := b.(type) {
		case Contact:
			return b.What, []string{Said}
		case Referral:
			return b.What, []string{Said}
		}
		return "", nil
	},
	"what was found out": func(b entry.Body) (string, []string) {
		if f, ok := b.(FoundOut); ok && strings.TrimSpace(f.What) != "" {
			return sentence(f.From + ": " + f.What), []string{Said}
		}
		return "", nil
	},
	"danger": func(b entry.Body) (string, []string) {
		switch b := b.(type) {
		case Danger:
			return b.What, nil
		case Incident:
			return b.What, nil
		case Allegation:
			return b.What, nil
		case StrategyDiscussion:
			return b.Why, nil
		case Visit:
			if b.Safe == "no" || b.Safe == "not sure" {
				return "Safe tonight: " + b.Safe + ". " + b.Next, b.Evidence
			}
		}
		return "", nil
	},
	"health": func(b entry.Body) (string, []string) {
		if h, ok := b.(Health); ok {
			return sentence(h.Of + ": " + h.Step + ". " + h.What), nil
		}
		return "", nil
	},
	"education": func(b entry.Body) (string, []string) {
		if e, ok := b.(Education); ok {
			return sentence(e.Step + ". " + e.What), nil
		}
		return "", nil
	},
	"missing": func(b entry.Body) (string, []string) {
		switch b := b.(type) {
		case MissingStarted:
			return sentence("Missing. " + b.Learned), nil
		case MissingEnded:
			return sentence("Found, or came back. " + b.How), nil
		case ReturnInterview:
			return sentence("Return interview " + b.Step + ". " + b.What), nil
		}
		return "", nil
	},
	"family": func(b entry.Body) (string, []string) {
		p, ok := b.(FamilyMember)
		if !ok || strings.TrimSpace(p.Gone) != "" {
			return "", nil
		}
		where := map[string]string{LivesWith: ", lives with the child", LivesElsewhere: ", lives elsewhere", LivesUnknown: ", nobody knows where they live"}[p.Lives]
		if p.Role == "professional" {
			where = ""
		}
		return sentence(p.Name + ", " + p.Relation + where + ". " + p.Where), nil
	},
	"who is not safe": func(b entry.Body) (string, []string) {
		p, ok := b.(FamilyMember)
		safe := map[string]string{SafeNotLone: "not alone with them", SafeNotWith: "the child is not safe with them"}[p.Safe]
		if !ok || strings.TrimSpace(p.Gone) != "" || safe == "" {
			return "", nil
		}
		return sentence(p.Name + ", " + p.Relation + ": " + safe + ". " + p.SafeWhy), nil
	},
	"who helps": func(b entry.Body) (string, []string) {
		switch b := b.(type) {
		case FamilyGroup:
			return sentence("The family deciding together: " + b.Step + ". " + b.What), nil
		case EarlyHelpStep:
			return sentence("Early help: " + b.Step + ". " + b.What), nil
		case FamilyMember:
			if b.Safe == SafeWith && b.Role != "parent" && strings.TrimSpace(b.Gone) == "" {
				return sentence(b.Name + ", " + b.Relation + ". " + b.SafeWhy), nil
			}
		}
		return "", nil
	},
	"what a parent says": func(b entry.Body) (string, []string) {
		if v, ok := b.(View); ok && v.Of == "parent" {
			return said(v)
		}
		return "", nil
	},
	"what others say": func(b entry.Body) (string, []string) {
		if v, ok := b.(View); ok && v.Of == "somebody else" {
			return said(v)
		}
		return "", nil
	},
	"how goals go": func(b entry.Body) (string, []string) {
		if g, ok := b.(GoalMoved); ok {
			return sentence(g.State + ". " + g.What), g.Evidence
		}
		return "", nil
	},
}

func said(v View) (string, []string) {
	if strings.TrimSpace(v.Words) == "" {
		return "", nil
	}
	return v.Name + ": " + quoted(v.Words), []string{Said}
}

// quoted are somebody's own words.
func quoted(words string) string {
	if words = strings.Trim(strings.TrimSpace(words), "\""); words == "" {
		return ""
	}
	return "\"" + words + "\""
}

func sentence(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// Fits are the names of what can belong to a question by itself.
func Fits() (out []string) {
	for name := range fits {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Gist is what an entry says that an assessment can rest on, whichever question it is under;
// empty: only the whole of it says.
func Gist(b entry.Body) (text string, how []string) {
	if _, ok := b.(FamilyMember); ok {
		return Fit([]string{"family", "who is not safe"}, b)
	}
	return Fit([]string{"what the child says", "what was seen of the child", "what was learnt at visits", "what was told to us", "what was found out", "danger", "health", "education", "missing", "what a parent says", "what others say", "how goals go"}, b)
}

// Fit is what of an entry belongs to a question that asks for some of Fits; empty: nothing.
func Fit(names []string, b entry.Body) (text string, how []string) {
	var parts []string
	for _, name := range names {
		if f := fits[name]; f != nil {
			t, h := f(b)
			if t = strings.TrimSpace(t); t == "" || slices.Contains(parts, t) {
				continue
			}
			parts = append(parts, t)
			for _, x := range h {
				if !slices.Contains(how, x) {
					how = append(how, x)
				}
			}
		}
	}
	return strings.Join(parts, " "), how
}
