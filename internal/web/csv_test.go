package web

import (
	"bytes"
	"encoding/csv"
	"net/http/httptest"
	"testing"
)

// A cell that would be a formula stays a text, whatever somebody wrote into a
// name; and every cell is there.
func TestCellsAreNoFormulas(t *testing.T) {
	in := []string{"=1+1", "+44 20", "-2", "@SUM(A1)", "\tx", "\r=1", "|calc", "%x", "＝1", "Ada O'Neil", "", "two\nlines", `"quoted", with comma`, "Zoë"}
	want := []string{"'=1+1", "'+44 20", "'-2", "'@SUM(A1)", "'\tx", "'\r=1", "'|calc", "'%x", "'＝1", "Ada O'Neil", "", "two\nlines", `"quoted", with comma`, "Zoë"}
	w := httptest.NewRecorder()
	if err := sendCSV(w, "x", [][]string{append([]string(nil), in...)}); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil || len(got) != 1 || len(got[0]) != len(want) {
		t.Fatalf("%q, %v", got, err)
	}
	for i := range want {
		if got[0][i] != want[i] && got[0][i] != string(bytes.ReplaceAll([]byte(want[i]), []byte("\r"), nil)) {
			t.Errorf("%q became %q, want %q", in[i], got[0][i], want[i])
		}
	}
	if d := w.Header().Get("Content-Disposition"); d != `attachment; filename="x.csv"` {
		t.Error(d)
	}
}
