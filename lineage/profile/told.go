package profile

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/lineage/profile/sketch"
)

// percents are the quantiles that are told.
var percents = []float64{1, 5, 25, 50, 75, 95, 99}

// toldValues is how many of the most frequent values are told.
const toldValues = 20

// release lets the memory of a column that was merged go.
func (c *column) release() { *c = column{name: c.name} }

// told makes of a column what is told of it.
func (c *column) told() Column {
	t := Column{Name: harmless(c.name), Type: c.kind(), Nulls: c.nulls, NaN: c.nans, Infinite: c.infinities}
	t.Distinct, t.DistinctError = c.values.Distinct()
	t.Distinct = min(t.Distinct, c.count())
	for _, item := range c.values.Top(toldValues) {
		t.Top = append(t.Top, Count{textValue(item.Text, item.Cut), item.Count})
	}
	t.TopError = c.values.Error()
	switch t.Type {
	case kindNames[integers], kindNames[floats]:
		c.tellNumbers(&t)
	case kindNames[dates], kindNames[timestamps]:
		c.tellMoments(&t)
	case "empty":
	default:
		c.tellTexts(&t)
	}
	return t
}

func (c *column) tellNumbers(t *Column) {
	for i, count := range t.Top {
		t.Top[i].Value.Number = isJSONNumber(count.Value.Text)
	}
	if c.numbers.N == 0 {
		return
	}
	t.Min, t.Max = numberValue(min(c.least, float64(c.leastInt))), numberValue(max(c.most, float64(c.mostInt)))
	if c.kinds[floats] == 0 {
		t.Min, t.Max = integerValue(c.leastInt), integerValue(c.mostInt)
	} else if c.kinds[integers] == 0 {
		t.Min, t.Max = numberValue(c.least), numberValue(c.most)
	}
	c.tellAverages(t)
}

// tellAverages tells what is between the smallest and the largest number.
func (c *column) tellAverages(t *Column) {
	if c.numbers.N > 0 {
		t.Mean, t.Std = numberValue(c.numbers.Mean), numberValue(c.numbers.Deviation())
		t.tellQuantiles(c.numberQuantiles, func(f float64) Value { return *numberValue(f) })
	}
}

func (c *column) tellMoments(t *Column) {
	date := c.kinds[timestamps] == 0
	t.Min, t.Max = &Value{Text: momentText(c.earliest, date)}, &Value{Text: momentText(c.latest, date)}
	t.tellQuantiles(c.momentQuantiles, func(f float64) Value { return Value{Text: momentText(int64(f), date)} })
}

func (t *Column) tellQuantiles(q *sketch.Quantiles, value func(float64) Value) {
	shares := make([]float64, len(percents))
	for i, p := range percents {
		shares[i] = p / 100
	}
	for i, f := range q.At(shares...) {
		t.Quantiles = append(t.Quantiles, Quantile{percents[i], value(f)})
	}
	t.QuantileError = q.Error()
}

func (c *column) tellTexts(t *Column) {
	first, last := cutText(c.bytes.first), cutText(c.bytes.last)
	t.Min, t.Max = &first, &last
	if n := c.length.n; n > 0 {
		t.Lengths = &Lengths{c.length.least, c.length.most, float64(c.length.total) / float64(n)}
	}
	if t.Type == "mixed" {
		c.tellAverages(t)
		t.Kinds = map[string]int64{}
		for k, n := range c.kinds {
			if n > 0 {
				t.Kinds[kindNames[k]] = n
			}
		}
	}
}

func cutText(b []byte) Value { return textValue(string(b[:min(len(b), keptText)]), len(b) > keptText) }

// textValue returns a text, with … behind one that goes on.
func textValue(text string, cut bool) Value {
	if cut {
		for len(text) > 0 && !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
		text += "…"
	}
	return Value{Text: harmless(text)}
}

func integerValue(n int64) *Value { return &Value{strconv.FormatInt(n, 10), true} }

// numberValue returns a number, nil when it is none.
func numberValue(f float64) *Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	format := byte('f')
	if a := math.Abs(f); a >= 1e21 || a < 1e-6 && a > 0 {
		format = 'e' // as JavaScript has it (ECMA-262, Number::toString)
	}
	return &Value{strconv.FormatFloat(f, format, -1, 64), true}
}
