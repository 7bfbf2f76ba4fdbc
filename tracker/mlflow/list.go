package mlflow

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// Experiments, registered models and logged models are few beside runs: they are searched in memory.

// listing is how things of one kind are searched.
type listing[T any] struct {
	attributes [][]string // as of filter.ParseFor
	value      func(T, filter.Field) (value string, number float64, found bool)
	order      []filter.Order // when none is asked for, and behind what is
	normal     int64          // results on a page when no number is given
	most       int64
}

// query is what searches have in common.
type query struct {
	Filter string   `json:"filter"`
	Max    *integer `json:"max_results"`
	Order  []string `json:"order_by"`
	Token  string   `json:"page_token"`
}

// search returns the page of things that is asked for.
func (l listing[T]) search(all []T, q query) (page []T, next string, err error) {
	size, err := pageSize(q.Max, l.normal, l.most)
	if err != nil {
		return nil, "", err
	}
	expr, err := filter.ParseFor(l.attributes, q.Filter)
	if err != nil {
		return nil, "", err
	}
	order, err := filter.ParseOrderFor(l.attributes, strings.Join(q.Order, ", "))
	if err != nil {
		return nil, "", err
	}
	chosen := make([]T, 0, len(all))
	for _, t := range all {
		if l.holds(expr, t) {
			chosen = append(chosen, t)
		}
	}
	order = append(order, l.order...)
	slices.SortStableFunc(chosen, func(a, b T) int { return l.compare(order, a, b) })
	return paged(chosen, q.Token, size)
}

func (l listing[T]) compare(order []filter.Order, a, b T) int {
	for _, o := range order {
		textA, numberA, hasA := l.value(a, o.Field)
		textB, numberB, hasB := l.value(b, o.Field)
		if hasA != hasB {
			return sign(hasA) // what has no value comes last
		}
		c := cmp.Or(cmp.Compare(numberA, numberB), strings.Compare(textA, textB))
		if o.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// holds reports whether a filter holds for a thing.
func (l listing[T]) holds(e filter.Expr, t T) bool {
	switch e := e.(type) {
	case filter.And:
		return !slices.ContainsFunc(e, func(e filter.Expr) bool { return !l.holds(e, t) })
	case filter.Or:
		return slices.ContainsFunc(e, func(e filter.Expr) bool { return l.holds(e, t) })
	case filter.Not:
		return !l.holds(e.Of, t)
	case filter.Compare:
		text, number, found := l.value(t, e.Field)
		if e.Op == filter.Missing || !found {
			return e.Op == filter.Missing && !found
		}
		return compares(e, text, number)
	}
	return true
}

// compares reports whether a value stands in a relation. Numbers are those that have no text.
func compares(c filter.Compare, text string, number float64) bool {
	switch c.Op {
	case filter.Present:
		return true
	case filter.In, filter.NotIn:
		return slices.ContainsFunc(c.Values, func(v filter.Value) bool { return order(v, text, number) == 0 }) == (c.Op == filter.In)
	case filter.Like, filter.ILike:
		return like(c.Values[0].Text, c.Op == filter.ILike).MatchString(text)
	case filter.NotLike, filter.NotILike:
		return !like(c.Values[0].Text, c.Op == filter.NotILike).MatchString(text)
	case filter.Match, filter.NotMatch:
		return regexp.MustCompile(c.Values[0].Text).MatchString(text) == (c.Op == filter.Match) // the parser compiled it
	}
	n := order(c.Values[0], text, number)
	return map[filter.Op]bool{filter.Equal: n == 0, filter.Unequal: n != 0, filter.Less: n < 0, filter.AtMost: n <= 0, filter.Greater: n > 0, filter.AtLeast: n >= 0}[c.Op]
}

// order compares a thing's value with a given one.
func order(given filter.Value, text string, number float64) int {
	if text != "" {
		return strings.Compare(text, given.Text)
	}
	switch given.Kind {
	case filter.Number:
		return cmp.Compare(number, given.Number)
	case filter.Moment:
		return cmp.Compare(number, float64(given.Time.UnixMilli()))
	}
	if n, err := strconv.ParseFloat(given.Text, 64); err == nil && number != 0 {
		return cmp.Compare(number, n)
	}
	return strings.Compare(text, given.Text)
}

// like makes a regular expression of a pattern with SQL's wildcards.
func like(pattern string, anyCase bool) *regexp.Regexp {
	flags := "(?s)"
	if anyCase {
		flags = "(?si)"
	}
	quoted := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile(flags + `\A` + quoted + `\z`)
}

// tagValue returns the value of a tag that clients see.
func tagValue(tags []tracker.Tag, key string) (value string, number float64, found bool) {
	i := slices.IndexFunc(tags, func(t tracker.Tag) bool { return t.Key == key })
	if i < 0 && key == tagPrompt {
		return "false", 0, true
	}
	if i < 0 || isHidden(key) {
		return "", 0, false
	}
	return tags[i].Value, 0, true
}

// tagPrompt is the tag of a prompt among registered models. MLflow's clients ask for those with another value than true to get the models, and
// mean those without the tag too.
const tagPrompt = "mlflow.prompt.is_prompt"
