package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// style is how a piece of text looks on a terminal: the number of an ANSI SGR sequence (ECMA-48 8.3.117).
type style string

const (
	plain  style = ""
	bold   style = "1"
	faint  style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

// painter dresses text for one stream: with colours on a terminal, as it is elsewhere.
type painter bool

// painterFor returns the painter for w. NO_COLOR (https://no-color.org) and TERM=dumb turn it off.
func painterFor(w io.Writer) painter {
	f, isFile := w.(*os.File)
	return painter(isFile && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

func (p painter) paint(s style, text string) string {
	if !p || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// width returns how many columns w shows, 0 when it is no terminal and nothing needs to be cut.
func width(w io.Writer) int {
	f, isFile := w.(*os.File)
	if !isFile {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
