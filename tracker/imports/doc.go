// Package imports reads what other experiment trackers wrote on the disk: MLflow's file store and database, W&B's offline runs,
// Aim's export, TensorBoard's event files, DVCLive's folders. Each source tells a Sink of experiments, runs and models, one after the
// other; package keep, below, is the Sink that records them. A source only reads: it must not know a ledger, never writes, opens
// nothing outside of the folder that it was given, and takes every byte of it for hostile.
//
// SOURCES.md says what of each source goes where, and what is left out.
package imports
