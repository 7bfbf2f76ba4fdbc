package secrets

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// finder finds the secrets of rules, and values.
type finder struct {
	*ruleset
	words   *machine
	rules   [][]*rule // by word: those with this keyword
	values  [][]string
	known   map[string]value
	spanned []string // values that hold spaces
}

// span is where a secret stands in decoded text.
type span struct {
	start, end int
	rule       string
	secret     string // what is meant, however it is written
}

// longestWord is how many bytes of a value are looked for at once; the rest is compared.
const longestWord = 64

func newFinder(all *ruleset, values map[string]value) *finder {
	f := &finder{ruleset: all, known: maps.Clone(values)} // more come while it is read
	index := make(map[string]int)
	word := func(w string) int {
		w = lowerASCII(w[:min(len(w), longestWord)])
		if _, ok := index[w]; !ok {
			index[w] = len(f.rules)
			f.rules, f.values = append(f.rules, nil), append(f.values, nil)
		}
		return index[w]
	}
	for _, r := range all.rules {
		for _, k := range r.Keywords {
			i := word(k)
			f.rules[i] = append(f.rules[i], r)
		}
	}
	for v := range values {
		i := word(v)
		f.values[i] = append(f.values[i], v)
		if strings.ContainsAny(v, " \t\r\n") {
			f.spanned = append(f.spanned, v)
		}
	}
	words := make([]string, len(index))
	for w, i := range index {
		words[i] = w
	}
	f.words = newMachine(words)
	return f
}

// lowerASCII returns s with its ASCII letters in lower case, and every other byte as it is.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// levels is how often text is looked at again without its backslashes: JSON in a string in JSON has two.
const levels = 2

// spans returns the secrets in text, in order, none overlapping another. A path tells which file it is.
// What a program's strings escape is also looked at as it reads without backslashes.
func (f *finder) spans(text []byte, path string) []span { return f.spansIn(text, path, levels) }

func (f *finder) spansIn(text []byte, path string, level int) []span {
	found := f.flat(text, path)
	if level == 0 || !escapes(text) {
		return found
	}
	inner := newString(text, nil)
	for _, sp := range f.spansIn(inner.decoded, path, level-1) {
		for _, p := range inner.places(sp.start, sp.end) {
			found = append(found, span{p.start, p.end, sp.rule, sp.secret})
		}
	}
	return merge(found)
}

// escapes reports whether there is anything in text that reads otherwise in a string, and can hide a secret.
func escapes(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return false
		}
		if c := text[i+1]; c == '"' || c == '\\' || c == 'u' {
			return true
		}
		text = text[i+1:]
	}
}

// flat returns the secrets in text as it is.
func (f *finder) flat(text []byte, path string) (found []span) {
	byRule := path == "" || !notText(text) && !f.allow.forgivesPath(path)
	for _, h := range f.words.hits(text) {
		start := h.end - len(f.words.words[h.word])
		for _, v := range f.values[h.word] {
			if bytes.HasPrefix(text[start:], []byte(v)) {
				found = append(found, span{start, start + len(v), f.known[v].rule, f.known[v].secret})
			}
		}
		if !byRule {
			continue
		}
		for _, r := range f.rules[h.word] {
			if r.concerns(path) && r.plausible(text, h.end) {
				found = f.match(found, r, text, start, path)
			}
		}
	}
	return merge(found)
}

// notText reports whether bytes are no text: no rule is for them.
func notText(b []byte) bool { return bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0 }

// merge puts spans in order and joins those that overlap.
func merge(all []span) []span {
	slices.SortStableFunc(all, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	merged := all[:0]
	for _, s := range all {
		if last := len(merged) - 1; last >= 0 && s.start < merged[last].end {
			merged[last].end = max(merged[last].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
