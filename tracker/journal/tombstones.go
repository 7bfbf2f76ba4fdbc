package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Tombstone says why a blob's bytes are not in the packs.
type Tombstone struct {
	Reason string // "purged", "evicted" or "collected"
	Remote string // where evicted bytes still are
	Size   int64  // of the blob, in bytes
	at     time.Time
}

// Purged reports whether the bytes must not be there, nor come back.
func (t Tombstone) Purged() bool { return t.Reason == "purged" }

// Evicted reports whether the bytes are on a remote.
func (t Tombstone) Evicted() bool { return t.Reason == "evicted" }

// Collected reports whether the rules of retention let the bytes go.
func (t Tombstone) Collected() bool { return t.Reason == "collected" }

// Tombstones are the blobs that entries say were removed. Of several tombstones of one blob, which was stored again or
// fetched meanwhile, the last one counts, but a purge before all others: who evicted the blob later, or cloned without
// blobs, may not have known of it.
type Tombstones map[tracker.Digest]Tombstone

// Add takes the tombstones of an entry, whose list open opens.
func (t Tombstones) Add(e *tracker.RemovedEntry, open func(tracker.Digest) (io.ReadCloser, int64, error)) error {
	list, _, err := open(e.Removed)
	if err != nil {
		return fmt.Errorf("read list of removed blobs: %w", err)
	}
	defer func() { _ = list.Close() }()
	return tracker.ReadRemoved(list, func(d tracker.Digest, size int64) {
		known, ok := t[d]
		stone := Tombstone{e.Reason, e.Remote, size, e.Time}
		if !ok || stone.Purged() && !known.Purged() || stone.Purged() == known.Purged() && e.Time.After(known.at) {
			t[d] = stone
		}
	})
}

// removedPrefix is how a line begins that is a tombstone.
var removedPrefix = []byte(`{"kind":"` + tracker.KindRemoved + `"`)

// ParseRemoved returns the entry in a line that tells of removed blobs, nil where the line is another one.
func ParseRemoved(line []byte) (*tracker.RemovedEntry, error) {
	if !bytes.HasPrefix(line, removedPrefix) {
		return nil, nil
	}
	e, err := tracker.DecodeEntry(line)
	if err != nil {
		return nil, err
	}
	removed, _ := e.(*tracker.RemovedEntry)
	return removed, nil
}

// Tombstones reads all journals for tombstones. What cannot be read goes to problem.
func (l *Ledger) Tombstones(ctx context.Context, problem func(error)) (Tombstones, error) {
	return l.tombstones(ctx, make(map[tracker.ID]removals), problem)
}

// KnownTombstones is Tombstones for those who ask often: what was read of journals before is remembered in the
// ledger's cache, and only what was appended since is read.
func (l *Ledger) KnownTombstones(ctx context.Context, problem func(error)) (Tombstones, error) {
	seen := l.loadRemovals()
	before := maps.Clone(seen)
	all, err := l.tombstones(ctx, seen, problem)
	if err == nil && !maps.EqualFunc(before, seen, func(a, b removals) bool { return a.Position == b.Position }) {
		l.storeRemovals(seen)
	}
	return all, err
}

// removals are the lines of a journal, as far as it was read, that are tombstones.
type removals struct {
	Position
	Lines []json.RawMessage `json:",omitempty"`
}

// tombstones reads the journals behind what was seen of them, and notes that in seen.
func (l *Ledger) tombstones(ctx context.Context, seen map[tracker.ID]removals, problem func(error)) (Tombstones, error) {
	ids, err := l.Journals()
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(seen, func(id tracker.ID, _ removals) bool {
		_, there := slices.BinarySearchFunc(ids, id, func(a, b tracker.ID) int { return bytes.Compare(a[:], b[:]) })
		return !there
	})
	all := make(Tombstones)
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, fault := l.readRemovals(id, seen[id], problem)
		if seen[id] = r; fault {
			delete(seen, id) // it is read, and its fault told, again
		}
		for _, line := range r.Lines {
			e, err := ParseRemoved(line)
			if err == nil && e != nil {
				err = all.Add(e, l.blobs.Open)
			}
			if err != nil {
				problem(err)
			}
		}
	}
	return all, nil
}

// readRemovals reads on in a journal. It reports whether something was wrong.
func (l *Ledger) readRemovals(id tracker.ID, from removals, problem func(error)) (r removals, fault bool) {
	r = removals{from.Position, slices.Clone(from.Lines)}
	for line, err := range l.Lines(id, from.Position) {
		if err != nil {
			if fault = true; !errors.Is(err, fs.ErrNotExist) {
				problem(err)
			}
			continue
		}
		r.Position = Position{line.N, line.End}
		if bytes.HasPrefix(line.Line, removedPrefix) {
			r.Lines = append(r.Lines, bytes.Clone(line.Line))
		}
	}
	return r, fault
}

// removalsFile is where KnownTombstones remembers what it read.
func (l layout) removalsFile() string { return filepath.Join(l.dir, "cache", "tombstones.json") }

func (l layout) loadRemovals() map[tracker.ID]removals {
	seen := make(map[tracker.ID]removals)
	b, err := os.ReadFile(l.removalsFile())
	if err != nil || json.Unmarshal(b, &seen) != nil || seen == nil {
		return make(map[tracker.ID]removals)
	}
	return seen
}

// storeRemovals remembers what was read; what cannot be remembered is read again.
func (l layout) storeRemovals(seen map[tracker.ID]removals) {
	b, err := json.Marshal(seen)
	if err == nil && os.MkdirAll(filepath.Dir(l.removalsFile()), 0o755) == nil {
		_ = writeAtomic(l.removalsFile(), b)
	}
}
