package web

import (
	"net/http"
	"net/url"
	"strings"

	"onus/internal/app"
	"onus/internal/returns/ssda903check"
	"onus/internal/web/shell"
)

// returnRuleData is a rule, and the children behind it in one team.
type returnRuleData struct {
	Title, Return, Base string
	State               shell.State
	Says, Do, Module    string
	Answer              string
	With                []string // data beside the return that the rule looks at, and what it was in this check
	Data                string
	Apart               []string
	Teams               []returnTeamTab
	behind              returnBehind
}

type returnTeamTab struct {
	Name, Children, Href string
	Current              bool
}

// returnBehind are the children behind rules in one team, as far as the reader may see
// their names.
type returnBehind struct {
	Team   string
	Listed bool
	Rows   []returnChildLine
	Closed string // how many are closed to the reader
	Next   string
}

// returnChildLine is a child, with what one rule, or each rule, points at.
type returnChildLine struct {
	Name, Href, Entries, Record string
	Identity                    bool // what is missing is who the child is: Record is the form for that
	What                        []returnPoint
}

type returnPoint struct {
	Rule, Href, Cells string
}

// noTeam stands in an address for children without a team: no team's id is so short and odd.
const noTeam = "~"

func (s *Server) returnRule(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	kind := app.ReturnKind(r.PathValue("return"))
	var team *string
	if id := r.URL.Query().Get("team"); id != "" {
		if id == noTeam {
			id = ""
		} else if _, ok := r.line.Team(id); !ok {
			return app.ErrNotFound
		}
		team = &id
	}
	p, err := r.desk.ReturnRule(r.ctx(), kind, r.PathValue("code"), team, after, pageSize)
	if err != nil {
		return err
	}
	base := returnHref(kind)
	here := base + "/rule/" + url.PathEscape(p.Words.Code)
	d := returnRuleData{Title: "Rule " + p.Words.Code, Return: returnTitles[kind] + ", " + returnOf(p.Run), Base: base, State: severityState(p.Words.Severity), Says: p.Words.Says, Do: p.Words.Do, Module: p.Words.Module}
	if p.Words.Own {
		d.Title, d.Module = ruleName(p.Words, p.Words.Code), ""
	}
	checked := "Checked " + momentAgo(p.Run.Ended, p.Now) + ": "
	switch x := p.Rule; {
	case x == nil && p.Words.Own:
		d.Answer = checked + "there was no such child."
	case x == nil && p.Run.Rules() == 0:
		d.Answer = checked + "nobody was in the return, so this rule was not asked."
	case x == nil:
		d.Answer = checked + "it found nothing."
	case !x.Failed:
		d.Answer = checked + "it could not run. " + onPages.Replace(x.Reason)
	default:
		d.Answer = checked + "it points at " + count(x.Places, "place", "places") + " of " + count(x.Children, "child", "children") + "."
		if p.Words.Own {
			d.Answer = checked + "it is so for " + count(x.Children, "child", "children") + "."
		}
		if x.Children == 0 {
			d.Answer = checked + "it fails, for the return as a whole."
		}
		if x.Apart != "" {
			d.Apart = strings.Split(x.Apart, "\n")
		}
	}
	if year, err := ssda903check.ParseYear(p.Run.Of); kind == app.Return903 && err == nil {
		for _, what := range ssda903check.Needs(p.Words.Code, year) {
			says := "not given"
			for _, x := range p.Run.Facts.With {
				if x.What == what {
					says = x.Says
				}
			}
			d.With, d.Data = append(d.With, returnDataTitles[what]+": "+says+"."), returnDataHref+"#"+what
		}
	}
	for _, t := range p.Teams {
		id := t.Team
		if id == "" {
			id = noTeam
		}
		d.Teams = append(d.Teams, returnTeamTab{Name: teamOf(p.Line, t.Team), Children: itoa(t.Children), Href: here + "?team=" + url.QueryEscape(id), Current: len(p.Teams) > 0 && p.Children.Listed && t.Team == p.Children.Team})
	}
	next := here
	if t := p.Children.Team; t != "" {
		next += "?team=" + url.QueryEscape(t)
	} else {
		next += "?team=" + noTeam
	}
	d.behind = s.behind(r, p.Children, nil, base, next)
	return s.render(w, http.StatusOK, returnRulePage(s.page(r, d.Title+", "+returnTitles[kind], "/returns"), d))
}

// behind puts children into the words of a page; with words, rule by rule.
func (s *Server) behind(r *request, c app.ReturnChildren, words map[string]app.ReturnRuleWords, base, next string) returnBehind {
	out := returnBehind{Team: teamOf(r.line, c.Team), Listed: c.Listed, Next: r.next(next, c.Next)}
	if c.Closed > 0 {
		out.Closed = count(c.Closed, "record in this list is closed to you", "records in this list are closed to you") + ", and not named here."
	}
	last := ""
	for _, f := range c.Rows {
		if f.Child != last {
			last = f.Child
			at := "/child/" + f.Child
			out.Rows = append(out.Rows, returnChildLine{Name: f.ChildRow.Name + age(f.ChildRow.Birth, f.ChildRow.Expected, r.now.Date()), Href: at, Entries: at + "/entries", Record: at + "/record"})
		}
		x := &out.Rows[len(out.Rows)-1]
		if ofIdentity(f) && !x.Identity {
			x.Record, x.Identity = "/child/"+f.Child+"/record/child.known", true
		}
		pt := returnPoint{Cells: strings.ReplaceAll(f.Cells, "\n", ", ")}
		if words != nil {
			pt.Rule, pt.Href = ruleName(words[f.Code], f.Code), base+"/rule/"+url.PathEscape(f.Code)
		}
		x.What = append(x.What, pt)
	}
	return out
}

// identityTables are the tables of returns that say who a child is.
var identityTables = []string{"ChildIdentifiers.", "ChildCharacteristics.", "Disabilities.", "Header.", "child_details"}

// ofIdentity says that a rule points at who the child is, so that it is known where that is
// mended. A column of another table may be named beside it, as what makes it matter.
func ofIdentity(f app.ReturnFailure) bool {
	if f.Code == "no-number" {
		return true
	}
	for _, t := range identityTables {
		if strings.HasPrefix(f.Cells, t) {
			return true
		}
	}
	return false
}

// returnTeamData is what a check found in one team.
type returnTeamData struct {
	Team, Title, Return, Base, Answer string
	Rules                             []returnRuleLine
	behind                            returnBehind
}

func (s *Server) returnTeam(w http.ResponseWriter, r *request) error {
	after, err := cursor(r)
	if err != nil {
		return err
	}
	kind := app.ReturnKind(r.PathValue("return"))
	p, err := r.desk.ReturnTeam(r.ctx(), kind, r.PathValue("team"), after, pageSize)
	if err != nil {
		return err
	}
	base := returnHref(kind)
	here := base + "/team/" + url.PathEscape(p.Team.ID)
	d := returnTeamData{Team: p.Team.Name, Title: p.Team.Name + ": what is to be mended", Return: returnTitles[kind] + ", " + returnOf(p.Run), Base: base}
	d.Answer = "A rule points at " + count(p.All.Children, "child", "children") + " of the team, as it was when it was checked, " + momentAgo(p.Run.Ended, p.Now) + "."
	if p.All.Children == 0 {
		d.Answer = "No rule found anything in this team when it was checked, " + momentAgo(p.Run.Ended, p.Now) + "."
	}
	for _, x := range p.Rules {
		words := p.Words[x.Code]
		d.Rules = append(d.Rules, returnRuleLine{Code: x.Code, Name: ruleName(words, x.Code), Href: base + "/rule/" + url.PathEscape(x.Code) + "?team=" + url.QueryEscape(p.Team.ID), Says: words.Says,
			State: severityState(words.Severity), Children: itoa(x.Children), Places: itoa(x.Places)})
	}
	d.behind = s.behind(r, p.Children, p.Words, base, here)
	return s.render(w, http.StatusOK, returnTeamPage(s.page(r, d.Title, "/returns"), d))
}
