package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onus/internal/app"
	"onus/internal/capacity"
	"onus/internal/day"
	"onus/internal/entry"
)

// priceData is the question what a rule would cost, and the answer when there
// is one. It names no child and no worker.
type priceData struct {
	Rules    [][2]string
	Values   map[string]string
	Problems []entry.Problem
	Cost     *capacity.Cost
	Says     []string
	Bars     []priceBar
	Top      float64
}

// priceBar is one week in the picture: heights in units of the picture.
type priceBar struct {
	X, Now, Then, Available float64
	Label                   string
}

func (d priceData) problem(field string) string {
	for _, p := range d.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

func (s *Server) priceForm(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	return s.pricePage(w, r, http.StatusOK, priceData{Values: map[string]string{"rule": q.Get("rule"), "weeks": itoa(app.PriceWeeks), "share": "60"}})
}

func (s *Server) pricePage(w http.ResponseWriter, r *request, code int, d priceData) error {
	d.Rules = [][2]string{{"", "Choose a rule"}}
	pack := s.App.Rules()
	for _, j := range pack.Journeys {
		for _, x := range pack.Of(j) {
			if choice := [2]string{x.ID, j + ": " + x.Duty + " (" + shortTime(x) + ")"}; !slices.ContainsFunc(d.Rules, func(y [2]string) bool { return y[0] == x.ID }) {
				d.Rules = append(d.Rules, choice)
			}
		}
	}
	p := s.page(r, "What would a rule cost?", "/rules")
	p.Errors = len(d.Problems) > 0
	return s.render(w, code, pricePage(p, d))
}

// price answers what a rule would cost. It writes nothing.
func (s *Server) price(w http.ResponseWriter, r *request) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := priceData{Values: map[string]string{}}
	for _, f := range []string{"rule", "within", "every", "takes", "text", "weeks", "share"} {
		d.Values[f] = strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(f), "\r\n", "\n"))
	}
	x, ps := proposal(d.Values)
	if len(ps) == 0 {
		cost, err := r.desk.Price(r.ctx(), x)
		more, refused := entry.Problems(err)
		if err != nil && !refused {
			return err
		}
		d.Cost, ps = cost, more
	}
	if len(ps) > 0 {
		d.Problems = ps
		return s.pricePage(w, r, http.StatusUnprocessableEntity, d)
	}
	d.Says = d.Cost.Sentences()
	d.draw()
	return s.pricePage(w, r, http.StatusOK, d)
}

// proposal reads the form, every problem at once.
func proposal(v map[string]string) (x app.Proposal, ps []entry.Problem) {
	span := func(field string) day.Span {
		if v[field] == "" {
			return day.Span{}
		}
		s, err := day.ParseSpan(v[field])
		if err == nil && s.N <= 0 {
			err = fmt.Errorf("it must be more than nothing")
		}
		if err == nil && field == "takes" && !s.Clock() {
			err = fmt.Errorf("write how long the work takes in minutes or hours")
		}
		if err != nil {
			ps = append(ps, entry.Problem{Field: field, Text: sentence(err.Error())})
		}
		return s
	}
	number := func(field, text string, usual int) int {
		if v[field] == "" {
			return usual
		}
		n, err := strconv.Atoi(v[field])
		if err != nil {
			ps = append(ps, entry.Problem{Field: field, Text: text})
		}
		return n
	}
	x = app.Proposal{File: "text", Text: v["text"], Rule: v["rule"], Within: span("within"), Every: span("every"), Takes: span("takes")}
	x.Weeks = number("weeks", "Enter a number of weeks from 1 to 104", app.PriceWeeks)
	x.Share = float64(number("share", "Enter how many of 100 hours are for duties", 60)) / 100
	return x, ps
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// The picture's size, in its own units.
const priceWide, priceHigh = 900.0, 220.0

func (d *priceData) draw() {
	for _, w := range d.Cost.Weeks {
		d.Top = max(d.Top, w.Now.Hours, w.Then.Hours, w.Available)
	}
	if d.Top == 0 {
		d.Top = 1
	}
	d.Top = math.Ceil(d.Top/50) * 50
	step := priceWide / float64(len(d.Cost.Weeks))
	for i, w := range d.Cost.Weeks {
		b := priceBar{X: float64(i) * step, Now: w.Now.Hours / d.Top * priceHigh, Then: w.Then.Hours / d.Top * priceHigh, Available: w.Available / d.Top * priceHigh}
		if i%max(1, len(d.Cost.Weeks)/6) == 0 {
			b.Label = w.From.Long()
		}
		d.Bars = append(d.Bars, b)
	}
}

func fixed(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// aWeek is a number of hours or duties over the whole time, for one week.
func (d priceData) aWeek(f float64) string { return fixed(f / float64(len(d.Cost.Weeks))) }

// few hides counts under five: who is in a small group could be told from them.
func few(n int) string {
	if n > 0 && n < 5 {
		return "under 5"
	}
	return itoa(n)
}

func missing(f *capacity.Fit) string {
	if f == nil || f.Missing == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%.0f hours, from the week of %s", f.Missing, f.From.Long())
}

// line through the tops of what is available, as the points of a polyline.
func (d priceData) line() string {
	var b strings.Builder
	step := priceWide / float64(len(d.Bars))
	for _, x := range d.Bars {
		fmt.Fprintf(&b, "%.1f,%.1f %.1f,%.1f ", x.X, priceHigh-x.Available, x.X+step, priceHigh-x.Available)
	}
	return b.String()
}

func (d priceData) barWidth() float64 { return priceWide / float64(len(d.Bars)) }

func (s *Server) apiPrice(w http.ResponseWriter, r *request) error {
	var in struct {
		Text   string   `json:"text"`
		Rule   string   `json:"rule"`
		Within day.Span `json:"within"`
		Every  day.Span `json:"every"`
		Takes  day.Span `json:"takes"`
		Weeks  int      `json:"weeks"`
		Share  float64  `json:"share"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	cost, err := r.desk.Price(r.ctx(), app.Proposal{File: "text", Text: in.Text, Rule: in.Rule, Within: in.Within, Every: in.Every, Takes: in.Takes, Weeks: in.Weeks, Share: in.Share})
	if err != nil {
		return err
	}
	return s.answer(w, map[string]any{"says": cost.Sentences(), "cost": cost})
}
