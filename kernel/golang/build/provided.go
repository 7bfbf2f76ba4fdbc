package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
)

// Provided is a module that cells may import without fetching it: it comes with this program.
type Provided struct {
	Path  string            // of the module
	Files map[string][]byte // by slashed path in it, without go.mod
}

// keptProvided is how many releases of provided modules are kept between sessions.
const keptProvided = 8

// none of go.mod's versions: the module is taken from a folder.
const noVersion = "v0.0.0"

// provide has go.mod take what comes with this program from there, and returns the names that are left to fetch. A user's own
// replace rule for the module is left alone.
func (j *job) provide(names []string) (left []string, err error) {
	for _, name := range names {
		i := slices.IndexFunc(j.opts.Provided, func(p Provided) bool { return under(name, p.Path) })
		if i < 0 || j.replaced(name) {
			left = append(left, name)
			continue
		}
		if err := j.replaceBy(j.opts.Provided[i]); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// replaceBy lays a provided module out, in a folder named by what is in it, and requires it from there.
func (j *job) replaceBy(p Provided) error {
	dir := filepath.Join(j.opts.CacheDir, "provided", p.digest())
	if !exists(filepath.Join(dir, "go.mod")) {
		for name, text := range p.Files {
			if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), text); err != nil {
				return err
			}
		}
		if err := writeFile(filepath.Join(dir, "go.mod"), fmt.Appendf(nil, "module %s\n\ngo 1.22\n", p.Path)); err != nil { // the last: it says that all is there
			return err
		}
		prune(filepath.Dir(dir), keptProvided)
	}
	j.use(dir)
	f, err := modfile.Parse("go.mod", j.module.read("go.mod"), nil)
	if err != nil {
		return fmt.Errorf("read go.mod: %w", err)
	}
	if err := f.AddRequire(p.Path, noVersion); err != nil {
		return fmt.Errorf("change go.mod: %w", err)
	}
	if err := f.AddReplace(p.Path, "", dir, ""); err != nil {
		return fmt.Errorf("change go.mod: %w", err)
	}
	text, err := f.Format()
	if err != nil {
		return fmt.Errorf("change go.mod: %w", err)
	}
	return writeFile(filepath.Join(j.opts.Dir, "go.mod"), text)
}

// digest names what the module holds.
func (p Provided) digest() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		fmt.Fprintf(h, "%s\x00%d\x00%s", name, len(p.Files[name]), p.Files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
