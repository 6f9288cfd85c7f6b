package fact

import "strings"

// What returns say of a referral and the record has no field for, in words that begin
// or end alike whichever return said it: a return is made from the same words.
const (
	Nothing   = "It led to no further action, as "
	More      = "It led to further action, as "
	Meanwhile = "A referral while the case was open. " + Nothing
	undecided = " says that the referral led to no further action. It does not say on which day that was decided."
)

// Undecided is why a case is closed on the day of its referral, by the word of a
// return that gives no other day.
func Undecided(who string) string { return who + undecided }

// IsUndecided says whether a case was closed for that reason.
func IsUndecided(why string) bool { return strings.HasSuffix(why, undecided) }
