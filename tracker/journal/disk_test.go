package journal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/disktest"
)

// onFaultyDisk puts the lines of a chain onto a disk that fails when it is told to; so many bytes of them are durable.
func onFaultyDisk(t *testing.T, c *chain) *disktest.Disk {
	t.Helper()
	d := &disktest.Disk{File: c.file.(*os.File), Durable: make([]byte, c.durable)}
	if _, err := d.ReadAt(d.Durable, 0); err != nil {
		t.Fatal(err)
	}
	c.file = d
	return d
}

// powerCut leaves of the lines what is durable: the ledger is in order.
func powerCut(t *testing.T, dir, name string, d *disktest.Disk) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "journals", name+".jsonl"), d.Durable, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(t.Context(), dir)
	if err != nil || !r.OK() {
		t.Fatalf("after a power cut: %v, %+v", err, r)
	}

}

func interrupted() *tracker.InterruptedEntry {
	return &tracker.InterruptedEntry{Header: tracker.Header{Time: time.Unix(1, 0)}, By: "test"}
}

// TestSignedBehindAFailedSync fails syncs of a journal: what is signed survives a power cut all the same.
func TestSignedBehindAFailedSync(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	w, err := Create(dir, Options{Key: NewKey()})
	if err != nil {
		t.Fatal(err)
	}
	d := onFaultyDisk(t, &w.chain)
	for range 3 {
		for range 2 {
			if err := errors.Join(w.Append(interrupted()), w.Flush()); err != nil {
				t.Fatal(err)
			}
			d.Fail = syscall.EIO
			if err := w.Sync(); !errors.Is(err, syscall.EIO) {
				t.Fatalf("sync on a broken disk: %v", err)
			}
		}
		if err := w.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if w.signed != 7 {
		t.Errorf("%d entries are signed, want 7", w.signed)
	}
	powerCut(t, dir, w.name, d)
}

// TestForgottenLines has the system forget lines that it could not write: they are not signed, ever.
func TestForgottenLines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	w, err := Create(dir, Options{Key: NewKey()})
	if err != nil {
		t.Fatal(err)
	}
	d := onFaultyDisk(t, &w.chain)
	if err := errors.Join(w.Append(interrupted()), w.Flush()); err != nil {
		t.Fatal(err)
	}
	d.Fail, d.Forget = syscall.EIO, true
	for n, want := range []error{syscall.EIO, ErrLost, ErrLost} {
		if err := w.Sync(); !errors.Is(err, want) {
			t.Errorf("sync %d: %v, want %v", n, err, want)
		}
	}
	if err := w.Close(); !errors.Is(err, ErrLost) || w.signed != 1 {
		t.Errorf("close: %v, %d entries are signed", err, w.signed)
	}
}

// TestLinesOfAKilledWriter appends to the ledger-wide journal behind a line whose writer did not come to a sync: that line
// is durable when it is signed.
func TestLinesOfAKilledWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	key := NewKey()
	w, err := Create(dir, Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(dir)
	killed, err := l.openRegister(key, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(killed.append(interrupted()), killed.flush(), killed.file.Close()); err != nil {
		t.Fatal(err)
	}
	next, err := l.openRegister(key, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	d := onFaultyDisk(t, &next.chain)
	if err := errors.Join(next.append(interrupted()), next.commit()); err != nil {
		t.Fatal(err)
	}
	if next.signed != 4 {
		t.Errorf("%d entries are signed, want 4", next.signed)
	}
	if err := w.file.Close(); err != nil {
		t.Fatal(err)
	}
	powerCut(t, dir, LedgerWide, d)
}
