package gitstate

import (
	"os"
	"testing"
)

// FuzzIndex feeds the parser what no git wrote: it must say so, and neither panic nor hang.
func FuzzIndex(f *testing.F) {
	if b, err := os.ReadFile("testdata/index"); err == nil {
		f.Add(b)
	}
	f.Add([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x00link\x00\x00\x00\x24" + string(make([]byte, 60))))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := &indexFile{data: append(b[:len(b):len(b)], make([]byte, 20)...), index: &gitIndex{}} // no checksum, as with index.skipHash
		file.text = string(file.data)
		if file.parse() == nil {
			foldersOf(file.index.entries)
		}
	})
}

// FuzzWildmatch: a pattern of whatever bytes ends in time.
func FuzzWildmatch(f *testing.F) {
	f.Add("**/a*[!b-c]/\\?", "x/y/abc/?")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		wildmatch(pattern, text, len(text)%2 == 0)
	})
}
