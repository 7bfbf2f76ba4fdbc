// Package cli is the command line: one file per command, all listed once in root.go. It is the only
// package that knows all others, and it wires them: which ledger, which recorder, which engine. It
// must not know how anything is stored, executed or drawn; that is for the packages it calls.
package cli
