package cli

import (
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker/index"
)

// nameLength is how long a cell's name may be, in characters.
const nameLength = 60

// cellName returns what to call a cell execution: the first line of its source that says something.
func cellName(x *index.Index, c index.Cell) string {
	source, ok := sourceText(x, c)
	if !ok {
		return "(source not kept)"
	}
	return sourceName(source)
}

// sourceText returns the source of a cell execution, and whether its bytes are in the ledger. An
// empty source has none.
func sourceText(x *index.Index, c index.Cell) (string, bool) {
	if c.Source.IsZero() {
		return "", c.SourceSize == 0
	}
	source, err := x.Blob(c.Source)
	return string(source), err == nil
}

func sourceName(source string) string {
	name := ""
	for line := range strings.Lines(source) {
		line = oneLine(line)
		if saysSomething(line) {
			return cutTo(strings.TrimPrefix(line, "// "), nameLength)
		}
		if name == "" {
			name = line
		}
	}
	if name == "" {
		return "(empty cell)"
	}
	return cutTo(name, nameLength)
}

// saysSomething reports whether a line tells one cell from another: a bare marker does not, nor does
// the beginning of an import.
func saysSomething(line string) bool {
	imports := strings.HasPrefix(line, "import ") || strings.HasPrefix(line, `"`) && strings.HasSuffix(line, `"`)
	return strings.Trim(line, "%/(){} ") != "" && line != "%main" && !imports
}

// notebookLength is how much of a notebook's name a table shows, in characters.
const notebookLength = 32

// notebookName is the file's name alone: the whole path is for show.
func notebookName(notebook string) string {
	if notebook == "" {
		return "–"
	}
	return path.Base(strings.ReplaceAll(notebook, `\`, "/"))
}
