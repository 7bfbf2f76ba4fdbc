package secrets

import (
	"bytes"
)

// plausible reports whether a rule can match at a keyword that ends at end, without its expression.
// Words like "key" and "token" are in every second line, and mostly no operator and no value follows.
func (r *rule) plausible(text []byte, end int) bool {
	const gap = 40 // at most, of a name that goes on, and quotes and spaces
	if r.hint != nil {
		return r.hint(text[end:])
	}
	if !r.shape().named || r.judge != nil {
		return true
	}
	for i := end; i < min(len(text), end+gap); i++ {
		switch c := classes[text[i]]; {
		case c&operator != 0:
			return valueFollows(text[i+1:])
		case c&(letter|joint|space|quote) == 0:
			return false
		}
	}
	return false
}

// valueFollows reports whether, behind the first byte of an operator, something as long as a secret comes.
func valueFollows(text []byte) bool {
	const gap, shortest = 9, 8 // bytes of operator, quotes and spaces; of the shortest value of any rule
	i := 0
	for i < min(len(text), gap) && classes[text[i]]&(operator|space|quote) != 0 {
		i++
	}
	start := i
	for i < len(text) && i < start+shortest && classes[text[i]]&(space|quote) == 0 {
		i++
	}
	return i == start+shortest
}

// What a byte can be between a name and its value.
const (
	letter = 1 << iota
	joint
	space
	quote
	operator
)

var classes = func() (c [256]uint8) {
	for b := range 256 {
		if inWord(byte(b)) {
			c[b] = letter
		}
	}
	for class, bytes := range map[uint8]string{joint: ".-", space: " \t\r\n\f\v", quote: "'\"`", operator: "=>:|?,"} {
		for i := range len(bytes) {
			c[bytes[i]] |= class
		}
	}
	return c
}()

func inWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// match tries a rule at a keyword that begins at start.
func (f *finder) match(found []span, r *rule, text []byte, start int, path string) []span {
	if !r.shape().anchored {
		return f.matchAround(found, r, text, start, path)
	}
	if r.shape().bounded && start > 0 && inWord(text[start-1]) {
		return found
	}
	loc := r.matchAt(text[start:])
	if loc == nil {
		return found
	}
	name := start // of what the value belongs to
	for r.shape().named && name > 0 && start-name < 50 && classes[text[name-1]]&(letter|joint) != 0 {
		name--
	}
	return f.accept(found, r, text, start, loc, candidate{path: path, match: text[name : start+loc[1]], at: name})
}

// brief is how many bytes are looked at first, by a rule whose keywords are everywhere and whose
// matches are short unless they reach the end of that.
const brief = 300

const commonRule = "generic-api-key"

// matchAt matches a rule at the beginning of text and returns the places of the match and its groups.
func (r *rule) matchAt(text []byte) []int {
	part := text[:min(len(text), r.shape().reach+1)]
	if r.judge != nil {
		part = text[:min(len(text), near)]
		if loc := r.find(part); loc == nil || loc[1] < len(part) || len(part) == len(text) {
			return loc
		}
		return nil // what is longer is for other rules
	}
	if r.ID == commonRule && len(part) > brief {
		if loc := r.find(part[:brief]); loc == nil || loc[1] < brief {
			return loc
		}
	}
	return r.find(part)
}

// find is the expression's FindSubmatchIndex. Most tries fail, and that costs no memory.
func (r *rule) find(text []byte) []int {
	if !r.regexp().Match(text) {
		return nil
	}
	return r.regexp().FindSubmatchIndex(text)
}

// Around a keyword that need not begin a match, so many bytes are looked at on either side beside a
// match's length, or where that has no bound, so many in all.
const (
	margin = 256
	around = 2048
)

// needs holds what else must stand near the keyword of some rules, which is a common word.
var needs = map[string]string{"kubernetes-secret-yaml": "kind:", "lob-api-key": "lob", "lob-pub-api-key": "lob"}

// matchAround tries a rule whose keyword, which begins at start, may be anywhere in or near a match.
func (f *finder) matchAround(found []span, r *rule, text []byte, start int, path string) []span {
	reach := min(r.shape().reach+margin, around)
	from, to := max(0, start-reach), min(len(text), start+reach)
	part := text[from:to]
	if !bytes.Contains(bytes.ToLower(part), []byte(needs[r.ID])) {
		return found
	}
	for _, loc := range r.regexp().FindAllSubmatchIndex(part, -1) {
		cut := loc[0] == 0 && from > 0 || loc[1] == len(part) && to < len(text)
		if !cut { // else the part's edge may pass for the text's
			found = f.accept(found, r, text, from, loc, candidate{path: path, match: part[loc[0]:loc[1]]})
		}
	}
	return found
}

// accept adds a match, whose places are relative to at, unless it is no secret after all.
func (f *finder) accept(found []span, r *rule, text []byte, at int, loc []int, c candidate) []span {
	from, to := r.group(loc)
	from, to = at+from, at+to
	c.secret = bytes.Trim(text[from:to], "\n")
	c.line = lineAround(text, from, to)
	if r.Entropy > 0 && entropy(string(c.secret)) <= r.Entropy || f.allow.forgives(c) {
		return found
	}
	if r.judge != nil && !r.judge(assignedIn(text, c.at, from, to)) {
		return found
	}
	for _, a := range r.allow {
		if a.forgives(c) {
			return found
		}
	}
	return append(found, span{from, to, r.ID, string(text[from:to])})
}

// group returns where in a match the secret is: in the first group that took part, as gitleaks has it.
func (r *rule) group(loc []int) (from, to int) {
	if wholeMatch[r.ID] {
		return loc[0], loc[1]
	}
	if g := r.SecretGroup; g > 0 && 2*g+1 < len(loc) && loc[2*g] >= 0 {
		return loc[2*g], loc[2*g+1]
	}
	for i := 2; i < len(loc); i += 2 {
		if loc[i] >= 0 && loc[i] < loc[i+1] {
			return loc[i], loc[i+1]
		}
	}
	return loc[0], loc[1]
}

// lineAround returns the lines that text[from:to] stands in, as far as they are near.
func lineAround(text []byte, from, to int) []byte {
	const near = 1000
	before, after := text[max(0, from-near):from], text[to:min(len(text), to+near)]
	start := from - len(before) + bytes.LastIndexByte(before, '\n') + 1
	if n := bytes.IndexByte(after, '\n'); n >= 0 {
		after = after[:n]
	}
	return text[start : to+len(after)]
}
