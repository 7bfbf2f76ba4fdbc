// Package kept watches the values that a session's cells keep for each other (track.Keep): it sees each cell end, and marks values whose
// cell would now give another one, because its own code or a declaration that it uses has changed. It reads programs and the values'
// heads, never a value; it knows no kernel and no ledger.
package kept
