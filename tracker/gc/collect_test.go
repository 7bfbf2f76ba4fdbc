package gc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// TestNothingReachableIsLost collects random histories as they grow: all that entries need stays, and a second
// collection frees nothing.
func TestNothingReachableIsLost(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, seed)
			for range 4 {
				for range 12 {
					h.grow()
				}
				told := h.collect(Options{DryRun: true})
				before := h.size()
				first := h.collect(Options{})
				if got := before - h.size(); first.Freed != max(0, got) || told.Freed < first.Freed-1024 || told.Freed > first.Freed+1024 {
					t.Errorf("freed %d bytes, told %d, foretold %d", got, first.Freed, told.Freed)
				}
				h.check()
				if second := h.collect(Options{}); second.Freed != 0 || second.Rewritten+second.Removed+second.Archived != 0 {
					t.Errorf("a second collection: %+v", second)
				}
			}
			h.closeAll()
			h.collect(Options{})
			h.check()
			h.checkFewPacks()
		})
	}
}

// checkFewPacks makes sure that each pack is as large as all smaller ones together, but for those that are too few to
// merge: that bounds their number by the logarithm of what they hold, whatever that is.
func (h *history) checkFewPacks() {
	h.t.Helper()
	sizes := h.sizes()
	slices.Sort(sizes)
	sum := int64(0)
	for i, size := range sizes {
		if i >= fewFiles-1 && size < sum {
			h.t.Errorf("packs of %d bytes are left", sizes)
		}
		sum += size
	}
}

// TestMergingEnds merges packs of random sizes: with what they become, the others are not to be merged again.
func TestMergingEnds(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		some := func() (all []*pack) {
			for range r.IntN(8) {
				all = append(all, &pack{kept: 1 + r.Int64N(1<<r.IntN(20))})
			}
			return all
		}
		packs, anyway := some(), some()
		merged := mergeable(packs, anyway)
		rest := packs[len(merged):] // it has sorted them
		if sum := kept(merged) + kept(anyway); sum > 0 {
			rest = append(rest, &pack{kept: sum})
		}
		if again := mergeable(rest, nil); len(again) > 0 {
			t.Fatalf("seed %d: %d packs were merged with %d, then %d", seed, len(merged), len(anyway), len(again))
		}
	}
}

func kept(packs []*pack) (sum int64) {
	for _, p := range packs {
		sum += p.kept
	}
	return sum
}

// TestCopiesOfAPackThatStays rewrites a pack that is garbage but for what a later one holds too: the new pack does not
// hold it again.
func TestCopiesOfAPackThatStays(t *testing.T) {
	h := newHistory(t, 1)
	shared, large := h.bytes(300), h.bytes(9001)
	w := h.open()
	h.put(w.Put, h.bytes(5001), false)
	h.needed(w, shared)
	closeWriter(t, w)
	w = h.open()
	h.needed(w, shared)
	h.needed(w, large)
	closeWriter(t, w)
	if first := h.collect(Options{}); first.Freed < 5000 {
		t.Errorf("a first collection: %+v", first)
	}
	h.check()
	if second := h.collect(Options{}); second.Freed != 0 || second.Rewritten+second.Removed != 0 {
		t.Errorf("a second collection: %+v", second)
	}
	h.check()
}

// needed records an output that is needed.
func (h *history) needed(w *journal.Writer, b []byte) {
	h.t.Helper()
	d := h.put(w.Put, b, true)
	h.must(w.Append(&tracker.CellOutputsEntry{Header: tracker.Header{Time: h.clock()}, Outputs: d, Size: int64(len(b))}))
}
