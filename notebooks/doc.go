// Package notebooks reads and writes Jupyter notebooks (nbformat 4.0 to 4.5,
// https://nbformat.readthedocs.io/en/latest/format_description.html) and runs them without a front
// end: cells in order, parameters injected, outputs collected as nbclient collects them.
//
// A notebook is kept as the bytes that were read, and a change replaces only the bytes of what
// changed: unknown fields, key order, indentation and the spelling of numbers come out as they came in.
//
// It must not know the kernel, the ledger or the command line: what executes a cell is an Executor,
// declared here, and cli provides one.
package notebooks
