// Package index is the ledger made searchable: a projection of the journals' entries into SQL
// tables, and the questions that commands, the kernel's history and the views ask of it. The journals
// are the truth: the index can be deleted at any time and comes back the same. It must not know how an
// entry is stored, who asks, or how an answer is drawn; and nothing may be in it that the journals do
// not say.
//
// Of runs several journals may tell, in any order of projection: each fact carries a stamp, and which one counts depends on stamps
// alone (stamp.go). Points are kept in chunks with thinner levels above them (chunk.go). A search for runs is a walk through columns in
// memory (cache.go), which the index's own tables keep fresh.
//
// What is SQLite's own is in open.go, write.go and sql.go, but for JSON's functions and ON CONFLICT, which other databases have too.
package index
