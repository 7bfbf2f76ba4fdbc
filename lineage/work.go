package lineage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// work does what a queue asks for until the session ends: as many of its items at once as all says, one or all.
// Find turns them into events.
func work[T any](r *Recorder, queue *[]T, all bool, find func([]T) []tracker.Event) {
	for {
		items, ok := await(r, queue, all)
		if !ok {
			return
		}
		if len(items) == 0 {
			continue // what was wanted is not wanted any more
		}
		began := time.Now()
		r.record(func() []tracker.Event { return find(items) })
		r.done()
		r.rest(time.Since(began))
	}
}

// await blocks until something is in the queue and takes it; false when the session ended.
func await[T any](r *Recorder, queue *[]T, all bool) ([]T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.closed && len(*queue) == 0 {
		r.changed.Wait()
	}
	n := 1
	if all {
		r.lull()
		n = len(*queue)
	}
	if r.closed || n == 0 {
		return nil, !r.closed
	}
	items := (*queue)[:n:n]
	*queue = (*queue)[n:]
	r.busy++
	return items, true
}

const (
	quick   = 200 * time.Millisecond // a cell that is done within it is waited for: most are, also those that are built
	passing = time.Millisecond       // a cell is on its way to what executes it
	leaving = 5 * time.Millisecond   // a cell's reply is on its way
	beside  = 3.0                    // the pace beside a cell: three quarters of a core are left to it
)

// lull waits, with r.mu locked, for the end of the cells that run, if they are quick.
func (r *Recorder) lull() {
	late := false
	timer := time.AfterFunc(quick, func() { r.want(func() { late = true }, 0) })
	defer timer.Stop()
	for r.running > 0 && !late && !r.ending && !r.closed {
		r.changed.Wait()
	}
}

// pace is that of work that takes a core for long.
func (r *Recorder) pace() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ending || r.running <= 0 && time.Since(r.ended) > leaving {
		return 0
	}
	return beside
}

// done says that what await gave is recorded.
func (r *Recorder) done() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	r.changed.Broadcast()
}

// rest leaves the machine to the cells for as long as the work took, unless the session ends.
func (r *Recorder) rest(d time.Duration) {
	r.mu.Lock()
	ending := r.ending
	r.mu.Unlock()
	if ending {
		return
	}
	select {
	case <-time.After(min(d, time.Second)):
	case <-r.hurry:
	}
}

// record keeps garbage collection away from what find stores until the entries that name it are flushed, however long the
// disk is full, or until the recorder behind gave them up.
func (r *Recorder) record(find func() []tracker.Event) {
	release, held := r.hold()
	defer release()
	events := find()
	if err := r.options.Store.flush(); err != nil {
		events = r.lost(events, err)
	}
	for _, e := range events {
		r.options.Next.Record(e)
	}
	for !r.flush() && held {
		time.Sleep(retry)
	}
}

// retry is how long to wait until a ledger that could not be written is tried again.
const retry = time.Second / 4

// hold keeps garbage collection away, if it can. The first time, the ledger may have to be made before.
func (r *Recorder) hold() (release func(), held bool) {
	release, err := r.options.Store.hold()
	if errors.Is(err, fs.ErrNotExist) {
		r.flush()
		release, err = r.options.Store.hold()
	}
	if err != nil {
		return func() {}, false // the store keeps nothing now, and says so to who puts
	}
	return release, true
}

// flush waits, within reason, until what was told is written, and reports whether it is settled: written, or never to be.
// Its failure is told to the session, which flushes too, and the entries are tried again.
func (r *Recorder) flush() (settled bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // the end of the session settles nothing yet
	defer cancel()
	err := r.options.Next.Flush(ctx)
	return err == nil || errors.Is(err, tracker.ErrClosed)
}

// lost says what becomes of events whose bytes could not be written: an entry must not name what is not there.
func (r *Recorder) lost(events []tracker.Event, err error) []tracker.Event {
	gap := tracker.Gap{Session: r.current(), Time: r.options.Now(),
		Reason: fmt.Sprintf("on what cells ran was not recorded (%d facts): %v", len(events), err)}
	return []tracker.Event{gap}
}

func (r *Recorder) environmentOf(sessions []tracker.SessionOpened) []tracker.Event {
	e, err := r.options.Environment(r.ctx)
	if err != nil {
		return []tracker.Event{tracker.Gap{Session: sessions[0].Session, Time: r.options.Now(), Reason: "environment: " + err.Error()}}
	}
	e.Session = sessions[0].Session
	return []tracker.Event{e}
}

// codeOf tells the code state of all cells that started before it looked; those that start while it
// looks are for the next time.
func (r *Recorder) codeOf(cells []tracker.CellStarted) (events []tracker.Event) {
	state, err := r.options.Code.Capture(r.ctx, r.pace)
	if err != nil {
		state.Missing = join(state.Missing, err)
	}
	news := !sameCode(state, r.known)
	r.known = state
	for i, cell := range cells {
		e := state
		e.Session, e.Execution = cell.Session, cell.Execution
		if news && i < len(cells)-1 {
			e.Missing = join(e.Missing, fmt.Errorf("looked at %v after the cell began, when others had begun: what changed meanwhile is in it",
				state.Time.Sub(cell.Time).Round(time.Millisecond)))
		}
		events = append(events, e)
	}
	return events
}

// sameCode reports whether nothing differs between two looks at the code. Nothing known is as good as a clean work tree.
func sameCode(a, b tracker.CodeCaptured) bool {
	return (a.Commit == b.Commit || b.Time.IsZero()) && bytes.Equal(a.Changes, b.Changes)
}

func (r *Recorder) filesOf(cells []tracker.CellFinished) (events []tracker.Event) {
	for _, cell := range cells {
		seen, err := r.options.Files.Observe(r.ctx, cell)
		if err != nil {
			seen.Missing = join(seen.Missing, err)
		}
		seen.Session, seen.Execution = r.current(), cell.Execution
		if seen.Time.IsZero() {
			seen.Time = r.options.Now()
		}
		events = append(events, seen)
	}
	return events
}

// join adds an error to what is missing already.
func join(missing string, err error) string {
	if missing == "" {
		return err.Error()
	}
	return missing + "; " + err.Error()
}
