// Package cincheck checks a children in need census against the rules of the
// Department for Education: 109 in each of the years 2022/23 to 2025/26, and the
// draft of 2026/27.
//
// It may know the census as internal/returns/cin reads it, dates and England's
// working days, and it gives its findings as an internal/returns/report. It must
// never know a file name, a database, the network, what time it is, or a record
// that Onus keeps: it judges only what the return says.
//
// How it goes: Builder makes typed tables of the children as they are read; Run
// asks every rule of the year about them, on all cores; each rule holds, fails
// with every cell it points at, or could not run and says why. A rule that breaks
// down has not run.
//
// To add a rule: write its declaration in the file of its module (episodes.go,
// cpplans.go, ...) and what makes it fail and hold in testdata/rules.txt, then run
// the tests with -update, which writes the cells it points at and the catalogue
// (docs/returns-rules-cin.md), and read both.
//
// Tables, columns and rows are named and counted as the validators that
// authorities use do: rows from 0 in the order of the file, a row of Reviews for
// each date. A row belongs to its child by LAchildID and to its episode by the
// episode's number within the Child element, so that two Child elements with one
// LAchildID are looked at together (docs/returns-differences.md).
package cincheck
