package gallery

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"onus/internal/web/shell"
)

var pages = map[string]templ.Component{"parts": Parts(), "form": Form(), "dense": Dense()}

func parse(t *testing.T, c templ.Component) (*html.Node, string) {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func count(doc *html.Node, match func(*html.Node) bool) int {
	total := 0
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			total++
		}
	}
	return total
}

func element(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func TestEveryPageHasItsLandmarksOnce(t *testing.T) {
	for name, page := range pages {
		doc, text := parse(t, page)
		for _, one := range []string{"header", "main", "h1", "footer", "title"} {
			if n := count(doc, element(one)); n != 1 {
				t.Errorf("%s: %d times %s", name, n, one)
			}
		}
		if count(doc, func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == "#main" }) != 1 {
			t.Errorf("%s: no skip link", name)
		}
		if !strings.Contains(text, `<html lang="en"`) {
			t.Errorf("%s: no language", name)
		}
		if !strings.Contains(text, "Demonstration: nobody here is real") {
			t.Errorf("%s: does not say that it is a demonstration", name)
		}
	}
}

// A content security policy can forbid what is inline only if nothing is.
func TestNothingIsInline(t *testing.T) {
	for name, page := range pages {
		doc, _ := parse(t, page)
		inline := func(n *html.Node) bool {
			if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" || attr(n, "style") != "" {
				return true
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
					return true
				}
			}
			return false
		}
		if n := count(doc, inline); n > 0 {
			t.Errorf("%s: %d inline", name, n)
		}
	}
}

func TestTheBarsSayWhatIsShown(t *testing.T) {
	page := func(p shell.Page) string {
		_, text := parse(t, shell.Layout(p))
		return text
	}
	for _, c := range []struct {
		name       string
		page       shell.Page
		want, bars []string
	}{
		{"nobody signed in", shell.Page{}, []string{"<title>Onus</title>"}, []string{"o-known", "o-nav", "o-demo", "o-bar__me", "o-bar__search", "o-foot"}},
		{"refused", shell.Page{Title: "Record a visit", Errors: true}, []string{"<title>Error: Record a visit - Onus</title>"}, nil},
		{"now", shell.Page{Known: &shell.KnownBar{Value: "2026-11-23T08:40"}}, []string{"Showing now", `value="2026-11-23T08:40"`}, []string{"o-known--past", "Back to now"}},
		{
			"past", shell.Page{Known: &shell.KnownBar{Text: "As it was.", Later: 1, BackHref: "/c/1", Hidden: map[string]string{"b": "2", "a": `"1`}}},
			[]string{"o-known--past", `href="/c/1"`, "1 later entry is not shown.", `name="a" value="&#34;1"`, `name="b" value="2"`},
			[]string{"Showing now"},
		},
		{"sign out changes something", shell.Page{PersonLinks: []shell.Link{{Text: "Sign out", Href: "/out", Post: true}}}, []string{`<form method="post" action="/out">`}, nil},
	} {
		text := page(c.page)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", c.name, want)
			}
		}
		for _, not := range c.bars {
			if strings.Contains(text, not) {
				t.Errorf("%s: has %s", c.name, not)
			}
		}
	}
}
