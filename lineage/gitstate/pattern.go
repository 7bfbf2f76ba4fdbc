package gitstate

import "strings"

// pattern is a line's pattern of .gitignore or .gitattributes.
type pattern struct {
	glob     string // without what the other members say
	folders  bool   // it fits folders only
	name     bool   // it is compared with the last component alone
	literal  bool   // it holds nothing special
	suffix   string // when not empty: it is a * and this
	fold     bool   // capital letters are equal to small ones
	negative bool
}

// parsePattern parses a pattern that is neither empty nor a comment.
func parsePattern(text string, fold bool) pattern {
	p := pattern{fold: fold}
	text, p.negative = strings.CutPrefix(text, "!")
	text, p.folders = strings.CutSuffix(text, "/")
	p.name = !strings.Contains(text, "/")
	p.glob = strings.TrimPrefix(text, "/")
	p.literal = !strings.ContainsAny(p.glob, `*?[\`) && !fold
	if rest, ok := strings.CutPrefix(p.glob, "*"); ok && p.name && !fold && !strings.ContainsAny(rest, `*?[\`) {
		p.suffix = rest
	}
	return p
}

// fits reports whether the pattern fits a path below the folder of its file.
func (p *pattern) fits(path string, folder bool) bool {
	if p.folders && !folder {
		return false
	}
	if p.name {
		path = path[strings.LastIndexByte(path, '/')+1:]
	}
	switch {
	case p.literal:
		return path == p.glob
	case p.suffix != "":
		return strings.HasSuffix(path, p.suffix)
	}
	return p.wild(path)
}

// wild matches as git does, which compares what comes before the first special character by itself: so a ** behind
// it counts as one at the start.
func (p *pattern) wild(path string) bool {
	prefix := strings.IndexAny(p.glob, `*?[\`)
	if p.name || prefix <= 0 {
		return wildmatch(p.glob, path, p.fold)
	}
	if len(path) < prefix || path[:prefix] != p.glob[:prefix] && !(p.fold && strings.EqualFold(path[:prefix], p.glob[:prefix])) {
		return false
	}
	return wildmatch(p.glob[prefix:], path[prefix:], p.fold)
}

// patternLines returns the lines of a pattern file that say something.
func patternLines(text string) (lines []string) {
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// withoutBlanks cuts trailing blanks, except one that a \ keeps.
func withoutBlanks(line string) string {
	cut := strings.TrimRight(line, " ")
	if cut != line && strings.HasSuffix(cut, `\`) && (len(cut)-len(strings.TrimRight(cut, `\`)))%2 == 1 {
		return cut + " "
	}
	return cut
}
