package wording_test

import (
	"strconv"
	"strings"
	"testing"

	"onus/internal/wording"
)

// known are words with their syllables as an English dictionary has them: words of
// plans, of letters to families, and common ones. They were written down before they
// were counted.
const known = `
sam:1 mum:1 nan:1 dad:1 home:1 night:1 days:1 school:1 child:1 hob:1 meets:1 texts:1 helped:1 talked:1 asked:1 worked:1 lived:1 moved:1 scared:1 called:1 phoned:1
clothes:1 friend:1 friends:1 brought:1 thought:1 through:1 weighed:1 shared:1 tired:1 hours:1 there:1 people:2 table:2 little:2 middle:2 handle:2 handled:2 settled:2 trouble:2 struggle:2
evening:2 evenings:2 morning:2 tonight:2 today:2 tomorrow:3 yesterday:3 monday:2 tuesday:2 wednesday:2 thursday:2 friday:2 saturday:3 sunday:2 january:4 february:4 april:2 july:2 august:2 september:3 october:3 november:3 december:3
nursery:3 teacher:2 worker:2 parent:2 parents:2 mother:2 father:2 sister:2 brother:2 auntie:2 uncle:2 grandma:2 baby:2 babies:2 children:2 family:3 families:3 carer:2 foster:2 lawyer:2 doctor:2 midwife:2 visitor:3 police:2
safe:1 safely:2 safer:2 safety:2 unsafe:2 danger:2 dangerous:3 worry:2 worried:2 worries:2 worrying:3 hungry:2 angry:2 happy:2 happier:3 happiest:3 lonely:2 frightened:2 crying:2 playing:2 player:2 going:2 doing:2 being:2 seeing:2 trying:2
visit:2 visits:2 visited:3 visiting:3 started:2 wanted:2 needed:2 decided:3 agreed:2 agree:2 agreement:3 appointment:3 appointments:3 statement:2 placement:2 movement:2 engagement:3 arrangement:3 arrangements:3 involvement:3 settlement:3 document:3 department:3
assessment:3 assessments:3 professional:4 professionals:4 appropriate:4 appropriately:5 supervision:4 significant:4 contingency:4 safeguarding:3 authority:4 responsibility:6 responsible:4 intervention:4 interventions:4 conference:3 conferences:4 threshold:2 trajectory:4
respite:2 siblings:2 compliance:3 disguised:2 neglect:2 neglected:3 violence:3 domestic:3 emotional:4 physical:3 sexual:3 abuse:2 abused:2 harm:1 alcohol:3 misuse:2 addiction:3 psychiatric:4 psychologist:4 therapy:3 therapist:3 counselling:3
information:4 organisation:5 communication:5 situation:4 education:4 social:2 special:2 initial:3 partial:2 essential:3 official:3 experience:4 audience:3 science:2 society:4 anxiety:4 variety:4 quiet:2 client:2 patient:2 efficient:3
immediate:4 immediately:5 associate:4 create:2 created:3 creating:3 reaction:3 react:2 idea:3 area:3 theatre:3 centre:2 usual:3 usually:4 actual:3 actually:4 individual:5 evaluate:4 annual:3 continue:3 continued:3 issue:2 value:2 rescue:2 argue:2 arguing:3
something:2 sometimes:2 someone:2 everyone:3 everything:3 anyone:3 nothing:2 homework:2 bedtime:2 lifetime:2 careful:2 carefully:3 useful:2 homeless:2 useless:2 awareness:3 happiness:3 kindness:2 illness:2 unless:2 only:2 really:2 daily:2 weekly:2
isn't:2 didn't:2 doesn't:2 can't:1 won't:1 don't:1 couldn't:2 they'll:1 i'm:1 mum's:1 places:2 changes:2 houses:2 boxes:2 watches:2 comes:1 leaves:1 lives:1 tables:2 uses:2 closes:2 bruises:2 nurses:2 finished:2 breakfast:2
serious:3 previous:3 various:3 obvious:3 religious:3 anxious:2 period:3 radio:3 video:3 million:2 opinion:3 religion:3 union:2 autism:3 behaviour:3 behaviours:3 neighbour:2 hospital:3 medication:4 medicine:3 dentist:2 inhaler:3 asthma:2 unemployment:4
beyond:2 employer:3 royal:2 enjoy:2 enjoying:3 fruit:1 suit:1 build:1 building:2 guide:1 guilty:2 fluid:2 suicide:3 ruin:2 quality:3 language:2 guard:1 guardian:3 frequent:2 frequently:3 influence:3 sequence:2 cruel:2 poem:2 chaos:2 chaotic:3
understand:3 understood:3 remember:3 important:3 different:3 difficult:3 difficulty:4 necessary:4 possible:3 possibly:3 opportunity:5 community:4 activity:4 activities:4 ability:4 disability:5 electricity:5 vulnerable:4 vulnerability:6 relationship:4 relationships:4
separate:3 separately:4 telephone:3 volunteer:3 interpreter:4 supported:3 supporting:3 attendance:3 achievement:3 achievable:4 improvement:3 improve:2 monitor:3 monitoring:4 ensure:2 address:2 review:2 reviewed:2 material:4 diagnosis:4 diet:2 trial:2 diary:3
`

func TestSyllables(t *testing.T) {
	n, right := 0, 0
	var wrong []string
	for _, f := range strings.Fields(known) {
		w, c, _ := strings.Cut(f, ":")
		want, err := strconv.Atoi(c)
		if err != nil {
			t.Fatal(f)
		}
		n++
		if got := wording.Syllables(w); got == want {
			right++
		} else {
			wrong = append(wrong, f+" counted "+strconv.Itoa(got))
		}
	}
	if n < 200 {
		t.Fatalf("only %d words", n)
	}
	percent := float64(right) / float64(n) * 100
	t.Logf("%d of %d words are right: %.1f %%. Wrong: %s", right, n, percent, strings.Join(wrong, ", "))
	if percent < 95 {
		t.Errorf("%.1f %% of words are counted right, it must be 95", percent)
	}
	for _, odd := range []string{"", "'", "hm", "shh", "ñandú", "zzz", "'s", "n't", "x'y'z"} {
		if wording.Syllables(odd) < 1 {
			t.Errorf("%q has none", odd)
		}
	}
}
