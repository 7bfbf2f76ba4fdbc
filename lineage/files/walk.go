package files

import (
	"context"
	"fmt"
	"io/fs"
	"time"
)

// Entry is a file, folder, link or anything else in a folder.
type Entry struct {
	Name    string // as the system has it: any bytes but / and NUL
	Mode    fs.FileMode
	Size    int64
	ModTime time.Time
	Change  time.Time // of the inode (ctime), zero where the system does not tell
	Inode   uint64    // zero where the system does not tell
	Device  uint64    // zero where the system does not tell
}

// Folder is one folder and what is in it.
type Folder struct {
	Path    string // relative to the root, slash-separated, "." for the root itself
	Entries []Entry
	Err     error // why it could not be read, or not wholly
}

// Walk calls visit for root and every folder below it, parents first, with entries sorted by the bytes of
// their names. Visit returns the names of the folders to go into; nil for all of them. Links are not
// followed, except root itself. Folders are read ahead by several goroutines; visit is called by one, in the same
// order each time, and may keep what it is given.
func Walk(root string, visit func(*Folder) (into func(name string) bool)) error {
	r, err := OpenRoot(root)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return r.Walk(context.Background(), visit)
}

// Walk is like the function Walk, from the root. It ends early, with its error, when ctx does.
func (r *Root) Walk(ctx context.Context, visit func(*Folder) (into func(name string) bool)) error {
	a := newAhead(r)
	defer a.stop()
	a.push([]*step{{path: "."}})
	for ctx.Err() == nil {
		f := a.next()
		if f == nil {
			return nil
		}
		a.push(folders(f, visit(f)))
	}
	return fmt.Errorf("walk folder: %w", ctx.Err())
}

// folders returns the steps into the folders of f that are wanted, the last one first.
func folders(f *Folder, into func(string) bool) (steps []*step) {
	for i := len(f.Entries) - 1; i >= 0; i-- {
		e := &f.Entries[i]
		if e.Mode.IsDir() && (into == nil || into(e.Name)) {
			steps = append(steps, &step{parent: f, path: e.Name})
		}
	}
	return steps
}

// Join returns the path of what is called name in the folder at path, both relative to a root.
func Join(path, name string) string {
	if path == "." {
		return name
	}
	return path + "/" + name
}
