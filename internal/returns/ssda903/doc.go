// Package ssda903 reads and writes the SSDA903 return (children looked after in
// England), the set of CSV files or XML, as tables. It says what they tell of a
// child as facts, and makes the tables of a year from records.
//
// It may know the tables and columns of the return, how its dates are written,
// the layout of a postcode directory and of a list of providers, and, in facts.go,
// factsepisodes.go and made.go, the kinds of entry that a child's record is made of.
// It must never know a file on a disk, a rule, a record that is kept, a database, the
// network or what time it is: it reads from what it is given, and app records what it
// says.
//
// A table is known by its heading row, whatever its file is called. A file with
// only some of a table's columns is read too; columns that are not there stay
// unknown, which is not the same as empty. The rows keep the order of the file.
package ssda903
