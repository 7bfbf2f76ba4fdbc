package magics

import (
	"context"
	"slices"
	"strings"
)

// Completer proposes what a line may become.
type Completer struct {
	Host Host   // may be a Namer
	Dir  string // that relative paths are relative to
}

// Complete returns what the last word of a line's text up to the cursor may become, sorted, and at which byte of the text that word
// begins. A line that is no command's beginning has nothing. It may wait for the disk as long as ctx lets it.
func (c Completer) Complete(ctx context.Context, line string) (start int, list []string) {
	start, list = completeName(line)
	if list == nil {
		start, list = c.argument(ctx, line)
	}
	slices.Sort(list)
	return start, slices.Compact(list)
}

// completeName proposes the names of magics, with their signs.
func completeName(line string) (start int, list []string) {
	text, ok := strings.CutPrefix(line, "%")
	if !ok {
		return 0, nil
	}
	begin, only := "%", func(m Magic) bool { return !m.Long }
	if cell, is := strings.CutPrefix(text, "%"); is {
		text, begin, only = cell, "%%", func(m Magic) bool { return m.ParseCell != nil }
	}
	if rest, inside := strings.CutPrefix(text, long+" "); inside {
		inCell := begin == "%%"
		text, begin, only = strings.TrimLeft(rest, " \t"), "", func(m Magic) bool { return !inCell || m.ParseCell != nil }
	} else if strings.HasPrefix(long, text) && begin == "%" {
		list = append(list, "%"+long)
	}
	if strings.ContainsAny(text, " \t") {
		return 0, nil
	}
	for _, m := range Table() {
		if only(m) && strings.HasPrefix(m.Name, text) {
			list = append(list, begin+m.Name)
		}
	}
	return len(line) - len(begin) - len(text), list
}

// called returns the magic that a line calls in either form, and where its arguments begin.
func called(line string) (m Magic, at int, ok bool) {
	text := strings.TrimPrefix(strings.TrimPrefix(line, "%"), "%")
	signs := len(line) - len(text)
	if signs == 0 {
		return m, 0, false
	}
	name, args := cutWord(text)
	short := name != long
	if !short {
		name, args = cutWord(strings.TrimLeft(args, " \t"))
	}
	m, ok = find(name, short && signs == 1)
	return m, len(line) - len(args), ok && (signs == 1 || m.ParseCell != nil)
}

// Describe returns the help of the magic that a line calls, "" when it calls none.
func Describe(line string) string {
	m, _, ok := called(line)
	if name, _ := cutWord(strings.TrimPrefix(line, "%")); !ok && name == long {
		return Help()
	}
	if !ok {
		return ""
	}
	var b strings.Builder
	b.WriteString(m.Usage() + ": " + m.Help)
	for _, o := range m.Options {
		b.WriteString("\n  " + strings.TrimSpace(dashed(o.Name)+" "+o.Value) + ": " + o.Help)
	}
	if m.ParseCell != nil {
		b.WriteString("\n  " + m.cellUsage() + ": what stands below is " + m.Below)
	}
	return b.String()
}

// dashed is how an option is written.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
