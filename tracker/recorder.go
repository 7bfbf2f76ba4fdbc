package tracker

import (
	"context"
	"time"
)

// Journal is where a Recorder writes: one writer's entries and the blobs they name. Put and Append
// only collect; Flush hands what was collected to the operating system, blobs before the entries
// that name them, and after a failure the next Flush tries the same bytes again.
type Journal interface {
	Put(blob []byte) (Digest, error) // keeps no reference to blob
	Append(Entry) error
	Pending() int // bytes collected and not yet handed over
	Flush() error
	Sync() error // makes durable and signs what was flushed; may run beside the other methods
	Close() error
}

// Options set up a Recorder. Only Open is required.
type Options struct {
	// Open opens the journal. It is called in the background, again every Retry until it succeeds.
	Open func() (Journal, error)

	Now        func() time.Time // the clock for the Recorder's own entries; nil: time.Now
	Strict     bool             // Flush also waits for the disk
	OutputCap  int64            // bytes of one cell's outputs that are kept; 0: 64 MB
	QueueBytes int64            // bytes that may wait for the disk; 0: 64 MiB
	Batch      time.Duration    // outputs of a running cell are written this often; 0: half a second
	SyncAfter  time.Duration    // what was written is made durable and signed after this time; 0: half a second
	Retry      time.Duration    // after a failure; 0: one second
}

// Recorder turns events into entries. It may be used from several goroutines.
type Recorder struct{}

// NewRecorder returns a Recorder that begins to work at once.
func NewRecorder(o Options) *Recorder { return &Recorder{} }

// Record takes an event. It never blocks and never fails: what does not fit into the queue is
// counted, and recorded as a gap.
func (r *Recorder) Record(e Event) {}

// Flush returns when everything recorded before the call has been handed to the operating system,
// so that it survives the death of this process. Its error says why it could not be, and what to do;
// recording goes on, and the record is written when it can be.
func (r *Recorder) Flush(ctx context.Context) error { return nil }

// Err returns why the ledger cannot be written at this moment, nil when it can.
func (r *Recorder) Err() error { return nil }

// Close writes what is left, closes the journal and stops the Recorder.
func (r *Recorder) Close() error { return nil }
