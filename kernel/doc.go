// Package kernel is the Jupyter side of gemba: it serves a front end's requests on the five
// channels, hands cells to an Engine and tells a Recorder what came of them. It knows no language,
// no ledger format and no command line; an Engine knows no socket.
package kernel
