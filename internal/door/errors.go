package door

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Refusal is why somebody did not come in. Its text is what they read: a plain
// sentence that gives nothing away. What an operator needs is wrapped around it.
type Refusal struct{ name, sentence string }

// Error is the sentence that a user reads.
func (r *Refusal) Error() string { return r.sentence }

// The refusals there are. Anything else that goes wrong is ours.
var (
	ErrState = &Refusal{"state", "This sign-in was started in another browser, took longer than 10 minutes, or was used already. Please sign in again."}
	ErrToken = &Refusal{"token", "The answer of the sign-in service could not be trusted, so nobody was signed in. Please sign in again. " +
		"If it happens again, tell whoever looks after Onus."}
	ErrNotFresh = &Refusal{"not fresh", "This needs you to prove once more who you are, and the sign-in service did not say that you just did. " +
		"Sign out of that service, then try again. If it happens each time, tell whoever looks after Onus: the service must send the time of the sign-in."}
	ErrWeak = &Refusal{"too weak", "This sign-in was not strong enough for Onus. Sign in with your second factor, such as a security key. " +
		"If you have none, ask whoever looks after your work account."}
	ErrProvider = &Refusal{"provider", "The sign-in service does not answer as it should. Nothing is wrong with your account, and nothing is lost. " +
		"Please try again in a few minutes."}
	ErrDenied = &Refusal{"denied", "The sign-in service did not let you in, or you stopped the sign-in. " +
		"If you should have access, ask whoever looks after your work account."}
	ErrNobody = &Refusal{"nobody", "You are not signed in."}
)

// ours is what a user reads when the fault is on our side.
const ours = "Something went wrong on our side. Please try again in a few minutes."

// Sentence is what a user may read of an error, whatever it wraps.
func Sentence(err error) string {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.sentence
	}
	return ours
}

// refused is a Refusal with the operator's detail.
type refused struct {
	*Refusal
	detail string
}

func (e refused) Error() string { return e.name + ": " + e.detail }
func (e refused) Unwrap() error { return e.Refusal }

// because wraps a refusal. The detail must never hold a name, an address of
// mail, a subject, a code or a token: it is logged. What comes from outside is
// cut and cleaned, so that nobody writes lines of their own into the log.
func because(r *Refusal, format string, args ...any) error {
	return refused{r, clean(fmt.Sprintf(format, args...))}
}

func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " ..."
	}
	return s
}
