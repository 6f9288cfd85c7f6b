package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"onus/internal/day"
)

// FormBounds are the lengths by which the time that a form was open is counted: bucket n
// is what took less than FormBounds[n], and no less than the one before. What was open for
// longer than the last is not counted: somebody was doing something else.
var FormBounds = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 7 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute, time.Hour, 90 * time.Minute, 2 * time.Hour}

// FormTime says how often a form was sent in a month after it had been open for so long.
type FormTime struct {
	Form   string
	Month  day.Date // its first day
	Bucket int      // index in FormBounds
	Times  int
}

// burden keeps counts in memory until the watch writes them: recording must not wait for
// a second write because it is counted. What a crash takes away is a minute of counting.
type burden struct {
	mu    sync.Mutex
	times map[FormTime]int // by a FormTime whose Times is 0
}

// TookForm counts that a form was sent after it had been open for so long. Neither who sent
// it nor about whom is told to it, so neither can ever be found out.
func (a *App) TookForm(form string, took time.Duration) {
	n := slices.IndexFunc(FormBounds, func(b time.Duration) bool { return took < b })
	if n < 0 || took < 0 {
		return
	}
	on := a.Clock.Now().Date()
	key := FormTime{Form: form, Month: firstOfMonth(on), Bucket: n}
	a.burden.mu.Lock()
	defer a.burden.mu.Unlock()
	if a.burden.times == nil {
		a.burden.times = map[FormTime]int{}
	}
	a.burden.times[key]++
}

// TookForm is App.TookForm.
func (f *Front) TookForm(form string, took time.Duration) { f.a.TookForm(form, took) }

func firstOfMonth(on day.Date) day.Date {
	_, _, n := on.Split()
	return on.Add(1 - n)
}

// KeepFormTimes writes what was counted since the last time. What cannot be written is
// counted with the next.
func (a *App) KeepFormTimes(ctx context.Context) error {
	a.burden.mu.Lock()
	all := a.burden.times
	a.burden.times = nil
	a.burden.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	list := make([]FormTime, 0, len(all))
	for x, n := range all {
		x.Times = n
		list = append(list, x)
	}
	err := a.Store.Update(ctx, func(tx Tx) error { return tx.AddFormTimes(ctx, list) })
	if err != nil {
		a.burden.mu.Lock()
		defer a.burden.mu.Unlock()
		if a.burden.times == nil {
			a.burden.times = map[FormTime]int{}
		}
		for x, n := range all {
			a.burden.times[x] += n
		}
	}
	return err
}

// FewSendings is how often a form must have been sent in the time that is shown: below it, it is not
// shown. With so few, a number would be somebody's.
const FewSendings = 5

// Burden is how long recording takes, form by form.
type Burden struct {
	Months []MonthBurden // oldest first
	Forms  []FormBurden  // the one that took most time first
	Hidden int           // forms that were sent fewer than FewSendings times
}

// MonthBurden is a month of recording.
type MonthBurden struct {
	Month day.Date // its first day
	Times int
	Hours float64
}

// FormBurden is one form.
type FormBurden struct {
	Form  string
	Times int
	Half  time.Duration // half of them took less than this
	Tenth time.Duration // one in ten took this long or longer
	Hours float64       // together, each counted as the middle of its bucket
}

// BurdenMonths is how far the page about recording looks back, the month that runs among
// them.
const BurdenMonths = 6

// Burden says how long recording took in the last BurdenMonths months. It is of the whole
// authority: no team and no worker can be asked for.
func (d *Desk) Burden(ctx context.Context) (b Burden, err error) {
	if err := d.a.KeepFormTimes(ctx); err != nil {
		return b, err
	}
	from := firstOfMonth(d.now.Date())
	for range BurdenMonths - 1 {
		from = firstOfMonth(from - 1)
	}
	var all []FormTime
	if err = d.a.Store.View(ctx, func(v View) (err error) {
		all, err = v.FormTimes(ctx, from)
		return err
	}); err != nil {
		return b, err
	}
	return burdenOf(all), nil
}

// burdenOf adds up what was counted.
func burdenOf(all []FormTime) (b Burden) {
	forms := map[string][]int{}
	months := map[day.Date]*MonthBurden{}
	for _, x := range all {
		if x.Bucket < 0 || x.Bucket >= len(FormBounds) {
			continue
		}
		if forms[x.Form] == nil {
			forms[x.Form] = make([]int, len(FormBounds))
		}
		forms[x.Form][x.Bucket] += x.Times
		m := months[x.Month]
		if m == nil {
			m = &MonthBurden{Month: x.Month}
			months[x.Month] = m
		}
		m.Times += x.Times
		m.Hours += float64(x.Times) * middle(x.Bucket).Hours()
	}
	for _, m := range months {
		if m.Times >= FewSendings {
			b.Months = append(b.Months, *m)
		}
	}
	slices.SortFunc(b.Months, func(x, y MonthBurden) int { return int(x.Month - y.Month) })
	for form, counts := range forms {
		f := FormBurden{Form: form}
		for n, times := range counts {
			f.Times += times
			if times > 0 {
				f.Hours += float64(times) * middle(n).Hours()
			}
		}
		if f.Times < FewSendings {
			b.Hidden++
			continue
		}
		below := 0
		for n := 0; 2*below < f.Times; n++ {
			below += counts[n]
			f.Half = FormBounds[n]
		}
		above := 0
		for n := len(counts) - 1; 10*above < f.Times; n-- {
			above += counts[n]
			f.Tenth = shortest(n)
		}
		b.Forms = append(b.Forms, f)
	}
	slices.SortFunc(b.Forms, func(x, y FormBurden) int {
		switch {
		case x.Hours > y.Hours:
			return -1
		case x.Hours < y.Hours:
			return 1
		}
		return strings.Compare(x.Form, y.Form)
	})
	return b
}

// shortest is the least time that counts in a bucket.
func shortest(n int) time.Duration {
	if n == 0 {
		return 0
	}
	return FormBounds[n-1]
}

// middle is the middle of a bucket.
func middle(n int) time.Duration { return (shortest(n) + FormBounds[n]) / 2 }
