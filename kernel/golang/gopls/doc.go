// Package gopls is a small client of gopls, the Go language server, for what a notebook asks of it:
// completion, hover, definitions and signatures. It is given a work folder that holds a go.mod, a
// file name, the whole text of that file and a byte offset; it knows nothing of cells, of Jupyter or
// of how a program is made from cells.
//
// gopls runs as a process of its own, in its own process group, started at the first request or by
// [Client.Warm]. It is never needed: where it is missing, dies or hangs, a request ends with an error
// that says so and nothing else suffers.
//
// The protocol is the Language Server Protocol 3.17
// (https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).
package gopls
