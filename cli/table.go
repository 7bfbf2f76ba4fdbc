package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/tracker/account"
)

// column is one column of a table: its title and whether its values are numbers, which are set to
// the right.
type column struct {
	title string
	right bool
}

// cell is a value of a table with its look.
type cell struct {
	text  string
	style style
}

// table prints rows in aligned columns. On a terminal the last column is cut at the right edge, so
// that a row stays a line.
type table struct {
	columns []column
	rows    [][]cell
}

// add appends a row. What was recorded may hold anything, so each text is made safe for a row.
func (t *table) add(cells ...cell) {
	for i := range cells {
		cells[i].text = oneLine(cells[i].text)
	}
	t.rows = append(t.rows, cells)
}

func (t *table) print(w io.Writer) error {
	p, edge, widths := painterFor(w), width(w), t.widths()
	var b strings.Builder
	titles := make([]cell, len(t.columns))
	for i, c := range t.columns {
		titles[i] = cell{c.title, faint}
	}
	for _, row := range append([][]cell{titles}, t.rows...) {
		t.line(&b, p, row, widths, edge)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = utf8.RuneCountInString(c.title)
		for _, row := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i].text))
		}
	}
	return widths
}

func (t *table) line(b *strings.Builder, p painter, row []cell, widths []int, edge int) {
	at := 0
	for i, c := range row {
		last := i == len(row)-1
		text := c.text
		if last && edge > 0 && !t.columns[i].right {
			text = cutTo(text, max(edge-at, 8))
		}
		gap := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(text)))
		if t.columns[i].right {
			b.WriteString(gap)
		}
		b.WriteString(p.paint(c.style, text))
		if !t.columns[i].right && !last {
			b.WriteString(gap)
		}
		if !last {
			b.WriteString("  ")
		}
		at += widths[i] + 2
	}
	b.WriteString("\n")
}

// cutTo shortens text to n columns, the last of which says that something is missing.
func cutTo(text string, n int) string { return account.Cut(text, n) }

// oneLine makes text safe for a row: control characters, line ends and escape sequences among them,
// become spaces.
func oneLine(text string) string { return account.OneLine(text) }

// printJSON writes v as indented JSON, text unescaped for HTML, and a line end.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return nil
}
