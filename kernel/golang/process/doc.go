// Package process turns an executable into outputs: it runs a program for a cell, publishes what it
// prints and displays, answers what it asks, and leaves nothing of it behind.
//
// A program speaks to the front end in three ways, all of them those of GoNB's programs: standard
// output and error; package gonbui's pipes, two FIFOs named in the environment that carry the gob
// values of github.com/janpfeifer/gonb/gonbui/protocol; and, through those pipes, a comm with
// JavaScript in the notebook's page, which widgets use.
//
// The package knows processes, pipes and the messages of package wire. It must not know cells as
// source, how programs are built, sockets, or the ledger.
package process
