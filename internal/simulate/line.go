package simulate

import (
	"fmt"
	"io"
	"math/rand/v2"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

// perTeam is how many worker posts a team has.
const perTeam = 7

// perWorker is how many open children a worker has, about; perArea how many teams a
// service manager has in a larger authority, and perHead how many of those a head of
// service.
const (
	perWorker = 18
	perArea   = 6
	perHead   = 6
)

// makeLine makes teams, posts, people, who holds what, and what changed.
func (w *world) makeLine() ([]entry.Entry, error) {
	src := rand.NewChaCha8(seed(w.o.Seed, 1<<40))
	rnd := io.Reader(src)
	r := rand.New(src)
	l := line.Fold(nil)
	var all []entry.Entry
	start := w.begin.AddMonths(-1)
	do := func(recorded day.Instant, happened day.Date, b entry.Body) error {
		es, err := line.Decide(l, line.Command{Actor: entry.System, Happened: day.On(happened), Body: b, Source: entry.Source{Kind: "simulation"}}, entry.Moment{Now: recorded, Rand: rnd})
		if err != nil {
			return fmt.Errorf("%s: %w", b.Kind(), err)
		}
		for _, e := range es {
			l = line.Apply(l, e)
			all = append(all, e)
		}
		return nil
	}
	t0 := at(start, 0)
	var bodies []entry.Body
	add := func(bs ...entry.Body) { bodies = append(bodies, bs...) }
	used := map[string]bool{}
	hold := func(post, person, name string) {
		if person == "" {
			for name == "" || used[name] {
				name = given[r.IntN(len(given))] + " " + family[r.IntN(len(family))]
			}
			person = "p-" + post
		}
		used[name] = true
		add(line.PersonKnown{Person: person, Name: name, Telephone: fmt.Sprintf("01632 960 %03d", len(used))}, line.PostHeld{Post: post, Person: person})
	}
	post := func(id, title string, tier line.Tier, team, above, function string, hours float64) {
		add(line.PostCreated{Post: id, Title: title, Tier: tier, Team: team, Above: above, Function: function}, line.HoursSet{Post: id, PerWeek: hours})
	}
	for _, n := range []string{"Dana Whitlock", "Jo Pell", "Priti Nandra", "Marcus Adeyinka", "Helen Croft", "Gwen Tarr", "Nadia Osei"} {
		used[n] = true
	}
	add(line.AuthorityNamed{Name: w.o.Name, Code: "999", Demo: true})
	post("chief-executive", "Chief executive", line.ChiefExecutive, "", "", "", 37)
	hold("chief-executive", "owen-hartley", "Owen Hartley")
	post("director", "Director of children's services", line.Director, "", "chief-executive", "", 37)
	hold("director", "helen-croft", "Helen Croft")
	post("head-help", "Head of service, help and protection", line.HeadOfService, "", "director", "", 37)
	hold("head-help", "marcus-adeyinka", "Marcus Adeyinka")
	post("head-quality", "Head of service, quality and review", line.HeadOfService, "", "director", line.Reviewer, 37)
	hold("head-quality", "", "")
	post("administrator", "System administrator", line.Worker, "", "head-quality", line.Administrator, 37)
	hold("administrator", "nadia-osei", "Nadia Osei")
	post("performance", "Performance analyst", line.Worker, "", "head-quality", line.Performance, 37)
	hold("performance", "", "")
	post("auditor", "Practice auditor", line.Worker, "", "head-quality", line.Auditor, 22)
	hold("auditor", "", "")
	// Beside the line: they hear those who speak up, and are above nobody.
	post("guardian", "Guardian of those who speak up", line.ServiceManager, "", "", line.Guardian, 15)
	hold("guardian", "miriam-achebe", "Miriam Achebe")
	post("scrutineer", "Independent scrutineer of the partnership", line.ChiefExecutive, "", "", line.Scrutineer, 8)
	hold("scrutineer", "sue-okafor", "Sue Okafor")
	post("lead-member", "Lead member for children's services", line.ChiefExecutive, "", "", line.LeadMember, 10)
	hold("lead-member", "imran-dale", "Imran Dale")
	post("chair-1", "Conference chair", line.ServiceManager, "", "head-quality", line.Chair, 37)
	hold("chair-1", "ruth-selby", "Ruth Selby")
	post("chair-2", "Conference chair", line.ServiceManager, "", "head-quality", line.Chair, 37)
	hold("chair-2", "", "")
	post("service-front", "Service manager, front door", line.ServiceManager, "", "head-help", "", 37)
	hold("service-front", "", "")
	post("service-east", "Service manager, East", line.ServiceManager, "", "head-help", "", 37)
	hold("service-east", "priti-nandra", "Priti Nandra")
	post("service-west", "Service manager, West", line.ServiceManager, "", "head-help", "", 37)
	hold("service-west", "", "")
	add(line.TeamCreated{Team: "front-door", Name: "Front door"})
	post("manager-front-door", "Team manager, front door", line.TeamManager, "front-door", "service-front", line.FrontDoor, 37)
	hold("manager-front-door", "gwen-tarr", "Gwen Tarr")
	for i := range 5 {
		id := fmt.Sprintf("front-door-%d", i+1)
		post(id, "Social worker, front door", line.Worker, "front-door", "manager-front-door", "", 37)
		hold(id, "", "")
		if i < 3 { // the others screen, and pass on what nothing follows from
			add(line.PersonRegistered{Person: "p-" + id, Number: fmt.Sprintf("SW00000%d", i+1)})
		}
	}
	teams := [][3]string{{"east-1", "East 1", "service-east"}, {"east-2", "East 2", "service-east"}, {"east-3", "East 3", "service-east"}, {"west-1", "West 1", "service-west"}, {"west-2", "West 2", "service-west"}}
	for n, area := 0, ""; len(teams)*perTeam*perWorker < w.o.Children; n++ { // a larger authority has more of them, not fuller ones
		if n%perArea == 0 {
			area = fmt.Sprint(n/perArea + 1)
			if n%(perArea*perHead) == 0 {
				post("head-"+area, "Head of service, areas from "+area, line.HeadOfService, "", "director", "", 37)
				hold("head-"+area, "", "")
			}
			post("service-area-"+area, "Service manager, Area "+area, line.ServiceManager, "", "head-"+fmt.Sprint(n/(perArea*perHead)*perHead+1), "", 37)
			hold("service-area-"+area, "", "")
			id := "front-door-" + fmt.Sprint(6+n/perArea)
			post(id, "Social worker, front door", line.Worker, "front-door", "manager-front-door", "", 37)
			hold(id, "", "")
		}
		teams = append(teams, [3]string{fmt.Sprintf("area-%s-%d", area, n%perArea+1), fmt.Sprintf("Area %s, team %d", area, n%perArea+1), "service-area-" + area})
	}
	for _, x := range teams {
		add(line.TeamCreated{Team: x[0], Name: x[1]})
		t := team{id: x[0], manager: "manager-" + x[0]}
		post(t.manager, "Team manager, "+x[1], line.TeamManager, x[0], x[2], "", 37)
		if x[0] == "east-2" {
			hold(t.manager, "jo-pell", "Jo Pell")
		} else {
			hold(t.manager, "", "")
		}
		for i := range perTeam {
			id := fmt.Sprintf("%s-%d", x[0], i+1)
			post(id, "Social worker, "+x[1], line.Worker, x[0], t.manager, "", []float64{37, 37, 30, 37, 22, 37, 37}[i])
			hold(id, "", "")
			t.workers = append(t.workers, id)
		}
		w.teams = append(w.teams, t)
	}
	for _, b := range bodies {
		if err := do(t0, start, b); err != nil {
			return nil, err
		}
	}
	now := w.o.Now.Date()
	for _, c := range []struct {
		ago  int
		body entry.Body
	}{
		{300, line.PostLeft{Post: "west-1-6", Why: "moved away"}},
		{176, line.PostLeft{Post: "east-2-6", Why: "left the profession"}},
		{120, line.PostLeft{Post: "east-1-7", Why: "agency contract ended"}},
		{91, line.PersonKnown{Person: "dana-whitlock", Name: "Dana Whitlock", Telephone: "01632 960 100"}},
		{91, line.PostHeld{Post: "east-2-3", Person: "dana-whitlock"}},
		{84, line.PostLeft{Post: "manager-east-1", Why: "moved to another authority"}},
		{80, line.Cover{Post: "manager-east-1", By: "manager-east-2", To: now + 25, Why: "until the post is filled"}},
		{70, line.PostLeft{Post: "east-2-7", Why: "long-term sick"}},
		{40, line.PostLeft{Post: "east-1-5", Why: "moved to another team"}},
		{30, line.HoursReduced{Person: "p-west-1-2", Percent: 10, For: "practice educator", Why: "Teaches a student until the summer. Agreed with the service manager."}},
		{12, line.PersonSkills{Person: "p-east-2-1", Languages: []string{"Polish"}, Trained: []string{"section 47"}}},
		{12, line.PersonSkills{Person: "dana-whitlock", Languages: []string{"Urdu"}, Trained: []string{"section 47", "talking with children for evidence"}}},
		{9, line.PersonAbsent{Person: "p-east-3-2", What: line.OffSick}},
		{2, line.PersonAbsent{Person: "p-east-2-4", What: line.OnLeave, To: now + 16, Sure: true}},
	} {
		d := now - day.Date(c.ago)
		if err := do(at(d, 30), d, c.body); err != nil {
			return nil, err
		}
	}
	return all, nil
}
