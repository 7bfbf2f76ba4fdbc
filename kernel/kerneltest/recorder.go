package kerneltest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// Recorder remembers the events it hears.
type Recorder struct {
	Hang chan struct{} // when not nil, Flush waits until it is closed

	mu     sync.Mutex
	events []tracker.Event
	fault  error
}

// Record remembers an event.
func (r *Recorder) Record(e tracker.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// Flush returns the error that Fail set, or waits for Hang.
func (r *Recorder) Flush(ctx context.Context) error {
	if r.Hang != nil {
		select {
		case <-r.Hang:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// Fail makes every Flush from now on return err.
func (r *Recorder) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = err
}

// Events returns what was recorded so far.
func (r *Recorder) Events() []tracker.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]tracker.Event(nil), r.events...)
}

// Story tells the events in a line each, without ids and times.
func (r *Recorder) Story() []string {
	var story []string
	for _, event := range r.Events() {
		story = append(story, strings.TrimSpace(tell(event)))
	}
	return story
}

func tell(event tracker.Event) string {
	switch e := event.(type) {
	case tracker.SessionOpened:
		return fmt.Sprintf("opened %s %s", e.Engine, e.Notebook)
	case tracker.CellStarted:
		return fmt.Sprintf("started [%d] %s %q", e.Count, e.CellID, e.Source)
	case tracker.CellOutput:
		return fmt.Sprintf("output %s %s", e.Type, e.Content)
	case tracker.CellFinished:
		return fmt.Sprintf("finished %s %s %s", e.Status, e.ErrorName, e.ErrorValue)
	case tracker.Interrupted:
		return "interrupted by " + e.By
	case tracker.SessionClosed:
		return "closed: " + e.Reason
	}
	return fmt.Sprintf("%T", event)
}
