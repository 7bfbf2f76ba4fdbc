package lineage

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// fullDisk is a journal that cannot be written from when the files of a cell are to be recorded until there is room.
type fullDisk struct {
	*journal.Writer
	pending bool // entries with files are to be flushed
	room    atomic.Bool
	tries   chan struct{} // one for each Flush that failed
	written atomic.Bool   // they were flushed
}

func (d *fullDisk) Append(e tracker.Entry) error {
	_, files := e.(*tracker.FilesEntry)
	d.pending = d.pending || files
	return d.Writer.Append(e)
}

func (d *fullDisk) Flush() error {
	if d.pending && !d.room.Load() {
		select {
		case d.tries <- struct{}{}:
		default:
		}
		return errors.New("no space left on device")
	}
	err := d.Writer.Flush()
	d.written.Store(d.pending && err == nil)
	return err
}

// TestHeldUntilWritten sweeps while the disk is too full for the entry that names what a worker stored: the sweep waits,
// until the entry is there.
func TestHeldUntilWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	s := &sources{store: NewStore(filepath.Join(dir, "packs"))}
	disk := &fullDisk{tries: make(chan struct{})}
	next := tracker.NewRecorder(tracker.Options{Retry: time.Millisecond, Open: func() (j tracker.Journal, err error) {
		disk.Writer, err = journal.Create(dir, journal.Options{})
		return disk, err
	}})
	r := New(Options{Next: next, Store: s.store, Files: s, Patience: time.Millisecond})
	session := tracker.NewID()
	r.Record(tracker.SessionOpened{Session: session, Time: epoch})
	r.Record(tracker.CellFinished{Execution: tracker.NewID(), Time: epoch, Status: tracker.OK})
	<-disk.tries

	swept := make(chan bool)
	go func() {
		release, err := blob.Sweep(filepath.Join(dir, "packs"))
		if err != nil {
			t.Error(err)
		}
		written := disk.written.Load()
		release()
		swept <- written
	}()
	for range 1000 {
		<-disk.tries // whoever would not wait has let go by now
	}
	r.Record(tracker.SessionClosed{Session: session, Time: epoch}) // it does not wait longer than Patience says
	<-disk.tries
	disk.room.Store(true)
	if err := next.Close(); err != nil {
		t.Error(err)
	}
	if !<-swept {
		t.Error("what the worker stored could be swept before the entry that names it was written")
	}
}
