package usage

import (
	"context"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Next is the recorder behind this one.
type Next interface {
	Record(tracker.Event)
	Flush(context.Context) error
}

// Recorder passes on what a session tells, and adds to each cell execution what it used. It may be used from several goroutines.
type Recorder struct {
	meter *Meter
	next  Next
	run   Run
	work  sync.WaitGroup
}

// NewRecorder returns a recorder of what a Meter measures. run may be nil.
func NewRecorder(m *Meter, next Next, run Run) *Recorder {
	return &Recorder{meter: m, next: next, run: run}
}

// Record passes an event on. It blocks for no cell; the end of the session waits a moment for figures that are still to come.
func (r *Recorder) Record(e tracker.Event) {
	switch e := e.(type) {
	case tracker.CellStarted:
		r.meter.begin(e, r.run)
	case tracker.CellFinished:
		if c := r.meter.end(); c != nil {
			r.next.Record(e)
			r.work.Go(func() { r.finish(c, e) })
			return
		}
	case tracker.SessionClosed:
		r.work.Wait()
		r.meter.Close()
	}
	r.next.Record(e)
}

// Flush is that of the recorder behind.
func (r *Recorder) Flush(ctx context.Context) error { return r.next.Flush(ctx) }

// patience is how long the last look at the machine may take.
const patience = time.Second

// finish records what a cell used.
func (r *Recorder) finish(c *cell, e tracker.CellFinished) {
	late := time.NewTimer(patience)
	defer late.Stop()
	answered := true
	select {
	case <-c.done:
	case <-late.C:
		answered = false
	}
	usage, devices := c.usage()
	if !answered {
		usage.Missing = append(usage.Missing, "machine: its counters did not answer")
	}
	usage.Memory = max(usage.Memory, e.MaxRSS)
	r.next.Record(tracker.CellUsed{Session: c.session, Execution: c.execution, Time: r.meter.options.Now(), Usage: usage, Devices: devices})
}
