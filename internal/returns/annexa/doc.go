// Package annexa reads and writes Annex A: the eleven lists of children, care
// leavers and adopters that Ofsted asks of an authority when it inspects
// children's services (ILACS). It gives typed tables, lists what it did not
// understand with its place, says what a row means as facts, and makes the lists
// of a day from records.
//
// It may know the lists, their fields and codes, and the kinds of entry that a
// fact becomes and what they add up to. It must never know a store, a rule that judges the lists
// (annexacheck does), or who asks.
package annexa
