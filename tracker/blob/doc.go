// Package blob keeps bytes under their SHA-256: packs, which one writer appends to, and a store,
// which reads every pack of a folder. Bytes are verified whenever they are read. It knows no journal
// and no entry, and it never deletes. The format of a pack is described in tracker/FORMAT.md.
package blob
