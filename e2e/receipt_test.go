//go:build browser

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page that checks receipts, saved and opened as a file: it takes a receipt
// that holds, and none in which anything was changed.
func TestAReceiptIsCheckedOffline(t *testing.T) {
	b := open(t)
	b.be("dana-whitlock")
	fetched := func(path string) string {
		t.Helper()
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then(r => r.text())`, path), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	page := fetched("/ledger/check-a-receipt.html")
	b.visit("/ledger")
	b.look("the ledger")
	b.visit(sam + "/entries")
	entry := eval[string](b, `[...document.querySelectorAll("main a")].map(a => a.getAttribute("href")).find(h => /\/entry\//.test(h))`)
	receipt := fetched(strings.SplitN(entry, "?", 2)[0] + "/receipt")
	if !strings.HasPrefix(receipt, "c2sp.org/tlog-proof@v1") {
		t.Fatalf("%.200s", receipt)
	}
	file := filepath.Join(t.TempDir(), "check-a-receipt.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate("file://" + file))
	b.look("check a receipt")
	says := func(receipt, want string) {
		t.Helper()
		b.fill(map[string]string{"receipt": receipt})
		eval[bool](b, `(() => { document.getElementById("result").replaceChildren(); document.getElementById("check").click(); return true })()`)
		b.until(`document.getElementById("result").textContent !== ""`)
		b.shows(want)
	}
	says(receipt, "The receipt holds")
	b.look("a receipt that holds")
	lines := strings.Split(receipt, "\n")
	changed := func(i int, from, to string) string {
		x := append([]string{}, lines...)
		if x[i] = strings.Replace(x[i], from, to, 1); x[i] == lines[i] {
			t.Fatalf("line %d has no %s", i, from)
		}
		return strings.Join(x, "\n")
	}
	last := len(lines) - 2
	flip := func(i, at int) string {
		c := "A"
		if lines[i][at] == 'A' {
			c = "B"
		}
		x := append([]string{}, lines...)
		x[i] = x[i][:at] + c + x[i][at+1:]
		return strings.Join(x, "\n")
	}
	index := 2
	if !strings.HasPrefix(lines[index], "index ") {
		t.Fatal(lines[index])
	}
	for _, bad := range []string{"hello", flip(1, 200), flip(1, len(lines[1])-20), changed(index, "index ", "index 1"), flip(3, 5), flip(last, len(lines[last])-10)} {
		says(bad, "The receipt does not hold")
	}
	b.look("a receipt that does not hold")
}
