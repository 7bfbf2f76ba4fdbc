package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// wild is a chart of two series with every kind of gap.
func wild() Chart {
	return Chart{Title: "two <of> them\x1b", X: Axis{Label: "step"}, Y: Axis{Label: "loss"}, Series: []Series{
		{Name: "rise\n&", Points: []Point{{0, 1}, {1, 2}, {2, math.NaN()}, {3, 4}, {4, math.Inf(1)}, {5, math.Inf(-1)}, {6, 7}, {math.NaN(), 3}}},
		{Name: "fall", Points: []Point{{0, 7}, {6, 1}}},
	}}
}

func TestText(t *testing.T) {
	got := wild().Text(TextOptions{Width: 30, Height: 9})
	want := `   two <of> them 
  │bbb               ▲       a
  │   bbbb
5 ┤       bbbb
  │           bbbbb
  │                bbbb
  │  aaa               bbbb
  │aa       ×            ▼ bbb
  └┬─────────────────────┬────
   0                     5
              step
   a rise &
   b fall
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if strings.ContainsAny(got, "\x1b") {
		t.Error("a name steers the terminal")
	}
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 30 {
			t.Errorf("%d characters in %q", n, line)
		}
	}
}

// TestColours draws in one colour what belongs to one series, and in none what is blank.
func TestColours(t *testing.T) {
	c := Chart{Series: []Series{{Name: "a", Points: []Point{{0, 1}, {1, 1}}}, {Name: "b", Points: []Point{{0, 0}, {1, 0}}}}}
	got := c.Text(TextOptions{Width: 24, Height: 6, Colour: true})
	for _, want := range []string{"┤\x1b[34m⠉", "│\n", "\x1b[34m━━\x1b[0m a", "\x1b[33m━━\x1b[0m b"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if n := strings.Count(got, "\x1b[34m"); n != 2 {
		t.Errorf("the first colour is set %d times in %q", n, got)
	}
}

func TestPicturesAreEqualAndWhole(t *testing.T) {
	size := Size{400, 240}
	for name, draw := range map[string]func(Chart, io.Writer, Size) error{"svg": Chart.SVG, "png": Chart.PNG} {
		t.Run(name, func(t *testing.T) {
			var one, two bytes.Buffer
			if err := errors.Join(draw(wild(), &one, size), draw(wild(), &two, size)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Error("equal charts are drawn in different bytes")
			}
			if name == "png" {
				picture, err := png.Decode(&one)
				if err != nil || picture.Bounds().Dx() != 400 || picture.Bounds().Dy() != 240 {
					t.Errorf("%v, %v", err, picture.Bounds())
				}
				return
			}
			d := xml.NewDecoder(&one)
			for {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("no XML: %v", err)
				}
			}
		})
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		name string
		s    scale
		kind Kind
		n    int
		want string
	}{
		{"tenths", scale{any: true, low: 0, high: 1}, Number, 5, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{"around zero", scale{any: true, low: -3, high: 3}, Number, 3, "-2 0 2"},
		{"thousands", scale{any: true, low: 0, high: 9999}, Number, 4, "0 5000"},
		{"tiny", scale{any: true, low: 0, high: 1e-12}, Number, 2, "0 5e-13 1e-12"},
		{"decades", scale{any: true, low: 0.01, high: 100, log: true}, Number, 6, "0.01 0.1 1 10 100"},
		{"less than a decade", scale{any: true, low: 1.5, high: 9, log: true}, Number, 6, "2 5"},
		{"hardly a range", scale{any: true, low: 0.9, high: 1.1, log: true}, Number, 2, "0.9 1.0 1.1"},
		{"minutes", scale{any: true, low: 0, high: 600}, Duration, 4, "0m 5m 10m"},
		{"milliseconds", scale{any: true, low: 0, high: 0.004}, Duration, 2, "0s 2ms 4ms"},
		{"hours of a day", scale{any: true, low: 1767322800, high: 1767330000}, Moment, 2, "02 03:00 02 04:00 02 05:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var labels []string
			for _, tick := range test.s.ticks(test.kind, test.n) {
				if labels = append(labels, tick.label); tick.at < -1e-9 || tick.at > 1+1e-9 {
					t.Errorf("%s is outside: %v", tick.label, tick.at)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(labels, " ")); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLines(t *testing.T) {
	c := wild()
	drawn, gaps := lines(c.frame().place(c.Series[0]))
	var lengths []int
	for _, l := range drawn {
		lengths = append(lengths, len(l))
	}
	var kinds []gap
	for _, g := range gaps {
		kinds = append(kinds, g.gap)
	}
	if diff := cmp.Diff([]int{2, 1, 1}, lengths); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]gap{lacks, beyond, below}, kinds); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	c.Y.Log = true
	c.Series[0].Points[0].Y = 0
	if _, gaps := lines(c.frame().place(c.Series[0])); len(gaps) != 4 || gaps[0].gap != below {
		t.Errorf("on a logarithmic axis %v", gaps)
	}
}

func TestSpark(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		values []float64
		width  int
		want   string
	}{
		{nil, 5, ""},
		{[]float64{1}, 5, "▅"},
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		{[]float64{0, 0, 7, 7}, 2, "▁█"},
		{[]float64{0, nan, 7}, 3, "▁×█"},
		{[]float64{nan, math.Inf(1)}, 2, "××"},
		{[]float64{-math.MaxFloat64, math.MaxFloat64}, 2, "▁█"},
	} {
		if got := Spark(test.values, test.width); got != test.want {
			t.Errorf("%v gives %q, want %q", test.values, got, test.want)
		}
	}
}

// FuzzChart draws whatever values there are: all stays within the frame, and nothing hangs.
func FuzzChart(f *testing.F) {
	f.Add(0.0, 1.0, 2.0, 3.0, false, byte(0))
	f.Add(-math.MaxFloat64, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e300, true, byte(1))
	f.Add(1e17, 1e17+16, 5.0, 5.0, false, byte(2))
	f.Fuzz(func(t *testing.T, a, b, c, d float64, log bool, kind byte) {
		chart := Chart{X: Axis{Kind: Kind(kind % 3), Log: log}, Y: Axis{Log: log}, Series: []Series{{Points: []Point{{a, b}, {c, d}, {b, a}}}}}
		frame := chart.frame()
		for _, p := range frame.place(chart.Series[0]) {
			if !(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1) {
				t.Errorf("%v is outside of %v", p, frame)
			}
		}
		if n := strings.Count(chart.Text(TextOptions{Width: 40, Height: 10}), "\n"); n > 12 {
			t.Errorf("%d lines", n)
		}
		if err := chart.SVG(io.Discard, Size{200, 100}); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkDraw draws 100 series of 1,000 points.
func BenchmarkDraw(b *testing.B) {
	var c Chart
	for s := range 100 {
		points := make([]Point, 1000)
		for i := range points {
			points[i] = Point{float64(i), math.Sin(float64(i*s) / 1000)}
		}
		c.Series = append(c.Series, Series{Points: points})
	}
	for name, draw := range map[string]func() error{
		"svg":  func() error { return c.SVG(io.Discard, Size{800, 480}) },
		"png":  func() error { return c.PNG(io.Discard, Size{800, 480}) },
		"text": func() error { _ = c.Text(TextOptions{}); return nil },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := draw(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
