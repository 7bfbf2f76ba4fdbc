package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"
	"unicode/utf8"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Size is how large a picture is, in pixels of 1/96 inch, as CSS has them.
type Size struct{ Width, Height int }

// resolution is how many pixels an inch has.
const resolution = 96

func (s Size) lengths() (width, height vg.Length) {
	return vg.Length(s.Width) * vg.Inch / resolution, vg.Length(s.Height) * vg.Inch / resolution
}

// SVG draws the chart in SVG.
func (c Chart) SVG(w io.Writer, s Size) error {
	canvas := vgsvg.New(s.lengths())
	c.draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return fmt.Errorf("draw chart: %w", err)
	}
	// Where the font is not installed another one without serifs shall stand for it.
	text := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,sans-serif;"))
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write chart: %w", err)
	}
	return nil
}

// PNG draws the chart in PNG.
func (c Chart) PNG(w io.Writer, s Size) error {
	width, height := s.lengths()
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(resolution))
	c.draw(draw.New(canvas))
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(w); err != nil {
		return fmt.Errorf("write chart: %w", err)
	}
	return nil
}

// colours are those of Okabe and Ito, which people with any colour vision tell apart
// (https://jfly.uni-koeln.de/color/), without the yellow, which nobody sees on white.
var colours = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xe6, 0x9f, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xd5, 0x5e, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x00, 0x00, 0x00, 0xff},
}

// dashes tell series of one colour apart.
var dashes = [][]vg.Length{nil, {6, 2}, {2, 2}, {8, 2, 2, 2}}

// lineOf is how the series with a number looks.
func lineOf(series int) draw.LineStyle {
	return draw.LineStyle{Color: colours[series%len(colours)], Width: 1.2, Dashes: dashes[series/len(colours)%len(dashes)]}
}

func (c Chart) draw(canvas draw.Canvas) {
	f, p := c.frame(), gonum.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = drawable(c.Title), drawable(c.X.Label), drawable(c.Y.Label)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1 // what is added is placed in the frame already
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Marker, p.Y.Tick.Marker = marks(f.x.ticks(c.X.Kind, 8)), marks(f.y.ticks(c.Y.Kind, 6))
	for _, style := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font} {
		style.Variant = "Sans"
	}
	p.Add(background(f, c))
	for i, s := range c.Series {
		drawn, gaps := lines(f.place(s))
		p.Add(curve{lineOf(i), drawn, gaps})
	}
	// The margins keep the last labels of the axes whole.
	canvas = draw.Crop(canvas, 6, -14, 4, -6)
	p.Draw(c.drawLegend(canvas, p))
}

// background is the lines behind the curves, at the ticks of both axes.
func background(f frame, c Chart) lattice {
	return lattice{f.x.ticks(c.X.Kind, 8), f.y.ticks(c.Y.Kind, 6)}
}

func marks(ticks []tick) gonum.ConstantTicks {
	all := make(gonum.ConstantTicks, len(ticks))
	for i, t := range ticks {
		all[i] = gonum.Tick{Value: t.at, Label: t.label}
	}
	return all
}

// The legend's bounds.
const (
	legendLength = 32  // characters of a name
	legendShare  = 0.4 // of the picture's width
)

// drawLegend draws the legend at the right and returns what is left of the canvas.
func (c Chart) drawLegend(canvas draw.Canvas, p *gonum.Plot) draw.Canvas {
	if len(c.Series) < 2 {
		return canvas
	}
	l := p.Legend
	l.Top, l.Left = true, true
	l.TextStyle.Font.Size, l.Padding = 10, 3
	size := canvas.Rectangle.Size()
	room := int((size.Y-30)/(l.TextStyle.Height("Ag")+4)) - 1
	width := vg.Length(0)
	for i, s := range c.Series {
		name := shortened(drawable(s.Name))
		if i == room && len(c.Series) > room+1 {
			l.Add(fmt.Sprintf("… and %d more", len(c.Series)-i))
			break
		}
		l.Add(name, curve{look: lineOf(i)})
		width = max(width, l.TextStyle.Width(name))
	}
	width = min(width+l.ThumbnailWidth+16, size.X*legendShare)
	l.Draw(draw.Crop(canvas, size.X-width, 0, 0, -24))
	return draw.Crop(canvas, 0, -width-10, 0, 0)
}

func shortened(name string) string {
	if utf8.RuneCountInString(name) <= legendLength {
		return name
	}
	return string([]rune(name)[:legendLength-1]) + "…"
}

// drawable replaces what XML cannot hold, and line ends.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}
