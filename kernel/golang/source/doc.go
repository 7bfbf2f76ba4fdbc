// Package source turns the text of notebook cells into one Go program. It splits a cell into commands, declarations
// and statements, remembers declarations by name from cell to cell, and composes package main from them so that
// compiler errors and stack traces speak of the user's own cell, line and column.
//
// It is pure: it must not know files, processes, the go command or Jupyter. What a cell means is GoNB's contract
// (github.com/janpfeifer/gonb v0.11.5).
package source
