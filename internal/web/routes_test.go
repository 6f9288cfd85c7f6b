package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/web"
)

// onMemory is the address of a new SQLite store, where there is one on a disk
// of memory: the walk below writes to the reader log ten thousand times.
func onMemory(t testing.TB) string {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = t.TempDir()
	}
	dir, err := os.MkdirTemp(parent, "onus-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return "sqlite:" + filepath.Join(dir, "onus.db")
}

// kindsOnPages and kindsByAPI stand for every action that recording about a
// child can need; actionOfKind says which. What the API gets is refused by the
// record for what it says, so that nothing is recorded in the walk.
var (
	kindsOnPages = []string{"visit", "disputed", "record.restricted", "record.let-in", "glass.broken", "glass.reviewed", "relation.declared", "sar.answered", "disposal.proposed"}
	// moreKinds need the same actions, and are asked about some children only.
	moreKinds  = []string{"allocation", "record.unrestricted", "record.restriction-reviewed", "record.let-out", "sar.received", "redaction.proposed", "hold.set", "hold.ended", "kept-as"}
	kindsByAPI = map[string]string{
		"note": `{"text":""}`, "allocation": `{"post":"","team":"east"}`, "disclosed": `{"person":"","what":"","lawful_basis":"","until":null}`, "disputed": `{"entry":"","by":"","what":""}`,
		"record.restricted": `{"category":"","why":"","owner":"","review_by":null}`, "record.let-in": `{"person":"","for":"","why":""}`, "glass.broken": `{"why":"","hours":0}`,
		"glass.reviewed": `{"glass":"","outcome":"","why":""}`, "sar.answered": `{}`, "hold.ended": `{}`, "disposal.proposed": `{}`, "redaction.agreed": `{}`, "relation.declared": `{"person":"ME","relation":""}`,
	}
	actionOfKind = map[string]access.Action{
		"record.restricted": access.Restrict, "record.unrestricted": access.Restrict, "record.let-in": access.Grant, "record.let-out": access.Grant,
		"glass.broken": access.BreakGlass, "glass.reviewed": access.ReviewGlass, "record.restriction-reviewed": access.ReviewGlass,
		"relation.declared": access.Declare, "disputed": access.Dispute, "disclosed": access.Disclose,
		"sar.answered": access.ExportChild, "hold.ended": access.Dispose, "disposal.proposed": access.Dispose, "redaction.agreed": access.ExportChild,
	}
)

// asked is one request of the walk.
type asked struct {
	route    web.Route
	path     string
	body     string
	kid      *kid          // the child in the address; nil: none
	action   access.Action // what the policies are asked about that child
	team     string
	team2    string // the team of an allocation
	post     string // the team whose manager's post is in the address
	pack     bool   // it is about the pack that the worker of East 1 asked for
	decision bool   // it is about the decision that the manager proposed about a team
	talk     bool   // it is about a talk of the manager of East with the worker of East 1
	action1  bool   // it is about the worker's action
	concern  bool   // it is about the concern that the worker raised
	kind     string
}

// fills makes the requests of a route: one for each child, team or kind in its
// address. A part of an address that it does not know is a failure: whoever
// adds a route says here how to walk it.
func (w *world) fills(r web.Route) (out []asked, err error) {
	out = []asked{{route: r, path: strings.TrimSuffix(r.Path, "{$}"), action: r.Policy}}
	each := func(part string, fn func(asked) []asked) {
		if !strings.Contains(r.Path, part) {
			return
		}
		var next []asked
		for _, a := range out {
			for _, b := range fn(a) {
				b.path = strings.ReplaceAll(b.path, part, "")
				next = append(next, b)
			}
		}
		out = next
	}
	put := func(a asked, part, value string) asked {
		a.path = strings.ReplaceAll(a.path, part, value)
		return a
	}
	each("{child}", func(a asked) (out []asked) {
		for _, k := range w.kids {
			b := put(a, "{child}", k.facts.ID)
			b.kid = k
			out = append(out, b)
		}
		return out
	})
	each("{duty}", func(a asked) []asked {
		d := a.kid.duty
		if d == "" {
			d = "nothing:here"
		}
		return []asked{put(a, "{duty}", d)}
	})
	each("{concern}", func(a asked) []asked {
		b := put(a, "{concern}", w.concern)
		b.concern = true
		return []asked{b}
	})
	each("{decision}", func(a asked) []asked {
		b := put(a, "{decision}", w.decision)
		b.decision = true
		return []asked{b}
	})
	each("{pack}", func(a asked) []asked {
		b := put(a, "{pack}", w.pack)
		b.pack = true
		return []asked{b}
	})
	each("{question}", func(a asked) []asked { return []asked{put(a, "{question}", "says")} })
	each("{version}", func(a asked) []asked { return []asked{put(a, "{version}", string(a.kid.plan))} })
	each("{letter}", func(a asked) []asked { return []asked{put(a, "{letter}", "first-visit")} })
	each("{meeting}", func(a asked) []asked { return []asked{put(a, "{meeting}", string(a.kid.meeting))} })
	each("{act}", func(a asked) []asked { return []asked{put(a, "{act}", "missing")} })
	each("{n}", func(a asked) []asked { return []asked{put(a, "{n}", "0")} })
	each("{goal}", func(a asked) []asked { return []asked{put(a, "{goal}", "g1")} })
	each("{sheet}", func(a asked) []asked {
		a.talk = true
		if strings.Contains(a.path, "{nth}") {
			a.action1 = true
			return []asked{put(a, "{sheet}", w.talkSigned)}
		}
		return []asked{put(a, "{sheet}", w.talk)}
	})
	each("{part}", func(a asked) []asked { return []asked{put(a, "{part}", "words"), put(a, "{part}", "plan")} })
	each("{nth}", func(a asked) []asked { return []asked{put(a, "{nth}", "0")} })
	each("{entry}", func(a asked) []asked {
		if a.talk {
			return []asked{put(a, "{entry}", string(w.talkEntry))}
		}
		if a.pack {
			return []asked{put(a, "{entry}", string(w.packEntry))}
		}
		if a.decision {
			return []asked{put(a, "{entry}", string(w.decisionEntry))}
		}
		if a.concern {
			return []asked{put(a, "{entry}", string(w.concernEntry))}
		}
		k := a.kid
		if k == nil {
			k = w.kid("allocated")
		}
		if strings.Contains(a.path, "/letter/") && !strings.HasSuffix(a.path, ".pdf") { // a browser for each of a thousand answers takes too long
			return []asked{put(a, "{entry}", string(k.letter))}
		}
		return []asked{put(a, "{entry}", string(k.entry))}
	})
	each("{team}", func(a asked) (out []asked) {
		for _, t := range []string{"east", "west", "front"} {
			b := put(a, "{team}", t)
			b.team = t
			out = append(out, b)
		}
		return out
	})
	each("{post}", func(a asked) (out []asked) {
		for _, team := range []string{"east", "west", "front"} {
			b := put(a, "{post}", up(team)[0])
			b.post = team
			out = append(out, b)
		}
		return out
	})
	each("{kind}", func(a asked) (out []asked) {
		for _, kind := range append(append([]string{}, kindsOnPages...), moreKinds...) {
			if slices.Contains(moreKinds, kind) && slices.Index(w.kids, a.kid)%4 != 1 {
				continue
			}
			b := put(a, "{kind}", kind)
			b.kind = kind
			if x, ok := actionOfKind[kind]; ok {
				b.action = x
			}
			out = append(out, b)
		}
		return out
	})
	each("{return}", func(a asked) []asked { return []asked{put(a, "{return}", "cin")} })
	each("{code}", func(a asked) []asked { return []asked{put(a, "{code}", w.rule)} })
	each("{id}", func(a asked) []asked { return []asked{put(a, "{id}", "cp.visit")} })
	each("{change}", func(a asked) []asked { return []asked{put(a, "{change}", "post.held")} })
	each("{secret}", func(a asked) []asked { return []asked{put(a, "{secret}", strings.Repeat("a", 32))} })
	each("{provider}", func(a asked) []asked { return []asked{put(a, "{provider}", "none")} })
	for i := range out {
		if strings.ContainsAny(out[i].path, "{}") {
			return nil, fmt.Errorf("the walk does not know how to fill %s: say so in fills", r.Path)
		}
	}
	if r.Method == http.MethodPost {
		return w.bodies(r, out), nil
	}
	return out, nil
}

// bodies gives each POST what it needs to get past the reading of it, and no
// further than the policies.
func (w *world) bodies(r web.Route, as []asked) (out []asked) {
	for _, a := range as {
		switch r.Path {
		case "/search":
			a.body = "q=searchable"
		case "/api/search":
			a.body = `{"words":"searchable"}`
		case "/api/children/{child}/entries":
			for kind, body := range kindsByAPI {
				b := a
				b.kind, b.body = kind, `{"entries":[{"kind":"`+kind+`","happened":"2026-03-01","body":`+body+`}]}`
				if x, ok := actionOfKind[kind]; ok {
					b.action = x
				}
				if kind == "allocation" {
					b.team2 = "east"
				}
				out = append(out, b)
			}
			continue
		case "/api/children/{child}/allocate":
			a.body, a.team2 = `{"team":"east"}`, "east"
		case "/api/children/{child}/plan/give":
			a.body = `{"to":"Zq"}`
		case "/api/children":
			a.body = `{"entries":[{"kind":"child.known","happened":"2026-03-01","body":{}}]}`
		case "/api/line/entries":
			a.body = `{"entries":[{"kind":"team.created","happened":"2026-03-01","body":{"team":"","name":""}}]}`
		}
		out = append(out, a)
	}
	return out
}

// leaks are words of children that this person may not read in this answer.
func (w *world) leaks(p person, a asked, body string) (out []string) {
	if strings.Contains(body, "Zqwarning") && p.id != east1 && !slices.Contains(p.who.Posts, "manager-east") && (!a.pack || !w.prepares(p)) {
		out = append(out, "the words of a concern")
	}
	if strings.Contains(body, packWords) && p.id != east1 && (!a.pack || !w.prepares(p)) {
		out = append(out, "what a hearing is about")
	}
	if p.who.Party == access.Partner || p.who.Party == access.Family {
		for _, x := range []string{"Person ", "emergency", "restricted record"} { // who has the child, and how it stands
			if a.kid != nil && strings.Contains(body, x) {
				out = append(out, "\""+x+"\" to somebody outside")
			}
		}
	}
	searching, told := strings.HasSuffix(a.path, "/search"), strings.HasSuffix(a.path, "/disclosed")
	for _, k := range w.kids {
		_, name := may(p.who, access.SeeName, k.facts)
		_, content := may(p.who, access.SeeChild, k.facts)
		if p.shut || p.id == "" {
			name, content = false, false
		}
		if a.pack {
			name, content = name && w.prepares(p), content && w.prepares(p)
		} else if a.talk { // what is said of a child is under the policies of the child
		} else if a.kid == nil {
			content = content && a.path == "/front-door" // a list shows no text of a record, but how what waits begins
			if told && p.id == "partner-1" && slices.Contains(k.facts.Disclosed, p.id) {
				content = true // an entry was disclosed, and why
			}
			// A search must tell staff whether a child is known.
			name = name || searching && !k.facts.Restricted && p.who.Party == access.Staff && len(p.who.Held) > 0
		} else if a.kid != k && strings.HasSuffix(a.path, "/known") { // it is a search among all
			name, content = name || !k.facts.Restricted && p.who.Party == access.Staff && len(p.who.Held) > 0, false
		} else if a.kid != k {
			name, content = false, false
		}
		check := func(ok bool, words ...string) {
			for _, x := range words {
				if !ok && strings.Contains(body, x) {
					out = append(out, x+" of "+k.as)
				}
			}
		}
		check(name, k.names...)
		words := k.words
		if told {
			check(false, words[:4]...)
			if words = words[4:]; p.id == "family-1" && slices.Contains(k.facts.Disclosed, p.id) {
				words = words[:2] // the last is what was disclosed
			}
		}
		check(content, words...)
		_, review := may(p.who, access.ReviewGlass, k.facts)
		check(content || review && a.kid == k && a.kind == "glass.reviewed", k.glass)
	}
	return out
}

// prepares says who prepares the pack: the posts above the worker's manager.
func (w *world) prepares(p person) bool {
	above := slices.ContainsFunc([]string{"service-east", "head", "director", "chief-executive"}, func(x string) bool { return slices.Contains(p.who.Posts, x) })
	return above && p.who.Party == access.Staff && p.id != "p-manager-east" && !p.shut
}

// walk asks one route as one person, in every way in which it can be asked.
func (w *world) walk(t *testing.T, p person, a asked) {
	want, err := w.wanted(p.before(a.path), a)
	if err != nil {
		t.Error(err)
		return
	}
	body := strings.ReplaceAll(a.body, "ME", p.id)
	p = p.before(a.path)
	got := w.ask(p, a.route.Method, a.path, body)
	about := ""
	if a.kid != nil {
		about = " about " + a.kid.as
	}
	here := fmt.Sprintf("%s %s %s by %s%s", a.route.Method, a.route.Path, a.kind, p.as, about)
	if !slices.Contains(want.codes, got.Code) {
		t.Errorf("%s: %d, want %v\n%.300s", here, got.Code, want.codes, got.body)
		return
	}
	for _, x := range w.leaks(p, a, got.body) {
		t.Errorf("%s: %d, and the answer says %s", here, got.Code, x)
	}
	if p.shut || p.who.Person == "" {
		if got.writes > 0 {
			t.Errorf("%s: the store was written to for somebody who may nothing", here)
		}
		return
	}
	w.checkLooks(t, here, p, a, want, got)
}

// checkLooks holds the reader log against what was shown: exactly one look for
// the child in the address, one for each child in a list, and none that the
// model would not give.
func (w *world) checkLooks(t *testing.T, here string, p person, a asked, want wanted, got answer) {
	if a.kid != nil {
		if want.look == nil {
			if len(got.looks) != 0 {
				t.Errorf("%s: looks %+v, though nothing was shown", here, got.looks)
			}
			return
		}
		if strings.HasSuffix(a.route.Path, "/known") && len(got.looks) > 1 { // it is a search too: one look for each who is alike
			got.looks = slices.DeleteFunc(got.looks, func(x app.Read) bool { return x.Child != a.kid.facts.ID })
		}
		if len(got.looks) != 1 {
			t.Errorf("%s: %d looks in the log before the answer, want 1: %+v", here, len(got.looks), got.looks)
			return
		}
		x := got.looks[0]
		if x.What == "" || x.Child != want.look.Child || x.Grounds != want.look.Grounds || x.Refused != want.look.Refused || x.Person != p.id || x.Program != p.who.Program {
			t.Errorf("%s: the log says %+v, want %+v", here, x, *want.look)
		}
		return
	}
	logged := map[string]bool{}
	for _, x := range got.looks {
		logged[x.Child] = true
		i := slices.IndexFunc(w.kids, func(k *kid) bool { return k.facts.ID == x.Child })
		if i < 0 {
			continue // a child that another test made
		}
		ground, ok := may(p.who, access.SeeName, w.kids[i].facts)
		switch a.route.Path {
		case "/receipt/{entry}":
			ground, ok = "author", true
		case "/disclosed", "/api/disclosed":
			ground, ok = may(p.who, access.SeeDisclosed, w.kids[i].facts)
		}
		if x.Grounds != ground || x.Refused == ok {
			t.Errorf("%s: the log says %+v of %s, want %s, allowed %v", here, x, w.kids[i].as, ground, ok)
		}
	}
	for _, k := range w.kids {
		if strings.Contains(got.body, k.facts.ID) && !logged[k.facts.ID] {
			t.Errorf("%s: %s is in the answer and not in the log", here, k.as)
		}
	}
}

// Every route, as everybody, about every child in every state. The routes come
// from the mux; the answers from the model.
func TestEveryRouteForEveryoneInEveryState(t *testing.T) {
	const hands = 2 // this many at once, each with a world of its own
	asks := make([]int, hands)
	t.Run("walk", func(t *testing.T) {
		for hand := range hands {
			t.Run(fmt.Sprint(hand), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, onMemory(t))
				if _, err := w.Checkpoint(t.Context()); err != nil {
					t.Fatal(err)
				}
				grounds := map[string]int{}
				for _, r := range w.server.Routes() {
					as, err := w.fills(r)
					if err != nil {
						t.Error(err)
						continue
					}
					if len(as) == 0 {
						t.Errorf("%s %s is never asked", r.Method, r.Path)
					}
					for i, p := range w.people {
						if i%hands != hand {
							continue
						}
						for n, a := range as {
							if testing.Short() && n%7 != i%7 {
								continue
							}
							w.walk(t, p, a)
							asks[hand]++
							if a.kid != nil && p.id != "" && !p.shut {
								g, _ := may(p.who, a.action, a.kid.facts)
								grounds[g]++
							}
						}
					}
					if t.Failed() {
						return // one route's mistakes at a time
					}
				}
				if hand == 0 {
					t.Logf("grounds: %v", grounds)
				}
			})
		}
	})
	n := 0
	for _, x := range asks {
		n += x
	}
	t.Logf("%d requests", n)
	if !testing.Short() && n < 15_000 {
		t.Errorf("only %d requests: the walk leaves something out", n)
	}
}

// Every ground that the model knows about a child occurs in the world: a
// relation that no child has would not be tested.
func TestTheWorldHasEveryRelation(t *testing.T) {
	w := newWorld(t, onMemory(t))
	found := map[string]bool{}
	for _, p := range w.people {
		if p.id == "" || p.shut {
			continue
		}
		desk, err := w.Desk(t.Context(), app.Reader{Person: p.id, Fresh: p.who.Fresh, Key: p.who.Program})
		if err != nil {
			t.Fatalf("%s: %v", p.as, err)
		}
		who := desk.Who()
		same := func(what string, a, b []string) {
			a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
			if !slices.Equal(a, b) {
				t.Errorf("%s: %s %v, and the test says %v", p.as, what, a, b)
			}
		}
		same("answers for", who.Posts, p.who.Posts)
		same("holds", who.Held, p.who.Held)
		same("has the functions", who.Functions, p.who.Functions)
		same("manages", who.Teams, p.who.Teams)
		same("is in", who.Member, p.who.Member)
		if who.Tier != p.who.Tier || who.Party != p.who.Party {
			t.Errorf("%s: %v %v, and the test says %v %v", p.as, who.Tier, who.Party, p.who.Tier, p.who.Party)
		}
		for _, k := range w.kids {
			for _, a := range access.Actions {
				g, ok := may(p.who, a, k.facts)
				found[g] = true
				if here, known := mayHere(p.who, a, "east"); known {
					if err := deskMay(desk, a, "east"); (err == nil) != here {
						t.Errorf("%s, %s: %v, the model says %v", p.as, a, err, here)
					}
					continue
				}
				if err := desk.MayStill(t.Context(), a, k.facts.ID); (err == nil) != ok {
					t.Errorf("%s, %s, %s: %v, the model says %v (%s)", p.as, a, k.as, err, ok, g)
				}
			}
		}
	}
	for _, x := range w.Front().Policies() {
		if _, ok := mayHere(access.Who{}, access.SeeOwnWork, ""); !ok {
			t.Fatal("the model knows nothing")
		}
		elsewhere := []string{"administrator", "administrator-people", "front-door-new-child", "staff", "team-figures", "team", "management", "management-sample", "management-rules", "performance", "rules", "returns", "returns-check", "returns-take", "returns-data", "returns-feed",
			"concern-raise", "concern-raiser", "concern-about", "concern-own", "concern-told", "concern-guardian", "concern-name", // app/concerns_test.go meets these
			"pack-ask", "pack-worker", "pack-take", "pack-own", "pack-around", "pack-prepare", // and app/packs_test.go these
			"talk-own", "talk-above", "talk-self", "talk-words"} // and app/talks_test.go these
		if !found[x.ID] && !slices.Contains(elsewhere, x.ID) {
			t.Errorf("nobody in the world meets the policy %s: add a child or a person that does", x.ID)
		}
	}
}

func deskMay(d *app.Desk, a access.Action, team string) error {
	switch a {
	case access.SeeTeam, access.SeeTeamFigures, access.Allocate:
		return d.MayTeam(a, team)
	}
	return d.May(a)
}

// A route that the walk cannot fill, or whose action the model does not know,
// fails the walk: nothing is passed over.
func TestTheWalkKnowsWhatItDoesNotKnow(t *testing.T) {
	w := newWorld(t, onMemory(t))
	if _, err := w.fills(web.Route{Method: "GET", Path: "/plan/{plan}", Policy: access.SeeOwnWork}); err == nil {
		t.Error("an unknown part of an address was filled")
	}
	as, err := w.fills(web.Route{Method: "GET", Path: "/new", Policy: "fly"})
	if err != nil || len(as) != 1 {
		t.Fatal(as, err)
	}
	if _, err := w.wanted(w.person("the worker"), as[0]); err == nil {
		t.Error("an unknown action had an answer")
	}
	a := asked{route: web.Route{Method: "GET", Path: "/x", Policy: access.SeeOwnWork}, path: "/x"}
	k := w.kid("restricted")
	if l := w.leaks(w.person("the worker"), a, "<p>"+k.names[0]+" "+k.words[3]+"</p>"); len(l) != 2 {
		t.Errorf("a leak is not seen: %v", l)
	}
}
