package web

import (
	"strings"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/returns/cin"
)

// Whoever counts finds a child without a number, an ethnicity or a disability behind a rule
// of a return. This is where it is recorded: what is left empty stays as it is known.

// The numbers by which others know a child, in the form of who the child is. They are no
// fields of the body, which has a list of them.
const (
	ownNumberField = "number"
	upnField       = "upn"
	noUPNField     = "no_upn"
)

var knownForm = form{title: "Record who the child is", verb: "Record it", now: true, group: "Who the child is",
	intro: "Fill in what is to be added, or said otherwise. What you leave empty stays as it is.",
	fields: []field{
		{name: "given", label: "Given name", as: "text", optional: true},
		{name: "family", label: "Family name", as: "text", optional: true},
		{name: "birth", label: "Date of birth", as: "date", optional: true},
		{name: "expected", label: "Expected date of birth", hint: "Of a child who is not born yet.", as: "date", optional: true},
		{name: "sex", label: "Sex", as: "choice", choices: [][2]string{{"F", "Female"}, {"M", "Male"}, {"U", "Not known"}}, optional: true},
		{name: "ethnicity", label: "Ethnicity", hint: "As the child, or whoever cares for the child, says.", as: "choice", choices: coded(cin.SetEthnicity), optional: true},
		{name: "disability", label: "Disability", hint: "All that apply, as the census asks.", as: "several", choices: coded(cin.SetDisability), optional: true},
		{name: "language", label: "First language of the child", hint: "In plain words: Polish, British Sign Language.", as: "text", optional: true},
		{name: "parents_language", label: "Language of the parents", hint: "In which they speak best of what matters.", as: "text", optional: true},
		{name: "interpreter", label: "For whom is an interpreter needed?", hint: "Visits, letters and the choice of a worker show it. A relative or a child is no interpreter.", as: "choice", choices: interpreters, optional: true},
		{name: ownNumberField, label: "The authority's number of the child", hint: "By which the returns name the child.", as: "text", optional: true},
		{name: upnField, label: "Unique pupil number", hint: "A letter, 11 digits, and a digit or letter.", as: "text", optional: true},
		{name: noUPNField, label: "Why is there no unique pupil number?", as: "choice", choices: coded(cin.SetUPNunknown), optional: true},
	}}

var interpreters = [][2]string{{"nobody", "Nobody"}, {"the child", "The child"}, {"the parents", "The parents"}, {"the child and the parents", "The child and the parents"}}

// speech says whether an interpreter is needed to talk with the family, in which language;
// empty where nobody has recorded anything of it.
func speech(k child.Known) string {
	var spoken []string
	say := func(who, language string) {
		if language != "" {
			spoken = append(spoken, who+" "+language)
		}
	}
	say("the child speaks", k.Language)
	say("the parents speak", k.Parents)
	words := title(strings.Join(spoken, ", "))
	if words != "" {
		words += "."
	}
	switch k.Interpreter {
	case "":
		if words != "" {
			words += " Nobody has recorded whether an interpreter is needed."
		}
	case "nobody":
		if words != "" {
			words += " No interpreter is needed."
		}
	default:
		words = strings.TrimSpace("An interpreter is needed for " + k.Interpreter + ". " + words)
	}
	return words
}

// coded are the codes of a set of the census as choices, as they stand in the newest year.
func coded(set string) (out [][2]string) {
	for _, c := range cin.Codes(set, cin.LastYear) {
		if m, ok := cin.MeaningIn(set, c.Code, cin.LastYear); ok { // of UN6 nobody knows what it says
			out = append(out, [2]string{c.Code, title(m) + " (" + c.Code + ")"})
		}
	}
	return out
}

// knownFacts are what is known of who the child is, as the form asks it.
func knownFacts(p *app.ChildPage) (out [][2]string) {
	who := p.Identity
	add := func(what string, values ...string) {
		if v := strings.Join(values, "; "); v != "" {
			out = append(out, [2]string{what, v})
		}
	}
	say := func(set string, codes ...string) (words []string) {
		for _, c := range codes {
			if m, ok := cin.Meaning(set, c); ok {
				c = title(m) + " (" + c + ")"
			}
			words = append(words, c)
		}
		return words
	}
	add("Known as", who.Name())
	if who.Birth != 0 {
		add("Born", who.Birth.Long())
	} else if who.Expected != 0 {
		add("Expected", who.Expected.Long())
	}
	add("Sex", map[string]string{"F": "Female", "M": "Male", "U": "Not known"}[who.Sex])
	if who.Ethnicity != "" {
		add("Ethnicity", say(cin.SetEthnicity, who.Ethnicity)...)
	}
	add("Disability", say(cin.SetDisability, who.Disability...)...)
	add("First language of the child", who.Language)
	add("Language of the parents", who.Parents)
	if who.Interpreter != "" {
		add("Interpreter needed for", title(who.Interpreter))
	}
	for _, id := range who.IDs {
		add(numberWords(id.System), strings.TrimSpace(id.Authority+" "+id.Value))
	}
	return out
}

// numberWords are what a number is called.
func numberWords(system string) string {
	switch system {
	case "la-child":
		return "The authority's number"
	case "upn":
		return "Unique pupil number"
	case "upn-unknown":
		return "Why there is no unique pupil number"
	}
	return "Number (" + system + ")"
}

// knownNumbers puts the numbers of the form into the list that the body has of them.
func knownNumbers(d *recordData, body map[string]any, authority string) {
	var ids []child.Identifier
	take := func(field, system, of string) {
		v, _ := body[field].(string)
		delete(body, field)
		if v != "" {
			ids = append(ids, child.Identifier{System: system, Authority: of, Value: v})
		}
	}
	if body[ownNumberField] != nil && authority == "" {
		d.Errors.Add(ownNumberField, "The line does not say yet which authority this is: its three digits are recorded there first")
	}
	take(ownNumberField, "la-child", authority)
	take(upnField, "upn", "")
	take(noUPNField, "upn-unknown", "")
	if ids != nil {
		body["identifiers"] = ids
	}
}

// ownFields are questions whose answers are no text of the body: a correction leaves them
// as they were.
func ownFields(f field) bool {
	switch f.name {
	case ownNumberField, upnField, noUPNField:
		return true
	}
	return f.as == "several"
}
