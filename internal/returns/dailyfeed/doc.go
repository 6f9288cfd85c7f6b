// Package dailyfeed is what an authority sends the Department for Education each day
// about its children: the payload of the Department's API for children's social care
// data (version 1.0.1), typed; read, written and held against the Department's own
// OpenAPI document, which stands beside this file (its licence: LICENSE.openapi). It
// says what a payload tells of a child as facts, and makes the payload of a child from
// their record.
//
// It may know that document, JSON, and in facts.go and made.go the kinds of entry that
// a child's record is made of. It must never know a file on a disk, the network, who
// sends what where, a record that is kept, a database or what time it is: it reads from
// what it is given, and app records and sends.
package dailyfeed
