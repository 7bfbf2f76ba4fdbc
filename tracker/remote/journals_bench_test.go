package remote

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// benchJournals is how many sessions the ledgers of these benchmarks have.
const benchJournals = 400

// manyJournals makes a ledger of many short journals, and a remote that has them.
func manyJournals(b *testing.B) (from, shelf string) {
	b.Helper()
	key := newKey(b)
	from, shelf = filepath.Join(b.TempDir(), ".gemba"), b.TempDir()
	for range benchJournals {
		w, err := journal.Create(from, journal.Options{Key: key, Writer: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		for n := range 20 {
			source, err := w.Put([]byte(tracker.NewID().String()))
			e := &tracker.CellStartedEntry{Header: tracker.Header{Time: epoch, Execution: tracker.NewID()}, Count: n, Source: source}
			if err := errors.Join(err, w.Append(e)); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	pushed(b, from, openBucket(b, shelf))
	return from, shelf
}

// BenchmarkManyJournals clones a ledger of many journals, and pulls and pushes where nothing is new.
func BenchmarkManyJournals(b *testing.B) {
	from, shelf := manyJournals(b)
	key, dir, to := newKey(b), b.TempDir(), ""
	b.Run("clone", func(b *testing.B) {
		for range b.N {
			to = filepath.Join(dir, tracker.NewID().String())
			pulled(b, to, openBucket(b, shelf), PullOptions{Key: key})
		}
	})
	b.Run("pull nothing", func(b *testing.B) {
		for range b.N {
			pulled(b, to, openBucket(b, shelf), PullOptions{Key: key})
		}
	})
	b.Run("push nothing", func(b *testing.B) {
		for range b.N {
			pushed(b, from, openBucket(b, shelf))
		}
	})
	wantVerified(b, to)
}
