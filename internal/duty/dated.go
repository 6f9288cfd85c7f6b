package duty

import (
	"fmt"
	"slices"

	"onus/internal/day"
)

// dated are numbers in force from a day on, with their source: what no single duty
// says. A later layer that gives any stands for the ones before it.
type dated interface {
	check() error
	since() day.Date
}

// takeDated checks what a file gives. One layer has it in one file.
func takeDated[T dated](file, called string, into *[]T, xs []T) (faults []error) {
	for i, x := range xs {
		if err := x.check(); err != nil {
			faults = append(faults, Fault{File: file, Rule: fmt.Sprintf("%s, number %d", called, i+1), Text: err.Error()})
		}
	}
	given(into, xs)
	return faults
}

// given has later ones stand for earlier ones, where there are any.
func given[T dated](into *[]T, xs []T) {
	if len(xs) > 0 {
		*into = xs
	}
}

// inForce is what is in force on a day; ok is false when nothing is.
func inForce[T dated](xs []T, on day.Date) (out T, ok bool) {
	for _, x := range xs {
		if x.since() <= on && (!ok || x.since() >= out.since()) {
			out, ok = x, true
		}
	}
	return out, ok
}

// newestByID are those in force on a day, of each id the newest, in the order of the pack.
func newestByID[T dated](xs []T, on day.Date, id func(T) string) (out []T) {
	for _, x := range xs {
		if x.since() > on {
			continue
		}
		if i := slices.IndexFunc(out, func(y T) bool { return id(y) == id(x) }); i < 0 {
			out = append(out, x)
		} else if out[i].since() <= x.since() {
			out[i] = x
		}
	}
	return out
}
