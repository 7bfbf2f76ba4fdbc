// Package journal keeps a ledger's truth: append-only files of entries, one per writer, each under
// an RFC 6962 Merkle tree whose root is signed as a C2SP checkpoint. It appends, reads and verifies.
// It knows no kernel, no index and no kind of entry beyond those that open and close a journal.
// Every byte it writes is described in tracker/FORMAT.md.
package journal
