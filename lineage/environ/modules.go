package environ

import (
	"fmt"
	"strings"

	"golang.org/x/mod/modfile"
)

// CheckModules returns how a cell's go.mod and go.sum differ from the locked ones: modules in other versions, added,
// or of other bytes. Their names begin with "module.". A lock without modules holds none.
func CheckModules(l Lock, goMod, goSum string) ([]Difference, error) {
	lockedMod, lockedSum := l.Modules()
	if lockedMod == "" {
		return nil, nil
	}
	was, err := modules(lockedMod, lockedSum)
	if err != nil {
		return nil, fmt.Errorf("read the locked go.mod: %w: %w", ErrLock, err)
	}
	is, err := modules(goMod, goSum)
	if err != nil {
		return nil, fmt.Errorf("read the cell's go.mod: %w", err)
	}
	return Diff(was.environment(), is.environment()), nil
}

// modules are the versions that a go.mod asks for, with the hashes of their bytes where go.sum has them.
func modules(goMod, goSum string) (facts, error) {
	f, err := modfile.Parse("go.mod", []byte(goMod), nil)
	if err != nil {
		return nil, err
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
	return list, nil
}
