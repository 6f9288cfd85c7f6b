package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/concern"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/web/shell"
)

// wrongLimit is how many addresses that lead nowhere are tried from one place: a private
// link is a secret of 160 bits, and this is so that nobody tries at all.
var wrongLimit = Limit{PerSecond: 1.0 / 30, AtOnce: 20}

// leaveTo is where "Leave this page" leads: a page that anybody might have open.
const leaveTo = "https://www.metoffice.gov.uk/"

// famData is the page that somebody in the family reads.
type famData struct {
	entered
	Page    *app.FamilyPage
	Ask     famWords
	Word    string // typed beside the link, for the forms of the page
	Preview *previewData
	Receipt *app.FamilyReceipt
	Back    string // the address of the answer to what went around the worker
}

// previewData is what stands above a page that nobody was given yet.
type previewData struct {
	Action, Title string
	Fields        [][2]string
	Reading       []string
	Link          bool
}

// famWords are the questions of the page, for whoever reads it. An empty one is not asked.
type famWords struct {
	Change, When, Worry, Well, Said, Help, Know, IfNot, Tonight, Think, Safe, Scale string
	Child                                                                           bool // the child reads it
}

func wordsFor(s child.PlanShared) famWords {
	name := s.Called
	switch s.For {
	case child.ForYoung:
		return famWords{Change: "What will change?", Help: "Who helps?", Said: "What did you say?", Tonight: "Who can you tell?", Think: "What do you think?", Child: true}
	case child.ForChild:
		return famWords{Change: "What will change?", Worry: "Why are we worried?", Well: "What is good now?", Said: "What did you say?", Help: "Who helps, and how?", Tonight: "Who can you tell?", Think: "What do you think?",
			Safe: "How safe do you feel?", Scale: "0: not safe. 10: very safe.", Child: true}
	case child.ForTeenage:
		return famWords{Change: "What has to change?", When: "By when?", Worry: "Why are we worried?", Well: "What is going well?", Said: "What did you say?", Help: "How will we help?", Know: "How will we know?", IfNot: "What happens if it does not change?",
			Tonight: "Who can you ring?", Think: "What do you think?", Safe: "How safe do you feel?", Scale: "0: not safe. 10: very safe.", Child: true}
	}
	return famWords{Change: "What has to change?", When: "By when?", Worry: "Why are we worried?", Well: "What is going well?", Said: "What did " + name + " say?", Help: "How will we help?", Know: "How will we know?",
		IfNot: "What happens if it does not change?", Tonight: "If it goes wrong tonight", Think: "What do you think?", Safe: "How safe is " + name + " now?", Scale: "0: not safe. 10: very safe."}
}

// title is what the plan is called: with one goal, by its name.
func (d famData) title() string {
	s := d.Page.Share
	t := "Your plan"
	if !d.Ask.Child {
		t = s.Called + "'s plan"
	}
	if len(s.Goals) == 1 && s.For != child.ForYoung {
		t += ": " + lower(s.Goals[0].Name)
	}
	return t
}

// sub says for whom it is, from whom and of when.
func (d famData) sub() string {
	who := "your social worker"
	if !d.Ask.Child && d.Page.Giver != d.Page.First.Name {
		who = "children's services"
	}
	return "For " + firstName(d.Page.Share.To) + ". From " + firstName(d.Page.Giver) + ", " + who + ". " + d.Page.Share.Event.When.Date.Long() + "."
}

// over says that the work has ended, and the plan with it.
func (d famData) over() string {
	with := d.Page.Share.Called
	if d.Ask.Child {
		with = "you"
	}
	return "Our work with " + with + " ended on " + d.Page.Over.Long() + ". This plan ended too. You can still read it here, and you can still write to us."
}

// rings are whom to ring tonight, of all goals, each number once.
func (d famData) rings() (out []child.Ring) {
	for _, g := range d.Page.Share.Goals {
		for _, r := range g.Ring {
			if !slices.ContainsFunc(out, func(x child.Ring) bool { return digits(x.Number) == digits(r.Number) }) {
				out = append(out, r)
			}
		}
	}
	return out
}

// tonight are what to do when it goes wrong, each text once.
func (d famData) tonight() (out []string) {
	for _, g := range d.Page.Share.Goals {
		for _, p := range paragraphs(g.PlanB) {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// first is what whoever reads a reply is called, and when nobody is there, their place.
func (d famData) first() string {
	return cmp.Or(firstName(d.Page.First.Name), "your social worker")
}

func (d famData) scaleOf(goal string) string {
	for _, x := range d.Page.Said {
		for _, v := range x.Scales {
			if v.Goal == goal && v.Scale != nil {
				return " You last said " + itoa(*v.Scale) + "."
			}
		}
	}
	return ""
}

func (d famData) goalName(id string) string {
	for _, g := range d.Page.Share.Goals {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// digits are what a telephone dials.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
}

// paragraphs parts a text where its writer left a line empty or began a new one.
func paragraphs(text string) (out []string) {
	for _, p := range strings.Split(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

var agreeWords = map[string]string{"yes": "Yes, I agree", "partly": "Some of it", "no": "No"}

// tens are the numbers of the scale.
var tens = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}

// familyHead is what every answer to a private link has: it is in no search. No other
// site learns where its reader came from, as from no page of ours (Referrer-Policy:
// same-origin). A policy of none at all would make old telephones say of the page's own
// form that it comes from nowhere, and such forms are turned away.
func familyHead(w http.ResponseWriter) {
	w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
}

// family answers a private link before it is opened: with one button, so that a program
// that follows links in messages opens nothing. It names nobody.
func (s *Server) family(w http.ResponseWriter, r *request) error {
	familyHead(w)
	return s.knock(w, r, http.StatusOK, entered{Values: map[string]string{}})
}

// knock is the page before the page.
func (s *Server) knock(w http.ResponseWriter, r *request, code int, e entered) error {
	if done, err := s.tooMany(w, r); done {
		return err
	}
	k, err := s.App.Knock(r.ctx(), r.PathValue("secret"))
	if err != nil {
		return s.familyShut(w, r, err)
	}
	return s.render(w, code, knockPage(s.familyPage(r, "A private page"), knockData{entered: e, Knock: k, Staff: r.desk != nil}))
}

type knockData struct {
	entered
	app.Knock
	Staff bool // somebody who works here is signed in
}

// familyPage is the frame: no navigation, nothing of whoever may be signed in.
func (s *Server) familyPage(r *request, title string) shell.Page {
	p := shell.Page{Title: title, Demo: s.Demo, Authority: "Children's services"}
	if r.line != nil && r.line.Authority.Name != "" {
		if p.Authority = r.line.Authority.Name; !strings.Contains(strings.ToLower(p.Authority), "children") {
			p.Authority += " children's services"
		}
	}
	return p
}

// tooMany answers whoever tried too many addresses that lead nowhere.
func (s *Server) tooMany(w http.ResponseWriter, r *request) (done bool, err error) {
	wait := s.wrong.left(r.caller(), time.Unix(0, int64(r.now)*1000))
	if wait == 0 {
		return false, nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	return true, s.render(w, http.StatusTooManyRequests, shutPage(s.familyPage(r, "Please wait a moment"), shutData{Text: []string{"This page was asked for too often. Wait a minute. Then open your link again."}}))
}

type shutData struct {
	Text  []string
	Phone string
}

// familyShut answers for a link that opens nothing. It says nothing about anybody.
func (s *Server) familyShut(w http.ResponseWriter, r *request, err error) error {
	var shut *app.LinkShut
	switch {
	case errors.As(err, &shut):
		d := shutData{Phone: shut.Phone}
		title := "This page has ended"
		switch shut.State {
		case app.LinkEnded:
			d.Text = []string{"This link does not open any more. You may have a newer one."}
		case app.LinkPast:
			d.Text = []string{"This link was good until a day that is over now. You can get a new one."}
		case app.LinkLocked:
			title = "This page is locked"
			d.Text = []string{"The wrong word was typed five times. So the link opens nothing any more, for anybody. You can get a new one. You have done nothing wrong."}
		}
		return s.render(w, http.StatusGone, shutPage(s.familyPage(r, title), d))
	case errors.Is(err, app.ErrNotFound):
		s.wrong.ask(r.caller(), time.Unix(0, int64(r.now)*1000))
		return s.render(w, http.StatusNotFound, shutPage(s.familyPage(r, "There is nothing at this link"), shutData{Text: []string{"Check that you have the whole link, with no letter missing. If it still does not work, ask whoever sent it to you."}}))
	}
	return err
}

// fromFamily answers what somebody does on a private page: open it, reply, print it, say
// whether an answer puts it right.
func (s *Server) fromFamily(w http.ResponseWriter, r *request) error {
	familyHead(w)
	if err := r.parse(); err != nil {
		return err
	}
	e := enteredIn(r)
	if r.desk != nil { // else whoever made the link could read and answer in the family's name
		return s.knock(w, r, http.StatusForbidden, e)
	}
	if done, err := s.tooMany(w, r); done {
		return err
	}
	secret := r.PathValue("secret")
	k, err := s.App.Knock(r.ctx(), secret)
	if err != nil {
		return s.familyShut(w, r, err)
	}
	if k.Answer {
		return s.familyAnswer(w, r, e)
	}
	word := e.Values["word"]
	if e.Form == "reply" {
		return s.familyReply(w, r, e, word)
	}
	p, err := s.App.OpenFamilyPage(r.ctx(), secret, word)
	if ps, refused := entry.Problems(err); refused {
		e.Errors.Add("word", ps[0].Text)
		delete(e.Values, "word")
		return s.knock(w, r, http.StatusUnprocessableEntity, e)
	} else if err != nil {
		return s.familyShut(w, r, err)
	}
	d := famData{entered: e, Page: p, Ask: wordsFor(p.Share.PlanShared), Word: word}
	if e.Form == "print" {
		return s.render(w, http.StatusOK, paperPage(s.familyPage(r, d.title()), planSheet{famData: d, Large: e.Values["size"] == "large"}))
	}
	return s.render(w, http.StatusOK, familyPlanPage(s.familyPage(r, d.title()), d))
}

func (s *Server) familyReply(w http.ResponseWriter, r *request, e entered, word string) error {
	secret := r.PathValue("secret")
	x := app.FamilyReply{Reply: replyIn(&e), Other: e.Values["first"] == "other", Key: e.Key}
	if e.Values["first"] != "worker" && e.Values["first"] != "other" {
		e.Errors.Add("first", "Choose who may read it first")
	}
	if len(e.Values["key"]) > 100 {
		return entry.Refuse("key", "Open the page again, and send it from there")
	}
	var rec *app.FamilyReceipt
	var err error
	if !e.Errors.Any() {
		rec, err = s.App.ReplyToPlan(r.ctx(), secret, word, x)
	}
	ps, refused := entry.Problems(err)
	if err != nil && !refused {
		return s.familyShut(w, r, err)
	}
	if refused && ps[0].Field == "word" { // the word, not the reply
		e.Errors.Add("word", ps[0].Text)
		return s.knock(w, r, http.StatusUnprocessableEntity, e)
	}
	if refused || e.Errors.Any() {
		p, err := s.App.OpenFamilyPage(r.ctx(), secret, word)
		if wrong, bad := entry.Problems(err); bad {
			e.Errors = nil
			e.Errors.Add("word", wrong[0].Text)
			return s.knock(w, r, http.StatusUnprocessableEntity, e)
		} else if err != nil {
			return s.familyShut(w, r, err)
		}
		for _, x := range ps {
			e.Errors.Add(familyField(x.Field), x.Text)
		}
		f := s.familyPage(r, "Something is missing")
		return s.render(w, http.StatusUnprocessableEntity, familyPlanPage(f, famData{entered: e, Page: p, Ask: wordsFor(p.Share.PlanShared), Word: word}))
	}
	d := famData{entered: e, Page: rec.Page, Ask: wordsFor(rec.Page.Share.PlanShared), Word: word, Receipt: rec}
	if rec.Secret != "" {
		d.Back = s.linkTo(r, rec.Secret)
	}
	return s.render(w, http.StatusOK, familyReceiptPage(s.familyPage(r, "We have it"), d))
}

// familyField is where a problem of a reply stands on the page.
func familyField(field string) string {
	switch {
	case field == "words" || field == "first" || strings.HasPrefix(field, "scale-"):
		return field
	}
	return "agrees"
}

// replyIn reads a reply out of a form.
func replyIn(e *entered) app.Reply {
	x := app.Reply{Agrees: e.Values["agrees"], Words: strings.ReplaceAll(e.Values["words"], "\r\n", "\n")}
	for name, v := range e.Values {
		goal, ok := strings.CutPrefix(name, "scale-")
		if !ok || v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			e.Errors.Add(name, "Choose a number from 0 to 10")
			continue
		}
		if x.Scales == nil {
			x.Scales = map[string]int{}
		}
		x.Scales[goal] = n
	}
	return x
}

// linkTo is a private link, as it is handed over.
func (s *Server) linkTo(r *request, secret string) string {
	if base := s.App.PublicURL(); base != "" {
		return base + "/family/" + secret
	}
	scheme := "https://"
	if s.Demo && r.TLS == nil {
		scheme = "http://"
	}
	return scheme + r.Host + "/family/" + secret
}

type answerData struct {
	entered
	*app.FamilyAnswer
	Thanks bool
}

var verdictWords = []struct{ Value, Text string }{{concern.Settled, "Yes, it is put right"}, {concern.PutInPart, "In part"}, {concern.NotSettled, "No"}}

func (s *Server) familyAnswer(w http.ResponseWriter, r *request, e entered) error {
	secret := r.PathValue("secret")
	code, thanks := http.StatusOK, false
	if e.Form == "judge" {
		err := s.App.JudgeFamilyAnswer(r.ctx(), secret, entry.ID(e.Values["answer"]), e.Values["verdict"], e.Values["why"], e.Key)
		switch ps, refused := entry.Problems(err); {
		case refused:
			code = http.StatusUnprocessableEntity
			field := "verdict"
			if ps[0].Field == "why" {
				field = "why"
			}
			e.Errors.Add(field, ps[0].Text)
		case err != nil:
			return s.familyShut(w, r, err)
		default:
			thanks = true
		}
	}
	a, err := s.App.OpenFamilyAnswer(r.ctx(), secret)
	if err != nil {
		return s.familyShut(w, r, err)
	}
	if !e.Errors.Any() {
		e = notEntered()
	}
	return s.render(w, code, familyAnswerPage(s.familyPage(r, "What you told us"), answerData{e, a, thanks}))
}

// longDay is a day as a family reads it.
func longDay(d day.Date) string { return d.Long() }

// errorID names the message at a field, for whoever hears the page; empty: there is none.
func (d famData) errorID(field string) string {
	if d.Errors.For(field) == "" {
		return ""
	}
	return field + "-error"
}

// safeQ asks for a number: where there are several goals, of which.
func safeQ(d famData, goal string) string {
	if len(d.Page.Share.Goals) == 1 && d.Ask.Child {
		return d.Ask.Safe
	}
	return strings.TrimSuffix(d.Ask.Safe, "?") + " (" + lower(goal) + ")?"
}

// carried is what was typed into a reply before a word was asked for again.
func (d knockData) carried() (out [][2]string) {
	if d.Form != "reply" {
		return nil
	}
	for _, name := range []string{"agrees", "words", "first"} {
		if v := d.Values[name]; v != "" {
			out = append(out, [2]string{name, v})
		}
	}
	return out
}
