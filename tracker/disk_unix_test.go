//go:build unix

package tracker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/signal"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// recordOnFullDisk records cells while the system lets no file grow, and others before and after. The
// limit is this process's own, so that the test needs no file system of its own.
func recordOnFullDisk(dir string) error {
	signal.Ignore(unix.SIGXFSZ)
	r := tracker.NewRecorder(tracker.Options{
		Retry: time.Millisecond, SyncAfter: time.Millisecond,
		Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Key: journal.NewKey()}) },
	})
	session := tracker.NewID()
	n := 0
	record := func() error {
		n++
		recordCell(r, session, n)
		return r.Flush(context.Background())
	}
	if err := record(); err != nil {
		return err
	}
	limit := unix.Rlimit{Cur: 3000, Max: unix.RLIM_INFINITY}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	full := record()
	for full == nil {
		full = record()
	}
	for range 30 {
		if err := record(); !errors.Is(err, unix.EFBIG) || r.Err() == nil {
			return fmt.Errorf("flush on a full disk: %v", err)
		}
	}
	limit.Cur = unix.RLIM_INFINITY
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := record(); err != nil {
		return err
	}
	fmt.Println(n)
	return r.Close()
}

// TestFullDisk fills the disk for a while: what was recorded meanwhile is there afterwards, and
// nothing that was there before is harmed.
func TestFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	c := startChild(t, dir, t.TempDir(), fullDiskEnv+"=1")
	told := c.told()
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	report, err := journal.Verify(t.Context(), dir)
	if err != nil || !report.OK() || report.Unsigned != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	l, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := l.Journals()
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	if got := finishedCells(t, l, ids[0]); got != told || told == 0 {
		t.Errorf("%d cells in the ledger, %d were recorded", got, told)
	}
}

// TestLedgerThatCanNeverBeWritten records where no folder can be made, even by root.
func TestLedgerThatCanNeverBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := unix.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(file, ".gemba"), "/proc/gemba"} {
		r := tracker.NewRecorder(tracker.Options{
			Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{}) },
		})
		recordCell(r, tracker.NewID(), 1)
		for _, err := range []error{r.Flush(t.Context()), r.Err(), r.Close()} {
			if err == nil || !bytes.Contains([]byte(err.Error()), []byte("GEMBA_LEDGER")) {
				t.Errorf("%s: %v; want an error that says what to do", dir, err)
			}
		}
	}
}
