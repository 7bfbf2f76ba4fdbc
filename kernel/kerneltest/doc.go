// Package kerneltest has what tests of the Jupyter side need: an engine that does what its cells
// say, a recorder that remembers, and a front end that speaks to a server in memory or, through
// go-zeromq, over real sockets. Nothing outside of tests imports it.
package kerneltest
