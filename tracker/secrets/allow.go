package secrets

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// listing says which findings are none, as gitleaks' configuration writes it.
type listing struct {
	Condition   string // "AND": all of what is given; else any
	RegexTarget string // what Regexes look at: "match", "line", or the secret
	Regexes     []string
	Paths       []string
	StopWords   []string
}

// allowance is a listing that is compiled when it is first needed.
type allowance struct {
	listing
	regexes func() *regexp.Regexp // nil: none given
	paths   func() *regexp.Regexp
	words   func() *machine
}

func newAllowance(l listing) *allowance {
	return &allowance{
		listing: l,
		regexes: sync.OnceValue(func() *regexp.Regexp { return anyOf(l.Regexes) }),
		paths:   sync.OnceValue(func() *regexp.Regexp { return anyOf(l.Paths) }),
		words:   sync.OnceValue(func() *machine { return wordsOf(l.StopWords) }),
	}
}

func wordsOf(list []string) *machine {
	if len(list) == 0 {
		return nil
	}
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = lowerASCII(w)
	}
	slices.Sort(words)
	return newMachine(slices.Compact(words))
}

// anyOf returns one expression for several, nil for none.
func anyOf(list []string) *regexp.Regexp {
	if len(list) == 0 {
		return nil
	}
	return regexp.MustCompile("(?:" + strings.Join(list, ")|(?:") + ")")
}

// candidate is what a rule found.
type candidate struct {
	path                string
	secret, match, line []byte
	at                  int // where the match begins in the text
}

// forgives reports whether a finding is none.
func (a *allowance) forgives(c candidate) bool {
	target := c.secret
	switch a.RegexTarget {
	case "match":
		target = c.match
	case "line":
		target = c.line
	}
	regexes, words, paths := a.regexes(), a.words(), a.paths()
	byText := regexes != nil && regexes.Match(target)
	byWord := words != nil && words.matches(c.secret)
	if a.Condition != "AND" {
		return byText || byWord
	}
	return (paths == nil || paths.MatchString(c.path)) && (regexes == nil || byText) && (words == nil || byWord)
}

// forgivesPath reports whether nothing is a secret in a file with this path.
func (a *allowance) forgivesPath(path string) bool {
	return path != "" && a.Condition != "AND" && a.paths() != nil && a.paths().MatchString(path)
}

// entropy returns the Shannon entropy of a text's bytes in bits per byte.
func entropy(text string) (bits float64) {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
