package match

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"O’Brien": "obrien", "O'BRIEN": "obrien", "  Łukasz-Paweł ": "lukasz pawel", "Đặng": "dang", "Ionuț": "ionut", "St. John": "st john",
		"": "", "José María": "jose maria", "王": "王", "12a, Mill Rd.": "12a mill rd",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"O’Brien", "Đặng Thị", "\xff\xfe", "ﬁ", "İ", "a\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if utf8.ValidString(s) && Fold(once) != once {
			t.Errorf("folded twice %q is %q", once, Fold(once))
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Errorf("%q has odd spaces", once)
		}
		_, _ = family(s)
		_ = postcode(s)
		_, _ = line(s)
		_ = Digits(s)
		_ = NHSNumber(s)
		_ = sound(once)
	})
}

func TestPlaceholdersAreNoNames(t *testing.T) {
	for _, s := range []string{"Baby", "UNBORN", "UBB", "Baby Girl", "Baby Boy 2", "Twin 1", "Twin Two", "Unborn Baby", "Infant", "Not known", "N/K", "TBC", "", "unborn child"} {
		if got := given(s); len(got) != 0 {
			t.Errorf("%q is the name %v", s, got)
		}
	}
	for s, want := range map[string]string{"Baby Amelia": "amelia", "Mr John": "john", "Mary-Jane": "mary jane", "Boy": "", "Two": "two", "I": "i"} {
		if got := strings.Join(given(s), " "); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

// The number is the example of the NHS Data Dictionary; the others break it.
func TestNHSNumber(t *testing.T) {
	for in, want := range map[string]string{"943 476 5919": "9434765919", "9434765919": "9434765919", "9434765918": "", "943476591": "", "0000000000": "", "94347659I9": "", "943-476-5919": "9434765919"} {
		if got := NHSNumber(in); got != want {
			t.Errorf("NHSNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	for in, want := range map[string]int32{"2015-03-04": 20150304, "20150304": 20150304, "04/03/2015": 20150304, "4.3.2015": 20150304, "04-03-2015": 20150304,
		"2015-03-04T00:00:00Z": 20150304, "2015-03-04 00:00": 20150304, "1836-21-01": 18362101, "": 0, "unknown": 0, "2015": 20150000, "2015-03": 20150300, "99999999999": 0, "1/2/3/4": 0} {
		if got := Digits(in); got != want {
			t.Errorf("Digits(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestPostcode(t *testing.T) {
	for in, want := range map[string]string{"LS1 4AB": "ls14ab", "ls14ab": "ls14ab", "LSI 4AB": "lsi4ab", "LS1 OAB": "ls10ab", "ZZ99 3VZ": "", "2119": "2119", "": ""} {
		if got := postcode(in); got != want {
			t.Errorf("postcode(%q) = %q, want %q", in, got, want)
		}
	}
}

// Spellings of one spoken name sound the same; names of two people do not.
func TestSound(t *testing.T) {
	for _, same := range []string{"mohammed muhammad mohamed", "catherine kathryn katharine", "yusuf yousef yuusuf", "zainab zaynab", "sean seaan", "phillip filip", "hassan hasan", "wiktoria viktoria"} {
		ws := strings.Fields(same)
		for _, w := range ws[1:] {
			if sound(w) != sound(ws[0]) {
				t.Errorf("%s sounds %q, %s %q", ws[0], sound(ws[0]), w, sound(w))
			}
		}
	}
	for _, two := range [][2]string{{"thomas", "daniel"}, {"ada", "grace"}, {"ali", "omar"}} {
		if sound(two[0]) == sound(two[1]) {
			t.Errorf("%s and %s sound alike", two[0], two[1])
		}
	}
}

func TestOneSlip(t *testing.T) {
	for _, p := range [][2]string{{"thomas", "thoams"}, {"thomas", "thomass"}, {"thomas", "tomas"}, {"thomas", "thonas"}, {"a", "ab"}, {"", "a"}} {
		if !oneSlip(p[0], p[1]) || !oneSlip(p[1], p[0]) {
			t.Errorf("%s and %s are one slip apart", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"thomas", "tmhoas"}, {"thomas", "tms"}, {"ab", "ba" + "c"}, {"jake", "jade" + "n"}} {
		if oneSlip(p[0], p[1]) || oneSlip(p[1], p[0]) {
			t.Errorf("%s and %s are not one slip apart", p[0], p[1])
		}
	}
}

func TestPetNames(t *testing.T) {
	d := newDictionary(true)
	w := func(s string) *word { return d.get(s, true) }
	for _, p := range [][2]string{{"thomas", "tom"}, {"elizabeth", "beth"}, {"william", "bill"}} {
		if !petName(w(p[0]), w(p[1])) {
			t.Errorf("%s is not %s", p[1], p[0])
		}
	}
	for _, p := range [][2]string{{"thomas", "jack"}, {"grace", "mia"}} {
		if petName(w(p[0]), w(p[1])) {
			t.Errorf("%s is %s", p[1], p[0])
		}
	}
}

func TestBirths(t *testing.T) {
	b := func(n int32, s Status) Birth { return Birth{n, s} }
	for _, c := range []struct {
		a, b Birth
		f    int
		want uint8
	}{
		{b(20150304, Actual), b(20150304, Actual), fBorn, bornSame},
		{b(20150304, Actual), b(20150403, Actual), fBorn, bornSwapped},
		{b(20150304, Actual), b(20150314, Actual), fBorn, bornDigit},
		{b(20150312, Actual), b(20150321, Actual), fBorn, bornDigit},
		{b(20150304, Actual), b(20170929, Actual), fBorn, bornSiblings},
		{b(20150304, Actual), b(19850929, Actual), fBorn, bornFar},
		{b(20150101, Estimated), b(20150304, Actual), fAbout, 3},
		{b(20150304, Unborn), b(20150306, Actual), fUnborn, 1},
		{b(20150304, Unborn), b(20150325, Actual), fUnborn, 3},
		{b(20150504, Unborn), b(20150306, Actual), fUnborn, 4}, // born early
		{b(20150306, Unborn), b(20150504, Actual), fUnborn, 5}, // nobody is born so late
		{b(20150306, Unborn), b(20160120, Unborn), fUnborn, 5}, // the next pregnancy
	} {
		for _, p := range [][2]Birth{{c.a, c.b}, {c.b, c.a}} {
			var got comparison
			newBook().compareBirths(&record{births: p[:1]}, &record{births: p[1:]}, &got)
			if got.level[c.f] != c.want {
				t.Errorf("%v and %v: level %d, want %d", p[0], p[1], got.level[c.f], c.want)
			}
		}
	}
}

// What every table of likelihoods must be: each party's come to one.
func TestLikelihoodsComeToOne(t *testing.T) {
	for f := range scales {
		if len(scales[f].steps) >= maxSteps {
			t.Errorf("%s has too many levels", scales[f].name)
		}
		for k := range stranger {
			sum := 0.0
			for _, s := range scales[f].steps {
				sum += s.p[k]
			}
			if sum < 0.98 || sum > 1.02 {
				t.Errorf("%s: the likelihoods of party %d come to %.3f", scales[f].name, k, sum)
			}
		}
	}
}
