package app_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onus/internal/app"
	"onus/internal/child"
	"onus/internal/day"
	"onus/internal/entry"
	"onus/internal/line"
	"onus/internal/testkit/kit"
)

// TestBothEnginesKeepStep does the same random work on both engines, with one
// clock and the same ids: journal, root, rows and refusals must be the same.
func TestBothEnginesKeepStep(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		// Each run has databases of its own, closed and dropped with a subtest.
		same := t.Run("run", func(t *testing.T) {
			var kits []*kit.Kit
			for _, e := range kit.Engines() {
				k := kit.NewApp(t, e.DSN(t))
				k.Line(t)
				kits = append(kits, k)
			}
			var ids []string
			for n := range rapid.IntRange(3, 15).Draw(r, "steps") {
				step := draw(r, n, ids)
				first := step(t, kits[0])
				if second := step(t, kits[1]); first != second {
					t.Fatalf("step %d on SQLite: %s\non PostgreSQL: %s", n, first, second)
				}
				if id, ok := strings.CutPrefix(first, "child "); ok {
					ids = append(ids, id)
				}
			}
			if a, b := export(t, kits[0]), export(t, kits[1]); !bytes.Equal(a, b) {
				t.Fatalf("the journals differ:\n%.2000s\n%.2000s", a, b)
			}
			if a, b := lists(t, kits[0]), lists(t, kits[1]); !reflect.DeepEqual(a, b) {
				t.Fatalf("the lists differ:\n%.2000v\n%.2000v", a, b)
			}
			verify(t, kits[0])
			verify(t, kits[1])
		})
		if !same {
			r.Fatal("the engines fell out of step: see above")
		}
	})
}

// draw decides one step, to be taken on each engine; the step gives what came of it.
func draw(r *rapid.T, n int, ids []string) func(*testing.T, *kit.Kit) string {
	wait := day.Hour * day.Instant(rapid.IntRange(0, 24*40).Draw(r, "wait"))
	on := rapid.IntRange(0, 60).Draw(r, "days ago")
	kind := rapid.SampledFrom([]string{"new", "new", "work", "work", "work", "line", "climb", "census", "checkpoint"}).Draw(r, "kind")
	key := rapid.SampledFrom([]string{"", "k1", "k2"}).Draw(r, "key")
	name := rapid.SampledFrom([]string{"Ann", "Zoë", "Émile O'Neill-Łukasz", "李雷", "a%b_c", " "}).Draw(r, "name")
	id := "nobody"
	if len(ids) > 0 {
		id = rapid.SampledFrom(ids).Draw(r, "child")
	}
	body := rapid.SampledFrom([]entry.Body{
		child.Decision{Outcome: child.Assess, For: "risk", Team: "east"}, child.Decision{Outcome: child.NoAction, For: "none"}, child.Allocation{Post: "w1", Team: "east"},
		child.AllocationEnded{Why: "left"}, child.AssessmentStarted{}, child.AssessmentAuthorised{}, child.Section47Started{}, child.CPPlanStarted{Category: "NEG"},
		child.CPPlanEnded{}, child.CoreGroup{}, child.Visit{Seen: true, Where: "home", Purpose: "see"}, child.CaseClosed{Reason: "RC1"}, child.Known{Given: name, Birth: day.MustParse("2009-01-01")},
		child.Note{}, child.Known{IDs: []child.Identifier{{System: "upn", Value: name}}},
	}).Draw(r, "body")
	return func(t *testing.T, k *kit.Kit) string {
		ctx := t.Context()
		k.Clock.Add(wait)
		now := k.Clock.Now()
		by := func(b entry.Body) child.Command {
			return child.Command{Actor: kit.Manager, Happened: day.On(now.Date().Add(-on)), Body: b, Source: entry.Source{Kind: "page"}}
		}
		switch kind {
		case "new":
			done, err := k.Record(ctx, app.Do{Commands: []child.Command{by(child.Known{Given: name}), by(child.Referral{From: "school"})}})
			if err != nil {
				return err.Error()
			}
			return "child " + done.Child
		case "work":
			done, err := k.Record(ctx, app.Do{Child: id, Key: key, Commands: []child.Command{by(body)}})
			return fmt.Sprint(done, err)
		case "line":
			var b entry.Body = line.PostHeld{Post: "w1", Person: "win"}
			if on%2 == 0 {
				b = line.PostLeft{Post: "service"}
			}
			done, err := k.RecordLine(ctx, []line.Command{{Actor: kit.Manager, Happened: day.On(now.Date()), Body: b}}, "")
			return fmt.Sprint(done, err)
		case "climb":
			told, children, err := k.ClimbDue(ctx, 5)
			return fmt.Sprint(told, children, err)
		case "census":
			text := census(fmt.Sprintf("2026-04-%02dT09:00:00", n+1), person("A1", referral("2026-02-02", assessment("2026-02-03", ""))), person("B2", nothingMore("2026-02-04")), person("", ""))
			res, err := k.ImportCensus(ctx, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, kit.Manager)
			return fmt.Sprint(res.NewChildren, res.Known, res.Added, res.Corrected, res.Same, err)
		}
		size, err := k.Checkpoint(ctx)
		return fmt.Sprint(size, err)
	}
}

// lists is everything that lists show.
func lists(t *testing.T, k *kit.Kit) (out []any) {
	t.Helper()
	ctx := t.Context()
	err := k.Store.View(ctx, func(v app.View) error {
		cs, err := v.Children(ctx, app.ChildQuery{})
		if err != nil {
			return err
		}
		ds, err := v.Duties(ctx, app.DutyQuery{})
		if err != nil {
			return err
		}
		loads, err := v.Loads(ctx, nil, k.Clock.Now())
		if err != nil {
			return err
		}
		posts, err := v.PostCounts(ctx, nil)
		if err != nil {
			return err
		}
		h, err := v.Head(ctx)
		out = []any{cs, ds, loads, posts, h}
		for _, c := range cs {
			ids, err := v.Identifiers(ctx, c.Child)
			if err != nil {
				return err
			}
			out = append(out, ids)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	root, err := k.Root(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, root)
}

// export is the whole journal as JSON lines.
func export(t *testing.T, k *kit.Kit) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := k.Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
