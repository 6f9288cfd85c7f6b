package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Policy says which witnesses must have signed a checkpoint, in the form of C2SP
// tlog-policy: lines "witness NAME KEY [URL]", "group NAME any|all|N NAME...",
// "quorum NAME". One group or witness must be called "outside", and no quorum is
// reached without it: a witness run by the same council adds little.
type Policy struct {
	Witnesses []Witness
	groups    map[string]group
	quorum    string
}

// Witness is one witness of a policy.
type Witness struct {
	Name     string
	VKey     string
	URL      string // empty: only its signatures are checked
	Verifier note.Verifier
}

type group struct {
	need    int
	members []string
}

// Outside is the name of the group of witnesses outside the council.
const Outside = "outside"

// ParsePolicy reads a policy. It names the line of a mistake.
func ParsePolicy(text string) (*Policy, error) {
	p := &Policy{groups: map[string]group{}}
	known := func(name string) bool {
		_, is := p.groups[name]
		return is || slices.ContainsFunc(p.Witnesses, func(w Witness) bool { return w.Name == name })
	}
	for i, row := range strings.Split(text, "\n") {
		n := i + 1
		bad := func(format string, args ...any) (*Policy, error) {
			return nil, fmt.Errorf("line %d: "+format, append([]any{n}, args...)...)
		}
		line, _, _ := strings.Cut(row, "#")
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "log" {
			continue
		}
		switch f[0] {
		case "witness":
			if len(f) != 3 && len(f) != 4 {
				return bad("a witness is: witness NAME KEY [URL]")
			}
			if known(f[1]) {
				return bad("%s is named twice", f[1])
			}
			v, err := NewWitnessVerifier(f[2])
			if err != nil {
				return bad("%w", err)
			}
			w := Witness{Name: f[1], VKey: f[2], Verifier: v}
			if len(f) == 4 {
				w.URL = strings.TrimSuffix(f[3], "/")
			}
			p.Witnesses = append(p.Witnesses, w)
		case "group":
			if len(f) < 4 {
				return bad("a group is: group NAME any|all|N NAME...")
			}
			if known(f[1]) {
				return bad("%s is named twice", f[1])
			}
			g := group{members: f[3:]}
			switch f[2] {
			case "any":
				g.need = 1
			case "all":
				g.need = len(g.members)
			default:
				need, err := strconv.Atoi(f[2])
				if err != nil || need < 1 || need > len(g.members) {
					return bad("of %d members, %q cannot be needed", len(g.members), f[2])
				}
				g.need = need
			}
			for i, m := range g.members {
				if !known(m) {
					return bad("there is no witness or group %s above this line", m)
				}
				if slices.Contains(g.members[:i], m) {
					return bad("%s stands in the group twice", m)
				}
			}
			p.groups[f[1]] = g
		case "quorum":
			if len(f) != 2 || p.quorum != "" {
				return bad("a quorum is: quorum NAME, once")
			}
			if !known(f[1]) {
				return bad("there is no witness or group %s above this line", f[1])
			}
			p.quorum = f[1]
		default:
			return bad("%q is not known: there are witness, group and quorum", f[0])
		}
	}
	switch {
	case p.quorum == "":
		return nil, fmt.Errorf("the policy names no quorum")
	case !known(Outside):
		return nil, fmt.Errorf("the policy names nobody outside the council: call a witness or a group of them %q", Outside)
	}
	inside := map[string]bool{}
	outside := p.under(Outside)
	for _, w := range p.Witnesses {
		inside[w.Name] = !slices.Contains(outside, w.Name)
	}
	if p.met(p.quorum, inside) {
		return nil, fmt.Errorf("the quorum can be reached without anybody of %q: it needs one at least", Outside)
	}
	return p, nil
}

// under are the witnesses in a group, or the witness itself.
func (p *Policy) under(name string) (out []string) {
	g, is := p.groups[name]
	if !is {
		return []string{name}
	}
	for _, m := range g.members {
		out = append(out, p.under(m)...)
	}
	return out
}

func (p *Policy) met(name string, signed map[string]bool) bool {
	g, is := p.groups[name]
	if !is {
		return signed[name]
	}
	n := 0
	for _, m := range g.members {
		if p.met(m, signed) {
			n++
		}
	}
	return n >= g.need
}

// Quorum says whether enough witnesses signed, given the names of those who did.
func (p *Policy) Quorum(names []string) bool {
	signed := map[string]bool{}
	for _, n := range names {
		signed[n] = true
	}
	return p.met(p.quorum, signed)
}

// Verifiers are the witnesses' keys.
func (p *Policy) Verifiers() []note.Verifier {
	out := make([]note.Verifier, len(p.Witnesses))
	for i, w := range p.Witnesses {
		out[i] = w.Verifier
	}
	return out
}

// Signed are the names of the witnesses that signed a checkpoint, with keys that
// hold. It does not ask whether the ledger itself did.
func (p *Policy) Signed(checkpoint []byte) (names []string) {
	for _, w := range p.Witnesses {
		if n, err := note.Open(checkpoint, note.VerifierList(w.Verifier)); err == nil && len(n.Sigs) > 0 {
			names = append(names, w.Name)
		}
	}
	return names
}

// Satisfied says whether a checkpoint has the quorum.
func (p *Policy) Satisfied(checkpoint []byte) bool { return p.Quorum(p.Signed(checkpoint)) }

// NewWitnessVerifier reads a witness's verifier key.
func NewWitnessVerifier(vkey string) (note.Verifier, error) {
	v, err := fnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return nil, fmt.Errorf("this is not a witness's public key (name+hash+key, of the kind 0x04): %w", err)
	}
	return v, nil
}
