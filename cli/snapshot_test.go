//go:build unix

package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
)

// dataset writes some folders of small files, and a larger one.
func (s *scene) dataset(files int) {
	s.Helper()
	random := rand.NewChaCha8([32]byte{7})
	write := func(path string, size int) {
		b := make([]byte, size)
		_, _ = random.Read(b)
		path = filepath.Join(s.dir, "data", path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			s.Fatal(err)
		}
	}
	for i := range files {
		write(fmt.Sprintf("part-%d/%d", i/50, i), 500+i)
	}
	write("large", 6_000_000)
}

// snapshots are those that the ledger has.
func (s *scene) snapshots() (all []index.Snapshot) {
	s.Helper()
	out, err := s.gemba("snapshot", "list", "--json").Output()
	if err != nil {
		s.Fatalf("list: %v", err)
	}
	if err := json.Unmarshal(out, &all); err != nil {
		s.Fatal(err)
	}
	return all
}

// wholeTree reads every blob that a tree names, and returns how many files that were.
func (s *scene) wholeTree(tree tracker.Digest) (files int) {
	s.Helper()
	blobs := blob.OpenStore(snapshot.Packs(filepath.Join(s.dir, "ledger")))
	for l, err := range snapshot.Walk(blobs, tree) {
		if err == nil && l.Type == snapshot.File {
			files++
			_, err = blobs.Get(l.Digest)
		}
		if err != nil {
			s.Fatalf("a snapshot is not whole: %v", err)
		}
	}
	return files
}

// Whenever a snapshot is killed, the ledger verifies and shows none that is not whole; the next one is.
func TestKilledSnapshots(t *testing.T) {
	const files, killings = 400, 25
	s := newScene(t)
	s.dataset(files)
	start := time.Now()
	if out, err := s.gemba("snapshot", "data").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	if err := os.RemoveAll(filepath.Join(s.dir, "ledger")); err != nil {
		t.Fatal(err)
	}
	for range killings {
		if err := os.WriteFile(filepath.Join(s.dir, "data", "large"), make([]byte, rand.IntN(8_000_000)), 0o644); err != nil {
			t.Fatal(err)
		}
		c := s.gemba("snapshot", "data")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(whole))))
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	if out, err := s.gemba("snapshot", "data").CombinedOutput(); err != nil {
		t.Fatalf("after the killings: %v\n%s", err, out)
	}
	s.verifies()
	all := s.snapshots()
	t.Logf("%d of %d snapshots were recorded", len(all), killings+1)
	for _, one := range all {
		if n := s.wholeTree(one.Tree); n != files+1 || one.Files != files+1 {
			t.Errorf("snapshot %s has %d files and says %d, want %d", one.ID, n, one.Files, files+1)
		}
	}
}

// Several snapshots at once do not disturb each other.
func TestSnapshotsAtOnce(t *testing.T) {
	const files, together = 300, 4
	s := newScene(t)
	s.dataset(files)
	var running sync.WaitGroup
	for range together {
		running.Go(func() {
			if out, err := s.gemba("snapshot", "data").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	running.Wait()
	s.verifies()
	all := s.snapshots()
	for _, one := range all {
		if diff := cmp.Diff(all[0].Tree, one.Tree); diff != "" {
			t.Errorf("the trees differ:\n%s", diff)
		}
	}
	if len(all) != together || s.wholeTree(all[0].Tree) != files+1 {
		t.Errorf("%d snapshots, want %d", len(all), together)
	}
}

// limited prepares a command of this program on a disk where no file can have more than some kB.
func (s *scene) limited(kB int, args ...string) *exec.Cmd {
	c := s.gemba(args...)
	script := fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec "$0" "$@"`, kB)
	c.Args = append([]string{"bash", "-c", script, filepath.Join(s.dir, "gemba")}, args...)
	var err error
	if c.Path, err = exec.LookPath("bash"); err != nil {
		s.Fatal(err)
	}
	return c
}

// A full disk is said, and leaves neither half a snapshot nor half a folder.
func TestSnapshotOnFullDisk(t *testing.T) {
	s := newScene(t)
	s.dataset(50)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(s.dir, "gemba")); err != nil {
		t.Fatal(err)
	}
	out, err := s.limited(1000, "snapshot", "data").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "file too large") {
		t.Errorf("on a full disk: %v\n%s", err, out)
	}
	if all := s.snapshots(); len(all) != 0 {
		t.Errorf("half a snapshot is there: %+v", all)
	}
	s.verifies()
	if out, err := s.gemba("snapshot", "data").CombinedOutput(); err != nil {
		t.Fatalf("with room again: %v\n%s", err, out)
	}
	out, err = s.limited(1000, "snapshot", "restore", "data", "back").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "large: ") || !strings.Contains(string(out), "file too large") {
		t.Errorf("restore on a full disk: %v\n%s", err, out)
	}
	for _, pattern := range []string{"back", ".gemba-restore-*"} {
		if left, _ := filepath.Glob(filepath.Join(s.dir, pattern)); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
	s.verifies()
}
