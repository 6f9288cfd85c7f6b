package cincheck

import "onus/internal/returns/cin"

var characteristicRules = []rule{
	{code: "2887Q", from: FirstYear, whole: true, module: tDisabilities, needs: cols(diDisability),
		says: "Fewer than 8 of the codes for disability are used in the whole return.",
		do:   "Check whether disabilities are recorded by kind, or give the reason.",
		all: func(t *Tables, y Census, m *marks) {
			used := map[string]bool{}
			eachDisability(t, func(_ *Child, d *Disability) {
				if y.valid(cin.SetDisability, d.Code) {
					used[d.Code] = true
				}
			})
			if len(used) < 8 {
				m.fail()
			}
		}},
	{code: "2888Q", from: FirstYear, whole: true, module: tDisabilities, needs: cols(diDisability),
		says: "No child in the return has more than one disability.",
		do:   "Record every disability of a child, not only the main one, or give the reason.",
		all: func(t *Tables, _ Census, m *marks) {
			first := map[*Child]string{}
			several := false
			eachDisability(t, func(c *Child, d *Disability) {
				if had, ok := first[c]; d.Code != "" && ok && had != d.Code {
					several = true
				} else if d.Code != "" {
					first[c] = d.Code
				}
			})
			if len(first) > 0 && !several {
				m.fail()
			}
		}},
	{code: "4220", from: FirstYear, module: tCharacteristics, needs: cols(chEthnicity),
		says:  "The child's ethnicity is missing, or is not one of the codes.",
		do:    "Give the code. REFU stands for preferred not to say, NOBT for not yet known.",
		child: characteristics(func(y Census, c *Characteristics) bool { return !y.valid(cin.SetEthnicity, c.Ethnicity) }, chEthnicity)},
	{code: "8540", from: FirstYear, module: tCharacteristics, needs: cols(diDisability, idBirth, epNFA),
		says:  "The child was born and a referral went on to further action, but no disability is given, or one that is not a code.",
		do:    "Give every disability by its code, or NONE.",
		child: missingDisability},
	{code: "8790", from: FirstYear, module: tDisabilities, needs: cols(diDisability),
		says: "The child is said to have no disability, and to have one.",
		do:   "Take out NONE, or the others, which are shown.",
		child: func(c *Child, _ Census, m *marks) {
			none, other := false, false
			for i := range c.Disabilities {
				switch c.Disabilities[i].Code {
				case "NONE":
					none = true
				case "":
				default:
					other = true
				}
			}
			if none && other {
				for i := range c.Disabilities {
					if code := c.Disabilities[i].Code; code != "" && code != "NONE" {
						m.at(c.Disabilities[i].Key, diDisability)
					}
				}
			}
		}},
	{code: "8794", from: FirstYear, module: tDisabilities, needs: cols(diDisability),
		says: "The child has one disability listed twice.",
		do:   "List each disability once.",
		child: func(c *Child, _ Census, m *marks) {
			for i := range c.Disabilities {
				for j := range c.Disabilities {
					if i != j && c.Disabilities[i].Code != "" && c.Disabilities[i].Code == c.Disabilities[j].Code {
						m.at(c.Disabilities[i].Key, diDisability)
						break
					}
				}
			}
		}},
}

func eachDisability(t *Tables, f func(*Child, *Disability)) {
	for i := range t.Children {
		for j := range t.Children[i].Disabilities {
			f(t.Children[i], &t.Children[i].Disabilities[j])
		}
	}
}

// missingDisability points at the child, at its episodes that went on, and at
// every code that is none. Of a child not yet born nothing is expected.
func missingDisability(c *Child, y Census, m *marks) {
	wrong := len(c.Disabilities) == 0
	for i := range c.Disabilities {
		wrong = wrong || !y.valid(cin.SetDisability, c.Disabilities[i].Code)
	}
	if !wrong || !anyEpisode(c, func(e *Episode) bool { return e.NFA == cin.No }) {
		return
	}
	born := false
	for i := range c.Identifiers {
		if r := &c.Identifiers[i]; !r.Birth.IsZero() {
			born = true
			m.at(r.Key, idBirth)
		}
	}
	if !born {
		return
	}
	for i := range c.Episodes {
		if c.Episodes[i].NFA == cin.No {
			m.at(c.Episodes[i].Key, epNFA)
		}
	}
	for i := range c.Disabilities {
		if !y.valid(cin.SetDisability, c.Disabilities[i].Code) {
			m.at(c.Disabilities[i].Key, diDisability)
		}
	}
}
