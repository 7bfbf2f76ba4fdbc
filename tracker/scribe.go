package tracker

import (
	"cmp"
	"errors"
	"time"
)

// scribe is the goroutine of a Recorder: it owns the journal and everything about running cells.
type scribe struct {
	*Recorder
	journal Journal // nil until it could be opened
	cells   map[ID]*cell
	ending  bool    // nothing follows
	todo    []Event // taken from the queue
	tally   tally   // of secrets replaced in what the next entry tells

	failing error // why the last attempt to write failed
	retry   time.Time
	dirty   time.Time // since when something is flushed and not synced; zero: nothing is
	syncing bool
	unsafe  error // why the last attempt to sync failed
	synced  chan error
}

func newScribe(r *Recorder) *scribe {
	return &scribe{Recorder: r, cells: make(map[ID]*cell), synced: make(chan error, 1)}
}

// run works until the Recorder is closed.
func (s *scribe) run() {
	defer close(s.done)
	timer := time.NewTimer(time.Hour)
	for {
		select {
		case <-s.wake:
		case <-timer.C:
		case err := <-s.synced:
			s.afterSync(err)
		}
		flushes, closing := s.take()
		s.ending = closing
		err := s.work(len(flushes) > 0 || closing)
		for _, answer := range flushes {
			answer <- err
		}
		if closing {
			s.closed = s.close(err)
			return
		}
		timer.Reset(s.pause())
	}
}

// take moves what waits in the queue to the scribe.
func (s *scribe) take() (flushes []chan<- error, closing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.todo = append(s.todo, s.queue...)
	clear(s.queue)
	s.queue = s.queue[:0]
	flushes, s.flushes = s.flushes, nil
	return flushes, s.closing
}

// maxPending is how many bytes the journal may collect before they are flushed.
const maxPending = 4 << 20

// work writes what can be written now. With all, nothing is left for later, and strict mode waits for the disk.
func (s *scribe) work(all bool) error {
	if s.failing != nil && !all && time.Now().Before(s.retry) {
		return nil
	}
	s.failing = explain(s.write(all))
	if s.failing != nil {
		s.retry = time.Now().Add(s.options.Retry)
	} else {
		s.startSync()
	}
	s.setFault(cmp.Or(s.failing, s.unsafe))
	return s.failing
}

func (s *scribe) write(all bool) error {
	if err := s.ready(); err != nil {
		return err
	}
	if err := s.handleAll(); err != nil {
		return err
	}
	s.cutBatches(all, s.ending)
	s.recordLosses()
	if err := s.flush(); err != nil || !all || !s.options.Strict {
		return err
	}
	return s.journal.Sync()
}

// ready opens the journal, and makes sure that it can be written before events leave the queue.
func (s *scribe) ready() error {
	if s.journal == nil {
		journal, err := s.options.Open()
		if err != nil {
			return err
		}
		s.journal = journal
	}
	return s.flush() // what a failure left behind
}

// handleAll turns the events taken from the queue into entries, flushing on the way so that memory stays bounded.
func (s *scribe) handleAll() error {
	done, bytes := 0, int64(0)
	defer func() {
		clear(s.todo[:done])
		s.todo = s.todo[done:]
		if len(s.todo) == 0 {
			s.todo = nil
		}
		s.mu.Lock()
		s.bytes -= bytes
		s.mu.Unlock()
	}()
	for _, e := range s.todo {
		s.handle(e)
		done++
		bytes += sizeOf(e)
		if s.journal.Pending() > maxPending {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *scribe) flush() error {
	if s.journal.Pending() == 0 {
		return nil
	}
	if err := s.journal.Flush(); err != nil {
		return err
	}
	if s.dirty.IsZero() {
		s.dirty = time.Now()
	}
	return nil
}

// startSync begins to make durable what was flushed some time ago, beside everything else.
func (s *scribe) startSync() {
	if s.syncing || s.dirty.IsZero() || time.Since(s.dirty) < s.options.SyncAfter {
		return
	}
	s.syncing, s.dirty = true, time.Time{}
	go func() { s.synced <- s.journal.Sync() }()
}

func (s *scribe) afterSync(err error) {
	s.syncing, s.unsafe = false, explain(err)
	if err != nil && s.dirty.IsZero() {
		s.dirty = time.Now()
	}
}

// pause returns how long the scribe may sleep when nothing wakes it.
func (s *scribe) pause() time.Duration {
	if s.failing != nil {
		return max(0, time.Until(s.retry))
	}
	pause := time.Hour
	if !s.dirty.IsZero() && !s.syncing {
		pause = min(pause, s.options.SyncAfter-time.Since(s.dirty))
	}
	for _, c := range s.cells {
		if due, ok := c.due(s.options.Batch); ok {
			pause = min(pause, due)
		}
	}
	return max(0, pause)
}

// close ends the journal; err is why the last of the record could not be written.
func (s *scribe) close(err error) error {
	if s.syncing {
		err = errors.Join(err, <-s.synced)
	}
	if s.journal == nil {
		return err
	}
	return errors.Join(err, s.journal.Close())
}
