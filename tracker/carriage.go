package tracker

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// collapseJSON returns a stream's text (parts of JSON, without quotes) without what carriage returns
// have overwritten, so that a progress bar costs one line and not a thousand.
func collapseJSON(text [][]byte) [][]byte {
	if !slices.ContainsFunc(text, func(part []byte) bool { return bytes.Contains(part, []byte(`\r`)) }) {
		return text
	}
	var s string
	if json.Unmarshal(slices.Concat([]byte{'"'}, bytes.Join(text, nil), []byte{'"'}), &s) != nil {
		return text
	}
	return [][]byte{jsonText(collapse(s))}
}

// collapse leaves of each line what a terminal would show. What stands before the first return stays,
// since that line may have begun in an earlier text, and so does the cursor's place in a last line
// that a later text may go on with.
func collapse(s string) string {
	var b strings.Builder
	first := true
	for line := range strings.Lines(s) {
		body, ended := strings.CutSuffix(line, "\n")
		if ended {
			body = strings.TrimSuffix(body, "\r")
		}
		end := line[len(body):]
		if before, rest, returned := strings.Cut(body, "\r"); first && returned {
			b.WriteString(before + "\r")
			body = rest
		}
		first = false
		b.WriteString(overwritten(strings.Split(body, "\r"), ended))
		b.WriteString(end)
	}
	return b.String()
}

// overwritten returns what remains visible of parts that were written over each other. Unless the
// line has ended, a last part that covers less than is there keeps its return.
func overwritten(parts []string, ended bool) string {
	last := len(parts) - 1
	seen := parts[0]
	for i, part := range parts[1:] {
		if i+1 == last && !ended && visible(part) < visible(seen) {
			return seen + "\r" + part
		}
		seen = overwrite(seen, part)
	}
	return seen
}

// control matches the terminal's control sequences (ECMA-48 CSI), which take no room.
var control = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]")

// erase matches those that clear a line.
var erase = regexp.MustCompile("\x1b\\[[0-2]?K")

// overwrite returns what is visible after part was written over seen from the left.
func overwrite(seen, part string) string {
	width, covered := visible(seen), visible(part)
	switch {
	case covered >= width || erase.MatchString(part):
		return part
	case strings.Contains(seen+part, "\x1b"):
		return seen + "\r" + part // colours may reach behind the part: keep both
	}
	rest := seen
	for range covered {
		_, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
	}
	return part + rest
}

// visible returns how many characters of s a terminal shows.
func visible(s string) int {
	if strings.Contains(s, "\x1b") {
		s = control.ReplaceAllString(s, "")
	}
	return utf8.RuneCountInString(s)
}

// Visible returns what remains visible of a stream's text, as far as that is kept: texts that were cut into messages otherwise come to the same.
func Visible(text string) string { return collapse(text) }
