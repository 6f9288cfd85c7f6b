// Package cin reads and writes the children in need census (CIN) as XML: the
// yearly return of every local authority in England on each child referred to
// its social care services. It understands the years 2017 to 2026 and the
// draft of 2027.
//
// It may know dates (internal/day), the shape of the return and its code sets,
// in facts.go the kinds of entry that a child's record is made of, as whose
// bodies it says what a census tells, and in made.go what they add up to, of
// which it makes a census. It must never know where records are kept, a file
// name, the network or what time it is: app records what is read here. It
// decides no rule of the return (that is the checker's work); it says only what
// it could and could not understand.
//
// Nothing that a file says is lost. What has no place in the types is handed
// over as Raw and listed as a Finding; blanks around a value, empty elements and
// comments say nothing. Memory follows the largest child, not the file,
// except for the identifiers already seen: about 29 bytes a child.
//
// Sources: shared/returns/fields/cin_2026.csv, cin_year_changes.json,
// cin_2027_preproceedings.csv and the published schemas of 2017 to 2026.
package cin
