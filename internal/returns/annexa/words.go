package annexa

import (
	_ "embed"
	"strings"
	"sync"
)

// Word is a value of a field that has codes. Words are shared and never changed.
type Word struct {
	// Code is the official text, such as "a) WBRI"; empty where a spelling only
	// says which group of codes is meant.
	Code  string
	Group string // "a) White"
	Means string // what the code stands for, where the official text does not say
	Short string // what a code is called by elsewhere: WBRI, 1A, E11, N1; empty where there is none
}

// Is says whether a word is a code by its short name. It is false for no word.
func (w *Word) Is(short string) bool { return w != nil && short != "" && w.Short == short }

//go:embed codes.txt
var codesText string

//go:embed spellings.txt
var spellingsText string

// set is the words of one kind, and the ways to each.
type set struct {
	words []*Word          // with official codes, in their order
	exact map[string]*Word // by the text in small letters
	loose map[string]*Word // by the plain text
	short map[string]*Word
	group map[string][]*Word
}

// find gives the word that a text stands for, or nil. An official text goes
// before a spelling. A spelling that leads to a group of one code is that code;
// one that begins with a code of its group is that code too.
func (s *set) find(text string) *Word {
	low := strings.ToLower(marks.Replace(text))
	for _, t := range [2]string{low, unlettered(low)} {
		w := s.exact[t]
		if w == nil {
			w = s.loose[plain(t)]
		}
		if w != nil {
			return s.narrow(w, text)
		}
	}
	return nil
}

// narrow looks for the code of a group that a spelling names itself, as in
// "WBRI - White British".
func (s *set) narrow(w *Word, text string) *Word {
	if w.Code != "" {
		return w
	}
	for _, t := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" :-–()[]>/,.;", c) }) {
		if o := s.short[strings.ToUpper(t)]; o != nil && o.Group == w.Group && len(t) > 1 {
			return o
		}
	}
	return w
}

var marks = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`)

// unlettered drops the "a) " before an official text.
func unlettered(s string) string {
	if i := strings.IndexByte(s, ')'); i == 1 || i == 2 {
		return strings.TrimSpace(s[i+1:])
	}
	return s
}

var sets = sync.OnceValue(func() map[string]*set {
	all := map[string]*set{}
	var s *set
	for line := range strings.Lines(codesText) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == '#':
		case line[0] == '[':
			s = &set{exact: map[string]*Word{}, loose: map[string]*Word{}, short: map[string]*Word{}, group: map[string][]*Word{}}
			all[strings.Trim(line, "[]")] = s
		default:
			parts := append(strings.Split(line, " | "), "", "")
			w := &Word{Code: parts[0], Group: parts[1], Means: parts[2]}
			if w.Group == "" {
				w.Group = w.Code
			}
			w.Short = short(w.Code)
			s.words = append(s.words, w)
			s.group[w.Group] = append(s.group[w.Group], w)
			s.short[w.Short] = w
		}
	}
	for _, s := range all {
		s.official()
	}
	spelled(all)
	return all
})

// short takes the code out of an official text: WBRI of "a) WBRI", 1A of "b) 1A:
// Individual", N1 of "N1 - Abuse or neglect".
func short(code string) string {
	t := unlettered(code)
	for _, end := range []string{":", " - "} {
		if before, _, ok := strings.Cut(t, end); ok && len(before) <= 4 && !strings.Contains(before, " ") {
			return strings.ToUpper(before)
		}
	}
	if len(t) == 4 && strings.ToUpper(t) == t { // an ethnic group
		return t
	}
	return ""
}

// official makes the ways to the official texts. One that would lead to two
// words leads to none.
func (s *set) official() {
	lead := func(m map[string]*Word, key string, w *Word) {
		if key == "" {
			return
		}
		if old, ok := m[key]; ok && old != w {
			w = nil
		}
		m[key] = w
	}
	for _, w := range s.words {
		code, means := strings.ToLower(marks.Replace(w.Code)), strings.ToLower(marks.Replace(w.Means))
		_, bare, _ := strings.Cut(means, " - ")
		for _, t := range []string{code, unlettered(code), strings.ToLower(w.Short), means, bare} {
			lead(s.exact, t, w)
			lead(s.loose, plain(t), w)
		}
	}
}

// way adds a way to a word, unless there is one already.
func (s *set) way(text string, w *Word) {
	low := strings.ToLower(marks.Replace(text))
	if s.exact[low] == nil {
		s.exact[low] = w
	}
	if p := plain(low); s.loose[p] == nil {
		s.loose[p] = w
	}
}

// spelled adds the spellings of groups.
func spelled(all map[string]*set) {
	var s *set
	var w *Word
	for line := range strings.Lines(spellingsText) {
		line = strings.TrimSpace(line)
		name, group, head := strings.Cut(strings.TrimPrefix(line, "["), "] ")
		switch {
		case line == "", line[0] == '#':
		case head && line[0] == '[' && all[name] != nil:
			s = all[name]
			switch ws := s.group[group]; len(ws) {
			case 0: // a value that has no official code
				w = &Word{Code: group, Group: group, Short: short(group)}
				s.words, s.group[group], s.short[w.Short] = append(s.words, w), []*Word{w}, w
				s.way(w.Short, w)
			case 1:
				w = ws[0]
			default:
				w = &Word{Group: group}
			}
			s.way(unlettered(group), w)
		default:
			s.way(line, w)
		}
	}
	for _, s := range all {
		delete(s.short, "")
		delete(s.loose, "")
	}
}
