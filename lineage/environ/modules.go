package environ

import (
	"fmt"
	"strings"

	"golang.org/x/mod/modfile"
)

// Modules returns the modules that a go.mod asks for as facts, module.PATH: the version, and behind it the hash of its
// bytes where go.sum has it.
func Modules(goMod, goSum string) (Environment, error) {
	f, err := modfile.Parse("go.mod", []byte(goMod), nil)
	if err != nil {
		return nil, fmt.Errorf("read modules: %w", err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(goSum) {
		if words := strings.Fields(line); len(words) == 3 {
			sums[words[0]+" "+words[1]] = words[2]
		}
	}
	list := facts{}
	for _, r := range f.Require {
		list.set("module."+r.Mod.Path, strings.TrimSpace(r.Mod.Version+" "+sums[r.Mod.Path+" "+r.Mod.Version]))
	}
	for _, r := range f.Replace {
		list.set("module."+strings.TrimSpace(r.Old.Path+" "+r.Old.Version)+" =>", strings.TrimSpace(r.New.Path+" "+r.New.Version))
	}
	return list.environment(), nil
}

// CheckModules returns how a cell's go.mod and go.sum differ from the locked ones: modules in other versions, added,
// or of other bytes. A lock without modules allows all.
func CheckModules(l Lock, goMod, goSum string) ([]Difference, error) {
	lockedMod, lockedSum := l.Modules()
	if lockedMod == "" {
		return nil, nil
	}
	was, err := Modules(lockedMod, lockedSum)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLock, err)
	}
	is, err := Modules(goMod, goSum)
	return Diff(was, is), err
}
