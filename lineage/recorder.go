// Package lineage records, beside the cells, on what they ran: code, files, environment. It stands between
// a session and its recorder and listens to the events that pass, so no cell waits for it and nobody has
// to call it. It knows no kernel and no front end.
package lineage

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Next is the recorder behind this one; *tracker.Recorder is one.
type Next interface {
	Record(tracker.Event)
	Flush(context.Context) error
}

// Code tells the code state of the session's folder. Its calls do not overlap. Pace says, whenever it is asked, for how many
// times as long as the work took to rest, so that the cells have the machine.
type Code interface {
	Capture(ctx context.Context, pace func() float64) (tracker.CodeCaptured, error)
}

// Files tells what a cell read and wrote. Started and Finished must be quick: the cell waits for them. The calls of Observe do
// not overlap each other; the others may come beside them.
type Files interface {
	Started(tracker.CellStarted)
	Finished(tracker.CellFinished)
	Observe(context.Context, tracker.CellFinished) (tracker.FilesObserved, error)
}

// Options set up a Recorder. Next and Store are required; what is nil is not recorded.
type Options struct {
	Next        Next
	Store       *Store
	Code        Code
	Files       Files
	Environment func(context.Context) (tracker.EnvironmentCaptured, error)
	Now         func() time.Time // nil: time.Now
	Close       func() error     // called when nothing is asked any more; nil: nothing is called
	Patience    time.Duration    // how long the end of a session waits for what is not recorded yet; 0: two seconds
}

// Recorder passes events on and adds those that tell on what the cells ran. It may be used from several goroutines.
type Recorder struct {
	options Options
	ctx     context.Context
	stop    context.CancelFunc
	workers sync.WaitGroup
	known   tracker.CodeCaptured // the last one; of the worker that asks for it
	hurry   chan struct{}        // closed when the session ends: what is left is done without a pause

	mu       sync.Mutex
	changed  *sync.Cond // of what follows
	session  tracker.ID
	sessions []tracker.SessionOpened // whose environment is wanted
	code     []tracker.CellStarted   // cells whose code state is wanted
	files    []tracker.CellFinished  // cells whose files are wanted
	busy     int                     // workers at work
	running  int                     // cells
	ended    time.Time               // the last cell did
	soon     *time.Timer             // tells the workers what cells want
	ending   bool
	closed   bool
}

// New returns a Recorder, which works until its session is closed.
func New(o Options) *Recorder {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 2 * time.Second
	}
	r := &Recorder{options: o, hurry: make(chan struct{})}
	r.changed = sync.NewCond(&r.mu)
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.soon = time.AfterFunc(time.Hour, r.tell)
	r.soon.Stop()
	r.workers.Go(func() { work(r, &r.sessions, false, r.environmentOf) })
	r.workers.Go(func() { work(r, &r.code, true, r.codeOf) })
	r.workers.Go(func() { work(r, &r.files, false, r.filesOf) })
	return r
}

// Flush is that of the recorder behind: what is told by cells, not what is still being found out about them.
// Who asks for it has nothing left to do but a cell's reply, so the work on the cell begins.
func (r *Recorder) Flush(ctx context.Context) error {
	err := r.options.Next.Flush(ctx)
	if r.soon.Stop() {
		r.tell()
	}
	return err
}

// tell wakes the workers.
func (r *Recorder) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed.Broadcast()
}

// Record passes an event on and notes what is to be found out. It never blocks, but for the end of a
// session: what is wanted then is waited for, as long as Patience says.
func (r *Recorder) Record(e tracker.Event) {
	switch e := e.(type) {
	case tracker.SessionOpened:
		r.want(func() { r.opened(e) }, 0)
	case tracker.CellStarted:
		if r.options.Files != nil {
			r.options.Files.Started(e)
		}
		r.want(func() { r.started(e) }, passing)
	case tracker.CellFinished:
		if r.options.Files != nil {
			r.options.Files.Finished(e)
		}
		r.want(func() { r.finished(e) }, leaving)
	case tracker.SessionClosed:
		r.close()
	}
	r.options.Next.Record(e)
}

// want notes something to do, of which the workers are told so much later: a cell waits for what was noted, and not for them.
func (r *Recorder) want(note func(), later time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	note()
	if later > 0 {
		r.soon.Reset(later)
		return
	}
	r.changed.Broadcast()
}

func (r *Recorder) opened(e tracker.SessionOpened) {
	r.session = e.Session
	if r.options.Environment != nil {
		r.sessions = append(r.sessions, e)
	}
}

// started notes a cell whose code state is to be looked at.
func (r *Recorder) started(e tracker.CellStarted) {
	r.running++
	if r.options.Code != nil {
		r.code = append(r.code, e)
	}
}

// finished notes a cell whose files are to be observed. One that never ran has neither files nor code.
func (r *Recorder) finished(e tracker.CellFinished) {
	r.running--
	r.ended = time.Now()
	if e.Status == tracker.Aborted {
		r.code = slices.DeleteFunc(r.code, func(c tracker.CellStarted) bool { return c.Execution == e.Execution })
		return
	}
	if r.options.Files != nil {
		r.files = append(r.files, e)
	}
}

// close waits for what is still wanted, and says what could not be found out in time.
func (r *Recorder) close() {
	patience := time.AfterFunc(r.options.Patience, r.giveUp)
	defer patience.Stop()
	r.mu.Lock()
	if r.ending {
		r.mu.Unlock()
		return
	}
	r.ending = true
	close(r.hurry)
	r.changed.Broadcast()
	for !r.closed && r.left() > 0 {
		r.changed.Wait()
	}
	late := r.left()
	r.mu.Unlock()
	r.giveUp()
	r.stop()
	if late > 0 {
		r.options.Next.Record(tracker.Gap{Session: r.current(), Time: r.options.Now(),
			Reason: "the session ended before all was recorded on what its last cells ran"})
		go r.end() // who is still at work may hang on a slow disk
		return
	}
	r.end()
}

// end closes what the workers used when the last of them is done.
func (r *Recorder) end() {
	r.workers.Wait()
	r.options.Store.close()
	if r.options.Close != nil {
		_ = r.options.Close() // only reading ends
	}
}

// left counts what is wanted and not yet recorded.
func (r *Recorder) left() int { return len(r.sessions) + len(r.code) + len(r.files) + r.busy }

// current returns the session.
func (r *Recorder) current() tracker.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.session
}

// giveUp ends the workers.
func (r *Recorder) giveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.changed.Broadcast()
}
