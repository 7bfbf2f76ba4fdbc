// Package export writes runs and their points as tables that other programs read: Parquet, CSV and JSON lines. It streams: what
// it holds at a time does not grow with the ledger, but for the names of columns. It must not know where its bytes go, or who
// chooses what is exported.
package export
