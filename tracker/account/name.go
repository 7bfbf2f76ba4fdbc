package account

import (
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker/index"
)

// NameLength is how long a cell's name may be, in characters.
const NameLength = 60

// CellName returns what to call a cell execution: the first line of its source that says something.
func (r Reader) CellName(c index.Cell) string {
	source, ok := r.SourceText(c)
	if !ok {
		return "(source not kept)"
	}
	return SourceName(source)
}

// SourceText returns the source of a cell execution, and whether its bytes are in the ledger. An empty source has none.
func (r Reader) SourceText(c index.Cell) (string, bool) {
	if c.Source.IsZero() {
		return "", c.SourceSize == 0
	}
	source, err := r.Index.Blob(c.Source)
	return string(source), err == nil
}

// SourceName is the first line of a source that says something.
func SourceName(source string) string {
	name := ""
	for line := range strings.Lines(source) {
		line = OneLine(line)
		if saysSomething(line) {
			return Cut(strings.TrimPrefix(line, "// "), NameLength)
		}
		if name == "" {
			name = line
		}
	}
	if name == "" {
		return "(empty cell)"
	}
	return Cut(name, NameLength)
}

// saysSomething reports whether a line tells one cell from another: a bare marker does not, nor does
// the beginning of an import.
func saysSomething(line string) bool {
	imports := strings.HasPrefix(line, "import ") || strings.HasPrefix(line, `"`) && strings.HasSuffix(line, `"`)
	return strings.Trim(line, "%/(){} ") != "" && line != "%main" && !imports
}

// NotebookName is the file's name alone: the whole path is for show.
func NotebookName(notebook string) string {
	if notebook == "" {
		return "–"
	}
	return path.Base(strings.ReplaceAll(notebook, `\`, "/"))
}

// Cut shortens text to n characters, the last of which says that something is missing.
func Cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

// OneLine makes text safe for a row: control characters, line ends and escape sequences among them, become spaces.
func OneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text))
}
