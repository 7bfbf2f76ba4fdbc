package imports

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Source is a kind of things that can be imported.
type Source struct {
	Name  string
	About string
	// finds reports whether it is what lies at a name in a folder ("." is the folder itself).
	finds func(f *Folder, name string) bool
	read  func(f *Folder, name string, o Options, sink Sink) error
}

// Options are what a source may be told.
type Options struct {
	// Artifacts is where the artifacts of MLflow's runs are looked for, when it is not the folder itself; nil: there only.
	Artifacts *Folder
}

// Sources returns all sources; the first that finds something reads it.
func Sources() []Source {
	return []Source{
		{"mlflow", "MLflow's file store (mlruns/) and database (mlflow.db)", findsMLflow, readMLflow},
		{"wandb", "offline runs of W&B (wandb/)", findsWandb, readWandb},
		{"aim", "what `python aim_export.py .aim` writes (--aim-export prints that program)", findsAim, readAim},
		{"dvclive", "folders of DVCLive (dvclive/)", findsDVCLive, readDVCLive},
		{"tensorboard", "event files of TensorBoard", findsTensorBoard, readTensorBoard},
	}
}

// Find returns the source that reads what lies at a name in a folder: the one called from, or, when that is empty, the first that
// finds it.
func Find(f *Folder, name, from string) (Source, error) {
	all := Sources()
	i := slices.IndexFunc(all, func(s Source) bool { return s.Name == from || from == "" && s.finds(f, name) })
	if i >= 0 {
		return all[i], nil
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	if from != "" {
		return Source{}, fmt.Errorf("%w: %q is none of %s", ErrUnknown, from, strings.Join(names, ", "))
	}
	return Source{}, fmt.Errorf("%s: %w: it looks like nothing of %s", f.at(name), ErrUnknown, strings.Join(names, ", "))
}

// Read tells the sink of everything that the source finds at a name.
func (s Source) Read(f *Folder, name string, o Options, sink Sink) error {
	err := s.read(f, name, o, sink)
	if st, ok := err.(stop); ok {
		return st.error
	}
	return err
}

// anywhere reports whether a folder, or one below it, has a file for which is says so, at most so deep.
func (f *Folder) anywhere(dir string, depth int, is func(name string) bool) bool {
	all, _ := f.list(dir) // what cannot be read holds nothing
	for _, d := range all {
		if !f.isDir(path.Join(dir, d.Name()), d) && is(d.Name()) {
			return true
		}
	}
	for _, d := range all {
		if d.IsDir() && depth > 0 && f.anywhere(path.Join(dir, d.Name()), depth-1, is) {
			return true
		}
	}
	return false
}
