// Package golang is the Go engine: a cell's text becomes declarations and a program (package source),
// the program an executable (build), the executable outputs (process), and an editor's question an
// answer (gopls). The engine itself holds what one cell leaves to the next, runs GoNB's commands from
// one table, and words errors. It keeps the contract of GoNB's notebooks; DIFFERENCES.md lists where
// it is deliberately better. It knows neither Jupyter's sockets nor the ledger.
package golang
