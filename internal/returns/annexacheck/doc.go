// Package annexacheck asks of an Annex A what makes it fit to use: that its lists
// and columns are there, that its cells can be read, that dates follow each
// other, and that the lists agree about the same child.
//
// Ofsted publishes no rules for Annex A. These are ours: each follows from the
// guidance in Ofsted's template (update of August 2019), and says so in plain
// words. A code once given to a rule is not given to another.
//
// It may know the tables and the report. It must never know a file, a store, a
// clock, or how a workbook is made: the day that the lists are of comes in.
package annexacheck
