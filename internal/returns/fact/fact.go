// Package fact is what a statutory return says of a child, in the words of a
// child's record: facts, each under a name that it has in every later file, as the
// bodies of entries.
//
// It may know the kinds of entry of a child and days. It must never know a return,
// a file, a record that is kept, a database or what time it is: returns/cin and
// returns/ssda903 say facts, and app records them.
package fact

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
)

// Fact is one thing that a return says of a child, as the body of an entry.
type Fact struct {
	Key  string // names the same fact in every later file of the same authority
	Line int    // of the file, counted from 1
	When day.When
	// Body is nil where the file names what the fact would belong to and does not
	// have it: a case not closed, an assessment not authorised, a plan that goes
	// on. An earlier file may have said so.
	Body entry.Body
	// AnyDay: the return gives no date, so another date alone is no change.
	AnyDay bool
	// Unless, where it is given, says of the child's record whether it shows the
	// fact already by other words, so that it need not be said again. It is asked
	// only of a fact that no file has said before.
	Unless func(child.Record) bool
}

// List gathers the facts of one child. What has no date, or one after today, and
// what is not understood goes into one last fact of the kind import.kept: nothing
// is lost.
type List struct {
	AsOf  day.Date // the day that the file speaks of; never after Today
	Today day.Date
	// Under is the key of what is kept from here on: "kept", where it is empty.
	Under string
	out   []Fact
	kept  []kept
	seen  map[string]int
}

type kept struct {
	key   string
	items []child.KeptItem
}

// New begins a list of a file that speaks of a day, zero when it does not say,
// as it was first read on another.
func New(asOf, today day.Date) *List {
	if asOf == 0 || asOf > today {
		asOf = today
	}
	return &List{AsOf: asOf, Today: today, seen: map[string]int{}}
}

// Keep keeps an item as it stood, an empty one too: its name may say something.
func (f *List) Keep(line int, path, value string) {
	key := cmp.Or(f.Under, "kept")
	i := slices.IndexFunc(f.kept, func(k kept) bool { return k.key == key })
	if i < 0 {
		i, f.kept = len(f.kept), append(f.kept, kept{key: key})
	}
	f.kept[i].items = append(f.kept[i].items, child.KeptItem{Path: path, Value: value, Line: line})
}

// Put keeps a value that has no other place.
func (f *List) Put(line int, path, value string) {
	if value != "" {
		f.Keep(line, path, value)
	}
}

// Add adds a fact and gives its key: one that comes twice in a file is numbered.
// Without a date, dated after today, or refused by its kind, it is kept aside.
func (f *List) Add(key string, line int, on day.Date, b entry.Body) string {
	why := ""
	switch ps := b.Check(); {
	case on == 0:
		why = "without a date that can be read"
	case on > f.Today:
		why = "dated " + on.String() + ", which is in the future"
	case len(ps) > 0:
		why = ps[0].Text
	}
	if why != "" {
		f.Keep(line, key, why+InWords(b))
		return key
	}
	f.seen[key]++
	if n := f.seen[key]; n > 1 {
		key = fmt.Sprintf("%s#%d", key, n)
	}
	f.out = append(f.out, Fact{Key: key, Line: line, When: day.On(on), Body: b})
	return key
}

// AnyDay adds a fact for which the return gives no date.
func (f *List) AnyDay(key string, line int, on day.Date, b entry.Body) string {
	n := len(f.out)
	key = f.Add(key, line, on, b)
	if len(f.out) > n {
		f.out[n].AnyDay = true
	}
	return key
}

// AddUnless adds a fact that need not be said where the record shows it already.
func (f *List) AddUnless(key string, line int, on day.Date, b entry.Body, shown func(child.Record) bool) {
	n := len(f.out)
	f.Add(key, line, on, b)
	if len(f.out) > n {
		f.out[n].Unless = shown
	}
}

// AnyDayUnless adds a fact for which the return gives no date, and that need not be said
// where the record shows it already.
func (f *List) AnyDayUnless(key string, line int, on day.Date, b entry.Body, shown func(child.Record) bool) {
	n := len(f.out)
	f.AnyDay(key, line, on, b)
	if len(f.out) > n {
		f.out[n].Unless = shown
	}
}

// Not says that the file does not have a fact of something that it names.
func (f *List) Not(key string, line int) { f.out = append(f.out, Fact{Key: key, Line: line}) }

// Or adds a fact that has a day, or says that there is none.
func (f *List) Or(key string, line int, on day.Date, b entry.Body) {
	if on == 0 {
		f.Not(key, line)
		return
	}
	f.Add(key, line, on, b)
}

// Facts are all that was added, and what was kept: on the day that the file speaks
// of, and at the line given. The list must not be used afterwards.
func (f *List) Facts(line int) []Fact {
	for _, k := range f.kept {
		f.AnyDay(k.key, line, f.AsOf, child.Kept{Items: k.items})
	}
	return f.out
}

// InWords is what a body that cannot stand as an entry says, so that it is not lost.
func InWords(b entry.Body) string {
	text, err := json.Marshal(b)
	if err != nil || string(text) == "{}" {
		return ""
	}
	return ": " + string(text)
}

// WithoutLines is a body without what the next file may move: the lines on
// which kept things stood.
func WithoutLines(b entry.Body) entry.Body {
	k, ok := b.(child.Kept)
	if !ok {
		return b
	}
	items := slices.Clone(k.Items)
	for i := range items {
		items[i].Line = 0
	}
	return child.Kept{Items: items}
}
