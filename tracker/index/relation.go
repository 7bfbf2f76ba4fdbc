package index

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker/filter"
)

// datum is a value of a field: a text, and the number that it is.
type datum struct {
	text   string
	number float64 // NaN: it is none
}

// test tells whether a value stands in the relation that a comparison names.
type test func(datum) bool

// orders maps the relations between two values to what they mean when the first is less than, equal to or greater than the second.
var orders = map[filter.Op][3]bool{
	filter.Equal:   {false, true, false},
	filter.Unequal: {true, false, true},
	filter.Less:    {true, false, false},
	filter.AtMost:  {true, true, false},
	filter.Greater: {false, false, true},
	filter.AtLeast: {false, true, true},
}

// newTest compiles a comparison. The clock tells what an age is counted from.
func newTest(c filter.Compare, now time.Time) test {
	switch c.Op {
	case filter.In, filter.NotIn:
		return inTest(c, now)
	case filter.Like, filter.ILike, filter.Match:
		return textTest(c)
	case filter.NotLike, filter.NotILike, filter.NotMatch:
		t := textTest(c)
		return func(d datum) bool { return !t(d) }
	case filter.Present:
		return func(datum) bool { return true }
	case filter.Missing:
		return func(datum) bool { return false }
	}
	return orderTest(orders[c.Op], c.Values[0], now)
}

func inTest(c filter.Compare, now time.Time) test {
	var tests []test
	for _, v := range c.Values {
		tests = append(tests, orderTest(orders[filter.Equal], v, now))
	}
	wanted := c.Op == filter.In
	return func(d datum) bool {
		return slices.ContainsFunc(tests, func(t test) bool { return t(d) }) == wanted
	}
}

// orderTest compares with one value, by the type that it was written in. Numbers are compared as numbers where the run's value is
// one; to what is not a number no number is equal.
func orderTest(holds [3]bool, v filter.Value, now time.Time) test {
	unequal := holds[0] && holds[2]
	switch v.Kind {
	case filter.Number:
		return func(d datum) bool {
			switch {
			case d.number < v.Number:
				return holds[0]
			case d.number > v.Number:
				return holds[2]
			case d.number == v.Number || math.IsNaN(v.Number) && d.text == notANumber:
				return holds[1]
			}
			return unequal
		}
	case filter.Bool:
		return func(d datum) bool {
			if strings.EqualFold(d.text, v.Text) {
				return holds[1]
			}
			return unequal
		}
	case filter.Moment, filter.Age:
		return momentTest(holds, momentOf(v, now))
	}
	return plainTest(holds, v.Text)
}

// notANumber is the text of a metric's value that is no number, so that it can be told from a text that is none.
const notANumber = "NaN"

func momentOf(v filter.Value, now time.Time) time.Time {
	if v.Kind == filter.Age {
		return now.Add(-v.Age)
	}
	return v.Time
}

// momentTest compares times, written in any of the language's ways, or as milliseconds since 1970.
func momentTest(holds [3]bool, moment time.Time) test {
	return func(d datum) bool {
		t := time.UnixMilli(int64(d.number))
		if math.IsNaN(d.number) {
			var ok bool
			if t, ok = filter.ParseMoment(d.text); !ok {
				return holds[0] && holds[2]
			}
		}
		return holds[1+t.Compare(moment.Truncate(time.Millisecond))]
	}
}

// plainTest compares with a text in quotes: as MLflow does, byte by byte. Where an order is asked for and both are numbers, they
// are compared as numbers.
func plainTest(holds [3]bool, text string) test {
	number := parsed(text)
	if holds[0] == holds[2] || math.IsNaN(number) {
		return func(d datum) bool { return holds[1+strings.Compare(d.text, text)] }
	}
	return func(d datum) bool {
		switch {
		case d.number < number:
			return holds[0]
		case d.number > number:
			return holds[2]
		case d.number == number:
			return holds[1]
		}
		return holds[1+strings.Compare(d.text, text)]
	}
}

// textTest compiles a pattern. As in MLflow LIKE looks at case and ILIKE does not.
func textTest(c filter.Compare) test {
	pattern := c.Values[0].Text
	if c.Op != filter.Match {
		if t := simpleLike(c.Op, pattern); t != nil {
			return t
		}
		pattern = likePattern(c.Op, pattern)
	}
	re, err := regexp.Compile(pattern)
	if err != nil { // the parser refuses it
		return func(datum) bool { return false }
	}
	return func(d datum) bool { return re.MatchString(d.text) }
}

// simpleLike is the test for the usual patterns, nil for others.
func simpleLike(op filter.Op, pattern string) test {
	inner := strings.Trim(pattern, "%")
	if op != filter.Like || strings.ContainsAny(inner, "%_") {
		return nil
	}
	begins, ends := strings.HasPrefix(pattern, "%"), strings.HasSuffix(pattern, "%")
	switch {
	case begins && ends:
		return func(d datum) bool { return strings.Contains(d.text, inner) }
	case begins:
		return func(d datum) bool { return strings.HasSuffix(d.text, inner) }
	case ends:
		return func(d datum) bool { return strings.HasPrefix(d.text, inner) }
	}
	return func(d datum) bool { return d.text == inner }
}

// likePattern makes a regular expression of a pattern of SQL's.
func likePattern(op filter.Op, pattern string) string {
	flags := "(?s)"
	if op == filter.ILike {
		flags = "(?is)"
	}
	return flags + "^" + strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(pattern)) + "$"
}
