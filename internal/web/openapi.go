package web

import (
	"errors"
	"net/http"
	"strings"

	"onus/internal/app"
)

// openAPI describes every route of the API, made from the table of routes: one
// cannot be there without the other.
func (s *Server) openAPI(w http.ResponseWriter, _ *request) error {
	paths := map[string]map[string]any{}
	for _, r := range s.Routes() {
		if !strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		op := map[string]any{"summary": r.About, "x-who-may": string(r.Policy), "responses": map[string]any{
			"200":     map[string]any{"description": "The answer."},
			"default": map[string]any{"description": "What is wrong, and each problem at its field.", "content": content(ref("Error"))}}}
		var params []any
		for _, part := range strings.Split(r.Path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				params = append(params, param(strings.TrimSuffix(name, "}"), "path", true, "An id, as another answer gives it."))
			}
		}
		for _, q := range []string{"known", "from", "to", "on", "after", "before", "limit", "team"} {
			if _, takes, _ := strings.Cut(r.About, "Takes"); strings.Contains(takes, " "+q) {
				params = append(params, param(q, "query", false, queryAbout[q]))
			}
		}
		if r.Method == http.MethodPost && ownBody[r.Path] == nil && r.Path != "/api/import" {
			params = append(params, param("Idempotency-Key", "header", true, "New for each request, 8 to 200 characters. The same key again gives the first answer."))
			op["requestBody"] = map[string]any{"required": true, "content": content(ref("Write"))}
			op["responses"].(map[string]any)["201"] = map[string]any{"description": "Recorded, durably."}
		}
		if r.Path == "/api/import" {
			op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/xml": map[string]any{"schema": map[string]any{"type": "string"}}}}
		} else if props := ownBody[r.Path]; props != nil {
			op["requestBody"] = map[string]any{"required": true, "content": content(map[string]any{"type": "object", "properties": props})}
		}
		if params != nil {
			op["parameters"] = params
		}
		if paths[r.Path] == nil {
			paths[r.Path] = map[string]any{}
		}
		paths[r.Path][strings.ToLower(r.Method)] = op
	}
	str := map[string]any{"type": "string"}
	entrySchema := map[string]any{"type": "object", "required": []string{"kind", "happened", "body"}, "properties": map[string]any{
		"kind": str, "happened": str, "corrects": str, "body": map[string]any{"type": "object", "description": "As GET /api/kinds describes it for the kind."}}}
	return s.answer(w, map[string]any{"openapi": "3.1.0",
		"info":     map[string]any{"title": "Onus", "version": "1", "description": "Everything the pages do. Times are RFC 3339 in UTC, dates YYYY-MM-DD. In a demonstration the header Onus-Person says who asks."},
		"paths":    paths,
		"security": []any{map[string]any{"key": []string{}}},
		"components": map[string]any{"securitySchemes": map[string]any{"key": map[string]any{"type": "http", "scheme": "bearer", "description": "A program's key, as the page People and keys gave it."}}, "schemas": map[string]any{
			"Error": map[string]any{"type": "object", "properties": map[string]any{"error": str, "detail": str, "problems": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{"field": str, "text": str}}}}},
			"Write": map[string]any{"type": "object", "required": []string{"entries"}, "properties": map[string]any{"entries": map[string]any{"type": "array", "items": entrySchema}, "seen": map[string]any{"type": "integer"}, "receipts": map[string]any{"type": "boolean"}}}}}})
}

// ownBody are the requests that are no entries to record, with their fields.
var ownBody = map[string]map[string]any{
	"/api/rules/adopt": {"layers": map[string]any{"type": "array", "description": "The law first, then the authority's own: each with name and files, each file with name and text. Without it, the rules that come with Onus.", "items": map[string]any{"type": "object"}},
		"own": map[string]any{"type": "string", "description": "Instead of layers: the authority's own rules as one text."}, "from": map[string]any{"type": "string", "format": "date"},
		"why": map[string]any{"type": "string"}, "try": map[string]any{"type": "boolean", "description": "Only say what would change."}},
	"/api/rules/price": {"text": map[string]any{"type": "string", "description": "New or changed rules (YAML), laid over those in force."}, "rule": map[string]any{"type": "string", "description": "Instead of a text: the name of a rule, with other numbers."},
		"within": map[string]any{"type": "string"}, "every": map[string]any{"type": "string"}, "takes": map[string]any{"type": "string"},
		"weeks": map[string]any{"type": "integer", "maximum": 104}, "share": map[string]any{"type": "number", "description": "Of working hours, how much is for duties: 0.05 to 1."}},
	"/api/search": {"words": map[string]any{"type": "string"}, "known": map[string]any{"type": "string", "format": "date-time", "description": "As known at a past moment: who was recorded under these words by then."}},
	"/api/audits": {"person": map[string]any{"type": "string", "description": "The auditor."}, "audit": map[string]any{"type": "string"},
		"teams": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}, "n": map[string]any{"type": "integer", "maximum": 50}, "until": map[string]any{"type": "string", "format": "date"}},
}

var queryAbout = map[string]string{
	"known": "As known at a past moment: only what had been recorded by then.", "on": "The day to show the line on.", "from": "The first day, YYYY-MM-DD; three months ago when not given.", "to": "The last day; today when not given.",
	"after": "The next of an earlier answer.", "before": "Microseconds since 1970, UTC: looks before this moment.", "limit": "How many rows, at most 1000.", "team": "Only this team.",
}

func content(schema any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schema}}
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }

func param(name, in string, required bool, about string) map[string]any {
	return map[string]any{"name": name, "in": in, "required": required, "description": about, "schema": map[string]any{"type": "string"}}
}

// apiKinds gives every kind of entry with its schema.
func (s *Server) apiKinds(w http.ResponseWriter, _ *request) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err := w.Write(s.Schema)
	return err
}

func (s *Server) apiLedger(w http.ResponseWriter, r *request) error {
	text, err := s.App.LastCheckpoint(r.ctx())
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		return err
	}
	return s.answer(w, map[string]string{"public_key": s.VKey, "public_keys": s.Keys, "checkpoint": string(text)})
}
