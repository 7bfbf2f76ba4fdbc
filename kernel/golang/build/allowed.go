package build

import (
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// allowed complains about imports that the go command would refuse although the packages are there: internal packages
// of other modules, and programs. When compiler and linker are called directly nothing else would.
func (j *job) allowed() error {
	e := &Error{}
	for _, i := range j.program.Imports {
		if why := j.refused(i.Path); why != "" {
			d := j.request.Declarations.ImportPlace(i.Path)
			d.Message = why
			e.Diagnostics = append(e.Diagnostics, d)
			e.Output += source.Diagnostic.String(d) + "\n"
		}
	}
	if len(e.Diagnostics) == 0 {
		return nil
	}
	return e
}

// refused says in the go command's words why a path may not be imported, "" when it may.
func (j *job) refused(path string) string {
	if parent, is := internalTo(path); is && (parent == "" || !under(j.module.path(), parent)) {
		return fmt.Sprintf("use of internal package %s not allowed", path)
	}
	if p := j.graph()[path]; p != nil && p.Name == "main" {
		return fmt.Sprintf("import %q is a program, not an importable package", path)
	}
	return ""
}

// internalTo gives below which path an internal package may be imported, "" for those of the standard library, and
// whether it is one. See `go help packages`.
func internalTo(path string) (parent string, is bool) {
	slashed := "/" + path + "/"
	i := strings.LastIndex(slashed, "/internal/")
	if i < 0 {
		return "", false
	}
	return strings.TrimPrefix(slashed[:i], "/"), true
}

// path is the module's, which the user may have changed in go.mod.
func (m *module) path() string {
	if f := m.parsed(); f.Module != nil {
		return f.Module.Mod.Path
	}
	return m.name
}
