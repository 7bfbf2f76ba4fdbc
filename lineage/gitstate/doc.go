// Package gitstate tells the exact state of the code in a git repository: HEAD, and everything in the work tree
// and the index that differs from it, with its bytes; and it brings such a state back. It only reads: no file
// of the user's repository is ever written, no program of the user's configuration is ever run (Commit, which
// is called when a person asks for a commit, aside). It knows no session, no cell and no ledger: contents go to
// a Store. FORMAT.md describes the document that it makes.
//
// Objects are read by go-git. Status is not go-git's, which reads every file: the index, the ignore rules and
// the attributes are read here, after the formats that git documents (gitformat-index, gitignore,
// gitattributes), and a file whose lstat is that of its index entry is not opened.
package gitstate
