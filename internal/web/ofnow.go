package web

import (
	"strings"

	"onus/internal/access"
)

// ofNow are the pages and reads that show no past moment, each with the reason. Asked
// for one they refuse: what they would show is not what was known then.
var ofNow = map[string]string{
	"GET /healthz":                         ofProcess,
	"GET /readyz":                          ofProcess,
	"GET /{$}":                             ofComingIn,
	"GET /sign-in":                         ofComingIn,
	"GET /sign-in/with/{provider}":         ofComingIn,
	"GET /sign-in/callback":                ofComingIn,
	"GET /signed-out":                      ofComingIn,
	"GET /session":                         ofComingIn,
	"GET /sw.js":                           ofProgram,
	"GET /offline":                         ofProgram,
	"GET /who-may":                         ofProgram,
	"GET /api/policies":                    ofProgram,
	"GET /api/openapi.json":                ofProgram,
	"GET /api/kinds":                       ofProgram,
	"GET /ledger/check-a-receipt.html":     ofProgram,
	"GET /ledger":                          ofHead,
	"GET /ledger/checkpoint":               ofHead,
	"GET /api/ledger":                      ofHead,
	"GET /looks":                           ofNewest,
	"GET /api/looks":                       ofNewest,
	"GET /returns":                         ofChecks,
	"GET /returns/{return}":                ofChecks,
	"GET /returns/{return}/progress":       ofChecks,
	"GET /returns/{return}/rule/{code}":    ofChecks,
	"GET /returns/{return}/team/{team}":    ofChecks,
	"GET /api/returns":                     ofChecks,
	"GET /api/returns/{return}":            ofChecks,
	"GET /returns/data":                    "It lists what checks are made with, each with the day from which it counts and who gave it",
	"GET /returns/sending":                 "It is how sending is set now; each setting before is an entry with who set it",
	"GET /child/{child}/copy":              ofLeftOut,
	"GET /api/children/{child}/copy":       ofLeftOut,
	"GET /disclosed":                       ofLeftOut,
	"GET /api/disclosed":                   ofLeftOut,
	"GET /recording":                       "It counts sendings of forms, which are not kept one by one",
	"GET /family/{secret}":                 "It is what somebody in the family was given, and stays as it was given",
	"GET /audits":                          ofForm,
	"GET /import":                          ofForm,
	"GET /check-a-file":                    ofForm,
	"GET /returns/{return}/file":           ofForm,
	"GET /rules/adopt":                     ofForm,
	"GET /rules/price":                     ofForm,
	"GET /front-door/new":                  ofForm,
	"GET /front-door/{child}/known":        ofForm,
	"GET /tell-us":                         ofForm,
	"GET /post/{post}/move":                ofForm,
	"GET /decisions/new":                   ofForm,
	"GET /supervision/{sheet}/part/{part}": ofForm,
	"GET /team/{team}/supervision":         ofForm,
	"GET /packs/new":                       ofForm,
	"GET /concerns/raise":                  ofForm,
	"GET /line/change":                     ofForm,
	"GET /line/change/{change}":            ofForm,
	"GET /line/csv":                        ofForm,
}

const (
	ofProcess  = "It says how the program is at this moment"
	ofComingIn = "It is about coming in"
	ofProgram  = "It is what comes with the program, and changes with it alone"
	ofHead     = "It gives the newest signed head; the older ones are with the witnesses"
	ofNewest   = "It is read backwards from now: before is the moment to read on from"
	ofChecks   = "It shows the last check of a return; the checks before it stand under its history"
	ofLeftOut  = "What goes to others leaves out what is left out today, whenever that was decided"
	ofForm     = "It is a form, and is recorded now"
	ofFixed    = "It is one entry or one sheet, and stays as it was made"
)

// asOfNow says why a route shows no past moment; empty: it takes known.
func (rt route) asOfNow() string {
	if _, takes, _ := strings.Cut(rt.about, "Takes"); strings.Contains(takes, " known") {
		return ""
	}
	switch why, said := ofNow[rt.pattern]; {
	case said:
		return why
	case rt.policy == access.RecordChild || rt.policy == access.Dispose || strings.Contains(rt.pattern, "/redaction/"):
		return ofForm
	case strings.HasSuffix(rt.pattern, "/receipt") || strings.HasPrefix(rt.pattern, "GET /receipt/") || strings.HasSuffix(rt.pattern, ".pdf") || strings.HasSuffix(rt.pattern, "/print") ||
		strings.HasSuffix(rt.pattern, "/bundle.json") || strings.HasSuffix(rt.pattern, "/bundle") || strings.Contains(rt.pattern, "/letter/"):
		return ofFixed
	}
	return ""
}
