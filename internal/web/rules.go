package web

import (
	"net/http"
	"strings"

	"onus/internal/access"
	"onus/internal/app"
	"onus/internal/duty"
	"onus/internal/retention"
	"onus/internal/wording"
)

// rulesData is the reference: every rule that fits what was searched for.
type rulesData struct {
	Groups  []ruleGroup
	Words   string // searched for
	Status  string
	Full    bool // with everything, for printing
	N, All  int
	InForce string
	Kept    []*retention.Type
	Talks   *duty.Supervision // how often supervision is owed; nil: these rules do not say
	Drifts  []duty.Drift
	// Questions are what an assessment answers.
	Questions []duty.Question
	Wording   *wording.Bank // what is pointed out while a plan is written
	MayAdopt  bool
	MayPrice  bool
}

type ruleGroup struct {
	Name, Anchor string
	Rules        []ruleLine
}

type ruleLine struct {
	*duty.Rule
	duty.Words
	Tags []string
}

// ruleStatuses are what a reader can ask for, with the words for it.
var ruleStatuses = [][2]string{{"", "Law, guidance and local policy"}, {"law", "Law and guidance only"}, {"local", "Local policy only"}}

// rules shows every rule with its source, grouped by the part of a child's way.
func (s *Server) rules(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	d := rulesData{Words: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Full: q.Get("full") != "", Kept: s.App.Retention.Types}
	pack, err := s.App.RulesKnown(r.ctx(), r.past)
	if err != nil {
		return err
	}
	want := strings.Fields(app.Fold(d.Words))
	for i, j := range pack.Journeys {
		g := ruleGroup{Name: j, Anchor: "part-" + itoa(i+1)}
		for _, rule := range pack.Of(j) {
			d.All++
			line := ruleLine{Rule: rule, Words: pack.Words(rule)}
			if d.Status == "law" && rule.Source.Local() || d.Status == "local" && !rule.Source.Local() || !line.has(want) {
				continue
			}
			d.N++
			g.Rules = append(g.Rules, line)
		}
		if len(g.Rules) > 0 {
			d.Groups = append(d.Groups, g)
		}
	}
	if b, err := s.App.Book(r.ctx()); err == nil && b.KnownAt(r.at()).Len() > 0 {
		b = b.KnownAt(r.at())
		last := b.Adoptions()[b.Len()-1]
		d.InForce = "Adopted from " + last.From.Long()
	} else if err != nil {
		return err
	}
	if t, ok := pack.Supervision(r.at().Date()); ok {
		d.Talks = &t
	}
	d.Drifts = pack.Drifts(r.at().Date())
	d.Questions = pack.Questions(r.at().Date())
	d.Wording = pack.Wording(r.at().Date())
	d.MayAdopt = r.mayAdopt()
	d.MayPrice = r.desk != nil && r.desk.May(access.SeeFigures) == nil
	return s.render(w, http.StatusOK, rulesPage(s.listPage(r, "Rules", "/rules", nil), d))
}

// wordingLine is a rule of wording as the reference shows it.
type wordingLine struct {
	wording.Rule
	Noticed, Question string
	Examples          []string
}

func wordingLines(b *wording.Bank) (out []wordingLine) {
	for _, r := range b.Rules() {
		says, asks := r.General()
		out = append(out, wordingLine{r, says, asks, r.StrongOf()})
	}
	return out
}

// talkWords are how often supervision is owed, in sentences.
func talkWords(t *duty.Supervision) (out []string) {
	for _, f := range t.First {
		out = append(out, "Newly qualified: every "+f.Every.String()+", until "+f.Until.String()+" after the day on which that began.")
	}
	group := "A talk of a group comes on top of it, and does not stand for it."
	if t.Group {
		group = "A talk of a group stands for a talk with each of them."
	}
	return append(out, "Everybody else, at every tier up to the director: every "+t.Every.String()+".", group,
		"Not held, each post above is told after "+count(t.Climb, "working day", "working days")+" more.",
		"Each of the two signs the record within "+count(t.Sign, "working day", "working days")+".",
		"A child of whom nobody talked in supervision for "+t.Discuss.String()+" is due in the next one.",
		"A text is said to be last time's again when "+itoa(t.Copied.Percent)+" % of the runs of "+count(t.Copied.Run, "word", "words")+" are the same, from "+count(t.Copied.Least, "word", "words")+" on. That stops nothing.")
}

// has says whether a rule has every word that was searched for.
func (l ruleLine) has(words []string) bool {
	text := app.Fold(strings.Join([]string{l.ID, l.Duty, l.About, l.Time, strings.Join(l.Words.Starts, " "), strings.Join(l.Met, " "), l.OwedBy, l.Source.Document, l.Source.Paragraph,
		l.Source.Text, l.Source.Status, l.Journey, l.Source.Reference}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Server) rule(w http.ResponseWriter, r *request) error {
	pack, err := s.App.RulesKnown(r.ctx(), r.past)
	if err != nil {
		return err
	}
	rule, ok := pack.Rule(r.PathValue("id"), r.at().Date())
	if !ok {
		return app.ErrNotFound
	}
	return s.render(w, http.StatusOK, rulePage(s.listPage(r, rule.Duty, "/rules", nil), ruleLine{Rule: rule, Words: pack.Words(rule)}))
}

// apiRule is a rule as programs read it, with its words.
type apiRule struct {
	ID      string       `json:"id"`
	Duty    string       `json:"duty"`
	About   string       `json:"about"`
	Journey string       `json:"journey"`
	Within  string       `json:"within"`
	Repeats string       `json:"repeats,omitempty"`
	Every   string       `json:"every,omitempty"`
	Time    string       `json:"time_in_words"`
	Other   []string     `json:"other_times,omitempty"`
	Starts  []string     `json:"starts_with"`
	MetBy   []string     `json:"met_by"`
	Met     []string     `json:"met_by_in_words"`
	Ends    []string     `json:"also_ends_with,omitempty"`
	While   string       `json:"while"`
	OwedBy  string       `json:"owed_by"`
	Climbs  []duty.Climb `json:"climbs"`
	Takes   string       `json:"takes"`
	Hours   float64      `json:"hours"`
	Source  duty.Source  `json:"source"`
	Local   bool         `json:"local_policy"`
	Changed string       `json:"changed,omitempty"`
	From    string       `json:"from"`
	To      string       `json:"to,omitempty"`
}

func (s *Server) apiRules(w http.ResponseWriter, req *request) error {
	pack, err := s.App.RulesKnown(req.ctx(), req.past)
	if err != nil {
		return err
	}
	out := []apiRule{}
	for _, r := range pack.Rules {
		x := pack.Words(r)
		a := apiRule{ID: r.ID, Duty: r.Duty, About: r.About, Journey: r.Journey, Within: r.Within.String(), Repeats: r.Repeats, Time: x.Time, Other: x.Other, Starts: x.Starts,
			MetBy: r.MetBy.Kind, Met: x.Met, Ends: x.Ends, While: r.While, OwedBy: r.OwedBy, Climbs: r.Climbs, Takes: r.Takes.String(), Hours: r.Takes.Hours(),
			Source: r.Source, Local: r.Source.Local(), Changed: r.Changed, From: r.From.String(), To: r.To.String()}
		if r.Repeats != "" {
			a.Every = r.Every.String()
		}
		out = append(out, a)
	}
	return s.answer(w, out)
}
