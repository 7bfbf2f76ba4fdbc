package build

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	modpath "golang.org/x/mod/module"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// A finder finds packages by name without the go command.
type finder struct {
	module   *module
	mu       sync.Mutex
	goRoot   string
	modCache string
	dirs     map[string]map[string][]string // of a root folder: paths of packages below it, by name
}

// at tells the finder where Go lies, as the go command says it.
func (f *finder) at(goRoot, modCache string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.goRoot, f.modCache = goRoot, modCache
}

// wellKnown are packages outside the standard library that notebooks use without importing them.
var wellKnown = map[string]string{
	"gonbui":      "github.com/janpfeifer/gonb/gonbui",
	"comms":       "github.com/janpfeifer/gonb/gonbui/comms",
	"dom":         "github.com/janpfeifer/gonb/gonbui/dom",
	"widgets":     "github.com/janpfeifer/gonb/gonbui/widgets",
	"constraints": "golang.org/x/exp/constraints",
	"require":     "github.com/stretchr/testify/require",
	"assert":      "github.com/stretchr/testify/assert",
	"uuid":        "github.com/google/uuid", // before Go 1.27, which package imports takes for granted
}

// preferred are the packages of the standard library to take when more than one would do.
var preferred = []string{"math/rand", "text/template", "net/http/httptest", "text/scanner"}

// A candidate is a package that may be meant by a name.
type candidate struct {
	path  string
	lacks int // how much of what is selected it does not export
	far   int // 0 for the standard library, then what a notebook is less likely to mean
}

// find gives the package most likely meant by a name, "" when there is none, and whether it exports all that is
// selected.
func (f *finder) find(name string, selected []string) (importPath string, exact bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []candidate
	for i, root := range f.roots() {
		for _, p := range f.named(root, name) {
			if lacks, is := missing(filepath.Join(root.dir, filepath.FromSlash(p)), selected); is {
				list = append(list, candidate{path.Join(root.path, p), lacks, min(i, 1)*2 + rank(p)})
			}
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.lacks, b.lacks), cmp.Compare(a.far, b.far), cmp.Compare(len(a.path), len(b.path)), strings.Compare(a.path, b.path))
	})
	known := wellKnown[name]
	switch {
	case len(list) > 0 && (list[0].lacks == 0 || known == ""):
		return list[0].path, list[0].lacks == 0
	default:
		return known, known != ""
	}
}

// named lists the packages of a root that most likely have a name, by their paths in it; "" is that of the root's own.
func (f *finder) named(root sourceRoot, name string) []string {
	list := f.packages(root.dir)[name]
	if root.path != "" && source.AssumedName(root.path) == name {
		return append(slices.Clip(list), "")
	}
	return list
}

// provides says that a path without a dot in its first element is that of a package of the installed Go, or of a module
// at hand. Others may be found by more than is here.
func (f *finder) provides(importPath string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") || under(importPath, f.module.path()) {
		return true
	}
	return slices.ContainsFunc(f.roots(), func(root sourceRoot) bool {
		if root.path == "" {
			return exists(filepath.Join(root.dir, filepath.FromSlash(importPath)))
		}
		return under(importPath, root.path)
	})
}

func rank(importPath string) int {
	if slices.Contains(preferred, importPath) {
		return 0
	}
	return 1
}

// packages lists the packages below a folder, once where they do not change.
func (f *finder) packages(dir string) map[string][]string {
	if !strings.HasPrefix(dir, f.modCache) && !strings.HasPrefix(dir, f.goRoot) {
		return packageDirs(dir)
	}
	if f.dirs[dir] == nil {
		f.dirs[dir] = packageDirs(dir)
	}
	return f.dirs[dir]
}

// A sourceRoot is a folder with packages below it.
type sourceRoot struct{ path, dir string }

// roots lists the standard library, and the modules that go.mod requires and go.work uses, where they lie on this
// machine.
func (f *finder) roots() []sourceRoot {
	dirs := map[string]string{}
	file := f.module.parsed()
	for _, r := range file.Require {
		dirs[r.Mod.Path] = cachedDir(f.modCache, r.Mod.Path, r.Mod.Version)
	}
	for _, r := range file.Replace {
		dirs[r.Old.Path] = cachedDir(f.modCache, r.New.Path, r.New.Version)
	}
	if uses, err := f.module.uses(); err == nil {
		for _, u := range uses {
			dirs[u.module] = u.dir
		}
	}
	list := []sourceRoot{{"", filepath.Join(f.goRoot, "src")}}
	for modulePath, dir := range dirs {
		list = append(list, sourceRoot{modulePath, dir})
	}
	slices.SortFunc(list[1:], func(a, b sourceRoot) int { return strings.Compare(a.path, b.path) })
	return list
}

// cachedDir is where the module cache keeps a module; a replacement without version is a folder itself.
func cachedDir(cache, modulePath, version string) string {
	if version == "" {
		return modulePath
	}
	escaped, err := modpath.EscapePath(modulePath)
	if err != nil {
		return ""
	}
	escapedVersion, err := modpath.EscapeVersion(version)
	if err != nil {
		return ""
	}
	return filepath.Join(cache, filepath.FromSlash(escaped)+"@"+escapedVersion)
}
