// Package blob keeps bytes under their SHA-256: packs, each appended to by one writer, and a store,
// which reads every pack of a folder. Large blobs are stored as recipes: lists of chunks, which are blobs too.
// Bytes are verified whenever they are read. It knows no journal
// and no entry, and it never deletes. The format of a pack is described in tracker/FORMAT.md.
package blob
