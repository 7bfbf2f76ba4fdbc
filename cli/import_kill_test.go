//go:build unix

package cli

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKilledImport kills imports of a store on their way, one after the other, until one comes to its end: the ledger tells the same then as
// one into which the store was imported in one go, and exports the store as it was.
func TestKilledImport(t *testing.T) {
	s := newScene(t)
	store := newStore(t, filepath.Join(s.dir, "mlruns"), 100)
	for n, folder := range storeFolders { // runs that are recorded in several steps: the first of them in steps of its own
		long := strings.Builder{}
		for i := range []int{400_000, 40_000}[min(n, 1)] {
			fmt.Fprintf(&long, "%d %d.5 %d\n", 1_700_000_000_000+i, i%1000, i)
		}
		store.write(folder+"/"+runID(n*10)+"/metrics/long", long.String())
	}
	if store.err != nil {
		t.Fatal(store.err)
	}
	whole := filepath.Join(s.dir, "whole")
	if out, err := s.gemba("import", "--ledger", whole, store.dir).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	size := recordedBytes(whole)
	killed := filepath.Join(s.dir, "killed")
	cut := 0
	for _, share := range []int64{0, 5, 20, 40, 60, 80} { // of what is recorded in the end, in hundredths
		c := s.gemba("import", "--ledger", killed, store.dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		s.await("the import is so far", func() bool { return len(ended) > 0 || recordedBytes(killed) >= size*share/100 })
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
		_ = c.Process.Kill()
		err := <-ended
		t.Logf("killed with %d bytes of %d: %v", recordedBytes(killed), size, err)
		if err != nil {
			cut++
		}
	}
	if cut == 0 {
		t.Error("no import was killed before it was done")
	}
	if out, err := s.gemba("import", "--ledger", killed, store.dir).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	for _, table := range [][]string{{"export", "jsonl", "--deleted"}, {"sql", "--json", "SELECT run, path, digest, bytes FROM artifacts ORDER BY run, path"}} {
		want, got := s.sorted(whole, table...), s.sorted(killed, table...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-in one go +after it was killed):\n%s", table[0], diff)
		}
	}
	s.exports(killed, store)
}

// sorted returns the lines that a command prints for a ledger.
func (s *scene) sorted(ledger string, args ...string) []string {
	s.Helper()
	out, err := s.gemba(append([]string{"--ledger", ledger}, args...)...).Output()
	if err != nil {
		s.Fatalf("%s: %v", args[0], err)
	}
	lines := strings.Split(string(out), "\n")
	slices.Sort(lines)
	return lines
}

// exports wants a ledger to verify, and to export the store.
func (s *scene) exports(ledger string, store *mlrunsStore) {
	s.Helper()
	out := filepath.Join(s.dir, "out")
	for _, args := range [][]string{{"verify"}, {"export", "mlflow", out}} {
		if said, err := s.gemba(append(args, "--ledger", ledger)...).CombinedOutput(); err != nil {
			s.Fatalf("%s: %v\n%s", args[0], err, said)
		}
	}
	if diff := cmp.Diff(storeContent(s.T, store.dir), storeContent(s.T, out)); diff != "" {
		s.Errorf("the store changed (-before +after):\n%.2000s", diff)
	}
}

// recordedBytes returns how large the journals and packs of a ledger are, in bytes.
func recordedBytes(ledger string) (sum int64) {
	for _, folder := range []string{"journals", "packs"} {
		_ = filepath.WalkDir(filepath.Join(ledger, folder), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					sum += info.Size()
				}
			}
			return nil // it is not there yet, or not any more
		})
	}
	return sum
}
