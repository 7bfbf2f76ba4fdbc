package gopls

import (
	"regexp"
	"strings"
)

var (
	markdownLink   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	markdownEscape = regexp.MustCompile(`\\([[:punct:]])`)
	blankLines     = regexp.MustCompile(`\n{3,}`)
)

// plain takes the markup that gopls uses out of its markdown: fences, rules, links, escapes and spans
// of code. Text between fences is kept as it is.
func plain(markdown string) string {
	var out strings.Builder
	fenced := false
	for line := range strings.Lines(markdown) {
		switch bare := strings.TrimSpace(line); {
		case strings.HasPrefix(bare, "```"):
			fenced = !fenced
		case fenced:
			out.WriteString(line)
		case bare == "---":
			out.WriteByte('\n')
		default:
			out.WriteString(plainLine(line))
		}
	}
	return strings.TrimSpace(blankLines.ReplaceAllString(out.String(), "\n\n"))
}

func plainLine(line string) string {
	line = markdownLink.ReplaceAllString(line, "$1")
	line = strings.ReplaceAll(line, "`", "")
	return markdownEscape.ReplaceAllString(line, "$1")
}
