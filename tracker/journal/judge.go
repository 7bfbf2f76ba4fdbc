package journal

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// judge finds what is wrong with a journal's entries, given its checkpoint (nil: there is none that
// counts) and what the ledger-wide journal says of it.
func (l layout) judge(name string, e *evidence, own *checkpoint, listed []checkpoint) ([]Problem, error) {
	if own == nil {
		return l.rolledBack(name, e, listed), nil
	}
	file := l.relative(l.lines(name))
	linesGood := has(e.roots, *own)
	hashesGood := has(e.hashRoots, *own)
	switch {
	case linesGood && hashesGood && !e.differs:
		return l.rolledBack(name, e, listed), nil
	case hashesGood:
		return l.altered(name)
	case linesGood:
		return []Problem{{HashesDamaged, l.relative(l.hashes(name)), 0, "the entries are as they were signed"}}, nil
	case e.lines.n < own.size:
		return []Problem{{Truncated, file, e.lines.n + 1,
			fmt.Sprintf("%d entries were signed, %d are there", own.size, e.lines.n)}}, nil
	}
	return []Problem{{Changed, file, 0,
		"its entries are not those that were signed; the hashes that would tell which are altered too"}}, nil
}

// has reports whether a tree had a checkpoint's root at its size.
func has(roots map[int64]tlog.Hash, c checkpoint) bool {
	root, ok := roots[c.size]
	return ok && root == c.root
}

// altered names the entries that are not what the stored hashes say.
func (l layout) altered(name string) ([]Problem, error) {
	var got, want []tlog.Hash
	_, err := l.gather(name, nil, func(_ int64, leaf tlog.Hash, _ []byte) { got = append(got, leaf) })
	if err != nil {
		return nil, err
	}
	hashes, err := l.openHashes(l.hashes(name))
	if err != nil {
		return nil, err
	}
	defer hashes.close()
	for leaf, ok := hashes.next(); ok; leaf, ok = hashes.next() {
		want = append(want, leaf)
	}
	return compare(l.relative(l.lines(name)), want, got), nil
}

// rolledBack compares a journal with its states in the ledger-wide journal.
func (l layout) rolledBack(name string, e *evidence, listed []checkpoint) (problems []Problem) {
	file := l.relative(l.lines(name))
	for _, c := range listed {
		switch {
		case has(e.roots, c):
		case e.lines.n < c.size:
			problems = append(problems, Problem{RolledBack, file, e.lines.n + 1,
				fmt.Sprintf("it was listed ledger-wide with %d entries, %d are there", c.size, e.lines.n)})
		default:
			problems = append(problems, Problem{RolledBack, file, 0,
				fmt.Sprintf("its first %d entries are not those that were listed ledger-wide", c.size)})
		}
	}
	return problems
}
