package match_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"onus/internal/match"
)

// table reads test data: a header and rows, and for each row the truth, which
// is who it is. Files of one set are read one after the other.
func table(t testing.TB, truth func(col func(string) string) string, as string, files ...string) (people []match.Person, who map[string]string) {
	t.Helper()
	var m [][2]string
	for _, x := range strings.Fields(as) {
		a, b, _ := strings.Cut(x, "=")
		m = append(m, [2]string{a, b})
	}
	who = map[string]string{}
	for _, file := range files {
		f, err := os.Open("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(z)
		r.TrimLeadingSpace = true
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		c, err := match.Header(rows[0], m)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows[1:] {
			p := c.Person(row, i)
			who[p.ID] = truth(func(name string) string {
				for i, h := range rows[0] {
					if strings.TrimSpace(h) == name {
						return row[i]
					}
				}
				t.Fatalf("no column %s", name)
				return ""
			})
			people = append(people, p)
		}
	}
	return people, who
}

func febrl(col func(string) string) string {
	id := col("rec_id")
	return id[:strings.Index(id[4:], "-")+4]
}

func cluster(col func(string) string) string { return col("cluster") }

// truePairs is how many pairs of records are one person.
func truePairs(who map[string]string) int {
	n := map[string]int{}
	for _, c := range who {
		n[c]++
	}
	sum := 0
	for _, k := range n {
		sum += k * (k - 1) / 2
	}
	return sum
}

type figure struct {
	f1, at, precision, recall float64 // at the best threshold of the score
	same                      float64 // F1 of the class "same"
	found                     float64 // share of true pairs among all that are given
}

// measure gives pairwise figures.
func measure(ps []match.Pair, who map[string]string) figure {
	total := truePairs(who)
	sorted := append([]match.Pair(nil), ps...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Score > sorted[j].Score })
	var g figure
	right := 0
	for i, p := range sorted {
		if who[p.L] == who[p.R] {
			right++
		}
		if i+1 < len(sorted) && sorted[i+1].Score == p.Score {
			continue
		}
		if f := 2 * float64(right) / float64(i+1+total); f > g.f1 {
			g.f1, g.at, g.precision, g.recall = f, p.Score, float64(right)/float64(i+1), float64(right)/float64(total)
		}
	}
	g.found = float64(right) / float64(total)
	same, good := 0, 0
	for _, p := range ps {
		if p.Class == match.Same {
			same++
			if who[p.L] == who[p.R] {
				good++
			}
		}
	}
	g.same = 2 * float64(good) / float64(same+total)
	return g
}

func (g figure) String() string {
	return fmt.Sprintf("F1 %.4f at %.1f bits (precision %.4f, recall %.4f); F1 of class same %.4f; recall of all pairs given %.4f", g.f1, g.at, g.precision, g.recall, g.same, g.found)
}

const (
	febrlColumns  = "rec_id=record_id given_name=forename street_number=address address_1=address address_2=other suburb=town state=other date_of_birth=dob "
	fakeColumns   = "unique_id=record_id first_name=forename city=town email=other"
	historColumns = "unique_id=record_id first_name=forename full_name=middle_names birth_place=town postcode_fake=postcode gender=sex occupation=other"
)

// TestFigures reproduces what docs/matching.md states on public data.
func TestFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, c := range []struct {
		name, as string
		truth    func(func(string) string) string
		least    float64
		files    []string
	}{
		{"febrl4", febrlColumns + "soc_sec_id=id_number", febrl, 0.9999, []string{"febrl_dataset4a.csv.gz", "febrl_dataset4b.csv.gz"}},
		{"febrl4 without its number", febrlColumns, febrl, 0.998, []string{"febrl_dataset4a.csv.gz", "febrl_dataset4b.csv.gz"}},
		{"febrl3", febrlColumns + "soc_sec_id=id_number", febrl, 0.999, []string{"febrl_dataset3.csv.gz"}},
		{"febrl3 without its number", febrlColumns, febrl, 0.99, []string{"febrl_dataset3.csv.gz"}},
		{"fake_1000", fakeColumns, cluster, 0.884, []string{"fake_1000.csv.gz"}},
		{"historical_50k", historColumns, cluster, 0.83, []string{"historical_50k.csv.gz"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			people, who := table(t, c.truth, c.as, c.files...)
			start := time.Now()
			g := measure(match.Batch(people, match.Params{}), who)
			t.Logf("%d records, %.1f s: %v", len(people), time.Since(start).Seconds(), g)
			if g.f1 < c.least {
				t.Errorf("F1 %.5f, want %.4f", g.f1, c.least)
			}
		})
	}
}
