// Package mlruns writes what a ledger has of runs as a file store of MLflow, so that MLflow's own tools go on with it. It asks the index
// and must not know where that or the artifacts' bytes come from. What it cannot write (a name that is no path of a file) it tells.
package mlruns
