package ssda903check

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onus/internal/returns/report"
	"onus/internal/returns/ssda903"
)

// A proof is a small return in which a rule fails, at just these cells, and one change that
// makes it hold. testdata/rules.txt has one for every rule in every year: it was looked for
// by TestEveryRuleFailsAndHolds -update in the muddle of TestNoRuleBreaksDown, made as small
// as it can be, and stands for itself since. Read what changed before you keep it.
type prove struct {
	code   string
	years  []int
	tables []proofTable
	fail   []string // "Header SEX 0 A"
	hold   string   // "Header 0 SEX = F", or "without Header 0"
}

type proofTable struct {
	name string // "Header", "last Header"
	rows [][]string
}

const provesFile = "testdata/rules.txt"

// provesWith is what all proofs are checked with beside their files.
func provesWith(year int) Options {
	return Options{Year: year, Authority: "E1", Postcodes: Postcodes{"P": {Authority: "E1"}}, Providers: Providers{"SC123456": {Start: day2025(year, "01/05/2025"), End: day2025(year, "01/06/2025")}, "A": {Postcode: "P"}}}
}

func day2025(year int, s string) date { d, _ := ssda903.ParseDate(moved(s, year)); return d }

// moved takes a day of 2025/26 to another collection year.
func moved(s string, year int) string {
	if len(s) == 10 && s[2] == '/' {
		if y, err := strconv.Atoi(s[6:]); err == nil {
			return s[:6] + strconv.Itoa(y+year-2026)
		}
	}
	return s
}

// read reads the files of a proof as a return.
func (p prove) read(t testing.TB) *ssda903.Return {
	ret := &ssda903.Return{}
	for _, x := range p.tables {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.WriteAll(x.rows); err != nil {
			t.Fatal(err)
		}
		name, last := strings.CutPrefix(x.name, "last ")
		rows, err := ssda903.Read(&b, strings.ToLower(name))
		if err != nil {
			return nil
		}
		if rows.Table.String() != name { // what is left of a table may be another's
			return nil
		}
		ret.Add(rows, last)
	}
	return ret
}

// says is what comes of a rule: its verdict, and its lines of the report as CSV.
func (p prove) says(t testing.TB, year int) (report.Outcome, []string) {
	ret := p.read(t)
	if ret == nil {
		return report.CouldNotRun, nil
	}
	var only []rule
	for _, r := range declared {
		if r.code == p.code && r.inForce(year) {
			only = append(only, r)
		}
	}
	rep, err := run(ret, provesWith(year), only)
	if err != nil || len(rep.Verdicts) != 1 {
		t.Fatalf("%s in %d: %d rules, %v", p.code, year, len(rep.Verdicts), err)
	}
	var b bytes.Buffer
	if err := report.CSV(&b, rep); err != nil {
		t.Fatal(err)
	}
	recs, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range recs[1:] {
		if r[0] != p.code {
			t.Fatalf("a line of %s in the report of %s", r[0], p.code)
		}
		lines = append(lines, strings.TrimSpace(strings.Join(r[3:], " ")))
	}
	return rep.Verdicts[0].Outcome, lines
}

// changed is a proof with its one change made.
func (p prove) changed(t testing.TB, hold string) prove {
	out := p
	out.tables = slices.Clone(p.tables)
	edit := func(name string, n string, do func(rows [][]string, i int) [][]string) {
		i, err := strconv.Atoi(n)
		for k := range out.tables {
			if x := &out.tables[k]; x.name == name && err == nil && i+1 < len(x.rows) {
				rows := make([][]string, len(x.rows))
				for j := range rows {
					rows[j] = slices.Clone(x.rows[j])
				}
				x.rows = do(rows, i+1)
				return
			}
		}
		t.Fatalf("%s: %q is no change of it", p.code, hold)
	}
	if what, ok := strings.CutPrefix(hold, "without "); ok {
		i := strings.LastIndex(what, " ")
		edit(what[:i], what[i+1:], func(rows [][]string, i int) [][]string { return slices.Delete(rows, i, i+1) })
		return out
	}
	left, value, _ := strings.Cut(hold, " =")
	f := strings.Split(left, " ")
	name := strings.Join(f[:len(f)-2], " ")
	edit(name, f[len(f)-2], func(rows [][]string, i int) [][]string {
		c := slices.Index(rows[0], f[len(f)-1])
		if c < 0 {
			t.Fatalf("%s: %q names no column", p.code, hold)
		}
		rows[i][c] = strings.TrimPrefix(value, " ")
		return rows
	})
	return out
}

func readProves(t testing.TB) (out []prove) {
	t.Helper()
	text, err := os.ReadFile(provesFile)
	if err != nil {
		t.Fatal(err)
	}
	for n, l := range strings.Split(string(text), "\n") {
		var p *prove
		if len(out) > 0 {
			p = &out[len(out)-1]
		}
		op, rest, _ := strings.Cut(l, " ")
		switch op {
		case "#":
		case "rule":
			f := strings.Fields(rest)
			x := prove{code: f[0]}
			for _, y := range f[1:] {
				year, err := ParseYear(y)
				if err != nil {
					t.Fatalf("line %d: %v", n+1, err)
				}
				x.years = append(x.years, year)
			}
			out = append(out, x)
		case "table":
			p.tables = append(p.tables, proofTable{name: rest})
		case "":
			if rest == "" {
				continue
			}
			rec, err := csv.NewReader(strings.NewReader(rest)).Read()
			if err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
			x := &p.tables[len(p.tables)-1]
			x.rows = append(x.rows, rec)
		case "fail":
			p.fail = append(p.fail, rest)
		case "hold":
			p.hold = rest
		default:
			t.Fatalf("line %d: %q", n+1, op)
		}
	}
	return out
}

func (p prove) text() string {
	var b strings.Builder
	b.WriteString("rule " + p.code)
	for _, y := range p.years {
		b.WriteString(" " + report.YearName(y))
	}
	b.WriteString("\n")
	for _, x := range p.tables {
		b.WriteString("table " + x.name + "\n")
		for _, r := range x.rows {
			var c bytes.Buffer
			w := csv.NewWriter(&c)
			_ = w.Write(r)
			w.Flush()
			line := strings.TrimSuffix(c.String(), "\n")
			if line == "" {
				line = `""`
			}
			b.WriteString(" " + line + "\n")
		}
	}
	for _, f := range p.fail {
		b.WriteString("fail " + f + "\n")
	}
	return b.String() + "hold " + p.hold + "\n\n"
}

// Every rule, in every year in which it is in force, fails in a file of its own at just the
// cells that the report names, and holds after one change: it ran, and looked at rows.
func TestEveryRuleFailsAndHolds(t *testing.T) {
	if *update {
		writeProves(t)
	}
	all := readProves(t)
	seen := map[string]bool{}
	for _, p := range all {
		for _, year := range p.years {
			name := fmt.Sprintf("%s in %s", p.code, report.YearName(year))
			if seen[name] {
				t.Errorf("%s is proved twice", name)
			}
			seen[name] = true
			if outcome, lines := p.says(t, year); outcome != report.Failed || !slices.Equal(lines, p.fail) || len(p.fail) == 0 {
				t.Errorf("%s: %v at %q, want it to fail at %q", name, outcome, lines, p.fail)
			}
			held := p.changed(t, p.hold)
			rows := 0
			for _, x := range held.tables {
				rows += len(x.rows) - 1
			}
			if outcome, lines := held.says(t, year); outcome != report.Held || len(lines) != 0 || rows == 0 {
				t.Errorf("%s: after %q it is %v at %q, with %d rows to look at", name, p.hold, outcome, lines, rows)
			}
		}
	}
	n := 0
	for year := FirstYear; year <= LastYear; year++ {
		for _, r := range Rules(year) {
			n++
			if name := fmt.Sprintf("%s in %s", r.Code, report.YearName(year)); !seen[name] {
				t.Errorf("%s has no proof", name)
			}
		}
	}
	if len(seen) != n || n < 1500 {
		t.Errorf("%d proofs of %d rules", len(seen), n)
	}
}

// writeProves looks for what has no proof yet, and keeps what has one.
func writeProves(t *testing.T) {
	var all []prove
	if _, err := os.Stat(provesFile); err == nil {
		all = readProves(t)
	}
	good := func(p prove, year int) bool {
		o, lines := p.says(t, year)
		if o != report.Failed || !slices.Equal(lines, p.fail) {
			return false
		}
		o, lines = p.changed(t, p.hold).says(t, year)
		return o == report.Held && len(lines) == 0
	}
	for i := range declared {
		d := &declared[i]
		for year := LastYear; year >= FirstYear; year-- {
			if !d.inForce(year) {
				continue
			}
			found := false
			for k := range all {
				if p := &all[k]; p.code == d.code && slices.Contains(p.years, year) && good(*p, year) {
					found = true
				}
			}
			for k := range all {
				if p := &all[k]; !found && p.code == d.code && good(*p, year) {
					p.years = append(p.years, year)
					slices.Sort(p.years)
					p.years = slices.Compact(p.years)
					found = true
				}
			}
			if !found {
				p, ok := look(t, d.code, year)
				if !ok {
					t.Errorf("%s in %d: none was found", d.code, year)
					continue
				}
				p.years = []int{year}
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b prove) int { return report.CompareCodes(a.code, b.code) })
	var b strings.Builder
	b.WriteString("# A proof for every rule in every year: a return in which it fails at just these cells, and one change that\n# makes it hold. Beside the files there are one authority (E1), a directory with one postcode (P) and two\n# providers (SC123456 and A): see provesWith. go test -update writes what is missing.\n\n")
	for _, p := range all {
		b.WriteString(p.text())
	}
	if err := os.WriteFile(provesFile, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// look finds a small return in which a rule fails, and a change after which it holds.
func look(t testing.TB, code string, year int) (p prove, ok bool) {
	fails := func(x prove) bool { o, lines := x.says(t, year); return o == report.Failed && len(lines) > 0 }
	for seed := range uint64(400) {
		p = prove{code: code, tables: muddled(rand.New(rand.NewPCG(seed, 903)), year)}
		if !fails(p) {
			continue
		}
		p = smaller(p, fails)
		_, p.fail = p.says(t, year)
		if p.hold = holds(t, p, year); p.hold != "" {
			return p, true
		}
	}
	return p, false
}

// muddled is the muddle as cells, of a year.
func muddled(r *rand.Rand, year int) (out []proofTable) {
	t := ssda903.Table(0)
	for _, heads := range strings.Split(allHeads, "\n") {
		for _, last := range [2]bool{false, true} {
			x := proofTable{name: t.String(), rows: [][]string{strings.Split(heads, ",")}}
			if last {
				x.name = "last " + x.name
			}
			for range r.IntN(45) {
				rec := make([]string, len(x.rows[0]))
				for i := range rec {
					if r.IntN(4) > 0 {
						words := wordsFor(x.rows[0][i])
						rec[i] = moved(words[r.IntN(len(words))], year)
					}
				}
				if r.IntN(8) > 0 {
					rec[0] = string(rune('A' + r.IntN(6)))
				}
				x.rows = append(x.rows, rec)
			}
			out = append(out, x)
		}
		t++
	}
	return out
}

// smaller takes out tables, rows, columns and cells as long as the rule fails.
func smaller(p prove, fails func(prove) bool) prove {
	try := func(do func(*prove)) bool {
		next := p
		next.tables = make([]proofTable, len(p.tables))
		for i, x := range p.tables {
			next.tables[i] = proofTable{name: x.name}
			for _, r := range x.rows {
				next.tables[i].rows = append(next.tables[i].rows, slices.Clone(r))
			}
		}
		if do(&next); !fails(next) {
			return false
		}
		p = next
		return true
	}
	for i := len(p.tables) - 1; i >= 0; i-- {
		if try(func(x *prove) { x.tables = slices.Delete(x.tables, i, i+1) }) {
			continue
		}
		for n := len(p.tables[i].rows) / 2; n > 0; n /= 2 { // rows, many at once and then one by one
			for j := len(p.tables[i].rows) - n; j >= 1; j -= n {
				if j+n <= len(p.tables[i].rows) {
					try(func(x *prove) { x.tables[i].rows = slices.Delete(x.tables[i].rows, j, j+n) })
				}
			}
		}
		for c := len(p.tables[i].rows[0]) - 1; c >= 0; c-- {
			if len(p.tables[i].rows[0]) > 1 {
				try(func(x *prove) {
					for j := range x.tables[i].rows {
						x.tables[i].rows[j] = slices.Delete(x.tables[i].rows[j], c, c+1)
					}
				})
			}
		}
		for j := 1; j < len(p.tables[i].rows); j++ {
			for c := range p.tables[i].rows[j] {
				if p.tables[i].rows[j][c] != "" {
					try(func(x *prove) { x.tables[i].rows[j][c] = "" })
				}
			}
		}
	}
	return p
}

// holds finds one change after which the rule holds: of a cell that it points at rather
// than of another, to a value rather than to none, and of whose the row is, or whether it is
// there, last of all.
func holds(t testing.TB, p prove, year int) string {
	var first, second, third, fourth []string
	for _, x := range p.tables {
		for j := range x.rows[1:] {
			for c, col := range x.rows[0] {
				pointed := slices.ContainsFunc(p.fail, func(f string) bool { return strings.HasPrefix(f, fmt.Sprintf("%s %s %d", x.name, col, j)) })
				for _, v := range append(slices.Clone(wordsFor(col)), "") {
					if v = moved(v, year); v == x.rows[j+1][c] {
						continue
					}
					change := strings.TrimRight(fmt.Sprintf("%s %d %s = %s", x.name, j, col, v), " ")
					switch {
					case col == "CHILD":
						third = append(third, change)
					case v != "" && pointed:
						first = append(first, change)
					default:
						second = append(second, change)
					}
				}
			}
			fourth = append(fourth, fmt.Sprintf("without %s %d", x.name, j))
		}
	}
	third = append(third, "")
	for _, change := range slices.Concat(first, second, third, fourth) {
		if change == "" {
			continue
		}
		held := p.changed(t, change)
		rows := 0
		for _, x := range held.tables {
			rows += len(x.rows) - 1
		}
		if o, lines := held.says(t, year); o == report.Held && len(lines) == 0 && rows > 0 {
			return change
		}
	}
	return ""
}
