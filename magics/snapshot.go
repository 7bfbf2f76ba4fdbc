package magics

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func snapshot() Magic {
	m := Magic{Name: "snapshot", Args: "PATH… [--name NAME]", Help: "keep files or folders as they are now", Takes: Path,
		Options: []Option{{Name: "name", Value: "NAME", Help: "the dataset's name (default: that of the path)"}}}
	m.Parse = func(args []string) (Action, error) {
		paths, values, err := m.options(args)
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 || slices.Contains(paths, "") {
			return nil, &UsageError{m, "it needs the path of a file or folder"}
		}
		return func(ctx context.Context, at Place) error {
			return say(at)(at.Host.Snapshot(ctx, absolute(at.Dir, paths), values["name"]))
		}, nil
	}
	return m
}

// absolute makes paths independent of the folder they are relative to; a leading ~ is the home folder.
func absolute(dir string, paths []string) []string {
	var list []string
	for _, p := range paths {
		if home, err := os.UserHomeDir(); err == nil && (p == "~" || strings.HasPrefix(p, "~/")) {
			p = filepath.Join(home, p[1:])
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		list = append(list, p)
	}
	return list
}
