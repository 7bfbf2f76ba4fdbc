package plot

import (
	"image/color"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is a series on gonum's canvas.
type curve struct {
	look  draw.LineStyle
	lines [][]placed
	gaps  []placed
}

// pointSize is the radius of the sign for a point without neighbours, in points (1/72 inch).
const pointSize = 2

// Plot draws the curve; it implements gonum's Plotter.
func (c curve) Plot(canvas draw.Canvas, _ *gonum.Plot) {
	canvas.SetLineStyle(c.look)
	for _, line := range c.lines {
		if len(line) == 1 {
			sign := draw.GlyphStyle{Color: c.look.Color, Radius: pointSize, Shape: draw.CircleGlyph{}}
			canvas.DrawGlyph(sign, vg.Point{X: canvas.X(line[0].x), Y: canvas.Y(line[0].y)})
			canvas.SetLineStyle(c.look)
			continue
		}
		var path vg.Path
		for i, p := range line {
			at := vg.Point{X: canvas.X(p.x), Y: canvas.Y(p.y)}
			if i == 0 {
				path.Move(at)
			} else {
				path.Line(at)
			}
		}
		canvas.Stroke(path)
	}
	for _, p := range c.gaps {
		sign := draw.GlyphStyle{Color: c.look.Color, Radius: pointSize + 1, Shape: gapShapes[p.gap]}
		canvas.DrawGlyph(sign, vg.Point{X: canvas.X(p.x), Y: canvas.Y(p.y)})
	}
}

// gapShapes are the signs for what has no place in the frame.
var gapShapes = map[gap]draw.GlyphDrawer{lacks: draw.CrossGlyph{}, beyond: arrow(1), below: arrow(-1)}

// arrow is a triangle that points up, or down when it is negative.
type arrow vg.Length

// DrawGlyph draws the triangle with its tip near p; it implements gonum's GlyphDrawer.
func (a arrow) DrawGlyph(canvas *draw.Canvas, look draw.GlyphStyle, p vg.Point) {
	up := vg.Length(a) * look.Radius
	var path vg.Path
	path.Move(vg.Point{X: p.X, Y: p.Y + up})
	path.Line(vg.Point{X: p.X - look.Radius, Y: p.Y - up})
	path.Line(vg.Point{X: p.X + look.Radius, Y: p.Y - up})
	path.Close()
	canvas.Fill(path)
}

// Thumbnail draws a piece of the curve in the legend.
func (c curve) Thumbnail(canvas *draw.Canvas) {
	y := canvas.Center().Y
	canvas.StrokeLine2(c.look, canvas.Min.X, y, canvas.Max.X, y)
}

// lattice is the lines at the ticks.
type lattice struct{ x, y []tick }

// Plot draws the lines; it implements gonum's Plotter.
func (l lattice) Plot(canvas draw.Canvas, _ *gonum.Plot) {
	thin := draw.LineStyle{Color: color.Gray{0xdd}, Width: 0.5}
	for _, t := range l.x {
		canvas.StrokeLine2(thin, canvas.X(t.at), canvas.Min.Y, canvas.X(t.at), canvas.Max.Y)
	}
	for _, t := range l.y {
		canvas.StrokeLine2(thin, canvas.Min.X, canvas.Y(t.at), canvas.Max.X, canvas.Y(t.at))
	}
}
