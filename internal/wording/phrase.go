package wording

import (
	"errors"
	"strings"
)

// phrases are words and phrases to find in texts, as whole words with their forms:
// "engage with" finds "engages with". A word that ends in * stands for every word
// that begins so, and ... for up to three words between.
type phrases struct {
	list     []phrase
	first    map[string][]int
	prefixes []int // those that begin with a word of *
}

type phrase []elem

type elem struct {
	forms  map[string]bool
	prefix string
	caps   string // capitals in the rule stand for capitals in the text: LAC is not lac
	gap    bool
}

func newPhrases(list []string) (*phrases, error) {
	ps := &phrases{first: map[string][]int{}}
	for n, s := range list {
		var p phrase
		for _, f := range strings.Fields(s) {
			if f == "..." {
				p = append(p, elem{gap: true})
				continue
			}
			stem, open := strings.CutSuffix(f, "*")
			for _, t := range parse(stem).toks {
				switch {
				case open:
					p = append(p, elem{prefix: t.low})
				case t.caps:
					p = append(p, elem{caps: stem[t.start:t.end], forms: map[string]bool{t.low: true}})
				default:
					p = append(p, elem{forms: formsOf(t.low)})
				}
			}
		}
		if len(p) == 0 || p[0].gap || p[len(p)-1].gap {
			return nil, errors.New("there is no word in " + s)
		}
		if p[0].prefix != "" {
			ps.prefixes = append(ps.prefixes, n)
		}
		for f := range p[0].forms {
			ps.first[f] = append(ps.first[f], n)
		}
		ps.list = append(ps.list, p)
	}
	return ps, nil
}

// hit is where a phrase stands: tokens from to, and which of the list it is.
type hit struct{ from, to, n int }

// find gives what stands in the tokens of one sentence, the longest first at each place.
func (ps *phrases) find(t *text, from, to int) (out []hit) {
	if len(ps.list) == 0 {
		return nil
	}
	for i := from; i < to; {
		best := hit{}
		try := func(n int) {
			if end := ps.list[n].match(t, i, to); end > best.to {
				best = hit{i, end, n}
			}
		}
		for _, n := range ps.first[t.toks[i].low] {
			try(n)
		}
		for _, n := range ps.prefixes {
			try(n)
		}
		if best.to == 0 {
			i++
			continue
		}
		out = append(out, best)
		i = best.to
	}
	return out
}

// match gives the end of the phrase that begins at i; 0 when none does.
func (p phrase) match(t *text, i, to int) int {
	for k, e := range p {
		if e.gap {
			for skip := 0; skip <= 3 && i+skip < to; skip++ {
				if end := p[k+1:].match(t, i+skip, to); end > 0 {
					return end
				}
			}
			return 0
		}
		if i >= to || !e.fits(t, i) {
			return 0
		}
		i++
	}
	return i
}

func (e elem) fits(t *text, i int) bool {
	tok := t.toks[i]
	switch {
	case e.prefix != "":
		return strings.HasPrefix(tok.low, e.prefix)
	case e.caps != "":
		return t.raw[tok.start:tok.end] == e.caps || e.forms[tok.low] && tok.caps
	}
	return e.forms[tok.low]
}

// quote is the text of a hit.
func (t *text) quote(h hit) string { return t.raw[t.toks[h.from].start:t.toks[h.to-1].end] }

// small are words without forms.
var small = setOf("the", "a", "an", "to", "as", "with", "of", "in", "on", "at", "for", "all", "will", "not", "no", "and", "or", "if", "when", "where", "any", "be", "is",
	"are", "by", "from", "up", "this", "that", "these", "must", "should", "would", "could", "can", "won't", "don't", "never", "possible", "appropriate", "ongoing",
	"above", "below", "available", "full", "domestic", "emotional", "physical", "sexual", "everyone", "professionals", "services", "her", "his", "their", "last")

var irregular = map[string][]string{
	"keep": {"kept"}, "make": {"made"}, "take": {"took", "taken"}, "give": {"gave", "given"}, "go": {"goes", "went", "gone"}, "come": {"came"},
	"ring": {"rang", "rung"}, "bring": {"brought"}, "meet": {"met"}, "tell": {"told"}, "say": {"said"}, "see": {"saw", "seen"}, "eat": {"ate", "eaten"},
	"sleep": {"slept"}, "sit": {"sat"}, "write": {"wrote", "written"}, "speak": {"spoke", "spoken"}, "buy": {"bought"}, "hold": {"held"}, "leave": {"left"},
	"feed": {"fed"}, "send": {"sent"}, "find": {"found"}, "wake": {"woke", "woken"}, "drive": {"drove", "driven"}, "teach": {"taught"}, "pay": {"paid"},
	"get": {"got"}, "build": {"built"}, "show": {"shown"}, "wear": {"wore", "worn"}, "do": {"does", "did", "done"}, "break": {"broke", "broken"},
	"spend": {"spent"}, "undertake": {"undertook", "undertaken"}, "begin": {"began", "begun"}, "hide": {"hid", "hidden"}, "fall": {"fell", "fallen"}, "choose": {"chose", "chosen"},
	"lend": {"lent"}, "lead": {"led"}, "sing": {"sang", "sung"}, "run": {"ran"},
}

// formsOf gives a word with its forms, as a verb and as a noun. Forms that are no
// words do no harm: nobody writes them.
func formsOf(w string) map[string]bool {
	out := map[string]bool{w: true}
	if small[w] || len(w) < 3 && irregular[w] == nil || w[0] >= '0' && w[0] <= '9' {
		return out
	}
	for _, f := range irregular[w] {
		out[f] = true
	}
	last, prev := w[len(w)-1], w[max(len(w)-2, 0)]
	stem := w[:len(w)-1]
	switch {
	case last == 'e':
		out[w+"s"], out[w+"d"], out[stem+"ing"] = true, true, true
	case last == 'y' && !vowel(prev):
		out[stem+"ies"], out[stem+"ied"], out[w+"ing"] = true, true, true
	case last == 's' || last == 'x' || last == 'z' || last == 'h' && (prev == 'c' || prev == 's'):
		out[w+"es"], out[w+"ed"], out[w+"ing"] = true, true, true
	default:
		out[w+"s"], out[w+"ed"], out[w+"ing"] = true, true, true
		if len(w) > 2 && vowel(prev) && !vowel(last) && !vowel(w[len(w)-3]) && last != 'w' {
			d := w + string(last)
			out[d+"ed"], out[d+"ing"] = true, true
		}
	}
	return out
}
