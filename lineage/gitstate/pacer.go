package gitstate

import (
	"context"
	"time"
)

// A pacer leaves the machine to others now and then. A thread of low priority would leave it to them wholly, but when it is
// not run it may hold what Go's scheduler and collector wait for, and with it all of the process.
type pacer struct {
	pace  func() float64 // for how many times as long as the work took to rest; nil: never
	since time.Time      // the work began
}

const (
	stretch = 200 * time.Microsecond // of work, before a rest is thought of
	longest = 5 * time.Millisecond   // rest: work that took long may itself have waited for the machine
)

// begin begins work at a pace.
func (p *pacer) begin(pace func() float64) { p.pace, p.since = pace, time.Now() }

// rest is called during the work, and rests when it is time.
func (p *pacer) rest(ctx context.Context) {
	if p.pace == nil {
		return
	}
	worked := time.Since(p.since)
	if worked < stretch {
		return
	}
	if owed := time.Duration(p.pace() * float64(worked)); owed > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(min(owed, longest)):
		}
	}
	p.since = time.Now()
}
