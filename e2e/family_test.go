//go:build browser

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const samAt = "/child/01900000-0000-7000-8000-00000000000a"

// A worker puts the plan into a mother's words and gets a private link. She opens it on her
// telephone, by keyboard and without any script, and replies; what was done comes back.
// Mistakes first.
func TestThePlanReachesAMotherAndHerReplyComesBack(t *testing.T) {
	b := open(t)
	b.be("dana-whitlock")
	b.visit(samAt + "/plan/given")
	b.shows("Nobody in the family has been given the plan yet")
	b.press("Give the plan to somebody")
	b.look("give the plan")
	b.shows("A word of the system", "Goal 3: Nursery every day")
	b.press("See it as they will")
	b.look("give the plan, with mistakes")
	b.shows("There is a problem", "Enter who gets it", "Enter a number that they can ring")
	b.fill(map[string]string{"to": "Leanne Okell", "as": "mum", "phone": "01632 960 150", "next_meeting": "17 December at 10am, at the Town Hall.",
		"goals-0-change":  "You, Nan or Auntie Bev are at home with Sam every evening from 5pm, and all night.",
		"goals-0-by_when": "Start by Monday 7 December.\nKeep it up for 8 weeks, to 1 February.",
		"goals-0-worry":   "On two evenings in September, Sam was at home with no adult. Nan found him trying to light the hob for his tea.\nWe think he could get burned. We think he gets scared.",
		"goals-0-help":    "Ruth comes on Tuesdays and Thursdays at 5pm. She starts on 1 December.\nDana has booked after-nursery club from 30 November. We pay.",
		"goals-0-measure": "Nan or Auntie Bev sends a text by 7pm. It says who is with Sam. Last week it was 4 nights out of 7. We need all 7.",
		"goals-0-if_not":  "If two evenings are missed, we meet you within 2 working days. Jo Pell, Dana's boss, will be there.\nWe will talk about Sam staying with Nan for a while. We may ask a lawyer what to do next. We will tell you first.",
		"goals-0-plan_b":  "You can't get home? Ring until someone says yes. Please don't leave Sam alone, not even for ten minutes.",
		"goals-0-ring-0":  "Nan", "goals-0-number-0": "01632 960 118", "goals-0-ring-1": "Night team, all night", "goals-0-number-1": "01632 960 145",
		"going_well": "Sam loves his tea with Nan. You have asked for help."})
	eval[bool](b, `(() => { for (const n of ["goals-1-give", "goals-2-give"]) document.getElementById(n).checked = false; return true })()`)
	b.press("See it as they will")
	b.look("the plan as they will see it")
	b.shows("Nothing has been given yet", "Reads at about age", "every evening from 5pm")
	b.press("Make the private link")
	b.look("the private link, once")
	b.shows("This is the only time that it is shown")
	link := eval[string](b, `new URL(document.getElementById("link").value).pathname`)
	b.press("Print it")
	b.look("the plan on paper")

	b.forget()
	b.scripts(false)
	look := func(name string) { // what is looked with is a script itself
		t.Helper()
		b.scripts(true)
		b.look(name)
		b.scripts(false)
	}
	phone := func() { b.do(chromedp.EmulateViewport(390, 844)) }
	b.do(navigate(link))
	look("the link before it is opened")
	if strings.Contains(b.text(), "Sam") {
		t.Error("it names somebody before it is opened")
	}
	phone()
	b.goOn("main button")
	look("the family's page")
	b.shows("Sam's plan: evenings", "What has to change?", "Need help tonight?", "Good to know")
	if n := eval[int](b, "document.documentElement.outerHTML.length"); n > 150_000 {
		t.Errorf("the page has %d bytes", n)
	}
	phone()
	b.picture("the family's page, on a telephone")
	b.goOn(`main form button:not([name])`)
	look("the family's page, with mistakes")
	b.shows("There is a problem", "Choose who may read it first")
	phone()
	b.chooseBy("agrees", "partly")
	b.tabTo("#words")
	b.types("I finish at 6 on Fridays. Nan can't do Fridays. Who can?")
	b.tabTo("#scale-g1")
	b.types("7")
	b.chooseBy("first", "worker")
	b.goOn(`main form button:not([name])`)
	look("what she sent")
	b.shows("We have it", "Dana Whitlock answers you by")
	b.goOn(`main form button`)
	b.shows("What you said, and what we did", "Nan can't do Fridays")

	// The same, to somebody who is not Dana.
	b.chooseBy("agrees", "no")
	b.tabTo("#words")
	b.types("Dana shouts at me on the phone.")
	b.chooseBy("first", "other")
	b.goOn(`main form button:not([name])`)
	look("what she sent around the worker")
	b.shows("Jo Pell answers you by", "Dana cannot see what you wrote here")
	answer := eval[string](b, `new URL(document.querySelector(".o-link a").href).pathname`)
	b.do(navigate(answer))
	b.press("Open the answer")
	look("the answer, while nobody answered")
	b.shows("Dana shouts at me", "Jo Pell answers you by")
	b.scripts(true)

	b.be("dana-whitlock")
	b.visit(samAt + "/plan/given")
	b.shows("Leanne Okell, mum", "Some of it", "Opened")
	if strings.Contains(b.text(), "shouts") {
		t.Error("the worker reads what went around them")
	}
	b.press("Answer")
	b.look("an answer, with mistakes")
	b.shows("Enter what was done about it")
	b.fill(map[string]string{"did": "Auntie Bev comes on Fridays until you are home."})
	b.press("Answer")
	b.shows("What we did about it. It is recorded")
	b.forget()
	b.do(navigate(link))
	b.press("Open the plan")
	b.look("what we did")
	b.shows("Auntie Bev comes on Fridays until you are home.")
	b.be("dana-whitlock")
	b.visit(samAt + "/plan/given")
	b.fill(map[string]string{"why": "A new telephone."})
	b.press("main details button")
	b.shows("Ended: A new telephone")
	b.forget()
	b.do(navigate(link))
	b.look("a link that has ended")
	b.shows("does not open any more", "01632 960 150")
	b.do(navigate(link[:len(link)-4] + "aaaa"))
	b.look("a link that leads nowhere")
}
