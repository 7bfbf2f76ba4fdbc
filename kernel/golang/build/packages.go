package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A pkg is what go list says of a package, as far as building cells needs it.
type pkg struct {
	Path     string
	Name     string
	Dir      string   `json:",omitempty"` // only of packages that may change
	Export   string   `json:",omitempty"` // file with its compiled form
	Imports  []string `json:",omitempty"`
	Standard bool     `json:",omitempty"`
	Cgo      bool     `json:",omitempty"`
	Local    bool     `json:",omitempty"` // its files are neither the module cache's nor Go's own, and may change
	Err      string   `json:",omitempty"`
}

// listFields are the fields asked of go list.
const listFields = "-json=ImportPath,Name,Dir,Export,Imports,ImportMap,Standard,CgoFiles,Module,Error"

// A listing is a package as go list writes it. See `go help list`.
type listing struct {
	ImportPath, Name, Dir, Export string
	Imports, CgoFiles             []string
	ImportMap                     map[string]string
	Standard                      bool
	Module                        *struct {
		Dir     string
		Main    bool
		Replace *struct{ Version string }
	}
	Error *struct{ Err string }
}

// packages are packages by import path.
type packages map[string]*pkg

// readListing reads what go list wrote. Packages below the fixed folders do not change.
func readListing(data []byte, fixed ...string) (packages, error) {
	list := packages{}
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var l listing
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		list[l.ImportPath] = l.pkg(fixed)
	}
}

func (l listing) pkg(fixed []string) *pkg {
	p := &pkg{Path: l.ImportPath, Name: l.Name, Dir: l.Dir, Export: l.Export, Standard: l.Standard, Cgo: len(l.CgoFiles) > 0}
	for _, i := range l.Imports {
		if mapped, ok := l.ImportMap[i]; ok {
			i = mapped
		}
		if i != "C" && i != "unsafe" {
			p.Imports = append(p.Imports, i)
		}
	}
	if l.Error != nil {
		p.Err = l.Error.Err
	}
	p.Local = !l.Standard && l.Dir != "" && !slices.ContainsFunc(fixed, func(dir string) bool {
		return strings.HasPrefix(l.Dir, dir+string(filepath.Separator))
	})
	return p
}

// reach gives all packages that paths lead to, sorted by path, and the paths that are not there.
func (list packages) reach(paths []string) (found []*pkg, missing []string) {
	seen := map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		if seen[path] || path == "C" || path == "unsafe" {
			return
		}
		seen[path] = true
		p := list[path]
		if p == nil {
			missing = append(missing, path)
			return
		}
		found = append(found, p)
		for _, i := range p.Imports {
			visit(i)
		}
	}
	for _, path := range paths {
		visit(path)
	}
	slices.SortFunc(found, func(a, b *pkg) int { return strings.Compare(a.Path, b.Path) })
	return found, missing
}

func (list packages) add(other packages) {
	for path, p := range other {
		list[path] = p
	}
}

// importcfg is the file that tells compiler and linker where compiled packages are.
func (list packages) importcfg() []byte {
	var paths []string
	for path, p := range list {
		if p.Export != "" {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	var b bytes.Buffer
	for _, path := range paths {
		fmt.Fprintf(&b, "packagefile %s=%s\n", path, list[path].Export)
	}
	return b.Bytes()
}
