package match

// explain says field by field what speaks for two records being one person and
// what against, compared with the likeliest other explanation: a stranger, or a
// relative. The bits of all fields, with those from before anything was compared,
// come to about the score.
func (w *weights) explain(c *comparison, a, b *record) []Evidence {
	s := w.each(c)
	one, other := stay, home
	if s[moved] > s[stay] {
		one = moved
	}
	for k := home; k < parties; k++ {
		if s[k] > s[other] {
			other = k
		}
	}
	against := [...]string{home: "a relative in one household", apart: "a relative in another household", twin: "a twin", away: "a twin who lives elsewhere", stranger: "somebody else"}[other]
	es := []Evidence{{Field: "to begin with", Level: Missing, Bits: w.prior[one] - w.prior[other],
		Why: "before anything is compared, weighed against " + against}}
	for f := range scales {
		sc := &scales[f]
		l := c.level[f]
		if l == 0 {
			if why := missing(f, a, b); why != "" {
				es = append(es, Evidence{Field: sc.name, Level: Missing, Why: why})
			}
			continue
		}
		if f == fParent && l != 1 {
			continue
		}
		st := &sc.steps[l-1]
		rival := float64(w.log[f][l][other])
		if other == stranger && st.rare {
			rival = float64(c.rare[f])
		}
		e := Evidence{Field: sc.name, Level: st.level, Bits: float64(w.log[f][l][one]) - rival, Why: st.why}
		if other == stranger && st.rare && l == 1 && (f == fForename || f == fSurname) {
			switch {
			case c.rare[f] > -6:
				e.Why += ", which many have"
			case c.rare[f] < -10:
				e.Why += ", which few have"
			}
		}
		es = append(es, e)
	}
	if other == stranger && namesakes(c) && w.together > 0 {
		es = append(es, Evidence{Field: "both names", Level: Agrees, Bits: -w.together, Why: "these names often go together, so that one adds less to the other"})
	}
	return es
}

// missing says why a field could not be compared, for the fields that a reader
// looks for.
func missing(f int, a, b *record) string {
	has := func(r *record) bool {
		switch f {
		case fForename:
			return len(r.fores) > 0
		case fSurname:
			return len(r.surs) > 0
		case fBorn:
			return len(r.births) > 0
		case fSex:
			return r.sex != 0
		case fNHS:
			return r.nhs != ""
		case fPost:
			for _, p := range r.places {
				if p.post != nil {
					return true
				}
			}
			return false
		case fCarer:
			return len(r.carers) > 0
		}
		return true
	}
	switch x, y := has(a), has(b); {
	case x && y:
		return ""
	case x:
		return "not known of the person held"
	case y:
		return "not known of the person asked for"
	}
	return "not known of either"
}
