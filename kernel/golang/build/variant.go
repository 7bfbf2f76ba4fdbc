package build

import (
	"path"
	"slices"
	"strings"
)

// A variant is how packages are compiled for a program: what differs from a plain `go build` because of what the
// program links.
type variant struct {
	tags    []string // the user's, and ours
	shown   string   // what makes gonbui show things in order, "" for nothing
	flags   []string // of the go command, to that end
	goEnv   []string // variables of the go command, to that end
	backend string   // of GoMLX
	env     []string // for the program's process
}

func (v variant) key() string { return strings.Join(v.tags, ",") + " " + v.shown }

// args are the flags of the go command.
func (v variant) args() []string {
	var args []string
	if len(v.tags) > 0 {
		args = append(args, "-tags="+strings.Join(v.tags, ","))
	}
	return append(args, v.flags...)
}

// chooseVariant looks at all that the program links. Tags may change what that is.
func (j *job) chooseVariant() error {
	j.reached, _ = j.graph().reach(j.paths())
	j.chooseBackend()
	if len(j.variant.tags) > len(j.flags.tags) {
		if _, err := j.know(j.paths()); err != nil {
			return err
		}
		j.reached, _ = j.graph().reach(j.paths())
	}
	if p := find(j.reached, gonbui); p != nil && j.request.Wasm == nil && !j.flags.has("overlay") && !j.flags.has("modfile") {
		j.showInOrder(p)
	}
	return nil
}

func find(list []*pkg, importPath string) *pkg {
	i := slices.IndexFunc(list, func(p *pkg) bool { return p.Path == importPath })
	if i < 0 {
		return nil
	}
	return list[i]
}

// under says that a package is one, or lies below it.
func under(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, path.Clean(root)+"/")
}
