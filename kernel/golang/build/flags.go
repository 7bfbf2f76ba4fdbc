package build

import (
	"slices"
	"strings"
)

// Flags are the user's build flags, taken apart by what they change.
type flags struct {
	all    []string
	tags   []string // values of -tags
	listed []string // flags that choose packages, which go list has to see too; without -tags
	plain  bool     // none changes how main itself is compiled and linked
}

// choosing are the flags that say which files and modules are taken, and nothing of how they are compiled.
var choosing = []string{"mod", "modfile", "modcacherw", "tags"}

// harmless are the flags that change nothing in an executable.
var harmless = []string{"buildvcs", "v", "p", "modcacherw"}

// parseFlags takes flags apart. The value of a flag may be the next word.
func parseFlags(given []string) flags {
	f := flags{all: given, plain: true}
	for i := 0; i < len(given); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(given[i], "-"), "=")
		if !joined && takesValue(name) && i+1 < len(given) {
			i++
			value = given[i]
		}
		switch {
		case name == "tags":
			f.tags = append(f.tags, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
		case slices.Contains(choosing, name):
			f.listed = append(f.listed, "-"+name+"="+value)
		case !slices.Contains(harmless, name):
			f.plain = false
		}
	}
	return f
}

// takesValue says that a flag's value may follow as a word of its own.
func takesValue(name string) bool {
	return slices.Contains([]string{"mod", "modfile", "tags", "p", "gcflags", "ldflags", "asmflags", "covermode", "coverpkg",
		"buildmode", "overlay", "pgo", "pkgdir", "installsuffix", "toolexec", "compiler", "C", "o"}, name)
}

// value gives the value of a flag, and whether it is there.
func (f flags) value(name string) (string, bool) {
	for i, s := range f.all {
		n, v, joined := strings.Cut(strings.TrimLeft(s, "-"), "=")
		if n != name || !strings.HasPrefix(s, "-") {
			continue
		}
		if !joined && i+1 < len(f.all) {
			v = f.all[i+1]
		}
		return v, true
	}
	return "", false
}

// symbols says that the executable keeps its symbol table and DWARF: the user links by own flags, or compiles for a
// debugger.
func (f flags) symbols() bool {
	_, links := f.value("ldflags")
	gc, _ := f.value("gcflags")
	return links || slices.Contains(strings.Fields(gc), "-N") || strings.Contains(gc, "=-N")
}

// covers says that the go command instruments packages, whose files it then reads itself, whatever an overlay says.
func (f flags) covers() bool { return f.has("cover") || f.has("covermode") || f.has("coverpkg") }

func (f flags) has(name string) bool {
	_, found := f.value(name)
	return found
}
