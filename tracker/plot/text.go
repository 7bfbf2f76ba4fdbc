package plot

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// TextOptions say how a chart is drawn as text.
type TextOptions struct {
	Width, Height int  // of everything but title and legend, in characters; zero: 80 by 20
	Colour        bool // by ANSI escape sequences (ECMA-48)
}

// The smallest frame that shows something, in characters.
const (
	leastWidth  = 16
	leastHeight = 4
)

// textColours are the colours of series, as numbers of SGR sequences; those behind begin anew.
var textColours = []int{34, 33, 32, 35, 36, 31, 94, 93, 92, 95}

// Text draws the chart for a terminal. A single series, or any with colours, is drawn in dots of braille, two by four to a character;
// several without colours in letters, so that they can be told apart.
func (c Chart) Text(o TextOptions) string {
	if o.Width <= 0 || o.Height <= 0 {
		o.Width, o.Height = 80, 20
	}
	f := c.frame()
	rows := max(o.Height-2, leastHeight)
	marks := f.y.ticks(c.Y.Kind, max(2, rows/4))
	margin := 0
	for _, t := range marks {
		margin = max(margin, utf8.RuneCountInString(t.label))
	}
	columns := max(o.Width-margin-2, leastWidth)
	var b strings.Builder
	if c.Title != "" {
		fmt.Fprintf(&b, "%*s  %s\n", margin, "", drawable(c.Title))
	}
	g := c.grid(f, columns, rows, o.Colour)
	labels := make(map[int]string, len(marks))
	for _, t := range marks {
		labels[rows-1-min(int(t.at*float64(rows)), rows-1)] = t.label
	}
	for row := range rows {
		edge := "│"
		if labels[row] != "" {
			edge = "┤"
		}
		fmt.Fprintf(&b, "%*s %s%s\n", margin, labels[row], edge, strings.TrimRight(g.row(row), " "))
	}
	c.foot(&b, f, margin, columns)
	c.legend(&b, o, margin)
	return b.String()
}

// foot writes the X axis with its labels.
func (c Chart) foot(b *strings.Builder, f frame, margin, columns int) {
	line, labels := []rune(strings.Repeat("─", columns)), []rune(strings.Repeat(" ", columns+margin+2))
	free := 0 // the column from which on there is room
	for _, t := range f.x.ticks(c.X.Kind, max(2, columns/14)) {
		at := min(int(t.at*float64(columns)), columns-1)
		text := []rune(t.label)
		from := min(max(at+margin+2-len(text)/2, 0), len(labels)-len(text))
		if at < 0 || from < free {
			continue
		}
		line[at] = '┬'
		copy(labels[from:], text)
		free = from + len(text) + 1
	}
	fmt.Fprintf(b, "%*s └%s\n%s\n", margin, "", string(line), strings.TrimRight(string(labels), " "))
	if c.X.Label != "" {
		fmt.Fprintf(b, "%*s\n", margin+2+(columns+utf8.RuneCountInString(c.X.Label))/2, drawable(c.X.Label))
	}
}

// legend names the series, each behind its colour or letter.
func (c Chart) legend(b *strings.Builder, o TextOptions, margin int) {
	if len(c.Series) < 2 {
		return
	}
	for i, s := range c.Series {
		sign := string(letter(i))
		if o.Colour {
			sign = coloured(i, "━━")
		}
		fmt.Fprintf(b, "%*s  %s %s\n", margin, "", sign, drawable(s.Name))
	}
}

func coloured(series int, text string) string {
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", textColours[series%len(textColours)], text)
}

// letter is the sign of a series without colours.
func letter(series int) rune {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return rune(letters[series%len(letters)])
}

// grid is a frame in characters.
type grid struct {
	columns, rows int
	wide, high    int    // dots to a character
	dots          []rune // braille patterns' bits, or a letter
	signs         []rune // that stand in place of dots: gaps
	owner         []int  // series that was last drawn in a character
	colour        bool
}

func (c Chart) grid(f frame, columns, rows int, colour bool) *grid {
	g := &grid{columns: columns, rows: rows, wide: 2, high: 4, dots: make([]rune, columns*rows), signs: make([]rune, columns*rows), owner: make([]int, columns*rows), colour: colour}
	if len(c.Series) > 1 && !colour {
		g.wide, g.high = 1, 1
	}
	for i, s := range c.Series {
		drawn, gaps := lines(f.place(s))
		for _, line := range drawn {
			g.line(i, line)
		}
		for _, p := range gaps {
			g.gap(i, p)
		}
	}
	return g
}

// dot returns where in dots a place of the frame is.
func (g *grid) dot(p placed) (x, y int) {
	x = min(max(int(p.x*float64(g.columns*g.wide)), 0), g.columns*g.wide-1)
	y = min(max(int(p.y*float64(g.rows*g.high)), 0), g.rows*g.high-1)
	return x, g.rows*g.high - 1 - y
}

// line draws from point to point, a dot in each column or row, whichever are more.
func (g *grid) line(series int, points []placed) {
	x, y := g.dot(points[0])
	g.set(series, x, y)
	for _, p := range points[1:] {
		toX, toY := g.dot(p)
		n := max(abs(toX-x), abs(toY-y))
		for i := 1; i <= n; i++ {
			t := float64(i) / float64(n)
			g.set(series, x+int(math.Round(t*float64(toX-x))), y+int(math.Round(t*float64(toY-y))))
		}
		x, y = toX, toY
	}
}

func abs(n int) int { return max(n, -n) }

// braille are the bits of U+2800's patterns, by row and column.
var braille = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (g *grid) set(series, x, y int) {
	at := y/g.high*g.columns + x/g.wide
	g.owner[at] = series
	if g.high == 1 {
		g.dots[at] = letter(series)
		return
	}
	g.dots[at] |= braille[y%g.high][x%g.wide]
}

// gapSigns stand at the frame's edge for what has no place in it.
var gapSigns = map[gap]rune{lacks: '×', beyond: '▲', below: '▼'}

func (g *grid) gap(series int, p placed) {
	x, y := g.dot(p)
	at := y/g.high*g.columns + x/g.wide
	g.signs[at], g.owner[at] = gapSigns[p.gap], series
}

func (g *grid) row(row int) string {
	var b strings.Builder
	from := row * g.columns
	for i := from; i < from+g.columns; {
		end := i + 1
		for g.sign(i) != ' ' && end < from+g.columns && g.owner[end] == g.owner[i] && g.sign(end) != ' ' {
			end++ // those of one colour in a row
		}
		var text strings.Builder
		for at := i; at < end; at++ {
			text.WriteRune(g.sign(at))
		}
		if g.colour && g.sign(i) != ' ' {
			b.WriteString(coloured(g.owner[i], text.String()))
		} else {
			b.WriteString(text.String())
		}
		i = end
	}
	return b.String()
}

// sign returns the character at a place.
func (g *grid) sign(at int) rune {
	switch r := g.dots[at]; {
	case g.signs[at] != 0:
		return g.signs[at]
	case r == 0:
		return ' '
	case g.high > 1:
		return r + 0x2800
	default:
		return r
	}
}
