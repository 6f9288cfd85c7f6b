package annexa

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// List is one of the eleven lists, counted from 0.
type List uint8

// The lists, in Ofsted's order.
const (
	Contacts List = iota
	EarlyHelp
	Referrals
	Assessments
	Enquiries // section 47 enquiries and initial child protection conferences
	Need      // children in need
	Protection
	Care // children looked after
	Leavers
	Adoption // children for whom it was decided, or undone, that they be adopted
	Adopters // adults, not children
	ListCount
)

// Number is what Ofsted calls it by: 1 to 11.
func (l List) Number() int { return int(l) + 1 }

// Title is Ofsted's, such as "Contacts".
func (l List) Title() string { return layout().lists[l].title }

// String gives "List 1", which names the list in places and reports.
func (l List) String() string { return fmt.Sprintf("List %d", l.Number()) }

// Fields are the columns of a list in Ofsted's order.
func (l List) Fields() []Field { return layout().lists[l].fields }

// Has says whether a list has a field.
func (l List) Has(f Field) bool { return layout().lists[l].at[f] > 0 }

// Required says whether a field of a list may never be blank.
func (l List) Required(f Field) bool { return layout().lists[l].required[f] }

// column gives the place of a field in a list, from 0; less when it has none.
func (l List) column(f Field) int { return int(layout().lists[l].at[f]) - 1 }

// Holds says what a field holds.
type Holds uint8

// What fields hold.
const (
	Text Holds = iota + 1
	Date
	Number
	Code
)

// Heading is the field's official heading.
func (f Field) Heading() string { return layout().fields[f].heading }

// Holds says what the field holds.
func (f Field) Holds() Holds { return layout().fields[f].holds }

// String gives the short name by which code and reports call a field.
func (f Field) String() string { return layout().fields[f].name }

//go:embed fields.txt
var fieldsText string

type fieldLayout struct {
	name, heading string
	holds         Holds
	set           string // of codes
	also          []string
}

type listLayout struct {
	title    string
	fields   []Field
	at       [FieldCount]uint8 // place in fields, counted from 1
	required [FieldCount]bool
	// headings leads from a heading, plain, to the field.
	headings map[string]Field
}

type whole struct {
	fields [FieldCount]fieldLayout
	lists  [ListCount]listLayout
}

// layout is fields.txt. A mistake there is a mistake of ours: the tests load it.
var layout = sync.OnceValue(func() *whole {
	w := &whole{}
	named := map[string]Field{}
	n, list := Field(0), ListCount
	for line := range strings.Lines(fieldsText) {
		line = strings.TrimSpace(line)
		switch parts := strings.Split(line, " | "); {
		case line == "", line[0] == '#':
		case line[0] == '[':
			num, title, _ := strings.Cut(line[1:], "] ")
			if _, err := fmt.Sscan(num, &list); err != nil || list < 1 || list > ListCount {
				panic("annexa: fields.txt has no list " + num)
			}
			list--
			w.lists[list].title = title
		case len(parts) > 2:
			f := fieldLayout{name: parts[0], heading: parts[1]}
			kind, set, _ := strings.Cut(parts[2], " ")
			f.holds, f.set = Holds(slices.Index([]string{"", "text", "date", "number", "code"}, kind)), set //nolint:gosec // of five
			if len(parts) > 3 {
				f.also = strings.Split(parts[3], "; ")
			}
			w.fields[n], named[f.name] = f, n
			n++
		default:
			l := &w.lists[list]
			l.headings = map[string]Field{}
			for i, name := range strings.Fields(line) {
				f, ok := named[strings.TrimSuffix(name, "*")]
				if !ok {
					panic("annexa: fields.txt has no field " + name)
				}
				l.fields = append(l.fields, f)
				l.at[f], l.required[f] = uint8(i+1), strings.HasSuffix(name, "*") //nolint:gosec // of 34
			}
			// An official heading counts before another's other name.
			for _, f := range l.fields {
				l.headings[plain(w.fields[f].heading)] = f
				l.headings[plain(outside(w.fields[f].heading))] = f
			}
			for _, f := range l.fields {
				for _, h := range append(w.fields[f].also, w.fields[f].name) {
					if _, taken := l.headings[plain(h)]; !taken {
						l.headings[plain(h)] = f
					}
				}
			}
		}
	}
	return w
})

// plain is a heading or a value without what people write in different ways:
// capitals, spaces, marks.
func plain(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(byte(c))
		case c >= 'A' && c <= 'Z':
			b.WriteByte(byte(c) + 'a' - 'A')
		}
	}
	return b.String()
}

// outside is a heading without what stands in brackets.
func outside(s string) string {
	for {
		i := strings.IndexByte(s, '(')
		j := strings.IndexByte(s, ')')
		if i < 0 || j < i {
			return s
		}
		s = s[:i] + s[j+1:]
	}
}

// tidy is a text without the spaces around it, and with one plain space where
// there are several, or spaces of another kind.
func tidy(s string) string {
	clean := true
	for i := range len(s) {
		if c := s[i]; c <= ' ' && (c != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') || c >= 0x80 {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u200b", "", "\ufeff", "").Replace(s)), " ")
}
