package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// GoWorkFix adds to go.mod a replace rule for each module that go.work uses, since "go get" does not read go.work, and
// gives a line for people on each. It fails when there is no go.work.
func (b *Builder) GoWorkFix() ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	uses, err := b.module.uses()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.module.dir, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		return nil, fmt.Errorf("parse go.mod: %w", err)
	}
	lines, err := replaceAll(file, uses)
	if err != nil {
		return nil, err
	}
	file.Cleanup()
	if data, err = file.Format(); err != nil {
		return nil, fmt.Errorf("format go.mod: %w", err)
	}
	return lines, os.WriteFile(path, data, 0o644)
}

// A use is a module that go.work uses from a folder.
type use struct{ module, dir string }

// uses lists the modules of go.work other than the cells' own.
func (m *module) uses() ([]use, error) {
	data := m.read("go.work")
	if data == nil {
		return nil, errors.New("there is no go.work to fix: make one with `!*go work init && go work use . FOLDER`")
	}
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return nil, fmt.Errorf("parse go.work: %w", err)
	}
	var list []use
	for _, u := range work.Use {
		dir := u.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(m.dir, dir)
		}
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return nil, fmt.Errorf("read module used by go.work: %w", err)
		}
		if name := modfile.ModulePath(data); name != m.name {
			list = append(list, use{name, dir})
		}
	}
	return list, nil
}

func replaceAll(file *modfile.File, uses []use) ([]string, error) {
	had := map[string]string{}
	for _, r := range file.Replace {
		had[r.Old.Path] = r.New.Path
	}
	var lines []string
	for _, u := range uses {
		format := "\t- Added replace rule for module %q to local directory %q."
		switch old, found := had[u.module]; {
		case found && old == u.dir:
			lines = append(lines, fmt.Sprintf("\t- Replace rule for module %q to local directory %q already exists.", u.module, u.dir))
			continue
		case found:
			format = "\t- Replace rule for module %q now points to the directory that go.work uses, %q."
		}
		if err := file.AddReplace(u.module, "", u.dir, ""); err != nil {
			return nil, fmt.Errorf("add replace rule: %w", err)
		}
		lines = append(lines, fmt.Sprintf(format, u.module, u.dir))
	}
	return lines, nil
}
