// Package index is the ledger made searchable: a projection of the journals' entries into SQL
// tables, and the questions that commands, the kernel's history and the views ask of it. The journals
// are the truth: the index can be deleted at any time and comes back the same. It must not know how an
// entry is stored, who asks, or how an answer is drawn; and nothing may be in it that the journals do
// not say.
//
// Everything but open.go speaks plain SQL, so that another database can stand where SQLite does.
package index
