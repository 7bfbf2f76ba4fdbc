package filter

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a filter, so that nobody's text costs more than it should.
const (
	maxText  = 100_000 // bytes
	maxDepth = 100     // parentheses and NOTs within each other
)

// parser reads tokens by recursive descent, one ahead.
type parser struct {
	lexer
	token      token
	depth      int
	attributes [][]string // what Attributes holds; nil: those of runs
}

// Parse reads a filter. An empty one holds for all. Its error is a *SyntaxError.
//
//	filter  = all { "OR" all }
//	all     = one { "AND" one }
//	one     = "NOT" one | "(" filter ")" | field relation
//	field   = [ space "." ] name
//	relation = op value | [ "NOT" ] "IN" "(" value { "," value } ")" | "IS" [ "NOT" ] "NULL"
func Parse(text string) (Expr, error) { return ParseFor(nil, text) }

// ParseFor is Parse for things with other attributes than runs have. Each is listed with all the names that it may be
// written with; the first is the one that Field has.
func ParseFor(attributes [][]string, text string) (Expr, error) {
	p, err := start(attributes, text)
	if err != nil {
		return nil, err
	}
	if p.token.kind == end {
		return And{}, nil
	}
	e, err := p.any()
	if err != nil {
		return nil, err
	}
	if p.token.kind != end {
		return nil, p.unexpected("AND or OR")
	}
	return e, nil
}

// ParseOrder reads what runs are sorted by: fields, each with ASC or DESC behind it or nothing, and commas between.
func ParseOrder(text string) ([]Order, error) { return ParseOrderFor(nil, text) }

// ParseOrderFor is ParseOrder for things with other attributes than runs have, as of ParseFor.
func ParseOrderFor(attributes [][]string, text string) ([]Order, error) {
	p, err := start(attributes, text)
	if err != nil || p.token.kind == end {
		return nil, err
	}
	var list []Order
	for {
		o, err := p.order()
		if err != nil {
			return nil, err
		}
		list = append(list, o)
		if p.token.kind == end {
			return list, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

func start(attributes [][]string, text string) (*parser, error) {
	p := &parser{lexer: lexer{text: text}, attributes: attributes}
	if len(text) > maxText {
		return nil, &SyntaxError{text[:100] + "…", maxText, "the text is too long"}
	}
	return p, p.advance()
}

func (p *parser) advance() (err error) {
	p.token, err = p.next()
	return err
}

func (p *parser) unexpected(want string) error {
	if p.token.kind == end {
		return p.fail(p.token.at, fmt.Sprintf("the text ends where %s should follow", want))
	}
	return p.fail(p.token.at, fmt.Sprintf("%q stands where %s should", p.token.text, want))
}

// keyword takes a word of the language, in any case, when it is what follows.
func (p *parser) keyword(w string) (bool, error) {
	if p.token.kind != word || !strings.EqualFold(p.token.text, w) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) isSign(s string) bool { return p.token.kind == sign && p.token.text == s }

func (p *parser) expect(s string) error {
	if !p.isSign(s) {
		return p.unexpected(fmt.Sprintf("%q", s))
	}
	return p.advance()
}

func (p *parser) any() (Expr, error) {
	list, err := p.list("OR", p.all)
	if err != nil || len(list) == 1 {
		return first(list), err
	}
	return Or(list), nil
}

func (p *parser) all() (Expr, error) {
	list, err := p.list("AND", p.one)
	if err != nil || len(list) == 1 {
		return first(list), err
	}
	return And(list), nil
}

func first(list []Expr) Expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// list reads expressions with a word between them.
func (p *parser) list(between string, read func() (Expr, error)) (list []Expr, err error) {
	for {
		e, err := read()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if more, err := p.keyword(between); !more || err != nil {
			return list, err
		}
	}
}

func (p *parser) one() (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(p.token.at, "parentheses are too deep")
	}
	defer func() { p.depth-- }()
	if not, err := p.keyword("NOT"); err != nil {
		return nil, err
	} else if not {
		e, err := p.one()
		return Not{e}, err
	}
	if !p.isSign("(") {
		return p.compare()
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.any()
	if err != nil {
		return nil, err
	}
	return e, p.expect(")")
}

func (p *parser) compare() (Expr, error) {
	c := Compare{At: p.token.at}
	var err error
	if c.Field, err = p.field(); err != nil {
		return nil, err
	}
	if c.Op, err = p.op(); err != nil {
		return nil, err
	}
	switch c.Op {
	case Missing, Present:
		return c, nil
	case In, NotIn:
		c.Values, err = p.values()
	default:
		var v Value
		v, err = p.value()
		c.Values = []Value{v}
	}
	if err != nil {
		return nil, err
	}
	return c, p.check(c)
}

// check refuses what can hold for no run because of how it is written.
func (p *parser) check(c Compare) error {
	switch c.Op {
	case Match, NotMatch:
		if _, err := regexp.Compile(c.Values[0].Text); err != nil {
			var why = err
			if inner := errors.Unwrap(err); inner != nil {
				why = inner
			}
			return p.fail(c.At, fmt.Sprintf("the regular expression is wrong (%v)", why))
		}
	case Less, AtMost, Greater, AtLeast:
		if c.Values[0].Kind == Bool {
			return p.fail(c.At, "true and false have no order")
		}
	}
	if c.Field.Space == Metrics && slices.ContainsFunc(c.Values, func(v Value) bool { return v.Kind != Number }) {
		return p.fail(c.At, "a metric is compared with a number, without quotes")
	}
	return nil
}

func (p *parser) order() (Order, error) {
	f, err := p.field()
	if err != nil {
		return Order{}, err
	}
	down, err := p.keyword("DESC")
	if err != nil || down {
		return Order{f, down}, err
	}
	_, err = p.keyword("ASC")
	return Order{f, false}, err
}
