package app

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/note"

	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
)

const (
	// night is when the whole journal is checked, by the clock of England, after midnight.
	night = 2 * day.Hour
	// checkPatience is how old the last check may be.
	checkPatience = 36 * day.Hour
)

// CheckDue says whether the whole journal is to be checked now: once a night, and
// after a stop at once.
func (a *App) CheckDue(ctx context.Context) (bool, error) {
	l, err := a.Line(ctx)
	if err != nil {
		return false, err
	}
	now := a.Clock.Now()
	last := now.Date().Start() + night
	if last > now {
		last = now.Date().Add(-1).Start() + night
	}
	return l.Checked.Recorded < last, nil
}

// CheckJournal checks the whole journal as [App.Verify] does, and records what came of
// it: that it was in order, or its first fault. Nothing waits for it: it reads one
// state of the store while others write. The error is of the check itself, when it
// could not be made.
func (a *App) CheckJournal(ctx context.Context, known note.Verifiers) (line.JournalChecked, error) {
	v, err := a.Verify(ctx, known)
	b := line.JournalChecked{Entries: v.Entries, Checkpoints: v.Checkpoints}
	switch {
	case err == nil:
		b.Root = v.Root.String()
	case errors.Is(err, ErrTampered):
		b.Fault = err.Error()
	default:
		return b, err
	}
	_, err = a.RecordLine(ctx, []line.Command{{Actor: entry.System, Happened: day.AtInstant(a.Clock.Now()), Body: b, Source: entry.Source{Kind: "rule", Key: "journal"}}}, "")
	return b, err
}

// unchecked finds that the last full check found a fault, or is too long ago.
func unchecked(l *line.Line, now day.Instant) []Finding {
	b, ok := l.Checked.Body.(line.JournalChecked)
	switch {
	case !ok:
		return nil
	case b.Fault != "":
		return []Finding{{AboutJournal, "The check of the whole journal on " + l.Checked.Recorded.Long() + " found that it is not as it was recorded. Stop, keep a copy of everything, and run onus verify.", l.Checked.Recorded}}
	case now-l.Checked.Recorded > checkPatience:
		return []Finding{{AboutJournal, "The whole journal was last checked on " + l.Checked.Recorded.Long() + ". It should be every night.", l.Checked.Recorded}}
	}
	return nil
}
