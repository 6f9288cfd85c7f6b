package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// bodyRows gives the fields of a body in their own order, in words.
func bodyRows(raw json.RawMessage) (rows [][2]string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return rows
		}
		var v any
		if err := dec.Decode(&v); err != nil {
			return rows
		}
		rows = append(rows, [2]string{title(strings.ReplaceAll(fmt.Sprint(key), "_", " ")), inWords(v)})
	}
	return rows
}

func inWords(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		if x {
			return "Yes"
		}
		return "No"
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, inWords(e))
		}
		return strings.Join(out, "; ")
	case map[string]any:
		var out []string
		for _, k := range []string{"system", "authority", "value", "path", "line"} {
			if e, ok := x[k]; ok {
				out = append(out, inWords(e))
			}
		}
		if len(out) == 0 {
			for _, k := range slices.Sorted(maps.Keys(x)) {
				out = append(out, strings.ReplaceAll(k, "_", " ")+": "+inWords(x[k]))
			}
			return strings.Join(out, "; ")
		}
		return strings.Join(out, " ")
	}
	return fmt.Sprint(v)
}
