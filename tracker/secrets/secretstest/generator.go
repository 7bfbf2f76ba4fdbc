package secretstest

import (
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
)

// generator makes random texts that an expression matches.
type generator struct {
	rand   *rand.Rand
	group  int    // which of the expression is the secret
	secret string // what it became
}

// match returns a text that re matches, and what is secret in it: the group, else all.
func (g *generator) match(re *syntax.Regexp, group int) (text, secret string) {
	g.group, g.secret = group, ""
	text = g.text(re)
	if g.secret == "" {
		g.secret = text
	}
	return text, g.secret
}

func (g *generator) text(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return g.character(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return " "
	case syntax.OpCapture:
		text := g.text(re.Sub[0])
		if re.Cap == g.group {
			g.secret = text
		}
		return text
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(g.text(sub))
		}
		return b.String()
	case syntax.OpAlternate:
		return g.text(re.Sub[g.rand.IntN(len(re.Sub))])
	case syntax.OpPlus:
		return g.repeat(re.Sub[0], 12)
	case syntax.OpRepeat:
		return g.repeat(re.Sub[0], re.Min)
	}
	return "" // what may be left out
}

func (g *generator) repeat(re *syntax.Regexp, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(g.text(re))
	}
	return b.String()
}

// few are the characters that random texts are made of: with no vowels among them, they hold no word
// that says that a text is no secret.
const few = "bcdfghjkmnpqrstvwxz23456789BCDFGHJKMNPQRSTVWXZ"

// character returns one of a class, of the few where it has one of them.
func (g *generator) character(class []rune) string {
	in := func(r rune) bool {
		for i := 0; i < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				return true
			}
		}
		return false
	}
	chosen := slices.DeleteFunc([]rune(few), func(r rune) bool { return !in(r) })
	if len(chosen) > 1 {
		return string(chosen[g.rand.IntN(len(chosen))])
	}
	for _, r := range `"= ;:` {
		if in(r) {
			return string(r)
		}
	}
	return string(class[0])
}

// word returns a random text of n characters.
func (g *generator) word(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = few[g.rand.IntN(len(few))]
	}
	return string(b)
}
