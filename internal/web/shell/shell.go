// Package shell is what stands around every page of Onus, and the small parts
// that most pages use: a state, a thing owed, facts at a glance, the tiers of
// those who answer. It knows HTML and texts; it must never know a domain type, a
// request or a policy. A page gives it texts that are already decided.
package shell

import (
	"maps"
	"slices"
	"strconv"
)

// Link is a link, or with Post a small form with one button, for what changes
// something, such as signing out.
type Link struct {
	Text string
	Href string
	Post bool
}

// NavItem is one place in the navigation. Count, where there is one, follows the
// text.
type NavItem struct {
	Text    string
	Href    string
	Count   string
	Current bool
}

// Page is all that the layout shows around the page itself.
type Page struct {
	Title     string // of the window; the page has its own h1
	Authority string // whose children's services these are

	Person      string // who is signed in; nobody when empty
	Post        string
	PersonLinks []Link // "Change person", "Sign out"

	Home         string // where the name Onus leads, "/" when empty
	Nav          []NavItem
	Action       *Link  // the one solid button, "Raise a concern"
	SearchAction string // no search box when empty
	SearchValue  string

	// SessionEnds is how many seconds the session lasts if nothing more happens;
	// 0 or less: pages need not warn.
	SessionEnds int

	// Session names the session, and Who the person, without saying who: what the browser
	// keeps belongs to them. KeepUntil is when the session ends at the latest, in
	// milliseconds of Unix time. Nobody says that nobody is signed in.
	Session, Who string
	KeepUntil    int64
	Nobody       bool

	// Phone leaves out of the header, where the screen is narrow, what whoever stands in
	// a hallway does not need.
	Phone bool

	Demo   bool      // says that nobody here is real
	Known  *KnownBar // the moment at which the page is known
	Alarm  string    // Onus itself does not do what it must, in words
	Notice *Notice   // what was just done
	Told   []Link    // what somebody must know, as links
	Errors bool      // a form was refused; the title says so first
	Foot   []Link
}

func (p Page) title() string {
	title := "Onus"
	if p.Title != "" {
		title = p.Title + " - Onus"
	}
	if p.Errors {
		return "Error: " + title
	}
	return title
}

// KnownBar asks at which moment the record is to be read. With BackHref the page
// shows the past, and the bar says so.
type KnownBar struct {
	Label    string            // "As known at" when empty
	Value    string            // for an input of type datetime-local
	Text     string            // what is shown, in a sentence
	Later    int               // entries recorded since, which are not shown
	BackHref string            // to now
	Hidden   map[string]string // other parameters that the form has to keep
	Post     bool              // the form sends what may not stand in an address
}

// Past says that the page shows a past moment: nothing is recorded from it.
func (p Page) Past() bool { return p.Known != nil && p.Known.BackHref != "" }

func (k KnownBar) hidden() []string { return slices.Sorted(maps.Keys(k.Hidden)) }

func (k KnownBar) later() string {
	switch k.Later {
	case 0:
		return ""
	case 1:
		return "1 later entry is not shown."
	}
	return strconv.Itoa(k.Later) + " later entries are not shown."
}

// Notice says what was just done, or what is wrong with the system. Kind is one
// of information, success, warning and error.
type Notice struct {
	Kind  string
	Text  string
	Links []Link
}

func (n Notice) kind() string {
	if n.Kind == "" {
		return "information"
	}
	return n.Kind
}

// Kind says how a state is coloured. The words say it too: colour only helps.
type Kind string

// The kinds of state.
const (
	Grey Kind = ""
	Late Kind = "late"
	Soon Kind = "soon"
	OK   Kind = "ok"
	Blue Kind = "blue"
)

func (k Kind) class() string {
	if k == Grey {
		return "o-tag"
	}
	return "o-tag o-tag--" + string(k)
}

// State is a tag as data: its kind and its words.
type State struct {
	Kind Kind
	Text string
}

func or(text, usual string) string {
	if text == "" {
		return usual
	}
	return text
}
