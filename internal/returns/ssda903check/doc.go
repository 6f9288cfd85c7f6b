// Package ssda903check checks an SSDA903 return (children looked after) against
// the rules of the Department for Education for 2022/23 to 2025/26, and the draft
// of 2026/27.
//
// It may know the tables as internal/returns/ssda903 reads them, dates, and what
// a caller gives it of postcodes and providers; it gives its findings as an
// internal/returns/report. It must never know a file on a disk, a database, the
// network, what time it is, or a record that Onus keeps.
//
// How it goes: Run asks every rule of the year about the tables, on all cores;
// each rule holds, fails with every cell it points at, or could not run and says
// why: a table or a column is missing, so are postcodes or providers, or nobody
// has written the rule yet. A rule that breaks down has not run.
//
// To add a rule: write its declaration in the file of its subject, put a case in
// testdata, run the tests with -update and read the catalogue
// (docs/returns-rules-ssda903.md).
package ssda903check
