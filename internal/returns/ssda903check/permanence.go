package ssda903check

import (
	"strconv"
	"strings"
	"time"

	"onus/internal/day"
	"onus/internal/returns/ssda903"
)

// permanenceRules are about permanence before this period of care.
var permanenceRules = []rule{
	{code: "630", points: on(episodes, decom, rne), says: "The child came to be looked after in the year, but what permanence there was before is not given in full.", do: "Give PREV_PERM; Z1 when there was none, else also LA_PERM and DATE_PERM.",
		run: eachRow(episodes, func(q *question, e row) bool {
			if !is(e, rne, "S") || e.Date(decom) < q.start {
				return false
			}
			for _, p := range q.of(prevPerm, e.Text(child)) {
				if is(p, permType, "Z1") || filled(p, permType, permLA, datePerm) == 3 {
					return false
				}
				if given(p, permType) && filled(p, permLA, datePerm) == 2 {
					return false
				}
			}
			return true
		})},
	{code: "631", points: on(prevPerm, permType), says: "The permanence before this period of care is not one of the codes.", do: "Give P1 to P4, or Z1 when there was none.", run: notOneOf(prevPerm, permType, true, "P1", "P2", "P3", "P4", "Z1")},
	{code: "632", points: and(on(prevPerm, datePerm), on(episodes, decom)), says: "The day of the order for permanence is not a date, or not before the child came to be looked after.", do: "Give it as 31/03/2020, with zz for a day or month that is not known.",
		run: func(q *question) {
			for p := range q.rows(prevPerm) {
				h := q.history(p.Text(child))
				if len(h) == 0 || !given(p, datePerm) {
					continue
				}
				if first, ok := earliest(p.Text(datePerm)); !ok || !first.IsZero() && !h[0].Date(decom).IsZero() && first >= h[0].Date(decom) {
					q.at(p, h[0])
				}
			}
		}},
	{code: "633", points: on(prevPerm, permLA), says: "The authority where permanence was arranged is not one of the codes.", do: "Give its three digits, or WAL, SCO, NIR, NUK.",
		run: eachRow(prevPerm, func(_ *question, r row) bool { return given(r, permLA) && !within(authorities, r.Text(permLA)) })},
	{code: "634", points: and(on(prevPerm, permType, permLA, datePerm), on(episodes, decom)), says: "Permanence before this period of care is given for a child of whom no episode began in the year.", do: "Take it out: it is collected for those who come to be looked after in the year.",
		run: func(q *question) {
			for p := range q.rows(prevPerm) {
				h := q.history(p.Text(child))
				recent := keep(h, func(e row) bool { return e.Date(decom) >= q.start })
				if len(h) > 0 && len(recent) == 0 && anyGiven(p, permType, permLA, datePerm) {
					q.at(p)
					q.at(h...)
				}
			}
		}},
	{code: "635", points: on(prevPerm, permType, permLA, datePerm), says: "An authority or a date of permanence is given, but not which permanence it was.", do: "Give PREV_PERM, or take them out.",
		run: eachRow(prevPerm, func(_ *question, r row) bool { return !given(r, permType) && (given(r, permLA) || given(r, datePerm)) })},
}

// earliest gives the first day that a date with zz for its unknown parts may
// mean; zero when not even the year is known.
func earliest(s string) (date, bool) {
	if d, ok := ssda903.ParseDate(s); ok {
		return d, true
	}
	p := strings.Split(strings.ToUpper(s), "/")
	if len(p) != 3 || len(p[2]) != 4 {
		return 0, false
	}
	num := func(s, unknown string, least int) (int, bool) {
		if s == unknown {
			return least, true
		}
		n, err := strconv.Atoi(s)
		return n, err == nil && n >= 1
	}
	_, ok1 := num(p[0], "ZZ", 1)
	m, ok2 := num(p[1], "ZZ", 1)
	y, ok3 := num(p[2], "ZZZZ", 0)
	if !ok1 || !ok2 || !ok3 || m > 12 {
		return 0, false
	}
	if y == 0 {
		return 0, true
	}
	d, _ := num(p[0], "ZZ", 1)
	return day.Of(y, time.Month(m), d), true
}

// authorities are the codes of authorities in England that arrange permanence,
// and of what lies outside. Source: DfE, list of local authority codes.
var authorities = strings.Fields(`201 202 203 204 205 206 207 208 209 210 211 212 213
301 302 303 304 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 320
330 331 332 333 334 335 336 340 341 342 343 344 350 351 352 353 354 355 356 357 358 359
370 371 372 373 380 381 382 383 384 390 391 392 393 394 420
800 801 802 803 805 806 807 808 810 811 812 813 815 816 820 821 822 823 825 826
830 831 835 836 837 838 839 840 841 845 846 850 851 852 855 856 857 860 861
865 866 867 868 869 870 871 872 873 874 875 876 877 878 879 880 881 882 883 884 885 886 887 888 889
890 891 892 893 894 895 896 908 909 916 919 921 925 926 928 929 931 933 935 936 937 938 940 941 942 943 WAL SCO NIR NUK`)
