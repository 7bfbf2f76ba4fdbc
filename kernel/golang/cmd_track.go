package golang

import (
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// track is %track [path]: gopls follows the files of packages that are being developed beside the notebook.
func (x *execution) track(args []string) error {
	if len(args) == 0 {
		return x.listTracked()
	}
	for _, path := range args {
		path = under(x.session.dir, x.session.env.expand(path))
		if _, err := os.Stat(path); err != nil {
			return err
		}
		x.follow(path)
		x.printf("\tTracking %q\n", path)
	}
	return nil
}

// untrack is %untrack [path]; a path that ends in "..." is a prefix.
func (x *execution) untrack(args []string) error {
	if len(args) == 0 {
		return x.listTracked()
	}
	for _, path := range args {
		prefix, many := strings.CutSuffix(path, "...")
		var dropped []string
		for p := range x.session.tracked {
			if p == under(x.session.dir, path) || p == path || many && strings.HasPrefix(p, prefix) {
				dropped = append(dropped, p)
				delete(x.session.tracked, p)
			}
		}
		if len(dropped) == 0 {
			return fmt.Errorf("%s is not tracked: %%track lists what is", path)
		}
		x.gopls.Untrack(dropped...)
		x.printf("\tUntracked %q\n", path)
	}
	return nil
}

func (x *execution) listTracked() error {
	paths := slices.Sorted(maps.Keys(x.session.tracked))
	if len(paths) == 0 {
		x.html("<b>No files or directory being tracked yet</b>\n")
		return nil
	}
	var b strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&b, "<li>%s</li>\n", html.EscapeString(path))
	}
	x.html("<b>List of files/directories being tracked:</b>\n<ul>\n" + b.String() + "</ul>\n")
	return nil
}

func (x *execution) follow(path string) {
	if !x.session.tracked[path] {
		x.session.tracked[path] = true
		x.gopls.Track(path)
	}
}

// trackModules follows the folders that go.mod replaces modules by, and those that go.work uses, as a
// shell line may just have written them.
func (x *execution) trackModules() {
	for _, path := range localModules(x.work) {
		x.follow(path)
	}
}

// localModules lists the folders, other than dir itself, that dir's go.mod and go.work draw modules from.
func localModules(dir string) []string {
	var found []string
	if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
		if mod, err := modfile.Parse("go.mod", data, nil); err == nil {
			for _, r := range mod.Replace {
				if r.New.Version == "" {
					found = append(found, under(dir, r.New.Path))
				}
			}
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "go.work")); err == nil {
		if work, err := modfile.ParseWork("go.work", data, nil); err == nil {
			for _, u := range work.Use {
				found = append(found, under(dir, u.Path))
			}
		}
	}
	return slices.DeleteFunc(found, func(path string) bool { return filepath.Clean(path) == dir })
}

// goWorkFix is %goworkfix: go get does not know go.work, replace rules it knows.
func (x *execution) goWorkFix([]string) error {
	lines, err := x.builder.GoWorkFix()
	for _, line := range lines {
		x.printf("%s\n", line)
	}
	if err != nil {
		return err
	}
	x.trackModules()
	return nil
}
