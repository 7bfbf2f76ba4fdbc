package golang

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestAround: the mark stays under what it marked.
func TestAround(t *testing.T) {
	long := strings.Repeat("é", 500) + "X" + strings.Repeat("世", 500)
	for _, line := range []string{"short X line", "X", long, "X" + long[:300], strings.Repeat("a", 400) + "X"} {
		col := strings.Index(line, "X") + 1
		got, at := around(line, col)
		if got[at-1] != 'X' || len(got) > longestLine+2*len("…") || !utf8.ValidString(got) {
			t.Errorf("%d bytes, column %d: %q, column %d", len(line), col, got, at)
		}
	}
	if got, col := around(long, 0); col != 0 || !strings.HasPrefix(got, "éé") || !strings.HasSuffix(got, "…") {
		t.Errorf("without a column: %q, %d", got, col)
	}
}

// TestLongErrors: what is said of a long cell is short.
func TestLongErrors(t *testing.T) {
	n := newNotebook(t)
	long := strings.Repeat("é", 1<<20)
	for _, cell := range []string{"x := `" + long + "`", "\"" + long + "\"", "%" + long, "panic(`" + long + "`)"} {
		_, outcome := n.run(cell)
		if e := outcome.Error; e == nil || len(e.Value) > 2*longestValue || len(strings.Join(e.Traceback, "")) > 2*longestText || !utf8.ValidString(e.Value) {
			t.Errorf("%.10q: %d bytes of value, %d lines of traceback", cell, len(e.Value), len(e.Traceback))
		}
	}
}
