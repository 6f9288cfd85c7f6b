// Package scan breaks the XML of a statutory return into tokens, and says in
// plain words why a file cannot be one: packed, cut short, in an unknown
// encoding, broken, too large to be true (ADR 0022).
//
// It may know XML, encodings and how files of other kinds begin. It must never
// know a return, an element's name, a record, a database or a file on a disk.
package scan
