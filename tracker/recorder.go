package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
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

	Screen     Screen           // takes secrets out of everything before it is written; nil: nothing does
	Now        func() time.Time // the clock for the Recorder's own entries; nil: time.Now
	Strict     bool             // Flush also waits for the disk
	OutputCap  int64            // bytes of one cell's outputs that are kept; 0: 64 MB
	QueueBytes int64            // bytes that may wait for the disk; 0: 64 MiB
	Batch      time.Duration    // outputs of a running cell are written this often; 0: half a second
	SyncAfter  time.Duration    // what was written is made durable and signed after this time; 0: half a second
	Retry      time.Duration    // after a failure; 0: one second
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.OutputCap = cmp.Or(o.OutputCap, 64_000_000)
	o.QueueBytes = cmp.Or(o.QueueBytes, 64<<20)
	o.Batch = cmp.Or(o.Batch, time.Second/2)
	o.SyncAfter = cmp.Or(o.SyncAfter, time.Second/2)
	o.Retry = cmp.Or(o.Retry, time.Second)
	return o
}

// Recorder turns events into entries. It may be used from several goroutines. One goroutine, the
// scribe, does the work; Record only leaves it the event.
type Recorder struct {
	options Options
	wake    chan struct{} // holds one wish that the scribe look
	done    chan struct{} // closed when the scribe has ended

	mu      sync.Mutex
	queue   []Event
	bytes   int64 // of queue, and of what the scribe took from it and has not finished
	lost    losses
	flushes []chan<- error
	closing bool
	fault   error // why the ledger cannot be written now
	closed  error // what Close returns
}

// NewRecorder returns a Recorder that begins to work at once.
func NewRecorder(o Options) *Recorder {
	r := &Recorder{options: o.withDefaults(), wake: make(chan struct{}, 1), done: make(chan struct{})}
	go newScribe(r).run()
	r.nudge()
	return r
}

// ErrClosed says that a Recorder was closed before.
var ErrClosed = errors.New("the recorder is closed")

// Record takes an event. It never blocks and never fails: what does not fit into the queue is
// counted, and recorded as a gap. The event and what it refers to must not be changed afterwards.
func (r *Recorder) Record(e Event) { r.take(e, true) }

// Take is Record for those who can wait: it reports whether the event was taken. What was not, since the
// queue is full or the Recorder closed, is not counted as lost: a Flush makes room to offer it again.
func (r *Recorder) Take(e Event) bool { return r.take(e, false) }

// take takes an event if there is room; count: what is not taken is lost.
func (r *Recorder) take(e Event, count bool) bool {
	size := sizeOf(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return false
	}
	defer r.nudge()
	if r.bytes > 0 && r.bytes+size > r.limit(e) {
		if count {
			r.lost.add(e, size, r.fault, r.options.Now())
		}
		return false
	}
	r.queue = append(r.queue, e)
	r.bytes += size
	return true
}

// Remember keeps a secret, for instance a password that somebody typed, out of all that is written from
// now on. It is never written itself.
func (r *Recorder) Remember(secret string) {
	if r.options.Screen != nil {
		r.options.Screen.Remember("password", secret)
	}
}

// limit returns how full the queue may become with e: outputs leave room for what frames them.
func (r *Recorder) limit(e Event) int64 {
	if _, ok := e.(CellOutput); ok {
		return r.options.QueueBytes
	}
	return 2 * r.options.QueueBytes
}

// nudge makes the scribe look at the queue.
func (r *Recorder) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Flush returns when everything recorded before the call has been handed to the operating system,
// so that it survives the death of this process. Its error says why it could not be, and what to do;
// recording goes on, and the record is written when it can be. Of a cell that still runs, the last word
// of a stream waits until it is known to be no part of a secret. Of a Recorder that is being closed it returns ErrClosed
// when the last of the record is written, or given up.
func (r *Recorder) Flush(ctx context.Context) error {
	answer := make(chan error, 1)
	r.mu.Lock()
	closed := (<-chan struct{})(nil)
	if r.closing {
		closed = r.done
	} else {
		r.flushes = append(r.flushes, answer)
		r.nudge()
	}
	r.mu.Unlock()
	select {
	case <-closed:
		return ErrClosed
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("flush the record: %w", ctx.Err())
	}
}

// Err returns why the ledger cannot be written at this moment, nil when it can.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// Close writes what is left, closes the journal and stops the Recorder. Its error says what could
// not be written.
func (r *Recorder) Close() error {
	r.mu.Lock()
	r.closing = true
	r.nudge()
	r.mu.Unlock()
	<-r.done
	return r.closed
}

// advice follows every reason why the ledger cannot be written.
const advice = "free disk space, make the ledger's folder writable, or set GEMBA_LEDGER to another folder"

// explain says what a person can do about a failure.
func explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write the ledger: %w: %s", err, advice)
}

// setFault remembers why the ledger cannot be written, nil when it can again.
func (r *Recorder) setFault(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = err
}
