// Package conformance executes GoNB's own example notebooks, taken from its module, with GoNB and with
// gemba, and compares what comes out cell by cell. A difference has to be in the table of this package's
// test, with its reason. It knows both kernels only as programs.
package conformance
