// Package remote keeps ledgers on other machines: in a folder, in an object store, in a registry of images. It
// pushes what the other side lacks, pulls what this one lacks, and fetches single blobs when somebody reads
// them. Everything that comes from a remote is verified before anything of it can be seen. How a
// ledger lies on a remote is described in tracker/FORMAT.md. It knows no command and no settings.
package remote
