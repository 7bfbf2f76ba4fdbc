package journal

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// again returns the copy with its lines from the first one on.
func (c Copy) again(lines []byte) Copy { c.Lines = bytes.NewReader(lines); return c }

// imported takes a copy in, and verifies the ledger.
func imported(t *testing.T, dir string, c Copy, key *Key) (gained bool) {
	t.Helper()
	gained, err := Import(dir, c, key, clock())
	if err != nil {
		t.Fatal(err)
	}
	wantSound(t, dir)
	return gained
}

func wantSound(t *testing.T, dir string) {
	t.Helper()
	report, err := Verify(t.Context(), dir)
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
}

// TestKilledImport leaves a ledger as an import does that is killed after each of its steps, of a journal that is new
// and of one that grew. The next import completes it.
func TestKilledImport(t *testing.T) {
	theirs, ours := newKey(t), newKey(t)
	from, w := wrote(t, theirs, 3)
	short, _ := copyOf(t, from)
	shortLines, _ := io.ReadAll(short.Lines)
	addCells(t, w, 2)
	long, _ := copyOf(t, from)
	longLines, _ := io.ReadAll(long.Lines)
	whole := t.TempDir()
	imported(t, whole, long.again(longLines), ours)

	lines, hashes, checkpoint := layout.lines, layout.hashes, layout.checkpoint
	type file = func(layout, string) string
	for name, test := range map[string]struct {
		known   bool
		there   []file
		faulty  bool // until it is completed
		gaining bool // when it is completed
	}{
		"new: hashes":       {false, []file{hashes}, false, true},
		"new: checkpoint":   {false, []file{hashes, checkpoint}, false, true},
		"new: lines":        {false, []file{hashes, checkpoint, lines}, true, false},
		"grown: lines":      {true, []file{lines}, false, true},
		"grown: hashes":     {true, []file{lines, hashes}, false, true},
		"grown: checkpoint": {true, []file{lines, hashes, checkpoint}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := wrote(t, ours, 1)
			if test.known {
				imported(t, dir, short.again(shortLines), ours)
			}
			here := newLayout(dir)
			for _, end := range test.there {
				copyFile(t, end(newLayout(whole), w.name), end(here, w.name))
			}
			copyFile(t, publicPath(whole, theirs), publicPath(dir, theirs))
			if test.faulty {
				report, err := Verify(t.Context(), dir)
				if err != nil || len(report.Problems) != 1 || report.Problems[0].Fault != Unlisted {
					t.Errorf("%+v, %v", report, err)
				}
			} else {
				wantSound(t, dir)
			}
			if gained := imported(t, dir, long.again(longLines), ours); gained != test.gaining {
				t.Errorf("gained %v", gained)
			}
			ledger, _ := Open(dir)
			signed, err := ledger.Signed(w.ID())
			if unlisted, listErr := ledger.Unlisted(); err != nil || listErr != nil || signed.Entries != 6 || len(unlisted) > 0 {
				t.Errorf("%d entries, unlisted %v, %v, %v", signed.Entries, unlisted, err, listErr)
			}
		})
	}
}

func publicPath(dir string, key *Key) string { return newLayout(dir).key(key.ID()) }

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportsAtOnce takes two states of one journal in at the same time: the longer one stays, whole.
func TestImportsAtOnce(t *testing.T) {
	theirs, ours := newKey(t), newKey(t)
	from, w := wrote(t, theirs, 3)
	short, _ := copyOf(t, from)
	shortLines, _ := io.ReadAll(short.Lines)
	addCells(t, w, 200)
	long, _ := copyOf(t, from)
	longLines, _ := io.ReadAll(long.Lines)
	for range 10 {
		dir := filepath.Join(t.TempDir(), ".gemba")
		var all sync.WaitGroup
		for _, c := range []Copy{long.again(longLines), short.again(shortLines), long.again(longLines), short.again(shortLines)} {
			all.Go(func() {
				if _, err := Import(dir, c, ours, time.Now()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		wantSound(t, dir)
		ledger, _ := Open(dir)
		if signed, err := ledger.Signed(w.ID()); err != nil || signed.Entries != 204 {
			t.Fatalf("%d entries, %v", signed.Entries, err)
		}
	}
}
