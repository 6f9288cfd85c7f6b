// Package ssda903 reads and writes the SSDA903 return (children
// looked after in England): the set of CSV files, and XML, as tables.
//
// It may know the tables and columns of the return, how its dates are written,
// and the layout of a postcode directory and of a list of providers. It must
// never know a file on a disk, a rule, a database, the network or what time it
// is: it reads from what it is given.
//
// A table is known by its heading row, whatever its file is called. A file with
// only some of a table's columns is read too; columns that are not there stay
// unknown, which is not the same as empty. The rows keep the order of the file.
package ssda903
