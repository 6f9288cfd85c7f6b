package app

import (
	"context"
	"slices"

	"onus/internal/concern"
)

// Told by the rules about a concern.
type ToldConcern struct {
	Concern string
	Body    concern.Told
}

// ClimbConcerns does what the rules do about warnings by now: whose time is over
// goes to the next post, above and around. So does at once what was told to
// posts in which nobody is who may answer. However often it is called, and
// whatever the clock did in between, each post is told once for each reason.
func (a *App) ClimbConcerns(ctx context.Context, limit int) (told []ToldConcern, err error) {
	now := a.Clock.Now()
	var ids []string
	err = a.Store.View(ctx, func(v View) error {
		due, err := v.Concerns(ctx, ConcernQuery{DueAt: now, Limit: limit})
		if err != nil {
			return err
		}
		for _, c := range due {
			ids = append(ids, c.ID)
		}
		l, err := a.lineOf(ctx, v)
		if err != nil {
			return err
		}
		// Who is in which post changes with the line and with the day only.
		a.mu.Lock()
		same := a.looked == l && a.lookedOn == now.Date()
		a.mu.Unlock()
		if same {
			return nil
		}
		open, err := v.Concerns(ctx, ConcernQuery{Open: true})
		for _, c := range open {
			if !slices.Contains(ids, c.ID) {
				ids = append(ids, c.ID)
			}
		}
		if err == nil {
			a.mu.Lock()
			a.looked, a.lookedOn = l, now.Date()
			a.mu.Unlock()
		}
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = a.write(ctx, func(w *writer) error {
		l, err := a.lineAt(ctx, w.tx, w.head)
		if err != nil {
			return err
		}
		pack, err := w.rules(ctx)
		if err != nil {
			return err
		}
		on := w.at.Now.Date()
		for _, id := range ids {
			r, _, err := concernOf(ctx, w.tx, id)
			if err != nil {
				return err
			}
			raiser, err := a.raiserOf(r)
			if err != nil {
				return err
			}
			es, err := concern.Climb(r, world{pack.Calendar(), l, on}, func(post string) bool {
				by := l.Answers(post, on)
				return by.Person != "" && by.Person != raiser && !slices.Contains(r.Raised.About, by.Person) && !l.Away(by.Person, on)
			}, w.at)
			if err != nil {
				return err
			}
			for i := range es {
				b := es[i].Body.(concern.Told)
				told = append(told, ToldConcern{id, b})
			}
			if len(es) == 0 {
				continue
			}
			if err := w.heard(ctx, r, es); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		a.mu.Lock()
		a.looked = nil
		a.mu.Unlock()
		return nil, err
	}
	return told, nil
}
