// Package proxy puts gemba between front ends and any installed kernel, so that its cells are recorded like those of the Go
// engine. The kernel is started from its own kernelspec, behind a connection file of its own; what passes is passed on as it
// is, byte for byte, signatures included, since both sides share one key.
//
// Three things are not as they would be without it, and no more: lines that are gemba's magics are taken out of cells and
// answered here, executions are handed to the kernel one at a time so that each one's beginning and end are exact, and an
// execute_reply waits until the record of its cell is safe.
package proxy
