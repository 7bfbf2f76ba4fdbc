package gitstate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/lineage/files"
)

// found is a path at which the work tree may differ from index or HEAD.
type found struct {
	path  string
	entry int  // its place in the index, the first one in a conflict; -1 when it is not there
	there bool // something is in the work tree
	same  bool // by its stat, it is what the index holds
	file  files.Entry
	conv  conversion
	over  bool // it is one untracked file too many
}

// place is a folder that the scan is going to visit.
type place struct {
	path       string // "" for the root
	parent     *place
	index      *indexFolder // nil when the index has nothing below it
	attributes *attributeFile
	ignoring   *ignoreFile // once rules were asked for
	rules      bool
	ignoreAt   stamp // of its .gitignore, zero when it has none
	ignored    bool  // only files in the index count in it
	asked      bool  // ignored is known
}

// scan compares one work tree with its index.
type scan struct {
	*work
	pending map[string]*place
	found   []found
	missing []string
}

// run walks over the work tree.
func (s *scan) run(root *files.Root, alone bool) error {
	s.pending = map[string]*place{".": {index: s.folders}}
	walk := root.Walk
	if alone {
		walk = root.WalkAlone
	}
	return walk(s.ctx, s.visit)
}

func (s *scan) visit(f *files.Folder) func(string) bool {
	p := s.pending[f.Path]
	delete(s.pending, f.Path)
	s.pacer.rest(s.ctx)
	if s.ctx.Err() != nil {
		return nothing
	}
	if f.Err != nil && !s.readable(f, p) {
		return nothing
	}
	s.startFolder(f, p)
	var into map[string]bool
	enter := func(name string, sub *place) {
		if into == nil {
			into = map[string]bool{}
		}
		into[name] = true
		s.pending[files.Join(f.Path, name)] = sub
	}
	s.merge(f, p, enter)
	return func(name string) bool { return into[name] }
}

func nothing(string) bool { return false }

// readable deals with a folder that could not be read, or not wholly. It is not readable when nothing
// can be said of its files.
func (s *scan) readable(f *files.Folder, p *place) bool {
	if errors.Is(f.Err, fs.ErrNotExist) && p.index != nil {
		s.vanished(p.index)
		return false
	}
	if !errors.Is(f.Err, fs.ErrNotExist) && (p.index != nil || !s.isIgnored(p)) {
		s.missing = append(s.missing, "folder "+f.Path+" could not be read: "+cause(f.Err))
	}
	return false
}

// cause is the innermost error's text: paths of the machine are told once.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// startFolder notes which files of rules a folder has.
func (s *scan) startFolder(f *files.Folder, p *place) {
	if p.parent == nil {
		p.attributes = s.rules.userAttributes
	} else {
		p.attributes = p.parent.attributes
	}
	if e := lookUp(f.Entries, ".gitattributes"); e != nil && e.Mode.IsRegular() {
		p.attributes = s.rules.attributesAt(filepath.Join(s.Root, p.path), p.path, stampOfEntry(e), p.attributes)
	}
	if e := lookUp(f.Entries, ".gitignore"); e != nil && e.Mode.IsRegular() {
		p.ignoreAt = stampOfEntry(e)
	}
}

func lookUp(entries []files.Entry, name string) *files.Entry {
	lo, hi := 0, len(entries)
	for lo < hi {
		if mid := (lo + hi) / 2; entries[mid].Name < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(entries) && entries[lo].Name == name {
		return &entries[lo]
	}
	return nil
}

// merge goes through a folder's entries and those of the index, both sorted by name.
func (s *scan) merge(f *files.Folder, p *place, enter func(string, *place)) {
	prefix := p.path
	if prefix != "" {
		prefix += "/"
	}
	var own []int
	visited := 0
	if p.index != nil {
		own = p.index.files
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.Name == ".git" {
			continue
		}
		for len(own) > 0 && s.entries[own[0]].path[len(prefix):] < e.Name {
			own = s.absent(own)
		}
		inIndex := len(own) > 0 && s.entries[own[0]].path[len(prefix):] == e.Name
		if inIndex {
			module := s.entries[own[0]].mode == modeModule
			if own = s.tracked(own, e, p); module && e.Mode.IsDir() {
				continue
			}
		}
		if e.Mode.IsDir() {
			visited += s.folder(prefix+e.Name, e.Name, p, enter)
		} else if !inIndex {
			s.untracked(prefix+e.Name, e, p)
		}
	}
	for len(own) > 0 {
		own = s.absent(own)
	}
	if p.index != nil && visited < len(p.index.folders) {
		s.absentFolders(f, p)
	}
}

// folder decides whether to go into a folder, and returns 1 when the index has files in it.
func (s *scan) folder(path, name string, p *place, enter func(string, *place)) int {
	sub := &place{path: path, parent: p}
	if p.index != nil {
		sub.index = p.index.folders[name]
	}
	if sub.index != nil {
		enter(name, sub)
		return 1
	}
	if s.isIgnored(sub) || s.isLeft(path, name) {
		return 0
	}
	if holdsRepository(filepath.Join(s.Root, filepath.FromSlash(path))) {
		s.found = append(s.found, found{path: path, entry: -1, there: true, file: files.Entry{Mode: fs.ModeDir}})
		return 0
	}
	enter(name, sub)
	return 0
}

// isLeft reports whether a folder is the one to leave. The ledger ignores itself, but not before its first moments
// are over, and the first cell starts in them.
func (s *scan) isLeft(path, name string) bool {
	if s.options.Leave == "" || name != filepath.Base(s.options.Leave) {
		return false
	}
	left, err := os.Stat(s.options.Leave)
	if err != nil {
		return false
	}
	here, err := os.Lstat(filepath.Join(s.Root, filepath.FromSlash(path)))
	return err == nil && os.SameFile(left, here)
}

// holdsRepository reports whether a folder is a repository of its own.
func holdsRepository(dir string) bool {
	if lstat(filepath.Join(dir, ".git")) == (stamp{}) {
		return false
	}
	_, err := repositoryAt(dir)
	return err == nil
}

// absentFolders notes the folders of the index that are not in the work tree.
func (s *scan) absentFolders(f *files.Folder, p *place) {
	for name, sub := range p.index.folders {
		if e := lookUp(f.Entries, name); e == nil || !e.Mode.IsDir() {
			s.vanished(sub)
		}
	}
}

// vanished notes all files of a folder of the index as not there; a folder that a sparse work tree leaves out,
// as a whole.
func (s *scan) vanished(f *indexFolder) {
	for i := f.start; i < f.end; i++ {
		if !s.entries[i].skipWorktree {
			s.vanishedFiles(f)
			return
		}
	}
	s.found = append(s.found, found{path: f.path, entry: f.start})
}

func (s *scan) vanishedFiles(f *indexFolder) {
	for own := f.files; len(own) > 0; {
		own = s.absent(own)
	}
	for _, sub := range f.folders {
		s.vanished(sub)
	}
}
