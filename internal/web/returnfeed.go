package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

// feedHref is how the daily feed leaves.
const feedHref = "/returns/sending"

// feedData is how the daily feed leaves: no child is named.
type feedData struct {
	Says, Who, To string
	Bad           bool
	Last          string
	MaySet        bool
	Fields        feedFields
	Rows          []feedLine
}

type feedFields struct {
	On, Authority, At, Why string
	Errors                 govuk.Errors
}

// feedLine is a payload that left, or is to leave.
type feedLine struct {
	When, Children, State, Why string
	Tag                        shell.State
	Receipt                    string
}

func (s *Server) returnFeed(w http.ResponseWriter, r *request) error {
	return s.returnFeedPage(w, r, http.StatusOK, nil)
}

func (s *Server) returnFeedPage(w http.ResponseWriter, r *request, code int, sent *feedFields) error {
	p, err := r.desk.FeedSetting(r.ctx(), historySize)
	if err != nil {
		return err
	}
	d := feedData{MaySet: p.MaySet, To: p.To, Fields: feedFields{On: "no", Authority: p.Plan.Authority, At: p.Plan.At}}
	if d.Fields.Authority == "" {
		d.Fields.Authority = p.Line.Authority.Code
	}
	if d.Fields.At == "" {
		d.Fields.At = "02:30"
	}
	switch {
	case p.Plan.Recorded == 0:
		d.Says = "Nobody has said that it leaves by itself. It is sent by onus feed send, on the command line."
	case !p.Plan.On:
		d.Says = "It does not leave by itself: " + p.Plan.Why
		d.Bad = true
	default:
		d.Fields.On = "yes"
		d.Says = "It leaves by itself each day at " + p.Plan.At + ", for the authority " + p.Plan.Authority + ". The next time is " + p.Next.Long() + "."
		if !p.Tells {
			d.Says += " This server was not told where to: another must be, or nothing leaves (onus serve --feed-to)."
			d.Bad = true
		}
	}
	if p.Plan.Recorded != 0 {
		d.Who = p.Line.Name(p.Plan.Author) + " said so on " + p.Plan.Recorded.Long() + "."
	}
	d.Last = feedLast(p.Run)
	for _, x := range p.Sent {
		l := feedLine{When: x.Made.Long(), Children: itoa(x.Children), Why: x.Problem, Receipt: x.Receipt}
		switch x.State {
		case app.FeedAccepted:
			l.Tag = shell.State{Kind: shell.OK, Text: "accepted"}
		case app.FeedRefused:
			l.Tag = shell.State{Kind: shell.Late, Text: "refused"}
		case app.FeedWaiting:
			l.Tag = shell.State{Kind: shell.Soon, Text: "waits"}
		default:
			l.Tag = shell.State{Kind: shell.Grey, Text: string(x.State)}
		}
		d.Rows = append(d.Rows, l)
	}
	if sent != nil {
		d.Fields = *sent
	}
	f := s.page(r, "How the daily feed is sent", "/returns")
	f.Errors = d.Fields.Errors.Any()
	return s.render(w, code, returnFeedPageOf(f, d))
}

// feedLast is what came of the last time that it left by itself.
func feedLast(r app.FeedRun) string {
	switch {
	case r.Began == 0:
		return ""
	case r.Ended == 0:
		return "It is being sent: begun on " + r.Began.Long() + "."
	}
	says := "Last sent by itself on " + r.Began.Long() + ": " + count(r.Accepted, "payload", "payloads") + " accepted, of " + count(r.Children, "child", "children") + "."
	if r.Accepted == 0 && r.Done() {
		says = "Last looked at by itself on " + r.Began.Long() + ": there was nothing new to send."
	}
	if r.Problem != "" {
		says += " Not all left: " + strings.TrimSuffix(r.Problem, ".") + "."
	}
	if r.Unfit > 0 {
		says += " " + count(r.Unfit, "child was", "children were") + " not sent, since the Department's document does not allow something that is recorded: have the feed checked to see of whom."
	}
	return says
}

func (s *Server) setFeed(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	v := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := feedFields{On: v("send"), Authority: v("authority"), At: v("at"), Why: v("why")}
	b := line.FeedScheduled{Why: f.Why}
	if f.On == "yes" {
		b = line.FeedScheduled{On: true, Authority: f.Authority, At: f.At}
	}
	if err := r.desk.May(access.SetFeed); err != nil {
		return err
	}
	if err := r.desk.SetFeed(r.ctx(), b); err != nil {
		ps, ok := entry.Problems(err)
		if !ok {
			return err
		}
		for _, p := range ps {
			f.Errors.Add(p.Field, p.Text)
		}
		return s.returnFeedPage(w, r, http.StatusUnprocessableEntity, &f)
	}
	http.Redirect(w, r.Request, feedHref, http.StatusSeeOther)
	return nil
}
