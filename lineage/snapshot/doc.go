// Package snapshot keeps files as they were at one moment: a tree of documents, one for each folder, in which
// each line names a file's bytes or the document of a folder below. Equal content has equal digests,
// whenever and wherever it was taken, since no time is in a tree. It takes trees, compares them and brings them
// back. It knows blobs and files, but no journal, no name of a dataset and no table.
package snapshot
