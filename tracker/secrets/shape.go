package secrets

import (
	"regexp/syntax"
	"strings"
)

// shape is how a rule's expression can be matched near a keyword instead of everywhere.
type shape struct {
	expr     string // to compile
	anchored bool   // every match begins with a keyword, and so does expr
	bounded  bool   // a word must begin where a match does
	named    bool   // an operator and a value follow the keyword (see plausible)
	reach    int    // no match that is looked for is longer in bytes
}

// far is how many bytes from a keyword on are looked at where an expression sets no bound. It holds a
// private key of 16,384 bits in PEM several times.
const far = 64 << 10

// lead are the ways in which gitleaks' expressions let a name go on to the left of a keyword. Only the
// name depends on it, so that it can be matched without and then be extended.
var lead = []struct{ old, new string }{
	{`(?i)[\w.-]{0,50}?`, `(?i)`},
	{`[\w.-]{0,50}?(?i:[\w.-]{0,50}?`, `(?i:`},
}

// assignment is in the expressions of rules that look for a name and its value.
const assignment = `(?:[ \t\w.-]{0,20})[\s'"]{0,3}`

func shapeOf(d definition) shape {
	s := shape{expr: d.Regex, reach: far}
	for _, l := range lead {
		if rest, ok := strings.CutPrefix(s.expr, l.old); ok {
			s.expr = l.new + rest
		}
	}
	tree, err := syntax.Parse(s.expr, syntax.Perl)
	if err != nil {
		return s // regexp.MustCompile tells
	}
	if n := longestMatch(tree); n >= 0 {
		s.reach = n
	}
	if s.anchored = beginsWithAny(tree, d.Keywords); s.anchored {
		s.expr = `\A(?:` + s.expr + `)`
		s.bounded = tree.Op == syntax.OpConcat && tree.Sub[0].Op == syntax.OpWordBoundary
		s.named = tree.Op != syntax.OpAlternate && (strings.Contains(d.Regex, assignment) || d.judge != nil)
	}
	return s
}

// longestMatch returns how many bytes a match can have, -1 for any number.
func longestMatch(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(string(re.Rune))
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 4 // of UTF-8
	case syntax.OpStar, syntax.OpPlus:
		return -1
	}
	sum, most := 0, 0
	for _, sub := range re.Sub {
		n := longestMatch(sub)
		if n < 0 {
			return -1
		}
		sum, most = sum+n, max(most, n)
	}
	switch re.Op {
	case syntax.OpAlternate:
		return most
	case syntax.OpRepeat:
		if re.Max < 0 {
			return -1
		}
		return sum * re.Max
	}
	return sum
}

// beginsWithAny reports whether every match begins with one of words, which are in lower case.
func beginsWithAny(re *syntax.Regexp, words []string) bool {
	begins, _ := beginnings(re)
	for _, b := range begins {
		fits := false
		for _, w := range words {
			fits = fits || strings.HasPrefix(b, w)
		}
		if !fits {
			return false
		}
	}
	return len(begins) > 0
}

// manyBeginnings is how many beginnings of an expression's matches are listed before that is given up.
const manyBeginnings = 200

// beginnings lists, in lower case, with what every match begins; exact tells that these are the
// matches themselves.
func beginnings(re *syntax.Regexp) (list []string, exact bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}, true
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}, true
	case syntax.OpCharClass:
		return classBeginnings(re.Rune)
	case syntax.OpCapture:
		return beginnings(re.Sub[0])
	case syntax.OpQuest:
		list, exact = beginnings(re.Sub[0])
		return append([]string{""}, list...), exact
	case syntax.OpAlternate:
		return alternateBeginnings(re.Sub)
	case syntax.OpConcat:
		return concatBeginnings(re.Sub)
	}
	return []string{""}, false
}

func classBeginnings(ranges []rune) (list []string, exact bool) {
	const few = 12 // a larger class is no part of a keyword
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if list = append(list, strings.ToLower(string(r))); len(list) > few {
				return []string{""}, false
			}
		}
	}
	return list, true
}

func alternateBeginnings(subs []*syntax.Regexp) (list []string, exact bool) {
	exact = true
	for _, sub := range subs {
		l, e := beginnings(sub)
		list, exact = append(list, l...), exact && e
	}
	return list, exact
}

func concatBeginnings(subs []*syntax.Regexp) (list []string, exact bool) {
	list = []string{""}
	for _, sub := range subs {
		l, e := beginnings(sub)
		if len(list)*len(l) > manyBeginnings {
			return list, false
		}
		var longer []string
		for _, a := range list {
			for _, b := range l {
				longer = append(longer, a+b)
			}
		}
		if list = longer; !e {
			return list, false
		}
	}
	return list, true
}
