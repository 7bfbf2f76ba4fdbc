package journal

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// compare names what was done to a journal: want are the leaf hashes that were signed, got those of
// its lines. It finds single changes, drops, insertions and moves exactly; of a file that was
// altered all over it names the first faults. Lines behind all that was signed are no fault here.
func compare(file string, want, got []tlog.Hash) (problems []Problem) {
	wanted, present := indexOf(want), indexOf(got)
	add := func(fault Fault, entry int, detail string) {
		problems = append(problems, Problem{fault, file, int64(entry) + 1, detail})
	}
	i, j := 0, 0
	for i < len(want) && j < len(got) && len(problems) < maxProblems {
		if want[i] == got[j] {
			i, j = i+1, j+1
			continue
		}
		at, kept := present[want[i]]
		from, known := wanted[got[j]]
		switch {
		case !kept && !known:
			add(Changed, i, "")
			i, j = i+1, j+1
		case !kept:
			add(Dropped, i, "")
			i++
		case !known:
			add(Inserted, j, "it was never signed")
			j++
		default:
			add(Moved, i, fmt.Sprintf("it is now line %d, and entry %d is in its place", at+1, from+1))
			i, j = i+1, j+1
		}
	}
	if i < len(want) && j == len(got) {
		add(Truncated, i, fmt.Sprintf("entries %d to %d are gone", i+1, len(want)))
	}
	return problems
}

// maxProblems is how many problems of one journal are told.
const maxProblems = 100

func indexOf(hashes []tlog.Hash) map[tlog.Hash]int {
	index := make(map[tlog.Hash]int, len(hashes))
	for i, h := range hashes {
		index[h] = i
	}
	return index
}
