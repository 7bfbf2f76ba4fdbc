package journal

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// archiveEnd is how the names of archives end. An archive is a POSIX tar of the files of journals that nobody
// writes any more. It never changes; it goes once another one holds what it held.
const archiveEnd = ".tar"

// fileEnds are how the names of a journal's three files end.
var fileEnds = [...]string{".jsonl", ".hashes", ".checkpoint"}

// archives remembers what the archives of a folder of journals hold. It may be used from several goroutines.
type archives struct {
	dir string

	mu      sync.Mutex
	names   []string // of the archives that were looked through, sorted
	faults  map[string]error
	holding map[tracker.ID]holding
}

// holding says where the files of a journal are.
type holding struct {
	archive string
	files   [len(fileEnds)]span
}

// span is a part of an archive, in bytes.
type span struct {
	offset, size int64
	there        bool
}

func newArchives(dir string) *archives { return &archives{dir: dir} }

// open opens the copy of a journal's file that an archive holds. It returns an error that is fs.ErrNotExist
// when none does.
func (a *archives) open(path string) (*source, error) {
	id, end, ok := parseFile(filepath.Base(path))
	if !ok || filepath.Dir(path) != a.dir {
		return nil, fs.ErrNotExist
	}
	for fresh := false; ; fresh = true {
		at, known := a.find(id)
		if known && at.files[end].there {
			file, err := openRegular(filepath.Join(a.dir, at.archive))
			if err == nil {
				section := io.NewSectionReader(file, at.files[end].offset, at.files[end].size)
				return &source{SectionReader: section, file: file, archived: true}, nil
			}
		}
		changed, err := a.refresh()
		if err != nil {
			return nil, err
		}
		if fresh && !changed {
			return nil, fs.ErrNotExist
		}
	}
}

// parseFile tells which file of which journal a name is.
func parseFile(name string) (id tracker.ID, end int, ok bool) {
	for end, suffix := range fileEnds {
		if digits, cut := strings.CutSuffix(name, suffix); cut {
			id, err := tracker.ParseID(digits)
			return id, end, err == nil && id.String() == digits
		}
	}
	return id, 0, false
}

func (a *archives) find(id tracker.ID) (holding, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.holding[id]
	return at, ok
}

// refresh looks through archives that are new, and reports whether there were other ones than before.
func (a *archives) refresh() (changed bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	names, err := listArchives(a.dir)
	if err != nil || slices.Equal(names, a.names) {
		return false, err
	}
	old := a.holding
	kept := make(map[string]bool)
	for _, name := range a.names {
		kept[name] = slices.Contains(names, name)
	}
	a.names, a.faults, a.holding = names, make(map[string]error), make(map[tracker.ID]holding, len(old))
	for id, at := range old {
		if kept[at.archive] {
			a.holding[id] = at
		}
	}
	for _, name := range names {
		if err := scanArchive(filepath.Join(a.dir, name), a.learn(name)); err != nil {
			a.faults[name] = err
		}
	}
	return true, nil
}

// learn returns what notes the members of an archive. Of equal copies in two archives the first is taken.
func (a *archives) learn(archive string) func(name string, at span) {
	return func(name string, at span) {
		id, end, ok := parseFile(name)
		if !ok {
			return
		}
		h, known := a.holding[id]
		if known && h.archive != archive {
			return
		}
		h.archive, h.files[end] = archive, at
		a.holding[id] = h
	}
}

// place returns the path of a file, below that of its archive when there is no loose one.
func (a *archives) place(path string) string {
	id, _, ok := parseFile(filepath.Base(path))
	if at, known := a.find(id); ok && known && errors.Is(checkRegular(path), fs.ErrNotExist) {
		return filepath.Join(a.dir, at.archive, filepath.Base(path))
	}
	return path
}

// damaged returns what is wrong with archives, by name.
func (a *archives) damaged() map[string]error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.faults)
}

// journals returns the ids of the journals in archives, and the archives' names. It looks first whether there
// are new ones.
func (a *archives) journals() (ids []tracker.ID, names []string, err error) {
	if _, err := a.refresh(); err != nil {
		return nil, nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range a.holding {
		if at.files[0].there {
			ids = append(ids, id)
		}
	}
	return ids, a.names, nil
}

// listArchives returns the names of the archives in dir, sorted. It lists until nothing changed: while one
// archive takes another's place, a single listing may show neither.
func listArchives(dir string) ([]string, error) {
	names, err := listEnding(dir, archiveEnd)
	for err == nil {
		var again []string
		if again, err = listEnding(dir, archiveEnd); slices.Equal(names, again) {
			break
		}
		names = again
	}
	return names, err
}

// listEnding returns the sorted names of the regular files in dir that end so and do not begin with a dot.
func listEnding(dir, end string) (names []string, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if name := file.Name(); strings.HasSuffix(name, end) && name[0] != '.' && file.Type().IsRegular() {
			names = append(names, name)
		}
	}
	return names, nil
}
