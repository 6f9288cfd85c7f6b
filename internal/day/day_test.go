package day

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tm := time.Unix(rapid.Int64Range(-30_000_000_000, 200_000_000_000).Draw(t, "unix"), 0).UTC()
		d := Of(tm.Date())
		if d.String() != tm.Format("2006-01-02") || d.Weekday() != tm.Weekday() {
			t.Fatalf("%v: got %s %s", tm, d, d.Weekday())
		}
		back, err := Parse(d.String())
		if err != nil || back != d {
			t.Fatalf("round trip of %s: %v %v", d, back, err)
		}
	})
}

// The table of day starts says what the zone says, on every day that is in it
// and on those beside it.
func TestStartAgreesWithTheZone(t *testing.T) {
	for d := firstDay - 400; d <= lastDay+400; d++ {
		y, m, dom := d.Split()
		if want := FromTime(time.Date(y, m, dom, 0, 0, 0, 0, London)); d.Start() != want {
			t.Fatalf("%s starts at %s, the zone says %s", d, d.Start(), want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "2025-02-29", "0000-00-00", "20260203", "2026-13-01", "2026-02-03T"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) gave %s", s, d)
		}
	}
}

func TestJSON(t *testing.T) {
	type all struct {
		D Date
		I Instant
		W When
		V When
		Z Date
	}
	in := all{D: MustParse("2026-11-23"), I: 1_795_423_200_000_001, W: On(MustParse("2024-02-29")), V: AtInstant(1_795_423_200_000_001)}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out all
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Fatalf("%s gave %+v, %v", b, out, err)
	}
}

func TestComputedHolidaysAgreeWithTheTable(t *testing.T) {
	cal := England()
	odd := map[int]bool{2020: true, 2022: true, 2023: true} // moved and one-off days
	for y := 2019; y <= 2032; y++ {
		if odd[y] {
			continue
		}
		got, want := Ordinary(y), cal.Holidays(Of(y, 1, 1), Of(y, 12, 31))
		if len(got) != len(want) {
			t.Fatalf("%d: %v, table %v", y, got, want)
		}
		for i := range got {
			if got[i].Date != want[i].Date {
				t.Errorf("%d: computed %s %s, table %s %s", y, got[i].Date, got[i].Name, want[i].Date, want[i].Name)
			}
		}
	}
}

func TestDue(t *testing.T) {
	cal := England()
	for _, c := range []struct{ from, span, on, by string }{
		{"2026-04-02T16:55", "1 working day", "2026-04-07", ""}, // Maundy Thursday: Tuesday after Easter
		{"2026-09-25", "10 working days", "2026-10-09", ""},
		{"2025-08-31", "6 months", "2026-02-28", ""},
		{"2023-08-31", "6 months", "2024-02-29", ""},
		{"2024-02-29", "12 months", "2025-02-28", ""},
		{"2026-10-19", "1 month", "2026-11-19", ""},
		{"2026-03-28T10:00", "72 hours", "2026-03-31", "2026-03-31T11:00"}, // clocks go forward: elapsed hours
		{"2026-10-24T10:00", "72 hours", "2026-10-27", "2026-10-27T09:00"}, // and back
		{"2026-06-01", "24 hours", "2026-06-02", ""},                       // the hour is not known
		{"2026-01-05", "26 weeks beginning with the day", "2026-07-05", ""},
		{"2026-11-20", "-2 working days", "2026-11-18", ""},
		{"2026-12-24", "1 working day", "2026-12-29", ""},
		{"2022-09-08", "10 working days", "2022-09-22", ""}, // the funeral holiday was proclaimed later: no move
		{"2022-09-12", "10 working days", "2022-09-27", ""}, // proclaimed before the start: counts
	} {
		w, err := ParseWhen(c.from)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSpan(c.span)
		if err != nil {
			t.Fatal(err)
		}
		got := cal.Due(w, s)
		if got.On.String() != c.on {
			t.Errorf("%s + %s = %s, want %s", c.from, c.span, got.On, c.on)
		}
		if c.by != "" {
			by, _ := ParseInstant(c.by)
			if got.By != by || !got.Clock {
				t.Errorf("%s + %s is late from %s, want %s", c.from, c.span, got.By, by)
			}
		} else if got.By != got.On.End() {
			t.Errorf("%s + %s: late from %s, not from the end of %s", c.from, c.span, got.By, got.On)
		}
	}
}

func TestAddWorkingAgreesWithSteps(t *testing.T) {
	cal := England()
	rapid.Check(t, func(t *rapid.T) {
		d := firstDay - 100 + Date(rapid.IntRange(0, int(lastDay-firstDay)+200).Draw(t, "d"))
		n := rapid.IntRange(1, 80).Draw(t, "n")
		back, left := d, n
		for left > 0 {
			back--
			if cal.Working(back) {
				left--
			}
		}
		if got := cal.AddWorking(d, -n); got != back {
			t.Fatalf("%s - %d working days = %s, want %s", d, n, got, back)
		}
		slow, left := d, n
		for left > 0 {
			slow++
			if cal.Working(slow) {
				left--
			}
		}
		if got := cal.AddWorking(d, n); got != slow {
			t.Fatalf("%s + %d working days = %s, want %s", d, n, got, slow)
		}
		if got := cal.WorkingBetween(d, slow); got != n {
			t.Fatalf("working days from %s to %s = %d, want %d", d, slow, got, n)
		}
	})
}

func TestSpanText(t *testing.T) {
	for _, s := range []string{"10 working days", "1 working day", "24 hours", "26 weeks beginning with the day", "3 months", "-10 weeks", "1 year"} {
		v, err := ParseSpan(s)
		if err != nil || v.String() != s {
			t.Errorf("%q: %q %v", s, v.String(), err)
		}
	}
	for _, s := range []string{"", "ten days", "10", "10 fortnights", "99999999 days"} {
		if _, err := ParseSpan(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestLateBy(t *testing.T) {
	cal := England()
	due := cal.Due(On(MustParse("2026-11-05")), Span{N: 10, Unit: WorkingDays}) // Thu 19 Nov
	for _, c := range []struct{ now, want string }{
		{"2026-11-19T23:59", ""}, {"2026-11-20T00:00", "1 working day"}, {"2026-11-22T12:00", "1 working day"}, {"2026-11-23T08:40", "2 working days"},
	} {
		now, _ := ParseInstant(c.now)
		if got := cal.LateBy(due, WorkingDays, now); got != c.want {
			t.Errorf("at %s: %q, want %q", c.now, got, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		want      int
	}{{"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, {"2022-03-11", "2026-11-23", 4}, {"2026-11-24", "2026-11-23", 0}} {
		if got := MustParse(c.on).Years(MustParse(c.birth)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.birth, c.on, got, c.want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	f.Add("2026-03-02T17:00")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWhen(s)
		if err != nil {
			return
		}
		if back, err := ParseWhen(w.String()); err != nil || back != w {
			t.Fatalf("%q: %v, then %v %v", s, w, back, err)
		}
	})
}

// Working hours: the weekend, the night and the bank holidays stand still.
func TestWorkingHours(t *testing.T) {
	cal := England()
	for _, c := range []struct{ from, span, want string }{
		{"2026-04-02T16:30", "4 working hours", "2026-04-07T12:30"},  // Maundy Thursday: over Easter
		{"2026-03-27T16:00", "2 working hours", "2026-03-30T10:00"},  // over the change of the clocks
		{"2026-03-04T07:15", "4 working hours", "2026-03-04T13:00"},  // before the office opens
		{"2026-03-07T12:00", "1 working hour", "2026-03-09T10:00"},   // on a Saturday
		{"2026-03-04T09:00", "24 working hours", "2026-03-06T17:00"}, // three full days
		{"2026-03-04", "4 working hours", "2026-03-05T13:00"},        // the hour is not known: from the next opening
		{"2026-03-04T23:59", "90 minutes", "2026-03-05T01:29"},
	} {
		w, err := ParseWhen(c.from)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSpan(c.span)
		if err != nil {
			t.Fatal(err)
		}
		if got := cal.Due(w, s); got.By.Local().Format("2006-01-02T15:04") != c.want {
			t.Errorf("%s from %s: %s, want %s", c.span, c.from, got.By.Local(), c.want)
		}
	}
	night, err := ParseWorkday("17:00", "22:00")
	if err != nil {
		t.Fatal(err)
	}
	w, _ := ParseWhen("2026-03-04T21:00")
	if got := cal.In(night).Due(w, Span{N: 2, Unit: WorkingHours}); got.By.Local().Format("2006-01-02T15:04") != "2026-03-05T18:00" {
		t.Errorf("an evening team: %s", got.By.Local())
	}
	for _, bad := range [][2]string{{"9:00", "17:00"}, {"17:00", "09:00"}, {"09:00", "25:00"}, {"", "17:00"}} {
		if _, err := ParseWorkday(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken for a workday", bad)
		}
	}
}
