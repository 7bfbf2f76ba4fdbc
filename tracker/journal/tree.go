package journal

import (
	"crypto/sha256"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is an RFC 6962 Merkle tree that only grows. It keeps the roots of its complete subtrees,
// largest first, so adding a leaf and telling the root cost O(log n).
type tree struct {
	n     int64
	peaks []tlog.Hash
}

// add appends a leaf.
func (t *tree) add(leaf tlog.Hash) {
	for bits := t.n; bits&1 == 1; bits >>= 1 {
		last := len(t.peaks) - 1
		leaf = tlog.NodeHash(t.peaks[last], leaf)
		t.peaks = t.peaks[:last]
	}
	t.peaks = append(t.peaks, leaf)
	t.n++
}

// root returns the tree's root; that of no leaf is the hash of nothing.
func (t *tree) root() tlog.Hash {
	if t.n == 0 {
		return sha256.Sum256(nil)
	}
	last := len(t.peaks) - 1
	root := t.peaks[last]
	for _, peak := range slices.Backward(t.peaks[:last]) {
		root = tlog.NodeHash(peak, root)
	}
	return root
}

// rootOf returns the root of the tree over leaves.
func rootOf(leaves []tlog.Hash) tlog.Hash {
	var t tree
	for _, leaf := range leaves {
		t.add(leaf)
	}
	return t.root()
}
