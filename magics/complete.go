package magics

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// Kind is what an argument is, for completion.
type Kind int

// The kinds of arguments.
const (
	Anything Kind = iota
	Path
	Run        // an id or a name
	Experiment // a name
	ParamKey
	TagKey
	MetricKey
	Field // of a filter
	ValueType
	ArtifactType
)

// Namer is a Host that knows which names there are of a kind that the ledger holds. It answers at once, or when ctx ends: with
// what it knows.
type Namer interface {
	Names(ctx context.Context, of Kind) []string
}

// closed are the kinds whose words are known.
var closed = map[Kind]func() []string{ValueType: ValueTypes, ArtifactType: ArtifactTypes}

// argument proposes what the last word of a magic's arguments may become.
func (c Completer) argument(ctx context.Context, line string) (start int, list []string) {
	m, at, ok := called(line)
	if !ok || at == len(line) {
		return 0, nil
	}
	before, word := lastWord(line[at:])
	start = len(line) - len(word)
	if strings.HasPrefix(word, "-") {
		for _, o := range m.Options {
			if name := dashed(o.Name); strings.HasPrefix(name, word) {
				list = append(list, name)
			}
		}
		return start, list
	}
	return start, c.propose(ctx, m.takes(before), word)
}

// takes returns what stands behind the arguments before.
func (m Magic) takes(before string) Kind {
	_, last := lastWord(strings.TrimRight(before, " \t"))
	for _, o := range m.Options {
		if o.Value != "" && last == dashed(o.Name) {
			return o.Takes
		}
	}
	return m.Takes
}

// propose returns the words of a kind that begin with word, which may begin with a quote.
func (c Completer) propose(ctx context.Context, of Kind, word string) (list []string) {
	plain := strings.TrimLeft(word, `"'`)
	var all []string
	if words, known := closed[of]; known {
		all = words()
	} else if of == Path {
		all = c.paths(plain)
	} else if namer, ok := c.Host.(Namer); ok && of != Anything {
		all = namer.Names(ctx, of)
	}
	for _, name := range all {
		if !strings.HasPrefix(name, plain) {
			continue
		}
		switch of {
		case Field: // a filter has quotes of its own
		case ParamKey, TagKey, MetricKey:
			name = quote(name) + "="
		default:
			name = quote(name)
		}
		list = append(list, name)
	}
	return list
}

// most is how many paths are proposed.
const most = 500

// paths lists what the folder of a path holds, as the path was begun. Hidden files are shown to who begins with a dot.
func (c Completer) paths(begun string) (list []string) {
	folder, name := filepath.Split(begun)
	entries, err := os.ReadDir(absolute(c.Dir, []string{folder + "."})[0])
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if len(list) == most || strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".") {
			continue
		}
		path := folder + e.Name()
		if info, err := os.Stat(absolute(c.Dir, []string{path})[0]); err == nil && info.IsDir() {
			path += "/"
		}
		list = append(list, path)
	}
	return list
}

// lastWord cuts a text before its last word, where a quotation that is not closed is one.
func lastWord(text string) (before, word string) {
	begin, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == 0 && (c == ' ' || c == '\t'):
			begin = i + 1
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		case quote == '"' && c == '\\':
			i++
		}
	}
	return text[:begin], text[begin:]
}

// quote writes a word so that words reads it as one.
func quote(word string) string {
	if !strings.ContainsAny(word, " \t\"'") {
		return word
	}
	if !strings.Contains(word, "'") {
		return "'" + word + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}
