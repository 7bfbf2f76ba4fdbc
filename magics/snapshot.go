package magics

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func snapshot() Magic {
	m := Magic{Name: "snapshot", Args: "PATH… [--name NAME]", Help: "keep files or folders as they are now"}
	m.Parse = func(args []string) (Action, error) {
		var name string
		paths, err := options(m, args, func(f *flag.FlagSet) { f.StringVar(&name, "name", "", "") })
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 || slices.Contains(paths, "") {
			return nil, &UsageError{m, "it needs the path of a file or folder"}
		}
		return func(ctx context.Context, at Place) error {
			return say(at)(at.Host.Snapshot(ctx, absolute(at.Dir, paths), name))
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
