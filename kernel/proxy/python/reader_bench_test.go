package python

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkRead reads what a cell tells that opened ten thousand files.
func BenchmarkRead(b *testing.B) {
	var paths []string
	for i := range 10_000 {
		paths = append(paths, fmt.Sprintf("data/%d.txt", i))
	}
	raw := strings.Join(paths, "\x00")
	line := fmt.Sprintf("\n{\"cell\":\"c\",\"dir\":\"/tmp/somewhere\",\"raw\":%d}\n%s\n\n{\"cell\":\"c\",\"end\":true}\n", len(raw), raw)
	spool := filepath.Join(b.TempDir(), "cells.jsonl")
	if err := os.WriteFile(spool, []byte(line), 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if facts, found := NewReader(spool).Read("c"); !found || len(facts.Seen.Opened) != len(paths) {
			b.Fatal(found, len(facts.Seen.Opened))
		}
	}
}
