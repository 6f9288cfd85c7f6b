package cincheck

import (
	"slices"
	"strings"
)

// upnLetters are the letters that a UPN may hold, in the order of their value in
// the check sum: I, O and S are left out, as they look like digits.
const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// upnRules are about the unique pupil number: a check letter, the three digits of
// the authority that gave it, eight digits, and a last digit, or a letter while
// it is temporary.
var upnRules = []rule{
	{code: "1510", from: FirstYear, module: tIdentifiers, needs: cols(idUPN),
		says:  "The first letter of the UPN does not go with its other characters, so one of them is wrong.",
		do:    "Compare the UPN with the school's record and correct it.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return wrongCheckLetter(i.UPN) }, idUPN)},
	{code: "1520", from: FirstYear, module: tIdentifiers, needs: cols(idUPN),
		says: "Several children have this UPN.",
		do:   "If they are one child, put their episodes under one record. If not, find out whose number it is.",
		all: func(t *Tables, _ Census, m *marks) {
			sharedBy(t, m, idUPN, func(i *Identifiers) string { return i.UPN })
		}},
	{code: "1530", from: FirstYear, to: 2023, module: tIdentifiers, needs: cols(idUPN),
		says:  "The second to fourth characters of the UPN are not the number of a local authority.",
		do:    "Compare the UPN with the school's record and correct it.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return wrongAuthority(i.UPN, false) }, idUPN)},
	{code: "1530", from: 2024, module: tIdentifiers, needs: cols(idUPN),
		says:  "The second to fourth characters of the UPN are not the number of a local authority.",
		do:    "Compare the UPN with the school's record and correct it.",
		child: identifiers(func(_ Census, i *Identifiers) bool { return wrongAuthority(i.UPN, true) }, idUPN)},
	{code: "1540", from: FirstYear, module: tIdentifiers, needs: cols(idUPN),
		says: "The fifth to twelfth characters of the UPN are not eight digits.",
		do:   "Compare the UPN with the school's record and correct it.",
		child: identifiers(func(_ Census, i *Identifiers) bool {
			return i.UPN != "" && (len(i.UPN) < 12 || !allDigits(i.UPN[4:12]))
		}, idUPN)},
	{code: "1550", from: FirstYear, module: tIdentifiers, needs: cols(idUPN),
		says: "The thirteenth character of the UPN is neither a digit nor a letter that a UPN may end with.",
		do:   "Compare the UPN with the school's record and correct it. I, O and S are never used.",
		child: identifiers(func(_ Census, i *Identifiers) bool {
			return i.UPN != "" && (len(i.UPN) < 13 || !allDigits(i.UPN[12:13]) && !strings.Contains(upnLetters, i.UPN[12:13]))
		}, idUPN)},
	{code: "1560Q", from: FirstYear, module: tIdentifiers, needs: cols(idFormerUPN),
		says: "The former UPN is not a letter and twelve digits.",
		do:   "Correct the former UPN, or leave it out if it is not known.",
		child: identifiers(func(_ Census, i *Identifiers) bool {
			u := i.FormerUPN
			return u != "" && (len(u) != 13 || !strings.Contains(upnLetters, u[:1]) || !allDigits(u[1:]))
		}, idFormerUPN)},
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// wrongCheckLetter says that a UPN has the form that a check letter can be worked
// out for, and another one. Each character from the second on counts as many
// times as its place; the remainder by 23 gives the letter.
// Source: Department for Education, guide to unique pupil numbers.
func wrongCheckLetter(upn string) bool {
	if len(upn) != 13 || !allDigits(upn[1:12]) {
		return false
	}
	sum := 0
	for i := 1; i < 12; i++ {
		sum += int(upn[i]-'0') * (i + 1)
	}
	last := strings.IndexByte(upnLetters, upn[12])
	if allDigits(upn[12:]) {
		last = int(upn[12] - '0')
	}
	if last < 0 {
		return false // 1550
	}
	sum += last * 13
	return upn[0] != upnLetters[sum%23]
}

// wrongAuthority says that the second to fourth characters are there, and are no
// authority's number. Cumberland and Westmorland and Furness, numbered 942 and
// 943, began in April 2023.
func wrongAuthority(upn string, since2023 bool) bool {
	if len(upn) < 4 {
		return false
	}
	code := upn[1:4]
	if code == "942" || code == "943" {
		return !since2023
	}
	_, found := slices.BinarySearch(authorities, code)
	return !found
}

// authorities are the numbers that a UPN may carry, in order: those of England's
// authorities since 1999 (a number outlives its authority, as children keep their
// UPN), those of Wales, and those outside both (001 to 005, 701 to 708).
var authorities = strings.Fields(`001 002 003 004 005
201 202 203 204 205 206 207 208 209 210 211 212 213
301 302 303 304 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 320
330 331 332 333 334 335 336 340 341 342 343 344 350 351 352 353 354 355 356 357 358 359
370 371 372 373 380 381 382 383 384 390 391 392 393 394 420
660 661 662 663 664 665 666 667 668 669 670 671 672 673 674 675 676 677 678 679 680 681
701 702 703 704 705 706 707 708
800 801 802 803 805 806 807 808 810 811 812 813 815 816 820 821 822 823 825 826
830 831 835 836 837 838 839 840 841 845 846 850 851 852 855 856 857 860 861
865 866 867 868 869 870 871 872 873 874 875 876 877 878 879 880 881 882 883 884 885 886 887 888 889
890 891 892 893 894 895 896 908 909 916 919 921 925 926 928 929 931 933 935 936 937 938 940 941`)

// sharedBy points at every child whose value another one has too.
func sharedBy(t *Tables, m *marks, col Column, value func(*Identifiers) string) {
	count := make(map[string]int, len(t.Children))
	for i := range t.Children {
		for j := range t.Children[i].Identifiers {
			count[value(&t.Children[i].Identifiers[j])]++
		}
	}
	for i := range t.Children {
		m.child = int32(i)
		for j := range t.Children[i].Identifiers {
			r := &t.Children[i].Identifiers[j]
			if v := value(r); v != "" && count[v] > 1 {
				m.at(r.Key, col)
			}
		}
	}
}
