package app

import (
	"context"

	"onus/internal/access"
	"onus/internal/day"
	"onus/internal/duty"
	"onus/internal/line"
	"onus/internal/retention"
)

// Front is what the doors (pages and API) have of an App: nothing about a child
// but at a desk, under the policies.
type Front struct {
	Clock Clock
	Pack  *duty.Pack
	// Retention says how long records are kept.
	Retention *retention.Pack
	a         *App
}

// PublicURL is where people open Onus, without a slash at the end; empty: nobody said.
func (f *Front) PublicURL() string {
	if f.a.Mail == nil {
		return ""
	}
	return f.a.Mail.PublicURL
}

// Cover makes a text that says nothing to whoever reads it, and Uncover reads it
// again: for what must stand in an address and would say something. Without the
// authority's secret it is left as it is.
func (f *Front) Cover(text string) string {
	covered, err := f.a.cover(text, covering)
	if err != nil {
		return text
	}
	return covered
}

// Uncover reads what Cover made; ok is false for anything else.
func (f *Front) Uncover(text string) (string, bool) {
	if len(f.a.Secret) != 32 {
		return text, true
	}
	plain, err := f.a.unseal(text, covering)
	return plain, err == nil
}

const covering = "an address"

// Front of the App.
func (a *App) Front() *Front {
	return &Front{Clock: a.Clock, Pack: a.Pack, Retention: a.Retention, a: a}
}

// Rules are those in force now.
func (f *Front) Rules() *duty.Pack { return f.a.inForce() }

// RulesKnown are the rules as they were known at a moment; as now for zero.
func (f *Front) RulesKnown(ctx context.Context, known day.Instant) (*duty.Pack, error) {
	return f.a.Rules(ctx, known)
}

// Desk makes the desk of whoever asks.
func (f *Front) Desk(ctx context.Context, r Reader) (*Desk, error) { return f.a.Desk(ctx, r) }

// Line is the line of responsibility as it is recorded now.
func (f *Front) Line(ctx context.Context) (*line.Line, error) { return f.a.Line(ctx) }

// LastCheckpoint is the newest signed head, as others may fetch it.
func (f *Front) LastCheckpoint(ctx context.Context) ([]byte, error) { return f.a.LastCheckpoint(ctx) }

// Answers says whether the store answers.
func (f *Front) Answers(ctx context.Context) error {
	return f.a.Store.View(ctx, func(v View) error {
		_, err := v.Head(ctx)
		return err
	})
}

// MailOff says that Onus sends no mail.
func (f *Front) MailOff() bool { return f.a.Mail == nil }

// Policies are the rules of who may see and do what.
func (f *Front) Policies() []access.Policy { return f.a.Access.Policies() }
