package gallery

import (
	"onus/internal/web/govuk"
	"onus/internal/web/shell"
)

var errors = govuk.Errors{
	{Field: "when-day", Text: "The day of the visit must be a real day"},
	{Field: "alone", Text: "Say whether you saw Sam alone"},
	{Field: "how", Text: "Say how you know"},
	{Field: "words", Text: "Write what Sam said, or that nothing was said"},
}

var facts = []shell.Fact{
	{Label: "Last seen", Value: "14 days ago", Detail: "Mon 9 Nov, at home, with mum"},
	{Label: "Last seen alone", Value: "35 days ago", Detail: "Mon 19 Oct, at Nan's. Not alone on the last two visits", Bad: true},
	{Label: "Late", Value: "See Sam alone", State: shell.State{Kind: shell.Late, Text: "2 working days late"}, Detail: "was due Thu 19 Nov.", Links: []shell.Link{{Text: "Why this day?", Href: "#"}}, Bad: true},
	{Label: "Next due", Value: "See Sam, today", State: shell.State{Kind: shell.Soon, Text: "nothing booked"}, Detail: "every 10 working days."},
}

var tiers = []shell.Tier{
	{Post: "Social worker", Name: shell.Link{Text: "Dana Whitlock"}, Since: "since 25 August (fourth worker)", State: shell.State{Kind: shell.Late, Text: "owes 2, 1 late"}, Reached: true},
	{Post: "Team manager", Name: shell.Link{Text: "Jo Pell", Href: "#"}, Since: "East 2, since 2024", State: shell.State{Kind: shell.Late, Text: "told Fri 20 Nov"}, Note: "opened Fri 16:12, no action yet", Reached: true},
	{Post: "Service manager", Name: shell.Link{Text: "Priti Nandra"}, Since: "East, since 2023", State: shell.State{Text: "told on Fri 27 Nov"}, Note: "if still late"},
	{Post: "Head of service", Name: shell.Link{Text: "Marcus Adeyinka"}, Since: "since 2021", State: shell.State{Text: "told on Fri 4 Dec"}, Note: "if still late"},
	{Post: "Director", Name: shell.Link{Text: "Helen Croft"}, Since: "since 2022", State: shell.State{Text: "told on Fri 11 Dec"}, Note: "if still late"},
}

var duties = []shell.Duty{
	{
		When: shell.State{Kind: shell.Late, Text: "2 working days late"}, Who: shell.Link{Text: "Sam Okell", Href: "#"}, About: ", 4.", What: "See Sam, and alone",
		Why:   "Protection plan, neglect. Last seen 14 days ago; last seen alone 35 days ago. With your manager since Friday.",
		Links: []shell.Link{{Text: "Why this date?", Href: "#"}}, Action: &shell.Link{Text: "Record visit", Href: "#"}, Solid: true,
	},
	{
		When: shell.State{Kind: shell.Soon, Text: "by 17:00"}, Who: shell.Link{Text: "Baby Thorne", Href: "#"}, About: ", unborn, due 4 January.", What: "Answer Jo Pell's question in supervision notes",
		Why: "Same action for the third time.", Links: []shell.Link{{Text: "See the three plans", Href: "#"}, {Text: "Why", Href: "#"}}, Action: &shell.Link{Text: "Answer", Href: "#"},
	},
	{
		When: shell.State{Text: "Wed 25 Nov"}, Who: shell.Link{Text: "Amara Boyle", Href: "#"}, About: ", 14.", What: "Finish the assessment", Mark: shell.State{Kind: shell.Blue, Text: "day 41 of 45"},
		Why: "School and GP answered. Police information missing since 12 November.", Action: &shell.Link{Text: "Continue", Href: "#"},
	},
}

func withKnown(p shell.Page) shell.Page {
	p.Known = &shell.KnownBar{Value: "2026-10-09T17:00", Text: "Showing what had been recorded by 17:00 on 9 October 2026.", Later: 41, BackHref: "/", Hidden: map[string]string{"lane": "all"}}
	p.Notice = &shell.Notice{Kind: "success", Text: "The visit is recorded.", Links: []shell.Link{{Text: "Your receipt", Href: "#"}}}
	return p
}

func refused(p shell.Page) shell.Page {
	p.Title, p.Errors, p.Known = "Record a visit", true, &shell.KnownBar{Value: "2026-11-23T08:40"}
	return p
}
