package magics

import (
	"context"
	"io/fs"
	"path"
	"strings"
)

// ArtifactTypes are what an artifact can be.
func ArtifactTypes() []string {
	return []string{"file", "folder", "text", "table", "image", "audio", "video", "plot", "model", "checkpoint", "dataset"}
}

func artifact() Magic {
	m := Magic{Name: "artifact", Args: "PATH… [--as NAME] [--type TYPE]", Help: "keep files or folders with the run, as they are now",
		Below: "a text to keep under the name PATH", Takes: Path,
		Options: []Option{{Name: "as", Value: "NAME", Help: "its path in the run (default: the file's name)"},
			{Name: "type", Value: "TYPE", Help: strings.Join(ArtifactTypes(), ", "), Takes: ArtifactType}}}
	m.Parse = func(args []string) (Action, error) {
		paths, values, err := m.artifact(args)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, at Place) error {
			for _, p := range absolute(at.Dir, paths) {
				if err := say(at)(at.Host.Artifact(ctx, Artifact{Path: p, As: values["as"], Type: values["type"]})); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
	m.ParseCell = func(args []string, below string) (Action, error) {
		paths, values, err := m.artifact(args)
		if err == nil && (len(paths) > 1 || values.has("as")) {
			err = m.wrong("a text has one name")
		}
		if err == nil && !inRun(paths[0]) {
			err = m.wrong("%q is no path in a run: it may not be absolute or climb out with ..", paths[0])
		}
		return func(ctx context.Context, at Place) error {
			return say(at)(at.Host.Artifact(ctx, Artifact{Text: below, As: paths[0], Type: values["type"]}))
		}, err
	}
	return m
}

// artifact reads the arguments, at least one path among them.
func (m Magic) artifact(args []string) (paths []string, values given, err error) {
	if paths, values, err = m.options(args); err != nil {
		return nil, nil, err
	}
	switch {
	case len(paths) == 0 || strings.Join(paths, "") == "":
		return nil, nil, m.wrong("it needs the path of a file or folder")
	case len(paths) > 1 && values.has("as"):
		return nil, nil, m.wrong("one name is given for %d paths", len(paths))
	case values.has("as") && !inRun(values["as"]):
		return nil, nil, m.wrong("%q is no path in a run: it may not be absolute or climb out with ..", values["as"])
	case values.has("type"):
		err = m.oneOf("type", values["type"], ArtifactTypes())
	}
	return paths, values, err
}

// inRun reports whether a text can be the path of an artifact.
func inRun(name string) bool {
	clean := path.Clean(name)
	return fs.ValidPath(clean) && clean != "." && !strings.Contains(name, `\`) && len(name) <= longestKey
}
