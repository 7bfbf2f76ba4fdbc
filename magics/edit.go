package magics

import (
	"slices"
	"strings"
)

// Complete returns the magics that the text of a line up to the cursor may become: their signs and names, sorted, and
// at which byte of the text they begin. A line that is no command's beginning has none.
func Complete(line string) (start int, names []string) {
	text, ok := strings.CutPrefix(line, "%")
	if !ok {
		return 0, nil
	}
	begin, only := "%", func(m Magic) bool { return !m.Long }
	if rest, inside := strings.CutPrefix(text, long+" "); inside {
		text, begin, only = strings.TrimLeft(rest, " \t"), "", func(Magic) bool { return true }
	} else if strings.HasPrefix(long, text) {
		names = append(names, "%"+long)
	}
	if strings.ContainsAny(text, " \t") {
		return 0, nil
	}
	for _, m := range Table() {
		if only(m) && strings.HasPrefix(m.Name, text) {
			names = append(names, begin+m.Name)
		}
	}
	slices.Sort(names)
	return len(line) - len(begin) - len(text), names
}

// Describe returns the help of the magic that a line calls, "" when it calls none.
func Describe(line string) string {
	m, args, ok := recognize(line)
	if !ok || !strings.HasPrefix(line, "%") {
		return ""
	}
	if m.Name == long {
		name, _ := cutWord(strings.TrimLeft(args, " \t"))
		if m, ok = find(name, false); !ok {
			return Help()
		}
	}
	return m.Usage() + ": " + m.Help
}
