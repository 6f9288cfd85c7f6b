package match

// Who two records may belong to. The first two are one person; the next three
// are relatives, who share much of what is usually taken for identity; the last
// are strangers.
const (
	stay     = iota // one person at one place
	moved           // one person, with an old and a new place
	home            // relatives of one household
	apart           // relatives of two households
	twin            // born together, one household
	away            // born together, two households
	stranger        // no relation
	parties
)

// The fields that are compared.
const (
	fForename = iota
	fSurname
	fMiddle
	fBorn    // both dates actual
	fAbout   // one of them estimated
	fUnborn  // one of them expected
	fSex     //
	fKind    //
	fNHS     //
	fNumber  //
	fPost    //
	fLine    //
	fTown    //
	fCarer   //
	fParent  // one is named as the carer of the other
	fOther   // and the further columns after it
	maxOther = 6
	fields   = fOther + maxOther
)

// step is one level on which the values of a field can agree. p is how likely
// the level is for each of the parties, before anything is learnt. rare says
// that for strangers the likelihood is the frequency of the very value.
type step struct {
	level Level
	why   string
	rare  bool
	p     [parties]float64
}

type scale struct {
	name  string
	steps []step // level 0 is "not known", so level n is steps[n-1]
}

// The levels of each field. The likelihoods are our own guesses, checked on
// invented families (docs/matching.md); a batch learns better ones from its
// file, and these keep it from going astray when the file is small.
const (
	foreSame = iota + 1
	forePet
	foreInitial
	foreSound
	foreClose
	foreLike
	foreSwapped
	foreOther
)

const (
	surSame = iota + 1
	surPart
	surSound
	surClose
	surLike
	surOther
)

const (
	bornSame = iota + 1
	bornSwapped
	bornDigit
	bornTwoOfThree
	bornYear
	bornSiblings
	bornFar
)

const (
	carerSame = iota + 1
	carerClose
	carerSurname
	carerForename
	carerOther
)

const (
	simpleSame = iota + 1
	simpleClose
	simpleLike
	simpleOther
)

var scales = func() [fields]scale {
	s := [fields]scale{
		fForename: {"forename", []step{
			{Agrees, "the same forename", true, [parties]float64{.80, .78, .012, .02, .004, .004, .005}},
			{Close, "a pet name, a name known as, or part of the forename", false, [parties]float64{.06, .06, .006, .01, .008, .008, .003}},
			{Close, "one has only the initial of the other", false, [parties]float64{.015, .015, .003, .003, .003, .003, .002}},
			{Close, "forenames that sound alike", false, [parties]float64{.035, .035, .006, .008, .06, .06, .003}},
			{Close, "forenames one slip apart", false, [parties]float64{.045, .045, .008, .008, .10, .10, .004}},
			{Close, "forenames somewhat alike", false, [parties]float64{.02, .02, .07, .07, .20, .20, .06}},
			{Close, "forename and surname exchanged", true, [parties]float64{.01, .01, .0005, .0005, .0002, .0002, .000001}},
			{Differs, "different forenames", false, [parties]float64{.015, .02, .89, .88, .62, .62, .92}},
		}},
		fSurname: {"surname", []step{
			{Agrees, "the same surname", true, [parties]float64{.86, .80, .74, .45, .95, .95, .002}},
			{Close, "one part of a surname is the same", true, [parties]float64{.03, .04, .05, .05, .02, .02, .001}},
			{Close, "surnames that sound alike", false, [parties]float64{.03, .03, .02, .015, .01, .01, .002}},
			{Close, "surnames one slip apart", false, [parties]float64{.035, .035, .02, .015, .01, .01, .003}},
			{Close, "surnames somewhat alike", false, [parties]float64{.01, .015, .02, .03, .003, .003, .04}},
			{Differs, "different surnames", false, [parties]float64{.035, .08, .15, .44, .007, .007, .95}},
		}},
		fMiddle: {"middle names", []step{
			{Agrees, "the same middle name", true, [parties]float64{.78, .78, .02, .03, .01, .01, .01}},
			{Close, "one has only the initial, or fewer middle names", true, [parties]float64{.14, .14, .02, .02, .02, .02, .01}},
			{Close, "middle names almost alike", false, [parties]float64{.05, .05, .02, .02, .03, .03, .02}},
			{Differs, "different middle names", false, [parties]float64{.03, .03, .94, .93, .94, .94, .96}},
		}},
		fBorn: {"date of birth", []step{
			{Agrees, "the same date of birth", true, [parties]float64{.89, .89, .003, .003, .975, .975, .00016}},
			{Close, "day and month exchanged", false, [parties]float64{.02, .02, .0002, .0002, .003, .003, .0001}},
			{Close, "dates of birth one digit apart", false, [parties]float64{.045, .045, .012, .012, .012, .012, .005}},
			{Close, "two of day, month and year are the same", false, [parties]float64{.015, .015, .015, .015, .005, .005, .012}},
			{Differs, "born within a year", false, [parties]float64{.010, .010, .07, .07, .0005, .0005, .09}},
			{Differs, "born up to thirteen years apart", false, [parties]float64{.005, .005, .58, .58, .0002, .0002, .60}},
			{Differs, "born far apart", false, [parties]float64{.004, .004, .32, .32, .0001, .0001, .29}},
		}},
		fAbout: {"date of birth (estimated)", []step{
			{Agrees, "the same date", false, [parties]float64{.30, .30, .003, .003, .5, .5, .0002}},
			{Close, "within a month of an estimated date", false, [parties]float64{.20, .20, .012, .012, .25, .25, .008}},
			{Close, "within half a year of an estimated date", false, [parties]float64{.26, .26, .04, .04, .15, .15, .05}},
			{Close, "within a year of an estimated date", false, [parties]float64{.14, .14, .06, .06, .06, .06, .05}},
			{Differs, "within two years of an estimated date", false, [parties]float64{.07, .07, .14, .14, .03, .03, .09}},
			{Differs, "far from an estimated date", false, [parties]float64{.03, .03, .745, .745, .01, .01, .80}},
		}},
		fUnborn: {"expected date of birth", []step{
			{Agrees, "within three days of the expected date", false, [parties]float64{.32, .32, .001, .001, .45, .45, .001}},
			{Close, "within ten days of the expected date", false, [parties]float64{.30, .30, .003, .003, .3, .3, .003}},
			{Close, "within 25 days of the expected date", false, [parties]float64{.30, .30, .006, .006, .2, .2, .007}},
			{Close, "up to 70 days before the expected date", false, [parties]float64{.05, .05, .01, .01, .04, .04, .015}},
			{Differs, "too far from the expected date", false, [parties]float64{.03, .03, .98, .98, .01, .01, .974}},
		}},
		fSex: {"sex", []step{
			{Agrees, "the same sex", false, [parties]float64{.985, .985, .5, .5, .6, .6, .5}},
			{Differs, "different sex", false, [parties]float64{.015, .015, .5, .5, .4, .4, .5}},
		}},
		fKind: {"kind of record", []step{
			{Agrees, "the same kind of record", false, [parties]float64{.95, .95, .65, .6, .97, .97, .6}},
			{Differs, "different kinds of record", false, [parties]float64{.05, .05, .35, .4, .03, .03, .4}},
		}},
		fNHS: {"NHS number", []step{
			{Agrees, "the same NHS number", true, [parties]float64{.975, .975, .0005, .0005, .001, .001, .00001}},
			{Close, "NHS numbers almost the same", false, [parties]float64{.01, .01, .0002, .0002, .0002, .0002, .00001}},
			{Differs, "different NHS numbers, both valid", false, [parties]float64{.015, .015, .9993, .9993, .9988, .9988, .99998}},
		}},
		fNumber: {"number", []step{
			{Agrees, "the same number", true, [parties]float64{.90, .90, .001, .001, .001, .001, .00001}},
			{Close, "numbers almost the same", false, [parties]float64{.07, .07, .001, .001, .001, .001, .0001}},
			{Differs, "different numbers", false, [parties]float64{.03, .03, .998, .998, .998, .998, .9999}},
		}},
		fPost: {"postcode", []step{
			{Agrees, "the same postcode", true, [parties]float64{.90, .02, .93, .02, .94, .02, .0005}},
			{Close, "postcodes almost the same", false, [parties]float64{.06, .005, .04, .005, .04, .005, .0003}},
			{Close, "the same part of town", false, [parties]float64{.02, .12, .015, .10, .01, .10, .02}},
			{Differs, "different postcodes", false, [parties]float64{.02, .855, .015, .875, .01, .875, .98}},
		}},
		fLine: {"address", []step{
			{Agrees, "the same address", true, [parties]float64{.84, .01, .86, .01, .88, .01, .0003}},
			{Close, "addresses almost the same", false, [parties]float64{.11, .01, .10, .01, .09, .01, .0005}},
			{Close, "the same street or the same house number", false, [parties]float64{.03, .05, .02, .05, .02, .05, .03}},
			{Differs, "different addresses", false, [parties]float64{.02, .93, .02, .93, .01, .93, .97}},
		}},
		fTown: {"town", []step{
			{Agrees, "the same town", true, [parties]float64{.90, .55, .93, .50, .94, .50, .05}},
			{Close, "towns almost the same", false, [parties]float64{.06, .03, .04, .03, .04, .03, .003}},
			{Differs, "different towns", false, [parties]float64{.04, .42, .03, .47, .02, .47, .947}},
		}},
		fCarer: {"carer", []step{
			{Agrees, "the same carer", true, [parties]float64{.72, .65, .70, .35, .80, .80, .0003}},
			{Close, "carers with almost the same name", true, [parties]float64{.12, .12, .11, .06, .12, .12, .0007}},
			{Close, "carers with one surname", true, [parties]float64{.03, .03, .05, .1, .02, .02, .002}},
			{Close, "carers with one forename", true, [parties]float64{.05, .06, .04, .04, .03, .03, .005}},
			{Differs, "different carers", false, [parties]float64{.08, .14, .10, .45, .03, .03, .99}},
		}},
		fParent: {"who cares for whom", []step{
			{Differs, "one is named as the carer of the other", false, [parties]float64{.0005, .0005, .15, .15, .0005, .0005, .0002}},
			{Differs, "neither is named as the carer of the other", false, [parties]float64{.9995, .9995, .85, .85, .9995, .9995, .9998}},
		}},
	}
	for i := range maxOther {
		s[fOther+i] = scale{"further column " + string(rune('1'+i)), []step{
			{Agrees, "the same value", true, [parties]float64{.80, .75, .30, .25, .4, .4, .05}},
			{Close, "values almost the same", false, [parties]float64{.08, .08, .05, .05, .05, .05, .01}},
			{Close, "values somewhat alike", false, [parties]float64{.04, .04, .06, .06, .05, .05, .06}},
			{Differs, "different values", false, [parties]float64{.08, .13, .59, .64, .5, .5, .88}},
		}}
	}
	return s
}()

const maxSteps = 9
