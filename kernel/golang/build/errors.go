package build

import (
	"errors"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// ErrNoGo says that there is no go command.
var ErrNoGo = errors.New("no go command found: install Go (https://go.dev/doc/install) and put its bin folder on the PATH, or set GOROOT")

// Error is a program that could not be built.
type Error struct {
	Diagnostics []source.Diagnostic // what the compiler complains about, in order; may be empty
	Output      string              // all that the go command said
	Hint        string              // what to try next, may be empty
}

func (e *Error) Error() string {
	text := strings.TrimSpace(e.Output)
	if len(e.Diagnostics) > 0 {
		lines := make([]string, len(e.Diagnostics))
		for i, d := range e.Diagnostics {
			lines[i] = d.String()
		}
		text = strings.Join(lines, "\n")
	}
	if e.Hint != "" {
		text += "\n" + e.Hint
	}
	return text
}

var placed = regexp.MustCompile(`^(.+?):(\d+)(?::(\d+))?: (.*)$`)

// diagnostics reads what compiler, linker, cgo and vet say: "file:line:col: message", followed by indented lines that
// belong to it. Lines that speak of no place are dropped when others do.
func diagnostics(output, dir string) []source.Diagnostic {
	var list []source.Diagnostic
	for _, line := range strings.Split(output, "\n") {
		line = strings.TrimRight(line, "\r")
		if m := placed.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "\t") {
			row, _ := strconv.Atoi(m[2])
			col, _ := strconv.Atoi(m[3])
			list = append(list, source.Diagnostic{File: cellName(m[1], dir), Line: row, Col: col, Message: m[4]})
		} else if strings.HasPrefix(line, "\t") && len(list) > 0 {
			list[len(list)-1].Message += "\n" + line
		}
	}
	return list
}

// cellName frees the name of a cell from the folder that a tool may have put before it.
func cellName(file, dir string) string {
	file = strings.TrimPrefix(file, dir+string(filepath.Separator))
	return strings.TrimPrefix(file, "."+string(filepath.Separator))
}
