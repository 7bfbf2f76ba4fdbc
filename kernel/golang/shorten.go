package golang

import (
	"fmt"
	"unicode/utf8"
)

// Errors speak of texts of any length, such as a string of megabytes that a cell holds in one line. What a person is to
// read is shorter, in bytes.
const (
	longestValue = 2_000
	longestText  = 20_000
	longestLine  = 240
)

// shorten cuts a text that is longer than limit bytes and says how much is missing.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := wholeRunes(text, limit)
	return fmt.Sprintf("%s… (%d more bytes)", text[:end], len(text)-end)
}

// around cuts what is far from column col out of a long line, and gives the column in what is left. Columns are in
// bytes from 1; 0 stands for the line's begin.
func around(line string, col int) (string, int) {
	if len(line) <= longestLine {
		return line, col
	}
	from := wholeRunes(line, max(0, min(col, len(line))-longestLine/2))
	to := wholeRunes(line, min(len(line), from+longestLine))
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if to < len(line) {
		after = "…"
	}
	return before + line[from:to] + after, max(col-from, 0) + len(before)
}

// wholeRunes moves an offset back to where a rune begins.
func wholeRunes(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
