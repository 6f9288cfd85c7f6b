package wording_test

import (
	"math"
	"strings"
	"testing"

	"onus/internal/wording"
)

// A text counted by hand.
func TestReadingByHand(t *testing.T) {
	// 3 sentences; 6 + 5 + 6 words as they are read.
	r := wording.Read("The cat sat on the mat. My family was very happy. We will visit Nan on Monday.", nil)
	if r.Sentences != 3 || r.Words != 17 || r.Counted != 17 || r.Longest != 6 || r.LongestText != "The cat sat on the mat." {
		t.Errorf("%+v", r)
	}
	// 6 syllables, then 1+3+1+2+2 = 9, then 1+1+2+1+1+2 = 8.
	if r.Syllables != 23 || r.Long != 1 {
		t.Errorf("%d syllables, %d long", r.Syllables, r.Long)
	}
	words, sents, syll := 17.0, 3.0, 23.0
	letters := float64(len("thecatsatonthemat" + "myfamilywasveryhappy" + "wewillvisitnanonmonday"))
	for name, x := range map[string][2]float64{
		"ease":         {r.FleschEase, 206.835 - 1.015*words/sents - 84.6*syll/words},
		"grade":        {r.FleschKincaid, 0.39*words/sents + 11.8*syll/words - 15.59},
		"age":          {r.UKAge, 0.39*words/sents + 11.8*syll/words - 10.59},
		"smog":         {r.SMOG, 1.0430*math.Sqrt(1*30/sents) + 3.1291},
		"fog":          {r.GunningFog, 0.4 * (words/sents + 100/words)},
		"coleman-liau": {r.ColemanLiau, 0.0588*letters/words*100 - 0.296*sents/words*100 - 15.8},
		"automated":    {r.Automated, 4.71*letters/words + 0.5*words/sents - 21.43},
		"average":      {r.Average, words / sents},
		"long":         {r.LongShare, 1 / words},
	} {
		if math.Abs(x[0]-x[1]) > 1e-9 {
			t.Errorf("%s: %v, not %v", name, x[0], x[1])
		}
	}
}

// Names, numbers, times and phone numbers make a sentence longer and nothing harder.
func TestNamesAndNumbersAreSkipped(t *testing.T) {
	plain := wording.Read("She comes at night.", nil)
	named := wording.Read("Alexandrina Featherstonehaugh comes at 5.30pm on 01632 960 145, 23/11/2026.", []string{"Alexandrina Featherstonehaugh"})
	if named.Counted != 3 || named.Long != 0 || named.Words != 8 || plain.Words != 4 {
		t.Errorf("%+v", named)
	}
	if r := wording.Read("Will comes. He will come. Grace has grace.", []string{"Will", "Grace Hope"}); r.Counted != 6 {
		t.Errorf("%d counted: a name hides a word only where it has a capital", r.Counted)
	}
}

func TestSentences(t *testing.T) {
	for _, x := range []struct {
		text string
		n    int
	}{
		{"Mr. Okell and Dr. Ames met. They spoke.", 2},
		{"Bring food, e.g. beans. Nan cooks.", 2},
		{"Food, e.g. Beans, is there.", 1},
		{"She comes at 5.30pm. He goes at 17.45.", 2},
		{"It costs 3.50 a week.", 1},
		{"- Nan cooks\n- Bev drives\n- Mum reads", 3},
		{"1. Nan cooks\n2. Bev drives", 2},
		{"Really? Yes! Good…", 3},
		{"“Stop.” She said it twice.", 2},
		{"J. Pell meets Mum. Then they talk.", 2},
		{"He comes at 5 p.m. Nan is there.", 2},
		{"He comes at 5 p.m. on Mondays.", 1},
		{"Under s.17 and s. 47 of the Act.", 1},
		{"No full stop\r\nand a new line", 2},
		{"See No. 5 on the list. Then stop.", 2},
		{"Wait... then go. Now.", 2},
		{"", 0}, {"...", 0}, {"\n\n", 0},
	} {
		if r := wording.Read(x.text, nil); r.Sentences != x.n {
			t.Errorf("%q has %d sentences, not %d", x.text, r.Sentences, x.n)
		}
	}
}

func TestWhatAReadingSays(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"", "There is nothing to read yet."},
		{"Sam.", "Too short to judge how it reads: 1 word, and it takes 30. The longest sentence has 1 word."},
		{strings.Repeat("The cat sat on the mat. ", 6), "Reads at about age 5 to 6; the longest sentence has 6 words."},
		{strings.Repeat("Professional responsibilities notwithstanding. ", 12), "Reads at about age 18 and over; the longest sentence has 3 words."},
	} {
		if got := wording.Read(x.text, nil).Says(); got != x.want {
			t.Errorf("%q: %q", x.text, got)
		}
	}
}
