package gopls

import (
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// positionOf tells where a byte offset of text is. An offset outside of text is taken to its nearest
// end, one inside of a character to its start.
func positionOf(text string, offset int) lspPosition {
	offset = max(0, min(offset, len(text)))
	for offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]) {
		offset--
	}
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return lspPosition{Line: strings.Count(before, "\n"), Character: utf16Len(before[start:])}
}

// offsetOf is the inverse of positionOf; a position outside of text is taken to its nearest end.
func offsetOf(text string, p lspPosition) int {
	offset := 0
	for range p.Line {
		end := strings.IndexByte(text[offset:], '\n')
		if end < 0 {
			return len(text)
		}
		offset += end + 1
	}
	units := 0
	for i, r := range text[offset:] {
		if units >= p.Character || r == '\n' {
			return offset + i
		}
		units += utf16Width(r)
	}
	return len(text)
}

func utf16Len(s string) (n int) {
	for _, r := range s {
		n += utf16Width(r)
	}
	return n
}

// utf16Width is 2 for the characters that UTF-16 writes as a surrogate pair.
func utf16Width(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a Windows drive
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
