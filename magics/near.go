package magics

import (
	"slices"
	"strings"
)

// Near returns the word among others that somebody may have meant by one that is not among them, empty when none is near.
func Near(word string, others []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, other := range others {
		if d := distance(strings.ToLower(word), strings.ToLower(other)); d < least && d < len(other) {
			best, least = other, d
		}
	}
	return best
}

// didYouMean asks for the word that is near, with a sign before it, and says nothing when there is none.
func didYouMean(sign, word string, others []string) string {
	if near := Near(word, others); near != "" {
		return ", did you mean " + sign + near + "?"
	}
	return ""
}

// distance is how many bytes have to be changed, put in, left out or swapped with their neighbour to make b of a: the optimal string
// alignment distance (Damerau, CACM 7(3), 1964; its recurrence).
func distance(a, b string) int {
	const longest = 64
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		now[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			now[j+1] = min(last[j+1]+1, now[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}

// names lists the magics by which a line can be meant, with the signs of their forms, sorted.
func names(long bool) (list []string) {
	for _, m := range Table() {
		if long || !m.Long {
			list = append(list, m.Name)
		}
	}
	slices.Sort(list)
	return list
}

// Suggest returns the magic that somebody may have meant by a command that there is not, written as "%name" or "%%name",
// empty when none is near.
func Suggest(command string) string {
	sign := "%"
	list := append(names(false), long)
	if strings.HasPrefix(command, "%%") {
		sign, list = "%%", nil
		for _, m := range Table() {
			if m.ParseCell != nil {
				list = append(list, m.Name)
			}
		}
	}
	if near := Near(strings.TrimPrefix(command, sign), list); near != "" {
		return sign + near
	}
	return ""
}
