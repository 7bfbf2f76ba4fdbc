package gitstate

import "strings"

// wildmatch reports whether text fits pattern, by the rules of gitignore(5): * and ? stand for anything but /,
// ** between slashes for any number of folders, [...] for one of some characters, and \ takes the meaning from
// what follows it. With fold, capital letters are equal to small ones.
func wildmatch(pattern, text string, fold bool) bool {
	if fold {
		pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	}
	return (&wild{steps: 1 << 16}).match(pattern, text, true)
}

// wild bounds the work for a pattern that was made to take forever.
type wild struct{ steps int }

// match compares from the start of pattern; first says that it is the start of a path's component.
func (w *wild) match(pattern, text string, first bool) bool {
	for pattern != "" {
		if w.steps--; w.steps < 0 {
			return false
		}
		switch pattern[0] {
		case '*':
			return w.star(pattern, text, first)
		case '?':
			if text == "" || text[0] == '/' {
				return false
			}
			pattern, text = pattern[1:], text[1:]
		case '[':
			if text == "" || text[0] == '/' {
				return false
			}
			fits, rest, ok := class(pattern[1:], text[0])
			if !ok || !fits {
				return false
			}
			pattern, text = rest, text[1:]
		case '\\':
			if pattern = pattern[1:]; pattern == "" {
				return false
			}
			fallthrough
		default:
			if text == "" || text[0] != pattern[0] {
				return false
			}
			first = pattern[0] == '/'
			pattern, text = pattern[1:], text[1:]
			continue
		}
		first = false
	}
	return text == ""
}

// star matches a pattern that begins with one or more *.
func (w *wild) star(pattern, text string, first bool) bool {
	rest := strings.TrimLeft(pattern, "*")
	stars := len(pattern) - len(rest)
	whole := stars >= 2 && first // a component of its own, if a / or the end follows
	switch {
	case whole && rest == "":
		return true
	case whole && rest[0] == '/':
		return w.folders(rest[1:], text)
	}
	across := whole && strings.HasPrefix(rest, `\/`)
	for at := 0; ; at++ {
		if w.match(rest, text[at:], false) {
			return true
		}
		if at == len(text) || text[at] == '/' && !across {
			return false
		}
	}
}

// folders matches what follows a component **: here, or behind any / of text.
func (w *wild) folders(rest, text string) bool {
	for {
		if w.match(rest, text, true) {
			return true
		}
		at := strings.IndexByte(text, '/')
		if at < 0 {
			return false
		}
		text = text[at+1:]
	}
}

// classes are the named ones of [[:name:]], for the characters of ASCII.
var classes = map[string]func(c byte) bool{
	"alnum":  func(c byte) bool { return letter(c) || digit(c) },
	"alpha":  letter,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 127 },
	"digit":  digit,
	"graph":  func(c byte) bool { return c > ' ' && c < 127 },
	"lower":  func(c byte) bool { return 'a' <= c && c <= 'z' },
	"print":  func(c byte) bool { return c >= ' ' && c < 127 },
	"punct":  func(c byte) bool { return c > ' ' && c < 127 && !letter(c) && !digit(c) },
	"space":  func(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' },
	"upper":  func(c byte) bool { return 'A' <= c && c <= 'Z' },
	"xdigit": func(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

// class reports whether c is one of the characters of a class, whose pattern begins behind [, and returns what
// follows the class. It is not ok when the class has no end or a name is unknown.
func class(pattern string, c byte) (fits bool, rest string, ok bool) {
	negated := pattern != "" && (pattern[0] == '!' || pattern[0] == '^')
	if negated {
		pattern = pattern[1:]
	}
	for start := true; ; start = false {
		if pattern == "" {
			return false, "", false
		}
		if pattern[0] == ']' && !start {
			return fits != negated, pattern[1:], true
		}
		if name, after, named := strings.Cut(strings.TrimPrefix(pattern, "[:"), ":]"); named && strings.HasPrefix(pattern, "[:") {
			is := classes[name]
			if is == nil {
				return false, "", false
			}
			fits, pattern = fits || is(c), after
			continue
		}
		low, after, valid := classByte(pattern)
		high := low
		if valid && len(after) > 1 && after[0] == '-' && after[1] != ']' {
			high, after, valid = classByte(after[1:])
		}
		if !valid {
			return false, "", false
		}
		fits, pattern = fits || low <= c && c <= high, after
	}
}

// classByte takes the next character of a class.
func classByte(pattern string) (c byte, rest string, ok bool) {
	if pattern[0] == '\\' {
		pattern = pattern[1:]
	}
	if pattern == "" {
		return 0, "", false
	}
	return pattern[0], pattern[1:], true
}
