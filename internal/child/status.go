package child

import (
	"iter"
	"slices"
	"sync"

	"onus/internal/day"
	"onus/internal/entry"
)

var kinds = sync.OnceValue(func() *entry.Registry { return entry.NewRegistry(Kinds()) })

// Status is how things stand with a child after an event.
type Status struct {
	From  day.Instant // this status holds from here
	Event int         // index in Record.Events of the event that made it
	// Turns counts the events that may have changed how things stand: most, like
	// visits and notes, only say when the child was last seen.
	Turns int

	Open      bool
	Referral  entry.ID // the referral that opened the case
	Since     day.When // of that referral
	Undecided bool     // a referral waits for its decision
	Awaiting  bool     // it was decided to assess, and no assessment has begun
	Assessing bool
	Enquiry   bool   // a section 47 enquiry is under way
	Plan      string // "", "cin" or "cp"
	PlanID    entry.ID
	PlanSince day.When
	Category  string
	OneLine   string

	// Care: the period of care that runs, and the placement in it.
	LookedAfter    bool
	CareSince      day.When
	Legal          string // SSDA903 code
	Placement      string // PlacementGroup; empty when there is none
	Miles          int    // from home to the placement; 0: none, or not said
	PlacementSince day.When
	Approval       string // "temporary" (regulation 24), "parents not assessed" (19), "emergency" (23), or none
	Until18        bool   // the placement is meant to last to 18
	FewerVisits    bool   // and the child agreed to fewer visits
	CareReviews    int    // in this period of care
	PlacementRevs  int    // in this placement
	LeavingCare    bool   // eligible, or has left care and is owed support

	Missing           bool
	MissingLately     int // episodes that began in the 90 days up to the last one
	missing           [8]day.Date
	PrivatelyFostered bool
	FosteredSince     day.When
	ShortBreaks       bool
	Remanded          bool
	Adoption          string // the last step towards adoption
	PreProceedings    bool
	Court             bool
	EarlyHelp         bool
	Waits             bool   // a contact or referral waits for its decision
	Rating            string // of what waits
	Same              string // another record of the same child, which is kept; empty: this is the only one
	before            waiting
	Taken             string // the post that dealt with it last; empty while it is the front door's
	EarlierPlans      int    // protection plans before the present one, as far as is known
	plans             int    // protection plans so far, as far as is known

	Post           string // the allocated worker's post; empty when nobody is named
	Team           string
	PostSince      day.When
	NoWorkerSince  day.When // when open and nobody is named
	Workers        int      // different posts so far in this case
	Asked          []Asked  // posts that were asked to take the child and have no answer yet; never changed in place
	Second         []string // posts that work beside the worker; never changed in place
	Doubt          entry.ID // the visit that could not say that the child is safe tonight; empty: none waits for a decision
	HandingOver    entry.ID // the allocation of which something is still to be handed over
	LastSeen       day.When
	LastAlone      day.When
	LastVisit      day.When
	LastVisitPlace string
}

// PlansSoFar is how many protection plans there were, as far as is known; the one that stands
// too.
func (s Status) PlansSoFar() int { return s.plans }

// Unallocated says whether the case is open and no named worker has it.
// "Held by the team" counts as unallocated.
func (s Status) Unallocated() bool { return s.Open && s.Post == "" }

// ClosedOn is the day on which a case that is not open was closed; zero for one that is
// open, or never was.
func (r Record) ClosedOn(s Status) day.When {
	if s.Open {
		return day.When{}
	}
	for _, ev := range slices.Backward(r.Events) {
		if _, ok := ev.Body.(CaseClosed); ok {
			return ev.When
		}
	}
	return day.When{}
}

// Statuses are how things stood after each event, in the order of happening.
func (r Record) Statuses() []Status {
	out := make([]Status, 0, len(r.Events))
	for _, s := range r.Life() {
		out = append(out, *s)
	}
	return out
}

// Life goes through the events in the order of happening, each with how things
// stood after it. It is the same status each time: copy what you keep.
func (r Record) Life() iter.Seq2[*Event, *Status] {
	return func(yield func(*Event, *Status) bool) {
		var s Status
		for i := range r.Events {
			s.step(i, &r.Events[i])
			if !yield(&r.Events[i], &s) {
				return
			}
		}
	}
}

// On is how things stood at an instant, as the record now says.
func (r Record) On(t day.Instant) Status {
	var s Status
	for i := range r.Events {
		if r.Events[i].pos > t {
			break
		}
		s.step(i, &r.Events[i])
	}
	return s
}

func (s *Status) step(i int, ev *Event) {
	turns := s.Turns + 1
	s.From = ev.pos
	s.doubt(ev)
	switch b := ev.Body.(type) {
	case Referral:
		if !s.Open {
			s.opened(ev)
		}
		if s.Referral == "" {
			s.Referral = ev.ID
		}
		s.Undecided = true
		s.came(ev)
	case Contact:
		s.came(ev)
	case ContactDecided:
		if b.Outcome != "referral" {
			s.Waits, s.Rating = false, ""
		}
	case Taken:
		s.Taken = b.Post
	case SameAs:
		s.before = s.waits()
		s.shut()
		s.Same, s.Waits, s.Undecided, s.Rating = b.Child, false, false, ""
	case ToldApart:
		if s.before.open {
			s.opened(ev)
		}
		s.Same, s.Waits, s.Undecided, s.Rating = "", s.before.waits, s.before.undecided, s.before.rating
	case Decision:
		s.Undecided, s.Waits, s.Rating = false, false, ""
		s.Awaiting = b.Outcome == Assess && !s.Assessing
		s.Enquiry = s.Enquiry || b.Outcome == Section47
		if b.Team != "" && s.Post == "" {
			s.Team = b.Team
		}
		if (b.Outcome == NoAction || b.Outcome == EarlyHelp) && s.Plan == "" && !s.Assessing && !s.Enquiry && s.Post == "" &&
			!s.ours() {
			s.shut()
		}
	case Allocation:
		if s.Post != b.Post {
			s.Post, s.PostSince = b.Post, ev.When
			s.Workers++
		}
		s.Team, s.NoWorkerSince = b.Team, day.When{}
		s.given(ev, b)
	case AllocationEnded:
		s.Post, s.PostSince = "", day.When{}
		if b.Team != "" {
			s.Team = b.Team
		}
		if s.Open {
			s.NoWorkerSince = ev.When
		}
	case AssessmentStarted:
		s.begun()
		s.Assessing, s.Awaiting = true, false
	case AssessmentAuthorised:
		s.Assessing, s.Awaiting = false, false
	case StrategyDiscussion:
		if b.Section47 {
			s.begun()
			s.Enquiry = true
		}
	case Section47Started:
		s.begun()
		s.Enquiry = !b.NotNeeded
	case Section47Ended:
		s.Enquiry = false
	case Conference:
		s.Enquiry = false
	case CINPlanStarted:
		if s.Plan != "cp" {
			s.Plan, s.PlanID, s.PlanSince, s.Category, s.OneLine = "cin", ev.ID, ev.When, "", b.OneLine
		}
	case CINPlanEnded:
		if s.Plan == "cin" {
			s.planOver()
		}
	case CPPlanStarted:
		s.EarlierPlans = max(b.Previous, s.plans)
		s.plans = s.EarlierPlans + 1
		s.Plan, s.PlanID, s.PlanSince, s.Category, s.OneLine, s.Enquiry = "cp", ev.ID, ev.When, b.Category, b.OneLine, false
	case CPPlanChanged:
		if s.Plan == "cp" {
			s.Category = b.Category
		}
	case CPPlanEnded:
		if s.Plan == "cp" {
			s.planOver()
		}
	case Review:
		if b.Of == "care" && s.LookedAfter {
			s.CareReviews++
			s.PlacementRevs++
		}
	case Visit:
		turns--
		s.LastVisit, s.LastVisitPlace = ev.When, b.Where
		if b.Seen {
			s.LastSeen = ev.When
			if b.Alone {
				s.LastAlone = ev.When
			}
		}
	case CaseClosed:
		s.shut()
	default:
		if !s.allocating(ev) && !s.care(ev) {
			turns--
		}
	}
	s.Event, s.Turns = i, turns
}

// opened makes the child's case open from an event.
func (s *Status) opened(ev *Event) {
	s.shut()
	s.Open, s.Since, s.NoWorkerSince = true, ev.When, ev.When
}

// came is something that waits for a decision. What comes while something waits
// already joins it: the rating and whoever took it stay.
func (s *Status) came(ev *Event) {
	if s.Waits || ev.Source.Kind == "import" { // a census cannot say whether it was decided
		return
	}
	s.Waits, s.Rating, s.Taken = true, "", ""
}

// begun is work that shows that a referral was decided, whatever was recorded. Of
// a contact it says nothing.
func (s *Status) begun() {
	if s.Undecided {
		s.Undecided, s.Waits, s.Rating = false, false, ""
	}
}

// waiting is what waited when a record was said to be another's.
type waiting struct {
	open, waits, undecided bool
	rating                 string
}

func (s *Status) waits() waiting { return waiting{s.Open, s.Waits, s.Undecided, s.Rating} }

// ours says whether the child is the authority's to look after or to visit
// whatever becomes of the case.
func (s *Status) ours() bool { return s.LookedAfter || s.LeavingCare || s.PrivatelyFostered }

func (s *Status) planOver() {
	s.Plan, s.PlanID, s.PlanSince, s.Category, s.OneLine = "", "", day.When{}, "", ""
}

// shut ends the case and the work under way. A child in care, a care leaver and
// a child who is privately fostered stay open, with the worker they have: a
// file that knows only of the case cannot end what is owed to them. A child
// who is missing is missing, case or none.
func (s *Status) shut() {
	s.planOver()
	s.Referral, s.Undecided, s.Awaiting, s.Assessing, s.Enquiry, s.PreProceedings = "", false, false, false, false, false
	if s.ours() {
		return
	}
	s.Open, s.Since, s.Post, s.PostSince, s.NoWorkerSince, s.Workers = false, day.When{}, "", day.When{}, day.When{}, 0
	s.Asked, s.Second, s.HandingOver, s.Doubt = nil, nil, "", ""
	s.ShortBreaks, s.Remanded, s.Adoption, s.Court = false, false, "", false
	s.left()
}

// Identity is who the child is, as far as is known.
func (r Record) Identity() Known {
	var k Known
	for i := range r.Events {
		// Without its body: it is large, and few events have one.
		if _, ok := r.Events[i].Body.(Known); ok {
			k.learn(r.Events[i].Body.(Known))
		}
	}
	return k
}

// learn adds what a later entry says.
func (k *Known) learn(b Known) {
	set(&k.Given, b.Given)
	set(&k.Family, b.Family)
	set(&k.Sex, b.Sex)
	set(&k.Ethnicity, b.Ethnicity)
	set(&k.Address, b.Address)
	set(&k.Mother, b.Mother)
	set(&k.Language, b.Language)
	set(&k.Parents, b.Parents)
	set(&k.Interpreter, b.Interpreter)
	setDate(&k.ChildBorn, b.ChildBorn)
	setDate(&k.Birth, b.Birth)
	setDate(&k.Expected, b.Expected)
	setDate(&k.Death, b.Death)
	if len(b.OtherNames) > 0 {
		k.OtherNames = b.OtherNames
	}
	if len(b.Disability) > 0 {
		k.Disability = b.Disability
	}
	for _, id := range b.IDs {
		if !slices.Contains(k.IDs, id) {
			k.IDs = append(k.IDs, id)
		}
	}
}

func set(to *string, v string) {
	if v != "" {
		*to = v
	}
}

func setDate(to *day.Date, v day.Date) {
	if v != 0 {
		*to = v
	}
}

// Name is what the child is called, or the number they are known by. A child
// in a census has no name.
func (k Known) Name() string {
	switch {
	case k.Given != "" && k.Family != "":
		return k.Given + " " + k.Family
	case k.Given+k.Family != "":
		return k.Given + k.Family
	}
	for _, system := range []string{"la-child", "upn"} {
		for _, id := range k.IDs {
			if id.System == system {
				return "Child " + id.Value
			}
		}
	}
	return "A child not named yet"
}

// Adult is the day on which the child turns 18, or zero when the birth is not known.
func (k Known) Adult() day.Date {
	if k.Birth == 0 {
		return 0
	}
	y, m, d := k.Birth.Split()
	return day.Of(y+18, m, d) // born on 29 February: 1 March
}
