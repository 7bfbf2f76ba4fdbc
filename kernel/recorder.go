package kernel

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Recorder hears what happens in a session. Record must not block and may not fail: a recorder that
// cannot keep up says so in the ledger. Flush returns when everything recorded so far survives the
// death of this process, or why it does not.
type Recorder interface {
	Record(tracker.Event)
	Flush(ctx context.Context) error
}

// nobody is the Recorder of a session that is not recorded.
type nobody struct{}

func (nobody) Record(tracker.Event)        {}
func (nobody) Flush(context.Context) error { return nil }

// scribe flushes before a reply leaves, without ever holding it up for long. A session that ends does
// not wait for a cell that does not stop, so two may flush at once.
type scribe struct {
	Recorder
	report func(error) // told once of each time that recording stopped working
	broken atomic.Bool
}

// How long a cell waits for its record. When the recorder was late once it gets but a moment, so
// that a disk that hangs costs one cell a second and no more.
const (
	patience   = time.Second
	impatience = 10 * time.Millisecond
)

func (s *scribe) flush() {
	wait := patience
	if s.broken.Load() {
		wait = impatience
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	err := s.Flush(ctx)
	if was := s.broken.Swap(err != nil); err != nil && !was {
		s.report(err)
	}
}
