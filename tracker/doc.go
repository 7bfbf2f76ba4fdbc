// Package tracker is the ledger's vocabulary: ids, digests, the nouns that are recorded (sessions,
// cell executions, gaps) and the Recorder that turns events into entries. It knows no file format,
// no database and no kernel: the journal, the blob store and the clock it writes to are the small
// interfaces it declares.
package tracker
