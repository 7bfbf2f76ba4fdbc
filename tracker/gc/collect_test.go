package gc

import (
	"fmt"
	"testing"
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
			if len(h.packs()) > 4 {
				t.Errorf("%d packs are left", len(h.packs()))
			}
		})
	}
}
