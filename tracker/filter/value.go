package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ops are the relations that are signs.
var ops = map[string]Op{
	"=": Equal, "!=": Unequal, "<>": Unequal, "<": Less, "<=": AtMost, ">": Greater, ">=": AtLeast, "=~": Match, "!~": NotMatch,
}

// wordOps are the relations that are words, and what NOT makes of each.
var wordOps = []struct {
	word   string
	op     Op
	negate Op
}{{"LIKE", Like, NotLike}, {"ILIKE", ILike, NotILike}, {"IN", In, NotIn}, {"MATCHES", Match, NotMatch}, {"RLIKE", Match, NotMatch}}

func (p *parser) op() (Op, error) {
	if op, ok := ops[p.token.text]; ok && p.token.kind == sign {
		return op, p.advance()
	}
	if is, err := p.keyword("IS"); is || err != nil {
		return p.null(err)
	}
	not, err := p.keyword("NOT")
	if err != nil {
		return "", err
	}
	for _, w := range wordOps {
		found, err := p.keyword(w.word)
		if err != nil {
			return "", err
		}
		if found && not {
			return w.negate, nil
		}
		if found {
			return w.op, nil
		}
	}
	return "", p.unexpected("a comparison (=, !=, <, <=, >, >=, =~, LIKE, IN, IS NULL)")
}

// null reads what follows IS.
func (p *parser) null(err error) (Op, error) {
	if err != nil {
		return "", err
	}
	not, err := p.keyword("NOT")
	if err != nil {
		return "", err
	}
	null, err := p.keyword("NULL")
	if err == nil && !null {
		err = p.unexpected("NULL")
	}
	if not {
		return Present, err
	}
	return Missing, err
}

// values reads a list in parentheses.
func (p *parser) values() ([]Value, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var list []Value
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if p.isSign(")") {
			return list, p.advance()
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

func (p *parser) value() (Value, error) {
	t := p.token
	switch t.kind {
	case quoted:
		return Value{Kind: Text, Text: t.text}, p.advance()
	case word:
		v, ok := plain(t.text)
		if !ok {
			return v, p.fail(t.at, fmt.Sprintf("%q is no number, date or age: a text is in quotes", t.text))
		}
		return v, p.advance()
	}
	return Value{}, p.unexpected("a value")
}

// plain reads a value without quotes.
func plain(text string) (Value, bool) {
	v := Value{Text: text}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		v.Kind, v.Number = Number, f
		return v, true
	}
	if b := strings.ToLower(text); b == "true" || b == "false" {
		v.Kind, v.Text = Bool, b
		return v, true
	}
	if age, ok := parseAge(text); ok {
		v.Kind, v.Age = Age, age
		return v, true
	}
	if moment, ok := ParseMoment(text); ok {
		v.Kind, v.Time = Moment, moment
		return v, true
	}
	return v, false
}

// layouts are how a moment may be written. Without a zone it is the machine's.
var layouts = []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339Nano}

// ParseMoment reads a date, or a date with a time.
func ParseMoment(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// units of an age.
var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// parseAge reads how long ago something was: a minus, a number, a unit.
func parseAge(text string) (time.Duration, bool) {
	if len(text) < 3 || text[0] != '-' {
		return 0, false
	}
	unit, known := units[text[len(text)-1]]
	n, err := strconv.ParseFloat(text[1:len(text)-1], 64)
	if !known || err != nil || n < 0 || n*float64(unit) > float64(1<<62) {
		return 0, false
	}
	return time.Duration(n * float64(unit)), true
}
