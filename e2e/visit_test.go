//go:build browser

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// records records about Sam by the API of the demonstration, and gives the entries' ids.
func records(t *testing.T, base, who, entries string) []string {
	t.Helper()
	req, err := http.NewRequest("POST", base+"/api/children/"+strings.TrimPrefix(sam, "/child/")+"/entries", strings.NewReader(`{"entries":[`+strings.ReplaceAll(entries, "NOW", time.Now().UTC().Format("2006-01-02T15:04:05Z"))+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Onus-Person", who)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprint("e2e-", time.Now().UnixNano()))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var said struct {
		Entries []string `json:"entries"`
		Detail  string   `json:"detail"`
	}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s: %d, %v, %s", who, res.StatusCode, err, said.Detail)
	}
	return said.Entries
}

// evenings has a plan for Sam approved, with one goal.
func evenings(t *testing.T, base string) {
	t.Helper()
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }
	plan := records(t, base, "dana-whitlock", `{"kind":"plan.sent","happened":"NOW","body":{"of":"cp","goals":[{"id":"g1","name":"Evenings",
		"worry":"On 8 and 10 September Sam (4) was at home in the evening with no adult. Nan found him trying to light the hob for his tea. Nan, nursery and we are worried that he will be burned, and that he is scared.",
		"change":"Mum, Nan or Auntie Bev is home with Sam every evening","measure":"Nan or Auntie Bev texts by 7pm to say who is with Sam. Nursery asks Sam on Mondays. Now: 4 evenings in 7.",
		"start_by":"`+day(9)+`","hold_weeks":8,"help":[{"what":"Comes on Tuesdays and Thursdays at 5pm","who":"Ruth Amadi","from":"`+day(3)+`"}],
		"if_not":"If two evenings are missed, Jo Pell meets Mum within 2 working days. They talk about Sam staying with Nan, and whether we must ask a lawyer.",
		"plan_b":"Ring until someone says yes. Sam is never left alone, not even for ten minutes.","ring":[{"name":"Nan","number":"01632 960 118"},{"name":"Auntie Bev","number":"01632 960 127"}]}]}}`)
	if len(plan) != 1 {
		t.Fatalf("the plan: %v", plan)
	}
	records(t, base, "jo-pell", `{"kind":"plan.approved","happened":"NOW","body":{"plan":"`+plan[0]+`"}}`)
}

// phone looks at the page as a phone of 390 pixels does.
func (b *tab) phone(name string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(390, 844))
	if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > 390 {
		b.t.Errorf("%s: at 390 the page is %d wide", name, wide)
	}
	b.picture(name + "-390")
	b.do(chromedp.EmulateViewport(1240, 900))
}

// A visit is planned for a purpose, stands in today's list, and is recorded from a phone:
// every mistake at once, nothing typed lost, with the keyboard alone.
func TestAVisitFromAPhone(t *testing.T) {
	b := open(t)
	evenings(t, base)
	b.be("dana-whitlock")
	b.visit(sam)
	b.press("Plan a visit")
	b.look("plan a visit")
	b.press("Plan the visit")
	b.look("plan a visit, with mistakes")
	b.shows("Enter the day of the visit", "Say what the visit is for", "Say whether the family will know")
	b.fill(map[string]string{"on": time.Now().Format("2006-01-02"), "purpose": "goal:g1", "ask": "who was here last night?", "announced": "no"})
	b.press("Plan the visit")
	b.look("a visit is planned")
	b.phone("a visit is planned")
	b.shows("Visit planned", "Mum, Nan or Auntie Bev is home")
	b.visit(sam)
	b.shows("Visits planned", "Today")
	b.visit("/owed")
	b.shows("Make the planned visit, or call it off")
	b.visit("/today")
	b.phone("today")
	b.shows("Sam Okell", "9 Alder Walk", "Ask: who was here last night?", "Not announced", "Raise a concern")
	b.press("Record the visit")
	b.look("visit")
	b.phone("visit")
	b.shows("Why you are here", "Mum, Nan or Auntie Bev is home with Sam every evening", "Ask: who was here last night?", "seen alone", "Not announced.", "Today,")
	if size := eval[int64](b, `performance.getEntriesByType("navigation")[0].decodedBodySize`); size > 150_000 || size == 0 {
		t.Errorf("the page has %d bytes", size)
	}
	if n := eval[int64](b, `document.querySelectorAll("[type=radio]:checked[name=seen],[type=radio]:checked[name=alone],[type=checkbox]:checked,[name=safe_tonight]:checked").length`); n != 0 {
		t.Errorf("%d answers are ticked in advance", n)
	}
	for _, small := range eval[[]string](b, `[...document.querySelectorAll(".o-seg label, .o-pick label, .o-visit__finish")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.innerText)`) {
		t.Errorf("%q is smaller than a thumb", small)
	}
	if n := eval[int64](b, `document.querySelectorAll(".o-visit__part").length`); n != 6 {
		t.Errorf("%d fields, not 6", n)
	}
	b.press("Finish visit")
	b.look("visit, nothing answered")
	b.phone("visit, nothing answered")
	b.shows("There is a problem", "Say whether you saw Sam", "Say whether Sam is safe tonight")
	b.fill(map[string]string{"seen": "yes", "safe_tonight": "not sure", "learnt": "Sam was alone on Friday.", "on": "2099-01-02"})
	b.press("Finish visit")
	b.look("visit, with mistakes")
	b.phone("visit, with mistakes")
	b.shows("It cannot have happened in the future", "Say whether you saw Sam alone", "Enter what Sam said, or what you saw", "Tick how you know", "Enter what happens next", "Jo Pell must hear this today", "I rang Jo Pell")
	if got := eval[string](b, `document.getElementById("learnt").value`); got != "Sam was alone on Friday." {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.fill(map[string]string{"seen": "no", "alone": "yes"})
	b.press("Finish visit")
	b.shows("A child who was not seen was not seen alone", "Enter why the child was not seen")
	b.look("visit, not seen")

	// From the beginning, with nothing but keys.
	b.visit("/today")
	b.press("Record the visit")
	b.do(chromedp.EmulateViewport(390, 844))
	began := time.Now()
	b.chooseBy("seen", "yes")
	b.chooseBy("alone", "yes")
	letters, taps := 0, 3 // three groups of radios, and the ticks and the button below
	write := func(at, text string) {
		b.tabTo(at)
		b.types(text)
		if text == " " {
			taps++
		} else {
			letters, taps = letters+len(text), taps+1
		}
	}
	write("#where_and_how_long", "His bedroom, 15 minutes")
	write("#childs_words", "\"Mummy went to work when it was dark. I watched the fish.\"")
	write("#learnt", "Sam was alone on Friday from about 6 to 7. Mum says Nan was ill. Nobody rang Bev.")
	write(`[name="how_known"]`, " ")
	b.shows("If it was only said: who could confirm it? For example Ruth Amadi")
	b.chooseBy("safe_tonight", "not sure")
	b.shows("Jo Pell must hear this today", "Ring now")
	write(`[name="rang"]`, " ")
	write("#next", "Bev here tonight from 5. I ring at 7 to check.")
	filled := time.Since(began)
	b.phone("visit, filled in")
	b.do(chromedp.EmulateViewport(390, 844))
	began = time.Now().Add(-filled)
	b.goOn(".o-visit__finish")
	typed := time.Since(began)
	b.do(chromedp.EmulateViewport(1240, 900))
	b.look("visit recorded")
	b.shows("Visit recorded")
	b.press("See it") // a meeting of the same day, without an hour, can have newer words on the child's page
	b.shows("Mummy went to work when it was dark")
	// A thumb taps a place in a second, and writes seven letters in one, with the words that
	// a phone proposes, or its dictation. Six fields: what stands under one number is one.
	if thumb := time.Duration(taps+1)*time.Second + time.Duration(letters)*time.Second/7; thumb > time.Minute || typed > time.Minute {
		t.Errorf("%d taps and %d letters: %s by thumb, %s by machine", taps+1, letters, thumb, typed)
	} else {
		t.Logf("%d taps and %d letters: %s by thumb", taps+1, letters, thumb)
	}
	b.visit("/owed")
	if strings.Contains(b.text(), "Make the planned visit") {
		t.Error("the visit is recorded, and owed still")
	}
	b.be("jo-pell")
	b.visit(sam) // on what she owes it can stand behind a page of children who are in an enquiry
	b.shows("Decide what keeps the child safe tonight")
	b.visit("/team/east-2")
	b.press("Visits")
	b.look("not seen in proportion to risk")
	b.phone("not seen in proportion to risk")
	b.press("Visits without purpose")
	b.look("visits without purpose")
	b.press("Said, never seen or confirmed")
	b.look("said, never seen")
}

// The same without any script, for another purpose; then one that is called off.
func TestAVisitWithoutScripts(t *testing.T) {
	b := open(t)
	b.scripts(false)
	b.do(navigate("/"))
	b.fill(map[string]string{"person": "dana-whitlock"})
	b.press("Go on as this person")
	b.do(navigate(sam + "/record/visit")) // the old address leads here
	if at := eval[string](b, "location.pathname"); at != sam+"/visit" {
		t.Fatalf("the visit is at %s", at)
	}
	b.do(navigate(sam + "/visit?purpose=choose"))
	b.fill(map[string]string{"purpose": "other", "seen": "yes", "alone": "no", "what_was_seen": "He hid behind the sofa.", "safe_tonight": "yes"})
	b.press("Finish visit")
	b.shows("Enter what the visit was for")
	b.fill(map[string]string{"other_purpose": "His birthday: no goal, he asked me to come."})
	b.press("Finish visit")
	b.shows("Visit recorded")
	b.do(navigate(sam + "/visit/plan"))
	b.fill(map[string]string{"on": time.Now().AddDate(0, 0, 9).Format("2006-01-02"), "purpose": "other", "other_purpose": "Her birthday.", "announced": "yes"})
	b.press("Plan the visit")
	b.shows("Visit planned", "Her birthday.")
	b.pressPart(".o-planned", "Her birthday.", "Call it off")
	b.shows("Enter why it will not happen")
	eval[bool](b, `(() => { const f = [...document.querySelectorAll(".o-planned")].find(x => x.innerText.includes("Her birthday.")); f.querySelector("[name=why]").value = "She is with Nan."; return true })()`)
	b.pressPart(".o-planned", "Her birthday.", "Call it off")
	b.shows("Visit called off")
}

// pressPart presses a button in the part of the page that says something.
func (b *tab) pressPart(part, row, what string) {
	b.t.Helper()
	if !eval[bool](b, fmt.Sprintf(`(() => { window.__old = true; const r = [...document.querySelectorAll(%q)].find(x => x.innerText.includes(%q));
		const e = r && [...r.querySelectorAll("button")].find(x => x.textContent.trim().startsWith(%q)); if (!e) return false; e.click(); return true })()`, part, row, what)) {
		b.t.Fatalf("nothing to press: %s in %s", what, row)
	}
	b.arrive()
}

// demonstration starts a demonstration of its own, which a test may kill.
func demonstration(t *testing.T, at, data string) (address string, kill func()) {
	t.Helper()
	srv := exec.Command(bin, "serve", "--demo", "--quiet", "--listen", at, "--data", data)
	srv.Stderr = os.Stderr
	srv.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := srv.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dead := false
	kill = func() {
		if !dead {
			dead = true
			srv.Process.Kill()
			srv.Wait()
		}
	}
	t.Cleanup(kill)
	return regexp.MustCompile(`http://[0-9.:]+`).FindString(said), kill
}

// visitsOf counts Sam's entries of a kind.
func visitsOf(t *testing.T, base, kind string) (n int) {
	t.Helper()
	req, err := http.NewRequest("GET", base+"/api/children/"+strings.TrimPrefix(sam, "/child/")+"/entries", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Onus-Person", "jo-pell")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return len(regexp.MustCompile(`"kind":\s*"`+kind+`"`).FindAllString(string(text), -1))
}

// A visit where there is no internet: the page of today's visit is kept, locked; the server
// is killed; the visit is written, and kept; the server comes back, and it is recorded
// exactly once. What somebody else recorded meanwhile is shown beside it.
func TestAVisitWithoutInternet(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	at, kill := demonstration(t, "127.0.0.1:0", data)
	listen := strings.TrimPrefix(at, "http://")
	evenings(t, at)
	records(t, at, "dana-whitlock", `{"kind":"visit.planned","happened":"NOW","body":{"on":"`+time.Now().Format("2006-01-02")+`","goal":"g1","ask":"who was here last night?"}}`)
	b := open(t)
	b.at = at
	b.be("dana-whitlock")
	b.visit("/today")
	b.until(`navigator.serviceWorker.controller && document.querySelector("[data-kept]") && !document.querySelector("[data-kept]").hidden`)
	b.look("today, kept")
	b.shows("Works without internet on this phone until")
	was := visitsOf(t, at, "visit")
	if was == 0 {
		t.Fatal("Sam was visited before")
	}
	if looks := eval[string](b, `"" + document.cookie`); strings.Contains(looks, "onus") {
		t.Error("a script can read the session")
	}
	stored := func() string { // what stands in the browser's database, as far as a script can read it
		b.t.Helper()
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`new Promise((yes, no) => { const ask = indexedDB.open("onus"); ask.onsuccess = async () => {
			const out = []; for (const s of ["keys", "pages", "typed", "queue"]) out.push(await new Promise((ok) => { const r = ask.result.transaction(s).objectStore(s).getAll(); r.onsuccess = () => ok(r.result) }));
			const text = out.flat().map((x) => x.id + (x.data ? new TextDecoder("latin1").decode(x.data) : "") + (x.key ? "extractable " + x.key.extractable : "")).join("\n"); ask.result.close(); yes(text) } })`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}

	kill()
	b.do(chromedp.Navigate(at + sam + "/visit"))
	b.until(`!!document.querySelector(".o-visit__form")`)
	b.shows("No internet. Kept on this phone since", "Mum, Nan or Auntie Bev is home with Sam every evening", "Ask: who was here last night?")
	for _, fault := range b.faults() {
		t.Errorf("offline: %s", fault)
	}
	b.phone("no internet")
	tick := func(at string) {
		b.t.Helper()
		if !eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e) return false; e.click(); return true })()`, at)) {
			t.Fatalf("no %s", at)
		}
	}
	eval[bool](b, `(() => { document.querySelector(".o-visit__finish").click(); return true })()`)
	b.until(`(document.querySelector(".o-net") || {innerText: ""}).innerText.includes("Still missing")`)
	tick(`[name=seen][value=yes]`)
	tick(`[name=alone][value=yes]`)
	tick(`[name=safe_tonight][value=yes]`)
	eval[bool](b, `(() => { const e = document.getElementById("childs_words"); e.value = "I watched the fish."; e.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	b.until(`(document.querySelector(".o-net") || {innerText: ""}).innerText.includes("No internet. Saved on this phone")`)
	if text := stored(); strings.Contains(text, "fish") || strings.Contains(text, "Auntie") || strings.Contains(text, "Okell") || strings.Contains(text, "extractable true") || !strings.Contains(text, "extractable false") {
		t.Errorf("what is kept can be read:\n%.600s", text)
	}
	// The phone is switched off and on: what was typed is there.
	b.do(chromedp.Navigate(at + sam + "/visit"))
	b.until(`(document.getElementById("childs_words") || {}).value === "I watched the fish."`)
	eval[bool](b, `(() => { document.querySelector(".o-visit__finish").click(); return true })()`)
	b.until(`(document.querySelector(".o-net") || {innerText: ""}).innerText.includes("Sends itself when you are back online")`)
	b.phone("no internet, finished")
	if n := eval[bool](b, `document.querySelector(".o-visit__finish").disabled`); !n {
		t.Error("it can be sent a second time")
	}

	_, kill = demonstration(t, listen, data)
	b.until(`location.search.includes("done=")`)
	b.until(`document.readyState === "complete" && !!document.querySelector("h1")`)
	b.look("sent by itself")
	b.shows("Visit recorded", "I watched the fish.")
	if n := visitsOf(t, at, "visit"); n != was+1 {
		t.Fatalf("%d visits, not 1", n-was)
	}
	if text := stored(); strings.Contains(text, "typed") {
		t.Errorf("it is sent, and kept still:\n%.300s", text)
	}

	// Once more; this time somebody records something meanwhile.
	records(t, at, "dana-whitlock", `{"kind":"visit.planned","happened":"NOW","body":{"on":"`+time.Now().Format("2006-01-02")+`","other_purpose":"His birthday."}}`)
	b.visit("/today")
	b.until(`document.querySelector("[data-kept]") && !document.querySelector("[data-kept]").hidden`)
	kill()
	b.do(chromedp.Navigate(at + sam + "/visit"))
	b.until(`!!document.querySelector(".o-visit__form")`)
	tick(`[name=seen][value=no]`)
	tick(`[name=safe_tonight][value=yes]`)
	eval[bool](b, `(() => { const e = document.getElementById("why_not_seen"); e.value = "Nobody came to the door."; e.dispatchEvent(new Event("input", {bubbles: true})); document.querySelector(".o-visit__finish").click(); return true })()`)
	b.until(`(document.querySelector(".o-net") || {innerText: ""}).innerText.includes("Sends itself when you are back online")`)
	b.do(chromedp.Navigate("about:blank"))
	_, kill = demonstration(t, listen, data)
	records(t, at, "jo-pell", `{"kind":"note","happened":"NOW","body":{"text":"They are at Nan's today."}}`)
	b.do(chromedp.Navigate(at + "/owed"))
	b.until(`document.querySelector(".o-net") && (document.querySelector(".o-net") || {innerText: ""}).innerText.includes("needs a look")`)
	b.look("needs a look")
	eval[bool](b, `(() => { window.__old = true; document.querySelector(".o-net button").click(); return true })()`)
	b.arrive()
	b.look("side by side")
	b.phone("side by side")
	b.shows("Somebody recorded something meanwhile", "They are at Nan's today.", "Your visit, not recorded yet", "Not seen.")
	b.press("Finish visit")
	b.shows("Visit recorded")
	if n := visitsOf(t, at, "visit"); n != was+2 {
		t.Errorf("%d visits, not 2", n-was)
	}
	// Signed out, nothing of the child is left in the browser.
	b.visit("/today")
	eval[bool](b, `(() => { window.__old = true; document.querySelector("form[action='/sign-out'] button").click(); return true })()`)
	b.arrive()
	b.until(`document.body.dataset.nobody !== undefined`)
	text := stored()
	for range 100 { // the browser's own database takes its time
		if text == "" {
			break
		}
		text = stored()
	}
	if text != "" {
		t.Errorf("signed out, and kept: %.300s", text)
	}
}
