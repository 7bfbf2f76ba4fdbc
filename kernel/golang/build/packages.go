package build

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
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
	Foreign  bool     `json:",omitempty"` // it holds other languages than Go and C
	Local    bool     `json:",omitempty"` // its files are neither the module cache's nor Go's own, and may change
	Embeds   []string `json:",omitempty"` // folders with files that a local package embeds
	Module   string   `json:",omitempty"` // path, version and sum of its module, as debug.BuildInfo writes them
	Err      string   `json:",omitempty"`
}

// listFields are the fields asked of go list.
const listFields = "-json=ImportPath,Name,Dir,Export,Imports,ImportMap,Standard,CgoFiles,CXXFiles,FFiles,SwigFiles,SwigCXXFiles,EmbedFiles,Module,Error"

// A listing is a package as go list writes it. See `go help list`.
type listing struct {
	ImportPath, Name, Dir, Export string
	Imports, CgoFiles, EmbedFiles []string
	CXXFiles, FFiles              []string
	SwigFiles, SwigCXXFiles       []string
	ImportMap                     map[string]string
	Standard                      bool
	Module                        *listedModule
	Error                         *struct{ Err string }
}

type listedModule struct {
	Path, Version, Sum string
	Main               bool
	Replace            *listedModule
}

// info writes a module as debug.BuildInfo does.
func (m *listedModule) info() string {
	if m == nil || m.Main {
		return ""
	}
	if m.Replace == nil {
		return fmt.Sprintf("dep\t%s\t%s\t%s\n", m.Path, m.Version, m.Sum)
	}
	by := m.Replace
	return fmt.Sprintf("dep\t%s\t%s\n=>\t%s\t%s\t%s\n", m.Path, m.Version, by.Path, cmp.Or(by.Version, "(devel)"), by.Sum)
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
	p := &pkg{Path: l.ImportPath, Name: l.Name, Dir: l.Dir, Export: l.Export, Standard: l.Standard,
		Foreign: len(l.CXXFiles)+len(l.FFiles)+len(l.SwigFiles)+len(l.SwigCXXFiles) > 0}
	for _, i := range l.Imports {
		if mapped, ok := l.ImportMap[i]; ok {
			i = mapped
		}
		if i != "C" && i != "unsafe" {
			p.Imports = append(p.Imports, i)
		}
	}
	if len(l.CgoFiles) > 0 && p.Path != "runtime/cgo" {
		p.Imports = append(p.Imports, "runtime/cgo") // which is what importing "C" comes to
	}
	p.Module = l.Module.info()
	if l.Error != nil {
		p.Err = l.Error.Err
	}
	p.Local = !l.Standard && l.Dir != "" && !slices.ContainsFunc(fixed, func(dir string) bool {
		return strings.HasPrefix(l.Dir, dir+string(filepath.Separator))
	})
	for _, file := range l.EmbedFiles {
		if dir := filepath.Dir(filepath.Join(l.Dir, file)); p.Local && dir != l.Dir && !slices.Contains(p.Embeds, dir) {
			p.Embeds = append(p.Embeds, dir)
		}
	}
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
func importcfg(list []*pkg) []byte {
	var b bytes.Buffer
	for _, p := range list {
		if p.Export != "" {
			fmt.Fprintf(&b, "packagefile %s=%s\n", p.Path, p.Export)
		}
	}
	return b.Bytes()
}

// These enclose the build information in an executable (cmd/go/internal/modload/build.go).
const (
	infoStart = "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
	infoEnd   = "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
)

// buildInfo is what an executable says of itself: its module, and those it was built of.
func buildInfo(module string, list []*pkg, settings ...string) string {
	deps := map[string]bool{}
	for _, p := range list {
		if p.Module != "" {
			deps[p.Module] = true
		}
	}
	text := "path\t" + module + "\nmod\t" + module + "\t(devel)\t\n" + strings.Join(slices.Sorted(maps.Keys(deps)), "")
	for _, s := range settings {
		text += "build\t" + s + "\n"
	}
	return text
}

// modinfo is the linker's line for what runtime/debug.ReadBuildInfo is to answer.
func modinfo(info string) string { return fmt.Sprintf("modinfo %q\n", infoStart+info+infoEnd) }
