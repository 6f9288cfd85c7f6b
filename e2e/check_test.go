//go:build browser

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// choose puts files into the field of the form.
func (b *tab) choose(files ...string) {
	b.t.Helper()
	for i, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			b.t.Fatal(err)
		}
		files[i] = abs
	}
	b.do(chromedp.SetUploadFiles("#file", files))
}

// A performance analyst checks returns of every kind, and files that are none.
func TestPerformanceAnalystChecksFiles(t *testing.T) {
	b := open(t)
	b.be("p-performance")
	b.press("Check a file")
	b.look("the form")
	b.press("main .govuk-button")
	b.look("nothing chosen")
	b.shows("There is a problem", "Choose a file")

	b.choose("../internal/returns/cin/testdata/samples/CIN_Census_2026.xml")
	b.fill(map[string]string{"year": "2025/26"})
	b.press("main .govuk-button")
	b.look("a census with errors")
	b.shows("Children in need census, 2025/26", "Not ready to go: 19 rules found errors", "8565", "Save what was found as CSV")
	eval[int64](b, `(() => { const all = [...document.querySelectorAll("main details")]; all.forEach(x => x.open = true); return all.length })()`)
	b.look("a census with errors, all of it open")
	b.shows("child DfEX0000001: ")

	b.choose("../internal/returns/annexacheck/testdata/whole.xlsx")
	b.fill(map[string]string{"on": "31/03/2026"})
	b.press("main .o-form .govuk-button")
	b.look("lists in which all is right")
	b.shows("Lists for Ofsted (Annex A)", "Nothing was found. Every rule held.")

	dir := t.TempDir()
	header, pdf := filepath.Join(dir, "Header.csv"), filepath.Join(dir, "letter.pdf")
	for name, text := range map[string]string{header: "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA,X,01/01/2015,WBRI,UN5,,\n", pdf: "%PDF-1.7"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.choose(header, pdf, "../internal/returns/annexa/testdata/example-A-2005.xls", "../internal/returns/annexa/testdata/Annex_A_2024_Jan.xlsx")
	b.fill(map[string]string{"year": "2025/26"})
	b.press("main .o-form .govuk-button")
	b.look("several files")
	b.shows("letter.pdf could not be checked", "example-A-2005.xls could not be checked", "save it as an Excel workbook (.xlsx)", "Children looked after (SSDA903), 2025/26", "101", "A09")

	b.choose(pdf)
	b.fill(map[string]string{"on": "soon"})
	b.press("main .o-form .govuk-button")
	b.look("mistakes in every field")
	b.shows("Write the day as 31/03/2026")

	// Without scripts it is the same page: axe needs them, so it is not asked.
	b.scripts(false)
	b.do(chromedp.Navigate(b.base() + "/check-a-file"))
	b.choose("../internal/returns/annexa/testdata/Annex_A_2024_Jan.xlsx")
	b.press("main .govuk-button")
	b.shows("Not ready to go")
}
